"""What is known of the things that decisions speak of: in articles, or by the shipped names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rdflib import RDF, RDFS, SKOS, Literal, URIRef

from kg import iris
from kg.iris import KG
from kg.rdf import Triple
from kg.review.articles import ArticleView, restore_read
from kg.review.records import ReviewedThing, Thing, fold_name
from kg.store import GraphStore

Describe = Callable[[URIRef], list[Triple]]
"""What the shipped names say of a thing; nothing where they do not know it."""

_ARTICLE = f"{iris.BASE}graph/article/"
_NO_THINGS = frozenset({KG.Author, KG.AuthorVoice})
"""What has a name in an article without being a thing that it speaks of."""

_REMEMBERED = 64
"""How many articles are remembered; a thing that is merged may be in thousands."""

MAPPINGS = (
    SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Described:
    """The kind, name and country of a thing."""

    kind: URIRef
    label: str
    country: str | None = None


class Known:
    """The articles of a graph as they were read, whatever decisions have made of them since."""

    def __init__(self, store: GraphStore, describe: Describe) -> None:
        self._store = store
        self._describe = describe
        self._views: dict[URIRef, ArticleView] = {}
        self._described: dict[URIRef, Described | None] = {}
        self.reviewed = frozenset(
            quad[3] for quad in store.quads(predicate=RDF.type, object=KG.Review)
        )

    def read(self, graph: URIRef) -> ArticleView:
        """The graph of an article as it was read; not to be changed."""
        view = self._views.pop(graph, None) or ArticleView(graph, self.read_triples(graph))
        self._views[graph] = view
        if len(self._views) > _REMEMBERED:
            del self._views[next(iter(self._views))]
        return view

    def read_triples(self, graph: URIRef) -> set[Triple]:
        """The triples of a graph before decisions changed it."""
        triples = self._store.triples(graph)
        return restore_read(triples) if graph in self.reviewed else set(triples)

    def has_article(self, graph: URIRef) -> bool:
        """Whether there is an article of this graph."""
        return next(self._store.triples(graph, predicate=KG.sha256), None) is not None

    def articles(self) -> list[URIRef]:
        """The graphs of all articles, sorted."""
        return sorted({quad[3] for quad in self._store.quads(predicate=KG.sha256)})

    def find_homes(self, thing: URIRef) -> list[URIRef]:
        """The graphs of the articles that speak of a thing, sorted."""
        found = {quad[3] for quad in self._store.quads(subject=thing, predicate=RDF.type)}
        return sorted(
            {graph for graph in found - self.reviewed if graph.startswith(_ARTICLE)}
            | {
                graph
                for graph in self.reviewed
                if graph.startswith(_ARTICLE) and self.read(graph).knows(thing)
            }
        )

    def find_named(self, graph: URIRef, label: str) -> list[URIRef]:
        """The things of an article that bear a name, whatever its case."""
        view = self.read(graph)
        wanted = fold_name(label)
        found = {
            mentioned
            for mention in view.find(RDF.type, KG.Mention)
            if (mentioned := view.iri(mention, KG.refersTo)) is not None
            and fold_name(str(view.one(mentioned, RDFS.label))) == wanted
        }
        return sorted(found)

    def describe(self, thing: URIRef) -> Described | None:
        """What the shipped names say of a thing, else the first article that speaks of it."""
        if thing not in self._described:
            said = self._describe(thing)
            found = _read_description((p, o) for _, p, o in said)
            if found is None and (homes := self.find_homes(thing)):
                found = _read_description(self.read(homes[0]).about(thing))
            self._described[thing] = found
        return self._described[thing]

    def is_entry(self, thing: URIRef) -> bool:
        """Whether the shipped names have a thing."""
        return bool(self._describe(thing))

    def describe_home(self, thing: URIRef) -> ReviewedThing:
        """A thing with its name, and the article in which alone it is known, if there is one."""
        described = self.describe(thing)
        homes = [] if self.is_entry(thing) else self.find_homes(thing)
        return ReviewedThing(
            Thing(thing, "" if described is None else described.label),
            homes[0].rsplit("/", 1)[1] if len(homes) == 1 else None,
        )


def _read_description(said: Iterable[tuple[URIRef, URIRef | Literal]]) -> Described | None:
    values: dict[URIRef, list[URIRef | Literal]] = {}
    for predicate, value in said:
        values.setdefault(predicate, []).append(value)
    kinds = {kind for kind in values.get(RDF.type, []) if kind.startswith(str(KG))} - _NO_THINGS
    labels = sorted(str(label) for label in values.get(RDFS.label, []))
    if not kinds or not labels:
        return None
    codes = sorted(map(str, values.get(KG.countryCode, [])))
    return Described(URIRef(min(kinds)), labels[0], codes[0] if codes else None)
