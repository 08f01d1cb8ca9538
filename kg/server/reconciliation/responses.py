"""What is found, in the forms of version 0.2 and of the 1.0 draft."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.iris import KG
from kg.server.reconciliation.catalogue import KindEntry, Schema
from kg.server.reconciliation.extending import Table
from kg.server.reconciliation.identifiers import name_thing
from kg.server.reconciliation.index import Thing
from kg.server.reconciliation.manifest import describe_kind
from kg.server.reconciliation.matching import Candidate
from kg.server.reconciliation.properties import Property
from kg.server.reconciliation.wording import describe_thing

Json = dict[str, object]


def describe_candidates(
    candidates: Iterable[Candidate], schema: Schema, *, named: bool = False
) -> list[Json]:
    """Candidates; in the draft also the features are `named`."""
    return [
        {
            "id": name_thing(each.thing.iri),
            "name": each.thing.label,
            "description": each.description,
            "type": describe_kinds(each.thing, schema),
            "score": each.score,
            "match": each.match,
            "features": [
                {"id": name, **({"name": name.replace(":", " ")} if named else {}), "value": value}
                for name, value in each.features
            ],
        }
        for each in candidates
    ]


def describe_kinds(thing: Thing, schema: Schema) -> list[Json]:
    """The kinds that a thing is said to be."""
    names = [iri.removeprefix(KG) for iri in thing.kinds]
    return [describe_kind(schema.kinds[name]) for name in names if name in schema.kinds]


def describe_table(table: Table) -> Json:
    """The values of an extension in version 0.2."""
    rows = {identifier: dict(cells) for identifier, cells in table.rows}
    return {"meta": list(table.meta), "rows": rows}


def describe_draft_table(table: Table) -> Json:
    """The values of an extension in the draft."""
    rows = [
        {
            "id": identifier,
            "properties": [{"id": name, "values": values} for name, values in cells],
        }
        for identifier, cells in table.rows
    ]
    return {"meta": list(table.meta), "rows": rows}


def describe_things(things: Iterable[Thing], schema: Schema) -> list[Json]:
    """Things that are suggested."""
    return [
        {
            "id": name_thing(thing.iri),
            "name": thing.label,
            "description": describe_thing(thing, schema),
            "notable": describe_kinds(thing, schema),
        }
        for thing in things
    ]


def describe_kind_entries(entries: Iterable[KindEntry], schema: Schema) -> list[Json]:
    """Kinds that are suggested, with those right above them."""
    return [
        {
            **describe_kind(entry),
            "description": entry.description,
            "broader": [describe_kind(schema.kinds[name]) for name in entry.broader],
        }
        for entry in entries
    ]


def describe_properties(properties: Sequence[Property]) -> list[Json]:
    """Properties that are suggested or proposed."""
    return [
        {"id": each.id, "name": each.name, "description": each.description} for each in properties
    ]
