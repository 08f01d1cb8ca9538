"""Rules with the schema filled in: what the engines run.

A plan speaks of tables only: of each relation the pairs it holds between, of each class its
members. A table has a number: that of the relation, or for a class `~number`, which is negative.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

End = int | str


@dataclass(frozen=True, slots=True)
class Cell:
    """A condition or conclusion on one table: an end is a term's number or a variable's name.

    Of a class the `object` is always 0.
    """

    table: int
    subject: End
    object: End = 0

    @property
    def variables(self) -> frozenset[str]:
        """The variables at its ends."""
        return frozenset(end for end in (self.subject, self.object) if isinstance(end, str))


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule for given relations and classes; `axioms` are the facts that filled it in.

    `rule` is the rule's place in the rulebook. Without a head it tells a contradiction, without a
    body it states its head.
    """

    rule: int
    head: Cell | None
    body: tuple[Cell, ...]
    distinct: tuple[tuple[str, str], ...]
    axioms: tuple[int, ...]


def bind_cell(cell: Cell, subject: int, object_: int) -> dict[str, int] | None:
    """The values of a cell's variables under which it says a pair; None where it cannot."""
    bound: dict[str, int] = {}
    for end, value in ((cell.subject, subject), (cell.object, object_)):
        if isinstance(end, str):
            if bound.setdefault(end, value) != value:
                return None
        elif end != value:
            return None
    return bound


def order_body(plan: Plan, first: int) -> tuple[int, ...]:
    """The places of the body in the order of joining, from the place that has the new facts.

    Next comes always what has fewest ends unknown, and one known, so that a join grows little.
    """
    waiting = [place for place in range(len(plan.body)) if place != first]
    return (first, *order_places(plan, waiting, plan.body[first].variables))


def order_places(plan: Plan, places: Iterable[int], bound: frozenset[str]) -> tuple[int, ...]:
    """Places of the body in the order of joining, where some variables are bound already."""
    known = set(bound)
    order: list[int] = []
    waiting = list(places)
    while waiting:
        place = min(waiting, key=lambda each: _rank_cell(plan.body[each], known, each))
        waiting.remove(place)
        order.append(place)
        known |= plan.body[place].variables
    return tuple(order)


def _rank_cell(cell: Cell, known: set[str], place: int) -> tuple[int, bool, int]:
    unbound = cell.variables - known
    ends = 1 if cell.table < 0 else 2
    return len(unbound), len(unbound) == ends, place


@dataclass(frozen=True, slots=True)
class Halves:
    """The places of a body that says the same of two things, and of what they share.

    `key` are the variables that both halves have in common.
    """

    one: tuple[int, ...]
    other: tuple[int, ...]
    shared: tuple[int, ...]
    key: tuple[str, ...]


def find_halves(plan: Plan) -> Halves | None:
    """The halves of a plan such as that two values of a functional property are the same."""
    if plan.head is None or plan.distinct:
        return None
    one, other = plan.head.subject, plan.head.object
    if not isinstance(one, str) or not isinstance(other, str) or one == other:
        return None
    firsts = [place for place, cell in enumerate(plan.body) if one in cell.variables]
    others = [place for place, cell in enumerate(plan.body) if other in cell.variables]
    if not firsts or set(firsts) & set(others):
        return None
    swapped = [_swap(plan.body[place], one, other) for place in firsts]
    rest = [plan.body[place] for place in others]
    if sorted(map(repr, swapped)) != sorted(map(repr, rest)):
        return None
    shared = [place for place in range(len(plan.body)) if place not in (*firsts, *others)]
    halves = [plan.body[place].variables for place in (*firsts, *shared)]
    key = frozenset().union(*halves) - {one}
    if not key <= frozenset().union(*(cell.variables for cell in rest)):
        return None
    return Halves(tuple(firsts), tuple(others), tuple(shared), tuple(sorted(key)))


def _swap(cell: Cell, one: str, other: str) -> Cell:
    subject, object_ = (other if end == one else end for end in (cell.subject, cell.object))
    return Cell(cell.table, subject, object_)


def is_transitive(plan: Plan) -> bool:
    """Whether a plan says that one relation carries on from one thing to the next."""
    if plan.head is None or len(plan.body) != 2 or plan.distinct:
        return False
    first, second = plan.body
    ends = (first.subject, first.object, second.object)
    return (
        first.table == second.table == plan.head.table
        and all(isinstance(end, str) for end in ends)
        and len(set(ends)) == 3
        and first.object == second.subject
        and (plan.head.subject, plan.head.object) == (first.subject, second.object)
    )


def is_symmetric(plan: Plan) -> bool:
    """Whether a plan says that one relation holds both ways."""
    if plan.head is None or len(plan.body) != 1:
        return False
    (cell,) = plan.body
    return (
        cell.table == plan.head.table
        and cell.table >= 0
        and len(cell.variables) == 2
        and (plan.head.subject, plan.head.object) == (cell.object, cell.subject)
    )
