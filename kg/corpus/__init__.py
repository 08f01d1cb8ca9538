"""Building the graph of one article or many."""

from kg.corpus.build import build_corpus, prepare_reader
from kg.corpus.fingerprint import compute_fingerprint
from kg.corpus.records import BuildSummary, Progress, Stage
from kg.corpus.summary import summarise_graph

__all__ = [
    "BuildSummary",
    "Progress",
    "Stage",
    "build_corpus",
    "compute_fingerprint",
    "prepare_reader",
    "summarise_graph",
]
