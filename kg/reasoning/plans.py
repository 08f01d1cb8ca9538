"""Rules with the schema filled in: what the engines run.

A plan speaks of tables only: of each relation the pairs it holds between, of each class its
members. A table has a number: that of the relation, or for a class `~number`, which is negative.
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Shape:
    """A plan without its numbers: plans of one shape are one statement for a database."""

    head: tuple[End, End, End] | None
    body: tuple[tuple[End, End, End], ...]
    distinct: tuple[tuple[str, str], ...]


def order_body(plan: Plan, first: int) -> tuple[int, ...]:
    """The places of the body in the order of joining, from the place that has the new facts.

    Next comes always what has most ends known already, so that a join grows as little as it can.
    """
    known = set(plan.body[first].variables)
    order = [first]
    waiting = [place for place in range(len(plan.body)) if place != first]
    while waiting:
        place = min(waiting, key=lambda each: (len(plan.body[each].variables - known), each))
        waiting.remove(place)
        order.append(place)
        known |= plan.body[place].variables
    return tuple(order)
