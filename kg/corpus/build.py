"""From files to a reasoned, checked graph; an interrupted build goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import DCTERMS, Literal, URIRef

from kg import graph, iris
from kg.corpus.deriving import derive, find_article_graphs
from kg.corpus.draft import Draft
from kg.corpus.fingerprint import compute_fingerprint
from kg.corpus.records import BuildSummary, Progress, Stage
from kg.corpus.reviewing import record_reviews
from kg.corpus.summary import summarise_graph
from kg.documents import find_articles, read_document
from kg.errors import DocumentError
from kg.model import Document, Finding, Reading, Severity
from kg.rdf import Quad, Triple
from kg.review.entries import load_sheet
from kg.store import GraphStore, forget_derived, open_graph
from kg.vocabulary import Vocabulary, ontology_directory

if TYPE_CHECKING:
    from kg.reading import Extract

Report = Callable[[Progress], None]
Read = Callable[[Document], Reading]


def build_corpus(
    paths: Iterable[Path],
    directory: Path,
    vocabulary: Vocabulary,
    *,
    report: Report = lambda progress: None,
    read: Read | None = None,
    variant: str = "",
    doubts: Callable[[], Iterable[Finding]] = tuple,
    accepted: Collection[URIRef] = (),
    reviews: Iterable[Path] = (),
    ontology: Path | None = None,
    lock: int | None = None,
) -> BuildSummary:
    """Read articles into the graph of a directory, then reason over the whole and check it.

    Articles that the same code and ontology have read already are left as they are. `accepted`
    names the holders whose claims count as fact beside the articles' own. `read` replaces the
    shipped reader, `variant` tells its readings from others, and `doubts` gives its findings in
    the end; `lock` is for `open_graph`. Among several files one that cannot be read becomes a
    finding; raises DocumentError where none can, GraphError where the graph cannot be written.

    What people decided before is applied again. Decisions of the files `reviews` are kept with
    them; one that cannot be understood raises ReviewError once all else is done.
    """
    files = sorted(find_articles(paths))
    sheets = [load_sheet(path) for path in reviews]
    failures: list[DocumentError] = []
    documents = _open_documents(files, failures)
    first = next(documents, None)
    if first is None:
        raise _explain_failures(failures, files)
    place = ontology or ontology_directory()
    fingerprint = compute_fingerprint(place, accepted=accepted, variant=variant)
    read = read or prepare_reader(vocabulary)
    with open_graph(directory, create=True, lock=lock) as store:
        seen: set[URIRef] = set()
        changed: set[URIRef] = set()
        for document in chain([first], documents):
            done = len(seen) + len(failures)
            report(Progress(Stage.READING, done, len(files), Path(document.source).name))
            if document.iri in seen:
                continue
            if not is_current(store, document, fingerprint):
                try:
                    reading = read(document)
                except DocumentError as error:
                    failures.append(error)
                    continue
                _write_reading(store, reading, vocabulary, fingerprint, accepted)
                changed.add(document.iri)
            seen.add(document.iri)
        if not find_article_graphs(store):
            raise _explain_failures(failures, files)
        refused = record_reviews(store, sheets, vocabulary, place)
        derived = derive(Draft(store), place, report)
        if refused is not None:
            raise refused
        findings = [*map(_report_failure, failures), *doubts(), *derived.findings]
        return summarise_graph(store, findings, read=len(changed), unchanged=len(seen - changed))


def _open_documents(files: list[Path], failures: list[DocumentError]) -> Iterator[Document]:
    for path in files:
        try:
            yield read_document(path)
        except DocumentError as error:
            failures.append(error)


def _explain_failures(failures: list[DocumentError], files: list[Path]) -> DocumentError:
    if not failures:
        return DocumentError("no article to read: give a file or a directory", source="")
    if len(files) == 1:
        return failures[0]
    message = f"none of the {len(files)} files can be read; the first: {failures[0]}"
    return DocumentError(message, source=failures[0].source)


def _report_failure(error: DocumentError) -> Finding:
    return Finding(Severity.WARNING, "readable", Path(error.source).name, str(error))


def prepare_reader(vocabulary: Vocabulary, extract: Extract | None = None) -> Read:
    """The shipped reader, its language engine loaded at first use since that takes seconds.

    `extract` replaces the shipped way to find claims.
    """

    @cache
    def load() -> Read:
        from kg.extraction import load_names
        from kg.reading import read
        from kg.syntax import load_parser

        names, parser = load_names(), load_parser()
        options = {} if extract is None else {"extract": extract}
        return lambda document: read(document, vocabulary, names, parser, **options)

    return lambda document: load()(document)


def is_current(store: GraphStore, document: Document, fingerprint: str) -> bool:
    """Whether a graph has an article as the code and ontology of a fingerprint read it."""
    found = store.triples(
        iris.article_graph(document.iri),
        predicate=DCTERMS.identifier,
        object=Literal(fingerprint),
    )
    return next(found, None) is not None


def _write_reading(
    store: GraphStore,
    reading: Reading,
    vocabulary: Vocabulary,
    fingerprint: str,
    accepted: Collection[URIRef],
) -> None:
    iri = reading.document.iri
    if next(store.triples(iris.article_graph(iri)), None) is not None:
        forget_derived(store.directory)
    article = graph.describe_reading(
        reading, vocabulary, fingerprint=fingerprint, accepted=accepted
    )
    facts = graph.state_facts(reading, accepted)
    store.replace_all(
        {
            iris.article_graph(iri): _drop_graphs(article),
            iris.facts_graph(iri): _drop_graphs(facts),
        }
    )


def _drop_graphs(quads: Iterable[Quad]) -> Iterator[Triple]:
    return (quad[:3] for quad in quads)
