"""RDF files: which syntaxes there are, and reading and writing each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox
from rdflib import BNode, URIRef
from rdflib import Literal as RdfLiteral

from kg import iris
from kg.errors import GraphError, OntologyError
from kg.rdf.terms import (
    PREFIXES,
    Node,
    SourceTriple,
    Term,
    Triple,
    lift_source,
    lower_term,
    lower_triple,
)


class Format(Enum):
    """A concrete syntax of RDF."""

    TURTLE = "turtle"
    TRIG = "trig"
    NQUADS = "nquads"
    NTRIPLES = "ntriples"
    JSONLD = "jsonld"
    RDFXML = "rdfxml"


_FORMATS = {
    Format.TURTLE: ox.RdfFormat.TURTLE,
    Format.TRIG: ox.RdfFormat.TRIG,
    Format.NQUADS: ox.RdfFormat.N_QUADS,
    Format.NTRIPLES: ox.RdfFormat.N_TRIPLES,
    Format.JSONLD: ox.RdfFormat.JSON_LD,
    Format.RDFXML: ox.RdfFormat.RDF_XML,
}


def read_turtle(path: Path) -> list[SourceTriple]:
    """The triples of a Turtle file in its order; OntologyError names the file and line.

    Blank nodes are named by content and order, so reading twice gives the same triples.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise OntologyError(f"{path} cannot be read: {reason}", path=path) from error
    names: dict[BNode, BNode] = {}
    stem = f"b{iris.hash_content(data.decode(errors='replace'), length=8)}n"

    def rename(term: Term) -> Term:
        if isinstance(term, BNode):
            return names.setdefault(term, BNode(f"{stem}{len(names)}"))
        return term

    triples: list[SourceTriple] = []
    try:
        for quad in ox.parse(data, format=ox.RdfFormat.TURTLE):
            subject, predicate, object_ = lift_source(quad)
            node = rename(subject)
            assert not isinstance(node, RdfLiteral)
            triples.append((node, predicate, rename(object_)))
    except SyntaxError as error:
        line = f" line {error.lineno}" if error.lineno else ""
        raise OntologyError(f"{path}{line}: {error.msg}", path=path) from error
    except (TypeError, ValueError) as error:
        raise OntologyError(f"{path}: {error}", path=path) from error
    return triples


TermTriple = tuple[str, str, str]
"""A triple of any RDF, each term as N-Triples writes it."""


def read_terms(path: Path, *, stem: str = "b") -> Iterator[TermTriple]:
    """The triples of any RDF file, of a dataset those of all its graphs, in the file's order.

    The syntax goes by the file's name. Blank nodes are named `stem` and a number in the order in
    which they come, so reading twice gives the same. Raises GraphError where it is no RDF.
    """
    syntax = ox.RdfFormat.from_extension(path.suffix.removeprefix(".").lower() or "?")
    if path.suffix == ".owl":
        syntax = ox.RdfFormat.RDF_XML
    if syntax is None:
        known = ".ttl, .nt, .nq, .trig, .rdf, .owl, .xml, .n3 or .jsonld"
        raise GraphError(f"{path}: the name does not tell the syntax: end it in {known}", path=path)
    if not path.is_file():
        raise GraphError(f"{path} cannot be read: there is no such file", path=path)
    names: dict[str, str] = {}
    try:
        for quad in ox.parse(path=str(path), format=syntax):
            subject, object_ = str(quad.subject), str(quad.object)
            if subject.startswith("_:"):
                subject = names.setdefault(subject, f"_:{stem}{len(names)}")
            if object_.startswith("_:"):
                object_ = names.setdefault(object_, f"_:{stem}{len(names)}")
            yield subject, str(quad.predicate), object_
    except OSError as error:
        raise GraphError(f"{path} cannot be read: {error.strerror or error}", path=path) from error
    except (SyntaxError, ValueError) as error:
        raise GraphError(f"{path} is not {syntax.name}: {error}", path=path) from error


def format_terms(triples: Iterable[TermTriple], format: Format) -> bytes:
    """Triples of any RDF as a file of them, sorted: the same triples give the same bytes."""
    lines = sorted(f"{subject} {predicate} {object_} ." for subject, predicate, object_ in triples)
    data = "".join(f"{line}\n" for line in lines).encode()
    if format in (Format.NTRIPLES, Format.NQUADS):
        return data
    found = (quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES))
    used = {name: iri for name, iri in PREFIXES.items() if f"<{iri}".encode() in data}
    text = ox.serialize(found, format=_FORMATS[format], prefixes=used)
    assert text is not None
    return text


def parse_quads(data: bytes, format: Format) -> list[tuple[SourceTriple, URIRef | None]]:
    """The triples of a document, each with its graph (None: the default graph).

    Raises ValueError for what does not parse.
    """
    try:
        return [
            (
                lift_source(quad),
                URIRef(quad.graph_name.value)
                if isinstance(quad.graph_name, ox.NamedNode | ox.BlankNode)
                else None,
            )
            for quad in ox.parse(data, format=_FORMATS[format])
        ]
    except (SyntaxError, TypeError) as error:
        raise ValueError(f"not {format.value}: {error}") from error


def parse_file(path: Path, format: Format) -> Iterator[tuple[SourceTriple, Node | None]]:
    """The triples of a file as they come, each with its graph (None: the default graph).

    Blank nodes keep the names that the parser gives them. Raises GraphError where the file cannot
    be read, is not of the format, or says what the graph cannot hold.
    """
    try:
        for quad in ox.parse(path=str(path), format=_FORMATS[format]):
            if isinstance(quad.object, ox.Literal) and quad.object.direction is not None:
                raise TypeError(f"a text with a direction has no place here: {quad.object}")
            triple, graph = lift_source(quad), quad.graph_name
            if isinstance(graph, ox.DefaultGraph):
                yield triple, None
            else:
                kind = BNode if isinstance(graph, ox.BlankNode) else URIRef
                yield triple, kind(graph.value)
    except OSError as error:
        raise GraphError(f"{path} cannot be read: {error.strerror or error}", path=path) from error
    except (SyntaxError, TypeError, ValueError) as error:
        raise GraphError(f"{path} is not {format.value}: {error}", path=path) from error


Statement = tuple[URIRef, URIRef, URIRef | RdfLiteral | Triple]
"""A triple of RDF 1.2: its object may be a triple, which it then speaks of without stating it."""


def write_statements(statements: Iterable[Statement], out: BinaryIO) -> None:
    """Write statements as Turtle 1.2, in their order."""

    def lower(statement: Statement) -> ox.Triple:
        subject, predicate, object_ = statement
        return ox.Triple(
            ox.NamedNode(str(subject)),
            ox.NamedNode(str(predicate)),
            lower_triple(object_) if isinstance(object_, tuple) else lower_term(object_),
        )

    ox.serialize(map(lower, statements), out, format=ox.RdfFormat.TURTLE, prefixes=dict(PREFIXES))
