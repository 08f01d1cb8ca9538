"""Whether conclusions follow from premises, and from which facts.

What is said of things is looked up in the closure. What is said of classes and relations is shown
as one shows it by hand: assume something new that would be a counterexample, close again, and see
whether it has the property after all or is impossible. Only what such assumption and refutation
reach is called entailed; "no" therefore means "not shown" for conclusions beyond OWL 2 RL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.reasoning.encoding import (
    DIFFERENT,
    FIRST,
    NIL,
    OWL,
    RDF,
    RDFS,
    REST,
    SAME,
    TYPE,
    TermTriple,
)
from kg.reasoning.memory import MOST_FACTS, Clash
from kg.reasoning.patterns import match_patterns
from kg.reasoning.result import Closure, close_triples
from kg.reasoning.rulebook import Rule
from kg.reasoning.values import is_datatype_within, is_known_datatype, read_value

_FRESH = "urn:concord:assumed:"
_THING = f"<{OWL}Thing>"
_DECLARED = {
    f"<{OWL}Class>", f"<{RDFS}Class>", f"<{OWL}Restriction>", f"<{RDFS}Datatype>",
    f"<{OWL}ObjectProperty>", f"<{OWL}DatatypeProperty>", f"<{OWL}AnnotationProperty>",
    f"<{RDF}Property>", f"<{OWL}NamedIndividual>", f"<{RDF}List>", _THING,
}  # fmt: skip
_BUILT_IN_ANNOTATIONS = {
    f"<{RDFS}{name}>" for name in ("label", "comment", "seeAlso", "isDefinedBy")
}
_EXPRESSIONS = {
    f"<{OWL}{name}>"
    for name in (
        "onProperty", "someValuesFrom", "allValuesFrom", "hasValue", "hasSelf", "onClass",
        "onDataRange", "minCardinality", "maxCardinality", "cardinality",
        "minQualifiedCardinality", "maxQualifiedCardinality", "qualifiedCardinality",
        "intersectionOf", "unionOf", "complementOf", "oneOf", "datatypeComplementOf",
    )
}  # fmt: skip
_PARTS = ("intersectionOf", "unionOf", "complementOf", "oneOf")
_COLLECTIVE = {
    f"<{OWL}AllDifferent>", f"<{OWL}AllDisjointClasses>", f"<{OWL}AllDisjointProperties>",
    f"<{OWL}NegativePropertyAssertion>",
}  # fmt: skip
_COLLECTIVE_PARTS = {
    f"<{OWL}{name}>"
    for name in (
        "members", "distinctMembers", "sourceIndividual", "assertionProperty",
        "targetIndividual", "targetValue",
    )
}  # fmt: skip


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
    case = _Case(list(premises), list(conclusions), rules, limit)
    if case.closure.clashes:
        clash = case.closure.clashes[0]
        grounds = [Ground(each, (), (), clash, case.closure) for each in case.conclusions]
        return Entailment(tuple(grounds), ())
    return _Prover(case, annotations=annotations).answer()


class _Case:
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
        self.expressions = {
            node
            for node, parts in self.by_subject.items()
            if node.startswith("_:") and not _EXPRESSIONS.isdisjoint(parts)
        }
        self.lists = {node for node, parts in self.by_subject.items() if FIRST in parts}
        self.collective = {
            node
            for node, parts in self.by_subject.items()
            if node.startswith("_:") and not _COLLECTIVE.isdisjoint(parts.get(TYPE, ()))
        }
        # To name a class expression says nothing of what there is, so that it may be added.
        self.premises = premises + [
            triple
            for triple in self.conclusions
            if triple[0] in self.expressions or (triple[0] in self.lists and triple[0][0] == "_")
        ]
        self.closure = self.close(())
        self._count = 0

    def close(self, assumed: Sequence[TermTriple]) -> Closure:
        """The closure of the premises and of assumptions; what is reflexive holds of the new."""
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


@dataclass(frozen=True, slots=True)
class _World:
    """A closure under assumptions: what is shown in it is shown for all that fits them."""

    assumed: tuple[TermTriple, ...]
    closure: Closure


_Shown = tuple[_World, tuple[TermTriple, ...]]


class _Prover:
    def __init__(self, case: _Case, *, annotations: bool) -> None:
        self._case = case
        self._base = _World((), case.closure)
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

    def _make_grounds(self, triple: TermTriple, shown: list[_Shown]) -> Iterator[Ground]:
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
            return relation in _EXPRESSIONS or (relation == TYPE and object_ in _DECLARED)
        if subject in self._case.collective:
            return relation in _COLLECTIVE_PARTS
        if relation == TYPE and object_ in (f"<{RDF}List>", f"<{OWL}NamedIndividual>"):
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

    def _show(self, triple: TermTriple) -> list[_Shown] | None:
        known = self._find(self._base, triple)
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

    def _find(self, world: _World, triple: TermTriple) -> list[_Shown] | None:
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

    def _assume(self, world: _World, *triples: TermTriple) -> _World:
        assumed = (*world.assumed, *triples)
        return _World(assumed, self._case.close(assumed))

    def _refute(self, *triples: TermTriple) -> list[_Shown] | None:
        world = self._assume(self._base, *triples)
        return [(world, ())] if world.closure.clashes else None

    def _show_all(self, shown: Iterable[list[_Shown] | None]) -> list[_Shown] | None:
        together: list[_Shown] = []
        for each in shown:
            if each is None:
                return None
            together += each
        return together

    # Members of classes

    def _show_member(self, world: _World, one: str, kind: str) -> list[_Shown] | None:
        """That something is of a class, which may be an expression of the conclusions."""
        if kind == _THING:
            return [(world, ())]
        known = self._find(world, (one, TYPE, kind))
        if known is not None or kind not in self._case.expressions:
            return known
        other = self._case.part(kind, "complementOf")
        if other is not None:
            assumed = self._assume(world, (one, TYPE, other))
            return [(assumed, ())] if assumed.closure.clashes else None
        both = self._case.part(kind, "intersectionOf")
        if both is not None:
            members = self._case.read_list(both)
            return self._show_all(self._show_member(world, one, each) for each in members)
        either = self._case.part(kind, "unionOf")
        if either is not None:
            shown = (self._show_member(world, one, each) for each in self._case.read_list(either))
            return next((each for each in shown if each is not None), None)
        relation = self._case.part(kind, "onProperty")
        return None if relation is None else self._show_restricted(world, one, kind, relation)

    def _show_restricted(
        self, world: _World, one: str, kind: str, relation: str
    ) -> list[_Shown] | None:
        every = self._case.part(kind, "allValuesFrom")
        if every is not None:
            value = self._case.make_fresh()
            assumed = self._assume(world, (one, relation, value))
            return self._show_member(assumed, value, every)
        if self._case.part(kind, "hasSelf") is not None:
            return self._find(world, (one, relation, one))
        kinds = [self._case.part(kind, name) for name in ("onClass", "onDataRange")]
        of = next((each for each in kinds if each is not None), _THING)
        shown: list[list[_Shown] | None] = []
        for least in ("minCardinality", "minQualifiedCardinality"):
            shown += self._show_least(world, one, relation, of, self._case.part(kind, least))
        for most in ("maxCardinality", "maxQualifiedCardinality"):
            shown += self._show_most(world, one, relation, of, self._case.part(kind, most))
        for exact in ("cardinality", "qualifiedCardinality"):
            number = self._case.part(kind, exact)
            shown += self._show_least(world, one, relation, of, number)
            shown += self._show_most(world, one, relation, of, number)
        return self._show_all(shown) if shown else None

    def _show_least(
        self, world: _World, one: str, relation: str, of: str, number: str | None
    ) -> Iterator[list[_Shown] | None]:
        count = _read_count(number)
        if count is None:
            return
        if count == 0:
            yield [(world, ())]
        elif count == 1:
            wanted = [(one, relation, "_:value")]
            wanted += [] if of == _THING else [("_:value", TYPE, of)]
            found = match_patterns(world.closure, wanted)
            yield None if found is None else [(world, tuple(found))]
        else:
            # To count further would need things known to differ; no rule of OWL 2 RL counts.
            yield None

    def _show_most(
        self, world: _World, one: str, relation: str, of: str, number: str | None
    ) -> Iterator[list[_Shown] | None]:
        count = _read_count(number)
        if count is None:
            return
        values = [self._case.make_fresh() for _ in range(count + 1)]
        triples = [(one, relation, value) for value in values]
        triples += [] if of == _THING else [(value, TYPE, of) for value in values]
        assumed = self._assume(world, *triples)
        if assumed.closure.clashes:
            yield [(assumed, ())]
            return
        pairs = [(a, SAME, b) for i, a in enumerate(values) for b in values[i + 1 :]]
        found = (self._find(assumed, pair) for pair in pairs)
        yield next((each for each in found if each is not None), None)

    # Axioms about classes

    def _show_type(self, subject: str, kind: str) -> list[_Shown] | None:
        if kind in _COLLECTIVE and subject in self._case.collective:
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
        if kind in _DECLARED and self._is_used(subject):
            return [(self._base, ())]
        return self._show_member(self._base, subject, kind)

    def _is_used(self, term: str) -> bool:
        """Whether the premises know a term: to declare what it is adds nothing to what is said."""
        return self._case.closure.terms.find(term) is not None

    def _show_subclass(self, one: str, other: str) -> list[_Shown] | None:
        if is_known_datatype(one) and is_known_datatype(other):
            return [(self._base, ())] if is_datatype_within([one], other) else None
        member = self._case.make_fresh()
        return self._show_member(self._assume(self._base, (member, TYPE, one)), member, other)

    def _show_equivalent(self, one: str, other: str) -> list[_Shown] | None:
        ways = ((one, other), (other, one))
        return self._show_all(self._show_subclass(*way) for way in ways)

    def _show_disjoint(self, one: str, other: str) -> list[_Shown] | None:
        member = self._case.make_fresh()
        return self._refute((member, TYPE, one), (member, TYPE, other))

    def _show_definition(self, kind: str, relation: str, value: str) -> list[_Shown] | None:
        """That a named class is the intersection, union … of others."""
        node = "_:definition" + relation[1:-1].rpartition("#")[2]
        parts = self._case.by_subject.setdefault(node, {})
        parts[relation] = [value]
        self._case.expressions.add(node)
        extra = [(node, relation, value)]
        extra += [t for t in self._case.conclusions if t[0] in self._case.lists]
        added = [triple for triple in extra if triple not in self._case.premises]
        self._case.premises += added
        shown = self._show_equivalent(kind, node)
        del self._case.premises[len(self._case.premises) - len(added) :]
        self._case.expressions.discard(node)
        return shown

    # Axioms about relations

    def _make_pair(self) -> tuple[str, str]:
        return self._case.make_fresh(), self._case.make_fresh()

    def _follow(self, assumed: Sequence[TermTriple], wanted: TermTriple) -> list[_Shown] | None:
        return self._find(self._assume(self._base, *assumed), wanted)

    def _show_subproperty(self, one: str, other: str) -> list[_Shown] | None:
        x, y = self._make_pair()
        return self._follow([(x, one, y)], (x, other, y))

    def _show_equivalent_property(self, one: str, other: str) -> list[_Shown] | None:
        ways = ((one, other), (other, one))
        return self._show_all(self._show_subproperty(*way) for way in ways)

    def _show_inverse(self, one: str, other: str) -> list[_Shown] | None:
        x, y = self._make_pair()
        ways = ((one, other), (other, one))
        return self._show_all(self._follow([(x, p, y)], (y, q, x)) for p, q in ways)

    def _show_disjoint_property(self, one: str, other: str) -> list[_Shown] | None:
        x, y = self._make_pair()
        return self._refute((x, one, y), (x, other, y))

    def _show_domain(self, relation: str, kind: str) -> list[_Shown] | None:
        x, y = self._make_pair()
        return self._show_member(self._assume(self._base, (x, relation, y)), x, kind)

    def _show_range(self, relation: str, kind: str) -> list[_Shown] | None:
        x, y = self._make_pair()
        world = self._assume(self._base, (x, relation, y))
        if not is_known_datatype(kind):
            return self._show_member(world, y, kind)
        ranges = world.closure.classes_of(y)
        known = [each for each in ranges if is_known_datatype(each)]
        if known and is_datatype_within(known, kind):
            return [(world, tuple((y, TYPE, each) for each in known))]
        return None

    def _show_chain(self, relation: str, chain: str) -> list[_Shown] | None:
        links = self._case.read_list(chain)
        points = [self._case.make_fresh() for _ in range(len(links) + 1)]
        assumed = [(points[i], link, points[i + 1]) for i, link in enumerate(links)]
        return self._follow(assumed, (points[0], relation, points[-1])) if links else None

    def _show_key(self, kind: str, key: str) -> list[_Shown] | None:
        x, y = self._make_pair()
        assumed = [(x, TYPE, kind), (y, TYPE, kind)]
        for relation in self._case.read_list(key):
            value = self._case.make_fresh()
            assumed += [(x, relation, value), (y, relation, value)]
        return self._follow(assumed, (x, SAME, y))

    def _show_functional(self, relation: str) -> list[_Shown] | None:
        x, y = self._make_pair()
        z = self._case.make_fresh()
        return self._follow([(x, relation, y), (x, relation, z)], (y, SAME, z))

    def _show_inverse_functional(self, relation: str) -> list[_Shown] | None:
        x, y = self._make_pair()
        z = self._case.make_fresh()
        return self._follow([(x, relation, z), (y, relation, z)], (x, SAME, y))

    def _show_symmetric(self, relation: str) -> list[_Shown] | None:
        x, y = self._make_pair()
        return self._follow([(x, relation, y)], (y, relation, x))

    def _show_asymmetric(self, relation: str) -> list[_Shown] | None:
        x, y = self._make_pair()
        return self._refute((x, relation, y), (y, relation, x))

    def _show_transitive(self, relation: str) -> list[_Shown] | None:
        x, y = self._make_pair()
        z = self._case.make_fresh()
        return self._follow([(x, relation, y), (y, relation, z)], (x, relation, z))

    def _show_reflexive_property(self, relation: str) -> list[_Shown] | None:
        x = self._case.make_fresh()
        found = self._follow([(x, TYPE, _THING)], (x, relation, x))
        return found if found is not None else self._show_reflexive(x, relation)

    def _show_irreflexive(self, relation: str) -> list[_Shown] | None:
        x = self._case.make_fresh()
        return self._refute((x, relation, x))

    def _show_reflexive(self, one: str, relation: str) -> list[_Shown] | None:
        """That something has a relation to itself: a reflexive one, or one that it implies."""
        kind = f"<{OWL}ReflexiveProperty>"
        reflexive = self._case.closure.members_of(kind)
        if not reflexive:
            return None
        facts = tuple((each, TYPE, kind) for each in reflexive)
        world = self._assume(self._base, *((one, each, one) for each in reflexive))
        if (one, relation, one) not in world.closure:
            return None
        return [(self._base, facts), (world, ((one, relation, one),))]

    # Things that differ, and what is said not to be

    def _show_different(self, one: str, other: str) -> list[_Shown] | None:
        turned = self._find(self._base, (other, DIFFERENT, one))
        return turned if turned is not None else self._refute((one, SAME, other))

    def _show_collective(self, node: str, kind: str) -> list[_Shown] | None:
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
            return self._refute((subject, relation, value))
        head = self._case.part(node, "members") or self._case.part(node, "distinctMembers")
        members = self._case.read_list(head) if head is not None else []
        relation = {
            f"<{OWL}AllDifferent>": DIFFERENT,
            f"<{OWL}AllDisjointClasses>": f"<{OWL}disjointWith>",
            f"<{OWL}AllDisjointProperties>": f"<{OWL}propertyDisjointWith>",
        }[kind]
        pairs = [(a, relation, b) for i, a in enumerate(members) for b in members[i + 1 :]]
        return self._show_all(self._show(pair) for pair in pairs)


def _read_count(number: str | None) -> int | None:
    value = read_value(number) if number is not None else None
    if value is None or value[0] != "decimal":
        return None
    return int(str(value[1]))


def _rename_blank(triple: TermTriple) -> TermTriple:
    """A blank node of the conclusions is none of the premises', whatever it is called."""
    subject, relation, object_ = (
        f"_:wanted-{term[2:]}" if term.startswith("_:") else term for term in triple
    )
    return subject, relation, object_
