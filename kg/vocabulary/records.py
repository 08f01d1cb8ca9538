"""What Turtle says, as records: kinds, relations, frames and cues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rdflib import URIRef

from kg.model import Modality, Polarity


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of things; `ancestors` holds the class itself and all above it."""

    iri: URIRef
    name: str
    label: str
    ancestors: frozenset[URIRef]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between two things, with the kinds of its ends."""

    iri: URIRef
    name: str
    label: str
    example: str
    domain: URIRef
    range: URIRef
    symmetric: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """One wording of a relation: a trigger word and the slots that fill its ends, in order.

    The last of `words` is the trigger. `companions` are further words that must stand in a slot,
    as (slot, lemmas).
    """

    iri: URIRef
    words: tuple[str, ...]
    pos: str
    relation: URIRef
    subject: tuple[str, ...]
    object: tuple[str, ...]
    topic: tuple[str, ...] = ()
    particle: str | None = None
    companions: tuple[tuple[str, frozenset[str]], ...] = ()
    polarity: Polarity = Polarity.POSITIVE
    modality: Modality | None = None
    subject_kinds: tuple[URIRef, ...] = ()
    object_kinds: tuple[URIRef, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Cue:
    """A word or phrase that changes who says it, how surely, or whether; or how arguments pass.

    `complements` are the complements under which it does so; empty where it always does.
    """

    iri: URIRef
    words: tuple[str, ...]
    pos: str | None
    effect: URIRef
    complements: frozenset[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All that the reading knows of the ontology.

    `frames` are keyed by the lemma of their trigger, `cues` by their first word; `nouns` gives the
    kind that a common noun names.
    """

    kinds: Mapping[URIRef, Kind]
    relations: Mapping[URIRef, Relation]
    frames: Mapping[str, tuple[Frame, ...]]
    cues: Mapping[str, tuple[Cue, ...]]
    nouns: Mapping[str, URIRef]

    def is_a(self, kind: URIRef, ancestor: URIRef) -> bool:
        """Whether things of one kind are things of the other."""
        known = self.kinds.get(kind)
        return known is not None and ancestor in known.ancestors
