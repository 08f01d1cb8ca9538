"""Guesses at names that the gazetteer does not know."""

import pytest
from readings import list_mentions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Germany attacked the Zenda military base.", "Zenda military base"),
        ("The UN Ruritania Monitoring Group reported to Iran.", "Ruritania Monitoring Group"),
        ("Canada met Rudolf Rassendyll in Paris.", "Rudolf Rassendyll: Rudolf Rassendyll, Person"),
    ],
)
def test_shape_and_neighbours_give_the_kind(read_text, text, expected):
    assert any(expected in line for line in list_mentions(read_text(text)))


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("The treaty limits chemical weapons (CBW). Iran opposed the CBW talks.", "CBW:"),
        ("Diplomacy between States helps Oman.", "States:"),
        ("Most Greek Cypriots opposed Turkey.", "Greek:"),
        ("Non-Chinese workers opposed Canada.", "Chinese:"),
    ],
)
def test_what_only_looks_like_a_name_is_none(read_text, text, never):
    assert not any(line.startswith(never) for line in list_mentions(read_text(text)))
