"""Completing what users type: the names of things, kinds and properties."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from kg.extraction.weighing import split_words
from kg.server.reconciliation.catalogue import Catalogue, KindEntry, Schema
from kg.server.reconciliation.identifiers import name_term, resolve_thing
from kg.server.reconciliation.index import Thing
from kg.server.reconciliation.properties import Property, list_properties

PAGE = 10
"""How many suggestions come at a time."""

_LONGEST_PREFIX = 200

T = TypeVar("T")


def suggest_things(catalogue: Catalogue, prefix: str, skip: int) -> list[Thing]:
    """The things whose names begin with a prefix, and first the one whose identifier it is."""
    index = catalogue.index
    prefix = prefix[:_LONGEST_PREFIX]
    given = list(index.find_by_iri([resolve_thing(prefix)]).values()) if not skip else []
    found = index.complete(prefix, limit=PAGE, skip=skip)
    return index.read(list(dict.fromkeys([*given, *found]))[:PAGE])


def suggest_kinds(schema: Schema, prefix: str, skip: int) -> list[KindEntry]:
    """The kinds whose names begin with a prefix; those that readers give before the broader."""
    entries = sorted(schema.kinds.values(), key=lambda each: (not each.given, each.kind.label))
    return _choose(entries, prefix, skip, lambda each: (each.kind.name, each.kind.label))


def suggest_properties(schema: Schema, prefix: str, skip: int) -> list[Property]:
    """The properties whose identifiers or names begin with a prefix."""
    known = list_properties(schema).values()
    return _choose(known, prefix, skip, lambda each: (each.id, each.name))


def _choose(
    entries: Iterable[T], prefix: str, skip: int, name: Callable[[T], tuple[str, ...]]
) -> list[T]:
    """Those with a name or identifier that begins with a prefix, then those with such a word."""
    words = split_words(name_term(prefix[:_LONGEST_PREFIX].strip()))
    key = " ".join(words)
    ranked: tuple[list[T], list[T]] = ([], [])
    for entry in entries:
        keys = [" ".join(split_words(each)) for each in name(entry)]
        if any(each.startswith(key) for each in keys):
            ranked[0].append(entry)
        elif any(f" {key}" in each for each in keys):
            ranked[1].append(entry)
    return [*ranked[0], *ranked[1]][skip : skip + PAGE]
