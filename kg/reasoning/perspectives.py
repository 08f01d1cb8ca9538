"""The world as one holder has it: what is fact, what she claims, and what follows from both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

from rdflib import URIRef

from kg.rdf import Triple
from kg.reasoning.clauses import Clause
from kg.reasoning.closure import close_premises, find_conclusions, load_own_rules
from kg.reasoning.premises import find_claimed, find_facts_graphs, gather_premises
from kg.store import GraphStore


class Basis(Enum):
    """Why a triple holds in a perspective."""

    FACT = "fact"
    CLAIMED = "claimed"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class Perspective:
    """The triples that hold for some holders, each with its basis, in the order of triples.

    `beyond` are those of them that do not hold as fact or follow from facts alone.
    """

    holders: tuple[URIRef, ...]
    triples: tuple[tuple[Triple, Basis], ...]
    beyond: frozenset[Triple]


def take_perspective(
    store: GraphStore, holders: Collection[URIRef], *, rules: Sequence[Clause] | None = None
) -> Perspective:
    """What holds for the holders: facts, what they affirm and assert, and what follows.

    Without holders it is the factual closure. Nothing is written to the graph.
    """
    own_rules = load_own_rules() if rules is None else tuple(rules)
    facts = {triple for graph in find_facts_graphs(store) for triple in store.triples(graph)}
    claimed = set(find_claimed(store, holders)) - facts
    inferred = _infer(store, own_rules, holders)
    factual = facts | (_infer(store, own_rules, ()) if holders else inferred)
    basis = {
        **dict.fromkeys(inferred, Basis.INFERRED),
        **dict.fromkeys(claimed, Basis.CLAIMED),
        **dict.fromkeys(facts, Basis.FACT),
    }
    return Perspective(
        tuple(sorted(holders)),
        tuple((triple, basis[triple]) for triple in sorted(basis)),
        frozenset(basis.keys() - factual),
    )


def _infer(store: GraphStore, rules: Sequence[Clause], holders: Collection[URIRef]) -> set[Triple]:
    premises = gather_premises(store, rules, accepted=holders)
    return set(find_conclusions(close_premises(premises, rules), premises))
