"""Web Annotations hold what the W3C's model asks of them, and point at the right words."""

import json

import pyoxigraph
import pytest
from rdflib import RDF, URIRef
from records import TEXT, VOCABULARY, make_reading

from kg import graph, iris
from kg.errors import UnknownTermError
from kg.export.annotations import CONTEXT, format_annotations
from kg.export.articles import read_articles
from kg.iris import KG, OA
from kg.store import open_memory_graph

# https://www.w3.org/TR/annotation-model/#motivation-and-purpose
MOTIVATIONS = {
    "assessing", "bookmarking", "classifying", "commenting", "describing", "editing",
    "highlighting", "identifying", "linking", "moderating", "questioning", "replying", "tagging",
}  # fmt: skip


def fill(store, *readings):
    """Write the graphs of readings as a build does."""
    store.replace_all(
        {
            name: [quad[:3] for quad in quads]
            for reading in readings
            for name, quads in (
                (
                    iris.article_graph(reading.document.iri),
                    graph.describe_reading(reading, VOCABULARY, fingerprint="f"),
                ),
                (iris.facts_graph(reading.document.iri), graph.state_facts(reading)),
            )
        }
    )


@pytest.fixture(scope="module")
def store():
    with open_memory_graph() as store:
        fill(store, make_reading())
        yield store


@pytest.fixture(scope="module")
def collection(store):
    (article,) = read_articles(store)
    return json.loads(format_annotations(article))


@pytest.fixture(scope="module")
def items(collection):
    return collection["first"]["items"]


# The sections are those of the model.


def is_iri(value):
    return isinstance(value, str) and ":" in value and " " not in value


def test_the_collection_is_one_5_1(collection, items):
    assert collection["@context"] == CONTEXT
    assert is_iri(collection["id"])
    assert collection["type"] == "AnnotationCollection"
    assert "After the Pact" in collection["label"]
    assert collection["total"] == len(items) > 0
    assert collection["last"] == collection["first"]["id"]
    assert is_iri(collection["creator"]["id"])
    assert collection["creator"]["type"] == "Software"


def test_the_page_is_one_5_2(collection):
    page = collection["first"]
    assert is_iri(page["id"])
    assert page["type"] == "AnnotationPage"
    assert page["partOf"] == collection["id"]
    assert page["startIndex"] == 0
    assert "next" not in page
    assert "prev" not in page


def test_the_annotations_are_some_3_1_and_3_3(collection, items):
    assert len({item["id"] for item in items}) == len(items)
    for item in items:
        assert is_iri(item["id"])
        assert item["type"] == "Annotation"
        assert item["motivation"] in MOTIVATIONS
        assert item["creator"] == collection["creator"]["id"]
        assert set(item) == {"id", "type", "motivation", "creator", "body", "target"}


def test_the_bodies_are_texts_and_resources_3_2(items):
    for item in items:
        kinds = {body["type"]: body for body in item["body"]}
        assert set(kinds) == {"TextualBody", "SpecificResource"}
        assert kinds["TextualBody"]["value"]
        assert kinds["TextualBody"]["format"] == "text/plain"
        assert kinds["TextualBody"]["language"] == "en"
        assert is_iri(kinds["SpecificResource"]["source"])
        assert {body["purpose"] for body in item["body"]} <= MOTIVATIONS


def test_the_targets_are_places_in_the_article_4_2(items):
    document = make_reading().document
    for item in items:
        target = item["target"]
        assert target["type"] == "SpecificResource"
        assert target["source"] == str(document.iri)
        quote, position = target["selector"]
        assert quote["type"] == "TextQuoteSelector"
        assert position["type"] == "TextPositionSelector"
        start, end = position["start"], position["end"]
        assert TEXT[start:end] == quote["exact"]
        assert TEXT[:start].endswith(quote.get("prefix", ""))
        assert TEXT[end:].startswith(quote.get("suffix", ""))


def test_a_claim_is_described_in_words(items):
    said = [item["body"][0]["value"] for item in items if item["motivation"] == "describing"]
    assert said == [
        "Donald Trump withdraws from TPP (2017-01)",
        "Japan depends on TPP (according to Donald Trump)",
        "Japan withdraws from TPP (about “the pact”; denied)",
    ]


def test_a_mention_is_identified(items):
    named = [
        (item["target"]["selector"][0]["exact"], item["body"][1]["value"])
        for item in items
        if item["motivation"] == "identifying"
    ]
    assert named == [
        ("Trump", "Donald Trump"), ("TPP", "TPP"), ("Trump", "Donald Trump"), ("Japan", "Japan"),
        ("TPP", "TPP"), ("Japan", "Japan"), ("the pact", "TPP"),
    ]  # fmt: skip


def test_as_rdf_they_agree_with_the_graph(store, shared):
    (article,) = read_articles(store)
    text = json.loads(format_annotations(article))
    context = json.loads((shared / "vocab" / "anno.jsonld").read_text(encoding="utf-8"))
    text["@context"] = context["@context"]
    found = {
        (quad.subject.value, quad.predicate.value, quad.object.value)
        for quad in pyoxigraph.parse(json.dumps(text), format=pyoxigraph.RdfFormat.JSON_LD)
    }
    kept = {
        (str(subject), str(predicate), str(object_))
        for predicate in (OA.hasSource, OA.hasSelector, OA.exact, OA.prefix, OA.suffix)
        for subject, _, object_, _ in store.quads(predicate=predicate)
    }
    assert kept
    assert kept <= found
    annotations = {s for s, p, o in found if (p, o) == (str(RDF.type), str(OA.Annotation))}
    assert len(annotations) == text["total"]
    for predicate in (OA.hasBody, OA.hasTarget, OA.motivatedBy):
        assert {s for s, p, _ in found if p == str(predicate)} == annotations


# ------------------------------------------------------------------------------------ articles


@pytest.fixture
def two_articles():
    with open_memory_graph() as store:
        fill(store, make_reading(), make_reading(f"{TEXT}\n", "folder/again.txt"))
        yield store


def test_an_article_is_found_by_iri_file_and_title(two_articles):
    iri = make_reading().document.iri
    for name in (iri, "pact.txt", "elsewhere/pact.txt"):
        (article,) = read_articles(two_articles, str(name))
        assert article.iri == iri
    assert len(list(read_articles(two_articles))) == 2


@pytest.mark.parametrize(
    ("name", "message"), [("After the Pact", "2 articles"), ("x", "no article")]
)
def test_a_name_that_means_none_or_several_is_refused(two_articles, name, message):
    with pytest.raises(UnknownTermError, match=message):
        list(read_articles(two_articles, name))


def test_a_claim_that_lacks_a_part_is_passed_over():
    reading = make_reading()
    name = iris.article_graph(reading.document.iri)
    quads = [quad[:3] for quad in graph.describe_reading(reading, VOCABULARY)]
    for predicate, left in ((KG.holder, 0), (OA.exact, 0), (KG.refersTo, 3)):
        with open_memory_graph() as store:
            store.replace(name, [triple for triple in quads if triple[1] != predicate])
            (article,) = read_articles(store)
            assert len(article.claims) == left
    assert not article.mentions


def test_an_article_without_claims_has_an_empty_collection():
    with open_memory_graph() as store:
        name = URIRef(iris.BASE + "article/1")
        store.replace(iris.article_graph(name), [(name, RDF.type, KG.Article)])
        (article,) = read_articles(store)
        described = json.loads(format_annotations(article))
    assert described["total"] == 0
    assert "first" not in described


def test_an_inferred_kind_makes_no_second_article():
    with open_memory_graph() as store:
        fill(store, make_reading())
        iri = make_reading().document.iri
        store.replace(iris.INFERRED_GRAPH, [(iri, RDF.type, KG.Article)])
        assert len(list(read_articles(store))) == 1
