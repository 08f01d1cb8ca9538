"""What the articles of a graph tell of the things that the gazetteer does not know."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rdflib import DCTERMS, RDF, RDFS, URIRef

from kg import iris
from kg.graph import Descriptions
from kg.iris import KG
from kg.linking.strangers import Stranger
from kg.rdf import Triple
from kg.store import GraphStore

_KINDS = frozenset(
    {KG.State, KG.Government, KG.Person, KG.Organization, KG.Alliance, KG.ArmedForce, KG.Group,
     KG.Place, KG.Agreement, KG.Policy, KG.Event}
)  # fmt: skip


def find_strangers(
    store: GraphStore, descriptions: Descriptions, articles: Collection[URIRef]
) -> Iterator[Stranger]:
    """The things that an article names, no entry of the gazetteer is, and none may be."""
    named = {mention for mention, *_ in store.quads(predicate=KG.form, object=KG.NameForm)}
    places = {mention: sentence for mention, _, sentence, _ in store.quads(predicate=KG.inSentence)}
    known: dict[object, set[URIRef]] = {}
    unknown: dict[tuple[URIRef, URIRef], set[object]] = {}
    for mention, _, thing, article in store.quads(predicate=KG.refersTo):
        if article not in articles or not isinstance(thing, URIRef):
            continue
        sentence = places.get(mention)
        if str(thing) in descriptions.about:
            known.setdefault(sentence, set()).add(thing)
        elif mention in named:
            unknown.setdefault((thing, article), set()).add(sentence)
    dates = find_article_dates(store)
    for (thing, article), sentences in sorted(unknown.items(), key=lambda item: item[0]):
        about = {predicate: value for _, predicate, value in store.triples(article, subject=thing)}
        kind, name = about.get(RDF.type), about.get(RDFS.label)
        open_ = next(store.triples(article, predicate=KG.candidateOf, object=thing), None)
        if isinstance(kind, URIRef) and kind in _KINDS and name is not None and open_ is None:
            country = about.get(KG.countryCode)
            yield Stranger(
                iri=thing,
                kind=kind,
                name=str(name),
                country=None if country is None else str(country),
                date=dates.get(article),
                company=frozenset().union(*(known.get(each, set()) for each in sentences)),
            )


def find_facts(store: GraphStore, articles: Collection[URIRef]) -> Iterator[Triple]:
    """The facts that the articles state."""
    for article in sorted(articles):
        yield from store.triples(iris.facts_graph(article))


def find_article_dates(store: GraphStore) -> dict[URIRef, str]:
    """The date of each article by its graph: when it appeared, else when it was received."""
    dates: dict[URIRef, str] = {}
    for predicate in (KG.received, DCTERMS.issued):
        for _, _, date, article in store.quads(predicate=predicate):
            dates[article] = str(date)
    return dates
