"""What the service knows of the graph, read once for each state of it."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass

from rdflib import RDF, RDFS, SKOS, URIRef
from starlette.exceptions import HTTPException

from kg import iris
from kg.errors import ConcordError
from kg.iris import ID, KG, is_iri
from kg.query.requests import QueryRequest
from kg.server.engine import Engine
from kg.server.reading import collect_body
from kg.server.reconciliation.index import NameIndex
from kg.vocabulary.records import Kind

_PAGE = 100_000
_LARGEST = 64 << 20
_TRIES = 3
_LONGEST_NAME = 1000

INDEXED = (
    KG.countryCode, KG.iso2, KG.cowCode, KG.validFrom, KG.validUntil, SKOS.exactMatch,
    SKOS.closeMatch,
)  # fmt: skip
"""The properties whose values the index keeps."""

_OTHER_NAMES = "|".join(
    f"<{each}>" for each in (SKOS.altLabel, KG.acronym, KG.surname, KG.adjective, KG.demonym)
)
_OURS = f'FILTER(STRSTARTS(STR(?thing), "{ID}"))'
_SHORT = f"FILTER(STRLEN(STR(?value)) <= {_LONGEST_NAME})"
_KINDS = f"""?kind <{RDFS.subClassOf}>* <{KG.Entity}> ; <{RDFS.label}> ?label
OPTIONAL {{ ?kind <{SKOS.definition}> ?text }} OPTIONAL {{ ?kind <{RDFS.subClassOf}> ?parent }}
OPTIONAL {{ ?kind a ?given FILTER(?given = <{KG.Kind}>) }}"""
_RELATIONS = f"""?relation <{RDF.type}>/<{RDFS.subClassOf}>* <{KG.Relation}>
; <{RDFS.label}> ?label
OPTIONAL {{ ?relation <{SKOS.definition}> ?text }}
OPTIONAL {{ ?relation <{RDFS.domain}> ?domain }}"""
_THINGS = f"GRAPH ?g {{ ?thing a ?kind }} FILTER(?g != <{iris.INFERRED_GRAPH}>) {_OURS}"
_NAMES = f"""
{{ ?thing <{RDFS.label}> ?value BIND(IF(LANG(?value) IN ("en", ""), 0, 1) AS ?rank) }}
UNION {{ ?thing {_OTHER_NAMES} ?value BIND(2 AS ?rank) }} {_OURS} {_SHORT}"""
_MENTIONS = f"""?mention <{KG.refersTo}> ?thing {_OURS} OPTIONAL {{
  ?mention <{KG.exact}> ?value ; <{KG.form}> ?form
  FILTER(?form IN (<{KG.NameForm}>, <{KG.AdjectiveForm}>)) {_SHORT}
}}"""
_FACTS = f"""VALUES ?property {{ {" ".join(f"<{each}>" for each in INDEXED)} }}
?thing ?property ?value {_OURS} {_SHORT}"""
_TERMS = f"""?term <{KG.officeHolder}> ?thing {_OURS}
OPTIONAL {{ ?term <{KG.validFrom}> ?from }} OPTIONAL {{ ?term <{KG.validUntil}> ?until }}
OPTIONAL {{ ?term <{KG.office}> ?office }} OPTIONAL {{ ?term <{KG.ofState}> ?state }}"""


@dataclass(frozen=True, slots=True)
class KindEntry:
    """A class of things; `broader` are those right above it, `given` whether readers give it."""

    kind: Kind
    description: str
    broader: tuple[str, ...]
    given: bool


@dataclass(frozen=True, slots=True)
class RelationEntry:
    """A relation that articles are read for; `domain` is the IRI of a class."""

    iri: str
    name: str
    label: str
    description: str
    domain: str


@dataclass(frozen=True, slots=True)
class Schema:
    """The kinds and relations of the graph's ontology, by their names."""

    kinds: Mapping[str, KindEntry]
    relations: Mapping[str, RelationEntry]

    def records(self) -> dict[URIRef, Kind]:
        """The kinds by their IRIs, as candidates are scored by them."""
        return {entry.kind.iri: entry.kind for entry in self.kinds.values()}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The graph in one state."""

    schema: Schema
    index: NameIndex


class Cataloguer:
    """Keeps the catalogue for as long as the graph stays as it is."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stamp = ""
        self._schema: asyncio.Task[Schema] | None = None
        self._catalogue: asyncio.Task[Catalogue] | None = None

    async def get(self) -> Catalogue:
        """The catalogue of the graph as it is; HTTPException where the engine gives none.

        Of a graph that is written to all the time, it is that of some moments ago.
        """
        for _ in range(_TRIES):
            _, reading = self._start()
            # Whoever asked first may leave; others wait for the same.
            catalogue = await asyncio.shield(reading)
            if self._stamp == self._engine.stamp:
                break
        return catalogue

    async def get_schema(self) -> Schema:
        """The schema, which does not wait for the names, though it has them read; raises alike."""
        reading, _ = self._start()
        return await asyncio.shield(reading)

    def _start(self) -> tuple[asyncio.Task[Schema], asyncio.Task[Catalogue]]:
        """What is being read; read anew where that has failed or is of another state."""
        schema, catalogue = self._schema, self._catalogue
        known = self._stamp == self._engine.stamp
        if (
            schema is None
            or catalogue is None
            or (catalogue.done() and (not known or _has_failed(catalogue)))
        ):
            self._stamp = self._engine.stamp
            schema = self._schema = asyncio.create_task(_read_schema(self._engine))
            catalogue = self._catalogue = asyncio.create_task(_read_catalogue(self._engine, schema))
            # So that an error of which nobody is told is not reported as forgotten.
            catalogue.add_done_callback(_has_failed)
        return schema, catalogue


def _has_failed(task: asyncio.Task[Catalogue]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


async def _read_schema(engine: Engine) -> Schema:
    listed = [
        row async for page in _list(engine, "kind label text parent given", _KINDS) for row in page
    ]
    relations: dict[str, RelationEntry] = {}
    async for page in _list(engine, "relation label text domain", _RELATIONS):
        for iri, label, text, domain in sorted(page):
            if _is_ours(iri):
                name = _local_name(iri)
                relations.setdefault(name, RelationEntry(iri, name, label, text, domain))
    return Schema(_gather_kinds(sorted(listed)), relations)


async def _read_catalogue(engine: Engine, reading: asyncio.Task[Schema]) -> Catalogue:
    schema = await reading
    index = NameIndex([str(iri) for iri in schema.records()])
    for columns, pattern, take in (
        ("thing kind", _THINGS, index.add_things),
        ("thing value rank", _NAMES, index.add_names),
        ("thing value", _MENTIONS, index.add_mentions),
        ("thing property value", _FACTS, index.add_facts),
        ("thing from until office state", _TERMS, index.add_terms),
    ):
        async for page in _list(engine, columns, pattern):
            await asyncio.to_thread(take, page)
    await asyncio.to_thread(index.finish)
    return Catalogue(schema, index)


async def _list(engine: Engine, columns: str, pattern: str) -> AsyncIterator[list[list[str]]]:
    """The rows of a pattern, by pages that do not pass the engine's limits.

    The engine walks a store that is not written to in the same order each time; to sort would
    take ten times as long. Columns are strings, since it leaves IRIs with commas bare in CSV.
    """
    strings = " ".join(f"(STR(?{name}) AS ?{name}_)" for name in columns.split())
    for start in range(0, 1 << 40, _PAGE):
        text = f"SELECT {strings} WHERE {{ {pattern} }} LIMIT {_PAGE} OFFSET {start}"
        answer = await engine.ask(QueryRequest(text, accept="text/csv"))
        try:
            body = await collect_body(answer, _LARGEST)
        except ConcordError as error:
            raise HTTPException(503, str(error)) from error
        if answer.status != 200:
            raise HTTPException(503, body.decode("utf-8", "replace"))
        rows = await asyncio.to_thread(_read_rows, body)
        yield rows
        if len(rows) < _PAGE:
            return


def _read_rows(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8"), newline="")))[1:]


def _gather_kinds(rows: Iterable[list[str]]) -> dict[str, KindEntry]:
    parents: dict[str, set[str]] = {}
    words: dict[str, tuple[str, str, bool]] = {}
    for iri, label, text, parent, given in rows:
        if _is_ours(iri):
            words.setdefault(iri, (label, text, bool(given)))
            parents.setdefault(iri, set()).update([parent] if _is_ours(parent) else [])

    def climb(iri: str, seen: frozenset[str]) -> frozenset[str]:
        above = parents.get(iri, set()) - seen
        return seen.union(above, *(climb(parent, seen | above) for parent in sorted(above)))

    return {
        _local_name(iri): KindEntry(
            kind=Kind(
                iri=URIRef(iri),
                name=_local_name(iri),
                label=label,
                ancestors=frozenset(map(URIRef, climb(iri, frozenset({iri})))),
            ),
            description=text,
            broader=tuple(sorted(_local_name(each) for each in parents[iri] if each in words)),
            given=given,
        )
        for iri, (label, text, given) in sorted(words.items())
    }


def _is_ours(iri: str) -> bool:
    return iri.startswith(KG) and is_iri(iri)


def _local_name(iri: str) -> str:
    return iri.removeprefix(KG)
