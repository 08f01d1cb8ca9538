"""The commands by which people correct claims and decide on links; their files last."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kg.cli.commands import write_output

if TYPE_CHECKING:
    from kg.corpus import ReviewSummary

_DONE = 0
_SHOWN = 20


def add_review_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `kg link` that concern its review."""
    parser.add_argument(
        "--review",
        type=Path,
        metavar="FILE",
        help="keep what this file decides and list in it the cases that are open (YAML)",
    )
    _add_author(parser)


def add_claim_review_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `kg review`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the decisions (YAML)")
    parser.add_argument("--write", action="store_true", help="list claims to look at in the file")
    parser.add_argument(
        "--article",
        action="append",
        default=[],
        metavar="NAME",
        help="with --write, only claims of this article; may be given again",
    )
    parser.add_argument(
        "--below",
        type=_read_confidence,
        metavar="CONFIDENCE",
        help="with --write, only claims of a lower confidence, from 0 to 1",
    )
    _add_author(parser)
    parser.add_argument("--json", action="store_true", help="JSON instead of text")


def add_kept_review_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `kg build` that concern review."""
    parser.add_argument(
        "--review",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="keep and apply what this file decides; may be given again",
    )


def review(arguments: argparse.Namespace) -> int:
    """Correct claims: keep and apply what a file decides, and with --write list claims in it."""
    from kg.review.records import ClaimCase

    return _review(arguments, arguments.file, ClaimCase if arguments.write else None)


def review_links(arguments: argparse.Namespace) -> int:
    """Keep and apply what the file of `kg link --review` decides, then list what is open in it."""
    from kg.review.records import LinkCase

    return _review(arguments, arguments.review, LinkCase)


def _review(arguments: argparse.Namespace, file: Path, write: type | None) -> int:
    from kg.cli.output import show_progress, to_json
    from kg.corpus import review_graph
    from kg.vocabulary import load_vocabulary

    with show_progress() as report:
        summary = review_graph(
            arguments.graph,
            file,
            load_vocabulary(),
            write=write,
            articles=getattr(arguments, "article", ()),
            below=getattr(arguments, "below", None),
            author=arguments.author or "",
            today=date.today().isoformat(),
            report=report,
        )
    as_json = getattr(arguments, "json", False)
    told = to_json(summary) if as_json else _format_review(summary, file if write else None)
    write_output(told, None)
    return _DONE


def _format_review(summary: ReviewSummary, file: Path | None) -> str:
    from kg.cli.output import format_findings
    from kg.model import Severity

    lines = [f"decisions         {summary.standing} ({summary.recorded} recorded now)"]
    if file is not None:
        lines.append(f"open cases        {summary.open} ({summary.listed} added to {file})")
    grave = [
        each
        for each in summary.findings
        if each.severity is not Severity.INFO or each.check == "review"
    ]
    # What decisions lost first: that is for the reader of this command to mend.
    grave.sort(key=lambda each: each.check != "review")
    return "\n".join(lines) + "\n" + (format_findings(grave[:_SHOWN]) if grave else "")


def _add_author(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--author", metavar="NAME", help="who decided, where an entry does not name its author"
    )


def _read_confidence(text: str) -> float:
    confidence = float(text)
    if not 0 <= confidence <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return confidence
