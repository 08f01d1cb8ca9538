"""Terms and triples on both sides of the border, and their spelling in N-Triples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox
from rdflib import XSD, BNode, URIRef
from rdflib import Literal as RdfLiteral

from kg import iris
from kg.errors import OntologyError

Node = URIRef | BNode
Term = URIRef | BNode | RdfLiteral
Triple = tuple[URIRef, URIRef, URIRef | RdfLiteral]
Quad = tuple[URIRef, URIRef, URIRef | RdfLiteral, URIRef]
SourceTriple = tuple[Node, URIRef, Term]

PREFIXES: Mapping[str, str] = {
    "kg": str(iris.KG),
    "lex": str(iris.LEX),
    "cue": str(iris.CUE),
    "id": str(iris.ID),
    "oa": str(iris.OA),
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def lower_node(term: Node) -> ox.NamedNode | ox.BlankNode:
    """The engine's form of a subject."""
    return ox.BlankNode(str(term)) if isinstance(term, BNode) else ox.NamedNode(str(term))


def lower_term(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """The engine's form of a term."""
    if not isinstance(term, RdfLiteral):
        return lower_node(term)
    if term.language is not None:
        return ox.Literal(str(term), language=term.language)
    if term.datatype is None:
        return ox.Literal(str(term))
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)))


def _lift_literal(term: ox.Literal) -> RdfLiteral:
    if term.language is not None:
        return RdfLiteral(term.value, lang=term.language)
    datatype = URIRef(term.datatype.value)
    if datatype == XSD.string:
        return RdfLiteral(term.value)
    return RdfLiteral(term.value, datatype=datatype, normalize=False)


def lift_term(term: object) -> Term:
    """An engine's term as rdflib's; TypeError for a triple used as a term."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.Literal):
        return _lift_literal(term)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    raise TypeError(f"a triple used as a term has no place here: {term}")


def lift_source(triple: ox.Triple | ox.Quad) -> SourceTriple:
    """An engine's triple in rdflib's terms; TypeError where a triple stands in it as a term."""
    subject = lift_term(triple.subject)
    if isinstance(subject, RdfLiteral):
        raise TypeError("a literal cannot be a subject")
    return subject, URIRef(triple.predicate.value), lift_term(triple.object)


def lift_triple(triple: ox.Triple | ox.Quad) -> Triple:
    """As `lift_source`, with IRIs for blank nodes, which only others put into the graph."""
    subject, predicate, object_ = lift_source(triple)
    if isinstance(subject, BNode):
        subject = iris.mint_blank(subject)
    if isinstance(object_, BNode):
        object_ = iris.mint_blank(object_)
    return subject, predicate, object_


def lower_triple(triple: SourceTriple) -> ox.Triple:
    """The engine's form of a triple."""
    subject, predicate, object_ = triple
    return ox.Triple(lower_node(subject), ox.NamedNode(str(predicate)), lower_term(object_))


def format_term(term: Term) -> str:
    """A term in N-Triples, which is also SPARQL."""
    return str(lower_term(term))


def format_triple(triple: SourceTriple) -> str:
    """A triple as a line of canonical N-Triples, without its end."""
    return f"{lower_triple(triple)} ."


def format_quad(quad: Quad) -> str:
    """A quad as a line of canonical N-Quads, without its end."""
    return f"{lower_triple(quad[:3])} {format_term(quad[3])} ."


def skolemise(triples: Iterable[SourceTriple]) -> list[Triple]:
    """The triples with each blank node replaced by an IRI minted from all that hangs below it.

    Raises OntologyError where blank nodes refer to each other in a ring.
    """
    source = list(triples)
    below: dict[BNode, list[tuple[URIRef, Term]]] = {}
    for subject, predicate, object_ in source:
        if isinstance(subject, BNode):
            below.setdefault(subject, []).append((predicate, object_))
    minted: dict[BNode, URIRef] = {}

    def resolve(term: Term) -> Term:
        return minted.get(term, term) if isinstance(term, BNode) else term

    def mint(start: BNode) -> URIRef:
        # A stack instead of recursion: RDF lists nest as deep as they are long.
        stack, opened = [start], {start}
        while stack:
            node = stack[-1]
            waiting = [
                term
                for _, term in below.get(node, ())
                if isinstance(term, BNode) and term not in minted
            ]
            if not waiting:
                parts = sorted(
                    f"{predicate} {format_term(resolve(term))}"
                    for predicate, term in below.get(node, ())
                )
                minted[node] = iris.mint_part(iris.ONTOLOGY_GRAPH, "node", *parts)
                stack.pop()
            elif opened.intersection(waiting):
                raise OntologyError(f"blank nodes refer to each other in a ring at {node}")
            else:
                stack.append(waiting[0])
                opened.add(waiting[0])
        return minted[start]

    def name(term: Node) -> URIRef:
        if isinstance(term, BNode):
            return minted.get(term) or mint(term)
        return term

    return [
        (name(subject), predicate, object_ if isinstance(object_, RdfLiteral) else name(object_))
        for subject, predicate, object_ in source
    ]
