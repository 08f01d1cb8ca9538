"""The closure of a graph: all that follows from its facts, each triple with a proof."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rdflib import OWL, RDF, Literal, URIRef
from rdflib.util import from_n3

from kg import iris
from kg.model import Finding, Severity
from kg.rdf import Triple, format_term
from kg.reasoning.clauses import Clause
from kg.reasoning.disagreement import find_disagreements, word_claim
from kg.reasoning.encoding import TermTriple
from kg.reasoning.labels import find_labels
from kg.reasoning.owl import close_by_owl
from kg.reasoning.premises import Premises, gather_premises
from kg.reasoning.result import Closure, close_triples
from kg.reasoning.rulebook import OWL2RL_FILE, Rule, read_clauses, read_rulebook
from kg.reasoning.rules import load_rules
from kg.reasoning.wording import Wording, word_rule
from kg.store import GraphStore
from kg.vocabulary.files import ontology_directory

REASONERS = ("memory", "owlrl")


@dataclass(frozen=True, slots=True)
class ReasoningResult:
    """How many triples were inferred and kept, and what was doubtful on the way."""

    inferred: int
    findings: tuple[Finding, ...]


def close_graph(
    store: GraphStore, *, reasoner: str = "memory", rules: Sequence[Clause] | None = None
) -> ReasoningResult:
    """Write to the inferred graph what follows about the things that the articles speak of.

    `rules` are those beyond OWL 2 RL, by default the shipped ones. What owlrl concludes and no rule
    of Concord proves becomes a finding and is left out. Contradictions are findings too. Raises
    ValueError for an unknown reasoner.
    """
    if reasoner not in REASONERS:
        raise ValueError(f"no reasoner {reasoner!r}: choose one of {', '.join(REASONERS)}")
    own_rules = load_own_rules() if rules is None else tuple(rules)
    premises = gather_premises(store, own_rules)
    closure = close_premises(premises, own_rules)
    kept = find_conclusions(closure, premises)
    store.replace(iris.INFERRED_GRAPH, sorted(kept))
    findings = [
        Finding(
            Severity.WARNING, "malformed-list", head, "a list of the ontology is broken: not used"
        )
        for head in closure.broken_lists
    ]
    findings += _report_clashes(closure, Wording(premises.labels))
    findings += report_disagreements(store)
    if reasoner == "owlrl":
        findings += _compare_with_owlrl(premises, kept)
    return ReasoningResult(len(kept), tuple(sorted(findings, key=_finding_key)))


def load_own_rules() -> tuple[Clause, ...]:
    """The shipped rules beyond OWL 2 RL."""
    return load_rules(ontology_directory() / "rules")


def load_owl_rules() -> tuple[Rule, ...]:
    """The shipped rules of OWL 2 RL."""
    return read_rulebook(ontology_directory() / "rules" / OWL2RL_FILE)


def close_premises(premises: Premises, rules: Sequence[Clause]) -> Closure:
    """All that follows from premises by OWL 2 RL and the rules beyond it."""
    given = sorted(premises.schema | premises.data)
    return close_triples(map(write_triple, given), (*load_owl_rules(), *read_clauses(rules)))


def write_triple(triple: Triple) -> TermTriple:
    """A triple in the syntax of N-Triples, term by term."""
    return format_term(triple[0]), format_term(triple[1]), format_term(triple[2])


def read_triple(triple: TermTriple) -> Triple | None:
    """A triple of the engine as the graph holds it; None for what it cannot hold."""
    subject, predicate, object_ = (
        URIRef(term[1:-1]) if term.startswith("<") else from_n3(term) for term in triple
    )
    if (
        isinstance(subject, URIRef)
        and isinstance(predicate, URIRef)
        and isinstance(object_, URIRef | Literal)
    ):
        return subject, predicate, object_
    return None


def show_triple(written: TermTriple) -> Triple:
    """A triple for a proof to show: what no graph can hold keeps its terms as they are written."""
    triple = read_triple(written)
    if triple is not None:
        return triple
    subject, predicate, object_ = written
    return URIRef(subject.strip("<>")), URIRef(predicate.strip("<>")), Literal(object_.strip("<>"))


def find_conclusions(closure: Closure, premises: Premises) -> frozenset[Triple]:
    """What a closure adds about the things that the articles speak of."""
    given = {write_triple(triple) for triple in premises.data}
    return frozenset(
        read
        for triple in closure.triples()
        if triple not in given
        and triple[2].startswith("<")
        and (read := read_triple(triple)) is not None
        and _is_about_things(read)
        and _is_wanted(read, premises.things)
    )


def _report_clashes(closure: Closure, wording: Wording) -> Iterator[Finding]:
    for clash in closure.clashes:
        premises = [closure.read(fact) for fact in clash.facts]
        told = [read for each in premises if (read := read_triple(each)) is not None]
        reason = word_rule(closure.rule_of(clash), None, (), premises, wording)
        said = " and ".join(wording.state(triple) for triple in told)
        focus = str(told[0][0]) if told else ""
        yield Finding(Severity.WARNING, "contradiction", focus, f"{said}: but {reason[8:]}")


def report_disagreements(store: GraphStore) -> Iterator[Finding]:
    """The clashes between claims, a line each; `kg contradictions` has the quotes."""
    wording = Wording(find_labels(store))
    for found in find_disagreements(store, wording):
        one, other = found.ones[0], found.others[0]
        said = " against ".join(word_claim(claim, wording) for claim in (one, other))
        message = f"{found.kind}: {said}: {found.reason}"
        yield Finding(Severity.WARNING, "contradiction", str(one.subject), message)


def _finding_key(finding: Finding) -> tuple[str, str, str]:
    return (finding.check, finding.focus, finding.message)


def _compare_with_owlrl(premises: Premises, kept: Collection[Triple]) -> list[Finding]:
    """What owlrl concludes about the things of the articles and no rule of Concord proves."""
    added, _ = close_by_owl(premises.schema | premises.data | set(kept))
    extra = {
        triple
        for triple in added - set(kept) - premises.data
        if _is_about_things(triple) and _is_wanted(triple, premises.things)
    }
    return [
        Finding(
            Severity.WARNING,
            "unexplained-inference",
            str(triple[0]),
            f"owlrl concludes {' '.join(map(str, triple))}, but no rule of Concord proves it",
        )
        for triple in sorted(extra)
    ]


def _is_about_things(triple: Triple) -> bool:
    """Whether a conclusion is a relation or kind of some thing, not a matter of the schema."""
    subject, predicate, object_ = triple
    if subject == object_ or not isinstance(object_, URIRef):
        return False
    if predicate == RDF.type:
        return object_.startswith(iris.BASE) and not subject.startswith(iris.KG)
    return (predicate.startswith(iris.KG) or predicate == OWL.sameAs) and not subject.startswith(
        iris.KG
    )


def _is_wanted(triple: Triple, things: Collection[URIRef]) -> bool:
    subject, predicate, object_ = triple
    if subject not in things:
        return False
    if predicate == RDF.type:
        return object_.startswith(iris.KG)
    return object_ in things
