"""What is taken out of a file that is no plain text: its article as text, and what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPACES = re.compile(r"[\s\u00a0\u200b\ufeff]+")
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st",
              0xFB06: "st", 0xAD: None}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Extract:
    """The plain text of an article, paragraphs apart by a blank line, headings behind "#" marks.

    `issued` is an ISO date as far as it is known.
    """

    text: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    issued: str | None = None
    journal: str | None = None


def join_spaces(text: str) -> str:
    """A text in one line, its white space single, ligatures in letters, soft hyphens left out."""
    return _SPACES.sub(" ", text.translate(_LIGATURES)).strip()


def compose_text(
    title: str | None, authors: tuple[str, ...], issued: str | None, paragraphs: list[str]
) -> str:
    """The text of an article as people would write it down: title, byline, date, paragraphs."""
    front = []
    if title:
        front.append(f"# {title}")
    if authors:
        front.append(f"By {', '.join(authors[:-1])} and {authors[-1]}" if authors[1:] else
                     f"By {authors[0]}")  # fmt: skip
    if issued:
        front.append(issued)
    return "\n\n".join([*front, *paragraphs]) + "\n"
