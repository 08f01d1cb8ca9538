"""Plans run on tables: from new facts to conclusions, whole columns at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from kg.reasoning.encoding import Ids
from kg.reasoning.plans import Cell, End, Plan, order_body
from kg.reasoning.tables import Table

# A join that would grow past this is run in halves, so that memory stays bounded.
_WIDEST = 2_000_000

Rows = tuple[Ids, Ids, Ids]


@dataclass(frozen=True, slots=True)
class Matches:
    """Ways in which a body holds: a column for each variable and for each place's fact."""

    columns: Mapping[str, Ids]
    facts: Mapping[int, Ids]
    size: int

    def take(self, rows: np.ndarray) -> Matches:  # type: ignore[type-arg]
        """Some of the rows, by number or by mask."""
        columns = {name: column[rows] for name, column in self.columns.items()}
        facts = {place: column[rows] for place, column in self.facts.items()}
        size = int(rows.sum()) if rows.dtype == np.bool_ else len(rows)
        return Matches(columns, facts, size)


def match_plan(
    plan: Plan, first: int, news: Rows, tables: Mapping[int, Table]
) -> Iterator[Matches]:
    """All ways in which a plan's body holds with a new fact at its place `first`, block by block."""
    start = _start(plan.body[first], first, news)
    if start.size:
        yield from _join(plan, order_body(plan, first)[1:], start, tables)


def match_body(
    plan: Plan, bound: Mapping[str, int], tables: Mapping[int, Table]
) -> Iterator[Matches]:
    """All ways in which a plan's body holds with some variables bound already."""
    columns = {name: np.array([value], dtype=np.int32) for name, value in bound.items()}
    known = set(bound)
    places: list[int] = []
    waiting = list(range(len(plan.body)))
    while waiting:
        place = min(waiting, key=lambda each: (len(plan.body[each].variables - known), each))
        waiting.remove(place)
        places.append(place)
        known |= plan.body[place].variables
    yield from _join(plan, tuple(places), Matches(columns, {}, 1), tables)


def read_end(end: End, matches: Matches) -> Ids:
    """The column of an end of the head."""
    if isinstance(end, str):
        return matches.columns[end]
    return np.full(matches.size, end, dtype=np.int32)


def _start(cell: Cell, place: int, news: Rows) -> Matches:
    subjects, objects, facts = news
    keep = None
    if not isinstance(cell.subject, str):
        keep = subjects == cell.subject
    if not isinstance(cell.object, str) and cell.table >= 0:
        fits = objects == cell.object
        keep = fits if keep is None else keep & fits
    if isinstance(cell.subject, str) and cell.subject == cell.object:
        keep = subjects == objects
    if keep is not None:
        subjects, objects, facts = subjects[keep], objects[keep], facts[keep]
    columns: dict[str, Ids] = {}
    if isinstance(cell.subject, str):
        columns[cell.subject] = subjects
    if isinstance(cell.object, str):
        columns[cell.object] = objects
    return Matches(columns, {place: facts}, len(facts))


def _join(
    plan: Plan, places: tuple[int, ...], matches: Matches, tables: Mapping[int, Table]
) -> Iterator[Matches]:
    if not matches.size:
        return
    if not places:
        yield _separate(plan, matches)
        return
    table = tables.get(plan.body[places[0]].table)
    if table is None:
        return
    if matches.size > 1 and _count(plan.body[places[0]], matches, table) > _WIDEST:
        middle = matches.size // 2
        rows = np.arange(matches.size)
        yield from _join(plan, places, matches.take(rows[:middle]), tables)
        yield from _join(plan, places, matches.take(rows[middle:]), tables)
        return
    joined = _join_cell(plan.body[places[0]], places[0], matches, table)
    yield from _join(plan, places[1:], joined, tables)


def _separate(plan: Plan, matches: Matches) -> Matches:
    for one, other in plan.distinct:
        matches = matches.take(matches.columns[one] != matches.columns[other])
    return matches


def _known(end: End, matches: Matches) -> Ids | None:
    if isinstance(end, str):
        return matches.columns.get(end)
    return np.full(matches.size, end, dtype=np.int32)


def _count(cell: Cell, matches: Matches, table: Table) -> int:
    subjects, objects = _known(cell.subject, matches), _known(cell.object, matches)
    if subjects is not None and objects is not None:
        return matches.size
    if subjects is not None:
        return table.count_objects(subjects)
    if objects is not None:
        return table.count_subjects(objects)
    return matches.size * table.size


def _join_cell(cell: Cell, place: int, matches: Matches, table: Table) -> Matches:
    subjects, objects = _known(cell.subject, matches), _known(cell.object, matches)
    if subjects is not None and objects is not None:
        hit, facts = table.find_pairs(subjects, objects)
        kept = matches.take(hit)
        return Matches(kept.columns, {**kept.facts, place: facts[hit]}, kept.size)
    if subjects is not None:
        rows, others, facts = table.objects_of(subjects)
        added = {str(cell.object): others}
    elif objects is not None:
        rows, others, facts = table.subjects_of(objects)
        added = {str(cell.subject): others}
    else:
        first, second, found = table.rows()
        rows = np.repeat(np.arange(matches.size), len(found))
        facts = np.tile(found, matches.size)
        added = {str(cell.subject): np.tile(first, matches.size)}
        if isinstance(cell.object, str):
            added[cell.object] = np.tile(second, matches.size)
    grown = matches.take(rows)
    joined = Matches({**grown.columns, **added}, {**grown.facts, place: facts}, len(rows))
    if isinstance(cell.subject, str) and cell.subject == cell.object:
        raise TypeError(f"?{cell.subject} at both ends must be matched first")
    return joined
