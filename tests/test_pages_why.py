"""The page of a proof."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from pages import BROWSER, EVIL, HOSTILE, describe_hostile, read_page
from rdflib import URIRef
from serving import make_graph, run_serving
from small_graph import DOC

from kg import iris
from kg.iris import ID, KG
from kg.reasoning.proofs import Proof
from kg.server.pages import why
from kg.store import open_graph

ALLIED = {"s": ID["United-States"], "p": KG["alliedWith"], "o": ID["Japan"]}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The small graph with a hostile thing."""
    place = make_graph(tmp_path_factory.mktemp("why") / "graph", small=True)
    with open_graph(place) as store:
        store.replace(URIRef(iris.BASE + "graph/evil"), describe_hostile())
        facts = iris.facts_graph(DOC)
        store.replace(facts, [*store.triples(facts), (EVIL, KG.attacks, ID["Japan"])])
    return place


@pytest.fixture(scope="module")
def server(place):
    """A server of that graph."""
    with run_serving(place) as running:
        yield running


def find_inferred(server):
    """The first link of a page that asks why something follows."""
    page = read_page(server, "/page/id/United-States")
    return next(link for link in page.links if "/page/why?" in link).removeprefix(server.base)


def test_a_proof_leads_from_the_rule_to_the_words(server):
    page = read_page(server, find_inferred(server))
    rules = [link for link in page.links if "/page/rules#" in link]
    assert rules
    shown = read_page(server, "/page/rules")
    assert shown.pick("li", id=rules[0].partition("#")[2])
    assert any("/page/article/" in link and "#claim-" in link for link in page.links)
    assert "held by" in page.words
    assert page.pick("div", id="step-1")
    assert f"{server.base}/page/id/United-States" in page.links


def test_a_part_of_a_page_has_no_frame_and_no_ids(server):
    part = server.ask(f"{find_inferred(server)}&part=1", Accept=BROWSER)
    assert "<html" not in part.text
    assert ' id="' not in part.text
    assert 'class="proof' in part.text


def test_what_is_hostile_is_text(server):
    asked = urlencode({"s": ID["Evil"], "p": KG.attacks, "o": ID["Japan"]})
    page = read_page(server, f"/page/why?{asked}")
    assert page.text.count(HOSTILE) >= 2


def make_proof(name, *premises):
    """A proof of a made-up triple."""
    triple = (ID[name], KG.r, ID[name])
    return Proof(triple, "a-rule" if premises else None, "because", premises, (), f"says {name}")


def test_what_was_proved_above_is_told_once_and_led_to():
    shared = make_proof("shared", make_proof("ground"))
    step = why.tell_proof(make_proof("top", shared, make_proof("other", shared)), "")
    again = step.premises[1].premises[0]
    assert again.above == step.premises[0].number
    assert again.premises == ()
    assert step.premises[0].above is None


def test_what_lies_deep_is_folded_and_what_is_endless_is_cut():
    proof = make_proof("ground")
    for depth in range(600):
        proof = make_proof(f"step-{depth}", proof)
    step = why.tell_proof(proof, "")
    depths, cut = [], False
    while step.premises:
        depths.append(step.folded)
        step = step.premises[0]
        cut = cut or step.cut
    assert depths[:3] == [False, False, True]
    assert all(depths[2:])
    assert len(depths) < 500
    assert cut


def test_closures_are_kept_for_the_last_states_only(place):
    for stamp in ("one", "two", "three", "two"):
        explainer = why.open_closure(place, stamp)
        assert why.open_closure(place, stamp) is explainer
    assert [stamp for _, stamp in why.closures] == ["three", "two"]
    assert len(why.closures) == why.MOST_CLOSURES
    while why.closures:
        why.closures.popitem()[1][0].close()
