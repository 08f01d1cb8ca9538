"""The whole graph in an RDF syntax, byte for byte the same for the same triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from rdflib import RDF, URIRef

from kg.export.jsonld import write_jsonld
from kg.export.rdfxml import write_rdfxml
from kg.export.turtle import write_trig, write_turtle
from kg.rdf import Format, Triple, format_quad, format_term, format_triple
from kg.store import GraphStore

_TYPE = str(RDF.type)


def export_graph(store: GraphStore, format: Format, out: BinaryIO) -> None:
    """Write every named graph of the store; Turtle, N-Triples and RDF/XML leave their names out.

    Raises ExportError where the format cannot say what the graph holds.
    """
    match format:
        case Format.NQUADS:
            _write_lines((format_quad(quad) for quad in store.quads()), out)
        case Format.NTRIPLES:
            _write_lines({format_triple(quad[:3]) for quad in store.quads()}, out)
        case Format.TURTLE:
            write_turtle(list_graphs(store), out)
        case Format.TRIG:
            write_trig(list_graphs(store), out)
        case Format.JSONLD:
            write_jsonld(list_graphs(store), out)
        case Format.RDFXML:
            write_rdfxml(list_graphs(store), out)


def list_graphs(store: GraphStore) -> Iterator[tuple[URIRef, list[Triple]]]:
    """Each named graph with its triples, both in order: by subject, its kinds first."""
    for graph in store.graphs():
        yield graph, sorted(store.triples(graph), key=_order)


def _order(triple: Triple) -> tuple[str, bool, str, str]:
    # As plain strings, which compare many times faster than rdflib's terms.
    subject, predicate, object_ = triple
    verb = str(predicate)
    return str(subject), verb != _TYPE, verb, format_term(object_)


def _write_lines(lines: Iterable[str], out: BinaryIO) -> None:
    for line in sorted(lines):
        out.write(f"{line}\n".encode())
