"""The command that takes articles out of the graph."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kg.cli.commands import write_output

if TYPE_CHECKING:
    from kg.corpus import RemovalSummary

_DONE = 0


def add_removal_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `kg remove`."""
    parser.add_argument(
        "articles",
        nargs="+",
        metavar="ARTICLE",
        help="a file, its name when it was read, a title or an IRI",
    )
    parser.add_argument("--json", action="store_true", help="JSON instead of text")


def remove(arguments: argparse.Namespace) -> int:
    """Take articles out of the graph, with all that followed only from them."""
    from kg.cli.output import show_progress, to_json
    from kg.corpus import remove_articles

    with show_progress() as report:
        summary = remove_articles(arguments.articles, arguments.graph, report=report)
    told = to_json(summary) if arguments.json else _format_removal(summary)
    write_output(told, None)
    return _DONE


def _format_removal(summary: RemovalSummary) -> str:
    from kg.cli.output import clean_line

    names = [
        clean_line(f"removed           {each.title or each.iri} ({each.source})")
        for each in summary.removed
    ]
    claims = sum(each.claims for each in summary.removed)
    facts = sum(each.facts for each in summary.removed)
    lines = [
        *names,
        f"claims            {claims} withdrawn",
        f"facts             {facts} withdrawn",
        f"inferred triples  {summary.withdrawn} withdrawn",
        f"articles          {summary.documents} left",
    ]
    return "\n".join(lines) + "\n"
