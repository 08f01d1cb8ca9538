"""The engine on a database, for graphs past memory's comfort: the same rules, plan by plan as SQL.

A fact is a row (s, k, o, n): k is the table's number, of a class `~number` and o = 0, n the round
in which it was found. Equals are merged in memory, the rows renamed by SQL. Proofs are found again
in the finished closure: premises come from earlier rounds.
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
from kg.reasoning.shapes import Shape, split_plan, write_links, write_select
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
        self._typed: set[int] = set()
        self._facts = ""
        self._round = 0
        self._tables_of: dict[Shape, list[set[int]]] = {}
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
        self._facts = self._name("facts")
        self.database.execute(
            f"CREATE TABLE {self._facts} AS SELECT DISTINCT s, k, o, 0 AS n FROM {given}"
        )
        self.database.execute(f"DROP TABLE {given}")
        self.given = self._count(self._facts)

    def _name(self, stem: str) -> str:
        self._counter += 1
        return f"{stem}_{self._run}_{self._counter}"

    def _count(self, table: str) -> int:
        return int(self.database.fetch(f"SELECT count(*) FROM {table}")[0][0])

    def _show_facts(self, news: str) -> None:
        """Bring the views of all facts and of the new ones up to date."""
        for view, rows in (("held", self.facts), ("news", f"SELECT s, k, o FROM {news}")):
            self.show_rows(view, rows)

    def show_rows(self, view: str, rows: str) -> None:
        """Make a view of facts; where a rule asks so, kinds are also told as one relation."""
        if self._mirror:
            kinds = f"SELECT s, {self._type} AS k, -k - 1 AS o FROM ({rows}) c WHERE k < 0"
            rows = f"{rows} UNION ALL {kinds}"
        self.database.execute(f"CREATE OR REPLACE TEMPORARY VIEW {view} AS {rows}")

    @property
    def facts(self) -> str:
        """All facts as a query of s, k, o."""
        return f"SELECT s, k, o FROM {self._facts}"

    def facts_before(self, number: int) -> str:
        """The facts found before a round, as a query of s, k, o."""
        return f"{self.facts} WHERE n < {number}"

    def find_round(self, row: Row) -> int | None:
        """The round in which a fact was found, 0 for what was given; None: it is not so."""
        s, k, o = row
        found = self.database.fetch(
            f"SELECT min(n) FROM {self._facts} WHERE s = {s} AND k = {k} AND o = {o}"
        )
        return None if found[0][0] is None else int(found[0][0])

    # Rounds

    def run(self) -> None:
        """Add all that follows; ReasoningLimitError after ten thousand rounds."""
        for first, *others in group_equal_literals(self.terms.since(0)):
            for other in others:
                self.equality.merge(first, other, -1)
        news = self._rename() if self.equality else self._facts
        plans = list(self.schema.start())
        for number in range(1, MOST_ROUNDS):
            self._round = number
            tables = self._list_tables(news)
            plans += self._feed_schema(news, tables)
            plans += self._renamed
            self._renamed = []
            fresh = self._start_plans(plans)
            self._show_facts(news)
            if self._mirror:
                tables.add(self._type)
            news, plans = self._conclude([*self._ask_news(tables), *self._ask_fresh(fresh)]), []
            if not self._count(news) and not self._renamed:
                break
        else:
            raise ReasoningLimitError("the rules go on for ever", limit=MOST_ROUNDS)
        self._show_facts(news)
        self._check()

    def _list_tables(self, news: str) -> set[int]:
        return {k for (k,) in self.database.fetch(f"SELECT DISTINCT k FROM {news}")}

    def _ask_news(self, tables: set[int]) -> Iterator[str]:
        """The queries that join new facts with all, of shapes that ask for their tables."""
        for shape, (number, plan) in self._shapes.items():
            if shape.head is None:
                continue
            for place in shape.places:
                if not self._tables_of[shape][place].isdisjoint(tables):
                    yield from _ask(shape, plan, f"shape_{number}", place)

    def _ask_fresh(self, fresh: dict[Shape, tuple[str, Plan]]) -> Iterator[str]:
        """The queries that join all facts for new plans."""
        for shape, (table, plan) in fresh.items():
            if shape.head is not None:
                yield from _ask(shape, plan, table, None)

    def _feed_schema(self, news: str, found: set[int]) -> list[Plan]:
        """The plans that new facts of the schema and new tables give."""
        watched = ", ".join(map(str, sorted(self.schema.watched)))
        rows = self.database.fetch(
            f"SELECT DISTINCT k, s, o FROM {news} WHERE k IN ({watched}) ORDER BY k, s, o"
        )
        facts = [(k, s, o, len(self.axioms) + place) for place, (k, s, o) in enumerate(rows)]
        self.axioms += [(s, k, o) for k, s, o in rows]
        plans = list(self.schema.add(facts))
        plans += self.schema.add_tables(table for table in sorted(found) if table != self._type)
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
                shape, numbers = split_plan(plan, self._same)
                asked = self._tables_of.setdefault(shape, [set() for _ in shape.body])
                for tables, cell in zip(asked, plan.body, strict=True):
                    tables.add(cell.table)
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
            every = " UNION ALL ".join(f"SELECT * FROM {t}" for t in self._parameters[number])
            self.database.execute(f"CREATE OR REPLACE TEMPORARY VIEW shape_{number} AS {every}")
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
        pairs = f"SELECT s, o FROM {name} WHERE k = {self._same} ORDER BY s, o"
        merged = self._merge(pair for rows in self.database.stream(pairs) for pair in rows)
        news = self._name("news")
        self.database.execute(
            f"CREATE TABLE {news} AS"
            f" SELECT c.s, c.k, c.o FROM {name} c WHERE c.k <> {self._same} AND NOT EXISTS"
            f" (SELECT 1 FROM {self._facts} h WHERE h.s = c.s AND h.k = c.k AND h.o = c.o)"
        )
        self.database.execute(
            f"INSERT INTO {self._facts} SELECT s, k, o, {self._round} AS n FROM {news}"
        )
        self.database.execute(f"DROP TABLE {name}")
        return self._rename() if merged else news

    # Equality

    def _merge(self, pairs: Iterable[Sequence[int]]) -> bool:
        merged = False
        for one, other in pairs:
            merged |= self.equality.merge(one, other, -1)
        return merged

    def _rename(self) -> str:
        """Tell all facts of the names of equals; gives the table of what is new in this round."""
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
        was, self._facts = self._facts, self._name("facts")
        rows = self._rename_rows(f"SELECT s, k, o, n FROM {was}", "f.n")
        self.database.execute(
            f"CREATE TABLE {self._facts} AS SELECT s, k, o, min(n) AS n FROM ({rows}) r"
            f" GROUP BY s, k, o"
        )
        fresh = self._name("news")
        self.database.execute(
            f"CREATE TABLE {fresh} AS SELECT r.s, r.k, r.o FROM {self._facts} r WHERE NOT EXISTS"
            f" (SELECT 1 FROM {was} w"
            f" WHERE w.s = r.s AND w.k = r.k AND w.o = r.o AND w.n < {self._round})"
        )
        self.database.execute(f"DROP TABLE {was}")
        self._rename_plans()
        return fresh

    def _rename_rows(self, query: str, *others: str) -> str:
        """The rows of a query with the names of equals, and other columns as they are."""
        if self._mapping is None:
            return query
        names = self._mapping
        return (
            f"SELECT coalesce(a.name, f.s) AS s, coalesce(b.name, f.k) AS k,"
            f" {', '.join(['coalesce(c.name, f.o) AS o', *others])} FROM ({query}) f"
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


def _ask(shape: Shape, plan: Plan, parameters: str, first: int | None) -> Iterator[str]:
    if shape.linking:
        links = write_links(shape, plan, parameters, first, all_facts="held", news="news")
        if links is not None:
            yield links
    else:
        yield write_select(shape, plan, parameters, first, all_facts="held", news="news")
