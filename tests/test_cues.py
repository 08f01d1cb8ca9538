"""Cue words of the ontology, found in a sentence."""

import pytest
from trees import make_tree

from kg.extraction.cues import CueIndex
from kg.iris import CUE
from kg.vocabulary import Cue

TREE = make_tree("""
According according VERB  case  3
to        to        ADP   fixed 1
NATO      NATO      PROPN obl   6
Iran      Iran      PROPN nsubj 6
will      will      AUX   aux   6
fail      fail      VERB  root  0
will      will      NOUN  obj   6
""")


@pytest.fixture(scope="module")
def cues():
    return CueIndex(
        {
            "according": (Cue(CUE.a, ("according", "to"), None, CUE.SourcePhrase, frozenset()),),
            "will": (Cue(CUE.b, ("will",), "AUXILIARY", CUE.Predicted, frozenset()),),
            "fail": (
                Cue(CUE.c, ("fail",), "VERB", CUE.Negative, frozenset({"infinitive"})),
                Cue(CUE.d, ("fail", "utterly"), "VERB", CUE.Negative, frozenset()),
            ),
        }
    )


def test_cues_of_several_words_need_all_of_them(cues):
    assert cues.has(TREE, 0, CUE.SourcePhrase)
    assert [cue.iri for cue in cues.at(TREE, 5)] == [CUE.c]


def test_cues_respect_the_part_of_speech(cues):
    assert cues.has(TREE, 4, CUE.Predicted)
    assert not cues.has(TREE, 6, CUE.Predicted)


def test_words_without_a_cue_have_no_effect(cues):
    assert not list(cues.at(TREE, 3))


def test_the_shipped_cues_know_every_effect(vocabulary):
    effects = {cue.effect for cues in vocabulary.cues.values() for cue in cues}
    assert {
        CUE.Negative, CUE.Predicted, CUE.Possible, CUE.Desired, CUE.Report, CUE.SourceNoun,
        CUE.SourcePhrase, CUE.Support, CUE.SubjectControl, CUE.ObjectControl, CUE.Generic,
    } <= effects  # fmt: skip
