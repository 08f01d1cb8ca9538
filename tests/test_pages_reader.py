"""The reader, the graph beside it, proofs, and the files that pages are made with."""

from __future__ import annotations

import json
import shutil

import pytest
from pages import BROWSER, HOSTILE, check_harmless, describe_hostile, read_page
from rdflib import DCTERMS, RDFS, Literal, URIRef
from serving import make_graph, run_serving
from small_graph import DOC

from kg import iris
from kg.cli import main
from kg.iris import ID
from kg.store import open_graph

KEY = DOC.rsplit("/", 1)[1]


@pytest.fixture(scope="module")
def sample_server(tmp_path_factory, sample):
    """A server of the sample article."""
    place = tmp_path_factory.mktemp("reader") / "graph"
    assert main(["build", str(sample), "--graph", str(place)]) == 0
    with run_serving(place) as server:
        yield server


@pytest.fixture(scope="module")
def reader(sample_server):
    """The reader of the sample article, where the front page leads, for there is no other."""
    reply = sample_server.ask("/", Accept=BROWSER)
    assert reply.status in (302, 303, 307)
    path = reply.headers["location"].removeprefix(sample_server.base)
    return path, read_page(sample_server, path)


def test_the_article_stands_as_written_with_its_claims_at_their_words(reader):
    _, page = reader
    assert "Like his predecessors, Trump will not give up the global hegemony of the" in page.words
    cards = [each for each in page.pick("li") if each.get("class", "").startswith("card")]
    marks = [each for each in page.pick("a") if each.get("class", "").startswith("mark ")]
    anchors = {each["id"] for each in page.pick("span", **{"class": "anchor"})}
    assert len(cards) > 100
    assert {each["data-claim"] for each in marks} == {each["data-claim"] for each in cards}
    assert anchors == {f"claim-{each['data-claim']}" for each in cards}


def test_what_is_not_asserted_looks_otherwise_and_reports_name_their_holder(reader):
    _, page = reader
    states = {each["class"].split("is-")[1].split()[0] for each in page.pick("li")
              if each.get("class", "").startswith("card")}  # fmt: skip
    assert {"asserted", "denied", "predicted"} <= states
    held = [each for each in page.pick("a") if "Donald Trump says" in each.get("aria-label", "")]
    assert held


def test_the_graph_holds_the_ends_of_every_claim(sample_server, reader):
    path, page = reader
    reply = sample_server.ask(f"{path}/graph.json")
    assert reply.media_type == "application/json"
    elements = json.dumps(reply.json)
    ends = {each["data-subject"] for each in page.pick("li") if "data-subject" in each}
    assert ends
    assert all(end in elements for end in ends)


def test_the_note_on_the_authors_is_folded(reader):
    _, page = reader
    assert page.pick("details", **{"class": "author-note"})
    assert "About the Authors: Dr. Ling Shengli" in page.words


def test_a_proof_ends_in_the_words_and_leads_to_them(sample_server, reader):
    path, page = reader
    why = next(link for link in page.links if "/page/why" in link)
    proof = read_page(sample_server, why.removeprefix(sample_server.base))
    assert any(f"{path}#claim-" in link for link in proof.links)


@pytest.mark.parametrize("query", ["", "?s=x&p=y&o=z", "?s=urn:a&p=urn:b&o=urn:c", "?s=%00"])
def test_a_proof_of_nothing_is_told(sample_server, query):
    reply = sample_server.ask(f"/page/why{query}", Accept=BROWSER)
    assert reply.status in (400, 404)


def test_the_files_of_pages_are_kept_by_whoever_has_them(sample_server, reader):
    _, page = reader
    files = [link for link in page.links if "/static/" in link]
    assert any(link.endswith(".css") or ".css" in link for link in files)
    for link in files:
        reply = sample_server.ask(link.removeprefix(sample_server.base))
        assert reply.status == 200
        assert reply.headers["cache-control"]
    assert sample_server.ask("/static/..%2Fapp.py").status == 404
    assert sample_server.ask("/static/nothing.js").status == 404


def test_hostile_articles_do_nothing(tmp_path):
    place = make_graph(tmp_path / "graph", small=True)
    with open_graph(place) as store:
        graph = iris.article_graph(DOC)
        hostile = [
            *((s, p, o) for s, p, o in store.triples(graph) if (s, p) != (DOC, DCTERMS.title)),
            (DOC, DCTERMS.title, Literal(HOSTILE)),
            (ID["Japan"], RDFS.label, Literal(HOSTILE)),
            *describe_hostile(),
        ]
        store.replace(URIRef(graph), hostile)
    with run_serving(place) as server:
        reply = server.ask(f"/page/article/{KEY}", Accept=BROWSER)
        assert reply.status == 200
        check_harmless(reply)
        assert "<script>alert" not in reply.text
        assert server.ask("/page/article/0000000000000000", Accept=BROWSER).status == 404
    shutil.rmtree(place)
