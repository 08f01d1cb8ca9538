"""The phrase around a head: what an annotator would mark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import make_tree

from kg.extraction.phrases import join_words, phrase_tokens, span_of
from kg.extraction.tree import walk_subtree

POLICY = make_tree("""
the       the      DET   det       4
new       new      ADJ   amod      4
trade     trade    NOUN  compound  4
policy    policy   NOUN  root      0
of        of       ADP   case      6
Brazil    Brazil   PROPN nmod      4
toward    toward   ADP   case      8
Peru      Peru     PROPN nmod      4
,         ,        PUNCT punct     11
which     which    PRON  nsubj     11
failed    fail     VERB  acl:relcl 4
""")


def words(tree, head, *, wide):
    return " ".join(tree.tokens[i].text for i in phrase_tokens(tree, head, wide=wide))


@pytest.mark.parametrize(
    ("wide", "expected"),
    [(True, "new trade policy of Brazil toward Peru"), (False, "new trade policy of Brazil")],
)
def test_determiners_and_relative_clauses_are_left_out(wide, expected):
    assert words(POLICY, 3, wide=wide) == expected


def test_a_phrase_of_one_word_is_itself():
    assert words(POLICY, 7, wide=False) == "Peru"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Norway supports the prohibition of land mines.", "prohibition of land mines"),
        ("The European Union opposes Iran's nuclear programme.", "Iran's nuclear programme"),
        ("Jordan was dependent on British aid.", "British aid"),
    ],
)
def test_described_things_are_labelled_by_their_phrase(read_text, text, label):
    assert label in {entity.label for entity in read_text(text).entities}


ROLES = ["nmod", "amod", "det", "case", "punct", "conj", "cc", "acl:relcl", "appos", "compound"]
TAGS = ["NOUN", "DET", "PUNCT", "ADP", "PROPN", "VERB", "CCONJ"]


@given(st.data(), st.integers(1, 14))
def test_any_phrase_is_one_stretch_around_its_head(data, size):
    rows = []
    for i in range(size):
        head = data.draw(st.integers(0, size - 1))
        role, tag = data.draw(st.sampled_from(ROLES)), data.draw(st.sampled_from(TAGS))
        # Heads before their words make a tree whatever is drawn.
        rows.append(f"w{i} w{i} {tag} {role} {head % (i + 1) if i else 0}")
    tree = make_tree("\n".join(rows))
    for head in range(size):
        for wide in (True, False):
            kept = phrase_tokens(tree, head, wide=wide)
            assert head in kept
            assert kept == list(range(kept[0], kept[-1] + 1))
            assert tree.sentence.span.covers(span_of(tree, kept))
            assert join_words(tree, kept).split()[0] == tree.tokens[kept[0]].text
            assert len(set(walk_subtree(tree, head))) <= size
