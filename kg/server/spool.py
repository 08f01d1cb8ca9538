"""An answer on its way: written as fast as it comes, read as fast as the client takes it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator

from kg.errors import ConcordError, LimitError, LimitKind

_IN_MEMORY = 1 << 20
_PIECE = 65_536
_PAUSE = 0.05


class Room:
    """How many bytes all answers on their way may take, and how many seconds to wait for some.

    The oldest answer need not wait, so that two which fill the room do not wait for each other.
    """

    def __init__(self, size: int, patience: float) -> None:
        self.left = size
        self.patience = patience
        self.spools: dict[Spool, None] = {}

    def has_place(self, spool: Spool, size: int) -> bool:
        """Whether a spool may take so many bytes now."""
        return size <= self.left or next(iter(self.spools)) is spool


class Spool:
    """Bytes between one writer and one reader; beyond a megabyte they lie in a temporary file.

    So a slow client keeps no process waiting, and no answer in memory, so long as there is room.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        room.spools[self] = None
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - see close
        self._size = 0
        self._ended = False
        self._problem: ConcordError | None = None
        self._more = asyncio.Event()

    async def write(self, data: bytes) -> None:
        """Take a piece, once there is room for it; LimitError where there is none for long."""
        deadline = time.monotonic() + self._room.patience
        while not self._file.closed and not self._room.has_place(self, len(data)):
            if time.monotonic() > deadline:
                message = "too many answers wait for their readers"
                raise LimitError(message, limit=LimitKind.SIZE)
            await asyncio.sleep(_PAUSE)
        if self._file.closed:
            return
        self._file.seek(self._size)
        self._file.write(data)
        self._size += len(data)
        self._room.left -= len(data)
        self._more.set()

    def end(self, problem: ConcordError | None = None) -> None:
        """Say that nothing more comes, and whether the answer broke off."""
        if not self._ended:
            self._ended, self._problem = True, problem
        self._more.set()

    def close(self) -> None:
        """Drop what is held."""
        if not self._file.closed:
            self._file.close()
            self._room.left += self._size
            del self._room.spools[self]

    async def read(self) -> AsyncGenerator[bytes, None]:
        """The pieces in order; raises the problem where the answer broke off."""
        place = 0
        while True:
            while place < self._size:
                self._file.seek(place)
                piece = self._file.read(min(_PIECE, self._size - place))
                place += len(piece)
                yield piece
            if self._ended:
                break
            self._more.clear()
            await self._more.wait()
        if self._problem is not None:
            raise self._problem
