"""The front page."""

from __future__ import annotations

import re

from pages import BROWSER, HOSTILE, TAG, describe_hostile, read_page
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
        assert "Japan and United States" in page.words
        assert any("/page/pair?a=" in link for link in page.links)
        assert any(link.endswith("/questions/contradictions") for link in page.links)
        tag = server.ask("/", Accept=BROWSER).headers["etag"]
        known = server.ask("/", Accept=BROWSER, If_None_Match=tag)
        assert known.status == 304
        assert "content-security-policy" not in known.headers
        assert server.ask("/").headers["location"] == f"{server.base}/sparql"


def test_one_article_is_opened_at_once_and_listed_all_the_same(tmp_path):
    with run_serving(make_graph(tmp_path / "graph", small=True)) as server:
        place = server.ask("/", Accept=BROWSER).headers["location"]
        assert place == f"{server.base}/page/article/0123456789abcdef"
        page = read_page(server, "/page/articles")
        assert re.search(r"\d+ claims of \d+ relations", page.words)
        assert "in 1 article" in page.words
        assert place in page.links


def make_articles(count):
    """Articles of which every third has no date and every fifth no title."""
    for number in range(count):
        article = URIRef(f"{iris.BASE}article/{number:016x}")
        yield article, RDF.type, KG.Article
        yield article, DCTERMS.source, Literal(f"{number:04}.txt")
        if number % 5:
            yield article, DCTERMS.title, Literal(f"Title {number:04}")
        if number % 3:
            yield article, DCTERMS.issued, Literal(f"{1950 + number % 70}-01-02")


def test_many_articles_are_paged_and_sorted(tmp_path):
    place = make_graph(tmp_path / "graph")
    with open_graph(place) as store:
        store.replace(URIRef(iris.BASE + "graph/many"), list(make_articles(2000)))
    with run_serving(place) as server:
        page = read_page(server, "/")
        assert "Articles 2,000" in page.words
        assert "1 to 30 of 2,000" in page.words
        assert "0000.txt" in page.words
        assert "an article without a title" not in page.words
        (after,) = page.pick("a", rel="next")
        assert "31 to 60 of 2,000" in read_page(server, f"/{after['href']}").words
        words = read_page(server, "/?sort=newest").words
        assert words.index("2019-01-02") < len(words)
        assert "1950-01-02" not in words
        assert "1950-01-02" in read_page(server, "/?sort=oldest").words
        assert "1981 to 2000 of" in read_page(server, "/?articles=99999").words
        for wrong in ("sort=x", "articles=0", "articles=-1"):
            assert server.ask(f"/?{wrong}", Accept=BROWSER).status == 400


def test_a_search_has_a_page(tmp_path):
    place = make_graph(tmp_path / "graph", small=True)
    with open_graph(place) as store:
        store.replace(URIRef(iris.BASE + "graph/evil"), describe_hostile())
    with run_serving(place) as server:
        page = read_page(server, "/page/search?q=Japan")
        assert "Things" in page.words
        assert f"{server.base}/page/id/Japan" in page.links
        assert any("/page/article/" in link and "#claim-" in link for link in page.links)
        assert "Things" not in read_page(server, "/page/search?q=Japan&kind=claim").words
        assert "Nothing in this graph" in read_page(server, "/page/search?q=zzzzz").words
        assert read_page(server, "/page/search").pick("input", id="q")
        page = read_page(server, "/page/search?q=alert")
        assert TAG in page.text
        assert server.ask("/page/search?q=x&kind=y", Accept=BROWSER).status == 400
