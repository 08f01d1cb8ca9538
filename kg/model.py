"""The records that flow through Concord: frozen, tuples inside, no behaviour but derived values.

What Turtle owns (kinds, relations, frames, cues) is a `URIRef`; the closed sets that code
branches on are enums, equal to the SKOS concepts of `ontology/concord.ttl`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from rdflib import URIRef


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of characters, `text[start:end]`, of the untouched source text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span runs forward from zero, not from {self.start} to {self.end}")

    def covers(self, other: Span) -> bool:
        """Whether the other span lies inside this one."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two spans share a character."""
        return self.start < other.end and other.start < self.end


class Polarity(Enum):
    """Whether the relation is affirmed or denied."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class Modality(Enum):
    """How surely the relation is said to hold."""

    ASSERTED = "asserted"
    PREDICTED = "predicted"
    POSSIBLE = "possible"
    DESIRED = "desired"


class BlockKind(Enum):
    """What a stretch of the page is; furniture (navigation, pagers, postal footers) is no block."""

    TITLE = "title"
    HEADING = "heading"
    PROSE = "prose"
    NOTE = "note"


class Severity(Enum):
    """How grave a finding is."""

    INFO = "info"
    WARNING = "warning"
    VIOLATION = "violation"


class MentionForm(Enum):
    """How a mention refers."""

    NAME = "name"
    ADJECTIVE = "adjective"
    NOMINAL = "nominal"
    PRONOUN = "pronoun"


@dataclass(frozen=True, slots=True)
class Block:
    """A title, heading, paragraph or note of the article's body."""

    span: Span
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who wrote the article, as the article says."""

    name: str
    span: Span
    affiliation: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """An article: its untouched text, what it says of itself, and the blocks of its body in order.

    `issued` and `received` are ISO dates, months or years; `digest` is the SHA-256 of the bytes of
    the file, which is of `media_type`. What is no text itself has as `text` what was taken out.
    """

    iri: URIRef
    text: str
    source: str
    digest: str
    title: str | None
    authors: tuple[Author, ...]
    issued: str | None
    received: str | None
    journal: str | None
    language: str
    blocks: tuple[Block, ...]
    media_type: str = "text/plain"

    def quote(self, span: Span) -> str:
        """The very characters of a span."""
        return self.text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its place in the parse; `head` counts in the sentence, itself for the root.

    `text` is the word for matching (run-together words split, odd quotes made plain); `span`
    points at the source. `pos` and `role` are Universal Dependencies tags.
    """

    span: Span
    text: str
    lemma: str
    pos: str
    head: int
    role: str
    features: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, its tokens, and the block and heading under which it stands."""

    span: Span
    block: BlockKind
    heading: Span | None
    tokens: tuple[Token, ...]
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class Namesake:
    """One of the gazetteer's entries that a name may mean, and how well it fits there in [0, 1].

    `label` is the entry's, and `surface` says by which of its wordings the name is ("label",
    "surname"); `parts` are (part, value in [0, 1]), what is not known left out.
    """

    entry: URIRef
    label: str
    surface: str
    score: float
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where the text refers to something; `head` is the position of its head token.

    `sentence` is the index of the sentence in the reading, `entry` the gazetteer's entry if any,
    `namesakes` what else the name may mean, best first, where that had to be chosen.
    """

    span: Span
    sentence: int
    head: int
    form: MentionForm
    kind: URIRef
    name: str
    entry: URIRef | None = None
    country: str | None = None
    namesakes: tuple[Namesake, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing of the article, under one IRI, with every mention of it.

    `country` is the ISO 3166 alpha-3 code of the state that an actor belongs to or acts for.
    """

    iri: URIRef
    kind: URIRef
    label: str
    mentions: tuple[Mention, ...]
    entry: URIRef | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a claim rests on: its quote, the sentence around it, the words that triggered it.

    `subject` and `object` are the phrases from which the two ends were resolved.
    """

    quote: Span
    sentence: Span
    trigger: Span
    subject: Span
    object: Span
    frame: URIRef


@dataclass(frozen=True, slots=True)
class Period:
    """A time in ISO 8601 prefixes ("2017", "2017-11", "2017-11-05"); an open end is None."""

    start: str | None
    end: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One relation between two things that the text states, with who states it and how surely.

    `holder` is None where the article's own voice says it. `topic` is the span of the phrase
    the relation is about. `confidence` is the probability that the reading is right, None where
    nothing is known of it.
    """

    iri: URIRef
    subject: URIRef
    relation: URIRef
    object: URIRef
    topic: Span | None
    evidence: Evidence
    holder: URIRef | None
    polarity: Polarity
    modality: Modality
    period: Period | None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A mapping from an entity to an external dataset, by `skos:exactMatch` or `closeMatch`."""

    entity: URIRef
    target: URIRef
    mapping: URIRef
    dataset: URIRef
    score: float
    method: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something doubtful about the data: which check, about what, in words."""

    severity: Severity
    check: str
    focus: str
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read in one article."""

    document: Document
    sentences: tuple[Sentence, ...]
    entities: tuple[Entity, ...]
    claims: tuple[Claim, ...]
    links: tuple[Link, ...]
