"""Search by words, and the index that keeps it quick."""

import json
import shutil
import sqlite3
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDFS, Literal
from small_graph import CLAIMS, DOC, THINGS, fill_small_graph

from kg import iris
from kg.cli import main, searching
from kg.errors import GraphError, QueryError
from kg.iris import BACKGROUND_GRAPH, ID, KG
from kg.model import Span
from kg.search import MOST_HITS, MOST_WORDS, HitKind, complete, prepare_index, search
from kg.store import open_graph, open_memory_graph

TEXT = "Für São Tomé und Łódź verhängt Türkiye Sanktionen"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    place = tmp_path_factory.mktemp("search") / "graph"
    with open_graph(place, create=True) as store:
        fill_small_graph(store)
    with open_graph(place, read_only=True) as store:
        yield store


@pytest.fixture
def graph(store, tmp_path):
    """A copy of the graph, free to be changed."""
    place = tmp_path / "graph"
    shutil.copytree(store.directory, place, ignore=shutil.ignore_patterns("search.db"))
    return place


def add_name(store, name, thing=ID.x):
    store.replace(
        BACKGROUND_GRAPH, [*store.triples(BACKGROUND_GRAPH), (thing, RDFS.label, Literal(name))]
    )


def labels(hits):
    return [hit.label for hit in hits]


# ---------------------------------------------------------------------------------- what is found


@pytest.mark.parametrize(("name", "label"), [(name, label) for name, _, label, *_ in THINGS])
def test_every_thing_is_found_by_its_name(store, name, label):
    found = search(store, label, kinds=[HitKind.ENTITY])
    assert (found[0].iri, found[0].label) == (ID[name], label)


def test_things_are_found_by_names_that_articles_use(store):
    first = search(store, "TPP")[0]
    assert (first.kind, first.iri, first.type) == (HitKind.ENTITY, ID.TPP, "Agreement")
    assert (first.snippet, first.marks) == ("TPP", (Span(0, 3),))


def test_things_that_only_the_background_knows_are_found(store):
    assert search(store, "australia")[0].iri == ID.Australia


def test_every_claim_is_found_by_what_it_says(store):
    for subject, relation, object_, _ in CLAIMS:
        found = search(store, f"{subject} {relation} {object_}", kinds=[HitKind.CLAIM])
        assert all(hit.article == DOC and hit.label for hit in found)
        assert f"{subject} {relation} {object_}" in [hit.snippet for hit in found]


def test_what_an_article_does_not_assert_itself_is_labelled_so(store):
    found = labels(search(store, "Japan withdraws TPP", kinds=[HitKind.CLAIM]))
    assert "Japan withdraws from Trans-Pacific Partnership (negative)" in found
    assert "Japan withdraws from Trans-Pacific Partnership (according to Donald Trump)" in found


def test_sentences_are_found_with_the_title_of_their_article(store):
    (hit,) = search(store, '"so much for Yokota"')
    assert (hit.kind, hit.label, hit.article) == (HitKind.SENTENCE, "The Alliance", DOC)
    assert hit.snippet == "So much for Yokota." and hit.score > 0
    assert [hit.snippet[mark.start : mark.end] for mark in hit.marks] == ["So much for Yokota"]


@pytest.mark.parametrize("words", ["The Alliance", "Ann Author"])
def test_articles_are_found_by_title_and_author(store, words):
    (hit,) = search(store, words, kinds=[HitKind.ARTICLE])
    assert (hit.iri, hit.label) == (DOC, "The Alliance")


def test_kinds_and_limit_bound_what_comes_back(store):
    assert {hit.kind for hit in search(store, "Japan", limit=MOST_HITS)} >= {
        HitKind.ENTITY, HitKind.CLAIM, HitKind.SENTENCE}  # fmt: skip
    for kinds in ([HitKind.CLAIM], [HitKind.ENTITY, HitKind.SENTENCE], []):
        assert {hit.kind for hit in search(store, "Japan", kinds=kinds, limit=99)} == set(kinds)
    assert len(search(store, "Japan", limit=3)) == 3
    assert search(store, "Japan", limit=3) == search(store, "Japan", limit=99)[:3]
    assert search(store, "Japan", limit=-1) == search(store, "Japan", limit=0) == ()


def test_all_words_come_before_any_of_them(store):
    for hit in search(store, "Yokota Trump"):
        text = f"{hit.label} {hit.snippet}"
        assert "Yokota" in text and "Trump" in text
    assert search(store, "Yokota nowhere")[0].iri == ID.Yokota


@pytest.mark.parametrize(
    "words",
    ["SAO TOME", "são tomé", "sa\u0303o tome\u0301", "TÜRKIYE", "turkiye", "fur sanktionen"],
)
def test_case_and_accents_do_not_matter(words):
    sentence = iris.mint_part(DOC, "sentence", "x")
    with open_memory_graph() as store:
        store.replace(ID.more, [(sentence, KG.text, Literal(TEXT)), (sentence, KG.inArticle, DOC)])
        (hit,) = search(store, words)
    assert (hit.iri, hit.snippet) == (sentence, TEXT) and hit.marks


def test_english_endings_do_not_matter(store):
    assert search(store, "alliances")[0].iri in {ID["US-Japan-alliance"], DOC}
    assert search(store, "opposed", kinds=[HitKind.CLAIM])


# ------------------------------------------------------------------------------ what may be asked


@given(st.text(max_size=60))
def test_any_text_may_be_asked(store, text):
    assert isinstance(search(store, text, limit=3), tuple)
    assert isinstance(complete(store, text, limit=3), tuple)


@pytest.mark.parametrize(
    "words",
    [
        'Japan" OR title:x', "Japan AND", "NEAR(Japan Trump, 5)", "title:Japan", "-Japan", "Japan*",
        "^Japan", "{title} : Japan", "(Japan", "Japan NOT Japan", "Japan + x",
        "'; DROP TABLE items", 'a"b"c"', "\0Japan", "\ud800Japan",
    ],
)  # fmt: skip
def test_no_syntax_of_the_index_has_a_meaning(store, words):
    search(store, words)
    complete(store, words)
    assert search(store, "Japan")[0].iri == ID.Japan


@pytest.mark.parametrize("words", ["", "  ", "*", '""', "?!", "\0", "́"])
def test_what_holds_no_word_finds_nothing(store, words):
    assert search(store, words) == complete(store, words) == ()


@pytest.mark.parametrize("words", ["a " * (MOST_WORDS + 1), "a" * 10_000])
def test_too_much_is_refused(store, words):
    for ask in (search, complete):
        with pytest.raises(QueryError, match="at most 32 words: shorten it"):
            ask(store, words)


# ------------------------------------------------------------------------------------- completion


def test_names_are_completed(store):
    found = [(hit.iri, hit.type, hit.snippet) for hit in complete(store, "trump a")]
    assert found == [(ID["Trump-administration"], "Government", "Trump administration")]
    assert labels(complete(store, "uni")) == ["United States"]
    assert complete(store, "tpp")[0].label == "Trans-Pacific Partnership"


def test_names_that_begin_so_come_before_words_that_do(store):
    assert labels(complete(store, "a")) == [
        "America First", "Australia", "Trump administration", "US-Japan alliance"]  # fmt: skip


def test_what_is_named_most_is_completed_first(store):
    assert labels(complete(store, "tru")) == ["Donald Trump", "Trump administration", "Trump shock"]


def test_completion_folds_and_bounds():
    with open_memory_graph() as store:
        fill_small_graph(store)
        add_name(store, "Türkiye")
        assert labels(complete(store, "TURK")) == labels(complete(store, "tür")) == ["Türkiye"]
        assert len(complete(store, "j", limit=1)) == 1
        assert complete(store, "j", limit=0) == ()


# --------------------------------------------------------------------------------------- the file


def test_the_index_is_made_once(graph):
    with open_graph(graph, read_only=True) as store:
        prepare_index(store)
        made = (graph / "search.db").stat()
        search(store, "Japan")
    with open_graph(graph, read_only=True) as store:
        search(store, "Japan")
    assert (graph / "search.db").stat().st_ino == made.st_ino
    assert sorted(path.name for path in graph.iterdir()) == ["lock", "search.db", "store"]


def test_a_changed_graph_is_never_searched_as_it_was(graph):
    for number in range(3):
        name, thing = f"Novelty{number}", ID[f"n{number}"]
        with open_graph(graph) as store:
            assert search(store, name) == ()
            add_name(store, name, thing)
            # While it is open for writing, and after.
            assert labels(search(store, name)) == [name]
            store.replace(ID.more, [(thing, KG.text, Literal("Something else"))])
            assert search(store, "something else")[0].iri == thing
        with open_graph(graph, read_only=True) as store:
            assert labels(search(store, name)) == [name]
    with open_graph(graph) as store:
        store.remove(BACKGROUND_GRAPH)
        assert search(store, "Novelty1") == ()


def test_another_graph_under_the_same_name_has_its_own_index(graph, tmp_path):
    with open_graph(graph, read_only=True) as store:
        assert search(store, "Yokota")
    kept = (graph / "search.db").read_bytes()
    shutil.rmtree(graph)
    with open_graph(graph, create=True) as store:
        add_name(store, "Nagoya")
    (graph / "search.db").write_bytes(kept)
    with open_graph(graph, read_only=True) as store:
        assert labels(search(store, "Nagoya")) == ["Nagoya"]
        assert search(store, "Yokota") == ()


@pytest.mark.parametrize("damage", ["delete", "empty", "garbage", "cut", "overwrite", "other"])
def test_a_lost_or_damaged_index_is_made_anew(graph, damage):
    path = graph / "search.db"
    with open_graph(graph, read_only=True) as store:
        expected = search(store, "Japan")
        data = path.read_bytes()
        path.unlink()
        if damage == "other":
            with sqlite3.connect(path) as other:
                other.execute("CREATE TABLE stamp (x)")
            other.close()
        elif damage != "delete":
            path.write_bytes(
                {
                    "empty": b"",
                    "garbage": b"no database" * 1000,
                    "cut": data[: len(data) // 2],
                    "overwrite": data[:8192] + b"\xff" * (len(data) - 8192),
                }[damage]
            )
        assert search(store, "Japan") == expected
        assert search(store, "Japan") == expected


def test_a_folder_that_takes_no_index_is_searched_in_memory(graph):
    (graph / "search.db").mkdir()
    with open_graph(graph) as store:
        assert search(store, "Japan")[0].iri == ID.Japan
        assert complete(store, "Jap")[0].iri == ID.Japan
        add_name(store, "Nagoya")
        assert labels(search(store, "Nagoya")) == ["Nagoya"]
    assert sorted(path.name for path in graph.iterdir()) == ["lock", "search.db", "store"]


def test_a_graph_in_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_graph(tmp_path / "memory", create=True) as store:
        add_name(store, "Nagoya")
    with open_memory_graph() as store:
        fill_small_graph(store)
        assert search(store, "Yokota") and not search(store, "Nagoya")
        store.remove(iris.article_graph(DOC))
        assert not search(store, "Yokota", kinds=[HitKind.SENTENCE])
    assert not (tmp_path / "memory" / "search.db").exists()


def test_many_may_search_at_once(graph):
    found = []
    with open_graph(graph, read_only=True) as store:
        threads = [
            threading.Thread(target=lambda: found.append(search(store, "Japan"))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 8 and all(hits == found[0] != () for hits in found)


def test_a_closed_graph_is_told(graph):
    with open_graph(graph, read_only=True) as store:
        pass
    with pytest.raises(GraphError, match="is closed"):
        search(store, "Japan")


SCRIPT = """
import sys
from pathlib import Path
from kg.search import complete, search
from kg.store import open_graph
with open_graph(Path(sys.argv[1]), read_only=True) as store:
    print([*search(store, "Japan Trump", limit=99), *complete(store, "u")])
"""


def test_the_hash_seed_leaves_no_trace(graph, pytestconfig):
    root, outputs = pytestconfig.rootpath, set()
    for seed in ("1", "2"):
        (graph / "search.db").unlink(missing_ok=True)
        command = [sys.executable, "-c", SCRIPT, str(graph)]
        env = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}
        outputs.add(subprocess.run(command, env=env, capture_output=True, check=True).stdout)
    assert len(outputs) == 1


# ------------------------------------------------------------------------------------- the command


def test_the_command_lists_what_it_finds(graph, capsys):
    assert main(["search", "--graph", str(graph), "so much for Yokota"]) == 0
    out = capsys.readouterr().out
    assert "sentence" in out and "So much for Yokota." in out and out.endswith("1 found\n")
    assert main(["search", "--graph", str(graph), "nowhere"]) == 0
    assert capsys.readouterr().out == "nothing found\n"


def test_the_command_tells_all_in_json(graph, capsys):
    arguments = [
        "search",
        "--graph",
        str(graph),
        "--json",
        "--kind",
        "entity",
        "--limit",
        "1",
        "tpp",
    ]
    assert main(arguments) == 0
    (hit,) = json.loads(capsys.readouterr().out)
    assert hit.pop("score") > 0
    assert hit == {
        "kind": "entity", "iri": str(ID.TPP), "label": "Trans-Pacific Partnership",
        "type": "Agreement", "article": None, "snippet": "TPP", "marks": [[0, 3]],
    }  # fmt: skip


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "x"])
def test_the_command_refuses_limits_out_of_range(graph, capsys, limit):
    assert main(["search", "--graph", str(graph), "x", "--limit", limit]) == 2
    assert "--limit" in capsys.readouterr().err


def test_the_command_knows_what_the_index_knows():
    assert tuple(kind.value for kind in HitKind) == searching.KINDS
    assert searching.MOST == MOST_HITS
