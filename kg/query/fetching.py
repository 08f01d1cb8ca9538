"""Fetching what a foreign query may ask for outside: the servers that the operator allows."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

from kg.errors import QueryError, QueryFault, RequestError
from kg.http import Limits, ask
from kg.query.answering import Fetched
from kg.query.screening import OutsideKind

_PATIENCE = Limits(connect=5.0, quiet=20.0, total=30.0, size=16_000_000, attempts=1)
_ROWS = "application/sparql-results+json, application/sparql-results+xml;q=0.9"
_TRIPLES = (
    "application/n-triples, text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8"
)


def check_allowed(kind: str, iri: str, allowed: Collection[str]) -> None:
    """Refuse what the operator has not allowed (QueryError).

    An allowed IRI that ends in a slash allows all below it.
    """
    if any(iri == known or (known.endswith("/") and iri.startswith(known)) for known in allowed):
        return
    if kind == OutsideKind.FROM.value:
        message = f"FROM <{iri}> is refused: there is no such graph here"
    else:
        message = f"{kind} <{iri}> is refused: queries reach this graph only"
    raise QueryError(message, query="", kind=QueryFault.REFUSED)


def fetch_outside(kind: str, iri: str, query: str) -> Fetched:
    """What a server answers to a SERVICE, LOAD or FROM; a failure is told in the record."""
    try:
        if kind == OutsideKind.SERVICE.value:
            headers = {"Accept": _ROWS, "Content-Type": "application/x-www-form-urlencoded"}
            data = urlencode({"query": query}).encode()
            answer = ask("POST", iri, headers=headers, data=data, limits=_PATIENCE)
        else:
            answer = ask("GET", iri, headers={"Accept": _TRIPLES}, limits=_PATIENCE)
    except RequestError as error:
        return Fetched(problem=str(error))
    return Fetched(answer.media_type, answer.body)
