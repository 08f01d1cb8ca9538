"""What linkers are asked, what they find, and what is decided of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from rdflib import URIRef


@dataclass(frozen=True, slots=True)
class LinkQuery:
    """A thing to be linked, with all of its articles that may tell which of its namesakes it is.

    `names` has the label first; `dates` are the ISO dates of the articles; `company` are the
    gazetteer's entries, and `countries` the alpha-3 codes, of what stands near it; `context` are
    sentences that name it.
    """

    entity: URIRef
    names: tuple[str, ...]
    kind: URIRef
    country: str | None = None
    dates: tuple[str, ...] = ()
    company: tuple[URIRef, ...] = ()
    countries: tuple[str, ...] = ()
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkCandidate:
    """Something of a dataset that a thing may be, with its score in [0, 1] and what it is made of.

    `parts` are (part, value in [0, 1]) for name, type, time, company and prior; a part of which
    nothing is known is left out. `reason` says in words what spoke for or against it; `retrieved`
    is when a service said so, as ISO 8601.
    """

    target: URIRef
    label: str
    dataset: URIRef
    score: float
    parts: tuple[tuple[str, float], ...]
    description: str = ""
    reason: str = ""
    retrieved: str | None = None


class LinkState(Enum):
    """What has become of a thing to be linked."""

    LINKED = "linked"
    OPEN = "open"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LinkDecision:
    """The ranked candidates of a thing and what was decided; `mapping` where one was taken.

    `method` names the linker, or "review" for a human's decision, whose `author` and `date` (ISO)
    are then given. `dataset` is where the candidates were looked for.
    """

    query: LinkQuery
    state: LinkState
    candidates: tuple[LinkCandidate, ...]
    mapping: URIRef | None = None
    method: str = ""
    author: str | None = None
    date: str | None = None
    dataset: URIRef | None = None


class Linker(Protocol):
    """Looks things up in one dataset; raises LinkError where it cannot be asked."""

    dataset: URIRef
    method: str

    def find_candidates(
        self, queries: Sequence[LinkQuery]
    ) -> Iterator[tuple[LinkQuery, tuple[LinkCandidate, ...]]]:
        """The candidates of each thing, best first, as they are found."""
