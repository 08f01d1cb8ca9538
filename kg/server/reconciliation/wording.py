"""Things in a few words, as clients show them beside their names."""

from __future__ import annotations

from kg.iris import KG
from kg.server.reconciliation.catalogue import Schema
from kg.server.reconciliation.index import Term, Thing

_MOST_TERMS = 3


def describe_thing(thing: Thing, schema: Schema) -> str:
    """The kind, country, time and offices of a thing, by which its namesakes are told apart."""
    parts = [name_kinds(thing, schema)]
    parts += [" / ".join(thing.values(KG.countryCode))]
    starts, ends = thing.values(KG.validFrom), thing.values(KG.validUntil)
    if starts or ends:
        parts.append(_word_period(min(starts, default=None), max(ends, default=None)))
    # The last terms tell most people apart.
    parts += [word_term(term) for term in thing.terms[-_MOST_TERMS:]]
    return ", ".join(part for part in parts if part)


def name_kinds(thing: Thing, schema: Schema) -> str:
    """What kinds of thing it is said to be."""
    names = (kind.removeprefix(KG) for kind in thing.kinds)
    return " / ".join(
        schema.kinds[name].kind.label if name in schema.kinds else name for name in names
    )


def word_term(term: Term) -> str:
    """An office and when it was held."""
    period = _word_period(term.period.start, term.period.end)
    return f"{term.office or 'in office'} {period}".strip()


def _word_period(start: str | None, end: str | None) -> str:
    if start is None and end is None:
        return ""
    return f"{start or ''}–{end or ''}"
