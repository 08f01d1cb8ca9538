"""An article as the graph has it: its sentences in order, mentions and claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from rdflib import URIRef
from starlette.exceptions import HTTPException
from starlette.requests import Request

from kg import iris
from kg.server.answers import Service, ask_engine
from kg.server.layers import find_base
from kg.server.pages.claims import ShownClaim, fetch_claims
from kg.server.pages.naming import HEAD, Named, fetch_names, name_thing, take_local_name
from kg.server.statistics import Ask, Row, fetch_rows

MOST_CLAIMS = 5000
_KEY = re.compile(r"[A-Za-z0-9._~-]+")


@dataclass(frozen=True, slots=True)
class ShownSentence:
    """A sentence; `start` and `end` are its offsets into the article's source."""

    text: str
    start: int
    end: int
    heading: str | None

    @property
    def is_heading(self) -> bool:
        """Whether it is the heading that stands over what follows it."""
        return self.heading is not None and self.text == self.heading


@dataclass(frozen=True, slots=True)
class ShownMention:
    """A place in the article that names a thing."""

    start: int
    end: int
    thing: Named


@dataclass(frozen=True, slots=True)
class PlacedClaim:
    """A claim with its number in the article, and where its evidence stands."""

    number: int
    key: str
    claim: ShownClaim
    start: int
    end: int
    confidence: str | None

    @property
    def state(self) -> str:
        """How surely it is held, as one word: what an edge of the graph looks like."""
        if self.claim.polarity == "negative":
            return "denied"
        return "reported" if self.claim.factual and self.claim.holder else self.claim.modality


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article; `facts` are what is told under its title, in order."""

    iri: str
    key: str
    title: str
    authors: tuple[str, ...]
    facts: tuple[str, ...]
    sentences: tuple[ShownSentence, ...]
    mentions: tuple[ShownMention, ...]
    claims: tuple[PlacedClaim, ...]

    @property
    def things(self) -> dict[str, Named]:
        """What it mentions or makes claims about, by IRI."""
        found = {mention.thing.iri: mention.thing for mention in self.mentions}
        for placed in self.claims:
            for thing in (placed.claim.subject, placed.claim.object):
                found.setdefault(thing.iri, thing)
        return dict(sorted(found.items()))


async def fetch_article(service: Service, request: Request, key: str) -> ShownArticle | None:
    """The article of a key; None where the graph has none with sentences under it."""
    if _KEY.fullmatch(key) is None:
        raise HTTPException(404, "no article has this address")
    iri = f"{iris.BASE}article/{key}"
    base = find_base(service.settings, request.scope)
    ask = partial(ask_engine, service, request)
    sentences = await _fetch_sentences(iri, ask)
    if not sentences:
        return None
    title, authors, facts = await _fetch_head(iri, ask)
    return ShownArticle(
        iri=iri,
        key=key,
        title=title or "An article without a title",
        authors=authors,
        facts=facts,
        sentences=sentences,
        mentions=await _fetch_mentions(iri, ask, base),
        claims=await _fetch_claims(iri, ask, base),
    )


async def _fetch_head(iri: str, ask: Ask) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    rows = await fetch_rows(
        f"{HEAD}SELECT ?p ?v WHERE {{ GRAPH ?g {{ <{iri}> a kg:Article }} "
        f"{{ <{iri}> dcterms:creator/rdfs:label ?v BIND(dcterms:creator AS ?p) }} UNION "
        f"{{ VALUES ?p {{ dcterms:title dcterms:issued kg:received kg:journal dcterms:source }} "
        f"<{iri}> ?p ?v }} }}",
        ask,
    )
    values: dict[str, list[str]] = {}
    for row in rows:
        values.setdefault(take_local_name(row["p"]["value"]), []).append(row["v"]["value"])
    first = {name: min(found) for name, found in values.items()}
    facts = [first.get("journal"), first.get("issued") or first.get("received")]
    authors = tuple(sorted(set(values.get("creator", ()))))
    title = first.get("title", first.get("source", ""))
    return title, authors, tuple(fact for fact in facts if fact)


async def _fetch_sentences(iri: str, ask: Ask) -> tuple[ShownSentence, ...]:
    rows = await fetch_rows(
        f"{HEAD}SELECT ?text ?start ?end ?heading WHERE {{ GRAPH <{_graph(iri)}> {{ "
        f"?s a kg:Sentence ; kg:text ?text ; kg:start ?start ; kg:end ?end "
        "OPTIONAL { ?s kg:heading ?heading } } }",
        ask,
    )
    found = {
        ShownSentence(
            row["text"]["value"],
            read_number(row["start"]),
            read_number(row["end"]),
            row["heading"]["value"] if "heading" in row else None,
        )
        for row in rows
    }
    return tuple(sorted(found, key=lambda each: (each.start, each.end, each.text)))


async def _fetch_mentions(iri: str, ask: Ask, base: str) -> tuple[ShownMention, ...]:
    rows = await fetch_rows(
        f"{HEAD}SELECT ?thing ?start ?end WHERE {{ GRAPH <{_graph(iri)}> {{ "
        "?m a kg:Mention ; kg:refersTo ?thing ; kg:start ?start ; kg:end ?end } }",
        ask,
    )
    names = await fetch_names({row["thing"]["value"] for row in rows}, ask, base)
    found = {
        ShownMention(
            read_number(row["start"]),
            read_number(row["end"]),
            name_thing(row["thing"]["value"], names, base),
        )
        for row in rows
    }
    return tuple(sorted(found, key=lambda each: (each.start, -each.end, each.thing.iri)))


async def _fetch_claims(iri: str, ask: Ask, base: str) -> tuple[PlacedClaim, ...]:
    pattern = f"?claim a kg:Claim ; kg:inArticle <{iri}>"
    claims = await fetch_claims(pattern, ask, base, limit=MOST_CLAIMS)
    rows = await fetch_rows(
        f"{HEAD}SELECT ?claim ?start ?end ?confidence WHERE {{ {pattern} ; kg:evidence ?e . "
        "?e oa:hasSelector ?at . ?at oa:start ?start ; oa:end ?end . "
        "OPTIONAL { ?claim kg:confidence ?confidence } }",
        ask,
    )
    return tuple(_number_claims(claims, rows))


def _number_claims(claims: Iterable[ShownClaim], rows: Iterable[Row]) -> Iterable[PlacedClaim]:
    places: dict[str, tuple[int, int, str | None]] = {}
    for row in rows:
        sure = row["confidence"]["value"] if "confidence" in row else None
        place = (read_number(row["start"]), read_number(row["end"]), sure)
        known = places.get(row["claim"]["value"])
        places[row["claim"]["value"]] = min(known or place, place, key=lambda each: each[:2])
    placed = [(places.get(claim.iri, (claim.start, claim.start, None)), claim) for claim in claims]
    placed.sort(key=lambda each: (each[0][:2], each[1].iri))
    for number, ((start, end, sure), claim) in enumerate(placed, 1):
        key = claim.iri.rpartition("/claim/")[2]
        yield PlacedClaim(number, key, claim, start, end, sure)


def read_number(term: Mapping[str, str]) -> int:
    """A whole number of the graph; 0 for what is none, since updates may write anything."""
    text = term["value"]
    return int(text) if re.fullmatch("[0-9]{1,12}", text) else 0


def _graph(article: str) -> URIRef:
    return iris.article_graph(URIRef(article))
