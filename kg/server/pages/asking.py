"""The pages of questions and of SPARQL, as they are asked for over HTTP."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from functools import partial
from urllib.parse import urlencode

from rdflib import Literal, URIRef
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import ConcordError, QueryError, UnknownTermError
from kg.query import fill_question, find_question
from kg.query.requests import QueryRequest
from kg.rdf import PREFIXES, Format, parse_quads
from kg.server.answers import Service, ask_engine, is_known, send_answer, send_known, tag_answer
from kg.server.layers import find_base
from kg.server.pages.naming import fetch_names
from kg.server.pages.questions import Result, list_triples, show_node, show_result
from kg.server.pages.rendering import render_page, send_page
from kg.server.parameters import decode_parameters
from kg.server.reading import collect_body
from kg.store import open_snapshot
from kg.vocabulary import load_vocabulary
from kg.vocabulary.questions import ParameterKind, Question, load_questions

_AT_ONCE = 200
_LARGEST = 64 << 20
_LAST_PAGE = 100_000
_ROWS, _TRIPLES = "application/sparql-results+json", "application/n-triples"
_DOWNLOADS = {"csv": "text/csv", "json": _ROWS}
_EXAMPLE = """SELECT ?subject ?relation ?object ?quote WHERE {
  ?claim a kg:Claim ; kg:subject ?subject ; kg:relation ?relation ; kg:object ?object ;
         kg:evidence/oa:hasSelector/oa:exact ?quote .
}
LIMIT 20"""

# --------------------------------------------------------------------------------- questions


async def answer_questions(service: Service, request: Request) -> Response:
    """Send the list of the competency questions."""
    base = find_base(service.settings, request.scope)
    questions = (await asyncio.to_thread(load_questions)).values()
    listed = sorted(questions, key=lambda question: question.title.casefold())
    return send_page(render_page("questions.html", base, questions=listed), {})


async def answer_question(service: Service, request: Request) -> Response:
    """Send the page of a question with its answers, or these alone as CSV or JSON."""
    base = find_base(service.settings, request.scope)
    name, _, ending = request.path_params["name"].partition(".")
    try:
        question = find_question(await asyncio.to_thread(load_questions), name)
    except QueryError as error:
        raise HTTPException(404, f"no question is named {name!r}") from error
    given = _read_given(request, question)
    tag = tag_answer(service, "question", base, name, ending, request.url.query)
    headers = {"ETag": tag}
    if is_known(request, tag):
        return send_known(headers)
    if ending:
        return await _send_download(service, request, question, given, ending, headers)
    return await _send_question(service, request, question, given, headers)


def _read_given(request: Request, question: Question) -> dict[str, str]:
    """What was given for each parameter; an empty field is none."""
    written = dict(decode_parameters(request.scope["query_string"]))
    return {
        parameter.name: written[parameter.name]
        for parameter in question.parameters
        if written.get(parameter.name, "").strip()
    }


async def _fill(service: Service, question: Question, given: Mapping[str, str]) -> str:
    """The SPARQL of a question; QueryError where what was given names nothing."""

    def fill() -> str:
        with open_snapshot(service.engine.directory) as store:
            return fill_question(store, question, given)

    return await asyncio.to_thread(fill)


async def _send_download(
    service: Service,
    request: Request,
    question: Question,
    given: Mapping[str, str],
    ending: str,
    headers: dict[str, str],
) -> Response:
    if ending not in _DOWNLOADS:
        raise HTTPException(404, f"there is this in {', '.join(_DOWNLOADS)}")
    try:
        text = await _fill(service, question, given)
    except (QueryError, UnknownTermError) as error:
        raise HTTPException(400, str(error)) from error
    except ConcordError as error:
        raise HTTPException(503, f"{error}; try again") from error
    answer = await ask_engine(service, request, QueryRequest(text, accept=_DOWNLOADS[ending]))
    name = f'attachment; filename="{question.name}.{ending}"'
    return await send_answer(request, answer, headers | {"Content-Disposition": name})


async def _send_question(
    service: Service,
    request: Request,
    question: Question,
    given: Mapping[str, str],
    headers: dict[str, str],
) -> Response:
    base = find_base(service.settings, request.scope)
    page, error, sparql, result, status = _read_page(request), "", "", None, 200
    defaults = {p.name: p.default or "" for p in question.parameters}
    missing = any(p.required and p.name not in given for p in question.parameters)
    if not missing:
        try:
            sparql = await _fill(service, question, given)
            result = await _answer(service, request, sparql, page)
        except (QueryError, UnknownTermError) as problem:
            error, status = str(problem), 400
        except ConcordError as problem:
            error, status = f"{problem}; try again", 503
        except HTTPException as problem:
            error, status = problem.detail.strip(), problem.status_code
    asked = f"?{urlencode(given)}" if given else ""
    relations = await asyncio.to_thread(_list_relations, question)
    page_text = render_page(
        "question.html",
        base,
        question=question,
        given={**defaults, **given},
        relations=relations,
        error=error,
        result=result,
        sparql=sparql,
        asked=asked,
        **_turn_pages(result, given, page),
    )
    return send_page(page_text, headers if status == 200 else {}, status)


async def _answer(service: Service, request: Request, sparql: str, page: int) -> Result:
    ask = partial(ask_engine, service, request)
    base = find_base(service.settings, request.scope)
    answer = await ask(QueryRequest(sparql, accept=_ROWS))
    body = await collect_body(answer, _LARGEST)
    if answer.status != 200:
        raise HTTPException(answer.status, body.decode("utf-8", "replace"))
    document = await asyncio.to_thread(json.loads, body)
    rows, variables = document["results"]["bindings"], document["head"]["vars"]
    offset = (page - 1) * _AT_ONCE
    return await show_result(variables, rows, ask, base, offset=offset, limit=_AT_ONCE)


def _list_relations(question: Question) -> list[str]:
    if not any(p.kind is ParameterKind.RELATION for p in question.parameters):
        return []
    return sorted(relation.name for relation in load_vocabulary().relations.values())


def _turn_pages(result: Result | None, given: Mapping[str, str], page: int) -> dict[str, str]:
    def locate(number: int) -> str:
        return f"?{urlencode({**given, 'page': number})}"

    more = result is not None and result.offset + len(result.rows) < result.count
    return {
        "before": locate(page - 1) if page > 1 else "",
        "after": locate(page + 1) if more else "",
    }


def _read_page(request: Request) -> int:
    text = dict(decode_parameters(request.scope["query_string"])).get("page", "1")
    if not re.fullmatch("[1-9][0-9]{0,5}", text) or int(text) > _LAST_PAGE:
        raise HTTPException(400, f"page is a number from 1 to {_LAST_PAGE}")
    return int(text)


# ------------------------------------------------------------------------------------ SPARQL


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
    values: dict[str, object] = {"result": None, "truth": None, "triples": False, "error": ""}
    status = 200
    if query is not None:
        # What a query answers may change each time it is asked.
        headers = {"Vary": "Accept", "Cache-Control": "no-store"}
        try:
            values |= await _show_answer(service, request, query, base)
        except HTTPException as error:
            values["error"], status = error.detail.strip(), error.status_code
    page = render_page(
        "sparql.html",
        base,
        query=_EXAMPLE if text is None else text,
        prefixes=sorted(PREFIXES.items()),
        **values,
    )
    return send_page(page, headers, status)


async def _show_answer(
    service: Service, request: Request, query: QueryRequest, base: str
) -> dict[str, object]:
    ask = partial(ask_engine, service, request)
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
    if answer.media_type == _TRIPLES:
        return {"result": await _show_triples(service, request, body, base), "triples": True}
    document = await asyncio.to_thread(json.loads, body)
    if "boolean" in document:
        return {"truth": document["boolean"]}
    rows, variables = document["results"]["bindings"], document["head"]["vars"]
    result = await show_result(variables, rows, ask, base, offset=0, limit=_AT_ONCE, quoting=False)
    return {"result": result}


async def _show_triples(service: Service, request: Request, body: bytes, base: str) -> Result:
    lines = body.splitlines(keepends=True)
    triples = [triple for triple, _ in parse_quads(b"".join(lines[:_AT_ONCE]), Format.NTRIPLES)]
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
    found = list_triples(cells)
    return Result(found.columns, found.rows, len(lines), 0)
