"""What the server says of itself and its graph: service description, VoID, DCAT, prefixes."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from rdflib import DCTERMS, RDF, RDFS, XSD, BNode, Literal, Namespace, URIRef
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg import iris
from kg.query.negotiation import negotiate
from kg.rdf import PREFIXES, Format, Node, Term, format_term, format_terms
from kg.server.answers import (
    Service,
    add_charset,
    ask_engine,
    is_known,
    send_known,
    tag_answer,
)
from kg.server.statistics import COUNT_CLASSES, COUNT_GRAPHS, COUNT_PROPERTIES, Counts

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = Namespace("http://rdfs.org/ns/void#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
MEDIA = Namespace("https://www.iana.org/assignments/media-types/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")

SYNTAXES = {
    "text/turtle": ("ttl", "Turtle"),
    "application/n-triples": ("nt", "N-Triples"),
    "application/rdf+xml": ("rdf", "RDF_XML"),
    "application/ld+json": ("jsonld", "JSON-LD"),
    "application/trig": ("trig", "TriG"),
    "application/n-quads": ("nq", "N-Quads"),
}
"""The ending of a file of each media type, and its name among the W3C's formats."""

TITLE = "Concord: claims of articles on international relations"
_ROWS = ("JSON", "XML", "CSV", "TSV")
_AGE = "max-age=60"
WRITERS = {
    "text/turtle": Format.TURTLE,
    "application/n-triples": Format.NTRIPLES,
    "application/rdf+xml": Format.RDFXML,
    "application/ld+json": Format.JSONLD,
    "application/trig": Format.TRIG,
    "application/n-quads": Format.NQUADS,
}
"""The format of each media type."""

Fact = tuple[Node, URIRef, Term]
Describe = Callable[[Service, Request, str], Awaitable[list[Fact]]]


async def send_description(
    service: Service, request: Request, describe: Describe, base: str
) -> Response:
    """Send what `describe` says, in the syntax that the client wants."""
    wanted = negotiate(request.headers.get("accept"), tuple(WRITERS))
    if wanted is None:
        raise HTTPException(406, f"there is this in {', '.join(WRITERS)}")
    tag = tag_answer(service, describe.__name__, base, wanted)
    headers = {"ETag": tag, "Vary": "Accept", "Cache-Control": _AGE}
    if is_known(request, tag):
        return send_known(headers)
    facts = await describe(service, request, base)
    lines = [
        (format_term(subject), format_term(predicate), format_term(object_))
        for subject, predicate, object_ in facts
    ]
    body = format_terms(lines, WRITERS[wanted])
    return Response(body, headers=headers, media_type=add_charset(wanted))


async def _count(service: Service, request: Request, query: str) -> Counts:
    ask = partial(ask_engine, service, request)
    return await service.statistics.count(query, service.engine.stamp, ask)


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=XSD.integer, normalize=False)


# -------------------------------------------------------------------------- service description


async def describe_service(service: Service, request: Request, base: str) -> list[Fact]:
    """The SPARQL 1.1 Service Description."""
    graphs = await _count(service, request, COUNT_GRAPHS)
    return list(_describe_service(base, graphs, writable=service.engine.writable))


def _describe_service(base: str, graphs: Counts, *, writable: bool) -> Iterator[Fact]:
    here = URIRef(f"{base}/sparql")
    this, dataset = URIRef(f"{here}#service"), URIRef(f"{here}#dataset")
    yield from (
        (this, RDF.type, SD.Service),
        (this, SD.endpoint, here),
        (this, SD.supportedLanguage, SD.SPARQL11Query),
        (this, SD.feature, SD.UnionDefaultGraph),
        (this, SD.feature, SD.EmptyGraphs),
        (this, SD.defaultEntailmentRegime, URIRef("http://www.w3.org/ns/entailment/Simple")),
        (this, SD.defaultDataset, dataset),
        (dataset, RDF.type, SD.Dataset),
    )
    if writable:
        yield this, SD.supportedLanguage, SD.SPARQL11Update
    for _, name in SYNTAXES.values():
        yield this, SD.resultFormat, FORMATS[name]
        if writable:
            yield this, SD.inputFormat, FORMATS[name]
    for name in _ROWS:
        yield this, SD.resultFormat, FORMATS[f"SPARQL_Results_{name}"]
    yield from _describe_graphs(dataset, graphs)


def _describe_graphs(dataset: URIRef, graphs: Counts) -> Iterator[Fact]:
    union = BNode("union")
    yield dataset, SD.defaultGraph, union
    yield union, RDF.type, SD.Graph
    yield union, VOID.triples, _number(sum(count for _, count in graphs))
    for number, (name, count) in enumerate(graphs):
        entry, graph = BNode(f"entry{number}"), BNode(f"graph{number}")
        yield dataset, SD.namedGraph, entry
        yield entry, RDF.type, SD.NamedGraph
        yield entry, SD.name, URIRef(name)
        yield entry, SD.graph, graph
        yield graph, RDF.type, SD.Graph
        yield graph, VOID.triples, _number(count)


# --------------------------------------------------------------------------------- VoID and DCAT


async def describe_void(service: Service, request: Request, base: str) -> list[Fact]:
    """The VoID description of the graph."""
    graphs = await _count(service, request, COUNT_GRAPHS)
    classes = await _count(service, request, COUNT_CLASSES)
    properties = await _count(service, request, COUNT_PROPERTIES)
    return list(_describe_void(base, graphs, classes, properties))


def _describe_void(
    base: str, graphs: Counts, classes: Counts, properties: Counts
) -> Iterator[Fact]:
    here = URIRef(f"{base}/.well-known/void")
    dataset = name_dataset(base)
    yield from (
        (here, RDF.type, VOID.DatasetDescription),
        (here, FOAF.primaryTopic, dataset),
        (dataset, RDF.type, VOID.Dataset),
        (dataset, DCTERMS.title, Literal(TITLE, lang="en")),
        (dataset, VOID.sparqlEndpoint, URIRef(f"{base}/sparql")),
        (dataset, VOID.uriSpace, Literal(iris.BASE)),
        (dataset, VOID.triples, _number(sum(count for _, count in graphs))),
        (dataset, VOID.classes, _number(len(classes))),
        (dataset, VOID.properties, _number(len(properties))),
    )
    for ending, name in SYNTAXES.values():
        yield dataset, VOID.feature, FORMATS[name]
        yield dataset, VOID.dataDump, name_export(base, ending)
    for namespace in sorted(set(PREFIXES.values())):
        if any(name.startswith(namespace) for name, _ in properties):
            yield dataset, VOID.vocabulary, URIRef(namespace)
    for number, (name, count) in enumerate(classes):
        part = BNode(f"class{number}")
        yield dataset, VOID.classPartition, part
        yield part, VOID["class"], URIRef(name)
        yield part, VOID.entities, _number(count)
    for number, (name, count) in enumerate(properties):
        part = BNode(f"property{number}")
        yield dataset, VOID.propertyPartition, part
        yield part, VOID.property, URIRef(name)
        yield part, VOID.triples, _number(count)


def name_dataset(base: str) -> URIRef:
    """The IRI of the graph as a dataset."""
    return URIRef(f"{base}/.well-known/void#dataset")


def name_export(base: str, ending: str) -> URIRef:
    """Where the whole graph can be had in a syntax."""
    return URIRef(f"{base}/export/concord.{ending}")


async def describe_catalogue(service: Service, request: Request, base: str) -> list[Fact]:
    """The DCAT catalogue: the graph, a distribution for each syntax, and the service."""
    return list(_describe_catalogue(base))


def _describe_catalogue(base: str) -> Iterator[Fact]:
    catalogue, service = URIRef(f"{base}/dcat#catalogue"), URIRef(f"{base}/sparql#service")
    dataset = name_dataset(base)
    yield from (
        (catalogue, RDF.type, DCAT.Catalog),
        (catalogue, DCTERMS.title, Literal("What this server has", lang="en")),
        (catalogue, DCAT.dataset, dataset),
        (catalogue, DCAT.service, service),
        (dataset, RDF.type, DCAT.Dataset),
        (dataset, DCTERMS.title, Literal(TITLE, lang="en")),
        (dataset, DCTERMS.language, URIRef("http://id.loc.gov/vocabulary/iso639-1/en")),
        (dataset, DCTERMS.conformsTo, URIRef(f"{iris.BASE}ontology")),
        (dataset, RDFS.seeAlso, URIRef(f"{base}/.well-known/void")),
        (service, RDF.type, DCAT.DataService),
        (service, DCTERMS.title, Literal("SPARQL endpoint", lang="en")),
        (service, DCTERMS.conformsTo, URIRef("http://www.w3.org/TR/sparql11-protocol/")),
        (service, DCAT.endpointURL, URIRef(f"{base}/sparql")),
        (service, DCAT.endpointDescription, URIRef(f"{base}/sparql")),
        (service, DCAT.servesDataset, dataset),
    )
    for media_type, (ending, name) in SYNTAXES.items():
        distribution = URIRef(f"{base}/dcat#{ending}")
        yield from (
            (dataset, DCAT.distribution, distribution),
            (distribution, RDF.type, DCAT.Distribution),
            (distribution, DCTERMS.title, Literal(name.replace("_", "/"), lang="en")),
            (distribution, DCTERMS["format"], FORMATS[name]),
            (distribution, DCAT.mediaType, MEDIA[media_type]),
            (distribution, DCAT.accessURL, URIRef(f"{base}/sparql")),
            (distribution, DCAT.downloadURL, name_export(base, ending)),
        )


# -------------------------------------------------------------------------------------- prefixes


def format_prefixes(media_type: str) -> str:
    """The usual prefixes as a JSON-LD context, in Turtle, or as SPARQL writes them."""
    if media_type == "text/turtle":
        return "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    if media_type == "text/plain":
        return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    return json.dumps({"@context": dict(PREFIXES)}, indent=1) + "\n"
