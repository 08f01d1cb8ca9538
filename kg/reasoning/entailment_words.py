"""Answers to “does this follow?” as text and as JSON, each conclusion with its proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rdflib import URIRef

from kg.reasoning.closure import read_triple, show_triple
from kg.reasoning.encoding import SAME, TermTriple
from kg.reasoning.entailment import Entailment, Ground
from kg.reasoning.proofs import Proof, format_proof, proof_to_json
from kg.reasoning.result import Closure
from kg.reasoning.wording import Wording, word_rule

_DEEPEST = 50


def format_entailment(found: Entailment, labels: Mapping[URIRef, str] | None = None) -> str:
    """Yes or no, then the proof of each conclusion and what was not shown."""
    wording = Wording(labels or {})
    lines = ["yes" if found.holds else "no"]
    for ground in found.grounds:
        lines += ["", *_format_ground(ground, wording)]
    for triple in found.missing:
        lines += ["", f"{_state(triple, wording)}", "  is not shown"]
    return "\n".join(lines) + "\n"


def entailment_to_json(
    found: Entailment, labels: Mapping[URIRef, str] | None = None
) -> dict[str, Any]:
    """The answer as JSON's dictionaries and lists."""
    wording = Wording(labels or {})
    return {
        "entailed": found.holds,
        "conclusions": [
            {
                "conclusion": list(ground.conclusion),
                "assumed": [list(triple) for triple in ground.assumed],
                "contradiction": ground.clash.rule if ground.clash else None,
                "proofs": [proof_to_json(proof) for proof in _prove_ground(ground, wording)],
            }
            for ground in found.grounds
        ],
        "missing": [list(triple) for triple in found.missing],
    }


def _format_ground(ground: Ground, wording: Wording) -> Iterator[str]:
    yield _state(ground.conclusion, wording)
    if ground.assumed:
        told = "; ".join(_state(triple, wording) for triple in ground.assumed)
        yield f"  shown by assuming of something new: {told}"
    if ground.clash is not None:
        yield f"  since that would be a contradiction ({ground.clash.rule})"
    for proof in _prove_ground(ground, wording):
        yield from (f"    {line}" for line in format_proof(proof).splitlines())


def _prove_ground(ground: Ground, wording: Wording) -> list[Proof]:
    closure = ground.closure
    triples = list(ground.facts)
    if ground.clash is not None:
        triples += [closure.read(fact) for fact in ground.clash.facts]
    return [prove_triple(closure, triple, wording) for triple in dict.fromkeys(triples)]


def prove_triple(closure: Closure, written: TermTriple, wording: Wording, depth: int = 0) -> Proof:
    """The shortest proof of a triple of any closure, down to what was given."""
    statement = _state(written, wording)
    conclusion = show_triple(written)
    fact = None if written[1] == SAME else closure.find(written)
    derivation = None if fact is None else closure.derive(closure.find_first(fact))
    if written[1] == SAME and written in closure:
        steps = closure.explain_same(written[0], written[2])
        premises = tuple(
            Proof(show_triple(pair), None, "given or inferred", (), (), _state(pair, wording))
            for pair, _ in steps
        )
        return Proof(conclusion, "eq-trans", "because both names stand for one thing", premises,
                     (), statement)  # fmt: skip
    if derivation is None or depth > _DEEPEST:
        return Proof(conclusion, None, "given", (), (), statement)
    axioms = [closure.read(each) for each in derivation.axioms]
    bodies = [closure.read(each) for each in derivation.premises]
    label = word_rule(derivation.rule, written, axioms, bodies, wording)
    premises = tuple(prove_triple(closure, each, wording, depth + 1) for each in (*axioms, *bodies))
    return Proof(conclusion, derivation.rule.name, label, premises, (), statement)


def _state(written: TermTriple, wording: Wording) -> str:
    triple = read_triple(written)
    return wording.state(triple) if triple is not None else " ".join(written)
