"""Comparing what a query says of a thing with what the graph knows of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kg.extraction.weighing import covers_date
from kg.iris import KG
from kg.server.reconciliation.catalogue import Catalogue, Schema
from kg.server.reconciliation.identifiers import name_term, resolve_thing
from kg.server.reconciliation.index import Thing, make_key
from kg.server.reconciliation.properties import Form, Found, Property, Values, read_indexed
from kg.server.reconciliation.queries import Condition, Quantifier, Value

NAMING = frozenset({"label", "alias"})
"""The properties whose values are names."""

_CODES = ("countryCode", "iso2", "cowCode")
_TIMELY = 0.85
"""From which fit of times on a thing is of a date (see `kg.linking.scoring`)."""


class Comparer:
    """Knows the values of properties, and which things the values of a query mean."""

    def __init__(self, catalogue: Catalogue, properties: Mapping[str, Property]) -> None:
        self.catalogue = catalogue
        self.properties = properties
        self._numbers: Mapping[str, int] = {}
        self._values: Values = {}
        self._resolved: dict[Value, frozenset[str]] = {}

    def take_values(self, numbers: Mapping[str, int], values: Values) -> None:
        """Take the values that the index does not have, by the numbers of their properties."""
        self._numbers, self._values = numbers, values

    def get_values(self, property_: Property, thing: Thing) -> tuple[Found, ...]:
        """What a thing has of a property."""
        if property_.indexed:
            return read_indexed(thing, property_)
        return self._values.get((self._numbers.get(property_.id, -1), thing.iri), ())

    def resolve_things(self, values: Sequence[Value]) -> frozenset[str]:
        """The IRIs of the things that are meant by identifiers, IRIs or their very names."""
        return frozenset().union(*map(self._resolve, values))

    def _resolve(self, value: Value) -> frozenset[str]:
        if value not in self._resolved:
            index = self.catalogue.index
            given = resolve_thing(value.text if value.id is None else value.id)
            found = list(index.find_by_iri([given]))
            if not found and value.text:
                found = index.find_named(value.text)
            self._resolved[value] = frozenset(found)
        return self._resolved[value]

    def resolve_countries(self, values: Sequence[Value]) -> tuple[str, ...]:
        """The alpha-3 codes that are meant by codes of any kind or by names of states."""
        codes: dict[str, None] = {}
        for value in values:
            text = value.text.strip()
            if len(text) == 3 and text.isascii() and text.isalpha() and text.isupper():
                codes[text] = None
            index = self.catalogue.index
            numbers = [
                *index.find_by_iri(self._resolve(value)).values(),
                *(n for name in _CODES for n in index.find_by_fact(str(KG[name]), [text])),
            ]
            for thing in index.read(dict.fromkeys(numbers)):
                if str(KG.State) in thing.kinds:
                    codes |= dict.fromkeys(thing.values(KG.countryCode))
        return tuple(codes)

    def identifies(self, property_: str, thing: Thing) -> bool:
        """Whether a property's value settles which thing is meant; of states their codes do."""
        if property_ in ("country", "countryCode"):
            return str(KG.State) in thing.kinds
        known = self.properties.get(property_)
        return known is not None and known.identifies and bool(self.get_values(known, thing))


def fit_condition(
    comparer: Comparer,
    condition: Condition,
    thing: Thing,
    countries: Sequence[str],
    time: float | None,
) -> bool | None:
    """Whether a thing meets a condition; None where the graph knows nothing of it.

    `countries` are the codes that the query's countries mean, `time` how well its dates fit.
    """
    name = name_term(condition.property)
    if name in NAMING:
        keys = {make_key(each) for each in (thing.label, *thing.names)}
        # That the graph does not know a name tells nothing against a thing.
        return _count((make_key(each.text) in keys for each in condition.values), condition) or None
    if name == "date":
        return None if time is None else time >= _TIMELY
    if name in ("country", *_CODES):
        codes = thing.values(KG.countryCode)
        return _count((code in codes for code in countries), condition) if codes else None
    if name == "type":
        kinds = _name_kinds(comparer.catalogue.schema, thing)
        return _count((make_key(name_term(each.text)) in kinds for each in condition.values),
                      condition)  # fmt: skip
    property_ = comparer.properties.get(name)
    if property_ is None:
        # A property that there is not is one that nothing has.
        return False
    found = comparer.get_values(property_, thing)
    if not found:
        return None
    return _count(
        (_has_value(comparer, property_, value, found) for value in condition.values), condition
    )


def _count(met: Iterable[bool], condition: Condition) -> bool:
    match condition.quantifier:
        case Quantifier.ANY:
            return any(met)
        case Quantifier.ALL:
            return all(met)
        case Quantifier.NONE:
            return not any(met)


def _name_kinds(schema: Schema, thing: Thing) -> set[str]:
    """The names and labels of a thing's kinds and of all above them."""
    names: set[str] = set()
    for iri in thing.kinds:
        entry = schema.kinds.get(name_term(iri))
        for above in entry.kind.ancestors if entry else ():
            broader = schema.kinds.get(name_term(above))
            if broader is not None:
                names |= {make_key(broader.kind.name), make_key(broader.kind.label)}
    return names


def _has_value(
    comparer: Comparer, property_: Property, value: Value, found: Sequence[Found]
) -> bool:
    texts = [each.value for each in found]
    text = value.text if value.id is None else value.id
    match property_.form:
        case Form.THING:
            return not comparer.resolve_things([value]).isdisjoint(texts)
        case Form.DATE:
            return any(covers_date(each, each, text) for each in texts) if text else False
        case Form.NUMBER:
            return text in texts
        case Form.TEXT:
            if property_.prefix:
                text = text.strip("/").rsplit("/", 1)[-1]
            return text in texts or make_key(text) in map(make_key, texts)
