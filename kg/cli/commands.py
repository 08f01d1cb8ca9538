"""One function per command; each imports what it needs when it runs, so that help is quick."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kg.errors import DocumentError, ExportError, QueryError

if TYPE_CHECKING:
    from kg.extraction.llm import LlmExtractor
    from kg.model import Document, Reading
    from kg.rdf import QueryResult
    from kg.store import GraphStore

_DONE, _FOUND = 0, 1


def build(arguments: argparse.Namespace) -> int:
    """Read articles into the graph and summarise it."""
    from kg.cli.extractors import prepare_extractor
    from kg.cli.output import format_summary, show_progress, to_json
    from kg.cli.reports import Coverage, check_report, format_coverage, list_coverage
    from kg.corpus import build_corpus, prepare_reader
    from kg.documents import find_articles
    from kg.vocabulary import load_vocabulary

    paths = find_articles(arguments.paths)
    place: Path | None = arguments.report
    if place is not None:
        check_report(place)
    vocabulary = load_vocabulary()
    extractor = prepare_extractor(arguments, vocabulary)
    read = prepare_reader(vocabulary, extractor)
    coverage = Coverage(read, vocabulary, extractor) if place is not None else None
    with show_progress() as report:
        summary = build_corpus(
            paths,
            arguments.graph,
            vocabulary,
            report=report,
            read=coverage.read if coverage else read,
            variant=extractor.variant if extractor else "",
            doubts=extractor.report if extractor else tuple,
            reviews=arguments.review,
        )
    told = to_json(summary) if arguments.json else format_summary(summary)
    if coverage is not None and place is not None:
        rows = coverage.complete(paths)
        if not arguments.json:
            listed = format_coverage(rows)
        else:
            listed = list_coverage(rows, summary=told if place == Path("-") else None)
        write_output(listed, place)
        told = "" if arguments.json and place == Path("-") else told
    write_output(told, None)
    return _DONE


def gaps(arguments: argparse.Namespace) -> int:
    """List which predicates between two named things no entry covers, most frequent first."""
    from kg.cli.output import to_json
    from kg.cli.reports import format_gaps
    from kg.corpus import prepare_reader
    from kg.documents import find_articles, read_document
    from kg.extraction import load_names
    from kg.extraction.gaps import count_gaps, find_gaps
    from kg.vocabulary import load_vocabulary

    # Every article is opened before the language engine is loaded, which takes seconds.
    documents = [read_document(path) for path in find_articles(arguments.paths)]
    vocabulary, names = load_vocabulary(), load_names()
    read = prepare_reader(vocabulary)
    counts = count_gaps(
        gap
        for document in documents
        for gap in find_gaps(read(document), vocabulary, names, described=arguments.described)
    )
    write_output(to_json(counts) if arguments.json else format_gaps(counts), None)
    return _DONE


def query(arguments: argparse.Namespace) -> int:
    """Answer a competency question or free SPARQL."""
    from kg.query import find_question, looks_like_sparql, run_question, run_sparql
    from kg.store import open_graph
    from kg.vocabulary.questions import load_questions, read_question

    asked: str = arguments.question
    given = _read_parameters([*arguments.values, *arguments.param])
    questions = load_questions()
    question = text = None
    if asked in questions:
        question = questions[asked]
    elif asked == "-":
        text = _read_query(None)
    elif _is_file(asked):
        text = _read_query(Path(asked))
        if text.startswith("# title:"):
            question = read_question(Path(asked))
    elif looks_like_sparql(asked):
        text = asked
    else:
        question = find_question(questions, asked)
    with open_graph(arguments.graph, read_only=True) as store:
        if question is not None:
            result = run_question(store, question, given, timeout=arguments.timeout)
        elif given:
            raise QueryError("free SPARQL takes no parameters: leave them out", query=asked)
        else:
            result = run_sparql(
                store,
                text or "",
                timeout=arguments.timeout,
                allowed=arguments.allow_service,
            )
        write_output(_format_result(store, result, arguments), arguments.output)
    return _DONE


def questions(arguments: argparse.Namespace) -> int:
    """List the competency questions, or show one in full."""
    from kg.cli.output import format_question, format_questions, to_json
    from kg.query import find_question
    from kg.vocabulary.questions import load_questions

    known = load_questions()
    if arguments.name is not None:
        question = find_question(known, arguments.name)
        write_output(to_json(question) if arguments.json else format_question(question), None)
    elif arguments.json:
        write_output(to_json(tuple(known.values())), None)
    else:
        write_output(format_questions(known, color=sys.stdout.isatty()), None)
    return _DONE


def check(arguments: argparse.Namespace) -> int:
    """Hold the graph against shapes, quotes and coverage; 1 if anything graver than a note."""
    from kg.cli.output import format_findings, to_json
    from kg.model import Severity
    from kg.store import open_graph
    from kg.validation import check_quotes, measure_coverage, validate_graph

    with open_graph(arguments.graph, read_only=True) as store:
        findings = (*validate_graph(store), *check_quotes(store), measure_coverage(store))
    write_output(to_json(findings) if arguments.json else format_findings(findings), None)
    return _DONE if all(finding.severity is Severity.INFO for finding in findings) else _FOUND


def claims(arguments: argparse.Namespace) -> int:
    """Write the claims of one article."""
    from kg.cli.extractors import prepare_extractor
    from kg.cli.output import format_findings
    from kg.export import export_claims
    from kg.vocabulary import load_vocabulary

    extractor = prepare_extractor(arguments, load_vocabulary())
    reading = _read_article(arguments.file, extractor)
    write_output(export_claims(reading, arguments.format), arguments.output)
    if extractor is not None and extractor.refused:
        sys.stderr.write(format_findings(extractor.report()))
    return _DONE


def mentions(arguments: argparse.Namespace) -> int:
    """Write the mentions of one article."""
    from kg.export import export_mentions

    write_output(export_mentions(_read_article(arguments.file), arguments.format), arguments.output)
    return _DONE


# ---------------------------------------------------------------------------- input and output


def _read_article(path: Path, extractor: LlmExtractor | None = None) -> Reading:
    document = _read_document(path)
    # Here, since the language engine takes seconds that a wrong file need not wait for.
    from kg.corpus import prepare_reader
    from kg.vocabulary import load_vocabulary

    return prepare_reader(load_vocabulary(), extractor)(document)


def _read_document(path: Path) -> Document:
    from kg.documents import parse_document, read_document
    from kg.documents.decoding import LARGEST_FILE

    if path != Path("-"):
        return read_document(path)
    try:
        return parse_document(sys.stdin.buffer.read(LARGEST_FILE + 1), "standard input")
    except OSError as error:
        message = f"standard input cannot be read: {error.strerror}"
        raise DocumentError(message, source="-") from error


def _read_query(path: Path | None) -> str:
    from kg.query import MAX_CHARACTERS

    name = "standard input" if path is None else str(path)
    most = 4 * MAX_CHARACTERS + 1
    try:
        if path is None:
            data = sys.stdin.buffer.read(most)
        else:
            with path.open("rb") as file:
                data = file.read(most)
        return data.decode("utf-8-sig")
    except OSError as error:
        raise QueryError(f"{name} cannot be read: {error.strerror}", query=name) from error
    except UnicodeDecodeError as error:
        raise QueryError(f"{name} is no query: it is not UTF-8 text", query=name) from error


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:  # Longer than a file's name can be.
        return False


def _read_parameters(pairs: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise QueryError(f"{pair!r} is no parameter: write name=value", query=pair)
        if name in values:
            raise QueryError(f"the parameter {name} is given twice", query=pair)
        values[name] = value
    return values


def _format_result(store: GraphStore, result: QueryResult, arguments: argparse.Namespace) -> str:
    from rdflib import URIRef

    from kg.cli.output import format_table
    from kg.query import fetch_labels, format_csv, format_json, format_turtle

    if arguments.json:
        return format_json(result)
    if arguments.csv:
        return format_csv(result)
    if result.triples is not None:
        return format_turtle(result)
    iris = {term for row in result.rows for term in row if isinstance(term, URIRef)}
    to_terminal = arguments.output is None and sys.stdout.isatty()
    return format_table(result, fetch_labels(store, iris), color=to_terminal)


@contextmanager
def open_output(path: Path | None) -> Iterator[BinaryIO]:
    """A file that appears whole or not at all, or standard output; ExportError if it is full."""
    if path is not None and path != Path("-"):
        from kg.export import open_target

        with open_target(path) as out:
            yield out
        return
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"standard output cannot be written: {error.strerror}"
        raise ExportError(message, target="-") from error


def write_output(text: str, path: Path | None) -> None:
    """Write text to a file, which appears whole, or to standard output."""
    # As bytes: CSV brings its own line ends, which Windows would double.
    with open_output(path) as out:
        out.write(text.encode(errors="replace"))
