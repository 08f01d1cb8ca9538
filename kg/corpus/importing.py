"""The way back: files that `kg export` wrote, every quad in its named graph again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rdflib import URIRef

from kg.errors import GraphError
from kg.rdf import Format, SourceTriple, Triple, parse_quads, skolemise
from kg.sandbox.reading import read_quads
from kg.store import forget_derived, open_graph

_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What the graph holds after an import."""

    quads: int
    graphs: tuple[str, ...]


def import_files(paths: Iterable[Path], directory: Path, *, replace: bool = False) -> ImportSummary:
    """Write all quads of files into the graph of a directory, in one transaction.

    With `replace` in place of what is there. The syntax goes by each file's name. Raises GraphError
    where there is a graph already, or a file cannot be read or does not name its graphs.
    """
    content: dict[URIRef, list[Triple]] = {}
    for path in paths:
        for graph, triple in _read_named(path):
            content.setdefault(graph, []).append(triple)
    if not content:
        raise GraphError("the files hold nothing: the graph stays as it is", path=directory)
    with open_graph(directory, create=True) as store:
        old = store.graphs()
        if old and not replace:
            message = f"there is a graph at {directory}: choose another place, or --replace it"
            raise GraphError(message, path=directory)
        forget_derived(directory)
        store.replace_all({**dict.fromkeys(old, ()), **content})
        return ImportSummary(len(store), tuple(map(str, store.graphs())))


def _read_named(path: Path) -> list[tuple[URIRef, Triple]]:
    """The triples of a file with their graphs, blank nodes named by their content."""
    graphs: list[URIRef] = []
    triples: list[SourceTriple] = []
    for triple, graph in _read_quads(path):
        graphs.append(graph)
        triples.append(triple)
    # All at once: the graphs of a file may share a blank node.
    return list(zip(graphs, skolemise(triples), strict=True))


def _read_quads(path: Path) -> Iterator[tuple[SourceTriple, URIRef]]:
    """The triples of a foreign file, each with its named graph."""
    lines = _write_lines(path)
    while batch := "".join(islice(lines, _BATCH)):
        try:
            found = parse_quads(batch.encode(), Format.NQUADS)
        except ValueError as error:
            raise GraphError(f"{path} holds what the graph cannot: {error}", path=path) from error
        for triple, graph in found:
            assert graph is not None
            yield triple, graph


def _write_lines(path: Path) -> Iterator[str]:
    """The quads of a foreign file in flat N-Quads, which the engine may parse in this process."""
    for subject, predicate, object_, graph in read_quads(path):
        if object_.startswith("<<"):
            raise GraphError(f"{path} holds what the graph cannot: {object_}", path=path)
        if graph is None or graph.startswith("_:"):
            raise GraphError(
                f"{path} does not name the graphs: import what was exported as trig, nquads or "
                f"jsonld",
                path=path,
            )
        yield f"{subject} {predicate} {object_} {graph} .\n"
