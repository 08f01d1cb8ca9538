"""The contradictions that an engine finds by itself: of equality and of literals with datatypes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.reasoning.encoding import Terms
from kg.reasoning.equality import Equality
from kg.reasoning.tables import Table
from kg.reasoning.values import is_in_datatype, is_known_datatype, read_value


@dataclass(frozen=True, slots=True)
class Clash:
    """A contradiction: the plan (-1: none) or built-in rule that tells it, and what it rests on.

    `facts` are numbers of facts, `terms` those of terms that play a part beside them.
    """

    rule: str
    plan: int
    facts: tuple[int, ...]
    terms: tuple[int, ...] = ()


def check_different(different: Table | None) -> Iterator[Clash]:
    """Rule eq-diff1: things that differ and are the same."""
    if different is None:
        return
    subjects, objects, facts = different.rows()
    for fact in facts[subjects == objects].tolist():
        yield Clash("eq-diff1", -1, (fact,))


def check_all_different(
    axioms: Iterable[tuple[str, list[int], int]], equality: Equality
) -> Iterator[Clash]:
    """Rules eq-diff2 and eq-diff3: two among things that all differ are the same."""
    for rule, members, fact in axioms:
        first: dict[int, int] = {}
        for member in members:
            name = equality.find(member)
            if name in first:
                yield Clash(rule, -1, (fact,), (first[name], member))
            first.setdefault(name, member)


def check_values(equality: Equality, terms: Terms) -> Iterator[Clash]:
    """Rule dt-diff: literals of different values that are the same."""
    for _, members in equality.classes():
        by_value: dict[object, int] = {}
        for member in members:
            term = terms.decode(member)
            value = read_value(term) if term.startswith('"') else None
            if value is not None:
                by_value.setdefault(value, member)
        if len(by_value) > 1:
            yield Clash("dt-diff", -1, (), tuple(sorted(by_value.values())[:2]))


def check_datatypes(tables: Mapping[int, Table], terms: Terms) -> Iterator[Clash]:
    """Rule dt-not-type: a literal said to be of a datatype which it is not of."""
    for table in sorted(tables):
        if table >= 0 or not is_known_datatype(terms.decode(~table)):
            continue
        subjects, _, facts = tables[table].rows()
        for subject, fact in zip(subjects.tolist(), facts.tolist(), strict=True):
            term = terms.decode(subject)
            if term.startswith('"') and not is_in_datatype(term, terms.decode(~table)):
                yield Clash("dt-not-type", -1, (fact,), (subject,))
