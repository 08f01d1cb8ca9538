"""The engine in memory: semi-naive rounds over sorted columns, every inference with its premises.

Each round joins the new facts of the last with all there are (Abiteboul, Hull and Vianu,
"Foundations of Databases", 13.1). What is first found in a round has no shorter proof.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kg.errors import ReasoningLimitError
from kg.reasoning.checks import Clash as Clash
from kg.reasoning.checks import check_all_different, check_datatypes, check_different, check_values
from kg.reasoning.encoding import DIFFERENT, SAME, TYPE, Ids, Keys, Terms
from kg.reasoning.equality import Equality
from kg.reasoning.facts import GIVEN, Facts
from kg.reasoning.joining import Matches, Rows, read_end
from kg.reasoning.plans import Cell, Plan
from kg.reasoning.rulebook import Rule
from kg.reasoning.schema import Schema
from kg.reasoning.shortcuts import Shortcuts
from kg.reasoning.tables import Table, make_keys, split_keys
from kg.reasoning.values import (
    group_equal_literals,
    is_in_datatype,
    is_known_datatype,
    rank_term,
)

MOST_FACTS = 20_000_000
# Rules times axioms: each plan is a record, so that there may be fewer of them than of facts.
MOST_PLANS = 500_000
# Ways in which a rule's body holds: most give what is known already, but each takes time.
MOST_MATCHES = 2_000_000_000
# Past so many plans, axioms that only repeat what others do for the data get none.
_MANY_PLANS = 5_000
# Conclusions that wait for the end of a round are freed of repetitions when they are so many.
_MOST_WAITING = 4_000_000
REWRITING = 0
"""The plan under which facts are told of the names of classes of equals."""
_MOST_CLASHES = 10_000


@dataclass(frozen=True, slots=True)
class _Block:
    plan: int
    keys: Keys
    premises: tuple[Ids, ...]


class Engine:
    """The state of a closure; `run` brings it to the end."""

    def __init__(self, terms: Terms, rules: Sequence[Rule], *, limit: int = MOST_FACTS) -> None:
        self.terms = terms
        self.rules = tuple(rules)
        self.facts = Facts()
        self.plans: list[Plan] = []
        self.tables: dict[int, Table] = {}
        self.equality = Equality(lambda term: rank_term(terms.decode(term)))
        self.schema = Schema(self.rules, terms, self.equality.find)
        self.clashes: list[Clash] = []
        self.clash_count = 0
        self._limit = limit
        self._type, self._same = terms.encode(TYPE), terms.encode(SAME)
        self._triggers: dict[int, list[tuple[int, int]]] = {}
        self._names: Ids | None = None
        self._blocks: dict[int, list[_Block]] = {}
        self._rewrite = self._add_rewriting()
        self._waiting: dict[int, list[Rows]] = {}
        self._typed: set[int] = set()
        self._renamed: list[Plan] = []
        self._started: set[tuple[object, ...]] = set()
        self._shortcuts = Shortcuts(self.facts, self.plans, self._same)
        self._by_rule: dict[str, list[int]] = {}
        self._mirrors: dict[int, Table] = {}
        self._sources = ChainMap(self._mirrors, self.tables)
        self._pending = 0
        self._match_count = 0

    def _add_rewriting(self) -> int:
        """The plan under which facts about equals are told of the name of their class."""
        rule = next((i for i, rule in enumerate(self.rules) if rule.name == "eq-rep-s"), -1)
        self.plans.append(Plan(rule, None, (Cell(self._same, "?x"),), (), ()))
        return 0

    def load(self, subjects: Ids, relations: Ids, objects: Ids) -> None:
        """Take given facts."""
        tables = np.where(relations == self._type, ~objects, relations)
        ends = np.where(relations == self._type, 0, objects).astype(np.int32)
        order = np.lexsort((ends, subjects, tables))
        tables, subjects, ends = tables[order], subjects[order], ends[order]
        cuts = np.flatnonzero(np.diff(tables)) + 1
        for start, end in zip([0, *cuts], [*cuts, len(tables)], strict=True):
            if start < end:
                self._take(int(tables[start]), make_keys(subjects[start:end], ends[start:end]))

    def _take(self, table: int, keys: Keys) -> None:
        if table == self._same:
            subjects, objects = split_keys(keys)
            self._add_facts(table, subjects, objects, GIVEN, ())
            return
        fresh = np.ones(len(keys), dtype=bool)
        fresh[1:] = keys[1:] != keys[:-1]
        known = self.tables.get(table)
        if known is not None:
            fresh &= ~known.find(keys)[0]
        subjects, objects = split_keys(keys[fresh])
        self._add_facts(table, subjects, objects, GIVEN, ())

    def _add_facts(
        self, table: int, subjects: Ids, objects: Ids, plan: int, premises: tuple[Ids, ...]
    ) -> None:
        if not len(subjects):
            return
        self._check_limit(len(subjects))
        numbers = self.facts.add(table, subjects, objects, plan, premises)
        if table != self._same:
            self.tables.setdefault(table, Table()).add(subjects, objects, numbers)
        self._waiting.setdefault(table, []).append((subjects, objects, numbers))
        if table < 0 and self._type in self._mirrors:
            kinds = np.full(len(subjects), ~table, dtype=np.int32)
            self._mirrors[self._type].add(subjects, kinds, numbers)
            self._waiting.setdefault(self._type, []).append((subjects, kinds, numbers))

    def _mirror_types(self) -> None:
        """Hold what is of which class as one relation too, for rules that ask so (`?x ?p ?y`)."""
        mirror = self._mirrors[self._type] = Table()
        for table in sorted(self.tables):
            if table < 0:
                subjects, _, facts = self.tables[table].rows()
                mirror.add(subjects, np.full(len(subjects), ~table, dtype=np.int32), facts)

    def forget_steps(self) -> None:
        """Let the shortcuts look at the tables anew: facts were taken out of them."""
        self._shortcuts.reset()

    def _check_limit(self, more: int) -> None:
        if len(self.facts) + more > self._limit:
            raise ReasoningLimitError(
                f"more than {self._limit:,} facts would follow: raise the limit or give less",
                limit=self._limit,
            )

    def run(self) -> None:
        """Add all that follows."""
        self._merge_literals()
        plans = list(self.schema.start())
        while self._waiting or plans:
            news = self._collect_news()
            plans += self._feed_schema(news)
            plans += self._renamed
            self._renamed = []
            for table, rows in news.items():
                for number, place in self._triggers.get(table, ()):
                    self._apply(number, place, rows)
            # Plans start from all there is, what is new among it.
            for plan in plans:
                self._start_plan(plan)
            plans = []
            self._commit()
        self._check()

    def _collect_news(self) -> dict[int, Rows]:
        """The facts of the last round by table, told of the names of their classes."""
        while self._same in self._waiting:
            self._merge_same()
        waiting, self._waiting = self._waiting, {}
        news: dict[int, Rows] = {}
        for table in sorted(waiting):
            parts = waiting[table]
            if self._names is not None:
                parts = [self._keep_named(part) for part in parts]
            subjects, objects, facts = (np.concatenate(each) for each in zip(*parts, strict=True))
            if len(facts) and self._name(table) == table:
                news[table] = (subjects, objects, facts)
        return news

    def _keep_named(self, rows: Rows) -> Rows:
        subjects, objects, facts = rows
        names = self._names
        if names is None:
            return rows
        keep = (names[subjects] == subjects) & (names[objects] == objects)
        return subjects[keep], objects[keep], facts[keep]

    def _feed_schema(self, news: dict[int, Rows]) -> list[Plan]:
        plans: list[Plan] = []
        facts: list[tuple[int, int, int, int]] = []
        for table in news:
            if table in self.schema.watched:
                columns = (each.tolist() for each in self._leave_implied(table, news[table]))
                facts += [(table, *row) for row in zip(*columns, strict=True)]
        for plan in self.schema.add(facts):
            plans.append(plan)
            if len(self.plans) + len(plans) > MOST_PLANS:
                raise ReasoningLimitError(
                    f"the axioms make more than {MOST_PLANS:,} rules of their own",
                    limit=MOST_PLANS,
                )
        plans += self.schema.add_tables(table for table in sorted(news) if table != self._type)
        return plans

    def _leave_implied(self, table: int, rows: Rows) -> Rows:
        """Where there are many axioms, only those which do not merely follow from others."""
        implying = self.schema.implying.get(table)
        if implying is None or len(self.plans) < _MANY_PLANS:
            return rows
        numbers = [number for name in implying for number in self._by_rule.get(name, ())]
        keep = ~np.isin(self.facts.plan.view()[rows[2]], np.array(numbers, dtype=np.int32))
        return rows[0][keep], rows[1][keep], rows[2][keep]

    def _start_plan(self, plan: Plan) -> None:
        owner = plan.rule if plan.head is None else -1
        made = (owner, plan.head, plan.body, plan.distinct)
        if made in self._started and plan.body:
            return
        self._started.add(made)
        number = len(self.plans)
        self.plans.append(plan)
        self._shortcuts.note(number)
        self._by_rule.setdefault(self.rules[plan.rule].name, []).append(number)
        starts = self._shortcuts.starts(number)
        for place, cell in enumerate(plan.body):
            if place in starts:
                self._triggers.setdefault(cell.table, []).append((number, place))
            if cell.table < 0:
                self._type_literals(~cell.table)
            if cell.table == self._type and self._type not in self._mirrors:
                self._mirror_types()
        if not plan.body:
            self._state(number, plan)
            return
        sizes = [
            self._sources[cell.table].size if cell.table in self._sources else 0
            for cell in plan.body
        ]
        if all(sizes):
            first = self._shortcuts.is_transitive(number)
            place = 0 if first else min(starts, key=lambda each: (sizes[each], each))
            self._apply(number, place, self._sources[plan.body[place].table].rows())

    def _state(self, number: int, plan: Plan) -> None:
        """Conclude the head of a plan that the schema alone fulfils."""
        if plan.head is None:
            self._add_clash(Clash(self.rules[plan.rule].name, number, plan.axioms))
            return
        ends = [plan.head.subject, plan.head.object]
        if all(isinstance(end, int) for end in ends):
            one, other = (np.array([end], dtype=np.int32) for end in ends)
            self._offer(plan.head.table, number, one, other, ())

    def _apply(self, number: int, place: int, news: Rows) -> None:
        plan = self.plans[number]
        head = plan.head
        for matches in self._shortcuts.match(number, place, news, self._sources):
            self._match_count += matches.size
            if self._match_count > MOST_MATCHES:
                raise ReasoningLimitError(
                    f"the rules hold in more than {MOST_MATCHES:,} ways", limit=MOST_MATCHES
                )
            if head is None:
                self._add_clashes(number, plan, matches)
                continue
            premises = tuple(matches.facts[each] for each in range(len(plan.body)))
            subjects, objects = read_end(head.subject, matches), read_end(head.object, matches)
            self._offer(head.table, number, subjects, objects, premises)

    def _offer(
        self, table: int, plan: int, subjects: Ids, objects: Ids, premises: tuple[Ids, ...]
    ) -> None:
        """Keep conclusions for the end of the round, without what is known already."""
        if self._names is not None:
            names = self._grow_names()
            subjects, objects = names[subjects], names[objects]
            table = self._name(table)
        if table == self._type:
            # That one is of a class, said by another relation that means so.
            for kind in np.unique(objects).tolist():
                rows = objects == kind
                columns = tuple(column[rows] for column in premises)
                nothing = np.zeros(int(rows.sum()), dtype=np.int32)
                self._offer(~kind, plan, subjects[rows], nothing, columns)
            return
        keys = make_keys(subjects, objects)
        if table == self._same:
            fresh = subjects != objects
        else:
            known = self.tables.get(table)
            fresh = ~known.find(keys)[0] if known is not None else None
        if fresh is not None and not fresh.all():
            keys = keys[fresh]
            premises = tuple(column[fresh] for column in premises)
        if len(keys):
            self._blocks.setdefault(table, []).append(_Block(plan, keys, premises))
            self._pending += len(keys)
            if self._pending > _MOST_WAITING:
                self._thin_all()

    def _thin_all(self) -> None:
        """Free what waits of repetitions; past the limit it need not wait for the end."""
        self._blocks = {table: _thin(blocks) for table, blocks in self._blocks.items()}
        waiting = sum(len(block.keys) for blocks in self._blocks.values() for block in blocks)
        self._check_limit(waiting)
        # The next thinning must be worth its sorting.
        self._pending = min(0, _MOST_WAITING - 2 * waiting)

    def _commit(self) -> None:
        blocks, self._blocks = self._blocks, {}
        self._pending = 0
        for table in sorted(blocks):
            for block in _thin(blocks[table]):
                subjects, objects = split_keys(block.keys)
                self._add_facts(table, subjects, objects, block.plan, block.premises)

    def _check(self) -> None:
        different = self.tables.get(self._name(self.terms.encode(DIFFERENT)))
        for clash in (
            *check_different(different),
            *check_all_different(self.schema.differing(), self.equality),
            *check_values(self.equality, self.terms),
            *check_datatypes(self.tables, self.terms),
        ):
            self._add_clash(clash)

    # Equality

    def _merge_literals(self) -> None:
        for first, *others in group_equal_literals(self.terms.since(0)):
            for other in others:
                self.equality.merge(first, other, -1)
        if self.equality:
            self._rename_all()

    def _merge_same(self) -> None:
        merged = False
        for subjects, objects, facts in self._waiting.pop(self._same, ()):
            for one, other, fact in zip(
                subjects.tolist(), objects.tolist(), facts.tolist(), strict=True
            ):
                merged |= self.equality.merge(one, other, fact)
        if merged:
            self._rename_all()

    def _name(self, table: int) -> int:
        return self.equality.find(table) if table >= 0 else ~self.equality.find(~table)

    def _grow_names(self) -> Ids:
        if self._names is None or len(self._names) < len(self.terms):
            self._names = self.equality.names(len(self.terms))
        return self._names

    def _rename_all(self) -> None:
        """Tell every fact of the names of the classes it speaks of; merged rows become one."""
        names = self._names = self.equality.names(len(self.terms))
        self.schema.rename_lists()
        self._shortcuts.reset()
        for table in sorted(self.tables):
            subjects, objects, facts = self.tables[table].rows()
            new_table = self._name(table)
            stay = (names[subjects] == subjects) & (names[objects] == objects)
            if new_table != table:
                stay[:] = False
            if stay.all():
                continue
            kept = Table()
            kept.add(subjects[stay], objects[stay], facts[stay])
            self.tables[table] = kept
            moved = ~stay
            self._offer(new_table, self._rewrite, subjects[moved], objects[moved], (facts[moved],))
        if self._type in self._mirrors:
            self._mirror_types()
        self._commit()
        self._rename_plans()

    def _rename_plans(self) -> None:
        """Plans that speak of what has another name now also run under that name."""
        for plan in list(self.plans):
            if not plan.body or plan.body[0].table == self._same:
                continue
            body = tuple(self._rename_cell(cell) for cell in plan.body)
            head = plan.head and self._rename_cell(plan.head)
            if body != plan.body and head not in body:
                self._renamed.append(replace(plan, head=head, body=body))

    def _rename_cell(self, cell: Cell) -> Cell:
        subject, object_ = (
            end if isinstance(end, str) else self.equality.find(end)
            for end in (cell.subject, cell.object)
        )
        return Cell(self._name(cell.table), subject, object_ if cell.table >= 0 else 0)

    def _type_literals(self, datatype: int) -> None:
        """Rule dt-type2, only for a datatype that some rule asks for."""
        name = self.terms.decode(datatype)
        if datatype in self._typed or not is_known_datatype(name):
            return
        self._typed.add(datatype)
        found = [
            number
            for number, term in self.terms.since(0)
            if term.startswith('"') and is_in_datatype(term, name)
        ]
        ids = np.array(found, dtype=np.int32)
        self._offer(~datatype, self._add_axiom("dt-type2"), ids, np.zeros_like(ids), ())

    def _add_axiom(self, rule: str) -> int:
        place = next((i for i, each in enumerate(self.rules) if each.name == rule), -1)
        self.plans.append(Plan(place, None, (), (), ()))
        return len(self.plans) - 1

    def _add_clash(self, clash: Clash) -> None:
        self.clash_count += 1
        if len(self.clashes) < _MOST_CLASHES:
            self.clashes.append(clash)

    def _add_clashes(self, number: int, plan: Plan, matches: Matches) -> None:
        columns = [matches.facts[place].tolist() for place in range(len(plan.body))]
        name = self.rules[plan.rule].name
        self.clash_count += matches.size
        room = max(0, _MOST_CLASHES - len(self.clashes))
        self.clashes += [Clash(name, number, tuple(row)) for row in zip(*columns, strict=True)][
            :room
        ]


def _thin(blocks: list[_Block]) -> list[_Block]:
    """The blocks without repetition: the first block that has a conclusion keeps it."""
    keys = np.concatenate([block.keys for block in blocks])
    _, firsts = np.unique(keys, return_index=True)
    firsts.sort()
    thinned, start = [], 0
    for block in blocks:
        end = start + len(block.keys)
        rows = firsts[np.searchsorted(firsts, start) : np.searchsorted(firsts, end)] - start
        if len(rows):
            premises = tuple(column[rows] for column in block.premises)
            thinned.append(_Block(block.plan, block.keys[rows], premises))
        start = end
    return thinned
