"""The engine on a database: the same closure as in memory, proofs found again, Spark alike."""

import importlib.util
import random
import shutil

import pytest
from rdflib import Graph

from bench.alliances import generate_facts, write_ontology
from kg.cli import main
from kg.reasoning.closure import load_owl_rules
from kg.reasoning.databases import open_duckdb, open_spark
from kg.reasoning.graphs import reason_triples, stream_closure
from kg.reasoning.result import close_triples
from kg.reasoning.sql_result import close_in_database

RULES = load_owl_rules()
RELATION, THING = "https://example.org/o#", "https://example.org/r/"


def make_graph(size, seed=7):
    ontology = Graph().parse(data=write_ontology(), format="turtle")
    axioms = [tuple(term.n3() for term in triple) for triple in ontology]
    return sorted({*axioms, *generate_facts(size, seed)})


@pytest.fixture(scope="module")
def small():
    return make_graph(1500)


@pytest.fixture
def duckdb():
    with open_duckdb() as database:
        yield database


def test_it_agrees_with_the_engine_in_memory_triple_for_triple(small, duckdb):
    ours, theirs = close_triples(small, RULES), close_in_database(small, RULES, duckdb)
    assert set(ours.triples()) == set(theirs.triples())
    assert ours.count_inferred() == theirs.count_inferred()
    assert ours.clash_count == theirs.clash_count
    assert {clash.rule for clash in ours.clashes} == {clash.rule for clash in theirs.clashes}


@pytest.mark.parametrize("seed", range(6))
def test_it_agrees_on_parts_of_graphs(seed, duckdb):
    triples = sorted(random.Random(seed).sample(make_graph(400, seed), 250))
    ours, theirs = close_triples(triples, RULES), close_in_database(triples, RULES, duckdb)
    assert set(ours.triples()) == set(theirs.triples())


def test_everything_inferred_is_derived_from_what_was_found_before(duckdb):
    triples = make_graph(150)
    closure = close_in_database(triples, RULES, duckdb)
    given = set(triples)
    waiting = [t for t in sorted(closure.triples(equals=False)) if t not in given][::25]
    assert waiting
    for start in waiting:
        path, todo = set(), [start]
        while todo:
            triple = todo.pop()
            assert triple in closure
            derivation = closure.derive(triple)
            if derivation is None or triple in path:
                continue
            path.add(triple)
            assert triple not in derivation.premises
            todo.extend(derivation.premises)


def test_what_is_not_there_has_no_derivation(small, duckdb):
    closure = close_in_database(small, RULES, duckdb)
    assert closure.derive((f"<{THING}none>", f"<{RELATION}leads>", f"<{THING}s0>")) is None
    assert (f"<{THING}none>", f"<{RELATION}leads>", f"<{THING}s0>") not in closure


def test_the_engine_is_chosen_by_name(small):
    memory, database = (reason_triples(small, engine=name) for name in ("memory", "duckdb"))
    assert memory.inferred == database.inferred
    assert database.engine == "duckdb"


def test_a_closure_is_written_without_being_held(tmp_path, small):
    path = tmp_path / "small.nt"
    path.write_text("".join(f"{' '.join(triple)} .\n" for triple in small))
    outs = []
    for name in ("one.nt", "two.nt"):
        with (tmp_path / name).open("wb") as out:
            streamed = stream_closure([path], out)
        outs.append((tmp_path / name).read_bytes())
    assert outs[0] == outs[1]
    lines = outs[0].decode().splitlines()
    assert len(set(lines)) == len(set(close_triples(small, RULES).triples()))
    assert streamed.given > 0


def test_the_command_takes_the_engine(tmp_path, small, capfd):
    path = tmp_path / "small.nt"
    path.write_text("".join(f"{' '.join(triple)} .\n" for triple in small))
    codes = [
        main(["reason", str(path), "--engine", engine, "-o", str(tmp_path / f"{engine}.nt")])
        for engine in ("memory", "duckdb")
    ]
    assert codes[0] == codes[1]
    assert (tmp_path / "memory.nt").read_bytes() == (tmp_path / "duckdb.nt").read_bytes()


@pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None or shutil.which("java") is None,
    reason="Spark is not installed: pip install 'concord-kg[spark]' and Java",
)
@pytest.mark.filterwarnings("ignore")
def test_spark_runs_the_same_statements_to_the_same_triples():
    triples = make_graph(60)[:220]
    with open_spark(workers=2) as database:
        closure = close_in_database(triples, RULES, database)
        assert set(closure.triples()) == set(close_triples(triples, RULES).triples())
