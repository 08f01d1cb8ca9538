"""Our endpoint beside rdflib and bare pyoxigraph: `python -m bench.query [--sizes …]`.

Ten queries over generated graphs: over HTTP to a running `kg serve` on a connection kept alive; on
pyoxigraph in a process of its own, over the same store and serialised to the same format; on
rdflib's engine, also in a process of its own, over the same triples in memory. The medians of one
run stand in one table. The target: no more than 10 ms and 20 % above pyoxigraph, and at least 20
times rdflib's pace on joins and aggregates, wherever rdflib takes so long that the 10 ms leave room
for it. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import FrameType
from typing import Any
from urllib.parse import urlencode

from bench.alliances import generate_facts

SIZES = (10_000, 100_000, 1_000_000)
PATIENCE = 60
ROUNDS, BUDGET = 15, 4.0
MARGIN_MS, MARGIN, PACE = 10.0, 0.2, 20.0
CLAIMS_PER_ARTICLE = 40
JSON, TRIPLES = "application/sparql-results+json", "application/n-triples"
_COLUMNS = ("query", "kind", "answers", "ours ms", "bare ms", "allowed", "rdflib ms", "pace")
_WIDTHS = (19, 11, 9, 10, 10, 10, 12, 9)
_PREFIXES = "PREFIX o: <https://example.org/o#> PREFIX r: <https://example.org/r/>\n"


@dataclass(frozen=True, slots=True)
class Query:
    """A query of the bench and what it stands for."""

    name: str
    kind: str
    text: str

    @property
    def accept(self) -> str:
        """The format it is asked for in."""
        return TRIPLES if self.text.startswith("CONSTRUCT") else JSON


QUERIES = (
    Query("one-thing", "lookup", "SELECT ?p ?o { r:s7 ?p ?o }"),
    Query("many-rows", "lookup", "SELECT ?m ?l { ?m o:holder ?l } LIMIT 10000"),
    Query("one-on-members", "join",
          "SELECT ?m ?q { ?l o:leads r:s3 . ?m o:holder ?l ; o:about ?s ; o:quote ?q ."
          " ?s o:memberOf ?b . ?b a o:Alliance }"),
    Query("shared-targets", "join",
          "SELECT DISTINCT ?l ?x { ?a o:leads r:s3 ; o:criticises ?x . ?l o:criticises ?x }"),
    Query("claims-by-body", "aggregate",
          "SELECT ?b (COUNT(DISTINCT ?m) AS ?n) { ?s o:memberOf ?b . ?m o:about ?s } GROUP BY ?b"
          " ORDER BY DESC(?n) ?b LIMIT 20"),
    Query("who-on-whom", "aggregate",
          "SELECT ?own ?s (COUNT(*) AS ?n) { ?m o:holder ?l ; o:about ?s . ?l o:leads ?own }"
          " GROUP BY ?own ?s ORDER BY DESC(?n) ?own ?s LIMIT 20"),
    Query("reach-of-allies", "path",
          "SELECT (COUNT(DISTINCT ?t) AS ?n)"
          " { r:s1 (o:alliedWith|o:defends|^o:alliedWith|^o:defends)+ ?t }"),
    Query("words-in-quotes", "text",
          'SELECT ?m ?q { ?m o:quote ?q FILTER(CONTAINS(?q, "treaty summit")) }'),
    Query("pattern-in-quotes", "text",
          'SELECT ?m ?q { ?m o:quote ?q FILTER(REGEX(?q, "^(ally|envoy) .* vote [0-9]+$")) }'),
    Query("who-speaks-of-it", "construct",
          'CONSTRUCT { ?l o:speaksOf ?s } { ?s o:number "7" . ?m o:about ?s ; o:holder ?l }'),
)  # fmt: skip


# ------------------------------------------------------------------------------------- graphs


def write_quads(size: int, path: Path) -> int:
    """Write about `size` quads as N-Quads, the claims by article; returns how many lines."""
    count = article = claims = 0
    with path.open("w", encoding="utf-8") as out:
        for subject, predicate, object_ in generate_facts(size):
            if object_.endswith("o#Claim>"):
                claims += 1
                article = 1 + claims // CLAIMS_PER_ARTICLE
            graph = f"<https://example.org/article/{article}>"
            out.write(f"{subject} {predicate} {object_} {graph} .\n")
            count += 1
    return count


def fill_graph(quads: Path, directory: Path) -> None:
    """Load N-Quads into the graph of a directory, past `kg build`, which reads articles."""
    import pyoxigraph as ox

    (directory / "store").mkdir(parents=True)
    store = ox.Store(str(directory / "store"))
    store.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()


# ------------------------------------------------------------------------------------- server


@contextmanager
def serve(graph: Path, *options: str, log: Path | None = None) -> Iterator[tuple[int, int]]:
    """A running `kg serve`; gives its process and its port, and ends it afterwards."""
    port = find_port()
    command = [sys.executable, "-m", "kg", "serve", "--graph", str(graph), "--port", str(port)]
    with (log or Path(os.devnull)).open("ab") as out:
        process = subprocess.Popen([*command, *options], stdout=out, stderr=out)
    try:
        await_health(process, port)
        yield process.pid, port
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def find_port() -> int:
    """A port of the loopback interface that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_health(process: subprocess.Popen[bytes], port: int, patience: float = 60.0) -> None:
    """Wait until /health says 200; RuntimeError where it does not in time."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"kg serve ended with {process.returncode}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.05)
    raise RuntimeError("kg serve does not answer")


# ------------------------------------------------------------------------------------ engines


class Endpoint:
    """A keep-alive client of a server."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def run(self, query: Query) -> tuple[float, int]:
        """The milliseconds that a query takes and how many answers it has."""
        form = urlencode({"query": _PREFIXES + query.text})
        kind = "application/x-www-form-urlencoded"
        start = time.perf_counter()
        self._connection.request(
            "POST", "/sparql", form, {"Accept": query.accept, "Content-Type": kind}
        )
        response = self._connection.getresponse()
        body = response.read()
        spent = (time.perf_counter() - start) * 1000
        if response.status != 200:
            raise RuntimeError(f"{query.name}: {response.status} {body[:200]!r}")
        return spent, count_answers(query, body)


class Peer:
    """An engine in a process of its own, asked a query a line."""

    def __init__(self, engine: str, source: Path) -> None:
        command = [sys.executable, "-m", "bench.query", "--engine", engine, str(source)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.loaded = self._receive()["loaded"]

    def run(self, query: Query) -> tuple[float, int] | None:
        """The milliseconds and the number of answers; None where it was stopped."""
        assert self._process.stdin is not None
        self._process.stdin.write(query.name + "\n")
        self._process.stdin.flush()
        found = self._receive()
        return None if found["ms"] is None else (found["ms"], found["answers"])

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("an engine's process ended")
        return dict(json.loads(line))


def count_answers(query: Query, body: bytes) -> int:
    """How many rows or triples an answer holds."""
    if query.accept == TRIPLES:
        return len(set(body.splitlines()))
    return len(json.loads(body)["results"]["bindings"])


def answer_lines(engine: str, source: Path) -> None:
    """Load, then answer each query that is named on standard input, in a line of JSON."""
    start = time.perf_counter()
    run = _open_bare(source) if engine == "bare" else _open_rdflib(source)
    print(json.dumps({"loaded": time.perf_counter() - start}), flush=True)
    queries = {query.name: query for query in QUERIES}
    for line in sys.stdin:
        query = queries[line.strip()]
        start = time.perf_counter()
        body = run(query)
        spent = (time.perf_counter() - start) * 1000
        answers = None if body is None else count_answers(query, body)
        found = {"ms": None if body is None else spent, "answers": answers}
        print(json.dumps(found), flush=True)


Run = Callable[[Query], bytes | None]


def _open_bare(source: Path) -> Run:
    import pyoxigraph as ox

    store = ox.Store.read_only(str(source / "store"))

    def run(query: Query) -> bytes:
        found = store.query(_PREFIXES + query.text, use_default_graph_as_union=True)
        if isinstance(found, ox.QueryTriples):
            return found.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
        assert isinstance(found, ox.QuerySolutions)
        return found.serialize(format=ox.QueryResultsFormat.JSON) or b""

    return run


def _open_rdflib(source: Path) -> Run:
    from rdflib import Graph

    graph = Graph()
    # One graph of triples, which suits rdflib best: its datasets are slower.
    with source.open(encoding="utf-8") as lines:
        text = "".join(f"{line.rpartition(' <')[0]} .\n" for line in lines)
    graph.parse(data=text, format="nt")

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)

    def run(query: Query) -> bytes | None:
        signal.alarm(PATIENCE)
        try:
            found = graph.query(_PREFIXES + query.text)
            form = "nt" if query.accept == TRIPLES else "json"
            return found.serialize(format=form) or b""
        except TimeoutError:
            return None
        finally:
            signal.alarm(0)

    return run


# -------------------------------------------------------------------------------------- table


@dataclass(frozen=True, slots=True)
class Row:
    """The medians of one query in milliseconds; of rdflib None where it was stopped."""

    query: Query
    answers: int
    ours: float
    bare: float
    rdflib: float | None
    agreed: bool

    @property
    def allowed(self) -> float:
        """What ours may take."""
        return self.bare * (1 + MARGIN) + MARGIN_MS

    @property
    def pace(self) -> float:
        """How many times our time goes into rdflib's, at least."""
        return self.slow / self.ours

    @property
    def slow(self) -> float:
        """What rdflib took, at least."""
        return PATIENCE * 1000 if self.rdflib is None else self.rdflib

    @property
    def misses(self) -> tuple[str, ...]:
        """The targets that are missed."""
        missed = []
        if self.ours > self.allowed:
            missed.append("slower than allowed")
        heavy = self.query.kind in ("join", "aggregate") and self.slow >= PACE * MARGIN_MS
        if heavy and self.pace < PACE:
            missed.append(f"{self.pace:.1f} times rdflib")
        if not self.agreed:
            missed.append("other answers")
        return tuple(missed)


def measure(query: Query, ours: Endpoint, bare: Peer, rdflib: Peer) -> Row:
    """Ask a query of all three, ours and pyoxigraph in turns."""
    ours.run(query), bare.run(query)
    spent: tuple[list[float], list[float]] = ([], [])
    counts = set()
    end = time.monotonic() + BUDGET
    while len(spent[0]) < ROUNDS and (len(spent[0]) < 3 or time.monotonic() < end):
        for run, times in zip((ours.run, bare.run), spent, strict=True):
            found = run(query)
            assert found is not None
            times.append(found[0])
            counts.add(found[1])
    slow: list[float] = []
    while len(slow) < 3 and sum(slow) < 1000:
        found = rdflib.run(query)
        if found is None:
            break
        slow.append(found[0])
        # A LIMIT without an order may cut elsewhere, but not at another length.
        counts.add(found[1])
    return Row(query, max(counts), median(spent[0]), median(spent[1]),
               median(slow) if slow else None, len(counts) == 1)  # fmt: skip


def print_row(cells: Sequence[str]) -> None:
    """A line of the table, its first two columns to the left."""
    print("".join(f"{cell:<{width}s}" if place < 2 else f"{cell:>{width}s}"
                  for place, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))),
          flush=True)  # fmt: skip


def compare(size: int, folder: Path, options: Sequence[str]) -> list[Row]:
    """The rows of one size, printed as they come."""
    quads, directory = folder / f"{size}.nq", folder / f"{size}"
    count = write_quads(size, quads)
    fill_graph(quads, directory)
    print(f"\n{count} quads")
    print_row(_COLUMNS)
    rows: list[Row] = []
    peers = Peer("bare", directory), Peer("rdflib", quads)
    try:
        with serve(directory, *options) as (_, port):
            ours = Endpoint(port)
            for query in QUERIES:
                row = measure(query, ours, *peers)
                rows.append(row)
                slow = f"> {PATIENCE * 1000}" if row.rdflib is None else f"{row.rdflib:.1f}"
                print_row((query.name, query.kind, str(row.answers), f"{row.ours:.1f}",
                           f"{row.bare:.1f}", f"{row.allowed:.1f}", slow,
                           f"{'> ' if row.rdflib is None else ''}{row.pace:.0f}x"))  # fmt: skip
    finally:
        for peer in peers:
            peer.close()
    return rows


def main(arguments: list[str]) -> int:
    """Print the table and the verdict; returns the exit code."""
    if arguments[:1] == ["--engine"]:
        answer_lines(arguments[1], Path(arguments[2]))
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--workers", default="4", help="of kg serve")
    options = parser.parse_args(arguments)
    missed = []
    with tempfile.TemporaryDirectory() as place:
        for size in map(int, options.sizes.split(",")):
            rows = compare(size, Path(place), ("--workers", options.workers))
            missed += [f"{size} {row.query.name}: {why}" for row in rows for why in row.misses]
    print("\nmissed: " + "; ".join(missed) if missed else "\nall targets met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
