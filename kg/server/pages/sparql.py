"""The page of the SPARQL endpoint: a form that works without scripts, which put an editor there."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from urllib.parse import urlencode

from rdflib import Literal, URIRef
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import ConcordError
from kg.query.requests import QueryRequest
from kg.rdf import PREFIXES, Format, parse_quads
from kg.server.answers import Service, ask_engine, is_known, send_known, tag_answer
from kg.server.layers import find_base
from kg.server.pages.asking import group_questions, read_page
from kg.server.pages.naming import fetch_names
from kg.server.pages.questions import Result, list_triples, show_node, show_result
from kg.server.pages.rendering import render_page, send_page
from kg.server.pages.views import read_view, show_views
from kg.server.pages.wording import word_column
from kg.server.parameters import decode_parameters
from kg.server.reading import collect_body
from kg.vocabulary.questions import load_questions

_AT_ONCE = 200
_LARGEST = 64 << 20
_ROWS, _TRIPLES = "application/sparql-results+json", "application/n-triples"
_EXAMPLE = """SELECT ?subject ?relation ?object ?quote WHERE {
  ?claim a kg:Claim ; kg:subject ?subject ; kg:relation ?relation ; kg:object ?object ;
         kg:evidence/oa:hasSelector/oa:exact ?quote .
}
LIMIT 20"""


async def send_sparql_page(
    service: Service, request: Request, query: QueryRequest | None
) -> Response:
    """Send the page of the SPARQL endpoint: a form, and what a query answers if there is one."""
    base = find_base(service.settings, request.scope)
    text = None if query is None else query.text
    named = () if query is None else (*query.default_graphs, "", *query.named_graphs)
    tag = tag_answer(service, "endpoint page", base, text, *named)
    headers = {"ETag": tag, "Vary": "Accept"}
    if query is None and is_known(request, tag):
        return send_known(headers)
    values: dict[str, object] = {"shown": None, "truth": None, "triples": False, "error": ""}
    values |= {"before": "", "after": ""}
    status = 200
    if query is not None:
        # What a query answers may change each time it is asked.
        headers = {"Vary": "Accept", "Cache-Control": "no-store"}
        try:
            values |= await _show_answer(service, request, query, base)
        except HTTPException as error:
            values["error"], status = error.detail.strip(), error.status_code
    questions = (await asyncio.to_thread(load_questions)).values()
    page = render_page(
        "sparql.html",
        base,
        query=_EXAMPLE if text is None else text,
        prefixes=sorted(PREFIXES.items()),
        topics=group_questions(questions),
        word=word_column,
        **values,
    )
    return send_page(page, headers, status)


async def _show_answer(
    service: Service, request: Request, query: QueryRequest, base: str
) -> dict[str, object]:
    ask = partial(ask_engine, service, request)
    given = dict(decode_parameters(request.scope["query_string"]))
    page, view = read_page(given), read_view(given)
    offset = (page - 1) * _AT_ONCE
    asked = QueryRequest(
        query.text,
        accept=f"{_ROWS}, {_TRIPLES}",
        base=query.base,
        default_graphs=query.default_graphs,
        named_graphs=query.named_graphs,
    )
    answer = await ask(asked)
    try:
        body = await collect_body(answer, _LARGEST)
    except ConcordError as error:
        raise HTTPException(503, str(error)) from error
    if answer.status != 200:
        raise HTTPException(answer.status, body.decode("utf-8", "replace"))
    triples = answer.media_type == _TRIPLES
    if triples:
        result = await _show_triples(service, request, body, base, offset)
    else:
        document = await asyncio.to_thread(json.loads, body)
        if "boolean" in document:
            return {"truth": document["boolean"]}
        result = await show_result(
            document["head"]["vars"], document["results"]["bindings"], ask, base,
            offset=offset, limit=_AT_ONCE, quoting=False,
        )  # fmt: skip
    shown = await show_views(result, view, given, ask, base, plain=True)
    return {"shown": shown, "triples": triples, **_turn_pages(result, page, given)}


def _turn_pages(result: Result, page: int, given: dict[str, str]) -> dict[str, str]:
    def locate(number: int) -> str:
        return f"?{urlencode({**given, 'page': number})}"

    more = result.offset + len(result.rows) < result.count
    return {
        "before": locate(page - 1) if page > 1 else "",
        "after": locate(page + 1) if more else "",
    }


async def _show_triples(
    service: Service, request: Request, body: bytes, base: str, offset: int
) -> Result:
    lines = body.splitlines(keepends=True)
    shown = b"".join(lines[offset : offset + _AT_ONCE])
    triples = [triple for triple, _ in parse_quads(shown, Format.NTRIPLES)]
    wanted = {str(node) for triple in triples for node in triple if isinstance(node, URIRef)}
    names = await fetch_names(wanted, partial(ask_engine, service, request), base)
    cells = []
    for triple in triples:
        s, p, o = (
            show_node(
                node if isinstance(node, URIRef | Literal) else Literal(f"_:{node}"), names, base
            )
            for node in triple
        )
        cells.append((s, p, o))
    return list_triples(cells, offset, len(lines))
