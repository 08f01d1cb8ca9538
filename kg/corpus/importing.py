"""The way back: files that `kg export` wrote, every quad in its named graph again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import URIRef

from kg.corpus.deriving import forget_derived
from kg.errors import GraphError
from kg.rdf import Format, Node, SourceTriple, Triple, parse_file, skolemise
from kg.store import open_graph

LOSSLESS = (Format.TRIG, Format.NQUADS, Format.JSONLD)
"""The formats that name the graphs, so that everything comes back."""

_ENDINGS: Mapping[str, Format] = {
    ".trig": Format.TRIG, ".nq": Format.NQUADS, ".jsonld": Format.JSONLD, ".ttl": Format.TURTLE,
    ".nt": Format.NTRIPLES, ".rdf": Format.RDFXML, ".owl": Format.RDFXML, ".xml": Format.RDFXML,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What the graph holds after an import."""

    quads: int
    graphs: tuple[str, ...]


def import_files(
    paths: Iterable[Path], directory: Path, *, format: Format | None = None, replace: bool = False
) -> ImportSummary:
    """Write all quads of files into the graph of a directory, in one transaction.

    With `replace` in place of what is there. The syntax goes by each file's name unless `format`
    is given. Raises GraphError where there is a graph already, or a file cannot be read or does
    not name its graphs.
    """
    content: dict[URIRef, list[Triple]] = {}
    for path in paths:
        for graph, triple in _read_named(path, format or find_format(path)):
            content.setdefault(graph, []).append(triple)
    if not content:
        raise GraphError("the files hold nothing: the graph stays as it is", path=directory)
    with open_graph(directory, create=True) as store:
        old = store.graphs()
        if old and not replace:
            message = f"there is a graph at {directory}: choose another place, or --replace it"
            raise GraphError(message, path=directory)
        forget_derived(store)
        store.replace_all({**dict.fromkeys(old, ()), **content})
        return ImportSummary(len(store), tuple(map(str, store.graphs())))


def find_format(path: Path) -> Format:
    """The format that a file's name tells; GraphError where it is none to import from."""
    found = _ENDINGS.get(path.suffix.lower())
    if found is None:
        message = f"{path}: the name does not tell the syntax: end it in .trig, .nq or .jsonld"
        raise GraphError(message, path=path)
    if found not in LOSSLESS:
        message = f"{path}: {found.value} does not name the graphs: import trig, nquads or jsonld"
        raise GraphError(message, path=path)
    return found


def read_quads(path: Path, format: Format) -> Iterator[tuple[SourceTriple, Node | None]]:
    """The triples of a file, each with its graph (None: the default graph).

    The only place where an import parses. Raises GraphError where the file cannot be read or is
    not of the format.
    """
    yield from parse_file(path, format)


def _read_named(path: Path, format: Format) -> list[tuple[URIRef, Triple]]:
    """The triples of a file with their graphs, blank nodes named by their content."""
    graphs: list[URIRef] = []
    triples: list[SourceTriple] = []
    for triple, graph in read_quads(path, format):
        if not isinstance(graph, URIRef):
            message = f"{path} has triples outside any named graph: name a graph for them"
            raise GraphError(message, path=path)
        graphs.append(graph)
        triples.append(triple)
    # All at once: the graphs of a file may share a blank node.
    return list(zip(graphs, skolemise(triples), strict=True))
