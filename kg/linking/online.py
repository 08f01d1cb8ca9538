"""Asks the datasets of others what things are, and decides; goes on where a service fails.

What was answered is kept by the client: a run that was broken off is repeated by the same command
and asks only what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rdflib import URIRef

from kg.errors import LinkError
from kg.linking.alignment import Alignment
from kg.linking.client import Client, UnansweredError
from kg.linking.dbpedia import LOOKUP, SPOTLIGHT, DbpediaLinker
from kg.linking.geonames import SEARCH, GeonamesLinker
from kg.linking.reconciliation import ReconciliationLinker, Wishes
from kg.linking.records import LinkCandidate, LinkDecision, Linker, LinkQuery
from kg.linking.scoring import decide_link
from kg.linking.wikidata import API, SPARQL, WikidataItems, WikidataLinker

DATASETS = ("wikidata", "dbpedia", "geonames")
SERVICES: Mapping[str, str] = {
    "wikidata": API, "wikidata-sparql": SPARQL, "dbpedia": LOOKUP, "spotlight": SPOTLIGHT,
    "geonames": SEARCH,
}  # fmt: skip
"""Where each service is asked unless another address is given."""

_AT_ONCE = 20
_PATIENCE = 3
"""A service that fails for this many things in a row is left alone."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator gives beside names: `services` replaces addresses, "" takes one away."""

    services: Mapping[str, str] = field(default_factory=dict)
    geonames_account: str | None = None
    wishes: Wishes = field(default_factory=Wishes)

    def find_service(self, name: str) -> str:
        """The address of a service."""
        return self.services.get(name, SERVICES[name])


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `done` of `total` things have been asked of a dataset."""

    dataset: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided, what could not be asked (offline: is not kept), and why."""

    decisions: tuple[LinkDecision, ...]
    unanswered: int
    failures: tuple[str, ...]


def prepare_linker(name: str, client: Client, alignment: Alignment, settings: Settings) -> Linker:
    """The linker of a dataset, or of the reconciliation service at a URL; LinkError for others."""
    match name:
        case "wikidata":
            items = WikidataItems(
                client,
                alignment,
                api=settings.find_service("wikidata"),
                sparql=settings.find_service("wikidata-sparql"),
            )
            return WikidataLinker(items, alignment)
        case "dbpedia":
            return DbpediaLinker(
                client,
                alignment,
                lookup=settings.find_service("dbpedia"),
                spotlight=settings.find_service("spotlight") or None,
            )
        case "geonames":
            return GeonamesLinker(
                client,
                alignment,
                account=settings.geonames_account,
                search=settings.find_service("geonames"),
            )
    if name.startswith(("http://", "https://")):
        return ReconciliationLinker(client, alignment, name, settings.wishes)
    known = ", ".join(DATASETS)
    message = f"no linker {name!r}: give {known} or the URL of a reconciliation service"
    raise LinkError(message, url=name)


def link_things(
    queries: Sequence[LinkQuery],
    linker: Linker,
    *,
    report: Callable[[Progress], None] = lambda progress: None,
) -> Outcome:
    """What a dataset has for each thing, decided by the thresholds of `kg.linking.scoring`.

    A thing for which the service fails is left out and told; after several in a row the rest is
    left out too.
    """
    decisions: list[LinkDecision] = []
    failures: list[str] = []
    unanswered = in_a_row = 0
    for start in range(0, len(queries), _AT_ONCE):
        report(Progress(linker.method, start, len(queries)))
        for query, found in _ask_part(linker, queries[start : start + _AT_ONCE]):
            if isinstance(found, UnansweredError):
                unanswered += 1
            elif isinstance(found, LinkError):
                unanswered += 1
                in_a_row += 1
                failures.append(str(found))
                if in_a_row == _PATIENCE:
                    unanswered = len(queries) - len(decisions)
                    return Outcome(tuple(decisions), unanswered, tuple(dict.fromkeys(failures)))
            else:
                in_a_row = 0
                decisions.append(decide(query, found, linker.dataset, linker.method))
    report(Progress(linker.method, len(queries), len(queries)))
    return Outcome(tuple(decisions), unanswered, tuple(dict.fromkeys(failures)))


def decide(
    query: LinkQuery, candidates: tuple[LinkCandidate, ...], dataset: URIRef, method: str
) -> LinkDecision:
    """What is made of the candidates of one dataset, dated by the answer it rests on."""
    state, mapping = decide_link(candidates)
    return LinkDecision(
        query=query,
        state=state,
        candidates=candidates,
        mapping=mapping,
        method=method,
        date=candidates[0].retrieved if candidates else None,
        dataset=dataset,
    )


def _ask_part(
    linker: Linker, queries: Sequence[LinkQuery]
) -> Iterator[tuple[LinkQuery, tuple[LinkCandidate, ...] | LinkError]]:
    """Ask for some things together and, where that fails, for each by itself."""
    try:
        yield from list(linker.find_candidates(queries))
        return
    except LinkError as error:
        if len(queries) == 1:
            yield queries[0], error
            return
    for query in queries:
        try:
            yield from list(linker.find_candidates([query]))
        except LinkError as error:
            yield query, error
