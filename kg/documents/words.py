"""Words as they should have been written: odd quotes made plain, words run together told apart.

Offsets never move: plain text has the length of its source, and splits are offsets into the word.
"""

from __future__ import annotations

import re
from collections.abc import Callable

# Em dashes stay: they stand between clauses, where a hyphen would join two words.
_PLAIN = str.maketrans(
    dict.fromkeys("“”„‟″«»〝〞＂", '"')
    | dict.fromkeys("‘’‚‛′‹›ʼ`´＇", "'")
    | dict.fromkeys("‐‑‒–−﹣－", "-")
    | dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000\ufeff\u200b\u200e\u200f\u2060\t", " ")
    | dict.fromkeys(map(chr, range(0x2000, 0x200B)), " ")
    | dict(zip("，．：；？！（）＆％", ",.:;?!()&%", strict=True))
)


def split_set(words: str) -> frozenset[str]:
    """The words of a line of words, as a set."""
    return frozenset(words.split())


_RUN = re.compile(r"[^\W\d_]+")
_LONGEST_WORD = 60
# Function words that no surname or place name begins with.
_OPENERS = split_set(
    "after although amid because before between during following however meanwhile moreover "
    "should since their therefore these those though through throughout toward towards whereas "
    "whether which while would"
)
# "MacArthur", "DeGaulle": capitals inside a name.
_PREFIXES = split_set("Mac Mc De Del Di Du La Le Van Von Fitz Al El Bin Ben San")
_WHOLE = split_set("within without into onto maybe cannot")
_GLUE = split_set(
    "a and are as at be been between by can did does for from had has have if in into is it its "
    "may must not of on or over than that the their these this those to was were which while who "
    "will with would"
)


def plain_quotes(text: str) -> str:
    """The text with odd quotation marks, hyphens and spaces made plain, character for character."""
    return text.translate(_PLAIN)


def split_run_together(
    word: str,
    known: Callable[[str], bool],
    *,
    named: Callable[[str], bool] | None = None,
) -> tuple[int, ...]:
    """Where a word is to be cut that was run together with its neighbour ("Japanalliance" → 5).

    `known` says whether a word, as written, is a word or a name; `named` whether it is a name
    (if not given: what is known with its capital only). A word is cut only if it is unknown as
    a whole and its parts are known; a capital inside it, a name before it, or two function words
    must show where.
    """
    if len(word) > _LONGEST_WORD or known(word):
        return ()
    is_name = named or (lambda part: known(part) and not known(part.casefold()))
    return tuple(
        match.start() + offset
        for match in _RUN.finditer(word)
        for offset in _split_letters(match.group(), known, is_name)
    )


def _split_letters(
    word: str, known: Callable[[str], bool], named: Callable[[str], bool]
) -> tuple[int, ...]:
    if len(word) < 4 or known(word):
        return ()
    for offset in _offer_capitals(word):
        left, right = word[:offset], word[offset:]
        if not known(left) or left in _PREFIXES:
            continue
        if known(right) and _is_capital_split(left, right, named):
            return (offset,)
        deeper = _split_letters(right, known, named)
        if deeper:
            return (offset, *(offset + further for further in deeper))
    for offset in range(len(word) - 2, 1, -1):
        if _is_plain_split(word[:offset], word[offset:], known, named):
            return (offset,)
    return ()


def _offer_capitals(word: str) -> list[int]:
    """Offsets inside a word where capitals begin or a run of capitals ends; likeliest first."""
    inside = range(2, len(word) - 1)
    begins = [i for i in inside if word[i].isupper() and word[i - 1].islower()]
    ends = [i for i in inside if word[i].islower() and word[:i].isupper()]
    return begins + ends


def _is_capital_split(left: str, right: str, named: Callable[[str], bool]) -> bool:
    """Whether two parts with a capital between them are words run together, and no brand."""
    if left.islower() or left.isupper() or right.isupper():
        return True
    if left.casefold() in _GLUE or left.casefold() in _OPENERS or named(left) or named(right):
        return True
    return len(left) >= 5 and len(right) >= 5


def _is_plain_split(
    left: str, right: str, known: Callable[[str], bool], named: Callable[[str], bool]
) -> bool:
    """Whether two parts without a capital between them are words run together, and no surname.

    Surnames are made of words ("Goldwater", "Fairweather"): so the first part must be a name and
    the second no mere ending, or the first a word that no surname begins with.
    """
    if not right.islower() or not (known(left) and known(right)):
        return False
    if left.islower():
        return (
            left in _GLUE
            and right in _GLUE
            and len(left + right) >= 5
            and left + right not in _WHOLE
        )
    if right in _GLUE:
        return named(left) and len(right) >= 3
    if left.casefold() in _OPENERS:
        return len(right) >= 4
    if named(left):
        return len(left) >= 3 and len(right) >= 5
    return len(left) >= 4 and len(right) >= 8
