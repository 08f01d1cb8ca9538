"""Claims: frames over the parse, their ends resolved, their kinds checked, their saying judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import combinations, product

from rdflib import URIRef

from kg.extraction.attribution import Judgement, judge
from kg.extraction.cues import CueIndex
from kg.extraction.entities import Argument, Cast
from kg.extraction.frames import Firing, fire_frames
from kg.extraction.phrases import phrase_tokens, span_of
from kg.extraction.slots import Scene, find_agent
from kg.extraction.time import find_period
from kg.extraction.tree import Tree, find_conjuncts, read_case
from kg.iris import KG, mint_part
from kg.model import Claim, Document, Evidence, MentionForm, Modality, Polarity, Span
from kg.vocabulary import Frame, Vocabulary

# A description whose noun gives no kind away may be any of these.
_LOOSE_KINDS = frozenset({KG.Policy, KG.Issue, KG.Event, KG.Measure, KG.Aim, KG.Product})
# Names of these are labels: "Democratic Republic", "Users' Association" state no relation.
_OPAQUE_NAMES = (KG.Organization, KG.Government, KG.ArmedForce, KG.Place, KG.State,
                 KG.Agreement, KG.Policy)  # fmt: skip
# Below this a wording is too weak a sign to stand alone.
_LEAST_SCORE = 0.35


@dataclass(frozen=True, slots=True)
class _Pair:
    """A firing with its ends resolved to two things."""

    firing: Firing
    subject: Argument
    object: Argument


def find_claims(
    document: Document, trees: Sequence[Tree], cast: Cast, vocabulary: Vocabulary
) -> tuple[Claim, ...]:
    """Read every claim of the article, in text order."""
    cues = CueIndex(vocabulary.cues)
    claims: dict[URIRef, Claim] = {}
    worded = _words_of_names(trees, cast, vocabulary)
    for number, tree in enumerate(trees):
        names = cast.named_in(number)
        scene = Scene(tree, cues, names.__contains__, cast.persons_over(number))
        said: set[tuple[URIRef, URIRef, URIRef]] = set()
        for pair in _read_sentence(scene, number, cast, vocabulary, worded):
            key = _key(pair, vocabulary)
            if key in said:
                continue
            said.add(key)
            claim = _make_claim(document, scene, number, pair, cast)
            claims.setdefault(claim.iri, claim)
    return tuple(claims.values())


def _words_of_names(
    trees: Sequence[Tree], cast: Cast, vocabulary: Vocabulary
) -> Set[tuple[int, int]]:
    """The words that are part of a body's or place's name and say nothing by themselves."""
    words: set[tuple[int, int]] = set()
    for entity in cast.entities():
        if not any(vocabulary.is_a(entity.kind, kind) for kind in _OPAQUE_NAMES):
            continue
        for mention in entity.mentions:
            if mention.form is MentionForm.NAME:
                words.update(
                    (mention.sentence, i)
                    for i, token in enumerate(trees[mention.sentence].tokens)
                    if mention.span.covers(token.span)
                )
    return words


def _key(pair: _Pair, vocabulary: Vocabulary) -> tuple[URIRef, URIRef, URIRef]:
    relation = pair.firing.frame.relation
    ends = (pair.subject.entity, pair.object.entity)
    if vocabulary.relations[relation].symmetric:
        ends = (min(ends), max(ends))
    return (ends[0], relation, ends[1])


def _read_sentence(
    scene: Scene,
    number: int,
    cast: Cast,
    vocabulary: Vocabulary,
    worded: Set[tuple[int, int]] = frozenset(),
) -> Iterator[_Pair]:
    for trigger in range(len(scene.tree.tokens)):
        if (number, trigger) in worded:
            continue
        by_relation: dict[URIRef, list[_Pair]] = defaultdict(list)
        best: dict[URIRef, float] = {}
        for firing in fire_frames(scene, trigger, vocabulary):
            if firing.score < _LEAST_SCORE:
                continue
            pairs = list(_resolve(scene, number, firing, cast, vocabulary))
            relation = firing.frame.relation
            if pairs and firing.score > best.get(relation, 0.0):
                by_relation[relation] = pairs
                best[relation] = firing.score
        if best:
            order = list(vocabulary.relations)
            chosen = max(best, key=lambda r: (best[r] + _fit(by_relation[r]), -order.index(r)))
            yield from by_relation[chosen]


def _fit(pairs: Sequence[_Pair]) -> float:
    """How well the ends suit: names at both ends are the surest sign of a reading."""
    return max(0.1 * (p.subject.named + p.object.named) for p in pairs)


def _resolve(
    scene: Scene, number: int, firing: Firing, cast: Cast, vocabulary: Vocabulary
) -> Iterator[_Pair]:
    frame = firing.frame
    relation = vocabulary.relations[frame.relation]
    if firing.paired:
        parties = _refer_all(scene, number, firing.subjects, cast)
        parties = [
            p for p in parties if _suits(p, frame.subject_kinds, relation.domain, vocabulary)
        ]
        for subject, other in combinations(parties, 2):
            if subject.entity != other.entity:
                yield _Pair(firing, subject, other)
        return
    subjects = _ends(scene, number, firing.subjects, cast, frame.subject_kinds, relation.domain,
                     vocabulary)  # fmt: skip
    objects = _ends(scene, number, firing.objects, cast, frame.object_kinds, relation.range,
                    vocabulary)  # fmt: skip
    for subject, other in product(subjects, objects):
        if subject.entity != other.entity:
            yield _Pair(firing, subject, other)


def _ends(
    scene: Scene,
    number: int,
    heads: Sequence[int],
    cast: Cast,
    kinds: Sequence[URIRef],
    bound: URIRef,
    vocabulary: Vocabulary,
) -> list[Argument]:
    """The things that fill an end and suit it; a policy's possessor may stand in as an actor."""
    suited: list[Argument] = []
    for head in heads:
        for one in _conjuncts(scene.tree, head):
            arguments = cast.refer(number, one)
            fitting = [a for a in arguments if _suits(a, kinds, bound, vocabulary)]
            if not fitting and bound == KG.Actor and arguments:
                owners = find_agent(scene, one)
                fitting = [
                    a
                    for a in _refer_all(scene, number, owners, cast)
                    if _suits(a, kinds, bound, vocabulary)
                ]
            suited.extend(fitting)
    named = [a for a in suited if a.named]
    listed = any(
        _introduces_list(scene.tree, one) for h in heads for one in _conjuncts(scene.tree, h)
    )
    return list(dict.fromkeys(named if named and listed else suited))


def _introduces_list(tree: Tree, head: int) -> bool:
    """Whether "such as" items follow a generic head: then only they are meant."""
    return any(read_case(tree, c) == "such_as" for c in tree.children[head])


def _suits(
    argument: Argument, kinds: Sequence[URIRef], bound: URIRef, vocabulary: Vocabulary
) -> bool:
    if not vocabulary.is_a(argument.kind, bound):
        return False
    if not kinds or (argument.kind == KG.Concept and _LOOSE_KINDS.intersection(kinds)):
        return True
    return any(vocabulary.is_a(argument.kind, kind) for kind in kinds)


def _refer_all(scene: Scene, number: int, heads: Sequence[int], cast: Cast) -> list[Argument]:
    found = [
        a for head in heads for one in _conjuncts(scene.tree, head) for a in cast.refer(number, one)
    ]
    return list(dict.fromkeys(found))


def _conjuncts(tree: Tree, head: int) -> list[int]:
    return find_conjuncts(tree, head) if tree.role(head) != "conj" else [head]


def _make_claim(document: Document, scene: Scene, number: int, pair: _Pair, cast: Cast) -> Claim:
    firing, tree = pair.firing, scene.tree
    frame: Frame = firing.frame
    judgement = judge(scene, firing.trigger)
    holder = _find_holder(scene, number, judgement, pair, cast)
    trigger = tree.tokens[firing.trigger].span
    quote = _cover(tree, trigger, pair.subject.span, pair.object.span)
    topic = None
    if firing.topics:
        topic = span_of(tree, phrase_tokens(tree, firing.topics[0], wide=True))
    evidence = Evidence(
        quote=quote,
        sentence=tree.sentence.span,
        trigger=trigger,
        subject=pair.subject.span,
        object=pair.object.span,
        frame=frame.iri,
    )
    polarity = judgement.polarity
    if frame.polarity is Polarity.NEGATIVE:
        negative = polarity is Polarity.NEGATIVE
        polarity = Polarity.POSITIVE if negative else Polarity.NEGATIVE
    modality = judgement.modality
    if frame.modality is not None and modality is Modality.ASSERTED:
        modality = frame.modality
    key = (pair.subject.entity, frame.relation, pair.object.entity, trigger.start, trigger.end)
    return Claim(
        iri=mint_part(document.iri, "claim", *key),
        subject=pair.subject.entity,
        relation=frame.relation,
        object=pair.object.entity,
        topic=topic,
        evidence=evidence,
        holder=holder,
        polarity=polarity,
        modality=modality,
        period=find_period(document, tree, firing.trigger),
    )


def _cover(tree: Tree, *spans: Span) -> Span:
    """The shortest stretch of the sentence that holds the trigger and the ends said in it."""
    inside = [s for s in spans if tree.sentence.span.covers(s)]
    return Span(min(s.start for s in inside), max(s.end for s in inside))


def _find_holder(
    scene: Scene, number: int, judgement: Judgement, pair: _Pair, cast: Cast
) -> URIRef | None:
    for argument in _refer_all(scene, number, judgement.holders, cast):
        if argument.kind in {KG.Concept, KG.Issue, KG.Place, KG.Product, KG.Measure}:
            continue
        return argument.entity
    return None
