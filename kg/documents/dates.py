"""Dates as articles write them, read to ISO 8601 at the precision that is written."""

from __future__ import annotations

import datetime
import re

from kg.documents.lines import FUNCTION_WORDS

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"\b{_YEAR}[-/.年](?P<month>\d{{1,2}})[-/.月](?P<day>\d{{1,2}})日?(?!\d)",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*{_YEAR}\b",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}\b",
        rf"\b{_MONTH},?\s+{_YEAR}\b",
        rf"\b{_YEAR}-(?P<month>\d{{2}})\b(?!-)",
        rf"\b{_YEAR}\b",
    )
)
_RECEIVED = re.compile(
    r"\breceived(?:\s+(?:on|in|by the editors? on)|\s*[:：])?\s*(?P<date>.{4,40})", re.IGNORECASE
)
_ISSUED = re.compile(
    r"(?:\b(?:first\s+|originally\s+)?(?:published|posted|issued|released)(?:\s+online)?"
    r"(?:\s+(?:on|in|at)|\s*[:：])?|\b(?:publication\s+|issue\s+|release\s+)?date\s*[:：]"
    r"|\b(?:publish|release|issue)\s+(?:time|date)\s*[:：]"
    r"|\b(?:last\s+)?updated(?:\s+on|\s*[:：])?)\s*(?P<date>.{4,40})",
    re.IGNORECASE,
)
_DATE_LINE_WORDS = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\b|\b(?:published|posted|issued"
    r"|released|updated|last|first|online|on|at|date|time|publish|gmt|utc|est|edt|cet|bst|jst|am|pm"
    r"|a\.m\.|p\.m\.|spring|summer|autumn|fall|winter|issue|edition)\b|\d{1,2}:\d{2}(?::\d{2})?"
    r"|[\W_]",
    re.IGNORECASE,
)
_DATELINE = re.compile(r"[A-Z][\w.'’ ]{1,30},[\w.,'’() ]{4,60}?(?:\s?[—–]|\s--?)\s")


def parse_date(text: str) -> str | None:
    """The first date of a text as ISO date, month or year, the most precise reading first."""
    for shape in _SHAPES:
        for match in shape.finditer(text):
            found = _format_date(match.groupdict())
            if found:
                return found
    return None


def _format_date(parts: dict[str, str | None]) -> str | None:
    year, month, day = int(parts["year"] or 0), parts.get("month"), parts.get("day")
    if month is None:
        return f"{year:04}"
    number = int(month) if month.isdigit() else _number_month(month)
    try:
        date = datetime.date(year, number, int(day or 1))
    except ValueError:
        return None
    return date.isoformat() if day else date.isoformat()[:7]


def _number_month(name: str) -> int:
    return _MONTHS.index(name.casefold()[:3]) + 1


def is_date_line(text: str) -> bool:
    """Whether a line holds a date and nothing else ("Posted: Friday, 5 June 2018, 10:30 GMT")."""
    if len(text) > 80 or parse_date(text) is None or text.isdigit():
        return False
    span = find_date_span(text)
    return span is not None and not _DATE_LINE_WORDS.sub(
        "", text[: span[0]] + " " + text[span[1] :]
    )


def find_received(text: str) -> str | None:
    """The date in "This article was received on June 10, 2018"."""
    match = _RECEIVED.search(text)
    return parse_date(match["date"]) if match else None


def find_issued(text: str) -> str | None:
    """The date in "Published: June 10, 2018", "Posted on …", "Updated …"."""
    match = _ISSUED.search(text)
    return parse_date(match["date"]) if match else None


def find_dateline(text: str) -> str | None:
    """The date that opens a dispatch ("BEIJING, June 10, 2018 (Xinhua) -- …")."""
    match = _DATELINE.match(text)
    if match is None or FUNCTION_WORDS.intersection(match.group().casefold().split()):
        return None
    date = parse_date(match.group())
    return date if date and len(date) == len("2018-06-10") else None


def find_date_span(text: str) -> tuple[int, int] | None:
    """Where the first date of a line stands, the most precise reading first."""
    for shape in _SHAPES:
        match = shape.search(text)
        if match:
            return match.span()
    return None
