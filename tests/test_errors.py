"""The tree of errors."""

import inspect
from pathlib import Path

import pytest

from kg import errors
from kg.errors import ConcordError

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ConcordError) and kind is not ConcordError
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_carries_its_message_and_its_facts(kind):
    facts = {
        name: Path("here") if name == "path" else "this"
        for name, parameter in inspect.signature(kind).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert facts
    error = kind("do that", **facts)
    assert str(error) == "do that"
    assert {name: getattr(error, name) for name in facts} == facts


def test_one_except_catches_them_all():
    assert len(KINDS) == 13
    for kind in KINDS:
        assert kind.__bases__ == (ConcordError,)
        assert kind.__name__ in errors.__doc__
    assert issubclass(ConcordError, Exception)
