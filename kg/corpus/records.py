"""What a build tells while it runs and when it has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from kg.model import Finding


class Stage(Enum):
    """What a build is doing."""

    READING = "reading"
    BACKGROUND = "background"
    REASONING = "reasoning"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `done` of `total` steps of the stage, the next of which is `source`."""

    stage: Stage
    done: int
    total: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What the graph holds after a build, and what the build found doubtful.

    `read` counts the articles read this time, `unchanged` those that were there already.
    `entities` is keyed by the local name of the kind, `claims` by that of the relation.
    """

    documents: int
    sentences: int
    entities: Mapping[str, int]
    claims: Mapping[str, int]
    inferred: int
    findings: tuple[Finding, ...]
    read: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class RemovedArticle:
    """An article that was taken out, and how many claims and facts it had."""

    iri: str
    title: str
    source: str
    claims: int
    facts: int


@dataclass(frozen=True, slots=True)
class RemovalSummary:
    """What was taken out of a graph: `withdrawn` inferred triples do not follow from the rest.

    `documents` counts the articles left.
    """

    removed: tuple[RemovedArticle, ...]
    withdrawn: int
    documents: int
    findings: tuple[Finding, ...]
