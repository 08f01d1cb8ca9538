"""A closure that lies in a database: its triples, and proofs found again in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from kg.reasoning.checks import Clash
from kg.reasoning.databases import Database
from kg.reasoning.encoding import SAME, TYPE, Terms, TermTriple, encode_triples
from kg.reasoning.plans import Cell, Plan, bind_cell
from kg.reasoning.rulebook import Rule
from kg.reasoning.shapes import split_plan, write_select
from kg.reasoning.sql import Row, SqlEngine


@dataclass(frozen=True, slots=True)
class SqlDerivation:
    """One use of a rule: the facts of the schema, then those that fulfilled its body."""

    rule: Rule
    axioms: tuple[TermTriple, ...]
    premises: tuple[TermTriple, ...]


class SqlClosure:
    """All that follows from given triples by given rules, in a database that stays open."""

    def __init__(self, engine: SqlEngine) -> None:
        self._engine = engine
        self._type = engine.terms.encode(TYPE)
        self._same = engine.terms.encode(SAME)

    @property
    def terms(self) -> Terms:
        """The dictionary of terms."""
        return self._engine.terms

    @property
    def clashes(self) -> Sequence[Clash]:
        """The contradictions found, at most a thousand; `terms` are the ends of their facts."""
        return self._engine.clashes

    @property
    def clash_count(self) -> int:
        """How many contradictions there are."""
        return self._engine.clash_count

    @property
    def broken_lists(self) -> list[str]:
        """The lists of the schema that are malformed, and were not used."""
        return sorted(self.terms.decode(each) for each in self._engine.schema.broken_lists)

    def count_inferred(self) -> int:
        """How many facts were inferred, each class of equals counted as one thing."""
        (row,) = self._engine.database.fetch(f"SELECT count(*) FROM ({self._engine.facts}) f")
        return max(0, int(row[0]) - self._engine.given)

    def __contains__(self, triple: TermTriple) -> bool:
        if triple[1] == SAME:
            ends = [self.terms.find(term) for term in (triple[0], triple[2])]
            find = self._engine.equality.find
            return None not in ends and find(ends[0] or 0) == find(ends[1] or 0)
        row = self._find_row(triple)
        return row is not None and self._engine.find_round(row) is not None

    def _find_row(self, triple: TermTriple) -> Row | None:
        numbers = [self.terms.find(term) for term in triple]
        if None in numbers:
            return None
        s, p, o = (self._engine.equality.find(number) for number in numbers if number is not None)
        return (s, ~o, 0) if p == self._type else (s, p, o)

    def _read(self, row: Row) -> TermTriple:
        s, k, o = row
        decode = self.terms.decode
        return (decode(s), TYPE, decode(~k)) if k < 0 else (decode(s), decode(k), decode(o))

    def derive(self, triple: TermTriple) -> SqlDerivation | None:
        """A use of a rule that gives a triple from facts of earlier rounds; None: it was given.

        Following the premises in turn leads to what was given, since each is older than what it
        proves. Of equals every fact is told by the name of their class.
        """
        row = self._find_row(triple)
        number = None if row is None else self._engine.find_round(row)
        if row is None or not number:
            return None
        self._engine.show_rows("earlier", self._engine.facts_before(number))
        for plan in self._engine.plans:
            premises = self._match(plan, row)
            if premises is not None:
                axioms = tuple(self._read(self._engine.axioms[fact]) for fact in plan.axioms)
                rule = self._engine.rules[plan.rule]
                return SqlDerivation(rule, axioms, tuple(map(self._read, premises)))
        return None

    def _match(self, plan: Plan, row: Row) -> list[Row] | None:
        """The first facts of earlier rounds under which a plan concludes a fact."""
        bound = self._bind_head(plan, row)
        if bound is None:
            return None
        body = tuple(_bind_cell(cell, bound) for cell in plan.body)
        if not body:
            return []
        asked = Plan(plan.rule, None, body, (), ())
        shape, numbers = split_plan(asked)
        values = ", ".join(f"{number} AS p{place}" for place, number in enumerate(numbers))
        database = self._engine.database
        database.execute(f"CREATE OR REPLACE TEMPORARY VIEW asked AS SELECT {values}")
        select = write_select(shape, asked, "asked", None, all_facts="earlier", news="earlier")
        unequal = [
            f"{_name_column(plan, one, bound)} <> {_name_column(plan, other, bound)}"
            for one, other in plan.distinct
        ]
        for found in database.fetch(
            f"SELECT * FROM ({select}) q WHERE {' AND '.join(unequal or ['true'])} LIMIT 1"
        ):
            return [
                (found[3 * place], found[3 * place + 1], found[3 * place + 2])
                for place in range(len(body))
            ]
        return None

    def _bind_head(self, plan: Plan, row: Row) -> dict[str, int] | None:
        """The values of variables under which a plan's head says a fact."""
        if plan.head is None:
            return None
        s, k, o = row
        table = plan.head.table
        if table == self._type and k < 0:
            # Said by a relation that means so.
            k, o = table, ~k
        if table != k:
            return None
        return bind_cell(plan.head, s, o)

    def rule_of(self, clash: Clash) -> Rule:
        """The rule that tells a contradiction."""
        return next(rule for rule in self._engine.rules if rule.name == clash.rule)

    def read_clash(self, clash: Clash) -> list[TermTriple]:
        """The facts that a contradiction of a rule rests on; none for those of the engine's own."""
        numbers = clash.terms
        if len(numbers) % 3 or clash.rule.startswith(("eq-", "dt-")):
            return []
        return [
            self._read((numbers[i], numbers[i + 1], numbers[i + 2]))
            for i in range(0, len(numbers), 3)
        ]

    def triples(self, *, equals: bool = True) -> Iterator[TermTriple]:
        """Every triple, given and inferred, in no order; generalised ones are left out.

        With `equals` each is also said of whatever is the same, and sameAs is said of every pair.
        """
        classes = dict(self._engine.equality.classes()) if equals else {}
        decode = self.terms.decode
        ordered = f"SELECT s, k, o FROM ({self._engine.facts}) f ORDER BY s, k, o"
        for rows in self._engine.database.stream(ordered):
            for row in rows:
                yield from self._spell(row, classes)
        for members in classes.values():
            for one in members:
                if not decode(one).startswith('"'):
                    yield from ((decode(one), SAME, decode(o)) for o in members if o != one)

    def _spell(self, row: Sequence[int], classes: dict[int, list[int]]) -> Iterator[TermTriple]:
        s, k, o = row
        numbers = (s, self._type, ~k) if k < 0 else (s, k, o)
        decode = self.terms.decode
        if not classes:
            choices: Iterable[Sequence[int]] = (numbers,)
        else:
            choices = product(*(classes.get(number, (number,)) for number in numbers))
        for each in choices:
            triple = decode(each[0]), decode(each[1]), decode(each[2])
            if not triple[0].startswith('"') and triple[1].startswith("<"):
                yield triple


def _bind_cell(cell: Cell, bound: dict[str, int]) -> Cell:
    subject, object_ = (
        bound.get(end, end) if isinstance(end, str) else end for end in (cell.subject, cell.object)
    )
    return Cell(cell.table, subject, object_)


def _name_column(plan: Plan, variable: str, bound: dict[str, int]) -> str:
    """The column of the asked facts that holds a variable's value, or the value itself."""
    if variable in bound:
        return str(bound[variable])
    return next(
        f"{column}{place}"
        for place, cell in enumerate(plan.body)
        for column, end in (("s", cell.subject), ("o", cell.object))
        if end == variable
    )


def close_in_database(
    triples: Iterable[TermTriple], rules: Sequence[Rule], database: Database
) -> SqlClosure:
    """All that follows from triples by rules, in a database that stays open while it is read."""
    terms = Terms()
    columns = encode_triples(terms, triples)
    engine = SqlEngine(terms, rules, database)
    engine.load(*columns)
    engine.run()
    return SqlClosure(engine)
