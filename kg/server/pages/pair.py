"""The page of two actors: their conduct over time, agreements, and what is contradicted."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rdflib import Literal, URIRef

from kg.iris import KG
from kg.rdf import format_term
from kg.server.pages.claims import ShownClaim, count_claims, fetch_claims
from kg.server.pages.conduct import (
    CONFLICT,
    COOPERATION,
    Act,
    Chart,
    Span,
    draw_chart,
    order_spans,
    read_year,
)
from kg.server.pages.contradictions import Contradiction
from kg.server.pages.naming import HEAD, Named, fetch_names, name_thing, take_local_name
from kg.server.pages.paging import Paging, make_paging
from kg.server.statistics import Ask, Row, fetch_rows

_MOST = 400
_MOST_ACTS = 20_000
_PAGE = 100
_STANDING = ("partyTo", "joins", "withdrawsFrom", "memberOf")
_ACTING = "VALUES ?kind { kg:Government kg:Person kg:ArmedForce kg:Organization kg:Group }"
_BODIES = "VALUES ?kind { kg:Agreement kg:Alliance kg:Organization }"


@dataclass(frozen=True, slots=True)
class Statement:
    """Claims that say the same of the same two, whoever makes them."""

    subject: Named
    relation: Named
    object: Named
    mutual: bool
    claims: tuple[ShownClaim, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one side stands to a body or text: by claims, by plain triples, by dated records."""

    claims: tuple[ShownClaim, ...] = ()
    known: tuple[Named, ...] = ()
    periods: tuple[tuple[str | None, str | None], ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether anything is said."""
        return bool(self.claims or self.known or self.periods)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What both are said to be in, or one of them."""

    thing: Named
    first: Standing
    second: Standing

    @property
    def shared(self) -> bool:
        """Whether something is said of both."""
        return self.first.is_any and self.second.is_any


@dataclass(frozen=True, slots=True)
class Pair:
    """All that the page of two actors tells."""

    first: Named
    second: Named
    acting: tuple[tuple[Named, ...], tuple[Named, ...]]
    statements: tuple[Statement, ...]
    paging: Paging
    spans: tuple[Span, ...]
    chart: Chart | None
    agreements: tuple[Agreement, ...]
    contradictions: tuple[Contradiction, ...]
    drawn: int

    @property
    def sums(self) -> tuple[int, int]:
        """How many claims are of cooperation, and how many of conflict."""
        return (
            sum(span.sums[0] for span in self.spans),
            sum(span.sums[1] for span in self.spans),
        )


async def fetch_pair(
    first: Collection[str], second: Collection[str], ask: Ask, base: str, given: Mapping[str, str]
) -> Pair:
    """Gather what the graph says of two actors, each with those who act for it.

    `first` and `second` are the things that one name stands for, the one to show before the others;
    `given` is what the page was asked with. Contradictions are left to be found.
    """
    sides = await asyncio.gather(_widen(first, ask), _widen(second, ask))
    about = connect(sides[0], sides[1])
    count, symmetric, names, rows, agreements = await asyncio.gather(
        count_claims(about, ask),
        _fetch_symmetric(ask),
        fetch_names({iri for side in sides for iri in side}, ask, base),
        _fetch_acts(about, ask),
        _fetch_agreements(sides[0], sides[1], ask, base),
    )
    paging = make_paging(given, "claims", size=_PAGE, count=count, anchor="#claims")
    claims = await fetch_claims(
        about, ask, base, limit=_PAGE, offset=paging.offset, by_relation=True
    )
    one, other = (name_thing(next(iter(side)), names, base) for side in (first, second))
    acts = list(_read_acts(rows, sides[0]))
    titles = (
        f"{one.label} toward {other.label}",
        f"{other.label} toward {one.label}",
        "Both alike",
    )
    return Pair(
        first=one,
        second=other,
        acting=(
            tuple(name_thing(iri, names, base) for iri in sides[0]),
            tuple(name_thing(iri, names, base) for iri in sides[1]),
        ),
        statements=tuple(gather_statements(claims, symmetric)),
        paging=paging,
        spans=tuple(order_spans(acts)),
        chart=draw_chart(acts, titles),
        agreements=tuple(agreements),
        contradictions=(),
        drawn=len(acts),
    )


def connect(first: Collection[str], second: Collection[str]) -> str:
    """The pattern of the claims that connect two sides."""
    ones, others = ([format_term(URIRef(iri)) for iri in side] for side in (first, second))
    # Not VALUES for both sides, of which every pair would be looked up.
    return (
        f"VALUES ?one {{ {' '.join(ones)} }} "
        "{ ?claim kg:subject ?one ; kg:object ?other } UNION "
        f"{{ ?claim kg:object ?one ; kg:subject ?other }} "
        f"FILTER(?other IN ({', '.join(others)}))"
        " ?claim a kg:Claim ."
    )


async def _widen(side: Collection[str], ask: Ask) -> tuple[str, ...]:
    """The things of one side; of a state also its government, leaders, officials and forces."""
    listed = " ".join(format_term(URIRef(iri)) for iri in side)
    # Each graph says again what the thing's code is: asked in one, the two would multiply.
    rows = await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?code WHERE {{ VALUES ?state {{ {listed} }} "
        "?state a kg:State ; kg:countryCode ?code . FILTER(isLiteral(?code)) }",
        ask,
    )
    codes = sorted({row["code"]["value"] for row in rows})
    if not codes:
        return tuple(dict.fromkeys(side))
    values = " ".join(format_term(Literal(code)) for code in codes)
    rows = await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?other WHERE {{ "
        f"{{ SELECT DISTINCT ?other WHERE {{ VALUES ?code {{ {values} }} "
        "?other kg:countryCode ?code . FILTER(isIRI(?other)) } } "
        f"FILTER EXISTS {{ ?other a ?kind . {_ACTING} }} }} ORDER BY ?other LIMIT 300",
        ask,
    )
    return tuple(dict.fromkeys([*side, *(row["other"]["value"] for row in rows)]))


def gather_statements(claims: Iterable[ShownClaim], symmetric: Collection[str]) -> list[Statement]:
    """The claims that say the same together, the most often said first.

    What a symmetric relation says of two is the same whichever of them comes first.
    """
    found: dict[tuple[str, str, str], list[ShownClaim]] = {}
    for claim in claims:
        ends = (claim.subject.iri, claim.object.iri)
        if claim.relation.iri in symmetric:
            ends = (min(ends), max(ends))
        found.setdefault((claim.relation.iri, *ends), []).append(claim)
    statements = [
        Statement(
            same[0].subject, same[0].relation, same[0].object, key[0] in symmetric, tuple(same)
        )
        for key, same in found.items()
    ]

    def rank(each: Statement) -> tuple[int, str, str, str]:
        return -len(each.claims), each.relation.label, each.subject.label, each.object.iri

    return sorted(statements, key=rank)


async def _fetch_symmetric(ask: Ask) -> frozenset[str]:
    rows = await fetch_rows(f"{HEAD}SELECT ?r WHERE {{ ?r a owl:SymmetricProperty }}", ask)
    return frozenset(row["r"]["value"] for row in rows)


# ------------------------------------------------------------------------------ over the years


async def _fetch_acts(about: str, ask: Ask) -> list[Row]:
    """What is affirmed and asserted between the two, with its quad class and dates."""
    return await fetch_rows(
        f"{HEAD}SELECT ?claim ?subject ?quad ?since ?until ?dated ?mutual WHERE {{ "
        f"{{ SELECT DISTINCT ?claim WHERE {{ {about} }} LIMIT {_MOST_ACTS} }} "
        "?claim kg:polarity kg:Positive ; kg:modality kg:Asserted ; kg:subject ?subject ; "
        "kg:relation ?relation . ?relation kg:quadClass ?quad . "
        "OPTIONAL { ?relation a ?mutual FILTER(?mutual = owl:SymmetricProperty) } "
        "OPTIONAL { ?claim kg:timeStart ?since } OPTIONAL { ?claim kg:timeEnd ?until } "
        "OPTIONAL { ?claim kg:inArticle ?article OPTIONAL { ?article dcterms:issued ?issued } "
        "OPTIONAL { ?article kg:received ?received } } "
        "BIND(COALESCE(?issued, ?received) AS ?dated) }",
        ask,
    )


def _read_acts(rows: Iterable[Row], first: Collection[str]) -> Iterable[Act]:
    seen: set[str] = set()
    members = frozenset(first)
    for row in rows:
        text = {name: term["value"] for name, term in row.items()}
        quad = take_local_name(text["quad"])
        if text["claim"] in seen or quad not in COOPERATION + CONFLICT:
            continue
        seen.add(text["claim"])
        way = 2 if "mutual" in text else int(text["subject"] not in members)
        year = read_year(text.get("since"), text.get("until"), text.get("dated"))
        yield Act(year, way, quad)


# --------------------------------------------------------------------------------- agreements


async def _fetch_agreements(
    first: Collection[str], second: Collection[str], ask: Ask, base: str
) -> list[Agreement]:
    """The agreements and bodies that claims, plain triples or records connect with either side."""
    relations = " ".join(format_term(URIRef(KG[name])) for name in _STANDING)
    said: list[dict[str, list[ShownClaim]]] = [{}, {}]
    known: list[dict[str, set[str]]] = [{}, {}]
    periods: list[dict[str, set[tuple[str | None, str | None]]]] = [{}, {}]
    for place, side in enumerate((first, second)):
        listed = " ".join(format_term(URIRef(iri)) for iri in side)
        pattern = f"VALUES ?end {{ {listed} }} VALUES ?standing {{ {relations} }} "
        claims = await fetch_claims(
            f"{pattern} ?claim kg:subject ?end ; kg:relation ?standing ; a kg:Claim ; "
            f"kg:object ?text . ?text a ?kind . {_BODIES}",
            ask,
            base,
            limit=_MOST,
        )
        for claim in claims:
            said[place].setdefault(claim.object.iri, []).append(claim)
        rows = await fetch_rows(
            f"{HEAD}SELECT ?text ?standing ?since ?until WHERE {{ "
            "{ SELECT DISTINCT ?text ?standing ?since ?until WHERE { "
            f"{{ {pattern} ?end ?standing ?text }} UNION {{ VALUES ?end {{ {listed} }} "
            "?record kg:member ?end ; kg:body ?text . OPTIONAL { ?record kg:validFrom ?since } "
            "OPTIONAL { ?record kg:validUntil ?until } FILTER(BOUND(?since) || BOUND(?until)) } "
            f"}} }} FILTER EXISTS {{ ?text a ?kind . {_BODIES} }} }} LIMIT {4 * _MOST}",
            ask,
        )
        for row in rows:
            text = {name: term["value"] for name, term in row.items()}
            if "standing" in text:
                known[place].setdefault(text["text"], set()).add(text["standing"])
            else:
                spell = (text.get("since"), text.get("until"))
                periods[place].setdefault(text["text"], set()).add(spell)
    things = sorted({*said[0], *said[1], *known[0], *known[1], *periods[0], *periods[1]})
    standing = {each for side in known for found in side.values() for each in found}
    names = await fetch_names([*things, *standing], ask, base)

    def stand(place: int, iri: str) -> Standing:
        return Standing(
            tuple(said[place].get(iri, ())),
            tuple(name_thing(each, names, base) for each in sorted(known[place].get(iri, ()))),
            tuple(
                sorted(periods[place].get(iri, ()), key=lambda each: (each[0] or "", each[1] or ""))
            ),
        )

    found = [
        Agreement(name_thing(iri, names, base), stand(0, iri), stand(1, iri)) for iri in things
    ]
    return sorted(found, key=lambda each: (not each.shared, each.thing.label, each.thing.iri))


def _rank_period(period: tuple[str | None, str | None]) -> tuple[str, str]:
    return period[0] or "", period[1] or ""


def list_ends(pair: Pair) -> tuple[Sequence[str], Sequence[str]]:
    """The IRIs of both sides, each with those who act for it."""
    return [each.iri for each in pair.acting[0]], [each.iri for each in pair.acting[1]]
