"""The page of two actors."""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import HOSTILE, TAG, describe_hostile, read_page
from rdflib import URIRef
from serving import make_graph, run_serving
from stated_graph import make_claim as make_stated
from stated_graph import open_stated_graph

from kg import iris
from kg.iris import ID
from kg.server.pages.conduct import CONFLICT, COOPERATION, Act, draw_chart, order_spans
from kg.store import open_graph


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of the small graph with a hostile thing."""
    place = make_graph(tmp_path_factory.mktemp("pair") / "graph", small=True)
    with open_graph(place) as store:
        store.replace(URIRef(iris.BASE + "graph/evil"), describe_hostile())
    with run_serving(place) as running:
        yield running


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
    words = read_page(server, "/page/pair?a=USA&b=Japan").words.split("Agreements and bodies")[-1]
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


# -------------------------------------------------------------------------- contradictions


@pytest.fixture(scope="module")
def stated(tmp_path_factory):
    """A server of claims that contradict each other in every way."""
    place = make_graph(tmp_path_factory.mktemp("stated") / "graph")
    claims = [
        make_stated("USA", "alliedWith", "Germany", quote="they are allies", since="1955"),
        make_stated("Germany", "alliedWith", "USA", polarity="Negative", quote="no allies at all"),
        make_stated("USA", "attacks", "Germany", quote="it bombed them", since="1955"),
        make_stated("USA", "attacks", "Germany", quote="it bombed them once more", until="1943"),
        make_stated("USA", "supports", "Germany", quote="it stands by them"),
        make_stated("USA", "opposes", "Germany", quote="it stands against them"),
        make_stated("Bonn", "headedBy", "Trump", quote="led by Trump", since="1960"),
        make_stated("Bonn", "headedBy", "Tokyo", quote="led from Tokyo", since="1960"),
        make_stated("USA", "memberOf", "NATO"),
        make_stated("Germany", "memberOf", "NATO"),
    ]
    made = open_stated_graph({1: "1960-01-01"}, claims)
    with open_graph(place) as store:
        store.replace_all({graph: list(made.triples(graph)) for graph in made.graphs()})
    with run_serving(place) as running:
        yield running


def test_what_is_said_and_denied_stands_side_by_side_either_way_round(stated):
    for path in ("/page/pair?a=United+States&b=Germany", "/page/pair?a=Germany&b=United+States"):
        words = read_page(stated, path).words.split("Contradictions")[-1]
        assert "Said and denied" in words
        assert "“they are allies”" in words
        assert "“no allies at all”" in words


def test_relations_that_exclude_each_other_are_told(stated):
    words = read_page(stated, "/page/pair?a=United+States&b=Germany").words
    words = words.split("As a table")[1].split("Agreements and bodies")[0]
    assert "Relations that exclude each other" in words
    assert "“it stands by them”" in words
    assert "“it stands against them”" in words
    # Allied and attacking exclude each other only at one time.
    assert "“it bombed them”" in words
    assert "“it bombed them once more”" not in words


def test_two_values_where_there_is_one_at_a_time_are_told(stated):
    iris_of = [quote(str(ID[each]), safe="") for each in ("Bonn", "Trump")]
    words = read_page(stated, f"/page/pair?a={iris_of[0]}&b={iris_of[1]}").words
    assert "Two where there is one at a time" in words
    assert "“led from Tokyo”" in words


def test_shared_memberships_are_told(stated):
    words = read_page(stated, "/page/pair?a=United+States&b=Germany").words
    assert "NATO is a member of" in words.split("Agreements and bodies")[-1]


# ----------------------------------------------------------------------------------- conduct


def test_bars_are_as_tall_as_their_counts():
    acts = [Act(2017, 0, "VerbalCooperation")] * 4 + [Act(2017, 0, "MaterialConflict")]
    chart = draw_chart([*acts, Act(2018, 1, "VerbalConflict")], ("A to B", "B to A", "both"))
    there, back = chart.panels
    up, down = there.bars
    assert round(up.height, 1) == round(4 * down.height, 1)
    assert round(up.y + up.height, 1) == round(down.y, 1) == round(there.line, 1)
    assert down.kind == "material-conflict"
    assert [there.title, back.title] == ["A to B", "B to A"]
    assert [bar.kind for bar in back.bars] == ["verbal-conflict"]
    assert [year for _, year in chart.ticks] == ["2017", "2018"]
    assert draw_chart([], ("", "", "")) is None


@given(
    st.lists(
        st.builds(
            Act,
            st.one_of(st.none(), st.integers(1, 2100)),
            st.integers(0, 2),
            st.sampled_from(COOPERATION + CONFLICT),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_a_chart_keeps_every_act_within_its_bounds(acts):
    chart = draw_chart(acts, ("A to B", "B to A", "both"))
    spans = order_spans(acts)
    assert sum(sum(span.sums) for span in spans) == len(acts)
    for panel in chart.panels:
        for bar in panel.bars:
            assert 0 <= bar.x <= bar.x + bar.width <= chart.width
            assert panel.top <= bar.y <= bar.y + bar.height <= chart.height
    places = [x for x, _ in chart.ticks]
    assert all(later - earlier >= 30 for earlier, later in pairwise(places))
