"""Graphs and readings as files."""

import csv
import io
import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import OWL, RDF, RDFS, XSD, Dataset, Literal, URIRef
from records import TEXT, VOCABULARY, find_span, make_reading

from kg import graph, iris
from kg.errors import ExportError
from kg.export import Format, export_claims, export_graph, export_mentions, open_target
from kg.export.jsonld import load_context
from kg.export.tables import format_period
from kg.export.triple_terms import export_triple_terms
from kg.iris import ID, KG
from kg.model import MentionForm, Period
from kg.rdf import format_triple, parse_quads, read_turtle
from kg.store import open_memory_graph
from kg.vocabulary import ontology_directory

NAMED = {Format.TRIG, Format.NQUADS, Format.JSONLD}
RDFLIB_NAMES = {
    Format.TURTLE: "turtle",
    Format.TRIG: "trig",
    Format.NQUADS: "nquads",
    Format.NTRIPLES: "nt",
    Format.JSONLD: "json-ld",
    Format.RDFXML: "xml",
}

TERMS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])).map(Literal),
    st.text("ab\"'\\\n", min_size=1).map(lambda text: Literal(text, lang="en")),
    st.sampled_from(["0", "007", "-3", "+5", "x"]).map(
        lambda text: Literal(text, datatype=XSD.integer, normalize=False)
    ),
    st.sampled_from(["true", "1"]).map(
        lambda text: Literal(text, datatype=XSD.boolean, normalize=False)
    ),
    st.sampled_from(["0.50", "5.", ".5", "-0.0", "1e3"]).map(
        lambda text: Literal(text, datatype=XSD.decimal, normalize=False)
    ),
    st.just(Literal("9" * 30, datatype=XSD.integer, normalize=False)),
    st.just(Literal("2017-01-20", datatype=XSD.date)),
    st.sampled_from(["A", "a.b", "a.", "2nd", "a-b", "", "é", "a/b", "//a"]).map(
        lambda name: ID[name]
    ),
    st.sampled_from(
        ["urn:a:b", "http://x/?a='1'&b=2#c", "http://x/a%20b", "http://x/(a)", "mailto:a@b"]
    ).map(URIRef),
)
XML_TEXT = re.compile("[\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")


def _export(store, format):
    out = io.BytesIO()
    export_graph(store, format, out)
    return out.getvalue()


@pytest.fixture(scope="module")
def store():
    reading = make_reading()
    with open_memory_graph() as store:
        store.replace_all(
            {
                iris.article_graph(reading.document.iri): [
                    quad[:3] for quad in graph.describe_reading(reading, VOCABULARY)
                ],
                iris.facts_graph(reading.document.iri): [
                    quad[:3] for quad in graph.state_facts(reading)
                ],
            }
        )
        yield store


@pytest.mark.parametrize("format", Format)
def test_every_format_parses_back_to_the_same_graph(store, format):
    found = parse_quads(_export(store, format), format)
    if format in NAMED:
        assert {(*triple, name) for triple, name in found} == set(store.quads())
    else:
        assert {triple for triple, _ in found} == {quad[:3] for quad in store.quads()}


@given(st.lists(TERMS, min_size=1, max_size=6))
def test_every_term_survives_every_format(terms):
    with open_memory_graph() as store:
        store.replace(ID.g, [(ID.s, KG.p, term) for term in terms])
        kept = {quad[:3] for quad in store.quads()}
        for format in Format:
            if format is Format.RDFXML and not all(map(XML_TEXT.fullmatch, terms)):
                with pytest.raises(ExportError, match="which XML cannot hold"):
                    _export(store, format)
            else:
                assert {triple for triple, _ in parse_quads(_export(store, format), format)} == kept


# rdflib warns of what its own parsers use.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("format", Format)
def test_rdflib_reads_the_same_from_every_format(store, format):
    found = Dataset()
    found.parse(data=_export(store, format).decode(), format=RDFLIB_NAMES[format])
    quads = {(s, p, o.n3(), str(g)) for s, p, o, g in found.quads()}
    kept = {(s, p, o.n3(), str(g)) for s, p, o, g in store.quads()}
    if format in NAMED:
        assert quads == kept
    else:
        assert {quad[:3] for quad in quads} == {quad[:3] for quad in kept}


@pytest.mark.parametrize("format", Format)
def test_the_order_of_writing_leaves_no_trace(store, format):
    with open_memory_graph() as other:
        by_graph = {}
        for quad in sorted(store.quads(), reverse=True, key=str):
            by_graph.setdefault(quad[3], []).append(quad[:3])
        for name in sorted(by_graph, reverse=True):
            other.replace(name, by_graph[name])
        assert _export(other, format) == _export(store, format)


SCRIPT = """
import io, sys
sys.path.insert(0, "tests")
from records import VOCABULARY, make_reading
from kg import graph, iris
from kg.export import Format, export_claims, export_graph, export_mentions
from kg.store import open_memory_graph
reading = make_reading()
with open_memory_graph() as store:
    name = iris.article_graph(reading.document.iri)
    store.replace(name, [quad[:3] for quad in graph.describe_reading(reading, VOCABULARY)])
    for format in Format:
        export_graph(store, format, sys.stdout.buffer)
print(export_claims(reading, "jsonl"), export_mentions(reading, "csv"))
"""


def test_the_hash_seed_leaves_no_trace(pytestconfig):
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(pytestconfig.rootpath)},
            cwd=pytestconfig.rootpath,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


@pytest.mark.parametrize("format", [Format.TURTLE, Format.TRIG])
def test_only_used_prefixes_are_declared(format):
    with open_memory_graph() as store:
        store.replace(ID.g, [(ID.s, KG.p, ID.o)])
        declared = [line for line in _export(store, format).splitlines() if b"@prefix" in line]
    assert [line.split()[1] for line in declared] == [b"kg:", b"id:"]


@pytest.mark.parametrize("format", [Format.TURTLE, Format.TRIG, Format.RDFXML])
def test_a_triple_more_is_a_line_more(store, format):
    first, *_ = sorted(store.quads(predicate=RDFS.label))
    before = Counter(_export(store, format).splitlines())
    for added in ((first[0], RDFS.label, Literal("a")), (first[0], URIRef("urn:p:q"), first[2])):
        with open_memory_graph() as other:
            for graph in store.graphs():
                more = [added] if graph == first[3] else []
                other.replace(graph, [*store.triples(graph), *more])
            after = Counter(_export(other, format).splitlines())
        assert ((after - before).total(), (before - after).total()) == (1, 0)


def test_turtle_is_made_for_reading(store):
    text = _export(store, Format.TURTLE).decode()
    assert "id:Donald-Trump\n    a kg:Person ;\n" in text
    assert f"# graph <{store.graphs()[0]}>" in text
    assert "    kg:start 16 ;\n" in text


def test_a_property_that_is_no_name_is_refused_in_rdfxml():
    for name in ("http://x/1", "http://x/", "urn:1", f"{RDF}li", "name:"):
        with open_memory_graph() as store:
            store.replace(ID.g, [(ID.s, URIRef(name), ID.o)])
            with pytest.raises(ExportError, match="choose another format"):
                _export(store, Format.RDFXML)


# ------------------------------------------------------------------------------------- JSON-LD


def test_jsonld_is_made_for_reading(store):
    article, _ = json.loads(_export(store, Format.JSONLD))["@graph"]
    nodes = {node["@id"]: node for node in article["@graph"]}
    assert nodes["id:Donald-Trump"]["@type"] == "Person"
    (claim,) = [node for node in nodes.values() if node.get("polarity") == "Negative"]
    assert (claim["subject"], claim["relation"]) == ("id:Japan", "withdrawsFrom")
    assert claim["topic"] == "the pact"
    assert nodes[claim["evidence"]]["triggerStart"] == TEXT.index("leave")


def test_types_are_not_repeated_across_predicates():
    with open_memory_graph() as store:
        store.replace(ID.g, [(ID.s, RDF.type, KG.State), (ID.s, URIRef("http://x/p"), ID.o)])
        node = json.loads(_export(store, Format.JSONLD))["@graph"][0]["@graph"][0]
    assert node == {"@id": "id:s", "@type": "State", "http://x/p": {"@id": "id:o"}}


def test_an_iri_that_reads_as_a_name_of_the_context_is_refused_in_jsonld():
    for iri in ("kg:x", "id:x", "label:x"):
        with open_memory_graph() as store:
            store.replace(ID.g, [(ID.s, KG.p, URIRef(iri))])
            with pytest.raises(ExportError, match="choose another format"):
                _export(store, Format.JSONLD)


def test_values_that_their_term_would_change_are_spelt_out():
    texts = (Literal("x"), Literal("x", lang="en"), Literal("1", datatype=XSD.integer), ID.o)
    with open_memory_graph() as store:
        properties = (KG.subject, KG.relation, KG.confidence, RDFS.label, RDF.type, KG.label)
        store.replace(ID.g, [(ID.s, name, text) for name in properties for text in texts])
        found = parse_quads(_export(store, Format.JSONLD), Format.JSONLD)
        assert {triple for triple, _ in found} == set(store.triples(ID.g))


def test_the_context_knows_every_property_that_leads_to_a_thing():
    context = load_context()
    terms = {
        str(subject)
        for (subject, _, kind) in read_turtle(ontology_directory() / "concord.ttl")
        if kind == OWL.ObjectProperty and subject.startswith(KG)
    }
    named = {
        value["@id"].replace("kg:", KG)
        for value in context.values()
        if isinstance(value, dict) and value["@type"] in ("@id", "@vocab")
    }
    assert terms <= named


def test_the_context_names_only_what_there_is():
    known = {subject for subject, _, _ in read_turtle(ontology_directory() / "concord.ttl")}
    for name, value in load_context().items():
        iri = value["@id"] if isinstance(value, dict) else str(value)
        if iri.startswith("kg:"):
            assert KG[iri.removeprefix("kg:")] in known, name


# --------------------------------------------------------------------------------- triple terms


def test_a_claim_reifies_its_triple_without_stating_it(store):
    out = io.BytesIO()
    export_triple_terms(store, out)
    found = list(pyoxigraph.parse(out.getvalue(), format=pyoxigraph.RdfFormat.TURTLE))
    stated = {str(quad.triple) for quad in found if not isinstance(quad.object, pyoxigraph.Triple)}
    assert stated == {format_triple(quad[:3]).removesuffix(" .") for quad in store.quads()}
    reified = {
        quad.subject.value: str(quad.object)
        for quad in found
        if quad.predicate.value == f"{RDF}reifies"
    }
    assert set(reified) == {str(s) for s, *_ in store.quads(predicate=RDF.type, object=KG.Claim)}
    (belief,) = [triple for triple in reified.values() if "dependsOn" in triple]
    assert belief not in stated


# -------------------------------------------------------------------------------------- tables


def test_claims_have_the_form_that_the_scorer_reads():
    first, belief, denial = map(json.loads, export_claims(make_reading(), "jsonl").splitlines())
    assert first == {
        "subject": {
            "name": "Donald Trump",
            "mention": "Trump",
            "type": "Person",
            "country": "USA",
            "wikidata": "Q22686",
        },
        "relation": "withdrawsFrom",
        "object": {
            "name": "TPP",
            "mention": "the TPP",
            "type": "Agreement",
            "country": None,
            "wikidata": None,
        },
        "topic": None,
        "polarity": "positive",
        "modality": "asserted",
        "holder": "author",
        "time": "2017-01",
        "confidence": None,
        "sentence": "Trump withdrew from the TPP in January 2017.",
        "quote": "Trump withdrew from the TPP in January 2017.",
        "start": 16,
        "end": 60,
        "frame": "withdrawsFrom-withdrew",
    }
    assert belief["holder"]["name"] == "Donald Trump"
    assert (denial["polarity"], denial["topic"]) == ("negative", "the pact")


def test_claims_say_where_their_quotes_stand():
    reading = make_reading()
    for line in export_claims(reading, "jsonl").splitlines():
        row = json.loads(line)
        assert reading.document.text[row["start"] : row["end"]] == row["quote"]
        assert row["quote"] in row["sentence"]


def _list_mentions(reading):
    return [json.loads(line) for line in export_mentions(reading, "jsonl").splitlines()]


def test_mentions_point_into_the_text():
    reading = make_reading()
    rows = _list_mentions(reading)
    assert [row["text"] for row in rows] == ["Trump", "TPP", "Trump", "Japan", "TPP", "Japan"]
    assert [row["start"] for row in rows] == sorted(row["start"] for row in rows)
    for row in rows:
        assert reading.document.text[row["start"] : row["end"]] == row["text"]


def test_mentions_list_names_and_adjectives_only():
    reading = make_reading()
    trump, japan, tpp = reading.entities
    forms = (MentionForm.ADJECTIVE, MentionForm.PRONOUN)
    others = tuple(replace(m, form=f) for m, f in zip(japan.mentions, forms, strict=True))
    changed = replace(reading, entities=(trump, replace(japan, mentions=others), tpp))
    assert [row["text"] for row in _list_mentions(changed)] == [
        "Trump", "TPP", "Trump", "Japan", "TPP",
    ]  # fmt: skip


def test_of_nested_names_only_the_outermost_is_listed():
    reading = make_reading()
    trump, japan, tpp = reading.entities
    outer = replace(
        tpp.mentions[0], span=find_span(reading.document.text, "Trump withdrew from the TPP")
    )
    changed = replace(reading, entities=(trump, japan, replace(tpp, mentions=(outer,))))
    assert [row["text"] for row in _list_mentions(changed)] == [
        "Trump withdrew from the TPP", "Trump", "Japan", "Japan",
    ]  # fmt: skip


def test_csv_quotes_what_it_must():
    rows = list(csv.DictReader(io.StringIO(export_claims(make_reading(), "csv"))))
    assert rows[2]["sentence"] == "Japan did not leave “the pact”."
    assert rows[1]["holder"] == "Donald Trump"


def test_tables_line_up():
    lines = export_claims(make_reading(), "table").splitlines()
    assert lines[0].split() == [
        "subject",
        "relation",
        "object",
        "topic",
        "polarity",
        "modality",
        "holder",
        "time",
        "sentence",
    ]
    assert len({line.index("TPP") for line in lines[2:]}) == 1


def test_an_unknown_format_is_refused():
    with pytest.raises(ExportError, match="choose one of jsonl, csv, table"):
        export_claims(make_reading(), "xlsx")


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (None, None),
        (Period(None, None), None),
        (Period("2017-11", "2017-11"), "2017-11"),
        (Period("1951", "1960"), "1951/1960"),
        (Period("2017", None), "2017/.."),
        (Period(None, "2017"), "../2017"),
    ],
)
def test_times_are_written_as_in_the_gold(period, text):
    assert format_period(period) == text


# --------------------------------------------------------------------------------------- files


def test_a_file_appears_whole(tmp_path):
    with open_target(tmp_path / "x.ttl") as out:
        out.write(b"x")
        assert not (tmp_path / "x.ttl").exists()
    assert (tmp_path / "x.ttl").read_bytes() == b"x"
    assert list(tmp_path.iterdir()) == [tmp_path / "x.ttl"]


def test_a_file_cut_short_leaves_the_old_one(tmp_path):
    (tmp_path / "x.ttl").write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), open_target(tmp_path / "x.ttl") as out:
        out.write(b"new")
        raise ZeroDivisionError
    assert (tmp_path / "x.ttl").read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [tmp_path / "x.ttl"]


def test_a_place_that_cannot_be_written_is_an_export_error(tmp_path):
    for place in (tmp_path / "none" / "x.ttl", tmp_path):
        with pytest.raises(ExportError, match="choose another place"), open_target(place):
            pass
