"""One-step proofs: for each inferred triple the rule and premises it follows from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rdflib import RDF, Variable

from kg.rdf import Triple
from kg.reasoning.matching import Clause, Pattern, Term, TripleIndex, match_body, unify_head

_Topic = tuple[Term, Term | None]


@dataclass(frozen=True, slots=True)
class Step:
    """A use of a rule: the premises, in the order of the rule's body, that gave a triple."""

    clause: Clause
    premises: tuple[Triple, ...]


def find_steps(
    asserted: Iterable[Triple],
    inferred: Iterable[Triple],
    clauses: Sequence[Clause],
    *,
    until: Triple | None = None,
) -> dict[Triple, Step]:
    """A step for each inferred triple that the clauses explain, stopping early at `until`.

    Breadth first from what is asserted: each premise is asserted or has been explained in an
    earlier round, so no proof runs in a circle and each is as shallow as can be.
    """
    known = TripleIndex(sorted(asserted))
    pending = [triple for triple in sorted(set(inferred)) if triple not in known]
    by_head = _group_by_head(clauses)
    anything = by_head.get(None, [])
    steps: dict[Triple, Step] = {}
    news: set[_Topic | None] | None = None
    while pending:
        level: dict[Triple, Step] = {}
        for triple in pending:
            fitting = (*by_head.get(_topic(triple), ()), *anything)
            step = _find_step(triple, known, fitting, news)
            if step is not None:
                level[triple] = step
        if not level:
            break
        for triple in level:
            known.add(triple)
        steps.update(level)
        if until is not None and until in level:
            break
        news = {_topic(triple) for triple in level}
        pending = [triple for triple in pending if triple not in level]
    return steps


def collect_support(targets: Iterable[Triple], steps: Mapping[Triple, Step]) -> frozenset[Triple]:
    """The explained targets and every inferred triple that their proofs rest on."""
    found: set[Triple] = set()
    waiting = [triple for triple in targets if triple in steps]
    while waiting:
        triple = waiting.pop()
        if triple not in found:
            found.add(triple)
            waiting.extend(premise for premise in steps[triple].premises if premise in steps)
    return frozenset(found)


def _topic(pattern: Pattern) -> _Topic | None:
    """What a pattern is about: its relation, and for rdf:type the kind; None: it may be any."""
    _, predicate, object_ = pattern
    if isinstance(predicate, Variable):
        return None
    if predicate != RDF.type:
        return (predicate, None)
    return None if isinstance(object_, Variable) else (predicate, object_)


def _group_by_head(clauses: Sequence[Clause]) -> dict[_Topic | None, list[Clause]]:
    groups: dict[_Topic | None, list[Clause]] = {}
    for clause in clauses:
        groups.setdefault(_topic(clause.head), []).append(clause)
    return groups


def _find_step(
    triple: Triple, known: TripleIndex, clauses: Iterable[Clause], news: set[_Topic | None] | None
) -> Step | None:
    for clause in clauses:
        if news is not None and not _touches(clause, news):
            continue
        binding = unify_head(clause, triple)
        if binding is None:
            continue
        for _, premises in match_body(clause, known, binding):
            return Step(clause, premises)
    return None


def _touches(clause: Clause, news: set[_Topic | None]) -> bool:
    topics = {_topic(pattern) for pattern in clause.body}
    return None in topics or not topics.isdisjoint(news)
