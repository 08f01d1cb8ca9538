"""A graph with changes that are not written yet: read like any other, then written all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rdflib import Literal, URIRef

from kg.rdf import Quad, QueryResult, SourceTriple, Triple, skolemise
from kg.store import GraphStore, open_memory_graph

_BySubject = dict[URIRef, dict[Triple, None]]


class Draft(GraphStore):
    """What a graph will be after some changes; `commit` writes them in one transaction."""

    def __init__(self, store: GraphStore) -> None:
        super().__init__(store.directory, store._store, read_only=False, lock=None)
        self.below = store
        self._changes: dict[URIRef, _BySubject] = {}
        self._amendments: dict[URIRef, tuple[set[Triple], set[Triple]]] = {}

    def close(self) -> None:
        """Drop what is not committed; the graph below stays open."""
        self._changes.clear()
        self._amendments.clear()

    def graphs(self) -> list[URIRef]:
        """The named graphs, sorted."""
        filled = {graph for graph, content in self._changes.items() if content}
        filled.update(graph for graph, (added, _) in self._amendments.items() if added)
        emptied = self._changes.keys() - filled
        return sorted(filled.union(self.below.graphs()).difference(emptied))

    def quads(
        self,
        graph: URIRef | None = None,
        *,
        subject: URIRef | None = None,
        predicate: URIRef | None = None,
        object: URIRef | Literal | None = None,
    ) -> Iterator[Quad]:
        """The quads that fit what is given, in no promised order."""
        if graph not in self._changes:
            found = self.below.quads(graph, subject=subject, predicate=predicate, object=object)
            yield from (quad for quad in found if not self._is_gone(quad))
        for place, triple in self._list_new(graph, subject):
            if (
                (subject is None or triple[0] == subject)
                and (predicate is None or triple[1] == predicate)
                and (object is None or triple[2] == object)
            ):
                yield *triple, place

    def _is_gone(self, quad: Quad) -> bool:
        gone = self._amendments.get(quad[3])
        return quad[3] in self._changes or (gone is not None and quad[:3] in gone[1])

    def _list_new(
        self, graph: URIRef | None, subject: URIRef | None
    ) -> Iterator[tuple[URIRef, Triple]]:
        for place, content in self._changes.items():
            if graph in (None, place):
                groups = content.values() if subject is None else [content.get(subject, {})]
                yield from ((place, triple) for group in groups for triple in group)
        for place, (added, _) in self._amendments.items():
            if graph in (None, place):
                yield from ((place, triple) for triple in added)

    def query(self, sparql: str, *, default_union: bool = True) -> QueryResult:
        """Answer SPARQL on the graph as it will be, from a copy in memory."""
        copy = open_memory_graph()
        copy.replace_all({graph: self.triples(graph) for graph in self.graphs()})
        return copy.query(sparql, default_union=default_union)

    def replace_all(self, graphs: Mapping[URIRef, Iterable[SourceTriple]]) -> None:
        """Set the whole content of several named graphs, in the draft only."""
        for graph, triples in graphs.items():
            self._amendments.pop(graph, None)
            content: _BySubject = {}
            for triple in skolemise(triples):
                content.setdefault(triple[0], {})[triple] = None
            self._changes[graph] = content

    def amend(self, graph: URIRef, added: Iterable[Triple], gone: Iterable[Triple]) -> None:
        """Add triples to a graph that are not in it and take out some that are, in the draft."""
        self._amendments[graph] = set(added), set(gone)

    def count_gone(self, graph: URIRef) -> int:
        """How many triples of a graph will not be there any more."""
        if graph in self._amendments:
            return len(self._amendments[graph][1])
        if graph not in self._changes:
            return 0
        new = set(self.triples(graph))
        return sum(triple not in new for triple in self.below.triples(graph))

    def commit(self) -> None:
        """Write all changes in one transaction, in which only what differs is written."""
        replaced: dict[URIRef, list[Triple]] = {
            graph: [each for group in content.values() for each in group]
            for graph, content in self._changes.items()
        }
        amended = {}
        for graph, parts in self._amendments.items():
            if next(self.triples(graph), None) is None:
                # A graph that loses its last triple would stay by name.
                replaced[graph] = []
            else:
                amended[graph] = parts
        self.below.change(replaced, amended)
        self.close()
