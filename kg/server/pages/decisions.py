"""What people decided in review, as pages tell it: by whom, how, and what was there before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rdflib import URIRef

from kg import iris
from kg.rdf import format_term
from kg.server.pages.naming import (
    HEAD,
    Named,
    fetch_names,
    list_iris,
    locate_thing,
    name_thing,
    take_local_name,
)
from kg.server.statistics import Ask, Row, fetch_rows

_MOST = 5000
_WORDS = {
    "Accepted": "accepted",
    "AcceptedAsClose": "accepted as a close match",
    "Rejected": "rejected",
    "Corrected": "corrected",
    "NoMatch": "found in no dataset",
    "Merged": "merged",
    "SplitOff": "split off",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision changed of a claim, and what was read there."""

    what: str
    before: str


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision that stands; `origin` is what it is about as read, `now` what came of it."""

    outcome: str
    origin: str
    now: str
    author: str
    date: str
    comment: str
    target: Named | None = None
    changes: tuple[Change, ...] = ()

    @property
    def words(self) -> str:
        """The outcome in words."""
        return _WORDS.get(self.outcome, self.outcome)

    @property
    def key(self) -> str:
        """What stands behind the last slash of its origin."""
        return take_local_name(self.origin)


@dataclass(frozen=True, slots=True)
class RejectedClaim:
    """A claim that is none any more because somebody rejected it."""

    decision: ShownDecision
    subject: Named
    relation: Named
    object: Named
    quote: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a thing may be: how it is linked if it is, and what speaks for it."""

    thing: Named
    mapping: str
    score: str
    reason: str
    decision: ShownDecision | None


@dataclass(frozen=True, slots=True)
class LinkReview:
    """What was decided of a thing's links and can be; `back` is its page."""

    iri: str
    back: str
    reviewer: str | None
    decisions: tuple[ShownDecision, ...]
    targets: tuple[Target, ...]


async def fetch_claim_decisions(
    article: str, ask: Ask, base: str
) -> tuple[dict[str, ShownDecision], tuple[RejectedClaim, ...]]:
    """The decisions on the claims of an article by the claims as they are now, and the rejected."""
    rows = await _fetch(f"?d kg:inArticle <{article}>", ask)
    names = await fetch_names(list_iris(rows), ask, base)
    decisions: dict[str, ShownDecision] = {}
    for decision in _show_decisions(rows, names, base):
        decisions[decision.now] = decision
    formers = await fetch_rows(
        f"{HEAD}SELECT ?claim ?s ?p ?o ?quote WHERE {{ GRAPH <{iris.DECISIONS_GRAPH}> {{ "
        f"?d kg:outcome kg:Rejected ; kg:inArticle <{article}> ; kg:decidesOn ?claim . "
        "?claim rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o "
        f"OPTIONAL {{ ?claim oa:hasSelector/oa:exact ?quote }} }} }} LIMIT {_MOST}",
        ask,
    )
    names |= await fetch_names(list_iris(formers), ask, base)
    rejected = {}
    for row in formers:
        iri = row["claim"]["value"]
        if iri in decisions:
            subject, relation, other = (
                name_thing(row[end]["value"], names, base) for end in ("s", "p", "o")
            )
            quote = row["quote"]["value"] if "quote" in row else ""
            rejected[iri] = RejectedClaim(decisions[iri], subject, relation, other, quote)
    return decisions, tuple(rejected[iri] for iri in sorted(rejected))


async def fetch_link_decisions(node: str, ask: Ask, base: str) -> tuple[ShownDecision, ...]:
    """The decisions on what a thing is."""
    rows = await _fetch(f"?d kg:decidesOn {node}", ask)
    names = await fetch_names(list_iris(rows), ask, base)
    return tuple(
        sorted(_show_decisions(rows, names, base), key=lambda each: (each.date, each.words))
    )


async def fetch_link_review(
    iri: str, linked: Iterable[tuple[Named, str]], ask: Ask, base: str, reviewer: str | None
) -> LinkReview:
    """What a thing may be and what was decided of it; candidates only for who may decide.

    `linked` are the targets of its links with how they match.
    """
    node = format_term(URIRef(iri))
    decisions = await fetch_link_decisions(node, ask, base)
    place = (locate_thing(iri, base)[0] or f"{base}/").removeprefix(f"{base}/")
    told = {each.target.iri: each for each in decisions if each.target is not None}
    targets = {
        thing.iri: Target(thing, mapping, "", "", told.get(thing.iri)) for thing, mapping in linked
    }
    rows = await _fetch_candidates(node, ask) if reviewer else []
    names = await fetch_names(list_iris(rows), ask, base)
    for row in rows:
        text = {name: term["value"] for name, term in row.items()}
        known = targets.get(text["target"])
        thing = name_thing(text["target"], names, base)
        thing = replace(thing, label=text.get("label") or thing.label)
        reason = "; ".join(text[each] for each in ("description", "reason") if each in text)
        mapping = "" if known is None else known.mapping
        score = text.get("score", "")[:5]
        decision = told.get(thing.iri)
        targets[thing.iri] = Target(thing, mapping, score, reason, decision)
    for decision in decisions:
        if decision.target is not None and decision.target.iri not in targets:
            targets[decision.target.iri] = Target(decision.target, "", "", "", decision)
    ranked = sorted(targets.values(), key=lambda each: (not each.mapping, each.thing.iri))
    return LinkReview(iri, place, reviewer, decisions, tuple(ranked))


async def _fetch_candidates(node: str, ask: Ask) -> list[Row]:
    return await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?target ?label ?score ?description ?reason WHERE {{ "
        f"?c a kg:LinkCandidate ; kg:candidateOf {node} ; kg:candidate ?target . "
        "OPTIONAL { ?c rdfs:label ?label } OPTIONAL { ?c kg:score ?score } "
        "OPTIONAL { ?c dcterms:description ?description } "
        f"OPTIONAL {{ ?c rdfs:comment ?reason }} }} ORDER BY ?target DESC(?score) LIMIT {_MOST}",
        ask,
    )


async def _fetch(pattern: str, ask: Ask) -> list[Row]:
    return await fetch_rows(
        f"{HEAD}SELECT ?d ?outcome ?on ?author ?date ?comment ?result ?target ?changed ?before "
        f"WHERE {{ GRAPH <{iris.DECISIONS_GRAPH}> {{ {pattern} . "
        "?d a kg:Decision ; kg:outcome ?outcome ; kg:decidesOn ?on ; "
        "prov:wasAttributedTo ?who ; prov:generatedAtTime ?date . ?who rdfs:label ?author "
        "OPTIONAL { ?d rdfs:comment ?comment } OPTIONAL { ?d kg:result ?result } "
        "OPTIONAL { ?d kg:candidate ?target } "
        "OPTIONAL { ?d kg:change ?change . ?change kg:changedProperty ?changed ; "
        f"kg:valueBefore ?before }} }} }} LIMIT {_MOST}",
        ask,
    )


def _show_decisions(
    rows: Iterable[Row], names: Mapping[str, Named], base: str
) -> list[ShownDecision]:
    found: dict[str, ShownDecision] = {}
    for row in sorted(rows, key=lambda row: sorted((n, t["value"]) for n, t in row.items())):
        text = {name: term["value"] for name, term in row.items()}
        decision = found.get(text["d"])
        if decision is None:
            target = text.get("target")
            decision = ShownDecision(
                outcome=take_local_name(text["outcome"]),
                origin=text["on"],
                now=text.get("result", text["on"]),
                author=text["author"],
                date=text["date"][:10],
                comment=text.get("comment", ""),
                target=name_thing(target, names, base) if target else None,
            )
        if "changed" in text:
            before = name_thing(text["before"], names, base).label
            change = Change(take_local_name(text["changed"]), before)
            if change not in decision.changes:
                decision = replace(decision, changes=(*decision.changes, change))
        found[text["d"]] = decision
    return list(found.values())
