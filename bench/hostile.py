"""A hostile hour, condensed: `python -m bench.hostile [--seconds 60]`.

Against a `kg serve` of its own, on a generated graph that may be written: every request of
`bench.attacks` again and again, slow clients, half-closed sockets and garbage, and beside them
small queries from 16 connections, a stream of updates, and /health every 100 ms. Then all processes
of the server are killed at once and it is started again. Prints what came of it, and exits with 1
where a target is missed. Everything stays on the loopback interface and has an end.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import multiprocessing
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import Empty
from statistics import median, quantiles
from typing import Any, Self

from bench.attacks import QUERY, list_attacks
from bench.query import await_health, fill_graph, find_port, write_quads
from bench.storm import ACKED, PATIENCE, Storm, Trap, attack, dawdle, pester, update

QUADS, SMALL, CONNECTIONS, ATTACKERS = 20_000, 10_000, 16, 4
TIMEOUT = 5
HEALTH_MS, PEAK_MB, LEFT_MB = 200.0, 8192, 512
_PREFIX = "PREFIX o: <https://example.org/o#> PREFIX r: <https://example.org/r/> "
_SMALL = (
    "ASK { r:s3 a o:State }",
    "SELECT ?p ?o { r:s7 ?p ?o } ORDER BY ?p ?o",
    "SELECT ?l { ?l o:leads r:s5 } ORDER BY ?l",
    "SELECT ?b ?s { ?s o:memberOf ?b } ORDER BY ?b ?s LIMIT 10",
    "SELECT (COUNT(*) AS ?n) { ?s o:signs ?t }",
)
_RAISED = re.compile(r"^(?:\w+\.)*\w+(?:Error|Exception)\b.*", re.MULTILINE)
_OURS = (
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o }"
    ' FILTER(!STRSTARTS(STR(?g), "urn:hostile:")) } GROUP BY ?g ORDER BY ?g'
)


# -------------------------------------------------------------------------------------- server


class Server:
    """A `kg serve` in a session of its own, all of whose processes can be found and killed."""

    def __init__(self, graph: Path, token: Path, log: Path, workers: int) -> None:
        self.port = find_port()
        self._command = [
            sys.executable, "-m", "kg", "serve", "--graph", str(graph), "--port", str(self.port),
            "--writable", "--token-file", str(token), "--timeout", str(TIMEOUT),
            "--workers", str(workers),
        ]  # fmt: skip
        self._log = log
        self.start()

    def start(self) -> None:
        """Start it and wait until it is well."""
        with self._log.open("ab") as out:
            self.process = subprocess.Popen(
                self._command, stdout=out, stderr=out, start_new_session=True
            )
        self._sessions = {self.process.pid}
        await_health(self.process, self.port)

    def list_processes(self) -> list[int]:
        """The server's processes, those that lost their parent too."""
        return list_processes(self._sessions)

    def kill(self) -> None:
        """Kill every process of it, as losing power would."""
        for _ in range(50):
            found = self.list_processes()
            if not found:
                break
            for pid in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.poll()
            time.sleep(0.02)
        self.process.wait(10)

    def stop(self) -> float:
        """End it as an operator would; gives the seconds that it took."""
        start = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        return time.monotonic() - start


def list_processes(sessions: set[int]) -> list[int]:
    """The living processes of some sessions and all that came from them, whose sessions are added.

    A session outlives the parents in it, so that orphans are found too.
    """
    found: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # After the name, which may hold anything: state, parent, group, session.
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if fields[0] != "Z":
                    found[int(entry.name)] = int(fields[1]), int(fields[3])
    ours: set[int] = set()
    while True:
        more = {
            pid
            for pid, (parent, session) in found.items()
            if pid not in ours and (session in sessions or parent in ours)
        }
        if not more:
            return sorted(ours)
        ours |= more
        sessions |= {found[pid][1] for pid in more}


def measure_memory(pids: list[int]) -> float:
    """The megabytes that processes hold together, what they share counted once."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return total / 1024


# -------------------------------------------------------------------- watchers, each a process


def probe_health(port: int, stop: Event, out: Queue[Any]) -> None:
    """Ask /health every 100 ms on a new connection; reports the milliseconds and the failures."""
    spent, failed = [], 0
    while not stop.is_set():
        start = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/health")
            response = connection.getresponse()
            response.read()
            failed += response.status != 200
        except (OSError, http.client.HTTPException):
            failed += 1
        finally:
            connection.close()
        spent.append((time.perf_counter() - start) * 1000)
        time.sleep(max(0.0, 0.1 - spent[-1] / 1000))
    out.put((spent, failed))


def watch_memory(leader: int, stop: Event, out: Queue[Any]) -> None:
    """Sample the memory and the number of the server's processes; reports the peak of each."""
    peak, most, sessions = 0.0, 0, {leader}
    while not stop.wait(0.1):
        pids = list_processes(sessions)
        peak, most = max(peak, measure_memory(pids)), max(most, len(pids))
    out.put((peak, most))


def ask_small(port: int, right: dict[str, bytes], stop: Event, out: Queue[Any]) -> None:
    """Ask small queries from many connections, each until it is answered; reports on them."""
    numbers = itertools.count()
    answered: list[tuple[float, float]] = []
    tally: Counter[str] = Counter()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (number := next(numbers)) < SMALL and not stop.is_set():
            text = _SMALL[number % len(_SMALL)]
            start = time.monotonic()
            while not stop.is_set():
                try:
                    status, body = ask(connection, text)
                except (OSError, http.client.HTTPException):
                    connection.close()
                    tally["broken off"] += 1
                    continue
                if status == 200:
                    tally["right" if body == right[text] else "wrong"] += 1
                    moment = time.monotonic()
                    answered.append((moment, (moment - start) * 1000))
                    break
                tally[f"turned away ({status})"] += 1
                time.sleep(0.05)

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out.put((answered, dict(tally)))


def ask(connection: http.client.HTTPConnection, text: str) -> tuple[int, bytes]:
    """A query's status and its answer in JSON."""
    headers = {"Content-Type": QUERY, "Accept": "application/sparql-results+json"}
    connection.request("POST", "/sparql", (_PREFIX + text).encode(), headers)
    response = connection.getresponse()
    return response.status, response.read()


class Beside:
    """A watcher in a process of its own; ended when the context is left."""

    def __init__(self, target: Callable[..., None], *arguments: object) -> None:
        context = multiprocessing.get_context("spawn")
        self._stop, self._out = context.Event(), context.Queue()
        arguments = (*arguments, self._stop, self._out)
        self._process = context.Process(target=target, args=arguments, daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._stop.set()
        self._process.join(1)
        self._process.kill()

    def wait(self, seconds: float) -> Any:  # noqa: ANN401
        """What it reports, if it does so of itself in that time."""
        try:
            return self._out.get(timeout=seconds)
        except Empty:
            return None

    def finish(self) -> Any:  # noqa: ANN401
        """What it reports once it is told to end."""
        self._stop.set()
        return self._out.get(timeout=90)


# -------------------------------------------------------------------------------------- verdict


@dataclass(slots=True)
class Verdict:
    """The targets one by one."""

    missed: list[str] = field(default_factory=list)

    def state(self, what: str, found: object, target: str, *, met: bool) -> None:
        """Print a line."""
        print(f"{what:<38s}{found!s:>18s}   {target:<26s}{'ok' if met else 'MISSED'}", flush=True)
        if not met:
            self.missed.append(what)


def query_json(port: int, text: str) -> list[dict[str, Any]]:
    """The solutions of a query that has time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    status, body = ask(connection, text)
    connection.close()
    if status != 200:
        raise RuntimeError(f"{status} {body[:200]!r}")
    return list(json.loads(body)["results"]["bindings"])


def count_quads(port: int) -> dict[str, int]:
    """The number of triples in each graph that is not the attackers'."""
    return {row["g"]["value"]: int(row["n"]["value"]) for row in query_json(port, _OURS)}


def run(seconds: float, folder: Path, workers: int, attackers: int) -> Verdict:
    """The whole of it."""
    graph, token, log = folder / "graph", folder / "token", folder / "log"
    write_quads(QUADS, folder / "quads.nq")
    fill_graph(folder / "quads.nq", graph)
    token.write_text(secrets.token_urlsafe(32), encoding="ascii")
    token.chmod(0o600)
    trap, verdict = Trap(), Verdict()
    server = Server(graph, token, log, workers)
    try:
        before = count_quads(server.port)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        right = {text: ask(connection, text)[1] for text in _SMALL}
        connection.close()
        attacks = list_attacks(trap.port)
        random.Random(7).shuffle(attacks)
        storm = Storm(server.port, token.read_text(), attacks)
        rage(server, storm, right, verdict, seconds, attackers)
        kill_and_restart(server, storm, before, verdict)
        verdict.state("requests at the trap", len(trap.seen), "0", met=not trap.seen)
        spent = server.stop()
        verdict.state("seconds to stop", f"{spent:.1f}", "< 20", met=spent < 20)
        left = server.list_processes()
        verdict.state("processes left", len(left), "0", met=not left)
    finally:
        server.kill()
    text = log.read_text(encoding="utf-8", errors="replace")
    verdict.state("tracebacks in the log", text.count("Traceback"), "0",
                  met="Traceback" not in text)  # fmt: skip
    for line in sorted(set(_RAISED.findall(text)))[:10]:
        print(f"  the log has {line[:200]}")
    for data in trap.seen[:10]:
        print(f"  the trap saw {data!r}")
    return verdict


def rage(
    server: Server,
    storm: Storm,
    right: dict[str, bytes],
    verdict: Verdict,
    seconds: float,
    attackers: int,
) -> None:
    """Let the storm loose, longer if attacks or small queries are left; then let those end."""
    calm = measure_memory(server.list_processes())
    pid, port = server.process.pid, server.port
    with (
        Beside(probe_health, port) as probing,
        Beside(watch_memory, pid) as watching,
        Beside(ask_small, port, right) as asking,
    ):
        # A process takes its time to start, the more so amid a storm.
        time.sleep(2)
        start = time.monotonic()
        threads = [threading.Thread(target=attack, args=(storm,)) for _ in range(attackers)]
        threads += [threading.Thread(target=each, args=(storm,)) for each in (pester, dawdle)]
        threads.append(threading.Thread(target=update, args=(storm,)))
        for thread in threads:
            thread.start()
        while time.monotonic() - start < seconds and server.process.poll() is None:
            time.sleep(0.2)
        asked = asking.wait(seconds)
        while storm.sent < len(storm.attacks) and time.monotonic() - start < 4 * seconds:
            time.sleep(0.2)
        end = time.monotonic()
        storm.stop.set()
        for thread in threads:
            thread.join(PATIENCE)
        asked = asked or asking.wait(2 * seconds) or asking.finish()
        health, failed = probing.finish()
        peak, most = watching.finish()
    print_families(storm, end - start)
    judge_health(health, failed, verdict)
    answered, tally = asked
    judge_small(answered, tally, end, verdict)
    count = len(storm.attacks)
    verdict.state("attacks sent", storm.sent, f"each of {count}", met=storm.sent >= count)
    longest = max(storm.slowest.values())
    verdict.state("longest request, s", f"{longest:.1f}", f"< {PATIENCE}", met=longest < PATIENCE)
    verdict.state("improper answers, or none", sum(storm.improper.values()), "0",
                  met=not storm.improper)  # fmt: skip
    verdict.state("memory at its peak, MB", f"{peak:.0f}", f"< {PEAK_MB}", met=peak < PEAK_MB)
    verdict.state("processes at most", most, "", met=True)
    time.sleep(TIMEOUT)
    after = measure_memory(server.list_processes())
    verdict.state("memory before and after, MB", f"{calm:.0f}, {after:.0f}",
                  f"< {LEFT_MB} more", met=after < calm + LEFT_MB)  # fmt: skip
    alive = server.process.poll() is None
    verdict.state("server lives", alive, "True", met=alive)


def judge_health(health: list[float], failed: int, verdict: Verdict) -> None:
    """Hold what /health answered against the target."""
    verdict.state("health, longest ms", f"{max(health):.0f}", f"< {HEALTH_MS:.0f}",
                  met=max(health) < HEALTH_MS)  # fmt: skip
    verdict.state("health, p99 ms", f"{quantiles(health, n=100)[-1]:.0f}",
                  f"of {len(health)}", met=True)  # fmt: skip
    verdict.state("health, failures", failed, "0", met=not failed)


def judge_small(
    answered: list[tuple[float, float]], tally: dict[str, int], end: float, verdict: Verdict
) -> None:
    """Hold what came of the small queries against the target."""
    verdict.state("small queries, right", tally.get("right", 0), f"{SMALL}",
                  met=tally.get("right") == SMALL)  # fmt: skip
    for name, times in sorted(tally.items()):
        if name != "right":
            verdict.state(f"small queries, {name}", times, "0 but for 503",
                          met="503" in name)  # fmt: skip
    amid = [spent for moment, spent in answered if moment < end]
    verdict.state("small queries amid the storm", len(amid), "", met=True)
    if len(amid) > 1:
        found = f"{median(amid):.0f}, {quantiles(amid, n=100)[-1]:.0f}"
        verdict.state("their median and p99, ms", found, "", met=True)


def print_families(storm: Storm, length: float) -> None:
    """What came of the attacks, family by family."""
    print(f"{length:.0f} s of storm\n{'attacks':<16s}{'longest s':>10s}  answers")
    for family, found in sorted(storm.statuses.items()):
        answers = ", ".join(f"{status}: {times}" for status, times in sorted(found.items()))
        print(f"{family:<16s}{storm.slowest[family]:>10.1f}  {answers}")
    for name, times in sorted(storm.improper.items()):
        print(f"  improper: {name} ({times} times)")
    print()


def kill_and_restart(
    server: Server, storm: Storm, before: dict[str, int], verdict: Verdict
) -> None:
    """Kill all processes amid updates, start again, and see that nothing is lost."""
    count = len(storm.acked)
    again = Storm(server.port, storm.token, [], first=max(storm.acked, default=0) + 1)
    writer = threading.Thread(target=update, args=(again,))
    writer.start()
    time.sleep(3)
    server.kill()
    again.stop.set()
    writer.join(60)
    gone = not server.list_processes()
    verdict.state("all processes killed", gone, "True", met=gone)
    start = time.monotonic()
    server.start()
    verdict.state("seconds to start again", f"{time.monotonic() - start:.1f}", "", met=True)
    try:
        rows = query_json(server.port, f"SELECT ?n {{ GRAPH <{ACKED}> {{ ?s <urn:p> ?n }} }}")
        after = count_quads(server.port)
    except RuntimeError as error:
        verdict.state("answers after the start", str(error), "200", met=False)
        return
    found = {int(row["n"]["value"]) for row in rows}
    lost = {*storm.acked, *again.acked} - found
    verdict.state("updates acknowledged", f"{count} + {len(again.acked)}", "some",
                  met=bool(count and again.acked))  # fmt: skip
    verdict.state("acknowledged updates lost", len(lost), "0", met=not lost)
    verdict.state("quads before and after", f"{sum(before.values())}, {sum(after.values())}",
                  "the same", met=before == after)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Print the table and the verdict; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=4, help="of kg serve")
    parser.add_argument("--attackers", type=int, default=ATTACKERS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        verdict = run(options.seconds, Path(place), options.workers, options.attackers)
    print("\nmissed: " + "; ".join(verdict.missed) if verdict.missed else "\nall targets met")
    return 1 if verdict.missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
