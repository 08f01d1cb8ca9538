"""Periods of claims, in the form of the gold files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings import make_prose

from kg.export.tables import format_period
from kg.extraction.time import find_period
from kg.extraction.tree import build_tree
from kg.syntax import Known, parse_document


@pytest.mark.parametrize(
    ("text", "relation", "time"),
    [
        ("In 2017 Qatar supported Turkey.", "supports", "2017"),
        ("Iraq invaded Kuwait in 1990.", "attacks", "1990"),
        ("In November 2017, Trump visited Japan.", "visits", "2017-11"),
        ("Trump visited Japan in November of 2017.", "visits", "2017-11"),
        ("Spain joined NATO in May 1982.", "joins", "1982-05"),
        ("On 1 September 1939, Germany invaded Poland.", "attacks", "1939-09-01"),
        ("Germany invaded Poland on September 1, 1939.", "attacks", "1939-09-01"),
        ("Egypt attacked Israel on 6 October 1973.", "attacks", "1973-10-06"),
        ("Since 1990, Germany has supported Poland.", "supports", "1990/.."),
        ("Russia has supported Armenia since November 1991.", "supports", "1991-11/.."),
        ("Until 1971, Bangladesh was part of Pakistan.", "partOf", "../1971"),
        ("China and India fought from 1962 to 1963.", "attacks", "1962/1963"),
        ("In the 1930s Italy attacked Ethiopia.", "attacks", "1930/1939"),
        ("The 1990 invasion of Kuwait by Iraq failed.", "attacks", "1990"),
        ("Iraq's invasion of Kuwait in August 1990 shocked the world.", "attacks", "1990-08"),
        ("Portugal, a member of NATO since 1949, supported Britain.", "memberOf", "1949/.."),
        ("Portugal, a member of NATO since 1949, supported Britain.", "supports", None),
        ("Egypt, which recognised Israel in 1979, criticised Iran in 2010.", "recognises", "1979"),
        ("Egypt, which recognised Israel in 1979, criticised Iran in 2010.", "criticises", "2010"),
        ("Iraq invaded Kuwait.", "attacks", None),
        ("Germany may attack Poland.", "attacks", None),
        ("In May, Germany attacked France and Belgium.", "attacks", None),
        ("Australia invaded 1915 small islands.", "attacks", None),
        ("Between 1951 and 1960 Britain supported Iraq.", "supports", "1951/1960"),
        ("From 1955 to 1979 Pakistan was a member of CENTO.", "memberOf", "1955/1979"),
        ("Pakistan was a member of CENTO from 1955 to 1979.", "memberOf", "1955/1979"),
        ("Japan occupied Korea between 1910 and 1945.", "attacks", "1910/1945"),
        ("Britain joined the EEC in January 1973 and left the European Union in January 2020.",
         "withdrawsFrom", "2020-01"),
        ("Since the 1960s Cuba has supported Angola.", "supports", "1960/.."),
        ("After 1945, France joined NATO.", "joins", "1945/.."),
        ("In 1967, Israel attacked Egypt, which had supported Syria.", "supports", None),
    ],
)  # fmt: skip
def test_claims_are_dated_by_their_clause(read_text, text, relation, time):
    reading = read_text(text)
    periods = [c.period for c in reading.claims if c.relation.endswith("#" + relation)]
    assert [format_period(period) for period in periods] == [time] * max(1, len(periods))


DATE_WORDS = [
    "in", "since", "between", "and", "from", "to", "until", "by", "on", "of", ",", "May", "june",
    "March", "31", "1st", "0", "99", "1939", "2017", "1960s", "3000", "Egypt", "attacked", ".",
]  # fmt: skip


@given(words=st.lists(st.sampled_from(DATE_WORDS), min_size=1, max_size=12))
def test_periods_are_iso_prefixes_in_any_jumble(parser, words):
    document = make_prose(" ".join(words))
    known = Known(lambda _: False, lambda _: False)
    for sentence in parse_document(document, parser, known):
        for trigger in range(len(sentence.tokens)):
            period = find_period(document, build_tree(sentence), trigger)
            for end in (period.start, period.end) if period else ():
                assert end is None or is_iso_prefix(end)


def is_iso_prefix(text):
    year, *rest = text.split("-")
    month, day = (*map(int, rest), 1, 1)[:2]
    return len(year) == 4 and 1 <= month <= 12 and 1 <= day <= 31
