"""Comparing rows of terms: what the suites of the W3C are held against."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import Results, agree, by_value, read_results, same_rows, split_terms

XSD = "http://www.w3.org/2001/XMLSchema#"
TERMS = st.one_of(
    st.integers(0, 5).map(lambda n: f"_:b{n}"), st.sampled_from(["<urn:a>", '"a"', "<<(", ")>>"])
)
ROWS = st.lists(st.tuples(TERMS, TERMS, TERMS), max_size=12)


def ring(size, stem=""):
    """Blank nodes that refer to each other in a ring."""
    return [(f"_:{stem}{n}", "<urn:p>", f"_:{stem}{(n + 1) % size}") for n in range(size)]


@given(ROWS, st.randoms(use_true_random=False))
def test_names_of_blank_nodes_and_the_order_of_rows_do_not_matter(rows, chance):
    names = {f"_:b{n}": f"_:x{place}" for place, n in enumerate(chance.sample(range(6), 6))}
    others = [tuple(names.get(term, term) for term in row) for row in rows]
    chance.shuffle(others)
    assert same_rows(rows, others)


@given(ROWS.filter(bool), st.integers(0, 100))
def test_a_row_more_or_another_is_seen(rows, number):
    assert not same_rows(rows, [*rows, rows[number % len(rows)]])
    changed = list(rows)
    changed[number % len(rows)] = ("<urn:other>", "<urn:other>", "<urn:other>")
    assert not same_rows(rows, changed)


@pytest.mark.parametrize(
    ("rows", "others"),
    [
        (ring(6), [*ring(3, "l"), *ring(3, "r")]),
        (ring(8), [*ring(4, "l"), *ring(4, "r")]),
        ([("_:a", "_:b")], [("_:a", "_:a")]),
        ([("_:a",), ("_:b",)], [("_:a",), ("_:a",)]),
    ],
)
def test_what_looks_alike_node_by_node_is_told_apart(rows, others):
    assert same_rows(rows, rows[::-1])
    assert not same_rows(rows, others)


def test_many_nodes_that_look_alike_are_matched():
    rows = ring(40)
    others = [(f"{s}x", p, f"{o}x") for s, p, o in rows]
    random.Random(1).shuffle(others)
    assert same_rows(rows, others)


def test_order_counts_where_it_is_asked_for():
    variables = frozenset("x")
    one, other = (("x", "<urn:a>"), ("x", "_:b")), (("x", "_:c"), ("x", "<urn:a>"))
    assert agree(Results(variables, one), Results(variables, other))
    assert not agree(Results(variables, one), Results(variables, other), ordered=True)
    assert not agree(Results(variables, one), Results(variables, other, ordered=True))
    assert not agree(Results(variables, one), Results(frozenset("y"), other))
    assert not agree(Results(boolean=True), Results(boolean=False))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('"2.0"^^<{}decimal>', '"2"^^<{}decimal>', True),
        ('"2.0"^^<{}decimal>', '"2"^^<{}integer>', False),
        ('"1.0E2"^^<{}double>', '"100"^^<{}double>', True),
        ('"1.0E2"^^<{}double>', '"101"^^<{}double>', False),
        ('"0.1"^^<{}float>', '"1.0E-1"^^<{}float>', True),
        ('"1"^^<{}boolean>', '"true"^^<{}boolean>', True),
        ('"01"^^<{}integer>', '"1"^^<{}integer>', True),
        ('"01"^^<{}negativeInteger>', '"1"^^<{}negativeInteger>', False),
        ('"2.0"', '"2"', False),
    ],
)
def test_numbers_are_compared_by_value_and_datatype(one, other, same):
    rows = by_value([(term.format(XSD),) for term in (one, other)])
    assert (rows[0] == rows[1]) == same


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".srj", '{"head":{"vars":["x","y"]},"results":{"bindings":[{"x":{"type":"literal",'
                 '"value":"a\\"b","xml:lang":"EN"}},{"x":{"type":"bnode","value":"n"},'
                 '"y":{"type":"uri","value":"urn:u"}}]}}'),
        (".srx", '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>'
                 '<variable name="x"/><variable name="y"/></head><results><result>'
                 '<binding name="x"><literal xml:lang="en">a"b</literal></binding></result><result>'
                 '<binding name="x"><bnode>n</bnode></binding><binding name="y"><uri>urn:u</uri>'
                 "</binding></result></results></sparql>"),
        (".tsv", '?x\t?y\n"a\\"b"@en\t\n_:n\t<urn:u>\n'),
    ],
)  # fmt: skip
def test_the_forms_of_results_are_read_alike(suffix, text):
    rows = (("x", '"a"b"@en'), ("x", "_:n", "y", "<urn:u>"))
    assert read_results(text.encode(), suffix) == Results(frozenset("xy"), rows)


def test_terms_of_n_quads_are_taken_apart():
    terms = ('<<( _:a <urn:p> <<( <urn:s> <urn:p> "a )>> \\"\\u0041"@en--ltr )>> )>>', None)
    assert split_terms(terms) == (
        "<<(", "_:a", "<urn:p>", "<<(", "<urn:s>", "<urn:p>", '"a )>> "A"@en--ltr', ")>>", ")>>"
    )  # fmt: skip
