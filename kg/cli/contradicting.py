"""The command that lists what contradicts itself in a graph."""

from __future__ import annotations

import argparse

from kg.cli.commands import write_output


def contradictions(arguments: argparse.Namespace) -> int:
    """List what cannot all be true in the graph, both sides with their words; 1 if there is any."""
    import json

    from kg.query import find_things
    from kg.reasoning.contradictions import (
        contradiction_to_json,
        find_contradictions,
        format_contradictions,
    )
    from kg.store import open_graph

    with open_graph(arguments.graph, read_only=True) as store:
        about = None if arguments.about is None else set(find_things(store, arguments.about))
        found = tuple(
            each
            for each in find_contradictions(store)
            if arguments.kind in (None, each.kind) and (about is None or about & each.things)
        )
    if arguments.json:
        listed = [contradiction_to_json(each) for each in found]
        told = json.dumps(listed, ensure_ascii=False, indent=1) + "\n"
    else:
        told = format_contradictions(found)
    write_output(told, None)
    return 1 if found else 0
