"""Events between countries, counted by dyad and month, for statistics in R, Stata or Python.

What is counted. A claim states an event if its relation has a PLOVER category, if it counts as
fact (affirmed, asserted, and said by the article itself or by one whose word was accepted), and if
both ends are or belong to a country. What is denied, possible, predicted, desired or only
attributed to somebody is no event, and neither is a standing relation, such as an alliance.
Claims of one subject, relation and object at one time are one event, in however many sentences
and articles. What one does with the other (meeting, negotiating, cooperating, trading) is an
event in both directions, as event data code it; so do not add up A to B and B to A. What actors
of one country do to each other has that country at both ends.

Codebook.

| column | holds |
|---|---|
| month | the month, 2017-11; empty where only the year is known, or nothing |
| year | the year; empty where nothing is known |
| dated_by | `claim`: the text puts it in that month or year; `claim-start`: the text gives a longer time, or an open one, that begins then; `claim-end`: one of which only the end is told; `article`: undated in the text, so by the date of the article; `none`: not even that is known |
| source_country, target_country | who did it to whom: ISO 3166 alpha-3 codes; empty for states that had none |
| source_cow, target_cow | the states' codes of the Correlates of War project at that time; empty where several shared the country's code (DEU from 1955 to 1990) |
| plover | the PLOVER category: AGREE, CONSULT, SUPPORT, COOPERATE, AID, REQUEST, ACCUSE, REJECT, THREATEN, SANCTION, COERCE, ASSAULT |
| quad_class | verbal or material, cooperation or conflict |
| count | how many events |
| mean_intensity | the mean over these events of their relations' scores on Goldstein's scale, from -10 (most conflictual) to 10 (most cooperative); see `ontology/alignments.ttl` |
| mentions | how many claims state these events |
| articles | how many articles do |

Rows are sorted by time, dyad and category. A month without events has no row: expand the panel before
you fit a model, and mind that no news of an event is not news of no event.
"""  # noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import BinaryIO

from rdflib import URIRef

from kg.export.rows import Cell, write_rows
from kg.export.stated import Stated, StatedClaim, StatedRelation, gather_statements
from kg.model import Period
from kg.store import GraphStore

EVENT_COLUMNS = (
    "month", "year", "dated_by", "source_country", "source_cow", "target_country", "target_cow",
    "plover", "quad_class", "count", "mean_intensity", "mentions", "articles",
)  # fmt: skip

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Dating:
    """When an event was, to the month or the year, and what tells so."""

    date: str
    by: str

    @property
    def month(self) -> str:
        """The month, or nothing where only the year is known."""
        return self.date if len(self.date) > len("2017") else ""


@dataclass(frozen=True, slots=True)
class _Event:
    """What makes claims state the same event; `time` is as exact as the text is."""

    ends: tuple[URIRef, URIRef]
    relation: URIRef
    time: tuple[str | None, ...]
    dating: Dating


@dataclass(slots=True)
class _Group:
    """The events of one row, with the claims and articles that state them."""

    events: set[_Event] = field(default_factory=set)
    intensities: list[Decimal] = field(default_factory=list)
    claims: set[URIRef] = field(default_factory=set)
    articles: set[URIRef] = field(default_factory=set)


def export_events(store: GraphStore, out: BinaryIO) -> None:
    """Write the table of events by month, source, target and category, as CSV."""
    write_rows(EVENT_COLUMNS, _count_events(gather_statements(store)), out)


def date_event(period: Period | None, article: str | None) -> Dating:
    """Tell when an event was from the time its claim gives, else from the article's ISO date."""
    since = _read_month(period.start if period else None)
    until = _read_month(period.end if period else None)
    if since:
        return Dating(since, "claim" if since == until else "claim-start")
    if until:
        return Dating(until, "claim-end")
    date = _read_month(article)
    return Dating(date, "article") if date else Dating("", "none")


def _read_month(date: str | None) -> str:
    """The month of an ISO date, or the year if it tells no more; nothing where it is none."""
    match = _DATE.fullmatch(date or "")
    return "" if match is None else f"{match[1]}-{match[2]}" if match[2] else match[1]


def _count_events(stated: Stated) -> Iterator[list[Cell]]:
    groups: dict[tuple[Cell, ...], _Group] = {}
    key: tuple[Cell, ...]
    for claim in stated.claims:
        relation = stated.relations.get(claim.relation)
        if not claim.factual or relation is None or relation.plover is None:
            continue
        event = _identify_event(stated, claim, relation)
        directions = {event.ends, event.ends[::-1]} if relation.symmetric else {event.ends}
        for ends in directions:
            source, target = (_find_country(stated, end, event.dating) for end in ends)
            if source is None or target is None:
                continue
            when = (event.dating.month, event.dating.date[:4], event.dating.by)
            key = (*when, *source, *target, relation.plover, relation.quad_class)
            group = groups.setdefault(key, _Group())
            if event not in group.events and relation.intensity is not None:
                group.intensities.append(relation.intensity)
            group.events.add(event)
            group.claims.add(claim.iri)
            group.articles.add(claim.article)
    for key in sorted(groups, key=_order):
        group = groups[key]
        yield [*key, len(group.events), _average(group.intensities),
               len(group.claims), len(group.articles)]  # fmt: skip


def _identify_event(stated: Stated, claim: StatedClaim, relation: StatedRelation) -> _Event:
    article = stated.articles.get(claim.article)
    dating = date_event(claim.period, article.date if article else None)
    period = claim.period if dating.by.startswith("claim") else None
    time = (period.start, period.end) if period else (dating.date,)
    ends = (claim.subject, claim.object)
    if relation.symmetric:
        ends = (min(ends), max(ends))
    return _Event(ends, claim.relation, time, dating)


def _find_country(stated: Stated, iri: URIRef, dating: Dating) -> tuple[Cell, Cell] | None:
    """The two codes of the country that a thing is or belongs to; None for what has none."""
    thing = stated.things[iri]
    cow = stated.find_cow(thing, dating.date or None)
    return None if thing.country is None and cow is None else (thing.country, cow)


def _order(key: tuple[Cell, ...]) -> tuple[str, ...]:
    # By year first, so that events of a year without a month stand before those of its months.
    month, year, *rest = key
    return tuple("" if cell is None else str(cell) for cell in (year, month, *rest))


def _average(numbers: list[Decimal]) -> str | None:
    if not numbers:
        return None
    mean = sum(numbers, Decimal()) / len(numbers)
    return str(mean.quantize(Decimal("0.01"), ROUND_HALF_EVEN))
