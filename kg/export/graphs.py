"""The whole graph in an RDF syntax, byte for byte the same for the same triples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import BinaryIO

from rdflib import RDF, XSD, Literal, URIRef

from kg.rdf import PREFIXES, Format, Quad, Triple, format_quad, format_term, format_triple
from kg.store import GraphStore

_NAMESPACES = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_TYPE = str(RDF.type)
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")


def export_graph(store: GraphStore, format: Format, out: BinaryIO) -> None:
    """Write every named graph of the store; Turtle and N-Triples leave the graphs' names out."""
    if format is Format.NQUADS:
        _write_lines((format_quad(quad) for quad in store.quads()), out)
    elif format is Format.NTRIPLES:
        _write_lines({format_triple(quad[:3]) for quad in store.quads()}, out)
    else:
        write = {
            Format.TURTLE: _write_turtle,
            Format.TRIG: _write_trig,
            Format.JSONLD: _write_jsonld,
        }[format]
        for text in write(sorted(store.quads(), key=_order)):
            out.write(text.encode())


def _order(quad: Quad) -> tuple[str, str, bool, str, str]:
    # As plain strings, which compare many times faster than rdflib's terms.
    subject, predicate, object_, graph = quad
    verb = str(predicate)
    return str(graph), str(subject), verb != _TYPE, verb, format_term(object_)


def _write_lines(lines: Iterable[str], out: BinaryIO) -> None:
    for line in sorted(lines):
        out.write(f"{line}\n".encode())


def _graphs(quads: list[Quad]) -> Iterator[tuple[URIRef, Iterator[Triple]]]:
    for graph, content in groupby(quads, key=lambda quad: quad[3]):
        yield graph, (quad[:3] for quad in content)


@lru_cache(maxsize=65536)
def _shorten(iri: str) -> str | None:
    """The prefixed name of an IRI, if it has one that needs no escapes."""
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    prefix = _NAMESPACES.get(iri[:cut])
    return f"{prefix}:{iri[cut:]}" if prefix and _LOCAL.fullmatch(iri[cut:]) else None


# ----------------------------------------------------------------------------- Turtle and TriG


def _write_turtle(quads: list[Quad]) -> Iterator[str]:
    yield from _write_prefixes()
    for graph, triples in _graphs(quads):
        yield f"\n# graph <{graph}>\n"
        for text in _write_subjects(triples):
            yield f"\n{text}"


def _write_trig(quads: list[Quad]) -> Iterator[str]:
    yield from _write_prefixes()
    for graph, triples in _graphs(quads):
        yield f"\n<{graph}> {{\n"
        yield from _write_subjects(triples)
        yield "}\n"


def _write_prefixes() -> Iterator[str]:
    for prefix, namespace in PREFIXES.items():
        yield f"@prefix {prefix}: <{namespace}> .\n"


def _write_subjects(triples: Iterable[Triple]) -> Iterator[str]:
    for subject, about in groupby(triples, key=lambda triple: triple[0]):
        lines = []
        for predicate, same in groupby(about, key=lambda triple: triple[1]):
            verb = "a" if predicate == RDF.type else _format_node(predicate)
            lines.append(f"{verb} {', '.join(_format_object(triple[2]) for triple in same)}")
        body = " ;\n    ".join(lines)
        yield f"{_format_node(subject)} {body} .\n"


def _format_node(iri: URIRef) -> str:
    return _shorten(iri) or format_term(iri)


def _format_object(term: URIRef | Literal) -> str:
    if isinstance(term, URIRef):
        return _format_node(term)
    if term.datatype is None:
        return format_term(term)
    if _is_plain(term):
        return str(term)
    return f"{format_term(Literal(str(term)))}^^{_format_node(term.datatype)}"


def _is_plain(term: Literal) -> bool:
    """Whether a literal can be written as a bare number or truth value."""
    if term.datatype == XSD.integer:
        return _INTEGER.fullmatch(term) is not None
    return term.datatype == XSD.boolean and str(term) in {"true", "false"}


# ------------------------------------------------------------------------------------ JSON-LD


def _write_jsonld(quads: list[Quad]) -> Iterator[str]:
    yield f'{{\n"@context": {json.dumps(dict(PREFIXES), indent=1)},\n"@graph": ['
    comma = "\n"
    for graph, triples in _graphs(quads):
        yield f'{comma}{{"@id": {json.dumps(graph)}, "@graph": ['
        inner = "\n"
        for subject, about in groupby(triples, key=lambda triple: triple[0]):
            yield inner + json.dumps(_describe_node(subject, about), ensure_ascii=False)
            inner = ",\n"
        yield "\n]}"
        comma = ",\n"
    yield "\n]\n}\n"


def _describe_node(subject: URIRef, triples: Iterable[Triple]) -> dict[str, object]:
    node: dict[str, object] = {"@id": _shorten(subject) or subject}
    for predicate, same in groupby(triples, key=lambda triple: triple[1]):
        objects = [triple[2] for triple in same]
        if predicate == RDF.type:
            node["@type"] = [_shorten(term) or str(term) for term in objects]
        else:
            node[_shorten(predicate) or predicate] = [_describe_value(term) for term in objects]
    return node


def _describe_value(term: URIRef | Literal) -> object:
    if isinstance(term, URIRef):
        return {"@id": _shorten(term) or term}
    if term.language is not None:
        return {"@value": str(term), "@language": term.language}
    if term.datatype is None:
        return str(term)
    if _is_plain(term):
        return json.loads(str(term))
    return {"@value": str(term), "@type": _shorten(term.datatype) or term.datatype}
