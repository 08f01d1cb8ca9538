"""Reasoning over any RDF: files and rdflib graphs, not only the graphs that Concord builds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.util import from_n3

from kg.rdf import TermTriple
from kg.reasoning.checks import Clash
from kg.reasoning.closure import load_owl_rules
from kg.reasoning.databases import open_duckdb
from kg.reasoning.encoding import Terms, encode_triples
from kg.reasoning.owl import expand_by_owl
from kg.reasoning.result import Closure, close_triples
from kg.reasoning.rulebook import Rule
from kg.reasoning.sql import SqlEngine
from kg.reasoning.sql_result import SqlClosure, close_in_database
from kg.reasoning.wording import Wording, word_rule
from kg.sandbox import read_terms

ENGINES = ("memory", "duckdb", "owlrl")

MOST_IN_MEMORY = 5_000_000
"""How many triples are reasoned over in memory unless an engine is asked for; above it DuckDB."""

_BYTES_A_TRIPLE = 110


@dataclass(frozen=True, slots=True)
class Reasoned:
    """What follows from some RDF: all triples, those that were added, and what contradicts.

    `seconds` is the time that reasoning took, `contradictions` are in words.
    """

    given: frozenset[TermTriple]
    inferred: frozenset[TermTriple]
    contradictions: tuple[str, ...]
    warnings: tuple[str, ...]
    engine: str
    seconds: float


def reason_files(
    paths: Sequence[Path], *, engine: str = "memory", rules: Sequence[Rule] | None = None
) -> Reasoned:
    """All that follows from the triples of RDF files together.

    Raises GraphError for a file that is no RDF, ReasoningLimitError where too much would follow.
    """
    return reason_triples(read_files(paths), engine=engine, rules=rules)


def choose_engine(paths: Sequence[Path]) -> str:
    """The engine for files: in memory up to five million lines of triples, else DuckDB.

    A file's size tells the number closely enough: a triple takes some hundred bytes.
    """
    size = sum(path.stat().st_size for path in paths if path.is_file())
    return "memory" if size <= MOST_IN_MEMORY * _BYTES_A_TRIPLE else "duckdb"


@dataclass(frozen=True, slots=True)
class Streamed:
    """How much was given and inferred where the triples themselves went straight to a file."""

    given: int
    inferred: int
    contradictions: tuple[str, ...]
    warnings: tuple[str, ...]
    seconds: float


def stream_closure(
    paths: Sequence[Path], out: BinaryIO | None, *, rules: Sequence[Rule] | None = None
) -> Streamed:
    """Close files in DuckDB and write all triples as N-Triples, in the order of being found.

    For graphs that would fill the memory: only the dictionary of terms is held there. The order
    depends on the files alone. Raises what `reason_files` raises.
    """
    used = load_owl_rules() if rules is None else tuple(rules)
    with open_duckdb() as database:
        terms = Terms()
        columns = encode_triples(terms, read_files(paths))
        start = time.perf_counter()
        engine = SqlEngine(terms, used, database)
        engine.load(*columns)
        del columns
        engine.run()
        closure = SqlClosure(engine)
        seconds = time.perf_counter() - start
        if out is not None:
            for subject, predicate, object_ in closure.triples():
                out.write(f"{subject} {predicate} {object_} .\n".encode())
        return Streamed(
            engine.given,
            closure.count_inferred(),
            _word_clashes(closure, closure.read_clash),
            _word_lists(closure.broken_lists),
            seconds,
        )


def reason(graph: Graph, *, engine: str = "memory", rules: Sequence[Rule] | None = None) -> Graph:
    """A new graph with the triples of one and all that follows from them by OWL 2 RL.

    >>> from rdflib import Graph
    >>> given = Graph().parse(data='''
    ...     @prefix : <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
    ...     :allyOf a owl:SymmetricProperty . :Japan :allyOf :Australia .''')
    >>> "Australia> <https://example.org/allyOf> <https://example.org/Japan>" in reason(
    ...     given).serialize(format="nt")
    True
    """
    triples = ((_write(s), _write(p), _write(o)) for s, p, o in graph)
    reasoned = reason_triples(triples, engine=engine, rules=rules)
    closed = Graph()
    for prefix, namespace in graph.namespaces():
        closed.bind(prefix, namespace)
    for triple in graph:
        closed.add(triple)
    for subject, predicate, object_ in reasoned.inferred:
        terms: list[Any] = [from_n3(term) for term in (subject, predicate, object_)]
        closed.add((terms[0], terms[1], terms[2]))
    return closed


def reason_triples(
    triples: Iterable[TermTriple], *, engine: str = "memory", rules: Sequence[Rule] | None = None
) -> Reasoned:
    """All that follows from triples; `rules` by default those of OWL 2 RL.

    Raises ValueError for an unknown engine.
    """
    given = frozenset(triples)
    if engine == "owlrl":
        return _reason_with_owlrl(given)
    if engine not in ENGINES:
        raise ValueError(f"no engine {engine!r}: choose one of {', '.join(ENGINES)}")
    used = load_owl_rules() if rules is None else tuple(rules)
    if engine == "duckdb":
        return _reason_with_duckdb(given, used)
    start = time.perf_counter()
    closure = close_triples(sorted(given), used)
    inferred = frozenset(triple for triple in closure.triples() if triple not in given)
    seconds = time.perf_counter() - start
    told = _word_clashes(closure, lambda clash: [closure.read(fact) for fact in clash.facts])
    broken = _word_lists(closure.broken_lists)
    return Reasoned(given, inferred, told, broken, engine, seconds)


def read_files(paths: Sequence[Path]) -> Iterator[TermTriple]:
    """The triples of RDF files one after the other, the blank nodes of each kept apart."""
    for number, path in enumerate(paths):
        yield from read_terms(path, stem=f"b{number}x")


def _write(term: object) -> str:
    if isinstance(term, Literal) and str(term.datatype or "").endswith("#string"):
        return Literal(str(term)).n3()
    if isinstance(term, URIRef | BNode | Literal):
        return term.n3()
    raise TypeError(f"no term of RDF: {term!r}")


def _reason_with_duckdb(given: frozenset[TermTriple], rules: Sequence[Rule]) -> Reasoned:
    with open_duckdb() as database:
        start = time.perf_counter()
        closure = close_in_database(sorted(given), rules, database)
        inferred = frozenset(triple for triple in closure.triples() if triple not in given)
        seconds = time.perf_counter() - start
        broken = _word_lists(closure.broken_lists)
        return Reasoned(
            given, inferred, _word_clashes(closure, closure.read_clash), broken, "duckdb", seconds
        )


def _word_lists(heads: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"the list {head} is malformed: not used" for head in heads)


def _word_clashes(
    closure: Closure | SqlClosure, read: Callable[[Clash], list[TermTriple]]
) -> tuple[str, ...]:
    """The contradictions of a closure in words, sorted; a last line counts those left out."""
    wording = Wording({})
    told = set()
    for clash in closure.clashes:
        premises = read(clash)
        reason = word_rule(closure.rule_of(clash), None, (), premises, wording)
        said = " ; ".join(" ".join(triple) for triple in premises)
        told.add(f"{clash.rule}: {said}: {reason.removeprefix('because ')}")
    more = closure.clash_count - len(closure.clashes)
    return (*sorted(told), f"and {more} more") if more > 0 else tuple(sorted(told))


def _reason_with_owlrl(given: frozenset[TermTriple]) -> Reasoned:
    graph = Graph()
    names: dict[str, Any] = {}
    for term in {term for triple in given for term in triple}:
        names[term] = from_n3(term)
    for triple in given:
        subject, predicate, object_ = triple
        graph.add((names[subject], names[predicate], names[object_]))
    start = time.perf_counter()
    said = expand_by_owl(graph)
    seconds = time.perf_counter() - start
    closed = {
        (_write(s), _write(p), _write(o))
        for s, p, o in graph
        if not isinstance(s, Literal) and isinstance(p, URIRef)
    }
    return Reasoned(given, frozenset(closed - given), said, (), "owlrl", seconds)
