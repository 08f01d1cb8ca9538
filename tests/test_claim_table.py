"""Every claim of a graph as a row, in CSV and in Parquet."""

import csv
import io

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graph import CLAIMS, fill_small_graph
from stated_graph import make_article, make_claim, open_stated_graph

from kg.export import TABLE_EXPORTS, claim_table
from kg.export.claim_table import CLAIM_COLUMNS, export_claim_csv, export_claim_parquet
from kg.iris import ID
from kg.store import open_memory_graph

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def write(export, store):
    out = io.BytesIO()
    export(store, out)
    return out.getvalue()


def read_csv(data):
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def read_parquet(data, path):
    path.write_bytes(data)
    with duckdb.connect() as database:
        found = database.execute(f"SELECT * FROM read_parquet('{path}')")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def small():
    with open_memory_graph() as store:
        fill_small_graph(store)
        yield store


def test_every_claim_has_a_row(small):
    rows = read_csv(write(export_claim_csv, small))
    assert [(row["subject_iri"], row["relation"], row["object_iri"]) for row in rows] == [
        (str(ID[subject]), relation, str(ID[object_])) for subject, relation, object_, _ in CLAIMS
    ]


def test_a_row_tells_all_of_its_claim():
    claim = make_claim("USA", "demandsOf", "Bonn", holder="Trump", topic="more money",
                       quote="they must pay", since="1970", confidence="0.61")  # fmt: skip
    with open_stated_graph({1: "2018-06-10"}, [claim]) as store:
        (row,) = read_csv(write(export_claim_csv, store))
    article = make_article(1)
    assert row == {
        "claim": f"{article}/claim/0000",
        "article": str(article), "article_title": "Article 1", "article_date": "2018-06-10",
        "subject": "United States", "subject_iri": str(ID.USA), "subject_type": "State",
        "subject_country": "USA", "subject_cow": "2", "subject_wikidata": "Q30",
        "relation": "demandsOf",
        "object": "the German government", "object_iri": str(ID.Bonn), "object_type": "Government",
        "object_country": "DEU", "object_cow": "", "object_wikidata": "",
        "plover": "REQUEST", "quad_class": "verbal conflict", "topic": "more money",
        "polarity": "positive", "modality": "asserted",
        "holder": "Donald Trump", "holder_country": "USA", "time_start": "1970", "time_end": "",
        "quote": "they must pay", "start": "0", "end": "13", "confidence": "0.61",
        "fact": "0", "inferred": "0",
    }  # fmt: skip


def test_facts_are_what_the_article_itself_asserts(small):
    facts = [row["fact"] == "1" for row in read_csv(write(export_claim_csv, small))]
    assert facts == [not rest.keys() & {"holder", "polarity", "modality"} for *_, rest in CLAIMS]


def test_what_follows_from_facts_is_marked():
    claims = [make_claim("USA", "meets", "Japan", modality="Possible"),
              make_claim("USA", "visits", "Japan")]  # fmt: skip
    inferred = [("USA", "meets", "Japan")]
    with open_stated_graph({1: None}, claims, inferred=inferred) as store:
        rows = read_csv(write(export_claim_csv, store))
    assert [(row["fact"], row["inferred"]) for row in rows] == [("0", "1"), ("1", "0")]


def test_the_article_itself_is_the_author(small):
    holders = {row["holder"] for row in read_csv(write(export_claim_csv, small))}
    assert holders == {"author", "Donald Trump"}


def test_parquet_holds_the_same_with_types(small, tmp_path):
    plain = read_csv(write(export_claim_csv, small))
    typed = read_parquet(write(export_claim_parquet, small), tmp_path / "claims.parquet")
    assert [list(row) for row in typed] == [list(CLAIM_COLUMNS)] * len(plain)
    for left, right in zip(plain, typed, strict=True):
        for name, cell in left.items():
            value = right[name]
            assert (str(int(value)) if isinstance(value, bool) else str(value or "")) == cell
        assert isinstance(right["fact"], bool) and isinstance(right["start"], int)
        assert right["start"] < right["end"]


def test_confidence_is_a_number_in_parquet(tmp_path):
    claims = [make_claim("USA", "visits", "Japan", confidence="0.61")]
    with open_stated_graph({1: None}, claims) as store:
        (row,) = read_parquet(write(export_claim_parquet, store), tmp_path / "claims.parquet")
    assert row["confidence"] == 0.61 and row["time_start"] is None


@settings(max_examples=40)
@given(quote=TEXT)
def test_quotes_come_through_word_for_word(quote, tmp_path_factory):
    with open_stated_graph({1: None}, [make_claim("USA", "visits", "Japan", quote=quote)]) as store:
        (row,) = read_csv(write(export_claim_csv, store))
        path = tmp_path_factory.mktemp("parquet") / "claims.parquet"
        (typed,) = read_parquet(write(export_claim_parquet, store), path)
    assert row["quote"] == quote
    assert typed["quote"] == quote


@pytest.mark.parametrize("format", TABLE_EXPORTS)
def test_writing_twice_gives_the_same_bytes(small, format):
    assert write(TABLE_EXPORTS[format], small) == write(TABLE_EXPORTS[format], small)


@pytest.mark.parametrize("format", TABLE_EXPORTS)
def test_the_order_of_storing_leaves_no_trace(small, format):
    with open_memory_graph() as other:
        for graph in reversed(small.graphs()):
            other.replace(graph, sorted(small.triples(graph), reverse=True, key=str))
        assert write(TABLE_EXPORTS[format], other) == write(TABLE_EXPORTS[format], small)


@pytest.mark.parametrize("format", TABLE_EXPORTS)
def test_a_graph_without_claims_is_no_error(format):
    with open_memory_graph() as store:
        assert write(TABLE_EXPORTS[format], store)


def test_the_codebook_names_every_column():
    known = claim_table.__doc__.replace("object and so on", " ".join(CLAIM_COLUMNS))
    for column in CLAIM_COLUMNS:
        assert column in known, column
