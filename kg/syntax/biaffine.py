"""Deep biaffine parsing: heads, roles, parts of speech and features of whole sentences.

The sole home of the engine that runs the encoder. Source: https://arxiv.org/abs/1611.01734
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.errors import SyntaxModelError
from kg.syntax.encoding import (
    MOST_PIECES,
    EncodedSentence,
    cut_batches,
    encode_words,
    fill_batch,
    make_piece_tokenizer,
)
from kg.syntax.spanning import find_best_tree

DESCRIPTION, GRAPH, PIECES = "biaffine.json", "biaffine.onnx", "pieces.txt"
OUTPUTS = ("arcs", "role_heads", "role_dependents", "pos", "features")


@dataclass(frozen=True, slots=True)
class WordParse:
    """What the parser says of a word; `head` is a position in the sentence, the root's its own."""

    head: int
    role: str
    pos: str
    features: str


@dataclass(frozen=True, slots=True)
class BiaffineModel:
    """The encoder with its labels, loaded once and used for every sentence."""

    session: Any
    tokenizer: Any
    roles: tuple[str, ...]
    pos: tuple[str, ...]
    features: tuple[str, ...]


def load_biaffine(directory: Path) -> BiaffineModel:
    """The parser, ready to run.

    Raises `SyntaxModelError` where its files are missing or not those that were packed together.
    """
    try:
        described = json.loads((directory / DESCRIPTION).read_text(encoding="utf-8"))
        if described["sha256"] != {n: digest_file(directory / n) for n in (GRAPH, PIECES)}:
            raise ValueError("files of different models")
        pieces = (directory / PIECES).read_text(encoding="utf-8").split("\n")
        return BiaffineModel(
            start_session(directory / GRAPH),
            make_piece_tokenizer(pieces),
            *(tuple(described[kind]) for kind in ("roles", "pos", "features")),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"the syntax model in {directory} cannot be read: reinstall concord-kg"
        raise SyntaxModelError(message, path=directory) from error


def digest_file(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def start_session(graph: Path) -> Any:  # noqa: ANN401 - untyped library
    """An engine for the graph, on one thread: as fast for a short text, and always the same."""
    # Imported here, for what parses nothing should not wait for it.
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def parse_sentences(
    model: BiaffineModel, sentences: Sequence[Sequence[str]]
) -> list[tuple[WordParse, ...] | None]:
    """The parse of each sentence of words; none of one that is too long for the encoder.

    What stands beside a sentence changes its scores in the seventh digit at most.
    """
    parsed: list[tuple[WordParse, ...] | None] = [None] * len(sentences)
    numbers: list[int] = []
    encoded: list[EncodedSentence] = []
    for number, words in enumerate(sentences):
        sentence = encode_words(model.tokenizer, words)
        if words and len(sentence.pieces) <= MOST_PIECES:
            numbers.append(number)
            encoded.append(sentence)
    for batch in cut_batches(encoded):
        for row, parse in zip(batch, _parse_batch(model, [encoded[i] for i in batch]), strict=True):
            parsed[numbers[row]] = parse
    return parsed


def _parse_batch(
    model: BiaffineModel, batch: Sequence[EncodedSentence]
) -> Iterator[tuple[WordParse, ...]]:
    arcs, role_heads, role_dependents, pos, features = model.session.run(OUTPUTS, fill_batch(batch))
    for row, sentence in enumerate(batch):
        size = len(sentence.first) + 1
        heads = find_best_tree(arcs[row, :size, :size].astype(np.float64))[1:]
        labels = _label_arcs(model, heads, role_heads[row], role_dependents[row, 1:size])
        yield tuple(
            WordParse(int(head) - 1 if head else i, label, model.pos[tag], model.features[feature])
            for i, (head, label, tag, feature) in enumerate(
                zip(heads, labels, pos[row, 1:size], features[row, 1:size], strict=True)
            )
        )


def _label_arcs(
    model: BiaffineModel,
    heads: NDArray[np.intp],
    role_heads: NDArray[np.float32],
    role_dependents: NDArray[np.float32],
) -> list[str]:
    """The best role of each word under its head; the root's is root, and nobody else's."""
    scores = np.einsum("wrk,wk->wr", role_dependents, role_heads[heads])
    root = model.roles.index("root")
    scores[:, root] = np.where(heads == 0, np.inf, -np.inf)
    return [model.roles[role] for role in scores.argmax(axis=1)]
