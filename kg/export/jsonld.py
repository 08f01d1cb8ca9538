"""JSON-LD under Concord's own context, which stands in the file: nothing has to be fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any, BinaryIO

from rdflib import RDF, XSD, Literal, URIRef

from kg.errors import ExportError
from kg.export.turtle import is_bare
from kg.iris import KG
from kg.rdf import Triple
from kg.vocabulary import ontology_directory

_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_DIGITS = 15
"""As many digits a JSON number has to keep; longer ones become doubles."""


def write_jsonld(graphs: Iterable[tuple[URIRef, Iterable[Triple]]], out: BinaryIO) -> None:
    """Write named graphs, a line for each property of each node.

    Raises ExportError for an IRI that JSON-LD would take for a name of the context.
    """
    context = load_context()
    names = _Names(context)
    terms = ",\n".join(f"  {_dump(name)}: {_dump(value)}" for name, value in context.items())
    out.write(f'{{\n"@context": {{\n{terms}\n}},\n"@graph": ['.encode())
    comma = "\n"
    for graph, triples in graphs:
        out.write(f'{comma}{{"@id": {_dump(names.write_id(graph))}, "@graph": ['.encode())
        comma = "\n"
        for subject, about in groupby(triples, key=lambda triple: triple[0]):
            out.write(f"{comma}{_format_node(subject, list(about), names)}".encode())
            comma = ",\n"
        out.write(b"\n]}")
        comma = ",\n"
    out.write(b"\n]\n}\n")


def load_context() -> Mapping[str, Any]:
    """The context: prefixes, and readable names for properties with the kind of their values."""
    text = (ontology_directory() / "context.jsonld").read_text(encoding="utf-8")
    context: Mapping[str, Any] = json.loads(text)["@context"]
    return context


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _format_node(subject: URIRef, triples: list[Triple], names: _Names) -> str:
    lines = [f'"@id": {_dump(names.write_id(subject))}']
    for predicate, same in groupby(triples, key=lambda triple: triple[1]):
        objects = [triple[2] for triple in same]
        if predicate == RDF.type:
            kinds = [names.write_name(kind) for kind in objects if isinstance(kind, URIRef)]
            objects = [each for each in objects if not isinstance(each, URIRef)]
            lines += [f'"@type": {_format_values(kinds)}'] if kinds else []
        if objects:
            key, coercion = names.find_key(predicate)
            values = [_describe_value(each, coercion, names) for each in objects]
            lines.append(f"{_dump(key)}: {_format_values(values)}")
    return "{" + ",\n ".join(lines) + "}"


def _format_values(values: list[Any]) -> str:
    if len(values) == 1:
        return _dump(values[0])
    return "[\n  " + ",\n  ".join(map(_dump, values)) + "]"


def _describe_value(term: URIRef | Literal, coercion: str | None, names: _Names) -> object:
    if isinstance(term, URIRef):
        if coercion == "@vocab":
            return names.write_name(term)
        return names.write_id(term) if coercion == "@id" else {"@id": names.write_id(term)}
    if term.language is not None:
        return {"@value": str(term), "@language": term.language}
    if term.datatype is None:
        return str(term) if coercion is None else {"@value": str(term)}
    if coercion == str(term.datatype):
        return str(term)
    if coercion is None and is_bare(term) and term.datatype != XSD.decimal and len(term) <= _DIGITS:
        return json.loads(str(term))
    return {"@value": str(term), "@type": names.write_name(term.datatype)}


class _Names:
    """How the context lets IRIs be written."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._reserved = frozenset(context)
        simple = {name: value for name, value in context.items() if isinstance(value, str)}
        self._prefixes = {
            namespace: name
            for name, namespace in simple.items()
            if namespace.endswith(("#", "/")) and not name.startswith("@")
        }
        found = "|".join(sorted(map(re.escape, self._prefixes), key=len, reverse=True))
        self._namespace = re.compile(f"({found})(?!//).")
        self._terms: dict[str, tuple[str, str | None]] = {}
        for name, value in context.items():
            if name.startswith("@") or name in self._prefixes.values():
                continue
            described = {"@id": value} if isinstance(value, str) else value
            kind = described.get("@type")
            if kind is not None and not kind.startswith("@"):
                kind = self._expand(kind)
            self._terms[self._expand(described["@id"])] = name, kind
        self.write_id = lru_cache(maxsize=65536)(self._write_id)
        self.write_name = lru_cache(maxsize=4096)(self._write_name)

    def find_key(self, predicate: URIRef) -> tuple[str, str | None]:
        """The name of a property, and how its plain values are read."""
        return self._terms.get(str(predicate)) or (self.write_name(predicate), None)

    def _write_name(self, iri: str) -> str:
        """An IRI where names of the vocabulary may stand: as key, as kind, as coerced value."""
        if str(iri) in self._terms:
            return self._terms[str(iri)][0]
        local = iri.removeprefix(KG)
        if len(local) < len(iri) and _LOCAL.fullmatch(local) and local not in self._reserved:
            return local
        return self.write_id(iri)

    def _write_id(self, iri: str) -> str:
        found = self._namespace.match(iri)
        if found is not None:
            return f"{self._prefixes[found[1]]}:{iri[found.end(1) :]}"
        if iri.partition(":")[0] in self._reserved:
            raise ExportError(
                f"<{iri}> would be taken for a prefixed name in JSON-LD: choose another format",
                target="jsonld",
            )
        return str(iri)

    def _expand(self, name: str) -> str:
        namespaces = {prefix: namespace for namespace, prefix in self._prefixes.items()}
        prefix, _, local = name.partition(":")
        return f"{namespaces[prefix]}{local}"
