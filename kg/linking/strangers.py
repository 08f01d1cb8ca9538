"""Things that the shipped names do not know, and that several articles name: which are one.

They meet where name, kind, context and dates agree; where only the name does, that they are one is
proposed and no more. The outcome depends on the set of things alone, not on their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rdflib import URIRef

from kg.extraction.weighing import OPEN, split_words
from kg.iris import BASE, KG
from kg.linking.records import LinkCandidate, LinkQuery
from kg.linking.scoring import CandidateFacts, score_candidate
from kg.model import Period

ARTICLES = URIRef(BASE + "article/")
"""The things of other articles as a dataset."""

_YEARS = 30
"""How far apart the dates of two articles may lie that name one thing."""

_COMPANY = 2
"""How many known things must stand near both where a country is not known."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """A thing of one article that is no entry of the gazetteer.

    `country` is an alpha-3 code, `date` the article's in ISO 8601, `company` the gazetteer's
    entries in the sentences that name it.
    """

    iri: URIRef
    kind: URIRef
    name: str
    country: str | None
    date: str | None
    company: frozenset[URIRef]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Things of several articles that are one; all are called by the first IRI."""

    members: tuple[URIRef, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """That a thing may be one of another article: `candidate` says how well it fits."""

    thing: URIRef
    candidate: LinkCandidate


def meet_strangers(
    strangers: Iterable[Stranger],
) -> tuple[tuple[Meeting, ...], tuple[Proposal, ...]]:
    """Which things of different articles are one, and which may be, both in a stable order."""
    by_name: dict[tuple[str, ...], list[Stranger]] = {}
    for stranger in sorted(strangers, key=lambda each: each.iri):
        words = split_words(stranger.name)
        by_name.setdefault(words[1:] if words[:1] == ("the",) else words, []).append(stranger)
    meetings: list[Meeting] = []
    proposals: list[Proposal] = []
    for words in sorted(by_name):
        groups = _group(by_name[words])
        meetings += [Meeting(tuple(s.iri for s in group)) for group in groups if len(group) > 1]
        proposals += _propose(groups)
    return tuple(meetings), tuple(proposals)


def _group(namesakes: Sequence[Stranger]) -> list[list[Stranger]]:
    """Those of one name in groups that are one, members and groups in the order of their IRIs."""
    apart = [[each] for each in namesakes if not _may_meet(each)]
    groups: list[list[Stranger]] = []
    dated = [each for each in namesakes if _may_meet(each)]
    placed = [each for each in dated if each.country is not None]
    for stranger in sorted(placed, key=lambda s: (s.kind, s.country or "", s.date or "", s.iri)):
        # In the order of dates, only the group begun last can be near.
        if groups and _agree(stranger, groups[-1]):
            groups[-1].append(stranger)
        else:
            groups.append([stranger])
    for stranger in (each for each in dated if each.country is None):
        fitting = [group for group in groups if _agree(stranger, group)]
        if len(fitting) == 1:
            fitting[0].append(stranger)
        else:
            groups.append([stranger])
    ordered = [sorted(group, key=lambda each: each.iri) for group in (*groups, *apart)]
    return sorted(ordered, key=lambda group: group[0].iri)


def _may_meet(stranger: Stranger) -> bool:
    """Whether a name tells enough: of a person more than one word, of anything a date."""
    full = stranger.kind != KG.Person or len(split_words(stranger.name)) > 1
    return full and (stranger.date or "")[:4].isdigit()


def _agree(stranger: Stranger, group: Sequence[Stranger]) -> bool:
    if any(each.kind != stranger.kind for each in group):
        return False
    if min(abs(_year(each) - _year(stranger)) for each in group) > _YEARS:
        return False
    countries = {each.country for each in group if each.country}
    if stranger.country is not None:
        return stranger.country in countries
    company = frozenset().union(*(each.company for each in group))
    return len(company & stranger.company) >= _COMPANY


def _year(stranger: Stranger) -> int:
    return int((stranger.date or "0")[:4])


def _propose(groups: Sequence[Sequence[Stranger]]) -> Iterator[Proposal]:
    """For each group of a name but the first, that it may be the first."""
    if len(groups) < 2:
        return
    first = groups[0]
    years = sorted(each.date[:4] for each in first if each.date)
    offer = CandidateFacts(
        target=first[0].iri,
        dataset=ARTICLES,
        label=first[0].name,
        kinds=(first[0].kind,),
        country=next((each.country for each in first if each.country), None),
        periods=(Period(years[0], years[-1]),) if years else (),
        related=tuple(sorted(frozenset().union(*(each.company for each in first)))),
    )
    for group in groups[1:]:
        one = group[0]
        query = LinkQuery(
            entity=one.iri,
            names=(one.name,),
            kind=one.kind,
            country=next((each.country for each in group if each.country), None),
            dates=tuple(sorted(each.date for each in group if each.date)),
            company=tuple(sorted(frozenset().union(*(each.company for each in group)))),
        )
        candidate = score_candidate(query, offer)
        if candidate.score >= OPEN:
            yield Proposal(one.iri, candidate)
