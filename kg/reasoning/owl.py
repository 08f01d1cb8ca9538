"""The border to owlrl: triples in, what follows by OWL 2 RL out, contradictions as values."""

from __future__ import annotations

from collections.abc import Iterable

from owlrl import OWLRL_Semantics
from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef

from kg.rdf import Triple

# Of a thing itself each of these says nothing, and owlrl says all of them of everything.
_EVERYTHING = frozenset({OWL.Thing, RDFS.Resource, RDFS.Class, OWL.Class})


class _Semantics(OWLRL_Semantics):  # type: ignore[misc]  # owlrl is untyped
    """OWL 2 RL without what says nothing: the engine is quadratic in it.

    Ten thousand triples take it half a minute when each term is also said to be itself.
    """

    def store_triple(self, t: tuple[object, object, object]) -> None:
        """Take a conclusion, unless it says something of one thing and itself only."""
        subject, predicate, object_ = t
        if subject == object_ or isinstance(subject, Literal):
            return
        if predicate in (RDF.type, RDFS.subClassOf) and object_ in _EVERYTHING:
            return
        if subject == OWL.Nothing:
            return
        super().store_triple(t)

    def one_time_rules(self) -> None:
        """Leave out the axioms on datatypes and annotations: no literal enters."""


def close_by_owl(triples: Iterable[Triple]) -> tuple[set[Triple], tuple[str, ...]]:
    """What OWL 2 RL adds to the triples, and the contradictions in the engine's words, sorted."""
    graph = Graph()
    given = set(triples)
    for triple in given:
        graph.add(triple)
    semantics = _Semantics(graph, axioms=False, daxioms=False, rdfs=False)
    semantics.closure()
    added = {
        (subject, predicate, object_)
        for subject, predicate, object_ in graph
        if isinstance(subject, URIRef)
        and isinstance(predicate, URIRef)
        and isinstance(object_, URIRef | Literal)
    }
    return added - given, tuple(sorted(map(str, semantics.error_messages)))


def expand_by_owl(graph: Graph) -> tuple[str, ...]:
    """Add to a graph all that owlrl concludes; gives the contradictions in its words, sorted."""
    semantics = OWLRL_Semantics(graph, axioms=False, daxioms=False, rdfs=False)
    semantics.closure()
    return tuple(sorted(map(str, semantics.error_messages)))
