"""From what a dataset says to ranked candidates: scored alike, and refused where the name is none.

Identifiers are easily mistaken, by a search as by whoever typed them: one whose own label does not
fit what was asked for is never offered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kg.linking.records import LinkCandidate, LinkQuery
from kg.linking.scoring import CandidateFacts, rank_candidates, score_candidate

NAME_FITS = 0.5
"""A candidate whose names fit less than this is refused."""

_OFFERED = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What a dataset says of something, and when it said so (ISO 8601)."""

    facts: CandidateFacts
    retrieved: str


def offer_candidates(query: LinkQuery, found: Iterable[Found]) -> tuple[LinkCandidate, ...]:
    """The best candidates for a thing, none of them twice, without those of another name."""
    best: dict[str, LinkCandidate] = {}
    for each in found:
        candidate = score_candidate(query, each.facts)
        if dict(candidate.parts).get("name", 0.0) < NAME_FITS:
            continue
        known = best.get(candidate.target)
        if known is None or candidate.score > known.score:
            best[candidate.target] = replace(candidate, retrieved=each.retrieved)
    return rank_candidates(tuple(best.values()))[:_OFFERED]
