"""What has a date about a thing, drawn by the server: spells as bars, moments as dots by year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_WIDTH, _LEFT, _RIGHT = 960.0, 16.0, 16.0
_LANE, _DOT, _HEAD, _FOOT = 24.0, 5.0, 10.0, 26.0
_CHARACTER = 6.6
_MOST_LANES = 18
_MOST_STACKED = 12
_LEAST_BAR = 6.0
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)
_TICK = 64.0
_SHORTEST = 4.0
_DATE = re.compile(r"(\d{3}[\dX])(?:-(\d{2}))?(?:-(\d{2}))?")
_SEASONS = {21: 3, 22: 6, 23: 9, 24: 12}


@dataclass(frozen=True, slots=True)
class Dated:
    """Something with a time: what it is in words and where the list has it; `kind` is its look."""

    label: str
    since: str | None
    until: str | None
    href: str
    kind: str
    spell: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A spell in its lane; `open` where it has no end, and `x`, `width` in units of the drawing."""

    x: float
    y: float
    width: float
    label_x: float
    label: str
    title: str
    href: str
    kind: str
    open: bool


@dataclass(frozen=True, slots=True)
class Dot:
    """A moment, stacked over others of about the same time."""

    x: float
    y: float
    title: str
    href: str
    kind: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing: `left_out` counts the spells that found no lane."""

    width: float
    height: float
    axis: float
    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, str], ...]
    left_out: int


def read_date(text: str | None, *, last: bool = False) -> float | None:
    """A date as years and a part of one: the first day that it can mean, or the last."""
    found = _DATE.match(text or "")
    if found is None:
        return None
    year = int(found[1].replace("X", "9" if last else "0"))
    month = int(found[2]) if found[2] else (12 if last else 1)
    month = _SEASONS.get(month, month)
    day = int(found[3]) if found[3] else (28 if last else 1)
    return year + (min(max(month, 1), 12) - 1) / 12 + (min(max(day, 1), 31) - 1) / 372


def draw_timeline(dated: Sequence[Dated]) -> Timeline | None:
    """The drawing of what has a date that can be read; None where nothing has."""
    spells, moments = _read_times(dated)
    ends = [end for _, end, _ in spells if end is not None]
    starts = [start for start, _, _ in spells] + [when for when, _ in moments]
    if not starts:
        return None
    first, last = min(starts), max([*starts, *ends])
    if len(ends) < len(spells):
        # What has not ended is drawn to the edge, a little beyond all that has a date.
        last += max(1.0, (last - first) * 0.06)
    if last - first < _SHORTEST:
        first, last = first - _SHORTEST / 2, last + _SHORTEST / 2
    room = _WIDTH - _LEFT - _RIGHT
    step = next((s for s in _STEPS if (last - first) / s * _TICK <= room), _STEPS[-1])
    low = first // step * step
    high = max(-(-last // step) * step, low + step)
    # A few years with nothing but moments in them need no more room than their numbers.
    width = _WIDTH if spells else min(_WIDTH, _LEFT + _RIGHT + _TICK * (high - low) / step)
    scale = _Scale(low, (width - _LEFT - _RIGHT) / (high - low), high)
    bars, lanes, left_out = _lay_bars(spells, scale)
    dots, stacked = _stack_dots(moments, scale)
    axis = round(_HEAD + lanes * _LANE + (stacked * 2 * (_DOT + 1) + 8 if stacked else 0), 2)
    return Timeline(
        round(width, 2),
        axis + _FOOT,
        axis,
        tuple(bars),
        tuple(replace(dot, y=round(axis - dot.y, 2)) for dot in dots),
        tuple(
            (scale.place(low + number * step), f"{low + number * step:.0f}")
            for number in range(int((high - low) / step) + 1)
        ),
        left_out,
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    unit: float
    high: float

    def place(self, when: float) -> float:
        return round(_LEFT + (when - self.low) * self.unit, 2)


_Spell = tuple[float, float | None, Dated]


def _read_times(dated: Sequence[Dated]) -> tuple[list[_Spell], list[tuple[float, Dated]]]:
    """Spells with their beginnings and ends, and moments, each in order."""
    spells: list[_Spell] = []
    moments: list[tuple[float, Dated]] = []
    for each in dated:
        start = read_date(each.since or each.until)
        end = read_date(each.until, last=True)
        if start is None:
            continue
        if each.spell:
            spells.append((start, None if end is None else max(start, end), each))
        else:
            moments.append((start, each))
    spells.sort(key=lambda spell: (spell[0], spell[2].label, spell[2].href))
    moments.sort(key=lambda moment: (moment[0], moment[1].label, moment[1].href))
    return spells, moments


def _lay_bars(spells: Sequence[_Spell], scale: _Scale) -> tuple[list[Bar], int, int]:
    """Each spell in the first lane in which neither it nor its name runs into another."""
    free: list[float] = []
    bars, left_out = [], 0
    for start, end, each in spells:
        x = scale.place(start)
        right = scale.place(scale.high if end is None else end)
        width = max(_LEAST_BAR, right - x)
        needed = len(each.label) * _CHARACTER + 12
        # The name stands in the bar where it fits, else behind it, else before it.
        inside = needed <= width
        before = not inside and x + width + needed > _WIDTH and x - needed > 0
        label_x = x + 6 if inside else (x - needed + 6 if before else x + width + 5)
        begin = x - needed if before else x
        stop = x + width + (0 if inside or before else needed)
        lane = next((n for n, place in enumerate(free) if place + 8 <= begin), len(free))
        if lane == _MOST_LANES:
            left_out += 1
            continue
        if lane == len(free):
            free.append(0.0)
        free[lane] = stop
        when = f"{each.since or '…'} to {each.until or 'now'}"
        bars.append(
            Bar(
                x, _HEAD + lane * _LANE, round(width, 2), round(label_x, 2), each.label,
                f"{each.label}, {when}", each.href, each.kind, end is None,
            )
        )  # fmt: skip
    return bars, len(free), left_out


def _stack_dots(moments: Sequence[tuple[float, Dated]], scale: _Scale) -> tuple[list[Dot], int]:
    """Dots over one another where they would touch; `y` is how far above the axis.

    Where more come together than can be stacked, the last stands for them all.
    """
    columns: dict[int, int] = {}
    wide = 2 * (_DOT + 1)
    dots = []
    for when, each in moments:
        column = int(scale.place(when) // wide)
        level = columns.get(column, 0)
        columns[column] = level + 1
        if level < _MOST_STACKED:
            title = f"{each.since or each.until}: {each.label}"
            y = 8 + _DOT + level * wide
            dots.append(Dot(column * wide + _DOT + 1, y, title, each.href, each.kind))
    return dots, min(max(columns.values(), default=0), _MOST_STACKED)
