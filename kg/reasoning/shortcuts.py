"""Forms of rule for which there is a shorter way than to join all with all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from kg.reasoning.facts import Facts
from kg.reasoning.joining import Matches, Rows, link_halves, match_plan
from kg.reasoning.plans import Halves, Plan, find_halves, is_symmetric, is_transitive
from kg.reasoning.tables import Table, make_keys


class Shortcuts:
    """The plans of such a form: those that make values the same, and those that are transitive."""

    def __init__(self, facts: Facts, plans: Sequence[Plan], same: int) -> None:
        self._facts = facts
        self._plans = plans
        self._same = same
        self._halves: dict[int, Halves] = {}
        self._steps: dict[int, Table] = {}
        self._turns: dict[int, set[int]] = {}

    def note(self, number: int) -> None:
        """See of what form a plan is."""
        plan = self._plans[number]
        halves = find_halves(plan) if plan.head and plan.head.table == self._same else None
        if halves is not None:
            self._halves[number] = halves
        elif is_transitive(plan):
            self._steps[number] = Table()
        elif is_symmetric(plan):
            self._turns.setdefault(plan.body[0].table, set()).add(number)

    def starts(self, number: int) -> list[int]:
        """The places of a plan's body from which new facts must be joined."""
        halves = self._halves.get(number)
        places = range(len(self._plans[number].body))
        return [place for place in places if halves is None or place not in halves.other]

    def is_transitive(self, number: int) -> bool:
        """Whether a plan is matched step by step, beginning with place 0."""
        return number in self._steps

    def reset(self) -> None:
        """Forget what is known of steps: the tables have been written anew."""
        self._steps = {number: Table() for number in self._steps}

    def match(
        self, number: int, place: int, news: Rows, tables: Mapping[int, Table]
    ) -> Iterator[Matches]:
        """Ways in which a body holds with a new fact at a place, enough for all its heads."""
        plan = self._plans[number]
        if number in self._halves:
            yield from link_halves(plan, self._halves[number], place, news, tables)
        elif number in self._steps:
            yield from self._match_steps(number, place, news, tables)
        else:
            yield from match_plan(plan, place, news, tables)

    def _match_steps(
        self, number: int, place: int, news: Rows, tables: Mapping[int, Table]
    ) -> Iterator[Matches]:
        """A transitive relation goes on by single steps only: what itself made is no step.

        So each path is found once, from its start, and not once for each place to cut it.
        """
        plan, steps = self._plans[number], self._steps[number]
        table = plan.body[0].table
        if place == 0:
            if not steps.size:
                steps.add(*self._keep_steps(number, tables[table].rows()))
            yield from match_plan(plan, 0, news, {table: steps})
        else:
            fresh = self._keep_steps(number, news)
            known = ~steps.find(make_keys(fresh[0], fresh[1]))[0]
            steps.add(fresh[0][known], fresh[1][known], fresh[2][known])
            yield from match_plan(plan, 1, fresh, tables)

    def _keep_steps(self, number: int, rows: Rows) -> Rows:
        plans = self._facts.plan.view()
        made = plans[rows[2]]
        step = made != number
        turns = self._turns.get(self._plans[number].body[0].table)
        if turns:
            # Nor is such a path said the other way round: its steps were turned one by one.
            turned = np.isin(made, np.array(sorted(turns), dtype=np.int32))
            firsts = self._facts.start.view()[rows[2][turned]]
            step[turned] = plans[self._facts.premises.view()[firsts]] != number
        return rows[0][step], rows[1][step], rows[2][step]
