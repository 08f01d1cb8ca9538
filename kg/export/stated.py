"""What a graph states, as records for tables and networks: its things, articles and claims.

A claim's ends, words and article lie in several graphs; every table wants them side by side, and
all of them the same reading of what counts as fact and of which country a thing is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, URIRef

from kg.iris import INFERRED_GRAPH, KG, OA, ONTOLOGY_GRAPH, facts_graph
from kg.model import Modality, Period, Polarity
from kg.rdf import Triple
from kg.reasoning.labels import find_labels
from kg.store import GraphStore

_WIKIDATA = "http://www.wikidata.org/entity/"

Fields = Mapping[URIRef, str]
"""The predicates of a thing with their values; the first in order where there are several."""


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity: `country` is the ISO 3166 alpha-3 code of the state that it is or belongs to.

    `cow` is its own code of the Correlates of War project, which only states have.
    """

    iri: URIRef
    label: str
    kind: str
    country: str | None
    cow: int | None
    wikidata: str | None
    mentions: int


@dataclass(frozen=True, slots=True)
class State:
    """A member of the state system: its two codes and the ISO dates between which it was one."""

    country: str
    cow: int
    since: str | None
    until: str | None

    def existed(self, date: str) -> bool:
        """Whether it was a state at an ISO date, month or year."""
        return (self.since or "")[: len(date)] <= date <= (self.until or "9999")


@dataclass(frozen=True, slots=True)
class StatedArticle:
    """An article that was read; `date` is when it was issued, else received."""

    iri: URIRef
    title: str | None
    date: str | None


@dataclass(frozen=True, slots=True)
class StatedRelation:
    """A relation and how event data code it; `intensity` lies on Goldstein's scale, -10 to 10."""

    iri: URIRef
    label: str
    plover: str | None
    quad_class: str | None
    intensity: Decimal | None
    symmetric: bool


@dataclass(frozen=True, slots=True)
class StatedClaim:
    """A claim with its words; `holder` is None for the article's own voice.

    `factual` tells whether it counts as fact, `inferred` whether what it says follows from facts.
    """

    iri: URIRef
    article: URIRef
    subject: URIRef
    relation: URIRef
    object: URIRef
    topic: str | None
    holder: URIRef | None
    polarity: str
    modality: str
    period: Period | None
    quote: str | None
    start: int | None
    end: int | None
    confidence: float | None
    factual: bool
    inferred: bool


@dataclass(frozen=True, slots=True)
class Stated:
    """All that tables and networks are made of, each part in a fixed order.

    `inferred` are the triples that follow from facts, between things that articles name and by
    relations that a claim can have.
    """

    things: Mapping[URIRef, Thing]
    states: Mapping[str, tuple[State, ...]]
    articles: Mapping[URIRef, StatedArticle]
    relations: Mapping[URIRef, StatedRelation]
    claims: tuple[StatedClaim, ...]
    inferred: tuple[Triple, ...]

    def find_cow(self, thing: Thing, date: str | None) -> int | None:
        """The Correlates of War code of a thing, or of the state that it belongs to at a date.

        A country's code may have stood for several states: between 1955 and 1990 DEU may mean West
        Germany, which had another code. None where it cannot be told which is meant.
        """
        if thing.country is None:
            return thing.cow
        states = self.states.get(thing.country, ())
        passed = [state for state in states if state.since or state.until]
        if any(state.cow == thing.cow for state in passed):
            return thing.cow
        if date and any(state.existed(date) for state in passed):
            return None
        lasting = [state.cow for state in states if state not in passed]
        return lasting[0] if len(lasting) == 1 else None


def gather_statements(store: GraphStore) -> Stated:
    """Read what the graph states; GraphError where the store fails."""
    relations = {relation.iri: relation for relation in _read_relations(store)}
    inferred = {triple for triple in store.triples(INFERRED_GRAPH) if triple[1] in relations}
    claims = sorted(_read_claims(store, inferred), key=_place)
    mentions = Counter(quad[2] for quad in store.quads(predicate=KG.refersTo))
    named = {iri for iri in mentions if isinstance(iri, URIRef)}
    for claim in claims:
        named |= {claim.subject, claim.object} | ({claim.holder} if claim.holder else set())
    things = {thing.iri: thing for thing in _read_things(store, named, mentions)}
    return Stated(
        things=things,
        states=_read_states(store),
        articles={article.iri: article for article in _read_articles(store)},
        relations=relations,
        claims=tuple(claims),
        inferred=tuple(
            sorted(triple for triple in inferred if triple[0] in things and triple[2] in things)
        ),
    )


def local_name(iri: str) -> str:
    """What stands after the namespace of an IRI."""
    return re.split(r"[#/]", iri)[-1]


def _read_number(text: str | None) -> Decimal | None:
    """A number as written; None for what is none, since whoever may update may write anything."""
    try:
        number = Decimal(text or "")
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _read_integer(text: str | None, default: int | None = None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,9}", text) else default


def _place(claim: StatedClaim) -> tuple[str, int, int, str]:
    return claim.article, claim.start or 0, claim.end or 0, claim.iri


def _read_fields(store: GraphStore, iri: URIRef) -> Fields:
    fields: dict[URIRef, str] = {}
    for _, predicate, value, graph in store.quads(subject=iri):
        if graph != INFERRED_GRAPH and str(value) <= fields.get(predicate, str(value)):
            fields[predicate] = str(value)
    return fields


# -------------------------------------------------------------------------------------- claims


def _read_claims(store: GraphStore, inferred: Collection[Triple]) -> list[StatedClaim]:
    voices = {str(quad[0]) for quad in store.quads(predicate=RDF.type, object=KG.AuthorVoice)}
    iris = {quad[0] for quad in store.quads(predicate=RDF.type, object=KG.Claim)}
    read = (_read_claim(store, iri, voices, inferred) for iri in sorted(iris))
    claims = [claim for claim in read if claim is not None]
    own = {(claim.article, _triple(claim)) for claim in claims if claim.factual}
    facts = {
        article: set(store.triples(facts_graph(article)))
        for article in {claim.article for claim in claims}
    }
    # A fact that the article does not assert itself was asserted by someone whose word is taken.
    return [
        replace(claim, factual=True)
        if claim.holder is not None
        and _is_affirmed(claim)
        and _triple(claim) in facts[claim.article]
        and (claim.article, _triple(claim)) not in own
        else claim
        for claim in claims
    ]


def _read_claim(
    store: GraphStore, iri: URIRef, voices: Collection[str], inferred: Collection[Triple]
) -> StatedClaim | None:
    """A claim as the article graph has it; None where it lacks an end or its article."""
    fields = _read_fields(store, iri)
    if not fields.keys() >= {KG.subject, KG.relation, KG.object, KG.inArticle}:
        return None
    holder, confidence = fields.get(KG.holder), _read_number(fields.get(KG.confidence))
    since, until = fields.get(KG.timeStart), fields.get(KG.timeEnd)
    quote, start, end = _read_quote(store, fields.get(KG.evidence))
    claim = StatedClaim(
        iri=iri,
        article=URIRef(fields[KG.inArticle]),
        subject=URIRef(fields[KG.subject]),
        relation=URIRef(fields[KG.relation]),
        object=URIRef(fields[KG.object]),
        topic=fields.get(KG.topic),
        holder=None if holder is None or holder in voices else URIRef(holder),
        polarity=local_name(fields.get(KG.polarity, "")).lower(),
        modality=local_name(fields.get(KG.modality, "")).lower(),
        period=Period(since, until) if since or until else None,
        quote=quote,
        start=start,
        end=end,
        confidence=None if confidence is None else float(confidence),
        factual=False,
        inferred=False,
    )
    factual = claim.holder is None and _is_affirmed(claim)
    return replace(claim, factual=factual, inferred=_triple(claim) in inferred)


def _read_quote(
    store: GraphStore, evidence: str | None
) -> tuple[str | None, int | None, int | None]:
    quote, start, end = None, None, None
    if evidence is not None:
        for quad in sorted(store.quads(subject=URIRef(evidence), predicate=OA.hasSelector)):
            fields = _read_fields(store, URIRef(str(quad[2])))
            quote = fields.get(OA.exact, quote)
            start = _read_integer(fields.get(OA.start), start)
            end = _read_integer(fields.get(OA.end), end)
    return quote, start, end


def _is_affirmed(claim: StatedClaim) -> bool:
    return (claim.polarity, claim.modality) == (Polarity.POSITIVE.value, Modality.ASSERTED.value)


def _triple(claim: StatedClaim) -> Triple:
    return claim.subject, claim.relation, claim.object


# ------------------------------------------------------------- things, articles and relations


def _read_things(
    store: GraphStore, named: Collection[URIRef], mentions: Mapping[Any, int]
) -> Iterator[Thing]:
    labels = find_labels(store)
    for iri in sorted(named):
        fields = _read_fields(store, iri)
        links = {str(quad[2]) for quad in store.quads(subject=iri, predicate=SKOS.exactMatch)}
        wikidata = min((link for link in links if link.startswith(_WIKIDATA)), default="")
        yield Thing(
            iri=iri,
            label=labels.get(iri, local_name(iri)),
            kind=local_name(fields.get(RDF.type, "")),
            country=fields.get(KG.countryCode),
            cow=_read_integer(fields.get(KG.cowCode)),
            wikidata=wikidata.removeprefix(_WIKIDATA) or None,
            mentions=mentions.get(iri, 0),
        )


def _read_states(store: GraphStore) -> dict[str, tuple[State, ...]]:
    states: dict[str, list[State]] = {}
    for iri in sorted({quad[0] for quad in store.quads(predicate=KG.cowCode)}):
        fields = _read_fields(store, iri)
        country, cow = fields.get(KG.countryCode), _read_integer(fields.get(KG.cowCode))
        if country is not None and cow is not None:
            state = State(country, cow, fields.get(KG.validFrom), fields.get(KG.validUntil))
            states.setdefault(country, []).append(state)
    return {country: tuple(found) for country, found in states.items()}


def _read_articles(store: GraphStore) -> Iterator[StatedArticle]:
    for iri in sorted({quad[0] for quad in store.quads(predicate=RDF.type, object=KG.Article)}):
        fields = _read_fields(store, iri)
        date = fields.get(DCTERMS.issued) or fields.get(KG.received)
        yield StatedArticle(iri, fields.get(DCTERMS.title), date)


def _read_relations(store: GraphStore) -> Iterator[StatedRelation]:
    symmetric = {
        triple[0]
        for triple in store.triples(
            ONTOLOGY_GRAPH, predicate=RDF.type, object=OWL.SymmetricProperty
        )
    }
    relations = store.triples(ONTOLOGY_GRAPH, predicate=RDF.type, object=KG.Relation)
    for iri in sorted(triple[0] for triple in relations):
        fields = _read_fields(store, iri)
        quad_class = fields.get(KG.quadClass)
        if quad_class is not None:
            named = _read_fields(store, URIRef(quad_class))
            quad_class = named.get(RDFS.label, local_name(quad_class))
        yield StatedRelation(
            iri=iri,
            label=fields.get(RDFS.label, local_name(iri)),
            plover=fields.get(KG.ploverCategory),
            quad_class=quad_class,
            intensity=_read_number(fields.get(KG.intensity)),
            symmetric=iri in symmetric,
        )
