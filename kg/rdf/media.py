"""Media types: of RDF syntaxes and of the forms of query results, the usual one first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

import pyoxigraph as ox

from kg import iris

GRAPH_TYPES: Mapping[str, ox.RdfFormat] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "text/n3": ox.RdfFormat.N3,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "application/xml": ox.RdfFormat.RDF_XML,
    "application/x-turtle": ox.RdfFormat.TURTLE,
}

ROW_TYPES: Mapping[str, ox.QueryResultsFormat] = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "application/xml": ox.QueryResultsFormat.XML,
    "text/xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}


def list_triples(data: bytes | BinaryIO, media_type: str, base: str | None) -> Iterator[bytes]:
    """The triples of foreign RDF as lines of N-Triples, whatever graphs they stand in there.

    Blank nodes get new names, so that two documents cannot share one. Raises ValueError for what
    does not parse. Only for a child process: the parser may end it.
    """
    syntax = GRAPH_TYPES[media_type]
    try:
        for quad in ox.parse(data, format=syntax, base_iri=base, rename_blank_nodes=True):
            yield f"{quad.triple} .\n".encode()
    except SyntaxError as error:
        raise ValueError(str(error)) from error


def list_bindings(data: bytes, media_type: str) -> tuple[tuple[str, ...], list[str]]:
    """The variables of foreign query results, and each row as SPARQL's VALUES writes it.

    Blank nodes, which VALUES cannot hold, become IRIs. Raises ValueError for what does not parse
    or holds no rows. Only for a child process.
    """
    try:
        found = ox.parse_query_results(data, format=ROW_TYPES[media_type])
        if not isinstance(found, ox.QuerySolutions):
            raise ValueError("these are no rows")
        rows = [f"({' '.join(map(_format_binding, solution))})" for solution in found]
        return tuple(variable.value for variable in found.variables), rows
    except SyntaxError as error:
        raise ValueError(str(error)) from error


def _format_binding(term: object) -> str:
    if term is None:
        return "UNDEF"
    if isinstance(term, ox.BlankNode):
        return f"<{iris.mint_blank(term.value)}>"
    return str(term)
