"""The views of a result: table, graph, timeline, map, each where the rows have what it takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

from kg.server.pages.naming import Cell
from kg.server.pages.places import Places, fetch_places, fetch_states, name_codes
from kg.server.pages.questions import Result, ResultRow
from kg.server.pages.result_network import Network, draw_network
from kg.server.pages.timeline import Timeline, draw_timeline
from kg.server.pages.wording import (
    Chip,
    Ends,
    find_dates,
    find_ends,
    is_date,
    list_chips,
    list_held_columns,
    tell_row,
    word_column,
    word_period,
)
from kg.server.statistics import Ask

VIEWS = ("table", "graph", "timeline", "map")
_CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Choice:
    """A view that a result has, and where it is."""

    name: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A result in the view that was chosen, with the views that there are."""

    result: Result
    view: str
    choices: tuple[Choice, ...]
    network: Network | None
    timeline: Timeline | None
    places: Places | None
    ends: Ends | None
    dates: tuple[str | None, str | None]
    plain: bool
    """Whether the columns are shown as they were asked for."""

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """The columns of the table with their headings; some stand for several of the result."""
        if self.plain:
            return tuple((name, name) for name in self.result.columns)
        held = list_held_columns(self.result)
        merged = dict.fromkeys(held, "how held")
        if all(self.dates):
            merged |= {name: "when" for name in self.dates if name}
        headings: dict[str, str] = {}
        for name in self.result.columns:
            headings.setdefault(merged.get(name, name), merged.get(name, word_column(name)))
        # How a row is held is told beside the words that it is held in.
        if "how held" in headings:
            headings["how held"] = headings.pop("how held")
        return tuple(headings.items())

    def pick(self, row: ResultRow, column: str) -> Cell | None:
        """What stands in a column of the table that is one of the result."""
        return self.result.pick(row, column)

    def list_chips(self, row: ResultRow) -> tuple[Chip, ...]:
        """How a row is held; nothing where the columns are shown as they are."""
        return () if self.plain else list_chips(self.result, row)

    def tell(self, row: ResultRow) -> tuple[tuple[str, Cell], ...]:
        """What a row says, in a line: its cells with the names of their columns."""
        apart = {"article", "source", *filter(None, self.dates), *list_held_columns(self.result)}
        return tell_row(self.result, row, self.ends, apart)

    def tells_relation(self, row: ResultRow) -> bool:
        """Whether what a row says is a thing, a relation and a thing."""
        ends = self.ends
        return (
            ends is not None
            and ends.relation is not None
            and None
            not in [self.pick(row, name) for name in (ends.first, ends.relation, ends.second)]
        )

    def is_date(self, cell: Cell | None) -> bool:
        """Whether a cell is to be kept in one line, as a date is."""
        return cell is not None and cell.thing is None and is_date(cell)

    def word_when(self, row: ResultRow) -> str:
        """From when to when a row is dated."""
        start, end = (self.result.pick(row, name) if name else None for name in self.dates)
        return word_period(start.text if start else None, end.text if end else None)


def read_view(given: Mapping[str, str]) -> str:
    """The view that an address asks for; 400 for one that there never is."""
    view = given.get("view") or VIEWS[0]
    if view not in VIEWS:
        raise HTTPException(400, f"view is one of {', '.join(VIEWS)}")
    return view


async def show_views(
    result: Result, view: str, given: Mapping[str, str], ask: Ask, base: str, *, plain: bool
) -> Shown:
    """A result in a view, or as a table where it lacks what the view takes.

    `given` are the parameters that the address of every view has.
    """
    if not plain and not any(cell and cell.thing for row in result.rows for cell in row.cells):
        # Codes that stand beside things are theirs; by themselves they stand for states.
        codes = {
            cell.text
            for row in result.rows
            for cell in row.cells
            if cell is not None and cell.thing is None and _CODE.fullmatch(cell.text)
        }
        result = name_codes(result, await fetch_states(codes, ask, base))
    network, timeline = draw_network(result), draw_timeline(result)
    places = await fetch_places(result, ask, base)
    there = {"table": True, "graph": network, "timeline": timeline, "map": places}
    chosen = view if there[view] else VIEWS[0]
    choices = tuple(
        Choice(name, "?" + urlencode({**given, "view": name}), name == chosen)
        for name in VIEWS
        if there[name]
    )
    ends, dates = find_ends(result), find_dates(result)
    return Shown(result, chosen, choices, network, timeline, places, ends, dates, plain)
