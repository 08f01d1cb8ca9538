"""One relation or class as sorted columns: a growing set of pairs, found by either end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.reasoning.encoding import Ids, Keys

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]

_LOW = np.int64(0xFFFFFFFF)
_EMPTY: Ids = np.empty(0, dtype=np.int32)


def make_keys(first: Ids, second: Ids) -> Keys:
    """A pair of numbers in one, ordered by the first, then the second."""
    keys: Keys = (first.astype(np.int64) << 32) | second
    return keys


def split_keys(keys: Keys) -> tuple[Ids, Ids]:
    """The pairs that `make_keys` has joined."""
    return (keys >> 32).astype(np.int32), (keys & _LOW).astype(np.int32)


@dataclass(frozen=True, slots=True)
class _Run:
    """Sorted keys with the number of the fact of each."""

    keys: Keys
    facts: Ids


class Table:
    """The pairs (subject, object) of one relation; of a class the object is always 0.

    Pairs lie in sorted runs, each at least twice as long as the next, so that adding costs the
    logarithm and finding a few binary searches (a log-structured merge tree).
    """

    def __init__(self) -> None:
        self._by_subject: list[_Run] = []
        self._by_object: list[_Run] | None = None
        self.size = 0

    def add(self, subjects: Ids, objects: Ids, facts: Ids) -> None:
        """Add pairs that are not there yet."""
        if not len(subjects):
            return
        self.size += len(subjects)
        _push(self._by_subject, _sort(make_keys(subjects, objects), facts))
        if self._by_object is not None:
            _push(self._by_object, _sort(make_keys(objects, subjects), facts))

    def rows(self) -> tuple[Ids, Ids, Ids]:
        """Every pair with its fact: subjects, objects, facts."""
        if not self._by_subject:
            return _EMPTY, _EMPTY, _EMPTY
        subjects, objects = split_keys(np.concatenate([run.keys for run in self._by_subject]))
        return subjects, objects, np.concatenate([run.facts for run in self._by_subject])

    def find(self, keys: Keys) -> tuple[Mask, Ids]:
        """Which of the pairs are here, and the fact of each (-1 where it is not)."""
        facts = np.full(len(keys), -1, dtype=np.int32)
        for run in self._by_subject:
            places = np.searchsorted(run.keys, keys)
            places[places == len(run.keys)] = 0
            hit = run.keys[places] == keys
            facts[hit] = run.facts[places[hit]]
        return facts >= 0, facts

    def find_pairs(self, subjects: Ids, objects: Ids) -> tuple[Mask, Ids]:
        """Which of the pairs are here, and the fact of each (-1 where it is not)."""
        return self.find(make_keys(subjects, objects))

    def count_objects(self, subjects: Ids) -> int:
        """How many pairs `objects_of` would give."""
        return _count(self._by_subject, subjects)

    def count_subjects(self, objects: Ids) -> int:
        """How many pairs `subjects_of` would give."""
        return _count(self._sort_by_object(), objects)

    def objects_of(self, subjects: Ids) -> tuple[Rows, Ids, Ids]:
        """For each subject its objects: row of the subject, object, fact."""
        return _expand(self._by_subject, subjects)

    def subjects_of(self, objects: Ids) -> tuple[Rows, Ids, Ids]:
        """For each object its subjects: row of the object, subject, fact."""
        return _expand(self._sort_by_object(), objects)

    def _sort_by_object(self) -> list[_Run]:
        """The second index: only a plan that asks from that end pays for it."""
        if self._by_object is None:
            subjects, objects, facts = self.rows()
            self._by_object = [_sort(make_keys(objects, subjects), facts)] if self.size else []
        return self._by_object


def _sort(keys: Keys, facts: Ids) -> _Run:
    order = np.argsort(keys, kind="stable")
    return _Run(keys[order], facts[order])


def _push(runs: list[_Run], run: _Run) -> None:
    while runs and len(runs[-1].keys) < 2 * len(run.keys):
        last = runs.pop()
        run = _sort(np.concatenate([last.keys, run.keys]), np.concatenate([last.facts, run.facts]))
    runs.append(run)


def _count(runs: list[_Run], ends: Ids) -> int:
    low = ends.astype(np.int64) << 32
    return sum(
        int(
            (
                np.searchsorted(run.keys, low | _LOW, side="right") - np.searchsorted(run.keys, low)
            ).sum()
        )
        for run in runs
    )


def _expand(runs: list[_Run], ends: Ids) -> tuple[Rows, Ids, Ids]:
    low = ends.astype(np.int64) << 32
    rows: list[Rows] = []
    others: list[Ids] = []
    facts: list[Ids] = []
    for run in runs:
        start = np.searchsorted(run.keys, low)
        counts = np.searchsorted(run.keys, low | _LOW, side="right") - start
        total = int(counts.sum())
        if not total:
            continue
        row = np.repeat(np.arange(len(ends)), counts)
        place = np.arange(total) + np.repeat(start - (np.cumsum(counts) - counts), counts)
        rows.append(row)
        others.append((run.keys[place] & _LOW).astype(np.int32))
        facts.append(run.facts[place])
    if not rows:
        return np.empty(0, dtype=np.int64), _EMPTY, _EMPTY
    if len(rows) == 1:
        return rows[0], others[0], facts[0]
    return np.concatenate(rows), np.concatenate(others), np.concatenate(facts)
