"""Why a sentence has no claim, and which wordings the lexicon lacks."""

import json

import pytest

from kg.cli import main
from kg.cli.reports import check_report
from kg.errors import ExportError
from kg.extraction.coverage import Reason, explain_answers, explain_coverage
from kg.extraction.gaps import count_gaps, find_gaps


@pytest.fixture
def explain(read_text, vocabulary, names):
    """The coverage of a text, its misses as (word, reason, detail)."""

    def explain_text(*paragraphs):
        reading = read_text(*paragraphs)
        rows = explain_coverage(reading, vocabulary, names)
        assert [row.sentence for row in rows] == [s.span for s in reading.sentences]
        misses = [
            (reading.document.quote(miss.trigger), miss.reason, miss.detail)
            for row in rows
            for miss in row.misses
        ]
        return rows, misses

    return explain_text


@pytest.fixture
def list_gaps(read_text, vocabulary, names):
    """The gaps of a text as lines."""

    def list_lines(*paragraphs, described=False):
        reading = read_text(*paragraphs)
        return [
            f"{gap.lemma}, {gap.construction}: {gap.subject}, {gap.object}"
            for gap in find_gaps(reading, vocabulary, names, described=described)
        ]

    return list_lines


# ------------------------------------------------------------------------------ sentence coverage


def test_a_sentence_with_claims_needs_no_reason(explain):
    (row,), misses = explain("Canada criticised Mexico.")
    assert len(row.claims) == 1
    assert row.reason is None
    assert misses == []


def test_no_relation_is_known(explain):
    (row,), misses = explain("It snowed.")
    assert (row.claims, row.reason) == ((), Reason.NO_RELATION)
    assert misses == []


def test_an_argument_is_missing(explain):
    (row,), misses = explain("Canada was attacked.")
    assert row.reason is Reason.ARGUMENT
    assert ("attacked", Reason.ARGUMENT, "attacks: no subject") in misses


def test_an_end_is_of_the_wrong_kind(explain):
    (row,), misses = explain("The storm attacked the harbour wall.")
    assert row.reason is Reason.KIND
    assert any(word == "attacked" and "attacks: no subject can be" in d for word, _, d in misses)


def test_both_ends_are_one_thing(explain):
    (row,), misses = explain("Canada criticised Canada.")
    assert row.reason is Reason.ARGUMENT
    assert ("criticised", Reason.ARGUMENT, "criticises: both ends are one thing") in misses


def test_a_wording_is_too_weak(read_text, vocabulary, names):
    from dataclasses import replace

    from readings import make_prose

    from kg.reading import read
    from kg.syntax import load_parser

    weak = {
        lemma: tuple(replace(frame, weight=0.01) for frame in frames)
        for lemma, frames in vocabulary.frames.items()
    }
    weaker = replace(vocabulary, frames=weak)
    reading = read(make_prose("Canada criticised Mexico."), weaker, names, load_parser())
    (row,) = explain_coverage(reading, weaker, names)
    assert row.reason is Reason.WEAK
    assert any(miss.detail.startswith("criticises: 0.0") for miss in row.misses)


def test_the_farthest_stage_is_the_reason(explain):
    (row,), misses = explain("Canada was attacked and the storm attacked the harbour wall.")
    assert {reason for _, reason, _ in misses} == {Reason.ARGUMENT, Reason.KIND}
    assert row.reason is Reason.KIND


def test_what_a_model_left_out(read_text):
    reading = read_text("Canada criticised Mexico. It snowed. It rained.")
    first, second, third = reading.sentences
    rows = explain_answers(reading, {first.span: ["never shown"], third.span: ["made up"]})
    assert [row.reason for row in rows] == [None, Reason.NOTHING_TOLD, Reason.REFUSED]
    assert rows[2].misses[0].detail == "made up"
    assert second.span == rows[1].sentence


# ----------------------------------------------------------------------------------------- gaps


def test_a_predicate_without_an_entry_is_a_gap(list_gaps):
    assert list_gaps("Canada photographed Mexico.") == [
        "photograph, verb: subject … object: Canada, Mexico"
    ]


def test_its_place_is_told(list_gaps):
    assert list_gaps("Canada whispered to Mexico.") == [
        "whisper, verb: subject … to: Canada, Mexico"
    ]


def test_what_an_entry_covers_is_none(list_gaps):
    assert list_gaps("Canada criticised Mexico.") == []
    assert list_gaps("Canada exerted pressure on Mexico.") == []


def test_both_ends_are_named_unless_asked_otherwise(list_gaps):
    assert list_gaps("Canada photographed the tall islanders.") == []
    (line,) = list_gaps("Canada photographed the tall islanders.", described=True)
    assert line.startswith("photograph, verb: subject … object: Canada, ")
    assert list_gaps("The mayor photographed the tall islanders.", described=True) == []


def test_gaps_are_counted(read_text, vocabulary, names):
    text = "Canada photographed Mexico. Canada whispered to Mexico. Japan photographed Norway."
    counts = count_gaps(find_gaps(read_text(text), vocabulary, names))
    assert [(c.lemma, c.count, c.example.subject) for c in counts] == [
        ("photograph", 2, "Canada"),
        ("whisper", 1, "Canada"),
    ]
    assert counts[0].example.sentence == "Canada photographed Mexico."


# ------------------------------------------------------------------------------------- commands


@pytest.fixture(scope="module")
def article(tmp_path_factory):
    path = tmp_path_factory.mktemp("articles") / "north.txt"
    path.write_text(
        "The North\n\nCanada criticised Mexico in May. "
        "Canada photographed Mexico for a whole week.\n"
    )
    return path


def test_build_reports_on_output_and_in_files(article, tmp_path, capfdbinary):
    graph = ["--graph", str(tmp_path / "g")]
    assert main(["build", str(article), *graph, "--report"]) == 0
    out = capfdbinary.readouterr().out.decode()
    assert "coverage of north.txt" in out
    assert "Canada criticises Mexico" in out
    assert "no relation known" in out
    assert "sentences         3" in out
    # The article is in the graph by now, and is reported all the same.
    place = tmp_path / "report.txt"
    for _ in range(2):
        assert main(["build", str(article), *graph, "--report", str(place)]) == 0
        assert "coverage of" not in capfdbinary.readouterr().out.decode()
        assert place.read_text(encoding="utf-8") + "" == out[: out.index("articles  ")]


def test_build_reports_as_json(article, tmp_path, capfdbinary):
    graph = ["--graph", str(tmp_path / "g")]
    assert main(["build", str(article), *graph, "--report", "--json"]) == 0
    told = json.loads(capfdbinary.readouterr().out)
    assert told["documents"] == 1
    ((report,), rows) = told["report"], told["report"][0]["sentences"]
    assert report["source"] == "north.txt"
    by_text = {row["text"]: row for row in rows}
    row = by_text["Canada criticised Mexico in May."]
    assert row["claims"] == ["Canada criticises Mexico"]
    assert row["reason"] is None
    text = article.read_text()
    assert all(text[row["start"] : row["end"]] == row["text"] for row in rows)
    place = tmp_path / "report.json"
    for _ in range(2):
        assert main(["build", str(article), *graph, "--json", "--report", str(place)]) == 0
        assert "report" not in json.loads(capfdbinary.readouterr().out)
        assert json.loads(place.read_bytes())["report"] == told["report"]


def test_a_report_replaces_no_article(article, tmp_path, capfd):
    before = article.read_bytes()
    graph = ["--graph", str(tmp_path / "g")]
    assert main(["build", "--report", str(article), str(article), *graph]) == 2
    assert "is no report" in capfd.readouterr().err
    assert article.read_bytes() == before
    with pytest.raises(ExportError, match="cannot be written"):
        check_report(tmp_path)


def test_gaps_as_table_and_json(article, capfdbinary):
    assert main(["gaps", str(article)]) == 0
    assert "photograph" in capfdbinary.readouterr().out.decode()
    assert main(["gaps", str(article), "--json"]) == 0
    (gap,) = json.loads(capfdbinary.readouterr().out)
    assert (gap["lemma"], gap["count"]) == ("photograph", 1)
    assert gap["example"]["sentence"] == "Canada photographed Mexico for a whole week."


def test_no_gaps_are_told(tmp_path, capfdbinary):
    path = tmp_path / "a.txt"
    path.write_text("The North\n\nCanada criticised Mexico in the month of May.\n")
    assert main(["gaps", str(path)]) == 0
    assert capfdbinary.readouterr().out.decode() == "no predicate without an entry\n"
