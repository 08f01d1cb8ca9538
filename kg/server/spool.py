"""An answer on its way: written as fast as it comes, read as fast as the client takes it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator

from kg.errors import ConcordError

_IN_MEMORY = 1 << 20
_PIECE = 65_536


class Spool:
    """Bytes between one writer and one reader; beyond a megabyte they lie in a temporary file.

    So a slow client keeps no process waiting, and no answer in memory.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - see close
        self._size = 0
        self._ended = False
        self._problem: ConcordError | None = None
        self._more = asyncio.Event()

    def write(self, data: bytes) -> None:
        """Take a piece."""
        if not self._file.closed:
            self._file.seek(self._size)
            self._file.write(data)
        self._size += len(data)
        self._more.set()

    def end(self, problem: ConcordError | None = None) -> None:
        """Say that nothing more comes, and whether the answer broke off."""
        if not self._ended:
            self._ended, self._problem = True, problem
        self._more.set()

    def close(self) -> None:
        """Drop what is held."""
        self._file.close()

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
