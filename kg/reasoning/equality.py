"""What is the same as what: a union-find whose every step can be explained.

Each class of equals has one name; the merges themselves are kept as a forest, in which the path
between two equals is the proof that they are (Nieuwenhuis and Oliveras, "Proof-producing
congruence closure", 2005).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from kg.reasoning.encoding import Ids


@dataclass(frozen=True, slots=True)
class Merge:
    """Two terms that are the same by a fact; -1 where their values as literals are equal."""

    one: int
    other: int
    fact: int


class Equality:
    """Classes of equal terms; `prefer` orders terms, the least names its class."""

    def __init__(self, prefer: Callable[[int], tuple[int, str]]) -> None:
        self._prefer = prefer
        self._parent: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}
        self._edges: dict[int, list[Merge]] = {}

    def __bool__(self) -> bool:
        return bool(self._members)

    def find(self, term: int) -> int:
        """The name of a term's class."""
        parent = self._parent
        root = term
        while (up := parent.get(root, root)) != root:
            root = up
        while (up := parent.get(term, term)) != root:
            parent[term] = root
            term = up
        return root

    def merge(self, one: int, other: int, fact: int) -> bool:
        """Take two terms to be the same; whether that is news."""
        name, lost = self.find(one), self.find(other)
        if name == lost:
            return False
        edge = Merge(one, other, fact)
        self._edges.setdefault(one, []).append(edge)
        self._edges.setdefault(other, []).append(edge)
        kept, gone = self._members.get(name) or [name], self._members.get(lost) or [lost]
        if self._prefer(lost) < self._prefer(name):
            name, lost = lost, name
        if len(kept) < len(gone):
            kept, gone = gone, kept
        kept.extend(gone)
        self._members.pop(lost, None)
        self._members[name] = kept
        self._parent[lost] = name
        return True

    def classes(self) -> Iterator[tuple[int, list[int]]]:
        """Each class of more than one term: its name and members."""
        for name in sorted(self._members):
            yield name, sorted(self._members[name])

    def equals(self, term: int) -> list[int]:
        """All that is the same as a term, itself among it."""
        return sorted(self._members.get(self.find(term), [term]))

    def names(self, size: int) -> Ids:
        """The name of each of the first `size` terms."""
        names = np.arange(size, dtype=np.int32)
        for name, members in self._members.items():
            names[members] = name
        return names

    def explain(self, one: int, other: int) -> list[Merge]:
        """The shortest run of merges that leads from one term to another; empty for a term itself.

        Raises KeyError where the two are not the same.
        """
        came: dict[int, Merge | None] = {one: None}
        waiting = deque([one])
        while waiting and other not in came:
            term = waiting.popleft()
            for edge in self._edges.get(term, ()):
                end = edge.other if edge.one == term else edge.one
                if end not in came:
                    came[end] = edge
                    waiting.append(end)
        path: list[Merge] = []
        term = other
        while (step := came[term]) is not None:
            path.append(step)
            term = step.one if step.other == term else step.other
        return path[::-1]
