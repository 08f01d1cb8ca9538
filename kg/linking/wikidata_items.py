"""Items of Wikidata as its API writes them, reduced to what is used of them.

The form of the API: https://www.wikidata.org/w/api.php?action=help&modules=wbgetentities, that of
values: https://www.mediawiki.org/wiki/Wikibase/DataModel/JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ENTITY = "http://www.wikidata.org/entity/"
QID = re.compile(r"Q[1-9][0-9]*")
PROPERTIES = frozenset(
    {
        "P6", "P17", "P27", "P31", "P35", "P36", "P39", "P102", "P131", "P276", "P297", "P298",
        "P361", "P463", "P488", "P527", "P569", "P570", "P571", "P576", "P580", "P582", "P585",
        "P625", "P710", "P1001", "P1376", "P1891", "P1906", "P7588",
    }
)  # fmt: skip
"""What is kept of an item's statements."""

_JOINED = frozenset({"P463", "P710", "P1891"})
_QUALIFIERS = frozenset({"P580", "P582", "P585", "P1001", "P642"})
_TIME = re.compile(r"\+?(-?\d{1,16})-(\d\d)-(\d\d)T")
_YEAR, _MONTH, _DAY = 9, 10, 11
_JULIAN = "Q1985786"


@dataclass(frozen=True, slots=True)
class Statement:
    """One value of a property, with the years or dates between which it held.

    `value` is an item ("Q30"), an ISO date as precise as it is known, a text, or "lat,long".
    """

    value: str
    start: str | None = None
    end: str | None = None
    preferred: bool = False
    jurisdiction: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """What Wikidata says of something; `sitelinks` counts the pages of wikis about it."""

    id: str
    labels: Mapping[str, str]
    aliases: tuple[str, ...]
    description: str
    title: str
    sitelinks: int
    claims: Mapping[str, tuple[Statement, ...]]

    def list_values(self, *properties: str) -> list[str]:
        """The values of properties, in their order, each once."""
        return list(
            dict.fromkeys(each.value for p in properties for each in self.claims.get(p, ()))
        )

    def find_value(self, *properties: str) -> str | None:
        """The best value of the first property that has one: preferred, else without an end."""
        for name in properties:
            ranked = sorted(
                self.claims.get(name, ()), key=lambda each: (not each.preferred, bool(each.end))
            )
            if ranked:
                return ranked[0].value
        return None


def reduce_item(raw: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any] | None:
    """What is kept of an item in the API's JSON; None where it does not exist."""
    if "missing" in raw or not QID.fullmatch(str(raw.get("id", ""))):
        return None
    labels = _take(raw, "labels")
    sitelinks = _take(raw, "sitelinks")
    claims = {
        name: kept
        for name, statements in sorted(_take(raw, "claims").items())
        if name in PROPERTIES and (kept := [*_reduce_statements(name, statements)])
    }
    return {
        "id": raw["id"],
        "labels": {
            language: labels[language]["value"] for language in languages if language in labels
        },
        "aliases": [alias["value"] for alias in _take(raw, "aliases").get("en", ())],
        "description": _take(raw, "descriptions").get("en", {}).get("value", ""),
        "title": sitelinks.get("enwiki", {}).get("title", ""),
        "sitelinks": sum(1 for site in sitelinks if site.endswith("wiki")),
        "claims": claims,
    }


def read_item(kept: Mapping[str, Any]) -> Item:
    """An item from what was kept of it."""
    return Item(
        id=kept["id"],
        labels=kept["labels"],
        aliases=tuple(kept["aliases"]),
        description=kept["description"],
        title=kept["title"],
        sitelinks=kept["sitelinks"],
        claims={
            name: tuple(Statement(*fields) for fields in statements)
            for name, statements in kept["claims"].items()
        },
    )


def _take(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A part of an item; PHP writes an empty object as an empty list."""
    part = raw.get(name)
    return part if isinstance(part, dict) else {}


def _reduce_statements(name: str, statements: Sequence[Mapping[str, Any]]) -> Iterator[list[Any]]:
    for statement in statements:
        value = _read_snak(statement.get("mainsnak", {}))
        if value is None or statement.get("rank") == "deprecated":
            continue
        raw = _take(statement, "qualifiers")
        qualifiers = {
            name: read
            for name in sorted(_QUALIFIERS & raw.keys())
            if (read := next(filter(None, map(_read_snak, raw[name])), None)) is not None
        }
        moment = qualifiers.get("P585")
        yield [
            value,
            qualifiers.get("P580") or moment,
            # Whoever signed at a moment was bound from then on.
            qualifiers.get("P582") or (None if name in _JOINED else moment),
            statement.get("rank") == "preferred",
            qualifiers.get("P1001") or qualifiers.get("P642"),
        ]


def _read_snak(snak: Mapping[str, Any]) -> str | None:
    """The value of a snak; None where it is unknown, none at all, or of another type."""
    if snak.get("snaktype") != "value":
        return None
    match snak.get("datavalue"):
        case {"type": "wikibase-entityid", "value": {"id": str(identifier)}}:
            return identifier
        case {"type": "wikibase-entityid", "value": {"numeric-id": int(number)}}:
            return f"Q{number}"
        case {"type": "time", "value": {"time": str(time), "precision": int(precision), **rest}}:
            julian = str(rest.get("calendarmodel", "")).endswith(_JULIAN)
            return read_time(time, min(precision, _YEAR) if julian else precision)
        case {"type": "globecoordinate", "value": {"latitude": lat, "longitude": long}}:
            return f"{round(float(lat), 4)},{round(float(long), 4)}"
        case {"type": "string", "value": str(text)}:
            return text
    return None


def read_time(time: str, precision: int) -> str | None:
    """An ISO date, month or year from a time of Wikibase; None for what is less precise.

    Years before Christ are left out as well: our dates are compared as text.
    """
    match = _TIME.match(time)
    if match is None or precision < _YEAR or int(match[1]) < 0:
        return None
    year = f"{int(match[1]):04d}"
    if precision == _YEAR or match[2] == "00":
        return year
    if precision == _MONTH or match[3] == "00":
        return f"{year}-{match[2]}"
    return f"{year}-{match[2]}-{match[3]}"
