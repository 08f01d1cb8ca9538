"""When a claim holds, from the date expressions of its clause, in ISO 8601 prefixes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.extraction.tree import CLAUSES, Tree, find_first_conjunct, walk_up
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
_STEPS = {"last": -1, "this": 0, "next": 1, "previous": -1}
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
    own = document.issued or document.received
    dates = _join_ranges(tree, [*_find_dates(tree), *_find_relative_dates(tree, own)])
    reach = [d for d in dates if _dates_trigger(tree, d, trigger)]
    if not reach:
        return None
    first = reach[0]
    before = _word_before(tree, first.start)
    start, _, end = first.value.partition("/")
    if before in {"since", "after"}:
        return Period(start, None)
    if before in {"until", "till", "before"}:
        return Period(None, end or start)
    if before == "by":
        return None
    return Period(start, end or start)


def _word_before(tree: Tree, start: int) -> str:
    """The word before a date, past its article ("since the 1960s")."""
    words = [t.text.casefold() for t in tree.tokens[max(0, start - 2) : start]]
    if words and words[-1] == "the":
        words.pop()
    return words[-1] if words else ""


def _join_ranges(tree: Tree, dates: list[_Date]) -> list[_Date]:
    """Two dates joined by "and" after "between", by "to" after "from", or by a dash, as one."""
    joined: list[_Date] = []
    for date in sorted(dates, key=lambda d: d.start):
        if joined:
            last = joined[-1]
            link = [t.text.casefold() for t in tree.tokens[last.end : date.start]]
            lead = tree.tokens[last.start - 1].text.casefold() if last.start else ""
            ranged = (
                (lead == "between" and link == ["and"])
                or (lead == "from" and link in (["to"], ["until"], ["through"]))
                or link in (["-"], ["–"])
            )
            if ranged and "/" not in last.value:
                value = f"{last.value}/{date.value.rpartition('/')[2]}"
                joined[-1] = _Date(last.start, date.end, value)
                continue
        joined.append(date)
    return joined


def _find_relative_dates(tree: Tree, own: str | None) -> list[_Date]:
    """For "last year", "this month" and the like, against the article's own date."""
    if own is None or not _YEAR.match(own[:4]):
        return []
    year, month = int(own[:4]), int(own[5:7]) if len(own) >= 7 else None
    found: list[_Date] = []
    for i in range(len(tree.tokens) - 1):
        step = _STEPS.get(tree.tokens[i].text.casefold())
        unit = tree.tokens[i + 1].text.casefold()
        if step is None:
            continue
        if unit == "year":
            found.append(_Date(i, i + 2, str(year + step)))
        elif unit == "month" and month is not None:
            count = year * 12 + month - 1 + step
            found.append(_Date(i, i + 2, f"{count // 12}-{count % 12 + 1:02d}"))
    return found


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
    if _YEAR.match(words[0]) and not _counts_things(tree, i):
        return _Date(i, i + 1, words[0])
    if _DECADE.match(words[0]):
        return _Date(i, i + 1, f"{words[0][:3]}0/{words[0][:3]}9")
    return None


def _counts_things(tree: Tree, i: int) -> bool:
    """Whether a number says how many ("1990 soldiers"), not of which year ("the 1990 war")."""
    head = tree.head(i)
    counted = head is not None and "Number=Plur" in tree.tokens[head].features
    return tree.role(i) == "nummod" and counted


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
    """Whether the date stands in the clause of the trigger, or opens the clauses it shares."""
    anchors = {
        head
        for k in range(date.start, date.end)
        if (head := tree.head(k)) is not None and not date.start <= head < date.end
    }
    if trigger in anchors:
        return True
    clause = _find_clause(tree, trigger)
    dated = {_find_clause(tree, anchor) for anchor in anchors}
    if clause in dated:
        return True
    shared = find_first_conjunct(tree, clause)
    return shared in dated and shared != clause and date.end <= shared


def _find_clause(tree: Tree, i: int) -> int:
    """The head of the clause that a token stands in."""
    for above in (i, *walk_up(tree, i)):
        if tree.role(above) in CLAUSES and (
            tree.pos(above) in {"VERB", "AUX"} or tree.under(above, "cop", "nsubj")
        ):
            return above
        if tree.role(above) == "appos" or (
            tree.role(above) == "conj" and tree.pos(above) == "VERB"
        ):
            return above
        i = above
    return i
