"""What the ontology's terms mean in words, for a reader that is told so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, RDFS, SKOS, URIRef

from kg.compiled import load_compiled
from kg.errors import OntologyError
from kg.iris import KG
from kg.rdf import read_turtle
from kg.vocabulary.files import ontology_directory

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Definitions:
    """The definition of every term of the ontology, and the kinds that a thing can be given.

    `notes` holds what is remarked beside a definition.
    """

    texts: Mapping[URIRef, str]
    notes: Mapping[URIRef, str]
    kinds: tuple[URIRef, ...]


def load_definitions(directory: Path | None = None) -> Definitions:
    """Read the definitions of the ontology; raises OntologyError where it is missing or broken."""
    path = (directory or ontology_directory()) / "concord.ttl"
    if not path.is_file():
        raise OntologyError(f"{path} is missing from the ontology", path=path)
    found = load_compiled("definitions", _FORMAT, [path], lambda: _read_definitions(path))
    return Definitions(
        {URIRef(term): text for term, text in found["texts"].items()},
        {URIRef(term): text for term, text in found["notes"].items()},
        tuple(map(URIRef, found["kinds"])),
    )


def _read_definitions(path: Path) -> dict[str, object]:
    triples = [triple for triple in read_turtle(path) if triple[0].startswith(KG)]
    return {
        "texts": {str(s): str(o) for s, p, o in triples if p == SKOS.definition},
        "notes": {str(s): str(o) for s, p, o in triples if p == RDFS.comment},
        "kinds": [str(s) for s, p, o in triples if (p, o) == (RDF.type, KG.Kind)],
    }
