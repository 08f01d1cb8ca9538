"""The server's side of the processes that fork its children."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kg.errors import GraphError, LimitError, LimitKind
from kg.sandbox import Limits
from kg.server.zygote import DONE, FORK, KILL, MESSAGE, OPEN, ZygoteKind

_RESTARTS = (0.0, 0.1, 0.5, 2.0, 10.0)
_READ_AT_ONCE = 1 << 18
# Then a child has a successor, and the memory that it could not give back is free. Were the child
# to count, it would be gone when it is asked again.
_REQUESTS_OF_A_CHILD = 500


@dataclass(slots=True)
class Child:
    """A child to talk to; `end` gives its exit code, negative for a signal.

    `kept` is set by whoever has had all of its answer, and may be asked again; `asked` counts how
    often it was lent.
    """

    number: int
    pipe: socket.socket
    end: asyncio.Future[int]
    kept: bool = False
    asked: int = 0

    async def send(self, data: bytes) -> None:
        """Send the request; a child that is ended meanwhile says so by its exit code."""
        with contextlib.suppress(ConnectionError):
            await asyncio.get_running_loop().sock_sendall(self.pipe, data)

    async def receive(self) -> bytes:
        """What has come of the answer, nothing at its end."""
        try:
            return await asyncio.get_running_loop().sock_recv(self.pipe, _READ_AT_ONCE)
        except ConnectionError:
            return b""


class Zygote:
    """A process that forks children; it is started again should it end."""

    def __init__(
        self, place: Path, limits: Limits, lock: IO[bytes] | None, kind: ZygoteKind
    ) -> None:
        self.stamp = ""
        self._place = place
        self._limits = limits
        self._lock = lock
        self._kind = kind
        self._idle: list[Child] = []
        self._generation = 0
        self._number = 0
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def listens(self) -> bool:
        """Whether the process is there to be asked."""
        return self._control is not None

    async def start(self) -> None:
        """Start the process; GraphError where it cannot open the graph."""
        ours, theirs = socket.socketpair()
        limits = self._limits
        arguments = (theirs.fileno(), self._place, self._kind.value, limits.seconds,
                     limits.memory, limits.answer)  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kg.server.zygote", *map(str, arguments)],
            pass_fds=[theirs.fileno(), *([self._lock.fileno()] if self._lock else [])],
            # The engine starts a dozen threads to write, and each would set memory aside.
            env={**os.environ, "MALLOC_ARENA_MAX": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        ours.setblocking(False)
        try:
            _, _, code, stamp = DONE.unpack(await self._receive(ours, DONE.size))
            if code:
                message = await asyncio.get_running_loop().sock_recv(ours, 4096)
                raise GraphError(message.decode(errors="replace"), path=self._place.parent)
        except BaseException:
            ours.close()
            raise
        self._control = ours
        self.stamp = stamp.decode()
        self._watching = asyncio.create_task(self._watch())

    async def retire(self) -> None:
        """End the process once its children have ended."""
        self._drop_idle()
        try:
            waiting = [end for end in self._ends.values() if not end.done()]
            if waiting:
                await asyncio.wait(waiting)
        finally:
            await self.stop()

    async def stop(self) -> None:
        """End the process and its children."""
        if self._watching is not None:
            self._watching.cancel()
        self._drop_idle()
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, 2.0)
            self._process.kill()
            self._process.wait()

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Child]:
        """A child to ask once; it is ended unless the caller says that all its answer has come."""
        generation = self._generation
        while self._idle:
            child = self._idle.pop()
            if not child.end.done():
                break
            child.pipe.close()
        else:
            child = await self._fork()
        child.asked += 1
        fresh = child.asked < _REQUESTS_OF_A_CHILD
        try:
            yield child
        finally:
            if child.kept and fresh and generation == self._generation and not child.end.done():
                child.kept = False
                self._idle.append(child)
            else:
                await self._drop(child)

    async def _fork(self) -> Child:
        number, end = self._count()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            try:
                await self._send(FORK, number, theirs)
            except BaseException:
                ours.close()
                raise
        return Child(number, ours, end)

    async def _drop(self, child: Child) -> None:
        child.pipe.close()
        if not child.kept and not child.end.done():
            with contextlib.suppress(LimitError):
                await self._send(KILL, child.number)
                await asyncio.wait([child.end], timeout=2.0)

    def _drop_idle(self) -> None:
        # They read the end of their pipe, and end.
        self._generation += 1
        while self._idle:
            self._idle.pop().pipe.close()

    async def reopen(self) -> None:
        """Let children to come see the store as it is now."""
        self._drop_idle()
        number, end = self._count()
        await self._send(OPEN, number)
        await end

    def _count(self) -> tuple[int, asyncio.Future[int]]:
        self._number = (self._number + 1) % (1 << 32)
        end = self._ends[self._number] = asyncio.get_running_loop().create_future()
        return self._number, end

    async def _send(self, kind: bytes, number: int, pipe: socket.socket | None = None) -> None:
        control = self._control
        if control is None or control.fileno() < 0:
            raise LimitError("the server is stopping or starting", limit=LimitKind.CRASH)
        files = [] if pipe is None else [pipe.fileno()]
        while True:
            try:
                socket.send_fds(control, [MESSAGE.pack(kind, number)], files)
            except BlockingIOError:
                # It takes but a moment to listen.
                await asyncio.sleep(0.002)
            except OSError as error:
                message = "the server has lost its graph for a moment, try again"
                raise LimitError(message, limit=LimitKind.CRASH) from error
            else:
                return

    async def _receive(self, control: socket.socket, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = await asyncio.get_running_loop().sock_recv(control, size - len(data))
            if not part:
                message = f"the graph at {self._place.parent} cannot be opened: see the lines above"
                raise GraphError(message, path=self._place.parent)
            data += part
        return data

    async def _watch(self) -> None:
        """Take note of what has ended; where the process itself has, start it again."""
        assert self._control is not None
        while True:
            try:
                message = await self._receive(self._control, DONE.size)
                _, number, code, stamp = DONE.unpack(message)
            except (GraphError, OSError):
                break
            self.stamp = stamp.decode()
            waiting = self._ends.pop(number, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(code)
        for waiting in self._ends.values():
            if not waiting.done():
                waiting.set_result(-signal.SIGKILL)
        self._ends.clear()
        self._drop_idle()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        for patience in _RESTARTS:
            await asyncio.sleep(patience)
            # While another writes, the files of the store may change under it.
            with contextlib.suppress(GraphError):
                await self.start()
                return
