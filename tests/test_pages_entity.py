"""The page of a thing."""

from __future__ import annotations

import re

import pytest
from pages import EVIL, HOSTILE, describe_hostile, read_page
from rdflib import PROV, RDF, RDFS, Literal, URIRef
from serving import make_graph, run_serving
from small_graph import DOC

from kg import iris
from kg.iris import ID, KG
from kg.server.pages.naming import locate_claim, locate_thing
from kg.store import open_graph

QID = URIRef("http://www.wikidata.org/entity/Q30")
DECISION, OFFER, OPEN = (
    URIRef(f"{iris.BASE}link/{part}") for part in ("decision/1", "candidate/1", "candidate/2")
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of the small graph, with a link that a linker decided and a hostile thing."""
    place = make_graph(tmp_path_factory.mktemp("entity") / "graph", small=True)
    with open_graph(place) as store:
        store.replace_all(
            {
                URIRef(iris.BASE + "graph/evil"): describe_hostile(),
                iris.LINKS_GRAPH: [
                    (DECISION, RDF.type, KG.LinkDecision),
                    (DECISION, KG.candidateOf, ID["United-States"]),
                    (DECISION, KG.candidate, QID),
                    (DECISION, KG.decidedBy, Literal("wikidata")),
                    (DECISION, PROV.wasDerivedFrom, OFFER),
                    (OFFER, KG.score, Literal("0.97")),
                    (OFFER, KG.scoreName, Literal("0.98")),
                    (OFFER, KG.scoreTime, Literal("0.5")),
                    (OPEN, RDF.type, KG.LinkCandidate),
                    (OPEN, KG.candidateOf, ID["Japan"]),
                    (OPEN, KG.candidate, URIRef("http://dbpedia.org/resource/Japan")),
                    (OPEN, RDFS.label, Literal("Japan")),
                    (OFFER, RDFS.label, Literal("United States of America")),
                ],
            }
        )
    with run_serving(place) as running:
        yield running


@pytest.fixture(scope="module")
def japan(server):
    """The page of Japan."""
    return read_page(server, "/page/id/Japan")


def test_an_iri_leads_browsers_to_the_page(server):
    reply = server.ask("/id/Japan", Accept="text/html")
    assert reply.headers["location"] == f"{server.base}/page/id/Japan"
    assert server.ask("/page/id/Japan").headers["link"].startswith(f"<{ID['Japan']}>")


def test_names_kinds_and_codes_are_told(server):
    page = read_page(server, "/page/id/United-States")
    assert "United States, " not in page.words.split("Statements")[0]
    assert f"{server.base}/page/ontology/State" in page.links
    assert "ISO 3166: USA" in page.words
    assert "Correlates of War: 2" in page.words
    assert "U.S. 1" in page.words


def test_statements_stand_by_relation_with_counts_and_quotes(server, japan):
    words = japan.words
    assert "withdraws from … 2" in words
    assert "“Japan withdrawsFrom TPP”" in words
    assert "says Donald Trump" in words
    assert "denied" in words
    assert "predicted" in words
    assert "desired" in words
    assert "makes demands of Japan 1" in words
    assert "on more responsibilities" in words


def test_quotes_lead_to_the_words(server, japan):
    place = f"{server.base}/page/article/0123456789abcdef#claim-"
    assert sum(link.startswith(place) for link in japan.links) >= 10


def test_links_out_come_with_their_reasons(server):
    page = read_page(server, "/page/id/United-States")
    link = page.pick("a", href=str(QID))[0]
    assert "noreferrer" in link["rel"]
    assert "Wikidata Q30" in page.words
    assert "Decided by wikidata; “United States of America”; score 0.97" in page.words
    assert "name agrees (0.98); time fits in part (0.50)" in page.words
    assert "In Concord’s own list of names" in page.words


def test_what_was_offered_and_not_decided_is_told(server):
    page = read_page(server, "/page/id/Japan")
    assert "DBpedia Japan not decided Offered; “Japan”" in page.words


def test_what_follows_leads_to_why(server):
    page = read_page(server, "/page/id/United-States")
    assert "What follows 3" in page.words
    assert any(
        link.startswith(f"{server.base}/page/why?") and "alliedWith" in link for link in page.links
    )


def test_offices_and_memberships_are_told(server):
    page = read_page(server, "/page/id/Donald-Trump")
    assert "Donald Trump, President of United States since 2017-01-20" in page.words
    assert "What Donald Trump claims 2" in page.words
    page = read_page(server, "/page/id/United-States")
    assert "United States, member of US-Japan alliance since 1951 a list" in page.words


def test_what_has_a_date_stands_in_the_timeline(server):
    page = read_page(server, "/page/id/Donald-Trump")
    words = page.words.split("As a list")[1]
    assert words.index("2017-01-20") < words.index("2017-11-05") < words.index("Yokota")
    assert "Article The Alliance" in words
    places = [attributes["href"] for attributes in page.pick("a", tabindex="-1")]
    ids = {attributes["id"] for _, attributes in page.found if "id" in attributes}
    assert places
    assert {place.removeprefix("#") for place in places} <= ids


def test_articles_and_pairs_are_offered(server, japan):
    assert "The Alliance 1 mention 2018-06-10" in japan.words
    assert re.search(r"United States \d+ ⇄", japan.words)
    assert japan.pick("form", action=f"{server.base}/page/pair")
    assert any(link.startswith(f"{server.base}/page/pair?a=") for link in japan.links)


def test_what_is_hostile_is_text(server):
    page = read_page(server, "/page/id/Evil")
    assert page.text.count(HOSTILE) >= 8
    assert "http://example.org/'onclick='alert(1)" in page.links
    assert "javascript:alert(1)" in page.text
    assert "49" not in page.text


def test_a_page_comes_as_it_was_until_the_graph_changes(server):
    first = server.ask("/page/id/Japan")
    assert server.ask("/page/id/Japan").body == first.body
    assert server.ask("/page/id/Japan", If_None_Match=first.headers["etag"]).status == 304


@pytest.mark.parametrize(
    ("iri", "place"),
    [
        (str(ID["Japan"]), ("/b/page/id/Japan", False)),
        (str(KG.State), ("/b/page/ontology/State", False)),
        (str(DOC), ("/b/page/article/0123456789abcdef", False)),
        (f"{iris.BASE}graph/background", ("/b/graph/background", False)),
        (f'{iris.BASE}id/São"<>', ("/b/page/id/S%C3%A3o%22%3C%3E", False)),
        (f"{iris.BASE}id/a?b", (None, False)),
        ("https://example.org/", ("https://example.org/", True)),
        ("javascript:alert(1)", (None, False)),
        ("", (None, False)),
    ],
)
def test_a_link_leads_where_it_may(iri, place):
    assert locate_thing(iri, "/b") == place


def test_a_claim_leads_to_its_words():
    assert locate_claim(f"{DOC}/claim/7", "") == "/page/article/0123456789abcdef#claim-7"
    assert locate_claim(str(EVIL), "") is None
    assert locate_claim("http://example.org/claim/7", "") is None
