"""Proofs as values, as text and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kg.rdf import Triple

ONLY_CLAIMED = "not a fact: only claimed as follows"


@dataclass(frozen=True, slots=True)
class Citation:
    """The place where an article states something, and who holds it there.

    `start` and `end` are the quote's offsets into the source text; `status` is "stated" for a
    fact, else says in words what the claim falls short of one by.
    """

    claim: str
    quote: str
    sentence: str
    start: int
    end: int
    holder: str
    holder_label: str
    source: str
    title: str
    status: str = "stated"


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a triple stands: the rule and what it was applied to, or where it was stated.

    `statement` is the triple in words; `rule` is None where the triple was not inferred.
    `sources` are those that background names; `axioms` are what the rule takes from the ontology.
    """

    conclusion: Triple
    rule: str | None
    rule_label: str
    premises: tuple[Proof, ...]
    claims: tuple[Citation, ...]
    statement: str = ""
    sources: tuple[str, ...] = ()
    axioms: tuple[Triple, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the conclusion is a fact or follows from facts, and is not merely claimed."""
        return self.rule_label != ONLY_CLAIMED


def format_proof(proof: Proof) -> str:
    """The proof as an indented tree: conclusion, reason, and below it each premise.

    What was proved above already is not proved again.
    """
    return "\n".join(_format(proof, set(), depth=0))


def _format(proof: Proof, shown: set[Triple], *, depth: int) -> list[str]:
    margin = "  " * depth
    if proof.conclusion in shown and (proof.premises or proof.claims):
        return [f"{margin}{proof.statement}", f"{margin}  as shown above"]
    shown.add(proof.conclusion)
    by_rule = f" ({proof.rule})" if proof.rule else ""
    lines = [f"{margin}{proof.statement}", f"{margin}  {proof.rule_label}{by_rule}"]
    lines += [f"{margin}    {source}" for source in proof.sources]
    for citation in proof.claims:
        lines += [f"{margin}    {line}" for line in _format_citation(citation)]
    for premise in proof.premises:
        lines += _format(premise, shown, depth=depth + 2)
    return lines


def _format_citation(citation: Citation) -> list[str]:
    place = f"{citation.source}, characters {citation.start} to {citation.end}"
    if citation.title:
        place = f"“{citation.title}”, {place}"
    return [
        f"“{citation.quote}”",
        f"  {citation.status}, held by {citation.holder_label}; {place}",
        f"  in: {' '.join(citation.sentence.split())}",
    ]


def proof_to_json(proof: Proof) -> dict[str, Any]:
    """The proof as JSON's dictionaries and lists, every field by its name."""
    return {
        "conclusion": [str(term) for term in proof.conclusion],
        "statement": proof.statement,
        "rule": proof.rule,
        "rule_label": proof.rule_label,
        "axioms": [[str(term) for term in axiom] for axiom in proof.axioms],
        "sources": list(proof.sources),
        "claims": [
            {
                "claim": citation.claim,
                "quote": citation.quote,
                "sentence": citation.sentence,
                "start": citation.start,
                "end": citation.end,
                "holder": citation.holder_label,
                "source": citation.source,
                "title": citation.title,
                "status": citation.status,
            }
            for citation in proof.claims
        ],
        "premises": [proof_to_json(premise) for premise in proof.premises],
    }
