"""The pages of the competency questions and of SPARQL."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from pages import BROWSER, HOSTILE, TAG, describe_hostile, read_page
from rdflib import URIRef
from serving import make_graph, run_serving

from kg import iris
from kg.server.pages.asking import group_questions
from kg.store import open_graph
from kg.vocabulary.questions import load_questions


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of the small graph with a hostile thing."""
    place = make_graph(tmp_path_factory.mktemp("questions") / "graph", small=True)
    with open_graph(place) as store:
        store.replace(URIRef(iris.BASE + "graph/evil"), describe_hostile())
    with run_serving(place) as running:
        yield running


def test_every_question_is_listed(server):
    page = read_page(server, "/questions")
    topics = [topic for topic, _, _ in group_questions(load_questions().values())]
    assert "Others" not in topics
    assert all(topic in page.words for topic in topics)
    for name, question in load_questions().items():
        assert f"{server.base}/questions/{name}" in page.links
        assert question.title in page.words


@pytest.mark.parametrize("name", sorted(load_questions()))
def test_every_question_has_a_page(server, name):
    page = read_page(server, f"/questions/{name}")
    question = load_questions()[name]
    # The head of every page has a field for search.
    fields = [field for field in page.pick("input") if field.get("id", "").startswith("field-")]
    assert {field["name"] for field in fields} == {each.name for each in question.parameters}
    assert {field["id"] for field in fields} <= {label.get("for") for label in page.pick("label")}
    needs = any(p.required and p.default is None for p in question.parameters)
    assert needs or "answer" in page.words


def test_rows_have_labels_links_and_words(server):
    page = read_page(server, "/questions/claims?about=Donald+Trump&relation=pursues")
    assert "1 answer" in page.words
    assert f"{server.base}/page/id/America-First" in page.links
    assert "Donald-Trump pursues America-First" in page.words
    assert any("/page/article/0123456789abcdef#claim-" in link for link in page.links)
    assert page.pick("input", name="about")[0]["value"] == "Donald Trump"
    assert page.pick("input", name="about")[0]["data-picker"] == "entity"


def test_the_sparql_of_a_question_is_shown_and_answers(server):
    page = read_page(server, "/questions/claims?about=Japan")
    (place,) = [link for link in page.links if "/sparql?query=" in link]
    (text,) = parse_qs(urlsplit(place).query)["query"]
    assert "VALUES ?about { <https://w3id.org/concord/id/Japan> }" in text
    shown = read_page(server, place.removeprefix(server.base))
    assert "Japan withdrawsFrom TPP" in shown.words


def test_answers_come_as_csv_and_json(server):
    csv = server.ask("/questions/claims.csv?about=Japan")
    assert (csv.status, csv.media_type) == (200, "text/csv")
    assert csv.headers["content-disposition"] == 'attachment; filename="claims.csv"'
    found = server.ask("/questions/claims.json?about=Japan").json
    assert len(found["results"]["bindings"]) == len(csv.text.splitlines()) - 1
    assert server.ask("/questions/claims.xml").status == 404
    assert server.ask("/questions/claims.csv?about=Nobody").status == 400


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("about=Jpan", "did you mean japan"),
        ("relation=loves", "loves"),
        (f"about={quote(TAG)}", TAG),
    ],
)
def test_what_names_nothing_is_told(server, query, told):
    page = read_page(server, f"/questions/claims?{query}", status=400)
    assert told.casefold() in page.text.casefold()


def test_a_question_that_is_none_is_not_found(server):
    assert server.ask(f"/questions/{quote('<script>', safe='')}").status == 404
    assert server.ask("/questions/claims?page=0").status == 400


def test_empty_fields_are_none(server):
    every = read_page(server, "/questions/claims").words
    assert read_page(server, "/questions/claims?about=&relation=").words == every


def test_what_is_hostile_is_text_in_answers(server):
    page = read_page(server, "/questions/claims?relation=attacks")
    assert page.text.count(HOSTILE) >= 3


# ------------------------------------------------------------------------------------ SPARQL


def ask(server, text, status=200):
    return read_page(server, f"/sparql?query={quote(text, safe='')}", status)


def test_a_query_is_answered_as_a_table(server):
    page = ask(server, "SELECT ?s ?l { ?s a kg:Person ; rdfs:label ?l }")
    assert "1 answer" in page.words
    assert f"{server.base}/page/id/Donald-Trump" in page.links
    assert "SELECT ?s ?l" in page.text


def test_the_other_forms_are_answered_too(server):
    assert "Yes" in ask(server, "ASK { ?s ?p ?o }").words
    assert "No" in ask(server, "ASK { <x:a> ?p ?o }").words
    page = ask(server, "CONSTRUCT WHERE { <https://w3id.org/concord/id/Yokota> ?p ?o }")
    assert "3 triples" in page.words
    assert "1 triple" in ask(server, "CONSTRUCT { [] a kg:Place } WHERE {}").words


def test_errors_are_shown(server):
    page = ask(server, "SELECT nothing", status=400)
    assert page.pick("p", role="alert")
    assert "SELECT nothing" in page.text
    page = ask(server, "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", status=403)
    assert page.pick("p", role="alert")


def test_what_is_hostile_is_text_in_results(server):
    text = '"' + HOSTILE.replace('"', '\\"') + '"'
    page = ask(server, f"SELECT ({text} AS ?x) (IRI('javascript:alert(1)') AS ?y) {{}}")
    assert page.text.count(HOSTILE) >= 1
    assert "javascript:alert(1)" in page.text
    page = ask(server, f"# {HOSTILE}\nnonsense", status=400)
    assert HOSTILE in page.text


def test_programs_get_what_they_got(server):
    text = quote("SELECT * { ?s ?p ?o } LIMIT 1", safe="")
    for accept in ("*/*", "application/sparql-results+json", "text/html;q=0.5, application/json"):
        assert "json" in server.ask(f"/sparql?query={text}", Accept=accept).media_type
    assert server.ask(f"/sparql?query={text}", Accept=BROWSER).media_type == "text/html"
