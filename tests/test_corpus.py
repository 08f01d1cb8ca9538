"""Building the graph of one article or many."""

import io
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial

import pytest
from rdflib import RDF
from records import JAPAN, TEXT, make_reading

from kg import iris
from kg.corpus import Stage, build_corpus, compute_fingerprint
from kg.errors import DocumentError, GraphError
from kg.export import Format, export_graph
from kg.iris import KG
from kg.model import Severity
from kg.store import open_graph
from kg.vocabulary import load_vocabulary, ontology_directory

OTHER = TEXT + "The parties talked about it for a long time and then went home.\n"


@pytest.fixture(scope="module")
def vocabulary():
    return load_vocabulary()


@pytest.fixture(scope="module")
def ontology(tmp_path_factory):
    """The ontology without its many names, which take a second to read."""
    place = tmp_path_factory.mktemp("ontology")
    shutil.copy(ontology_directory() / "concord.ttl", place)
    (place / "names").mkdir()
    (place / "names" / "few.ttl").write_text(f"<{JAPAN}> a <{KG.State}> .", encoding="utf-8")
    return place


@pytest.fixture
def build(vocabulary, ontology):
    return partial(build_corpus, vocabulary=vocabulary, ontology=ontology, read=read_by_hand)


@pytest.fixture
def articles(tmp_path):
    place = tmp_path / "articles"
    place.mkdir()
    (place / "a.txt").write_text(TEXT, encoding="utf-8")
    (place / "b.txt").write_text(OTHER, encoding="utf-8")
    return place


def read_by_hand(document):
    """What is known to stand in the two articles."""
    return replace(make_reading(document.text, document.source), document=document)


def _export(directory):
    out = io.BytesIO()
    with open_graph(directory, read_only=True) as store:
        export_graph(store, Format.NQUADS, out)
    return out.getvalue()


def test_a_build_fills_every_graph_and_counts_it(articles, tmp_path, build):
    steps = []
    summary = build([articles], tmp_path / "graph", report=steps.append)
    assert (summary.documents, summary.sentences, summary.read, summary.unchanged) == (2, 6, 2, 0)
    assert summary.entities == {"Agreement": 2, "Person": 1, "State": 1}
    assert summary.claims == {"withdrawsFrom": 4, "dependsOn": 2}
    assert summary.inferred > 0
    assert [step.source for step in steps if step.stage is Stage.READING] == ["a.txt", "b.txt"]
    with open_graph(tmp_path / "graph", read_only=True) as store:
        names = set(store.graphs())
        assert {iris.ONTOLOGY_GRAPH, iris.BACKGROUND_GRAPH, iris.INFERRED_GRAPH} <= names
        articles_read = [quad[0] for quad in store.quads(predicate=RDF.type, object=KG.Article)]
        for iri in articles_read:
            assert {iris.article_graph(iri), iris.facts_graph(iri)} <= names


def test_what_is_built_is_not_read_again(articles, tmp_path, build):
    def refuse(document):
        raise AssertionError(f"{document.source} is read again")

    build([articles / "a.txt"], tmp_path / "graph")
    one = _export(tmp_path / "graph")
    again = build([articles / "a.txt"], tmp_path / "graph", read=refuse)
    assert (again.read, again.unchanged) == (0, 1)
    assert _export(tmp_path / "graph") == one


def test_an_interrupted_build_goes_on_where_it_stopped(articles, tmp_path, build):
    def stop_at_second(document):
        if document.source == "b.txt":
            raise KeyboardInterrupt
        return read_by_hand(document)

    with pytest.raises(KeyboardInterrupt):
        build([articles], tmp_path / "graph", read=stop_at_second)
    summary = build([articles], tmp_path / "graph")
    assert (summary.read, summary.unchanged) == (1, 1)
    build([articles], tmp_path / "whole")
    assert _export(tmp_path / "graph") == _export(tmp_path / "whole")


def test_the_order_of_files_leaves_no_trace(articles, tmp_path, build):
    paths = sorted(articles.iterdir())
    build(paths, tmp_path / "one")
    build(paths[::-1], tmp_path / "two")
    for path in paths[::-1]:
        build([path], tmp_path / "three")
    assert _export(tmp_path / "one") == _export(tmp_path / "two") == _export(tmp_path / "three")


def test_the_same_article_twice_counts_once(articles, tmp_path, build):
    (articles / "c.txt").write_text(TEXT, encoding="utf-8")
    summary = build([articles], tmp_path / "graph")
    assert (summary.documents, summary.read) == (2, 2)


def test_one_bad_file_among_several_is_a_finding(articles, tmp_path, build):
    (articles / "bad.txt").write_bytes(b"\x00\x01\x02")
    summary = build([articles], tmp_path / "graph")
    assert summary.documents == 2
    (finding,) = [finding for finding in summary.findings if finding.check == "readable"]
    assert (finding.severity, finding.focus) == (Severity.WARNING, "bad.txt")


def test_nothing_readable_is_an_error_and_leaves_no_graph(tmp_path, build):
    (tmp_path / "bad.txt").write_bytes(b"")
    with pytest.raises(DocumentError, match=r"bad\.txt"):
        build([tmp_path / "bad.txt"], tmp_path / "graph")
    (tmp_path / "worse.txt").write_bytes(b"\x00")
    with pytest.raises(DocumentError, match="none of the 2 files"):
        build([tmp_path], tmp_path / "graph")
    with pytest.raises(DocumentError, match="does not exist"):
        build([tmp_path / "none"], tmp_path / "graph")
    assert not (tmp_path / "graph").exists()


def test_a_graph_in_use_is_an_error(articles, tmp_path, build):
    with open_graph(tmp_path / "graph", create=True), pytest.raises(GraphError, match="in use"):
        build([articles], tmp_path / "graph")


def test_the_fingerprint_follows_ontology_and_holders(tmp_path):
    (tmp_path / "concord.ttl").write_text("x")
    first = compute_fingerprint(tmp_path)
    assert compute_fingerprint(tmp_path) == first
    assert compute_fingerprint(tmp_path, accepted=[KG.x]) != first
    (tmp_path / "concord.ttl").write_text("y")
    assert compute_fingerprint(tmp_path) != first


SCRIPT = """
import sys
from pathlib import Path
from kg.corpus import build_corpus
from kg.export import Format, export_graph
from kg.store import open_graph
from kg.vocabulary import load_vocabulary
place = Path(sys.argv[2])
build_corpus([Path(sys.argv[1])], place, load_vocabulary())
with open_graph(place, read_only=True) as store:
    for format in Format:
        export_graph(store, format, sys.stdout.buffer)
"""


def test_the_hash_seed_leaves_no_trace_in_a_build(articles, tmp_path, pytestconfig):
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(articles), str(tmp_path / seed)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(pytestconfig.rootpath)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
