"""What the shipped names offer for the things of an article, as the reading weighed it."""

from __future__ import annotations

from rdflib import URIRef

from kg.iris import ID
from kg.linking.records import LinkCandidate
from kg.linking.scoring import rank_candidates, word_reason
from kg.model import Entity, Namesake

GAZETTEER = URIRef(ID)
"""The shipped names as a dataset."""

_MOST = 5
_WORTH_SHOWING = 0.3


def list_candidates(entity: Entity) -> tuple[LinkCandidate, ...]:
    """The gazetteer's entries that a thing may be, best first; none where there was no choice.

    Each has the score of the mention that speaks best for it, so that what the reading chose
    leads. Of namesakes that nothing speaks for, and beyond the first five, none is listed.
    """
    best: dict[URIRef, Namesake] = {}
    for mention in entity.mentions:
        for namesake in mention.namesakes:
            held = best.get(namesake.entry)
            if held is None or held.score < namesake.score:
                best[namesake.entry] = namesake
    ranked = rank_candidates([_describe(each) for each in best.values()])
    shown = [each for each in ranked if each.score >= _WORTH_SHOWING or each.target == entity.entry]
    if len(shown) == 1 and shown[0].target == entity.entry:
        return ()
    return tuple(shown[:_MOST])


def _describe(namesake: Namesake) -> LinkCandidate:
    return LinkCandidate(
        target=namesake.entry,
        label=namesake.label,
        dataset=GAZETTEER,
        score=namesake.score,
        parts=namesake.parts,
        reason=word_reason(namesake.parts),
    )
