"""The pages of the competency questions, as they are asked for over HTTP."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import ConcordError, QueryError, UnknownTermError
from kg.query import fill_question, find_question
from kg.query.requests import QueryRequest
from kg.server.answers import Service, ask_engine, is_known, send_answer, send_known, tag_answer
from kg.server.layers import find_base
from kg.server.pages.questions import Result, describe_claims, show_result
from kg.server.pages.rendering import render_page, send_page
from kg.server.pages.views import Shown, read_view, show_views
from kg.server.pages.wording import word_column
from kg.server.parameters import decode_parameters
from kg.server.reading import collect_body
from kg.store import open_snapshot
from kg.vocabulary import load_vocabulary
from kg.vocabulary.questions import ParameterKind, Question, load_questions

_AT_ONCE = 200
_LARGEST = 64 << 20
_LAST_PAGE = 100_000
_ROWS, _TURTLE = "application/sparql-results+json", "text/turtle"
_DOWNLOADS = {"csv": "text/csv", "json": _ROWS, "ttl": _TURTLE}
_TOPICS = {
    "Who does what to whom": "Claims between actors: demands, pressure, protection, talks, forces.",
    "Alliances and agreements": "Who is bound to whom, by what, and who leaves.",
    "Policies, aims and effects": "What is pursued and wanted, and what is said to lead to what.",
    "Who says so, and how surely": "Beliefs and statements of others, denials, predictions.",
    "Time, place and office": "When it was, where, and who was in office.",
    "Names and links": "What the names mean, and the same things in other datasets.",
    "How the graph came about": "Articles, wordings, decisions of reviewers, and what is missing.",
}
"""What the topics of the shipped questions are about, in the order in which they are listed."""

Topic = tuple[str, str, list[Question]]


async def answer_questions(service: Service, request: Request) -> Response:
    """Send the list of the competency questions."""
    base = find_base(service.settings, request.scope)
    topics = group_questions((await asyncio.to_thread(load_questions)).values())
    return send_page(render_page("questions.html", base, topics=topics), {})


def group_questions(questions: Iterable[Question]) -> list[Topic]:
    """The questions by topic, each with what it is about; other topics come behind ours."""
    grouped: dict[str, list[Question]] = {topic: [] for topic in _TOPICS}
    for question in sorted(questions, key=lambda question: question.title.casefold()):
        grouped.setdefault(question.topic or "Others", []).append(question)
    return [(topic, _TOPICS.get(topic, ""), found) for topic, found in grouped.items() if found]


async def answer_question(service: Service, request: Request) -> Response:
    """Send the page of a question with its answers, or these alone as CSV, JSON or Turtle."""
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
    if ending == "ttl":
        variables, rows = await _fetch_answers(service, request, text)
        ask = partial(ask_engine, service, request)
        text = await describe_claims(variables, rows, ask)
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
    written = dict(decode_parameters(request.scope["query_string"]))
    page, view = read_page(written), read_view(written)
    error, sparql, shown, status = "", "", None, 200
    defaults = {p.name: p.default or "" for p in question.parameters}
    missing = any(p.required and p.name not in given for p in question.parameters)
    if not missing:
        try:
            sparql = await _fill(service, question, given)
            shown = await _answer(service, request, sparql, given, page, view)
        except (QueryError, UnknownTermError) as problem:
            error, status = str(problem), 400
        except ConcordError as problem:
            error, status = f"{problem}; try again", 503
        except HTTPException as problem:
            error, status = problem.detail.strip(), problem.status_code
    page_text = render_page(
        "question.html",
        base,
        question=question,
        given={**defaults, **given},
        given_any=bool(given),
        relations=await asyncio.to_thread(_list_relations, question),
        error=error,
        shown=shown,
        view=view,
        sparql=sparql,
        word=word_column,
        asked=f"?{urlencode(given)}" if given else "",
        **_turn_pages(shown, given, page),
    )
    return send_page(page_text, headers if status == 200 else {}, status)


async def _answer(
    service: Service,
    request: Request,
    sparql: str,
    given: Mapping[str, str],
    page: int,
    view: str,
) -> Shown:
    ask = partial(ask_engine, service, request)
    base = find_base(service.settings, request.scope)
    variables, rows = await _fetch_answers(service, request, sparql)
    offset = (page - 1) * _AT_ONCE
    result = await show_result(variables, rows, ask, base, offset=offset, limit=_AT_ONCE)
    asked = {**given, "page": str(page)} if page > 1 else given
    return await show_views(result, view, asked, ask, base, plain=False)


async def _fetch_answers(
    service: Service, request: Request, sparql: str
) -> tuple[list[str], list[dict[str, dict[str, str]]]]:
    """The variables and rows that a question is answered with."""
    answer = await ask_engine(service, request, QueryRequest(sparql, accept=_ROWS))
    body = await collect_body(answer, _LARGEST)
    if answer.status != 200:
        raise HTTPException(answer.status, body.decode("utf-8", "replace"))
    document = await asyncio.to_thread(json.loads, body)
    return document["head"]["vars"], document["results"]["bindings"]


def _list_relations(question: Question) -> list[tuple[str, str]]:
    if not any(p.kind is ParameterKind.RELATION for p in question.parameters):
        return []
    return _read_relations()


@lru_cache(maxsize=1)
def _read_relations() -> list[tuple[str, str]]:
    # To read the whole vocabulary takes longer than most answers.
    return sorted((each.name, each.label) for each in load_vocabulary().relations.values())


def _turn_pages(shown: Shown | None, given: Mapping[str, str], page: int) -> dict[str, str]:
    def locate(number: int) -> str:
        view = {} if shown is None or shown.view == "table" else {"view": shown.view}
        return f"?{urlencode({**given, **view, 'page': number})}"

    result: Result | None = shown.result if shown else None
    more = result is not None and result.offset + len(result.rows) < result.count
    return {
        "before": locate(page - 1) if page > 1 else "",
        "after": locate(page + 1) if more else "",
    }


def read_page(given: Mapping[str, str]) -> int:
    """The number of the page that an address asks for; 400 for what is none."""
    text = given.get("page", "1")
    if not re.fullmatch("[1-9][0-9]{0,5}", text) or int(text) > _LAST_PAGE:
        raise HTTPException(400, f"page is a number from 1 to {_LAST_PAGE}")
    return int(text)
