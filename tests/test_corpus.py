"""Building the graph of one article or many."""

import io
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from rdflib import RDF, URIRef
from records import JAPAN, TEXT, make_reading

from kg import iris
from kg.corpus import Stage, build_corpus, compute_fingerprint, remove_articles
from kg.corpus.draft import Draft
from kg.errors import DocumentError, GraphError, UnknownTermError
from kg.export import Format, export_graph
from kg.iris import KG
from kg.model import Severity
from kg.reading import read
from kg.store import CHECKED_FILE, CLOSURE_FILE, open_graph
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


# ------------------------------------------------------------------------------------ changes


@pytest.fixture
def remove(ontology):
    return partial(remove_articles, ontology=ontology)


def _list_files(directory):
    """The graph in every syntax."""
    files = []
    with open_graph(directory, read_only=True) as store:
        for format in Format:
            out = io.BytesIO()
            export_graph(store, format, out)
            files.append(out.getvalue())
    return files


def test_a_graph_without_an_article_is_one_built_without_it(articles, tmp_path, build, remove):
    build([articles], tmp_path / "graph")
    summary = remove(["b.txt"], tmp_path / "graph")
    (removed,) = summary.removed
    assert (removed.source, removed.claims, removed.facts, summary.documents) == ("b.txt", 3, 1, 1)
    alone = build([articles / "a.txt"], tmp_path / "alone")
    assert _list_files(tmp_path / "graph") == _list_files(tmp_path / "alone")
    assert summary.findings == alone.findings
    again = build([articles], tmp_path / "graph")
    whole = build([articles], tmp_path / "whole")
    assert (again.read, again.unchanged) == (1, 1)
    assert again.findings == whole.findings
    assert _list_files(tmp_path / "graph") == _list_files(tmp_path / "whole")


@pytest.mark.parametrize("lost", [CLOSURE_FILE, CHECKED_FILE])
@pytest.mark.parametrize("content", [None, b"PK\x05\x06broken"])
def test_what_is_kept_beside_the_store_may_be_lost(
    articles, tmp_path, build, remove, lost, content
):
    build([articles], tmp_path / "graph")
    (tmp_path / "graph" / lost).unlink()
    if content is not None:
        (tmp_path / "graph" / lost).write_bytes(content)
    remove(["b.txt"], tmp_path / "graph")
    build([articles / "a.txt"], tmp_path / "alone")
    assert _export(tmp_path / "graph") == _export(tmp_path / "alone")


def test_an_article_is_named_by_file_bytes_title_or_iri(articles, tmp_path, build, remove):
    build([articles], tmp_path / "graph")
    moved = articles / "a.txt"
    moved.rename(articles / "moved.txt")
    with pytest.raises(UnknownTermError, match=r"no article “c\.txt” .*“[ab]\.txt”"):
        remove(["a.txt", "c.txt"], tmp_path / "graph")
    with open_graph(tmp_path / "graph", read_only=True) as store:
        found = {quad[0] for quad in store.quads(predicate=RDF.type, object=KG.Article)}
    assert len(found) == 2, "a name that means nothing leaves all as it is"
    first = remove([str(articles / "moved.txt")], tmp_path / "graph").removed
    assert [each.source for each in first] == ["a.txt"]
    found.discard(URIRef(first[0].iri))
    second = remove([f"<{found.pop()}>", "b.txt"], tmp_path / "graph")
    assert (len(second.removed), second.documents) == (1, 0)
    with open_graph(tmp_path / "graph", read_only=True) as store:
        assert iris.INFERRED_GRAPH not in store.graphs()
    build([articles], tmp_path / "graph")
    build([articles], tmp_path / "whole")
    assert _export(tmp_path / "graph") == _export(tmp_path / "whole")


def test_a_name_that_means_two_articles_is_refused(articles, tmp_path, build, remove):
    (articles / "more").mkdir()
    (articles / "b.txt").rename(articles / "more" / "a.txt")
    build(sorted(articles.rglob("*.txt")), tmp_path / "graph")
    with pytest.raises(UnknownTermError, match="means 2 articles"):
        remove(["a.txt"], tmp_path / "graph")
    assert remove([str(articles / "more" / "a.txt")], tmp_path / "graph").documents == 1


@pytest.mark.parametrize("place", ["commit", "count_gone"])
def test_a_removal_that_breaks_off_leaves_the_graph_as_it_was(
    articles, tmp_path, build, remove, monkeypatch, place
):
    build([articles], tmp_path / "graph")
    before = _list_files(tmp_path / "graph")

    def stop(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Draft, place, stop)
        remove(["b.txt"], tmp_path / "graph")
    assert _list_files(tmp_path / "graph") == before
    remove(["b.txt"], tmp_path / "graph")
    build([articles / "a.txt"], tmp_path / "alone")
    assert _export(tmp_path / "graph") == _export(tmp_path / "alone")


def test_a_closure_that_could_not_be_kept_is_not_missed(
    articles, tmp_path, build, remove, monkeypatch
):
    def stop(*arguments):
        raise KeyboardInterrupt

    build([articles], tmp_path / "graph")
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("kg.reasoning.changing.save_closure", stop)
        remove(["b.txt"], tmp_path / "graph")
    build([articles / "a.txt"], tmp_path / "alone")
    assert _export(tmp_path / "graph") == _export(tmp_path / "alone")
    build([articles], tmp_path / "graph")
    build([articles], tmp_path / "whole")
    assert _export(tmp_path / "graph") == _export(tmp_path / "whole")


def test_real_articles_come_and_go_without_a_trace(tmp_path, sample, vocabulary, names, parser):
    paths = [sample]
    if (shared := Path(os.environ.get("KG_SHARED", sample.parents[2] / "shared"))).is_dir():
        paths += sorted(shared.glob("eval/dev/*/text.txt"))[::20]
    # The sample is among those texts; twice the same is one article.
    paths = list({path.read_bytes(): path for path in paths}.values())
    known = {}

    def read_once(document):
        if document.iri not in known:
            known[document.iri] = read(document, vocabulary, names, parser)
        return known[document.iri]

    change = partial(build_corpus, vocabulary=vocabulary, read=read_once)
    change(paths, tmp_path / "graph")
    held = list(paths)
    for number, path in enumerate(paths[::2]):
        remove_articles([str(path)], tmp_path / "graph")
        held.remove(path)
        if held and number % 2 == 0:
            summary = change(held, tmp_path / f"rest-{number}")
            assert _list_files(tmp_path / "graph") == _list_files(tmp_path / f"rest-{number}")
            assert summary.unchanged == 0
    for path in paths[::2][::-1]:
        change([path], tmp_path / "graph")
    change(paths, tmp_path / "whole")
    assert _list_files(tmp_path / "graph") == _list_files(tmp_path / "whole")
