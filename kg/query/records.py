"""Answering a foreign query in a child, as records of rdflib's terms."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from rdflib import BNode, Literal, URIRef

from kg.errors import GraphError, LimitError, LimitKind, QueryError, QueryFault
from kg.query.answering import Fetched, Known, carry_out
from kg.query.fetching import check_allowed, fetch_outside
from kg.query.requests import QueryRequest
from kg.rdf import Format, QueryResult, Term, parse_quads
from kg.sandbox import FrameWriter, Header, run_limited
from kg.sandbox import Limits as SandboxLimits
from kg.store import GraphStore, translate_errors

_ROWS, _TRIPLES = "application/sparql-results+json", "application/n-triples"
_ADVICE = {
    LimitKind.TIME: "narrow it or add a LIMIT",
    LimitKind.SIZE: "add a LIMIT",
    LimitKind.CRASH: "simplify it",
}


@dataclass(frozen=True, slots=True)
class Limits(SandboxLimits):
    """How much a query may take: besides what any work may, a number of rows or triples."""

    rows: int = 100_000


def answer_limited(
    store: GraphStore, text: str, limits: Limits, allowed: Collection[str] = ()
) -> QueryResult:
    """Answer a foreign query within limits; QueryError where it passes them or is malformed.

    `allowed` are the servers that it may ask by SERVICE or FROM.
    """
    view = store.view()
    known: dict[tuple[str, str, str], Fetched] = {}
    while True:
        header, body = _run(view, text, limits, known)
        if "needs" not in header.facts:
            return _decode(header.facts["media_type"], body, text, limits)
        for kind, iri, query in header.facts["needs"]:
            check_allowed(kind, iri, allowed)
            known[kind, iri, query] = fetch_outside(kind, iri, query)


def _run(store: GraphStore, text: str, limits: Limits, known: Known) -> tuple[Header, bytes]:
    def work(out: FrameWriter) -> None:
        request = QueryRequest(text, accept=f"{_ROWS}, {_TRIPLES}")
        with translate_errors(store.directory):
            carry_out(lambda: store.quad_store, request, known, out)

    try:
        header, *pieces = run_limited(work, limits)
    except LimitError as error:
        told = str(error).removeprefix("it ")
        subject = "" if told == str(error) else "the query "
        message = f"{subject}{told}: {_ADVICE[error.limit]}"
        raise QueryError(message, query=text, kind=QueryFault.PAST_LIMITS) from error
    assert isinstance(header, Header)
    match header.facts.get("error"):
        case None:
            return header, b"".join(piece for piece in pieces if isinstance(piece, bytes))
        case "GraphError":
            raise GraphError(header.facts["message"], path=store.directory)
        case _:
            kind = QueryFault(header.facts["kind"])
            raise QueryError(header.facts["message"], query=text, kind=kind)


def _decode(media_type: str, body: bytes, text: str, limits: Limits) -> QueryResult:
    try:
        if media_type == _TRIPLES:
            count = body.count(b"\n")
            if b"<<(" in body:
                raise ValueError("a triple is used as a term")
            triples = () if count > limits.rows else parse_quads(body, Format.NTRIPLES)
            result = QueryResult(triples=tuple(triple for triple, _ in triples))
        else:
            record = json.loads(body)
            if "boolean" in record:
                return QueryResult(boolean=record["boolean"])
            bindings = record["results"]["bindings"]
            count = len(bindings)
            names = tuple(record["head"]["vars"])
            found = () if count > limits.rows else tuple(_decode_rows(names, bindings))
            result = QueryResult(variables=names, rows=found)
    except (ValueError, RecursionError) as error:
        raise QueryError(f"the query cannot be answered: {error}", query=text) from error
    if count > limits.rows:
        message = f"the query has {count} answers, more than {limits.rows}: add a LIMIT"
        raise QueryError(message, query=text, kind=QueryFault.PAST_LIMITS)
    return result


def _decode_rows(
    names: tuple[str, ...], bindings: list[dict[str, Any]]
) -> Iterator[tuple[Term | None, ...]]:
    for binding in bindings:
        yield tuple(_decode_term(binding[name]) if name in binding else None for name in names)


def _decode_term(term: dict[str, str]) -> Term:
    value = term["value"]
    match term["type"]:
        case "uri":
            return URIRef(value)
        case "bnode":
            return BNode(value)
        case "literal" if "xml:lang" in term:
            return Literal(value, lang=term["xml:lang"])
        case "literal" if "datatype" in term:
            return Literal(value, datatype=URIRef(term["datatype"]), normalize=False)
        case "literal":
            return Literal(value)
    raise ValueError("a triple is used as a term")
