"""Reading the bodies of the engine's answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Protocol, runtime_checkable

from kg.errors import ConcordError
from kg.query.requests import Answer


@runtime_checkable
class _Closable(Protocol):
    async def aclose(self) -> None:
        """Give up what has not been read."""


async def collect_body(answer: Answer, most: int) -> bytes:
    """The body of an answer that is known to be small; the rest of a larger one is left out."""
    body = bytearray()
    try:
        async for part in answer.body:
            body += part
            if len(body) > most:
                break
    finally:
        await close_body(answer.body)
    return bytes(body[:most])


async def close_body(body: AsyncIterator[bytes]) -> None:
    """End a body that need not be read to its end, so that the engine stops working on it."""
    if isinstance(body, _Closable):
        with suppress(ConcordError):
            await body.aclose()
