"""The front page."""

from __future__ import annotations

from pages import BROWSER, HOSTILE, describe_hostile, read_page
from rdflib import DCTERMS, RDF, RDFS, Literal, URIRef
from serving import make_graph, run_serving

from kg import iris
from kg.iris import ID, KG
from kg.store import open_graph

OTHER, AUTHOR = URIRef(iris.BASE + "article/evil"), ID["evil-author"]


def test_an_empty_graph_has_a_front_page(tmp_path):
    with run_serving(make_graph(tmp_path / "graph")) as server:
        assert "no article yet" in read_page(server, "/").words


def test_articles_and_actors_are_listed(tmp_path):
    place = make_graph(tmp_path / "graph", small=True)
    with open_graph(place) as store:
        hostile = [
            (OTHER, RDF.type, KG.Article),
            (OTHER, DCTERMS.title, Literal(HOSTILE)),
            (OTHER, KG.journal, Literal(HOSTILE)),
            (OTHER, DCTERMS.creator, AUTHOR),
            (AUTHOR, RDFS.label, Literal(HOSTILE)),
        ]
        store.replace(URIRef(iris.BASE + "graph/evil"), [*describe_hostile(), *hostile])
    with run_serving(place) as server:
        page = read_page(server, "/")
        assert "Ann Author · 2018-06-10 · 20 claims" in page.words
        assert f"{server.base}/page/article/0123456789abcdef" in page.links
        assert "Japan 13" in page.words
        assert page.text.count(HOSTILE) >= 4
        assert server.ask("/", Accept=BROWSER).headers["vary"]
        tag = server.ask("/", Accept=BROWSER).headers["etag"]
        known = server.ask("/", Accept=BROWSER, If_None_Match=tag)
        assert known.status == 304
        assert "content-security-policy" not in known.headers
        assert server.ask("/").headers["location"] == f"{server.base}/sparql"
