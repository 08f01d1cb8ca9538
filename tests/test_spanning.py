"""The best tree with one root, held against every tree there is."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.syntax.spanning import find_best_tree


def is_tree(heads):
    """Whether every node but 0 leads to 0, through one dependent of it."""
    if heads[0] != 0 or sum(head == 0 for head in heads[1:]) != (len(heads) > 1):
        return False
    for node in range(1, len(heads)):
        seen = set()
        while node and node not in seen:
            seen.add(node)
            node = heads[node]
        if node:
            return False
    return True


def weigh(scores, heads):
    return sum(scores[node][heads[node]] for node in range(1, len(heads)))


def weigh_best(scores):
    size = len(scores)
    trees = ((0, *heads) for heads in product(range(size), repeat=size - 1))
    return max(weigh(scores, heads) for heads in trees if is_tree(heads))


numbers = st.floats(-30, 30, allow_nan=False) | st.integers(-3, 3).map(float)
matrices = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=n, max_size=n)
)


@settings(max_examples=150)
@given(scores=matrices)
def test_no_tree_weighs_more(scores):
    heads = find_best_tree(np.array(scores))
    assert is_tree(heads)
    assert weigh(scores, heads) == pytest.approx(weigh_best(scores), abs=1e-6)


@settings(max_examples=30)
@given(size=st.integers(1, 60), seed=st.integers(0, 1000))
def test_a_long_sentence_has_a_tree(size, seed):
    scores = np.random.default_rng(seed).normal(size=(size, size)) * 5
    before = scores.copy()
    heads = find_best_tree(scores)
    assert is_tree(list(heads))
    assert (scores == before).all()


def test_what_every_word_would_choose_stands_if_it_is_a_tree():
    scores = np.full((4, 4), -5.0)
    for node, head in ((1, 2), (2, 0), (3, 2)):
        scores[node, head] = 5.0
    assert list(find_best_tree(scores)) == [0, 2, 0, 2]


def test_a_cycle_is_broken_where_it_costs_least():
    scores = np.array([[0, 0, 0], [1, 0, 10], [4, 10, 0]], dtype=float)
    assert list(find_best_tree(scores)) == [0, 2, 0]


def test_a_second_root_is_given_up():
    scores = np.array([[0, 0, 0], [9, 0, 1], [8, 3, 0]], dtype=float)
    assert list(find_best_tree(scores)) == [0, 0, 1]


def test_cycles_within_cycles_deeper_than_any_recursion():
    size = 1200
    scores = np.zeros((size, size))
    for node in range(1, size):
        scores[node, node % (size - 1) + 1] = 2.0
        scores[node, max(1, node - 1)] = 1.5
    heads = find_best_tree(scores)
    assert sum(head == 0 for head in heads[1:]) == 1
