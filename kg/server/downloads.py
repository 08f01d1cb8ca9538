"""The whole graph as one file, passed on as the engine gives it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kg.query.requests import GraphRequest, QueryRequest
from kg.server.answers import (
    AnswerBrokenError,
    Service,
    add_charset,
    ask_engine,
    is_known,
    pass_on,
    send_answer,
    send_known,
    send_without_body,
    tag_answer,
)
from kg.server.descriptions import SYNTAXES
from kg.server.statistics import COUNT_GRAPHS

_EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
# In these a file can be put together from the graphs one by one, none of which is past the limits
# that the whole may be past.
_BY_GRAPH = ("text/turtle", "application/n-triples", "application/trig", "application/n-quads")
_LINES = "application/n-triples"


async def answer_export(service: Service, request: Request) -> Response:
    """Send the graph in the syntax of the path's ending, with its graphs' names where it can."""
    endings = {ending: media_type for media_type, (ending, _) in SYNTAXES.items()}
    media_type = endings.get(request.path_params["ending"])
    if media_type is None:
        raise HTTPException(404, f"the graph comes as concord.{', .'.join(endings)}")
    tag = tag_answer(service, "export", media_type)
    name = f"concord.{request.path_params['ending']}"
    headers = {"ETag": tag, "Content-Disposition": f'attachment; filename="{name}"'}
    if is_known(request, tag):
        return send_known(headers)
    if media_type not in _BY_GRAPH:
        asked = QueryRequest(_EVERYTHING, accept=media_type)
        return await send_answer(request, await ask_engine(service, request, asked), headers)
    if request.method == "HEAD":
        return send_without_body(200, headers, media_type)
    ask = partial(ask_engine, service, request)
    graphs = await service.statistics.count(COUNT_GRAPHS, service.engine.stamp, ask)
    body = _write_graphs(service, [iri for iri, _ in graphs], media_type)
    return StreamingResponse(body, 200, headers, add_charset(media_type))


async def _write_graphs(
    service: Service, graphs: list[str], media_type: str
) -> AsyncIterator[bytes]:
    wanted = "text/turtle" if media_type == "text/turtle" else _LINES
    for graph in graphs:
        name = f"<{graph}>".encode()
        answer = await service.engine.ask(GraphRequest("GET", graph, accept=wanted))
        if answer.status == 404:
            # It was removed since the graphs were listed.
            continue
        if answer.status != 200:
            raise AnswerBrokenError(f"{graph} cannot be had: status {answer.status}")
        body = pass_on(answer.body)
        if media_type == "application/n-quads":
            body = _add_graph(body, name)
        if media_type == "application/trig":
            yield name + b" {\n"
        async for part in body:
            yield part
        if media_type == "application/trig":
            yield b"}\n"


async def _add_graph(body: AsyncIterator[bytes], name: bytes) -> AsyncIterator[bytes]:
    """Lines of N-Triples as lines of N-Quads, whose fourth term is the graph."""
    rest = b""
    async for part in body:
        lines = (rest + part).split(b"\n")
        rest = lines.pop()
        written = [line.rstrip().removesuffix(b".").rstrip() for line in lines]
        yield b"".join(line + b" " + name + b" .\n" for line in written if line)
    if rest.strip():
        yield rest.rstrip().removesuffix(b".").rstrip() + b" " + name + b" .\n"
