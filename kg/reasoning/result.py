"""A finished closure: what it holds, complete for equals, and where each triple comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from kg.errors import ReasoningLimitError
from kg.reasoning.encoding import SAME, TYPE, Terms, TermTriple, encode_triples
from kg.reasoning.facts import GIVEN
from kg.reasoning.joining import Matches, match_body
from kg.reasoning.memory import MOST_FACTS, REWRITING, Clash, Engine
from kg.reasoning.plans import Plan, bind_cell
from kg.reasoning.rulebook import Rule
from kg.reasoning.tables import make_keys

Fact = int


@dataclass(frozen=True, slots=True)
class Derivation:
    """One use of a rule: the facts of the schema, then those that fulfilled its body.

    `equal` are pairs of terms that count as one in it.
    """

    rule: Rule
    axioms: tuple[Fact, ...]
    premises: tuple[Fact, ...]


class Closure:
    """All that follows from given triples by given rules."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._facts = engine.facts
        self._type = engine.terms.encode(TYPE)
        self._same = engine.terms.encode(SAME)

    @property
    def terms(self) -> Terms:
        """The dictionary of terms."""
        return self._engine.terms

    @property
    def clashes(self) -> Sequence[Clash]:
        """The contradictions found, not more than ten thousand."""
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
        live = sum(table.size for table in self._engine.tables.values())
        given = int(np.count_nonzero(self._facts.plan.view() == GIVEN))
        return max(0, live - given)

    def __contains__(self, triple: TermTriple) -> bool:
        if triple[1] == SAME and self.terms.find(triple[0]) is not None:
            return self.are_same(triple[0], triple[2])
        return self.find(triple) is not None

    def are_same(self, one: str, other: str) -> bool:
        """Whether two terms are the same thing."""
        first, second = self.terms.find(one), self.terms.find(other)
        if first is None or second is None:
            return one == other
        return self._engine.equality.find(first) == self._engine.equality.find(second)

    def find(self, triple: TermTriple) -> Fact | None:
        """The fact that says a triple, of equals under the name of their class; None: it is not so.

        A triple of owl:sameAs has no fact of its own: see `are_same`.
        """
        numbers = [self.terms.find(term) for term in triple]
        if None in numbers:
            return None
        subject, relation, object_ = (
            self._engine.equality.find(n) for n in numbers if n is not None
        )
        table = self._engine.tables.get(~object_ if relation == self._type else relation)
        if table is None:
            return None
        ends = np.array([subject, 0 if relation == self._type else object_], dtype=np.int32)
        hit, facts = table.find(make_keys(ends[:1], ends[1:]))
        return int(facts[0]) if hit[0] else None

    def find_ends(
        self, subject: str | None, relation: str, object_: str | None
    ) -> Iterator[tuple[str, str]]:
        """The ends of the triples with a relation, where an end is given of those with it.

        Of equals only the name of their class is given, except where they are asked for.
        """
        if subject is not None and object_ is not None:
            if (subject, relation, object_) in self:
                yield subject, object_
            return
        if relation == SAME:
            given = subject if subject is not None else object_
            number = None if given is None else self.terms.find(given)
            for other in self._engine.equality.equals(number) if number is not None else ():
                pair = str(given), self.terms.decode(other)
                yield pair if subject is not None else (pair[1], pair[0])
            return
        if relation == TYPE:
            yield from self._find_members(subject, object_)
            return
        number = self.terms.find(relation)
        table = None if number is None else self._engine.tables.get(self._name(number))
        given = subject if subject is not None else object_
        place = None if given is None else self.terms.find(given)
        if table is None or (given is not None and place is None):
            return
        decode = self.terms.decode
        if place is None:
            firsts, seconds, _ = table.rows()
            for one, other in zip(firsts.tolist(), seconds.tolist(), strict=True):
                yield decode(one), decode(other)
            return
        ends = np.array([self._name(place)], dtype=np.int32)
        _, others, _ = table.objects_of(ends) if subject is not None else table.subjects_of(ends)
        for other in others.tolist():
            yield (
                (str(given), decode(other)) if subject is not None else (decode(other), str(given))
            )

    def _find_members(self, subject: str | None, kind: str | None) -> Iterator[tuple[str, str]]:
        if kind is not None:
            yield from ((member, kind) for member in self.members_of(kind))
        elif subject is not None:
            yield from ((subject, each) for each in self.classes_of(subject))
        else:
            for table in sorted(self._engine.tables):
                if table < 0:
                    each = self.terms.decode(~table)
                    yield from ((member, each) for member in self.members_of(each))

    def members_of(self, kind: str) -> list[str]:
        """The members of a class, of equals one."""
        number = self.terms.find(kind)
        table = None if number is None else self._engine.tables.get(~self._name(number))
        return [] if table is None else [self.terms.decode(s) for s in table.rows()[0].tolist()]

    def classes_of(self, subject: str) -> list[str]:
        """The classes that something is known to be of, of equals one."""
        number = self.terms.find(subject)
        if number is None:
            return []
        key = make_keys(np.array([self._name(number)], dtype=np.int32), np.zeros(1, dtype=np.int32))
        return [
            self.terms.decode(~table)
            for table in sorted(self._engine.tables, reverse=True)
            if table < 0 and self._engine.tables[table].find(key)[0][0]
        ]

    def _name(self, number: int) -> int:
        return self._engine.equality.find(number)

    def read(self, fact: Fact) -> TermTriple:
        """The triple that a fact says."""
        table = int(self._facts.table.view()[fact])
        subject = self.terms.decode(int(self._facts.subject.view()[fact]))
        if table < 0:
            return subject, TYPE, self.terms.decode(~table)
        object_ = self.terms.decode(int(self._facts.object.view()[fact]))
        return subject, self.terms.decode(table), object_

    def derive(self, fact: Fact) -> Derivation | None:
        """How a fact was first inferred; None where it was given."""
        number = int(self._facts.plan.view()[fact])
        if number == GIVEN:
            return None
        plan = self._engine.plans[number]
        premises = self._facts.premises_of(fact, len(plan.body))
        return Derivation(self._engine.rules[plan.rule], plan.axioms, tuple(premises))

    @property
    def rules(self) -> Sequence[Rule]:
        """The rules, in the order that their numbers mean."""
        return self._engine.rules

    def rule_of(self, clash: Clash) -> Rule:
        """The rule that tells a contradiction."""
        return next(rule for rule in self._engine.rules if rule.name == clash.rule)

    def match_head(self, fact: Fact) -> Iterator[tuple[Plan, Matches]]:
        """The plans whose head is a fact, and all ways in which the body of each holds."""
        table = int(self._facts.table.view()[fact])
        subject = int(self._facts.subject.view()[fact])
        object_ = int(self._facts.object.view()[fact])
        for plan in self._engine.plans:
            if plan.head is None or plan.head.table != table:
                continue
            bound = bind_cell(plan.head, subject, object_)
            if bound is not None:
                for matches in match_body(plan, bound, self._engine.tables):
                    yield plan, matches

    def find_first(self, fact: Fact) -> Fact:
        """The fact as it was first found, before it was told of the names of classes of equals."""
        while int(self._facts.plan.view()[fact]) == REWRITING:
            fact = self._facts.premises_of(fact, 1)[0]
        return fact

    def explain_same(self, one: str, other: str) -> list[tuple[TermTriple, Fact | None]]:
        """The run of equalities from one term to another, each with its fact.

        No fact: the two are literals of one value. Raises KeyError where they are not the same.
        """
        ends = self.terms.find(one), self.terms.find(other)
        if ends[0] is None or ends[1] is None:
            raise KeyError(one if ends[0] is None else other)
        return [
            (
                (self.terms.decode(step.one), SAME, self.terms.decode(step.other)),
                None if step.fact < 0 else step.fact,
            )
            for step in self._engine.equality.explain(ends[0], ends[1])
        ]

    def facts(self) -> Iterator[tuple[int, int, int]]:
        """Every fact as numbers (subject, relation, object), classes of equals by their names."""
        for table in sorted(self._engine.tables):
            subjects, objects, _ = self._engine.tables[table].rows()
            relation = self._type if table < 0 else table
            ends = [~table] * len(subjects) if table < 0 else objects.tolist()
            yield from zip(subjects.tolist(), [relation] * len(subjects), ends, strict=True)

    def triples(self, *, equals: bool = True, limit: int = MOST_FACTS) -> Iterator[TermTriple]:
        """Every triple, given and inferred, in no order; generalised ones are left out.

        With `equals` each is also said of whatever is the same, and sameAs is said of every pair.
        Raises ReasoningLimitError past `limit` triples.
        """
        decode = self.terms.decode
        pairs = sum(len(members) ** 2 for _, members in self._engine.equality.classes())
        if equals and pairs > limit:
            raise _make_limit_error(limit)
        count = 0
        for numbers in self._expand() if equals else self.facts():
            triple = decode(numbers[0]), decode(numbers[1]), decode(numbers[2])
            if triple[0].startswith('"') or not triple[1].startswith("<"):
                continue
            count += 1
            if count > limit:
                raise _make_limit_error(limit)
            yield triple

    def _expand(self) -> Iterator[tuple[int, int, int]]:
        classes = dict(self._engine.equality.classes())
        for subject, relation, object_ in self.facts():
            if subject not in classes and relation not in classes and object_ not in classes:
                yield subject, relation, object_
                continue
            yield from product(
                classes.get(subject, [subject]),
                classes.get(relation, [relation]),
                classes.get(object_, [object_]),
            )
        for members in classes.values():
            for one in members:
                yield from ((one, self._same, other) for other in members if other != one)


def _make_limit_error(limit: int) -> ReasoningLimitError:
    return ReasoningLimitError(
        f"written out for all equals there are more than {limit:,} triples:"
        " ask for one name for each class of equals",
        limit=limit,
    )


def close_triples(
    triples: Iterable[TermTriple], rules: Sequence[Rule], *, limit: int = MOST_FACTS
) -> Closure:
    """All that follows from triples (terms in the syntax of N-Triples) by rules, in memory.

    Raises ReasoningLimitError where more than `limit` facts would follow.
    """
    terms = Terms()
    columns = encode_triples(terms, triples)
    engine = Engine(terms, rules, limit=limit)
    engine.load(*columns)
    engine.run()
    return Closure(engine)
