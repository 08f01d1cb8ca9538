"""The commands that reason, on the sample article as it is built."""

import json

import pytest
from rdflib import PROV, Graph

from kg import iris
from kg.cli import main
from kg.iris import ID, KG
from kg.reasoning import open_explainer
from kg.store import open_graph

WITHDRAWAL = ("United States", "withdrawsFrom", "TPP")


@pytest.fixture(scope="module")
def built(sample, tmp_path_factory):
    place = tmp_path_factory.mktemp("built") / "graph"
    assert main(["build", str(sample), "--graph", str(place)]) == 0
    return place


@pytest.fixture
def run(built, capfd):
    def run_command(command, *words):
        code = main([command, *words, "--graph", str(built)])
        return code, capfd.readouterr().out

    return run_command


def test_every_inferred_triple_of_the_sample_is_explained(built):
    with open_graph(built, read_only=True) as store:
        explainer = open_explainer(store)
        inferred = sorted(store.triples(iris.INFERRED_GRAPH))
        assert len(inferred) > 300
        for triple in inferred:
            proof = explainer.explain(triple)
            assert proof.rule is not None, triple
            assert all(leaf.claims or leaf.rule_label for leaf in walk_leaves(proof))


def walk_leaves(proof):
    waiting = [proof]
    while waiting:
        each = waiting.pop()
        if not each.premises:
            yield each
        waiting.extend(each.premises)


def test_a_proof_ends_in_the_words_of_the_sample(run, sample):
    code, told = run("explain", *WITHDRAWAL, "--json")
    assert code == 0
    (claim, *_) = [c for leaf in walk_json(json.loads(told)) for c in leaf["claims"]]
    text = sample.read_text(encoding="utf-8")
    assert text[claim["start"] : claim["end"]] == claim["quote"]
    assert "TPP" in claim["quote"]


def walk_json(proof):
    yield proof
    for premise in proof["premises"]:
        yield from walk_json(premise)


def test_all_proofs_start_with_the_shortest_and_differ(run):
    code, told = run("explain", *WITHDRAWAL, "--all", "--json")
    proofs = json.loads(told)
    assert code == 0
    assert len(proofs) > 1
    (alone,) = [json.loads(run("explain", *WITHDRAWAL, "--json")[1])]
    assert proofs[0] == alone
    steps = [tuple(p["statement"] for p in proof["premises"]) for proof in proofs]
    assert len(set(steps)) == len(steps)


def test_a_proof_in_other_forms(run):
    code, turtle = run("explain", *WITHDRAWAL, "--turtle")
    assert code == 0
    assert any(Graph().parse(data=turtle).triples((None, PROV.wasDerivedFrom, None)))
    code, dot = run("explain", *WITHDRAWAL, "--dot")
    assert code == 0
    assert dot.startswith("digraph")


def test_a_perspective_holds_the_facts_and_what_is_claimed(run):
    plain = Graph().parse(data=run("reason")[1])
    theirs = Graph().parse(data=run("reason", "--perspective", "Donald Trump")[1])
    assert set(plain) < set(theirs)
    code, told = run("reason", "--perspective", "Donald Trump", "--json")
    rows = json.loads(told)
    assert code == 0
    claimed = [row for row in rows if row["basis"] == "claimed"]
    assert claimed
    assert all(row["beyond_facts"] for row in claimed)
    accepted = Graph().parse(data=run("reason", "--accept", "Donald Trump")[1])
    assert set(accepted) == set(theirs)


def test_what_is_only_claimed_is_proved_for_whoever_accepts_it(run):
    rows = json.loads(run("reason", "--perspective", "Donald Trump", "--json")[1])
    row = next(row for row in rows if row["basis"] == "claimed")
    words = (row["subject"], row["relation"], row["object"])
    assert "not a fact" in run("explain", *(f"<{word}>" for word in words))[1]
    code, told = run("explain", *(f"<{word}>" for word in words), "--accept", "Donald Trump")
    assert code == 0
    assert "accepted holder" in told


def test_files_and_a_perspective_do_not_go_together(run, tmp_path, capfd):
    path = tmp_path / "any.ttl"
    path.write_text("")
    assert run("reason", str(path), "--perspective", "Donald Trump")[0] == 2


def test_what_follows_from_the_graph_is_entailed(run, tmp_path):
    path = tmp_path / "conclusion.ttl"
    withdraws = (
        f"<{ID['United-States']}> <{KG.withdrawsFrom}> <{ID['Trans-Pacific-Partnership']}> ."
    )
    above = f"<{KG.State}> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <{KG.Entity}> ."
    path.write_text(withdraws + above)
    code, told = run("entails", str(path))
    assert code == 0
    assert told.startswith("yes")
    path.write_text(withdraws.replace("withdrawsFrom", "joins"))
    code, told = run("entails", str(path), "--json")
    assert code == 1
    assert json.loads(told)["missing"]


def test_what_follows_from_files_is_entailed(run, tmp_path):
    given, asked = tmp_path / "given.ttl", tmp_path / "asked.ttl"
    prefixes = "@prefix : <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> ."
    given.write_text(f"{prefixes} :allyOf a owl:SymmetricProperty . :a :allyOf :b .")
    asked.write_text(f"{prefixes} :b :allyOf :a .")
    assert run("entails", str(asked), "--from", str(given))[0] == 0
    asked.write_text(f"{prefixes} :b :allyOf :c .")
    assert run("entails", str(asked), "--from", str(given))[0] == 1


def test_nothing_of_the_sample_contradicts_itself(run):
    code, told = run("contradictions")
    assert code == (0 if told.startswith("0 ") else 1)
