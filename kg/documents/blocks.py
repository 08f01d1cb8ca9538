"""Paragraphs to the parts of an article: title, byline, headings, prose, notes; furniture left out.

What is not surely furniture stays: a line that nothing else claims is prose.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from kg.documents.dates import is_date_line
from kg.documents.furniture import is_breadcrumb, split_breadcrumb
from kg.documents.imprint import is_imprint
from kg.documents.lines import (
    ends_sentence,
    is_numbered,
    is_numbered_heading,
    is_prose,
    is_rule,
    is_short_heading,
    list_words,
    match_mark,
)
from kg.documents.paragraphs import Paragraph
from kg.documents.people import (
    find_post,
    is_author_note,
    is_byline,
    parse_byline,
    split_title,
)
from kg.model import Block, BlockKind, Span


class Role(Enum):
    """What a paragraph is to the article."""

    FURNITURE = "furniture"
    BYLINE = "byline"
    DATE = "date"
    TITLE = "title"
    HEADING = "heading"
    PROSE = "prose"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph with its role."""

    paragraph: Paragraph
    role: Role


_KINDS = {
    Role.TITLE: BlockKind.TITLE,
    Role.HEADING: BlockKind.HEADING,
    Role.PROSE: BlockKind.PROSE,
    Role.NOTE: BlockKind.NOTE,
}
_NOTE = re.compile(
    r"[\s(\[*]*(?:this (?:article|paper|essay) (?:(?:was|is|has been) (?:received|written"
    r"|translated|(?:first |originally )?published|adapted|excerpted|supported|funded)"
    r"|(?:first|originally) appeared)|editors?['’]?s?['’]? note|(?:notes?|source|key ?words?"
    r"|received|disclaimer|corrections?|acknowledge?ments?)\s*[:：]"
    r"|the (?:views|opinions) expressed|\[\d{1,3}\]"
    r"|\d{1,3}\.?\s+(?:see|ibid|cf)\b)",
    re.IGNORECASE,
)
_APPARATUS = re.compile(
    r"(?:#+\s*)?(?:notes(?: and references)?|end ?notes|foot ?notes|references|bibliography|"
    r"works cited|sources|further reading|about the authors?|acknowledge?ments?)\s*[:：]?",
    re.IGNORECASE,
)
_TITLE_LABEL = re.compile(r"(?:title|headline)\s*[:：]\s*(?=\S)", re.IGNORECASE)


def assign_roles(paragraphs: Sequence[Paragraph]) -> list[Part]:
    """The role of each paragraph of a page, in order."""
    body = _find_body(paragraphs)
    title = choose_title(paragraphs[:body], paragraphs)
    parts = [
        Part(paragraph, _assign_front(paragraphs, index, title))
        for index, paragraph in enumerate(paragraphs[:body])
    ]
    parts += _assign_body(paragraphs, body)
    return _mark_bios(_drop_tail(parts))


def _find_body(paragraphs: Sequence[Paragraph]) -> int:
    """The index of the first running text; what precedes it is the front of the page."""
    for index, paragraph in enumerate(paragraphs):
        if not paragraph.furniture and _is_running(paragraph):
            return index
    return len(paragraphs)


def _is_running(paragraph: Paragraph) -> bool:
    text = paragraph.text
    if match_mark(text) or is_author_note(text) or split_title(text) is not None:
        return False
    return is_prose(text) or (paragraph.lines > 2 and len(list_words(text)) > 20)


def choose_title(front: Sequence[Paragraph], page: Sequence[Paragraph]) -> int | None:
    """The index of the title in the front of a page, by the surest sign that it shows."""
    able = [i for i, p in enumerate(front) if not p.furniture and _may_be_title(p.text)]
    crumbs = {split_breadcrumb(p.text)[-1].casefold() for p in page if is_breadcrumb(p.text)}
    repeated = Counter(p.text.casefold() for p in page)
    signs: tuple[Callable[[int], bool], ...] = (
        lambda i: split_title(front[i].text) is not None,
        lambda i: _TITLE_LABEL.match(front[i].text) is not None,
        lambda i: front[i].text.casefold() in crumbs,
        lambda i: front[i].text.startswith("# "),
        lambda i: i + 1 < len(front) and is_byline(front[i + 1].text),
        lambda i: i + 1 < len(page) and _is_underline(page[i + 1]),
        lambda i: repeated[front[i].text.casefold()] > 1 and len(_words(front, i)) >= 3,
        lambda i: i + 1 < len(front) and _is_dated(front[i + 1].text),
        lambda i: len(_words(front, i)) >= 3 and not is_numbered_heading(front[i].text),
        lambda i: not is_numbered_heading(front[i].text),
    )
    return next((i for sign in signs for i in able if sign(i)), None)


def _words(front: Sequence[Paragraph], index: int) -> list[str]:
    return list_words(front[index].text)


def _is_underline(paragraph: Paragraph) -> bool:
    return is_rule(paragraph.text) and paragraph.text[0] in "=-" and not paragraph.after_blank


def _is_dated(text: str) -> bool:
    return is_date_line(text) or is_imprint(text)


def _may_be_title(text: str) -> bool:
    if is_byline(text) or _is_dated(text) or is_author_note(text) or _NOTE.match(text):
        return False
    if _APPARATUS.fullmatch(text):
        return False
    count = len(list_words(text))
    return 1 <= count <= 40 and not re.search(r"(?:[,;:]|(?<!\b[A-Z])\.)$", text)


def _assign_front(paragraphs: Sequence[Paragraph], index: int, title: int | None) -> Role:
    paragraph = paragraphs[index]
    text = paragraph.text
    if index == title:
        return Role.TITLE
    if paragraph.furniture:
        return Role.FURNITURE
    if is_byline(text):
        return Role.BYLINE
    if _is_dated(text):
        return Role.DATE
    if is_author_note(text) or _NOTE.match(text):
        return Role.NOTE
    if title is not None and text.casefold() in paragraphs[title].text.casefold():
        return Role.FURNITURE
    if title is not None and index < title and not ends_sentence(text):
        return Role.FURNITURE
    return Role.HEADING if _is_heading(paragraphs, index) else Role.PROSE


def _assign_body(paragraphs: Sequence[Paragraph], body: int) -> list[Part]:
    parts: list[Part] = []
    apparatus = False
    running = [i for i in range(body, len(paragraphs)) if _is_running(paragraphs[i])]
    for index in range(body, len(paragraphs)):
        role = _assign_one(paragraphs, index, apparatus)
        if index > running[-1] and is_byline(paragraphs[index].text):
            role = Role.BYLINE
        if role is Role.HEADING:
            apparatus = _APPARATUS.fullmatch(paragraphs[index].text) is not None
        parts.append(Part(paragraphs[index], role))
    return parts


def _assign_one(paragraphs: Sequence[Paragraph], index: int, apparatus: bool) -> Role:
    paragraph = paragraphs[index]
    text = paragraph.text
    if paragraph.furniture:
        return Role.FURNITURE
    if _APPARATUS.fullmatch(text) or match_mark(text):
        return Role.HEADING
    if is_author_note(text) or _NOTE.match(text):
        return Role.NOTE
    if apparatus:
        return Role.HEADING if _is_section(text) else Role.NOTE
    return Role.HEADING if _is_heading(paragraphs, index) else Role.PROSE


def _is_section(text: str) -> bool:
    """Whether a line is a section heading with a Roman number, which no reference list has."""
    return is_numbered_heading(text) and text[0] in "IVX" and len(list_words(text)) <= 15


def _is_heading(paragraphs: Sequence[Paragraph], index: int) -> bool:
    """Whether a paragraph heads the ones after it: by its mark, its number, or its shape."""
    paragraph = paragraphs[index]
    if match_mark(paragraph.text):
        return True
    following = paragraphs[index + 1] if index + 1 < len(paragraphs) else None
    if following is not None and _is_underline(following) and len(list_words(paragraph.text)) <= 20:
        return True
    if paragraph.lines > 2:
        return False
    if is_numbered_heading(paragraph.text):
        return not _is_list_item(paragraphs, index)
    return is_short_heading(paragraph.text) and _leads_on(paragraphs, index)


def _is_list_item(paragraphs: Sequence[Paragraph], index: int) -> bool:
    """Whether a numbered line stands directly among other numbered lines, as in a list."""
    below = paragraphs[index + 1] if index + 1 < len(paragraphs) else None
    above = paragraphs[index - 1] if index else None
    return bool(
        (below and not below.after_blank and is_numbered(below.text))
        or (above and not paragraphs[index].after_blank and is_numbered(above.text))
    )


def _leads_on(paragraphs: Sequence[Paragraph], index: int) -> bool:
    """Whether running text or another heading follows before the page ends."""
    return any(
        not paragraph.furniture and not is_author_note(paragraph.text)
        for paragraph in paragraphs[index + 1 : index + 4]
    )


def _drop_tail(parts: list[Part]) -> list[Part]:
    """Below the article, short lines after the first line of its footer are footer as well."""
    last = max((i for i, part in enumerate(parts) if _is_article(part)), default=len(parts))
    for index in range(last + 1, len(parts)):
        if parts[index].role is Role.FURNITURE and not is_rule(parts[index].paragraph.text):
            return parts[:index] + [Part(part.paragraph, Role.FURNITURE) for part in parts[index:]]
    return parts


def _mark_bios(parts: list[Part]) -> list[Part]:
    """Closing lines on an author whom the byline named ("X is a fellow at Y.") are notes."""
    names = {name for part in parts for name in _list_names(part)}
    closing = [i for i, part in enumerate(parts) if part.role in {Role.PROSE, Role.NOTE}][-3:]
    return [
        Part(part.paragraph, Role.NOTE)
        if i in closing[1:] and any(find_post(part.paragraph.text, name) for name in names)
        else part
        for i, part in enumerate(parts)
    ]


def _list_names(part: Part) -> list[str]:
    text = part.paragraph.text
    if part.role is Role.TITLE:
        split = split_title(text)
        text = "" if split is None else text[split:]
    elif part.role is not Role.BYLINE:
        return []
    return [author.name for author in parse_byline(text, 0)]


def _is_article(part: Part) -> bool:
    if part.role is Role.NOTE:
        return True
    return part.role is Role.PROSE and (
        ends_sentence(part.paragraph.text) or _is_running(part.paragraph)
    )


def make_blocks(parts: Sequence[Part]) -> tuple[Block, ...]:
    """The blocks of the article, without furniture, bylines, bare dates, and heading marks."""
    return tuple(
        Block(Span(part.paragraph.span.start + skip, part.paragraph.span.end), kind)
        for part in parts
        if (kind := _KINDS.get(part.role)) is not None
        for skip in [_skip_mark(part)]
    )


def _skip_mark(part: Part) -> int:
    text = part.paragraph.text
    label = _TITLE_LABEL.match(text) if part.role is Role.TITLE else None
    return label.end() if label else match_mark(text)
