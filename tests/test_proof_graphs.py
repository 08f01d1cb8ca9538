"""Proofs as PROV-O and for Graphviz."""

from rdflib import PROV, RDF, Graph, URIRef
from records import JAPAN

from kg.iris import KG
from kg.reasoning.proof_graphs import name_proof, proof_to_dot, proof_to_turtle
from kg.reasoning.proofs import Citation, Proof, format_proof

CITED = Citation(
    claim="https://example.org/claim/1",
    quote='the "ally"',
    sentence="the ally",
    start=4,
    end=12,
    holder="https://example.org/voice",
    holder_label="the article",
    source="a.txt",
    title="A",
)
FACT = (JAPAN, KG.alliedWith, URIRef("https://example.org/x"))
KIND = (JAPAN, RDF.type, KG.State)
CONCLUSION = (JAPAN, RDF.type, KG.Actor)
LEAF = Proof(FACT, None, "stated as a fact", (), (CITED,), "Japan is allied with x")
MIDDLE = Proof(KIND, "prp-dom", "because it is so", (LEAF,), (), "Japan is a state")
PROOF = Proof(CONCLUSION, "own", "because", (MIDDLE, LEAF), (), "Japan is an actor")


def test_a_proof_in_prov_leads_from_the_conclusion_to_the_claim():
    graph = Graph().parse(data=proof_to_turtle([PROOF]))
    reached = set(graph.transitive_objects(name_proof(CONCLUSION), PROV.wasDerivedFrom))
    assert URIRef(CITED.claim) in reached
    (step,) = graph.objects(name_proof(KIND), PROV.wasGeneratedBy)
    assert (step, PROV.used, name_proof(FACT)) in graph
    (holder,) = graph.objects(URIRef(CITED.claim), PROV.wasAttributedTo)
    assert holder == URIRef(CITED.holder)


def test_the_turtle_of_a_proof_is_the_same_every_time():
    assert proof_to_turtle([PROOF, LEAF]) == proof_to_turtle([PROOF])


def test_dot_names_each_conclusion_once_and_escapes_quotes():
    text = proof_to_dot([PROOF])
    assert text.startswith("digraph proof {")
    assert text.count('label="Japan is allied with x"') == 1
    assert '\\"ally\\"' in text
    assert text.count("{") == text.count("}")


def test_what_was_proved_above_is_not_proved_again():
    text = format_proof(PROOF)
    assert text.count("held by the article") == 1
    assert "as shown above" in text
