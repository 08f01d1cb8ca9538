"""Finding a model's words in the source text: they count only where they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.model import Document, Span

# Typography in which a model may copy otherwise: nothing that makes another word.
_QUOTES, _DASHES = '"“”„‟«»‘’‚‛′″', "–—‑‒−"
_PLAIN = str.maketrans(dict.fromkeys(_QUOTES, "'") | dict.fromkeys(_DASHES, "-"))
_EDGES = " '.,;:!?…()[]"


class Passage:
    """A sentence of a document, with spaces and quotation marks made plain, to be searched."""

    def __init__(self, document: Document, span: Span) -> None:
        self.span = span
        characters: list[str] = []
        self._offsets: list[int] = []
        for offset, character in enumerate(document.quote(span).translate(_PLAIN), span.start):
            plain = " " if character.isspace() else character
            if plain == " " and characters[-1:] in ([" "], []):
                continue
            characters.append(plain)
            self._offsets.append(offset)
        self.text = "".join(characters).rstrip()
        self._lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in self.text)

    def find(self, words: str, *, near: Span | None = None, exact: bool = False) -> Span | None:
        """Where the words stand, whole words only: within `near` if they do, else nearest to it.

        Capital letters matter only where `exact`.
        """
        plain = " ".join(words.translate(_PLAIN).split())
        if not exact:
            plain = "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)
        haystack = self.text if exact else self._lower
        for sought in dict.fromkeys((plain, plain.strip(_EDGES))):
            if not re.search(r"\w", sought):
                continue
            found = list(self._search(haystack, sought))
            if found:
                return min(found, key=lambda span: (_distance(span, near), span))
        return None

    def _search(self, haystack: str, sought: str) -> Iterator[Span]:
        start = haystack.find(sought)
        while start >= 0:
            end = start + len(sought)
            if not (_joins(haystack, start) or _joins(haystack, end)):
                yield Span(self._offsets[start], self._offsets[end - 1] + 1)
            start = haystack.find(sought, start + 1)


def _joins(text: str, place: int) -> bool:
    """Whether a cut would go through a word."""
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def _distance(span: Span, near: Span | None) -> int:
    if near is None or near.covers(span):
        return 0
    return 1 + min(abs(span.start - near.end), abs(near.start - span.end))
