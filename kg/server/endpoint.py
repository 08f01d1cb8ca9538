"""The SPARQL 1.1 Protocol."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from dataclasses import replace
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.query.negotiation import GRAPH_TYPES, ROW_TYPES, negotiate
from kg.query.requests import QueryRequest, UpdateRequest
from kg.server.answers import Service, ask_engine, is_known, send_answer, send_known, tag_answer
from kg.server.bodies import read_body
from kg.server.descriptions import describe_service, send_description
from kg.server.layers import find_base
from kg.server.pages.sparql import send_sparql_page
from kg.server.parameters import (
    UPDATE,
    ContentType,
    decode_parameters,
    read_content_type,
    read_operation,
)

PATH = "/sparql"
_LARGE = 65_536
_FORMATS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
}
"""What a download is called by, and its media type."""

# What gives another answer each time, wherever it stands: to see whether it is called there takes
# more than one look at each letter. An escape could spell any of it, and what a remote endpoint
# says is nobody's to vouch for.
_FLEETING = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE|SERVICE)\b|\\u", re.IGNORECASE)


async def answer_sparql(service: Service, request: Request) -> Response:
    """Answer a query, carry out an update, or describe the service."""
    base = find_base(service.settings, request.scope)
    operation = await _read_request(service, request, f"{base}{PATH}")
    if operation is None:
        return await _describe(service, request, base)
    if isinstance(operation, UpdateRequest):
        authorise(service, request)
        return await send_answer(request, await ask_engine(service, request, operation))
    return await _answer_query(service, request, operation)


async def _read_request(
    service: Service, request: Request, base: str
) -> QueryRequest | UpdateRequest | None:
    content: ContentType | None = None
    body = b""
    if request.method == "POST":
        content = read_content_type(request.headers.get("content-type"))
        if content.media_type == UPDATE:
            authorise(service, request)
        settings = service.settings
        size = settings.body_size if is_authorised(service, request) else settings.query_size
        body = await read_body(request, size=size, seconds=settings.body_seconds)
    read = partial(
        read_operation,
        request.scope["query_string"],
        content,
        body,
        accept=request.headers.get("accept"),
        base=base,
    )
    # A large one is taken apart beside, so that nobody waits for it.
    return await asyncio.to_thread(read) if len(body) > _LARGE else read()


async def _answer_query(service: Service, request: Request, query: QueryRequest) -> Response:
    ending = _read_format(request)
    if ending is not None:
        # A link can ask for no media type otherwise.
        query = replace(query, accept=_FORMATS[ending])
    known = (*ROW_TYPES, *GRAPH_TYPES, "text/html")
    if request.method != "POST" and negotiate(query.accept, known) == "text/html":
        return await send_sparql_page(service, request, query)
    headers = {"Vary": "Accept"}
    if _FLEETING.search(query.text) is None:
        named = (*query.default_graphs, "", *query.named_graphs)
        tag = tag_answer(service, query.text, query.accept, query.base, *named)
        headers["ETag"] = tag
        if request.method != "POST" and is_known(request, tag):
            return send_known(headers)
    else:
        headers["Cache-Control"] = "no-store"
    if ending is not None:
        headers["Content-Disposition"] = f'attachment; filename="answer.{ending}"'
    return await send_answer(request, await ask_engine(service, request, query), headers)


def _read_format(request: Request) -> str | None:
    """The format that a link asks for, None where it is left to the Accept header.

    Clients send names of their own beside that header, which then counts.
    """
    given = dict(decode_parameters(request.scope["query_string"])).get("format")
    return given if given in _FORMATS else None


async def _describe(service: Service, request: Request, base: str) -> Response:
    wanted = negotiate(request.headers.get("accept"), (*GRAPH_TYPES, "text/html"))
    if wanted == "text/html":
        return await send_sparql_page(service, request, None)
    return await send_description(service, request, describe_service, base)


# ---------------------------------------------------------------------------- what may be done


def is_authorised(service: Service, request: Request) -> bool:
    """Whether a request carries the token that writing takes."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    token = service.settings.token
    if not service.engine.writable or token is None or scheme.lower() != "bearer":
        return False
    # Of digests, since the time of a comparison tells the length of what is compared.
    sides = (hashlib.sha256(text.encode()).digest() for text in (given.strip(), token))
    return hmac.compare_digest(*sides)


def authorise(service: Service, request: Request) -> None:
    """Refuse a request that may not write: 403 where none may, 401 where it needs the token."""
    if not service.engine.writable:
        raise HTTPException(403, "this server is for reading only: run it with --writable")
    if not is_authorised(service, request):
        given = "authorization" in request.headers
        challenge = 'Bearer realm="concord"' + (', error="invalid_token"' if given else "")
        message = "writing needs the token: send it as Authorization: Bearer"
        raise HTTPException(401, message, {"WWW-Authenticate": challenge})
