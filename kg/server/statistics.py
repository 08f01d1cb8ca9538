"""Counts of the graph, made once for each state of it."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from starlette.exceptions import HTTPException

from kg.errors import ConcordError
from kg.query.requests import Answer, QueryRequest
from kg.server.reading import collect_body

_LARGEST = 64 << 20
_PAUSE = 60.0

COUNT_GRAPHS = """SELECT ?name (COUNT(*) AS ?count) WHERE { GRAPH ?name { ?s ?p ?o } }
GROUP BY ?name ORDER BY ?name LIMIT 100000"""
COUNT_CLASSES = """SELECT ?name (COUNT(DISTINCT ?s) AS ?count) WHERE { ?s a ?name }
GROUP BY ?name ORDER BY DESC(?count) ?name LIMIT 500"""
COUNT_PROPERTIES = """SELECT ?name (COUNT(*) AS ?count) WHERE { GRAPH ?g { ?s ?name ?o } }
GROUP BY ?name ORDER BY DESC(?count) ?name LIMIT 500"""

Ask = Callable[[QueryRequest], Awaitable[Answer]]
Counts = tuple[tuple[str, int], ...]
Row = dict[str, dict[str, str]]
"""The terms of one solution by variable, as SPARQL 1.1 Query Results JSON writes them."""


class Statistics:
    """Keeps counts for as long as the graph stays as it is."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, Counts]] = {}
        self._rows: dict[str, tuple[str, list[Row]]] = {}
        self._renewing: asyncio.Task[None] | None = None
        self._renewed = -math.inf

    async def count(self, query: str, stamp: str, ask: Ask) -> Counts:
        """The names and counts that one of the queries above gives.

        Raises HTTPException where the engine does not answer it.
        """
        known = self._known.get(query)
        if known is None or known[0] != stamp:
            rows = await fetch_rows(query, ask)
            counts = tuple(
                (row["name"]["value"], int(row["count"]["value"]))
                for row in rows
                if row["name"]["type"] == "uri"
            )
            self._known[query] = known = (stamp, counts)
        return known[1]

    async def fetch(self, query: str, stamp: str, ask: Ask) -> list[Row]:
        """The rows of one of a few fixed queries, asked once for each state of the graph.

        Raises HTTPException where the engine does not answer it.
        """
        known = self._rows.get(query)
        if known is None or known[0] != stamp:
            self._rows[query] = known = (stamp, await fetch_rows(query, ask))
        return known[1]

    def get_triples(self) -> float:
        """The triples of all named graphs when they were last counted, NaN if they never were."""
        known = self._known.get(COUNT_GRAPHS)
        return math.nan if known is None else float(sum(count for _, count in known[1]))

    def renew_later(self, stamp: str, ask: Ask) -> None:
        """Count the triples again beside what else is done, if need be and not too often."""
        known = self._known.get(COUNT_GRAPHS)
        now = time.monotonic()
        if (known is None or known[0] != stamp) and now - self._renewed > _PAUSE:
            self._renewed = now
            self._renewing = asyncio.create_task(self._renew(stamp, ask))

    async def _renew(self, stamp: str, ask: Ask) -> None:
        # An engine that is busy or stopping is asked again later.
        with suppress(HTTPException):
            await self.count(COUNT_GRAPHS, stamp, ask)


async def fetch_rows(query: str, ask: Ask) -> list[Row]:
    """The bindings of a SELECT of ours; HTTPException where the engine does not answer it."""
    answer = await ask(QueryRequest(query, accept="application/sparql-results+json"))
    try:
        body = await collect_body(answer, _LARGEST)
    except ConcordError as error:
        raise HTTPException(503, str(error)) from error
    if answer.status != 200:
        raise HTTPException(answer.status, body.decode("utf-8", "replace"), dict(answer.headers))
    document: dict[str, Any] = json.loads(body)
    rows: list[Row] = document["results"]["bindings"]
    return rows
