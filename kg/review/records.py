"""What people decide of links and claims, and by what a decision finds its thing again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from rdflib import URIRef

from kg.iris import BASE, ID
from kg.linking.records import LinkCandidate
from kg.model import Modality, Polarity, Span

_ARTICLE = f"{BASE}article/"


class Outcome(Enum):
    """What was decided; OPEN takes an earlier decision back."""

    ACCEPT = "accept"
    CLOSE = "close"
    REJECT = "reject"
    NONE = "none"
    MERGE = "merge"
    SPLIT = "split"
    CORRECT = "correct"
    OPEN = "open"


OF_CLAIMS = frozenset({Outcome.ACCEPT, Outcome.REJECT, Outcome.CORRECT, Outcome.OPEN})
OF_LINKS = frozenset(Outcome) - {Outcome.CORRECT}


@dataclass(frozen=True, slots=True)
class Thing:
    """Something by its IRI, with the name under which people know it."""

    iri: URIRef
    label: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of an article's text, or the whole of it; `article` has 16 hexadecimal digits."""

    article: str
    span: Span | None = None

    @property
    def document(self) -> URIRef:
        """The IRI of the article."""
        return URIRef(_ARTICLE + self.article)

    def covers(self, other: Place) -> bool:
        """Whether the other stretch is this one, or this is the whole of its article."""
        return self.article == other.article and self.span in (None, other.span)

    def __str__(self) -> str:
        if self.span is None:
            return self.article
        return f"{self.article}/{self.span.start}-{self.span.end}"


_PLACE = re.compile(r"([0-9a-f]{16})(?:/([0-9]{1,12})-([0-9]{1,12}))?")


def read_place(text: str) -> Place | None:
    """The place that a text such as "0123456789abcdef/120-127" names, None where it is none."""
    match = _PLACE.fullmatch(text)
    if match is None:
        return None
    if match[2] is None:
        return Place(match[1])
    start, end = int(match[2]), int(match[3])
    return Place(match[1], Span(start, end)) if start <= end else None


def place_in(document: URIRef, span: Span | None = None) -> Place:
    """A stretch of the article of an IRI."""
    return Place(document.removeprefix(_ARTICLE), span)


@dataclass(frozen=True, slots=True)
class ReviewedClaim:
    """A claim as it was read when somebody looked at it.

    Should the reader change and give it another IRI, it is the claim of the same `relation`
    between the same things whose quote overlaps with `place`.
    """

    iri: URIRef
    place: Place
    quote: str
    subject: Thing
    relation: URIRef
    object: Thing


@dataclass(frozen=True, slots=True)
class ReviewedThing:
    """A thing as it was when somebody looked at it; found again by IRI, else by name in `article`.

    `article` is None for what the shipped names know, since that is one thing in all articles.
    """

    thing: Thing
    article: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a claim should have said; None where it was right."""

    subject: Thing | None = None
    relation: URIRef | None = None
    object: Thing | None = None
    holder: Thing | None = None
    polarity: Polarity | None = None
    modality: Modality | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing decided: `target` is what was accepted, rejected, merged with or split off.

    `places` are the mentions that were split off.
    """

    outcome: Outcome
    target: Thing | None = None
    places: tuple[Place, ...] = ()
    correction: Correction | None = None


def is_merger(verdict: Verdict) -> bool:
    """Whether a thing becomes another of ours: by merging, or as an entry of the shipped names."""
    return verdict.outcome is Outcome.MERGE or (
        verdict.outcome is Outcome.ACCEPT
        and verdict.target is not None
        and verdict.target.iri.startswith(str(ID))
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """All that somebody decided of one claim or thing on one day; it replaces what was before.

    `date` is an ISO 8601 date or date and time; `source` is the name of the review file that it was
    read from, if it was.
    """

    about: ReviewedClaim | ReviewedThing
    verdicts: tuple[Verdict, ...]
    author: str
    date: str
    comment: str = ""
    source: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What it is about; of two decisions with one key the later holds."""
        if isinstance(self.about, ReviewedClaim):
            return "claim", str(self.about.iri)
        return "entity", str(self.about.thing.iri)


@dataclass(frozen=True, slots=True)
class LinkCase:
    """A thing whose links somebody should decide, with what it may be and where it is named.

    `evidence` has (place, file, sentence) of some mentions, `further` the places of the others.
    """

    about: ReviewedThing
    kind: URIRef
    reason: str
    candidates: tuple[LinkCandidate, ...]
    evidence: tuple[tuple[Place, str, str], ...]
    further: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimCase:
    """A claim that somebody should look at; `source` is the name of its article's file."""

    about: ReviewedClaim
    source: str
    sentence: str
    holder: Thing
    polarity: Polarity
    modality: Modality
    confidence: str | None


def fold_name(name: str) -> str:
    """A name without regard to case and spacing."""
    return " ".join(name.split()).casefold()


def say_same(ones: tuple[Verdict, ...], others: tuple[Verdict, ...]) -> bool:
    """Whether two decisions are one, whatever labels they give the things by."""
    return list(map(list_meaning, ones)) == list(map(list_meaning, others))


def list_meaning(verdict: Verdict) -> tuple[str, ...]:
    """What a verdict says, without the labels of things."""
    correction = verdict.correction
    parts: list[object] = [verdict.outcome.value, verdict.target and verdict.target.iri]
    parts += verdict.places
    if correction is not None:
        ends = (correction.subject, correction.object, correction.holder)
        parts += [end and end.iri for end in ends]
        parts.append(correction.relation)
        parts += [mark and mark.value for mark in (correction.polarity, correction.modality)]
    return tuple("" if part is None else str(part) for part in parts)
