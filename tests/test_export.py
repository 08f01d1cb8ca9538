"""Graphs and readings as files."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, XSD, Literal, URIRef
from records import VOCABULARY, find_span, make_reading

from kg import graph, iris
from kg.errors import ExportError
from kg.export import Format, export_claims, export_graph, export_mentions, open_target
from kg.export.tables import format_period
from kg.iris import ID, KG
from kg.model import MentionForm, Period
from kg.rdf import parse_quads
from kg.store import open_memory_graph

NAMED = {Format.TRIG, Format.NQUADS, Format.JSONLD}

TERMS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])).map(Literal),
    st.text("ab\"'\\\n", min_size=1).map(lambda text: Literal(text, lang="en")),
    st.sampled_from(["0", "007", "-3", "+5", "x"]).map(
        lambda text: Literal(text, datatype=XSD.integer, normalize=False)
    ),
    st.sampled_from(["true", "1"]).map(
        lambda text: Literal(text, datatype=XSD.boolean, normalize=False)
    ),
    st.just(Literal("2017-01-20", datatype=XSD.date)),
    st.sampled_from(["A", "a.b", "2nd", "a-b", "", "é", "a/b"]).map(lambda name: ID[name]),
)


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
            assert {triple for triple, _ in parse_quads(_export(store, format), format)} == kept


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


def test_turtle_is_made_for_reading(store):
    text = _export(store, Format.TURTLE).decode()
    assert "id:Donald-Trump a kg:Person" in text
    assert f"# graph <{store.graphs()[0]}>" in text
    assert "kg:start 16" in text


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


def test_types_are_not_repeated_across_predicates():
    with open_memory_graph() as store:
        store.replace(ID.g, [(ID.s, RDF.type, KG.State), (ID.s, URIRef("http://x/p"), ID.o)])
        node = json.loads(_export(store, Format.JSONLD))["@graph"][0]["@graph"][0]
    assert node == {"@id": "id:s", "@type": ["kg:State"], "http://x/p": [{"@id": "id:o"}]}
