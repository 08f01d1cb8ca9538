"""The command `kg`: its arguments, its exit codes, and what it says when something is wrong.

Exit codes: 0 done, 1 doubtful data was found or a triple does not hold, 2 wrong use.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from kg import __version__
from kg.cli import (
    commands,
    exporting,
    linking,
    proving,
    removing,
    reviewing,
    searching,
    serving,
)
from kg.cli.contradicting import contradictions
from kg.cli.extractors import add_extractor_options
from kg.errors import ConcordError, ExportError

TABLE_FORMATS = ("jsonl", "table", "csv")
CONTRADICTIONS = (
    "logical", "self-contradiction", "opposite-polarity", "incompatible", "overlapping-values",
)  # fmt: skip

_DONE, _WRONG, _INTERRUPTED = 0, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; what the user did wrong is told in one line."""
    try:
        arguments = _make_parser().parse_args(argv)
        command: Callable[[argparse.Namespace], int] = arguments.command
        code = command(arguments)
        sys.stdout.flush()
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else _WRONG
    except ConcordError as error:
        sys.stderr.write(f"kg: {' '.join(str(error).split())}\n")
        if isinstance(error, ExportError):
            _discard_output()
        return _WRONG
    except KeyboardInterrupt:
        sys.stderr.write("kg: interrupted\n")
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has had enough.
        _discard_output()
        return _DONE
    return code


def _discard_output() -> None:
    """Keep Python from complaining at its end of what could not be written."""
    with suppress(OSError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


# ---------------------------------------------------------------------------------- arguments


class _Parser(argparse.ArgumentParser):
    """A parser that tells a mistake in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(_WRONG, f"{self.prog}: {' '.join(message.split())} (see {self.prog} --help)\n")


def _make_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="kg",
        description="Reads articles on international relations into a cited, reasoned RDF graph.",
        epilog="Exit codes: 0 done, 1 findings or a triple that does not hold, 2 wrong use.",
    )
    parser.add_argument("--version", action="version", version=f"kg {__version__}")
    added_to = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    graph = _Parser(add_help=False)
    graph.add_argument(
        "--graph",
        type=Path,
        metavar="DIR",
        default=Path(os.environ.get("KG_GRAPH") or "concord"),
        help="where the graph is (default: $KG_GRAPH, else ./concord)",
    )

    _add_reading_commands(added_to, graph)
    added = _add(added_to, commands.query, "ask a question, or in SPARQL", parents=[graph])
    _add_query_arguments(added)

    added = _add(added_to, searching.search, "find things and text by words", parents=[graph])
    searching.add_search_options(added)

    added = _add(added_to, commands.questions, "list the questions that kg query knows")
    added.add_argument("name", nargs="?", metavar="NAME", help="show this question in full")
    _add_json(added)

    _add_reasoning_commands(added_to, graph)

    added = _add(
        added_to, contradictions, "list what cannot all be true, with both sides", parents=[graph]
    )
    added.add_argument("--kind", choices=CONTRADICTIONS, help="only those of this kind")
    added.add_argument("--about", metavar="NAME", help="only those about or held by this thing")
    _add_json(added)

    added = _add(added_to, linking.link, "look things up in other datasets", parents=[graph])
    linking.add_link_options(added)
    added = _add(added_to, linking.enrich, "bring in facts about things", parents=[graph])
    linking.add_enrich_options(added)

    added = _add(added_to, exporting.export, "write it for other programs", parents=[graph])
    exporting.add_export_options(added)

    added = _add(added_to, exporting.import_, "read back what was exported", parents=[graph])
    exporting.add_import_options(added)

    added = _add(added_to, serving.serve, "serve the graph over HTTP", parents=[graph])
    serving.add_serving_options(added)

    added = _add(
        added_to, commands.check, "hold the graph against shapes and sources", parents=[graph]
    )
    _add_json(added)

    return parser


def _add_reading_commands(added_to: argparse._SubParsersAction[_Parser], graph: _Parser) -> None:
    """The commands that read articles."""
    added = _add(added_to, commands.build, "read articles into the graph", parents=[graph])
    _add_paths(added)
    added.add_argument(
        "--report",
        nargs="?",
        const=Path("-"),
        type=Path,
        metavar="FILE",
        help="list each sentence with its claims, or why there is none (to standard output)",
    )
    add_extractor_options(added)
    reviewing.add_kept_review_options(added)
    _add_json(added)

    added = _add(
        added_to, reviewing.review, "correct claims, in a file that lasts", parents=[graph]
    )
    reviewing.add_claim_review_options(added)

    added = _add(added_to, removing.remove, "take articles out of the graph", parents=[graph])
    removing.add_removal_options(added)

    added = _add(added_to, commands.gaps, "list the predicates that no entry covers")
    _add_paths(added)
    added.add_argument(
        "--described", action="store_true", help="those with one end that is not named as well"
    )
    _add_json(added)

    for command in (commands.claims, commands.mentions):
        added = _add(added_to, command, f"write the {command.__name__} of one article")
        added.add_argument("file", type=Path, metavar="FILE", help="the article; - for input")
        added.add_argument("--format", choices=TABLE_FORMATS, default="table", help="the form")
        if command is commands.claims:
            add_extractor_options(added)
        _add_output(added)


def _add_reasoning_commands(added_to: argparse._SubParsersAction[_Parser], graph: _Parser) -> None:
    """The commands that tell what follows, and from what."""
    added = _add(added_to, proving.explain, "prove a triple down to its sentences", parents=[graph])
    for name in ("subject", "relation", "object"):
        added.add_argument(name, metavar=name.upper(), help="a name, prefixed name or IRI")
    added.add_argument("--all", action="store_true", help="every way to prove it, shortest first")
    _add_accept(added)
    forms = added.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="JSON instead of text")
    forms.add_argument("--turtle", action="store_true", help="the proof in PROV-O")
    forms.add_argument("--dot", action="store_true", help="the proof for Graphviz")
    _add_output(added)

    added = _add(added_to, proving.reason, "write what follows", parents=[graph])
    added.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="RDF files (default: the graph)"
    )
    added.add_argument("--perspective", metavar="NAME", help="as this holder of claims sees it")
    _add_accept(added)
    added.add_argument(
        "--engine",
        choices=("memory", "duckdb", "owlrl"),
        help="what reasons over files (default: memory, from some five million triples on duckdb)",
    )
    added.add_argument("--only-inferred", action="store_true", help="leave out what was given")
    added.add_argument("--stats", action="store_true", help="counts and seconds instead of triples")
    _add_json(added)
    _add_output(added)

    added = _add(added_to, proving.entails, "tell whether RDF follows", parents=[graph])
    added.add_argument("conclusion", type=Path, metavar="CONCLUSION", help="an RDF file")
    added.add_argument(
        "--from", dest="premises", nargs="+", type=Path, metavar="FILE",
        help="RDF files that it should follow from (default: the graph)",
    )  # fmt: skip
    _add_json(added)


def _add_accept(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="NAME",
        help="take what this holder affirms for fact; may be given again",
    )


def _add_query_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "question",
        metavar="QUESTION",
        help="a question's name, a file of SPARQL, - for standard input, or SPARQL itself",
    )
    parser.add_argument("values", nargs="*", metavar="NAME=VALUE", help="the question's parameters")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="the same as an option"
    )
    parser.add_argument(
        "--timeout",
        type=_read_seconds,
        default=30.0,
        metavar="SECONDS",
        help="stop a query that takes longer (default: 30)",
    )
    parser.add_argument(
        "--allow-service",
        action="append",
        default=[],
        metavar="URL",
        help="an endpoint that SERVICE may ask, or a file for FROM; may be given again",
    )
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="SPARQL 1.1 results as JSON")
    forms.add_argument("--csv", action="store_true", help="SPARQL 1.1 results as CSV")
    _add_output(parser)


def _add(
    added_to: argparse._SubParsersAction[_Parser],
    command: Callable[[argparse.Namespace], int],
    purpose: str,
    *,
    parents: Sequence[_Parser] = (),
) -> argparse.ArgumentParser:
    parser = added_to.add_parser(
        # A command that is a word of Python has an underscore behind it.
        command.__name__.removesuffix("_"),
        help=purpose,
        description=command.__doc__,
        parents=list(parents),
    )
    parser.set_defaults(command=command)
    return parser


def _add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a directory")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="JSON instead of text")


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write to a file")


def _read_seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 86400 seconds")
    return seconds
