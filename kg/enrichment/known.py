"""Facts that the shipped names know of the states of a graph, for the dates it speaks of.

The background has the memberships that hold today and the terms of the people whom the articles
name. Here come, for each state that acts in them, its memberships and alliances and whoever headed
it at the time, named or not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from rdflib import DCTERMS, RDF, RDFS, SKOS, Literal, URIRef

from kg.compiled import load_compiled
from kg.enrichment.statements import Span
from kg.enrichment.things import find_dates
from kg.graph import Descriptions, read_descriptions
from kg.iris import KG
from kg.rdf import Format, Triple, format_term, parse_quads, read_turtle, skolemise
from kg.store import GraphStore
from kg.vocabulary import ontology_directory

_FORMAT = 1
_ABOUT = frozenset(
    {
        RDF.type, RDFS.label, DCTERMS.source, DCTERMS.type, SKOS.exactMatch, KG.countryCode,
        KG.iso2, KG.cowCode, KG.validFrom, KG.validUntil,
    }
)  # fmt: skip
"""What is said of the states, bodies and people that the facts lead to."""


def describe_known(
    store: GraphStore, articles: Collection[URIRef], *, ontology: Path | None = None
) -> Iterator[Triple]:
    """What the names know of the states that act in the articles, at the dates of these.

    A membership or term that held at none of the dates is left out. Raises OntologyError where the
    names cannot be read.
    """
    place = ontology or ontology_directory()
    descriptions = read_descriptions(place)
    alliances = _read_alliances(place)
    dates = find_dates(store, articles)
    states = find_states(store, articles, descriptions)
    found: set[URIRef] = set(states)
    for described in _list_records(states, descriptions, alliances):
        said = _index(described)
        span = Span(_first(said, KG.validFrom), _first(said, KG.validUntil))
        if not any(map(span.covers, dates)):
            continue
        yield from described
        if DCTERMS.source not in said:
            # Of a term the names say it with whoever held the office.
            for holder in said.get(KG.officeHolder, ()):
                about = _index(descriptions.describe(URIRef(holder)))
                for source in about.get(DCTERMS.source, ()):
                    yield described[0][0], DCTERMS.source, source
        for end in (KG.member, KG.body, KG.officeHolder, KG.ofState):
            found.update(map(URIRef, said.get(end, ())))
    for thing in sorted(found):
        triples = [*descriptions.describe(thing), *alliances.get(thing, ())]
        yield from (triple for triple in triples if triple[1] in _ABOUT)


def find_states(
    store: GraphStore, articles: Collection[URIRef], descriptions: Descriptions
) -> set[URIRef]:
    """The states that the articles name, and those for which somebody acts whom they name."""
    wanted = set(articles)
    named = {
        iri
        for iri, _, _, graph in store.quads(predicate=RDF.type, object=KG.State)
        if graph in wanted and str(iri) in descriptions.about
    }
    codes = {str(o) for _, _, o, graph in store.quads(predicate=KG.countryCode) if graph in wanted}
    acting = {URIRef(iri) for code in codes for iri in descriptions.states.get(code, ())}
    return named | acting


def _list_records(
    states: Collection[URIRef],
    descriptions: Descriptions,
    alliances: Mapping[URIRef, list[Triple]],
) -> Iterator[list[Triple]]:
    """Each membership of the states and each term of a head of theirs, in a stable order."""
    for state in sorted(states):
        for link in sorted(descriptions.links.get(str(state), ())):
            yield descriptions.describe(URIRef(link))
    for record in sorted(alliances):
        if any(p == KG.member and o in states for _, p, o in alliances[record]):
            yield alliances[record]
    # Terms are found by their holders elsewhere; here they are looked through as text.
    marks = [f"{format_term(KG.ofState)} {format_term(state)} ." for state in sorted(states)]
    heads = f"{format_term(KG.headship)} "
    for iri in sorted(descriptions.about):
        text = descriptions.about[iri]
        if heads in text and any(mark in text for mark in marks):
            described = descriptions.describe(URIRef(iri))
            if _first(_index(described), KG.headship) == "true":
                yield described


def _read_alliances(place: Path) -> dict[URIRef, list[Triple]]:
    """The alliances of states and their members, by what each triple is about."""
    path = place / "alliances.ttl"
    if not path.is_file():
        return {}
    lines = load_compiled("alliances", _FORMAT, [path], lambda: _compile(path))
    found: dict[URIRef, list[Triple]] = {}
    text = "".join(f"{line}\n" for line in lines)
    for triple in skolemise(triple for triple, _ in parse_quads(text.encode(), Format.NTRIPLES)):
        found.setdefault(triple[0], []).append(triple)
    return found


def _compile(path: Path) -> list[str]:
    return [
        f"{format_term(s)} {format_term(p)} {format_term(o)} ."
        for s, p, o in skolemise(read_turtle(path))
    ]


def _index(described: Iterable[Triple]) -> dict[URIRef, list[URIRef | Literal]]:
    said: dict[URIRef, list[URIRef | Literal]] = {}
    for _, predicate, value in described:
        said.setdefault(predicate, []).append(value)
    return said


def _first(said: Mapping[URIRef, list[URIRef | Literal]], predicate: URIRef) -> str | None:
    return next((str(value) for value in said.get(predicate, ())), None)
