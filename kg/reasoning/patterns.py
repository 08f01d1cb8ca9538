"""Patterns looked up in a closure: blank nodes stand for anything, the same one for the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

from kg.errors import ReasoningLimitError
from kg.reasoning.encoding import TermTriple
from kg.reasoning.result import Closure

MOST_STEPS = 200_000


def match_patterns(closure: Closure, patterns: Sequence[TermTriple]) -> list[TermTriple] | None:
    """Triples of the closure that fit all the patterns together, in their order, None without such.

    Raises ReasoningLimitError where the search takes more than 200,000 steps.
    """
    binding: dict[str, str] = {}
    for group in _group_patterns(patterns):
        found = _Search(closure, [patterns[place] for place in group]).run()
        if found is None:
            return None
        binding |= found
    return [
        (binding.get(subject, subject), relation, binding.get(object_, object_))
        for subject, relation, object_ in patterns
    ]


def _read_variables(pattern: TermTriple) -> list[str]:
    ends = dict.fromkeys((pattern[0], pattern[2]))
    return [end for end in ends if end.startswith("_:")]


def _group_patterns(patterns: Sequence[TermTriple]) -> Iterator[list[int]]:
    """The patterns that share variables, in an order in which each finds most ends bound.

    What shares none is looked for apart, so that failing at one does not try all of the other.
    """
    users: dict[str, list[int]] = {}
    for place, pattern in enumerate(patterns):
        for variable in _read_variables(pattern):
            users.setdefault(variable, []).append(place)
    done: set[int] = set()
    # What has a known end is the better start.
    starts = sorted(range(len(patterns)), key=lambda each: len(_read_variables(patterns[each])))
    for start in starts:
        if start in done:
            continue
        bound: set[str] = set()
        group: list[int] = []
        waiting = [(0, start)]
        while waiting:
            _, place = heappop(waiting)
            if place in done:
                continue
            done.add(place)
            group.append(place)
            for variable in _read_variables(patterns[place]):
                if variable in bound:
                    continue
                bound.add(variable)
                for other in users[variable]:
                    unbound = sum(each not in bound for each in _read_variables(patterns[other]))
                    heappush(waiting, (unbound, other))
        yield group


class _Search:
    """Backtracking over patterns in a fixed order, without recursion."""

    def __init__(self, closure: Closure, patterns: Sequence[TermTriple]) -> None:
        self._closure = closure
        self._patterns = patterns
        self._binding: dict[str, str] = {}
        self._steps = 0

    def run(self) -> dict[str, str] | None:
        """A binding of all variables."""
        stack = [self._try(0)]
        while stack:
            if not next(stack[-1], False):
                stack.pop()
            elif len(stack) == len(self._patterns):
                return dict(self._binding)
            else:
                stack.append(self._try(len(stack)))
        return None

    def _try(self, place: int) -> Iterator[bool]:
        """Bind the variables of a pattern in one way after the other; let them go at the end."""
        pattern = self._patterns[place]
        fresh = [each for each in _read_variables(pattern) if each not in self._binding]
        subject, relation, object_ = pattern
        known = [
            self._binding.get(end) if end.startswith("_:") else end for end in (subject, object_)
        ]
        for one, other in self._closure.find_ends(known[0], relation, known[1]):
            self._count_step()
            if subject == object_ and not self._closure.are_same(one, other):
                continue
            for variable, value in ((subject, one), (object_, other)):
                if variable in fresh:
                    self._binding[variable] = value
            yield True
        for variable in fresh:
            self._binding.pop(variable, None)

    def _count_step(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise ReasoningLimitError(
                f"the search took more than {MOST_STEPS:,} steps", limit=MOST_STEPS
            )
