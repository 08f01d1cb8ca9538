"""Links that the shipped names state: Wikidata, GeoNames, DBpedia."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rdflib import SKOS, URIRef

from kg.extraction.names import Names
from kg.linking.candidates import list_candidates
from kg.model import Entity, Link

_DATASETS = {
    "http://www.wikidata.org/entity/": URIRef("http://www.wikidata.org/"),
    "https://sws.geonames.org/": URIRef("https://www.geonames.org/"),
    "http://dbpedia.org/resource/": URIRef("http://dbpedia.org/"),
}


def link_entities(entities: Iterable[Entity], names: Names) -> tuple[Link, ...]:
    """The identifiers of every entity that the gazetteer knows, in a stable order."""
    return tuple(link for entity in entities for link in _link(entity, names))


def _link(entity: Entity, names: Names) -> Iterator[Link]:
    if entity.entry is None:
        return
    # Where the name had several bearers, the link is as sure as the choice among them.
    chosen = [each.score for each in list_candidates(entity) if each.target == entity.entry]
    score = chosen[0] if chosen else 1.0
    for target in names.entry(entity.entry).links:
        for prefix, dataset in _DATASETS.items():
            if target.startswith(prefix):
                yield Link(entity.iri, target, SKOS.exactMatch, dataset, score, "gazetteer")
