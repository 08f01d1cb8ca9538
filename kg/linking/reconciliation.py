"""Looks things up in any service that speaks the Entity Reconciliation API.

The versions 0.2 (https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/)
and 1.0-draft (https://reconciliation-api.github.io/specs/draft/); what a service can do is read
from its manifest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from rdflib import URIRef

from kg.errors import LinkError
from kg.http import AttemptError
from kg.iris import KG
from kg.linking.alignment import Alignment
from kg.linking.client import AnswerKind, Client, Question, Series
from kg.linking.offering import Found, offer_candidates
from kg.linking.records import LinkCandidate, LinkQuery
from kg.linking.scoring import CandidateFacts
from kg.linking.wikidata_items import ENTITY

V02, DRAFT = "0.2", "1.0-draft"

_AT_ONCE = 25
_LIMIT = 7
_VARIABLE = re.compile(r"\{\{id\}\}|\{\+?id\}")
_ABSOLUTE = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_WORDS: Mapping[str, URIRef] = {
    "state": KG.State, "country": KG.State, "sovereign state": KG.State, "nation": KG.State,
    "government": KG.Government, "ministry": KG.Government,
    "person": KG.Person, "human": KG.Person, "people": KG.Person,
    "organization": KG.Organization, "organisation": KG.Organization,
    "corporate body": KG.Organization, "institution": KG.Organization,
    "alliance": KG.Alliance, "military alliance": KG.Alliance,
    "armed force": KG.ArmedForce, "armed forces": KG.ArmedForce, "military unit": KG.ArmedForce,
    "place": KG.Place, "location": KG.Place, "geographic location": KG.Place, "city": KG.Place,
    "agreement": KG.Agreement, "treaty": KG.Agreement,
    "policy": KG.Policy, "event": KG.Event,
}  # fmt: skip
"""What services call the kinds of things, where their names for them tell nothing else."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a service says of itself; `types` are the (identifier, name) of those it offers."""

    url: str
    version: str
    name: str
    identifiers: str
    schema: str
    view: str
    types: tuple[tuple[str, str], ...]
    scale: float | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator knows of a service: its types for our kinds, its property for a country."""

    types: Mapping[URIRef, str] = field(default_factory=dict)
    country: str | None = None


class ReconciliationLinker:
    """Finds what things may be in the dataset of one service."""

    def __init__(
        self, client: Client, alignment: Alignment, url: str, wishes: Wishes | None = None
    ) -> None:
        self._client = client
        self._alignment = alignment
        self._wishes = wishes or Wishes()
        self._url = url
        manifest, _ = client.ask(
            Question(AnswerKind.MANIFEST, url), lambda value: read_manifest(url, value)
        )
        self.manifest = manifest
        self.dataset = URIRef(_find_dataset(manifest))
        self.method = f"reconciliation {urlsplit(url).hostname}"
        self._series = Series(
            AnswerKind.SEARCH,
            f"{url} {manifest.version}",
            _AT_ONCE,
            self._ask_batch,
            lambda value, keys: _split_batch(manifest.version, value, keys),
        )

    def find_candidates(
        self, queries: Sequence[LinkQuery]
    ) -> Iterator[tuple[LinkQuery, tuple[LinkCandidate, ...]]]:
        """The candidates of each thing, best first; LinkError where the service cannot be asked."""
        worded = [self._word_query(query) for query in queries]
        answers = self._client.ask_series(self._series, worded)
        for query, key in zip(queries, worded, strict=True):
            rows = answers[key].value or []
            most = max((row.get("score") or 0.0 for row in rows), default=0.0)
            found = [Found(self._state_row(row, most), answers[key].retrieved) for row in rows]
            yield query, offer_candidates(query, found)

    def _word_query(self, query: LinkQuery) -> str:
        """What is asked of a thing, as the JSON of one query of the version."""
        types = self._find_types(query.kind)
        country = self._wishes.country or ("P17" if self._is_wikidata() else None)
        value = self._find_country(query) if country else None
        asked: dict[str, Any]
        if self.manifest.version == V02:
            asked = {"query": query.names[0], "limit": _LIMIT}
            if types:
                asked |= {"type": types if len(types) > 1 else types[0], "type_strict": "any"}
            if value is not None:
                asked["properties"] = [{"pid": country, "v": value}]
        else:
            conditions: list[dict[str, Any]] = [
                {"matchType": "name", "propertyValue": query.names[0]}
            ]
            if value is not None:
                conditions.append(
                    {
                        "matchType": "property",
                        "propertyId": country,
                        "propertyValue": value,
                        "required": False,
                    }
                )
            asked = {"conditions": conditions, "limit": _LIMIT}
            if types:
                asked["type"] = types[0]
        return json.dumps(asked, ensure_ascii=False, sort_keys=True)

    def _ask_batch(self, keys: Sequence[str]) -> Question:
        queries = [json.loads(key) for key in keys]
        if self.manifest.version == V02:
            named = {f"q{number}": query for number, query in enumerate(queries)}
            text = json.dumps(named, ensure_ascii=False)
            return Question(AnswerKind.SEARCH, self._url, form=(("queries", text),))
        return Question(
            AnswerKind.SEARCH,
            f"{self._url.rstrip('/')}/reconcile",
            body=json.dumps({"queries": queries}, ensure_ascii=False),
        )

    def _find_types(self, kind: URIRef) -> list[str]:
        """The service's types for a kind: as wished, as aligned, or by their names."""
        if kind in self._wishes.types:
            return [self._wishes.types[kind]]
        offered = [
            identifier
            for identifier, name in self.manifest.types
            if kind in self._find_kinds(identifier, name)
        ]
        if offered or not self._is_wikidata():
            return offered
        return sorted(
            name.removeprefix(ENTITY)
            for name, kinds in self._alignment.kinds.items()
            if name.startswith(ENTITY) and kind in kinds
        )

    def _find_kinds(self, identifier: str, name: str) -> tuple[URIRef, ...]:
        aligned = self._alignment.find_kinds(
            (f"{ENTITY}{identifier}", identifier, self.manifest.schema + identifier)
        )
        word = _WORDS.get(name.casefold())
        return aligned or (() if word is None else (word,))

    def _find_country(self, query: LinkQuery) -> object:
        """The state of a thing as the service may know it: by identifier, else by name."""
        if query.country is None or query.kind == KG.State:
            return None
        if self._is_wikidata():
            for link in self._alignment.identifiers.get(query.country, ()):
                if link.startswith(ENTITY):
                    return {"id": link.removeprefix(ENTITY)}
        return self._alignment.states.get(query.country)

    def _is_wikidata(self) -> bool:
        return self.manifest.identifiers == ENTITY

    def _state_row(self, row: Mapping[str, Any], most: float) -> CandidateFacts:
        """What a candidate of the service is, in our terms."""
        kinds: set[URIRef] = set()
        for each in row["type"]:
            kinds.update(self._find_kinds(each[0], each[1]))
        return CandidateFacts(
            target=URIRef(_make_iri(self.manifest, row["id"])),
            dataset=self.dataset,
            label=row["name"],
            kinds=tuple(sorted(kinds)),
            description=row["description"],
            prior=self._scale(row, most),
        )

    def _scale(self, row: Mapping[str, Any], most: float) -> float | None:
        """The score of a service in [0, 1]; each has a scale of its own, most of them to 100."""
        if row["match"]:
            return 1.0
        score: float | None = row["score"]
        if score is None:
            return None
        whole = self.manifest.scale or (100.0 if 1.0 < most <= 100.0 else max(most, 1.0))
        return round(min(1.0, max(0.0, score / whole)), 4)


# ----------------------------------------------------------------------------------- answers


def read_manifest(url: str, value: object) -> Manifest:
    """What a service says of itself; raises AttemptError where that is no manifest we know."""
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise AttemptError("answers with no manifest of a reconciliation service", again=False)
    versions = value.get("versions") or []
    version = next((each for each in (V02, DRAFT) if each in versions), None)
    if version is None:
        spoken = ", ".join(map(str, versions)) or "no version"
        message = f"speaks {spoken} of the Reconciliation API, not {V02} or {DRAFT}"
        raise AttemptError(message, again=False)
    view = value.get("view")
    types = [
        (str(each["id"]), str(each.get("name", "")))
        for each in value.get("defaultTypes") or ()
        if isinstance(each, dict) and "id" in each
    ]
    return Manifest(
        url=url,
        version=version,
        name=value["name"],
        identifiers=str(value.get("identifierSpace") or ""),
        schema=str(value.get("schemaSpace") or ""),
        view=str(view.get("url") or "") if isinstance(view, dict) else "",
        types=tuple(types),
        scale=100.0 if value.get("standardizedScore") is True else None,
    )


def _split_batch(version: str, value: object, keys: Sequence[str]) -> dict[str, list[Any]]:
    """The candidates of each query of a batch."""
    results: list[object]
    match value:
        case {"results": [*rows]} if version == DRAFT and len(rows) == len(keys):
            results = [row.get("candidates") if isinstance(row, dict) else None for row in rows]
        case {**named} if version == V02 and all(f"q{n}" in named for n in range(len(keys))):
            rows = [named[f"q{number}"] for number in range(len(keys))]
            results = [row.get("result") if isinstance(row, dict) else None for row in rows]
        case _:
            raise AttemptError("answers with no batch of results", again=True)
    if not all(isinstance(result, list) for result in results):
        raise AttemptError("answers with what are no results", again=False)
    return {
        key: [read for row in result if (read := _read_row(row)) is not None]
        for key, result in zip(keys, results, strict=True)
        if isinstance(result, list)
    }


def _read_row(row: object) -> dict[str, Any] | None:
    """A candidate reduced to what is used of it; None where it is none."""
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        return None
    if not isinstance(row.get("name"), str):
        return None
    score = row.get("score")
    return {
        "id": row["id"],
        "name": row["name"],
        "description": str(row.get("description") or ""),
        "score": float(score) if isinstance(score, int | float) else None,
        "match": row.get("match") is True,
        "type": [
            [str(each.get("id", "")), str(each.get("name", ""))]
            if isinstance(each, dict)
            else [str(each), ""]
            for each in row.get("type") or ()
        ],
    }


def _make_iri(manifest: Manifest, identifier: str) -> str:
    """The IRI of an identifier: itself, in the service's space, or the page that shows it."""
    if _ABSOLUTE.fullmatch(identifier):
        return identifier
    quoted = quote(identifier, safe="/:@!$&'()*+,;=-._~")
    if manifest.identifiers.endswith(("/", "#", "=")):
        return manifest.identifiers + quoted
    if _VARIABLE.search(manifest.view):
        return _VARIABLE.sub(lambda _: quoted, manifest.view)
    message = f"{manifest.url} does not say what its identifiers stand for: it has no view"
    raise LinkError(message, url=manifest.url)


def _find_dataset(manifest: Manifest) -> str:
    """The IRI of the dataset behind a service."""
    if manifest.identifiers == ENTITY:
        return "http://www.wikidata.org/"
    return manifest.identifiers if _ABSOLUTE.fullmatch(manifest.identifiers) else manifest.url
