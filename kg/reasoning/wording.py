"""How kinds, relations and rules are called in a proof."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from rdflib import OWL, RDF, RDFS, Literal, URIRef

from kg.rdf import TermTriple, Triple
from kg.reasoning.rulebook import Atom, Rule

# A capital that starts a word inside a name: "withdrawsFrom", but not "TPP".
_CAMEL = re.compile(r"(?<=[a-z])[A-Z](?=[a-z])")
_SLOT = re.compile(r"(?P<bare>\b(?:every|no|two|of)\s+)?\{(?P<name>\w+)\}")

Labels = Mapping[URIRef, str]


class Wording:
    """How things, kinds and relations are called."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels

    def name(self, term: URIRef | Literal) -> str:
        """The label of a term, else the words of its local name."""
        if isinstance(term, Literal):
            return str(term)
        return self._labels.get(term) or _split_words(term)

    def kind(self, term: URIRef | Literal) -> str:
        """A kind with its article, as in "an alliance"."""
        name = self.bare_kind(term)
        return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"

    def bare_kind(self, term: URIRef | Literal) -> str:
        """A kind without an article."""
        name = self.name(term)
        return name if name.isupper() else name[:1].lower() + name[1:]

    def relation(self, term: URIRef | Literal) -> str:
        """A relation in quotation marks."""
        return f"“{self.name(term)}”"

    def state(self, triple: Triple) -> str:
        """A triple in words."""
        subject, predicate, object_ = triple
        if predicate == RDF.type:
            return f"{self.name(subject)} is {self.kind(object_)}"
        return " ".join(self.name(term) for term in (subject, predicate, object_))


def _split_words(term: URIRef) -> str:
    local = term.rsplit("#", 1)[-1].rsplit("/", 1)[-1].replace("-", " ")
    return _CAMEL.sub(lambda match: " " + match.group().lower(), local)


def word_rule(
    rule: Rule,
    conclusion: TermTriple | None,
    axioms: Sequence[TermTriple],
    premises: Sequence[TermTriple],
    wording: Wording,
) -> str:
    """The reason that a rule gives, its variables named by what they were bound to.

    `axioms` and `premises` are the triples that fulfilled it, terms in the syntax of N-Triples.
    """
    if any(name == "leadsFrom" for _, name, _ in rule.lists) and conclusion is not None:
        return f"because {_word_chain(conclusion, premises, wording)}"
    patterns = [*([rule.head] if rule.head and conclusion else []), *rule.body]
    triples = [*([conclusion] if rule.head and conclusion else []), *axioms, *premises]
    bound = _bind(patterns, triples)

    def fill(match: re.Match[str]) -> str:
        bare, variable = match["bare"] or "", match["name"]
        term = bound.get(f"?{variable}")
        if term is None:
            return f"{bare}it"
        return bare + _word_term(term, variable, wording, bare=bool(bare))

    told = _SLOT.sub(fill, rule.wording)
    return told if told.startswith("because ") else f"because {told}"


def _word_chain(conclusion: TermTriple, links: Sequence[TermTriple], wording: Wording) -> str:
    relation, *steps = (
        wording.relation(URIRef(triple[1][1:-1])) for triple in (conclusion, *links)
    )
    others = [step for step in steps if step != relation]
    if len(others) == 1 and len(steps) == 2:
        return f"{relation} carries over along {others[0]}"
    return f"{', then '.join(steps)} together make {relation}"


def _word_term(term: str, variable: str, wording: Wording, *, bare: bool) -> str:
    if term.startswith("_"):
        return "of that description"
    if term.startswith('"'):
        return term
    iri = URIRef(term[1:-1])
    if variable.startswith("p"):
        return wording.relation(iri)
    if variable.startswith(("c", "d")):
        return wording.bare_kind(iri) if bare else wording.kind(iri)
    return wording.name(iri)


def _bind(patterns: Sequence[Atom], triples: Iterable[TermTriple]) -> dict[str, str]:
    """The first assignment of triples to patterns that agrees; patterns may stay without one."""
    pool = list(triples)

    def search(place: int, bound: dict[str, str], free: frozenset[int]) -> dict[str, str] | None:
        if place == len(patterns):
            return bound
        for number in sorted(free):
            more = _unify(patterns[place], pool[number], bound)
            if more is not None:
                found = search(place + 1, more, free - {number})
                if found is not None:
                    return found
        return search(place + 1, bound, free)

    return search(0, {}, frozenset(range(len(pool)))) or {}


def _unify(pattern: Atom, triple: TermTriple, bound: Mapping[str, str]) -> dict[str, str] | None:
    more = dict(bound)
    for part, term in zip(pattern, triple, strict=True):
        if part.startswith("?"):
            if more.setdefault(part, term) != term:
                return None
        elif part != term:
            return None
    return more


def read_axiom_comments(ontology: Iterable[Triple]) -> dict[Triple, str]:
    """What annotations of axioms (owl:Axiom) say of them, without the full stop."""
    said: dict[URIRef, dict[URIRef, URIRef | Literal]] = {}
    for subject, predicate, object_ in ontology:
        if predicate in _ANNOTATION:
            said.setdefault(subject, {}).setdefault(predicate, object_)
    comments: dict[Triple, str] = {}
    for parts in said.values():
        text = parts.get(RDFS.label) or parts.get(RDFS.comment)
        source = parts.get(OWL.annotatedSource)
        relation = parts.get(OWL.annotatedProperty)
        if isinstance(source, URIRef) and isinstance(relation, URIRef) and text is not None:
            axiom = source, relation, parts[OWL.annotatedTarget]
            comments[axiom] = str(text).rstrip(".").removeprefix("because ")
    return comments


_ANNOTATION = frozenset(
    {OWL.annotatedSource, OWL.annotatedProperty, OWL.annotatedTarget, RDFS.label, RDFS.comment}
)
