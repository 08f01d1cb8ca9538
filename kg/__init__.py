"""Concord reads articles on international relations into a cited, attributed, reasoned graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rdflib import Graph

__version__ = "0.1.0"


def reason(graph: Graph, **options: Any) -> Graph:  # noqa: ANN401  passed on as they are
    """A new graph with the triples of an rdflib graph and what follows: `kg.reasoning.graphs`."""
    from kg.reasoning.graphs import reason as reason_over

    return reason_over(graph, **options)
