"""The graph as a picture: of an article, of a thing's surroundings, or the whole."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.errors import ConcordError, UnknownTermError
from kg.iris import is_iri
from kg.query import find_things
from kg.server.answers import Service, ask_engine, is_known, send_known, tag_answer
from kg.server.layers import find_base
from kg.server.pages.article import PlacedClaim, ShownArticle, fetch_article
from kg.server.pages.naming import fetch_names, name_thing
from kg.server.pages.network import (
    COUNT_THINGS,
    Edge,
    draw_edge,
    draw_thing,
    fetch_beyond,
    fetch_network,
    pick_surest,
)
from kg.server.pages.rendering import render_page, send_page
from kg.server.parameters import decode_parameters
from kg.store import open_snapshot

_AGE = "max-age=60"
_MOST_THINGS = 2000
_FEW = 40
SIZES = (100, 300, 500, 2000, 20000)
"""How many things a page of the graph can show at once; beyond 500 it is drawn by WebGL."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page of the graph is asked for: a thing or an article, and how many things at most."""

    thing: str
    article: str
    most: int


# -------------------------------------------------------------------------------- of an article


async def answer_graph_view(service: Service, request: Request) -> Response:
    """Send the things and edges of an article."""
    base = find_base(service.settings, request.scope)
    key = request.path_params["key"]
    tag = tag_answer(service, "graph view", base, key)
    headers = {"ETag": tag, "Cache-Control": _AGE}
    if is_known(request, tag):
        return send_known(headers)
    article = await fetch_article(service, request, key)
    if article is None:
        raise HTTPException(404, "the graph has no such article")
    edges = draw_claims(article.claims)
    things = sorted(iri for iri in article.things if is_iri(iri))[:_MOST_THINGS]
    beyond = await fetch_beyond(things, edges, partial(ask_engine, service, request), base)
    return JSONResponse(
        {"nodes": draw_things(article, beyond), "edges": edges + beyond}, 200, headers
    )


def draw_things(article: ShownArticle, edges: Iterable[Edge] = ()) -> list[dict[str, object]]:
    """The things that an edge ends at."""
    mentions = Counter(mention.thing.iri for mention in article.mentions)
    ends: set[object] = {end for edge in edges for end in (edge["source"], edge["target"])}
    for placed in article.claims:
        ends |= {placed.claim.subject.iri, placed.claim.object.iri}
    return [
        draw_thing(thing, mentions[thing.iri])
        for thing in article.things.values()
        if thing.iri in ends
    ]


def draw_claims(claims: Iterable[PlacedClaim]) -> list[Edge]:
    """An edge for all claims that say the same of the same two things."""
    found: dict[tuple[str, str, str], list[PlacedClaim]] = {}
    for placed in claims:
        claim = placed.claim
        ends = (claim.subject.iri, claim.relation.iri, claim.object.iri)
        found.setdefault(ends, []).append(placed)
    return [_draw_same(ends, same) for ends, same in sorted(found.items())]


def _draw_same(ends: tuple[str, str, str], same: list[PlacedClaim]) -> Edge:
    states = {placed.state for placed in same}
    edge = draw_edge(same[0].claim.relation, ends, pick_surest(states), len(same))
    edge["claims"] = [placed.key for placed in same]
    edge["said"] = [
        [
            claim.holder.label if claim.holder else None,
            claim.modality,
            claim.polarity,
            claim.since,
            claim.until,
            1,
        ]
        for claim in (placed.claim for placed in same)
    ]
    return edge


# ------------------------------------------------------------------------- of what is all around


async def answer_network(service: Service, request: Request) -> Response:
    """Send the things and edges around `thing`, or of the whole graph, `most` things at most."""
    base = find_base(service.settings, request.scope)
    asked = _read_asked(request, _FEW)
    tag = tag_answer(service, "network", base, asked.thing, str(asked.most))
    headers = {"ETag": tag, "Cache-Control": _AGE}
    if is_known(request, tag):
        return send_known(headers)
    ask = partial(ask_engine, service, request)
    seeds: tuple[str, ...] = ()
    if asked.thing:
        try:
            seeds = await asyncio.to_thread(_find_seeds, service, asked.thing)
        except UnknownTermError as error:
            raise HTTPException(404, str(error)) from error
        except ConcordError as error:
            raise HTTPException(503, f"{error}; try again") from error
    counts = (
        () if seeds else await service.statistics.count(COUNT_THINGS, service.engine.stamp, ask)
    )
    ranked = [iri for iri, _ in counts]
    network = await fetch_network(seeds, ranked, asked.most, ask, base)
    told = {
        "nodes": [draw_thing(thing) for thing in network.things],
        "edges": network.edges,
        "left_out": network.left_out,
    }
    return JSONResponse(told, 200, headers)


def _find_seeds(service: Service, thing: str) -> tuple[str, ...]:
    """The IRIs that a name, code or IRI stands for."""
    with open_snapshot(service.engine.directory) as store:
        return tuple(str(found) for found in find_things(store, thing) if is_iri(str(found)))


async def answer_graph_page(service: Service, request: Request) -> Response:
    """Send the page of the whole graph, of what surrounds a thing, or of an article's graph."""
    base = find_base(service.settings, request.scope)
    asked = _read_asked(request, SIZES[0])
    tag = tag_answer(service, "graph page", base, asked.thing, asked.article, str(asked.most))
    headers = {"ETag": tag, "Cache-Control": _AGE}
    if is_known(request, tag):
        return send_known(headers)
    shown = {"thing": asked.thing, "most": asked.most}
    title, error, status = "The graph of all articles", "", 200
    if asked.article:
        article = await fetch_article(service, request, asked.article)
        if article is None:
            raise HTTPException(404, "the graph has no such article")
        title = article.title
    elif asked.thing:
        try:
            seeds = await asyncio.to_thread(_find_seeds, service, asked.thing)
            named = name_thing(
                seeds[0],
                await fetch_names(seeds, partial(ask_engine, service, request), base),
                base,
            )
            title, shown["thing"] = f"Around {named.label}", seeds[0]
        except UnknownTermError as problem:
            error, status = str(problem), 404
        except ConcordError as problem:
            error, status = f"{problem}; try again", 503
    page = render_page(
        "graph.html", base, asked=asked, shown=shown, title=title, error=error, sizes=SIZES
    )
    return send_page(page, headers if status == 200 else {}, status)


def _read_asked(request: Request, usual: int) -> Asked:
    given: Mapping[str, str] = dict(decode_parameters(request.scope["query_string"]))
    text = given.get("most", str(usual))
    if not re.fullmatch("[1-9][0-9]{0,4}", text) or int(text) > SIZES[-1]:
        raise HTTPException(400, f"most is a number from 1 to {SIZES[-1]}")
    return Asked(given.get("thing", "").strip(), given.get("article", "").strip(), int(text))
