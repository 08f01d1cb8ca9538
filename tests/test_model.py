"""The records."""

import dataclasses
import enum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings import make_prose

from kg import model
from kg.model import Period, Span

SPANS = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda ends: Span(*sorted(ends)))
RECORDS = [r for r in vars(model).values() if dataclasses.is_dataclass(r)]


@pytest.mark.parametrize("ends", [(-1, 2), (3, 2), (-2, -1)])
def test_a_span_runs_forward_from_zero(ends):
    with pytest.raises(ValueError, match="runs forward"):
        Span(*ends)


@given(SPANS, SPANS)
def test_covering_and_overlapping_agree_with_sets(one, other):
    here, there = (set(range(s.start, s.end)) for s in (one, other))
    assert one.overlaps(other) == other.overlaps(one)
    if here and there:
        assert one.overlaps(other) == bool(here & there)
        assert one.covers(other) == (there <= here)
    assert one.covers(one)


def test_spans_stand_in_text_order():
    assert sorted([Span(3, 4), Span(0, 9), Span(0, 2)]) == [Span(0, 2), Span(0, 9), Span(3, 4)]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_records_are_frozen_and_slim(record):
    assert record.__dataclass_params__.frozen
    assert "__slots__" in vars(record)
    assert not any(
        "list" in str(f.type) or "dict" in str(f.type) for f in dataclasses.fields(record)
    )


@pytest.mark.parametrize(
    "closed",
    [c for c in vars(model).values() if isinstance(c, enum.EnumMeta) and c is not enum.Enum],
    ids=lambda closed: closed.__name__,
)
def test_closed_sets_are_words(closed):
    assert all(member.value == member.name.lower() for member in closed)


def test_records_can_be_compared_and_hashed():
    assert Period("2017", None) == Period("2017", None)
    assert len({Span(0, 1), Span(0, 1), Span(0, 2)}) == 2


def test_a_quote_is_the_very_text():
    document = make_prose("A “quoted” word")
    assert document.quote(Span(2, 10)) == "“quoted”"
    assert document.quote(Span(3, 3)) == ""
