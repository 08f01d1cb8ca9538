"""What is known outside of the things in a graph: their links, and facts that came by them."""

from kg.enrichment.enriching import EnrichmentSummary, enrich_graph
from kg.enrichment.links import find_links, keep_decisions
from kg.enrichment.things import list_queries

__all__ = [
    "EnrichmentSummary",
    "enrich_graph",
    "find_links",
    "keep_decisions",
    "list_queries",
]
