"""The graph behind the server: whatever is asked goes to a child of the process that holds it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from kg.errors import ConcordError, LimitError, LimitKind, QueryError, QueryFault
from kg.query.answering import Fetched
from kg.query.fetching import check_allowed, fetch_outside
from kg.query.messages import shorten_message
from kg.query.requests import Answer, GraphRequest, Request, UpdateRequest
from kg.sandbox import FrameReader, Header, Limits, write_request
from kg.sandbox.children import explain_end, explain_size
from kg.server.forking import Child, Zygote
from kg.server.lanes import Lane
from kg.server.readers import Readers
from kg.server.spool import Room, Spool
from kg.server.zygote import ZygoteKind, encode_request
from kg.store import reserve_graph

_QUEUE = 256
_SPOOLED = 2 << 30
_PATIENCE = 10.0
_STATUSES = {
    QueryFault.MALFORMED: 400,
    QueryFault.REFUSED: 403,
    QueryFault.UNACCEPTABLE: 406,
    QueryFault.PAST_LIMITS: 413,
    QueryFault.UNSUPPORTED: 415,
    QueryFault.UNREACHED: 502,
}


@dataclass(slots=True)
class Counts:
    """What is going on, for whoever watches the server."""

    running: int = 0
    waiting: int = 0
    updates: int = 0
    ended: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Errand:
    """One request on its way: what a child is asked, and where its header and its body go."""

    request: Request
    known: dict[tuple[str, str, str], Fetched]
    writes: bool
    begun: asyncio.Future[Header]
    spool: Spool


class Engine:
    """Answers requests of the graph of a directory; get one from `open_engine`, then `close` it.

    At most `workers` children run at once, as many more of those that take long, and one that
    writes; a few hundred requests may wait.
    """

    def __init__(
        self,
        directory: Path,
        *,
        writable: bool,
        limits: Limits,
        workers: int,
        allowed_services: tuple[str, ...],
    ) -> None:
        self.directory = directory
        self.writable = writable
        self.counts = Counts()
        self._limits = limits
        self._allowed = allowed_services
        self._slots = asyncio.Semaphore(workers)
        self._slow_slots = asyncio.Semaphore(workers)
        self._writing = asyncio.Lock()
        self._room = Room(_SPOOLED, self._limits.seconds)
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        # What a server that was killed had running holds the graph until it notices.
        place, self._lock = reserve_graph(directory, shared=not writable, patience=_PATIENCE)
        self._readers = Readers(place, self._limits, self._lock)
        self._writers = Zygote(place, self._limits, self._lock, ZygoteKind.WRITING)

    # ------------------------------------------------------------------------------ lifetime

    async def start(self) -> Self:
        """Start the processes that fork the children; GraphError where the graph cannot be opened.

        A child that writes comes from a process that has never opened the store: the engine's
        threads do not survive a fork, and a store that counts on them waits for ever.
        """
        await self._readers.start()
        if self.writable:
            await self._writers.start()
        return self

    async def close(self, grace: float = 0.0) -> None:
        """Let what runs finish for `grace` seconds, then end it, and let go of the graph."""
        self._closing = True
        if self._tasks and grace > 0:
            await asyncio.wait(self._tasks, timeout=grace)
        await self._readers.stop()
        await self._writers.stop()
        for task in list(self._tasks):
            task.cancel()
        if self._lock is not None:
            self._lock.close()

    @property
    def stamp(self) -> str:
        """Sixteen letters that change with every write."""
        return self._readers.stamp

    @property
    def lock(self) -> int:
        """The number of the file by whose lock the graph is this server's alone to write."""
        assert self._lock is not None
        return self._lock.fileno()

    @asynccontextmanager
    async def hold_writing(self) -> AsyncIterator[None]:
        """Keep all other writers out; whoever asks once the context has ended sees what it wrote.

        For processes of the server that write the store under its lock.
        """
        async with self._writing:
            try:
                yield
            finally:
                with contextlib.suppress(LimitError):
                    await asyncio.shield(self._readers.reopen())
                self.counts.updates += 1

    # -------------------------------------------------------------------------------- asking

    async def ask(self, request: Request) -> Answer:
        """Answer a request, or say in the answer why not.

        Content negotiation happens here, since only the child knows the form of a query. The
        answer's body is to be read or closed (`aclose`): closing it ends the child.
        """
        writes = isinstance(request, UpdateRequest) or (
            isinstance(request, GraphRequest) and request.method not in ("GET", "HEAD")
        )
        known: dict[tuple[str, str, str], Fetched] = {}
        try:
            if writes and not self.writable:
                message = "this server is read-only: start it with --writable"
                raise QueryError(message, query="", kind=QueryFault.REFUSED)
            while True:
                header, body = await self._run(request, known, writes=writes)
                if not writes and header.facts.get("error") == "GraphError":
                    # A writer may just have put other files in the place of those it had open.
                    await body.aclose()
                    header, body = await self._run(request, known, writes=writes)
                needs = header.facts.get("needs")
                if needs is None:
                    break
                await body.aclose()
                for kind, iri, query in needs:
                    check_allowed(kind, iri, self._allowed)
                    known[kind, iri, query] = await asyncio.to_thread(
                        fetch_outside, kind, iri, query
                    )
        except QueryError as error:
            return make_answer(_STATUSES[error.kind], shorten_message(str(error)))
        except LimitError as error:
            return make_answer(503, f"{error}: narrow the query or add a LIMIT")
        facts = header.facts
        if "error" in facts:
            await body.aclose()
            fault = facts.get("kind")
            status = _STATUSES[QueryFault(fault)] if fault else 500
            return make_answer(status, shorten_message(facts["message"]))
        if "message" in facts:
            await body.aclose()
            return make_answer(facts["status"], facts["message"])
        if writes:
            self.counts.updates += 1
        return Answer(facts["status"], facts["media_type"], body)

    async def _run(
        self, request: Request, known: dict[tuple[str, str, str], Fetched], *, writes: bool
    ) -> tuple[Header, Body]:
        if self._closing or self.counts.waiting >= _QUEUE:
            raise LimitError("the server is busy, try again later", limit=LimitKind.TIME)
        self.counts.waiting += 1
        begun: asyncio.Future[Header] = asyncio.get_running_loop().create_future()
        spool = Spool(self._room)
        errand = _Errand(request, known, writes, begun, spool)
        task = asyncio.create_task(self._carry(errand))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            header = await begun
        except BaseException:
            task.cancel()
            spool.close()
            raise
        return header, Body(spool, task)

    async def _carry(self, errand: _Errand) -> None:
        """See one request through its child, from waiting for its turn to the child's end."""
        problem: ConcordError | None = None
        lane = Lane(self._writing) if errand.writes else Lane(self._slots, self._slow_slots)
        try:
            await lane.enter()
        finally:
            self.counts.waiting -= 1
        self.counts.running += 1
        try:
            try:
                header = await self._exchange(errand)
            finally:
                if errand.writes:
                    # Whoever asks next sees what was written, however its child ended.
                    with contextlib.suppress(LimitError):
                        await asyncio.shield(self._readers.reopen())
            if not errand.begun.done():
                errand.begun.set_result(header)
        except LimitError as error:
            problem = error
            self.counts.ended[error.limit.value] += 1
        finally:
            lane.leave()
            self.counts.running -= 1
            if not errand.begun.done():
                stopped = LimitError("the server is stopping", limit=LimitKind.TIME)
                errand.begun.set_exception(problem or stopped)
                errand.begun.exception()
            errand.spool.end(problem)

    async def _exchange(self, errand: _Errand) -> Header:
        """Ask a new child and pass its answer on; the header, once the child has ended well."""
        header: Header | None = None
        reader = FrameReader()
        size = 0
        async with self._lend(writes=errand.writes) as child:
            await child.send(write_request(*encode_request(errand.request, errand.known)))
            while not reader.ended and (data := await child.receive()):
                size += len(data)
                if size > self._limits.answer:
                    raise explain_size(self._limits)
                for part in reader.feed(data):
                    if isinstance(part, bytes):
                        await errand.spool.write(part)
                    else:
                        header = part
                        if not errand.writes:
                            errand.begun.set_result(part)
            child.kept = reader.ended
            if errand.writes or not reader.ended:
                code = await child.end
        if header is None or not reader.ended:
            raise explain_end(code, self._limits)
        return header

    def _lend(self, *, writes: bool) -> AbstractAsyncContextManager[Child]:
        return self._writers.lend() if writes else self._readers.lend()


class Body:
    """The body of an answer, read once; closing it before its end ends the child."""

    def __init__(self, spool: Spool, task: asyncio.Task[None]) -> None:
        self._spool = spool
        self._task = task
        self._pieces = spool.read()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await anext(self._pieces)
        except (StopAsyncIteration, ConcordError):
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Drop what is left."""
        await self._pieces.aclose()
        self._spool.close()
        if not self._task.done():
            self._task.cancel()


def make_answer(status: int, message: str) -> Answer:
    """An answer of one line of text."""
    return Answer(status, "text/plain", _say(f"{' '.join(message.split())}\n".encode()))


async def _say(data: bytes) -> AsyncGenerator[bytes, None]:
    yield data


async def open_engine(
    directory: Path,
    *,
    writable: bool = False,
    limits: Limits | None = None,
    workers: int = 4,
    allowed_services: tuple[str, ...] = (),
) -> Engine:
    """The engine of the graph of a directory, ready to answer; GraphError where there is none."""
    engine = Engine(
        directory,
        writable=writable,
        limits=limits or Limits(memory=1 << 30, answer=64 << 20),
        workers=workers,
        allowed_services=allowed_services,
    )
    try:
        return await engine.start()
    except BaseException:
        await engine.close()
        raise
