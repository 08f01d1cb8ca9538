"""The browser of the ontology."""

from __future__ import annotations

import pytest
from pages import BROWSER, HOSTILE, describe_hostile, read_page
from rdflib import RDF
from serving import make_graph, run_serving

from kg import iris
from kg.iris import KG
from kg.rdf import read_turtle
from kg.server.pages.ontology import Usage, list_parts
from kg.server.pages.term import list_wordings
from kg.store import open_graph
from kg.vocabulary import load_vocabulary, ontology_directory

OWL, RDFS = "http://www.w3.org/2002/07/owl#", "http://www.w3.org/2000/01/rdf-schema#"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of the small graph, with a hostile term in the ontology."""
    place = make_graph(tmp_path_factory.mktemp("ontology") / "graph", small=True)
    with open_graph(place) as store:
        known = list(store.triples(iris.ONTOLOGY_GRAPH))
        store.replace(iris.ONTOLOGY_GRAPH, [*known, *describe_hostile()])
    with run_serving(place) as running:
        yield running


@pytest.fixture(scope="module")
def browser(server):
    """The page of the whole ontology."""
    return read_page(server, "/page/ontology")


def test_the_iri_of_every_term_resolves(server, browser):
    """A client sends what stands before the "#", and finds the term by what stands behind it."""
    reply = server.ask("/ontology", Accept=BROWSER)
    assert (reply.status, reply.headers["location"]) == (303, f"{server.base}/page/ontology")
    ids = {attributes["id"] for _, attributes in browser.found if "id" in attributes}
    triples = read_turtle(ontology_directory() / "concord.ttl")
    terms = {str(s).removeprefix(KG) for s, p, _ in triples if p == RDF.type and s.startswith(KG)}
    assert terms <= ids


def test_terms_stand_in_a_tree_with_counts(server, browser):
    assert "Classes" in browser.words
    assert "state 5 A country that acts" in browser.words
    assert f"{server.base}/page/ontology/withdrawsFrom" in browser.links
    assert f"{server.base}/data/ontology.ttl" in browser.links


def test_a_relation_is_told_with_all_there_is(server):
    page = read_page(server, "/page/ontology/withdrawsFrom")
    words = page.words
    assert "Leaves, quits, pulls out of, or denounces" in words
    assert "Canada withdrew from the Kyoto Protocol." in words
    assert "from (domain) actor" in words
    assert "to (range) thing that can be left" in words
    assert "quad class material conflict" in words
    assert "PLOVER event code SANCTION" in words
    assert "CAMEO event code 160, 161, 166" in words
    assert "3 claims" in words
    assert "“Trump-administration withdrawsFrom TPP”" in words
    assert page.pick("tr", id="withdraw-v-withdrawsFrom")


def test_a_class_is_told_with_its_alignments(server):
    page = read_page(server, "/page/ontology/State")
    assert "schema.org close Country" in page.words
    assert "https://schema.org/Country" in page.links
    assert "Wikidata narrow Q" in page.words
    assert "5 things" in page.words
    assert "Japan 1" in page.words


@pytest.mark.parametrize("name", ["Positive", "claim", "quadClass", "start"])
def test_other_terms_have_pages_too(server, name):
    if f"{KG}{name}" in {str(s) for s, _, _ in read_turtle(ontology_directory() / "concord.ttl")}:
        assert str(KG[name]) in read_page(server, f"/page/ontology/{name}").text


def test_what_is_no_term_is_not_found(server):
    for name in ("nothing", "%3Cscript%3E", "a%3E%20b", "withdrawsFrom/x", "%ff"):
        assert server.ask(f"/page/ontology/{name}").status == 404


def test_the_version_has_its_page_still(server):
    assert "0.1.0" in read_page(server, "/page/ontology/0.1.0").text


def test_what_is_hostile_is_text(server, browser):
    assert HOSTILE in browser.text
    page = read_page(server, "/page/ontology/evilTerm")
    assert page.text.count(HOSTILE) >= 4
    assert "javascript:alert(1)" in page.text


def test_each_relation_has_wordings():
    for relation in load_vocabulary().relations:
        assert list_wordings(str(relation), ""), relation


def test_terms_above_one_another_stand_once():
    above = {f"{RDFS}subClassOf": (f"{KG}B",), f"{OWL}x": ()}
    kind = {"http://www.w3.org/1999/02/22-rdf-syntax-ns#type": (f"{OWL}Class",)}
    facts = {
        f"{KG}A": {**kind, **above},
        f"{KG}B": {**kind, f"{RDFS}subClassOf": (f"{KG}A",)},
        f"{KG}C": {**kind, f"{RDFS}subClassOf": (f"{KG}A", f"{KG}B")},
    }
    (part,) = list_parts(facts, Usage({}, {}, {f"{KG}A": 3}), "")
    seen = []

    def walk(branches):
        for branch in branches:
            if branch.first:
                seen.append(branch.name)
            walk(branch.below)

    walk(part.branches)
    assert sorted(seen) == ["A", "B", "C"]
