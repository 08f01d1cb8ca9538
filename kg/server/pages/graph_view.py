"""The graph of one article as JSON: what the picture beside the reader is drawn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial

from rdflib import URIRef
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg import iris
from kg.iris import is_iri
from kg.rdf import format_term
from kg.server.answers import Service, ask_engine, is_known, send_known, tag_answer
from kg.server.layers import find_base
from kg.server.pages.article import PlacedClaim, ShownArticle, fetch_article
from kg.server.pages.naming import HEAD, Named, fetch_names, name_thing
from kg.server.statistics import Ask, fetch_rows

_AGE = "max-age=60"
_MOST_THINGS = 2000
_STATES = ("asserted", "reported", "predicted", "possible", "desired", "denied")
"""From the surest on: an edge looks like the surest claim that it stands for."""

Edge = dict[str, object]


async def answer_graph_view(service: Service, request: Request) -> Response:
    """Send the things and edges of an article."""
    base = find_base(service.settings, request.scope)
    key = request.path_params["key"]
    tag = tag_answer(service, "graph view", base, key)
    headers = {"ETag": tag, "Cache-Control": _AGE}
    if is_known(request, tag):
        return send_known(headers)
    article = await fetch_article(service, request, key)
    if article is None:
        raise HTTPException(404, "the graph has no such article")
    edges = draw_claims(article.claims)
    beyond = await _fetch_beyond(article, edges, partial(ask_engine, service, request), base)
    return JSONResponse(
        {"nodes": draw_things(article, beyond), "edges": edges + beyond}, 200, headers
    )


def draw_things(article: ShownArticle, edges: Iterable[Edge] = ()) -> list[dict[str, object]]:
    """The things that an edge ends at."""
    mentions = Counter(mention.thing.iri for mention in article.mentions)
    ends: set[object] = {end for edge in edges for end in (edge["source"], edge["target"])}
    for placed in article.claims:
        ends |= {placed.claim.subject.iri, placed.claim.object.iri}
    return [
        {
            "id": thing.iri,
            "label": thing.label,
            "kind": thing.kind or "Thing",
            "mentions": mentions[thing.iri],
            "href": thing.href,
        }
        for thing in article.things.values()
        if thing.iri in ends
    ]


def draw_claims(claims: Iterable[PlacedClaim]) -> list[Edge]:
    """An edge for all claims that say the same of the same two things."""
    found: dict[tuple[str, str, str], list[PlacedClaim]] = {}
    for placed in claims:
        claim = placed.claim
        ends = (claim.subject.iri, claim.relation.iri, claim.object.iri)
        found.setdefault(ends, []).append(placed)
    return [
        _draw(same[0].claim.relation, ends, _choose_state(same), [each.key for each in same])
        for ends, same in sorted(found.items())
    ]


def _choose_state(claims: Iterable[PlacedClaim]) -> str:
    states = {placed.state for placed in claims}
    return next((state for state in _STATES if state in states), "possible")


def _draw(relation: Named, ends: tuple[str, str, str], state: str, claims: list[str]) -> Edge:
    subject, predicate, object_ = ends
    return {
        "id": f"{state} {subject} {predicate} {object_}",
        "source": subject,
        "target": object_,
        "relation": predicate,
        "label": relation.label,
        "state": state,
        "claims": claims,
    }


async def _fetch_beyond(
    article: ShownArticle, edges: Iterable[Edge], ask: Ask, base: str
) -> list[Edge]:
    """What is inferred or known from background between the things of the article."""
    things = sorted(iri for iri in article.things if is_iri(iri))[:_MOST_THINGS]
    listed = " ".join(format_term(URIRef(iri)) for iri in things)
    rows = await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?g ?s ?p ?o WHERE {{ VALUES ?s {{ {listed} }} "
        f"VALUES ?g {{ <{iris.BACKGROUND_GRAPH}> <{iris.INFERRED_GRAPH}> }} "
        f"GRAPH ?g {{ ?s ?p ?o }} ?p a kg:Relation FILTER(isIRI(?o)) }}",
        ask,
    )
    known = {(edge["source"], edge["relation"], edge["target"]) for edge in edges}
    inside = set(things)
    names = await fetch_names({row["p"]["value"] for row in rows}, ask, base)
    drawn: dict[tuple[str, str, str], Edge] = {}
    for row in sorted(rows, key=lambda row: [row[name]["value"] for name in "gspo"]):
        ends = (row["s"]["value"], row["p"]["value"], row["o"]["value"])
        if ends[2] not in inside or ends in known or ends[0] == ends[2]:
            continue
        state = "background" if row["g"]["value"] == str(iris.BACKGROUND_GRAPH) else "inferred"
        drawn.setdefault(ends, _draw(name_thing(ends[1], names, base), ends, state, []))
    return [drawn[ends] for ends in sorted(drawn)]
