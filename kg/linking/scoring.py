"""Scores what a dataset offers for a thing, and decides whether to take one of it.

The parts and their weights are those of `kg.extraction.weighing`, by which the reading chooses
among the gazetteer's namesakes as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rdflib import SKOS, URIRef

from kg.extraction.weighing import (
    EXACT,
    FOREIGN_STATE,
    LINK,
    MARGIN,
    OPEN,
    STRANGE_KIND,
    combine_parts,
    compare_names,
    fit_company,
    fit_time,
)
from kg.iris import KG
from kg.linking.records import LinkCandidate, LinkQuery, LinkState
from kg.model import Period
from kg.vocabulary import load_vocabulary
from kg.vocabulary.records import Kind

_NEAR_KINDS = 0.5
"""Kinds that share less of their ancestors than this cannot be taken for each other."""


@dataclass(frozen=True, slots=True)
class CandidateFacts:
    """What a dataset says of something that a thing may be.

    `kinds` are classes of our ontology and `country` is an alpha-3 code; `periods` say when it
    existed or was in office; `related` are the gazetteer's entries that stand in a relation to it
    (its state, capital, head, members); `prior` in [0, 1] is how likely it is meant where nothing
    else is known. What is empty or None is not known; `strange` says that its class is known there,
    and is none that a kind of ours has.
    """

    target: URIRef
    dataset: URIRef
    label: str
    aliases: tuple[str, ...] = ()
    kinds: tuple[URIRef, ...] = ()
    country: str | None = None
    periods: tuple[Period, ...] = ()
    description: str = ""
    prior: float | None = None
    related: tuple[URIRef, ...] = ()
    strange: bool = False


def score_candidate(
    query: LinkQuery, facts: CandidateFacts, *, kinds: Mapping[URIRef, Kind] | None = None
) -> LinkCandidate:
    """What a dataset offers, with its score, what that is made of, and why in words.

    `kinds` are the classes of the ontology, by default the shipped one's.
    """
    found = {
        "name": compare_names(query.names, (facts.label, *facts.aliases)),
        "type": STRANGE_KIND
        if facts.strange
        else _fit_kind(query.kind, facts.kinds, kinds or _load_kinds()),
        "time": fit_time(query.dates, facts.periods, lasting=query.kind != KG.Person),
        "company": _fit_company(query, facts),
        "prior": facts.prior,
    }
    parts = tuple((part, value) for part, value in found.items() if value is not None)
    return LinkCandidate(
        target=facts.target,
        label=facts.label,
        dataset=facts.dataset,
        score=combine_parts(parts),
        parts=parts,
        description=facts.description,
        reason=word_reason(parts),
    )


def rank_candidates(candidates: Sequence[LinkCandidate]) -> tuple[LinkCandidate, ...]:
    """The candidates best first, those of equal score in the order of their IRIs."""
    return tuple(sorted(candidates, key=lambda each: (-each.score, each.target)))


def decide_link(candidates: Sequence[LinkCandidate]) -> tuple[LinkState, URIRef | None]:
    """What to make of the candidates of one dataset: take the best, ask a human, or give up.

    The best is taken if its score and its lead are high enough; else it stays open.
    """
    ranked = rank_candidates(candidates)
    if not ranked or ranked[0].score < OPEN:
        return LinkState.UNKNOWN, None
    best = ranked[0]
    rivals = [each for each in ranked[1:] if each.target != best.target]
    if best.score < LINK or (rivals and round(best.score - rivals[0].score, 4) < MARGIN):
        return LinkState.OPEN, None
    return LinkState.LINKED, SKOS.exactMatch if best.score >= EXACT else SKOS.closeMatch


def word_reason(parts: Sequence[tuple[str, float]]) -> str:
    """Say in words what spoke for and against something."""
    known = dict(parts)
    words = [
        _word(value, *wordings)
        for part, wordings in _WORDINGS.items()
        if (value := known.get(part)) is not None
    ]
    return "; ".join(words)


_WORDINGS = {
    "name": ("has this name", "has it as a part of its name", "has another name"),
    "type": ("is of this kind", "is of a kind close to it", "is of another kind"),
    "time": (
        "existed or was in office then",
        "may have existed then, or was in office at another time",
        "belongs to another time",
    ),
    "company": (
        "what belongs to it is named near",
        "what is named does not speak against it",
        "nothing near fits it",
    ),
    "prior": ("is widely known", "is known", "is little known"),
}


def _word(value: float, well: str, partly: str, badly: str) -> str:
    return well if value >= 0.85 else partly if value >= 0.3 else badly


def _fit_kind(
    asked: URIRef, offered: Sequence[URIRef], kinds: Mapping[URIRef, Kind]
) -> float | None:
    """How near the nearest of some kinds lies to the one asked for, by the ancestors they share."""
    known = [kinds[kind].ancestors for kind in offered if kind in kinds]
    if not known or asked not in kinds:
        return None
    above = kinds[asked].ancestors
    if any(asked in each for each in known):
        return 1.0
    best = max(len(above & each) / len(above | each) for each in known)
    return round(best, 4) if best >= _NEAR_KINDS else 0.0


def _fit_company(query: LinkQuery, facts: CandidateFacts) -> float | None:
    if query.country is not None and query.country == facts.country:
        return 1.0
    fit = fit_company(query.company, query.countries, related=facts.related, country=facts.country)
    return FOREIGN_STATE if fit == 0 and query.kind == KG.State and KG.State in facts.kinds else fit


@cache
def _load_kinds() -> Mapping[URIRef, Kind]:
    return load_vocabulary().kinds
