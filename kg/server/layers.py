"""What every request passes through: the log, figures, checks, and headers that protect clients."""

from __future__ import annotations

import asyncio
import re
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.server.answers import AnswerBrokenError
from kg.server.logs import Record
from kg.server.metrics import Metrics, name_method
from kg.server.settings import Settings

ROUTES = frozenset(
    {
        ".well-known", "alignments", "article", "cues", "data", "dcat", "decision", "export",
        "graph", "graphs", "health", "id", "lexicon", "link", "metrics", "ontology", "owl2rl",
        "page", "prefixes", "questions", "reconcile", "record", "search", "shapes", "software",
        "sparql", "static",
    }
)  # fmt: skip
_GONE = 499
_POLICY = "default-src 'none'; frame-ancestors 'none'"
_HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?P<port>:\d{1,5})?")


class RecordingLayer:
    """Writes the log and keeps the figures."""

    def __init__(self, app: ASGIApp, metrics: Metrics, record: Record) -> None:
        self._app = app
        self._metrics = metrics
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and keep what became of it."""
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        status, size = _GONE, 0
        broken: str | None = "the client left"

        async def note(message: Message) -> None:
            nonlocal status, size, broken
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                broken = None

        try:
            await self._app(scope, receive, note)
        except AnswerBrokenError as error:
            # The answer is left without its end, by which the client can tell.
            broken = str(error)
            self._metrics.broken.inc()
        except asyncio.CancelledError:
            # Nothing but the end of the grace at the server's end cancels a request.
            ended = "the server is stopping"
            if status == _GONE:
                response = PlainTextResponse(f"{ended}\n", 503, {"Connection": "close"})
                await response(scope, receive, note)
            broken = ended
        finally:
            seconds = time.perf_counter() - began
            self._count(scope, status, seconds)
            self._record(_describe(scope, status, size, seconds, broken))

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = name_route(scope["path"])
        self._metrics.requests.labels(route, name_method(scope["method"]), str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)


def name_route(path: str) -> str:
    """The first part of a path, where the server has it: clients can make up any others."""
    start, _, rest = path.partition("/")
    first = rest.partition("/")[0]
    return f"/{first}" if not start and (first in ROUTES or path == "/") else "other"


def _describe(
    scope: Scope, status: int, size: int, seconds: float, broken: str | None
) -> dict[str, object]:
    facts: dict[str, object] = {
        "client": scope["client"][0] if scope.get("client") else None,
        "method": scope["method"],
        # The query string stays out: what people ask, and by mistake send, is theirs.
        "path": scope["path"],
        "status": status,
        "bytes": size,
        "ms": round(seconds * 1000, 1),
        "agent": Headers(scope=scope).get("user-agent"),
    }
    if broken is not None:
        facts["broken"] = broken
    return facts


class CheckingLayer:
    """Refuses strange hosts, and sends the headers that keep browsers from harm."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._hosts = frozenset(settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on where its host is ours."""

        async def protect(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                # A 304 tells anew what browsers keep: a page would lose the policy it came with.
                if message["status"] != 304:
                    headers.setdefault("Content-Security-Policy", _POLICY)
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("Cache-Control", "no-cache")
                # So that HEAD, and answers too small to be packed, say what the others do.
                if "accept-encoding" not in headers.get("vary", "").lower():
                    headers.add_vary_header("Accept-Encoding")
            await send(message)

        # One that sends no host at all (HTTP/1.0) is no browser.
        host = Headers(scope=scope).get("host")
        found = _HOST.fullmatch(host or "")
        name = found["name"].strip("[]").lower() if found else ""
        if self._hosts and host is not None and name not in self._hosts:
            line = "this server does not answer to that host name: name it by --allow-host\n"
            await PlainTextResponse(line, 421)(scope, receive, protect)
            return
        _settle_compression(scope)
        await self._app(scope, receive, protect)


def _settle_compression(scope: Scope) -> None:
    """Take "gzip" out of what a client accepts where it gives it the weight 0."""
    accepted = Headers(scope=scope).get("accept-encoding", "")
    if re.search(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)", accepted, re.IGNORECASE):
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]


def find_base(settings: Settings, scope: Scope) -> str:
    """Where the client reaches this server: by the settings, else by what it says itself."""
    if settings.base_url is not None:
        return settings.base_url
    host = Headers(scope=scope).get("host", "")
    if _HOST.fullmatch(host) is None:
        address, port = scope.get("server") or ("localhost", None)
        host = f"[{address}]" if ":" in address else address
        host = f"{host}:{port}" if port else host
    return f"{scope['scheme']}://{host}"
