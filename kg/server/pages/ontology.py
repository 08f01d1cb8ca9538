"""The ontology as a tree of terms, and the terms that a search finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg import iris
from kg.iris import KG
from kg.rdf import format_term
from kg.server.pages.naming import Named, locate_thing, shorten_iri, take_local_name
from kg.server.statistics import Ask, Row, fetch_rows

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
_LABELS = (f"{RDFS}label", f"{SKOS}prefLabel")
_ABOVE = (f"{RDFS}subClassOf", f"{RDFS}subPropertyOf", f"{SKOS}broader")
_HEADINGS = {
    "Classes": "Kinds of things that articles speak of, and what the graph keeps about them.",
    "Relations": "What articles state of two things; each implies the one that it stands under.",
    "Other properties": "How the graph writes down claims, names, dates and their sources.",
    "Concepts": "How a claim is held, and further fixed lists.",
    "Further terms": "What is of none of these sorts.",
}
_TRAITS = {
    "SymmetricProperty": "symmetric",
    "TransitiveProperty": "transitive",
    "AsymmetricProperty": "asymmetric",
    "IrreflexiveProperty": "irreflexive",
    "FunctionalProperty": "functional",
}
_DEEPEST = 30

Facts = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Of each term, the values of each property, sorted."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How much a graph has of each term, by IRI: claims and inferred triples of a relation.

    `things` are the members of a class, and the triples of any other property.
    """

    claims: Mapping[str, int]
    inferred: Mapping[str, int]
    things: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Branch:
    """A term with those below it; `first` where it stands for the first time.

    `ends` are the kinds that a relation leads from and to, `traits` its characteristics in words.
    """

    term: Named
    name: str
    definition: str
    count: int
    inferred: int
    ends: tuple[Named | None, Named | None] | None
    traits: tuple[str, ...]
    below: tuple[Branch, ...]
    first: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the browser: its heading, what it holds, how many terms, and their trees."""

    heading: str
    note: str
    count: int
    branches: tuple[Branch, ...]


async def fetch_facts(ask: Ask) -> Facts:
    """What the ontology graph says of each of Concord's terms."""
    graph = format_term(iris.ONTOLOGY_GRAPH)
    rows = await fetch_rows(
        f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} "
        f'FILTER(STRSTARTS(STR(?s), "{KG}")) }} LIMIT 50000',
        ask,
    )
    return collect_facts(rows)


def collect_facts(rows: Iterable[Row]) -> Facts:
    """The values of each property of each term."""
    found: dict[str, dict[str, set[str]]] = {}
    for row in rows:
        values = found.setdefault(row["s"]["value"], {}).setdefault(row["p"]["value"], set())
        values.add(row["o"].get("value", ""))
    return {
        term: {name: tuple(sorted(values)) for name, values in sorted(said.items())}
        for term, said in sorted(found.items())
    }


def take_label(facts: Facts, iri: str) -> str:
    """The label of a term, else its name."""
    for name in _LABELS:
        for label in facts.get(iri, {}).get(name, ()):
            return label
    return take_local_name(iri) if iri.startswith(str(KG)) else shorten_iri(iri)


def name_term(facts: Facts, iri: str, base: str) -> Named:
    """A term under its label; one of another vocabulary under its short name."""
    href, outside = locate_thing(iri, base)
    return Named(iri, take_label(facts, iri), href, None, outside)


def find_ends(facts: Facts, iri: str, base: str) -> tuple[Named | None, Named | None] | None:
    """The kinds that a property leads from and to; None of one that names neither."""
    said = facts[iri]
    ends = [
        next((name_term(facts, value, base) for value in said.get(f"{RDFS}{end}", ())), None)
        for end in ("domain", "range")
    ]
    return (ends[0], ends[1]) if any(ends) else None


def word_traits(types: Iterable[str]) -> tuple[str, ...]:
    """The characteristics of a property that its types tell, in words."""
    named = {take_local_name(each) for each in types}
    return tuple(word for sort, word in _TRAITS.items() if sort in named)


# -------------------------------------------------------------------------------------- tree


def list_parts(facts: Facts, usage: Usage, base: str) -> list[Part]:
    """The parts of the browser: kinds and other classes, relations, other properties, concepts."""
    sorts: dict[str, list[str]] = {}
    for iri, said in facts.items():
        sorts.setdefault(sort_term(facts, iri, said), []).append(iri)
    return [
        Part(
            heading,
            note,
            len(sorts[heading]),
            tuple(_grow(facts, sorts[heading], usage, base)),
        )
        for heading, note in _HEADINGS.items()
        if heading in sorts
    ]


def sort_term(facts: Facts, iri: str, said: Mapping[str, tuple[str, ...]]) -> str:
    """The heading of the part that a term belongs to."""
    types = said.get(RDF_TYPE, ())
    if f"{OWL}Class" in types:
        return "Classes"
    if str(KG.Relation) in types:
        return "Relations"
    if any(f"{OWL}{sort}Property" in types for sort in ("Object", "Datatype", "Annotation")):
        # What stands above a relation belongs to the relations' tree.
        above = any(
            iri in other.get(f"{RDFS}subPropertyOf", ())
            and str(KG.Relation) in other.get(RDF_TYPE, ())
            for other in facts.values()
        )
        return "Relations" if above else "Other properties"
    if f"{OWL}NamedIndividual" in types or f"{SKOS}ConceptScheme" in types:
        return "Concepts"
    return "Further terms"


def _grow(facts: Facts, terms: Iterable[str], usage: Usage, base: str) -> list[Branch]:
    """The trees of some terms; what has several parents stands under each, with its own once."""
    members = set(terms)
    below: dict[str, list[str]] = {}
    roots = []
    ordered = sorted(members, key=lambda iri: (take_label(facts, iri).casefold(), iri))
    for iri in ordered:
        parents = {p for name in _ABOVE for p in facts[iri].get(name, ()) if p in members - {iri}}
        for parent in parents:
            below.setdefault(parent, []).append(iri)
        if not parents:
            roots.append(iri)
    grown: set[str] = set()

    def grow(iri: str, depth: int) -> Branch:
        first = iri not in grown
        grown.add(iri)
        deeper = below.get(iri, ()) if first and depth < _DEEPEST else ()
        return _make_branch(
            facts, iri, usage, base, first=first, below=[grow(each, depth + 1) for each in deeper]
        )

    trees = [grow(iri, 0) for iri in roots]
    # Terms above one another, as a foreign ontology may have them, hang on no root.
    trees += [grow(iri, 0) for iri in ordered if iri not in grown]
    return trees


def _make_branch(
    facts: Facts, iri: str, usage: Usage, base: str, *, first: bool, below: Iterable[Branch] = ()
) -> Branch:
    types = facts[iri].get(RDF_TYPE, ())
    relation = str(KG.Relation) in types
    return Branch(
        term=name_term(facts, iri, base),
        name=iri.removeprefix(str(KG)),
        definition=" ".join(facts[iri].get(f"{SKOS}definition", ())[:1]),
        count=(usage.claims if relation else usage.things).get(iri, 0),
        inferred=usage.inferred.get(iri, 0) if relation else 0,
        ends=find_ends(facts, iri, base),
        traits=word_traits(types),
        below=tuple(below),
        first=first,
    )


# ------------------------------------------------------------------------------------- search


def search_terms(facts: Facts, words: str, usage: Usage, base: str) -> list[Branch]:
    """The terms whose name, label or definition has each of some words, the closest first."""
    wanted = words.casefold().split()
    found = []
    for iri, said in facts.items():
        label = take_label(facts, iri).casefold()
        name = take_local_name(iri).casefold()
        text = " ".join([label, name, *said.get(f"{SKOS}definition", ())]).casefold()
        if wanted and all(word in text for word in wanted):
            whole = " ".join(wanted)
            rank = (whole not in (label, name), whole not in label, label, iri)
            found.append((rank, _make_branch(facts, iri, usage, base, first=False)))
    return [branch for _, branch in sorted(found, key=lambda pair: pair[0])]
