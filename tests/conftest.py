"""Fixtures that several test modules need."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from readings import make_prose

ROOT = Path(__file__).parent.parent
_CACHE = pytest.StashKey[Path]()

# How long an example takes depends on the machine and on what was loaded before it.
settings.register_profile("concord", deadline=None)
settings.load_profile("concord")


def pytest_configure(config):
    """Keep compiled files out of the user's home: in `$KG_TEST_CACHE`, else in a folder of the run.

    A cache that outlives the run saves the seconds that compiling takes; files are keyed by their
    content, so that a stale one is never read. Processes that share the tests share the folder.
    """
    if hasattr(config, "workerinput"):
        return
    kept = os.environ.get("KG_TEST_CACHE")
    if not kept:
        kept = tempfile.mkdtemp(prefix="kg-tests-")
        config.stash[_CACHE] = Path(kept)
    os.environ["XDG_CACHE_HOME"] = kept


def pytest_unconfigure(config):
    """Remove the cache of the run."""
    made = config.stash.get(_CACHE, None)
    if made is not None:
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data (gold annotations, gazetteer sources, treebanks, suites)."""
    place = Path(os.environ.get("KG_SHARED", ROOT.parent / "shared"))
    if not place.is_dir():
        pytest.skip(f"no shared data at {place}: set KG_SHARED to the folder that holds it")
    return place


@pytest.fixture(scope="session")
def sample() -> Path:
    """The sample article."""
    return ROOT / "examples" / "us-japan-alliance.txt"


@pytest.fixture(scope="session")
def vocabulary():
    """The shipped ontology's vocabulary."""
    from kg.vocabulary import load_vocabulary

    return load_vocabulary()


@pytest.fixture(scope="session")
def names():
    """The shipped names."""
    from kg.extraction.names import load_names

    return load_names()


@pytest.fixture(scope="session")
def parser():
    """The shipped syntax model."""
    from kg.syntax import load_parser

    return load_parser()


@pytest.fixture(scope="session")
def read_text(vocabulary, names, parser):
    """Read paragraphs as an article of prose; each text is read once."""
    from kg.reading import read

    known = {}

    def read_paragraphs(*paragraphs, issued=None):
        key = (*paragraphs, issued)
        if key not in known:
            document = make_prose(*paragraphs, issued=issued)
            known[key] = read(document, vocabulary, names, parser)
        return known[key]

    return read_paragraphs


@pytest.fixture(scope="session")
def walk_graph(sample, tmp_path_factory):
    """A graph of two articles, the sample and a short one; whoever serves it serves a copy."""
    from walking import build_walk_graph

    return build_walk_graph(tmp_path_factory.mktemp("walk"), sample)


@pytest.fixture(scope="module")
def walk(walk_graph, tmp_path_factory):
    """A server of both articles."""
    from walking import serve_walk

    with serve_walk(walk_graph, tmp_path_factory.mktemp("served")) as walk:
        yield walk


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A Chromium that reaches the loopback interface only; skips where there is none."""
    from browser import need_scripts, run_browser

    need_scripts()
    with run_browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture(autouse=True, scope="session")
def _block_network():
    """Let sockets reach the loopback interface only."""
    connect = socket.socket.connect

    def guarded(self, address):
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in {"localhost", "127.0.0.1", "::1"}:
            raise OSError(f"tests must not reach {host}")
        return connect(self, address)

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect
