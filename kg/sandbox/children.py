"""Doing one piece of work in a forked child, and taking its answer as it comes."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from typing import BinaryIO, NoReturn

from kg.errors import ConcordError, LimitError, LimitKind
from kg.sandbox.confinement import Limits, confine, start_clock
from kg.sandbox.frames import FrameReader, FrameWriter, Header

Work = Callable[[FrameWriter], None]
"""What a child does: it writes its answer, and may set the header before it has begun."""


def work_limited(work: Work, limits: Limits, out: BinaryIO) -> NoReturn:
    """In a fresh child: do the work, answer into the pipe, and end the process in any case."""
    try:
        confine(limits)
        start_clock(limits)
        done = answer_with(work, out)
        os._exit(0 if done else 1)
    finally:
        os._exit(1)


def answer_with(work: Work, out: BinaryIO) -> bool:
    """Do the work and write its frames; false where the answer broke off.

    An error of Concord's becomes the header, as `error`, `message` and `kind`, if nothing has gone
    out. Memory that is wanting ends the process.
    """
    writer = FrameWriter(out)
    try:
        work(writer)
    except ConcordError as error:
        if writer.begun:
            return False
        writer.reset()
        facts = {"error": type(error).__name__, "message": str(error), "kind": _find_kind(error)}
        writer.header = Header(facts)
    except MemoryError:
        os.kill(os.getpid(), signal.SIGKILL)
    writer.finish()
    return True


def _find_kind(error: ConcordError) -> str | None:
    kind = getattr(error, "kind", None)
    return None if kind is None else str(kind.value)


def run_limited(work: Work, limits: Limits) -> Iterator[Header | bytes]:
    """Do the work in a child; gives its header, then the pieces of its answer as they come.

    Raises LimitError where it passes its limits or dies.
    """
    if not hasattr(os, "fork"):
        message = "this needs a system with fork: use Linux or macOS"
        raise LimitError(message, limit=LimitKind.CRASH)
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # The engine's idle threads make Python warn of forking; the child needs none of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(reading)
        work_limited(work, limits, open(writing, "wb"))  # noqa: SIM115 - it ends with the process
    os.close(writing)
    status: int | None = None
    reader = FrameReader()
    try:
        yield from _receive(reading, reader, limits)
        if not reader.ended:
            _, status = os.waitpid(child, 0)
            raise explain_end(os.waitstatus_to_exitcode(status), limits)
    finally:
        os.close(reading)
        if status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _receive(pipe: int, reader: FrameReader, limits: Limits) -> Iterator[Header | bytes]:
    # A little longer than the child has, which is better placed to say what was wrong.
    deadline = time.monotonic() + limits.seconds + 0.5
    size = 0
    while not reader.ended:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise explain_end(-signal.SIGALRM, limits)
        part = os.read(pipe, 1 << 20)
        if not part:
            return
        size += len(part)
        if size > limits.answer:
            raise explain_size(limits)
        yield from reader.feed(part)


def explain_end(code: int, limits: Limits) -> LimitError:
    """Why a child ended without an answer, by its exit code (negative: the signal)."""
    if code == -signal.SIGALRM:
        message = f"it took longer than {limits.seconds:g} s"
        return LimitError(message, limit=LimitKind.TIME)
    if code == -signal.SIGXCPU:
        return LimitError("it took too much processor time", limit=LimitKind.TIME)
    message = "it nests too deep or needs too much memory"
    return LimitError(message, limit=LimitKind.CRASH)


def explain_size(limits: Limits) -> LimitError:
    """That an answer is larger than allowed."""
    message = f"the answer is larger than {limits.answer >> 20} MiB"
    return LimitError(message, limit=LimitKind.SIZE)
