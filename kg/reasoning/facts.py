"""Facts with their derivations, in columns: what was given and what was inferred from what."""

from __future__ import annotations

import numpy as np

from kg.reasoning.encoding import Ids

GIVEN = -1
_START = 1024


class Column:
    """A growing column of numbers; `view` shows what is filled."""

    def __init__(self) -> None:
        self._data: Ids = np.empty(_START, dtype=np.int32)
        self.size = 0

    def extend(self, values: Ids) -> None:
        """Append values."""
        needed = self.size + len(values)
        if needed > len(self._data):
            grown = np.empty(max(needed, len(self._data) * 3 // 2), dtype=np.int32)
            grown[: self.size] = self._data[: self.size]
            self._data = grown
        self._data[self.size : needed] = values
        self.size = needed

    def view(self) -> Ids:
        """The filled part, without a copy."""
        return self._data[: self.size]


class Facts:
    """Every fact ever found, numbered in the order of finding; none is ever removed.

    `plan` is the plan that inferred it (GIVEN for what was given), `start` where the premises of
    that plan's body begin among `premises`.
    """

    def __init__(self) -> None:
        self.table, self.subject, self.object = Column(), Column(), Column()
        self.plan, self.start, self.premises = Column(), Column(), Column()

    def __len__(self) -> int:
        return self.table.size

    def add(
        self, table: int, subjects: Ids, objects: Ids, plan: int, premises: tuple[Ids, ...]
    ) -> Ids:
        """Add facts of one table by one plan; gives their numbers."""
        count = len(subjects)
        numbers = np.arange(len(self), len(self) + count, dtype=np.int32)
        start = self.premises.size
        self.table.extend(np.full(count, table, dtype=np.int32))
        self.subject.extend(subjects)
        self.object.extend(objects)
        self.plan.extend(np.full(count, plan, dtype=np.int32))
        width = len(premises)
        self.start.extend(
            np.arange(start, start + count * width, max(width, 1), dtype=np.int32)
            if width
            else np.full(count, start, dtype=np.int32)
        )
        if width:
            self.premises.extend(np.stack(premises, axis=1).ravel())
        return numbers

    def premises_of(self, fact: int, width: int) -> list[int]:
        """The facts that fulfilled the body of the plan that inferred a fact."""
        start = int(self.start.view()[fact])
        return [int(each) for each in self.premises.view()[start : start + width]]
