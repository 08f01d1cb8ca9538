"""The closure of a graph: all that follows from its facts, each triple with a proof."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rdflib import OWL, RDF, URIRef

from kg import iris
from kg.model import Finding, Severity
from kg.rdf import Triple
from kg.reasoning.axioms import Wording, compile_axioms
from kg.reasoning.matching import Clause, TripleIndex, apply_clause
from kg.reasoning.owl import close_by_owl, word_contradiction
from kg.reasoning.premises import Premises, gather_premises
from kg.reasoning.rules import load_rules
from kg.reasoning.steps import collect_support, find_steps
from kg.store import GraphStore
from kg.vocabulary.files import ontology_directory

Reasoner = Callable[[Iterable[Triple]], tuple[set[Triple], tuple[str, ...]]]

REASONERS: Mapping[str, Reasoner] = {"owlrl": close_by_owl}


@dataclass(frozen=True, slots=True)
class ReasoningResult:
    """How many triples were inferred and kept, and what was doubtful on the way."""

    inferred: int
    findings: tuple[Finding, ...]


def close_graph(
    store: GraphStore, *, reasoner: str = "owlrl", rules: Sequence[Clause] | None = None
) -> ReasoningResult:
    """Write to the inferred graph what follows about the things that the articles speak of.

    `rules` are those beyond OWL 2 RL, by default the shipped ones. Contradictions and conclusions
    without a proof become findings. Raises ValueError for an unknown reasoner.
    """
    if reasoner not in REASONERS:
        raise ValueError(f"no reasoner {reasoner!r}: choose one of {', '.join(sorted(REASONERS))}")
    own_rules = load_rules(ontology_directory() / "rules") if rules is None else tuple(rules)
    premises = gather_premises(store, own_rules)
    inferred, contradictions = infer(premises, own_rules, REASONERS[reasoner])
    clauses = (*own_rules, *compile_axioms(premises.schema, premises.labels))
    steps = find_steps(premises.schema | premises.data, inferred, clauses)
    wanted = {triple for triple in inferred if _is_wanted(triple, premises.things)}
    kept = collect_support(wanted, steps)
    store.replace(iris.INFERRED_GRAPH, sorted(kept))
    wording = Wording(premises.labels)
    findings = [_report_contradiction(message, wording) for message in contradictions]
    findings += [_report_unexplained(triple, wording) for triple in wanted - steps.keys()]
    return ReasoningResult(len(kept), tuple(sorted(findings, key=_finding_key)))


def infer(
    premises: Premises, rules: Sequence[Clause], reasoner: Reasoner
) -> tuple[set[Triple], tuple[str, ...]]:
    """All that follows about individuals, by the reasoner and the rules until nothing is new.

    The contradictions come in the words of the reasoner.
    """
    given = set(premises.schema | premises.data)
    known = given | _apply_rules(given, rules)
    while True:
        added, contradictions = reasoner(known)
        known |= added
        more = _apply_rules(known, rules)
        if not more:
            break
        known |= more
    return {triple for triple in known - given if _is_about_things(triple)}, contradictions


def _apply_rules(known: Iterable[Triple], rules: Sequence[Clause]) -> set[Triple]:
    """What the rules alone add to the triples, until they add nothing."""
    index = TripleIndex(known)
    added: set[Triple] = set()
    while True:
        news = {
            triple
            for rule in rules
            for triple in apply_clause(rule, index)
            if triple not in index and triple[0] != triple[2]
        }
        if not news:
            return added
        added |= news
        for triple in news:
            index.add(triple)


def _is_about_things(triple: Triple) -> bool:
    """Whether a conclusion is a relation or kind of some thing, not a matter of the schema."""
    subject, predicate, object_ = triple
    if subject == object_ or not isinstance(object_, URIRef):
        return False
    if predicate == RDF.type:
        return object_.startswith(iris.BASE)
    return predicate.startswith(iris.KG) or predicate == OWL.sameAs


def _is_wanted(triple: Triple, things: frozenset[URIRef]) -> bool:
    subject, predicate, object_ = triple
    if subject not in things:
        return False
    if predicate == RDF.type:
        return object_.startswith(iris.KG)
    return object_ in things


def _report_contradiction(message: str, wording: Wording) -> Finding:
    focus, told = word_contradiction(message, wording)
    return Finding(Severity.WARNING, "contradiction", focus, told)


def _report_unexplained(triple: Triple, wording: Wording) -> Finding:
    told = " ".join(wording.name(term) for term in triple)
    message = f"the reasoner concludes “{told}”, but no rule of Concord proves it: left out"
    return Finding(Severity.WARNING, "unexplained-inference", str(triple[0]), message)


def _finding_key(finding: Finding) -> tuple[str, str, str]:
    return (finding.check, finding.focus, finding.message)
