"""What follows and what does not, for conclusions about things, classes and relations."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from kg.errors import ReasoningLimitError
from kg.reasoning.entailment import entails
from kg.reasoning.patterns import match_patterns
from kg.reasoning.result import close_triples
from kg.reasoning.rulebook import read_rulebook

RULES = Path(__file__).parent.parent / "ontology" / "rules" / "owl2rl.n3"
PREFIXES = """
@prefix : <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
# Premises, a conclusion that follows.
FOLLOWS = [
    (":C rdfs:subClassOf :D . :a a :C .", ":a a :D ."),
    (":a :p :b .", "[] :p :b ."),
    (":a :p :b . :b a :C .", ":a :p [ a :C ] ."),
    (":a :p :b . :b :q :c . :c a :C .", "[] :p [ :q [ a :C ] ] ."),
    (':a :p "1"^^xsd:integer .', ':a :p "01.0"^^xsd:decimal .'),
    (":a owl:sameAs :b . :b owl:sameAs :c .", ":c owl:sameAs :a ."),
    (":a owl:differentFrom :b .", ":b owl:differentFrom :a ."),
    (":C owl:disjointWith :D . :a a :C . :b a :D .", ":a owl:differentFrom :b ."),
    (
        ":C owl:disjointWith :D . :a a :C . :b a :D .",
        "[] a owl:AllDifferent ; owl:distinctMembers (:a :b) .",
    ),
    (":p a owl:FunctionalProperty . :a :p :b . :c :p :d . :b owl:differentFrom :d .",
     ":a owl:differentFrom :c ."),
    # Classes
    (":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .", ":C rdfs:subClassOf :E ."),
    (":C owl:intersectionOf (:D :E) . :F rdfs:subClassOf :D , :E .", ":F rdfs:subClassOf :C ."),
    (":C rdfs:subClassOf :D . :D rdfs:subClassOf :C .", ":C owl:equivalentClass :D ."),
    (":C rdfs:subClassOf :E . :E owl:disjointWith :D .", ":D owl:disjointWith :C ."),
    (":C rdfs:subClassOf owl:Nothing .", ":C rdfs:subClassOf :Whatever ."),
    (":C owl:disjointWith :D . :a a :C .", ":a a [ owl:complementOf :D ] ."),
    (":C owl:disjointWith :D .", ":C rdfs:subClassOf [ owl:complementOf :D ] ."),
    (":C rdfs:subClassOf :D , :E .", ":C rdfs:subClassOf [ owl:intersectionOf (:D :E) ] ."),
    (":C rdfs:subClassOf :D .", ":C rdfs:subClassOf [ owl:unionOf (:E :D) ] ."),
    (":p rdfs:range :D .", ":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :D ] ."),
    (
        ":p a owl:FunctionalProperty .",
        ':C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 1 ] .',
    ),
    (":a :p :b . :b a :C .", ":a a [ owl:onProperty :p ; owl:someValuesFrom :C ] ."),
    (":a :p :b .", ":a a [ owl:onProperty :p ; owl:minCardinality 1 ] ."),
    (":a :p :b .", ":a a [ owl:onProperty :p ; owl:hasValue :b ] ."),
    (":a :p :a .", ":a a [ owl:onProperty :p ; owl:hasSelf true ] ."),
    (":C owl:oneOf (:a :b) .", ":a a [ owl:oneOf (:b :a) ] ."),
    (":C owl:intersectionOf (:D :E) .", ":C owl:intersectionOf (:E :D :D) ."),
    ("[] a owl:AllDisjointClasses ; owl:members (:C :D :E) .", ":C owl:disjointWith :E ."),
    (":C owl:disjointWith :D .", "[] a owl:AllDisjointClasses ; owl:members (:C :D) ."),
    # Relations
    (":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .", ":p rdfs:subPropertyOf :r ."),
    (":p owl:inverseOf :q . :q a owl:FunctionalProperty .", ":p a owl:InverseFunctionalProperty ."),
    (":p owl:propertyChainAxiom (:p :p) .", ":p a owl:TransitiveProperty ."),
    (":p owl:inverseOf :p .", ":p a owl:SymmetricProperty ."),
    (":p owl:inverseOf :q . :q rdfs:domain :C .", ":p rdfs:range :C ."),
    (":p rdfs:domain :C . :C rdfs:subClassOf :D .", ":p rdfs:domain :D ."),
    (":p rdfs:range xsd:byte .", ":p rdfs:range xsd:short ."),
    (":p rdfs:range xsd:short , xsd:unsignedInt .", ":p rdfs:range xsd:unsignedShort ."),
    (":p owl:inverseOf :q .", ":q owl:inverseOf :p ."),
    (":p a owl:AsymmetricProperty . :q rdfs:subPropertyOf :p .", ":q a owl:IrreflexiveProperty ."),
    (":p a owl:AsymmetricProperty . :q rdfs:subPropertyOf :p .", ":q a owl:AsymmetricProperty ."),
    (":p owl:propertyDisjointWith :q . :a :p :b .",
     "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :a ;"
     " owl:assertionProperty :q ; owl:targetIndividual :b ."),
    (":p owl:propertyDisjointWith :q .", ":q owl:propertyDisjointWith :p ."),
    (":p owl:propertyDisjointWith :q .",
     "[] a owl:AllDisjointProperties ; owl:members (:q :p) ."),
    (":p a owl:TransitiveProperty .", ":p owl:propertyChainAxiom (:p :p :p) ."),
    (":C owl:hasKey (:p) .", ":C owl:hasKey (:p :q) ."),
    (":p a owl:ReflexiveProperty ; rdfs:subPropertyOf :q . :a a :C .", ":a :q :a ."),
    (":p a owl:ReflexiveProperty ; rdfs:subPropertyOf :q .", ":q a owl:ReflexiveProperty ."),
    # Declarations
    (":C rdfs:subClassOf :D .", ":D a owl:Class ."),
    (":p a owl:TransitiveProperty .", ":p a owl:ObjectProperty ."),
    (":a :p :b .", ":p a rdf:Property . :a a owl:Thing ."),
    (":a a owl:Nothing .", ":b :q :c ."),
]  # fmt: skip
NOT_FOLLOWS = [
    (":C rdfs:subClassOf :D . :a a :D .", ":a a :C ."),
    (":C rdfs:subClassOf :D .", ":D rdfs:subClassOf :C ."),
    (":C owl:equivalentClass :D .", ":C owl:sameAs :D ."),
    (":a :p :b .", ":a :p [ a :C ] ."),
    (":a :p :b . :c :q :d .", ":a :p [ :q :d ] ."),
    (':a :p "1"^^xsd:integer .', ':a :p "1"^^xsd:double .'),
    (":a a :C . :b a :D .", ":a owl:differentFrom :b ."),
    (":a a :C . :b a :C .", ":a owl:sameAs :b ."),
    (":C owl:unionOf (:D :E) .", ":C rdfs:subClassOf :D ."),
    (":C rdfs:subClassOf :D .", ":C rdfs:subClassOf [ owl:complementOf :D ] ."),
    (":a :p :b . :b a :D .", ":a a [ owl:onProperty :p ; owl:allValuesFrom :D ] ."),
    (":a :p :b .", ":a a [ owl:onProperty :p ; owl:maxCardinality 1 ] ."),
    (":a :p :b , :c .", ":a a [ owl:onProperty :p ; owl:minCardinality 2 ] ."),
    (":p rdfs:range xsd:short .", ":p rdfs:range xsd:byte ."),
    (":p rdfs:range xsd:unsignedShort .", ":p rdfs:range xsd:unsignedByte ."),
    (":a :p :b . :b :p :c . :a :p :c .", ":p a owl:TransitiveProperty ."),
    (":p owl:propertyChainAxiom (:q :p) .", ":p a owl:TransitiveProperty ."),
    (":C owl:hasKey (:p :q) .", ":C owl:hasKey (:p) ."),
    (":a :p :a .", ":p a owl:ReflexiveProperty ."),
    (":a a :C .", ":a a owl:Class ."),
    (":a :p :b .", ":p a owl:ObjectProperty ."),
    # A conclusion must not lend itself what it says: one name for two expressions, or for itself.
    (":A a owl:Class .", ":A rdfs:subClassOf :B . _:e owl:unionOf (:A) ; owl:unionOf (:B) ."),
    (":A a owl:Class .", ":A rdfs:subClassOf :B . _:e owl:complementOf _:e ."),
    (":a a :C .", ":l rdf:first :a ; rdf:rest rdf:nil ."),
    (':C rdfs:comment "this" .', ':D rdfs:comment "that" .'),
]  # fmt: skip


def read(turtle):
    """Triples of Turtle in the syntax of N-Triples."""
    graph = Graph()
    graph.parse(data=PREFIXES + turtle, format="turtle")
    return [tuple(term.n3() for term in triple) for triple in graph]


@pytest.fixture(scope="module")
def rules():
    """The rules of OWL 2 RL."""
    return read_rulebook(RULES)


@pytest.mark.parametrize(("premises", "conclusion"), FOLLOWS)
def test_what_follows_has_grounds(premises, conclusion, rules):
    answer = entails(read(premises), read(conclusion), rules)
    assert answer.holds, answer.missing
    assert answer.grounds
    for ground in answer.grounds:
        assert ground.clash is None or ground.clash in ground.closure.clashes
        assert all(fact in ground.closure for fact in ground.facts)


@pytest.mark.parametrize(("premises", "conclusion"), NOT_FOLLOWS)
def test_what_does_not_follow_is_missing(premises, conclusion, rules):
    answer = entails(read(premises), read(conclusion), rules)
    assert not answer.holds
    assert answer.missing


def test_annotations_say_nothing_where_that_is_asked(rules):
    premises, conclusion = read(":C a owl:Class ."), read(':C rdfs:comment "a word" .')
    assert not entails(premises, conclusion, rules).holds
    assert entails(premises, conclusion, rules, annotations=False).holds


def test_an_assumption_is_named_with_what_it_leads_to(rules):
    premises = read(":C owl:disjointWith :D . :a a :C . :b a :D .")
    (ground,) = entails(premises, read(":a owl:differentFrom :b ."), rules).grounds
    assert [triple[1] for triple in ground.assumed] == ["<http://www.w3.org/2002/07/owl#sameAs>"]
    assert ground.clash is not None
    assert ground.clash.rule == "cax-dw"


def test_many_patterns_that_share_variables_are_found():
    chain = [(f"<a:{i}>", "<p:p>", f"<a:{i + 1}>") for i in range(5000)]
    closure = close_triples(chain, [])
    wanted = [(f"_:{i}" if i else "<a:0>", "<p:p>", f"_:{i + 1}") for i in range(5000)]
    found = match_patterns(closure, wanted[::-1])
    assert found is not None
    assert found[::-1] == chain


def test_patterns_that_share_nothing_are_looked_for_apart():
    closure = close_triples([(f"<a:{i}>", "<p:p>", f"<a:{i + 1}>") for i in range(300)], [])
    apart = [(f"_:a{i}", "<p:p>", f"_:b{i}") for i in range(50)]
    assert match_patterns(closure, [*apart, ("_:c", "<p:p>", "_:c")]) is None


def test_a_search_among_too_many_is_refused():
    pairs = [(f"<a:{i}>", "<p:p>", f"<a:{j}>") for i in range(60) for j in range(60) if i != j]
    closure = close_triples(pairs, [])
    # Sixty-one things each with a relation to every other: there are sixty only.
    nodes = [f"_:{i}" for i in range(61)]
    wanted = [(one, "<p:p>", other) for one in nodes for other in nodes if one < other]
    with pytest.raises(ReasoningLimitError, match="steps"):
        match_patterns(closure, wanted)
