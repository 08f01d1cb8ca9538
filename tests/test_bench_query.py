"""What the benches of the endpoint send: the same questions to every engine, and every attack."""

from urllib.parse import unquote

import pytest

from bench import attacks
from bench.query import QUERIES, Peer, count_answers, fill_graph, write_quads


@pytest.fixture(scope="module")
def engines(tmp_path_factory):
    """The two engines that the endpoint is compared with, over the same small graph."""
    folder = tmp_path_factory.mktemp("bench")
    write_quads(4_000, folder / "quads.nq")
    fill_graph(folder / "quads.nq", folder / "graph")
    peers = Peer("bare", folder / "graph"), Peer("rdflib", folder / "quads.nq")
    yield peers
    for peer in peers:
        peer.close()


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_the_engines_agree_on_how_many_answers_there_are(engines, query):
    (_, ours), (_, theirs) = (engine.run(query) for engine in engines)
    assert ours == theirs > 0


def test_ten_queries_of_all_kinds_are_asked():
    assert len({query.name for query in QUERIES}) == len(QUERIES) == 10
    assert {query.kind for query in QUERIES} == {
        "lookup", "join", "aggregate", "path", "text", "construct"
    }  # fmt: skip


def test_answers_are_counted():
    rows, construct = QUERIES[0], QUERIES[-1]
    assert count_answers(rows, b'{"results":{"bindings":[{},{}]}}') == 2
    assert count_answers(construct, b"<a> <b> <c> .\n<a> <b> <c> .\n<a> <b> <d> .\n") == 2


def test_every_attack_has_a_name_and_stays_on_this_machine():
    found = attacks.list_attacks(4711)
    assert len({(each.family, each.name) for each in found}) == len(found)
    for each in found:
        body = b"" if each.body is None or each.family == "oversized" else b"".join(each.body())
        text = unquote(each.path) + body.decode(errors="replace")
        if each.family == "reaching":
            assert ":4711/" in text or "file:///etc/passwd" in text
        assert text.count("http://127.0.0.1:") == text.count("http://127.0.0.1:4711/")
