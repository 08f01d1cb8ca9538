"""Read Universal Dependencies treebanks into spaCy documents for training and evaluation."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spacy.tokens import Doc
from spacy.vocab import Vocab

SENTENCES_PER_DOCUMENT = 12
TYPOGRAPHIC = {
    "'s": "’s",
    "n't": "n’t",
    "'": "’",
    "'re": "’re",
    "'ve": "’ve",
    "'ll": "’ll",
    "'d": "’d",
}


@dataclass(frozen=True, slots=True)
class Word:
    """One syntactic word of a CoNLL-U sentence; `head` is 0 for the root, else counts from 1."""

    form: str
    lemma: str
    pos: str
    features: str
    head: int
    role: str
    space_after: bool


def read_sentences(path: Path) -> Iterator[tuple[bool, list[Word]]]:
    """Yield (starts a document, words) for each sentence of a CoNLL-U file.

    Source: https://universaldependencies.org/format.html
    """
    rows: list[list[str]] = []
    new_document = True
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            new_document = new_document or line.startswith("# newdoc")
        elif line:
            rows.append(line.split("\t"))
        elif rows:
            yield new_document, _words(rows)
            rows, new_document = [], False
    if rows:
        yield new_document, _words(rows)


def _words(rows: list[list[str]]) -> list[Word]:
    words: list[Word] = []
    fused_until, fused_space = 0, True
    for row in rows:
        number = row[0]
        if "." in number:
            continue
        space = "SpaceAfter=No" not in row[9]
        if "-" in number:
            fused_until, fused_space = int(number.split("-")[1]), space
            continue
        position = int(number)
        if position <= fused_until:
            space = fused_space and position == fused_until
        lemma = row[1] if row[2] == "_" else row[2]
        features = "" if row[5] == "_" else row[5]
        words.append(Word(row[1], lemma, row[3], features, int(row[6]), row[7], space))
    return words


def read_documents(path: Path, vocab: Vocab, curly: float = 0.0, seed: int = 7) -> Iterator[Doc]:
    """Yield documents of up to twelve sentences; a share `curly` of them gets typographic quotes.

    The treebanks have straight quotes almost only, the articles that Concord reads curly ones.
    """
    chance = random.Random(seed)
    held: list[list[Word]] = []
    for new_document, words in read_sentences(path):
        if held and (new_document or len(held) >= SENTENCES_PER_DOCUMENT):
            yield _document(held, vocab, chance.random() < curly)
            held = []
        held.append(words)
    if held:
        yield _document(held, vocab, chance.random() < curly)


def _document(sentences: list[list[Word]], vocab: Vocab, curly: bool) -> Doc:
    words: list[Word] = []
    heads: list[int] = []
    starts: list[bool] = []
    spaces: list[bool] = []
    for sentence in sentences:
        offset = len(words)
        for i, word in enumerate(sentence):
            words.append(word)
            heads.append(offset + (word.head - 1 if word.head else i))
            starts.append(i == 0)
            spaces.append(word.space_after or i == len(sentence) - 1)
    forms = [w.form for w in words]
    if curly:
        forms = _typographic(forms)
    return Doc(
        vocab,
        words=forms,
        spaces=spaces,
        pos=[w.pos for w in words],
        morphs=[w.features for w in words],
        lemmas=[w.lemma for w in words],
        heads=heads,
        deps=["ROOT" if w.role == "root" else w.role for w in words],
        sent_starts=starts,
    )


def _typographic(forms: list[str]) -> list[str]:
    opened = False
    out: list[str] = []
    for form in forms:
        if form == '"':
            out.append("”" if opened else "“")
            opened = not opened
        else:
            out.append(TYPOGRAPHIC.get(form, form))
    return out
