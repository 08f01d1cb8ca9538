"""The things of a graph as linkers are asked about them: names, kind, company, dates, sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from rdflib import RDF, RDFS, SKOS, Literal, URIRef

from kg import iris
from kg.corpus.identity import find_article_dates
from kg.iris import ID, KG
from kg.linking.records import LinkQuery
from kg.rdf import Triple
from kg.store import GraphStore

LINKABLE = frozenset(
    {
        KG.State, KG.Government, KG.Person, KG.Organization, KG.Alliance, KG.ArmedForce, KG.Place,
        KG.Agreement, KG.Policy, KG.Event,
    }
)  # fmt: skip
"""The kinds whose things other datasets know by name."""

SPACES: Mapping[str, tuple[str, ...]] = {
    "https://www.geonames.org/": ("https://sws.geonames.org/", "http://sws.geonames.org/"),
}
"""Where the identifiers of a dataset are, unless they begin as the dataset does."""

_NAMES = 4
_NEAR = 12
_CONTEXT = 3


@dataclass(slots=True)
class _Thing:
    """What the articles say of one thing while it is gathered."""

    kinds: set[URIRef] = field(default_factory=set)
    label: str = ""
    country: str | None = None
    exacts: Counter[str] = field(default_factory=Counter)
    graphs: set[URIRef] = field(default_factory=set)
    sentences: set[URIRef] = field(default_factory=set)


def list_queries(
    store: GraphStore, *, decided: Collection[URIRef] = (), dataset: URIRef | None = None
) -> tuple[LinkQuery, ...]:
    """The named things of a graph that have no link to a dataset yet, sorted by their IRIs.

    Links that `kg link` found count for nothing here, so that it finds them again; `decided` are
    things on which a human has decided.
    """
    things: dict[URIRef, _Thing] = {}
    for graph in sorted(find_articles(store)):
        _gather(store, graph, things)
    linked = set() if dataset is None else find_linked(store, dataset)
    near = _find_company(store, things)
    dates = find_article_dates(store)
    texts = {s: str(o) for s, _, o, _ in store.quads(predicate=KG.text)}
    starts = {s: int(o) for s, _, o, _ in store.quads(predicate=KG.start) if s in texts}
    countries = _count_countries(things)
    queries = []
    for iri in sorted(things):
        thing = things[iri]
        kinds = sorted(thing.kinds & LINKABLE)
        if not kinds or not thing.exacts or iri in linked or iri in decided:
            continue
        sentences = sorted(thing.sentences & texts.keys(), key=lambda each: (starts[each], each))
        about = Counter[str]()
        for graph in thing.graphs:
            about.update(countries[graph])
        ranked = sorted(about, key=lambda code: (-about[code], code))
        queries.append(
            LinkQuery(
                entity=iri,
                names=_rank_names(thing),
                kind=kinds[0],
                country=thing.country,
                dates=tuple(sorted({dates[g] for g in thing.graphs if g in dates})),
                company=tuple(each for each, _ in near[iri].most_common(_NEAR)),
                countries=tuple(ranked),
                context=tuple(texts[each] for each in sentences[:_CONTEXT]),
            )
        )
    return tuple(queries)


def find_articles(store: GraphStore) -> frozenset[URIRef]:
    """The graphs that hold articles."""
    return frozenset(quad[3] for quad in store.quads(predicate=RDF.type, object=KG.Article))


def find_named(store: GraphStore, articles: Collection[URIRef]) -> set[URIRef]:
    """The things that articles name, or that their claims are about or held by."""
    return {
        value
        for predicate in (KG.refersTo, KG.subject, KG.object, KG.holder)
        for _, _, value, graph in store.quads(predicate=predicate)
        if isinstance(value, URIRef) and graph in articles
    }


def find_linked(store: GraphStore, dataset: URIRef) -> set[URIRef]:
    """The things with a link to a dataset that is not one of `kg link`'s own."""
    spaces = SPACES.get(str(dataset), (str(dataset),))
    return {
        quad[0]
        for mapping in (SKOS.exactMatch, SKOS.closeMatch)
        for quad in store.quads(predicate=mapping)
        if quad[3] != iris.LINKS_GRAPH and str(quad[2]).startswith(spaces)
    }


def _gather(store: GraphStore, graph: URIRef, things: dict[URIRef, _Thing]) -> None:
    """Add what one article says of the things it names."""
    about: dict[URIRef, dict[URIRef, URIRef | Literal]] = {}
    for mention, predicate, value in store.triples(graph):
        if predicate in (KG.refersTo, KG.form, KG.exact, KG.inSentence):
            about.setdefault(mention, {})[predicate] = value
    for said in about.values():
        iri, sentence = said.get(KG.refersTo), said.get(KG.inSentence)
        if not isinstance(iri, URIRef):
            continue
        thing = things.setdefault(iri, _Thing())
        thing.graphs.add(graph)
        if said.get(KG.form) == KG.NameForm:
            thing.exacts[" ".join(str(said[KG.exact]).split())] += 1
            if isinstance(sentence, URIRef):
                thing.sentences.add(sentence)
    for iri, thing in things.items():
        if graph in thing.graphs:
            _describe(thing, store.triples(graph, subject=iri))


def _describe(thing: _Thing, triples: Iterable[Triple]) -> None:
    for _, predicate, value in triples:
        if predicate == RDF.type and isinstance(value, URIRef):
            thing.kinds.add(value)
        elif predicate == RDFS.label:
            thing.label = thing.label or str(value)
        elif predicate == KG.countryCode:
            thing.country = str(value)


def _rank_names(thing: _Thing) -> tuple[str, ...]:
    """The label, then what the texts call it, most often and longest first."""
    exacts = sorted(thing.exacts, key=lambda name: (-thing.exacts[name], -len(name), name))
    names: dict[str, str] = {}
    for name in (thing.label, *exacts):
        if name:
            names.setdefault(name.casefold(), name)
    return tuple(names.values())[:_NAMES]


def _find_company(
    store: GraphStore, things: Mapping[URIRef, _Thing]
) -> dict[URIRef, Counter[URIRef]]:
    """For each thing the gazetteer's entries that its sentences name too, with how many do."""
    entries = {s for s, _, _ in store.triples(iris.BACKGROUND_GRAPH, predicate=RDF.type)}
    same = {
        s: o
        for s, _, o, graph in sorted(store.quads(predicate=SKOS.exactMatch))
        if isinstance(o, URIRef) and o.startswith(ID) and graph != iris.LINKS_GRAPH
    }
    named: dict[URIRef, list[URIRef]] = {}
    for iri, thing in sorted(things.items()):
        entry = iri if iri in entries else same.get(iri)
        if entry is not None:
            for sentence in thing.sentences:
                named.setdefault(sentence, []).append(entry)
    near: dict[URIRef, Counter[URIRef]] = {}
    for iri, thing in things.items():
        found = Counter(
            entry
            for sentence in sorted(thing.sentences)
            for entry in named.get(sentence, ())
            if entry not in (iri, same.get(iri))
        )
        ranked = sorted(found, key=lambda each: (-found[each], each))
        near[iri] = Counter({each: found[each] for each in ranked})
    return near


def _count_countries(things: Mapping[URIRef, _Thing]) -> dict[URIRef, Counter[str]]:
    """For each article how often the countries of its things are named."""
    found: dict[URIRef, Counter[str]] = {}
    for thing in things.values():
        for graph in thing.graphs:
            counts = found.setdefault(graph, Counter())
            if thing.country:
                counts[thing.country] += sum(thing.exacts.values())
    return found


def find_dates(store: GraphStore, graphs: Iterable[URIRef]) -> list[str]:
    """The dates that the articles, their claims and the events they name are of, sorted."""
    wanted = set(graphs)
    known = find_article_dates(store)
    found = {known[graph] for graph in wanted if graph in known}
    for predicate in (KG.timeStart, KG.timeEnd):
        found |= {str(o) for _, _, o, g in store.quads(predicate=predicate) if g in wanted}
    events = {s for s, _, _, g in store.quads(predicate=RDF.type, object=KG.Event) if g in wanted}
    for predicate in (KG.validFrom, KG.validUntil):
        for event in events:
            # What was enriched before must not decide what is now.
            found |= {
                str(o)
                for _, _, o, graph in store.quads(subject=event, predicate=predicate)
                if graph != iris.ENRICHED_GRAPH
            }
    return sorted(date for date in found if date[:4].isdigit())
