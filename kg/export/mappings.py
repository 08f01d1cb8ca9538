"""The links from things to other datasets, in SSSOM: https://mapping-commons.github.io/sssom/."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from rdflib import DCTERMS, PROV, RDF, RDFS, SKOS, Literal, URIRef

from kg import __version__, iris
from kg.iris import KG
from kg.rdf import PREFIXES, Triple, format_triple
from kg.reasoning.labels import find_labels
from kg.store import GraphStore

LICENSE = "https://creativecommons.org/licenses/by-sa/4.0/"
"""That of Concord's names and alignments, where the links come from."""

_PREDICATES = (
    SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch,
)  # fmt: skip
_CODES: Mapping[URIRef, str] = {KG.cowCode: "cow:cow-country-codes/"}
"""Codes that are no IRIs, which SSSOM has as literals, each with the dataset that gives it."""

_PREFIXES: Mapping[str, str] = {
    **PREFIXES,
    "wd": "http://www.wikidata.org/entity/",
    "dbr": "http://dbpedia.org/resource/",
    "geonames": "https://sws.geonames.org/",
    "cow": "https://correlatesofwar.org/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "schema": "https://schema.org/",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "time": "http://www.w3.org/2006/time#",
    "semapv": "https://w3id.org/semapv/vocab/",
}
_SPLIT = re.compile(r"(.*[/#:])([^/#:]+[/#]?)")
_COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "object_type",
    "object_source", "mapping_justification", "author_label", "mapping_date", "confidence",
    "comment",
)  # fmt: skip


def export_mappings(store: GraphStore, out: BinaryIO) -> None:
    """Write the links of things and terms to other datasets as a table in SSSOM.

    Identifiers that came with the names rest on background knowledge, the alignments of the
    ontology were drawn by hand, and so were the links that a human decided; those that a linker
    decided have its score for their confidence.
    """
    names = _Curies()
    labels = find_labels(store)
    decided = _find_decided(store)
    rows = []
    for triple, justification in _find_links(store):
        subject, predicate, object_ = triple
        decision = decided.get((subject, object_), _Decision(justification))
        is_code = isinstance(object_, Literal)
        row = {
            "subject_id": names.shorten(subject),
            "subject_label": labels.get(subject, ""),
            "predicate_id": names.shorten(SKOS.exactMatch if is_code else predicate),
            "mapping_justification": names.shorten(_PREFIXES["semapv"] + decision.justification),
            "author_label": decision.author,
            "mapping_date": decision.date,
            "confidence": decision.confidence,
            "comment": _find_sources(store, subject),
        }
        if isinstance(object_, URIRef):
            row["object_id"] = names.shorten(object_)
            row["object_label"] = labels.get(object_, "")
        else:
            row["object_label"] = str(object_)
            row["object_type"] = "rdfs literal"
            row["object_source"] = _CODES[predicate]
            names.used.add("cow")
        rows.append({column: " ".join(value.split()) for column, value in row.items()})
    table = _format_table(rows)
    out.write(f"{_format_metadata(table, names)}{table}".encode())


def _find_links(store: GraphStore) -> list[tuple[Triple, str]]:
    """Each link with what justifies it, the best where several graphs have it; sorted."""
    found: dict[Triple, tuple[int, str]] = {}
    for predicate in (*_PREDICATES, *_CODES):
        for quad in store.quads(predicate=predicate):
            triple = quad[:3]
            if isinstance(triple[2], Literal) == (predicate in _CODES):
                found[triple] = min(found.get(triple, _UNJUSTIFIED), _justify(quad[3]))
    return sorted(
        ((triple, name) for triple, (_, name) in found.items()),
        key=lambda link: format_triple(link[0]),
    )


@dataclass(frozen=True, slots=True)
class _Decision:
    """How a link came about: by whose hand and when, or with which score."""

    justification: str
    author: str = ""
    date: str = ""
    confidence: str = ""


def _find_decided(store: GraphStore) -> dict[tuple[URIRef, URIRef | Literal], _Decision]:
    """The decisions about links, by thing and target; a human's before any other."""
    about: dict[URIRef, dict[URIRef, list[URIRef | Literal]]] = {}
    for subject, predicate, object_ in store.triples(iris.LINKS_GRAPH):
        about.setdefault(subject, {}).setdefault(predicate, []).append(object_)

    def first(node: object, predicate: URIRef) -> str:
        known = about.get(node, {}) if isinstance(node, URIRef) else {}
        return min(map(str, known.get(predicate, [""])))

    found: dict[tuple[URIRef, URIRef | Literal], _Decision] = {}
    for node in sorted(about):
        said = about[node]
        if KG.LinkDecision not in said.get(RDF.type, ()):
            continue
        date = first(node, PROV.generatedAtTime)[:10]
        if first(node, KG.decidedBy) == "review":
            author = first(URIRef(first(node, PROV.wasAttributedTo)), RDFS.label)
            decision = _Decision("ManualMappingCuration", author, date)
        else:
            offer = URIRef(first(node, PROV.wasDerivedFrom))
            decision = _Decision("CompositeMatching", "", date, first(offer, KG.score))
        for thing in said.get(KG.candidateOf, ()):
            for target in said.get(KG.candidate, ()):
                if isinstance(thing, URIRef) and (decision.author or (thing, target) not in found):
                    found[thing, target] = decision
    return found


_UNJUSTIFIED = (9, "")


def _justify(graph: URIRef) -> tuple[int, str]:
    match graph:
        case iris.ONTOLOGY_GRAPH:
            return 0, "ManualMappingCuration"
        case iris.BACKGROUND_GRAPH:
            return 1, "BackgroundKnowledgeBasedMatching"
        case iris.INFERRED_GRAPH:
            return 3, "LogicalReasoning"
    return 2, "UnspecifiedMatching"


def _find_sources(store: GraphStore, thing: URIRef) -> str:
    """Where the background has its knowledge of a thing from."""
    found = store.triples(iris.BACKGROUND_GRAPH, subject=thing, predicate=DCTERMS.source)
    return "; ".join(sorted(str(source) for _, _, source in found))


class _Curies:
    """Prefixed names for IRIs; namespaces without a prefix get one in the order they come."""

    def __init__(self) -> None:
        self.prefixes = dict(_PREFIXES)
        self.used: set[str] = {"semapv", "skos"}

    def shorten(self, iri: str) -> str:
        """The prefixed name of an IRI."""
        namespaces = [
            (namespace, prefix)
            for prefix, namespace in self.prefixes.items()
            if iri.startswith(namespace) and len(iri) > len(namespace)
        ]
        if namespaces:
            namespace, prefix = max(namespaces, key=lambda pair: len(pair[0]))
        elif match := _SPLIT.fullmatch(iri):
            namespace, prefix = match[1], f"ns{len(self.prefixes) - len(_PREFIXES) + 1}"
            self.prefixes[prefix] = namespace
        else:
            return str(iri)
        self.used.add(prefix)
        return f"{prefix}:{iri[len(namespace) :]}"


# ---------------------------------------------------------------------------------- formatting


def _format_table(rows: Sequence[Mapping[str, str]]) -> str:
    table = io.StringIO()
    writer = csv.DictWriter(table, _COLUMNS, restval="", delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue()


def _format_metadata(table: str, names: _Curies) -> str:
    return "".join(f"#{line}\n" for line in _list_metadata(table, names))


def _list_metadata(table: str, names: _Curies) -> Iterator[str]:
    """The metadata of the set in YAML; its name is made from what it holds."""
    yield f"mapping_set_id: {iris.BASE}mappings/{iris.hash_content(table)}"
    yield "mapping_set_title: Links of Concord to other datasets"
    yield f"license: {LICENSE}"
    yield "mapping_tool: Concord"
    yield f'mapping_tool_version: "{__version__}"'
    yield "curie_map:"
    for prefix, namespace in names.prefixes.items():
        if prefix in names.used:
            yield f'  {prefix}: "{namespace}"'
