"""The graph on disk."""

import subprocess
import sys

import pytest
from rdflib import BNode, Literal, URIRef

from kg.errors import GraphError, QueryError
from kg.store import open_graph, open_memory_graph

A, P, Q, G, H = (URIRef(f"http://example.org/{name}") for name in "apqgh")


def test_what_is_written_is_there_after_reopening(tmp_path):
    with open_graph(tmp_path / "graph", create=True) as store:
        store.replace(G, [(A, P, Literal("x", lang="en"))])
    with open_graph(tmp_path / "graph", read_only=True) as store:
        assert list(store.triples(G)) == [(A, P, Literal("x", lang="en"))]
        assert list(store.quads()) == [(A, P, Literal("x", lang="en"), G)]
        assert store.graphs() == [G]
        assert len(store) == 1


def test_replacing_leaves_nothing_of_the_old_and_all_of_the_others():
    with open_memory_graph() as store:
        store.replace_all({G: [(A, P, A)], H: [(A, P, A)]})
        store.replace(G, [(A, Q, A)])
        assert set(store.quads()) == {(A, Q, A, G), (A, P, A, H)}
        store.remove(G)
        store.remove(G)
        assert store.graphs() == [H]


def test_patterns_pick_triples():
    with open_memory_graph() as store:
        store.replace(G, [(A, P, A), (A, Q, Literal("x"))])
        assert list(store.triples(G, predicate=P)) == [(A, P, A)]
        assert list(store.triples(G, object=Literal("x"))) == [(A, Q, Literal("x"))]
        assert list(store.triples(G, subject=P)) == []


def test_no_blank_node_enters():
    with open_memory_graph() as store:
        store.replace(G, [(A, P, BNode("x")), (BNode("x"), P, A)])
        first = set(store.triples(G))
        assert not any(isinstance(term, BNode) for triple in first for term in triple)


def test_queries_see_the_union_unless_told_otherwise():
    with open_memory_graph() as store:
        store.replace_all({G: [(A, P, A)], H: [(A, Q, A)]})
        assert store.query(
            "ASK { ?x <http://example.org/p> ?y ; <http://example.org/q> ?y }"
        ).boolean
        assert store.query("ASK { ?x ?p ?y }", default_union=False).boolean is False
        with pytest.raises(QueryError):
            store.query("SELECT nothing")


def test_a_missing_graph_says_what_to_run(tmp_path):
    for place in (tmp_path, tmp_path / "none"):
        with pytest.raises(GraphError, match="run kg build FILE first") as caught:
            open_graph(place)
        assert caught.value.path == place
        assert not (place / "store").exists()


def test_a_place_that_cannot_hold_a_graph_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(GraphError, match="choose another place"):
        open_graph(tmp_path / "file", create=True)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_damaged_graph_says_so(tmp_path, read_only):
    with open_graph(tmp_path, create=True) as store:
        store.replace(G, [(A, P, A)])
    (tmp_path / "store" / "CURRENT").write_bytes(b"junk")
    with pytest.raises(GraphError, match="damaged"):
        open_graph(tmp_path, read_only=read_only)
    (tmp_path / "store" / "CURRENT").unlink()
    with pytest.raises(GraphError, match="damaged"):
        open_graph(tmp_path, read_only=read_only)


OPEN = """
import sys
from pathlib import Path
from kg.errors import GraphError
from kg.store import open_graph
try:
    with open_graph(Path(sys.argv[1]), read_only=sys.argv[2] == "read") as store:
        print(len(store))
except GraphError as error:
    print(error)
"""


def _open_elsewhere(place, mode):
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(place), mode], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_many_may_read_or_one_may_write(tmp_path):
    with open_graph(tmp_path, create=True) as store:
        store.replace(G, [(A, P, A)])
        assert "in use" in _open_elsewhere(tmp_path, "read")
        assert "in use" in _open_elsewhere(tmp_path, "write")
    with open_graph(tmp_path, read_only=True):
        assert _open_elsewhere(tmp_path, "read") == "1\n"
        assert "in use" in _open_elsewhere(tmp_path, "write")
    assert _open_elsewhere(tmp_path, "write") == "1\n"


def test_a_store_for_reading_refuses_to_write(tmp_path):
    with open_graph(tmp_path, create=True):
        pass
    with open_graph(tmp_path, read_only=True) as store, pytest.raises(GraphError, match="reading"):
        store.replace(G, [])


def test_a_closed_store_refuses_everything(tmp_path):
    store = open_graph(tmp_path, create=True)
    store.close()
    store.close()
    with pytest.raises(GraphError, match="closed"):
        store.graphs()
