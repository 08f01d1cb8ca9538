"""Answering a query in a forked child, where a crash, a runaway or a glut ends with the child."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import math
import os
import select
import signal
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdflib import BNode, Literal, URIRef

from kg.errors import GraphError, QueryError
from kg.rdf import QueryResult, SourceTriple, Term
from kg.store import GraphStore


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a query may take: wall-clock seconds, bytes of memory, rows, bytes of answer."""

    seconds: float = 30.0
    memory: int = 2 << 30
    rows: int = 100_000
    answer: int = 256 << 20


def answer_limited(store: GraphStore, text: str, limits: Limits) -> QueryResult:
    """Answer a screened query within limits; QueryError where it passes them or is malformed."""
    if not hasattr(os, "fork"):
        raise QueryError("queries need a system with fork: use Linux or macOS", query=text)
    store = store.view()
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # The engine's idle threads make Python warn of forking; the child needs none of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(reading)
        _serve(store, text, limits, writing)
    os.close(writing)
    problem = None
    answer = b""
    try:
        answer = b"".join(_receive(reading, text, limits))
    except QueryError as error:
        problem = error
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if problem is not None:
        raise problem
    return _decode_answer(answer, status, text, store.directory)


def _receive(pipe: int, text: str, limits: Limits) -> Iterator[bytes]:
    deadline = time.monotonic() + limits.seconds
    size = 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            message = f"the query took longer than {limits.seconds:g} s: narrow it or add a LIMIT"
            raise QueryError(message, query=text)
        part = os.read(pipe, 1 << 20)
        if not part:
            return
        size += len(part)
        if size > limits.answer:
            message = f"the answer is larger than {limits.answer >> 20} MiB: add a LIMIT"
            raise QueryError(message, query=text)
        yield part


def _decode_answer(answer: bytes, status: int, text: str, directory: Path) -> QueryResult:
    try:
        record = json.loads(answer)
    except ValueError:
        code = os.waitstatus_to_exitcode(status)
        if code == -signal.SIGXCPU:
            message = "the query took too much processor time: narrow it or add a LIMIT"
        else:
            message = "the query nests too deep or needs too much memory: simplify it"
        raise QueryError(message, query=text) from None
    if "problem" in record:
        if record["graph"]:
            raise GraphError(record["problem"], path=directory)
        raise QueryError(record["problem"], query=text)
    return QueryResult(
        variables=tuple(record["variables"]),
        rows=tuple(tuple(_decode_term(term) for term in row) for row in record["rows"]),
        boolean=record["boolean"],
        triples=_decode_triples(record["triples"]),
    )


# ------------------------------------------------------------------------------- in the child


def _serve(store: GraphStore, text: str, limits: Limits, pipe: int) -> None:
    """Answer into the pipe and end the process, whatever happens."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        faulthandler.disable()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        _limit_resources(limits)
        record = _answer(store, text, limits)
        with open(pipe, "w", encoding="utf-8", errors="surrogatepass") as out:
            json.dump(record, out)
    finally:
        os._exit(0)


def _limit_resources(limits: Limits) -> None:
    import resource

    seconds = math.ceil(limits.seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    size = Path("/proc/self/statm")
    if size.exists():
        used = int(size.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + limits.memory,) * 2)


def _answer(store: GraphStore, text: str, limits: Limits) -> dict[str, Any]:
    try:
        result = store.query(text)
    except QueryError as error:
        return {"problem": str(error), "graph": False}
    except GraphError as error:
        return {"problem": str(error), "graph": True}
    except MemoryError:
        message = "the query needs too much memory: narrow it or add a LIMIT"
        return {"problem": message, "graph": False}
    count = len(result.rows) + len(result.triples or ())
    if count > limits.rows:
        message = f"the query has {count} answers, more than {limits.rows}: add a LIMIT"
        return {"problem": message, "graph": False}
    return {
        "variables": result.variables,
        "rows": [[_encode_term(term) for term in row] for row in result.rows],
        "boolean": result.boolean,
        "triples": None
        if result.triples is None
        else [[_encode_term(term) for term in triple] for triple in result.triples],
    }


# -------------------------------------------------------------------------- terms in the pipe


def _encode_term(term: Term | None) -> list[str | None] | None:
    if term is None:
        return None
    if isinstance(term, Literal):
        datatype = None if term.datatype is None else str(term.datatype)
        return ["literal", str(term), term.language, datatype]
    return ["bnode" if isinstance(term, BNode) else "uri", str(term)]


def _decode_term(code: list[str] | None) -> Term | None:
    if code is None:
        return None
    if code[0] == "literal":
        _, value, language, datatype = code
        if language is not None:
            return Literal(value, lang=language)
        return Literal(value, datatype=datatype and URIRef(datatype), normalize=False)
    return BNode(code[1]) if code[0] == "bnode" else URIRef(code[1])


def _decode_triples(codes: list[list[list[str]]] | None) -> tuple[SourceTriple, ...] | None:
    if codes is None:
        return None
    found: list[SourceTriple] = []
    for code in codes:
        subject, predicate, object_ = (_decode_term(term) for term in code)
        assert isinstance(subject, URIRef | BNode)
        assert isinstance(predicate, URIRef)
        assert object_ is not None
        found.append((subject, predicate, object_))
    return tuple(found)
