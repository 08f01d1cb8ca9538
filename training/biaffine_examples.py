"""Sentences of the treebanks as examples for the biaffine parser."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.syntax.encoding import EncodedSentence, encode_words
from training.treebanks import Word, read_sentences

KINDS = ("heads", "roles", "pos", "features")
BATCH_PIECES = 1600


@dataclass(frozen=True, slots=True)
class Labels:
    """What the parser can say of a word, each by its number."""

    roles: tuple[str, ...]
    pos: tuple[str, ...]
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence to learn from: its pieces, and of each word the numbers of what is right."""

    sentence: EncodedSentence
    heads: tuple[int, ...]
    roles: tuple[int, ...]
    pos: tuple[int, ...]
    features: tuple[int, ...]


def collect_labels(sentences: Sequence[Sequence[Word]]) -> Labels:
    """All labels of the sentences, in order."""
    words = [word for sentence in sentences for word in sentence]
    return Labels(
        roles=tuple(sorted({word.role for word in words})),
        pos=tuple(sorted({word.pos for word in words})),
        features=tuple(sorted({word.features for word in words})),
    )


def make_example(tokenizer: Any, words: Sequence[Word], labels: Labels) -> Example:  # noqa: ANN401
    """Encode a sentence and number its labels; those never met count as the first."""
    numbers = {
        kind: {label: number for number, label in enumerate(getattr(labels, kind))}
        for kind in KINDS[1:]
    }
    return Example(
        encode_words(tokenizer, [word.form for word in words]),
        tuple(word.head for word in words),
        tuple(numbers["roles"].get(word.role, 0) for word in words),
        tuple(numbers["pos"].get(word.pos, 0) for word in words),
        tuple(numbers["features"].get(word.features, 0) for word in words),
    )


def draw_batches(examples: Sequence[Example], chance: random.Random) -> list[list[Example]]:
    """Batches of about the same length, in random order."""
    batches: list[list[Example]] = [[]]
    blurred = {id(e): len(e.sentence.pieces) + 4 * chance.random() for e in examples}
    for example in sorted(examples, key=lambda e: blurred[id(e)]):
        if batches[-1] and (len(batches[-1]) + 1) * len(example.sentence.pieces) > BATCH_PIECES:
            batches.append([])
        batches[-1].append(example)
    chance.shuffle(batches)
    return batches


def read_parts(treebanks: Path) -> Iterator[list[Word]]:
    """The sentences of the training and development parts."""
    for stem in ("ewt/en_ewt-ud", "gum-open/en_gumopen"):
        for part in ("train", "dev"):
            for _, words in read_sentences(treebanks / f"{stem}-{part}.conllu"):
                yield words
