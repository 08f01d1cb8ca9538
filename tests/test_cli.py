"""The command line: answers, exit codes, and one line for whatever is wrong."""

import csv
import io
import json
import subprocess
import sys
import time

import pytest
from rdflib import URIRef
from small_graph import fill_small_graph

from kg import __version__
from kg.cli import TABLE_FORMATS, main
from kg.cli.exporting import RDF_FORMATS
from kg.cli.output import clean_line, format_findings, format_summary, format_table, show_progress
from kg.corpus import BuildSummary, Progress, Stage
from kg.export import TABLE_FORMATS as EXPORT_FORMATS
from kg.iris import ID, KG
from kg.model import Finding, Severity
from kg.rdf import Format, QueryResult
from kg.store import open_graph
from kg.vocabulary.questions import load_questions


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    place = tmp_path_factory.mktemp("graph")
    with open_graph(place, create=True) as store:
        fill_small_graph(store)
    return place


@pytest.fixture
def run(capfdbinary, monkeypatch, graph):
    """Run a command on the small graph: its exit code, its output, its complaint."""
    monkeypatch.setenv("KG_GRAPH", str(graph))

    def run_command(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capfdbinary.readouterr()
        return code, captured.out.decode(), captured.err.decode()

    return run_command


def _start(*arguments, **options):
    return subprocess.Popen([sys.executable, "-m", "kg", *map(str, arguments)], **options)


# ------------------------------------------------------------------------------------ answers


def test_a_question_is_answered_in_a_table_with_its_sentence(run):
    code, out, err = run("query", "withdrawals", "actor=United States")
    assert (code, err) == (0, "")
    assert "Trump administration" in out
    assert "It is said that" in out
    assert "1 answer, from “The Alliance”" in out


def test_parameters_may_be_options(run):
    assert run("query", "withdrawals", "--param", "actor=Trump")[1] == "no answers\n"


def test_answers_for_machines(run):
    code, out, _ = run("query", "demands", "--json")
    assert code == 0
    (row,) = json.loads(out)["results"]["bindings"]
    assert row["object"] == {"type": "uri", "value": str(ID["Japan"])}
    code, out, _ = run("query", "demands", "--csv")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert (code, rows[0]["topic"]) == (0, "more responsibilities")


def test_sparql_as_text_file_and_input(run, tmp_path, monkeypatch):
    text = "SELECT ?x { ?x a kg:Alliance }"
    assert "US-Japan alliance" in run("query", text)[1]
    path = tmp_path / "asked.rq"
    path.write_text(f"# a comment\n{text}")
    assert "US-Japan alliance" in run("query", path)[1]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert "US-Japan alliance" in run("query", "-")[1]


def test_a_file_with_a_header_takes_parameters(run, tmp_path):
    path = tmp_path / "mine.rq"
    path.write_text(load_questions()["effects"].text)
    code, out, _ = run("query", path, "on=Trump shock")
    assert (code, "America First" in out) == (0, True)


def test_truth_values_and_triples(run):
    assert run("query", "ASK { id:Japan a kg:State }")[1] == "yes\n"
    assert run("query", "ASK { id:Japan a kg:Person }")[1] == "no\n"
    code, out, _ = run("query", "CONSTRUCT { ?x a kg:Ally } { ?x a kg:Alliance }")
    assert (code, out) == (
        0,
        f"<{ID['US-Japan-alliance']}> "
        f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{KG.Ally}> .\n",
    )


def test_output_goes_to_a_file(run, tmp_path):
    path = tmp_path / "out.csv"
    assert run("query", "demands", "--csv", "-o", path) == (0, "", "")
    assert path.read_bytes().startswith(b"subject,object,topic")


def test_questions_are_listed_and_shown(run):
    _, out, _ = run("questions")
    assert all(name in out for name in load_questions())
    code, out, _ = run("questions", "effects")
    assert (code, "on=…" in out, "SELECT" in out) == (0, True, True)
    listed = json.loads(run("questions", "--json")[1])
    assert [question["name"] for question in listed] == list(load_questions())
    assert json.loads(run("questions", "effects", "--json")[1])["parameters"][0]["kind"] == "entity"


def test_a_fact_is_explained_down_to_its_sentence(run):
    code, out, _ = run("explain", "Trump administration", "withdrawsFrom", "TPP")
    assert code == 0
    assert "It is said that" in out
    assert "alliance.txt" in out
    code, out, _ = run("explain", "Trump administration", "withdraws from", "TPP", "--json")
    assert (code, json.loads(out)["claims"][0]["holder"]) == (0, "the article")


def test_what_does_not_hold_is_told_with_exit_code_1(run):
    code, out, err = run("explain", "Japan", "withdrawsFrom", "TPP")
    assert (code, err) == (1, "")
    assert "denied" in out
    code, out, err = run("explain", "Japan", "attacks", "China")
    assert (code, out, err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize("format", RDF_FORMATS)
def test_every_format_is_exported(run, tmp_path, format):
    code, out, err = run("export", "-f", format)
    assert (code, err) == (0, "")
    assert str(ID["Japan"]) in out or "id:Japan" in out
    assert run("export", "-f", format, "-o", tmp_path / "out")[0] == 0
    assert (tmp_path / "out").read_bytes() == out.encode()


def test_formats_are_those_that_can_be_written():
    assert set(RDF_FORMATS) == {format.value for format in Format}
    assert set(TABLE_FORMATS) == set(EXPORT_FORMATS)


def test_checks_find_what_is_wrong(run):
    code, out, _ = run("check")
    assert (code, "coverage" in out) == (1, True)
    found = json.loads(run("check", "--json")[1])
    assert {"severity", "check", "focus", "message"} == set(found[0])


def test_version_and_help(run):
    assert run("--version") == (0, f"kg {__version__}\n", "")
    commands = ("build", "query", "questions", "explain", "export", "check", "claims", "mentions")
    code, out, _ = run("--help")
    assert code == 0
    assert all(command in out for command in commands)
    for command in commands:
        assert run(command, "--help")[0] == 0


def test_help_comes_quickly():
    start = time.monotonic()
    subprocess.run([sys.executable, "-m", "kg", "--help"], check=True, capture_output=True)
    assert time.monotonic() - start < 1
    code = "import sys, kg.cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"rdflib", "pyoxigraph", "rich", "spacy"} & set(loaded.stdout.split())


# ---------------------------------------------------------------------------------- wrong use


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "COMMAND"),
        (("fly",), "invalid choice: 'fly'"),
        (("build",), "PATH"),
        (("query",), "QUESTION"),
        (("query", "withdrawls"), "did you mean withdrawals?"),
        (("query", "zzz"), "kg questions lists them"),
        (("query", "x" * 5000), "no question is named"),
        (("query", "SELECT ?x {"), "malformed"),
        (
            ("query", "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }"),
            "is refused: queries reach this graph only",
        ),
        (("query", "DELETE { ?s ?p ?o } WHERE { SELECT * { ?s ?p ?o } }"), "would change"),
        (("query", "SELECT * {}", "a=b"), "takes no parameters"),
        (("query", "effects"), "effects needs on="),
        (("query", "effects", "on"), "write name=value"),
        (("query", "effects", "on=Japan", "--param", "on=China"), "given twice"),
        (("query", "effects", "on=Atlantis"), "no thing in the graph"),
        (("query", "withdrawals", "since=2017"), "no parameter 'since'"),
        (("query", "timeline", "since=soon"), "is no date"),
        (("query", "CONSTRUCT WHERE { ?s ?p ?o }", "--json"), "no form in JSON"),
        (("query", "holders", "--json", "--csv"), "not allowed with"),
        (("query", "holders", "--timeout", "never"), "--timeout"),
        (("query", "holders", "--timeout", "-1"), "--timeout"),
        (("query", "SELECT * {?a ?b ?c . ?d ?e ?f . ?g ?h ?i}", "--timeout", "0.2"), "longer than"),
        (("query", "holders", "--graph", "/nowhere"), "run kg build FILE first"),
        (("query", "holders", "-o", "/nowhere/x"), "cannot be written"),
        (("questions", "withdrawls"), "did you mean withdrawals?"),
        (("explain", "Jpan", "alliedWith", "China"), "did you mean Japan"),
        (("explain", "Japan", "loves", "China"), "no relation"),
        (("export", "-f", "n3"), "invalid choice: 'n3'"),
        (("export", "--graph", "/nowhere"), "run kg build FILE first"),
        (("check", "--graph", "/nowhere"), "run kg build FILE first"),
        (("claims", "x.txt", "--format", "xml"), "invalid choice: 'xml'"),
        (("mentions", "/nowhere/x.txt"), "does not exist"),
    ],
    ids=str,
)
def test_wrong_use_is_one_line_and_exit_code_2(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("kg")
    assert message in err


WRONG_FILES = {
    "missing": None,
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "other language": (
        "Die Bundesregierung hat gestern in Berlin erklärt, dass sie an dem Abkommen festhalten "
        "werde. Der Minister sagte, die Verhandlungen seien noch nicht zu Ende, und man werde "
        "weiter mit den Partnern sprechen, um eine Lösung zu finden.\n\n"
    ).encode()
    * 5,
}  # fmt: skip


@pytest.mark.parametrize("command", ["build", "claims", "mentions"])
@pytest.mark.parametrize("kind", WRONG_FILES)
def test_wrong_files_are_one_line_and_exit_code_2(run, tmp_path, command, kind):
    path = tmp_path / "article.txt"
    if (data := WRONG_FILES[kind]) is not None:
        path.write_bytes(data)
    place = ["--graph", tmp_path / "new"] if command == "build" else []
    code, out, err = run(command, path, *place)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "article.txt" in err
    assert not (tmp_path / "new" / "store" / "CURRENT").exists()


def test_a_directory_without_articles_is_one_line_and_exit_code_2(run, tmp_path):
    (tmp_path / "notes.md").write_text("x")
    for command in ("build", "claims"):
        code, out, err = run(command, tmp_path)
        assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_query_that_is_no_text_is_one_line_and_exit_code_2(run, tmp_path):
    (tmp_path / "bad.rq").write_bytes(b"SELECT \xff\xfe")
    code, out, err = run("query", tmp_path / "bad.rq")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "not UTF-8" in err


def test_a_damaged_graph_is_one_line_and_exit_code_2(run, tmp_path):
    with open_graph(tmp_path, create=True):
        pass
    (tmp_path / "store" / "CURRENT").write_bytes(b"junk")
    code, out, err = run("query", "holders", "--graph", tmp_path)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_reader_that_leaves_early_is_no_error(graph):
    command = _start("export", "--graph", graph, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    command.stdout.read(10)
    command.stdout.close()
    assert command.stderr.read() == b""
    assert command.wait() == 0
    command.stderr.close()


def test_a_full_disk_is_one_line_and_exit_code_2(graph):
    with open("/dev/full", "wb") as full:
        command = _start("questions", "--json", stdout=full, stderr=subprocess.PIPE)
        _, err = command.communicate()
    assert command.returncode == 2
    assert err.count(b"\n") == 1


# --------------------------------------------------------------------------- reading the sample


@pytest.fixture(scope="module")
def sample_graph(tmp_path_factory, sample):
    place = tmp_path_factory.mktemp("sample")
    assert main(["build", str(sample), "--graph", str(place)]) == 0
    return place


def test_a_build_is_summarised(run, sample, sample_graph):
    code, out, err = run("build", sample, "--graph", sample_graph)
    assert (code, err) == (0, "")
    for line in ("articles", "sentences", "entities", "claims", "inferred triples", "findings"):
        assert line in out
    summary = json.loads(run("build", sample, "--graph", sample_graph, "--json")[1])
    assert summary["documents"] == summary["unchanged"] == 1
    assert summary["claims"]["alliedWith"] >= 1


@pytest.mark.parametrize("name", load_questions())
def test_every_question_runs_on_the_sample(run, sample_graph, name):
    given = {"effects": ["on=US-Japan alliance"], "mentions": ["thing=Japan"]}
    code, _, err = run("query", name, *given.get(name, []), "--graph", sample_graph)
    assert (code, err) == (0, "")


@pytest.mark.parametrize("command", ["claims", "mentions"])
def test_claims_and_mentions_of_a_file_and_of_input(run, sample, command, monkeypatch):
    code, out, _ = run(command, sample, "--format", "jsonl")
    assert code == 0
    records = [json.loads(line) for line in out.splitlines()]
    assert records
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(sample.read_bytes())))
    assert run(command, "-", "--format", "jsonl")[1] == out


# ------------------------------------------------------------------------------------- output


def test_tables_show_labels_and_shorten_the_rest():
    result = QueryResult(
        variables=("asSubject", "other", "link"),
        rows=((ID["Japan"], KG.State, URIRef("http://www.wikidata.org/entity/Q17")),),
    )
    out = format_table(result, {ID["Japan"]: "Japan"})
    assert out.splitlines()[0].split("  ")[0] == "as subject"
    assert "Japan" in out
    assert "kg:State" in out
    assert "wd:Q17" in out


def test_nothing_in_an_article_can_steer_the_terminal():
    assert clean_line("a\x1b[31m\r\nb\u202e [bold]c") == "a[31m b [bold]c"


def test_findings_are_counted_by_severity():
    findings = (
        Finding(Severity.VIOLATION, "quote", KG.x, "is\nwrong"),
        Finding(Severity.INFO, "coverage", "graph", "half"),
    )
    assert format_findings(findings) == (
        "violation: quote: kg:x: is wrong\ninfo: coverage: graph: half\n1 violation, 1 info\n"
    )
    summary = format_summary(BuildSummary(1, 2, {"State": 3}, {}, 4, findings, read=1))
    assert "entities          3 (State 3)" in summary
    assert "violation: quote" in summary
    assert "coverage" not in summary


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_drawn_on_terminals_only():
    for stream, drawn in ((Terminal(), True), (io.StringIO(), False)):
        with show_progress(stream) as report:
            report(Progress(Stage.READING, 0, 1, "a.txt"))
        assert bool(stream.getvalue()) is drawn
