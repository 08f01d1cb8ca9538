"""Data extension: columns of a spreadsheet filled with what the graph knows of its things."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kg.extraction.weighing import covers_date
from kg.server.reconciliation.catalogue import Catalogue, Schema
from kg.server.reconciliation.identifiers import name_term, name_thing, resolve_thing
from kg.server.reconciliation.properties import (
    Form,
    Found,
    Property,
    Wanted,
    fetch_values,
    fits_kind,
    list_properties,
)
from kg.server.reconciliation.queries import Extension, WantedProperty, read_limit
from kg.server.statistics import Ask

Json = dict[str, object]

SETTINGS: tuple[Json, ...] = (
    {
        "name": "limit",
        "label": "Limit",
        "type": "number",
        "default": 0,
        "help_text": "Give at most so many values, 0 for all",
    },
    {
        "name": "content",
        "label": "Things as",
        "type": "select",
        "default": "entity",
        "help_text": "How things and kinds are given",
        "choices": [
            {"name": "things, to go on with", "value": "entity"},
            {"name": "identifiers", "value": "id"},
            {"name": "names", "value": "name"},
        ],
    },
    {
        "name": "count",
        "label": "Count",
        "type": "checkbox",
        "default": False,
        "help_text": "Give the number of the values in place of them",
    },
    {
        "name": "date",
        "label": "At the date",
        "type": "text",
        "default": "",
        "help_text": "Of offices and memberships, those of this year, month or day (2017-11-05)",
    },
    {
        "name": "inferred",
        "label": "With what follows",
        "type": "checkbox",
        "default": False,
        "help_text": "Of relations, also those that were inferred",
    },
    {
        "name": "factual",
        "label": "Only facts",
        "type": "checkbox",
        "default": False,
        "help_text": "Count only claims that an article itself asserts and affirms",
    },
)
"""What users may set of a property; the fields are those of version 0.2."""

_DATE = re.compile(r"\d{4}(-\d\d){0,2}")
_FULL_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class _Column:
    """A property that was asked for; `property` is None where there is none of that identifier."""

    id: str
    property: Property | None
    limit: int
    content: str
    count: bool
    date: str
    varied: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The values of some properties of some things; in cells, in the order asked."""

    meta: tuple[Json, ...]
    rows: tuple[tuple[str, tuple[tuple[str, list[Json]], ...]], ...]


async def extend_things(ask: Ask, catalogue: Catalogue, extension: Extension) -> Table:
    """The values that are asked for; none of what the graph does not know.

    Raises HTTPException where the engine does not answer.
    """
    properties = list_properties(catalogue.schema)
    columns = [_read_column(each, properties) for each in extension.properties]
    given = {identifier: resolve_thing(identifier) for identifier in extension.ids}
    known = catalogue.index.find_by_iri(given.values())
    readable = [(column, column.property) for column in columns if column.property is not None]
    wanted = [Wanted(property_, varied=column.varied) for column, property_ in readable]
    values = await fetch_values(ask, wanted, known) if known and wanted else {}
    numbers = {id(column): number for number, (column, _) in enumerate(readable)}
    names = await asyncio.to_thread(_read_names, catalogue, values.values())
    writer = _Writer(catalogue.schema, names)
    return Table(
        meta=tuple(_describe_column(column) for column in columns),
        rows=tuple(
            (
                identifier,
                tuple(
                    (
                        column.id,
                        writer.write(column, values.get((numbers.get(id(column), -1), iri), ())),
                    )
                    for column in columns
                ),
            )
            for identifier, iri in given.items()
        ),
    )


def _read_names(catalogue: Catalogue, values: Collection[tuple[Found, ...]]) -> dict[str, str]:
    """The labels of those values that are things."""
    index = catalogue.index
    known = index.find_by_iri({found.value for each in values for found in each})
    return {thing.iri: thing.label for thing in index.read(known.values())}


def _read_column(wanted: WantedProperty, properties: Mapping[str, Property]) -> _Column:
    """A column with its settings, which clients may also give as texts."""
    settings = wanted.settings
    property_ = properties.get(name_term(wanted.id))
    limit = settings.get("limit") or 0
    date = str(settings.get("date") or "").strip()
    return _Column(
        id=wanted.id,
        property=property_,
        limit=0 if str(limit) == "0" else read_limit(limit, f"{wanted.id}: limit", default=0),
        content=str(settings.get("content") or "entity"),
        count=_is_on(settings.get("count")),
        date=date if _DATE.fullmatch(date) else "",
        varied=property_ is not None and _is_on(settings.get(property_.setting)),
    )


def _is_on(value: object) -> bool:
    return str(value).lower() in ("true", "on", "1", "yes")


def _describe_column(column: _Column) -> Json:
    name = column.property.name if column.property is not None else column.id
    return {"id": column.id, "name": name or column.id}


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes values as the protocol has them."""

    schema: Schema
    names: Mapping[str, str]

    def write(self, column: _Column, values: Sequence[Found]) -> list[Json]:
        """The cells of a column for one thing."""
        if column.property is None:
            return []
        if column.date:
            values = [each for each in values if covers_date(each.start, each.end, column.date)]
        texts = list(dict.fromkeys(each.value for each in values))
        if column.count and column.property.form is not Form.NUMBER:
            return [{"int": len(texts)}]
        if column.property.id not in _BY_TERM:
            shown: Sequence[str] = texts
        else:
            # One for each term, so that the columns of a person go together.
            shown = [each.value for each in values]
        limit = column.limit or _MOST
        return [self._write_value(column, column.property, text) for text in shown[:limit]]

    def _write_value(self, column: _Column, property_: Property, text: str) -> Json:
        if property_.form is Form.NUMBER:
            return {"int": int(text)}
        if property_.form is Form.DATE and _FULL_DATE.fullmatch(text):
            return {"date": f"{text}T00:00:00Z"}
        if property_.id == "type":
            entry = self.schema.kinds.get(text)
            return {"str": text if entry is None or column.content == "id" else entry.kind.label}
        if text in self.names:
            identifier, name = name_thing(text), self.names[text]
            if column.content == "id":
                return {"str": identifier}
            return {"str": name} if column.content == "name" else {"id": identifier, "name": name}
        return {"str": text}


_BY_TERM = frozenset({"office", "officeOf", "termStart", "termEnd"})


def propose_properties(schema: Schema, kind: str, limit: int) -> list[Property]:
    """The properties that things of a kind may have."""
    return [
        each
        for each in list_properties(schema).values()
        if each.pattern and fits_kind(each, name_term(kind), schema)
    ][: limit or None]
