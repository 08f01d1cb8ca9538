"""All the ways in which one fact follows from a closure, not only the first that was found."""

from __future__ import annotations

from collections.abc import Iterator

from kg.reasoning.result import Closure, Derivation, Fact


def find_derivations(closure: Closure, fact: Fact) -> Iterator[Derivation]:
    """Every use of a rule in the finished closure that concludes a fact, in the rules' order.

    The premises may rest on the fact itself: whoever wants proofs leaves such circles out.
    """
    for plan, matches in closure.match_head(fact):
        columns = [matches.facts[place].tolist() for place in range(len(plan.body))]
        for row in zip(*columns, strict=True):
            if fact not in row:
                yield Derivation(closure.rules[plan.rule], plan.axioms, tuple(row))
        if not plan.body:
            yield Derivation(closure.rules[plan.rule], plan.axioms, ())
