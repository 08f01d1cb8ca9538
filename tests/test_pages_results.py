"""The views of answers: table, graph, timeline and map, each where there is what it takes."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from pages import HOSTILE, describe_hostile, read_page
from rdflib import XSD, Graph, Literal, Namespace, URIRef
from serving import make_graph, run_serving

from kg import iris
from kg.iris import ID, KG
from kg.server.pages.naming import Cell, Named
from kg.server.pages.questions import Result, ResultRow
from kg.server.pages.result_network import draw_network
from kg.server.pages.timeline import draw_timeline
from kg.server.pages.wording import find_dates, find_ends, list_chips, tell_state, word_column
from kg.store import open_graph

GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")


def locate(thing, latitude, longitude):
    """Where a thing lies, in decimal degrees."""
    yield ID[thing], GEO.lat, Literal(latitude, datatype=XSD.decimal, normalize=False)
    yield ID[thing], GEO.long, Literal(longitude, datatype=XSD.decimal, normalize=False)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of the small graph with a hostile thing, a place on the map and one that is none."""
    place = make_graph(tmp_path_factory.mktemp("results") / "graph", small=True)
    nowhere = [
        (ID["Evil"], GEO.lat, Literal('"><script>alert(1)</script>')),
        (ID["Evil"], GEO.long, Literal("1e999")),
        *locate("TPP", "91", "10"),
    ]
    with open_graph(place) as store:
        store.replace(URIRef(iris.BASE + "graph/evil"), describe_hostile())
        store.replace(URIRef(iris.BASE + "graph/map"), [*locate("Yokota", "35.75", "139.35")])
        store.replace(URIRef(iris.BASE + "graph/nowhere"), nowhere)
    with run_serving(place) as running:
        yield running


def list_views(page):
    """The views that a page offers."""
    links = page.pick("a")
    return [link["data-view"] for link in links if "data-view" in link]


def make_result(*rows):
    """A result of rows that are given as texts and things by column."""
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return Result(
        columns,
        tuple(
            ResultRow(number, tuple(row.get(name) for name in columns), None)
            for number, row in enumerate(rows, start=1)
        ),
        len(rows),
        0,
    )


def thing(local, kind=None):
    named = Named(str(ID[local]), local, f"/page/id/{local}", kind)
    return Cell(local, named)


def term(local):
    return Cell(local.lower(), Named(str(KG[local]), local.lower(), None))


# ------------------------------------------------------------------------------ what is offered


@pytest.mark.parametrize(
    ("path", "views"),
    [
        ("claims?relation=meets", ["table", "graph", "map"]),
        ("timeline", ["table", "graph", "timeline", "map"]),
        ("frames", []),
        ("places", ["table", "map"]),
        ("balance", ["table", "graph", "map"]),
    ],
)
def test_a_view_is_offered_where_the_rows_have_what_it_takes(server, path, views):
    assert list_views(read_page(server, f"/questions/{path}")) == views


def test_the_view_is_chosen_in_the_address(server):
    page = read_page(server, "/questions/claims?about=Japan&view=graph")
    assert page.pick("a", **{"data-view": "graph", "aria-current": "page"})
    assert "?about=Japan&view=map" in page.links
    assert page.pick("input", name="view")[0]["value"] == "graph"
    assert not page.pick("table")
    # What has no such view is shown as a table.
    assert read_page(server, "/questions/frames?view=map").pick("table")
    assert server.ask("/questions/frames?view=globe").status == 400


def test_how_a_row_is_held_is_one_column(server):
    page = read_page(server, "/questions/claims?about=Japan")
    labels = [cell["data-label"] for cell in page.pick("td")]
    assert labels[:6] == ["subject", "verb", "object", "topic", "how held", "evidence"]
    assert "says Donald Trump" in page.words
    assert page.pick("span", **{"class": "chip chip-negative"})


# ------------------------------------------------------------------------------------ the graph


def test_the_graph_has_an_edge_for_all_rows_that_say_the_same():
    said = {"subject": thing("A", "State"), "relation": term("joins"), "object": thing("B")}
    denied = {**said, "polarity": term("Negative")}
    network = draw_network(make_result({**said, "polarity": term("Positive")}, said, denied))
    assert [node["id"] for node in network["nodes"]] == [str(ID["A"]), str(ID["B"])]
    assert [node["kind"] for node in network["nodes"]] == ["State", "Thing"]
    found = [(edge["state"], edge["label"], edge["claims"]) for edge in network["edges"]]
    assert found == [("asserted", "joins", ["1", "2"]), ("denied", "joins", ["3"])]


def test_two_columns_of_things_make_a_graph_and_one_makes_none():
    pair = make_result({"who": thing("A"), "how": term("joins"), "whom": thing("B")})
    ends = find_ends(pair)
    assert (ends.first, ends.relation, ends.second) == ("who", "how", "whom")
    assert draw_network(make_result({"who": thing("A"), "what": Cell("B")})) is None
    assert draw_network(make_result({"who": thing("A"), "kind": term("State")})) is None


def test_the_graph_is_in_the_page_as_data(server):
    page = read_page(server, "/questions/claims?relation=attacks&view=graph")
    (picture,) = [each for each in page.pick("div") if "data-graph" in each]
    data = json.loads(picture["data-graph"])
    assert HOSTILE in [node["label"] for node in data["nodes"]]
    # The same is there in words.
    assert page.text.count(HOSTILE) >= 3


# --------------------------------------------------------------------------------- the timeline


def test_dates_of_any_precision_lie_on_the_line():
    rows = [
        {"from": Cell("2017-11-05"), "until": Cell("2017-11-05"), "what": thing("A")},
        {"from": Cell("1951"), "what": thing("B")},
        {"until": Cell("2000-01"), "what": thing("C")},
        {"what": thing("D")},
    ]
    timeline = draw_timeline(make_result(*rows))
    assert [(event.when, event.year) for event in timeline.events] == [
        ("since 1951", "1951"),
        ("until 2000-01", "2000"),
        ("2017-11-05", "2017"),
    ]
    assert timeline.undated == 1
    lefts = [event.left for event in timeline.events]
    assert lefts == sorted(lefts)
    assert all(0 <= event.left <= event.right <= 100 for event in timeline.events)
    assert [tick.text for tick in timeline.ticks] == [str(year) for year in range(1950, 2021, 10)]


def test_events_of_one_time_do_not_lie_on_each_other():
    timeline = draw_timeline(make_result(*[{"date": Cell("2017")}] * 40))
    assert len({event.top for event in timeline.events}) == 16
    assert max(event.top for event in timeline.events) < timeline.height


@pytest.mark.parametrize("text", ["17", "about 2017", "2017-11-05T10:00:00", "20171105"])
def test_what_is_no_date_makes_no_timeline(text):
    assert draw_timeline(make_result({"date": Cell(text)})) is None


def test_years_before_christ_and_numbers_are_told_apart():
    assert find_dates(make_result({"n": Cell("2017", datatype="xsd:integer")})) == (None, None)
    timeline = draw_timeline(make_result({"from": Cell("-0431"), "until": Cell("-0404")}))
    assert timeline.events[0].year == "-0431"


def test_the_timeline_is_drawn_by_the_server(server):
    page = read_page(server, "/questions/timeline?view=timeline")
    assert page.pick("circle")
    assert page.pick("rect")
    marks = {link["href"] for link in page.pick("a") if link["href"].startswith("#row-")}
    assert marks == {"#row-1", "#row-2"}
    assert page.pick("li", id="row-1")
    assert "visits" in page.words


# -------------------------------------------------------------------------------------- the map


def test_the_map_has_states_and_points_with_their_rows(server):
    page = read_page(server, "/questions/claims?about=Yokota&view=map")
    (point,) = [each for each in page.pick("li") if "data-latitude" in each]
    assert (point["data-latitude"], point["data-longitude"]) == ("35.75", "139.35")
    assert point["data-count"] == "2"
    assert {each["data-code"] for each in page.pick("li") if "data-code" in each} == {"USA", "CHN"}
    # Who acts for a state is there with it, and each row with its words.
    assert f"{server.base}/page/id/Donald-Trump" in page.links
    assert any("#claim-" in link for link in page.links)


def test_coordinates_that_are_none_put_nothing_on_the_map(server):
    page = read_page(server, "/questions/claims?view=map")
    places = [each for each in page.pick("li") if "data-latitude" in each]
    assert [each["data-latitude"] for each in places] == ["35.75"]
    assert "without a known place" in page.words


def test_codes_that_stand_for_states_are_shown_as_these(server):
    page = read_page(server, "/questions/balance")
    assert {f"{server.base}/page/id/{name}" for name in ("Japan", "United-States")} <= {*page.links}
    # Beside the things whose codes they are they stay codes.
    assert "JPN" in read_page(server, "/questions/links?actor=Japan").words


# ------------------------------------------------------------------------------------ the words


def test_chips_tell_how_a_row_is_held():
    row = {"polarity": term("Negative"), "modality": term("Asserted"), "holder": thing("X")}
    result = make_result(row, {"modality": term("Possible")}, {"basis": Cell("inferred")})
    looks = [[chip.look for chip in list_chips(result, row)] for row in result.rows]
    assert looks == [["negative", "holder"], ["possible"], ["time"]]
    states = [tell_state(result, row) for row in result.rows]
    assert states == ["denied", "possible", "inferred"]
    assert word_column("asSubject") == "as subject"


def test_the_claims_behind_the_rows_come_as_turtle(server):
    reply = server.ask("/questions/claims.ttl?about=Yokota")
    assert (reply.status, reply.media_type) == (200, "text/turtle")
    found = Graph().parse(data=reply.text, format="turtle")
    claims = set(found.subjects(KG.relation))
    assert len(claims) == 2
    assert all(found.value(claim, KG.evidence) for claim in claims)
    assert len(Graph().parse(data=server.ask("/questions/links.ttl").text, format="turtle")) == 0


# --------------------------------------------------------------------------------------- SPARQL


def ask(server, text, rest=""):
    return read_page(server, f"/sparql?query={quote(text, safe='')}{rest}")


MANY = "SELECT ?n { VALUES ?n { " + " ".join(map(str, range(450))) + " } }"


def test_rows_come_in_pages_and_it_is_told(server):
    page = ask(server, MANY)
    assert "450 answers" in page.words
    assert "Shown: 1 to 200 of 450." in page.words
    (following,) = [link["href"] for link in page.pick("a", rel="next")]
    last = read_page(server, f"/sparql{following}".replace("page=2", "page=3"))
    assert "Shown: 401 to 450 of 450." in last.words
    assert last.pick("tr", id="row-450")
    assert not last.pick("a", rel="next")


def test_results_of_queries_have_views_too(server):
    text = "SELECT ?a ?b { ?c a kg:Claim ; kg:subject ?a ; kg:object ?b }"
    page = ask(server, text, "&view=graph")
    assert list_views(page) == ["table", "graph", "map"]
    assert [each for each in page.pick("div") if "data-graph" in each]
    triples = ask(server, "CONSTRUCT WHERE { ?s kg:alliedWith ?o }", "&view=map")
    assert {each["data-code"] for each in triples.pick("li") if "data-code" in each} == {
        "JPN", "USA",
    }  # fmt: skip


def test_a_link_can_ask_for_a_format(server):
    text = quote("SELECT ?s { ?s a kg:Person }", safe="")
    reply = server.ask(f"/sparql?query={text}&format=csv", Accept="text/html")
    assert (reply.status, reply.media_type) == (200, "text/csv")
    assert reply.headers["content-disposition"] == 'attachment; filename="answer.csv"'
    # Another name, as SPARQLWrapper sends one, leaves it to the header.
    assert (
        server.ask(f"/sparql?query={text}&format=exe", Accept="text/csv").media_type == "text/csv"
    )
    text = quote("CONSTRUCT WHERE { ?s a kg:Person }", safe="")
    assert server.ask(f"/sparql?query={text}&format=ttl").media_type == "text/turtle"


def test_examples_and_the_editor_are_told_where_they_are(server):
    page = read_page(server, "/sparql")
    assert any("data-example" in link for link in page.pick("a"))
    (editor,) = page.pick("div", id="editor")
    assert editor["data-endpoint"] == f"{server.base}/sparql"


def test_what_a_browser_has_keeps_its_policy(server):
    first = server.ask("/questions/claims", Accept="text/html")
    again = server.ask("/questions/claims", Accept="text/html", If_None_Match=first.headers["etag"])
    assert again.status == 304
    assert "content-security-policy" not in again.headers
