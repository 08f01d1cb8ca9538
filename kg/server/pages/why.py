"""Why? The proof of a triple as a tree of HTML, down to the words that it rests on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from rdflib import Literal, URIRef
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import ConcordError, UnknownTermError
from kg.iris import is_iri
from kg.rdf import Triple
from kg.reasoning.explaining import Explainer, open_explainer
from kg.reasoning.proofs import Citation, Proof
from kg.server.answers import Service, is_known, send_known, tag_answer
from kg.server.layers import find_base
from kg.server.pages.naming import locate_claim
from kg.server.pages.rendering import render_page, send_page
from kg.server.parameters import decode_parameters
from kg.store import GraphStore, open_snapshot

_AGE = "max-age=60"
_ENDS = {"s": "subject", "p": "relation", "o": "object"}
_known: dict[str, tuple[str, GraphStore, Explainer]] = {}
"""The closure of the graph of a directory as it was at a stamp: it takes long to make."""
_turn = asyncio.Lock()


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a proof as a page shows it; one that stood above already is not told again."""

    statement: str
    reason: str
    rule: str | None
    sources: tuple[str, ...]
    quotes: tuple[tuple[Citation, str | None], ...]
    premises: tuple[Step, ...]
    shown_above: bool


async def answer_why(service: Service, request: Request) -> Response:
    """Send the proof of the triple `s`, `p`, `o`; with `part` as a piece of a page."""
    base = find_base(service.settings, request.scope)
    given = dict(decode_parameters(request.scope["query_string"]))
    triple = _read_triple(given)
    as_part = "part" in given
    tag = tag_answer(service, "why", base, *map(str, triple), str(as_part))
    headers = {"ETag": tag, "Cache-Control": _AGE}
    if is_known(request, tag):
        return send_known(headers)
    try:
        async with _turn:
            proof = await asyncio.to_thread(
                _explain, service.engine.directory, service.engine.stamp, triple
            )
    except UnknownTermError as error:
        raise HTTPException(404, str(error)) from error
    except ConcordError as error:
        raise HTTPException(503, f"{error}; try again", {"Retry-After": "2"}) from error
    template = "proof.html" if as_part else "why.html"
    page = render_page(template, base, holds=proof.holds, step=_show(proof, base, set()))
    return send_page(page, headers)


def _read_triple(given: dict[str, str]) -> Triple:
    terms = [given.get(name) or given.get(long, "") for name, long in _ENDS.items()]
    if not all(map(is_iri, terms[:2])) or not terms[2]:
        raise HTTPException(400, "give s, p and o, the three terms of a triple, as whole IRIs")
    subject, relation, object_ = terms
    end = URIRef(object_) if is_iri(object_) else Literal(object_)
    return URIRef(subject), URIRef(relation), end


def _explain(directory: Path, stamp: str, triple: Triple) -> Proof:
    known = _known.get(str(directory))
    if known is None or known[0] != stamp:
        store = open_snapshot(directory)
        try:
            known = (stamp, store, open_explainer(store))
        except ConcordError:
            store.close()
            raise
        old = _known.pop(str(directory), None)
        if old is not None:
            old[1].close()
        _known[str(directory)] = known
    return known[2].explain(triple)


def _show(proof: Proof, base: str, shown: set[Triple]) -> Step:
    above = proof.conclusion in shown and bool(proof.premises or proof.claims)
    shown.add(proof.conclusion)
    quotes = tuple((citation, locate_claim(citation.claim, base)) for citation in proof.claims)
    return Step(
        statement=proof.statement or " ".join(map(str, proof.conclusion)),
        reason=proof.rule_label,
        rule=proof.rule,
        sources=proof.sources,
        quotes=() if above else quotes,
        premises=() if above else tuple(_show(each, base, shown) for each in proof.premises),
        shown_above=above,
    )
