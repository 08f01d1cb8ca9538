"""Facts from outside as triples, each with where it is from and when it was had."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rdflib import DCTERMS, PROV, RDF, XSD, Literal, Namespace, URIRef

from kg import iris
from kg.iris import KG
from kg.rdf import Triple
from kg.store import GraphStore

GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact is from: in words, by the IRI of what says so, and when it did (ISO 8601)."""

    text: str
    iri: URIRef | None = None
    retrieved: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when something held, in ISO dates or their beginnings; None is unknown."""

    start: str | None = None
    end: str | None = None

    def covers(self, date: str) -> bool:
        """Whether a date falls into it, to the precision that both have."""
        start, end = self.start, self.end
        return (start is None or start[: len(date)] <= date[: len(start)]) and (
            end is None or date[: len(end)] <= end[: len(date)]
        )


def set_graph(store: GraphStore, graph: URIRef, triples: Collection[Triple]) -> None:
    """Let a named graph hold these triples, writing only what differs."""
    before, after = set(store.triples(graph)), set(triples)
    if after:
        store.change({}, {graph: (sorted(after - before), sorted(before - after))})
    elif before:
        store.remove(graph)


def write_decimal(value: float) -> Literal:
    """A number to four places, in the one form in which the store gives it back."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return Literal(text, datatype=XSD.decimal, normalize=False)


def describe_fact(
    thing: URIRef, predicate: URIRef, value: URIRef | Literal, source: Source
) -> Iterator[Triple]:
    """A plain triple, and the statement that says where it is from."""
    yield thing, predicate, value
    node = iris.mint_record("statement", thing, predicate, value.n3(), source.text)
    yield node, RDF.type, RDF.Statement
    yield node, RDF.subject, thing
    yield node, RDF.predicate, predicate
    yield node, RDF.object, value
    yield from _describe_source(node, source)


def describe_membership(
    member: URIRef, body: URIRef, span: Span, source: Source
) -> Iterator[Triple]:
    """That somebody belonged to a body or was party to an agreement."""
    node = iris.mint_record("membership", member, body, span.start, span.end, source.text)
    yield node, RDF.type, KG.Membership
    yield node, KG.member, member
    yield node, KG.body, body
    yield from _describe_span(node, span)
    yield from _describe_source(node, source)


def describe_term(
    holder: URIRef, office: str, of: URIRef | None, span: Span, source: Source, *, headship: bool
) -> Iterator[Triple]:
    """That somebody held an office, `of` a state or body where that is known."""
    node = iris.mint_record("term", holder, office, of, span.start, span.end, source.text)
    yield node, RDF.type, KG.Term
    yield node, KG.officeHolder, holder
    yield node, KG.office, Literal(office, lang="en")
    if of is not None:
        yield node, KG.ofState, of
    yield node, KG.headship, Literal(str(headship).lower(), datatype=XSD.boolean)
    yield from _describe_span(node, span)
    yield from _describe_source(node, source)


def _describe_span(node: URIRef, span: Span) -> Iterator[Triple]:
    if span.start:
        yield node, KG.validFrom, Literal(span.start)
    if span.end:
        yield node, KG.validUntil, Literal(span.end)


def _describe_source(node: URIRef, source: Source) -> Iterator[Triple]:
    yield node, DCTERMS.source, Literal(source.text)
    if source.iri is not None:
        yield node, PROV.wasDerivedFrom, source.iri
    if source.retrieved:
        yield (
            node,
            PROV.generatedAtTime,
            Literal(source.retrieved, datatype=XSD.dateTime, normalize=False),
        )
