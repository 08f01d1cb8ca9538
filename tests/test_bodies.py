"""Bodies, pacts and regions that a name makes with the words around it."""

import pytest
from readings import list_mentions

COMPOSED = [
    ("Canada signed the Franco-German trade agreement.", "Agreement"),
    ("IAEA agreements restrain Iran.", "IAEA agreements: IAEA agreements, Agreement, name"),
    ("The army attacked eastern Poland.", "eastern Poland: eastern Poland, Place, name"),
    ("The Italian mainland lay open to the Allies.",
     "Italian mainland: Italian mainland, Place, name"),
    ("Canada left the proposed Trans-Pacific Partnership.",
     "proposed Trans-Pacific Partnership: Trans-Pacific Partnership, Agreement, name"),
    ("The administration of President Jimmy Carter opposed Iran.",
     "administration of President Jimmy Carter: Carter administration, Government, name"),
    ("Article X of the NPT binds Iran.", "Article X of the NPT: Article X of the NPT, Agreement, "
     "name"),
    ("The NATO-led International Security Assistance Force helped Afghanistan.",
     "NATO-led International Security Assistance Force: "),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), COMPOSED)
def test_words_around_a_name_make_a_longer_one(read_text, text, expected):
    assert any(expected in line for line in list_mentions(read_text(text)))


@pytest.mark.parametrize("text", ["Soviet military advisors helped Cuba."])
def test_a_modifying_noun_makes_no_body(read_text, text):
    lines = list_mentions(read_text(text))
    assert "Soviet: Soviet Union, State, adjective" in lines
    assert not any(line.startswith("Soviet military:") for line in lines)
