"""Claims: frames over the parse, their ends resolved, their kinds checked, their saying judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import combinations, product

from rdflib import URIRef

from kg.extraction.attribution import Judgement, judge
from kg.extraction.complements import find_cased
from kg.extraction.confidence import Judged, Weights, rate_claim
from kg.extraction.cues import CueIndex
from kg.extraction.entities import Argument, Cast
from kg.extraction.frames import Firing, fire_frames
from kg.extraction.lists import find_listed
from kg.extraction.phrases import phrase_tokens, span_of
from kg.extraction.slots import Scene, find_agent
from kg.extraction.time import find_period
from kg.extraction.tree import Tree, find_conjuncts, read_case
from kg.iris import KG, mint_part
from kg.model import Claim, Document, Evidence, MentionForm, Modality, Polarity, Span
from kg.vocabulary import Frame, Vocabulary

_PLAIN = Judgement(Polarity.POSITIVE, Modality.ASSERTED, ())
# A description whose noun gives no kind away may be any of these.
_LOOSE_KINDS = frozenset({KG.Policy, KG.Issue, KG.Event, KG.Measure, KG.Aim, KG.Product})
# Names of these are labels: "Democratic Republic", "Users' Association" state no relation.
_OPAQUE_NAMES = (
    KG.Organization,
    KG.Government,
    KG.ArmedForce,
    KG.Place,
    KG.State,
    KG.Agreement,
    KG.Policy,
)
# Words for how much of a named thing, or for its wording, stand for the thing itself.
_WHOLES = frozenset({"all", "most", "much", "outskirt", "provision", "spirit", "term", "text"})
# Of claims rated below this four in five are wrong; leaving them out costs no F1.
LEAST_CONFIDENCE = 0.28
# Below this a wording is too weak a sign to stand alone.
_LEAST_SCORE = 0.15


@dataclass(frozen=True, slots=True)
class _Pair:
    """A firing with its ends resolved to two things."""

    firing: Firing
    subject: Argument
    object: Argument
    gap: float = 0.0
    rivals: int = 0


def find_claims(
    document: Document,
    trees: Sequence[Tree],
    cast: Cast,
    vocabulary: Vocabulary,
    *,
    weights: Weights | None = None,
) -> tuple[Claim, ...]:
    """Read every claim of the article, in text order.

    Where a trigger words several relations, the one that is likeliest right by `weights` (the
    shipped ones if none) is taken; claims below `LEAST_CONFIDENCE` are left out.
    """
    best: dict[tuple[Span, frozenset[URIRef]], Claim] = {}
    for claim, _ in judge_claims(document, trees, cast, vocabulary, weights):
        if (claim.confidence or 0.0) >= LEAST_CONFIDENCE:
            key = (claim.evidence.trigger, frozenset({claim.subject, claim.object}))
            held = best.get(key)
            if held is None or (claim.confidence or 0.0) > (held.confidence or 0.0):
                best[key] = claim
    claims: dict[URIRef, Claim] = {}
    said: dict[tuple[Span, URIRef, frozenset[URIRef]], URIRef] = {}
    for claim in best.values():
        ends = (claim.evidence.sentence, claim.relation, frozenset({claim.subject, claim.object}))
        if said.setdefault(ends, claim.iri) == claim.iri:
            claims[claim.iri] = claim
    return tuple(claims.values())


def judge_claims(
    document: Document,
    trees: Sequence[Tree],
    cast: Cast,
    vocabulary: Vocabulary,
    weights: Weights | None = None,
) -> Iterator[tuple[Claim, Judged]]:
    """Each claim that a frame gives, with what its confidence rests on; rivals among them."""
    cues = CueIndex(vocabulary.cues)
    worded = _words_of_names(trees, cast, vocabulary)
    for number, tree in enumerate(trees):
        names = cast.named_in(number)
        scene = Scene(tree, cues, names.__contains__, cast.persons_over(number))
        for pair in _read_sentence(scene, number, cast, vocabulary, worded):
            yield _make_claim(document, scene, number, pair, cast, weights)


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
        fits = {relation: best[relation] + _fit(by_relation[relation]) for relation in best}
        top = max(fits.values(), default=0.0)
        for relation in vocabulary.relations:
            for pair in by_relation.get(relation, ()):
                yield replace(pair, gap=top - fits[relation], rivals=len(best) - 1)


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
                     vocabulary, owners=relation.domain == KG.Actor)  # fmt: skip
    objects = _ends(scene, number, firing.objects, cast, frame.object_kinds, relation.range,
                    vocabulary)  # fmt: skip
    if not firing.objects:
        objects = cast.refer_body(number, firing.trigger, relation.range)
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
    *,
    owners: bool = False,
) -> list[Argument]:
    """The things that fill an end and suit it; a policy's owner may act in its place."""
    suited: list[Argument] = []
    for head in heads:
        for one in _conjuncts(scene.tree, head):
            arguments = _refer_described(scene, number, one, cast)
            fitting = [a for a in arguments if _suits(a, kinds, bound, vocabulary)]
            described = arguments and not any(a.named for a in arguments)
            if owners and described and not fitting:
                fitting = [
                    a
                    for a in _refer_all(scene, number, find_agent(scene, one), cast)
                    if _suits(a, kinds, bound, vocabulary)
                ]
            suited.extend(fitting)
    named = [a for a in suited if a.named]
    listed = any(
        _introduces_list(scene.tree, one) for h in heads for one in _conjuncts(scene.tree, h)
    )
    return list(dict.fromkeys(named if named and listed else suited))


def _refer_described(scene: Scene, number: int, head: int, cast: Cast) -> list[Argument]:
    """What an end stands for: a predicate ("was an agreement involving …") means its subject.

    "Most of Gaza" and "the terms of the Geneva Accords" mean the thing named.
    """
    tree = scene.tree
    if tree.lemma(head) in _WHOLES and not scene.is_name(head):
        wholes = _refer_all(scene, number, find_cased(tree, head, "of"), cast)
        if any(a.named for a in wholes):
            return [a for a in wholes if a.named]
    subjects = tree.under(head, "nsubj")
    if tree.under(head, "cop") and subjects and not scene.is_name(head):
        meant = [a for c in _conjuncts(tree, subjects[0]) for a in cast.refer(number, c)]
        if meant:
            return meant
    return cast.refer(number, head)


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
    listed = find_listed(tree, head)
    if listed:
        return listed
    return find_conjuncts(tree, head) if tree.role(head) != "conj" else [head]


def _make_claim(
    document: Document,
    scene: Scene,
    number: int,
    pair: _Pair,
    cast: Cast,
    weights: Weights | None,
) -> tuple[Claim, Judged]:
    firing, tree = pair.firing, scene.tree
    frame: Frame = firing.frame
    judgement = _PLAIN if _names_its_parties(tree, firing) else judge(scene, firing.trigger)
    holder = _find_holder(scene, number, judgement, pair, cast)
    trigger = tree.tokens[firing.trigger].span
    quote = _cover(tree, trigger, pair.subject.span, pair.object.span)
    topic = _find_topic(tree, pair)
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
    judged = Judged(
        scene, firing, pair.subject, pair.object, polarity, modality, pair.gap, pair.rivals
    )
    claim = Claim(
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
        confidence=rate_claim(judged, weights),
    )
    return claim, judged


def _names_its_parties(tree: Tree, firing: Firing) -> bool:
    """Whether a name spells the relation out ("the US-Japan alliance"): then it simply holds."""
    return firing.paired and all(
        party < firing.trigger and tree.role(party) in {"compound", "amod", "flat", "conj", "dep"}
        for party in firing.subjects
    )


def _find_topic(tree: Tree, pair: _Pair) -> Span | None:
    """The phrase that the relation is about, cut before an end that the parser hung into it."""
    for head in pair.firing.topics:
        tokens = phrase_tokens(tree, head, wide=True)
        ends = (pair.subject.span, pair.object.span)
        inside = [i for i in tokens if any(e.overlaps(tree.tokens[i].span) for e in ends)]
        if head in inside:
            continue
        tokens = [i for i in tokens if not inside or i < inside[0] or i == head]
        while tokens and tokens[-1] != head and tree.pos(tokens[-1]) in {"ADP", "DET", "CCONJ"}:
            tokens.pop()
        return span_of(tree, tokens)
    return None


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
