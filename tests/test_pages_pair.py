"""The page of two actors."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest
from pages import HOSTILE, TAG, describe_hostile, read_page
from rdflib import URIRef
from serving import make_graph, run_serving

from kg import iris
from kg.iris import ID, KG
from kg.server.pages.claims import ShownClaim
from kg.server.pages.naming import Named
from kg.server.pages.pair import Span, draw_chart, find_contradictions
from kg.store import open_graph


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of the small graph with a hostile thing."""
    place = make_graph(tmp_path_factory.mktemp("pair") / "graph", small=True)
    with open_graph(place) as store:
        store.replace(URIRef(iris.BASE + "graph/evil"), describe_hostile())
    with run_serving(place) as running:
        yield running


def name(local):
    return Named(str(ID[local]), local, None)


def make_claim(key, subject, relation, object_, **rest):
    """A claim as pages show it."""
    claim = ShownClaim(
        iri=f"x:{key}", subject=name(subject), relation=Named(str(KG[relation]), relation, None),
        object=name(object_), holder=None, polarity="positive", modality="asserted", topic=None,
        since=None, until=None, quote="", start=0, article=name("a"), dated=None, href=None,
        quad=None,
    )  # fmt: skip
    return replace(claim, **rest)


def test_two_actors_are_compared_with_those_who_act_for_them(server):
    page = read_page(server, "/page/pair?a=United+States&b=Japan")
    assert "United States and Japan" in page.words
    assert "Trump administration imposes tariffs on Japan" in page.words
    assert "makes demands of Japan" in page.words
    years = page.words.split("Claims by year")[1]
    assert years.index("2017") < years.index("2018")


def test_conduct_is_drawn_without_style(server):
    page = read_page(server, "/page/pair?a=USA&b=JPN")
    bars = page.pick("rect")
    assert {bar["class"] for bar in bars} >= {"bar bar-verbal-cooperation"}
    assert page.pick("svg")[0]["role"] == "img"


def test_agreements_stand_beside_each_other(server):
    words = read_page(server, "/page/pair?a=USA&b=Japan").words.split("Agreements and alliances")[1]
    assert "US-Japan alliance" in words
    assert "Trans-Pacific Partnership" in words
    assert "Trump administration withdraws from Trans-Pacific Partnership" in words


def test_an_iri_or_a_name_will_do(server):
    by_name = read_page(server, "/page/pair?a=Japan&b=China").words
    iri = quote(str(ID["Japan"]), safe="")
    assert read_page(server, f"/page/pair?a={iri}&b=China").words == by_name
    assert "No claim connects the two." in by_name


def test_a_form_asks_for_what_is_missing(server):
    page = read_page(server, "/page/pair?a=Japan")
    assert page.pick("input", name="a")[0]["value"] == "Japan"
    assert "svg" not in page.tags


def test_who_is_not_known_is_told(server):
    page = read_page(server, "/page/pair?a=Japna&b=China", status=404)
    assert "did you mean" in page.words
    page = read_page(server, f"/page/pair?a={quote(TAG)}&b=China", status=404)
    assert TAG in page.text


def test_what_is_hostile_is_text(server):
    page = read_page(server, "/page/pair?a=Japan&b=" + quote(str(ID["Evil"]), safe=""))
    assert page.text.count(HOSTILE) >= 4


def test_contradictions_are_found_either_way_round():
    said = make_claim(1, "A", "alliedWith", "B")
    denied = make_claim(2, "B", "alliedWith", "A", polarity="negative")
    symmetric = {(str(KG.alliedWith), str(KG.alliedWith))}
    (found,) = find_contradictions([said, denied], symmetric)
    assert (found.one, found.other) == ((said,), (denied,))
    assert find_contradictions([said, denied], set()) == []
    assert find_contradictions([said, replace(denied, modality="possible")], symmetric) == []


def test_relations_that_clash_contradict_each_other():
    one, other = make_claim(1, "A", "supports", "B"), make_claim(2, "A", "opposes", "B")
    pair = (str(KG.supports), str(KG.opposes))
    (found,) = find_contradictions([one, other], {pair, pair[::-1]})
    assert {*found.one, *found.other} == {one, other}
    assert find_contradictions([one, make_claim(2, "B", "opposes", "A")], {pair, pair[::-1]}) == []


def test_bars_are_as_tall_as_their_counts():
    friendly = tuple(make_claim(i, "A", "r", "B", quad="VerbalCooperation") for i in range(4))
    hostile = (make_claim(9, "A", "r", "B", quad="MaterialConflict"),)
    chart = draw_chart([Span("2017", friendly, hostile), Span("2018", (), ())])
    up, down = chart.bars
    assert up.height == 4 * down.height
    assert up.y + up.height == down.y == chart.line
    assert down.kind == "material-conflict"
    assert [year for _, year in chart.ticks] == ["2017", "2018"]
    assert draw_chart([]) is None
