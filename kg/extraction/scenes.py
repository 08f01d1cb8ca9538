"""The scenes of an article that was read already, to look into what became of its sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.extraction.cues import CueIndex
from kg.extraction.entities import Cast, resolve_entities
from kg.extraction.frames import Firing, fire_frames
from kg.extraction.mentions import find_mentions
from kg.extraction.names import Names
from kg.extraction.slots import Scene, fill_slot
from kg.extraction.tree import build_tree
from kg.model import Reading
from kg.vocabulary import Frame, Vocabulary

_POS = {
    "VERB": frozenset({"VERB", "AUX"}),
    "NOUN": frozenset({"NOUN", "PROPN"}),
    "ADJ": frozenset({"ADJ", "VERB", "ADV"}),
}


@dataclass(frozen=True, slots=True)
class SetScene:
    """A sentence's scene, its number, and the cast that its phrases refer to."""

    scene: Scene
    number: int
    cast: Cast


def set_scenes(reading: Reading, vocabulary: Vocabulary, names: Names) -> Iterator[SetScene]:
    """The scenes of all the sentences, with a cast of their own that may be asked anything."""
    trees = tuple(build_tree(sentence) for sentence in reading.sentences)
    mentions = find_mentions(reading.document, trees, vocabulary, names)
    cast = resolve_entities(reading.document, trees, mentions, vocabulary)
    cues = CueIndex(vocabulary.cues)
    for number, tree in enumerate(trees):
        named = cast.named_in(number)
        scene = Scene(tree, cues, named.__contains__, cast.persons_over(number))
        yield SetScene(scene, number, cast)


def list_firings(scene: Scene, vocabulary: Vocabulary) -> list[Firing]:
    """Every frame that finds its ends anywhere in a sentence."""
    triggers = range(len(scene.tree.tokens))
    return [firing for i in triggers for firing in fire_frames(scene, i, vocabulary)]


def list_frames(scene: Scene, trigger: int, vocabulary: Vocabulary) -> list[Frame]:
    """The frames that have the word at `trigger` for theirs, whether they find ends or not."""
    token = scene.tree.tokens[trigger]
    words = dict.fromkeys((token.lemma, token.text.casefold()))
    return list(
        dict.fromkeys(
            frame
            for word in words
            for frame in vocabulary.frames.get(word, ())
            if token.pos in _POS.get(frame.pos, ()) and _words_stand(scene, trigger, frame)
        )
    )


def _words_stand(scene: Scene, trigger: int, frame: Frame) -> bool:
    start = trigger - len(frame.words) + 1
    return start >= 0 and all(
        word in (token.lemma, token.text.casefold())
        for word, token in zip(frame.words, scene.tree.tokens[start : trigger + 1], strict=True)
    )


def list_empty_ends(scene: Scene, trigger: int, frame: Frame) -> tuple[str, ...]:
    """Which ends ("subject", "object") none of the frame's slots fills."""
    ends = (("subject", frame.subject), ("object", frame.object))
    return tuple(
        name for name, slots in ends if not any(fill_slot(scene, trigger, slot) for slot in slots)
    )
