"""What is said of two actors and cannot all be true, side by side with its words."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import URIRef
from starlette.exceptions import HTTPException

from kg.errors import ConcordError
from kg.iris import is_iri
from kg.rdf import format_term
from kg.reasoning.disagreement import (
    INCOMPATIBLE,
    POLARITY,
    SELF,
    VALUES,
    Disagreement,
    find_disagreements,
)
from kg.reasoning.wording import Wording
from kg.server.pages.claims import ShownClaim, fetch_claims
from kg.server.pages.naming import HEAD, fetch_names
from kg.server.statistics import Ask, fetch_rows
from kg.store import open_snapshot

_MOST = 4000
_MOST_SHOWN = 40
_KINDS = {
    POLARITY: "said and denied",
    SELF: "said and denied by one and the same",
    INCOMPATIBLE: "relations that exclude each other",
    VALUES: "two where there is one at a time",
}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Claims that cannot all hold, side by side: the kind in words, and why."""

    kind: str
    reason: str
    one: tuple[ShownClaim, ...]
    other: tuple[ShownClaim, ...]


async def fetch_contradictions(
    directory: Path, about: str, sides: tuple[Collection[str], Collection[str]], ask: Ask, base: str
) -> tuple[Contradiction, ...]:
    """The contradictions among the claims between two sides.

    `about` is the pattern of these claims. A rival value, of which a thing has one at a time, may
    connect only one of the sides with a third: it is looked for beside them.
    """
    rows = await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?claim ?x WHERE {{ "
        f"{{ SELECT DISTINCT ?claim WHERE {{ {{ {about} }} UNION "
        f"{{ {_look_for_rivals(sides)} }} }} LIMIT {_MOST} }} "
        "?claim kg:subject|kg:relation|kg:object|kg:holder ?x }",
        ask,
    )
    claims = {row["claim"]["value"] for row in rows if is_iri(row["claim"]["value"])}
    if len(claims) < 2:
        return ()
    names = await fetch_names({row["x"]["value"] for row in rows}, ask, base)
    labels = {iri: named.label for iri, named in names.items()}
    found = await asyncio.to_thread(_compare, directory, claims, labels)
    chosen = [each for each in found if _concerns(each, sides)][:_MOST_SHOWN]
    wanted = sorted({str(claim.iri) for each in chosen for claim in (*each.ones, *each.others)})
    if not wanted:
        return ()
    listed = " ".join(format_term(URIRef(iri)) for iri in wanted)
    pattern = f"VALUES ?claim {{ {listed} }} ?claim a kg:Claim ."
    shown = await fetch_claims(pattern, ask, base, limit=len(wanted))
    by_iri = {claim.iri: claim for claim in shown}
    return tuple(
        Contradiction(
            _KINDS.get(each.kind, each.kind),
            each.reason,
            tuple(by_iri[str(claim.iri)] for claim in each.ones if str(claim.iri) in by_iri),
            tuple(by_iri[str(claim.iri)] for claim in each.others if str(claim.iri) in by_iri),
        )
        for each in chosen
    )


def _look_for_rivals(sides: tuple[Collection[str], Collection[str]]) -> str:
    ends = " ".join(format_term(URIRef(iri)) for side in sides for iri in side)
    return (
        "{ ?relation kg:oneAtATime ?k } UNION { ?relation a kg:Relation , owl:FunctionalProperty } "
        "UNION { ?single kg:oneAtATime ?k . ?relation owl:inverseOf ?single } "
        "UNION { ?single kg:oneAtATime ?k . ?single owl:inverseOf ?relation } "
        f"VALUES ?end {{ {ends} }} {{ ?claim kg:subject ?end }} UNION {{ ?claim kg:object ?end }} "
        "?claim kg:relation ?relation ; a kg:Claim ."
    )


def _compare(
    directory: Path, claims: Collection[str], labels: Mapping[str, str]
) -> tuple[Disagreement, ...]:
    wording = Wording({URIRef(iri): label for iri, label in labels.items()})
    try:
        with open_snapshot(directory) as store:
            return find_disagreements(store, wording, among=sorted(map(URIRef, claims)))
    except ConcordError as error:
        raise HTTPException(503, f"{error}; try again", {"Retry-After": "2"}) from error


def _concerns(found: Disagreement, sides: tuple[Collection[str], Collection[str]]) -> bool:
    """Whether the claims are about things of both sides."""
    things = {
        str(end) for each in (*found.ones, *found.others) for end in (each.subject, each.object)
    }
    return all(things & set(side) for side in sides)
