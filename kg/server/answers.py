"""Asking the engine for a client, and sending what it answers as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass

from starlette.requests import Request as HttpRequest
from starlette.responses import Response, StreamingResponse

from kg.errors import ConcordError
from kg.iris import hash_content
from kg.query.requests import Answer, GraphRequest, Request, UpdateRequest
from kg.server.engine import Engine
from kg.server.logs import Record
from kg.server.metrics import Metrics
from kg.server.reading import close_body, collect_body
from kg.server.settings import Settings
from kg.server.statistics import Statistics
from kg.server.writing.desk import Desk

_GONE = 499


@dataclass(frozen=True, slots=True)
class Service:
    """What every handler works with."""

    engine: Engine
    settings: Settings
    metrics: Metrics
    statistics: Statistics
    record: Record
    desk: Desk | None = None


class AnswerBrokenError(Exception):
    """An answer broke off after its beginning had been sent: only the connection can tell."""


async def ask_engine(service: Service, request: HttpRequest, asked: Request) -> Answer:
    """Ask the engine, and stop it as soon as a client that wants to read has gone."""
    if is_write(asked):
        # What is half written when its sender leaves is better brought to its end.
        return await service.engine.ask(asked)
    asking = asyncio.ensure_future(service.engine.ask(asked))
    leaving = asyncio.ensure_future(_wait_for_end(request))
    try:
        await asyncio.wait((asking, leaving), return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            return asking.result()
        return Answer(_GONE, None, _give())
    finally:
        for task in (asking, leaving):
            task.cancel()
        await asyncio.gather(asking, leaving, return_exceptions=True)


def is_write(asked: Request) -> bool:
    """Whether a request changes the graph."""
    if isinstance(asked, GraphRequest):
        return asked.method not in ("GET", "HEAD")
    return isinstance(asked, UpdateRequest)


async def _wait_for_end(request: HttpRequest) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _give(*parts: bytes) -> AsyncGenerator[bytes]:
    for part in parts:
        yield part


async def send_answer(
    request: HttpRequest, answer: Answer, headers: Mapping[str, str] | None = None
) -> Response:
    """The response that passes an answer on; `headers` go with answers that are not errors."""
    sent = {**(headers or {} if answer.status < 400 else {}), **answer.headers}
    media_type = add_charset(answer.media_type)
    if answer.status >= 400:
        body = await collect_body(answer, 10_000)
        return Response(body, answer.status, sent, media_type or "text/plain")
    if request.method == "HEAD" or answer.status in (204, 304):
        await close_body(answer.body)
        return send_without_body(answer.status, sent, answer.media_type)
    return StreamingResponse(pass_on(answer.body), answer.status, sent, media_type)


def send_without_body(
    status: int, headers: Mapping[str, str], media_type: str | None = None
) -> Response:
    """A response to HEAD, or one whose status says it all."""
    return _BareResponse(None, status, headers, add_charset(media_type))


class _BareResponse(Response):
    """A response without a body, nor a statement of how long one would have been."""

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        """As every response, less the length."""
        super().init_headers(headers)
        if self.status_code != 204:
            del self.headers["content-length"]


def add_charset(media_type: str | None) -> str | None:
    """A media type as it is sent: of text, the charset is told (RFC 9110, section 8.3.2)."""
    if media_type is not None and media_type.startswith("text/") and ";" not in media_type:
        return f"{media_type}; charset=utf-8"
    return media_type


async def pass_on(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The parts of a body; AnswerBrokenError where it breaks off."""
    try:
        async for part in body:
            yield part
    except ConcordError as error:
        raise AnswerBrokenError(str(error)) from error
    finally:
        await close_body(body)


# ------------------------------------------------------------------------------------- caching


def tag_answer(service: Service, *parts: str | None) -> str:
    """A weak entity tag: of the graph as it is, and of all that an answer depends on."""
    # What can be changed shows how.
    form = "writable" if service.engine.writable else "read-only"
    return f'W/"{hash_content(service.engine.stamp, form, *(part or "" for part in parts))}"'


def is_known(request: HttpRequest, tag: str) -> bool:
    """Whether the client has the answer of this tag already (RFC 9110, section 13.1.2)."""
    known = request.headers.get("if-none-match", "")
    return tag.removeprefix("W/") in (part.strip().removeprefix("W/") for part in known.split(","))


def send_known(headers: Mapping[str, str]) -> Response:
    """Tell a client that what it has is still good."""
    return send_without_body(304, headers)
