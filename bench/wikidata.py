"""Wikidata as it answers, made from what the shipped names state of things that bear an item.

Each thing of the names that shares a name with a case becomes an item in the form that the API
documents: its label and names, class, country, terms of office, existence. Beside them stand, under
the same name, what Wikidata is full of: a family name, a page that tells namesakes apart, a film, a
ship, a club. `tests/services.py` answers from them over HTTP on this machine.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rdflib import URIRef

from kg.extraction import Names
from kg.extraction.names import NameEntry, Term
from kg.iris import KG
from kg.linking.alignment import load_alignment
from kg.linking.records import LinkQuery, LinkState
from kg.linking.scoring import decide_link
from kg.linking.wikidata import WikidataItems, WikidataLinker

_TESTS = Path(__file__).parents[1] / "tests"
_ENTITY = "http://www.wikidata.org/entity/"
_CLASSES = {
    "State": "Q3624078", "Person": "Q5", "Place": "Q515", "Organization": "Q43229",
    "Alliance": "Q1127126", "Agreement": "Q131569", "Government": "Q7188", "Group": "Q41710",
    "ArmedForce": "Q772547", "Event": "Q1656682", "Policy": "Q1156854",
}  # fmt: skip
_PAGES = {"State": 280, "Person": 90, "Organization": 70, "Alliance": 80, "Place": 110}
# Class, description and number of pages of what shares a name with much.
_NAMESAKES = (
    ("Q101352", "family name", 20),
    ("Q4167410", "Wikimedia disambiguation page", 30),
    ("Q11424", "film", 12),
    ("Q11446", "ship", 6),
    ("Q476028", "association football club", 25),
)


def list_items(names: Names, entries: Iterable[URIRef]) -> dict[str, dict[str, Any]]:
    """The items of entries that have one, and of what else bears their labels."""
    known = {entry.iri: entry for entry in map(names.entry, entries)}
    states = {e.country: e for iri in names if (e := names.entry(iri)).kind == KG.State}
    items: dict[str, dict[str, Any]] = {}
    labels: set[str] = set()
    for _, entry in sorted(known.items()):
        number = find_item(entry)
        if number is not None:
            items[number] = _describe(number, entry, states)
            labels.update((entry.label, *entry.names))
    for row, label in enumerate(sorted(labels)):
        for column, (kind, description, pages) in enumerate(_NAMESAKES):
            number = f"Q9{row:05}{column}"
            items[number] = _make(number, label, (), description, pages, {"P31": [_item(kind)]})
    return items


def find_item(entry: NameEntry) -> str | None:
    """The number of an entry's item, None where the names state none."""
    found = [link.removeprefix(_ENTITY) for link in entry.links if link.startswith(_ENTITY)]
    return found[0] if found else None


def _describe(number: str, entry: NameEntry, states: dict[str | None, NameEntry]) -> dict[str, Any]:
    kind = entry.kind.removeprefix(str(KG))
    claims: dict[str, list[dict[str, Any]]] = {"P31": [_item(_CLASSES.get(kind, "Q35120"))]}
    state = find_item(states[entry.country]) if entry.country in states else None
    if state is not None:
        claims["P27" if kind == "Person" else "P17"] = [_item(state)]
    if entry.terms:
        claims["P39"] = [_hold(term) for term in entry.terms]
    for name, date in (("P571", entry.valid_from), ("P576", entry.valid_until)):
        if date is not None:
            claims[name] = [{"mainsnak": _time(date), "rank": "normal"}]
    return _make(number, entry.label, entry.names, f"{kind.lower()}", _PAGES.get(kind, 40), claims)


def _make(
    number: str,
    label: str,
    aliases: tuple[str, ...],
    description: str,
    pages: int,
    claims: dict[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    return {
        "type": "item",
        "id": number,
        "labels": {"en": {"language": "en", "value": label}},
        "descriptions": {"en": {"language": "en", "value": description}},
        "aliases": {"en": [{"language": "en", "value": alias} for alias in aliases]},
        "claims": claims,
        "sitelinks": {f"x{n}wiki": {"site": f"x{n}wiki", "title": label} for n in range(pages)},
    }


def _item(number: str) -> dict[str, Any]:
    value = {"entity-type": "item", "id": number}
    snak = {"snaktype": "value", "datavalue": {"value": value, "type": "wikibase-entityid"}}
    return {"mainsnak": snak, "rank": "normal"}


def _hold(term: Term) -> dict[str, Any]:
    qualifiers = {
        name: [_time(date)] for name, date in (("P580", term.start), ("P582", term.end)) if date
    }
    return {**_item("Q4164871"), "qualifiers": qualifiers}


def _time(date: str) -> dict[str, Any]:
    parts = [*date.split("-"), "00", "00"][:3]
    value = {
        "time": f"+{'-'.join(parts)}T00:00:00Z",
        "precision": 9 + date.count("-"),
        "calendarmodel": f"{_ENTITY}Q1985727",
    }
    return {"snaktype": "value", "datavalue": {"value": value, "type": "time"}}


def link_queries(
    queries: list[LinkQuery], items: dict[str, dict[str, Any]]
) -> Iterator[tuple[LinkQuery, URIRef | None]]:
    """What the linker makes of each query: the item that it takes, None where it leaves it open."""
    if str(_TESTS) not in sys.path:
        sys.path.append(str(_TESTS))
    from linkers import open_client  # type: ignore[import-not-found]
    from servers import run_server  # type: ignore[import-not-found]
    from services import PATHS, Services  # type: ignore[import-not-found]

    services = Services()
    services.items = items
    classes = {kind for item in items.values() for kind in _list_classes(item)}
    known = services.wikidata["classes"]
    services.wikidata["classes"] = {kind: [*known.get(kind, ()), kind] for kind in classes}
    alignment = load_alignment()
    with (
        tempfile.TemporaryDirectory() as place,
        run_server() as server,
        open_client(Path(place)) as client,
    ):
        server.plan = [services]
        addresses = {
            "api": server.url + PATHS["wikidata"],
            "sparql": server.url + PATHS["wikidata-sparql"],
        }
        linker = WikidataLinker(WikidataItems(client, alignment, **addresses), alignment)
        for query, candidates in linker.find_candidates(queries):
            state, _ = decide_link(candidates)
            yield query, candidates[0].target if state is LinkState.LINKED else None


def _list_classes(item: dict[str, Any]) -> Iterator[str]:
    for claim in item["claims"]["P31"]:
        yield claim["mainsnak"]["datavalue"]["value"]["id"]
