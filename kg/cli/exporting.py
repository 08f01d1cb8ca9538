"""The commands that write the graph for other programs, and read it back."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kg.cli.codebook import EXPORT_HELP
from kg.cli.commands import open_output, write_output
from kg.errors import ExportError

if TYPE_CHECKING:
    from kg.store import GraphStore

RDF_FORMATS = ("turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml")
RDF_VIEWS = ("turtle12", "annotations", "nanopubs", "sssom")
EXPORTED_TABLES = ("claims-csv", "claims-parquet", "events", "graphml", "gexf")
EXPORTED_FOLDERS = ("neo4j",)

_OF_ARTICLES = ("annotations", "nanopubs")
_DONE = 0


def add_export_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `kg export`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXPORT_HELP
    parser.add_argument(
        "-f",
        "--format",
        choices=(*RDF_FORMATS, *RDF_VIEWS, *EXPORTED_TABLES, *EXPORTED_FOLDERS),
        default="turtle",
        metavar="FORMAT",
        help="one of those below (default: turtle)",
    )
    parser.add_argument(
        "--article",
        metavar="NAME",
        help="annotations or nanopubs of this article only: its file's name, title or IRI",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write to a file, or several to a folder"
    )


def add_import_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `kg import`."""
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="what kg export wrote, its name ending in .trig, .nq or .jsonld",
    )
    parser.add_argument(
        "--replace", action="store_true", help="put it in place of the graph that is there"
    )
    parser.add_argument("--json", action="store_true", help="JSON instead of text")


def export(arguments: argparse.Namespace) -> int:
    """Write the graph in an RDF syntax, as annotations, a table or a network."""
    from kg.store import open_graph

    format: str = arguments.format
    place: Path | None = None if arguments.output == Path("-") else arguments.output
    if arguments.article is not None and format not in _OF_ARTICLES:
        message = f"{format} is not of one article: leave --article out"
        raise ExportError(message, target=format)
    if format in EXPORTED_FOLDERS and place is None:
        message = f"{format} is several files: name a folder for them with -o DIR"
        raise ExportError(message, target=format)
    with open_graph(arguments.graph, read_only=True) as store:
        if format == "annotations":
            _export_annotations(store, arguments.article, place)
        elif format in EXPORTED_FOLDERS and place is not None:
            from kg.export import DIRECTORY_EXPORTS

            DIRECTORY_EXPORTS[format](store, place)
        else:
            write = _find_writer(format, arguments.article)
            with open_output(place) as out:
                write(store, out)
    return _DONE


def _find_writer(name: str, article: str | None) -> Callable[[GraphStore, BinaryIO], None]:
    match name:
        case "turtle12":
            from kg.export.triple_terms import export_triple_terms

            return export_triple_terms
        case "sssom":
            from kg.export.mappings import export_mappings

            return export_mappings
        case "nanopubs":
            from kg.export.articles import read_articles
            from kg.export.nanopublications import write_nanopublications

            return lambda store, out: write_nanopublications(read_articles(store, article), out)
    from kg.export import TABLE_EXPORTS, Format, export_graph

    if name in TABLE_EXPORTS:
        return TABLE_EXPORTS[name]
    return lambda store, out: export_graph(store, Format(name), out)


def _export_annotations(store: GraphStore, name: str | None, place: Path | None) -> None:
    """One article to a file or to standard output, or all of them to files in a directory."""
    from kg.export.annotations import format_annotations
    from kg.export.articles import read_articles

    articles = read_articles(store, name)
    if name is None and place is not None:
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"{place} cannot be a directory ({error.strerror}): choose another place"
            raise ExportError(message, target=str(place)) from error
        for article in articles:
            file = place / f"{article.iri.rsplit('/', 1)[-1]}.jsonld"
            write_output(format_annotations(article), file)
        return
    found = list(articles)
    if len(found) > 1:
        message = f"the graph has {len(found)} articles: choose with --article, or name -o DIR"
        raise ExportError(message, target="annotations")
    write_output("".join(map(format_annotations, found)), place)


def import_(arguments: argparse.Namespace) -> int:
    """Read back what kg export wrote as trig, nquads or jsonld, each quad in its named graph."""
    from kg.cli.output import to_json
    from kg.corpus.importing import import_files

    summary = import_files(arguments.files, arguments.graph, replace=arguments.replace)
    told = f"{summary.quads} quads in {len(summary.graphs)} named graphs\n"
    write_output(to_json(summary) if arguments.json else told, None)
    return _DONE
