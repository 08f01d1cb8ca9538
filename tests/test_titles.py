"""Titles before names, and offices that stand for their holders."""

import pytest
from readings import list_mentions

TITLED = [
    ("The U.S. sent National Security Advisor Henry Kissinger to China.",
     "National Security Advisor Henry Kissinger: Henry Kissinger, Person, name"),
    ("In 1948, Soviet premier Joseph Stalin blockaded Berlin.",
     "Soviet premier Joseph Stalin: Joseph Stalin, Person, name"),
    ("President Ronald Reagan met Gorbachev. The President criticised Poland.",
     "President: Ronald Reagan, Person, name"),
    ("We thank the Secretary-General for his support of Andorra.",
     "Secretary-General: Secretary-General, Person, name"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TITLED)
def test_titles_belong_to_persons(read_text, text, expected):
    assert expected in list_mentions(read_text(text))


def test_an_office_described_by_what_it_heads_is_left_alone(read_text):
    lines = list_mentions(read_text("The President of Ruritania met Merkel."))
    assert not any(line.startswith("President:") for line in lines)
