"""The dated rows of a result along a line of time, drawn on the server."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.server.pages.questions import Result, ResultRow
from kg.server.pages.wording import find_dates, tell_state, word_period

_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)
_MOST_TICKS = 8
_MONTHS, _DAYS = 12, 31
_LANE, _TOP, _BOTTOM = 14, 8, 26
_MOST_LANES = 16
_NEAR = 0.012
_SHORT = 0.004


@dataclass(frozen=True, slots=True)
class Event:
    """A dated row; `left` and `right` are where it lies on the line, in parts of a hundred."""

    row: ResultRow
    when: str
    year: str
    state: str
    left: float
    right: float
    top: int

    @property
    def lasts(self) -> bool:
        """Whether it is wide enough to be drawn as a bar."""
        return self.right - self.left > 100 * _SHORT


@dataclass(frozen=True, slots=True)
class Tick:
    """A year on the line."""

    left: float
    text: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The events in their order, by the year they began in; what has no date is only counted."""

    years: tuple[tuple[str, tuple[Event, ...]], ...]
    ticks: tuple[Tick, ...]
    height: int
    undated: int

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of all years."""
        return tuple(event for _, events in self.years for event in events)


def draw_timeline(result: Result) -> Timeline | None:
    """The timeline of a result; None where no row has a date."""
    start, end = find_dates(result)
    spans = []
    for row in result.rows:
        since = _read_text(result, row, start)
        until = _read_text(result, row, end)
        if since or until:
            spans.append((row, since, until))
    if not spans:
        return None
    # A date stands for the whole of its day, month or year.
    places = [
        (_begin(since or until or ""), _finish(until or since or "")) for _, since, until in spans
    ]
    ticks = _choose_ticks(places)
    low, high = ticks[0], ticks[-1]
    order = sorted(range(len(spans)), key=lambda each: (places[each], spans[each][0].number))
    lanes = _stack([_scale(places[each], low, high) for each in order])
    deepest = min(max(lanes), _MOST_LANES - 1)
    events = []
    for each, lane in zip(order, lanes, strict=True):
        row, since, until = spans[each]
        left, right = _scale(places[each], low, high)
        top = _TOP + _LANE * (deepest - lane % _MOST_LANES) + _LANE // 2
        year = _take_year(since or until or "")
        state = tell_state(result, row)
        events.append(Event(row, word_period(since, until), year, state, left, right, top))
    grouped = itertools.groupby(events, key=lambda event: event.year)
    return Timeline(
        tuple((year, tuple(found)) for year, found in grouped),
        tuple(Tick(_place(tick, low, high), str(tick)) for tick in ticks),
        _TOP + _LANE * (deepest + 1) + _BOTTOM,
        len(result.rows) - len(events),
    )


def _read_text(result: Result, row: ResultRow, name: str | None) -> str | None:
    cell = result.pick(row, name) if name else None
    return None if cell is None else cell.text


def _take_year(date: str) -> str:
    return date[:5] if date.startswith("-") else date[:4]


def _split(date: str) -> tuple[int, list[int]]:
    year = _take_year(date)
    return int(year), [int(part) for part in date[len(year) :].split("-")[1:]]


def _begin(date: str) -> float:
    """The year in which a date begins, with the part of it that has passed."""
    year, rest = _split(date)
    month, day = ([*rest, 1, 1])[:2] if rest else (1, 1)
    return year + (month - 1) / _MONTHS + (day - 1) / (_MONTHS * _DAYS)


def _finish(date: str) -> float:
    """The year at which a date is over, with the part of it that has passed."""
    _, rest = _split(date)
    return _begin(date) + (1.0, 1 / _MONTHS, 1 / (_MONTHS * _DAYS))[len(rest)]


def _choose_ticks(places: Iterable[tuple[float, float]]) -> list[int]:
    """Round years from before the first event to after the last."""
    edges = [edge for place in places for edge in place]
    low, high = int(min(edges) // 1), int(-(-max(edges) // 1))
    step = next((step for step in _STEPS if (high - low) / step <= _MOST_TICKS), _STEPS[-1])
    first = low // step * step
    last = max(-(-high // step) * step, first + step)
    return list(range(first, last + 1, step))


def _place(year: float, low: int, high: int) -> float:
    # A little room is left at both ends for what lies on them.
    return round(1.5 + 97 * (year - low) / (high - low), 3)


def _scale(place: tuple[float, float], low: int, high: int) -> tuple[float, float]:
    return _place(place[0], low, high), _place(place[1], low, high)


def _stack(spans: Sequence[tuple[float, float]]) -> list[int]:
    """A lane for each span, in the order of their beginnings, so that none lies on another."""
    ends: list[float] = []
    lanes = []
    for left, right in spans:
        free = next((lane for lane, end in enumerate(ends) if end < left), len(ends))
        if free == len(ends):
            ends.append(0.0)
        ends[free] = max(right, left + 100 * _NEAR)
        lanes.append(free)
    return lanes
