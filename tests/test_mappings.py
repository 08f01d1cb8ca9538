"""The links in SSSOM."""

import csv
import io

import pytest
from rdflib import PROV, RDF, RDFS, SKOS, XSD, Literal, URIRef
from small_graph import DOC, fill_small_graph

from kg import iris
from kg.export.mappings import export_mappings
from kg.iris import ID, KG
from kg.store import open_memory_graph

# What the schema of SSSOM requires of a set, and of each mapping.
REQUIRED_OF_SET = {"mapping_set_id", "license", "curie_map"}
REQUIRED = ("subject_id", "predicate_id", "mapping_justification")


def read_table(store):
    """The metadata lines without their mark, and the rows."""
    out = io.BytesIO()
    export_mappings(store, out)
    lines = out.getvalue().decode().splitlines()
    metadata = [line.removeprefix("#") for line in lines if line.startswith("#")]
    rows = csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t")
    return metadata, list(rows)


@pytest.fixture(scope="module")
def table():
    with open_memory_graph() as store:
        fill_small_graph(store)
        thing = ID["America-First"]
        article = iris.article_graph(DOC)
        linked = (thing, SKOS.closeMatch, URIRef("https://example.org/things/7"))
        store.replace(article, [*store.triples(article), linked])
        yield read_table(store)


def find(rows, subject):
    return [row for row in rows if row["subject_id"] == subject]


def test_the_set_has_what_it_must(table):
    metadata, _ = table
    assert {line.split(":")[0] for line in metadata if not line.startswith(" ")} >= REQUIRED_OF_SET
    assert "mapping_tool: Concord" in metadata


def test_every_row_has_what_it_must_and_known_prefixes(table):
    metadata, rows = table
    known = {line.strip().split(":")[0] for line in metadata if line.startswith("  ")}
    used = set()
    for row in rows:
        assert all(row[name] for name in REQUIRED)
        assert row["mapping_justification"].startswith("semapv:")
        assert bool(row["object_id"]) != (row["object_type"] == "rdfs literal")
        for name in (*REQUIRED, "object_id", "object_source"):
            used.add(row[name].partition(":")[0])
    assert used - {""} == known


def test_identifiers_rest_on_background_knowledge(table):
    _, rows = table
    wikidata, geonames, cow = find(rows, "id:United-States")
    assert (wikidata["object_id"], geonames["object_id"]) == ("wd:Q30", "geonames:6252001/")
    assert (cow["object_label"], cow["object_source"]) == ("2", "cow:cow-country-codes/")
    for row in (wikidata, geonames, cow):
        assert row["subject_label"] == "United States"
        assert row["predicate_id"] == "skos:exactMatch"
        assert row["mapping_justification"] == "semapv:BackgroundKnowledgeBasedMatching"


def test_alignments_were_drawn_by_hand(table):
    _, rows = table
    (row,) = find(rows, "kg:State")
    assert (row["predicate_id"], row["object_id"]) == ("skos:closeMatch", "schema:Country")
    assert row["mapping_justification"] == "semapv:ManualMappingCuration"


def test_a_link_of_an_article_gets_a_prefix_and_claims_no_method(table):
    metadata, rows = table
    (row,) = find(rows, "id:America-First")
    assert (row["predicate_id"], row["object_id"]) == ("skos:closeMatch", "ns1:7")
    assert row["mapping_justification"] == "semapv:UnspecifiedMatching"
    assert '  ns1: "https://example.org/things/"' in metadata


def test_a_link_that_several_graphs_have_is_one_row():
    link = (ID["A"], SKOS.exactMatch, URIRef("http://www.wikidata.org/entity/Q1"))
    with open_memory_graph() as store:
        store.replace_all({iris.INFERRED_GRAPH: [link], iris.BACKGROUND_GRAPH: [link]})
        _, (row,) = read_table(store)
    assert row["mapping_justification"] == "semapv:BackgroundKnowledgeBasedMatching"
    with open_memory_graph() as store:
        store.replace(iris.INFERRED_GRAPH, [link])
        _, (row,) = read_table(store)
    assert row["mapping_justification"] == "semapv:LogicalReasoning"


def test_no_links_are_an_empty_table():
    with open_memory_graph() as store:
        metadata, rows = read_table(store)
    assert rows == []
    assert metadata


def test_a_decided_link_tells_who_or_how_surely():
    thing, hand, score = ID["Japan"], URIRef("urn:by-hand"), URIRef("urn:by-score")
    person, offer = URIRef("urn:person"), URIRef("urn:offer")
    targets = [URIRef(f"http://www.wikidata.org/entity/Q{n}") for n in (1, 2)]
    day = Literal("2026-03-04", datatype=XSD.date)
    triples = [
        *((thing, SKOS.exactMatch, target) for target in targets),
        *((node, RDF.type, KG.LinkDecision) for node in (hand, score)),
        *((node, KG.candidateOf, thing) for node in (hand, score)),
        (hand, KG.candidate, targets[0]),
        (hand, KG.decidedBy, Literal("review")),
        (hand, PROV.wasAttributedTo, person),
        (hand, PROV.generatedAtTime, day),
        (person, RDFS.label, Literal("A. Scholar")),
        (score, KG.candidate, targets[1]),
        (score, KG.decidedBy, Literal("wikidata")),
        (score, PROV.wasDerivedFrom, offer),
        (offer, KG.score, Literal("0.8125", datatype=XSD.decimal)),
    ]
    with open_memory_graph() as store:
        store.replace(iris.LINKS_GRAPH, triples)
        _, rows = read_table(store)
    told = {row["object_id"]: row for row in rows}
    names = ("mapping_justification", "author_label", "mapping_date", "confidence")
    manual = ["semapv:ManualMappingCuration", "A. Scholar", "2026-03-04", ""]
    assert [told["wd:Q1"][name] for name in names] == manual
    assert [told["wd:Q2"][name] for name in names] == ["semapv:CompositeMatching", "", "", "0.8125"]
