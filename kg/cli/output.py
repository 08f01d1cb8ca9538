"""What the commands print: tables, summaries, findings and the progress of a build."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from enum import Enum
from typing import IO

from rdflib import Literal, URIRef
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from kg.corpus.records import BuildSummary, Progress
from kg.model import Finding, Severity
from kg.rdf import PREFIXES, QueryResult, Term
from kg.vocabulary.questions import Question

_SHORT = {
    **PREFIXES,
    "wd": "http://www.wikidata.org/entity/",
    "dbr": "http://dbpedia.org/resource/",
    "geonames": "https://sws.geonames.org/",
}
_WIDTH_OF_FILES = 160
_SHOWN_FINDINGS = 20


# ------------------------------------------------------------------------------------ answers


def format_table(result: QueryResult, labels: Mapping[URIRef, str], *, color: bool = False) -> str:
    """Rows as a table for people: labels for IRIs, prefixed names where there is no label.

    An article that all the rows share stands below the table instead of beside each row.
    """
    if result.boolean is not None:
        return "yes\n" if result.boolean else "no\n"
    if not result.rows:
        return "no answers\n"
    rows = [[_show_term(term, labels) for term in row] for row in result.rows]
    names = list(result.variables)
    caption = f"{len(rows)} answer{'s' if len(rows) != 1 else ''}"
    if "article" in names and len({row[names.index("article")] for row in rows}) == 1:
        place = names.index("article")
        caption += f", from “{rows[0][place]}”" if rows[0][place] else ""
        rows = [[*row[:place], *row[place + 1 :]] for row in rows]
        del names[place]
    return format_rows([_spell(name) for name in names], rows, color=color) + f"{caption}\n"


def format_questions(questions: Mapping[str, Question], *, color: bool = False) -> str:
    """The questions with their parameters, one a row."""
    rows = [
        [
            name,
            " ".join(
                parameter.name if parameter.required else f"[{parameter.name}]"
                for parameter in question.parameters
            ),
            question.description,
        ]
        for name, question in questions.items()
    ]
    return format_rows(["question", "parameters", "asks"], rows, color=color)


def format_question(question: Question) -> str:
    """One question in full: what it asks, its parameters, its SPARQL."""
    lines = [f"{question.name}: {question.title}", question.description, ""]
    for parameter in question.parameters:
        need = "required" if parameter.required else "optional"
        if parameter.default is not None:
            need = f"default {parameter.default}"
        lines.append(
            f"  {parameter.name}=…  {parameter.description} ({parameter.kind.value}, {need})"
        )
    body = "\n".join(line for line in question.text.splitlines() if not line.startswith("#"))
    return "\n".join([*lines, "", body, ""])


def format_rows(names: Sequence[str], rows: Sequence[Sequence[str]], *, color: bool) -> str:
    """Rows as a table under their names, as wide as the terminal if it is one."""
    width = shutil.get_terminal_size().columns if color else _WIDTH_OF_FILES
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=color, no_color=not color, highlight=False
    )
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in names:
        table.add_column(Text(name), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _show_term(term: Term | None, labels: Mapping[URIRef, str]) -> str:
    if term is None:
        return ""
    if isinstance(term, URIRef):
        return clean_line(labels.get(term) or _shorten_iri(term))
    return clean_line(str(term) if isinstance(term, Literal) else f"_:{term}")


def _shorten_iri(iri: str) -> str:
    for prefix, namespace in _SHORT.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace).rstrip('/')}"
    return iri


def _spell(name: str) -> str:
    """A variable's name as words: asSubject, as subject."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def clean_line(text: str) -> str:
    """A text on one line, without the control characters that could steer a terminal."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable() or c == " ")


# ----------------------------------------------------------------------- builds and findings


def format_summary(summary: BuildSummary) -> str:
    """What a build put into the graph, in a few lines."""
    read = f"{summary.read} read now, {summary.unchanged} unchanged"
    lines = [
        f"articles          {summary.documents} ({read})",
        f"sentences         {summary.sentences}",
        f"entities          {_format_counts(summary.entities)}",
        f"claims            {_format_counts(summary.claims)}",
        f"inferred triples  {summary.inferred}",
        f"findings          {_count_findings(summary.findings)}",
    ]
    grave = [finding for finding in summary.findings if finding.severity is not Severity.INFO]
    return "\n".join(lines) + "\n" + _list_findings(grave[:_SHOWN_FINDINGS])


def format_findings(findings: Sequence[Finding]) -> str:
    """Every finding on a line of its own, then their number by severity."""
    return _list_findings(findings) + f"{_count_findings(findings)}\n"


def to_json(value: object) -> str:
    """Records, or lists of them, as JSON."""
    plain = [asdict(item) for item in value] if isinstance(value, tuple) else asdict(value)  # type: ignore[call-overload]
    return json.dumps(plain, ensure_ascii=False, indent=1, default=_simplify) + "\n"


def _simplify(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _format_counts(counts: Mapping[str, int]) -> str:
    listed = ", ".join(
        f"{name} {count}"
        for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair))
    )
    return f"{sum(counts.values())} ({listed})" if counts else "0"


def _count_findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return "none"
    counts = [
        (sum(finding.severity is severity for finding in findings), severity.value)
        for severity in reversed(Severity)
    ]
    return ", ".join(f"{count} {name}" for count, name in counts if count)


def _list_findings(findings: Sequence[Finding]) -> str:
    lines = []
    for finding in findings:
        parts = (
            finding.severity.value,
            finding.check,
            _shorten_iri(finding.focus),
            finding.message,
        )
        lines.append(": ".join(clean_line(part) for part in parts if part) + "\n")
    return "".join(lines)


# ----------------------------------------------------------------------------------- progress


@contextmanager
def show_progress(stream: IO[str] | None = None) -> Iterator[Callable[[Progress], None]]:
    """A reporter that draws a bar on a terminal and says nothing elsewhere."""
    target = sys.stderr if stream is None else stream
    if not target.isatty():
        yield lambda progress: None
        return
    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[source]}", markup=False),
        console=Console(file=target),
        transient=True,
    )
    with bar:
        task = bar.add_task("starting", total=None, source="")

        def report(progress: Progress) -> None:
            bar.update(
                task,
                description=progress.stage.value,
                completed=progress.done,
                total=progress.total,
                source=clean_line(progress.source),
            )

        yield report
