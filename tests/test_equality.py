"""Union-find with proofs, against the plain definition of an equivalence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.reasoning.equality import Equality

PAIRS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=30)


def merge_all(pairs):
    """An equality of pairs, each by a fact of the number of its place."""
    equality = Equality(lambda term: (0, f"{term:02}"))
    for fact, (one, other) in enumerate(pairs):
        equality.merge(one, other, fact)
    return equality


def find_reachable(pairs, start):
    """What is connected to a term, by definition."""
    seen = {start}
    while True:
        more = {b for a, b in pairs if a in seen} | {a for a, b in pairs if b in seen}
        if more <= seen:
            return seen
        seen |= more


@given(PAIRS)
def test_classes_are_those_of_the_least_equivalence(pairs):
    equality = merge_all(pairs)
    names = equality.names(13)
    for term in range(13):
        reachable = find_reachable(pairs, term)
        assert set(equality.equals(term)) == reachable
        assert equality.find(term) == min(reachable) == names[term]


@given(PAIRS)
def test_a_proof_leads_from_one_to_the_other_by_what_was_given(pairs):
    equality = merge_all(pairs)
    for other in equality.equals(0):
        place = 0
        for step in equality.explain(0, other):
            assert {step.one, step.other} == set(pairs[step.fact])
            assert place in (step.one, step.other)
            place = step.other if step.one == place else step.one
        assert place == other


def test_what_is_not_the_same_has_no_proof():
    with pytest.raises(KeyError):
        merge_all([(1, 2)]).explain(1, 3)
