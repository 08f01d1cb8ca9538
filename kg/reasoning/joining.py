"""Plans run on tables: from new facts to conclusions, whole columns at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.reasoning.encoding import Ids
from kg.reasoning.plans import Cell, End, Halves, Plan, order_body, order_places
from kg.reasoning.tables import Mask, Table

# A join that would grow past this is run in halves, so that memory stays bounded.
_WIDEST = 2_000_000

Rows = tuple[Ids, Ids, Ids]
Rows64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Matches:
    """Ways in which a body holds: a column for each variable and for each place's fact."""

    columns: Mapping[str, Ids]
    facts: Mapping[int, Ids]
    size: int

    def take(self, rows: Mask | NDArray[np.int64]) -> Matches:
        """Some of the rows, by number or by mask."""
        columns = {name: column[rows] for name, column in self.columns.items()}
        facts = {place: column[rows] for place, column in self.facts.items()}
        size = int(rows.sum()) if rows.dtype == np.bool_ else len(rows)
        return Matches(columns, facts, size)


def match_plan(
    plan: Plan, first: int, news: Rows, tables: Mapping[int, Table]
) -> Iterator[Matches]:
    """All ways in which a body holds with a new fact at its place `first`, block by block."""
    start = _start(plan.body[first], first, news)
    if start.size:
        yield from _join(plan, order_body(plan, first)[1:], start, tables)


def match_body(
    plan: Plan, bound: Mapping[str, int], tables: Mapping[int, Table]
) -> Iterator[Matches]:
    """All ways in which a plan's body holds with some variables bound already."""
    columns = {name: np.array([value], dtype=np.int32) for name, value in bound.items()}
    order = order_places(plan, range(len(plan.body)), frozenset(bound))
    yield from _join(plan, order, Matches(columns, {}, 1), tables)


def link_halves(
    plan: Plan, halves: Halves, first: int, news: Rows, tables: Mapping[int, Table]
) -> Iterator[Matches]:
    """Enough of a plan's matches to make one all that it says are the same.

    Of a body whose halves say the same of two things every new match of one half is paired with
    the oldest match of the other that shares its key, not with each: a million values of a
    functional property take a million pairs instead of a million million.
    """
    start = _start(plan.body[first], first, news)
    places = [place for place in (*halves.shared, *halves.one) if place != first]
    order = order_places(plan, places, plan.body[first].variables)
    found = _gather(_join(plan, order, start, tables))
    if found is None:
        return
    keys, numbers = _number_keys(found, halves.key)
    others = _gather(_find_others(plan, halves, keys, tables))
    if others is None:
        return
    _, rows = _number_keys(others, halves.key, keys)
    if len(halves.key) > 1:
        others, rows = others.take(rows >= 0), rows[rows >= 0]
    age = np.max([others.facts[place] for place in halves.other], axis=0)
    by_age = np.lexsort((age, rows))
    starts = np.searchsorted(rows[by_age], np.arange(len(keys[0]) if keys else 1))
    oldest = others.take(by_age[starts][numbers])
    name = plan.head.object if plan.head is not None else ""
    columns = {**found.columns, str(name): oldest.columns[str(name)]}
    yield Matches(columns, {**found.facts, **oldest.facts}, found.size)


def _find_others(
    plan: Plan, halves: Halves, keys: list[Ids], tables: Mapping[int, Table]
) -> Iterator[Matches]:
    """The matches of the other half, at least those with one of the keys."""
    if len(halves.key) > 1:
        # No single part of the key need be selective, so the half is matched whole.
        first = halves.other[0]
        table = tables.get(plan.body[first].table)
        if table is None:
            return
        start = _start(plan.body[first], first, table.rows())
        order = order_places(plan, halves.other[1:], plan.body[first].variables)
        yield from _join(plan, order, start, tables)
        return
    known = Matches(dict(zip(halves.key, keys, strict=True)), {}, len(keys[0]) if keys else 1)
    order = order_places(plan, halves.other, frozenset(halves.key))
    yield from _join(plan, order, known, tables)


def _gather(blocks: Iterator[Matches]) -> Matches | None:
    parts = [block for block in blocks if block.size]
    if not parts:
        return None
    columns = {name: np.concatenate([p.columns[name] for p in parts]) for name in parts[0].columns}
    facts = {place: np.concatenate([p.facts[place] for p in parts]) for place in parts[0].facts}
    return Matches(columns, facts, sum(part.size for part in parts))


def _number_keys(
    matches: Matches, names: Sequence[str], known: Sequence[Ids] = ()
) -> tuple[list[Ids], Rows64]:
    """The different keys among matches, or those `known`, and the place there of each row's.

    The place is -1 where a row's key is not among those known.
    """
    if not names:
        return [], np.zeros(matches.size, dtype=np.int64)
    numbers = np.zeros(matches.size + (len(known[0]) if known else 0), dtype=np.int64)
    for place, name in enumerate(names):
        column = matches.columns[name]
        if known:
            column = np.concatenate([known[place], column])
        _, ranks = np.unique(column, return_inverse=True)
        _, numbers = np.unique(numbers * (int(ranks.max()) + 1) + ranks, return_inverse=True)
    if known:
        size = len(known[0])
        places = np.full(int(numbers.max()) + 1, -1, dtype=np.int64)
        places[numbers[:size]] = np.arange(size)
        return list(known), places[numbers[size:]]
    _, firsts = np.unique(numbers, return_index=True)
    return [matches.columns[name][firsts] for name in names], numbers


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
