"""Turns: how many requests run at once, and how those that take long make room for others."""

from __future__ import annotations

import asyncio

_LONG = 1.0


class Lane:
    """The place of one request: it enters, may be moved to a slow place after a while, and leaves.

    So long as there are slow places, requests that take long keep none of the others waiting.
    """

    def __init__(
        self,
        places: asyncio.Semaphore | asyncio.Lock,
        slow_places: asyncio.Semaphore | None = None,
    ) -> None:
        self._places = places
        self._slow_places = slow_places
        self._held: asyncio.Semaphore | asyncio.Lock = places
        self._moving: asyncio.Task[None] | None = None

    async def enter(self) -> None:
        """Wait for a place."""
        await self._places.acquire()
        if self._slow_places is not None:
            self._moving = asyncio.create_task(self._move(self._slow_places))

    def leave(self) -> None:
        """Give the place to another."""
        if self._moving is not None:
            self._moving.cancel()
        self._held.release()

    async def _move(self, slow_places: asyncio.Semaphore) -> None:
        await asyncio.sleep(_LONG)
        await slow_places.acquire()
        self._held = slow_places
        self._places.release()
