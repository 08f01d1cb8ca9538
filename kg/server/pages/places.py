"""Where the things of a result lie: in which state, or at which coordinates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import isfinite

from rdflib import Literal, URIRef

from kg.iris import ID, is_iri
from kg.rdf import format_term
from kg.server.pages.naming import HEAD, Cell, Named, locate_thing
from kg.server.pages.questions import Result, ResultRow
from kg.server.statistics import Ask, Row, fetch_rows

_GEO = "PREFIX geo: <http://www.w3.org/2003/01/geo/wgs84_pos#>\n"
_AT_ONCE = 500
_WIDEST, _HIGHEST = 180.0, 90.0


@dataclass(frozen=True, slots=True)
class Position:
    """What is known of where a thing is: the code of its state, its coordinates in degrees."""

    code: str | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Spot:
    """A state or a point on the map, the things that are there, and the rows they stand in."""

    name: Named
    code: str | None
    latitude: float | None
    longitude: float | None
    things: tuple[Named, ...]
    rows: tuple[ResultRow, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """All spots of a result, those of most rows first; and the things of which none is known."""

    spots: tuple[Spot, ...]
    elsewhere: tuple[Named, ...]


async def fetch_places(result: Result, ask: Ask, base: str) -> Places | None:
    """Where the things of a result lie; None where that is known of none."""
    things: dict[str, Named] = {}
    rows: dict[str, list[ResultRow]] = {}
    for row in result.rows:
        named = {c.thing.iri: c.thing for c in row.cells if c is not None and c.thing is not None}
        for iri, thing in named.items():
            if iri.startswith(str(ID)) and is_iri(iri):
                things[iri] = thing
                rows.setdefault(iri, []).append(row)
    positions = await _fetch_positions(sorted(things), ask)
    codes = {position.code for position in positions.values() if position.code}
    states = await fetch_states(codes, ask, base)
    gathered: dict[tuple[str | None, str], list[str]] = {}
    elsewhere = []
    for iri in sorted(things, key=lambda iri: (things[iri].label, iri)):
        found = positions.get(iri)
        if found is not None and found.latitude is not None:
            gathered.setdefault((None, iri), []).append(iri)
        elif found is not None and found.code in states:
            gathered.setdefault((found.code, ""), []).append(iri)
        else:
            elsewhere.append(things[iri])
    spots = []
    for (code, iri), members in gathered.items():
        numbered = {row.number: row for each in members for row in rows[each]}
        at = positions[members[0]]
        name = things[iri] if code is None else states[code]
        spots.append(
            Spot(
                name,
                code,
                at.latitude if code is None else None,
                at.longitude if code is None else None,
                tuple(things[each] for each in members if things[each].iri != name.iri),
                tuple(numbered[number] for number in sorted(numbered)),
            )
        )
    spots.sort(key=lambda spot: (-len(spot.rows), spot.name.label, spot.name.iri))
    return Places(tuple(spots), tuple(elsewhere)) if spots else None


async def _fetch_positions(things: list[str], ask: Ask) -> dict[str, Position]:
    found: dict[str, Position] = {}
    for start in range(0, len(things), _AT_ONCE):
        listed = " ".join(format_term(URIRef(iri)) for iri in things[start : start + _AT_ONCE])
        rows = await fetch_rows(
            f"{HEAD}{_GEO}SELECT ?x (MIN(STR(?c)) AS ?code) (MIN(STR(?lat)) AS ?latitude) "
            f"(MIN(STR(?long)) AS ?longitude) WHERE {{ VALUES ?x {{ {listed} }} "
            "OPTIONAL { ?x kg:countryCode ?c } OPTIONAL { ?x geo:lat ?lat ; geo:long ?long } } "
            "GROUP BY ?x",
            ask,
        )
        for row in rows:
            latitude = _read_degrees(row.get("latitude"), _HIGHEST)
            longitude = _read_degrees(row.get("longitude"), _WIDEST)
            if latitude is None or longitude is None:
                latitude = longitude = None
            code = row["code"]["value"] if "code" in row else None
            found[row["x"]["value"]] = Position(code, latitude, longitude)
    return found


def _read_degrees(term: Mapping[str, str] | None, most: float) -> float | None:
    try:
        degrees = float(term["value"]) if term else None
    except ValueError:
        return None
    return degrees if degrees is not None and isfinite(degrees) and abs(degrees) <= most else None


async def fetch_states(codes: Collection[str], ask: Ask, base: str) -> dict[str, Named]:
    """The states of some country codes; of several that have one, that with most other codes.

    Parts and former states, such as Scotland, have the code of a state but none of their own.
    """
    if not codes:
        return {}
    listed = " ".join(format_term(Literal(code)) for code in sorted(codes))
    rows = await fetch_rows(
        f"{HEAD}SELECT ?code ?state (MIN(STR(?name)) AS ?label) "
        "(COUNT(DISTINCT ?other) AS ?others) WHERE { "
        f"VALUES ?code {{ {listed} }} "
        "?state kg:countryCode ?code ; a kg:State ; rdfs:label ?name "
        "OPTIONAL { ?state kg:iso2|kg:cowCode|skos:exactMatch ?other } } GROUP BY ?code ?state",
        ask,
    )
    states: dict[str, Named] = {}

    def rank(row: Row) -> tuple[int, str, str]:
        return -int(row["others"]["value"]), row["label"]["value"], row["state"]["value"]

    for row in sorted(rows, key=rank):
        iri = row["state"]["value"]
        href, outside = locate_thing(iri, base)
        named = Named(iri, row["label"]["value"], href, "State", outside)
        states.setdefault(row["code"]["value"], named)
    return states


def name_codes(result: Result, states: Mapping[str, Named]) -> Result:
    """A result of which the codes of states are shown as these states."""

    def name(cell: Cell | None) -> Cell | None:
        if cell is None or cell.thing is not None or cell.text not in states:
            return cell
        state = states[cell.text]
        return Cell(state.label, state)

    rows = tuple(
        ResultRow(row.number, tuple(map(name, row.cells)), row.quotation) for row in result.rows
    )
    return Result(result.columns, rows, result.count, result.offset)
