"""Decisions about links as the graph holds them, beside those of other linkers and of humans."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from rdflib import DCTERMS, PROV, RDF, RDFS, SKOS, XSD, Literal, Namespace, URIRef

from kg import __version__, iris
from kg.enrichment.statements import set_graph, write_decimal
from kg.iris import KG
from kg.linking.records import LinkCandidate, LinkDecision, LinkState
from kg.rdf import Triple
from kg.review.articles import replace_read, restore_read
from kg.store import GraphStore

REVIEW = "review"
"""The method of a human's decisions, which no linker replaces."""

_VOID = Namespace("http://rdfs.org/ns/void#")
_MAPPINGS = (SKOS.exactMatch, SKOS.closeMatch)


def describe_decision(decision: LinkDecision) -> Iterator[Triple]:
    """The link that was made, who made it of what, and every candidate with its score.

    What is unknown has nothing to be said of it.
    """
    if decision.state is LinkState.UNKNOWN or decision.dataset is None:
        return
    thing = decision.query.entity
    node = _mint_decision(thing, decision.dataset, decision.method)
    software = iris.mint_link("software", decision.method, __version__)
    yield node, RDF.type, KG.LinkDecision
    yield node, KG.candidateOf, thing
    yield node, KG.decidedBy, Literal(decision.method)
    yield node, DCTERMS.type, Literal(decision.state.value)
    yield node, _VOID.inDataset, decision.dataset
    yield node, PROV.wasAttributedTo, software
    yield software, RDF.type, PROV.SoftwareAgent
    yield software, RDFS.label, Literal(f"Concord {__version__}, {decision.method}")
    if decision.date:
        yield (
            node,
            PROV.generatedAtTime,
            Literal(decision.date, datatype=XSD.dateTime, normalize=False),
        )
    for candidate in decision.candidates:
        offer = _mint_candidate(thing, candidate, decision.method)
        yield node, PROV.used, offer
        yield from _describe_candidate(offer, thing, candidate)
    if decision.state is LinkState.LINKED and decision.mapping is not None:
        best = decision.candidates[0]
        yield thing, decision.mapping, best.target
        yield node, KG.candidate, best.target
        yield node, PROV.wasDerivedFrom, _mint_candidate(thing, best, decision.method)


def _describe_candidate(node: URIRef, thing: URIRef, candidate: LinkCandidate) -> Iterator[Triple]:
    yield node, RDF.type, KG.LinkCandidate
    yield node, KG.candidateOf, thing
    yield node, KG.candidate, candidate.target
    yield node, RDFS.label, Literal(candidate.label, lang="en")
    yield node, _VOID.inDataset, candidate.dataset
    yield node, KG.score, write_decimal(candidate.score)
    for part, value in candidate.parts:
        yield node, KG[f"score{part.capitalize()}"], write_decimal(value)
    if candidate.description:
        yield node, DCTERMS.description, Literal(candidate.description)
    if candidate.reason:
        yield node, RDFS.comment, Literal(candidate.reason, lang="en")
    if candidate.retrieved:
        yield (
            node,
            PROV.generatedAtTime,
            Literal(candidate.retrieved, datatype=XSD.dateTime, normalize=False),
        )


def find_decided(store: GraphStore, dataset: URIRef) -> set[URIRef]:
    """The things on whose link to a dataset a human has decided."""
    found = set()
    for node, _, _ in store.triples(iris.LINKS_GRAPH, predicate=KG.decidedBy):
        said = _describe_node(store, node)
        spaces = [value for predicate, value in said if predicate == _VOID.inDataset]
        if (KG.decidedBy, Literal(REVIEW)) in said and spaces in ([], [dataset]):
            found |= {o for p, o in said if p == KG.candidateOf and isinstance(o, URIRef)}
    return found


def find_links(store: GraphStore, prefix: str) -> dict[URIRef, tuple[URIRef, ...]]:
    """The identifiers of things that begin so, by exact match, from every graph."""
    found: dict[URIRef, set[URIRef]] = {}
    for thing, _, target, _ in store.quads(predicate=SKOS.exactMatch):
        if isinstance(target, URIRef) and target.startswith(prefix):
            found.setdefault(thing, set()).add(target)
    return {thing: tuple(sorted(found[thing])) for thing in sorted(found)}


def keep_decisions(
    store: GraphStore,
    decisions: Iterable[LinkDecision],
    *,
    dataset: URIRef,
    method: str,
    unanswered: Collection[URIRef] = (),
) -> None:
    """Put a linker's decisions into the graph of links, in the place of what it decided before.

    What it decided on things that it got no answer about now, other linkers' decisions and those
    of humans stay.
    """
    held = set(store.triples(iris.LINKS_GRAPH))
    before = restore_read(held)
    said: dict[URIRef, list[tuple[URIRef, URIRef | Literal]]] = {}
    for subject, predicate, value in before:
        said.setdefault(subject, []).append((predicate, value))
    gone: set[Triple] = set()
    taken: set[Triple] = set()
    agents: dict[URIRef, list[URIRef]] = {}
    for node, pairs in said.items():
        if (RDF.type, KG.LinkDecision) not in pairs:
            continue
        thing = _find_first(pairs, KG.candidateOf)
        links = _find_taken(said, thing, pairs)
        if thing in unanswered or node != _mint_decision(thing, dataset, method):
            taken |= links
            continue
        gone |= links
        for part in (node, *_find_all(pairs, PROV.used)):
            gone |= {(part, predicate, value) for predicate, value in said.get(part, ())}
        agents[node] = _find_all(pairs, PROV.wasAttributedTo)
    added = {triple for decision in decisions for triple in describe_decision(decision)}
    after = (before - (gone - taken)) | added
    credited = {value for _, predicate, value in after if predicate == PROV.wasAttributedTo}
    idle = {agent for each in agents.values() for agent in each} - credited
    after = {triple for triple in after if triple[0] not in idle}
    set_graph(store, iris.LINKS_GRAPH, replace_read(iris.LINKS_GRAPH, held, after))


def _find_taken(
    said: Mapping[URIRef, list[tuple[URIRef, URIRef | Literal]]],
    thing: URIRef,
    pairs: Iterable[tuple[URIRef, URIRef | Literal]],
) -> set[Triple]:
    """The links that a decision made."""
    targets = {
        target
        for candidate in _find_all(pairs, PROV.wasDerivedFrom)
        for target in _find_all(said.get(candidate, ()), KG.candidate)
    }
    return {
        (thing, predicate, target)
        for predicate, target in said.get(thing, ())
        if predicate in _MAPPINGS and target in targets
    }


def _find_all(pairs: Iterable[tuple[URIRef, URIRef | Literal]], predicate: URIRef) -> list[URIRef]:
    return [o for p, o in pairs if p == predicate and isinstance(o, URIRef)]


def _find_first(pairs: Iterable[tuple[URIRef, URIRef | Literal]], predicate: URIRef) -> URIRef:
    return next(iter(sorted(_find_all(pairs, predicate))), iris.LINKS_GRAPH)


def _describe_node(store: GraphStore, node: URIRef) -> list[tuple[URIRef, URIRef | Literal]]:
    return [(p, o) for _, p, o in store.triples(iris.LINKS_GRAPH, subject=node)]


def _mint_decision(thing: URIRef, dataset: URIRef, method: str) -> URIRef:
    return iris.mint_link("decision", thing, dataset, method)


def _mint_candidate(thing: URIRef, candidate: LinkCandidate, method: str) -> URIRef:
    return iris.mint_link("candidate", thing, candidate.target, method)
