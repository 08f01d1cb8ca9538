"""The scripts and styles of the pages as the build makes them, with and without npm."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pages import BROWSER, Elements
from walking import serve_walk

from kg.server.static_files import find_static

ROOT = Path(__file__).parent.parent
STATIC = Path("kg/server/static")


@pytest.fixture
def checkout(tmp_path):
    """A copy of what the build needs, and an empty package to build into."""
    place = tmp_path / "checkout"
    skipped = shutil.ignore_patterns("node_modules")
    shutil.copytree(ROOT / "web", place / "web", ignore=skipped)
    shutil.copyfile(ROOT / "hatch_build.py", place / "hatch_build.py")
    (place / "kg" / "server").mkdir(parents=True)
    return place


def build(place, *options, **variables):
    """Run the build by hand: its exit code, and what it complained of."""
    command = [sys.executable, str(place / "hatch_build.py"), *options]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **variables}, timeout=120
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def list_own(place):
    """The names of what needs no library."""
    web = place / "web"
    return {path.name for path in (*(web / "src").glob("*.js"), *(web / "styles").glob("*.css"))}


def list_made(place):
    return {path.name for path in (place / STATIC).iterdir()}


def test_without_npm_there_is_all_that_is_our_own(checkout):
    code, told = build(checkout, "--offline")
    assert (code, told.count("\n")) == (1, 1)
    assert "the pages work, with less in them" in told
    assert list_made(checkout) == list_own(checkout)
    for name in list_own(checkout):
        [source] = (checkout / "web").glob(f"*/{name}")
        assert (checkout / STATIC / name).read_bytes() == source.read_bytes()


def test_what_was_bundled_before_is_kept_where_npm_cannot_be_reached(checkout, tmp_path):
    (checkout / STATIC).mkdir()
    (checkout / STATIC / "graph.js").write_text("// an earlier build")
    nowhere = {"npm_config_offline": "true", "npm_config_cache": str(tmp_path / "npm")}
    code, told = build(checkout, **nowhere)
    assert code == 1
    assert re.match("(there is no Node|npm could not fetch the libraries)", told)
    assert list_made(checkout) == list_own(checkout) | {"graph.js"}


def test_what_is_bundled_carries_its_licenses():
    found = ROOT / STATIC / "licenses.txt"
    if not found.is_file():
        pytest.skip("the pages' scripts are not built: run python hatch_build.py")
    licenses = found.read_text(encoding="utf-8")
    wanted = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    for library, version in wanted["dependencies"].items():
        assert f"{library} {version} (" in licenses
    heads = re.findall(r"^(@?[a-z0-9/.-]+) \d\S* \((.+)\)\n-+$", licenses, re.MULTILINE)
    free = re.compile("(MIT|ISC|Apache-2.0|OFL-1.1|MPL-2.0|0BSD|BSD-[23]-Clause)")
    assert len(heads) >= len(wanted["dependencies"])
    assert [library for library, license in heads if not free.search(license)] == []


def test_every_file_that_is_made_can_be_had_and_refers_to_no_other_host():
    names = {path.name for path in (ROOT / STATIC).iterdir()} - {"licenses.txt"}
    assert list_own(ROOT) <= names
    for name in names:
        assert find_static(name) is not None, name
        if name.endswith(".css"):
            text = (ROOT / STATIC / name).read_text(encoding="utf-8")
            for place in re.findall(r"url\(\"?([^)\"]+)\"?\)", text):
                assert place.startswith("data:") or place.removeprefix("./") in names, place


def test_the_reader_tells_that_its_graph_was_not_built(checkout, walk_graph, tmp_path, monkeypatch):
    """A package as a wheel without npm has it: the files of this one, but for what is built."""
    skipped = shutil.ignore_patterns("static", "__pycache__")
    package = ROOT / "kg"
    shutil.copytree(
        package, checkout / "kg", ignore=skipped, copy_function=os.symlink, dirs_exist_ok=True
    )
    (checkout / "ontology").symlink_to(ROOT / "ontology")
    assert build(checkout, "--offline")[0] == 1
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    # The place that a process starts in comes before all others.
    monkeypatch.chdir(tmp_path)
    with serve_walk(walk_graph, tmp_path) as walk:
        server = walk.server
        page = Elements(server.ask(walk.article, Accept=BROWSER).text)
        assert "The graph is not drawn here: its scripts were not built." in page.words
        assert "python hatch_build.py" in page.words
        scripts = [each["src"] for each in page.pick("script")]
        assert any("reader.js" in each for each in scripts)
        assert not any("data-graph-script" in attributes for _, attributes in page.found)
        assert server.ask("/static/graph.js").status == 404
