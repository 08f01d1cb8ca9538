"""Verbs taken for participles come to head their clauses again."""

from __future__ import annotations

from kg.model import Span, Token
from kg.syntax.raising import raise_verbs

Word = tuple[str, str, int, str]


def make_tokens(*words: Word) -> list[Token]:
    """Tokens of (text, part of speech, head, role), one blank between them."""
    made: list[Token] = []
    start = 0
    for text, pos, head, role in words:
        made.append(Token(Span(start, start + len(text)), text, text.casefold(), pos, head, role))
        start += len(text) + 1
    return made


def test_a_past_form_with_an_object_governs_the_noun_before_it() -> None:
    tokens = make_tokens(
        ("Nations", "NOUN", 0, "root"),
        ("backed", "VERB", 0, "acl"),
        ("reform", "NOUN", 1, "obj"),
        (".", "PUNCT", 0, "punct"),
    )
    raise_verbs(tokens)
    assert [(t.head, t.role) for t in tokens[:3]] == [(1, "nsubj"), (1, "root"), (1, "obj")]


def test_a_past_form_between_two_nouns_governs_both() -> None:
    tokens = make_tokens(
        ("Tanks", "NOUN", 0, "root"),
        ("crushed", "VERB", 2, "amod"),
        ("strikers", "NOUN", 0, "obj"),
        (".", "PUNCT", 0, "punct"),
    )
    raise_verbs(tokens)
    assert [(t.head, t.role) for t in tokens[:3]] == [(1, "nsubj"), (1, "root"), (1, "obj")]


def test_a_true_participle_stays_below_its_noun() -> None:
    tokens = make_tokens(
        ("Troops", "NOUN", 3, "nsubj"),
        ("stationed", "VERB", 0, "acl"),
        ("abroad", "ADV", 1, "advmod"),
        ("left", "VERB", 3, "root"),
        (".", "PUNCT", 3, "punct"),
    )
    before = list(tokens)
    raise_verbs(tokens)
    assert tokens == before
