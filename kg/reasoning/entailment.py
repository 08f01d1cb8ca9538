"""Whether conclusions follow from premises, and from which facts.

What is said of things is looked up in the closure. What is said of classes and relations is shown
as one shows it by hand: assume something new that would be a counterexample, close again, and see
whether it has the property after all or is impossible. Only what such assumption and refutation
reach is called entailed; "no" therefore means "not shown" for conclusions beyond OWL 2 RL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.reasoning.assumptions import COLLECTIVE, EXPRESSIONS, Case, Shown
from kg.reasoning.encoding import (
    DIFFERENT,
    FIRST,
    OWL,
    RDF,
    RDFS,
    REST,
    SAME,
    TYPE,
    TermTriple,
)
from kg.reasoning.membership import THING, show_member
from kg.reasoning.memory import MOST_FACTS, Clash
from kg.reasoning.patterns import match_patterns
from kg.reasoning.result import Closure
from kg.reasoning.rulebook import Rule
from kg.reasoning.values import is_datatype_within, is_known_datatype

_DECLARED = {
    f"<{OWL}Class>", f"<{RDFS}Class>", f"<{OWL}Restriction>", f"<{RDFS}Datatype>",
    f"<{OWL}ObjectProperty>", f"<{OWL}DatatypeProperty>", f"<{OWL}AnnotationProperty>",
    f"<{RDF}Property>", f"<{OWL}NamedIndividual>", f"<{RDF}List>", THING,
}  # fmt: skip
_BUILT_IN_ANNOTATIONS = {
    f"<{RDFS}{name}>" for name in ("label", "comment", "seeAlso", "isDefinedBy")
}
_PARTS = ("intersectionOf", "unionOf", "complementOf", "oneOf")
_COLLECTIVE_PARTS = {
    f"<{OWL}{name}>"
    for name in (
        "members", "distinctMembers", "sourceIndividual", "assertionProperty",
        "targetIndividual", "targetValue",
    )
}  # fmt: skip


_BETWEEN_CLASSES = tuple(
    [f"<{RDFS}subClassOf>"]
    + [f"<{OWL}{name}>" for name in ("equivalentClass", "disjointWith", "complementOf")]
)
_BETWEEN_RELATIONS = tuple(
    [f"<{RDFS}subPropertyOf>"]
    + [f"<{OWL}{name}>" for name in ("equivalentProperty", "inverseOf", "propertyDisjointWith")]
)
_OBJECT_RELATIONS = tuple(
    f"<{OWL}{name}Property>"
    for name in (
        "Symmetric", "Asymmetric", "Transitive", "Reflexive", "Irreflexive", "InverseFunctional",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """Why one conclusion holds: facts of a closure, or a contradiction in it.

    `assumed` are the triples taken for granted beyond the premises, about things that are new;
    each fact can be explained in `closure`. With neither facts nor a clash it holds by itself.
    """

    conclusion: TermTriple
    assumed: tuple[TermTriple, ...]
    facts: tuple[TermTriple, ...]
    clash: Clash | None
    closure: Closure


@dataclass(frozen=True, slots=True)
class Entailment:
    """The answer: the grounds of every conclusion shown, and the conclusions not shown."""

    grounds: tuple[Ground, ...]
    missing: tuple[TermTriple, ...]

    @property
    def holds(self) -> bool:
        """Whether every conclusion follows."""
        return not self.missing


def entails(
    premises: Iterable[TermTriple],
    conclusions: Iterable[TermTriple],
    rules: Sequence[Rule],
    *,
    annotations: bool = True,
    limit: int = MOST_FACTS,
) -> Entailment:
    """Whether conclusions follow from premises (terms in the syntax of N-Triples) by rules.

    Blank nodes of the conclusions stand for something that there must be. Without `annotations`
    annotations in the conclusions say nothing, as in the direct semantics of OWL 2. Raises
    ReasoningLimitError where more than `limit` facts would follow from the premises.
    """
    case = Case(list(premises), list(conclusions), rules, limit)
    if case.closure.clashes:
        clash = case.closure.clashes[0]
        grounds = [Ground(each, (), (), clash, case.closure) for each in case.conclusions]
        return Entailment(tuple(grounds), ())
    return _Prover(case, annotations=annotations).answer()


class _Prover:
    def __init__(self, case: Case, *, annotations: bool) -> None:
        self._case = case
        self._annotations = annotations

    def answer(self) -> Entailment:
        """Show one conclusion after the other."""
        grounds: list[Ground] = []
        missing: list[TermTriple] = []
        patterns: list[TermTriple] = []
        for triple in self._case.conclusions:
            if self._is_structure(triple):
                continue
            if self._is_open(triple):
                patterns.append(triple)
                continue
            shown = self._show(triple)
            if shown is None:
                missing.append(triple)
            else:
                grounds += self._make_grounds(triple, shown)
        found = match_patterns(self._case.closure, patterns)
        if found is None:
            missing += patterns
        else:
            pairs = zip(patterns, found, strict=True)
            grounds += [Ground(one, (), (fact,), None, self._case.closure) for one, fact in pairs]
        return Entailment(tuple(grounds), tuple(missing))

    def _make_grounds(self, triple: TermTriple, shown: list[Shown]) -> Iterator[Ground]:
        for world, facts in shown:
            clash = world.closure.clashes[0] if world.closure.clashes and not facts else None
            yield Ground(triple, world.assumed, facts, clash, world.closure)

    def _is_structure(self, triple: TermTriple) -> bool:
        """Whether a triple is a piece of an expression, a declaration, or says nothing."""
        subject, relation, object_ = triple
        if relation == TYPE and object_ == f"<{OWL}Ontology>":
            return True
        if subject in self._case.lists and relation in (FIRST, REST):
            return True
        if subject in self._case.expressions:
            return relation in EXPRESSIONS or (relation == TYPE and object_ in _DECLARED)
        if subject in self._case.collective:
            return relation in _COLLECTIVE_PARTS
        if relation == TYPE and object_ == f"<{RDF}List>" and subject in self._case.lists:
            return True
        if relation == TYPE and object_ == f"<{OWL}NamedIndividual>" and subject.startswith("<"):
            return True
        return not self._annotations and self._is_annotation(relation)

    def _is_annotation(self, relation: str) -> bool:
        kind = f"<{OWL}AnnotationProperty>"
        declared = (relation, TYPE, kind) in self._case.closure
        return relation in _BUILT_IN_ANNOTATIONS or declared

    def _is_open(self, triple: TermTriple) -> bool:
        """Whether a blank node of a triple stands for something that there must be."""
        subject, _, object_ = triple
        if subject in self._case.collective:
            return False
        closed = self._case.expressions | self._case.lists
        return any(end.startswith("_:") and end not in closed for end in (subject, object_))

    # Conclusions by their relation

    def _show(self, triple: TermTriple) -> list[Shown] | None:
        known = self._case.find(self._case.base, triple)
        if known is not None:
            return known
        subject, relation, object_ = triple
        if relation == TYPE:
            return self._show_type(subject, object_)
        name = relation.removeprefix(f"<{OWL}").removeprefix(f"<{RDFS}").removesuffix(">")
        method = {
            "subClassOf": self._show_subclass,
            "equivalentClass": self._show_equivalent,
            "disjointWith": self._show_disjoint,
            "subPropertyOf": self._show_subproperty,
            "equivalentProperty": self._show_equivalent_property,
            "inverseOf": self._show_inverse,
            "propertyDisjointWith": self._show_disjoint_property,
            "domain": self._show_domain,
            "range": self._show_range,
            "propertyChainAxiom": self._show_chain,
            "hasKey": self._show_key,
            "differentFrom": self._show_different,
        }.get(name)
        if method is not None:
            return method(subject, object_)
        if name in _PARTS:
            return self._show_definition(subject, relation, object_)
        if subject == object_:
            return self._show_reflexive(subject, relation)
        return None

    # Axioms about classes

    def _show_type(self, subject: str, kind: str) -> list[Shown] | None:
        if kind in COLLECTIVE and subject in self._case.collective:
            return self._show_collective(subject, kind)
        name = kind.removeprefix(f"<{OWL}").removesuffix(">")
        method = {
            "FunctionalProperty": self._show_functional,
            "InverseFunctionalProperty": self._show_inverse_functional,
            "SymmetricProperty": self._show_symmetric,
            "AsymmetricProperty": self._show_asymmetric,
            "TransitiveProperty": self._show_transitive,
            "ReflexiveProperty": self._show_reflexive_property,
            "IrreflexiveProperty": self._show_irreflexive,
        }.get(name)
        if method is not None:
            return method(subject)
        if self._is_used_as(subject, kind):
            return [(self._case.base, ())]
        return show_member(self._case, self._case.base, subject, kind)

    def _is_used_as(self, term: str, kind: str) -> bool:
        """Whether the premises use a term so that it must be of a kind of the vocabulary."""
        closure = self._case.closure
        if kind == THING:
            return closure.terms.find(term) is not None
        if kind in (f"<{OWL}Class>", f"<{RDFS}Class>"):
            return bool(closure.members_of(term)) or self._has_place(term, _BETWEEN_CLASSES)
        if kind == f"<{RDF}Property>":
            pairs = closure.find_ends(None, term, None)
            return next(pairs, None) is not None or self._has_place(term, _BETWEEN_RELATIONS)
        if kind == f"<{OWL}ObjectProperty>":
            return any((term, TYPE, each) in closure for each in _OBJECT_RELATIONS)
        return False

    def _has_place(self, term: str, relations: Iterable[str]) -> bool:
        return any(
            next(self._case.closure.find_ends(*ends), None) is not None
            for relation in relations
            for ends in ((term, relation, None), (None, relation, term))
        )

    def _show_subclass(self, one: str, other: str) -> list[Shown] | None:
        if is_known_datatype(one) and is_known_datatype(other):
            return [(self._case.base, ())] if is_datatype_within([one], other) else None
        member = self._case.make_fresh()
        return show_member(
            self._case, self._case.assume(self._case.base, (member, TYPE, one)), member, other
        )

    def _show_equivalent(self, one: str, other: str) -> list[Shown] | None:
        ways = ((one, other), (other, one))
        return self._case.show_all(self._show_subclass(*way) for way in ways)

    def _show_disjoint(self, one: str, other: str) -> list[Shown] | None:
        member = self._case.make_fresh()
        return self._case.refute((member, TYPE, one), (member, TYPE, other))

    def _show_definition(self, kind: str, relation: str, value: str) -> list[Shown] | None:
        """That a named class is the intersection, union … of others."""
        return self._show_equivalent(kind, self._case.define(relation, value))

    # Axioms about relations

    def _make_pair(self) -> tuple[str, str]:
        return self._case.make_fresh(), self._case.make_fresh()

    def _follow(self, assumed: Sequence[TermTriple], wanted: TermTriple) -> list[Shown] | None:
        return self._case.find(self._case.assume(self._case.base, *assumed), wanted)

    def _show_subproperty(self, one: str, other: str) -> list[Shown] | None:
        x, y = self._make_pair()
        return self._follow([(x, one, y)], (x, other, y))

    def _show_equivalent_property(self, one: str, other: str) -> list[Shown] | None:
        ways = ((one, other), (other, one))
        return self._case.show_all(self._show_subproperty(*way) for way in ways)

    def _show_inverse(self, one: str, other: str) -> list[Shown] | None:
        x, y = self._make_pair()
        ways = ((one, other), (other, one))
        return self._case.show_all(self._follow([(x, p, y)], (y, q, x)) for p, q in ways)

    def _show_disjoint_property(self, one: str, other: str) -> list[Shown] | None:
        x, y = self._make_pair()
        return self._case.refute((x, one, y), (x, other, y))

    def _show_domain(self, relation: str, kind: str) -> list[Shown] | None:
        x, y = self._make_pair()
        return show_member(
            self._case, self._case.assume(self._case.base, (x, relation, y)), x, kind
        )

    def _show_range(self, relation: str, kind: str) -> list[Shown] | None:
        x, y = self._make_pair()
        world = self._case.assume(self._case.base, (x, relation, y))
        if not is_known_datatype(kind):
            return show_member(self._case, world, y, kind)
        ranges = world.closure.classes_of(y)
        known = [each for each in ranges if is_known_datatype(each)]
        if known and is_datatype_within(known, kind):
            return [(world, tuple((y, TYPE, each) for each in known))]
        return None

    def _show_chain(self, relation: str, chain: str) -> list[Shown] | None:
        links = self._case.read_list(chain)
        points = [self._case.make_fresh() for _ in range(len(links) + 1)]
        assumed = [(points[i], link, points[i + 1]) for i, link in enumerate(links)]
        return self._follow(assumed, (points[0], relation, points[-1])) if links else None

    def _show_key(self, kind: str, key: str) -> list[Shown] | None:
        x, y = self._make_pair()
        assumed = [(x, TYPE, kind), (y, TYPE, kind)]
        for relation in self._case.read_list(key):
            value = self._case.make_fresh()
            assumed += [(x, relation, value), (y, relation, value)]
        return self._follow(assumed, (x, SAME, y))

    def _show_functional(self, relation: str) -> list[Shown] | None:
        x, y = self._make_pair()
        z = self._case.make_fresh()
        return self._follow([(x, relation, y), (x, relation, z)], (y, SAME, z))

    def _show_inverse_functional(self, relation: str) -> list[Shown] | None:
        x, y = self._make_pair()
        z = self._case.make_fresh()
        return self._follow([(x, relation, z), (y, relation, z)], (x, SAME, y))

    def _show_symmetric(self, relation: str) -> list[Shown] | None:
        x, y = self._make_pair()
        return self._follow([(x, relation, y)], (y, relation, x))

    def _show_asymmetric(self, relation: str) -> list[Shown] | None:
        x, y = self._make_pair()
        return self._case.refute((x, relation, y), (y, relation, x))

    def _show_transitive(self, relation: str) -> list[Shown] | None:
        x, y = self._make_pair()
        z = self._case.make_fresh()
        return self._follow([(x, relation, y), (y, relation, z)], (x, relation, z))

    def _show_reflexive_property(self, relation: str) -> list[Shown] | None:
        x = self._case.make_fresh()
        found = self._follow([(x, TYPE, THING)], (x, relation, x))
        return found if found is not None else self._show_reflexive(x, relation)

    def _show_irreflexive(self, relation: str) -> list[Shown] | None:
        x = self._case.make_fresh()
        return self._case.refute((x, relation, x))

    def _show_reflexive(self, one: str, relation: str) -> list[Shown] | None:
        """That something has a relation to itself: a reflexive one, or one that it implies."""
        kind = f"<{OWL}ReflexiveProperty>"
        reflexive = self._case.closure.members_of(kind)
        if not reflexive:
            return None
        facts = tuple((each, TYPE, kind) for each in reflexive)
        world = self._case.assume(self._case.base, *((one, each, one) for each in reflexive))
        if (one, relation, one) not in world.closure:
            return None
        return [(self._case.base, facts), (world, ((one, relation, one),))]

    # Things that differ, and what is said not to be

    def _show_different(self, one: str, other: str) -> list[Shown] | None:
        turned = self._case.find(self._case.base, (other, DIFFERENT, one))
        return turned if turned is not None else self._case.refute((one, SAME, other))

    def _show_collective(self, node: str, kind: str) -> list[Shown] | None:
        if kind == f"<{OWL}NegativePropertyAssertion>":
            ends = [
                self._case.part(node, name) for name in ("sourceIndividual", "assertionProperty")
            ]
            value = self._case.part(node, "targetIndividual") or self._case.part(
                node, "targetValue"
            )
            subject, relation = ends
            if subject is None or relation is None or value is None:
                return None
            return self._case.refute((subject, relation, value))
        head = self._case.part(node, "members") or self._case.part(node, "distinctMembers")
        members = self._case.read_list(head) if head is not None else []
        relation = {
            f"<{OWL}AllDifferent>": DIFFERENT,
            f"<{OWL}AllDisjointClasses>": f"<{OWL}disjointWith>",
            f"<{OWL}AllDisjointProperties>": f"<{OWL}propertyDisjointWith>",
        }[kind]
        pairs = [(a, relation, b) for i, a in enumerate(members) for b in members[i + 1 :]]
        return self._case.show_all(self._show(pair) for pair in pairs)
