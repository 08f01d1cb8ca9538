"""Search by words in what a graph holds: names of things, sentences, claims and articles.

Words are compared without case and accents, those of texts also without English endings. Nothing
that is asked reaches the syntax of FTS5: each word becomes a quoted string.
"""

from kg.search.asking import (
    MOST_HITS,
    MOST_WORDS,
    Hit,
    complete,
    describe_hit,
    prepare_index,
    search,
)
from kg.search.filling import HitKind

__all__ = [
    "MOST_HITS",
    "MOST_WORDS",
    "Hit",
    "HitKind",
    "complete",
    "describe_hit",
    "prepare_index",
    "search",
]
