"""The front page: the articles of the graph, what they speak of most, and the ways in."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from rdflib import URIRef
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.query.negotiation import GRAPH_TYPES, negotiate
from kg.rdf import format_term
from kg.server.answers import Service, ask_engine, is_known, send_known, tag_answer
from kg.server.layers import find_base
from kg.server.pages.naming import HEAD, Named, fetch_names, list_iris, name_thing
from kg.server.pages.paging import make_paging
from kg.server.pages.rendering import render_page, send_page
from kg.server.parameters import decode_parameters
from kg.server.statistics import Ask, Row, fetch_rows
from kg.vocabulary.questions import load_questions

_PAGE = 30
_MOST_ARTICLES = 50_000
_LIST_ARTICLES = f"""{HEAD}SELECT ?article (MIN(STR(?t)) AS ?title) (MIN(STR(?d)) AS ?dated)
WHERE {{
  {{ SELECT DISTINCT ?article WHERE {{ ?article a kg:Article }} LIMIT {_MOST_ARTICLES} }}
  OPTIONAL {{ ?article dcterms:title|dcterms:source ?t }}
  OPTIONAL {{ ?article dcterms:issued|kg:received ?d }}
}} GROUP BY ?article"""
_COUNT_CLAIMS = f"""{HEAD}SELECT ?article (COUNT(*) AS ?count) WHERE {{
  ?claim kg:inArticle ?article ; a kg:Claim
}} GROUP BY ?article"""
_COUNT_THINGS = f"""{HEAD}SELECT ?thing (COUNT(DISTINCT ?claim) AS ?count) WHERE {{
  ?claim kg:subject|kg:object ?thing ; a kg:Claim
}} GROUP BY ?thing ORDER BY DESC(?count) ?thing LIMIT 18"""
_COUNT_PAIRS = f"""{HEAD}SELECT ?one ?other (COUNT(DISTINCT ?claim) AS ?count) WHERE {{
  ?claim kg:subject ?s ; kg:object ?o ; a kg:Claim .
  FILTER(isIRI(?s) && isIRI(?o) && ?s != ?o)
  BIND(IF(STR(?s) < STR(?o), ?s, ?o) AS ?one) BIND(IF(STR(?s) < STR(?o), ?o, ?s) AS ?other)
}} GROUP BY ?one ?other ORDER BY DESC(?count) ?one ?other LIMIT 10"""
_COUNT_ALL = f"""{HEAD}
SELECT (COUNT(DISTINCT ?claim) AS ?count) (COUNT(DISTINCT ?relation) AS ?kinds) WHERE {{
  ?claim a kg:Claim ; kg:relation ?relation }}"""
_QUESTIONS = ("allies", "contradictions", "agreements", "demands", "balance", "withdrawals")
ORDERS = {
    "title": "title",
    "newest": "newest first",
    "oldest": "oldest first",
    "claims": "most claims",
}


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the list: who wrote it, in which journal, its date, how many claims it has."""

    thing: Named
    authors: tuple[str, ...]
    journal: str | None
    dated: str | None
    claims: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A thing, or two, with how many claims there are, also as a part of the most (1 to 20)."""

    thing: Named
    other: Named | None
    count: int
    share: int


async def answer_root(service: Service, request: Request) -> Response:
    """Lead people to the article or a list of them, and programs to the SPARQL endpoint."""
    base = find_base(service.settings, request.scope)
    wanted = negotiate(request.headers.get("accept"), (*GRAPH_TYPES, "text/html"))
    if wanted != "text/html":
        return _lead(f"{base}/sparql")
    if not request.scope["query_string"]:
        rows = await _fetch(service, request, _LIST_ARTICLES)
        if len(rows) == 1 and (href := name_thing(rows[0]["article"]["value"], {}, base).href):
            return _lead(href)
    return await answer_articles(service, request)


def _lead(place: str) -> Response:
    return Response(status_code=303, headers={"Location": place, "Vary": "Accept"})


async def answer_articles(service: Service, request: Request) -> Response:
    """Send the front page: a page of the articles, and what they speak of most."""
    base = find_base(service.settings, request.scope)
    given = dict(decode_parameters(request.scope["query_string"]))
    order = given.get("sort", "title")
    if order not in ORDERS:
        raise HTTPException(400, f"sort is one of {', '.join(ORDERS)}")
    shown = {name: text for name, text in given.items() if name in ("sort", "articles")}
    tag = tag_answer(service, "front", base, *(f"{n}={t}" for n, t in sorted(shown.items())))
    headers = {"ETag": tag, "Vary": "Accept"}
    if is_known(request, tag):
        return send_known(headers)
    fetch = partial(_fetch, service, request)
    ask = partial(ask_engine, service, request)
    rows, claims, things, pairs, totals = await asyncio.gather(
        fetch(_LIST_ARTICLES),
        fetch(_COUNT_CLAIMS),
        fetch(_COUNT_THINGS),
        fetch(_COUNT_PAIRS),
        fetch(_COUNT_ALL),
    )
    counts = {row["article"]["value"]: int(row["count"]["value"]) for row in claims}
    paging = make_paging(shown, "articles", size=_PAGE, count=len(rows))
    ordered = sort_articles(rows, counts, order)[paging.offset : paging.offset + _PAGE]
    names = await fetch_names(list_iris([*things, *pairs]), ask, base)
    questions = await asyncio.to_thread(load_questions)
    page = render_page(
        "front.html",
        base,
        articles=await _fetch_details(ordered, counts, ask, base),
        paging=paging,
        order=order,
        orders=ORDERS,
        things=rank(things, ("thing",), names, base),
        pairs=rank(pairs, ("one", "other"), names, base),
        totals=_read_totals(totals),
        questions=[questions[name] for name in _QUESTIONS if name in questions],
    )
    return send_page(page, headers)


async def _fetch(service: Service, request: Request, query: str) -> list[Row]:
    """What is counted once for each state of the graph; nothing where that takes too long."""
    ask = partial(ask_engine, service, request)
    try:
        rows = await service.statistics.fetch(query, service.engine.stamp, ask)
    except HTTPException:
        return []
    return [row for row in rows if row]


def _read_totals(rows: Iterable[Row]) -> tuple[int, int]:
    for row in rows:
        return int(row["count"]["value"]), int(row["kinds"]["value"])
    return 0, 0


def sort_articles(rows: Collection[Row], counts: Mapping[str, int], order: str) -> list[str]:
    """The IRIs of the articles in an order; what has no date comes last, whichever is first."""
    told = {row["article"]["value"]: row for row in rows if "article" in row}

    def take(iri: str, name: str) -> str:
        return told[iri].get(name, {}).get("value", "")

    ordered = sorted(told, key=lambda iri: (take(iri, "title").casefold(), iri))
    if order == "claims":
        ordered.sort(key=lambda iri: -counts.get(iri, 0))
    elif order in ("newest", "oldest"):
        ordered.sort(key=lambda iri: take(iri, "dated"), reverse=order == "newest")
        ordered.sort(key=lambda iri: not take(iri, "dated"))
    return ordered


async def _fetch_details(
    articles: Iterable[str], counts: Mapping[str, int], ask: Ask, base: str
) -> list[Article]:
    """What the list tells of some articles, in their order."""
    ordered = list(articles)
    listed = " ".join(format_term(URIRef(iri)) for iri in ordered)
    rows = await fetch_rows(
        f"{HEAD}SELECT ?article ?title ?journal ?dated ?author WHERE {{ "
        f"VALUES ?article {{ {listed} }} "
        "OPTIONAL { ?article dcterms:title ?title } OPTIONAL { ?article kg:journal ?journal } "
        "OPTIONAL { ?article dcterms:issued ?issued } OPTIONAL { ?article kg:received ?received } "
        "BIND(COALESCE(?issued, ?received) AS ?dated) "
        "OPTIONAL { ?article dcterms:creator/rdfs:label ?author } }",
        ask,
    )
    names = await fetch_names(ordered, ask, base)
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        text = {name: term["value"] for name, term in row.items()}
        found.setdefault(text["article"], []).append(text)
    articles_told = []
    for iri in ordered:
        told = found.get(iri, [{}])
        first = min(told, key=lambda text: sorted(text.items()))
        articles_told.append(
            Article(
                name_thing(iri, names, base),
                tuple(sorted({text["author"] for text in told if "author" in text})),
                first.get("journal"),
                first.get("dated"),
                counts.get(iri, 0),
            )
        )
    return articles_told


def rank(
    rows: Collection[Row], ends: Collection[str], names: Mapping[str, Named], base: str
) -> list[Ranked]:
    """Things or pairs of them with counts, under their names."""
    known = [row for row in rows if all(row.get(end, {}).get("type") == "uri" for end in ends)]
    most = max((int(row["count"]["value"]) for row in known), default=1)
    ranked = []
    for row in known:
        things = [name_thing(row[end]["value"], names, base) for end in ends]
        count = int(row["count"]["value"])
        other = things[1] if len(things) > 1 else None
        ranked.append(Ranked(things[0], other, count, max(1, round(20 * count / most))))
    return ranked
