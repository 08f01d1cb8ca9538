"""The OWL 2 test cases of the profile RL that have an RDF/XML form, from their manifest."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from rdflib import Graph

from kg.reasoning.entailment import entails
from kg.reasoning.result import close_triples
from kg.reasoning.rulebook import read_rulebook

ROOT = Path(__file__).parent.parent
MANIFEST = (
    Path(os.environ.get("KG_SHARED", ROOT.parent / "shared"))
    / "suites" / "owl2" / "owl2_rl_cases.json"
)  # fmt: skip

# Positive entailments that are not reached, and why no forward rule can reach them: none is left.
# The rules alone show the rest; these are the ways to the others.
#   assumption and refutation: chain2trans1, DisjointClasses-001 and -003, New-Feature-
#     ObjectQCR-002,
#     New-Feature-Disjoint…Properties-001 and -002, owl2-rl-rules-fp- and -ifp-differentFrom,
#     WebOnt-differentFrom-001
#   a class expression says nothing of what there is: WebOnt-I5.26-010, WebOnt-I5.5-005
#   ranges as intervals of numbers: WebOnt-I5.8-006, -008, -009
#   a reflexive relation, for which OWL 2 RL has no rule: New-Feature-ReflexiveProperty-001
#   annotations say nothing in the direct semantics: WebOnt-I4.6-005-Direct,
#     WebOnt-equivalentClass-008-Direct
#   the imported ontology is read: WebOnt-imports-011
MISSED: dict[str, str] = {}

# An ontology that a case imports; the manifest names it but does not hold it.
IMPORTED = {
    "http://www.w3.org/2002/03owlt/imports/support011-A": """
        @prefix : <http://www.w3.org/2002/03owlt/imports/support011-A#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        :Man a owl:Class ; rdfs:subClassOf :Mortal . :Mortal a owl:Class .
    """
}


def read_cases():
    """Every case of the manifest that has an RDF/XML form."""
    if not MANIFEST.is_file():
        reason = "no OWL 2 test cases: set KG_SHARED to the folder that holds suites/owl2"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    cases = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return [pytest.param(each, id=each["id"]) for each in cases if each["premise"] or each["input"]]


def pick(kind):
    """The cases of one kind of test."""
    return [
        each for each in read_cases() if each.values[0] is None or kind in each.values[0]["types"]
    ]


@pytest.fixture(scope="module")
def rules():
    """The rules of OWL 2 RL."""
    return read_rulebook(ROOT / "ontology" / "rules" / "owl2rl.n3")


def read_triples(text, *, base="http://example.org/case"):
    """The triples of an RDF/XML document and of what it imports."""
    graph = Graph()
    graph.parse(data=text, format="xml", publicID=base)
    for address, turtle in IMPORTED.items():
        if f'"{address}"' in text or f"'{address}'" in text:
            graph.parse(data=turtle, format="turtle")
    return [(s.n3(), p.n3(), o.n3()) for s, p, o in graph]


def read_premises(case):
    """The triples a case starts from."""
    return read_triples((case["premise"] or case["input"])[0])


def is_direct(case):
    """Whether a case is one of the direct semantics only, in which annotations say nothing."""
    return case["semantics"] == ["DIRECT"]


@pytest.mark.parametrize("case", pick("InconsistencyTest"))
def test_an_inconsistent_ontology_is_found_out(case, rules):
    assert close_triples(read_premises(case), rules).clashes


@pytest.mark.parametrize("case", pick("ConsistencyTest"))
def test_a_consistent_ontology_has_no_contradiction(case, rules):
    assert not close_triples(read_premises(case), rules).clashes


@pytest.mark.parametrize("case", pick("NegativeEntailmentTest"))
def test_what_does_not_follow_is_not_entailed(case, rules):
    answer = entails(
        read_premises(case),
        read_triples(case["non_conclusion"][0]),
        rules,
        annotations=not is_direct(case),
    )
    assert answer.missing


@pytest.mark.parametrize("case", pick("PositiveEntailmentTest"))
def test_what_follows_is_entailed_with_its_grounds(case, rules):
    answer = entails(
        read_premises(case),
        read_triples(case["conclusion"][0]),
        rules,
        annotations=not is_direct(case),
    )
    assert answer.holds == (case["id"] not in MISSED), answer.missing
    for ground in answer.grounds:
        assert all(fact in ground.closure for fact in ground.facts)
