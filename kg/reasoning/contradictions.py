"""Every contradiction of a graph, with both sides, their quotes, holders and dates."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rdflib import DCTERMS, Literal, URIRef

from kg.iris import KG, OA
from kg.rdf import Triple
from kg.reasoning.clauses import Clause
from kg.reasoning.closure import close_premises, load_own_rules
from kg.reasoning.disagreement import (
    INCOMPATIBLE,
    POLARITY,
    SELF,
    VALUES,
    HeldClaim,
    find_disagreements,
    read_claims,
    word_claim,
    word_period,
)
from kg.reasoning.explaining import Explainer
from kg.reasoning.labels import find_labels
from kg.reasoning.memory import Clash
from kg.reasoning.premises import gather_premises
from kg.reasoning.proofs import Proof, format_proof, proof_to_json
from kg.reasoning.result import Closure
from kg.reasoning.wording import Wording, word_rule
from kg.store import GraphStore

LOGICAL = "logical"
KINDS = (LOGICAL, SELF, POLARITY, INCOMPATIBLE, VALUES)


@dataclass(frozen=True, slots=True)
class Passage:
    """A claim that a side rests on: its words, where they stand, and who holds it how and when.

    `start` and `end` are the quote's offsets into the source text, `dates` are words.
    """

    claim: URIRef
    quote: str
    sentence: str
    article: str
    source: str
    start: int
    end: int
    holder: URIRef
    holder_label: str
    polarity: str
    modality: str
    dates: str
    period_start: str | None
    period_end: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a contradiction: the triple, in words too, and the claims it rests on.

    `proof` leads from a fact of the closure to its claims; claims that are only compared have none.
    """

    triple: Triple
    statement: str
    passages: tuple[Passage, ...]
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Sides that cannot all be true: the kind (one of KINDS), why in words, the things concerned.

    `rule` is the rule of OWL 2 RL behind a logical one.
    """

    kind: str
    reason: str
    sides: tuple[Side, ...]
    things: frozenset[URIRef]
    rule: str | None = None


def find_contradictions(
    store: GraphStore, *, rules: Sequence[Clause] | None = None, accepted: Collection[URIRef] = ()
) -> tuple[Contradiction, ...]:
    """Every contradiction among the facts of a graph and between its claims, in a fixed order.

    `rules` are those beyond OWL 2 RL, by default the shipped ones; what `accepted` holders assert
    counts as fact. The graph is left as it is.
    """
    own_rules = load_own_rules() if rules is None else tuple(rules)
    premises = gather_premises(store, own_rules, accepted=accepted)
    closure = close_premises(premises, own_rules)
    wording = Wording({**find_labels(store), **premises.labels})
    passages = _Passages(store, wording)
    explainer = Explainer(store, premises, closure, accepted)
    logical = _find_logical(closure, explainer, passages, wording)
    between = [
        _compare(each.kind, each.reason, (each.ones, each.others), passages, wording)
        for each in find_disagreements(store, wording, accepted=accepted)
    ]
    return (*logical, *sorted(between, key=lambda each: KINDS.index(each.kind)))


def _compare(
    kind: str,
    reason: str,
    sides: tuple[Sequence[HeldClaim], ...],
    passages: _Passages,
    wording: Wording,
) -> Contradiction:
    told = []
    for claims in sides:
        first = claims[0]
        triple = first.subject, first.relation, first.object
        told.append(Side(triple, word_claim(first, wording), tuple(map(passages.read, claims))))
    things = frozenset(
        t for side in sides for claim in side for t in (claim.subject, claim.object, claim.holder)
    )
    return Contradiction(kind, reason, tuple(told), things)


# ------------------------------------------------------------------------------------ logical


def _find_logical(
    closure: Closure, explainer: Explainer, passages: _Passages, wording: Wording
) -> list[Contradiction]:
    """The false rules that hold; of those that rest on the same statements the one proved soonest.

    A thing of two kinds that exclude each other does so on every level of the kinds above them.
    """
    found: dict[tuple[frozenset[Triple], str], tuple[int, str, Contradiction]] = {}
    for clash in closure.clashes:
        contradiction = _prove(clash, closure, explainer, passages, wording)
        proofs = [side.proof for side in contradiction.sides if side.proof is not None]
        leaves = frozenset(leaf.conclusion for proof in proofs for leaf in _walk_leaves(proof))
        key = leaves, "" if leaves else contradiction.reason
        rank = sum(map(_count_steps, proofs)), contradiction.reason
        if key not in found or rank < found[key][:2]:
            found[key] = (*rank, contradiction)
    chosen = (contradiction for _, _, contradiction in found.values())
    return sorted(chosen, key=lambda each: (_order_sides(each), each.reason))


def _order_sides(contradiction: Contradiction) -> list[str]:
    return [" ".join(map(str, side.triple)) for side in contradiction.sides]


def _prove(
    clash: Clash,
    closure: Closure,
    explainer: Explainer,
    passages: _Passages,
    wording: Wording,
) -> Contradiction:
    sides = []
    for fact in dict.fromkeys(clash.facts):
        proof = explainer.explain_fact(fact)
        cited = {
            claim.claim: passages.read_by_iri(URIRef(claim.claim))
            for leaf in _walk_leaves(proof)
            for claim in leaf.claims
        }
        sides.append(Side(proof.conclusion, proof.statement, tuple(cited.values()), proof))
    # The order in which the engine finds the two is no part of the answer.
    sides.sort(key=lambda side: " ".join(map(str, side.triple)))
    things = frozenset(t for side in sides for t in side.triple if isinstance(t, URIRef))
    return Contradiction(
        LOGICAL, reason_of(clash, closure, wording), tuple(sides), things, clash.rule
    )


def reason_of(clash: Clash, closure: Closure, wording: Wording) -> str:
    """Why a contradiction of the closure is one, in words."""
    premises = sorted(closure.read(fact) for fact in clash.facts)
    told = word_rule(closure.rule_of(clash), None, (), premises, wording).removeprefix("because ")
    if not clash.terms:
        return told
    names = []
    for number in clash.terms:
        written = closure.terms.decode(number)
        read = URIRef(written[1:-1]) if written.startswith("<") else Literal(written)
        names.append(wording.name(read))
    return f"{told} ({', '.join(names)})"


def _walk_leaves(proof: Proof) -> Iterator[Proof]:
    if not proof.premises:
        yield proof
    for premise in proof.premises:
        yield from _walk_leaves(premise)


def _count_steps(proof: Proof) -> int:
    return 1 + sum(map(_count_steps, proof.premises))


# ----------------------------------------------------------------------------------- passages


class _Passages:
    """The words of claims and where they stand, read once each."""

    def __init__(self, store: GraphStore, wording: Wording) -> None:
        self._store = store
        self._wording = wording
        self._claims = {claim.iri: claim for claim in read_claims(store)}

    def read_by_iri(self, claim: URIRef) -> Passage:
        return self.read(self._claims[claim])

    def read(self, claim: HeldClaim) -> Passage:
        evidence = self._find(claim.iri, KG.evidence)
        selectors = self._find_all(evidence, OA.hasSelector)
        source = self._find(claim.article, DCTERMS.source)
        return Passage(
            claim=claim.iri,
            quote=self._find_text(selectors, OA.exact),
            sentence=" ".join(
                self._find_text([self._find(evidence, KG.inSentence)], KG.text).split()
            ),
            article=str(self._find(claim.article, DCTERMS.title) or ""),
            source=str(source or ""),
            start=int(self._find_text(selectors, OA.start) or 0),
            end=int(self._find_text(selectors, OA.end) or 0),
            holder=claim.holder,
            holder_label="the article" if claim.is_voice else self._wording.name(claim.holder),
            polarity=claim.polarity.value,
            modality=claim.modality.value,
            dates=word_period(claim),
            period_start=claim.period.start if claim.period else None,
            period_end=claim.period.end if claim.period else None,
        )

    def _find_all(self, subject: URIRef | Literal | None, predicate: URIRef) -> list[Any]:
        if not isinstance(subject, URIRef):
            return []
        return sorted(quad[2] for quad in self._store.quads(subject=subject, predicate=predicate))

    def _find(self, subject: URIRef | Literal | None, predicate: URIRef) -> URIRef | Literal | None:
        return next(iter(self._find_all(subject, predicate)), None)

    def _find_text(self, subjects: Sequence[URIRef | Literal | None], predicate: URIRef) -> str:
        found = (self._find(subject, predicate) for subject in subjects)
        return next((str(each) for each in found if each is not None), "")


# --------------------------------------------------------------------------------------- forms


def format_contradictions(found: Sequence[Contradiction]) -> str:
    """Each contradiction with its sides, then their number."""
    lines = []
    for contradiction in found:
        by_rule = f" ({contradiction.rule})" if contradiction.rule else ""
        lines.append(f"{contradiction.kind}: {contradiction.reason}{by_rule}")
        for side in contradiction.sides:
            lines += [f"  {line}" for line in _format_side(side)]
        lines.append("")
    lines.append(f"{len(found)} contradiction{'s' if len(found) != 1 else ''}")
    return "\n".join(lines) + "\n"


def _format_side(side: Side) -> Iterator[str]:
    if side.proof is not None and side.proof.premises:
        yield from format_proof(side.proof).splitlines()
    else:
        yield side.statement
        if not side.passages and side.proof is not None:
            yield f"  {side.proof.rule_label}"
            yield from (f"    {source}" for source in side.proof.sources)
    for passage in side.passages:
        place = f"{passage.source}, characters {passage.start} to {passage.end}"
        yield f"  “{' '.join(passage.quote.split())}”"
        manner = f"{passage.polarity}, {passage.modality}, held by {passage.holder_label}"
        yield f"    {manner}; {passage.dates}"
        yield f"    “{passage.article}”, {place}" if passage.article else f"    {place}"
        yield f"    in: {passage.sentence}"


def contradiction_to_json(contradiction: Contradiction) -> dict[str, Any]:
    """A contradiction as JSON's dictionaries and lists, every field by its name."""
    return {
        "kind": contradiction.kind,
        "reason": contradiction.reason,
        "rule": contradiction.rule,
        "sides": [
            {
                "triple": [str(term) for term in side.triple],
                "statement": side.statement,
                "claims": [
                    {name: getattr(passage, name) for name in Passage.__slots__}
                    for passage in side.passages
                ],
                "proof": proof_to_json(side.proof) if side.proof is not None else None,
            }
            for side in contradiction.sides
        ],
    }
