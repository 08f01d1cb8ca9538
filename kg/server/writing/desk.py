"""Where what people decide or add is taken: kept at once, then carried out in turn."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from kg.errors import ConcordError, LimitError
from kg.server.engine import Engine
from kg.server.logs import Record
from kg.server.settings import Settings
from kg.server.writing.intake import (
    drop_waiting,
    list_keys,
    name_waiting,
    store_address,
    store_waiting,
)
from kg.server.writing.scribes import Scribe, Told

_PENDING = "review.pending"
_DECIDING, _APPLYING, _READING, _WRITING = 60.0, 600.0, 1200.0, 1200.0
_PATIENCE = 60.0
_MOST_WAITING = 20
_REMEMBERED = 200

_T = TypeVar("_T")

STAGES = ("fetch", "text", "syntax", "claims", "writing", "background", "reasoning", "checking")
"""What is done with an article, in this order; only those from an address are fetched."""


class JobState(Enum):
    """How far an article is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True)
class Job:
    """An article on its way into the graph: `article` is its key once it is known."""

    key: str
    name: str
    fetched: bool = False
    state: JobState = JobState.WAITING
    stage: str = ""
    problem: str = ""
    article: str = ""

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages that it goes through."""
        return STAGES if self.fetched else STAGES[1:]


class DeskError(ConcordError):
    """What somebody decided or added cannot be taken."""


class Desk:
    """Takes decisions and articles; get one from `open_desk`."""

    def __init__(self, engine: Engine, settings: Settings, record: Record) -> None:
        self.fetches = settings.fetches
        self._engine = engine
        self._record = record
        self._fetch_hosts = settings.fetch_hosts
        self._directory = engine.directory
        self._reviewer = Scribe(engine.directory, engine.lock)
        self._jobs: dict[str, Job] = {}
        self._queue: asyncio.Queue[Job] = asyncio.Queue()
        self._applying = asyncio.Lock()
        self._recorded = self._applied = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    # ------------------------------------------------------------------------------ lifetime

    def start(self) -> None:
        """Go on with what an earlier server took and did not come to the end of."""
        for key in list_keys(self._directory):
            self._enqueue(Job(key, name_waiting(self._directory, key)))
        self._spawn(self._work())
        if (self._directory / _PENDING).exists():
            self._recorded += 1
            self._spawn(self._apply(self._recorded))

    async def close(self) -> None:
        """Stop; what was taken is kept."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._reviewer.stop()

    def _spawn(self, work: Coroutine[None, None, _T]) -> asyncio.Task[_T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # ----------------------------------------------------------------------------- decisions

    async def decide(self, asked: Told) -> bool:
        """Record a decision and apply it; whether the graph shows it already.

        It is kept once this returns, whatever happens then. Raises DeskError where it makes no
        sense, and where it was kept but cannot be applied.
        """
        # Before it is recorded, so that a server that is killed in between applies it later.
        await asyncio.to_thread((self._directory / _PENDING).touch)
        try:
            told = await self._reviewer.ask({"task": "decide", **asked}, _DECIDING)
        except LimitError as error:
            self._complain("a decision", str(error), self._reviewer)
            raise DeskError(f"the decision was not kept: {error}") from error
        if "problem" in told:
            if self._applied == self._recorded:
                (self._directory / _PENDING).unlink(missing_ok=True)
            raise DeskError(told["problem"])
        self._recorded += 1
        applying = self._spawn(self._apply(self._recorded))
        done, _ = await asyncio.wait({applying}, timeout=_PATIENCE)
        if not done:
            return False
        problem = applying.result()
        if problem:
            raise DeskError(f"the decision is kept, but cannot be applied yet: {problem}")
        return True

    async def _apply(self, number: int) -> str:
        """Apply what was recorded up to a number, with all that came since; what went wrong."""
        async with self._applying:
            if self._applied >= number:
                return ""
            now = self._recorded
            try:
                async with self._engine.hold_writing():
                    told = await self._reviewer.ask({"task": "apply"}, _APPLYING)
            except LimitError as error:
                self._complain("the decisions", str(error), self._reviewer)
                return str(error)
            if "problem" in told:
                self._complain("the decisions", told["problem"], None)
                return str(told["problem"])
            self._applied = now
            if self._recorded == now:
                (self._directory / _PENDING).unlink(missing_ok=True)
            return ""

    # ------------------------------------------------------------------------------ articles

    async def add(self, name: str, data: bytes) -> Job:
        """Take an article; DeskError where too many wait already."""
        return await self._take(name, lambda key: store_waiting(self._directory, key, name, data))

    async def add_address(self, url: str) -> Job:
        """Take an article that is to be fetched; DeskError where nothing is fetched here."""
        if not self.fetches:
            raise DeskError("this server fetches nothing: run it with --allow-fetch, or add a file")
        allowed = self._fetch_hosts
        return await self._take(
            url, lambda key: store_address(self._directory, key, url, allowed), fetched=True
        )

    async def _take(self, name: str, store: Callable[[str], None], *, fetched: bool = False) -> Job:
        if self._queue.qsize() >= _MOST_WAITING:
            raise DeskError("too many articles wait already: come back in a while")
        job = Job(secrets.token_hex(8), name, fetched)
        try:
            await asyncio.to_thread(store, job.key)
        except ConcordError as error:
            raise DeskError(str(error)) from error
        self._enqueue(job)
        return job

    def _enqueue(self, job: Job) -> None:
        self._jobs[job.key] = job
        self._queue.put_nowait(job)
        while len(self._jobs) > _REMEMBERED:
            del self._jobs[next(iter(self._jobs))]

    def find_job(self, key: str) -> Job | None:
        """The article of a key, among those taken since the server started."""
        return self._jobs.get(key)

    def count_before(self, job: Job) -> int:
        """How many articles are to be read before one that waits."""
        waiting = [each for each in self._jobs.values() if each.state is JobState.WAITING]
        working = any(each.state is JobState.WORKING for each in self._jobs.values())
        return (waiting.index(job) if job in waiting else 0) + working

    async def _work(self) -> None:
        while True:
            job = await self._queue.get()
            job.state = JobState.WORKING
            # A new process each time, since the language model takes much memory.
            scribe = Scribe(self._directory, self._engine.lock)
            try:
                problem = await self._read_in(job, scribe)
            except LimitError as error:
                self._complain(job.name, str(error), scribe)
                problem = str(error)
            finally:
                await scribe.stop()
            job.problem = problem
            job.state = JobState.FAILED if problem else JobState.DONE
            if problem and not job.article:
                # What was read and could not be written is tried again by the next server.
                await asyncio.to_thread(drop_waiting, self._directory, job.key)

    async def _read_in(self, job: Job, scribe: Scribe) -> str:
        def heed(told: Told) -> None:
            job.stage = told.get("stage", job.stage)

        told = await scribe.ask({"task": "read", "key": job.key}, _READING, heed)
        if "problem" in told:
            return str(told["problem"])
        job.name = str(told.get("title") or job.name)
        job.article = str(told["article"])
        async with self._engine.hold_writing():
            written = await scribe.ask({"task": "write", "key": job.key}, _WRITING, heed)
        return str(written.get("problem", ""))

    def _complain(self, what: str, problem: str, scribe: Scribe | None) -> None:
        facts: dict[str, object] = {"writing": what, "problem": problem}
        if scribe is not None and scribe.complaint:
            facts["said"] = scribe.complaint.strip().splitlines()[-1]
        self._record(facts)


@asynccontextmanager
async def open_desk(
    engine: Engine, settings: Settings, record: Record
) -> AsyncIterator[Desk | None]:
    """The desk of a server, None where it may not be written; closed with the context."""
    if not engine.writable:
        yield None
        return
    desk = Desk(engine, settings, record)
    desk.start()
    try:
        yield desk
    finally:
        await desk.close()
