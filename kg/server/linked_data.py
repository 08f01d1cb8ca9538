"""Linked data: an IRI of the graph leads to a page or to data about what it names."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, unquote_to_bytes

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg import iris
from kg.iris import is_iri
from kg.query.negotiation import GRAPH_TYPES, negotiate
from kg.query.requests import QueryRequest
from kg.server.answers import (
    Service,
    add_charset,
    ask_engine,
    is_known,
    send_answer,
    send_known,
    tag_answer,
)
from kg.server.descriptions import SYNTAXES, WRITERS
from kg.server.endpoint import authorise
from kg.server.graph_store import answer_graph
from kg.server.layers import find_base
from kg.server.pages.describing import make_thing, render_thing
from kg.server.pages.rendering import send_page
from kg.server.pages.signing import describe_caching, find_reviewer
from kg.server.parameters import decode_parameters
from kg.server.shipped import find_document, format_document
from kg.server.statistics import Row, fetch_rows

SECTIONS = (
    ".well-known/genid", "alignments", "article", "cues", "decision", "graph", "id", "lexicon",
    "link", "ontology", "record", "shapes", "software",
)  # fmt: skip
"""The first parts of the paths of the graph's IRIs."""

_AGE = "max-age=60"
_ENDINGS = {ending: media_type for media_type, (ending, _) in SYNTAXES.items()}
_WHOLE_DOCUMENT = 50_000
_LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class _View:
    """What is told about a thing: a page of its triples, and of those that point to it."""

    iri: str
    page: int
    size: int

    @property
    def outgoing(self) -> str:
        """The triples of the thing; of a document of terms, those of each term in it."""
        if not self.is_document:
            return f"<{self.iri}> ?p ?o . BIND(<{self.iri}> AS ?s)"
        return (
            f"GRAPH <{iris.ONTOLOGY_GRAPH}> {{ ?s ?p ?o . "
            f'FILTER(?s = <{self.iri}> || STRSTARTS(STR(?s), "{self.iri}#")) }}'
        )

    @property
    def incoming(self) -> str:
        """The triples that point to the thing."""
        return f"?s ?p <{self.iri}> . BIND(<{self.iri}> AS ?o)"

    @property
    def is_document(self) -> bool:
        """Whether the IRI names a document whose terms have a fragment behind it."""
        return "/" not in self.iri.removeprefix(iris.BASE)

    def select(self, pattern: str, more: int = 0) -> str:
        """A SELECT of this page of a pattern's triples.

        In no order but that of the store's index, which stays as it is until the graph changes: to
        sort them, the engine would fetch each term from the disk again and again.
        """
        size = _WHOLE_DOCUMENT if self.is_document else self.size
        return (
            f"SELECT DISTINCT ?s ?p ?o WHERE {{ {pattern} }} "
            f"LIMIT {size + more} OFFSET {(self.page - 1) * size}"
        )


# ------------------------------------------------------------------------------------- handlers


async def answer_thing(service: Service, request: Request) -> Response:
    """Send a client on from what an IRI names to a page or to data about it (303)."""
    base = find_base(service.settings, request.scope)
    path = _take_path(request, "")
    if request.method not in ("GET", "HEAD"):
        authorise(service, request)
        return await answer_graph(service, request, _find_candidates(path)[0], base=base)
    wanted = negotiate(request.headers.get("accept"), (*GRAPH_TYPES, "text/html"))
    if wanted is None:
        raise HTTPException(406, f"there is this in {', '.join(GRAPH_TYPES)} and text/html")
    if find_document(path) is None:
        await _find_known(service, request, path, 1)
    place = quote(path, safe="/%:@!$&'()*+,;=~")
    target = f"/page/{place}" if wanted == "text/html" else f"/data/{place}.{SYNTAXES[wanted][0]}"
    headers = {"Location": base + target, "Vary": "Accept", "Cache-Control": _AGE}
    return Response(status_code=303, headers=headers)


async def answer_data(service: Service, request: Request) -> Response:
    """Send data about a thing, in the syntax of the path's ending or else by Accept."""
    base = find_base(service.settings, request.scope)
    path, dot, ending = _take_path(request, "data/").rpartition(".")
    wanted: str | None = _ENDINGS.get(ending)
    headers = {"Cache-Control": _AGE}
    if not dot or wanted is None:
        path = f"{path}{dot}{ending}"
        wanted = negotiate(request.headers.get("accept"), GRAPH_TYPES)
        headers["Vary"] = "Accept"
    if wanted is None:
        raise HTTPException(406, f"there is this in {', '.join(GRAPH_TYPES)}")
    page = _read_page(request)
    tag = headers["ETag"] = tag_answer(service, "data", path, wanted, str(page))
    if is_known(request, tag):
        return send_known(headers)
    document = find_document(path)
    if document is not None:
        body = await asyncio.to_thread(format_document, document, WRITERS[wanted])
        return Response(body, headers=headers, media_type=add_charset(wanted))
    if path.startswith("graph/"):
        graph = _find_candidates(path)[0]
        # What a graph has nodes or authors of has an IRI under it, and is no graph.
        if await _is_graph(service, request, graph):
            return await answer_graph(service, request, graph, base=base, accept=wanted)
    view, counts = await _find_known(service, request, path, page)
    headers |= _link(request, base, view, counts)
    asked = QueryRequest(
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ {view.select(view.outgoing)} }} "
        f"UNION {{ {view.select(view.incoming)} }} }}",
        accept=wanted,
    )
    return await send_answer(request, await ask_engine(service, request, asked), headers)


async def answer_page(service: Service, request: Request) -> Response:
    """Send a page about a thing."""
    base = find_base(service.settings, request.scope)
    path, page = _take_path(request, "page/"), _read_page(request)
    tag = tag_answer(
        service, "page", base, path, request.url.query, find_reviewer(service, request)
    )
    headers = describe_caching(service, tag, _AGE)
    if is_known(request, tag):
        return send_known(headers)
    view, counts = await _find_known(service, request, path, page)
    sides: list[list[Row]] = [[], []]
    # The page of a thing tells the same in better order, and its triples to whoever asks for them.
    listed = "page" in request.query_params or not view.iri.startswith(str(iris.ID))
    if listed:
        ask = partial(ask_engine, service, request)
        sides = [
            _sort_rows(await fetch_rows(_with_labels(view.select(pattern)), ask), order)
            for pattern, order in ((view.outgoing, "spo"), (view.incoming, "ops"))
        ]
    links = _link(request, base, view, counts)
    more = 'rel="next"' in links.get("Link", "")
    thing = make_thing(
        view.iri, path, base, (sides[0], sides[1]), page=page, more=more, listed=listed
    )
    return send_page(await render_thing(service, request, thing), headers | links)


def _sort_rows(rows: list[Row], order: str) -> list[Row]:
    return sorted(rows, key=lambda row: [sorted(row[name].items()) for name in order])


def _with_labels(select: str) -> str:
    """A page's triples, each with a name for its other end."""
    return (
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
        "PREFIX dcterms: <http://purl.org/dc/terms/> "
        f"SELECT ?s ?p ?o (MIN(STR(?sl)) AS ?sn) (MIN(STR(?ol)) AS ?on) WHERE {{ {{ {select} }} "
        "OPTIONAL { ?s rdfs:label|skos:prefLabel|dcterms:title ?sl } "
        "OPTIONAL { ?o rdfs:label|skos:prefLabel|dcterms:title ?ol } "
        "} GROUP BY ?s ?p ?o"
    )


# ---------------------------------------------------------------------------- paths and paging


def _take_path(request: Request, before: str) -> str:
    """The path behind the server's own part, with its escapes."""
    raw: str = request.scope["raw_path"].decode("ascii")
    return raw.removeprefix(f"/{before}")


def _find_candidates(path: str) -> list[str]:
    """The IRIs that a path can stand for: as it is written, and with its escapes resolved."""
    try:
        plain = unquote_to_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        plain = path
    found = dict.fromkeys(iris.BASE + each for each in (plain, path))
    known = [iri for iri in found if is_iri(iri) and not re.search("[?#]", iri)]
    if not known:
        raise HTTPException(404, "no IRI of the graph has this path")
    return known


async def _find_known(
    service: Service, request: Request, path: str, page: int
) -> tuple[_View, Mapping[str, int]]:
    """The view of the first candidate that the graph knows; 404 where it knows none."""
    if not path.startswith(tuple(f"{section}/" for section in SECTIONS)) and path not in SECTIONS:
        raise HTTPException(404, "no IRI of the graph has this path")
    for iri in _find_candidates(path):
        view = _View(iri, page, service.settings.page_size)
        out, into = view.select(view.outgoing, 1), view.select(view.incoming, 1)
        rows = await fetch_rows(
            "SELECT ?side (COUNT(*) AS ?count) WHERE { "
            f'{{ {{ {out} }} BIND("out" AS ?side) }} UNION {{ {{ {into} }} BIND("in" AS ?side) }} '
            "} GROUP BY ?side",
            partial(ask_engine, service, request),
        )
        counts = {row["side"]["value"]: int(row["count"]["value"]) for row in rows}
        if counts:
            return view, counts
        if path.startswith("graph/") and await _is_graph(service, request, iri):
            return view, counts
    raise HTTPException(404, "the graph says nothing about this")


async def _is_graph(service: Service, request: Request, iri: str) -> bool:
    query = f"SELECT ?s WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }} LIMIT 1"
    return bool(await fetch_rows(query, partial(ask_engine, service, request)))


def _read_page(request: Request) -> int:
    values = dict(decode_parameters(request.scope["query_string"]))
    text = values.get("page", "1")
    if not re.fullmatch("[1-9][0-9]{0,5}", text) or int(text) > _LAST_PAGE:
        raise HTTPException(400, f"page is a number from 1 to {_LAST_PAGE}")
    return int(text)


def _link(request: Request, base: str, view: _View, counts: Mapping[str, int]) -> dict[str, str]:
    """The header that leads to what is described and to the pages around (RFC 8288)."""
    place = f"{base}{request.scope['raw_path'].decode('ascii')}"
    links = [f'<{quote(view.iri, safe=":/%@!$&()*+,;=~")}>; rel="describes"']
    if view.page > 1:
        links.append(f'<{place}?page={view.page - 1}>; rel="prev"')
    if not view.is_document and any(count > view.size for count in counts.values()):
        links.append(f'<{place}?page={view.page + 1}>; rel="next"')
    return {"Link": ", ".join(links)}
