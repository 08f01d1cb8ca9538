"""The commands that export and import, on the sample article."""

import json
import os
import subprocess
import sys

import pytest
from rdflib import DCTERMS, RDF, Literal, URIRef
from small_graph import DOC, fill_small_graph
from test_nanopublications import check_publication, split_publications

from kg import iris
from kg.cli import main
from kg.cli.exporting import EXPORTED_FOLDERS, EXPORTED_TABLES, RDF_FORMATS, RDF_VIEWS
from kg.export import Format
from kg.iris import KG
from kg.store import open_graph

FORMATS = (*RDF_FORMATS, *RDF_VIEWS)
LOSSLESS = {"trig": "trig", "nquads": "nq", "jsonld": "jsonld"}
OTHER = URIRef(f"{iris.BASE}article/fedcba9876543210")


@pytest.fixture(scope="module")
def graph(tmp_path_factory, sample):
    place = tmp_path_factory.mktemp("graph")
    assert main(["build", str(sample), "--graph", str(place)]) == 0
    return place


@pytest.fixture(scope="module")
def two_articles(tmp_path_factory):
    """A graph of two articles, the second without claims."""
    place = tmp_path_factory.mktemp("two")
    about = [(OTHER, RDF.type, KG.Article), (OTHER, DCTERMS.title, Literal("Another"))]
    with open_graph(place, create=True) as store:
        fill_small_graph(store)
        store.replace(iris.article_graph(OTHER), about)
    return place


@pytest.fixture
def run(capfdbinary):
    """Run a command: its exit code, its output, its complaint."""

    def run_command(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capfdbinary.readouterr()
        return code, captured.out, captured.err.decode()

    return run_command


def test_help_explains_every_format(run):
    assert set(RDF_FORMATS) == {format.value for format in Format}
    _, out, _ = run("export", "--help")
    listed = set(out.decode().replace(",", " ").split())
    assert {*FORMATS, *EXPORTED_TABLES, *EXPORTED_FOLDERS} <= listed


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_goes_to_output_and_to_a_file(run, graph, tmp_path, format):
    code, out, err = run("export", "--graph", graph, "-f", format)
    assert (code, err) == (0, "")
    assert out.endswith(b"\n")
    assert run("export", "--graph", graph, "-f", format, "-o", tmp_path / "out") == (0, b"", "")
    file = tmp_path / "out"
    if format == "annotations":
        (file,) = file.iterdir()
    assert file.read_bytes() == out


SCRIPT = """
import sys
from kg.cli import main
for format in sys.argv[2:]:
    assert main(["export", "--graph", sys.argv[1], "-f", format]) == 0
"""


def test_the_hash_seed_leaves_no_trace(graph, pytestconfig):
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, graph, *FORMATS],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(pytestconfig.rootpath)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


@pytest.mark.parametrize("format", LOSSLESS)
def test_what_is_imported_is_exported_again_to_the_byte(run, graph, tmp_path, format):
    code, before, _ = run("export", "--graph", graph, "-f", format)
    path = tmp_path / f"out.{LOSSLESS[format]}"
    path.write_bytes(before)
    assert run("import", "--graph", tmp_path / "g", path)[0] == 0
    assert run("export", "--graph", tmp_path / "g", "-f", format) == (code, before, "")


def test_what_is_imported_answers_as_before(run, graph, tmp_path):
    run("export", "--graph", graph, "-f", "trig", "-o", tmp_path / "a.trig")
    code, out, err = run("import", "--graph", tmp_path / "g", tmp_path / "a.trig")
    assert (code, err) == (0, "")
    assert b"5 named graphs" in out
    for arguments in (
        ("query", "withdrawals"),
        ("explain", "United States", "withdrawsFrom", "TPP"),
        ("check",),
        ("export", "-f", "annotations"),
        ("export", "-f", "nanopubs"),
        ("export", "-f", "sssom"),
        ("export", "-f", "events"),
    ):
        before, after = (run(*arguments, "--graph", place) for place in (graph, tmp_path / "g"))
        assert before == after
        assert (before[0], before[2]) == (0, "")


def test_a_build_goes_on_from_an_import(run, graph, sample, tmp_path):
    run("export", "--graph", graph, "-f", "trig", "-o", tmp_path / "a.trig")
    run("import", "--graph", tmp_path / "g", tmp_path / "a.trig")
    code, out, _ = run("build", sample, "--graph", tmp_path / "g", "--json")
    assert (code, json.loads(out)["unchanged"]) == (0, 1)
    code, out, _ = run("export", "--graph", tmp_path / "g", "-f", "trig")
    assert out == (tmp_path / "a.trig").read_bytes()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_nanopublication_is_valid_by_the_package(run, graph):
    _, out, _ = run("export", "--graph", graph, "-f", "nanopubs")
    publications = split_publications(out.decode())
    assert len(publications) == out.count(b" a np:Nanopublication ;") > 100
    assert all(map(check_publication, publications))


# ------------------------------------------------------------------------------ one article


def test_annotations_go_to_a_file_for_each_article(run, two_articles, tmp_path):
    place = tmp_path / "new" / "annotations"
    command = ("export", "--graph", two_articles, "-f", "annotations")
    assert run(*command, "-o", place) == (0, b"", "")
    names = [iri.rsplit("/", 1)[1] for iri in sorted((DOC, OTHER))]
    assert sorted(file.name for file in place.iterdir()) == [f"{name}.jsonld" for name in names]
    _, out, _ = run(*command, "--article", "alliance.txt")
    assert out == (place / f"{names[0]}.jsonld").read_bytes()
    assert run(*command, "--article", "Another", "-o", tmp_path / "x")[0] == 0
    assert (tmp_path / "x").read_bytes() == (place / f"{names[1]}.jsonld").read_bytes()


def test_nanopublications_of_one_article(run, two_articles):
    command = ("export", "--graph", two_articles, "-f", "nanopubs", "--article")
    assert b"np:hasAssertion" in run(*command, "The Alliance")[1]
    assert b"np:hasAssertion" not in run(*command, "Another")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-f", "annotations"), "2 articles: choose with --article, or name -o DIR"),
        (("-f", "annotations", "-o", "/dev/null"), "cannot be a directory"),
        (("-f", "annotations", "--article", "Nothing"), "no article “Nothing”"),
        (("-f", "nanopubs", "--article", "Nothing"), "no article “Nothing”"),
        (("-f", "trig", "--article", "Another"), "leave --article out"),
    ],
    ids=str,
)
def test_wrong_use_of_export_is_one_line(run, two_articles, arguments, message):
    code, out, err = run("export", "--graph", two_articles, *arguments)
    assert (code, out, err.count("\n")) == (2, b"", 1)
    assert message in err


def test_wrong_use_of_import_is_one_line(run, two_articles, tmp_path):
    (tmp_path / "a.trig").write_text("<a:g> { <a:s> <a:p> <a:o> }")
    (tmp_path / "a.ttl").write_text("<a:s> <a:p> <a:o> .")
    for file, message in (("a.trig", "--replace"), ("a.ttl", "exported as trig, nquads or jsonld")):
        code, out, err = run("import", "--graph", two_articles, tmp_path / file)
        assert (code, out, err.count("\n")) == (2, b"", 1)
        assert message in err
    code, out, _ = run("import", "--graph", tmp_path / "g", tmp_path / "a.trig", "--json")
    assert (code, json.loads(out)) == (0, {"quads": 1, "graphs": ["a:g"]})
