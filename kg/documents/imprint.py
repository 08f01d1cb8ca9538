"""Lines in the front of a page that say when, where and by whom an article appeared."""

from __future__ import annotations

import re
from itertools import pairwise

from kg.documents.dates import find_date_span, is_date_line
from kg.documents.people import is_byline

_LABEL = re.compile(
    r"(?:source|from|origin|author|by|editor|edited by|reporter|views?|clicks?|hits)\s*[:：]\s*",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*[|•·]\s*|\s{3,}|\t+|\s+[—–-]\s+")


def split_imprint(text: str) -> list[tuple[int, str]]:
    """The pieces of a line that holds several data ("2018-06-18 Source: X Author: Y").

    Each with its offset; empty if a piece is neither a date, a byline, nor labelled.
    """
    if len(text) > 200:
        return []
    cuts = {0, len(text)}
    for match in _SEPARATOR.finditer(text):
        cuts.add(match.end())
    for match in _LABEL.finditer(text):
        if match.start() and not text[match.start() - 1].isalnum():
            cuts.add(match.start())
    date = find_date_span(text)
    if date and date[0] in cuts:
        time = re.compile(r"\s*\d{1,2}:\d{2}(?::\d{2})?").match(text, date[1])
        cuts.add(time.end() if time else date[1])
    edges = sorted(cuts)
    pieces = [(start, text[start:end].rstrip(" \t|•·—–-")) for start, end in pairwise(edges)]
    pieces = [
        (start + len(piece) - len(piece.lstrip()), piece.lstrip())
        for start, piece in pieces
        if piece.strip()
    ]
    return pieces if all(map(_is_datum, (piece for _, piece in pieces))) else []


def is_imprint(text: str) -> bool:
    """Whether a line holds two or more of date, byline and source, and nothing else."""
    return len(split_imprint(text)) >= 2


def _is_datum(piece: str) -> bool:
    label = _LABEL.match(piece)
    return is_date_line(piece) or is_byline(piece) or bool(label and label.end() < len(piece))
