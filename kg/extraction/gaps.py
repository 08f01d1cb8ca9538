"""Which words stand between two named things and are no wording of any entry of the lexicon."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from rdflib import URIRef

from kg.extraction.frames import Firing
from kg.extraction.names import Names
from kg.extraction.scenes import SetScene, list_firings, set_scenes
from kg.extraction.slots import fill_slot
from kg.extraction.tree import Tree, find_conjuncts, find_particle, read_case
from kg.model import MentionForm, Reading, Span
from kg.vocabulary import Vocabulary

_EMPTY_VERBS = frozenset({"be", "have", "do"})
_PARTICLES = frozenset({"out", "up", "down", "off", "away", "back", "over", "in", "on"})
_PHRASES = frozenset({"obl", "nmod", "obl:agent", "obl:arg"})
_Pair = frozenset[URIRef]


@dataclass(frozen=True, slots=True)
class Gap:
    """A predicate that no entry covers: its word, the slots of its ends, and the sentence."""

    lemma: str
    construction: str
    subject: str
    object: str
    sentence: str


@dataclass(frozen=True, slots=True)
class GapCount:
    """How often a predicate that no entry covers was met, and the first time."""

    lemma: str
    construction: str
    count: int
    example: Gap


def count_gaps(gaps: Iterable[Gap]) -> tuple[GapCount, ...]:
    """The predicates that no entry covers, the most frequent first."""
    grouped: dict[tuple[str, str], list[Gap]] = defaultdict(list)
    for gap in gaps:
        grouped[gap.lemma, gap.construction].append(gap)
    counts = (GapCount(*key, len(found), found[0]) for key, found in grouped.items())
    return tuple(sorted(counts, key=lambda c: (-c.count, c.lemma, c.construction)))


def find_gaps(
    reading: Reading, vocabulary: Vocabulary, names: Names, *, described: bool = False
) -> Iterator[Gap]:
    """The predicates between two named things that neither fire nor state what is claimed.

    With `described` one end need not be named.
    """
    claimed: dict[Span, set[_Pair]] = defaultdict(set)
    for claim in reading.claims:
        claimed[claim.evidence.sentence].add(frozenset({claim.subject, claim.object}))
    named: dict[int, list[Span]] = defaultdict(list)
    for entity in reading.entities:
        for mention in entity.mentions:
            if mention.form in {MentionForm.NAME, MentionForm.ADJECTIVE}:
                named[mention.sentence].append(mention.span)
    for place in set_scenes(reading, vocabulary, names):
        spans = named[place.number]
        # As many named things as a predicate needs, else there is nothing to look for.
        if len(spans) > (0 if described else 1):
            sentence = place.scene.tree.sentence.span
            least = 1 if described else 2
            yield from _search(place, reading, vocabulary, spans, claimed[sentence], least)


def _search(
    place: SetScene,
    reading: Reading,
    vocabulary: Vocabulary,
    named: Sequence[Span],
    claimed: set[_Pair],
    least: int,
) -> Iterator[Gap]:
    tree = place.scene.tree
    firings = list_firings(place.scene, vocabulary)
    fired = {firing.trigger for firing in firings}
    covered = {pair for firing in firings for pair in _list_pairs(place, firing)} | claimed
    for i, token in enumerate(tree.tokens):
        if i in fired or any(span.covers(token.span) for span in named):
            continue
        for first, second, construction in _list_constructions(place, i):
            ends = _find_ends(place, first, second, least)
            if ends is None or ends[0] == ends[1] or frozenset(ends) in covered:
                continue
            subject, other = map(place.cast.label, ends)
            sentence = " ".join(reading.document.quote(tree.sentence.span).split())
            yield Gap(_word_predicate(tree, i), construction, subject, other, sentence)
            break


def _list_constructions(place: SetScene, word: int) -> Iterator[tuple[list[int], list[int], str]]:
    """The fillers of two slots of a word, with the name of the construction."""
    scene, tree = place.scene, place.scene.tree
    pos = tree.pos(word)
    if pos == "VERB" and tree.lemma(word) not in _EMPTY_VERBS:
        firsts = [("subject", fill_slot(scene, word, "subject"))]
        seconds = ["object", "second", *_list_cases(tree, word)]
        name = "verb"
    elif pos == "NOUN":
        firsts = [(slot, fill_slot(scene, word, slot)) for slot in ("agent", "bearer")]
        seconds = [*_list_cases(tree, word), "modifier"]
        name = "noun"
    elif pos == "ADJ":
        firsts = [("bearer", fill_slot(scene, word, "bearer"))]
        seconds = _list_cases(tree, word)
        name = "adjective"
    else:
        return
    for (first, heads), second in product(firsts, seconds):
        if heads:
            yield heads, fill_slot(scene, word, second), f"{name}: {first} … {second}"
    if pos == "NOUN":
        parties = fill_slot(scene, word, "each")
        spread = [one for head in parties for one in find_conjuncts(tree, head)]
        if len(spread) > 1:
            yield spread[:1], spread[1:], f"{name}: each"


def _list_cases(tree: Tree, word: int) -> list[str]:
    """The prepositions of the phrases under a word, and of those under its object."""
    holders = [word, *tree.under(word, "obj")]
    children = (child for holder in holders for child in tree.children[holder])
    cases = (read_case(tree, c) for c in children if tree.role(c) in _PHRASES and c > word)
    return list(dict.fromkeys(case for case in cases if case))


def _word_predicate(tree: Tree, word: int) -> str:
    """The lemma of a word, with the particle of a phrasal verb."""
    particles = find_particle(tree, word) & _PARTICLES if tree.pos(word) == "VERB" else set()
    return " ".join([tree.lemma(word), *sorted(particles)])


def _find_ends(
    place: SetScene, first: Sequence[int], second: Sequence[int], least: int
) -> tuple[URIRef, URIRef] | None:
    """The things at the two ends, of which at least so many must be named."""
    ends = []
    for heads in (first, second):
        arguments = [a for head in heads for a in place.cast.refer(place.number, head)]
        if not arguments:
            return None
        ends.append(max(arguments, key=lambda argument: argument.named))
    if sum(argument.named for argument in ends) < least:
        return None
    return ends[0].entity, ends[1].entity


def _list_pairs(place: SetScene, firing: Firing) -> Iterator[_Pair]:
    """What a firing relates, each of a coordination with each."""
    tree = place.scene.tree
    ends = [
        [
            argument.entity
            for head in heads
            for one in find_conjuncts(tree, head)
            for argument in place.cast.refer(place.number, one)
        ]
        for heads in (firing.subjects, firing.objects)
    ]
    for subject, other in product(*ends):
        yield frozenset({subject, other})
