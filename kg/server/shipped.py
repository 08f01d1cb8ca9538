"""The documents of terms that come with Concord but lie in no graph: lexicon, cues and shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from rdflib import Literal

from kg import iris
from kg.rdf import Format, SourceTriple, format_term, format_terms, read_turtle
from kg.server.statistics import Row
from kg.vocabulary import Frame, load_vocabulary, ontology_directory

_FILES: Mapping[str, tuple[str, ...]] = {
    "cues": ("cues.ttl",),
    "lexicon": ("lexicon-terms.ttl", "nouns.ttl"),
    "shapes": ("shapes.ttl",),
}
# The entries of the lexicon themselves: a hundred thousand triples, so read only to be sent.
_ENTRIES: Mapping[str, str] = {"lexicon": "lexicon/*.ttl"}
_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")


def find_document(path: str) -> str | None:
    """The document that a path behind the base names, by itself or by its version."""
    name, _, rest = path.partition("/")
    return name if name in _FILES and (not rest or _VERSION.fullmatch(rest)) else None


def find_term(path: str) -> tuple[str, str] | None:
    """The document and name of a term from "lexicon/NAME"; None where the path is of neither."""
    document, slash, name = path.partition("/")
    return (document, name) if slash and name and document in _FILES else None


def locate_term(iri: str) -> str | None:
    """The path of a term's page from the IRI of the term, which has its name behind a "#"."""
    document, mark, name = iri.removeprefix(iris.BASE).partition("#")
    return f"{document}/{name}" if mark and name and document in _FILES else None


@lru_cache(maxsize=len(_FILES))
def read_rows(document: str) -> tuple[Row, ...]:
    """The triples of a document as rows of `?s ?p ?o`, less the entries of the lexicon, sorted."""
    place = ontology_directory()
    rows = [
        {"s": _describe(s), "p": _describe(p), "o": _describe(o)}
        for name in _FILES[document]
        for s, p, o in read_turtle(place / name)
    ]
    return tuple(sorted(rows, key=lambda row: [sorted(row[name].items()) for name in "spo"]))


@lru_cache(maxsize=64)
def list_outside_kinds(kind: str) -> tuple[tuple[str, str], ...]:
    """The classes of other datasets that stand for a kind: the name of the mapping, the IRI."""
    return tuple(
        (str(p).rpartition("#")[2], str(o))
        for s, p, o in _read_outside_kinds()
        if str(s) == kind and str(p).endswith("Match")
    )


@lru_cache(maxsize=1)
def _read_outside_kinds() -> tuple[SourceTriple, ...]:
    return tuple(read_turtle(ontology_directory() / "external-kinds.ttl"))


@lru_cache(maxsize=1)
def find_frames() -> Mapping[str, Frame]:
    """The wordings of the lexicon by their IRIs."""
    found = load_vocabulary().frames.values()
    return {str(frame.iri): frame for same in found for frame in same}


@lru_cache(maxsize=2)
def format_document(document: str, format: Format) -> bytes:
    """A whole document in a syntax."""
    lines = ((format_term(s), format_term(p), format_term(o)) for s, p, o in _read_all(document))
    return format_terms(lines, format)


def _read_all(document: str) -> Iterator[SourceTriple]:
    place = ontology_directory()
    paths = [place / name for name in _FILES[document]]
    if document in _ENTRIES:
        paths += sorted(place.glob(_ENTRIES[document]))
    for path in paths:
        yield from read_turtle(path)


def _describe(term: object) -> dict[str, str]:
    if isinstance(term, Literal):
        described = {"type": "literal", "value": str(term)}
        if term.language:
            return {**described, "xml:lang": term.language}
        return {**described, "datatype": str(term.datatype)} if term.datatype else described
    kind = "uri" if iris.is_iri(str(term)) else "bnode"
    return {"type": kind, "value": str(term)}
