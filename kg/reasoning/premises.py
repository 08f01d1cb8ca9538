"""What the closure starts from: facts, background and kinds of things, never a mere claim.

In a perspective it starts besides from what its holders claim.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rdflib import OWL, RDF, RDFS, SKOS, Literal, URIRef

from kg import iris
from kg.rdf import Triple
from kg.reasoning.clauses import Clause
from kg.reasoning.wording import Labels
from kg.store import GraphStore

_FACTS = f"{iris.BASE}graph/facts/"
_ARTICLE = f"{iris.BASE}graph/article/"
_SCHEMA = frozenset(
    {
        RDF.type, RDF.first, RDF.rest, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain,
        RDFS.range, OWL.inverseOf, OWL.equivalentClass, OWL.equivalentProperty, OWL.disjointWith,
        OWL.propertyDisjointWith, OWL.propertyChainAxiom, OWL.members, OWL.onProperty,
        OWL.someValuesFrom, OWL.allValuesFrom, OWL.hasValue, OWL.intersectionOf, OWL.unionOf,
        OWL.complementOf, OWL.oneOf, OWL.sameAs, OWL.differentFrom, OWL.distinctMembers, OWL.hasKey,
        OWL.maxCardinality, OWL.maxQualifiedCardinality, OWL.onClass, OWL.sourceIndividual,
        OWL.assertionProperty, OWL.targetIndividual, OWL.targetValue,
    }
)  # fmt: skip
# Declarations from which only what is already known or trivial follows.
_DECLARATIONS = frozenset(
    {
        OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty,
        OWL.NamedIndividual, OWL.Ontology, OWL.Restriction, OWL.Axiom, RDF.List, RDFS.Class,
        RDF.Property, RDFS.Datatype,
    }
)  # fmt: skip
_OWN = (iris.BASE, str(OWL), str(RDF), str(RDFS))
_CLAIMED = frozenset(
    {iris.KG.subject, iris.KG.relation, iris.KG.object, iris.KG.polarity, iris.KG.modality}
)
_LABELS = (RDFS.label, SKOS.prefLabel)


@dataclass(frozen=True, slots=True)
class Premises:
    """What the closure may start from.

    `schema` are the axioms, `data` the relations and kinds of things, `things` those that some
    article speaks of, `labels` the names of kinds and relations.
    """

    schema: frozenset[Triple]
    data: frozenset[Triple]
    things: frozenset[URIRef]
    labels: Labels


def gather_premises(
    store: GraphStore, rules: Iterable[Clause], *, accepted: Collection[URIRef] = ()
) -> Premises:
    """Read the closure's input from ontology, background, identities, facts and article graphs.

    Of the article graphs only the kinds and countries of things are read, and what the `accepted`
    holders affirm and assert: no denied, possible, predicted or desired claim can enter, and no
    reported one of anybody else. Of the background only what an axiom or one of the `rules` can
    use is kept.
    """
    ontology = list(store.triples(iris.ONTOLOGY_GRAPH))
    schema = frozenset(triple for triple in ontology if _is_axiom(triple))
    kinds = _find_kinds(schema)
    described = frozenset(_describe_things(store, kinds))
    useful = _find_relations(ontology) | {
        pattern[1] for rule in rules for pattern in rule.body if isinstance(pattern[1], URIRef)
    }
    data = {
        triple
        for graph in (iris.BACKGROUND_GRAPH, iris.IDENTITY_GRAPH, *find_facts_graphs(store))
        for triple in store.triples(graph)
        if triple[1] in useful or _is_kind(triple)
    } | set(find_claimed(store, accepted))
    labels = {
        subject: str(text)
        for subject, predicate, text in sorted(ontology)
        if predicate in _LABELS and isinstance(text, Literal) and text.language in (None, "en")
    }
    return Premises(
        schema,
        described | data,
        frozenset(subject for subject, _, _ in described),
        labels,
    )


def find_claimed(store: GraphStore, holders: Collection[URIRef]) -> Iterator[Triple]:
    """The triples that the holders affirm and assert in any article."""
    for holder in sorted(set(holders)):
        for claim, _, _, graph in store.quads(predicate=iris.KG.holder, object=holder):
            said = {p: o for _, p, o in store.triples(graph, subject=claim) if p in _CLAIMED}
            triple = said.get(iris.KG.subject), said.get(iris.KG.relation), said.get(iris.KG.object)
            plain = said.get(iris.KG.polarity), said.get(iris.KG.modality)
            if plain == (iris.KG.Positive, iris.KG.Asserted):
                subject, relation, object_ = triple
                if isinstance(subject, URIRef) and isinstance(relation, URIRef) and object_:
                    yield subject, relation, object_


def find_facts_graphs(store: GraphStore) -> list[URIRef]:
    """The graphs that hold the facts of articles, sorted."""
    return [graph for graph in store.graphs() if graph.startswith(_FACTS)]


def find_article_graphs(store: GraphStore) -> list[URIRef]:
    """The graphs that hold articles with their claims, sorted."""
    return [graph for graph in store.graphs() if graph.startswith(_ARTICLE)]


def _is_axiom(triple: Triple) -> bool:
    """Whether the engine can use a triple of the ontology for what concerns Concord's terms."""
    subject, predicate, object_ = triple
    if predicate not in _SCHEMA or object_ in _DECLARATIONS:
        return False
    # What an alignment adds is about terms of others, which no relation or kind here is.
    return all(
        isinstance(term, Literal) or any(term.startswith(space) for space in _OWN)
        for term in (subject, object_)
    )


def _find_kinds(schema: Iterable[Triple]) -> frozenset[URIRef]:
    """kg:Entity and every kind below it."""
    below: dict[URIRef, list[URIRef]] = {}
    for subject, predicate, object_ in schema:
        if predicate == RDFS.subClassOf and isinstance(object_, URIRef):
            below.setdefault(object_, []).append(subject)
    found = {iris.KG.Entity}
    waiting = [iris.KG.Entity]
    while waiting:
        for kind in below.get(waiting.pop(), ()):
            if kind not in found:
                found.add(kind)
                waiting.append(kind)
    return frozenset(found)


def _find_relations(ontology: Sequence[Triple]) -> set[URIRef]:
    """The relations between things, and those with literals that identify or must be single."""
    listed = {object_ for _, predicate, object_ in ontology if predicate == RDF.first}
    kinds: dict[URIRef, set[URIRef | Literal]] = {}
    for subject, predicate, object_ in ontology:
        if predicate == RDF.type:
            kinds.setdefault(subject, set()).add(object_)
    telling = {OWL.FunctionalProperty, OWL.InverseFunctionalProperty}
    return {
        relation
        for relation, of in kinds.items()
        if OWL.ObjectProperty in of
        or (OWL.DatatypeProperty in of and (relation in listed or of & telling))
    } | {OWL.sameAs, OWL.differentFrom}


def _is_kind(triple: Triple) -> bool:
    return triple[1] == RDF.type and triple[2].startswith(iris.KG)


def _describe_things(store: GraphStore, kinds: frozenset[URIRef]) -> Iterable[Triple]:
    """What the articles make of the things they speak of: kinds and countries, never claims."""
    for graph in find_article_graphs(store):
        found = [t for t in store.triples(graph, predicate=RDF.type) if t[2] in kinds]
        yield from found
        things = {subject for subject, _, _ in found}
        for triple in store.triples(graph, predicate=iris.KG.countryCode):
            if triple[0] in things:
                yield triple
