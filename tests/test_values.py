"""Literals by value, by the datatype map of OWL 2."""

from __future__ import annotations

import pytest

from kg.reasoning.encoding import OWL, RDF, XSD
from kg.reasoning.values import (
    group_equal_literals,
    is_datatype_within,
    is_in_datatype,
    is_known_datatype,
    rank_term,
    read_value,
)


def literal(text, datatype):
    """A literal of a datatype of XML Schema."""
    return f'"{text}"^^<{XSD}{datatype}>'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (literal("1", "integer"), literal("01", "integer")),
        (literal("1", "integer"), literal("1.0", "decimal")),
        (literal("5", "byte"), literal("5", "unsignedLong")),
        (literal("true", "boolean"), literal("1", "boolean")),
        (literal("1.0", "double"), literal("1e0", "double")),
        ('"x"', literal("x", "string")),
        ('"x"@EN', '"x"@en'),
    ],
)
def test_values_are_equal(one, other):
    assert read_value(one) == read_value(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (literal("1", "integer"), literal("1", "double")),
        (literal("1", "float"), literal("1", "double")),
        (literal("0.0", "double"), literal("-0.0", "double")),
        ('"x"@en', '"x"@de'),
        ('"x"', '"x"@en'),
        (literal("1", "integer"), '"1"'),
    ],
)
def test_values_differ(one, other):
    assert read_value(one) != read_value(other)


@pytest.mark.parametrize(
    "term",
    [
        literal("300", "byte"), literal("one", "integer"), literal("-1", "nonNegativeInteger"),
        literal("maybe", "boolean"), '"x"^^<http://example.org/unknown>', "<http://example.org/a>",
    ],
)  # fmt: skip
def test_what_has_no_value(term):
    assert read_value(term) is None


@pytest.mark.parametrize(
    ("term", "datatype", "expected"),
    [
        (literal("1", "integer"), "byte", True),
        (literal("300", "integer"), "byte", False),
        (literal("1.5", "decimal"), "integer", False),
        (literal("2.0", "decimal"), "integer", True),
        (literal("1", "double"), "decimal", False),
        ('"a b"', "token", True),
        ('"a  b"', "token", False),
        ('"en-GB"', "language", True),
        ('"a:b"', "NCName", False),
    ],
)
def test_literals_are_of_datatypes_by_their_value(term, datatype, expected):
    assert is_in_datatype(term, f"<{XSD}{datatype}>") is expected


def test_plain_literals_and_unknown_datatypes():
    assert is_in_datatype('"x"@en', f"<{RDF}langString>")
    assert is_in_datatype('"x"', f"<{RDF}PlainLiteral>")
    assert not is_in_datatype('"x"', f"<{RDF}langString>")
    assert not is_known_datatype("<http://example.org/unknown>")


def test_equal_literals_are_grouped():
    terms = [literal("1", "int"), literal("2", "int"), literal("1", "short"), '"1"']
    assert group_equal_literals(enumerate(terms)) == [[0, 2]]


@pytest.mark.parametrize(
    ("datatypes", "wanted", "expected"),
    [
        (["byte"], "short", True),
        (["short"], "byte", False),
        (["short", "unsignedInt"], "unsignedShort", True),
        (["nonNegativeInteger", "nonPositiveInteger"], "byte", True),
        (["positiveInteger", "negativeInteger"], "boolean", True),
        (["integer"], "decimal", True),
        (["decimal"], "integer", False),
        (["token"], "string", True),
        (["string"], "token", False),
    ],
)
def test_datatypes_lie_within_others(datatypes, wanted, expected):
    names = [f"<{XSD}{each}>" for each in datatypes]
    assert is_datatype_within(names, f"<{XSD}{wanted}>") is expected


def test_the_vocabulary_is_preferred_then_names_then_blank_nodes():
    terms = [literal("1", "int"), "_:b", "<http://example.org/a>", f"<{OWL}Thing>"]
    assert sorted(terms, key=rank_term) == terms[::-1]
