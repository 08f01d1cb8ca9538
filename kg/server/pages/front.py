"""The front page: the articles of the graph, its busiest actors, and the ways in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.query.negotiation import GRAPH_TYPES, negotiate
from kg.server.answers import Service, ask_engine, is_known, send_known, tag_answer
from kg.server.layers import find_base
from kg.server.pages.naming import HEAD, Named, fetch_names, name_thing
from kg.server.pages.rendering import render_page, send_page
from kg.server.statistics import Ask, Counts, fetch_rows

_MOST = 500
_COUNT_CLAIMS = f"""{HEAD}SELECT ?name (COUNT(*) AS ?count) WHERE {{
  ?claim kg:inArticle ?name ; a kg:Claim
}} GROUP BY ?name"""
_COUNT_ACTORS = f"""{HEAD}SELECT ?name (COUNT(DISTINCT ?claim) AS ?count) WHERE {{
  ?claim kg:subject|kg:object ?name ; a kg:Claim
}} GROUP BY ?name ORDER BY DESC(?count) ?name LIMIT 24"""


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the list: who wrote it, in which journal, its date, how many claims it has."""

    thing: Named
    authors: tuple[str, ...]
    journal: str | None
    dated: str | None
    claims: int


async def answer_root(service: Service, request: Request) -> Response:
    """Lead people to the article or a list of them, and programs to the SPARQL endpoint."""
    base = find_base(service.settings, request.scope)
    wanted = negotiate(request.headers.get("accept"), (*GRAPH_TYPES, "text/html"))
    if wanted != "text/html":
        return _lead(f"{base}/sparql")
    tag = tag_answer(service, "front", base)
    headers = {"ETag": tag, "Vary": "Accept"}
    if is_known(request, tag):
        return send_known(headers)
    ask = partial(ask_engine, service, request)
    counts = dict(await _count(service, _COUNT_CLAIMS, ask))
    articles = await list_articles(ask, base, counts)
    if len(articles) == 1 and articles[0].thing.href:
        return _lead(articles[0].thing.href)
    actors = await list_actors(ask, base, await _count(service, _COUNT_ACTORS, ask))
    page = render_page("front.html", base, articles=articles, actors=actors, most=_MOST)
    return send_page(page, headers)


def _lead(place: str) -> Response:
    return Response(status_code=303, headers={"Location": place, "Vary": "Accept"})


async def list_articles(ask: Ask, base: str, counts: Mapping[str, int]) -> list[Article]:
    """The articles of the graph by title; of very many those that the index has first.

    `counts` tells how many claims each has.
    """
    rows = await fetch_rows(
        f"{HEAD}SELECT ?article ?title ?journal ?dated ?author WHERE {{ "
        f"{{ SELECT DISTINCT ?article WHERE {{ ?article a kg:Article }} LIMIT {_MOST} }} "
        "OPTIONAL { ?article dcterms:title ?title } OPTIONAL { ?article kg:journal ?journal } "
        "OPTIONAL { ?article dcterms:issued ?issued } OPTIONAL { ?article kg:received ?received } "
        "BIND(COALESCE(?issued, ?received) AS ?dated) "
        "OPTIONAL { ?article dcterms:creator/rdfs:label ?author } }",
        ask,
    )
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        text = {name: term["value"] for name, term in row.items()}
        found.setdefault(text["article"], []).append(text)
    articles = []
    for iri, told in found.items():
        first = min(told, key=lambda text: sorted(text.items()))
        thing = name_thing(iri, {}, base)
        articles.append(
            Article(
                Named(iri, first.get("title", thing.label), thing.href),
                tuple(sorted({text["author"] for text in told if "author" in text})),
                first.get("journal"),
                first.get("dated"),
                counts.get(iri, 0),
            )
        )
    return sorted(articles, key=lambda each: (each.thing.label.casefold(), each.thing.iri))


async def list_actors(ask: Ask, base: str, counts: Counts) -> list[tuple[Named, int]]:
    """Things with counts, under their names."""
    names = await fetch_names([iri for iri, _ in counts], ask, base)
    return [(name_thing(iri, names, base), count) for iri, count in counts]


async def _count(service: Service, query: str, ask: Ask) -> Counts:
    """What is counted once for each state of the graph; nothing where that takes too long."""
    try:
        return await service.statistics.count(query, service.engine.stamp, ask)
    except HTTPException:
        return ()
