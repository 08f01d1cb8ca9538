"""Which frames fire at a token, and the head tokens that fill their ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.extraction.nearby import find_near_phrase, find_near_subject
from kg.extraction.slots import Scene, fill_slot
from kg.extraction.tree import Tree, find_particle, is_date
from kg.iris import KG
from kg.vocabulary import Frame, Vocabulary

_NAMED_SLOTS = frozenset(
    {"subject", "object", "self", "second", "agent", "bearer", "modifier", "each",
     "predicate", "clause"}
)  # fmt: skip
# How much less a verb's wording counts in a gerund used as a noun.
_GERUND = 0.3
# How much less an end counts that stands near the trigger without filling a slot of it.
_NEAR = 0.45
_POS = {
    "VERB": frozenset({"VERB", "AUX"}),
    "NOUN": frozenset({"NOUN", "PROPN"}),
    "ADJ": frozenset({"ADJ", "VERB", "ADV"}),
}


@dataclass(frozen=True, slots=True)
class Firing:
    """A frame that found both its ends at a trigger.

    `paired` means that the ends are one set of parties, to be related pairwise. No objects mean
    that the text spoke of the object before.
    """

    frame: Frame
    trigger: int
    subjects: tuple[int, ...]
    objects: tuple[int, ...]
    topics: tuple[int, ...]
    paired: bool
    score: float


def fire_frames(scene: Scene, trigger: int, vocabulary: Vocabulary) -> Iterator[Firing]:
    """Every frame of the word at `trigger` whose slots are filled."""
    for frame in _frames_at(scene.tree, trigger, vocabulary):
        firing = _fire(scene, trigger, frame, vocabulary)
        if firing is not None:
            yield firing


def _frames_at(tree: Tree, i: int, vocabulary: Vocabulary) -> Iterator[Frame]:
    token = tree.tokens[i]
    seen: set[Frame] = set()
    for lemma in _lemmas(token.lemma, token.text.casefold(), token.pos):
        for frame in vocabulary.frames.get(lemma, ()):
            if frame in seen:
                continue
            gerund = frame.pos == "VERB" and token.pos == "NOUN" and lemma != token.text.casefold()
            title = frame.pos == "NOUN" and _is_hidden_title(tree, i)
            fits = token.pos in _POS[frame.pos] or gerund or title
            if fits and _words_fit(tree, i, frame):
                seen.add(frame)
                yield frame


def _is_hidden_title(tree: Tree, i: int) -> bool:
    """Whether an "adjective" stands right before a name ("Soviet premier Stalin")."""
    return (
        tree.pos(i) == "ADJ"
        and i + 1 < len(tree.tokens)
        and tree.pos(i + 1) == "PROPN"
        and not tree.tokens[i].text[:1].isupper()
    )


def _lemmas(lemma: str, form: str, pos: str) -> Iterator[str]:
    """The tagger's lemma, the form itself, a gerund's or plural's stem where that may differ."""
    yield lemma
    if form != lemma:
        yield form
    if form.endswith("ing") and len(form) > 5:
        yield form[:-3]
        yield form[:-3] + "e"
        if form[-4] == form[-5]:
            yield form[:-4]
    if form.endswith("s") and pos in {"PROPN", "VERB"}:
        yield form[:-1]
        yield form[:-2]
    if form.endswith("ed") and len(form) > 4:
        yield form[:-2]
        yield form[:-1]
        if form.endswith("ied"):
            yield form[:-3] + "y"


def _words_fit(tree: Tree, i: int, frame: Frame) -> bool:
    words = frame.words
    if len(words) == 1:
        return True
    start = i - len(words) + 1
    return start >= 0 and all(
        word in (token.lemma, token.text.casefold())
        for word, token in zip(words, tree.tokens[start : i + 1], strict=True)
    )


def _score_wording(scene: Scene, trigger: int, frame: Frame) -> float | None:
    """How sure the wording is; None where a particle or a companion of the frame is missing."""
    tree = scene.tree
    score = frame.weight
    if frame.pos == "VERB" and tree.pos(trigger) != "NOUN":
        if frame.particle is not None:
            if frame.particle not in find_particle(tree, trigger) | _find_taken(tree, trigger):
                return None
            score += 0.3
        elif any(tree.role(c) == "compound:prt" for c in tree.children[trigger]):
            score -= 0.5
    elif frame.pos == "VERB":
        score -= _GERUND
    for slot, lemmas in frame.companions:
        if not any(_is_word(tree, f, lemmas) for f in _fill(scene, trigger, slot, frame)):
            return None
        score += 0.5
    return score


def _fire(scene: Scene, trigger: int, frame: Frame, vocabulary: Vocabulary) -> Firing | None:
    tree = scene.tree
    score = _score_wording(scene, trigger, frame)
    if score is None:
        return None
    symmetric = vocabulary.relations[frame.relation].symmetric
    subjects, rank = _first_filled(scene, trigger, frame.subject, frame)
    if frame.subject[:1] == ("each",) and frame.object[:1] == ("each",):
        if len(_spread(tree, subjects)) < 2 and not _names_set(tree, subjects):
            return None
        return _make(scene, frame, trigger, subjects, subjects, True, score)
    objects, object_rank = _first_filled(scene, trigger, frame.object, frame)
    if not subjects and objects:
        subjects = _near_subject(scene, trigger, frame, objects)
        score -= _NEAR
    elif subjects and not objects and not symmetric:
        objects = _near_object(scene, trigger, frame, subjects)
        score -= _NEAR
    objects = [o for o in objects if o not in subjects]
    alone = subjects and not objects and symmetric and frame.pos != "ADJ"
    if alone and (len(_spread(tree, subjects)) > 1 or _names_set(tree, subjects)):
        return _make(scene, frame, trigger, subjects, subjects, True, score - 0.1)
    if subjects and not objects and _leaves_whole_out(frame):
        return _make(scene, frame, trigger, subjects, [], False, score - 0.1)
    if not subjects or not objects:
        return None
    score -= 0.05 * (rank + object_rank)
    return _make(scene, frame, trigger, subjects, objects, False, score)


def _leaves_whole_out(frame: Frame) -> bool:
    """Whether a noun tells of members or parties of what was spoken of before ("the members")."""
    joined = frame.relation in (KG.memberOf, KG.partyTo)
    return joined and frame.pos == "NOUN" and frame.subject == ("bearer",)


def _near_subject(scene: Scene, trigger: int, frame: Frame, objects: list[int]) -> list[int]:
    wanted = {"subject", "agent"} if frame.pos != "ADJ" else set()
    if not wanted.intersection(frame.subject):
        return []
    return [s for s in find_near_subject(scene, trigger) if s not in objects]


def _near_object(scene: Scene, trigger: int, frame: Frame, subjects: list[int]) -> list[int]:
    for slot in frame.object:
        if slot in _NAMED_SLOTS or "." in slot:
            continue
        found = [f for f in find_near_phrase(scene, trigger, slot) if f not in subjects]
        if found:
            return found
    return []


def _make(
    scene: Scene,
    frame: Frame,
    trigger: int,
    subjects: list[int],
    objects: list[int],
    paired: bool,
    score: float,
) -> Firing:
    topics, _ = _first_filled(scene, trigger, frame.topic, frame)
    return Firing(frame, trigger, tuple(subjects), tuple(objects), tuple(topics), paired, score)


def _first_filled(
    scene: Scene, trigger: int, slots: tuple[str, ...], frame: Frame
) -> tuple[list[int], int]:
    for rank, slot in enumerate(slots):
        found = [f for f in _fill(scene, trigger, slot, frame) if not is_date(scene.tree, f)]
        if found:
            return found, rank
    return [], 0


def _fill(scene: Scene, trigger: int, slot: str, frame: Frame) -> list[int]:
    """Fill a slot; a gerund used as a noun takes a verb's slots in their nominal shape."""
    if slot == "modifier" and any(slot == named for named, _ in frame.companions):
        return scene.tree.under(trigger, "amod", "compound", "nmod:desc", "nmod", "advmod")
    nominal = frame.pos == "VERB" and scene.tree.pos(trigger) == "NOUN"
    if nominal and slot in {"subject", "object"}:
        return fill_slot(scene, trigger, "agent" if slot == "subject" else "of")
    if slot == "object" and frame.particle is not None:
        return fill_slot(scene, trigger, slot) or _object_past_particle(scene.tree, trigger)
    return fill_slot(scene, trigger, slot)


def _find_taken(tree: Tree, verb: int) -> set[str]:
    """The particle that was taken for the preposition of what follows it."""
    return {tree.tokens[verb + 1].text.casefold()} if _object_past_particle(tree, verb) else set()


def _object_past_particle(tree: Tree, verb: int) -> list[int]:
    """The object whose particle was taken for its preposition ("brought about changes")."""
    after = verb + 1
    if after >= len(tree.tokens) or tree.role(after) != "case":
        return []
    return [c for c in tree.under(verb, "obl") if tree.tokens[after].head == c]


def _is_word(tree: Tree, i: int, lemmas: frozenset[str]) -> bool:
    form = tree.tokens[i].text.casefold()
    return tree.lemma(i) in lemmas or form in lemmas or form.removesuffix("s") in lemmas


def _spread(tree: Tree, heads: list[int]) -> list[int]:
    found: list[int] = []
    for head in heads:
        found.append(head)
        found.extend(c for c in tree.children[head] if tree.role(c) == "conj")
    return found


def _names_set(tree: Tree, heads: list[int]) -> bool:
    """Whether a phrase speaks of several ("the two countries", "both", "they")."""
    return any("Number=Plur" in tree.tokens[h].features for h in heads)
