"""The graph of all articles as things and edges: the whole of it, or what surrounds a thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rdflib import URIRef

from kg import iris
from kg.iris import is_iri
from kg.rdf import format_term
from kg.server.pages.naming import HEAD, Named, fetch_names, name_thing, take_local_name
from kg.server.statistics import Ask, Row, fetch_rows

STATES = ("asserted", "reported", "predicted", "possible", "desired", "denied")
"""From the surest on: an edge looks like the surest claim that it stands for."""

COUNT_THINGS = f"""{HEAD}SELECT ?name (COUNT(*) AS ?count) WHERE {{
  {{ ?claim kg:subject ?name }} UNION {{ ?claim kg:object ?name }} ?claim a kg:Claim
}} GROUP BY ?name ORDER BY DESC(?count) ?name LIMIT 20000"""

_AT_ONCE = 400
_INFERRED_WEIGHT = 0.01

Edge = dict[str, object]
Said = tuple[str | None, str, str, str | None, str | None]
"""What a claim says beside its triple: its holder, modality and polarity, since and until when."""


@dataclass(frozen=True, slots=True)
class Network:
    """Things and the edges between them; `left_out` is how many more neighbours there are."""

    things: tuple[Named, ...]
    edges: tuple[Edge, ...]
    left_out: int


def choose_state(polarity: str, modality: str, *, held: bool) -> str:
    """How surely a claim is held, as one word: what an edge looks like."""
    if polarity == "negative":
        return "denied"
    if held and (polarity, modality) == ("positive", "asserted"):
        return "reported"
    return modality if modality in STATES else "possible"


def pick_surest(states: Collection[str]) -> str:
    """The surest of the states of claims that one edge stands for."""
    return next((state for state in STATES if state in states), "possible")


def draw_edge(relation: Named, ends: tuple[str, str, str], state: str, count: int) -> Edge:
    """An edge as the drawing reads it."""
    subject, predicate, object_ = ends
    return {
        "source": subject,
        "target": object_,
        "relation": predicate,
        "label": relation.label,
        "state": state,
        "count": count,
        "claims": [],
    }


def draw_thing(thing: Named, mentions: int = 0) -> dict[str, object]:
    """A thing as the drawing reads it."""
    return {
        "id": thing.iri,
        "label": thing.label,
        "kind": thing.kind or "Thing",
        "mentions": mentions,
        "href": thing.href,
    }


async def fetch_network(
    seeds: Sequence[str], ranked: Sequence[str], most: int, ask: Ask, base: str
) -> Network:
    """What surrounds some things; of the whole graph, where there are none, the first of `ranked`.

    There are no more than `most` things.
    """
    known = [iri for iri in ranked if is_iri(iri)]
    if seeds:
        found = await _rank_neighbours(seeds, ask)
        known = [*seeds, *(iri for iri in found if iri not in seeds)]
    chosen = known[:most]
    edges = [
        *await _fetch_said(chosen, ask, base),
        *await fetch_beyond(chosen, (), ask, base),
    ]
    said = {(edge["source"], edge["relation"], edge["target"]) for edge in edges if "said" in edge}
    kept = tuple(
        edge
        for edge in edges
        if "said" in edge or (edge["source"], edge["relation"], edge["target"]) not in said
    )
    ends = {end for edge in kept for end in (edge["source"], edge["target"])} | set(seeds)
    names = await fetch_names([iri for iri in chosen if iri in ends], ask, base)
    things = tuple(name_thing(iri, names, base) for iri in chosen if iri in ends)
    return Network(things, kept, len(known) - len(chosen))


async def _rank_neighbours(seeds: Sequence[str], ask: Ask) -> list[str]:
    """The things at the other ends of claims and of what is known besides, most claims first."""
    listed = _list(seeds)
    rows = await fetch_rows(
        f"{HEAD}SELECT ?other (COUNT(?claim) AS ?count) WHERE {{ VALUES ?thing {{ {listed} }} "
        "{ ?claim kg:subject ?thing ; kg:object ?other } UNION "
        "{ ?claim kg:object ?thing ; kg:subject ?other } "
        "?claim a kg:Claim FILTER(isIRI(?other)) } GROUP BY ?other",
        ask,
    )
    weights: Counter[str] = Counter()
    ranks: dict[str, float] = {}
    for row in rows:
        weights[row["other"]["value"]] += int(row["count"]["value"])
    besides = await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?other WHERE {{ VALUES ?thing {{ {listed} }} "
        f"VALUES ?g {{ <{iris.BACKGROUND_GRAPH}> <{iris.INFERRED_GRAPH}> }} "
        "GRAPH ?g { { ?thing ?p ?other } UNION { ?other ?p ?thing } } "
        "?p a kg:Relation FILTER(isIRI(?other)) }",
        ask,
    )
    for row in besides:
        ranks[row["other"]["value"]] = _INFERRED_WEIGHT
    for iri, count in weights.items():
        ranks[iri] = ranks.get(iri, 0.0) + count
    return sorted((iri for iri in ranks if is_iri(iri)), key=lambda iri: (-ranks[iri], iri))


# ---------------------------------------------------------------------------------- the edges


async def _fetch_said(things: Sequence[str], ask: Ask, base: str) -> list[Edge]:
    """An edge for all claims that say the same of the same two of some things."""
    inside = set(things)
    found: dict[tuple[str, str, str], Counter[Said]] = {}
    holders: set[str] = set()
    for listed in _list_parts(things):
        rows = await fetch_rows(
            f"{HEAD}SELECT ?s ?p ?o ?holder ?voice ?modality ?polarity ?since ?until "
            f"(COUNT(DISTINCT ?claim) AS ?count) WHERE {{ VALUES ?s {{ {listed} }} "
            "?claim kg:subject ?s ; kg:relation ?p ; kg:object ?o . ?claim a kg:Claim "
            "OPTIONAL { ?claim kg:holder ?holder . OPTIONAL { ?holder a ?voice "
            "FILTER(?voice = kg:AuthorVoice) } } "
            "OPTIONAL { ?claim kg:polarity ?polarity } OPTIONAL { ?claim kg:modality ?modality } "
            "OPTIONAL { ?claim kg:timeStart ?since } OPTIONAL { ?claim kg:timeEnd ?until } "
            "} GROUP BY ?s ?p ?o ?holder ?voice ?modality ?polarity ?since ?until",
            ask,
        )
        for row in rows:
            ends = (row["s"]["value"], row["p"]["value"], row["o"]["value"])
            if ends[2] not in inside or not is_iri(ends[1]):
                continue
            said, count = _read_said(row)
            found.setdefault(ends, Counter())[said] += count
            if said[0] is not None:
                holders.add(said[0])
    wanted = {relation for _, relation, _ in found} | holders
    names = await fetch_names(wanted, ask, base)
    return [_draw_said(ends, found[ends], names, base) for ends in sorted(found)]


def _read_said(row: Row) -> tuple[Said, int]:
    text = {name: term["value"] for name, term in row.items()}
    holder = text.get("holder") if "voice" not in text else None
    modality = take_local_name(text.get("modality", "")).lower()
    polarity = take_local_name(text.get("polarity", "")).lower()
    said = (holder, modality, polarity, text.get("since"), text.get("until"))
    return said, int(text["count"])


def _draw_said(
    ends: tuple[str, str, str], said: Mapping[Said, int], names: Mapping[str, Named], base: str
) -> Edge:
    states = {choose_state(each[2], each[1], held=each[0] is not None) for each in said}
    relation = name_thing(ends[1], names, base)
    edge = draw_edge(relation, ends, pick_surest(states), sum(said.values()))
    edge["said"] = [
        [name_thing(holder, names, base).label if holder else None, *rest, count]
        for (holder, *rest), count in sorted(said.items(), key=lambda pair: list(map(str, pair)))
    ]
    return edge


async def fetch_beyond(
    things: Sequence[str], edges: Iterable[Edge], ask: Ask, base: str
) -> list[Edge]:
    """What is inferred or known from background between some things, but for what edges say."""
    rows: list[Row] = []
    for listed in _list_parts(things):
        rows += await fetch_rows(
            f"{HEAD}SELECT DISTINCT ?g ?s ?p ?o WHERE {{ VALUES ?s {{ {listed} }} "
            f"VALUES ?g {{ <{iris.BACKGROUND_GRAPH}> <{iris.INFERRED_GRAPH}> }} "
            "GRAPH ?g { ?s ?p ?o } ?p a kg:Relation FILTER(isIRI(?o)) }",
            ask,
        )
    known = {(edge["source"], edge["relation"], edge["target"]) for edge in edges}
    inside = set(things)
    names = await fetch_names({row["p"]["value"] for row in rows}, ask, base)
    drawn: dict[tuple[str, str, str], Edge] = {}
    for row in sorted(rows, key=lambda row: [row[name]["value"] for name in "gspo"]):
        ends = (row["s"]["value"], row["p"]["value"], row["o"]["value"])
        if ends[2] not in inside or ends in known or ends[0] == ends[2]:
            continue
        state = "background" if row["g"]["value"] == str(iris.BACKGROUND_GRAPH) else "inferred"
        drawn.setdefault(ends, draw_edge(name_thing(ends[1], names, base), ends, state, 1))
    if drawn:
        _date_edges(drawn, await _fetch_spans(things, ask))
    return [drawn[ends] for ends in sorted(drawn)]


async def _fetch_spans(
    things: Sequence[str], ask: Ask
) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """Since and until when one thing holds an office of, or is a member of, another."""
    spans: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    for listed in _list_parts(things):
        rows = await fetch_rows(
            f"{HEAD}SELECT ?who ?where ?since ?until WHERE {{ VALUES ?who {{ {listed} }} "
            "?record kg:officeHolder|kg:member ?who ; kg:ofState|kg:body ?where . "
            "OPTIONAL { ?record kg:validFrom ?since } OPTIONAL { ?record kg:validUntil ?until } }",
            ask,
        )
        for row in sorted(rows, key=lambda row: sorted((n, t["value"]) for n, t in row.items())):
            text = {name: term["value"] for name, term in row.items()}
            if "since" in text or "until" in text:
                span = (text.get("since"), text.get("until"))
                spans.setdefault((text["who"], text["where"]), span)
    return spans


def _date_edges(
    drawn: Mapping[tuple[str, str, str], Edge],
    spans: Mapping[tuple[str, str], tuple[str | None, str | None]],
) -> None:
    """Date what says that one belongs to another by the record of it."""
    for (subject, predicate, object_), edge in drawn.items():
        if take_local_name(predicate) in ("headOf", "memberOf", "holdsOffice"):
            span = spans.get((subject, object_))
            if span is not None:
                edge["span"] = list(span)


def _list(things: Iterable[str]) -> str:
    return " ".join(format_term(URIRef(iri)) for iri in things)


def _list_parts(things: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(things), _AT_ONCE):
        yield _list(things[start : start + _AT_ONCE])
