"""The engine on a database, for graphs past memory's comfort: the same rules, plan by plan as SQL.

A fact is a row (s, k, o): k is the table's number, of a class `~number` and o = 0. The facts of
each round lie in a table of their own; a view joins them. Equals are merged in memory, the rows
renamed by SQL. Proofs are found again in the finished closure: premises come from earlier rounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count

import numpy as np

from kg.errors import ReasoningLimitError
from kg.reasoning.checks import Clash, check_all_different, check_values
from kg.reasoning.databases import Database
from kg.reasoning.encoding import DIFFERENT, SAME, TYPE, Ids, Terms
from kg.reasoning.equality import Equality
from kg.reasoning.plans import Cell, Plan
from kg.reasoning.rulebook import Rule
from kg.reasoning.schema import Schema
from kg.reasoning.shapes import Shape, split_plan, write_select
from kg.reasoning.values import (
    group_equal_literals,
    is_in_datatype,
    is_known_datatype,
    rank_term,
)

MOST_ROUNDS = 10_000
_CLASHES_KEPT = 1_000

_RUNS = count(1)

Row = tuple[int, int, int]


class SqlEngine:
    """The state of a closure on a database; `run` brings it to the end."""

    def __init__(self, terms: Terms, rules: Sequence[Rule], database: Database) -> None:
        self.terms = terms
        self.rules = tuple(rules)
        self.equality = Equality(lambda term: rank_term(terms.decode(term)))
        self.schema = Schema(self.rules, terms, self.equality.find)
        self.plans: list[Plan] = []
        self.axioms: list[Row] = []
        self.clashes: list[Clash] = []
        self.clash_count = 0
        self.given = 0
        self.database = database
        self._type, self._same = terms.encode(TYPE), terms.encode(SAME)
        self._shapes: dict[Shape, tuple[int, Plan]] = {}
        self._started: set[tuple[object, ...]] = set()
        self._known_tables: set[int] = set()
        self._typed: set[int] = set()
        self._parts: list[str] = []
        self._stated: list[Row] = []
        self._renamed: list[Plan] = []
        self._parameters: dict[int, list[str]] = {}
        # Several closures may lie in one database.
        self._run, self._counter = next(_RUNS), 0
        self._mirror = False
        self._mapping: str | None = None

    # Facts

    def load(self, subjects: Ids, relations: Ids, objects: Ids) -> None:
        """Take given facts."""
        tables = np.where(relations == self._type, ~objects, relations).astype(np.int32)
        ends = np.where(relations == self._type, 0, objects).astype(np.int32)
        same = tables == self._same
        pairs = zip(subjects[same].tolist(), ends[same].tolist(), strict=True)
        self._merge(pairs)
        columns = {"s": subjects[~same], "k": tables[~same], "o": ends[~same]}
        given = self._name("given")
        self.database.load(given, columns)
        self._add_part(f"SELECT DISTINCT s, k, o FROM {given}")
        self.database.execute(f"DROP TABLE {given}")
        self.given = self._count(self._parts[-1])

    def _name(self, stem: str) -> str:
        self._counter += 1
        return f"{stem}_{self._run}_{self._counter}"

    def _add_part(self, select: str) -> str:
        """A table of facts from a query; it joins those before it."""
        name = self._name("facts")
        self.database.execute(f"CREATE TABLE {name} AS {select}")
        self._parts.append(name)
        return name

    def _count(self, table: str) -> int:
        return int(self.database.fetch(f"SELECT count(*) FROM {table}")[0][0])

    def _show_facts(self, news: str) -> None:
        """Bring the views of all facts and of the new ones up to date."""
        parts = " UNION ALL ".join(f"SELECT s, k, o FROM {part}" for part in self._parts)
        for view, rows in (("held", parts), ("news", f"SELECT s, k, o FROM {news}")):
            if self._mirror:
                kinds = f"SELECT s, {self._type} AS k, -k - 1 AS o FROM ({rows}) c WHERE k < 0"
                rows = f"{rows} UNION ALL {kinds}"
            self.database.execute(f"CREATE OR REPLACE TEMPORARY VIEW {view} AS {rows}")

    @property
    def facts(self) -> str:
        """All facts as a query of s, k, o; `rounds` numbers the tables in the order of finding."""
        return " UNION ALL ".join(f"SELECT s, k, o FROM {part}" for part in self._parts)

    @property
    def rounds(self) -> tuple[str, ...]:
        """The tables of facts, the oldest first."""
        return tuple(self._parts)

    # Rounds

    def run(self) -> None:
        """Add all that follows; ReasoningLimitError after ten thousand rounds."""
        for first, *others in group_equal_literals(self.terms.since(0)):
            for other in others:
                self.equality.merge(first, other, -1)
        news = self._rename(self._parts[-1]) if self.equality else self._parts[-1]
        plans = list(self.schema.start())
        for _ in range(MOST_ROUNDS):
            plans += self._feed_schema(news)
            plans += self._renamed
            self._renamed = []
            fresh = self._start_plans(plans)
            self._show_facts(news)
            selects = [
                write_select(shape, plan, f"shape_{number}", place, all_facts="held", news="news")
                for shape, (number, plan) in self._shapes.items()
                if shape.head is not None
                for place in range(len(shape.body))
            ]
            selects += [
                write_select(shape, plan, table, None, all_facts="held", news="news")
                for shape, (table, plan) in fresh.items()
                if shape.head is not None
            ]
            news, plans = self._conclude(selects), []
            if not self._count(news):
                break
        else:
            raise ReasoningLimitError("the rules go on for ever", limit=MOST_ROUNDS)
        self._check()

    def _feed_schema(self, news: str) -> list[Plan]:
        """The plans that new facts of the schema and new tables give."""
        watched = ", ".join(map(str, sorted(self.schema.watched)))
        rows = self.database.fetch(
            f"SELECT DISTINCT k, s, o FROM {news} WHERE k IN ({watched}) ORDER BY k, s, o"
        )
        facts = [(k, s, o, len(self.axioms) + place) for place, (k, s, o) in enumerate(rows)]
        self.axioms += [(s, k, o) for k, s, o in rows]
        plans = list(self.schema.add(facts))
        tables = [k for (k,) in self.database.fetch(f"SELECT DISTINCT k FROM {news} ORDER BY k")]
        plans += self.schema.add_tables(table for table in tables if table != self._type)
        return plans

    def _start_plans(self, plans: Iterable[Plan]) -> dict[Shape, tuple[str, Plan]]:
        """Add plans to the tables of their shapes; gives for each shape a table of the new ones."""
        rows: dict[Shape, list[tuple[int, ...]]] = {}
        for plan in plans:
            made = (plan.rule if plan.head is None else -1, plan.head, plan.body, plan.distinct)
            if made in self._started:
                continue
            self._started.add(made)
            self.plans.append(plan)
            for cell in plan.body:
                if cell.table < 0:
                    self._type_literals(~cell.table)
                self._mirror |= cell.table == self._type
            if plan.body:
                shape, numbers = split_plan(plan)
                rows.setdefault(shape, []).append(numbers)
                self._shapes.setdefault(shape, (len(self._shapes), plan))
            else:
                self._state(plan)
        fresh: dict[Shape, tuple[str, Plan]] = {}
        for shape, numbers_of in rows.items():
            number, plan = self._shapes[shape]
            table = self._name("fresh")
            values = np.array(numbers_of, dtype=np.int32)
            self.database.load(table, {f"p{i}": values[:, i] for i in range(shape.width)})
            fresh[shape] = table, plan
            self._parameters.setdefault(number, []).append(table)
            tables = " UNION ALL ".join(f"SELECT * FROM {t}" for t in self._parameters[number])
            self.database.execute(f"CREATE OR REPLACE TEMPORARY VIEW shape_{number} AS {tables}")
        return fresh

    def _state(self, plan: Plan) -> None:
        if plan.head is None:
            self._add_clash(Clash(self.rules[plan.rule].name, -1, ()))
        elif isinstance(plan.head.subject, int) and isinstance(plan.head.object, int):
            self._stated.append((plan.head.subject, plan.head.table, plan.head.object))

    def _conclude(self, selects: Sequence[str]) -> str:
        """The new facts that queries and stated plans give, told of the names of equals."""
        stated, self._stated = sorted(set(self._stated)), []
        texts = [f"SELECT {s} AS s, {k} AS k, {o} AS o" for s, k, o in stated] + list(selects)
        name = self._name("found")
        union = self._rename_rows(
            " UNION ALL ".join(texts) or "SELECT s, k, o FROM held WHERE s < 0"
        )
        # That one is of a class may be said by a relation that means so.
        self.database.execute(
            f"CREATE TABLE {name} AS SELECT DISTINCT s,"
            f" CASE WHEN k = {self._type} THEN -o - 1 ELSE k END AS k,"
            f" CASE WHEN k = {self._type} THEN 0 ELSE o END AS o FROM ({union}) u"
        )
        pairs = self.database.fetch(f"SELECT s, o FROM {name} WHERE k = {self._same} ORDER BY s, o")
        merged = self._merge(pairs)
        news = self._add_part(
            f"SELECT n.s, n.k, n.o FROM {name} n WHERE n.k <> {self._same} AND NOT EXISTS"
            f" (SELECT 1 FROM held h WHERE h.s = n.s AND h.k = n.k AND h.o = n.o)"
        )
        self.database.execute(f"DROP TABLE {name}")
        return self._rename(news) if merged else news

    # Equality

    def _merge(self, pairs: Iterable[tuple[int, int]]) -> bool:
        merged = False
        for one, other in pairs:
            merged |= self.equality.merge(one, other, -1)
        return merged

    def _rename(self, news: str) -> str:
        """Tell all facts of the names of equals; gives the table of what is new by that."""
        self.schema.rename_lists()
        old = [m for name, members in self.equality.classes() for m in members if m != name]
        new = [self.equality.find(each) for each in old]
        mapping = self._name("names")
        self.database.load(
            mapping,
            {
                "was": np.array([*old, *(~each for each in old)], dtype=np.int32),
                "name": np.array([*new, *(~each for each in new)], dtype=np.int32),
            },
        )
        self._mapping = mapping
        held_before = " UNION ALL ".join(
            f"SELECT s, k, o FROM {part}" for part in self._parts if part != news
        )
        renamed: list[str] = []
        for part in self._parts:
            name = self._name("facts")
            rows = self._rename_rows(f"SELECT s, k, o FROM {part}")
            apart = "".join(
                f" AND NOT EXISTS"
                f" (SELECT 1 FROM {each} e WHERE e.s = r.s AND e.k = r.k AND e.o = r.o)"
                for each in renamed
            )
            self.database.execute(
                f"CREATE TABLE {name} AS SELECT DISTINCT r.s, r.k, r.o FROM ({rows}) r"
                f" WHERE r.s >= 0{apart}"
            )
            renamed.append(name)
        self._parts = renamed
        fresh = self._name("news")
        self.database.execute(
            f"CREATE TABLE {fresh} AS {self.facts}"
            + (f" EXCEPT SELECT s, k, o FROM ({held_before}) b" if held_before else "")
        )
        self._rename_plans()
        return fresh

    def _rename_rows(self, query: str) -> str:
        """The rows of a query with the names of equals."""
        if self._mapping is None:
            return query
        names = self._mapping
        return (
            f"SELECT coalesce(a.name, f.s) AS s, coalesce(b.name, f.k) AS k,"
            f" coalesce(c.name, f.o) AS o FROM ({query}) f"
            f" LEFT JOIN {names} a ON f.s = a.was LEFT JOIN {names} b ON f.k = b.was"
            f" LEFT JOIN {names} c ON f.o = c.was"
        )

    def _rename_plans(self) -> None:
        for plan in self.plans:
            body = tuple(map(self._rename_cell, plan.body))
            head = plan.head and self._rename_cell(plan.head)
            if plan.body and body != plan.body and head not in body:
                self._renamed.append(Plan(plan.rule, head, body, plan.distinct, plan.axioms))

    def _rename_cell(self, cell: Cell) -> Cell:
        find = self.equality.find
        table = find(cell.table) if cell.table >= 0 else ~find(~cell.table)
        subject, object_ = (
            end if isinstance(end, str) else find(end) for end in (cell.subject, cell.object)
        )
        return Cell(table, subject, object_ if cell.table >= 0 else 0)

    # Literals and contradictions

    def _type_literals(self, datatype: int) -> None:
        """Rule dt-type2, only for a datatype that some rule asks for."""
        name = self.terms.decode(datatype)
        if datatype in self._typed or not is_known_datatype(name):
            return
        self._typed.add(datatype)
        self._stated += [
            (number, ~datatype, 0)
            for number, term in self.terms.since(0)
            if term.startswith('"') and is_in_datatype(term, name)
        ]

    def _check(self) -> None:
        """Find the contradictions in the finished closure."""
        for shape, (number, plan) in self._shapes.items():
            if shape.head is None:
                self._add_false(shape, number, plan)
        different = self.equality.find(self.terms.encode(DIFFERENT))
        facts = self.facts
        for s, _ in self.database.fetch(
            f"SELECT DISTINCT s, o FROM ({facts}) f WHERE k = {different} AND s = o ORDER BY s"
        ):
            self._add_clash(Clash("eq-diff1", -1, (), (s, s)))
        for clash in (
            *check_all_different(self.schema.differing(), self.equality),
            *check_values(self.equality, self.terms),
            *self._check_datatypes(),
        ):
            self._add_clash(clash)

    def _add_false(self, shape: Shape, number: int, plan: Plan) -> None:
        select = write_select(shape, plan, f"shape_{number}", None, all_facts="held", news="news")
        count = self.database.fetch(f"SELECT count(*) FROM (SELECT DISTINCT * FROM ({select}) a) b")
        found = int(count[0][0])
        self.clash_count += found
        room = min(found, _CLASHES_KEPT - len(self.clashes))
        if room > 0:
            columns = ", ".join(str(i + 1) for i in range(3 * len(shape.body)))
            rows = self.database.fetch(
                f"SELECT DISTINCT * FROM ({select}) a ORDER BY {columns} LIMIT {room}"
            )
            rule = self.rules[plan.rule].name
            self.clashes += [Clash(rule, -1, (), tuple(row)) for row in rows]

    def _check_datatypes(self) -> Iterator[Clash]:
        kinds = self.database.fetch(f"SELECT DISTINCT k FROM ({self.facts}) f WHERE k < 0")
        for (table,) in sorted(kinds):
            datatype = self.terms.decode(~table)
            if not is_known_datatype(datatype):
                continue
            rows = f"SELECT DISTINCT s FROM ({self.facts}) f WHERE k = {table} ORDER BY s"
            for (subject,) in self.database.fetch(rows):
                term = self.terms.decode(subject)
                if term.startswith('"') and not is_in_datatype(term, datatype):
                    yield Clash("dt-not-type", -1, (), (subject,))

    def _add_clash(self, clash: Clash) -> None:
        self.clash_count += 1
        if len(self.clashes) < _CLASHES_KEPT:
            self.clashes.append(clash)
