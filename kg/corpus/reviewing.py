"""Reviewing a graph: decisions are kept with it and applied, and files list what is to decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rdflib import URIRef

from kg import graph, iris
from kg.corpus.deriving import derive
from kg.corpus.draft import Draft
from kg.corpus.records import Progress
from kg.corpus.removal import find_article
from kg.errors import ReviewError
from kg.extraction.names import Names, load_names
from kg.model import Finding
from kg.review.articles import describe_claim
from kg.review.entries import Sheet, load_sheet, refuse
from kg.review.known import Known
from kg.review.listing import list_claim_cases, list_link_cases
from kg.review.log import find_standing, read_decisions, record_decisions
from kg.review.lookup import GraphLookup
from kg.review.matching import find_again
from kg.review.records import ClaimCase, Decision, LinkCase, ReviewedClaim
from kg.review.sheets import Key, find_key, read_review, update_sheet
from kg.store import GraphStore, open_graph
from kg.vocabulary import Vocabulary, ontology_directory


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """What a review did: decisions recorded now and standing in all, and cases listed now.

    `open` counts the cases that wait for a decision.
    """

    recorded: int
    standing: int
    listed: int
    open: int
    findings: tuple[Finding, ...]


def record_reviews(
    store: GraphStore,
    sheets: Iterable[Sheet],
    vocabulary: Vocabulary,
    ontology: Path,
    *,
    author: str = "",
    today: str = "",
) -> ReviewError | None:
    """Keep what review files decide with the graph; the error of a file that cannot be understood.

    Of such a file nothing is kept.
    """
    sheets = list(sheets)
    if not sheets:
        return None
    kept = read_decisions(store.directory)
    known = Known(store, graph.read_descriptions(ontology).describe)
    lookup = GraphLookup(store, known, vocabulary, _prepare_names(ontology), kept)
    try:
        for sheet in sheets:
            decisions = read_review(sheet, lookup, kept, author=author, today=today)
            record_decisions(store.directory, decisions)
    except ReviewError as error:
        return error
    return None


def review_graph(
    directory: Path,
    file: Path,
    vocabulary: Vocabulary,
    *,
    write: type[LinkCase] | type[ClaimCase] | None = None,
    articles: Sequence[str] = (),
    below: float | None = None,
    author: str = "",
    today: str = "",
    report: Callable[[Progress], None] = lambda progress: None,
    ontology: Path | None = None,
) -> ReviewSummary:
    """Keep and apply what a review file decides, then with `write` list in it what is open.

    Of claims only those of some `articles` are listed, and those with a confidence `below`.
    `author` and `today` sign the decisions that have no author or date. Raises ReviewError where
    the file cannot be understood, and then changes nothing.
    """
    place = ontology or ontology_directory()
    if write is None and not file.exists():
        refuse(file, None, "is not there: --write makes it, with claims to look at")
    sheets = [load_sheet(file)] if file.exists() else []
    with open_graph(directory) as store:
        chosen = [iris.article_graph(find_article(store, name)) for name in articles]
        before = len(read_decisions(directory))
        refused = record_reviews(store, sheets, vocabulary, place, author=author, today=today)
        if refused is not None:
            raise refused
        derived = derive(Draft(store), place, report)
        decisions = read_decisions(directory)
        standing = find_standing(decisions)
        listed = waiting = 0
        if write is not None:
            known = Known(store, graph.read_descriptions(place).describe)
            if write is LinkCase:
                cases: Sequence[LinkCase | ClaimCase] = list_link_cases(
                    store, known, _prepare_names(place), derived.rejections
                )
            else:
                cases = list_claim_cases(known, chosen or known.articles(), below=below)
            decided = _find_decided(known, standing)
            listed = update_sheet(file, cases, decided, kind=write)
            waiting = sum(find_key(case) not in decided for case in cases)
    return ReviewSummary(
        recorded=len(decisions) - before,
        standing=len(standing),
        listed=listed,
        open=waiting,
        findings=derived.findings,
    )


def apply_reviews(
    directory: Path,
    *,
    report: Callable[[Progress], None] = lambda progress: None,
    ontology: Path | None = None,
    lock: int | None = None,
) -> tuple[Finding, ...]:
    """Apply again all that was decided, as a program does that recorded decisions or links.

    Gives what is doubtful. `lock` is for `open_graph`. Raises GraphError where the graph cannot be
    written.
    """
    with open_graph(directory, lock=lock) as store:
        return derive(Draft(store), ontology or ontology_directory(), report).findings


def _prepare_names(ontology: Path) -> Callable[[], Names]:
    """The shipped names, loaded at first use."""
    return cache(lambda: load_names(ontology / "names"))


def _find_decided(known: Known, standing: Sequence[Decision]) -> dict[Key, Decision]:
    """The standing decisions by the claims and things that they are about now."""
    found = {each.key: each for each in standing}
    places: dict[URIRef, list[Decision]] = {}
    for decision in standing:
        if isinstance(decision.about, ReviewedClaim):
            graph_name = iris.article_graph(decision.about.place.document)
            places.setdefault(graph_name, []).append(decision)
    for name, decisions in places.items():
        view = known.read(name)
        claims = {iri: describe_claim(view, claim) for iri, claim in view.claims().items()}
        for iri, decision in find_again(decisions, claims)[0].items():
            found.pop(decision.key, None)
            found["claim", str(iri)] = decision
    return found
