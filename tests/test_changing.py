"""A closure that changes holds what a closure from scratch holds, whatever came and went."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import URIRef
from small_graph import fill_small_graph

from kg import iris
from kg.iris import KG
from kg.reasoning.changing import ChangingClosure
from kg.reasoning.closure import (
    close_premises,
    find_conclusions,
    load_owl_rules,
    load_own_rules,
    read_triple,
    write_triple,
)
from kg.reasoning.encoding import TYPE
from kg.reasoning.premises import Premises, gather_premises
from kg.reasoning.rulebook import read_clauses
from kg.store import open_memory_graph

OWN = load_own_rules()
RULES = (*load_owl_rules(), *read_clauses(OWN))


@pytest.fixture(scope="module")
def schema():
    """The axioms of the shipped ontology."""
    store = open_memory_graph()
    fill_small_graph(store)
    return gather_premises(store, OWN).schema


def term(name):
    return KG[name] if name[:1].isupper() or name in RELATIONS else URIRef(f"{iris.BASE}id/{name}")


# Among them symmetric, transitive and inverse ones, ways of others, and those of the own rules.
RELATIONS = (
    "alliedWith", "partOf", "locatedIn", "actsFor", "headOf", "headedBy", "memberOf", "attacks",
    "hasForcesIn", "cooperatesWith", "ofState",
)  # fmt: skip
KINDS = ("State", "Alliance", "Government", "Place", "Person", "Region")
THINGS = ("a", "b", "c", "d", "e")

facts = st.one_of(
    st.tuples(st.sampled_from(THINGS), st.sampled_from(RELATIONS), st.sampled_from(THINGS)).map(
        lambda names: tuple(map(term, names))
    ),
    st.tuples(st.sampled_from(THINGS), st.sampled_from(KINDS)).map(
        lambda names: (term(names[0]), URIRef(TYPE[1:-1]), KG[names[1]])
    ),
)
changes = st.lists(
    st.tuples(st.frozensets(facts, max_size=5), st.frozensets(facts, max_size=5)), max_size=4
)


def check(changing, schema, data, things):
    """Compare with a closure from scratch: every triple, and what the graph would keep."""
    premises = Premises(schema, frozenset(data), frozenset(things), {})
    closure = close_premises(premises, OWN)
    assert sorted(changing.triples()) == sorted(closure.triples())
    assert set(changing.given()) == set(map(write_triple, data))
    conclusions = changing.find_conclusions(f"<{thing}>" for thing in things)
    wanted = find_conclusions(closure, premises)
    assert {read_triple(triple) for triple in conclusions} == wanted


@given(
    first=st.frozensets(facts, max_size=14),
    steps=changes,
    known=st.frozensets(st.sampled_from(THINGS)),
)
@settings(max_examples=25)
def test_incremental_equals_from_scratch(schema, first, steps, known):
    changing = ChangingClosure(map(write_triple, sorted(schema)), RULES)
    data = set()
    for added, gone in [(first, frozenset()), *steps, (frozenset(), first), (first, frozenset())]:
        new = (data - gone) | added
        going = changing.change(
            map(write_triple, sorted(new - data)), map(write_triple, sorted(data - new))
        )
        data = new
        premises = Premises(schema, frozenset(data), frozenset(), {})
        if not going:
            # Only what clashes or equates may ask for a closure from scratch.
            closure = close_premises(premises, OWN)
            assert closure.clashes or closure._engine.equality
            return
        check(changing, schema, data, [term(name) for name in known])


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        # a, b and c lie in each other: what each lies in follows from the other two only.
        ([("a", "partOf", "b")], {("b", "c"), ("c", "a"), ("b", "a")}),
        ([("a", "partOf", "b"), ("b", "partOf", "c")], {("c", "a")}),
        # Another way is left.
        ([("a", "partOf", "d")], {(s, o) for s in "abc" for o in "abc"}),
    ],
)
def test_facts_that_support_each_other_go_together(schema, gone, left):
    circle = [("a", "partOf", "b"), ("b", "partOf", "c"), ("c", "partOf", "a")]
    changing = ChangingClosure(map(write_triple, sorted(schema)), RULES)
    more = [("a", "partOf", "d")] if gone[0][2] == "d" else []
    assert changing.change([write_all(each) for each in (*circle, *more)], [])
    assert changing.change([], map(write_all, gone))
    relation = write_triple((KG.partOf,) * 3)[1]
    found = {(s[-2], o[-2]) for s, p, o in changing.triples() if p == relation and s[-3] == "/"}
    assert found == left


def write_all(names):
    return write_triple(tuple(map(term, names)))
