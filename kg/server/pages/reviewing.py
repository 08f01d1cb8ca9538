"""Decisions on claims and links, taken from forms on the pages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from rdflib import URIRef
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.iris import ID, is_iri
from kg.model import Modality, Polarity
from kg.rdf import format_term
from kg.review.wording import read_thing
from kg.server.answers import Service, ask_engine
from kg.server.forms import Form
from kg.server.layers import find_base
from kg.server.pages.claims import ShownClaim, fetch_claims
from kg.server.pages.naming import locate_thing
from kg.server.pages.rendering import render_page, send_page
from kg.server.pages.signing import (
    NO_STORE,
    choose_place,
    find_reviewer,
    lead_back,
    lead_to_sign_in,
    require_desk,
    send_problem,
    take_form,
)
from kg.server.writing.desk import DeskError
from kg.vocabulary import load_vocabulary

_ON_CLAIMS = frozenset({"accept", "reject", "correct", "open"})
_ON_LINKS = frozenset({"accept", "close", "reject", "none", "merge", "open"})
_ENDS = ("subject", "object", "holder")
_LONGEST = 2000
VOICE = "the article itself"


@dataclass(frozen=True, slots=True)
class Option:
    """What a list lets one choose."""

    value: str
    label: str


async def answer_review(service: Service, request: Request) -> Response:
    """Take a decision, or show the form that corrects a claim."""
    require_desk(service)
    if request.method == "POST":
        return await _take(service, request)
    base = find_base(service.settings, request.scope)
    asked = request.query_params
    iri, place = asked.get("claim", ""), choose_place(asked.get("back", ""))
    if find_reviewer(service, request) is None:
        return lead_to_sign_in(base, place)
    if not is_iri(iri):
        raise HTTPException(400, "claim is no IRI: come from the card of a claim")
    ask = partial(ask_engine, service, request)
    pattern = f"VALUES ?claim {{ {format_term(URIRef(iri))} }} ?claim a kg:Claim"
    claims = await fetch_claims(pattern, ask, base, limit=1)
    if not claims:
        raise HTTPException(404, "the graph has no such claim any more: load its article again")
    page = render_page(
        "correct.html",
        base,
        claim=claims[0],
        place=place,
        holder=claims[0].holder.label if claims[0].holder else VOICE,
        relations=await asyncio.to_thread(_list_relations),
        modalities=[each.value for each in Modality],
        polarities=[each.value for each in Polarity],
        known=_list_known(claims[0]),
    )
    return send_page(page, NO_STORE)


def _list_known(claim: ShownClaim) -> dict[str, str]:
    """What the fields for things say unless somebody changes them, each with its IRI."""
    things = {"subject": claim.subject, "object": claim.object, "holder": claim.holder}
    return {
        name: f"{thing.label.replace('<', ' ').replace('>', ' ')} <{thing.iri}>" if thing else VOICE
        for name, thing in things.items()
    }


@cache
def _list_relations() -> tuple[Option, ...]:
    found = (Option(each.name, each.label) for each in load_vocabulary().relations.values())
    return tuple(sorted(found, key=lambda option: option.label.casefold()))


async def _take(service: Service, request: Request) -> Response:
    form, reviewer = await take_form(service, request)
    desk = require_desk(service)
    place = choose_place(form.get("back"))
    outcome, kind = form.get("decision"), form.get("kind")
    known = {"claim": _ON_CLAIMS, "thing": _ON_LINKS}.get(kind, frozenset())
    about = form.get("about")
    if (
        outcome not in known
        or not is_iri(about)
        or any(len(t) > _LONGEST for t in form.fields.values())
    ):
        raise HTTPException(400, "this decision makes no sense: load the page again")
    asked: dict[str, Any] = {
        "kind": kind,
        "about": about,
        "outcome": outcome,
        "author": reviewer,
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "comment": " ".join(form.get("comment").split()),
        "target": form.get("target"),
    }
    if outcome == "correct":
        asked["wanted"] = _read_wanted(form)
    try:
        shown = await desk.decide(asked)
    except DeskError as error:
        return send_problem(service, request, str(error), place)
    if not shown:
        message = "it is kept, and shows once all is made anew: load the page again in a while"
        return send_problem(service, request, message, place, status=202)
    base = find_base(service.settings, request.scope)
    return lead_back(base, _find_place(form, base, place))


def _read_wanted(form: Form) -> dict[str, str]:
    """What a corrected claim should say; things that nobody touched are told by their IRI."""
    wanted = {name: form.get(name) for name in ("relation", "modality", "polarity")}
    for name in _ENDS:
        known = form.get(f"known-{name}")
        untouched = form.get(name) == known.rpartition(" <")[0].strip()
        wanted[name] = known if untouched else form.get(name)
    return wanted


def _find_place(form: Form, base: str, place: str) -> str:
    """Where to lead: a thing that was merged with another has its page no more."""
    target = read_thing(form.get("target"))[1]
    merged = form.get("decision") in ("merge", "accept") and form.get("kind") == "thing"
    if not merged or target is None or not target.startswith(str(ID)):
        return place
    return (locate_thing(target, base)[0] or "").removeprefix(f"{base}/")
