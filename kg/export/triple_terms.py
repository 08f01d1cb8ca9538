"""The graph in RDF 1.2, where a claim stands for the triple that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import BinaryIO

from rdflib import RDF, URIRef

from kg.export.graphs import list_graphs
from kg.iris import KG
from kg.rdf import Statement, Triple, write_statements
from kg.store import GraphStore

_REIFIES = URIRef(f"{RDF}reifies")


def export_triple_terms(store: GraphStore, out: BinaryIO) -> None:
    """Write the graph as Turtle 1.2: each claim reifies its triple, which is not thereby stated.

    Whether that triple holds is what polarity, modality and holder of the claim say. The graphs'
    names are left out.
    """
    write_statements(
        (each for _, triples in list_graphs(store) for each in _reify_claims(triples)), out
    )


def _reify_claims(triples: Iterable[Triple]) -> Iterator[Statement]:
    for subject, about in groupby(triples, key=lambda triple: triple[0]):
        told = list(about)
        yield from told
        stated = _find_stated(told)
        if stated is not None:
            yield subject, _REIFIES, stated


def _find_stated(told: list[Triple]) -> Triple | None:
    """The triple that a claim is about; None for anything else."""
    if not any(p == RDF.type and o == KG.Claim for _, p, o in told):
        return None
    parts = [
        [o for _, p, o in told if p == predicate]
        for predicate in (KG.subject, KG.relation, KG.object)
    ]
    match parts:
        case [[URIRef() as subject], [URIRef() as relation], [object_]]:
            return subject, relation, object_
    return None
