"""Identifiers as clients see them: the last part of an IRI, within the spaces of the manifest."""

from __future__ import annotations

from kg.iris import ID, KG
from kg.server.reconciliation.catalogue import Schema


def name_thing(iri: str) -> str:
    """The identifier of a thing."""
    return iri.removeprefix(ID)


def resolve_thing(identifier: str) -> str:
    """The IRI of an identifier, which may be the IRI itself."""
    return identifier if identifier.startswith(ID) else f"{ID}{identifier}"


def name_term(identifier: str) -> str:
    """The identifier of a kind or property, given as such, as an IRI or with our prefix."""
    return identifier.removeprefix(KG).removeprefix("kg:")


def find_subkinds(identifier: str, schema: Schema) -> frozenset[str]:
    """The IRIs of a kind and all below it; none for an unknown one."""
    asked = KG[name_term(identifier)]
    kinds = (entry.kind for entry in schema.kinds.values())
    return frozenset(str(kind.iri) for kind in kinds if asked in kind.ancestors)
