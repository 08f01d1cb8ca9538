"""The documents beside the code say what is true: commands run, figures hold, nothing leaks."""

import re
import shlex
import shutil
import subprocess
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from readings import list_claims, list_mentions, make_prose

from kg import __version__, iris
from kg.cli import _make_parser, main
from kg.extraction.names import load_names
from kg.graph import describe_reading
from kg.iris import ID
from kg.query import run_question
from kg.rdf import read_turtle
from kg.reading import read
from kg.store import open_memory_graph
from kg.vocabulary import load_vocabulary, ontology_directory
from kg.vocabulary.questions import read_question

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "ontology/README.md").read_text(encoding="utf-8")
CARD = (ROOT / "kg/syntax/model/README.md").read_text(encoding="utf-8")
NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def list_blocks(text, language=""):
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.M | re.S)


def list_commands(text):
    """Every line of the README that starts with kg, split as a shell would."""
    lines = [line for block in list_blocks(text) for line in block.splitlines()]
    parts = [part.strip().removeprefix(".venv/bin/") for line in lines for part in line.split("&&")]
    kept = [shlex.split(part, comments=True) for part in parts if part.startswith("kg ")]
    return [list(words) for words in dict.fromkeys(map(tuple, kept))]


COMMANDS = list_commands(README)


def list_subcommands():
    (actions,) = (a for a in _make_parser()._actions if hasattr(a, "choices") and a.choices)
    return set(actions.choices)


# ----------------------------------------------------------------------------------- README


def test_readme_shows_every_command():
    assert {words[1] for words in COMMANDS} == list_subcommands()


def test_every_command_of_the_readme_runs_on_the_sample(tmp_path, monkeypatch, capfd):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KG_GRAPH", raising=False)
    for words in COMMANDS:
        if words[1] == "serve":
            continue  # It runs until it is told to stop: tests/test_server.py.
        code = main(words[1:])
        out, err = capfd.readouterr()
        assert (code, err) == (0, ""), words
        assert out or "-o" in words, words
        assert "no answers" not in out, words


def test_readme_is_two_commands_and_short():
    first, second = list_blocks(README)[:2]
    assert [block.count("\n") for block in (first, second)] == [1, 1]
    assert first.rstrip().endswith("&& " + ".venv/bin/" + shlex.join(COMMANDS[0]))
    assert "pytest" in second
    assert len(README.split()) < 2000


@pytest.mark.parametrize(
    "path", ["README.md", "ontology/README.md", "kg/syntax/model/README.md", "CHANGELOG.md"]
)
def test_links_lead_to_files(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)\)", text)
    for target in targets:
        assert target.startswith("https://") or (ROOT / path).parent.joinpath(target).exists()


@pytest.mark.parametrize("path", ["README.md", "ontology/README.md", "kg/syntax/model/README.md"])
def test_modules_and_files_that_are_named_exist(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    for module in re.findall(r"python -m ([a-z.]+)", text):
        place = ROOT / module.replace(".", "/")
        assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file(), module
    for name in re.findall(r"`(ontology/[\w./-]+|tests/[\w./-]+|\.ci/run)`", text):
        assert (ROOT / name).exists() or name in GUIDE.split("It goes into")[1], name


def test_the_picture_shows_what_the_program_says(tmp_path, sample, capfd):
    tree = ElementTree.parse(ROOT / "examples" / "explain.svg")
    shown = [node.text for node in tree.iter("{http://www.w3.org/2000/svg}text")]
    command = shlex.split(shown[0].removeprefix("$ "))
    assert command in COMMANDS
    assert main(["build", str(sample), "--graph", str(tmp_path)]) == 0
    capfd.readouterr()
    assert main([*command[1:], "--graph", str(tmp_path)]) == 0
    said = capfd.readouterr().out.split()
    assert " ".join(shown[1:]).split() == said, "draw it anew: python -m bench.picture"


def test_what_the_guide_adds_in_turtle_is_read(tmp_path, parser):
    place = extend_ontology(tmp_path, list_blocks(GUIDE, "turtle"))
    vocabulary, names = load_vocabulary(place), load_names(place / "names")
    text = "Germany apologised to Poland for the war. Angola supports the Lobito Corridor."
    reading = read(make_prose(text), vocabulary, names, parser)
    assert "Germany apologisesTo Poland positive asserted author" in list_claims(reading)
    assert any("Lobito Corridor, Policy, name" in line for line in list_mentions(reading))
    (asked,) = list_blocks(GUIDE, "sparql")
    path = tmp_path / "apologies.rq"
    path.write_text(asked, encoding="utf-8")
    with open_memory_graph() as store:
        quads = list(describe_reading(reading, vocabulary))
        store.replace(iris.article_graph(reading.document.iri), [quad[:3] for quad in quads])
        result = run_question(store, read_question(path), {"actor": "Germany"})
    assert [row[:2] for row in result.rows] == [(ID["Germany"], ID["Poland"])]


def extend_ontology(tmp_path, blocks):
    """A copy of the ontology, its names reduced to the states, with the blocks put in place."""
    source, place = ontology_directory(), tmp_path / "ontology"
    (place / "names").mkdir(parents=True)
    shutil.copytree(source / "lexicon", place / "lexicon")
    files = ["concord.ttl", "cues.ttl", "nouns.ttl"]
    files += [f"names/{name}.ttl" for name in ("states", "known-states", "known-policies")]
    files += ["names/known-words.ttl"]
    for name in files:
        shutil.copy(source / name, place / name)
    for block in blocks:
        target = place / re.match(r"# ontology/(\S+)\n", block)[1]
        with target.open("a", encoding="utf-8") as out:
            out.write(f"\n{block}")
    return place


# ------------------------------------------------------------------------- model card, licences


def test_the_model_card_gives_the_figures_of_the_benchmark(shared, parser):
    from bench.syntax import TREEBANKS, parse_whole, score_treebank

    columns = ("pos_acc", "morph_acc", "lemma_acc", "dep_uas", "dep_las", "sents_f")
    path = shared / "training" / "treebank" / TREEBANKS["PUD"]
    scores = score_treebank(parse_whole, parser, path)
    row = re.search(r"^\| PUD \|(.*)\|$", CARD, flags=re.M)[1]
    stated = [float(cell) for cell in row.split("|")]
    assert stated == pytest.approx([scores[column] for column in columns], abs=0.002)
    uas, las = re.search(r"UAS (\.\d+), LAS (\.\d+)", README).groups()
    assert [float(uas), float(las)] == stated[3:5]


def test_the_notice_names_every_source_of_the_names():
    sources = set()
    for path in (ontology_directory() / "names").glob("*.ttl"):
        for _, predicate, value in read_turtle(path):
            if str(predicate) == "http://purl.org/dc/terms/source":
                sources.update(part.strip() for part in str(value).split(";"))
    repositories = {
        found[0] for source in sources if (found := re.search(r"\b[\w-]+/[\w.-]+(?=@)", source))
    }
    assert repositories
    for repository in repositories:
        owner = repository.split("/")[0]
        assert repository in NOTICE or owner == "every-politician-scrapers", repository
    for name in ("every-politician-scrapers", "Archigos", "Natural Earth", "COW", "CIA World"):
        assert name in NOTICE
        assert any(name in source for source in sources), name


def test_the_notice_names_every_library():
    named = NOTICE.split("\nLibraries\n")[1].lower()
    for requirement in PROJECT["project"]["dependencies"]:
        assert re.match(r"[\w-]+", requirement)[0] in named


def test_every_imported_library_is_declared():
    declared = {
        re.match(r"[\w-]+", requirement)[0].replace("-", "_")
        for requirement in PROJECT["project"]["dependencies"]
    }
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "kg").rglob("*.py"))
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", text, flags=re.M))
    modules = {"pyyaml": "yaml"}
    assert {modules.get(name, name) for name in declared} <= imported
    assert {
        "numpy",
        "owlrl",
        "pyoxigraph",
        "pyshacl",
        "rdflib",
        "rich",
        "spacy",
        "srsly",
    } <= declared


@pytest.mark.parametrize("name", PROJECT["project"]["license-files"])
def test_licence_files_are_there(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "CC BY-SA 4.0" in text or "Apache License" in text


# ------------------------------------------------------------------------------------ changelog


def test_changelog_has_the_form_of_keep_a_changelog():
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# Changelog"
    versions = [line for line in lines if line.startswith("## ")]
    assert versions[0] == "## [Unreleased]"
    for version in versions[1:]:
        assert re.fullmatch(r"## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", version)
    groups = {line.removeprefix("### ") for line in lines if line.startswith("### ")}
    assert groups <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    text = "\n".join(lines)
    for command in list_subcommands():
        assert f"`kg {command}`" in text, command


def test_there_is_one_version():
    assert PROJECT["project"]["version"] == __version__


# ----------------------------------------------------------------------------------- the files


def list_tracked():
    """The files that git keeps or would keep."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git checkout")
    names = sorted(filter(None, done.stdout.decode().split("\0")))
    return [ROOT / name for name in names if (ROOT / name).is_file()]


# Parts joined here, so that this file does not hold what it looks for.
LEAKS = {
    "a path of one machine": rb"(?<![\w.])/(?:" + rb"home|root|work|Users" + rb")/\w",
    "a registry's host": rb"py" + rb"pi\.org|python" + rb"hosted\.org|registry\." + rb"npm",
    "a package index": rb"--(?:extra-)?index" + rb"-url|--find" + rb"-links",
    "a secret": rb"-----BEGIN [A-Z ]*PRIVATE" + rb" KEY|gh[pousr]_" + rb"\w{20}",
}


@pytest.mark.parametrize("what", LEAKS)
def test_no_file_holds(what):
    pattern = re.compile(LEAKS[what])
    found = [
        f"{path.relative_to(ROOT)}: {match[0].decode(errors='replace')}"
        for path in list_tracked()
        if path.suffix != ".npz" and (match := pattern.search(path.read_bytes()))
    ]
    assert not found


def test_no_file_is_executable_but_scripts_or_larger_than_25_megabytes():
    for path in list_tracked():
        assert path.stat().st_size < 25_000_000, path
        if path.stat().st_mode & 0o111:
            assert path.read_bytes().startswith(b"#!"), path
