"""Sorted columns against a set of pairs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kg.reasoning.tables import Table, make_keys, split_keys

BATCHES = st.lists(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12), max_size=8
)


def column(values):
    """Numbers as a column."""
    return np.array(list(values), dtype=np.int32)


def fill(batches, *, early):
    """A table of batches, and its pairs with their facts."""
    table, pairs = Table(), {}
    if early:
        table.subjects_of(column([0]))
    for batch in batches:
        fresh = [pair for pair in dict.fromkeys(batch) if pair not in pairs]
        facts = range(len(pairs), len(pairs) + len(fresh))
        pairs.update(zip(fresh, facts, strict=True))
        table.add(column(a for a, _ in fresh), column(b for _, b in fresh), column(facts))
    return table, pairs


@given(BATCHES, st.booleans())
def test_a_table_holds_its_pairs_by_either_end(batches, early):
    table, pairs = fill(batches, early=early)
    assert table.size == len(pairs)
    rows = zip(*(each.tolist() for each in table.rows()), strict=True)
    assert {(a, b): fact for a, b, fact in rows} == pairs
    ends = column(range(10))
    places, others, facts = table.objects_of(ends)
    found = zip(places.tolist(), others.tolist(), facts.tolist(), strict=True)
    assert {(a, b): fact for a, b, fact in found} == pairs
    places, others, facts = table.subjects_of(ends)
    found = zip(others.tolist(), places.tolist(), facts.tolist(), strict=True)
    assert {(a, b): fact for a, b, fact in found} == pairs
    assert table.count_objects(ends) == table.count_subjects(ends) == len(pairs)


@given(BATCHES)
def test_a_table_tells_what_it_holds(batches):
    table, pairs = fill(batches, early=False)
    asked = [(a, b) for a in range(10) for b in range(10)]
    hit, facts = table.find_pairs(column(a for a, _ in asked), column(b for _, b in asked))
    assert {
        pair: fact for pair, fact in zip(asked, facts.tolist(), strict=True) if fact >= 0
    } == pairs
    assert hit.sum() == len(pairs)


@given(st.lists(st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1)), min_size=1))
def test_keys_come_apart_as_they_were_joined_and_sort_like_pairs(pairs):
    keys = make_keys(column(a for a, _ in pairs), column(b for _, b in pairs))
    first, second = split_keys(np.sort(keys))
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == sorted(pairs)
