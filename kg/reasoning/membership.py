"""That something is of a class, which may be an expression that only a conclusion names."""

from __future__ import annotations

from collections.abc import Iterator

from kg.reasoning.assumptions import Case, Shown, World
from kg.reasoning.encoding import OWL, SAME, TYPE
from kg.reasoning.patterns import match_patterns
from kg.reasoning.values import read_value

THING = f"<{OWL}Thing>"


def show_member(case: Case, world: World, one: str, kind: str) -> list[Shown] | None:
    """That something is of a class, which may be an expression of the conclusions."""
    if kind == THING:
        return [(world, ())]
    known = case.find(world, (one, TYPE, kind))
    if known is not None or kind not in case.expressions:
        return known
    other = case.part(kind, "complementOf")
    if other is not None:
        assumed = case.assume(world, (one, TYPE, other))
        return [(assumed, ())] if assumed.closure.clashes else None
    both = case.part(kind, "intersectionOf")
    if both is not None:
        members = case.read_list(both)
        return case.show_all(show_member(case, world, one, each) for each in members)
    either = case.part(kind, "unionOf")
    if either is not None:
        shown = (show_member(case, world, one, each) for each in case.read_list(either))
        return next((each for each in shown if each is not None), None)
    relation = case.part(kind, "onProperty")
    return None if relation is None else _show_restricted(case, world, one, kind, relation)


def _show_restricted(
    case: Case, world: World, one: str, kind: str, relation: str
) -> list[Shown] | None:
    every = case.part(kind, "allValuesFrom")
    if every is not None:
        value = case.make_fresh()
        assumed = case.assume(world, (one, relation, value))
        return show_member(case, assumed, value, every)
    if case.part(kind, "hasSelf") is not None:
        return case.find(world, (one, relation, one))
    kinds = [case.part(kind, name) for name in ("onClass", "onDataRange")]
    of = next((each for each in kinds if each is not None), THING)
    shown: list[list[Shown] | None] = []
    for least in ("minCardinality", "minQualifiedCardinality"):
        shown += _show_least(case, world, one, relation, of, case.part(kind, least))
    for most in ("maxCardinality", "maxQualifiedCardinality"):
        shown += _show_most(case, world, one, relation, of, case.part(kind, most))
    for exact in ("cardinality", "qualifiedCardinality"):
        number = case.part(kind, exact)
        shown += _show_least(case, world, one, relation, of, number)
        shown += _show_most(case, world, one, relation, of, number)
    return case.show_all(shown) if shown else None


def _show_least(
    case: Case, world: World, one: str, relation: str, of: str, number: str | None
) -> Iterator[list[Shown] | None]:
    count = _read_count(number)
    if count is None:
        return
    if count == 0:
        yield [(world, ())]
    elif count == 1:
        wanted = [(one, relation, "_:value")]
        wanted += [] if of == THING else [("_:value", TYPE, of)]
        found = match_patterns(world.closure, wanted)
        yield None if found is None else [(world, tuple(found))]
    else:
        # To count further would need things known to differ; no rule of OWL 2 RL counts.
        yield None


def _show_most(
    case: Case, world: World, one: str, relation: str, of: str, number: str | None
) -> Iterator[list[Shown] | None]:
    count = _read_count(number)
    if count is None:
        return
    values = [case.make_fresh() for _ in range(count + 1)]
    triples = [(one, relation, value) for value in values]
    triples += [] if of == THING else [(value, TYPE, of) for value in values]
    assumed = case.assume(world, *triples)
    if assumed.closure.clashes:
        yield [(assumed, ())]
        return
    pairs = [(a, SAME, b) for i, a in enumerate(values) for b in values[i + 1 :]]
    found = (case.find(assumed, pair) for pair in pairs)
    yield next((each for each in found if each is not None), None)


def _read_count(number: str | None) -> int | None:
    value = read_value(number) if number is not None else None
    if value is None or value[0] != "decimal":
        return None
    return int(str(value[1]))
