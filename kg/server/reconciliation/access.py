"""Who may read the service from a page of another site: by CORS, and by JSONP for old clients.

The protocol wants every page to be let in. A server that answers to this machine only lets in the
pages of this machine, where OpenRefine runs, and those named by `--cors`: any other page in the
user's browser would else read a graph that is nobody's business.
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.server.settings import Settings, is_loopback

PATH = "/reconcile"

_METHODS = "GET, HEAD, POST, OPTIONS"
_HEADERS = "Accept, Accept-Language, Content-Type, X-Requested-With"
_DAY = "86400"
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*", re.ASCII)
_LONGEST_CALLBACK = 128


def may_read(settings: Settings, origin: str) -> bool:
    """Whether pages of an origin may read the service."""
    if "*" in settings.origins or origin in settings.origins or not _is_private(settings):
        return True
    try:
        host = urlsplit(origin).hostname
    except ValueError:
        return False
    return host is not None and is_loopback(host)


def _is_private(settings: Settings) -> bool:
    return bool(settings.hosts) and all(is_loopback(host) for host in settings.hosts)


class ReconciliationAccess:
    """Answers preflights of the service and sends its headers, whatever holds for the rest."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on without its origin, for which the answer is made here."""
        path = scope["path"]
        if path != PATH and not path.startswith(f"{PATH}/"):
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope)
        origin = given.get("origin")

        async def allow(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._allow(MutableHeaders(scope=message), origin)
            await send(message)

        if scope["method"] == "OPTIONS" and origin and "access-control-request-method" in given:
            await self._answer_preflight(origin)(scope, receive, allow)
            return
        headers = [pair for pair in scope["headers"] if pair[0] != b"origin"]
        await self._app({**scope, "headers": headers}, receive, allow)

    def _allow(self, headers: MutableHeaders, origin: str | None) -> None:
        if _is_private(self._settings):
            headers.add_vary_header("Origin")
            if origin is not None and may_read(self._settings, origin):
                headers["Access-Control-Allow-Origin"] = origin
        else:
            headers["Access-Control-Allow-Origin"] = "*"

    def _answer_preflight(self, origin: str) -> Response:
        if not may_read(self._settings, origin):
            line = "pages of this origin may not read here: name it by --cors\n"
            return PlainTextResponse(line, 403)
        headers = {
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": _DAY,
        }
        return Response(status_code=204, headers=headers)


def send_json(
    settings: Settings, request: Request, value: object, callback: str | None
) -> Response:
    """Send JSON, or a call of the function that an old client names (JSONP).

    Raises HTTPException where the name is none, or the page may not read here.
    """
    # Without characters beyond ASCII, so that nothing ends a line of a script.
    body = json.dumps(value, allow_nan=False)
    if callback is None:
        return Response(body, media_type="application/json")
    if _CALLBACK.fullmatch(callback) is None or len(callback) > _LONGEST_CALLBACK:
        raise HTTPException(400, "callback must be the name of a function")
    if _is_private(settings) and not _comes_from_here(settings, request):
        raise HTTPException(403, "pages of this origin may not read here: name it by --cors")
    # The comment keeps the answer from being taken for another kind of file.
    return Response(f"/**/{callback}({body});", media_type="text/javascript; charset=utf-8")


def _comes_from_here(settings: Settings, request: Request) -> bool:
    """Whether a script is asked for by no page, or by one that may read here."""
    referer = request.headers.get("referer", "")
    try:
        parts = urlsplit(referer)
    except ValueError:
        return False
    if parts.netloc:
        return may_read(settings, f"{parts.scheme}://{parts.netloc}")
    return request.headers.get("sec-fetch-site", "none") in ("none", "same-origin", "same-site")
