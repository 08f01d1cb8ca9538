"""Building the graph of one article or many, and changing it."""

from kg.corpus.build import build_corpus, is_current, prepare_reader
from kg.corpus.fingerprint import compute_fingerprint
from kg.corpus.records import BuildSummary, Progress, RemovalSummary, Stage
from kg.corpus.removal import remove_articles
from kg.corpus.reviewing import ReviewSummary, apply_reviews, review_graph
from kg.corpus.summary import summarise_graph

__all__ = [
    "BuildSummary",
    "Progress",
    "RemovalSummary",
    "ReviewSummary",
    "Stage",
    "apply_reviews",
    "build_corpus",
    "compute_fingerprint",
    "is_current",
    "prepare_reader",
    "remove_articles",
    "review_graph",
    "summarise_graph",
]
