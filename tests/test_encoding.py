"""Word pieces, the shapes they hide, and batches."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.syntax.encoding import (
    INPUTS,
    SHAPES,
    EncodedSentence,
    cut_batches,
    encode_words,
    fill_batch,
    make_piece_tokenizer,
    tell_shape,
)

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "re", "##arm", "##s", "japan", "cafe", ".", "'"]


@pytest.fixture(scope="module")
def tokenizer():
    return make_piece_tokenizer(PIECES)


def name_pieces(sentence):
    return [PIECES[number] for number in sentence.pieces]


def test_words_are_cut_into_pieces_that_are_known(tokenizer):
    sentence = encode_words(tokenizer, ["Japan", "rearms", "Zanzibar", "."])
    assert name_pieces(sentence) == ["[CLS]", "japan", "re", "##arm", "##s", "[UNK]", ".", "[SEP]"]
    assert sentence.first == (1, 2, 5, 6)
    assert sentence.last == (1, 4, 5, 6)
    assert sentence.shapes == (3, 0, 3, 0)


def test_accents_and_odd_quotes_are_plain_to_the_encoder(tokenizer):
    assert name_pieces(encode_words(tokenizer, ["Café", "’"]))[1:-1] == ["cafe", "'"]


@pytest.mark.parametrize("words", [["\x07"], ["japan", "\x07", "japan"], []])
def test_a_word_without_pieces_has_those_of_the_start(tokenizer, words):
    sentence = encode_words(tokenizer, words)
    for word, first, last in zip(words, sentence.first, sentence.last, strict=True):
        assert (first == 0) == (word == "\x07")
        assert first <= last


@settings(max_examples=60)
@given(words=st.lists(st.text(min_size=1, max_size=12), max_size=8))
def test_every_word_has_its_place(tokenizer, words):
    sentence = encode_words(tokenizer, words)
    assert len(sentence.first) == len(sentence.last) == len(sentence.shapes) == len(words)
    assert all(0 <= shape < SHAPES for shape in sentence.shapes)
    places = [place for place in zip(sentence.first, sentence.last, strict=True) if place[0]]
    assert places == sorted(places)
    assert all(first <= last < len(sentence.pieces) - 1 for first, last in places)


@pytest.mark.parametrize(
    ("word", "shape"), [("NATO", 1), ("I", 2), ("Japan", 3), ("1951", 4), ("pact", 0), ("", 0)]
)
def test_shapes(word, shape):
    assert tell_shape(word) == shape


@pytest.mark.parametrize("pieces", [[], ["[UNK]", "[CLS]"], [*PIECES, "re"]])
def test_what_is_no_list_of_pieces_is_refused(pieces):
    with pytest.raises(ValueError, match="pieces"):
        make_piece_tokenizer(pieces)


def make_sentence(length):
    return EncodedSentence(
        (1,) * length, (1,) * (length - 2), (1,) * (length - 2), (0,) * (length - 2)
    )


@settings(max_examples=60)
@given(lengths=st.lists(st.integers(2, 40), max_size=12), size=st.integers(1, 100))
def test_each_sentence_is_in_one_batch_of_like_ones(lengths, size):
    batches = list(cut_batches([make_sentence(n) for n in lengths], size))
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    in_order = [lengths[i] for batch in batches for i in batch]
    assert in_order == sorted(in_order)
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= size


def test_a_batch_is_padded_to_its_longest():
    short, long = make_sentence(3), make_sentence(5)
    batch = fill_batch([short, long])
    assert tuple(batch) == INPUTS
    assert batch["mask"].tolist() == [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]]
    assert batch["first"].shape == (2, 3)
    assert all(array.dtype == np.int64 for array in batch.values())
