"""What is asked of premises, and the worlds in which it is looked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.reasoning.encoding import FIRST, NIL, OWL, REST, TYPE, TermTriple
from kg.reasoning.result import Closure, close_triples
from kg.reasoning.rulebook import Rule
from kg.reasoning.values import read_value

_FRESH = "urn:concord:assumed:"
EXPRESSIONS = {
    f"<{OWL}{name}>"
    for name in (
        "onProperty", "someValuesFrom", "allValuesFrom", "hasValue", "hasSelf", "onClass",
        "onDataRange", "minCardinality", "maxCardinality", "cardinality",
        "minQualifiedCardinality", "maxQualifiedCardinality", "qualifiedCardinality",
        "intersectionOf", "unionOf", "complementOf", "oneOf", "datatypeComplementOf",
    )
}  # fmt: skip
# What says more of a restriction that something else makes.
RESTRICTING = {f"<{OWL}{name}>" for name in ("onProperty", "onClass", "onDataRange")}
COMBINING = {f"<{OWL}{name}>" for name in ("intersectionOf", "unionOf", "complementOf", "oneOf")}
COLLECTIVE = {
    f"<{OWL}AllDifferent>", f"<{OWL}AllDisjointClasses>", f"<{OWL}AllDisjointProperties>",
    f"<{OWL}NegativePropertyAssertion>",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """A closure under assumptions: what is shown in it is shown for all that fits them."""

    assumed: tuple[TermTriple, ...]
    closure: Closure


Shown = tuple[World, tuple[TermTriple, ...]]


class Case:
    """The premises with the class expressions of the conclusions, and closures of them."""

    def __init__(
        self,
        premises: list[TermTriple],
        conclusions: list[TermTriple],
        rules: Sequence[Rule],
        limit: int,
    ) -> None:
        self.rules, self.limit = rules, limit
        self.conclusions = [_rename_blank(triple) for triple in dict.fromkeys(conclusions)]
        self.by_subject: dict[str, dict[str, list[str]]] = {}
        for subject, relation, object_ in self.conclusions:
            parts = self.by_subject.setdefault(subject, {})
            parts.setdefault(relation, []).append(object_)
        self.lists = {
            node
            for node, parts in self.by_subject.items()
            if node.startswith("_:") and len(parts.get(FIRST, ())) == len(parts.get(REST, ())) == 1
        }
        self.expressions = self._find_expressions()
        self.collective = {
            node
            for node, parts in self.by_subject.items()
            if node.startswith("_:") and not COLLECTIVE.isdisjoint(parts.get(TYPE, ()))
        }
        # To name a class expression says nothing of what there is, so that it may be added.
        self.premises = premises + [
            triple
            for triple in self.conclusions
            if triple[0] in self.lists
            or (triple[0] in self.expressions and triple[1] in EXPRESSIONS)
        ]
        self.closure = self.close(())
        self._count = 0
        self.base = World((), self.closure)

    def _find_expressions(self) -> set[str]:
        """The blank nodes that name a class by one expression, and not by way of themselves.

        Two expressions under one name would say that they are the same, and so something new.
        """
        found: set[str] = set()
        for node, parts in self.by_subject.items():
            names = EXPRESSIONS & parts.keys()
            single = all(len(parts[name]) == 1 for name in names)
            fillers = names - RESTRICTING
            if node.startswith("_:") and single and len(fillers) == 1:
                needed = {f"<{OWL}onProperty>"} if fillers.isdisjoint(COMBINING) else set()
                if needed <= names and (not needed or fillers.isdisjoint(COMBINING)):
                    found.add(node)
        return {node for node in found if not self._leads_back(node)}

    def _leads_back(self, start: str) -> bool:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            parts = self.by_subject.get(waiting.pop(), {})
            for name in (EXPRESSIONS | {FIRST, REST}) & parts.keys():
                for end in parts[name]:
                    if end == start:
                        return True
                    if end.startswith("_:") and end not in seen:
                        seen.add(end)
                        waiting.append(end)
        return False

    def close(self, assumed: Sequence[TermTriple]) -> Closure:
        """The closure of the premises and of assumptions."""
        return close_triples([*self.premises, *assumed], self.rules, limit=self.limit)

    def make_fresh(self) -> str:
        """A thing that nothing is known of."""
        self._count += 1
        return f"<{_FRESH}{self._count}>"

    def read_list(self, head: str) -> list[str]:
        """The members of a list of the conclusions; what is malformed ends it."""
        members: list[str] = []
        seen: set[str] = set()
        while head != NIL and head not in seen and FIRST in self.by_subject.get(head, {}):
            seen.add(head)
            members += self.by_subject[head][FIRST][:1]
            head = self.by_subject[head].get(REST, [NIL])[0]
        return members

    def part(self, node: str, name: str) -> str | None:
        """What an expression of the conclusions has under a name of OWL."""
        return self.by_subject.get(node, {}).get(f"<{OWL}{name}>", [None])[0]

    def define(self, relation: str, value: str) -> str:
        """A new class expression of one part; it says nothing of what there is."""
        self._count += 1
        node = f"_:defined-{self._count}"
        self.by_subject[node] = {relation: [value]}
        self.expressions.add(node)
        self.premises.append((node, relation, value))
        self.premises += [each for each in self.conclusions if each[0] in self.lists]
        return node

    def find(self, world: World, triple: TermTriple) -> list[Shown] | None:
        """A triple that a world's closure has, or any where the world is impossible."""
        if world.closure.clashes:
            return [(world, ())]
        if triple in world.closure:
            return [(world, (triple,))]
        if triple[2].startswith('"'):
            # The same value may be written otherwise.
            value = read_value(triple[2])
            for _, text in world.closure.terms.since(0) if value is not None else ():
                if text.startswith('"') and read_value(text) == value:
                    other = (triple[0], triple[1], text)
                    if other in world.closure:
                        return [(world, (other,))]
        return None

    def assume(self, world: World, *triples: TermTriple) -> World:
        """The world under more assumptions."""
        assumed = (*world.assumed, *triples)
        return World(assumed, self.close(assumed))

    def refute(self, *triples: TermTriple) -> list[Shown] | None:
        """That triples cannot be: the world in which they are contradicts itself."""
        world = self.assume(self.base, *triples)
        return [(world, ())] if world.closure.clashes else None

    @staticmethod
    def show_all(shown: Iterable[list[Shown] | None]) -> list[Shown] | None:
        """All of several things, or None where one of them is not shown."""
        together: list[Shown] = []
        for each in shown:
            if each is None:
                return None
            together += each
        return together


def _rename_blank(triple: TermTriple) -> TermTriple:
    """A blank node of the conclusions is none of the premises', whatever it is called."""
    subject, relation, object_ = (
        f"_:wanted-{term[2:]}" if term.startswith("_:") else term for term in triple
    )
    return subject, relation, object_
