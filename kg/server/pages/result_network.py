"""The rows of a result as a graph: an edge for each pair of things and what is said of them."""

from __future__ import annotations

from kg.server.pages.naming import Named
from kg.server.pages.network import Edge
from kg.server.pages.questions import Result
from kg.server.pages.wording import find_ends, tell_state, word_column

Network = dict[str, list[Edge]]
"""Nodes and edges in the form that the graph of an article has; `claims` are numbers of rows."""


def draw_network(result: Result) -> Network | None:
    """The graph of a result; None where its rows do not connect things."""
    ends = find_ends(result)
    if ends is None:
        return None
    nodes: dict[str, Named] = {}
    edges: dict[tuple[str, str, str, str], list[str]] = {}
    labels: dict[str, str] = {}
    for row in result.rows:
        first, second = result.pick(row, ends.first), result.pick(row, ends.second)
        if first is None or second is None or first.thing is None or second.thing is None:
            continue
        between = result.pick(row, ends.relation) if ends.relation else None
        relation = between.thing.iri if between and between.thing else ""
        labels[relation] = between.text if between else word_column(ends.second)
        for thing in (first.thing, second.thing):
            nodes[thing.iri] = thing
        key = (first.thing.iri, relation, second.thing.iri, tell_state(result, row))
        edges.setdefault(key, []).append(str(row.number))
    return {
        "nodes": [
            {
                "id": thing.iri,
                "label": thing.label,
                "kind": thing.kind or "Thing",
                "mentions": 1,
                "href": thing.href,
            }
            for _, thing in sorted(nodes.items())
        ],
        "edges": [
            {
                "id": f"{state} {source} {relation} {target}",
                "source": source,
                "target": target,
                "relation": relation,
                "label": labels[relation],
                "state": state,
                "claims": rows,
            }
            for (source, relation, target, state), rows in sorted(edges.items())
        ],
    }
