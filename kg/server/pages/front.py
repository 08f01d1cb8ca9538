"""The front page: the articles that the graph was read from."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from kg.query.negotiation import GRAPH_TYPES, negotiate
from kg.server.answers import Service, ask_engine
from kg.server.layers import find_base
from kg.server.pages.naming import HEAD, locate_thing
from kg.server.pages.rendering import render_page, send_page
from kg.server.statistics import fetch_rows

_MOST = 500


async def answer_root(service: Service, request: Request) -> Response:
    """Lead people to the article or a list of them, and programs to the SPARQL endpoint."""
    base = find_base(service.settings, request.scope)
    wanted = negotiate(request.headers.get("accept"), (*GRAPH_TYPES, "text/html"))
    if wanted != "text/html":
        return _lead(f"{base}/sparql")
    rows = await fetch_rows(
        f"{HEAD}SELECT ?article (MIN(STR(?name)) AS ?title) (MIN(STR(?date)) AS ?dated) "
        "(COUNT(DISTINCT ?claim) AS ?claims) WHERE { ?article a kg:Article "
        "OPTIONAL { ?article dcterms:title ?name } "
        "OPTIONAL { ?article dcterms:issued|kg:received ?date } "
        f"OPTIONAL {{ ?claim kg:inArticle ?article ; a kg:Claim }} }} GROUP BY ?article "
        f"ORDER BY ?title ?article LIMIT {_MOST}",
        partial(ask_engine, service, request),
    )
    articles = [
        {
            "href": locate_thing(row["article"]["value"], base)[0],
            "title": row["title"]["value"] if "title" in row else row["article"]["value"],
            "dated": row["dated"]["value"] if "dated" in row else "",
            "claims": row["claims"]["value"],
        }
        for row in rows
    ]
    if len(articles) == 1 and articles[0]["href"]:
        return _lead(articles[0]["href"])
    return send_page(render_page("front.html", base, articles=articles), {"Vary": "Accept"})


def _lead(place: str) -> Response:
    return Response(status_code=303, headers={"Location": place, "Vary": "Accept"})
