"""Counting what a graph holds."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import RDF

from kg.corpus.records import BuildSummary
from kg.iris import INFERRED_GRAPH, KG
from kg.model import Finding
from kg.store import GraphStore

# Within GRAPH, because the union of graphs has a triple once for each graph that holds it.
_ENTITIES = f"""
PREFIX kg: <{KG}>
SELECT ?kind (COUNT(DISTINCT ?entity) AS ?count)
WHERE {{ GRAPH ?graph {{ ?mention kg:refersTo ?entity . ?entity a ?kind }} }}
GROUP BY ?kind ORDER BY DESC(?count) ?kind
"""
_CLAIMS = f"""
PREFIX kg: <{KG}>
SELECT ?relation (COUNT(DISTINCT ?claim) AS ?count)
WHERE {{ GRAPH ?graph {{ ?claim a kg:Claim ; kg:relation ?relation }} }}
GROUP BY ?relation ORDER BY DESC(?count) ?relation
"""


def summarise_graph(
    store: GraphStore, findings: Iterable[Finding] = (), *, read: int = 0, unchanged: int = 0
) -> BuildSummary:
    """Count the articles, sentences, entities, claims and inferred triples of a graph."""
    return BuildSummary(
        documents=_count_instances(store, "Article"),
        sentences=_count_instances(store, "Sentence"),
        entities=_count_by_name(store, _ENTITIES),
        claims=_count_by_name(store, _CLAIMS),
        inferred=sum(1 for _ in store.triples(INFERRED_GRAPH)),
        findings=tuple(findings),
        read=read,
        unchanged=unchanged,
    )


def _count_instances(store: GraphStore, name: str) -> int:
    return len({quad[0] for quad in store.quads(predicate=RDF.type, object=KG[name])})


def _count_by_name(store: GraphStore, query: str) -> dict[str, int]:
    return {
        str(name).rsplit("#", 1)[-1]: int(str(count)) for name, count in store.query(query).rows
    }
