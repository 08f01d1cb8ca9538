"""Facts that Wikidata states of the linked things of a graph, each with when it was retrieved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rdflib import RDF, RDFS, SKOS, Literal, Namespace, URIRef

from kg.enrichment.statements import (
    GEO,
    Source,
    Span,
    describe_fact,
    describe_membership,
    describe_term,
    write_decimal,
)
from kg.errors import LinkError
from kg.iris import KG
from kg.linking.alignment import Alignment
from kg.linking.client import UnansweredError
from kg.linking.wikidata import WikidataItems
from kg.linking.wikidata_items import ENTITY, Item, Statement
from kg.rdf import Triple

SCHEMA = Namespace("https://schema.org/")

_AT_ONCE = 20
_PATIENCE = 3
"""A service that fails for this many things in a row is left alone."""

_HEADS: Mapping[str, str] = {"P6": "head of government", "P35": "head of state"}
_PARTIES = ("P1891", "P710")
_BODIES = frozenset({KG.Organization, KG.Alliance})


@dataclass(frozen=True, slots=True)
class Linked:
    """A thing of the graph, its kinds, and its item in Wikidata ("Q30")."""

    thing: URIRef
    kinds: frozenset[URIRef]
    item: str


@dataclass(slots=True)
class Fetched:
    """What was fetched, of how many things nothing could be, and why."""

    triples: set[Triple] = field(default_factory=set)
    unanswered: int = 0
    failures: dict[str, None] = field(default_factory=dict)

    def add(self, triples: set[Triple]) -> None:
        """Add what was stated of some things."""
        self.triples |= triples


def fetch_facts(
    linked: Sequence[Linked],
    items: WikidataItems,
    alignment: Alignment,
    dates: Collection[str],
    *,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Fetched:
    """Labels, places, dates, members, terms of office and parties of the linked things.

    Of the heads of states those are taken who were in office at one of the dates. What cannot be
    asked is left out and told.
    """
    found = Fetched()
    reader = _Reader(alignment, linked, dates)
    in_a_row = 0
    for start in range(0, len(linked), _AT_ONCE):
        report(start, len(linked))
        part = linked[start : start + _AT_ONCE]
        try:
            found.add(reader.fetch(part, items))
            continue
        except LinkError:
            pass
        # One that cannot be had shall not take the others along.
        for number, each in enumerate(part):
            try:
                found.add(reader.fetch([each], items))
                in_a_row = 0
            except UnansweredError:
                found.unanswered += 1
            except LinkError as error:
                found.failures[str(error)] = None
                in_a_row += 1
                found.unanswered += 1
            if in_a_row == _PATIENCE:
                found.unanswered += len(linked) - start - number - 1
                return found
    report(len(linked), len(linked))
    return found


class _Reader:
    """Items as triples about the things of the graph."""

    def __init__(
        self, alignment: Alignment, linked: Sequence[Linked], dates: Collection[str]
    ) -> None:
        self._entries = alignment.entries
        self._things = {each.item: each.thing for each in reversed(linked)}
        self._dates = dates
        self.labels: dict[str, str] = {}

    def fetch(self, part: Sequence[Linked], items: WikidataItems) -> set[Triple]:
        """All that is stated of some things; raises LinkError where Wikidata cannot be asked."""
        described = items.fetch_items(each.item for each in part)
        members = items.fetch_members(each.item for each in part if each.kinds & _BODIES)
        named = [name for item, _ in described.values() for name in self.list_named(item)]
        self.labels |= {name: label for name, (label, _) in items.fetch_labels(named).items()}
        found: set[Triple] = set()
        for each in part:
            if each.item in described:
                found.update(self.describe(each, *described[each.item]))
            rows, retrieved = members.get(each.item, ([], ""))
            for name, since, until in rows:
                source = _cite(each.item, "P463", retrieved)
                span = Span(since or None, until or None)
                member = self.resolve(name)
                found.update(describe_membership(member, each.thing, span, source))
                found.update(self.name(name))
        return found

    def resolve(self, name: str) -> URIRef:
        """The thing of the graph that an item is, else the gazetteer's entry, else the item."""
        iri = f"{ENTITY}{name}"
        return self._things.get(name) or self._entries.get(iri) or URIRef(iri)

    def name(self, name: str) -> Iterator[Triple]:
        """The label of an item that nothing of ours is; without one it could not be shown."""
        if self.resolve(name) == URIRef(f"{ENTITY}{name}") and self.labels.get(name):
            yield URIRef(f"{ENTITY}{name}"), RDFS.label, Literal(self.labels[name], lang="en")

    def list_named(self, item: Item) -> list[str]:
        """The items that must be shown by their labels beside an item."""
        return item.list_values("P39", "P463", *_PARTIES) + [
            each.value for name in _HEADS for each in self._choose_heads(item, name)
        ]

    def describe(self, linked: Linked, item: Item, retrieved: str) -> Iterator[Triple]:
        """All that is taken from an item."""
        thing = linked.thing
        for language, label in sorted(item.labels.items()):
            if language != "en":
                source = _cite(item.id, f"label in {language}", retrieved)
                yield from describe_fact(
                    thing, SKOS.prefLabel, Literal(label, lang=language), source
                )
        yield from self._describe_place(thing, item, retrieved)
        yield from self._describe_dates(linked, item, retrieved)
        for each in item.claims.get("P463", ()):
            source = _cite(item.id, "P463", retrieved)
            yield from describe_membership(thing, self.resolve(each.value), _span(each), source)
            yield from self.name(each.value)
        if KG.Agreement in linked.kinds or linked.kinds & _BODIES:
            for name in _PARTIES:
                for each in item.claims.get(name, ()):
                    source = _cite(item.id, name, retrieved)
                    party = self.resolve(each.value)
                    yield from describe_membership(party, thing, _span(each), source)
                    yield from self.name(each.value)
        yield from self._describe_offices(linked, item, retrieved)

    def _describe_place(self, thing: URIRef, item: Item, retrieved: str) -> Iterator[Triple]:
        place = item.find_value("P625")
        if place is not None:
            source = _cite(item.id, "P625", retrieved)
            for name, number in zip(("lat", "long"), place.split(","), strict=True):
                value = write_decimal(float(number))
                yield from describe_fact(thing, GEO[name], value, source)

    def _describe_dates(self, linked: Linked, item: Item, retrieved: str) -> Iterator[Triple]:
        wanted: tuple[tuple[URIRef, tuple[str, ...]], ...]
        if KG.Person in linked.kinds:
            wanted = ((SCHEMA.birthDate, ("P569",)), (SCHEMA.deathDate, ("P570",)))
        elif KG.Agreement in linked.kinds:
            # In force from then on; where that is not told, concluded.
            starts = ("P7588", "P580", "P571", "P585")
            wanted = ((KG.validFrom, starts), (KG.validUntil, ("P582", "P576")))
        else:
            ends = ("P576", "P582")
            wanted = ((KG.validFrom, ("P571", "P580")), (KG.validUntil, ends))
        for predicate, names in wanted:
            for name in names:
                value = item.find_value(name)
                if value is not None:
                    source = _cite(item.id, name, retrieved)
                    yield from describe_fact(linked.thing, predicate, Literal(value), source)
                    break

    def _describe_offices(self, linked: Linked, item: Item, retrieved: str) -> Iterator[Triple]:
        for name, office in _HEADS.items():
            for each in self._choose_heads(item, name):
                holder = self.resolve(each.value)
                source = _cite(item.id, name, retrieved)
                yield from describe_term(
                    holder, office, linked.thing, _span(each), source, headship=True
                )
                yield holder, RDF.type, KG.Person
                yield from self.name(each.value)
        if KG.Person not in linked.kinds:
            return
        for each in item.claims.get("P39", ()):
            title = self.labels.get(each.value)
            if title:
                of = None if each.jurisdiction is None else self.resolve(each.jurisdiction)
                source = _cite(item.id, "P39", retrieved)
                yield from describe_term(
                    linked.thing, title, of, _span(each), source, headship=False
                )

    def _choose_heads(self, item: Item, name: str) -> list[Statement]:
        """Those who headed something at one of the dates, as far as it is known since when."""
        return [
            each
            for each in item.claims.get(name, ())
            if each.start and any(_span(each).covers(date) for date in self._dates)
        ]


def _span(statement: Statement) -> Span:
    return Span(statement.start, statement.end)


def _cite(item: str, what: str, retrieved: str) -> Source:
    return Source(f"Wikidata {item}, {what}", URIRef(f"{ENTITY}{item}"), retrieved)
