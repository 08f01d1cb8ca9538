"""Lines to paragraphs: hard-wrapped lines joined, one-line paragraphs left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.documents.furniture import is_furniture
from kg.documents.lines import (
    Line,
    ends_open,
    ends_sentence,
    is_numbered_heading,
    match_mark,
    starts_lower,
)
from kg.documents.people import is_author_note, is_byline
from kg.model import Span

_WIDEST = 130


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together; `furniture` if they are of the page and not of the article."""

    span: Span
    text: str
    lines: int
    after_blank: bool
    furniture: bool = False


def group_lines(text: str, lines: Sequence[Line]) -> list[Paragraph]:
    """The paragraphs of a page, in order."""
    width = measure_wrap(lines)
    paragraphs: list[Paragraph] = []
    group: list[Line] = []
    for line in lines:
        if group and not _belongs(group, line, width):
            paragraphs.append(_close(text, group))
            group = []
        group.append(line)
    if group:
        paragraphs.append(_close(text, group))
    return paragraphs


def measure_wrap(lines: Sequence[Line]) -> int | None:
    """The width at which a page's lines are wrapped, or None if each paragraph is one line."""
    pairs = [(line, following) for line, following in pairwise(lines) if not following.after_blank]
    broken = [line for line, after in pairs if starts_lower(after.text) and _is_open(line.text)]
    if not broken or len(broken) < 0.3 * len(pairs):
        return None
    widths = sorted(len(line.text) for line in broken)
    width = widths[int(0.9 * (len(widths) - 1))]
    return width if 30 <= width <= _WIDEST else None


def _is_open(text: str) -> bool:
    return not ends_sentence(text) or text.endswith((";", ":"))


def _belongs(group: list[Line], line: Line, width: int | None) -> bool:
    previous = group[-1]
    if line.after_blank or _stands_alone(line.text) or _stands_alone(previous.text):
        return False
    if len(group) == 1 and is_numbered_heading(previous.text) and not starts_lower(line.text):
        return False
    if _is_open(previous.text) and starts_lower(line.text):
        return True
    if width is None or (line.indent > previous.indent + 1 and len(group) > 1):
        return _is_open(previous.text) and ends_open(previous.text)
    return len(previous.text) >= 0.7 * width


def _stands_alone(text: str) -> bool:
    return bool(match_mark(text)) or is_byline(text) or _is_of_page(text)


def _is_of_page(text: str) -> bool:
    return is_furniture(text) and not is_author_note(text)


def _close(text: str, group: list[Line]) -> Paragraph:
    span = Span(group[0].span.start, group[-1].span.end)
    return Paragraph(
        span=span,
        text=text[span.start : span.end],
        lines=len(group),
        after_blank=group[0].after_blank,
        furniture=len(group) == 1 and _is_of_page(group[0].text),
    )
