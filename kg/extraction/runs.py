"""Capitalised runs of words that may be names the gazetteer does not know, and their kind."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rdflib import URIRef

from kg.extraction.tree import Tree
from kg.iris import KG
from kg.model import BlockKind

# Words that link the parts of a long official name ("Treaty on the Final Settlement").
_LINKS = frozenset(
    {"of", "for", "on", "to", "against", "in", "the", "and", "&", "with", "de", "du"}
)
_PARTICLES = frozenset(
    {"von", "van", "de", "der", "den", "da", "al", "bin", "ibn", "el", "di", "le"}
)
_CLOSED = frozenset({"DET", "ADP", "PRON", "SCONJ", "CCONJ", "AUX", "PART", "INTJ", "PUNCT"})
_CAPITAL = re.compile(r"^[A-ZÀ-ÖØ-Þ][\w'’.&]*$")
_NUMERAL = re.compile(r"^([IVX]+|\d{1,4})$")
_LONG_NAMED = frozenset(
    {KG.Organization, KG.Agreement, KG.Event, KG.Government, KG.Policy, KG.Alliance}
)
# What follows a hyphen in small letters inside a name ("High-level Panel").
_LEVELS = frozenset({"level", "led", "wide"})
# In small letters these are people or tasks; at the end of a name they are bodies.
_NAMED_BODIES = frozenset({"Group", "Mechanism", "Mission", "Panel", "Team"})
MONTHS = frozenset(
    (
        *("january", "february", "march", "april", "may", "june"),
        *("july", "august", "september", "october", "november", "december"),
    )
)
DAYS = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])


@dataclass(frozen=True, slots=True)
class Run:
    """A run of tokens [start, end) that looks like a name."""

    start: int
    end: int


def find_runs(tree: Tree, nouns: Mapping[str, URIRef], midword: Collection[str]) -> list[Run]:
    """The capitalised runs of a sentence, in order.

    `midword` holds the words that the document writes with a capital inside sentences; they
    decide whether the first word of a sentence belongs to a name.
    """
    tokens = tree.tokens
    if tree.sentence.block is not BlockKind.PROSE and _mostly_capital(tree):
        return []
    runs: list[Run] = []
    i = 0
    while i < len(tokens):
        if not _starts_name(tree, i, midword):
            i += 1
            continue
        end = _extend(tree, i, nouns)
        runs.append(Run(i, end))
        i = end
    return runs


def _mostly_capital(tree: Tree) -> bool:
    words = [t.text for t in tree.tokens if t.text[:1].isalpha() and len(t.text) > 3]
    return bool(words) and sum(w[:1].isupper() for w in words) > 0.6 * len(words)


def is_capital(text: str) -> bool:
    """Whether a word is written as a name is."""
    return bool(_CAPITAL.match(text)) and text != "I"


def _starts_name(tree: Tree, i: int, midword: Collection[str]) -> bool:
    token = tree.tokens[i]
    word = token.text
    if not is_capital(word) or word.casefold() in MONTHS | DAYS:
        return False
    if token.pos in _CLOSED and not (word.isupper() and len(word) > 1):
        return False
    if i > 0 and tree.tokens[i - 1].text not in {'"', "“", ":", "(", ".", "?", "!", ";", "-"}:
        return True
    if word in midword or (word.isupper() and len(word) > 1):
        return True
    follows = i + 1 < len(tree.tokens) and is_capital(tree.tokens[i + 1].text)
    return follows and token.pos in {"PROPN", "NOUN"} and "-" not in word


def _extend(tree: Tree, start: int, nouns: Mapping[str, URIRef]) -> int:
    tokens = tree.tokens
    end = start + 1
    while end < len(tokens):
        text = tokens[end].text
        if (is_capital(text) or _NUMERAL.match(text)) and not _is_closed(tree, end):
            if _NUMERAL.match(text) and text.isdigit():
                break
            end += 1
            continue
        jump = _jump(tree, start, end, nouns)
        if jump is None:
            break
        end = jump
    return end


def _is_closed(tree: Tree, i: int) -> bool:
    token = tree.tokens[i]
    return token.text.casefold() in MONTHS or (token.pos in {"DET", "PRON"} and token.text != "US")


def _jump(tree: Tree, start: int, at: int, nouns: Mapping[str, URIRef]) -> int | None:
    """The end after a link inside a name ("of", "'s", a hyphen), None where the name ends."""
    tokens = tree.tokens
    text = tokens[at].text
    if text in _PARTICLES and at + 1 < len(tokens) and is_capital(tokens[at + 1].text):
        return at + 2
    if text in {"-", "–"} and at + 1 < len(tokens) and is_capital(tokens[at + 1].text):
        glued = tokens[at - 1].span.end == tokens[at].span.start
        return at + 2 if glued and tokens[at].span.end == tokens[at + 1].span.start else None
    if text in {"-", "–"} and at + 2 < len(tokens) and tokens[at + 1].text in _LEVELS:
        return at + 3 if is_capital(tokens[at + 2].text) else None
    if text in {"'", "‘", "’"} and _opens_name(tree, at):
        return at + 2
    if text in {"'", "'s"} and at + 1 < len(tokens) and is_capital(tokens[at + 1].text):
        plural = text == "'" or tokens[at - 1].text in {"People", "Women", "Children", "Workers"}
        return at + 2 if plural else None
    if (
        text.casefold() not in _LINKS
        or _kind_of_word(tokens[at - 1].text, nouns) not in _LONG_NAMED
    ):
        inside = _kind_of_word(tokens[start].text, nouns) in _LONG_NAMED or any(
            _kind_of_word(tokens[k].text, nouns) in _LONG_NAMED for k in range(start, at)
        )
        if not (inside and text.casefold() in {"and", "of", "in", "for"} and at - start > 2):
            return None
        if text.casefold() in {"and", "in"} and not any(
            tokens[k].text.casefold() in _LINKS for k in range(start, at)
        ):
            return None
    following = at + 1
    while following < len(tokens) and tokens[following].text.casefold() == "the":
        following += 1
    if following < len(tokens) and following - at <= 2 and is_capital(tokens[following].text):
        dated = tokens[following].text.casefold() in MONTHS | DAYS
        return None if dated else following + 1
    return None


def _opens_name(tree: Tree, at: int) -> bool:
    """Whether an apostrophe begins an Arabic name ("Khawr 'Abd Allah")."""
    if at + 1 >= len(tree.tokens) or not is_capital(tree.tokens[at + 1].text):
        return False
    before, mark, after = tree.tokens[at - 1 : at + 2]
    return before.span.end < mark.span.start and mark.span.end == after.span.start


def _kind_of_word(word: str, nouns: Mapping[str, URIRef]) -> URIRef | None:
    lower = word.casefold()
    return nouns.get(lower) or (nouns.get(lower[:-1]) if lower.endswith("s") else None)


def kind_of_run(words: list[str], nouns: Mapping[str, URIRef]) -> URIRef | None:
    """The kind that the head word of a name gives away ("Suez Canal Company"), if it does."""
    lead = len(words)
    for k, word in enumerate(words):
        if word.casefold() in _LINKS and k > 0:
            lead = k
            break
    if lead > 0 and _NUMERAL.match(words[lead - 1]) and lead > 1:
        lead -= 1
    head = words[lead - 1]
    if lead > 1 and head in _NAMED_BODIES:
        return KG.Organization
    return _kind_of_word(head, nouns)
