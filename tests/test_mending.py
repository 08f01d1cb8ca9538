"""Repairs of parses that contradict themselves, and parses that need none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import make_tokens

from kg.model import Span, Token
from kg.syntax.mending import mend_parse


def describe(tokens):
    """Each token as "form POS role head-form"."""
    return [f"{t.text} {t.pos} {t.role} {tokens[t.head].text}" for t in tokens]


def test_a_noun_with_a_subject_is_a_verb():
    mended = mend_parse(
        make_tokens("""
            Chile  Chile PROPN nsubj 2
            trades trade NOUN  root  0
            with   with  ADP   case  4
            China  China PROPN nmod  2
        """)
    )
    assert describe(mended) == [
        "Chile PROPN nsubj trades",
        "trades VERB root trades",
        "with ADP case China",
        "China PROPN obl trades",
    ]
    assert mended[1].lemma == "trade"


@pytest.mark.parametrize(("form", "lemma"), [("carries", "carry"), ("reaches", "reach")])
def test_the_stem_of_a_mended_verb(form, lemma):
    mended = mend_parse(make_tokens(f"Chile Chile PROPN nsubj 2\n{form} {form} NOUN root 0"))
    assert mended[1].lemma == lemma


def test_a_subject_swallowed_as_a_compound_is_freed():
    mended = mend_parse(
        make_tokens("""
            The            the            DET  det      3
            administration administration NOUN compound 3
            champions      champion       NOUN root     0
            unilateralism  unilateralism  NOUN appos    3
        """)
    )
    assert describe(mended) == [
        "The DET det administration",
        "administration NOUN nsubj champions",
        "champions VERB root champions",
        "unilateralism NOUN obj champions",
    ]


def test_the_last_of_a_list_hung_on_the_verb_joins_the_list():
    mended = mend_parse(
        make_tokens("""
            Chile    Chile  PROPN nsubj 2
            left     leave  VERB  root  0
            UNESCO   UNESCO PROPN obj   2
            and      and    CCONJ cc    5
            NATO     NATO   PROPN conj  2
        """)
    )
    assert describe(mended)[4] == "NATO PROPN conj UNESCO"


def test_a_first_subject_cut_off_joins_the_second():
    mended = mend_parse(
        make_tokens("""
            Chile  Chile PROPN root  0
            and    and   CCONJ cc    4
            Peru   Peru  PROPN nsubj 4
            sent   send  VERB  conj  1
            troops troop NOUN  obj   4
        """)
    )
    assert describe(mended)[0] == "Chile PROPN nsubj sent"
    assert describe(mended)[2:4] == ["Peru PROPN conj Chile", "sent VERB root sent"]


def test_a_participle_after_a_comma_belongs_to_the_verb():
    mended = mend_parse(
        make_tokens("""
            Chile     Chile   PROPN nsubj 2
            supported support VERB  root  0
            Peru      Peru    PROPN obj   2
            ,         ,       PUNCT punct 5
            sending   send    VERB  conj  3
            troops    troop   NOUN  obj   5
        """)
    )
    assert describe(mended)[4] == "sending VERB advcl supported"


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
