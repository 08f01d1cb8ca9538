"""Who wrote an article: bylines, and what the notes about the authors say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.model import Author, Span

_LONGEST_TITLE = 400  # characters
_LONGEST_NOTE = 20_000
_PARTICLES = "de|del|della|der|den|di|du|da|la|le|van|von|bin|bint|al|el|ibn|ul|ter|y"
_NAME_WORD = r"[A-Z][^\W\d_]*(?:[-'’.][^\W\d_]+)*\.?"
_NAME = rf"{_NAME_WORD}(?:\s+(?:{_PARTICLES}|{_NAME_WORD})){{0,3}}\s+{_NAME_WORD}"
_TITLES = r"(?:(?:Dr|Prof|Professor|Mr|Mrs|Ms|Amb|Ambassador|Gen|Sir|Lt|Col|Capt)\.?\s+)*"
_AND = re.compile(r"\s*(?:,\s*and\b|,|;|&|\band\b|\bwith\b)\s*", re.IGNORECASE)
_BODY_WORDS = re.compile(
    r"\b(?:University|Institute|Institution|Cent(?:er|re)|College|Council|School|Ministry|"
    r"Foundation|Agency|News|Academy|Department|Corporation|Society|Association|Press|Staff|"
    r"Correspondent|Editor|Fellow|Times|Post|Journal|Reuters|AP|AFP|Writer|Bureau|Program)\b",
    re.IGNORECASE,
)
_BYLINE_LEAD = re.compile(
    r"(?:(?:written |story |reported |text )?by|authors?|writers?)\b\s*[:：]?\s*", re.IGNORECASE
)
_BYLINE_IN_TITLE = re.compile(r"(?<=[\w.?!\"'”’)])\s*[,—–-]?\s*\bB[Yy]\s+(?=[A-Z])")
_NOTE_LEAD = re.compile(
    r"[\s(\[*]*(?:about the (?:authors?|contributors?|writers?)|notes? on (?:the )?(?:authors?|"
    r"contributors?)|the (?:authors?|writers?) (?:is|are|was|were)\b|authors?['’]? (?:note|bio"
    r"(?:graphy)?|information|affiliations?)|authors?\s*[:：])",
    re.IGNORECASE,
)
_CLAUSE_END = r"(?=\s*(?:[;)]|(?<!\b[A-Z])(?<!\bDr)(?<!\bSt)(?<!\bNo)\.(?:\s|$|\))|$))"
_STATEMENT = re.compile(
    rf"(?:^|(?<=[:：;.(*])|(?<=and))\s*{_TITLES}(?P<name>{_NAME})\s*,?\s+"
    rf"(?:is|was|serves as|works (?=at|for))\s+(?P<post>.+?){_CLAUSE_END}"
)
_POST_PLACE = re.compile(r"\b(?:at|from|with)\s+(?:the\s+)?(?=[A-Z])")
_POST_OWNER = re.compile(r"\b(?:in|of|for)\s+(?:the\s+)?(?=[A-Z])")
_THE_AUTHOR = re.compile(rf"\b[Tt]he (?:author|writer) (?:is|was)\s+(?P<post>.+?){_CLAUSE_END}")


def is_byline(text: str) -> bool:
    """Whether a line only names who wrote the article ("By A and B")."""
    return len(text) <= 200 and bool(parse_byline(text, 0))


def is_author_note(text: str) -> bool:
    """Whether a paragraph is a note on the authors."""
    return _NOTE_LEAD.match(text) is not None


def parse_byline(text: str, offset: int) -> tuple[Author, ...]:
    """The authors that a byline names, with spans moved by `offset`; none if it is no byline."""
    lead = _BYLINE_LEAD.match(text)
    if lead is None:
        return ()
    end = re.search(r"\s*(?:[|•·(/]|\s[—–-]\s|\bfor\b|,?\s*\d)", text[lead.end() :])
    stop = lead.end() + end.start() if end else len(text)
    return _parse_names(text, lead.end(), stop, offset)


def split_title(text: str) -> int | None:
    """Where the byline starts in a title that carries one ("Title By A & B")."""
    if len(text) > _LONGEST_TITLE:
        return None
    for match in reversed(list(_BYLINE_IN_TITLE.finditer(text))):
        start = match.start() + len(match.group()) - len(match.group().lstrip(" \t\u00a0,—–-"))
        if parse_byline(text[start:], 0):
            return start
    return None


def _parse_names(text: str, start: int, stop: int, offset: int) -> tuple[Author, ...]:
    authors: list[Author] = []
    for begin, end in _cut_names(text, start, stop):
        piece = text[begin:end]
        bare = re.match(_TITLES, piece)
        begin += bare.end() if bare else 0
        piece = text[begin:end].rstrip(".")
        if _BODY_WORDS.search(piece):
            if authors and authors[-1].affiliation is None:
                last = authors.pop()
                authors.append(Author(last.name, last.span, piece))
            continue
        if re.fullmatch(_NAME, piece) is None:
            return ()
        name = re.sub(r"\s+", " ", piece)
        authors.append(Author(name, Span(offset + begin, offset + begin + len(piece))))
    return tuple(authors)


def _cut_names(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    for match in _AND.finditer(text, start, stop):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    end = start + len(text[start:stop].rstrip())
    if start < end:
        yield start, end


def parse_author_note(text: str, offset: int) -> tuple[Author, ...]:
    """The authors that a note describes ("Dr. X is Associate Professor from the Y"), with spans."""
    if not is_author_note(text):
        return ()
    return tuple(
        Author(
            re.sub(r"\s+", " ", match["name"]),
            Span(offset + match.start("name"), offset + match.end("name")),
            find_affiliation(match["post"]),
        )
        for match in _STATEMENT.finditer(text[:_LONGEST_NOTE])
    )


def find_post(text: str, name: str) -> str | None:
    """The affiliation that a closing line gives an author known by name ("X is a fellow at Y.")."""
    match = _STATEMENT.match(text)
    if match is None or re.sub(r"\s+", " ", match["name"]).casefold() != name.casefold():
        return None
    return find_affiliation(match["post"])


def find_sole_post(text: str) -> str | None:
    """The affiliation in "The author is a research fellow with the X Institute"."""
    match = _THE_AUTHOR.search(text)
    return find_affiliation(match["post"]) if match else None


def find_affiliation(post: str) -> str | None:
    """The body in a description of a post ("Associate Professor from the X" gives "X")."""
    place = _POST_PLACE.search(post) or _POST_OWNER.search(post)
    return re.sub(r"\s+", " ", post[place.end() :]).strip(" ,") or None if place else None
