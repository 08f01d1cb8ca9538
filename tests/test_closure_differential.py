"""The closure of random ontologies and data against that of owlrl, where owlrl is sound.

Left out are keys and reflexive triples (owlrl's keys are unsound; that everything is itself is not
written out here). owlrl overlooks the last member of owl:AllDifferent and of
owl:AllDisjointProperties, so that a member that is nowhere else comes last there.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from owlrl import OWLRL_Semantics
from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection

from kg.reasoning.result import close_triples
from kg.reasoning.rulebook import read_rulebook

RULES = Path(__file__).parent.parent / "ontology" / "rules" / "owl2rl.n3"
EX = Namespace("http://example.org/")
CLASSES = [EX[f"C{i}"] for i in range(5)]
RELATIONS = [EX[f"p{i}"] for i in range(5)]
THINGS = [EX[f"i{i}"] for i in range(6)]
NUMBERS = ["0", "1"]
# owlrl's words for a contradiction, and the rules that tell it here.
MESSAGES = {
    "'sameAs' and 'differentFrom'": {"eq-diff1"},
    "'sameAs' and 'AllDifferent'": {"eq-diff2", "eq-diff3"},
    "Irreflexive property": {"prp-irp"},
    "Erroneous usage of asymmetric": {"prp-asyp"},
    "Disjoint properties in": {"prp-adp"},
    "Erroneous usage of disjoint properties": {"prp-pdw"},
    "Negative (object)": {"prp-npa1"},
    "Negative (datatype)": {"prp-npa2"},
    " is defined of type 'Nothing'": {"cls-nothing2"},
    "Violation of complementarity": {"cls-com"},
    "Erroneous usage of maximum cardinality": {"cls-maxc1"},
    "Erroneous usage of maximum qualified": {"cls-maxqc1", "cls-maxqc2"},
    "Disjoint classes": {"cax-dw", "cax-adc"},
}


@pytest.fixture(scope="module")
def rules():
    """The rules of OWL 2 RL."""
    return read_rulebook(RULES)


class Maker:
    """A random ontology with data, axiom by axiom."""

    def __init__(self, rng):
        self.rng = rng
        self.graph = Graph()

    def add(self, subject, relation, object_):
        self.graph.add((subject, relation, object_))

    def a_class(self):
        return self.rng.choice(CLASSES)

    def a_relation(self):
        return self.rng.choice(RELATIONS)

    def a_thing(self):
        return self.rng.choice(THINGS)

    def a_list(self, members):
        head = BNode()
        Collection(self.graph, head, members)
        return head

    def two(self, of):
        return self.rng.sample(of, 2)

    def restrict(self, **parts):
        """A class is a restriction or below it."""
        node = BNode()
        self.add(node, OWL.onProperty, self.a_relation())
        for name, value in parts.items():
            self.add(node, OWL[name], value)
        link = self.rng.choice([OWL.equivalentClass, RDFS.subClassOf])
        self.add(self.a_class(), link, node)

    def add_schema(self):
        """One axiom about classes or relations."""
        add, rng = self.add, self.rng
        kinds = [
            "SymmetricProperty", "TransitiveProperty", "FunctionalProperty",
            "InverseFunctionalProperty", "ObjectProperty", "DatatypeProperty",
        ]  # fmt: skip
        number = Literal(rng.choice(NUMBERS), datatype=XSD.nonNegativeInteger)
        rng.choice([
            lambda: add(self.a_class(), RDFS.subClassOf, self.a_class()),
            lambda: add(self.a_class(), RDFS.subClassOf, self.a_class()),
            lambda: add(self.a_relation(), RDFS.subPropertyOf, self.a_relation()),
            lambda: add(self.a_relation(), RDFS.subPropertyOf, self.a_relation()),
            lambda: add(self.a_relation(), RDFS.domain, self.a_class()),
            lambda: add(self.a_relation(), RDFS.range, self.a_class()),
            lambda: add(self.a_class(), OWL.equivalentClass, self.a_class()),
            lambda: add(self.a_relation(), OWL.equivalentProperty, self.a_relation()),
            lambda: add(self.a_relation(), OWL.inverseOf, self.a_relation()),
            lambda: add(self.a_relation(), RDF.type, OWL[rng.choice(kinds)]),
            lambda: add(self.a_relation(), RDF.type, OWL[rng.choice(kinds)]),
            lambda: add(self.a_class(), RDF.type, OWL.Class),
            lambda: add(
                self.a_relation(),
                OWL.propertyChainAxiom,
                self.a_list([self.a_relation() for _ in range(rng.choice([1, 2, 3]))]),
            ),
            lambda: add(self.a_class(), OWL.intersectionOf, self.a_list(self.two(CLASSES))),
            lambda: add(self.a_class(), OWL.unionOf, self.a_list(self.two(CLASSES))),
            lambda: add(self.a_class(), OWL.oneOf, self.a_list(self.two(THINGS))),
            lambda: self.restrict(someValuesFrom=rng.choice([*CLASSES, OWL.Thing])),
            lambda: self.restrict(allValuesFrom=self.a_class()),
            lambda: self.restrict(hasValue=self.a_thing()),
            lambda: self.restrict(maxCardinality=number),
            lambda: self.restrict(
                maxQualifiedCardinality=number, onClass=rng.choice([*CLASSES, OWL.Thing])
            ),
        ])()  # fmt: skip

    def add_conflict(self):
        """One axiom that something may contradict."""
        add, rng = self.add, self.rng
        node = BNode()
        rng.choice([
            lambda: add(self.a_class(), OWL.disjointWith, self.a_class()),
            lambda: add(self.a_class(), OWL.complementOf, self.a_class()),
            lambda: add(self.a_relation(), OWL.propertyDisjointWith, self.a_relation()),
            lambda: add(self.a_relation(), RDF.type, OWL.IrreflexiveProperty),
            lambda: add(self.a_relation(), RDF.type, OWL.AsymmetricProperty),
            lambda: add(*self.two(THINGS)[:1], OWL.differentFrom, self.a_thing()),
            lambda: add(self.a_class(), RDFS.subClassOf, OWL.Nothing),
            lambda: self.add_all(OWL.AllDifferent, OWL.members, [*self.two(THINGS), EX.last]),
            lambda: self.add_all(
                OWL.AllDifferent, OWL.distinctMembers, [*self.two(THINGS), EX.last]
            ),
            lambda: self.add_all(OWL.AllDisjointClasses, OWL.members, rng.sample(CLASSES, 3)),
            lambda: self.add_all(
                OWL.AllDisjointProperties, OWL.members, [*self.two(RELATIONS), EX.last]
            ),
            lambda: [
                add(node, OWL.sourceIndividual, self.a_thing()),
                add(node, OWL.assertionProperty, self.a_relation()),
                add(node, rng.choice([OWL.targetIndividual, OWL.targetValue]), self.a_thing()),
            ],
        ])()  # fmt: skip

    def add_all(self, kind, link, members):
        node = BNode()
        self.add(node, RDF.type, kind)
        self.add(node, link, self.a_list(members))

    def add_strange(self):
        """One axiom about the vocabulary itself, or that classes or relations are the same."""
        vocabulary = [RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDF.type, OWL.sameAs]
        self.rng.choice([
            lambda: self.add(self.a_relation(), RDFS.subPropertyOf, self.rng.choice(vocabulary)),
            lambda: self.add(self.a_class(), OWL.sameAs, self.a_class()),
            lambda: self.add(self.a_relation(), OWL.sameAs, self.a_relation()),
            lambda: self.add(self.a_class(), self.a_relation(), self.a_class()),
        ])()  # fmt: skip

    def add_data(self):
        """One statement about things."""
        self.rng.choice([
            lambda: self.add(self.a_thing(), RDF.type, self.a_class()),
            lambda: self.add(self.a_thing(), self.a_relation(), self.a_thing()),
            lambda: self.add(self.a_thing(), self.a_relation(), self.a_thing()),
            lambda: self.add(*self.two(THINGS)[:1], self.a_relation(), self.a_thing()),
            lambda: self.rng.random() < 0.3
            and self.add(self.a_thing(), OWL.sameAs, self.a_thing()),
        ])()  # fmt: skip

    def make(self, **counts):
        """A graph of so many axioms and statements of each sort."""
        for sort, count in counts.items():
            for _ in range(count):
                getattr(self, f"add_{sort}")()
        return self.graph


def close_by_owlrl(graph):
    """owlrl's closure without what is left out, and its words for contradictions."""
    closed = Graph()
    for triple in graph:
        closed.add(triple)
    semantics = OWLRL_Semantics(closed, axioms=False, daxioms=False, rdfs=False)
    semantics.closure()
    errors = set(closed.subjects(RDF.type, URIRef(
        "http://www.daml.org/2002/03/agents/agent-ont#ErrorMessage"
    )))  # fmt: skip
    triples = {
        (s.n3(), p.n3(), o.n3())
        for s, p, o in closed
        if not isinstance(s, Literal) and isinstance(p, URIRef) and s not in errors
    }
    return keep_comparable(triples), list(semantics.error_messages)


def keep_comparable(triples):
    """Triples that are not reflexive and not about the vocabulary."""
    return {t for t in triples if t[0] != t[2] and not t[0].startswith("<http://www.w3.org/")}


def close_here(graph, rules):
    """The closure and the contradictions' rules, by this engine."""
    closure = close_triples([tuple(term.n3() for term in triple) for triple in graph], rules)
    return keep_comparable(set(closure.triples())), {clash.rule for clash in closure.clashes}


COUNTS = st.fixed_dictionaries(
    {
        "schema": st.integers(1, 9),
        "conflict": st.integers(0, 3),
        "strange": st.just(0),
        "data": st.integers(2, 10),
    }
)
STRANGE = st.fixed_dictionaries(
    {
        "schema": st.integers(1, 6),
        "conflict": st.just(0),
        "strange": st.integers(1, 2),
        "data": st.integers(2, 8),
    }
)
COMPARE = settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@COMPARE
@given(seed=st.integers(0, 2**32), counts=COUNTS)
def test_the_closure_and_its_contradictions_are_those_of_owlrl(rules, seed, counts):
    graph = Maker(random.Random(seed)).make(**counts)
    wanted, messages = close_by_owlrl(graph)
    found, clashes = close_here(graph, rules)
    assert found == wanted
    for words, names in MESSAGES.items():
        told = any(words in message for message in messages)
        assert told == bool(names & clashes), (words, clashes)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@COMPARE
@given(seed=st.integers(0, 2**32), counts=STRANGE)
def test_what_is_said_of_the_vocabulary_itself_is_applied(rules, seed, counts):
    graph = Maker(random.Random(seed)).make(**counts)
    wanted, _ = close_by_owlrl(graph)
    found, _ = close_here(graph, rules)
    assert found == wanted
