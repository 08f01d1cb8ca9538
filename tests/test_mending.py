"""Receivers and objects told apart, and parses that need no repair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import make_tokens

from kg.model import Span, Token
from kg.syntax.mending import mend_parse


def describe(tokens):
    """Each token as "form POS role head-form"."""
    return [f"{t.text} {t.pos} {t.role} {tokens[t.head].text}" for t in tokens]


def test_the_first_of_two_objects_is_the_receiver():
    mended = mend_parse(
        make_tokens("""
            Chile   Chile   PROPN nsubj 2
            granted grant   VERB  root  0
            Peru    Peru    PROPN obj   2
            rights  right   NOUN  obj   2
        """)
    )
    assert describe(mended)[2:] == ["Peru PROPN iobj granted", "rights NOUN obj granted"]


def test_a_receiver_of_nothing_is_the_object():
    mended = mend_parse(
        make_tokens("""
            Chile  Chile  PROPN nsubj 2
            urged  urge   VERB  root  0
            Peru   Peru   PROPN iobj  2
            to     to     PART  mark  5
            resign resign VERB  xcomp 2
        """)
    )
    assert describe(mended)[2] == "Peru PROPN obj urged"


@pytest.mark.parametrize(
    "rows",
    [
        "Chile Chile PROPN nsubj 2\nleft leave VERB root 0\nNATO NATO PROPN obj 2",
        "Chile Chile PROPN nsubj 4\nis be AUX cop 4\nthe the DET det 4\nallies ally NOUN root 0",
        "The the DET det 3\ntrade trade NOUN compound 3\ntalks talk NOUN root 0",
        "Chile Chile PROPN nsubj 2\nleft leave VERB root 0\nand and CCONJ cc 4\n"
        "won win VERB conj 2",
    ],
)
def test_a_sound_parse_stays_as_it_is(rows):
    tokens = make_tokens(rows)
    assert mend_parse(tokens) == tokens


FORMS = ["Chile", "trades", "and", ",", "the", "sending", "wanted", '"', "."]
TAGS = ["NOUN", "PROPN", "VERB", "ADJ", "DET", "CCONJ", "PUNCT", "AUX"]
ROLES = ["nsubj", "obj", "conj", "compound", "det", "cc", "punct", "appos", "acl", "nmod", "root"]


@st.composite
def parses(draw):
    size = draw(st.integers(1, 10))
    order = draw(st.permutations(range(size)))
    heads = [0] * size
    for k, i in enumerate(order):
        heads[i] = draw(st.sampled_from([*order[:k], i]))
    return tuple(
        Token(
            Span(8 * i, 8 * i + 7),
            draw(st.sampled_from(FORMS)),
            "x",
            draw(st.sampled_from(TAGS)),
            head,
            "root" if head == i else draw(st.sampled_from(ROLES)),
        )
        for i, head in enumerate(heads)
    )


@given(parses())
def test_any_parse_keeps_its_words_and_stays_a_forest(tokens):
    mended = mend_parse(tokens)
    assert [(t.span, t.text) for t in mended] == [(t.span, t.text) for t in tokens]
    for i in range(len(mended)):
        for _ in mended:
            i = mended[i].head
        assert mended[i].head == i
