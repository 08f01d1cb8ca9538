"""The ontology's files as records; the only reader of `ontology/` besides the names' matcher."""

from kg.vocabulary.files import ontology_directory
from kg.vocabulary.loading import load_vocabulary
from kg.vocabulary.records import Cue, Frame, Kind, Relation, Vocabulary

__all__ = [
    "Cue",
    "Frame",
    "Kind",
    "Relation",
    "Vocabulary",
    "load_vocabulary",
    "ontology_directory",
]
