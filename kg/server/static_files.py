"""The styles and scripts of the pages: made by the build, kept by browsers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.iris import hash_content
from kg.server.answers import Service, is_known, send_known

_PLACE = Path(__file__).parent / "static"
_NAME = re.compile(r"[a-z][A-Za-z0-9-]*\.(css|js|svg|txt|woff2)")
_NAMED_BY_CONTENT = re.compile(r".*-[A-Z0-9]{8}\.[a-z0-9]+")
_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "woff2": "font/woff2",
}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file with the mark of its content."""

    content: bytes
    mark: str


def find_static(name: str) -> StaticFile | None:
    """The file of a name; None where the build did not make it."""
    if _NAME.fullmatch(name) is None:
        return None
    try:
        changed = (_PLACE / name).stat().st_mtime_ns
    except OSError:
        return None
    return _read(name, changed)


@lru_cache(maxsize=64)
def _read(name: str, changed: int) -> StaticFile:
    content = (_PLACE / name).read_bytes()
    return StaticFile(content, str(hash_content(content.decode("latin-1"))))


def locate_static(base: str, name: str) -> str | None:
    """The address under which browsers may keep a file for ever; None where there is no file."""
    found = find_static(name)
    return None if found is None else f"{base}/static/{name}?v={found.mark}"


async def answer_static(service: Service, request: Request) -> Response:
    """Send a file; under the mark of its content it never changes."""
    name = request.path_params["name"]
    found = find_static(name)
    if found is None:
        raise HTTPException(404, "there is no such file; kg was installed without its scripts?")
    fresh = request.query_params.get("v") == found.mark or _NAMED_BY_CONTENT.fullmatch(name)
    headers = {
        "ETag": f'W/"{found.mark}"',
        "Cache-Control": _FOR_EVER if fresh else "no-cache",
    }
    if is_known(request, headers["ETag"]):
        return send_known(headers)
    return Response(found.content, headers={**headers, "Content-Type": _TYPES[name.split(".")[1]]})
