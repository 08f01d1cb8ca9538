"""The process that forks limited children, each of which answers one request at a time.

It has no thread but its own, so that forking is safe, reads nothing that came from outside, and
serves one other process over a socket. For children that read it holds the graph open, on disk or
as a copy in memory; children that write open the store for themselves, and come from a process
that has never opened it.

To it come messages of a letter and a number: F forks a child, whose end of a pipe comes along, K
ends the child of that number, O opens the store again. From it come D, the number and the exit
code of a child that has ended or of the opening, and the stamp of the store as it is now.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import struct
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from kg.errors import GraphError
from kg.iris import hash_content
from kg.query.answering import Fetched, carry_out
from kg.query.requests import GraphRequest, QueryRequest, Request, UpdateRequest
from kg.rdf import QuadStore
from kg.sandbox import (
    FrameWriter,
    Limits,
    answer_with,
    confine,
    read_request,
    start_clock,
    stop_clock,
)
from kg.store import forget_derived, list_store_files, translate_errors

MESSAGE = struct.Struct(">cI")
DONE = struct.Struct(">cIi16s")
FORK, KILL, OPEN, ENDED = b"F", b"K", b"O", b"D"
_KINDS: dict[str, Callable[..., Request]] = {
    kind.__name__: kind for kind in (QueryRequest, UpdateRequest, GraphRequest)
}
_NICENESS = 5
# What the engine sets aside, for its threads above all, before it has written anything.
_WRITER_MEMORY = 512 << 20
_MOST_COPIED = 3_000_000


class ZygoteKind(Enum):
    """What the children of a process do: read the store on disk or a copy in memory, or write."""

    DISK = "disk"
    MEMORY = "memory"
    WRITING = "writing"


@dataclass(slots=True)
class _State:
    """The store where it is open, and the children by process number, each with its request's."""

    place: Path
    limits: Limits
    control: socket.socket
    store: QuadStore | None = None
    stamp: bytes = b""
    children: dict[int, int] = field(default_factory=dict)


def compute_stamp(place: Path) -> bytes:
    """Sixteen letters that change whenever the data of a store do."""
    return hash_content(*list_store_files(place)).encode()


def main() -> None:
    """Serve the socket whose number is the first argument until it closes."""
    number, place = int(sys.argv[1]), Path(sys.argv[2])
    kind = ZygoteKind(sys.argv[3])
    writes = kind is ZygoteKind.WRITING
    memory = int(sys.argv[5]) + (_WRITER_MEMORY if writes else 0)
    opens = kind is not ZygoteKind.MEMORY
    limits = Limits(float(sys.argv[4]), memory, int(sys.argv[6]), opens=opens, writes=writes)
    control = socket.socket(fileno=number)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    waking, woken = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(waking, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    warnings.simplefilter("ignore", DeprecationWarning)
    state = _State(place, limits, control)
    try:
        if kind is not ZygoteKind.WRITING:
            _open_store(state)
        if kind is ZygoteKind.MEMORY:
            _copy_store(state)
    except GraphError as error:
        _tell(control, DONE.pack(ENDED, 0, 1, b"") + str(error).encode())
        return
    _tell(control, DONE.pack(ENDED, 0, 0, state.stamp))
    gc.freeze()
    while True:
        ready, _, _ = select.select([control.fileno(), waking], [], [])
        if waking in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(waking, 4096)
            _reap(state)
        if control.fileno() in ready and not _take_message(state):
            break
    for child in state.children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _tell(control: socket.socket, message: bytes) -> None:
    # Where nobody listens any more, the next message to be read says so.
    with contextlib.suppress(ConnectionError):
        control.sendall(message)


def _take_message(state: _State) -> bool:
    """Do what the next message says; false where there is none to come."""
    try:
        data, files, _, _ = socket.recv_fds(state.control, MESSAGE.size, 1)
    except ConnectionError:
        return False
    while data and len(data) < MESSAGE.size:
        more = state.control.recv(MESSAGE.size - len(data))
        data = data + more if more else b""
    if not data:
        return False
    kind, number = MESSAGE.unpack(data)
    if kind == KILL:
        for child, known in state.children.items():
            if known == number:
                os.kill(child, signal.SIGKILL)
        return True
    if kind == OPEN:
        _open_store(state)
        _tell(state.control, DONE.pack(ENDED, number, 0, state.stamp))
        return True
    pipe = files[0]
    child = os.fork()
    if child == 0:
        _serve(state, pipe)
    os.close(pipe)
    state.children[child] = number
    return True


def _open_store(state: _State) -> None:
    with translate_errors(state.place.parent):
        state.store = QuadStore(state.place, read_only=True)
        # Nobody writes now: files would come and go.
        state.stamp = compute_stamp(state.place)


def _copy_store(state: _State) -> None:
    assert state.store is not None
    if len(state.store) > _MOST_COPIED:
        raise GraphError("too large to be copied", path=state.place.parent)
    with translate_errors(state.place.parent):
        state.store = state.store.copy()


def _reap(state: _State) -> None:
    while state.children:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if child == 0:
            return
        number = state.children.pop(child)
        code = os.waitstatus_to_exitcode(status)
        _tell(state.control, DONE.pack(ENDED, number, code, state.stamp))


# ------------------------------------------------------------------------------- in the child


def _serve(state: _State, pipe: int) -> NoReturn:
    """Answer requests, one that writes or any number that read, and end the process."""
    try:
        if state.store is not None:
            os.nice(_NICENESS)
        signal.set_wakeup_fd(-1)
        state.control.close()
        confine(state.limits)
        source = open(pipe, "rb", closefd=False)  # noqa: SIM115 - they end with the process
        out = open(pipe, "wb", closefd=False)  # noqa: SIM115
        # Until the other end of the pipe closes: whoever asks knows when it has asked enough.
        while True:
            # Read here, where a client that sends slowly delays nobody.
            request, known = decode_request(*read_request(source))
            start_clock(state.limits)
            if not answer_with(partial(_work, state, request, known), out):
                break
            stop_clock()
            if state.store is None:
                os._exit(0)
    finally:
        os._exit(1)


def _work(
    state: _State, request: Request, known: dict[tuple[str, str, str], Fetched], out: FrameWriter
) -> None:
    def open_store() -> QuadStore:
        if state.store is not None:
            return state.store
        forget_derived(state.place.parent)
        return QuadStore(state.place)

    with translate_errors(state.place.parent):
        carry_out(open_store, request, known, out)


def encode_request(
    request: Request, known: dict[tuple[str, str, str], Fetched]
) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """A request, and what was fetched for it, as facts and parts for a child."""
    payloads: tuple[tuple[str, bytes], ...] = getattr(request, "payloads", ())
    names = [name for name in type(request).__slots__ if name != "payloads"]
    facts: dict[str, Any] = {
        "kind": type(request).__name__,
        "request": {name: getattr(request, name) for name in names},
        "payloads": [media_type for media_type, _ in payloads],
        "known": [[*need, got.media_type, got.problem] for need, got in known.items()],
    }
    parts = (*(body for _, body in payloads), *(got.body for got in known.values()))
    return facts, parts


def decode_request(
    facts: dict[str, Any], parts: tuple[bytes, ...]
) -> tuple[Request, dict[tuple[str, str, str], Fetched]]:
    """The request that `encode_request` took apart, and what was fetched for it."""
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in facts["request"].items()
    }
    types = facts["payloads"]
    if facts["kind"] == "GraphRequest":
        given["payloads"] = tuple(zip(types, parts, strict=False))
    known = {
        (kind, iri, query): Fetched(media_type, body, problem)
        for (kind, iri, query, media_type, problem), body in zip(
            facts["known"], parts[len(types) :], strict=True
        )
    }
    return _KINDS[facts["kind"]](**given), known


if __name__ == "__main__":
    main()
