"""The log: a line of JSON for each request and for what goes wrong."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from queue import Full, Queue
from threading import Thread

from kg.errors import ConcordError

_LONGEST = 500
_MOST_WAITING = 10_000
_PATIENCE = 2.0
# Said by the HTTP library of answers that were broken off on purpose, and of those cut at the end.
_KNOWN = ("ASGI callable returned without completing response", "Cancel ")

Record = Callable[[Mapping[str, object]], None]
"""Takes the facts of an event into the log."""


@contextmanager
def open_log(place: str) -> Iterator[Record]:
    """A log that appends to a file, writes to standard error for "-", and is silent for "off".

    Raises ConcordError for a file that cannot be written.
    """
    if place == "off":
        yield _discard
        return
    try:
        # Unbuffered: the interpreter at its end would wait for the lock of a buffer.
        if place == "-":
            out = open(sys.stderr.fileno(), "ab", buffering=0, closefd=False)  # noqa: SIM115
        else:
            out = Path(place).open("ab", buffering=0)  # noqa: SIM115
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConcordError(f"the log {place} cannot be written: {reason}") from error
    with out, _write_beside(out) as record:
        yield record


@contextmanager
def take_warnings(record: Record) -> Iterator[None]:
    """Have what the HTTP library warns of in the log for as long as the context lasts."""
    logger = logging.getLogger("uvicorn.error")
    handler = _Handler(record)
    before = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = before


def _discard(facts: Mapping[str, object]) -> None:
    """Keep nothing."""


@contextmanager
def _write_beside(out: FileIO) -> Iterator[Record]:
    """Write lines in a thread of its own: whoever reads them slowly must not hold up the server.

    Lines that come faster than they can be written are left out, and how many were is told.
    """
    lines: Queue[str | None] = Queue(_MOST_WAITING)
    lost = 0

    def take(facts: Mapping[str, object]) -> None:
        nonlocal lost
        line = {"time": _tell_time(), **_shorten(facts)}
        if lost:
            line["lines_lost"] = lost
        try:
            lines.put_nowait(json.dumps(line))
            lost = 0
        except Full:
            lost += 1

    def write() -> None:
        while (line := lines.get()) is not None:
            # A full disk or a reader that has gone must not end the log.
            with suppress(OSError, ValueError):
                data = f"{line}\n".encode()
                while data:
                    data = data[out.write(data) :]

    writing = Thread(target=write, name="log", daemon=True)
    writing.start()
    try:
        yield take
    finally:
        with suppress(Full):
            lines.put(None, timeout=_PATIENCE)
            writing.join(_PATIENCE)


def _tell_time() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _shorten(facts: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value[:_LONGEST] if isinstance(value, str) else value for name, value in facts.items()
    }


class _Handler(logging.Handler):
    """Writes one line for each warning, for an error with the place where it arose."""

    def __init__(self, record: Record) -> None:
        super().__init__(logging.WARNING)
        self._record = record

    def emit(self, record: logging.LogRecord) -> None:
        """Write one event."""
        message = " ".join(record.getMessage().split())
        error = record.exc_info[1] if record.exc_info else None
        if message.startswith(_KNOWN) or isinstance(error, KeyboardInterrupt):
            return
        facts: dict[str, object] = {"level": record.levelname.lower(), "message": message}
        if error is not None:
            facts["error"] = repr(error)
            frames = traceback.extract_tb(error.__traceback__)
            if frames:
                facts["where"] = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
        self._record(facts)
