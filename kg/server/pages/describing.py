"""The pages about what an IRI names, as they are asked for over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from kg import iris
from kg.errors import ConcordError, UnknownTermError
from kg.query import find_things
from kg.server.answers import Service, ask_engine, is_known, send_known, tag_answer
from kg.server.descriptions import SYNTAXES
from kg.server.layers import find_base
from kg.server.pages.contradictions import fetch_contradictions
from kg.server.pages.decisions import fetch_link_review
from kg.server.pages.entity import fetch_entity
from kg.server.pages.naming import locate_thing, shorten_iri
from kg.server.pages.pair import Pair, connect, fetch_pair, list_ends
from kg.server.pages.rendering import render_page, send_page
from kg.server.pages.signing import find_reviewer
from kg.server.pages.triples import TripleLine, list_lines
from kg.server.pages.why import prepare_closure
from kg.server.parameters import decode_parameters
from kg.server.statistics import Row
from kg.store import open_snapshot

_ABOUT = (
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://purl.org/dc/terms/title",
)


@dataclass(frozen=True, slots=True)
class DataFormat:
    """A syntax that data are offered in, and where they are."""

    name: str
    media_type: str
    href: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A page of the triples that a thing is subject and object of, and where its data are.

    They are told only where `listed`.
    """

    iri: str
    label: str
    page: int
    more: bool
    listed: bool
    outgoing: list[TripleLine]
    incoming: list[TripleLine]
    data: list[DataFormat]


def list_formats(place: str) -> list[DataFormat]:
    """The data of an address in each syntax."""
    return [
        DataFormat(name.replace("_", "/"), media_type, f"{place}.{ending}")
        for media_type, (ending, name) in SYNTAXES.items()
    ]


def make_thing(
    iri: str,
    path: str,
    base: str,
    sides: tuple[list[Row], list[Row]],
    *,
    page: int,
    more: bool,
    listed: bool,
) -> Thing:
    """What a page tells of a thing, from the sorted rows of `?s ?p ?o` out of it and into it."""
    outgoing, incoming = sides
    labels = sorted(
        row["o"]["value"]
        for row in outgoing
        if row["p"]["value"] in _ABOUT and row["s"]["value"] == iri
    )
    return Thing(
        iri=iri,
        label=labels[0] if labels else shorten_iri(iri),
        page=page,
        more=more,
        listed=listed,
        outgoing=list_lines(outgoing, iri, "o", base),
        incoming=list_lines(incoming, iri, "s", base),
        data=list_formats(f"{base}/data/{path}"),
    )


async def render_thing(service: Service, request: Request, thing: Thing) -> str:
    """The page of a thing: an entity's, the ontology's, or that of its triples alone."""
    base = find_base(service.settings, request.scope)
    ask = partial(ask_engine, service, request)
    if thing.iri.startswith(str(iris.ID)):
        given = dict(decode_parameters(request.scope["query_string"]))
        entity = await fetch_entity(thing.iri, ask, base, given)
        reviewer = find_reviewer(service, request)
        linked = [(each.target, each.mapping) for each in entity.links if each.mapping != "open"]
        review = await fetch_link_review(thing.iri, linked, ask, base, reviewer)
        if entity.inferred:
            prepare_closure(service)
        return render_page("entity.html", base, entity=entity, thing=thing, review=review)
    return render_page("thing.html", base, thing=thing)


async def answer_pair(service: Service, request: Request) -> Response:
    """Send the page of two actors, `a` and `b` by name, code or IRI, or a form for them."""
    base = find_base(service.settings, request.scope)
    written = dict(decode_parameters(request.scope["query_string"]))
    given = {name: written.get(name, "").strip() for name in ("a", "b")}
    tag = tag_answer(service, "pair", base, given["a"], given["b"], written.get("claims"))
    headers = {"ETag": tag, "Cache-Control": "max-age=60"}
    if is_known(request, tag):
        return send_known(headers)
    pair: Pair | None = None
    error, status = "", 200
    if all(given.values()):
        try:
            sides = await asyncio.to_thread(_find_sides, service, given)
            ask = partial(ask_engine, service, request)
            asked = {**given, **{n: t for n, t in written.items() if n == "claims"}}
            pair = await fetch_pair(sides[0], sides[1], ask, base, asked)
            ends = list_ends(pair)
            contradictions = await fetch_contradictions(
                service.engine.directory, connect(*ends), ends, ask, base
            )
            pair = replace(pair, contradictions=contradictions)
            # A name is shown where an IRI was given.
            labels = {"a": pair.first.label, "b": pair.second.label}
            given = {name: _show(text, labels[name]) for name, text in given.items()}
        except UnknownTermError as problem:
            error, status = str(problem), 404
        except ConcordError as problem:
            error, status = f"{problem}; try again", 503
    page = render_page("pair.html", base, pair=pair, given=given, error=error)
    return send_page(page, headers if status == 200 else {}, status)


def _find_sides(
    service: Service, given: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    with open_snapshot(service.engine.directory) as store:
        first, second = (find_things(store, given[name]) for name in ("a", "b"))
        return tuple(map(str, first)), tuple(map(str, second))


def _show(text: str, label: str) -> str:
    return label if locate_thing(text, "")[0] is not None else text
