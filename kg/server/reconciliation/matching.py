"""Which things of the graph a query may mean, with scores that `kg.linking.scoring` gives.

To its parts (name, kind, time, company, prior) come the conditions of the query: what identifies a
thing nearly settles the matter either way, any other property moves the score a little.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from rdflib import OWL, URIRef

from kg import iris
from kg.extraction.weighing import NAME_NEEDED, combine_parts
from kg.iris import KG
from kg.linking.records import LinkCandidate, LinkQuery, LinkState
from kg.linking.scoring import CandidateFacts, decide_link, score_candidate
from kg.model import Period
from kg.server.reconciliation.catalogue import Catalogue, Schema
from kg.server.reconciliation.comparing import NAMING, Comparer, fit_condition
from kg.server.reconciliation.identifiers import find_subkinds, name_term, resolve_thing
from kg.server.reconciliation.index import MOST_FOUND, Thing
from kg.server.reconciliation.properties import (
    Form,
    Property,
    Values,
    Wanted,
    fetch_values,
    find_by_values,
    list_properties,
)
from kg.server.reconciliation.queries import Condition, Query, Strictness
from kg.server.reconciliation.wording import describe_thing
from kg.server.statistics import Ask
from kg.vocabulary.records import Kind

# What a met condition takes off the distance to certainty, and what an unmet one leaves.
_IDENTIFIED, _REFUTED = 0.9, 0.5
_SUPPORTED, _DOUBTED = 0.3, 0.85
_LEAST = 0.25
"""Candidates below this are not worth a look."""

_COUNTRIES = frozenset({"country", "countryCode", "iso2", "cowCode"})
_DATE = re.compile(r"\d{4}(-\d\d){0,2}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that a query may mean: `score` in [0, 100], `features` what it is made of."""

    thing: Thing
    description: str
    score: float
    match: bool
    features: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query with what its conditions mean in this graph."""

    query: Query
    things: tuple[Thing, ...]
    names: tuple[str, ...]
    shares: Mapping[int, float]
    countries: tuple[str, ...]
    dates: tuple[str, ...]
    given: str


async def match_queries(
    ask: Ask, catalogue: Catalogue, queries: Sequence[Query]
) -> list[tuple[Candidate, ...]]:
    """The candidates of each query, best first.

    Raises HTTPException where the engine does not answer.
    """
    properties = list_properties(catalogue.schema)
    comparer = Comparer(catalogue, properties)
    reached = [await _find_by_conditions(ask, comparer, query) for query in queries]
    asked = await asyncio.to_thread(
        lambda: [_find_things(comparer, *each) for each in zip(queries, reached, strict=True)]
    )
    fetched = sorted(
        {
            name
            for query in queries
            for condition in query.conditions
            if (name := name_term(condition.property)) in properties
            and _must_be_fetched(properties[name])
        }
    )
    things = {thing.iri for each in asked for thing in each.things}
    values: Values = {}
    if fetched and things:
        values = await fetch_values(ask, [Wanted(properties[name]) for name in fetched], things)
    numbers = {name: number for number, name in enumerate(fetched)}
    comparer.take_values(numbers, values)
    return await asyncio.to_thread(lambda: [_rank(comparer, each) for each in asked])


def _must_be_fetched(property_: Property) -> bool:
    skipped = NAMING | _COUNTRIES | {"type"}
    return not property_.indexed and bool(property_.pattern) and property_.id not in skipped


# ------------------------------------------------------------------------------------- finding


async def _find_by_conditions(ask: Ask, comparer: Comparer, query: Query) -> list[str]:
    """The IRIs that relations lead to where a query has no name."""
    found: list[str] = []
    for condition in query.conditions if not query.text else ():
        property_ = comparer.properties.get(name_term(condition.property))
        if property_ is not None and property_.form is Form.THING and property_.id != "country":
            values = await asyncio.to_thread(comparer.resolve_things, condition.values)
            if values:
                found += await find_by_values(ask, property_, values)
    return found


def _find_things(comparer: Comparer, query: Query, reached: Collection[str]) -> _Asked:
    index = comparer.catalogue.index
    kinds = [find_subkinds(each, comparer.catalogue.schema) for each in query.types]
    if query.strictness is Strictness.SHOULD or not query.types:
        within: list[frozenset[str]] = []
    elif query.strictness is Strictness.ANY:
        within = [frozenset().union(*kinds)]
    else:
        within = kinds
    aliases = _list_texts(query, NAMING)
    given = resolve_thing(query.text)
    numbers = list(index.find_by_iri([given]).values())
    for name in (query.text, *aliases):
        numbers += index.find(name, within)
    if not query.text:
        numbers += _find_by_facts(comparer, query)
        numbers += index.find_by_iri(reached).values()
    things = index.read(list(dict.fromkeys(numbers))[: 2 * MOST_FOUND], query.text)
    names = tuple(filter(None, (query.text, *aliases)))
    return _Asked(
        query=query,
        things=tuple(thing for thing in things if _has_kinds(thing, within)),
        names=names,
        shares=index.share_name(names[0]) if names else {},
        countries=comparer.resolve_countries(
            [
                value
                for condition in query.conditions
                if name_term(condition.property) in _COUNTRIES
                for value in condition.values
            ]
        ),
        dates=tuple(filter(_DATE.fullmatch, _list_texts(query, {"date"}))),
        given=given,
    )


def _find_by_facts(comparer: Comparer, query: Query) -> list[int]:
    """The things that have one of the values by which a query without a name asks for them."""
    found: list[int] = []
    for condition in query.conditions:
        name = name_term(condition.property)
        property_ = comparer.properties.get(name)
        if name in ("country", "countryCode"):
            codes = comparer.resolve_countries(condition.values)
            found += comparer.catalogue.index.find_by_fact(str(KG.countryCode), codes)
        elif property_ is not None and property_.indexed:
            texts = {value.text for value in condition.values}
            if property_.prefix:
                ends = {text.strip("/").rsplit("/", 1)[-1] for text in texts}
                texts = {f"{property_.prefix}{end}{slash}" for end in ends for slash in ("", "/")}
            found += comparer.catalogue.index.find_by_fact(property_.indexed, texts)
    return found


def _list_texts(query: Query, properties: Collection[str]) -> list[str]:
    return [
        value.text
        for condition in query.conditions
        if name_term(condition.property) in properties
        for value in condition.values
        if value.text
    ]


def _has_kinds(thing: Thing, within: Sequence[frozenset[str]]) -> bool:
    return all(not each.isdisjoint(thing.kinds) for each in within)


# ------------------------------------------------------------------------------------- scoring


def _rank(comparer: Comparer, asked: _Asked) -> tuple[Candidate, ...]:
    """The candidates of a query, of which the first is a match if it is good and far ahead."""
    scored = [_score(comparer, asked, thing) for thing in asked.things]
    kept = [each for each in scored if each is not None]
    kept.sort(key=lambda each: (-each[0].score, each[0].target))
    state, _ = decide_link([candidate for candidate, _, _ in kept])
    return tuple(
        Candidate(
            thing=thing,
            description=describe_thing(thing, comparer.catalogue.schema),
            score=round(100 * candidate.score, 2),
            match=place == 0 and state is LinkState.LINKED,
            features=features,
        )
        for place, (candidate, thing, features) in enumerate(kept[: asked.query.limit])
    )


def _score(
    comparer: Comparer, asked: _Asked, thing: Thing
) -> tuple[LinkCandidate, Thing, tuple[tuple[str, float], ...]] | None:
    """A thing with its score and features; None where it is not worth a look."""
    candidate = _score_facts(comparer.catalogue, asked, thing)
    parts = candidate.parts
    if not asked.names:
        parts = tuple(part for part in parts if part[0] != "name")
    score = combine_parts(parts)
    features = dict(parts)
    for condition in asked.query.conditions:
        name = name_term(condition.property)
        fit = fit_condition(comparer, condition, thing, asked.countries, features.get("time"))
        if condition.required and not fit:
            return None
        if fit is not None:
            key = f"property:{name}"
            features[key] = min(features.get(key, 1.0), float(fit))
            score = _weigh(score, condition, fit=fit, certain=comparer.identifies(name, thing))
    if asked.query.required and dict(parts).get("name", 0.0) < NAME_NEEDED:
        return None
    if thing.iri == asked.given and asked.query.text != thing.label:
        # An identifier that is no more than a name says as little as that.
        score = 1.0
    if score < _LEAST:
        return None
    return replace(candidate, score=score), thing, tuple(features.items())


def _weigh(score: float, condition: Condition, *, fit: bool, certain: bool) -> float:
    if name_term(condition.property) == "date" or (
        name_term(condition.property) in _COUNTRIES and not certain
    ):
        # They are among the parts already.
        return score
    if fit:
        return score + (1 - score) * (_IDENTIFIED if certain else _SUPPORTED)
    return score * (_REFUTED if certain else _DOUBTED)


def _score_facts(catalogue: Catalogue, asked: _Asked, thing: Thing) -> LinkCandidate:
    codes = thing.values(KG.countryCode)
    shared = [code for code in asked.countries if code in codes]
    starts, ends = thing.values(KG.validFrom), thing.values(KG.validUntil)
    periods = [term.period for term in thing.terms]
    if starts or ends:
        periods.append(Period(min(starts, default=None), max(ends, default=None)))
    facts = CandidateFacts(
        target=URIRef(thing.iri),
        dataset=URIRef(iris.BASE),
        label=thing.label,
        aliases=thing.names,
        kinds=tuple(map(URIRef, thing.kinds)),
        country=next(iter([*shared, *codes]), None),
        periods=tuple(periods),
        prior=asked.shares.get(thing.number),
    )
    kind, kinds = _choose_kind(catalogue.schema, asked.query, thing)
    query = LinkQuery(
        entity=OWL.Thing,
        names=asked.names,
        kind=kind,
        country=next(iter([*shared, *asked.countries]), None),
        dates=asked.dates,
        countries=asked.countries,
    )
    return score_candidate(query, facts, kinds=kinds)


def _choose_kind(
    schema: Schema, query: Query, thing: Thing
) -> tuple[URIRef, Mapping[URIRef, Kind]]:
    """The kind asked for that a thing fits best, and the kinds that there are."""
    kinds = schema.records()
    asked = [KG[name_term(each)] for each in query.types]
    if not asked:
        # No kind that there is: of this part nothing is known.
        return OWL.Thing, kinds
    for kind in asked:
        if any(kind in kinds[URIRef(each)].ancestors for each in thing.kinds):
            return kind, kinds
    first = asked[0]
    # An unknown kind is one that nothing is of.
    return first, {first: Kind(first, first, first, frozenset({first})), **kinds}
