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


def find_syntax(path: Path) -> str:
    """The media type of an RDF file by its name's ending; GraphError where it tells none."""
    syntax = ox.RdfFormat.from_extension(path.suffix.removeprefix(".").lower() or "?")
    if path.suffix == ".owl":
        syntax = ox.RdfFormat.RDF_XML
    if syntax is None:
        known = ".ttl, .nt, .nq, .trig, .rdf, .owl, .xml, .n3 or .jsonld"
        raise GraphError(f"{path}: the name does not tell the syntax: end it in {known}", path=path)
    return syntax.media_type


def list_quads(source: BinaryIO, media_type: str) -> Iterator[bytes]:
    """The quads of foreign RDF, each a line of four terms between tabs; the last may be DEFAULT.

    Raises ValueError for what does not parse. Only for a child process: the parser may end it.
    """
    syntax = ox.RdfFormat.from_media_type(media_type)
    assert syntax is not None
    try:
        for quad in ox.parse(source, format=syntax):
            terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
            yield "\t".join(map(_spell, terms)).encode() + b"\n"
    except SyntaxError as error:
        raise ValueError(f"not {syntax.name}: {error}") from error


def _spell(term: object) -> str:
    # The engine spells a triple as a statement, also where it stands as a term.
    return f"<<( {term} )>>" if isinstance(term, ox.Triple) else str(term)


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
                _lift_plain(quad),
                URIRef(quad.graph_name.value)
                if isinstance(quad.graph_name, ox.NamedNode | ox.BlankNode)
                else None,
            )
            for quad in ox.parse(data, format=_FORMATS[format])
        ]
    except (SyntaxError, TypeError) as error:
        raise ValueError(f"not {format.value}: {error}") from error


def _lift_plain(quad: ox.Quad) -> SourceTriple:
    """A quad's triple in rdflib's terms; TypeError for what RDF 1.2 has more than they can say."""
    if isinstance(quad.object, ox.Literal) and quad.object.direction is not None:
        raise TypeError(f"a text with a direction has no place here: {quad.object}")
    return lift_source(quad)


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
