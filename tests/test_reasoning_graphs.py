"""Reasoning over any RDF: files in, closures out, from the command line and from Python."""

import json

import pytest
from rdflib import OWL, RDF, RDFS, Graph, Namespace

import kg
from kg.cli import main
from kg.errors import GraphError
from kg.reasoning.graphs import reason_files
from kg.sandbox import read_terms

EX = Namespace("https://example.org/")
PACT = """
@prefix : <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:allyOf a owl:SymmetricProperty ; rdfs:domain :State . :State rdfs:subClassOf :Actor .
:Member owl:equivalentClass [ a owl:Restriction ; owl:onProperty :memberOf ; owl:someValuesFrom :Pact ] .
:a :allyOf :b . :a :memberOf [ a :Pact ] . :c owl:sameAs :a .
"""  # noqa: E501


@pytest.fixture
def pact(tmp_path):
    path = tmp_path / "pact.ttl"
    path.write_text(PACT)
    return path


def test_a_graph_comes_back_with_what_follows():
    given = Graph().parse(data=PACT)
    before = len(given)
    closed = kg.reason(given)
    assert len(given) == before
    assert (EX.b, EX.allyOf, EX.a) in closed
    assert (EX.b, EX.allyOf, EX.c) in closed
    assert (EX.c, RDF.type, EX.Actor) in closed
    assert (EX.a, RDF.type, EX.Member) in closed
    assert all(triple in closed for triple in given)


@pytest.mark.parametrize("suffix", ["ttl", "nt", "rdf", "jsonld", "trig", "nq"])
def test_any_syntax_is_read_the_same(tmp_path, suffix):
    names = {"rdf": "xml", "jsonld": "json-ld", "nq": "nt", "ttl": "turtle"}
    graph = Graph().parse(data=PACT)
    path = tmp_path / f"pact.{suffix}"
    path.write_text(graph.serialize(format=names.get(suffix, suffix)))
    inferred = reason_files([path]).inferred
    assert (EX.b.n3(), EX.allyOf.n3(), EX.c.n3()) in inferred
    assert len(inferred) == len(kg.reason(graph)) - len(graph)


def test_blank_nodes_are_named_the_same_on_every_reading(pact):
    assert list(read_terms(pact)) == list(read_terms(pact))
    assert reason_files([pact]).inferred == reason_files([pact]).inferred


def test_the_blank_nodes_of_two_files_stay_apart(pact, tmp_path):
    other = tmp_path / "other.ttl"
    other.write_text(PACT)
    together = reason_files([pact, other]).given
    assert len(together) > len(reason_files([pact]).given)


def test_owlrl_agrees(pact):
    ours, theirs = (reason_files([pact], engine=engine) for engine in ("memory", "owlrl"))
    assert select_told(theirs.inferred) == select_told(ours.inferred)


def select_told(triples):
    """Without what is said of the vocabulary itself, and of a thing and itself."""
    return {t for t in triples if t[0] != t[2] and not t[0].startswith("<http://www.w3.org/")}


def test_an_unknown_engine_is_refused(pact):
    with pytest.raises(ValueError, match="memory"):
        reason_files([pact], engine="pellet")


def test_the_command_writes_turtle_and_counts(pact, tmp_path, capfd):
    out = tmp_path / "closed.nt"
    assert main(["reason", str(pact), "-o", str(out), "--stats", "--json"]) == 0
    stats = json.loads(capfd.readouterr().out)
    closed = Graph().parse(out)
    assert (EX.b, EX.allyOf, EX.c) in closed
    assert stats["given"] + stats["inferred"] == len(closed)
    assert main(["reason", str(pact), "--only-inferred"]) == 0
    shown = Graph().parse(data=capfd.readouterr().out)
    assert (EX.b, EX.allyOf, EX.a) in shown
    assert (EX.a, EX.allyOf, EX.b) not in shown


def test_a_contradiction_is_told_and_the_exit_code_is_one(tmp_path, capfd):
    path = tmp_path / "clash.ttl"
    path.write_text(PACT + ":State owl:disjointWith :Pact . :a a :Pact .")
    assert main(["reason", str(path), "--only-inferred"]) == 1
    told = capfd.readouterr().err
    assert "cax-dw" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("broken.ttl", ":a :b", "is not Turtle"),
        ("notes.docx", "words", "the name does not tell the syntax"),
    ],
)
def test_what_is_no_rdf_is_refused_in_one_line(tmp_path, capfd, name, text, said):
    path = tmp_path / name
    path.write_text(text)
    assert main(["reason", str(path)]) == 2
    error = capfd.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1
    with pytest.raises(GraphError):
        list(read_terms(path))


def test_a_missing_file_is_told(tmp_path, capfd):
    assert main(["reason", str(tmp_path / "none.ttl")]) == 2
    assert "cannot be read" in capfd.readouterr().err


def test_schema_conclusions_are_there_too():
    closed = kg.reason(Graph().parse(data=PACT))
    assert (EX.allyOf, RDFS.domain, EX.Actor) in closed
    assert (EX.a, OWL.sameAs, EX.c) in closed
