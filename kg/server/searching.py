"""Search over HTTP: by words, and names by their beginning."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.errors import ConcordError, QueryError
from kg.search import Hit, HitKind, complete, describe_hit, search
from kg.server.answers import Service, is_known, send_known, tag_answer
from kg.server.layers import find_base
from kg.server.parameters import decode_parameters
from kg.store import GraphStore, open_snapshot

_PAGE, _MOST = 20, 100
_LAST = 1000


async def answer_search(service: Service, request: Request) -> Response:
    """Answer `q`, narrowed by `kind`, or complete `prefix`; `limit` and `page` count the hits."""
    query_string = request.scope["query_string"]
    given: dict[str, list[str]] = {}
    for name, value in decode_parameters(query_string):
        given.setdefault(name, []).append(value)
    words, prefix = given.get("q", []), given.get("prefix", [])
    if len(words) + len(prefix) != 1:
        raise HTTPException(400, "give q, words to look for, or prefix, the beginning of a name")
    limit = _read_number(given, "limit", _PAGE, _MOST)
    page = _read_number(given, "page", 1, _LAST // limit)
    kinds = _read_kinds(given)
    tag = tag_answer(service, "search", query_string.decode("ascii", "replace"))
    headers = {"ETag": tag}
    if is_known(request, tag):
        return send_known(headers)

    def find(store: GraphStore) -> tuple[Hit, ...]:
        if prefix:
            return complete(store, prefix[0], limit=page * limit + 1)
        return search(store, words[0], kinds=kinds, limit=page * limit + 1)

    hits = await asyncio.to_thread(_ask_store, service.engine.directory, find)
    shown = hits[(page - 1) * limit : page * limit]
    if len(hits) > page * limit and page < _LAST // limit:
        base = find_base(service.settings, request.scope)
        pairs = [(n, v) for n, vs in given.items() if n != "page" for v in vs]
        following = urlencode([*pairs, ("page", str(page + 1))])
        headers["Link"] = f'<{base}/search?{following}>; rel="next"'
    listed = [{**describe_hit(hit), "score": round(hit.score, 4)} for hit in shown]
    return JSONResponse({"hits": listed}, headers=headers)


def _ask_store(directory: Path, find: Callable[[GraphStore], tuple[Hit, ...]]) -> tuple[Hit, ...]:
    try:
        with open_snapshot(directory) as store:
            return find(store)
    except QueryError as error:
        raise HTTPException(400, str(error)) from error
    except ConcordError as error:
        raise HTTPException(503, f"{error}; try again") from error


def _read_number(given: dict[str, list[str]], name: str, usual: int, most: int) -> int:
    text = given.get(name, [str(usual)])[0]
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise HTTPException(400, f"{name} is a number from 1 to {most}")
    return int(text)


def _read_kinds(given: dict[str, list[str]]) -> tuple[HitKind, ...]:
    try:
        return tuple(map(HitKind, given.get("kind", []))) or tuple(HitKind)
    except ValueError as error:
        known = ", ".join(kind.value for kind in HitKind)
        raise HTTPException(400, f"kind is one of {known}") from error
