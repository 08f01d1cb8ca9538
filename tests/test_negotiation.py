"""Choosing a media type by an Accept header."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.query.negotiation import BOOLEAN_TYPES, GRAPH_TYPES, ROW_TYPES, negotiate

ALL = tuple(dict.fromkeys((*GRAPH_TYPES, *ROW_TYPES, "text/html")))
some_offers = st.lists(st.sampled_from(ALL), min_size=1, unique=True)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "text/turtle"),
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("application/*", "application/n-triples"),
        ("application/trig", "application/trig"),
        ("APPLICATION/TriG", "application/trig"),
        ("text/html", None),
        ("text/turtle;q=0", None),
        ("text/turtle;q=0.0, */*;q=0", None),
        ("text/turtle;q=0, */*", "application/n-triples"),
        ("text/*;q=0, application/n-quads;q=0.1", "application/n-quads"),
        ("text/turtle;q=0.2, application/ld+json;q=0.9", "application/ld+json"),
        # The closest range decides, not the highest weight.
        ("application/*;q=0.9, application/trig;q=0.1", "application/n-triples"),
        ("*/*;q=1, text/turtle;q=0.5", "application/n-triples"),
        # Named beside "anything at all" means preferred, whatever the order.
        ("*/*, application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json, text/turtle", "text/turtle"),
        ("text/turtle ; charset=utf-8", "text/turtle"),
        ('text/turtle;charset="UTF-8"', "text/turtle"),
        ("text/turtle;charset=iso-8859-1", None),
        ("text/turtle;q=0.5;version=1.2, application/trig;q=0.1", "application/trig"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted, x";q=1', ALL[3]),
        # Malformed parts are as if they were not there.
        ("turtle, application/trig", "application/trig"),
        ("*/turtle, application/trig", "application/trig"),
        ("text/turtle;q=high, application/trig;q=0.1", "application/trig"),
        ("text/turtle;q=1.5, application/trig;q=0.1", "application/trig"),
        ("text/turtle;q=-1, application/trig;q=0.1", "application/trig"),
        ("text/turtle x, application/trig", "application/trig"),
        ("text/turtle; ;q=0.1,, ,application/trig;q=0.2,", "application/trig"),
        ("nonsense", "text/turtle"),
    ],
)
def test_an_rdf_syntax_is_chosen(accept, chosen):
    assert negotiate(accept, GRAPH_TYPES) == chosen


def test_without_offers_there_is_nothing_to_choose():
    assert negotiate(None, ()) is None
    assert negotiate("*/*", ()) is None


def test_an_offer_with_parameters_meets_ranges_with_fewer():
    offers = ("text/turtle;version=1.2", "text/turtle")
    assert negotiate("text/turtle", offers) == offers[0]
    assert negotiate("text/turtle;version=1.2", offers) == offers[0]
    assert negotiate("text/turtle;version=1.2;q=0, text/turtle", offers) == offers[1]


def test_a_browser_gets_what_it_names_first():
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert negotiate(accept, ("text/turtle", "text/html")) == "text/html"
    assert negotiate(accept, ROW_TYPES) == "application/xml"


def test_truth_values_have_no_table():
    assert negotiate("text/csv", ROW_TYPES) == "text/csv"
    assert negotiate("text/csv", BOOLEAN_TYPES) is None


def test_a_long_header_takes_no_long_time():
    started = time.perf_counter()
    for piece in ('\\"', '"', ",", ";q=1", "*/*,", 'a/b;c="'):
        negotiate(f'a/b;c="{piece * 20_000}', ROW_TYPES)
        negotiate(piece * 20_000, ROW_TYPES)
    assert time.perf_counter() - started < 5


# --------------------------------------------------------------------------------- properties

weights = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)


@given(st.text(), some_offers)
def test_any_header_gives_an_offer_or_none(accept, offers):
    assert negotiate(accept, offers) in {None, *offers}


@given(st.text(alphabet='*/;,=q01." \\texurl', max_size=200), some_offers)
def test_headers_that_look_like_accept_give_an_offer_or_none(accept, offers):
    assert negotiate(accept, offers) in {None, *offers}


@given(some_offers)
def test_anything_at_all_gives_the_first_offer(offers):
    assert negotiate(None, offers) == negotiate("*/*", offers) == offers[0]


@given(st.dictionaries(st.sampled_from(ALL), weights, min_size=1), some_offers)
def test_of_exact_names_the_heaviest_wins(wanted, offers):
    accept = ", ".join(f"{name};q={weight:.3f}" for name, weight in wanted.items())
    fitting = {name: wanted[name] for name in offers if wanted.get(name)}
    chosen = negotiate(accept, offers)
    assert chosen is None if not fitting else wanted[chosen] == max(fitting.values())


@given(st.dictionaries(st.sampled_from(ALL), weights, min_size=1), some_offers, st.randoms())
def test_the_order_of_ranges_does_not_matter(wanted, offers, random):
    parts = [f"{name};q={weight:.3f}" for name, weight in wanted.items()]
    parts += ["*/*;q=0.3", "text/*;q=0.4"]
    before = negotiate(",".join(parts), offers)
    random.shuffle(parts)
    assert negotiate(" , ".join(parts), offers) == before


@given(st.sampled_from(ALL), some_offers)
def test_what_is_weighed_nothing_is_never_sent(refused, offers):
    assert negotiate(f"{refused};q=0, */*;q=0.1", offers) != refused
