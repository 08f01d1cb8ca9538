"""Ends that no slot gives are looked for near the trigger."""

from __future__ import annotations

from kg.extraction.cues import CueIndex
from kg.extraction.nearby import find_near_phrase, find_near_subject
from kg.extraction.slots import Scene
from kg.extraction.tree import build_tree
from kg.model import BlockKind, Sentence, Span, Token


def make_scene() -> Scene:
    """The parse of "Chile made moves to soothe ties with Peru", its last phrase on the verb."""
    words = (
        ("Chile", "PROPN", 1, "nsubj"),
        ("made", "VERB", 1, "root"),
        ("moves", "NOUN", 1, "obj"),
        ("to", "PART", 4, "mark"),
        ("soothe", "VERB", 2, "acl"),
        ("ties", "NOUN", 4, "obj"),
        ("with", "ADP", 7, "case"),
        ("Peru", "PROPN", 4, "obl"),
    )
    tokens: list[Token] = []
    start = 0
    for text, pos, head, role in words:
        tokens.append(Token(Span(start, start + len(text)), text, text.casefold(), pos, head, role))
        start += len(text) + 1
    sentence = Sentence(Span(0, start - 1), BlockKind.PROSE, None, tuple(tokens))
    return Scene(build_tree(sentence), CueIndex({}), {0, 7}.__contains__)


def test_the_subject_of_the_clause_above_is_near() -> None:
    assert find_near_subject(make_scene(), 4) == [0]


def test_a_phrase_on_the_governing_verb_is_near() -> None:
    assert find_near_phrase(make_scene(), 5, "with") == [7]


def test_no_phrase_with_another_preposition_is_taken() -> None:
    assert find_near_phrase(make_scene(), 5, "against") == []
