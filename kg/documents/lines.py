"""Lines of a page and what can be seen of each on its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.documents.words import plain_quotes, split_set
from kg.model import Span

FUNCTION_WORDS = split_set(
    "a an the and or but nor of in on at to for from by with without as into over under between "
    "among about against after before since until during through toward towards than that this "
    "these those which who whom whose what when where while if because although though is are was "
    "were be been being has have had do does did will would shall should can could may might must "
    "not no it its he his him she her they their them we our us you your i my me there"
)

_LINE = re.compile(r"[^\r\n\f\v\x85\u2028\u2029]+")
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"
_WORD = re.compile(r"[^\W\d_]+(?:[-.'’][^\W\d_]+)*\.?")
_STOP = re.compile(r"[.!?;:…。！？]['\"”’»)\]]*(?:\[?\d{1,3}\]?)?$")
_MARKED = re.compile(r"#{1,6}[ \t]+(?=\S)")
_NUMBERED = re.compile(
    r"(?:(?:part|chapter|section)\s+(?:[IVXLC]+|\d{1,2}|one|two|three|four|five|six)\b[.:]?"
    r"|[IVXLC]{1,6}[.):、]|[A-H][.)](?!\s?[A-Z]\.)|\d{1,2}(?:\.\d{1,2})*[.)、]|\d{1,2}(?:\.\d{1,2})+"
    r"|\((?:[IVXLC]+|[ivxlc]+|\d{1,2}|[a-h])\))\s*(?=[^\W\d_“\"‘'])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: its trimmed span and text, its indent, and the blank above it."""

    span: Span
    text: str
    indent: int
    after_blank: bool


def split_lines(text: str) -> Iterator[Line]:
    """The lines of a page that hold anything, trimmed, with spans into the page."""
    previous_end = None
    for match in _LINE.finditer(text):
        start, end = trim_span(text, match.start(), match.end())
        if start == end:
            continue
        gap = "" if previous_end is None else text[previous_end:start]
        breaks = gap.replace("\r\n", "\n")
        after_blank = previous_end is None or sum(map(breaks.count, "\n\r\f\u2029")) > 1
        yield Line(Span(start, end), text[start:end], start - match.start(), after_blank)
        previous_end = end


def trim_span(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without the white space and invisible characters at its edges."""
    while start < end and (text[start].isspace() or text[start] in _INVISIBLE):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in _INVISIBLE):
        end -= 1
    return start, end


def list_words(text: str) -> list[str]:
    """The words of a line, without numbers and punctuation."""
    return _WORD.findall(text)


def ends_sentence(text: str) -> bool:
    """Whether a line closes with a stop, perhaps inside quotation marks or before a note number."""
    return bool(_STOP.search(text[-12:]))


def starts_lower(text: str) -> bool:
    """Whether a line goes on with a small letter, as the inside of a paragraph does."""
    return text[:1].islower()


def ends_open(text: str) -> bool:
    """Whether a line breaks off after a word or mark that something must follow."""
    last = text.rsplit(None, 1)[-1].casefold()
    return last in FUNCTION_WORDS or last.endswith((",", "-", "(", "&"))


def is_prose(text: str) -> bool:
    """Whether a line reads as running text: a closed sentence, or far too long for a heading."""
    words = list_words(text)
    small = sum(word.casefold() in FUNCTION_WORDS for word in words)
    if len(words) >= 30:
        return small >= 3
    return len(words) >= 5 and small >= 1 and ends_sentence(text) and not text.endswith(":")


def match_mark(text: str) -> int:
    """How many characters of heading mark ("## ") a line starts with."""
    match = _MARKED.match(text)
    return match.end() if match else 0


def is_rule(text: str) -> bool:
    """Whether a line is only drawn ("-----", "* * *")."""
    return len(text) >= 3 and set(text) <= set("-=_*~•·.–— ")


def is_numbered(text: str) -> bool:
    """Whether a line starts with a number or letter of an enumeration."""
    return _NUMBERED.match(text) is not None


def is_numbered_heading(text: str) -> bool:
    """Whether a line is a section heading with its number ("II.The Alliance", "3) Reasons")."""
    match = _NUMBERED.match(text)
    if match is None:
        return False
    rest = text[match.end() :]
    words = list_words(rest)
    return 1 <= len(words) <= 25 and not ends_sentence(rest)


def is_short_heading(text: str) -> bool:
    """Whether a line has the shape of a heading: short, no stop, capitals, no clause inside."""
    words = list_words(text)
    plain = plain_quotes(text)
    if not 1 <= len(words) <= 20 or re.search(r"[.!;,:…]['\")\]]*$", plain):
        return False
    if not (text[0].isupper() or text[0].isdigit() or plain[0] in "\"'"):
        return False
    if len(words) <= 10:
        return True
    return share_capitals(words) >= 0.6


def share_capitals(words: list[str]) -> float:
    """The share of capitalised words among those that a title would capitalise."""
    weighty = [word for word in words if len(word) > 3 and word.casefold() not in FUNCTION_WORDS]
    return sum(word[0].isupper() for word in weighty) / len(weighty) if weighty else 0.0
