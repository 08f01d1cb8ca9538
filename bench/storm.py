"""Hostile clients of `kg serve`, each a thread: what `bench.attacks` holds, slowness, garbage."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import socket
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.attacks import (
    TURTLE,
    UPDATE,
    Attack,
    break_off,
    graph_path,
    list_garbage,
    send_garbage,
)

# Slow clients of a kind at a time, and how many of a kind may come in a second.
PATIENCE, SLOW, COMING = 60, 30, 4
ACKED = "urn:hostile:acked"
# Answers that a service may give to what it cannot or will not do.
_PROPER = {100, 200, 201, 204, 400, 401, 403, 404, 405, 406, 408, 411, 413, 414, 415, 421, 422, 426,
           429, 431, 502, 503}  # fmt: skip


@dataclass(slots=True)
class Storm:
    """What the attackers share, and what they saw."""

    port: int
    token: str
    attacks: list[Attack]
    stop: threading.Event = field(default_factory=threading.Event)
    statuses: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    slowest: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    improper: Counter[str] = field(default_factory=Counter)
    turns: Iterator[int] = field(default_factory=itertools.count)
    sent: int = 0
    first: int = 0
    acked: list[int] = field(default_factory=list)

    def note(self, family: str, name: str, status: str, spent: float, told: bytes = b"") -> None:
        """Keep what came of a request; `told` is how its answer begins."""
        self.statuses[family][status] += 1
        self.slowest[family] = max(self.slowest[family], spent)
        if status == "no answer":
            self.improper[f"{family}, {name}: no answer"] += 1
        elif status.isdigit() and int(status) not in _PROPER:
            self.improper[f"{family}, {name}: {status} {told[:150]!r}"] += 1


def attack(storm: Storm) -> None:
    """Send the attacks in turn with others, again and again."""
    while not storm.stop.is_set():
        # Counting is one step of the interpreter, so that no two take the same.
        each = storm.attacks[next(storm.turns) % len(storm.attacks)]
        start = time.monotonic()
        status, told = send(storm, each)
        storm.note(each.family, each.name, status, time.monotonic() - start, told)
        storm.sent += 1


def send(storm: Storm, each: Attack) -> tuple[str, bytes]:
    """Send a request; gives the status, or how it broke off, and how the answer begins."""
    connection = http.client.HTTPConnection("127.0.0.1", storm.port, timeout=PATIENCE)
    headers = dict(each.headers)
    if each.trusted:
        headers["Authorization"] = f"Bearer {storm.token}"
    try:
        body: Iterator[bytes] | bytes | None = None if each.body is None else each.body()
        if each.body and not headers.keys() & {"Content-Length", "Transfer-Encoding"}:
            body = b"".join(each.body())
        chunked = headers.get("Transfer-Encoding") == "chunked"
        try:
            connection.request(each.method, each.path, body, headers, encode_chunked=chunked)
        except (BrokenPipeError, ConnectionResetError):
            # The server may answer and close before it has read a body that is too large.
            if connection.sock is None:
                return "closed", b""
        response = connection.getresponse()
        told = response.read(200)
        # An answer may be endless; what matters is that the server ends it.
        while response.read(1 << 20):
            pass
    except TimeoutError:
        return "no answer", b""
    except (OSError, http.client.HTTPException):
        return "closed", b""
    finally:
        connection.close()
    return str(response.status), told


def pester(storm: Storm) -> None:
    """Send what is no HTTP, and break off requests in their middle."""
    form = urlencode({"query": "SELECT * { ?s ?p ?o }"})
    request = f"GET /sparql?{form} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    for name, data in itertools.cycle(list_garbage(storm.port)):
        if storm.stop.is_set():
            return
        start = time.monotonic()
        storm.note("no HTTP", name, send_garbage(storm.port, data), time.monotonic() - start)
        with contextlib.suppress(OSError):
            break_off(storm.port, request)


def dawdle(storm: Storm) -> None:
    """Hold slow clients open: headers and bodies that trickle, answers left unread, halves."""
    host = b"Host: 127.0.0.1\r\n"
    # Some megabytes, more than all the buffers between us hold.
    form = urlencode({"query": "SELECT * { ?s ?p ?o }"}).encode()
    kind = b"Content-Type: application/sparql-query\r\n"
    openings = {
        "headers": b"GET /health HTTP/1.1\r\n" + host,
        "body": b"POST /sparql HTTP/1.1\r\n" + host + kind + b"Content-Length: 100000\r\n\r\n",
        "unread": b"GET /sparql?" + form + b" HTTP/1.1\r\n" + host + b"\r\n",
        "half": b"GET /sparql?" + form + b" HTTP/1.1\r\n" + host + b"\r\n",
        "idle": b"",
    }
    held: list[tuple[str, socket.socket]] = []
    try:
        while not storm.stop.wait(0.5):
            alive = Counter(name for name, _ in held)
            for name, opening in openings.items():
                for _ in range(min(SLOW - alive[name], COMING // 2)):
                    with contextlib.suppress(OSError):
                        held.append((name, open_slow(storm.port, opening, half=name == "half")))
                        storm.statuses["slow clients"][f"{name} opened"] += 1
            held = [each for each in held if trickle(*each)]
    finally:
        for _, connection in held:
            connection.close()


def open_slow(port: int, opening: bytes, *, half: bool) -> socket.socket:
    """A connection that has said its opening and takes in little at a time."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(2)
    connection.connect(("127.0.0.1", port))
    connection.sendall(opening)
    if half:
        connection.shutdown(socket.SHUT_WR)
    connection.setblocking(False)
    return connection


def trickle(name: str, connection: socket.socket) -> bool:
    """Move a byte; tells whether the server still holds the connection."""
    try:
        if name in ("headers", "body"):
            connection.send(b"X")
            return True
        if name == "idle":
            return connection.recv(1) != b""
        return connection.recv(16) != b""
    except BlockingIOError:
        return True
    except OSError:
        connection.close()
        return False


def update(storm: Storm) -> None:
    """Write a triple at a time, and keep the number of each that was acknowledged."""
    bearer = {"Authorization": f"Bearer {storm.token}"}
    connection = http.client.HTTPConnection("127.0.0.1", storm.port, timeout=60)
    for number in itertools.count(storm.first):
        if storm.stop.is_set():
            return
        triple = f"<urn:hostile:{number}> <urn:p> {number}"
        start = time.monotonic()
        try:
            if number % 10:
                text = f"INSERT DATA {{ GRAPH <{ACKED}> {{ {triple} }} }}"
                connection.request("POST", "/sparql", text, {"Content-Type": UPDATE, **bearer})
            else:
                path = graph_path(ACKED)
                connection.request("POST", path, f"{triple} .", {"Content-Type": TURTLE, **bearer})
            response = connection.getresponse()
            told = response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            time.sleep(0.05)
            continue
        if response.status in (200, 201, 204):
            storm.acked.append(number)
        storm.note("updates", "one triple", str(response.status), time.monotonic() - start, told)


class Trap:
    """A listener that nobody may ever reach."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.seen: list[bytes] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.settimeout(1)
                self.seen.append(connection.recv(200))
