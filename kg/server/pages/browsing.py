"""The pages of the vocabularies as they are asked for over HTTP: every term's IRI leads here."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg import iris
from kg.iris import KG
from kg.query.negotiation import negotiate
from kg.server.answers import Service, ask_engine, is_known, send_known, tag_answer
from kg.server.descriptions import SYNTAXES
from kg.server.layers import find_base
from kg.server.linked_data import answer_page
from kg.server.pages.describing import list_formats
from kg.server.pages.naming import HEAD
from kg.server.pages.ontology import Facts, Usage, fetch_facts, list_parts, search_terms
from kg.server.pages.rendering import render_page, send_page
from kg.server.pages.term import fetch_term
from kg.server.pages.vocabularies import (
    fetch_entry,
    make_vocabulary,
    search_cues,
    search_wordings,
)
from kg.server.parameters import decode_parameters
from kg.server.statistics import COUNT_CLASSES, COUNT_PROPERTIES

_AGE = "max-age=60"
_LONGEST = 100
_COUNT_CLAIMED = f"""{HEAD}SELECT ?name (COUNT(*) AS ?count) WHERE {{
  ?claim kg:relation ?name ; a kg:Claim
}} GROUP BY ?name"""
_COUNT_INFERRED = f"""{HEAD}SELECT ?name (COUNT(*) AS ?count) WHERE {{
  GRAPH <{iris.INFERRED_GRAPH}> {{ ?s ?name ?o }}
}} GROUP BY ?name"""
VOCABULARIES = ("lexicon", "cues", "shapes", "rules")


async def answer_ontology(service: Service, request: Request) -> Response:
    """Send the tree of the ontology's terms; with `q` the terms and wordings that it finds."""
    base = find_base(service.settings, request.scope)
    asked = dict(decode_parameters(request.scope["query_string"])).get("q", "")
    words = " ".join(asked.split())[:_LONGEST]
    tag = tag_answer(service, "ontology", base, words)
    headers = {"ETag": tag, "Cache-Control": _AGE}
    if is_known(request, tag):
        return send_known(headers)
    facts = await fetch_facts(partial(ask_engine, service, request))
    usage = await _count_usage(service, request)
    found = None
    if words:
        count, wordings = await asyncio.to_thread(search_wordings, words, base)
        found = {
            "terms": search_terms(facts, words, usage, base),
            "wordings": wordings,
            "count": count,
            "cues": await asyncio.to_thread(search_cues, words, base),
        }
    page = render_page(
        "ontology.html",
        base,
        iri=str(KG).rstrip("#"),
        data=list_formats(f"{base}/data/ontology"),
        parts=() if words else list_parts(facts, usage, base),
        words=words,
        found=found,
    )
    return send_page(page, headers)


async def _count_usage(service: Service, request: Request) -> Usage:
    ask = partial(ask_engine, service, request)

    async def count(query: str) -> dict[str, int]:
        return dict(await service.statistics.count(query, service.engine.stamp, ask))

    return Usage(
        await count(_COUNT_CLAIMED),
        await count(_COUNT_INFERRED),
        await count(COUNT_PROPERTIES) | await count(COUNT_CLASSES),
    )


async def answer_term(service: Service, request: Request) -> Response:
    """Send the page of a term; what is no term of the ontology gets the page of any thing."""
    base = find_base(service.settings, request.scope)
    name = request.path_params["name"]
    tag = tag_answer(service, "term", base, name)
    headers = {"ETag": tag, "Cache-Control": _AGE}
    if is_known(request, tag):
        return send_known(headers)
    ask = partial(ask_engine, service, request)
    term = await fetch_term(name, await fetch_facts(ask), ask, base)
    if term is None:
        return await answer_page(service, request)
    return send_page(render_page("term.html", base, term=term), headers)


async def answer_vocabulary(service: Service, request: Request, *, document: str) -> Response:
    """Send the page of the lexicon, the cues, the shapes or the rules."""
    base = find_base(service.settings, request.scope)
    tag = tag_answer(service, "vocabulary", base, document)
    headers = {"ETag": tag, "Cache-Control": _AGE}
    if is_known(request, tag):
        return send_known(headers)
    facts = await fetch_facts(partial(ask_engine, service, request))
    page = await asyncio.to_thread(_render_vocabulary, document, facts, base)
    return send_page(page, headers)


def _render_vocabulary(document: str, facts: Facts, base: str) -> str:
    vocabulary = make_vocabulary(document, facts, base)
    data = list_formats(f"{base}/data/{vocabulary.path}") if vocabulary.path else []
    return render_page("vocabulary.html", base, vocabulary=vocabulary, data=data)


async def answer_entry(service: Service, request: Request, *, document: str) -> Response:
    """Send the page of a term of the lexicon, the cues or the shapes."""
    base = find_base(service.settings, request.scope)
    name = request.path_params["name"]
    tag = tag_answer(service, "entry", base, document, name)
    headers = {"ETag": tag, "Cache-Control": _AGE}
    if is_known(request, tag):
        return send_known(headers)
    ask = partial(ask_engine, service, request)
    entry = await fetch_entry(document, name, await fetch_facts(ask), ask, base)
    if entry is None:
        if name[0].isdigit():
            return await answer_vocabulary(service, request, document=document)
        raise HTTPException(404, f"the {document} has no such term")
    return send_page(render_page("entry.html", base, entry=entry), headers)


async def answer_rules(service: Service, request: Request) -> Response:
    """Send a client on to the page of the rules (303): they are no RDF that could be sent."""
    base = find_base(service.settings, request.scope)
    if negotiate(request.headers.get("accept"), ("text/html", *SYNTAXES)) != "text/html":
        raise HTTPException(406, "the rules are in Notation3, of which there is only a page")
    headers = {"Location": f"{base}/page/rules", "Vary": "Accept", "Cache-Control": _AGE}
    return Response(status_code=303, headers=headers)
