"""Cooperation and conflict of two actors over the years, drawn as bars by the server."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

COOPERATION = ("MaterialCooperation", "Cooperation", "VerbalCooperation")
CONFLICT = ("MaterialConflict", "Conflict", "VerbalConflict")
"""The quad classes, from the line outwards."""

_LEFT, _RIGHT, _TITLE, _BETWEEN, _FOOT = 40.0, 14.0, 24.0, 16.0, 24.0
_HIGH = 132.0
_STEP, _WIDE = 52.0, 28.0
_NARROWEST, _WIDEST = 320.0, 860.0
_BINS = (1, 5, 10, 25, 50, 100, 500)
_MOST_BINS = 24
_LABEL = 38.0
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10_000)


@dataclass(frozen=True, slots=True)
class Act:
    """An affirmed and asserted claim as far as it is drawn.

    `way` is 0 for what the first does toward the second, 1 for the other way round, 2 for what both
    do alike; `year` is None where neither the claim nor its article has a date.
    """

    year: int | None
    way: int
    quad: str


@dataclass(frozen=True, slots=True)
class Span:
    """The acts of some years by way: counts of cooperation and of conflict."""

    label: str
    counts: tuple[tuple[int, int], ...]

    @property
    def sums(self) -> tuple[int, int]:
        """Cooperation and conflict of all ways together."""
        return sum(each[0] for each in self.counts), sum(each[1] for each in self.counts)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart, in its units; `kind` is the name of the quad class in small letters."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The bars of one way above and below its line, and the values of its scale."""

    way: int
    title: str
    top: float
    line: float
    bars: tuple[Bar, ...]
    scale: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Panels under each other over one scale, with the years under them."""

    width: float
    height: float
    left: float
    panels: tuple[Panel, ...]
    ticks: tuple[tuple[float, str], ...]


def read_year(*dates: str | None) -> int | None:
    """The year of the first date that has one."""
    for date in dates:
        found = re.match(r"\d{4}", date or "")
        if found:
            return int(found[0])
    return None


# ----------------------------------------------------------------------------------- in years


def bin_years(acts: Iterable[Act]) -> tuple[int, list[int | None]]:
    """How many years a column has, so that there are not too many, and where each begins.

    Years without acts are kept between those with some; what has no year comes last.
    """
    years = sorted({act.year for act in acts if act.year is not None})
    undated: list[int | None] = [None] if any(act.year is None for act in acts) else []
    if not years:
        return 1, undated
    size = next((each for each in _BINS if (years[-1] - years[0]) // each < _MOST_BINS), _BINS[-1])
    first = years[0] - years[0] % size
    return size, [*range(first, years[-1] + 1, size), *undated]


def order_spans(acts: Sequence[Act]) -> list[Span]:
    """The acts by column of years, for the table beside the chart."""
    size, columns = bin_years(acts)
    found = _count(acts, size)
    spans = []
    for start in columns:
        counts = tuple(
            (
                sum(found[start, way, quad] for quad in COOPERATION),
                sum(found[start, way, quad] for quad in CONFLICT),
            )
            for way in range(3)
        )
        if any(map(any, counts)):
            spans.append(Span(_word_column(start, size), counts))
    return spans


def _count(acts: Iterable[Act], size: int) -> Counter[tuple[int | None, int, str]]:
    return Counter(
        (None if act.year is None else act.year - act.year % size, act.way, act.quad)
        for act in acts
    )


def _word_column(start: int | None, size: int) -> str:
    if start is None:
        return "no date"
    if size == 10:
        return f"{start}s"
    return str(start) if size == 1 else f"{start}–{str(start + size - 1)[-2:]}"


# ------------------------------------------------------------------------------------ as bars


def draw_chart(acts: Sequence[Act], titles: Sequence[str]) -> Chart | None:
    """Bars for each way and column, cooperation above the line and conflict below; None without.

    All panels have one scale, so that their bars can be compared.
    """
    size, columns = bin_years(acts)
    found = _count(acts, size)
    ways = sorted({way for _, way, _ in found})
    if not ways:
        return None
    highs = {
        way: tuple(
            max(sum(found[start, way, quad] for quad in side) for start in columns)
            for side in (COOPERATION, CONFLICT)
        )
        for way in ways
    }
    unit = _HIGH / max(sum(high) for high in highs.values())
    step = min(_STEP, (_WIDEST - _LEFT - _RIGHT) / len(columns))
    width = max(_NARROWEST, _LEFT + _RIGHT + step * len(columns))
    panels: list[Panel] = []
    top = 0.0
    for way in ways:
        line = top + _TITLE + highs[way][0] * unit
        bars = [
            bar
            for place, start in enumerate(columns)
            for bar in _stack(
                {quad: found[start, way, quad] for quad in COOPERATION + CONFLICT},
                _LEFT + place * step, step, line, unit, _word_column(start, size),
            )
        ]  # fmt: skip
        panels.append(
            Panel(way, titles[way], top, line, tuple(bars), _scale(highs[way], line, unit))
        )
        top = line + highs[way][1] * unit + _BETWEEN
    room = _LABEL if size in (1, 10) else 1.5 * _LABEL
    every = max(1, -(-int(room) // max(1, int(step))))
    ticks = [
        (round(_LEFT + (place + 0.5) * step, 2), _word_column(start, size))
        for place, start in enumerate(columns)
        if place % every == 0 or start is None
    ]
    if len(ticks) > 1 and ticks[-1][0] - ticks[-2][0] < room:
        del ticks[-2]
    return Chart(round(width, 2), round(top + _FOOT, 2), _LEFT, tuple(panels), tuple(ticks))


def _stack(
    counts: dict[str, int], x: float, step: float, line: float, unit: float, when: str
) -> Iterable[Bar]:
    wide = min(_WIDE, step * 0.68)
    for side, up in ((COOPERATION, True), (CONFLICT, False)):
        edge = line
        for quad in side:
            height = counts[quad] * unit
            if not height:
                continue
            y = edge - height if up else edge
            edge = y if up else edge + height
            kind = word_quad(quad)
            title = f"{when}: {counts[quad]} of {kind.replace('-', ' ')}"
            left = x + (step - wide) / 2
            yield Bar(round(left, 2), round(y, 2), round(wide, 2), round(height, 2), kind, title)


def _scale(high: tuple[int, ...], line: float, unit: float) -> tuple[tuple[float, int], ...]:
    """Whole numbers at which a panel has a line, not closer than can be read."""
    step = next((each for each in _STEPS if each * unit >= 18), _STEPS[-1])
    ups = range(0, high[0] + 1, step)
    downs = range(step, high[1] + 1, step)
    marks = [(line - value * unit, value) for value in ups]
    marks += [(line + value * unit, value) for value in downs]
    return tuple((round(y, 2), value) for y, value in marks)


def word_quad(quad: str) -> str:
    """The name of a quad class in small letters."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", quad).lower()
