"""A rule over plain triples, as `ontology/rules/*.rq` word it."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import Literal, URIRef, Variable

Term = URIRef | Literal
Pattern = tuple[Term | Variable, Term | Variable, Term | Variable]


@dataclass(frozen=True, slots=True)
class Clause:
    """A rule: its head follows wherever its body holds and each distinct pair differs.

    `name` is the stem of its file and `label` says it in words.
    """

    name: str
    label: str
    head: Pattern
    body: tuple[Pattern, ...]
    distinct: tuple[tuple[Variable, Variable], ...] = ()
