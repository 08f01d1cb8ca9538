"""Turtle and TriG with a line for each triple, so that a change of the graph is a change of lines.

Only the prefixes that are used are declared. A triple's line names its predicate anew and ends in
a semicolon, whatever follows: adding or taking away a triple touches no other line.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from tempfile import SpooledTemporaryFile
from types import MappingProxyType
from typing import BinaryIO

from rdflib import RDF, XSD, Literal, URIRef

from kg.rdf import PREFIXES, Triple, format_term

NAMESPACES: Mapping[str, str] = {
    **PREFIXES,
    "wd": "http://www.wikidata.org/entity/",
    "dbr": "http://dbpedia.org/resource/",
}
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_BARE = {
    XSD.integer: re.compile(r"0|-?[1-9][0-9]*"),
    XSD.decimal: re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+"),
    XSD.boolean: re.compile(r"true|false"),
}
_IN_MEMORY = 1 << 24

Graphs = Iterable[tuple[URIRef, Iterable[Triple]]]


class PrefixedNames:
    """Prefixed names for IRIs; `used` are the prefixes that some name has had.

    `whole` are IRIs that a prefix stands for by itself, as in `this:`.
    """

    def __init__(
        self,
        namespaces: Mapping[str, str] = NAMESPACES,
        whole: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.used: set[str] = set()
        self._whole = whole
        self._prefixes = {namespace: prefix for prefix, namespace in namespaces.items()}
        self.shorten: Callable[[str], str | None] = lru_cache(maxsize=65536)(self._shorten)

    def _shorten(self, iri: str) -> str | None:
        """The prefixed name of an IRI, if it has one that needs no escapes."""
        if (whole := self._whole.get(str(iri))) is not None:
            return whole
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = self._prefixes.get(iri[:cut])
        if prefix is None or not _LOCAL.fullmatch(iri, cut):
            return None
        self.used.add(prefix)
        return f"{prefix}:{iri[cut:]}"


def write_turtle(graphs: Graphs, out: BinaryIO) -> None:
    """Write graphs one after the other, the name of each in a comment, which parsers skip."""
    names = PrefixedNames()
    _write_under_prefixes(_format_sections(graphs, names), names, out)


def _format_sections(graphs: Graphs, names: PrefixedNames) -> Iterator[str]:
    for graph, triples in graphs:
        yield f"\n# graph <{graph}>\n"
        for text in format_subjects(triples, names):
            yield f"\n{text}"


def write_trig(graphs: Graphs, out: BinaryIO) -> None:
    """Write named graphs."""
    names = PrefixedNames()
    _write_under_prefixes(_format_blocks(graphs, names), names, out)


def _format_blocks(graphs: Graphs, names: PrefixedNames) -> Iterator[str]:
    for graph, triples in graphs:
        yield f"\n{format_term(graph)} {{\n"
        for text in format_subjects(triples, names):
            yield f"\n{text}"
        yield "\n}\n"


def _write_under_prefixes(texts: Iterable[str], names: PrefixedNames, out: BinaryIO) -> None:
    # Which prefixes are used is known at the end only, and must stand at the beginning.
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
        for text in texts:
            body.write(text.encode())
        for prefix, namespace in NAMESPACES.items():
            if prefix in names.used:
                out.write(f"@prefix {prefix}: <{namespace}> .\n".encode())
        body.seek(0)
        shutil.copyfileobj(body, out)


def format_subjects(triples: Iterable[Triple], names: PrefixedNames) -> Iterator[str]:
    """The description of each subject, the triples of one following each other."""
    for subject, about in groupby(triples, key=lambda triple: triple[0]):
        lines = [format_node(subject, names)]
        for _, predicate, object_ in about:
            verb = "a" if predicate == RDF.type else format_node(predicate, names)
            lines.append(f"    {verb} {format_object(object_, names)} ;")
        yield "\n".join((*lines, ".\n"))


def format_node(iri: URIRef, names: PrefixedNames) -> str:
    """An IRI in Turtle."""
    return names.shorten(iri) or format_term(iri)


def format_object(term: URIRef | Literal, names: PrefixedNames) -> str:
    """An IRI or literal in Turtle; numbers and truth values bare if that keeps their spelling."""
    if isinstance(term, URIRef):
        return format_node(term, names)
    if term.datatype is None:
        return format_term(term)
    if is_bare(term):
        return str(term)
    return f"{format_term(Literal(str(term)))}^^{format_node(term.datatype, names)}"


def is_bare(term: Literal) -> bool:
    """Whether a literal is the same when written without quotes and datatype."""
    pattern = None if term.datatype is None else _BARE.get(term.datatype)
    return pattern is not None and pattern.fullmatch(term) is not None
