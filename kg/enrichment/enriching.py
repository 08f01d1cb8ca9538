"""Facts about the things of a graph into its graph of enrichment, from the names and Wikidata."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import PROV, RDF, RDFS, URIRef

from kg import iris
from kg.enrichment.fetched import Fetched, Linked, fetch_facts
from kg.enrichment.known import describe_known, find_states
from kg.enrichment.links import find_links
from kg.enrichment.statements import set_graph
from kg.enrichment.things import find_articles, find_dates, find_named
from kg.graph import read_descriptions
from kg.iris import KG
from kg.linking.alignment import Alignment
from kg.linking.wikidata import WikidataItems
from kg.linking.wikidata_items import ENTITY
from kg.rdf import Triple
from kg.store import GraphStore
from kg.vocabulary import ontology_directory


@dataclass(frozen=True, slots=True)
class EnrichmentSummary:
    """What the graph of enrichment holds: records by kind, and of how many things.

    `unanswered` things could not be asked about, for the reasons in `failures`.
    """

    records: Mapping[str, int]
    things: int
    triples: int
    unanswered: int
    failures: tuple[str, ...]


def enrich_graph(
    store: GraphStore,
    alignment: Alignment,
    *,
    items: WikidataItems | None = None,
    ontology: Path | None = None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> EnrichmentSummary:
    """Set what enriches a graph: always what the names know, and with `items` what Wikidata does.

    Without them, or where some things cannot be asked about, what was fetched before stays.
    Raises OntologyError where the names cannot be read, and GraphError where the graph cannot be
    written.
    """
    articles = find_articles(store)
    triples = set(describe_known(store, articles, ontology=ontology))
    fetched = Fetched()
    if items is not None:
        linked = _list_linked(store, articles, ontology or ontology_directory())
        dates = find_dates(store, articles)
        fetched = fetch_facts(linked, items, alignment, dates, report=report)
        triples |= fetched.triples
        triples |= set(_name_entries(triples, ontology or ontology_directory()))
    if items is None or fetched.unanswered:
        triples |= _list_fetched(store)
    set_graph(store, iris.ENRICHED_GRAPH, triples)
    return EnrichmentSummary(
        records=_count_records(triples),
        things=len({s for s, _, _ in triples if not s.startswith(f"{iris.BASE}record/")}),
        triples=len(triples),
        unanswered=fetched.unanswered,
        failures=tuple(fetched.failures),
    )


def _list_linked(store: GraphStore, articles: Collection[URIRef], ontology: Path) -> list[Linked]:
    """The things that the articles speak of or that act in them, with their items in Wikidata."""
    states = find_states(store, articles, read_descriptions(ontology))
    wanted = find_named(store, articles) | states
    return [
        Linked(
            thing,
            frozenset(
                quad[2]
                for quad in store.quads(subject=thing, predicate=RDF.type)
                if isinstance(quad[2], URIRef)
            ),
            target.removeprefix(ENTITY),
        )
        for thing, targets in find_links(store, ENTITY).items()
        if thing in wanted
        for target in targets[:1]
    ]


def _list_fetched(store: GraphStore) -> set[Triple]:
    """What a run with Wikidata left in the graph: records with an origin, and what they are of."""
    held = set(store.triples(iris.ENRICHED_GRAPH))
    about: dict[URIRef, set[Triple]] = {}
    for triple in held:
        about.setdefault(triple[0], set()).add(triple)
    kept: set[Triple] = set()
    for said in about.values():
        if not any(predicate == PROV.wasDerivedFrom for _, predicate, _ in said):
            continue
        kept |= said
        parts = {predicate: value for _, predicate, value in said}
        thing, predicate = parts.get(RDF.subject), parts.get(RDF.predicate)
        if isinstance(thing, URIRef) and isinstance(predicate, URIRef):
            kept.add((thing, predicate, parts[RDF.object]))
        for end in (KG.member, KG.body, KG.officeHolder, KG.ofState):
            named = parts.get(end)
            if isinstance(named, URIRef):
                kept |= {t for t in about.get(named, ()) if t[1] in (RDF.type, RDFS.label)}
    return kept


def _name_entries(triples: Iterable[Triple], ontology: Path) -> list[Triple]:
    """Labels and kinds of the gazetteer's entries that records lead to."""
    ends = (KG.member, KG.body, KG.officeHolder, KG.ofState)
    led = {o for _, p, o in triples if p in ends and isinstance(o, URIRef)}
    descriptions = read_descriptions(ontology)
    return [
        triple
        for thing in sorted(led)
        for triple in descriptions.describe(thing)
        if triple[1] in (RDF.type, RDFS.label)
    ]


def _count_records(triples: Iterable[Triple]) -> dict[str, int]:
    names = {KG.Membership: "memberships", KG.Term: "terms of office", RDF.Statement: "statements"}
    counts = dict.fromkeys(names.values(), 0)
    for _, predicate, kind in triples:
        if predicate == RDF.type and kind in names:
            counts[names[URIRef(kind)]] += 1
    return counts
