"""Words to word pieces, and sentences of like length to batches: what the encoder takes in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.documents.words import plain_quotes

# The encoder has so many positions.
MOST_PIECES = 512
# Pieces to a batch, padding included: larger ones are no faster and take more memory.
BATCH_PIECES = 300
SHAPES = 5
INPUTS = ("pieces", "mask", "first", "last", "shapes")
_UNKNOWN, _START, _END = "[UNK]", "[CLS]", "[SEP]"

Batch = dict[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class EncodedSentence:
    """The word pieces of a sentence, and of each word its first and last piece and its shape."""

    pieces: tuple[int, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]
    shapes: tuple[int, ...]


def make_piece_tokenizer(pieces: Sequence[str]) -> Any:  # noqa: ANN401 - untyped library
    """The uncased WordPiece tokenizer over these pieces; needs no file and no network.

    Raises `ValueError` where the pieces lack those that stand for the unknown, start and end.
    Source: https://aclanthology.org/N19-1423/
    """
    # Imported here, for what parses nothing should not wait for it.
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from tokenizers.processors import BertProcessing

    numbers = {piece: number for number, piece in enumerate(pieces)}
    if len(numbers) < len(pieces) or not {_UNKNOWN, _START, _END} <= numbers.keys():
        raise ValueError("no list of word pieces")
    tokenizer = Tokenizer(WordPiece(numbers, unk_token=_UNKNOWN, max_input_chars_per_word=100))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = BertProcessing((_END, numbers[_END]), (_START, numbers[_START]))
    return tokenizer


def encode_words(tokenizer: Any, words: Sequence[str]) -> EncodedSentence:  # noqa: ANN401
    """The pieces of a sentence's words; a word without any (a control character) has the start."""
    plain = [plain_quotes(word) for word in words]
    encoded = tokenizer.encode(plain, is_pretokenized=True)
    first, last = [0] * len(words), [0] * len(words)
    for position, word in enumerate(encoded.word_ids):
        if word is not None:
            first[word] = first[word] or position
            last[word] = position
    shapes = tuple(tell_shape(word) for word in plain)
    return EncodedSentence(tuple(encoded.ids), tuple(first), tuple(last), shapes)


def tell_shape(word: str) -> int:
    """The shape of a word, which the uncased pieces hide: capitals, a capital, a digit."""
    if word.isupper():
        return 1 if len(word) > 1 else 2
    if word[:1].isupper():
        return 3
    return 4 if word[:1].isdigit() else 0


def cut_batches(
    sentences: Iterable[EncodedSentence], size: int = BATCH_PIECES
) -> Iterator[list[int]]:
    """The numbers of the sentences, shortest first, in batches of up to so many pieces."""
    lengths = [len(sentence.pieces) for sentence in sentences]
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[number] > size:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def fill_batch(sentences: Sequence[EncodedSentence]) -> Batch:
    """The arrays that the encoder takes for these sentences, padded to the longest."""
    pieces = max(len(sentence.pieces) for sentence in sentences)
    words = max(len(sentence.first) for sentence in sentences)
    widths = zip(INPUTS, (pieces, pieces, words, words, words), strict=True)
    batch = {name: np.zeros((len(sentences), width), dtype=np.int64) for name, width in widths}
    for row, sentence in enumerate(sentences):
        count = len(sentence.first)
        batch["pieces"][row, : len(sentence.pieces)] = sentence.pieces
        batch["mask"][row, : len(sentence.pieces)] = 1
        batch["first"][row, :count] = sentence.first
        batch["last"][row, :count] = sentence.last
        batch["shapes"][row, :count] = sentence.shapes
    return batch
