"""How everything in a graph is called."""

from __future__ import annotations

from rdflib import RDFS, SKOS, Literal, URIRef

from kg.store import GraphStore


def find_labels(store: GraphStore) -> dict[URIRef, str]:
    """The label of everything in the graph that has one, the first in order of several."""
    labels: dict[URIRef, str] = {}
    for predicate in (SKOS.prefLabel, RDFS.label):
        for subject, _, text, _ in sorted(store.quads(predicate=predicate), reverse=True):
            if isinstance(text, Literal) and text.language in (None, "en"):
                labels[subject] = str(text)
    return labels
