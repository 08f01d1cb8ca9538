"""The command that searches a graph by words."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.cli.commands import write_output

if TYPE_CHECKING:
    from kg.search import Hit

# As kg.search.HitKind and MOST_HITS have it, which help need not load.
KINDS = ("entity", "article", "claim", "sentence")
MOST = 1000

_DONE = 0


def add_search_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `kg search`."""
    parser.add_argument(
        "words", nargs="+", metavar="WORD", help='what to look for; a phrase as "two words"'
    )
    parser.add_argument(
        "--kind",
        action="append",
        choices=KINDS,
        help="only those of this kind; may be given again",
    )
    parser.add_argument(
        "--limit",
        type=_read_limit,
        default=20,
        metavar="NUMBER",
        help=f"show no more than so many (default: 20, at most {MOST})",
    )
    parser.add_argument("--json", action="store_true", help="JSON instead of text")


def search(arguments: argparse.Namespace) -> int:
    """Find things, claims, sentences and articles by their words, the best first."""
    from kg.search import HitKind
    from kg.search import search as find_hits
    from kg.store import open_graph

    kinds = tuple(map(HitKind, arguments.kind or KINDS))
    with open_graph(arguments.graph, read_only=True) as store:
        words = " ".join(map(_write_phrase, arguments.words))
        hits = find_hits(store, words, kinds=kinds, limit=arguments.limit)
    write_output(_list_hits(hits) if arguments.json else _format_hits(hits), None)
    return _DONE


def _write_phrase(word: str) -> str:
    """An argument that the shell kept together is a phrase."""
    return f'"{word}"' if len(word.split()) > 1 and '"' not in word else word


def _list_hits(hits: Sequence[Hit]) -> str:
    from kg.search import describe_hit

    return json.dumps(list(map(describe_hit, hits)), ensure_ascii=False, indent=1) + "\n"


def _format_hits(hits: Sequence[Hit]) -> str:
    from kg.cli.output import clean_line, format_rows

    if not hits:
        return "nothing found\n"
    rows = [
        [
            hit.type or hit.kind.value,
            *(clean_line(text) for text in (hit.label, hit.snippet)),
        ]
        for hit in hits
    ]
    found = f"{len(rows)} found\n"
    return format_rows(["kind", "name", "words"], rows, color=sys.stdout.isatty()) + found


def _read_limit(text: str) -> int:
    limit = int(text)
    if not 1 <= limit <= MOST:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and {MOST}")
    return limit
