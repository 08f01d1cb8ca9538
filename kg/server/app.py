"""The ASGI app: which path leads to which handler, and the layers around them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from kg.query.negotiation import negotiate
from kg.server.answers import Service, add_charset
from kg.server.descriptions import (
    describe_catalogue,
    describe_void,
    format_prefixes,
    send_description,
)
from kg.server.downloads import answer_export
from kg.server.endpoint import answer_sparql
from kg.server.engine import Engine
from kg.server.graph_store import answer_graph_store
from kg.server.layers import CheckingLayer, RecordingLayer, find_base
from kg.server.linked_data import SECTIONS, answer_data, answer_page, answer_thing
from kg.server.logs import Record
from kg.server.metrics import format_metrics, make_metrics
from kg.server.pages.adding import answer_add, answer_job, answer_job_state
from kg.server.pages.asking import answer_question, answer_questions
from kg.server.pages.browsing import (
    VOCABULARIES,
    answer_entry,
    answer_ontology,
    answer_rules,
    answer_term,
    answer_vocabulary,
)
from kg.server.pages.describing import answer_pair
from kg.server.pages.finding import answer_found
from kg.server.pages.front import answer_articles, answer_root
from kg.server.pages.graph_view import answer_graph_page, answer_graph_view, answer_network
from kg.server.pages.reader import answer_reader
from kg.server.pages.rendering import offer_writing
from kg.server.pages.reviewing import answer_review
from kg.server.pages.signing import answer_sign_in
from kg.server.pages.why import answer_why
from kg.server.reconciliation.access import ReconciliationAccess
from kg.server.reconciliation.routes import make_reconciliation_routes
from kg.server.searching import answer_search
from kg.server.settings import Settings
from kg.server.static_files import answer_static
from kg.server.statistics import Statistics
from kg.server.writing.desk import Desk

_PREFIX_TYPES = ("application/ld+json", "application/json", "text/turtle", "text/plain")
_WRITING = ("DELETE", "POST", "PUT")
_EXPOSED = ("ETag", "Link", "Location", "Allow", "WWW-Authenticate", "Retry-After")

Handler = Callable[[Service, Request], Awaitable[Response]]


def make_app(
    engine: Engine, settings: Settings, record: Record, desk: Desk | None = None
) -> ASGIApp:
    """The app that answers with an engine, writes a log, and takes what people change."""
    statistics = Statistics()
    metrics = make_metrics(engine.counts, statistics)
    service = Service(engine, settings, metrics, statistics, record, desk)
    offer_writing(desk is not None)
    middleware = [
        Middleware(CheckingLayer, settings=settings),
        Middleware(ReconciliationAccess, settings=settings),
    ]
    if settings.origins:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.origins,
                allow_methods=("GET", "HEAD", "OPTIONS", *_WRITING),
                allow_headers=("*",),
                expose_headers=_EXPOSED,
            )
        )
    middleware.append(Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5))
    app = Starlette(
        routes=_make_routes(service),
        middleware=middleware,
        exception_handlers={HTTPException: _tell_error},
    )
    return RecordingLayer(app, metrics, record)


def _make_routes(service: Service) -> list[Route]:
    def route(path: str, handler: Handler, *methods: str) -> Route:
        return Route(path, partial(handler, service), methods=("GET", "HEAD", *methods))

    routes = [
        route("/", answer_root),
        route("/sparql", answer_sparql, "POST"),
        route("/sparql/", answer_sparql, "POST"),
        route("/graphs", answer_graph_store, *_WRITING),
        route("/graphs/{path:path}", answer_graph_store, *_WRITING),
        route("/.well-known/void", _answer_void),
        route("/dcat", _answer_catalogue),
        route("/prefixes", _answer_prefixes),
        route("/export/concord.{ending}", answer_export),
        route("/data/{path:path}", answer_data),
        route("/page/articles", answer_articles),
        route("/page/search", answer_found),
        route("/page/pair", answer_pair),
        route("/page/why", answer_why),
        route("/page/sign-in", answer_sign_in, "POST"),
        route("/page/review", answer_review, "POST"),
        route("/page/add", answer_add, "POST"),
        route("/page/add/{key}", answer_job),
        route("/page/add/{key}/state.json", answer_job_state),
        route("/page/graph", answer_graph_page),
        route("/page/graph.json", answer_network),
        route("/page/article/{key}/graph.json", answer_graph_view),
        route("/page/article/{key}", answer_reader),
        route("/page/ontology", answer_ontology),
        route("/page/ontology/{name:path}", answer_term),
        *_make_vocabulary_routes(route),
        route("/page/{path:path}", answer_page),
        route("/questions", answer_questions),
        route("/questions/{name}", answer_question),
        route("/static/{name}", answer_static),
        route("/search", answer_search),
        route("/health", _answer_health),
        route("/metrics", _answer_metrics),
        *make_reconciliation_routes(service),
    ]
    for section in SECTIONS:
        methods = _WRITING if section == "graph" else ()
        routes.append(route(f"/{section}", answer_thing, *methods))
        routes.append(route(f"/{section}/{{path:path}}", answer_thing, *methods))
    return routes


def _make_vocabulary_routes(route: Callable[..., Route]) -> list[Route]:
    routes = [route("/owl2rl", answer_rules)]
    for name in VOCABULARIES:
        routes.append(route(f"/page/{name}", partial(answer_vocabulary, document=name)))
        if name != "rules":
            entry = partial(answer_entry, document=name)
            routes.append(route(f"/page/{name}/{{name:path}}", entry))
    return routes


async def _tell_error(request: Request, error: Exception) -> Response:
    """What is wrong in one line of text; of a method, which there are."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        allowed = sorted({*headers["Allow"].split(", "), "OPTIONS"})
        headers["Allow"] = ", ".join(allowed)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
        error = HTTPException(405, f"the methods here are {headers['Allow']}")
    line = " ".join(error.detail.split())
    return PlainTextResponse(f"{line}\n", error.status_code, headers)


async def _answer_void(service: Service, request: Request) -> Response:
    base = find_base(service.settings, request.scope)
    return await send_description(service, request, describe_void, base)


async def _answer_catalogue(service: Service, request: Request) -> Response:
    base = find_base(service.settings, request.scope)
    return await send_description(service, request, describe_catalogue, base)


async def _answer_prefixes(service: Service, request: Request) -> Response:
    wanted = negotiate(request.headers.get("accept"), _PREFIX_TYPES)
    if wanted is None:
        raise HTTPException(406, f"there is this in {', '.join(_PREFIX_TYPES)}")
    headers = {"Vary": "Accept", "Cache-Control": "max-age=3600"}
    return Response(format_prefixes(wanted), headers=headers, media_type=add_charset(wanted))


async def _answer_health(service: Service, request: Request) -> Response:
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


async def _answer_metrics(service: Service, request: Request) -> Response:
    service.statistics.renew_later(service.engine.stamp, service.engine.ask)
    media_type, text = format_metrics(service.metrics, request.headers.get("accept"))
    return Response(text, headers={"Content-Type": media_type, "Cache-Control": "no-store"})
