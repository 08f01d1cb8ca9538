"""The quad store, Oxigraph's, and what it answers to SPARQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib import Literal as RdfLiteral
from rdflib import URIRef

from kg.errors import QueryError
from kg.rdf.terms import (
    Quad,
    SourceTriple,
    Term,
    format_term,
    format_triple,
    lift_source,
    lift_term,
    lift_triple,
    lower_term,
    skolemise,
)


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a query answered: rows under variables (SELECT), a truth value (ASK), or triples."""

    variables: tuple[str, ...] = ()
    rows: tuple[tuple[Term | None, ...], ...] = ()
    boolean: bool | None = None
    triples: tuple[SourceTriple, ...] | None = None


class QuadStore:
    """Oxigraph, typed and in rdflib's terms; raises what the engine raises (see kg.store)."""

    def __init__(self, path: Path | None = None, *, read_only: bool = False) -> None:
        if path is None:
            self._store = ox.Store()
        elif read_only:
            self._store = ox.Store.read_only(str(path))
        else:
            self._store = ox.Store(str(path))

    def graphs(self) -> list[URIRef]:
        """The named graphs, sorted."""
        return sorted(URIRef(graph.value) for graph in self._store.named_graphs())

    def triples(
        self,
        graph: URIRef | None = None,
        *,
        subject: URIRef | None = None,
        predicate: URIRef | None = None,
        object: URIRef | RdfLiteral | None = None,
    ) -> Iterator[Quad]:
        """The quads that fit what is given, in the engine's order."""
        found = self._store.quads_for_pattern(
            None if subject is None else ox.NamedNode(str(subject)),
            None if predicate is None else ox.NamedNode(str(predicate)),
            None if object is None else lower_term(object),
            None if graph is None else ox.NamedNode(str(graph)),
        )
        for quad in found:
            if isinstance(quad.graph_name, ox.NamedNode):
                yield *lift_triple(quad), URIRef(quad.graph_name.value)

    def change(
        self,
        replaced: Mapping[URIRef, Iterable[SourceTriple]],
        amended: Mapping[URIRef, tuple[Iterable[SourceTriple], Iterable[SourceTriple]]],
    ) -> None:
        """Set the whole content of some graphs and add to and take from others, all at once.

        `amended` holds for each graph what comes and what goes; a graph that is left empty is to be
        replaced by nothing instead, else its name stays.
        """
        parts: list[str] = []
        for graph, triples in replaced.items():
            parts.append(f"DROP SILENT GRAPH {format_term(graph)}")
            parts += _write_data("INSERT", graph, skolemise(triples))
        for graph, (added, gone) in amended.items():
            parts += _write_data("DELETE", graph, skolemise(gone))
            parts += _write_data("INSERT", graph, skolemise(added))
        if parts:
            # The engine's own calls commit one by one; only an update spans several graphs.
            self._store.update(" ;\n".join(parts))

    def query(self, text: str, *, default_union: bool = True) -> QueryResult:
        """Answer a SPARQL query; QueryError where it is malformed or yields triples as terms."""
        try:
            found = self._store.query(text, use_default_graph_as_union=default_union)
            if isinstance(found, ox.QueryBoolean):
                return QueryResult(boolean=bool(found))
            if isinstance(found, ox.QueryTriples):
                return QueryResult(triples=tuple(lift_source(triple) for triple in found))
            assert isinstance(found, ox.QuerySolutions)
            variables = tuple(variable.value for variable in found.variables)
            rows = tuple(
                tuple(None if term is None else lift_term(term) for term in solution)
                for solution in found
            )
            return QueryResult(variables=variables, rows=rows)
        except SyntaxError as error:
            raise QueryError(f"the query is malformed: {error.msg}", query=text) from error
        except (TypeError, ValueError) as error:
            raise QueryError(f"the query cannot be answered: {error}", query=text) from error

    def flush(self) -> None:
        """Put on disk all that was committed."""
        self._store.flush()

    def __len__(self) -> int:
        return len(self._store)


def _write_data(action: str, graph: URIRef, triples: Iterable[SourceTriple]) -> list[str]:
    body = "\n".join(map(format_triple, triples))
    return [f"{action} DATA {{ GRAPH {format_term(graph)} {{\n{body}\n}} }}"] if body else []
