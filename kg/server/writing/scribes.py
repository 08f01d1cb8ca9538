"""The server's side of the processes that carry out what people decide or add."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kg.errors import LimitError, LimitKind

_LONGEST_LINE = 1 << 20
_TOLD = 4096

Told = dict[str, Any]


class Scribe:
    """A process that carries out tasks one after the other; it is started when it is needed."""

    def __init__(self, directory: Path, lock: int) -> None:
        self.complaint = ""
        self._directory = directory
        self._lock = lock
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None

    async def ask(
        self, task: Told, seconds: float, heed: Callable[[Told], None] = lambda told: None
    ) -> Told:
        """What comes of a task, with `problem` where it went wrong; `heed` is told how it goes.

        Raises LimitError where it takes too long or the process ends.
        """
        async with self._turn:
            process = await self._start()
            assert process.stdin is not None and process.stdout is not None
            try:
                async with asyncio.timeout(seconds):
                    process.stdin.write(json.dumps(task).encode() + b"\n")
                    await process.stdin.drain()
                    while line := await process.stdout.readline():
                        told: Told = json.loads(line)
                        if told.get("end"):
                            return told
                        heed(told)
            except TimeoutError as error:
                await self.stop()
                message = f"it took longer than {seconds:g} s"
                raise LimitError(message, limit=LimitKind.TIME) from error
            except (ConnectionError, ValueError):
                # It has ended, which is told below.
                pass
            except asyncio.CancelledError:
                await self.stop()
                raise
            await self.stop()
            message = "the process that writes has ended; see the server's log"
            raise LimitError(message, limit=LimitKind.CRASH)

    async def _start(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "kg.server.writing.scribe", str(self._directory), str(self._lock)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            pass_fds=[self._lock],
            env={**os.environ, "PYTHONUTF8": "1"},
            start_new_session=True,
        )
        self.complaint = ""
        self._listening = asyncio.create_task(self._listen(self._process))
        return self._process

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        while part := await process.stderr.read(_TOLD):
            self.complaint = (self.complaint + part.decode("utf-8", "replace"))[-_TOLD:]

    async def stop(self) -> None:
        """End the process, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            await process.wait()
        if self._listening is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
            self._listening = None
