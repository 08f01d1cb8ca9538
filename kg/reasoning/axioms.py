"""The axioms of the ontology as clauses: the rules of OWL 2 RL that speak of individuals.

What these rules conclude needs no rule that speaks of the schema alone (scm-*): each of those
only shortens a path that single steps also take.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from rdflib import OWL, RDF, RDFS, Literal, URIRef, Variable

from kg.rdf import Triple
from kg.reasoning.matching import Clause, Pattern, TripleIndex

_X, _Y, _Z, _P, _O = (Variable(name) for name in "xyzpo")

# A capital that starts a word inside a name: "withdrawsFrom", but not "TPP".
_CAMEL = re.compile(r"(?<=[a-z])[A-Z](?=[a-z])")

Labels = Mapping[URIRef, str]
_Compiler = Callable[[Triple, TripleIndex, "Wording"], Iterator[Clause]]


class Wording:
    """How kinds and relations are called, for the labels of rules."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels

    def name(self, term: URIRef | Literal) -> str:
        """The label of a term, else the words of its local name."""
        if isinstance(term, Literal):
            return str(term)
        return self._labels.get(term) or _split_words(term)

    def kind(self, term: URIRef | Literal) -> str:
        """A kind with its article, as in "an alliance"."""
        name = self.name(term)
        name = name if name.isupper() else name[:1].lower() + name[1:]
        return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"

    def relation(self, term: URIRef | Literal) -> str:
        """A relation in quotation marks."""
        return f"“{self.name(term)}”"


def compile_axioms(ontology: Iterable[Triple], labels: Labels) -> tuple[Clause, ...]:
    """The clauses of an ontology, in an order that does not depend on that of its triples."""
    index = TripleIndex(sorted(ontology))
    wording = Wording(labels)
    clauses: list[Clause] = []
    for predicate, compiler in _BY_PREDICATE:
        for axiom in index.find((_X, predicate, _Y)):
            clauses.extend(compiler(axiom, index, wording))
    for kind, compiler in _BY_TYPE:
        for axiom in index.find((_X, RDF.type, kind)):
            clauses.extend(compiler(axiom, index, wording))
    # The engine says of each thing that it is itself; the body of no other clause needs that.
    return (*clauses, *_equality())


def _split_words(term: URIRef) -> str:
    local = term.rsplit("#", 1)[-1].rsplit("/", 1)[-1].replace("-", " ")
    return _CAMEL.sub(lambda match: " " + match.group().lower(), local)


def _reads(relation: URIRef | Literal, start: Variable, end: Variable) -> Pattern:
    return (start, relation, end)


def _imply_property(
    name: str, label: str, axiom: Triple, given: URIRef | Literal, then: URIRef | Literal
) -> Clause:
    return Clause(name, label, _reads(then, _X, _Y), (_reads(given, _X, _Y),), axioms=(axiom,))


def _imply_kind(
    name: str, label: str, axiom: Triple, given: URIRef | Literal, then: URIRef | Literal
) -> Clause:
    return Clause(name, label, (_X, RDF.type, then), ((_X, RDF.type, given),), axioms=(axiom,))


def _symmetric(axiom: Triple, _: TripleIndex, __: Wording) -> Iterator[Clause]:
    relation = axiom[0]
    label = "because the relation holds both ways"
    yield Clause(
        "prp-symp", label, _reads(relation, _X, _Y), (_reads(relation, _Y, _X),), axioms=(axiom,)
    )


def _transitive(axiom: Triple, _: TripleIndex, wording: Wording) -> Iterator[Clause]:
    relation = axiom[0]
    label = f"because {wording.relation(relation)} carries on from one to the next"
    body = (_reads(relation, _X, _Y), _reads(relation, _Y, _Z))
    yield Clause("prp-trp", label, _reads(relation, _X, _Z), body, axioms=(axiom,))


def _functional(axiom: Triple, _: TripleIndex, wording: Wording) -> Iterator[Clause]:
    relation = axiom[0]
    label = f"because nothing has two that it {wording.relation(relation)}"
    body = (_reads(relation, _X, _Y), _reads(relation, _X, _Z))
    yield Clause("prp-fp", label, _reads(OWL.sameAs, _Y, _Z), body, ((_Y, _Z),), (axiom,))


def _inverse_functional(axiom: Triple, _: TripleIndex, wording: Wording) -> Iterator[Clause]:
    relation = axiom[0]
    label = f"because {wording.relation(relation)} holds of one thing only"
    body = (_reads(relation, _Y, _X), _reads(relation, _Z, _X))
    yield Clause("prp-ifp", label, _reads(OWL.sameAs, _Y, _Z), body, ((_Y, _Z),), (axiom,))


def _inverse(axiom: Triple, _: TripleIndex, wording: Wording) -> Iterator[Clause]:
    one, _predicate, other = axiom
    for name, given, then in (("prp-inv1", one, other), ("prp-inv2", other, one)):
        label = f"because {wording.relation(given)} said the other way round"
        label += f" is {wording.relation(then)}"
        yield Clause(name, label, _reads(then, _Y, _X), (_reads(given, _X, _Y),), axioms=(axiom,))


def _subproperty(axiom: Triple, index: TripleIndex, wording: Wording) -> Iterator[Clause]:
    narrow = axiom[0]
    for broad, path in _climb(axiom, index):
        label = f"because {wording.relation(narrow)} is a way of {wording.relation(broad)}"
        head, body = _reads(broad, _X, _Y), _reads(narrow, _X, _Y)
        yield Clause("prp-spo1", label, head, (body,), axioms=path)


def _equivalent_property(axiom: Triple, _: TripleIndex, wording: Wording) -> Iterator[Clause]:
    one, _predicate, other = axiom
    label = f"because {wording.relation(one)} and {wording.relation(other)} mean the same"
    yield _imply_property("prp-eqp1", label, axiom, one, other)
    yield _imply_property("prp-eqp2", label, axiom, other, one)


def _chain(axiom: Triple, index: TripleIndex, wording: Wording) -> Iterator[Clause]:
    relation, _predicate, head = axiom
    links = _read_list(head, index)
    points = [Variable(f"x{place}") for place in range(len(links) + 1)]
    body = tuple(_reads(link, points[place], points[place + 1]) for place, link in enumerate(links))
    label = _read_comment(axiom, index) or _word_chain(relation, links, wording)
    if links:
        head_pattern = _reads(relation, points[0], points[-1])
        yield Clause("prp-spo2", f"because {label}", head_pattern, body, axioms=(axiom,))


def _word_chain(relation: URIRef, links: list[URIRef | Literal], wording: Wording) -> str:
    others = [link for link in links if link != relation]
    steps = ", then ".join(wording.relation(link) for link in links)
    if len(others) == 1 and len(links) == 2:
        return f"{wording.relation(relation)} carries over along {wording.relation(others[0])}"
    return f"{steps} together make {wording.relation(relation)}"


def _domain(axiom: Triple, _: TripleIndex, wording: Wording) -> Iterator[Clause]:
    relation, _predicate, kind = axiom
    label = f"because only {wording.kind(kind)} stands before {wording.relation(relation)}"
    yield Clause(
        "prp-dom", label, (_X, RDF.type, kind), (_reads(relation, _X, _Y),), axioms=(axiom,)
    )


def _range(axiom: Triple, _: TripleIndex, wording: Wording) -> Iterator[Clause]:
    relation, _predicate, kind = axiom
    label = f"because only {wording.kind(kind)} stands after {wording.relation(relation)}"
    yield Clause(
        "prp-rng", label, (_Y, RDF.type, kind), (_reads(relation, _X, _Y),), axioms=(axiom,)
    )


def _subclass(axiom: Triple, index: TripleIndex, wording: Wording) -> Iterator[Clause]:
    narrow = axiom[0]
    for broad, path in _climb(axiom, index):
        label = f"because {wording.kind(narrow)} is a kind of {wording.name(broad)}"
        head, body = (_X, RDF.type, broad), (_X, RDF.type, narrow)
        yield Clause("cax-sco", label, head, (body,), axioms=path)


def _climb(
    axiom: Triple, index: TripleIndex
) -> Iterator[tuple[URIRef | Literal, tuple[Triple, ...]]]:
    """What an axiom leads up to, nearest first, with the axioms on the way.

    So that "a state is a kind of entity" is one step and not four.
    """
    _, predicate, broad = axiom
    waiting: list[tuple[URIRef | Literal, tuple[Triple, ...]]] = [(broad, (axiom,))]
    seen = {axiom[0], broad}
    for term, path in waiting:
        yield term, path
        if isinstance(term, URIRef):
            for more in index.find((term, predicate, _Y)):
                if more[2] not in seen:
                    seen.add(more[2])
                    waiting.append((more[2], (*path, more)))


def _equivalent_class(axiom: Triple, _: TripleIndex, wording: Wording) -> Iterator[Clause]:
    one, _predicate, other = axiom
    label = f"because {wording.kind(one)} and {wording.kind(other)} are the same"
    yield _imply_kind("cax-eqc1", label, axiom, one, other)
    yield _imply_kind("cax-eqc2", label, axiom, other, one)


def _union(axiom: Triple, index: TripleIndex, wording: Wording) -> Iterator[Clause]:
    kind, _predicate, head = axiom
    for part in _read_list(head, index):
        label = f"because {wording.kind(part)} is a kind of {wording.name(kind)}"
        yield _imply_kind("cls-uni", label, axiom, part, kind)


def _intersection(axiom: Triple, index: TripleIndex, wording: Wording) -> Iterator[Clause]:
    kind, _predicate, head = axiom
    parts = _read_list(head, index)
    names = " and ".join(wording.kind(part) for part in parts)
    body = tuple((_X, RDF.type, part) for part in parts)
    label = f"because what is {names} is {wording.kind(kind)}"
    yield Clause("cls-int1", label, (_X, RDF.type, kind), body, axioms=(axiom,))
    for part in parts:
        label = f"because {wording.kind(kind)} is {names}"
        yield _imply_kind("cls-int2", label, axiom, kind, part)


def _has_value(axiom: Triple, index: TripleIndex, wording: Wording) -> Iterator[Clause]:
    kind, _predicate, value = axiom
    for each in index.find((kind, OWL.onProperty, _P)):
        relation = each[2]
        label = f"because {wording.kind(kind)} is what {wording.relation(relation)}"
        label += f" {wording.name(value)}"
        is_kind, has_it = (_X, RDF.type, kind), (_X, relation, value)
        yield Clause("cls-hv1", label, has_it, (is_kind,), axioms=(axiom, each))
        yield Clause("cls-hv2", label, is_kind, (has_it,), axioms=(axiom, each))


def _some_values(axiom: Triple, index: TripleIndex, wording: Wording) -> Iterator[Clause]:
    kind, _predicate, filler = axiom
    for each in index.find((kind, OWL.onProperty, _P)):
        relation = each[2]
        label = f"because what {wording.relation(relation)} {wording.kind(filler)}"
        label += f" is {wording.kind(kind)}"
        body: tuple[Pattern, ...] = (_reads(relation, _X, _Y),)
        if filler != OWL.Thing:
            body += ((_Y, RDF.type, filler),)
        yield Clause("cls-svf", label, (_X, RDF.type, kind), body, axioms=(axiom, each))


def _equality() -> tuple[Clause, ...]:
    label = "because both names stand for one thing"
    same = (_X, OWL.sameAs, _Y)
    return (
        Clause("eq-sym", label, (_Y, OWL.sameAs, _X), (same,)),
        Clause("eq-trans", label, (_X, OWL.sameAs, _Z), (same, (_Y, OWL.sameAs, _Z))),
        Clause("eq-rep-s", label, (_Y, _P, _O), (same, (_X, _P, _O))),
        Clause("eq-rep-o", label, (_O, _P, _Y), (same, (_O, _P, _X))),
    )


def _read_list(head: URIRef | Literal, index: TripleIndex) -> list[URIRef | Literal]:
    items: list[URIRef | Literal] = []
    seen = {head}
    while isinstance(head, URIRef) and head != RDF.nil:
        items.extend(item for _, _, item in index.find((head, RDF.first, _X)))
        rest = [node for _, _, node in index.find((head, RDF.rest, _X))]
        if len(rest) != 1 or rest[0] in seen:
            break
        head = rest[0]
        seen.add(head)
    return items


def _read_comment(axiom: Triple, index: TripleIndex) -> str | None:
    """What an annotation of the very axiom (owl:Axiom) says of it, without the full stop."""
    subject, predicate, object_ = axiom
    for node, _, _ in index.find((_X, OWL.annotatedTarget, object_)):
        source = (node, OWL.annotatedSource, subject)
        if source in index and (node, OWL.annotatedProperty, predicate) in index:
            for word in (RDFS.label, RDFS.comment):
                for _, _, text in index.find((node, word, _Y)):
                    return str(text).rstrip(".").removeprefix("because ")
    return None


_BY_PREDICATE: tuple[tuple[URIRef, _Compiler], ...] = (
    (OWL.inverseOf, _inverse),
    (RDFS.subPropertyOf, _subproperty),
    (OWL.equivalentProperty, _equivalent_property),
    (OWL.propertyChainAxiom, _chain),
    (RDFS.subClassOf, _subclass),
    (OWL.equivalentClass, _equivalent_class),
    (OWL.unionOf, _union),
    (OWL.intersectionOf, _intersection),
    (OWL.hasValue, _has_value),
    (OWL.someValuesFrom, _some_values),
    (RDFS.domain, _domain),
    (RDFS.range, _range),
)
_BY_TYPE: tuple[tuple[URIRef, _Compiler], ...] = (
    (OWL.SymmetricProperty, _symmetric),
    (OWL.TransitiveProperty, _transitive),
    (OWL.FunctionalProperty, _functional),
    (OWL.InverseFunctionalProperty, _inverse_functional),
)
