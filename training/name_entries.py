"""Gazetteer entries and how they are written as Turtle: one block an entry, sorted, no clock."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.iris import ID, KG, make_slug

HEADER = """\
# Written by `python -m training.names GAZETTEER_DIR`, not by hand: known-*.ttl has further names.
# Licence: CC BY-SA 4.0. Every identifier is stated by the source that its entry names.
@prefix dcterms: <http://purl.org/dc/terms/> .
{geo}@prefix id: <{id}> .
@prefix kg: <{kg}> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

"""

GEO = "@prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> .\n"

LINK_FORMS = {
    "wikidata": "http://www.wikidata.org/entity/{}",
    "geonames": "https://sws.geonames.org/{}/",
    "dbpedia": "{}",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of a names file: its class and its (predicate, term) pairs in Turtle."""

    local: str
    kind: str
    properties: tuple[tuple[str, str], ...]


class Slugs:
    """Hands out local names, each once; a taken one is told apart by its qualifiers."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str, *qualifiers: str) -> str:
        """The first free local name among the name and the name with each qualifier."""
        stem = make_slug(name, limit=72)
        options = [stem, *(f"{stem}-{make_slug(q)}" for q in qualifiers if q)]
        number = 2
        while options[-1] in self._taken and all(o in self._taken for o in options):
            options.append(f"{stem}-{number}")
            number += 1
        local = next(o for o in options if o not in self._taken)
        self._taken.add(local)
        return local


def read_rows(directory: Path, name: str) -> Iterator[dict[str, str]]:
    """The rows of a gazetteer file, every cell stripped."""
    csv.field_size_limit(sys.maxsize)
    with (directory / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield {k: (v or "").strip() for k, v in row.items() if k is not None}


def text(value: str) -> str:
    """A plain string in Turtle."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def english(value: str) -> str:
    """An English string in Turtle."""
    return text(value) + "@en"


def resource(local: str) -> str:
    """A gazetteer resource in Turtle."""
    return f"id:{local}"


def links(row: dict[str, str]) -> list[tuple[str, str]]:
    """The links that a row's identifiers make; IRIs that Turtle cannot hold are left out."""
    found = []
    for column, form in LINK_FORMS.items():
        value = row.get(column, "")
        if value and not any(c in value for c in '<>"{}|^`\\ '):
            found.append(("skos:exactMatch", f"<{form.format(value)}>"))
    return found


def degrees(row: dict[str, str]) -> list[tuple[str, str]]:
    """Where a row says that it lies, in degrees north and east."""
    if not (row["lat"] and row["lon"]):
        return []
    return [("geo:lat", _decimal(row["lat"])), ("geo:long", _decimal(row["lon"]))]


def _decimal(value: str) -> str:
    """A decimal in the one form in which the store gives it back."""
    written = f"{float(value):.3f}".rstrip("0").rstrip(".")
    # Without a point it would be an integer.
    return written if "." in written else f'"{written}"^^<http://www.w3.org/2001/XMLSchema#decimal>'


def describe(
    label: str,
    *,
    names: Iterable[str] = (),
    adjectives: Iterable[str] = (),
    demonyms: Iterable[str] = (),
    plain: Iterable[tuple[str, str]] = (),
    resources: Iterable[tuple[str, str]] = (),
    place: Iterable[tuple[str, str]] = (),
    matches: Iterable[tuple[str, str]] = (),
    source: str,
) -> tuple[tuple[str, str], ...]:
    """The properties of an entry in their fixed order, empty ones left out."""
    pairs = [("rdfs:label", english(label))]
    pairs += [("skos:altLabel", english(n)) for n in dict.fromkeys(names) if n and n != label]
    pairs += [("kg:adjective", english(a)) for a in dict.fromkeys(adjectives) if a]
    pairs += [("kg:demonym", english(d)) for d in dict.fromkeys(demonyms) if d]
    pairs += [(f"kg:{name}", text(value)) for name, value in plain if value]
    pairs += [(f"kg:{name}", resource(local)) for name, local in resources if local]
    pairs += place
    pairs += list(dict.fromkeys(matches))
    pairs.append(("dcterms:source", text(source)))
    return tuple(pairs)


def write_entries(path: Path, entries: Iterable[Entry]) -> None:
    """Write a names file, its entries sorted by local name."""
    ordered = sorted(entries, key=lambda e: e.local)
    located = any(predicate.startswith("geo:") for e in ordered for predicate, _ in e.properties)
    blocks = [HEADER.format(id=ID, kg=KG, geo=GEO if located else "")]
    for entry in ordered:
        grouped: dict[str, list[str]] = {}
        for predicate, term in entry.properties:
            grouped.setdefault(predicate, []).append(term)
        lines = [f"{p} {', '.join(terms)}" for p, terms in grouped.items()]
        blocks.append(f"id:{entry.local} a kg:{entry.kind} ; " + " ;\n    ".join(lines) + " .\n")
    path.write_text("".join(blocks), encoding="utf-8")
