"""The quad store, Oxigraph's, and what it answers to SPARQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox
from rdflib import Literal as RdfLiteral
from rdflib import URIRef

from kg import iris
from kg.errors import QueryError
from kg.rdf.media import GRAPH_TYPES, ROW_TYPES
from kg.rdf.terms import (
    PREFIXES,
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


class AnswerForm(Enum):
    """What a query's form gives."""

    ROWS = "rows"
    BOOLEAN = "boolean"
    TRIPLES = "triples"


class ByteSink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take bytes, and tell how many."""


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """How a query is answered: `choose` gives the media type for its form, or raises.

    With `default_graphs` the dataset is these graphs and `named_graphs`; without, the default graph
    is the union of all graphs, or with `union` false what the query says, else the unnamed one.
    """

    choose: Callable[[AnswerForm], str]
    base: str | None = None
    prefixes: Mapping[str, str] = field(default_factory=dict)
    union: bool = True
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] = ()


class QuadStore:
    """Oxigraph, typed and in rdflib's terms; raises what the engine raises (see kg.store).

    Concord writes named graphs without blank nodes. What others put in beside them is read with
    IRIs for blank nodes, and for the graph without a name.
    """

    def __init__(self, path: Path | None = None, *, read_only: bool = False) -> None:
        if path is None:
            self._store = ox.Store()
        elif read_only:
            self._store = ox.Store.read_only(str(path))
        else:
            self._store = ox.Store(str(path))

    def graphs(self) -> list[URIRef]:
        """The graphs, sorted; the one without a name only if it holds anything."""
        named = {_lift_graph(graph) for graph in self._store.named_graphs()}
        return sorted(named | ({iris.DEFAULT_GRAPH} if self.holds_graph(None) else set()))

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
            None if graph is None else _lower_graph(graph),
        )
        for quad in found:
            yield *lift_triple(quad), _lift_graph(quad.graph_name)

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

    def answer(self, text: str, options: AnswerOptions, out: ByteSink) -> None:
        """Answer a SPARQL query in whatever form is chosen for it; QueryError where it is wrong.

        The form is chosen once the engine knows whether there are rows, triples or a truth value.
        """
        sink: Any = out  # The engine asks for no more than `write`.
        dataset: dict[str, Any] = {"use_default_graph_as_union": True}
        if options.default_graphs is not None:
            dataset = {
                "default_graph": [ox.NamedNode(iri) for iri in options.default_graphs],
                "named_graphs": [ox.NamedNode(iri) for iri in options.named_graphs],
            }
        elif not options.union:
            dataset = {}
        try:
            found = self._store.query(
                text, base_iri=options.base, prefixes=dict(options.prefixes), **dataset
            )
            if isinstance(found, ox.QueryTriples):
                chosen = GRAPH_TYPES[options.choose(AnswerForm.TRIPLES)]
                if chosen.supports_datasets or chosen == ox.RdfFormat.N_TRIPLES:
                    found.serialize(sink, format=chosen)
                else:
                    ox.serialize(found, sink, format=chosen, prefixes=dict(PREFIXES))
            elif isinstance(found, ox.QueryBoolean):
                found.serialize(sink, format=ROW_TYPES[options.choose(AnswerForm.BOOLEAN)])
            else:
                assert isinstance(found, ox.QuerySolutions)
                found.serialize(sink, format=ROW_TYPES[options.choose(AnswerForm.ROWS)])
        except SyntaxError as error:
            raise QueryError(f"the query is malformed: {error.msg}", query=text) from error
        except (TypeError, ValueError, RuntimeError) as error:
            raise QueryError(f"the query cannot be answered: {error}", query=text) from error

    def update(self, text: str, *, base: str | None = None) -> None:
        """Apply a SPARQL update, whole or not at all; QueryError where it is malformed."""
        try:
            self._store.update(text, base_iri=base, prefixes=dict(PREFIXES))
        except SyntaxError as error:
            raise QueryError(f"the update is malformed: {error.msg}", query=text) from error
        except (TypeError, ValueError, RuntimeError) as error:
            raise QueryError(f"the update cannot be applied: {error}", query=text) from error

    def holds_graph(self, graph: str | None) -> bool:
        """Whether there is a graph of this name; for None, whether the default one has triples."""
        if graph is not None:
            return self._store.contains_named_graph(ox.NamedNode(graph))
        found = self._store.quads_for_pattern(None, None, None, ox.DefaultGraph())
        return next(iter(found), None) is not None

    def write_graph(self, graph: str | None, media_type: str, out: ByteSink) -> None:
        """Write one graph, None for the default one, in the syntax of a media type."""
        name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
        sink: Any = out
        self._store.dump(sink, GRAPH_TYPES[media_type], from_graph=name, prefixes=dict(PREFIXES))

    def load(self, lines: bytes) -> None:
        """Add the quads of an N-Quads document; ValueError where it is none."""
        self._store.load(lines, format=ox.RdfFormat.N_QUADS)

    def copy(self) -> QuadStore:
        """The same quads in memory."""
        copy = QuadStore()
        copy._store.bulk_extend(self._store.quads_for_pattern(None, None, None, None))
        return copy

    def flush(self) -> None:
        """Put on disk all that was committed."""
        self._store.flush()

    def __len__(self) -> int:
        return len(self._store)


def _lower_graph(name: URIRef) -> ox.NamedNode | ox.DefaultGraph:
    return ox.DefaultGraph() if name == iris.DEFAULT_GRAPH else ox.NamedNode(str(name))


def _lift_graph(name: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> URIRef:
    if isinstance(name, ox.NamedNode):
        return URIRef(name.value)
    return iris.mint_blank(name.value) if isinstance(name, ox.BlankNode) else iris.DEFAULT_GRAPH


def _write_data(action: str, graph: URIRef, triples: Iterable[SourceTriple]) -> list[str]:
    body = "\n".join(map(format_triple, triples))
    return [f"{action} DATA {{ GRAPH {format_term(graph)} {{\n{body}\n}} }}"] if body else []
