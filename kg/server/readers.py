"""The processes whose children read: one with the store on disk, one with a copy in memory.

The copy answers several times faster. It is made in a process of its own while the other serves,
and made anew some time after the last write.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import IO

from kg.errors import GraphError
from kg.sandbox import Limits
from kg.server.forking import Child, Zygote
from kg.server.zygote import ZygoteKind

_QUIET = 2.0


class Readers:
    """Lends children that read the store as it is."""

    def __init__(self, place: Path, limits: Limits, lock: IO[bytes] | None) -> None:
        self._place = place
        self._limits = limits
        self._lock = lock
        self._disk = Zygote(place, limits, lock, ZygoteKind.DISK)
        self._memory: Zygote | None = None
        self._copying: asyncio.Task[None] | None = None
        self._retiring: set[asyncio.Task[None]] = set()

    @property
    def stamp(self) -> str:
        """Sixteen letters that change with every write."""
        return self._disk.stamp

    async def start(self) -> None:
        """Open the store; GraphError where it cannot be opened."""
        await self._disk.start()
        self._copy_later(0.0)

    async def stop(self) -> None:
        """End all processes."""
        if self._copying is not None:
            self._copying.cancel()
            await asyncio.gather(self._copying, return_exceptions=True)
        for task in self._retiring:
            task.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        if self._memory is not None:
            await self._memory.stop()
        await self._disk.stop()

    def lend(self) -> AbstractAsyncContextManager[Child]:
        """A child to ask, of the copy where there is one."""
        copy = self._memory
        return (copy if copy is not None and copy.listens else self._disk).lend()

    async def reopen(self) -> None:
        """Let children to come see the store as it is now."""
        old, self._memory = self._memory, None
        if old is not None:
            task = asyncio.create_task(old.retire())
            self._retiring.add(task)
            task.add_done_callback(self._retiring.discard)
        await self._disk.reopen()
        self._copy_later(_QUIET)

    def _copy_later(self, seconds: float) -> None:
        if self._copying is not None:
            self._copying.cancel()
        self._copying = asyncio.create_task(self._copy(seconds))

    async def _copy(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        copy = Zygote(self._place, self._limits, self._lock, ZygoteKind.MEMORY)
        try:
            await copy.start()
        except GraphError:
            # Too large, or changed while it was read: the disk serves as well.
            await copy.stop()
            return
        except asyncio.CancelledError:
            await copy.stop()
            raise
        self._memory = copy
