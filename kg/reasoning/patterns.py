"""Patterns looked up in a closure: blank nodes stand for anything, the same one for the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.errors import ReasoningLimitError
from kg.reasoning.encoding import TermTriple
from kg.reasoning.result import Closure

_MOST_STEPS = 1_000_000


def match_patterns(closure: Closure, patterns: Sequence[TermTriple]) -> list[TermTriple] | None:
    """Triples of the closure that fit all the patterns together, in their order, None without such.

    Raises ReasoningLimitError where the search takes more than a million steps.
    """
    search = _Search(closure, patterns)
    binding = search.extend({}, tuple(range(len(patterns))))
    if binding is None:
        return None
    return [
        (binding.get(subject, subject), relation, binding.get(object_, object_))
        for subject, relation, object_ in patterns
    ]


class _Search:
    def __init__(self, closure: Closure, patterns: Sequence[TermTriple]) -> None:
        self._closure = closure
        self._patterns = patterns
        self._steps = 0

    def extend(self, binding: Mapping[str, str], rest: tuple[int, ...]) -> Mapping[str, str] | None:
        """A binding of all variables of the remaining patterns, by backtracking."""
        if not rest:
            return binding
        place = min(rest, key=lambda each: self._rank(self._patterns[each], binding))
        later = tuple(each for each in rest if each != place)
        subject, relation, object_ = self._patterns[place]
        known = [binding.get(end) if end.startswith("_:") else end for end in (subject, object_)]
        for one, other in self._closure.find_ends(known[0], relation, known[1]):
            self._steps += 1
            if self._steps > _MOST_STEPS:
                raise ReasoningLimitError(
                    f"the search took more than {_MOST_STEPS:,} steps", limit=_MOST_STEPS
                )
            if subject == object_ and not self._closure.are_same(one, other):
                continue
            more = dict(binding)
            if subject.startswith("_:"):
                more[subject] = one
            if object_.startswith("_:"):
                more[object_] = other
            found = self.extend(more, later)
            if found is not None:
                return found
        return None

    def _rank(self, pattern: TermTriple, binding: Mapping[str, str]) -> int:
        ends = (pattern[0], pattern[2])
        return sum(end.startswith("_:") and end not in binding for end in ends)
