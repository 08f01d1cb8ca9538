"""The SPARQL 1.1 Graph Store HTTP Protocol."""

from __future__ import annotations

import asyncio
import secrets

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.query.requests import GraphRequest
from kg.server.answers import Service, ask_engine, is_known, send_answer, send_known, tag_answer
from kg.server.bodies import Payload, read_body, split_payloads
from kg.server.endpoint import authorise
from kg.server.layers import find_base
from kg.server.parameters import check_iri, decode_parameters
from kg.server.reading import close_body

PATH = "/graphs"


async def answer_graph_store(service: Service, request: Request) -> Response:
    """Read or write the one graph that a request names."""
    base = find_base(service.settings, request.scope)
    if request.method not in ("GET", "HEAD"):
        authorise(service, request)
    graph, made = _identify(request, base)
    return await answer_graph(service, request, graph, base=base, made=made)


def _identify(request: Request, base: str) -> tuple[str | None, bool]:
    """The graph's IRI, None for the default graph, and whether it was made up just now."""
    parameters = decode_parameters(request.scope["query_string"])
    graphs = [value for name, value in parameters if name == "graph"]
    default = sum(name == "default" for name, _ in parameters)
    path = request.scope["raw_path"].decode("ascii").removeprefix(PATH).removeprefix("/")
    if len(graphs) + default > 1 or (path and (graphs or default)):
        raise HTTPException(400, "a request names one graph: ?graph=IRI, ?default, or by its path")
    if graphs:
        return check_iri(graphs[0], "graph"), False
    if default:
        return None, False
    if path:
        return f"{base}{PATH}/{path}", False
    if request.method == "POST":
        return f"{base}{PATH}/{secrets.token_hex(8)}", True
    raise HTTPException(400, "a request names one graph: ?graph=IRI, ?default, or by its path")


async def answer_graph(
    service: Service,
    request: Request,
    graph: str | None,
    *,
    base: str,
    accept: str | None = None,
    made: bool = False,
) -> Response:
    """Carry out a request of the protocol on a graph; whoever sent it may do so.

    `accept` stands in for the request's own header.
    """
    accept = accept or request.headers.get("accept")
    headers: dict[str, str] = {}
    payloads: tuple[Payload, ...] = ()
    if request.method in ("GET", "HEAD"):
        tag = tag_answer(service, "graph", graph, accept)
        headers = {"ETag": tag, "Vary": "Accept"}
        if is_known(request, tag):
            return send_known(headers)
    else:
        await _check_conditions(service, request, graph)
    if request.method in ("POST", "PUT"):
        settings = service.settings
        body = await read_body(request, size=settings.body_size, seconds=settings.body_seconds)
        header = request.headers.get("content-type")
        payloads = await asyncio.to_thread(split_payloads, header, body)
    if made:
        headers["Location"] = graph or ""
    asked = GraphRequest(
        request.method, graph, accept=accept, base=graph or f"{base}{PATH}", payloads=payloads
    )
    answer = await ask_engine(service, request, asked)
    return await send_answer(request, answer, headers)


async def _check_conditions(service: Service, request: Request, graph: str | None) -> None:
    """Refuse with 412 what is to be done under a condition that does not hold (RFC 9110, 13.1)."""
    there, absent = (request.headers.get(name) for name in ("if-match", "if-none-match"))
    if there is None and absent is None:
        return
    if there not in (None, "*") or absent not in (None, "*"):
        # A weak tag never matches where something is to be changed.
        raise HTTPException(412, "the entity tags here are weak: the one condition is *")
    # Not as for a client, who would be watched by what still comes of its body.
    found = await service.engine.ask(GraphRequest("HEAD", graph))
    await close_body(found.body)
    if (found.status == 200) != (there is not None):
        message = "there is such a graph already" if absent else "there is no such graph"
        raise HTTPException(412, message)
