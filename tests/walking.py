"""What is walked: a served graph of two articles, and the kinds of pages it has."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from pages import BROWSER
from serving import run_serving

from kg import iris
from kg.cli import main
from kg.iris import ID, KG

SECOND = """Two Summits of the Year

Japan and China

Japan signed a trade agreement with China in 2017. Chinese President Xi Jinping said that China
supports Japan. The United States opposes the agreement, and Japan criticized the United States.
"""
REASONED = {"s": ID["United-States"], "p": KG.withdrawsFrom, "o": ID["Trans-Pacific-Partnership"]}
"""What follows from a claim of the sample article, by who speaks for whom."""

_SELECT = "SELECT ?thing ?label WHERE { ?thing rdfs:label ?label } ORDER BY ?label LIMIT 30"


@dataclass(frozen=True)
class Page:
    """A kind of page: its name, where it is, words that it must show.

    `{article}` in the address stands for the path of the sample article, `{claim}` for the key of
    one of its claims. `ready` selects what is there once the page's scripts have done their work.
    """

    name: str
    address: str
    words: str
    ready: str = "main"

    def __str__(self):
        return self.name


_GRAPH, _MAP, _EDITOR = "#graph-panel[data-ready]", ".leaflet-container", ".yasqe .CodeMirror-code"

PAGES = (
    Page("front", "/", "What the articles say"),
    Page("reader", "{article}", "Trump will not give up the global hegemony", _GRAPH),
    Page("entity", "/page/id/Japan", "Statements"),
    Page("pair", "/page/pair?a=Japan&b=United+States", "Cooperation and conflict"),
    Page("no-pair", "/page/pair", "Two actors"),
    Page("why", f"/page/why?{urlencode(REASONED)}", "withdraws from"),
    Page("network", "/page/graph", "The graph of all articles", _GRAPH),
    Page("surroundings", "/page/graph?thing=Japan", "Around Japan", _GRAPH),
    Page("questions", "/questions", "Questions"),
    Page("question", "/questions/allies?actor=Japan", "United States"),
    Page("answers-graph", "/questions/claims?about=Japan&view=graph", "Japan", _GRAPH),
    Page("answers-time", "/questions/timeline?view=timeline", "2017"),
    Page("answers-map", "/questions/forces?view=map", "Forces abroad", _MAP),
    Page("sparql", "/sparql", "SPARQL", _EDITOR),
    Page("results", f"/sparql?{urlencode({'query': _SELECT})}", "30 answers", _EDITOR),
    Page("ontology", "/page/ontology", "Ontology"),
    Page("wordings", "/page/ontology?q=withdraw", "Ontology"),
    Page("term", "/page/ontology/alliedWith", "is allied with"),
    Page("lexicon", "/page/lexicon", "Lexicon"),
    Page("cues", "/page/cues", "Cues"),
    Page("rules", "/page/rules", "Rules"),
    Page("alignments", "/page/alignments", "alignments"),
    Page("statement", "{article}/claim/{claim}", "What it is"),
    Page("graph", "/page/graph/inferred", "As data"),
)


@dataclass(frozen=True)
class Walk:
    """A server whose pages are walked, and the sample article in it."""

    server: object
    article: str
    claim: str

    def locate(self, page):
        """The whole address of a page, or of a path."""
        address = page.address if isinstance(page, Page) else page
        return self.server.base + address.format(article=self.article, claim=self.claim)


def build_walk_graph(place, sample):
    """A graph of the sample article and another, with which the front page lists both."""
    second = place / "second.txt"
    second.write_text(SECOND, encoding="utf-8")
    graph = place / "graph"
    assert main(["build", str(sample), str(second), "--graph", str(graph)]) == 0
    return graph


def open_page(browser, walk, page):
    """Open a page, and wait until its scripts have done their work."""
    browser.open(walk.locate(page))
    browser.wait("return document.querySelector(arguments[0]) !== null", page.ready)


def find_page(name):
    """The page of a name."""
    return next(page for page in PAGES if page.name == name)


@contextmanager
def serve_walk(graph, place, *options):
    """A server of a copy of the graph."""
    copy = shutil.copytree(graph, place / "graph")
    with run_serving(copy, *options) as server:
        article, claim = find_article(server)
        yield Walk(server, article, claim)


def find_article(server):
    """The path of the article with the most claims, and one of its claims."""
    query = f"""SELECT ?article (COUNT(*) AS ?count) (MIN(STR(?each)) AS ?claim) WHERE {{
        ?each <{KG.inArticle}> ?article ; a <{KG.Claim}> }} GROUP BY ?article
        ORDER BY DESC(?count) LIMIT 1"""
    reply = server.query(query, Accept="application/sparql-results+json")
    row = reply.json["results"]["bindings"][0]
    path = row["article"]["value"].removeprefix(iris.BASE)
    assert server.ask(f"/page/{path}", Accept=BROWSER).status == 200
    return f"/page/{path}", row["claim"]["value"].rsplit("/", 1)[1]
