"""Every IRI under Concord's base leads to a page and to data."""

from __future__ import annotations

import subprocess
import sys
from urllib.parse import quote

import pytest
from pages import BROWSER, read_page
from serving import make_graph, run_serving

from kg import iris
from kg.rdf import read_turtle
from kg.store import open_snapshot
from kg.vocabulary import ontology_directory

NO_PAGE = {iris.BASE, f"{iris.BASE}id/", f"{iris.BASE}article/"}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The small graph."""
    return make_graph(tmp_path_factory.mktemp("browsing") / "graph", small=True)


@pytest.fixture(scope="module")
def server(place):
    """A server of the small graph."""
    with run_serving(place) as running:
        yield running


@pytest.fixture(scope="module")
def sample_graph(tmp_path_factory, sample):
    """The graph of the sample article."""
    place = tmp_path_factory.mktemp("sample") / "graph"
    command = [sys.executable, "-m", "kg", "build", str(sample), "--graph", str(place)]
    subprocess.run(command, check=True, capture_output=True)
    return place


def list_graph_iris(place):
    """Every IRI of ours that stands in a graph."""
    with open_snapshot(place) as store:
        named = {str(term) for quad in store.quads() for term in quad}
    return {iri for iri in named if iri.startswith(iris.BASE)} - NO_PAGE


def list_ontology_iris():
    """Every IRI of ours that stands in the ontology's own files.

    Alliances are things like those of the names: they have a page where a graph speaks of them.
    """
    files = [each for each in ontology_directory().glob("*.ttl") if each.stem != "alliances"]
    named = {str(term) for each in files for triple in read_turtle(each) for term in triple}
    return {iri for iri in named if iri.startswith(iris.BASE)} - NO_PAGE


def follow(server, iri, accept):
    """The reply at the end of the way from an IRI, as a client walks it, and the way."""
    path = quote(iri.removeprefix(iris.BASE).partition("#")[0], safe="/:@!$&()*+,;=~%")
    reply = server.ask(f"/{path}", Accept=accept)
    assert reply.status in (200, 303), (iri, reply.text)
    if reply.status == 303:
        reply = server.ask(reply.headers["location"].removeprefix(server.base), Accept=accept)
    return reply


def follow_all(server, found):
    """Follow each IRI once for each document that it leads to, as HTML and as Turtle."""
    for iri in sorted({iri.partition("#")[0] for iri in found}):
        for accept, media_type in ((BROWSER, "text/html"), ("text/turtle", "text/turtle")):
            reply = follow(server, iri, accept)
            assert (reply.status, reply.media_type) == (200, media_type), (iri, reply.text[:200])


def test_every_iri_of_a_graph_resolves(server, place):
    found = list_graph_iris(place)
    assert len(found) > 100
    follow_all(server, found)


def test_every_iri_of_the_sample_graph_resolves(sample_graph):
    with run_serving(sample_graph) as server:
        found = list_graph_iris(sample_graph)
        assert len(found) > 1000
        follow_all(server, found)


def test_every_iri_of_the_ontology_resolves(server):
    found = list_ontology_iris()
    assert len(found) > 2000
    follow_all(server, found)


@pytest.mark.parametrize("document", ["ontology", "cues", "shapes", "lexicon"])
def test_every_term_has_a_page_of_its_own(server, document):
    """What a page leads to is behind a slash, since no client sends what stands behind a "#"."""
    start = f"{iris.BASE}{document}#"
    terms = sorted(iri for iri in list_ontology_iris() if iri.startswith(start) and iri != start)
    assert terms
    shown = read_page(server, f"/page/{document}")
    ids = {attributes["id"] for _, attributes in shown.found if "id" in attributes}
    for iri in terms:
        assert iri.removeprefix(start) in ids, iri
    for iri in terms[:: max(1, len(terms) // 40)]:
        name = quote(iri.removeprefix(start), safe="")
        assert iri in read_page(server, f"/page/{document}/{name}").text


def test_a_wording_tells_its_relation_and_slots(server):
    page = read_page(server, "/page/lexicon/withdraw-v-withdrawsFrom")
    assert "States that something withdraws from something" in page.words
    assert "part of speech verb subject from object object from from, of" in page.words
    assert f"{server.base}/page/ontology/withdrawsFrom" in page.links
    assert "In this graph it made" in page.words


def test_cues_stand_by_what_they_do(server):
    page = read_page(server, "/page/cues")
    assert "The relation in the scope of the cue is denied" in page.words
    assert page.pick("li", id="affirm-verb")
    assert "affirm" in read_page(server, "/page/cues/affirm-verb").words


def test_rules_are_told_in_words_and_as_they_are(server):
    page = read_page(server, "/page/rules")
    assert page.pick("li", id="prp-symp")
    assert page.pick("li", id="act-between-agents")
    assert "what those who act for two states do to each other" in page.words
    assert "then ?state ?relation ?other" in page.words
    reply = server.ask("/owl2rl", Accept=BROWSER)
    assert (reply.status, reply.headers["location"]) == (303, f"{server.base}/page/rules")
    assert server.ask("/owl2rl", Accept="text/turtle").status == 406


def test_documents_come_as_data_in_each_syntax(server):
    for ending, media_type in (("ttl", "text/turtle"), ("jsonld", "application/ld+json")):
        reply = server.ask(f"/data/shapes.{ending}")
        assert (reply.status, reply.media_type) == (200, media_type)
        assert b"article-digest" in reply.body
    assert b"adjust-v-pursues" in server.ask("/data/lexicon.nt").body


def test_a_search_finds_terms_wordings_and_cues(server):
    page = read_page(server, "/page/ontology?q=withdraw")
    assert f"{server.base}/page/ontology/withdrawsFrom" in page.links
    assert f"{server.base}/page/lexicon/withdraw-v-withdrawsFrom" in page.links
    page = read_page(server, "/page/ontology?q=affirm")
    assert f"{server.base}/page/cues/affirm-verb" in page.links
    page = read_page(server, "/page/ontology?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "No term is called or defined so." in page.words
    assert page.pick("input", id="q")[0]["value"] == "<script>alert(1)</script>"


def test_what_no_document_has_is_not_found(server):
    for path in ("lexicon/nothing", "cues/%3Cscript%3E", "shapes/x/y", "lexicon/%ff", "rules/x"):
        assert server.ask(f"/page/{path}", Accept=BROWSER).status == 404, path
