"""What the classes, identifiers and country codes of other datasets are in ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, RDFS, SKOS, URIRef

from kg.compiled import load_compiled
from kg.errors import OntologyError
from kg.iris import KG
from kg.rdf import read_turtle
from kg.vocabulary import ontology_directory

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Alignment:
    """Other datasets beside ours.

    `kinds` gives the kinds of a class of another dataset, by its IRI; `entries` the gazetteer's
    entry that an identifier stands for; `countries` the alpha-3 code of a state's identifier or
    two-letter code; `states` the label and `identifiers` the links of the state of an alpha-3 code.
    """

    kinds: Mapping[str, tuple[URIRef, ...]]
    entries: Mapping[str, URIRef]
    countries: Mapping[str, str]
    states: Mapping[str, str]
    identifiers: Mapping[str, tuple[str, ...]]

    def find_kinds(self, classes: Iterable[str]) -> tuple[URIRef, ...]:
        """The kinds that any of some classes stand for, sorted."""
        return tuple(sorted({kind for each in classes for kind in self.kinds.get(each, ())}))


def load_alignment(directory: Path | None = None) -> Alignment:
    """Read the classes beside our kinds, and the gazetteer's identifiers.

    Raises OntologyError where the ontology is missing or broken.
    """
    place = directory or ontology_directory()
    kinds = place / "external-kinds.ttl"
    if not kinds.is_file():
        raise OntologyError(f"{kinds} is missing from the ontology", path=kinds)
    sources = [kinds, *sorted((place / "names").glob("*.ttl"))]
    found = load_compiled("alignment", _FORMAT, sources, lambda: _compile(sources))
    return Alignment(
        kinds={name: tuple(map(URIRef, each)) for name, each in found["kinds"].items()},
        entries={link: URIRef(entry) for link, entry in found["entries"].items()},
        countries=found["countries"],
        states=found["states"],
        identifiers={code: tuple(links) for code, links in found["identifiers"].items()},
    )


def _compile(sources: Iterable[Path]) -> dict[str, object]:
    kinds: dict[str, list[str]] = {}
    entries: dict[str, str] = {}
    about: dict[str, dict[URIRef, list[str]]] = {}
    for path in sources:
        for subject, predicate, value in read_turtle(path):
            if predicate == SKOS.narrowMatch:
                kinds.setdefault(str(value), []).append(str(subject))
            elif predicate == SKOS.exactMatch:
                entries.setdefault(str(value), str(subject))
            if predicate in (RDF.type, RDFS.label, SKOS.exactMatch, KG.countryCode, KG.iso2):
                about.setdefault(str(subject), {}).setdefault(predicate, []).append(str(value))
    countries: dict[str, str] = {}
    states: dict[str, str] = {}
    identifiers: dict[str, list[str]] = {}
    for said in about.values():
        codes = said.get(KG.countryCode)
        # Territories have codes as well; those of former states are their own.
        if not codes or not {str(KG.State), str(KG.Place)} & set(said.get(RDF.type, ())):
            continue
        if str(KG.State) not in said[RDF.type] and KG.iso2 not in said:
            continue
        links = sorted(said.get(SKOS.exactMatch, ()))
        for name in (*links, *said.get(KG.iso2, ())):
            countries.setdefault(name, codes[0])
        states.setdefault(codes[0], said.get(RDFS.label, [""])[0])
        identifiers.setdefault(codes[0], links)
    return {
        "kinds": kinds,
        "entries": entries,
        "countries": countries,
        "states": states,
        "identifiers": identifiers,
    }
