"""The page of what a search by words finds: names, articles, claims and sentences."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import ConcordError, QueryError
from kg.search import Hit, HitKind, search
from kg.server.answers import Service, is_known, send_known, tag_answer
from kg.server.layers import find_base
from kg.server.pages.naming import locate_claim, locate_thing
from kg.server.pages.rendering import render_page, send_page
from kg.server.parameters import decode_parameters
from kg.store import open_snapshot

_FEW, _MANY = 12, 100
_LONGEST = 200
_HEADINGS = {
    HitKind.ENTITY: "Things",
    HitKind.ARTICLE: "Articles",
    HitKind.CLAIM: "Claims",
    HitKind.SENTENCE: "Sentences",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A hit as a page shows it: its words in pieces, of which some were asked for."""

    label: str
    kind: str | None
    href: str | None
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class FoundKind:
    """The hits of one kind; `more` where there are further ones."""

    kind: str
    heading: str
    hits: tuple[Found, ...]
    more: bool


async def answer_found(service: Service, request: Request) -> Response:
    """Send the page of what `q` finds; with `kind` all of one kind."""
    base = find_base(service.settings, request.scope)
    given = dict(decode_parameters(request.scope["query_string"]))
    words = " ".join(given.get("q", "").split())[:_LONGEST]
    kind = given.get("kind", "")
    if kind and kind not in {each.value for each in HitKind}:
        raise HTTPException(400, f"kind is one of {', '.join(each.value for each in HitKind)}")
    tag = tag_answer(service, "found", base, words, kind)
    headers = {"ETag": tag}
    if is_known(request, tag):
        return send_known(headers)
    found: list[FoundKind] = []
    error = ""
    if words:
        try:
            kinds = [HitKind(kind)] if kind else list(HitKind)
            found = await asyncio.to_thread(_find, service.engine.directory, words, kinds, base)
        except QueryError as problem:
            error = str(problem)
        except ConcordError as problem:
            raise HTTPException(503, f"{problem}; try again", {"Retry-After": "2"}) from problem
    page = render_page("found.html", base, words=words, kind=kind, found=found, error=error)
    return send_page(page, headers if not error else {}, 400 if error else 200)


def _find(directory: Path, words: str, kinds: Iterable[HitKind], base: str) -> list[FoundKind]:
    wanted = list(kinds)
    most = _MANY if len(wanted) == 1 else _FEW
    found = []
    with open_snapshot(directory) as store:
        for kind in wanted:
            hits = search(store, words, kinds=(kind,), limit=most + 1)
            if hits:
                shown = tuple(_show(hit, base) for hit in hits[:most])
                more = len(hits) > most and len(wanted) > 1
                found.append(FoundKind(kind.value, _HEADINGS[kind], shown, more))
    return found


def _show(hit: Hit, base: str) -> Found:
    href = locate_claim(hit.iri, base) if hit.kind is HitKind.CLAIM else None
    if hit.kind is HitKind.SENTENCE and hit.article is not None:
        href = locate_thing(hit.article, base)[0]
    return Found(
        hit.label,
        hit.type,
        href or locate_thing(hit.iri, base)[0],
        tuple(_cut(hit)),
    )


def _cut(hit: Hit) -> Iterator[tuple[str, bool]]:
    """The snippet in pieces, each with whether it was asked for."""
    place = 0
    for mark in sorted(hit.marks, key=lambda mark: mark.start):
        if mark.start >= place:
            if mark.start > place:
                yield hit.snippet[place : mark.start], False
            yield hit.snippet[mark.start : mark.end], True
            place = mark.end
    if place < len(hit.snippet):
        yield hit.snippet[place:], False
