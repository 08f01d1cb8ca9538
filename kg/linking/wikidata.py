"""Looks things up in Wikidata: search by name, then what its items say of themselves.

The API: https://www.wikidata.org/w/api.php (wbsearchentities, wbgetentities). Which kind a class
is of is asked of the query service, for classes stand many levels below those that are aligned.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rdflib import URIRef

from kg.http import AttemptError
from kg.iris import KG, hash_content
from kg.linking.alignment import Alignment
from kg.linking.client import AnswerKind, Client, Question, Series
from kg.linking.offering import Found, offer_candidates
from kg.linking.records import LinkCandidate, LinkQuery
from kg.linking.scoring import CandidateFacts
from kg.linking.wikidata_items import (
    ENTITY,
    PROPERTIES,
    QID,
    Item,
    read_item,
    read_time,
    reduce_item,
)
from kg.model import Period

WIKIDATA = URIRef("http://www.wikidata.org/")
API = "https://www.wikidata.org/w/api.php"
SPARQL = "https://query.wikidata.org/sparql"
LANGUAGES = ("en", "ar", "de", "es", "fr", "hi", "ja", "ko", "pt", "ru", "zh")
"""In which labels are asked for: those of the United Nations, and some of great reach."""

PREFIXES = (
    f"PREFIX wd: <{ENTITY}> PREFIX wdt: <http://www.wikidata.org/prop/direct/> "
    "PREFIX p: <http://www.wikidata.org/prop/> "
    "PREFIX ps: <http://www.wikidata.org/prop/statement/> "
    "PREFIX pqv: <http://www.wikidata.org/prop/qualifier/value/> "
    "PREFIX wikibase: <http://wikiba.se/ontology#>"
)

_NAMES = 3
_FOUND = 7
_ITEMS_AT_ONCE = 20
"""Fifty are allowed, but fifty states would be more than ten megabytes."""
_CLASSES_AT_ONCE = 40
_LABELS_AT_ONCE = 50
_BODIES_AT_ONCE = 10
_FAMOUS = 300
"""Items with this many pages are as well known as any."""
_BUSY = frozenset({"maxlag", "ratelimited", "readonly", "internal_api_error_DBQueryError"})
_RELATED = (
    "P17", "P27", "P36", "P6", "P35", "P1376", "P463", "P361", "P527", "P710", "P1891", "P1906",
)  # fmt: skip
_SHOWN_TERMS = 40


class WikidataItems:
    """The items and classes of Wikidata, by a client."""

    def __init__(
        self,
        client: Client,
        alignment: Alignment,
        *,
        api: str = API,
        sparql: str = SPARQL,
        languages: Sequence[str] = LANGUAGES,
    ) -> None:
        self._client = client
        self._alignment = alignment
        self._api = api
        self._sparql = sparql
        languages = tuple(dict.fromkeys(("en", *languages)))
        anchors = sorted(each for each in alignment.kinds if each.startswith(ENTITY))
        self._items = Series(
            AnswerKind.ENTITY,
            f"{api} items {hash_content(*languages, *sorted(PROPERTIES))}",
            _ITEMS_AT_ONCE,
            lambda keys: self._ask_items(
                keys, languages, "aliases|claims|descriptions|labels|sitelinks"
            ),
            lambda value, keys: _split_items(value, keys, languages),
        )
        self._classes = Series(
            AnswerKind.CLASSES,
            f"{sparql} classes {hash_content(*anchors)}",
            _CLASSES_AT_ONCE,
            lambda keys: self.word_query(_word_classes(keys, anchors), AnswerKind.CLASSES),
            _split_classes,
        )
        states = sorted(
            each.removeprefix(ENTITY) for each in alignment.countries if each.startswith(ENTITY)
        )
        self._labels = Series(
            AnswerKind.ENTITY,
            f"{api} labels",
            _LABELS_AT_ONCE,
            lambda keys: self._ask_items(keys, ("en",), "labels"),
            _split_labels,
        )
        self._members = Series(
            AnswerKind.QUERY,
            f"{sparql} members {hash_content(*states)}",
            _BODIES_AT_ONCE,
            lambda keys: self.word_query(_word_members(keys, states)),
            _split_members,
        )

    def search(self, name: str) -> list[str]:
        """The items that bear a name or one that begins with it, the likeliest first."""
        question = Question(
            AnswerKind.SEARCH,
            self._api,
            (
                ("action", "wbsearchentities"),
                ("format", "json"),
                ("language", "en"),
                ("limit", str(_FOUND)),
                ("maxlag", "5"),
                ("search", name),
                ("type", "item"),
                ("uselang", "en"),
            ),
        )
        found, _ = self._client.ask(question, _read_search)
        return found

    def fetch_items(self, identifiers: Iterable[str]) -> dict[str, tuple[Item, str]]:
        """Those of some items that exist, each with when it was retrieved."""
        asked = [each for each in dict.fromkeys(identifiers) if QID.fullmatch(each)]
        answers = self._client.ask_series(self._items, asked)
        return {
            key: (read_item(answer.value), answer.retrieved)
            for key, answer in answers.items()
            if answer.value is not None
        }

    def fetch_kinds(self, classes: Iterable[str]) -> dict[str, tuple[URIRef, ...]]:
        """The kinds of our ontology that the instances of some classes are of."""
        asked = sorted({each for each in classes if QID.fullmatch(each)})
        answers = self._client.ask_series(self._classes, asked)
        return {
            key: self._alignment.find_kinds(f"{ENTITY}{anchor}" for anchor in answer.value or ())
            for key, answer in answers.items()
        }

    def fetch_labels(self, identifiers: Iterable[str]) -> dict[str, tuple[str, str]]:
        """The English labels of some items, each with when it was retrieved."""
        asked = sorted({each for each in identifiers if QID.fullmatch(each)})
        answers = self._client.ask_series(self._labels, asked)
        return {
            key: (answer.value, answer.retrieved) for key, answer in answers.items() if answer.value
        }

    def fetch_members(self, bodies: Iterable[str]) -> dict[str, tuple[list[list[str]], str]]:
        """The states that belong or belonged to some bodies: (item, from, until), "" if unknown.

        States say which bodies they belong to, not bodies which states.
        """
        asked = sorted({each for each in bodies if QID.fullmatch(each)})
        answers = self._client.ask_series(self._members, asked)
        return {key: (each.value or [], each.retrieved) for key, each in answers.items()}

    def word_query(self, sparql: str, kind: AnswerKind = AnswerKind.QUERY) -> Question:
        """A question to the query service."""
        return Question(
            kind,
            self._sparql,
            form=(("format", "json"), ("query", sparql)),
            accept="application/sparql-results+json",
        )

    def _ask_items(self, keys: Sequence[str], languages: Sequence[str], parts: str) -> Question:
        return Question(
            AnswerKind.ENTITY,
            self._api,
            (
                ("action", "wbgetentities"),
                ("format", "json"),
                ("ids", "|".join(keys)),
                ("languages", "|".join(languages)),
                ("maxlag", "5"),
                ("props", parts),
            ),
        )


class WikidataLinker:
    """Finds what things may be in Wikidata."""

    dataset = WIKIDATA
    method = "wikidata"

    def __init__(self, items: WikidataItems, alignment: Alignment) -> None:
        self._items = items
        self._alignment = alignment

    def find_candidates(
        self, queries: Sequence[LinkQuery]
    ) -> Iterator[tuple[LinkQuery, tuple[LinkCandidate, ...]]]:
        """The candidates of each thing, best first; LinkError where Wikidata cannot be asked."""
        found = [self._search(query) for query in queries]
        items = self._items.fetch_items(each for ids in found for each in ids)
        classes = {each for item, _ in items.values() for each in item.list_values("P31")}
        kinds = self._items.fetch_kinds(classes)
        for query, identifiers in zip(queries, found, strict=True):
            yield (
                query,
                offer_candidates(
                    query,
                    (
                        Found(state_facts(items[each][0], kinds, self._alignment), items[each][1])
                        for each in identifiers
                        if each in items
                    ),
                ),
            )

    def _search(self, query: LinkQuery) -> list[str]:
        """What the names of a thing find; further names only where the first finds little."""
        found: dict[str, None] = {}
        for name in query.names[:_NAMES]:
            found |= dict.fromkeys(self._items.search(name))
            if len(found) >= _FOUND:
                break
        return list(found)


def state_facts(
    item: Item, kinds: Mapping[str, tuple[URIRef, ...]], alignment: Alignment
) -> CandidateFacts:
    """What an item says, in our terms; `kinds` are those of the classes it is an instance of."""
    found = sorted({kind for each in item.list_values("P31") for kind in kinds.get(each, ())})
    related = dict.fromkeys(
        alignment.entries[f"{ENTITY}{each}"]
        for each in item.list_values(*_RELATED)
        if f"{ENTITY}{each}" in alignment.entries
    )
    country = item.find_value("P298")
    if country is None:
        states = (f"{ENTITY}{item.find_value(name)}" for name in ("P27", "P17", "P1001"))
        codes = (alignment.countries.get(state) for state in states)
        country = next(filter(None, codes), None)
    label = item.labels.get("en") or item.title
    return CandidateFacts(
        target=URIRef(f"{ENTITY}{item.id}"),
        dataset=WIKIDATA,
        label=label,
        aliases=tuple(each for each in (item.title, *item.aliases) if each and each != label),
        kinds=tuple(found),
        country=country,
        periods=tuple(list_periods(item, person=KG.Person in found)),
        description=item.description,
        prior=round(min(1.0, math.log1p(item.sitelinks) / math.log1p(_FAMOUS)), 4),
        related=tuple(related),
        strange=not found and "P31" in item.claims,
    )


def list_periods(item: Item, *, person: bool) -> Iterator[Period]:
    """When something existed; of a person when she was in office or, where unknown, lived."""
    if person:
        terms = [each for each in item.claims.get("P39", ()) if each.start or each.end]
        yield from (Period(each.start, each.end) for each in terms[:_SHOWN_TERMS])
        if terms:
            return
    start = item.find_value("P571", "P580", "P569", "P585")
    end = item.find_value("P576", "P582", "P570")
    # A war without dates of its own that is placed at a time lasted no longer.
    if end is None and "P585" in item.claims and not item.claims.keys() & {"P571", "P580"}:
        end = start if not item.claims.keys() & {"P1891", "P710"} else None
    if start or end:
        yield Period(start, end)


# ----------------------------------------------------------------------------------- answers


def _check_answer(value: object) -> dict[str, Any]:
    """The answer of the API; what it calls an error is none."""
    match value:
        case {"error": {"code": str(code), **rest}}:
            said = str(rest.get("info", code))
            raise AttemptError(f"answers that it fails: {said[:200]}", again=code in _BUSY)
    if not isinstance(value, dict):
        raise AttemptError("answers with no answer of its API", again=True)
    return value


def _read_search(value: object) -> list[str]:
    match _check_answer(value):
        case {"search": [*rows]}:
            identifiers = [row.get("id") for row in rows if isinstance(row, dict)]
            return [each for each in identifiers if each and QID.fullmatch(str(each))]
    raise AttemptError("answers without a list of what it found", again=True)


def _split_items(
    value: object, keys: Sequence[str], languages: Sequence[str]
) -> dict[str, dict[str, Any] | None]:
    entities = _check_answer(value).get("entities")
    if not isinstance(entities, dict):
        raise AttemptError("answers without items", again=True)
    try:
        # An item that was merged into another comes under either name.
        moved = {
            each["redirects"]["from"]: each for each in entities.values() if "redirects" in each
        }
        found = {**moved, **entities}
        return {key: reduce_item(found[key], languages) for key in keys if key in found}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise AttemptError("answers with what are no items", again=False) from error


def _split_labels(value: object, keys: Sequence[str]) -> dict[str, str]:
    found = _split_items(value, keys, ("en",))
    return {key: item["labels"].get("en", "") for key, item in found.items() if item is not None}


def _word_members(keys: Sequence[str], states: Sequence[str]) -> str:
    """Ask which states belong to some bodies, and since and until when."""
    bodies = " ".join(f"wd:{key}" for key in keys)
    members = " ".join(f"wd:{state}" for state in states)
    times = " ".join(
        f"OPTIONAL {{ ?said pqv:{name} ?{end}Node . ?{end}Node wikibase:timeValue ?{end} ; "
        f"wikibase:timePrecision ?{end}Precision }}"
        for name, end in (("P580", "start"), ("P582", "end"))
    )
    return (
        f"{PREFIXES} SELECT ?body ?member ?start ?startPrecision ?end ?endPrecision WHERE {{ "
        f"VALUES ?body {{ {bodies} }} VALUES ?member {{ {members} }} "
        f"?member p:P463 ?said . ?said ps:P463 ?body . {times} }}"
    )


def _split_members(value: object, keys: Sequence[str]) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {key: [] for key in keys}
    for row in read_bindings(value):
        body = row.get("body", "").removeprefix(ENTITY)
        member = row.get("member", "").removeprefix(ENTITY)
        if body in found and QID.fullmatch(member):
            times = [
                read_time(row.get(end, ""), int(precision)) or ""
                for end in ("start", "end")
                if (precision := row.get(f"{end}Precision", "0")).isdecimal()
            ]
            if len(times) == 2:
                found[body].append([member, *times])
    return {key: sorted(rows) for key, rows in found.items()}


def _word_classes(keys: Sequence[str], anchors: Sequence[str]) -> str:
    """Ask below which of the aligned classes some classes stand."""
    asked = " ".join(f"wd:{key}" for key in keys)
    aligned = " ".join(f"wd:{anchor.removeprefix(ENTITY)}" for anchor in anchors)
    return (
        f"{PREFIXES} SELECT DISTINCT ?class ?anchor WHERE {{ "
        f"VALUES ?class {{ {asked} }} VALUES ?anchor {{ {aligned} }} "
        "?class wdt:P279* ?anchor }"
    )


def read_bindings(value: object) -> list[dict[str, str]]:
    """The rows of a SPARQL answer in JSON (https://www.w3.org/TR/sparql11-results-json/)."""
    match value:
        case {"results": {"bindings": [*rows]}}:
            try:
                return [{name: cell["value"] for name, cell in row.items()} for row in rows]
            except (AttributeError, KeyError, TypeError) as error:
                raise AttemptError("answers with what are no rows", again=False) from error
    raise AttemptError("answers without rows", again=True)


def _split_classes(value: object, keys: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {key: [] for key in keys}
    for row in read_bindings(value):
        name = row.get("class", "").removeprefix(ENTITY)
        if name in found and "anchor" in row:
            found[name].append(row["anchor"].removeprefix(ENTITY))
    return {key: sorted(anchors) for key, anchors in found.items()}
