"""When a claim holds, from the date expressions of its clause, in ISO 8601 prefixes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.extraction.tree import Tree, walk_up
from kg.model import Document, Period

_MONTHS = {
    name: number
    for number, name in enumerate(
        (
            *("january", "february", "march", "april", "may", "june"),
            *("july", "august", "september", "october", "november", "december"),
        ),
        start=1,
    )
}
_YEAR = re.compile(r"^(1[5-9]|20)\d\d$")
_DECADE = re.compile(r"^(1[5-9]|20)\d0s$")
_DAY = re.compile(r"^([12]?\d|3[01])(st|nd|rd|th)?$")


@dataclass(frozen=True, slots=True)
class _Date:
    """A date expression: where its tokens start and end, and its ISO value."""

    start: int
    end: int
    value: str


def find_period(document: Document, tree: Tree, trigger: int) -> Period | None:
    """The period that the sentence gives to what the trigger says, None where it gives none."""
    dates = _find_dates(tree)
    reach = [d for d in dates if _dates_trigger(tree, d, trigger)]
    if not reach:
        return None
    first = reach[0]
    before = tree.tokens[first.start - 1].text.casefold() if first.start else ""
    if before == "since":
        return Period(first.value, None)
    if before in {"until", "before", "by"}:
        return Period(None, first.value) if before != "by" else None
    if before in {"between", "from"} and len(reach) > 1 and reach[1].start - first.end <= 2:
        return Period(first.value, reach[1].value)
    return Period(first.value, first.value) if "/" not in first.value else _split(first.value)


def _split(value: str) -> Period:
    start, end = value.split("/")
    return Period(start, end)


def _find_dates(tree: Tree) -> list[_Date]:
    found: list[_Date] = []
    i = 0
    while i < len(tree.tokens):
        date = _date_at(tree, i)
        if date is not None:
            found.append(date)
            i = date.end
        else:
            i += 1
    return found


def _date_at(tree: Tree, i: int) -> _Date | None:
    """A date that starts at token `i`: day month year, month day, year, decade."""
    words = [t.text.casefold() for t in tree.tokens[i : i + 5]]
    month_at = next((k for k, w in enumerate(words[:2]) if w in _MONTHS), None)
    if month_at is not None and (month_at == 0 or _DAY.match(words[0])):
        return _month_date(tree, i, words, month_at)
    if _YEAR.match(words[0]):
        return _Date(i, i + 1, words[0])
    if _DECADE.match(words[0]):
        return _Date(i, i + 1, f"{words[0][:3]}0/{words[0][:3]}9")
    return None


def _month_date(tree: Tree, i: int, words: list[str], month_at: int) -> _Date | None:
    if tree.tokens[i + month_at].text[:1].islower():
        return None
    day = int(re.sub(r"\D", "", words[0])) if month_at else None
    k = month_at + 1
    if day is None and k < len(words) and _DAY.match(words[k]):
        day = int(re.sub(r"\D", "", words[k]))
        k += 1
    while k < len(words) and words[k] in {",", "of"}:
        k += 1
    if k < len(words) and _YEAR.match(words[k]):
        value = f"{words[k]}-{_MONTHS[words[month_at]]:02d}"
        return _Date(i, i + k + 1, f"{value}-{day:02d}" if day else value)
    year = _nearest_year(tree, i)
    if year is None or words[month_at] == "may":
        return None
    value = f"{year}-{_MONTHS[words[month_at]]:02d}"
    return _Date(i, i + (month_at + 1), f"{value}-{day:02d}" if day else value)


def _nearest_year(tree: Tree, i: int) -> str | None:
    """The year that the same sentence gives, for a month named without one."""
    years = [(abs(k - i), t.text) for k, t in enumerate(tree.tokens) if _YEAR.match(t.text)]
    return min(years)[1] if years else None


def _dates_trigger(tree: Tree, date: _Date, trigger: int) -> bool:
    """Whether the date hangs on the trigger, or on the clause that the trigger heads or serves."""
    anchors = [
        head
        for k in range(date.start, date.end)
        if (head := tree.head(k)) is not None and not date.start <= head < date.end
    ]
    above = [trigger, *walk_up(tree, trigger)]
    near = above[:3] if tree.pos(trigger) in {"VERB", "ADJ"} else above[:2]
    return any(a in near for a in anchors)
