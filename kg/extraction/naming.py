"""A name before it becomes a mention, and what the document has named so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from rdflib import URIRef

from kg.extraction.tree import Tree
from kg.iris import KG
from kg.model import MentionForm, Namesake

# What has a name of its own; events, policies and the rest often only carry another's.
NAMED_KINDS = frozenset(
    {KG.State, KG.Government, KG.Person, KG.Organization, KG.Alliance, KG.ArmedForce, KG.Place,
     KG.Agreement}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Naming:
    """A name over tokens [start, end) of a sentence, before it becomes a mention."""

    start: int
    end: int
    kind: URIRef
    name: str
    form: MentionForm
    entry: URIRef | None = None
    country: str | None = None
    namesakes: tuple[Namesake, ...] = field(default=(), compare=False)


@dataclass(slots=True)
class Memory:
    """What the document has named so far.

    `entries` are named in full, `alone` by label, alias or acronym, whichever else has that name
    too, `certain` by a name that nothing else has.
    """

    entries: set[URIRef] = field(default_factory=set)
    alone: set[URIRef] = field(default_factory=set)
    certain: set[URIRef] = field(default_factory=set)
    countries: Counter[str] = field(default_factory=Counter)
    people: dict[str, Naming] = field(default_factory=dict)
    acronyms: dict[str, Naming] = field(default_factory=dict)
    common: set[str] = field(default_factory=set)
    offices: dict[str, Naming] = field(default_factory=dict)
    kinds: dict[str, URIRef] = field(default_factory=dict)


def head_of(tree: Tree, start: int, end: int) -> int:
    """The token of a stretch that hangs on a token outside it."""
    for i in range(end - 1, start - 1, -1):
        head = tree.head(i)
        if head is None or not start <= head < end:
            return i
    return end - 1
