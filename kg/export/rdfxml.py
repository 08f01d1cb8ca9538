"""RDF/XML with a line for each triple, the names of graphs left out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from itertools import groupby
from tempfile import SpooledTemporaryFile
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from rdflib import RDF, Literal, URIRef

from kg.errors import ExportError
from kg.rdf import PREFIXES, Triple

_PREFIXES = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_LOCAL = re.compile(f"[{_START}][-.0-9\u00b7\u0300-\u036f\u203f\u2040{_START}]*$")
# What XML 1.0 cannot hold, not even escaped.
_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Names that RDF/XML keeps for itself, so that no property can have them.
_RESERVED = frozenset(
    f"{RDF}{name}"
    for name in (
        "RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "li",
        "aboutEach", "aboutEachPrefix", "bagID",
    )
)  # fmt: skip
_IN_MEMORY = 1 << 24


def write_rdfxml(graphs: Iterable[tuple[URIRef, Iterable[Triple]]], out: BinaryIO) -> None:
    """Write the triples of graphs as one RDF/XML document.

    Raises ExportError for a property or a character that XML has no way to write.
    """
    used = {"rdf"}
    # Which prefixes are used is known at the end only, and must stand at the beginning.
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
        for _, triples in graphs:
            for text in _format_subjects(triples, used):
                body.write(text.encode())
        out.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF')
        for prefix, namespace in PREFIXES.items():
            if prefix in used:
                out.write(f'\n    xmlns:{prefix}="{namespace}"'.encode())
        out.write(b">\n")
        body.seek(0)
        shutil.copyfileobj(body, out)
        out.write(b"</rdf:RDF>\n")


def _format_subjects(triples: Iterable[Triple], used: set[str]) -> Iterator[str]:
    for subject, about in groupby(triples, key=lambda triple: triple[0]):
        lines = [f"<rdf:Description rdf:about={quoteattr(subject)}>"]
        lines += (_format_property(triple, used) for triple in about)
        yield "\n".join((*lines, "</rdf:Description>\n"))


def _format_property(triple: Triple, used: set[str]) -> str:
    _, predicate, object_ = triple
    found = _LOCAL.search(predicate)
    if found is None or found.start() == 0 or str(predicate) in _RESERVED:
        raise ExportError(
            f"the property <{predicate}> cannot be an element of XML: choose another format",
            target="rdfxml",
        )
    namespace, name = predicate[: found.start()], found[0]
    prefix = _PREFIXES.get(namespace)
    if prefix is None:
        start = f"{name} xmlns={quoteattr(namespace)}"
    else:
        used.add(prefix)
        start = name = f"{prefix}:{name}"
    if isinstance(object_, URIRef):
        return f"  <{start} rdf:resource={quoteattr(object_)}/>"
    if object_.language is not None:
        start += f' xml:lang="{object_.language}"'
    elif object_.datatype is not None:
        start += f" rdf:datatype={quoteattr(object_.datatype)}"
    return f"  <{start}>{_format_text(object_, triple)}</{name}>"


def _format_text(text: Literal, triple: Triple) -> str:
    found = _IMPOSSIBLE.search(text)
    if found is not None:
        raise ExportError(
            f"{triple[0]} has the character U+{ord(found[0]):04X}, which XML cannot hold: "
            f"choose another format",
            target="rdfxml",
        )
    # A bare carriage return would be read as a line feed, a bare line feed breaks the line.
    return escape(text, {"\r": "&#13;", "\n": "&#10;"})
