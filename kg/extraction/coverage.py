"""For each sentence its claims, or why there is none: where the reading of its words ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product

from rdflib import URIRef

from kg.extraction.entities import Argument
from kg.extraction.frames import Firing, fire_frames
from kg.extraction.names import Names
from kg.extraction.scenes import SetScene, list_empty_ends, list_frames, set_scenes
from kg.extraction.tree import find_conjuncts
from kg.iris import KG
from kg.model import Claim, Reading, Span
from kg.vocabulary import Vocabulary


class Reason(Enum):
    """Why a sentence has no claim, from the first stage of its reading to the last."""

    NO_RELATION = "no relation known"
    ARGUMENT = "argument missing"
    KIND = "rejected by type"
    WEAK = "below threshold"
    NOTHING_TOLD = "nothing told"
    REFUSED = "answers refused"


_STAGES = tuple(Reason)


@dataclass(frozen=True, slots=True)
class Miss:
    """A word that could have made a claim and did not: where, why, and what was wrong."""

    trigger: Span
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class SentenceCoverage:
    """A sentence with its claims; without any, the reason and the words that came near one."""

    number: int
    sentence: Span
    claims: tuple[Claim, ...]
    reason: Reason | None
    misses: tuple[Miss, ...]


def explain_coverage(
    reading: Reading, vocabulary: Vocabulary, names: Names
) -> tuple[SentenceCoverage, ...]:
    """Tell for each sentence of an article read with frames what came of it."""
    claims = _group_claims(reading)
    found = []
    for place in set_scenes(reading, vocabulary, names):
        sentence = place.scene.tree.sentence.span
        own = claims.get(sentence, ())
        misses = () if own else tuple(_find_misses(place, reading, vocabulary))
        reason = None if own else _find_last([miss.reason for miss in misses])
        found.append(SentenceCoverage(place.number, sentence, own, reason, misses))
    return tuple(found)


def explain_answers(
    reading: Reading, refused: Mapping[Span, Sequence[str]]
) -> tuple[SentenceCoverage, ...]:
    """Tell the same of an article that a model read, whose refused answers are given."""
    claims = _group_claims(reading)
    found = []
    for number, sentence in enumerate(reading.sentences):
        own = claims.get(sentence.span, ())
        said = () if own else refused.get(sentence.span, ())
        misses = tuple(Miss(sentence.span, Reason.REFUSED, detail) for detail in said)
        nothing = Reason.REFUSED if misses else Reason.NOTHING_TOLD
        found.append(SentenceCoverage(number, sentence.span, own, None if own else nothing, misses))
    return tuple(found)


def _group_claims(reading: Reading) -> dict[Span, tuple[Claim, ...]]:
    grouped: dict[Span, list[Claim]] = defaultdict(list)
    for claim in reading.claims:
        grouped[claim.evidence.sentence].append(claim)
    return {span: tuple(claims) for span, claims in grouped.items()}


def _find_last(reasons: Sequence[Reason]) -> Reason:
    return max(reasons, key=_STAGES.index, default=Reason.NO_RELATION)


def _find_misses(place: SetScene, reading: Reading, vocabulary: Vocabulary) -> Iterator[Miss]:
    """The farthest that each word of the sentence came."""
    tokens = place.scene.tree.tokens
    for i, token in enumerate(tokens):
        firings = list(fire_frames(place.scene, i, vocabulary))
        near = [_judge_firing(place, firing, reading, vocabulary) for firing in firings]
        if near:
            reason, detail = max(near, key=lambda pair: _STAGES.index(pair[0]))
            yield Miss(token.span, reason, detail)
            continue
        empty = [
            (list_empty_ends(place.scene, i, frame), _name_relation(frame.relation))
            for frame in list_frames(place.scene, i, vocabulary)
        ]
        if empty:
            ends, relation = min(empty, key=lambda pair: len(pair[0]))
            missing = " and ".join(ends) or "word that belongs to the wording"
            yield Miss(token.span, Reason.ARGUMENT, f"{relation}: no {missing}")


def _judge_firing(
    place: SetScene, firing: Firing, reading: Reading, vocabulary: Vocabulary
) -> tuple[Reason, str]:
    relation = vocabulary.relations[firing.frame.relation]
    ends: list[list[Argument]] = []
    for name, heads, bound, kinds in (
        ("subject", firing.subjects, relation.domain, firing.frame.subject_kinds),
        ("object", firing.objects, relation.range, firing.frame.object_kinds),
    ):
        arguments = _refer(place, heads)
        if not arguments:
            return Reason.ARGUMENT, f"{relation.name}: the {name} stands for nothing"
        fitting = [a for a in arguments if _suits(a.kind, (bound,), vocabulary)]
        if kinds and not any(a.kind == KG.Concept for a in fitting):
            fitting = [a for a in fitting if _suits(a.kind, kinds, vocabulary)]
        if not fitting:
            first = arguments[0]
            quote = " ".join(reading.document.quote(first.span).split())
            kind = vocabulary.kinds[first.kind].name
            return Reason.KIND, f"{relation.name}: no {name} can be “{quote}”, {kind}"
        ends.append(fitting)
    if all(a.entity == b.entity for a, b in product(*ends)):
        return Reason.ARGUMENT, f"{relation.name}: both ends are one thing"
    return Reason.WEAK, f"{relation.name}: {firing.score:.2f}"


def _refer(place: SetScene, heads: Sequence[int]) -> list[Argument]:
    tree = place.scene.tree
    return [
        argument
        for head in heads
        for one in find_conjuncts(tree, head)
        for argument in place.cast.refer(place.number, one)
    ]


def _suits(kind: URIRef, bounds: Sequence[URIRef], vocabulary: Vocabulary) -> bool:
    return any(vocabulary.is_a(kind, bound) for bound in bounds)


def _name_relation(relation: URIRef) -> str:
    return relation.rsplit("#", 1)[-1]
