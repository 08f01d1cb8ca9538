"""Each rule of OWL 2 RL fires in a case of its own, and nothing else does what it does."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from kg.errors import OntologyError
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
COUNT = '"%s"^^xsd:nonNegativeInteger'

# Rule, what is given, what follows by it; "false" where it is a contradiction.
CASES = [
    ("eq-diff1", ":a owl:sameAs :b ; owl:differentFrom :b .", "false"),
    ("eq-diff2", "[] a owl:AllDifferent ; owl:members (:a :b :c) . :a owl:sameAs :c .", "false"),
    (
        "eq-diff3",
        "[] a owl:AllDifferent ; owl:distinctMembers (:a :b) . :b owl:sameAs :a .",
        "false",
    ),
    ("prp-ap", "", "rdfs:label a owl:AnnotationProperty ."),
    ("prp-dom", ":p rdfs:domain :C . :a :p :b .", ":a a :C ."),
    ("prp-rng", ":p rdfs:range :C . :a :p :b .", ":b a :C ."),
    ("prp-fp", ":p a owl:FunctionalProperty . :a :p :b , :c .", ":b owl:sameAs :c ."),
    (
        "prp-ifp",
        ":p a owl:InverseFunctionalProperty . :a :p :c . :b :p :c .",
        ":a owl:sameAs :b .",
    ),
    ("prp-irp", ":p a owl:IrreflexiveProperty . :a :p :a .", "false"),
    ("prp-symp", ":p a owl:SymmetricProperty . :a :p :b .", ":b :p :a ."),
    ("prp-asyp", ":p a owl:AsymmetricProperty . :a :p :b . :b :p :a .", "false"),
    ("prp-trp", ":p a owl:TransitiveProperty . :a :p :b . :b :p :c .", ":a :p :c ."),
    ("prp-spo1", ":p rdfs:subPropertyOf :q . :a :p :b .", ":a :q :b ."),
    ("prp-spo2", ":p owl:propertyChainAxiom (:q :r) . :a :q :b . :b :r :c .", ":a :p :c ."),
    (
        "prp-spo2",
        ":p owl:propertyChainAxiom (:q :r :s) . :a :q :b . :b :r :c . :c :s :d .",
        ":a :p :d .",
    ),
    ("prp-eqp1", ":p owl:equivalentProperty :q . :a :p :b .", ":a :q :b ."),
    ("prp-eqp2", ":p owl:equivalentProperty :q . :a :q :b .", ":a :p :b ."),
    ("prp-pdw", ":p owl:propertyDisjointWith :q . :a :p :b ; :q :b .", "false"),
    (
        "prp-adp",
        "[] a owl:AllDisjointProperties ; owl:members (:o :p :q) . :a :o :b ; :q :b .",
        "false",
    ),
    ("prp-inv1", ":p owl:inverseOf :q . :a :p :b .", ":b :q :a ."),
    ("prp-inv2", ":p owl:inverseOf :q . :a :q :b .", ":b :p :a ."),
    (
        "prp-key",
        ':C owl:hasKey (:p :q) . :a a :C ; :p :v ; :q "1" . :b a :C ; :p :v ; :q "1" .',
        ":a owl:sameAs :b .",
    ),
    (
        "prp-npa1",
        "[] owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetIndividual :b ."
        " :a :p :b .",
        "false",
    ),
    (
        "prp-npa2",
        '[] owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetValue "1" . :a :p "1" .',
        "false",
    ),
    ("cls-thing", "", "owl:Thing a owl:Class ."),
    ("cls-nothing1", "", "owl:Nothing a owl:Class ."),
    ("cls-nothing2", ":a a owl:Nothing .", "false"),
    ("cls-int1", ":C owl:intersectionOf (:D :E) . :a a :D , :E .", ":a a :C ."),
    ("cls-int2", ":C owl:intersectionOf (:D :E) . :a a :C .", ":a a :D , :E ."),
    ("cls-uni", ":C owl:unionOf (:D :E) . :a a :E .", ":a a :C ."),
    ("cls-com", ":C owl:complementOf :D . :a a :C , :D .", "false"),
    (
        "cls-svf1",
        ":C owl:someValuesFrom :D ; owl:onProperty :p . :a :p :b . :b a :D .",
        ":a a :C .",
    ),
    ("cls-svf2", ":C owl:someValuesFrom owl:Thing ; owl:onProperty :p . :a :p :b .", ":a a :C ."),
    (
        "cls-avf",
        ":C owl:allValuesFrom :D ; owl:onProperty :p . :a a :C ; :p :b .",
        ":b a :D .",
    ),
    ("cls-hv1", ":C owl:hasValue :b ; owl:onProperty :p . :a a :C .", ":a :p :b ."),
    ("cls-hv2", ":C owl:hasValue :b ; owl:onProperty :p . :a :p :b .", ":a a :C ."),
    (
        "cls-maxc1",
        f":C owl:maxCardinality {COUNT % 0} ; owl:onProperty :p . :a a :C ; :p :b .",
        "false",
    ),
    (
        "cls-maxc2",
        f":C owl:maxCardinality {COUNT % 1} ; owl:onProperty :p . :a a :C ; :p :b , :c .",
        ":b owl:sameAs :c .",
    ),
    (
        "cls-maxc2",
        ':C owl:maxCardinality "01"^^xsd:int ; owl:onProperty :p . :a a :C ; :p :b , :c .',
        ":b owl:sameAs :c .",
    ),
    (
        "cls-maxqc1",
        f":C owl:maxQualifiedCardinality {COUNT % 0} ; owl:onProperty :p ; owl:onClass :D ."
        " :a a :C ; :p :b . :b a :D .",
        "false",
    ),
    (
        "cls-maxqc2",
        f":C owl:maxQualifiedCardinality {COUNT % 0} ; owl:onProperty :p ; owl:onClass owl:Thing ."
        " :a a :C ; :p :b .",
        "false",
    ),
    (
        "cls-maxqc3",
        f":C owl:maxQualifiedCardinality {COUNT % 1} ; owl:onProperty :p ; owl:onClass :D ."
        " :a a :C ; :p :b , :c , :d . :b a :D . :c a :D .",
        ":b owl:sameAs :c .",
    ),
    (
        "cls-maxqc4",
        f":C owl:maxQualifiedCardinality {COUNT % 1} ; owl:onProperty :p ; owl:onClass owl:Thing ."
        " :a a :C ; :p :b , :c .",
        ":b owl:sameAs :c .",
    ),
    ("cls-oo", ":C owl:oneOf (:a :b) .", ":b a :C ."),
    ("cax-sco", ":C rdfs:subClassOf :D . :a a :C .", ":a a :D ."),
    ("cax-eqc1", ":C owl:equivalentClass :D . :a a :C .", ":a a :D ."),
    ("cax-eqc2", ":C owl:equivalentClass :D . :a a :D .", ":a a :C ."),
    ("cax-dw", ":C owl:disjointWith :D . :a a :C , :D .", "false"),
    (
        "cax-adc",
        "[] a owl:AllDisjointClasses ; owl:members (:C :D :E) . :a a :E , :C .",
        "false",
    ),
    ("dt-type1", "", "xsd:integer a rdfs:Datatype ."),
    (
        "dt-type2",
        ':C owl:someValuesFrom xsd:integer ; owl:onProperty :p . :a :p "1"^^xsd:byte .',
        ":a a :C .",
    ),
    ("dt-eq", ':a :p "01"^^xsd:integer . :b :q "1.0"^^xsd:decimal .', ":a :p 1.0 ."),
    ("dt-diff", ":p a owl:FunctionalProperty . :a :p 1 , 2 .", "false"),
    ("dt-not-type", ':p rdfs:range xsd:byte . :a :p "300"^^xsd:integer .', "false"),
    (
        "scm-cls",
        ":C a owl:Class .",
        ":C rdfs:subClassOf :C , owl:Thing ; owl:equivalentClass :C ."
        " owl:Nothing rdfs:subClassOf :C .",
    ),
    (
        "scm-sco",
        ":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .",
        ":C rdfs:subClassOf :E .",
    ),
    ("scm-eqc1", ":C owl:equivalentClass :D .", ":C rdfs:subClassOf :D . :D rdfs:subClassOf :C ."),
    ("scm-eqc2", ":C rdfs:subClassOf :D . :D rdfs:subClassOf :C .", ":C owl:equivalentClass :D ."),
    (
        "scm-op",
        ":p a owl:ObjectProperty .",
        ":p rdfs:subPropertyOf :p ; owl:equivalentProperty :p .",
    ),
    (
        "scm-dp",
        ":p a owl:DatatypeProperty .",
        ":p rdfs:subPropertyOf :p ; owl:equivalentProperty :p .",
    ),
    (
        "scm-spo",
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
        ":p rdfs:subPropertyOf :r .",
    ),
    (
        "scm-eqp1",
        ":p owl:equivalentProperty :q .",
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .",
    ),
    (
        "scm-eqp2",
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .",
        ":p owl:equivalentProperty :q .",
    ),
    ("scm-dom1", ":p rdfs:domain :C . :C rdfs:subClassOf :D .", ":p rdfs:domain :D ."),
    ("scm-dom2", ":q rdfs:domain :C . :p rdfs:subPropertyOf :q .", ":p rdfs:domain :C ."),
    ("scm-rng1", ":p rdfs:range :C . :C rdfs:subClassOf :D .", ":p rdfs:range :D ."),
    ("scm-rng2", ":q rdfs:range :C . :p rdfs:subPropertyOf :q .", ":p rdfs:range :C ."),
    (
        "scm-hv",
        ":C owl:hasValue :a ; owl:onProperty :p . :D owl:hasValue :a ; owl:onProperty :q ."
        " :p rdfs:subPropertyOf :q .",
        ":C rdfs:subClassOf :D .",
    ),
    (
        "scm-svf1",
        ":C owl:someValuesFrom :E ; owl:onProperty :p . :D owl:someValuesFrom :F ;"
        " owl:onProperty :p . :E rdfs:subClassOf :F .",
        ":C rdfs:subClassOf :D .",
    ),
    (
        "scm-svf2",
        ":C owl:someValuesFrom :E ; owl:onProperty :p . :D owl:someValuesFrom :E ;"
        " owl:onProperty :q . :p rdfs:subPropertyOf :q .",
        ":C rdfs:subClassOf :D .",
    ),
    (
        "scm-avf1",
        ":C owl:allValuesFrom :E ; owl:onProperty :p . :D owl:allValuesFrom :F ;"
        " owl:onProperty :p . :E rdfs:subClassOf :F .",
        ":C rdfs:subClassOf :D .",
    ),
    (
        "scm-avf2",
        ":C owl:allValuesFrom :E ; owl:onProperty :p . :D owl:allValuesFrom :E ;"
        " owl:onProperty :q . :p rdfs:subPropertyOf :q .",
        ":D rdfs:subClassOf :C .",
    ),
    ("scm-int", ":C owl:intersectionOf (:D :E) .", ":C rdfs:subClassOf :D , :E ."),
    ("scm-uni", ":C owl:unionOf (:D :E) .", ":D rdfs:subClassOf :C . :E rdfs:subClassOf :C ."),
]
# Of equality there is no fact to show: it is one name for a whole class of equals.
EQUALITY = [
    ("eq-ref", ":a :p :b .", ":a owl:sameAs :a . :p owl:sameAs :p ."),
    ("eq-sym", ":a owl:sameAs :b .", ":b owl:sameAs :a ."),
    ("eq-trans", ":a owl:sameAs :b . :b owl:sameAs :c .", ":a owl:sameAs :c ."),
    ("eq-rep-s", ":a owl:sameAs :b . :a :p :c .", ":b :p :c ."),
    ("eq-rep-p", ":p owl:sameAs :q . :a :p :c .", ":a :q :c ."),
    ("eq-rep-o", ":b owl:sameAs :c . :a :p :b .", ":a :p :c ."),
]
# What a rule must not do: given, and what does not follow.
NOT_CASES = [
    (":C owl:hasKey (:p :q) . :a a :C ; :p 1 . :b a :C ; :p 1 .", ":a owl:sameAs :b ."),
    (":C owl:hasKey (:p) . :a a :C ; :p 1 . :b :p 1 .", ":a owl:sameAs :b ."),
    (
        ":C owl:hasKey (:p :q) . :a a :C ; :p 1 ; :q 2 . :b a :C ; :p 1 ; :q 3 .",
        ":a owl:sameAs :b .",
    ),
    (":C owl:unionOf (:D :E) . :a a :C .", ":a a :D ."),
    (":C rdfs:subClassOf :D . :a a :D .", ":a a :C ."),
    (":C owl:allValuesFrom :D ; owl:onProperty :p . :a :p :b . :b a :D .", ":a a :C ."),
    (
        f":C owl:maxQualifiedCardinality {COUNT % 1} ; owl:onProperty :p ; owl:onClass :D ."
        " :a a :C ; :p :b , :c . :b a :D .",
        ":b owl:sameAs :c .",
    ),
    (":p owl:propertyChainAxiom (:q :r) . :a :r :b . :b :q :c .", ":a :p :c ."),
    (':a :p "1"^^xsd:integer .', ':a :p "1"^^xsd:double .'),
]


def read(turtle):
    """Triples of Turtle in the syntax of N-Triples."""
    graph = Graph()
    graph.parse(data=PREFIXES + turtle, format="turtle")
    return [tuple(term.n3() for term in triple) for triple in graph]


@pytest.fixture(scope="module")
def rules():
    """The rules of OWL 2 RL."""
    return read_rulebook(RULES)


def fired(closure):
    """The names of the rules by which a closure's facts and contradictions were found."""
    engine = closure._engine
    numbers = set(engine.facts.plan.view().tolist()) - {-1}
    names = {engine.rules[engine.plans[number].rule].name for number in numbers}
    return names | {clash.rule for clash in closure.clashes}


def test_the_rulebook_has_every_rule_of_the_tables(rules):
    tables = {}
    for rule in rules:
        tables.setdefault(rule.table, set()).add(rule.name)
    assert {table: len(names) for table, names in sorted(tables.items())} == {
        4: 9, 5: 20, 6: 19, 7: 5, 8: 5, 9: 20,
    }  # fmt: skip
    assert {name for name, *_ in [*CASES, *EQUALITY]} == {rule.name for rule in rules}


@pytest.mark.parametrize(("name", "given", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_rule_fires(name, given, expected, rules):
    closure = close_triples(read(given), rules)
    if expected == "false":
        assert name in {clash.rule for clash in closure.clashes}
        return
    assert not closure.clashes
    for triple in read(expected):
        assert triple in closure
    # That literals are equal is known of terms and no fact.
    assert name in fired(closure) or name == "dt-eq"


@pytest.mark.parametrize(
    ("name", "given", "expected"), EQUALITY, ids=[case[0] for case in EQUALITY]
)
def test_what_is_the_same_counts_as_one(name, given, expected, rules):
    closure = close_triples(read(given), rules)
    written = set(closure.triples())
    for triple in read(expected):
        assert triple in closure
        assert triple in written or triple[0] == triple[2]


@pytest.mark.parametrize(("given", "unwanted"), NOT_CASES)
def test_a_rule_keeps_still(given, unwanted, rules):
    closure = close_triples(read(given), rules)
    assert all(triple not in closure for triple in read(unwanted))


def test_a_file_that_is_no_notation3_is_an_error(tmp_path):
    path = tmp_path / "rules.n3"
    path.write_text("this is no rule", encoding="utf-8")
    with pytest.raises(OntologyError, match="Notation3"):
        read_rulebook(path)


def test_a_rule_without_a_wording_is_an_error(tmp_path):
    path = tmp_path / "rules.n3"
    path.write_text(
        "@prefix rl: <https://w3id.org/concord/owl2rl#> . rl:x rl:table 4 .", encoding="utf-8"
    )
    with pytest.raises(OntologyError, match="wording"):
        read_rulebook(path)
