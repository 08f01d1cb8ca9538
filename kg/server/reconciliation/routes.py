"""Which path of the service leads to which answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.query.requests import Answer, QueryRequest
from kg.server.answers import Service, ask_engine
from kg.server.bodies import read_body
from kg.server.layers import find_base
from kg.server.parameters import (
    FORM,
    decode_parameters,
    decode_text,
    read_content_type,
    require_utf8,
)
from kg.server.reconciliation.access import PATH, send_json
from kg.server.reconciliation.catalogue import Catalogue, Cataloguer, Schema
from kg.server.reconciliation.extending import extend_things, propose_properties
from kg.server.reconciliation.identifiers import name_term, resolve_thing
from kg.server.reconciliation.index import Thing
from kg.server.reconciliation.manifest import describe_draft_manifest, describe_manifest
from kg.server.reconciliation.matching import match_queries
from kg.server.reconciliation.pages import (
    describe_flyout,
    list_kind_lines,
    list_property_lines,
    preview_thing,
)
from kg.server.reconciliation.properties import list_properties
from kg.server.reconciliation.queries import (
    Query,
    read_batch,
    read_draft_batch,
    read_extension,
    read_limit,
    read_single,
    read_skipped,
)
from kg.server.reconciliation.responses import (
    describe_candidates,
    describe_draft_table,
    describe_kind_entries,
    describe_properties,
    describe_table,
    describe_things,
)
from kg.server.reconciliation.suggesting import (
    suggest_kinds,
    suggest_properties,
    suggest_things,
)
from kg.server.reconciliation.wording import describe_thing

_AT_ONCE = 2
_NAMES = 5

T = TypeVar("T")


class _Session:
    """The service with what it knows of the graph."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.cataloguer = Cataloguer(service.engine)
        # Matching takes the processor for itself: what is more would only slow all down.
        self.slots = asyncio.Semaphore(_AT_ONCE)


class _Call:
    """One request: its parameters, the catalogue, and the engine while the client is there."""

    def __init__(self, session: _Session, request: Request) -> None:
        self.session = session
        self.request = request
        self.settings = session.service.settings
        self.base = find_base(self.settings, request.scope)
        self.parameters = dict(decode_parameters(request.scope["query_string"]))

    async def ask(self, query: QueryRequest) -> Answer:
        """Ask the engine, as long as the client wants to know."""
        return await ask_engine(self.session.service, self.request, query)

    async def read_catalogue(self) -> Catalogue:
        """What is known of the graph."""
        return await self.session.cataloguer.get()

    async def read_schema(self) -> Schema:
        """The kinds and relations alone, which are there at once."""
        return await self.session.cataloguer.get_schema()

    async def read_body(self) -> bytes:
        """The body, of the size that a query may have."""
        size, seconds = self.settings.query_size, self.settings.body_seconds
        return await read_body(self.request, size=size, seconds=seconds)

    def send(self, value: object) -> Response:
        """Send JSON."""
        return send_json(self.settings, self.request, value, self.parameters.get("callback"))


Handler = Callable[[_Call], Awaitable[Response]]


def make_reconciliation_routes(service: Service) -> list[Route]:
    """The routes of version 0.2 and, below `/1.0-draft`, of the draft."""
    session = _Session(service)

    def route(path: str, handler: Handler, *methods: str) -> Route:
        endpoint = partial(_handle, session, handler)
        return Route(f"{PATH}{path}", endpoint, methods=("GET", "HEAD", *methods))

    routes = [route("", _answer_root, "POST"), route("/", _answer_root, "POST")]
    routes += [
        route(f"{version}{path}", handler)
        for version in ("", "/1.0-draft")
        for path, handler in (
            ("/suggest/entity", _suggest_entity),
            ("/suggest/type", _suggest_type),
            ("/suggest/property", _suggest_property),
            ("/preview", _preview),
        )
    ]
    routes += [
        route("/flyout/entity", _fly_out_entity),
        route("/flyout/type", _fly_out_type),
        route("/flyout/property", _fly_out_property),
        route("/properties", _propose),
        route("/1.0-draft", _answer_draft_root),
        route("/1.0-draft/", _answer_draft_root),
        route("/1.0-draft/extend/propose", _propose),
    ]
    for path, handler in (
        # The draft has renamed the first to the second.
        ("/1.0-draft/reconcile", _match_draft),
        ("/1.0-draft/match", _match_draft),
        ("/1.0-draft/extend", _extend_draft),
    ):
        endpoint = partial(_handle, session, handler)
        routes.append(Route(f"{PATH}{path}", endpoint, methods=("POST",)))
    return routes


async def _handle(session: _Session, handler: Handler, request: Request) -> Response:
    return await handler(_Call(session, request))


# ----------------------------------------------------------------------------- matching, values


async def _answer_root(call: _Call) -> Response:
    """The manifest, or the answer to queries or a request for values."""
    if call.request.method == "POST":
        content = read_content_type(call.request.headers.get("content-type"))
        require_utf8(content)
        if content.media_type != FORM:
            raise HTTPException(415, f"the Content-Type must be {FORM}")
        call.parameters |= dict(decode_parameters(await call.read_body()))
    given = call.parameters
    if given.keys().isdisjoint(("queries", "query", "extend")):
        if call.request.method == "POST":
            raise HTTPException(400, "the form needs queries or extend")
        return call.send(describe_manifest(await call.read_schema(), call.base))
    catalogue = await call.read_catalogue()
    if "queries" in given:
        batch = read_batch(given["queries"])
        found = await _match(call, catalogue, list(batch.values()))
        return call.send(
            {key: {"result": result} for key, result in zip(batch, found, strict=True)}
        )
    if "query" in given:
        (result,) = await _match(call, catalogue, [read_single(given["query"])])
        return call.send({"result": result})
    table = await extend_things(call.ask, catalogue, read_extension(given["extend"]))
    return call.send(describe_table(table))


async def _match(
    call: _Call, catalogue: Catalogue, queries: list[Query], *, named: bool = False
) -> list[list[dict[str, object]]]:
    async with call.session.slots:
        found = await match_queries(call.ask, catalogue, queries)
    return [describe_candidates(each, catalogue.schema, named=named) for each in found]


async def _answer_draft_root(call: _Call) -> Response:
    return call.send(describe_draft_manifest(await call.read_schema(), call.base))


async def _match_draft(call: _Call) -> Response:
    queries = read_draft_batch(await _read_json_body(call))
    found = await _match(call, await call.read_catalogue(), queries, named=True)
    return call.send({"results": [{"candidates": each} for each in found]})


async def _extend_draft(call: _Call) -> Response:
    extension = read_extension(await _read_json_body(call))
    table = await extend_things(call.ask, await call.read_catalogue(), extension)
    return call.send(describe_draft_table(table))


async def _read_json_body(call: _Call) -> str:
    content = read_content_type(call.request.headers.get("content-type"))
    require_utf8(content)
    if content.media_type != "application/json":
        raise HTTPException(415, "the Content-Type must be application/json")
    return decode_text(await call.read_body())


async def _propose(call: _Call) -> Response:
    kind = name_term(call.parameters.get("type", ""))
    given = call.parameters.get("limit") or None
    limit = read_limit(given, "limit", default=0)
    found = propose_properties(await call.read_schema(), kind, limit)
    told = {"type": kind} if kind else {}
    return call.send(
        {**told, **({"limit": limit} if given else {}), "properties": describe_properties(found)}
    )


# ------------------------------------------------------------------- suggestions and previews


async def _suggest_entity(call: _Call) -> Response:
    catalogue = await call.read_catalogue()
    prefix, skip = _read_prefix(call)
    things = await asyncio.to_thread(suggest_things, catalogue, prefix, skip)
    return call.send({"result": describe_things(things, catalogue.schema)})


async def _suggest_type(call: _Call) -> Response:
    schema = await call.read_schema()
    found = suggest_kinds(schema, *_read_prefix(call))
    return call.send({"result": describe_kind_entries(found, schema)})


async def _suggest_property(call: _Call) -> Response:
    schema = await call.read_schema()
    found = suggest_properties(schema, *_read_prefix(call))
    return call.send({"result": describe_properties(found)})


def _read_prefix(call: _Call) -> tuple[str, int]:
    skip = read_skipped(call.parameters.get("cursor", ""))
    return call.parameters.get("prefix", ""), skip


async def _preview(call: _Call) -> Response:
    catalogue = await call.read_catalogue()
    thing = _find_thing(call, catalogue)
    return await preview_thing(call.ask, catalogue, thing, call.base)


async def _fly_out_entity(call: _Call) -> Response:
    catalogue = await call.read_catalogue()
    thing = _find_thing(call, catalogue)
    lines = [describe_thing(thing, catalogue.schema), "; ".join(thing.names[:_NAMES])]
    return call.send(describe_flyout(call.parameters["id"], thing.label, lines))


async def _fly_out_type(call: _Call) -> Response:
    schema = await call.read_schema()
    given = call.parameters.get("id", "")
    entry = schema.kinds.get(name_term(given))
    if entry is None:
        raise HTTPException(404, "there is no type of this identifier")
    lines = list_kind_lines(entry, schema)
    return call.send(describe_flyout(given, entry.kind.label, lines))


async def _fly_out_property(call: _Call) -> Response:
    schema = await call.read_schema()
    given = call.parameters.get("id", "")
    property_ = list_properties(schema).get(name_term(given))
    if property_ is None:
        raise HTTPException(404, "there is no property of this identifier")
    lines = list_property_lines(property_, schema)
    return call.send(describe_flyout(given, property_.name, lines))


def _find_thing(call: _Call, catalogue: Catalogue) -> Thing:
    given = call.parameters.get("id", "")
    numbers = catalogue.index.find_by_iri([resolve_thing(given)])
    for thing in catalogue.index.read(numbers.values()):
        return thing
    raise HTTPException(404, "the graph has nothing of this identifier")
