"""Rules as clauses over plain triples, and where their bodies hold in a set of triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rdflib import Literal, URIRef, Variable

from kg.rdf import Triple

Term = URIRef | Literal
Pattern = tuple[Term | Variable, Term | Variable, Term | Variable]
Binding = Mapping[Variable, Term]


# How many triples a pattern without a relation is taken to fit, by how many ends are known.
_ANY = (1_000_000, 10_000, 100)


@dataclass(frozen=True, slots=True)
class Clause:
    """A rule: its head follows wherever its body holds and each distinct pair differs.

    `name` is the rule's name in OWL 2 RL or the stem of its file, `label` says it in words, and
    `axioms` are the triples of the ontology that it was made from.
    """

    name: str
    label: str
    head: Pattern
    body: tuple[Pattern, ...]
    distinct: tuple[tuple[Variable, Variable], ...] = ()
    axioms: tuple[Triple, ...] = ()


class TripleIndex:
    """A growing set of triples, found by any of their parts in the order they were added."""

    def __init__(self, triples: Iterable[Triple] = ()) -> None:
        # Dictionaries instead of sets: what is found first must not depend on the hash seed.
        self._objects: dict[URIRef, dict[URIRef, dict[Term, None]]] = {}
        self._subjects: dict[URIRef, dict[Term, dict[URIRef, None]]] = {}
        self._sizes: dict[URIRef, int] = {}
        for triple in triples:
            self.add(triple)

    def add(self, triple: Triple) -> None:
        """Add a triple; one that is there already changes nothing."""
        subject, predicate, object_ = triple
        if triple not in self:
            self._sizes[predicate] = self._sizes.get(predicate, 0) + 1
        self._objects.setdefault(predicate, {}).setdefault(subject, {})[object_] = None
        self._subjects.setdefault(predicate, {}).setdefault(object_, {})[subject] = None

    def __contains__(self, triple: Triple) -> bool:
        subject, predicate, object_ = triple
        return object_ in self._objects.get(predicate, {}).get(subject, {})

    def estimate(self, pattern: Pattern) -> int:
        """About how many triples fit a pattern: exact but for an unknown relation."""
        subject, predicate, object_ = pattern
        known = (not isinstance(subject, Variable)) + (not isinstance(object_, Variable))
        if isinstance(predicate, Variable):
            return _ANY[known]
        relation = _iri(predicate)
        if not isinstance(subject, Variable):
            return len(self._objects.get(relation, {}).get(_iri(subject), {}))
        if not isinstance(object_, Variable):
            return len(self._subjects.get(relation, {}).get(object_, {}))
        return self._sizes.get(relation, 0)

    def find(self, pattern: Pattern) -> Iterator[Triple]:
        """The triples that fit a pattern, a variable standing for anything."""
        subject, predicate, object_ = pattern
        if isinstance(predicate, Variable):
            for each in self._objects:
                yield from self.find((subject, each, object_))
        elif not isinstance(subject, Variable):
            yield from self._find_of(subject, predicate, object_)
        elif isinstance(object_, Variable):
            for one, values in self._objects.get(_iri(predicate), {}).items():
                for value in values:
                    yield one, _iri(predicate), value
        else:
            for one in self._subjects.get(_iri(predicate), {}).get(object_, {}):
                yield one, _iri(predicate), object_

    def _find_of(
        self, subject: Term, predicate: Term, object_: Term | Variable
    ) -> Iterator[Triple]:
        values = self._objects.get(_iri(predicate), {}).get(_iri(subject), {})
        if isinstance(object_, Variable):
            for value in values:
                yield _iri(subject), _iri(predicate), value
        elif object_ in values:
            yield _iri(subject), _iri(predicate), object_


def _iri(term: Term) -> URIRef:
    # A literal in subject or predicate place (by substitution) finds nothing; its type is moot.
    return term if isinstance(term, URIRef) else URIRef("")


def unify_head(clause: Clause, triple: Triple) -> dict[Variable, Term] | None:
    """The binding under which a clause's head is this triple, None where there is none."""
    binding: dict[Variable, Term] = {}
    for part, term in zip(clause.head, triple, strict=True):
        if not isinstance(part, Variable):
            if part != term:
                return None
        elif binding.setdefault(part, term) != term:
            return None
    return binding


def match_body(
    clause: Clause, index: TripleIndex, binding: Binding
) -> Iterator[tuple[dict[Variable, Term], tuple[Triple, ...]]]:
    """Each way in which the clause's body holds, with the triples in the body's order."""
    for bound, found in _match(clause.body, index, dict(binding)):
        if all(bound[left] != bound[right] for left, right in clause.distinct):
            yield bound, tuple(found[place] for place in range(len(clause.body)))


def _match(
    body: Sequence[Pattern], index: TripleIndex, binding: dict[Variable, Term]
) -> Iterator[tuple[dict[Variable, Term], dict[int, Triple]]]:
    waiting: list[tuple[tuple[int, ...], dict[Variable, Term], dict[int, Triple]]]
    waiting = [(tuple(range(len(body))), binding, {})]
    while waiting:
        places, bound, found = waiting.pop()
        if not places:
            yield bound, found
            continue
        patterns = {each: substitute(body[each], bound) for each in places}
        place = min(places, key=lambda each: (index.estimate(patterns[each]), each))
        rest = tuple(each for each in places if each != place)
        pattern = patterns[place]
        # The stack gives back the last first, so what was added first goes on it last.
        for triple in reversed(list(index.find(pattern))):
            more = _extend(pattern, triple, bound)
            if more is not None:
                waiting.append((rest, more, {**found, place: triple}))


def _extend(pattern: Pattern, triple: Triple, binding: Binding) -> dict[Variable, Term] | None:
    more = dict(binding)
    for part, term in zip(pattern, triple, strict=True):
        if isinstance(part, Variable) and more.setdefault(part, term) != term:
            return None
    return more


def substitute(pattern: Pattern, binding: Binding) -> Pattern:
    """The pattern with each bound variable replaced by its value."""
    subject, predicate, object_ = (
        binding.get(part, part) if isinstance(part, Variable) else part for part in pattern
    )
    return subject, predicate, object_


def apply_clause(clause: Clause, index: TripleIndex) -> Iterator[Triple]:
    """What a clause adds to the triples of an index, head by head, repetitions included."""
    for binding, _ in match_body(clause, index, {}):
        subject, predicate, object_ = substitute(clause.head, binding)
        if (
            isinstance(subject, URIRef)
            and isinstance(predicate, URIRef)
            and isinstance(object_, URIRef | Literal)
            and not isinstance(object_, Variable)
        ):
            yield subject, predicate, object_
