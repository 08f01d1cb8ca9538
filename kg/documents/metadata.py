"""What an article says of itself: title, authors with affiliations, dates, journal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kg.documents.blocks import Part, Role
from kg.documents.dates import find_dateline, find_issued, find_received, parse_date
from kg.documents.furniture import is_breadcrumb, split_breadcrumb
from kg.documents.imprint import split_imprint
from kg.documents.lines import list_words, match_mark
from kg.documents.people import (
    find_post,
    find_sole_post,
    parse_author_note,
    parse_byline,
    split_title,
)
from kg.model import Author

_SHELF = re.compile(r"(?:journals?|magazines?|publications?|periodicals?)$", re.IGNORECASE)
_JOURNAL = re.compile(
    r"(?i:journal|magazine|source|(?:originally |first )?published in|from the journal)"
    r"\s*[:：]?\s*(?P<name>[A-Z][^,;.()\d]{2,80}?)\s*(?:[,;.()\d]|$)",
)
_ISSUE = re.compile(
    r"(?P<name>[A-Z][^,;.()\d]{2,80}?),?\s*(?:\(?(?:vol(?:ume)?\b|no\.|issue\b))", re.IGNORECASE
)
_TITLE_LABEL = re.compile(r"(?:title|headline)\s*[:：]\s*(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was found; None or empty where the article is silent."""

    title: str | None
    authors: tuple[Author, ...]
    issued: str | None
    received: str | None
    journal: str | None


def gather_metadata(parts: Sequence[Part]) -> Metadata:
    """What the parts of a page say of the article."""
    title = _find_title(parts)
    return Metadata(
        title=title,
        authors=_find_authors(parts),
        issued=_find_issued(parts),
        received=_first(find_received(p.paragraph.text) for p in _list_sayings(parts)),
        journal=_find_journal(parts, title),
    )


def _first(found: Iterable[str | None]) -> str | None:
    return next((value for value in found if value), None)


def _text(part: Part) -> str:
    return part.paragraph.text


def _list_sayings(parts: Sequence[Part]) -> list[Part]:
    """The parts in which a page speaks of the article: all but its running text."""
    return [part for part in parts if part.role not in {Role.PROSE, Role.TITLE}]


def _find_title(parts: Sequence[Part]) -> str | None:
    for part in parts:
        if part.role is Role.TITLE:
            text = part.paragraph.text
            label = _TITLE_LABEL.match(text)
            start = label.end() if label else match_mark(text)
            title = re.sub(r"\s+", " ", text[start : split_title(text)])
            return title.strip(" ,—–-") or None
    return None


def _find_authors(parts: Sequence[Part]) -> tuple[Author, ...]:
    noted = _read_notes(parts)
    named = _read_bylines(parts) or noted
    posts = {author.name.casefold(): author.affiliation for author in noted}
    return tuple(
        replace(author, affiliation=posts.get(author.name.casefold()))
        if author.affiliation is None
        else author
        for author in _give_posts(named, parts)
    )


def _read_bylines(parts: Sequence[Part]) -> tuple[Author, ...]:
    authors: dict[str, Author] = {}
    for part in parts:
        text, offset = part.paragraph.text, part.paragraph.span.start
        if part.role is Role.TITLE:
            split = split_title(text)
            found = () if split is None else parse_byline(text[split:], offset + split)
        elif part.role is Role.BYLINE:
            found = parse_byline(text, offset)
        elif part.role is Role.DATE:
            pieces = split_imprint(text)
            found = tuple(a for at, piece in pieces for a in parse_byline(piece, offset + at))
        else:
            continue
        for author in found:
            authors.setdefault(author.name.casefold(), author)
    return tuple(authors.values())


def _read_notes(parts: Sequence[Part]) -> tuple[Author, ...]:
    """The authors that notes describe, also below a heading "About the authors"."""
    authors: dict[str, Author] = {}
    heading = ""
    for part in parts:
        text, offset = part.paragraph.text, part.paragraph.span.start
        if part.role is Role.HEADING:
            heading = text
        if part.role is not Role.NOTE:
            continue
        if re.match(r"(?:#+\s*)?about the (?:author|contributor)", heading, re.IGNORECASE):
            lead = heading + ": "
            found = parse_author_note(lead.lstrip("# ") + text, offset - len(lead.lstrip("# ")))
        else:
            found = parse_author_note(text, offset)
        for author in found:
            authors.setdefault(author.name.casefold(), author)
    return tuple(authors.values())


def _give_posts(authors: tuple[Author, ...], parts: Sequence[Part]) -> list[Author]:
    """The authors with affiliations that closing lines give ("X is a fellow at Y")."""
    closing = [p.paragraph.text for p in parts if p.role in {Role.PROSE, Role.NOTE}][-3:]
    given: list[Author] = []
    for author in authors:
        post = author.affiliation or _first(find_post(text, author.name) for text in closing)
        if post is None and len(authors) == 1:
            post = _first(find_sole_post(text) for text in closing)
        given.append(replace(author, affiliation=post))
    return given


def _find_issued(parts: Sequence[Part]) -> str | None:
    """The date of issue: a labelled one, else a bare date in the front, else a dateline."""
    labelled = _first(find_issued(part.paragraph.text) for part in _list_sayings(parts))
    bare = _first(parse_date(p.paragraph.text) for p in parts if p.role is Role.DATE)
    if labelled or bare:
        return labelled or bare
    byline = _first(parse_date(p.paragraph.text) for p in parts if p.role is Role.BYLINE)
    volume = _first(parse_date(t) for t in map(_text, _list_sayings(parts)) if _match_journal(t))
    prose = next((p.paragraph.text for p in parts if p.role is Role.PROSE), "")
    return byline or volume or find_dateline(prose)


def _find_journal(parts: Sequence[Part], title: str | None) -> str | None:
    for part in parts:
        text = part.paragraph.text
        if part.role is Role.FURNITURE and is_breadcrumb(text):
            shelf = _read_shelf(split_breadcrumb(text), title)
            if shelf:
                return shelf
    for part in _list_sayings(parts):
        text = part.paragraph.text
        match = _match_journal(text)
        if match and len(list_words(match["name"])) <= 10:
            return match["name"].strip()
    return None


def _match_journal(text: str) -> re.Match[str] | None:
    pieces = [text, *(piece for _, piece in split_imprint(text))]
    named = next((match for piece in pieces if (match := _JOURNAL.match(piece))), None)
    return named or (_ISSUE.match(text) if len(text) <= 120 else None)


def _read_shelf(crumbs: list[str], title: str | None) -> str | None:
    """The journal in a breadcrumb: what follows "Journals", unless that is the article itself."""
    for shelf, name in pairwise(crumbs):
        is_article = title is not None and title.casefold() in name.casefold()
        if _SHELF.match(shelf.strip()) and not is_article:
            return name.strip()
    return None
