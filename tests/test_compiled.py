"""Compiled forms: kept, found again, remade when their source changes."""

import json
from pathlib import Path

import pytest

from kg.compiled import cache_directory, load_compiled


@pytest.fixture
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "concord"


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source.ttl"
    path.write_text("one")
    return path


class Maker:
    """Makes a value and counts how often it had to."""

    def __init__(self):
        self.made = 0

    def __call__(self):
        self.made += 1
        return {"made": self.made, "é": [1.5, None, True]}


def test_a_value_is_made_once(cache, source):
    make = Maker()
    first = load_compiled("words", 1, [source], make)
    assert load_compiled("words", 1, [source], make) == first
    assert make.made == 1
    (kept,) = cache.iterdir()
    assert kept.name.startswith("words-")
    assert json.loads(kept.read_bytes()) == first


@pytest.mark.parametrize("change", ["content", "name", "version", "kind"])
def test_a_change_makes_it_anew(cache, source, change):
    make = Maker()
    load_compiled("words", 1, [source], make)
    name, version = ("other", 1) if change == "kind" else ("words", 1 + (change == "version"))
    if change == "content":
        source.write_text("two")
    elif change == "name":
        source = source.rename(source.with_name("renamed.ttl"))
    load_compiled(name, version, [source], make)
    assert make.made == 2


def test_the_order_of_the_sources_does_not_matter(cache, source, tmp_path):
    other = tmp_path / "another.ttl"
    other.write_text("two")
    make = Maker()
    load_compiled("words", 1, [source, other], make)
    load_compiled("words", 1, [other, source], make)
    assert make.made == 1


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe"])
def test_a_damaged_file_is_remade(cache, source, content):
    make = Maker()
    load_compiled("words", 1, [source], make)
    (kept,) = cache.iterdir()
    kept.write_bytes(content)
    assert load_compiled("words", 1, [source], make)["made"] == 2
    assert json.loads(kept.read_bytes())["made"] == 2


def test_nothing_is_left_beside_the_kept_file(cache, source):
    for version in range(3):
        load_compiled("words", version, [source], Maker())
    assert all(path.suffix == ".json" for path in cache.iterdir())


def test_a_cache_that_cannot_be_written_costs_time_only(monkeypatch, tmp_path, source):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    make = Maker()
    assert load_compiled("words", 1, [source], make)["made"] == 1
    assert load_compiled("words", 1, [source], make)["made"] == 2


def test_the_cache_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory() == tmp_path / "concord"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_directory() == Path(tmp_path / "home" / ".cache" / "concord")
