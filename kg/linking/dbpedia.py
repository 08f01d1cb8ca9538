"""Looks things up in DBpedia: by name in its Lookup, and in context by a Spotlight server.

Lookup: https://lookup.dbpedia.org (query, format, maxResults). Spotlight's `annotate`:
https://www.dbpedia-spotlight.org/api; any server that speaks it will do.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from rdflib import URIRef

from kg.errors import LinkError
from kg.extraction.weighing import compare_names
from kg.http import AttemptError
from kg.linking.alignment import Alignment
from kg.linking.client import AnswerKind, Client, Question, UnansweredError
from kg.linking.offering import Found, offer_candidates
from kg.linking.records import LinkCandidate, LinkQuery
from kg.linking.scoring import CandidateFacts

DBPEDIA = URIRef("http://dbpedia.org/")
LOOKUP = "https://lookup.dbpedia.org/api/search"
SPOTLIGHT = "https://api.dbpedia-spotlight.org/en/annotate"
RESOURCE = "http://dbpedia.org/resource/"

_ONTOLOGY = "http://dbpedia.org/ontology/"
_NAMES = 2
_FOUND = 10
_FAMOUS = 50_000
"""Resources that this many others lead to are as well known as any."""
_SAME_NAME = 0.85
_CONFIDENCE = "0.35"
_TAG = re.compile(r"</?[A-Za-z]+>")
_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_SCHEMES = {
    "DBpedia": _ONTOLOGY,
    "Schema": "https://schema.org/",
    "Wikidata": "http://www.wikidata.org/entity/",
}


class DbpediaLinker:
    """Finds what things may be in DBpedia; `spotlight` is None where no context is to be read."""

    dataset = DBPEDIA
    method = "dbpedia"

    def __init__(
        self,
        client: Client,
        alignment: Alignment,
        *,
        lookup: str = LOOKUP,
        spotlight: str | None = SPOTLIGHT,
    ) -> None:
        self._client = client
        self._alignment = alignment
        self._lookup = lookup
        self._spotlight = spotlight

    def find_candidates(
        self, queries: Sequence[LinkQuery]
    ) -> Iterator[tuple[LinkQuery, tuple[LinkCandidate, ...]]]:
        """The candidates of each thing, best first; LinkError where DBpedia cannot be asked."""
        for query in queries:
            found = [each for name in query.names[:_NAMES] for each in self._look_up(name)]
            yield query, offer_candidates(query, [*found, *self._annotate(query, found)])

    def _look_up(self, name: str) -> list[Found]:
        question = Question(
            AnswerKind.SEARCH,
            self._lookup,
            (("format", "JSON"), ("maxResults", str(_FOUND)), ("query", name)),
        )
        rows, retrieved = self._client.ask(question, _read_lookup)
        return [
            Found(facts, retrieved)
            for row in rows
            if (facts := _state_row(row, self._alignment)) is not None
        ]

    def _annotate(self, query: LinkQuery, found: Sequence[Found]) -> list[Found]:
        """What a reader of the sentence takes the thing for, beside or among what was found.

        A server that fails is not asked again: the names remain.
        """
        if self._spotlight is None or not query.context:
            return []
        question = Question(
            AnswerKind.ANNOTATION,
            self._spotlight,
            form=(("confidence", _CONFIDENCE), ("text", query.context[0])),
        )
        try:
            rows, retrieved = self._client.ask(question, _read_annotations)
        except UnansweredError:
            return []
        except LinkError:
            self._spotlight = None
            return []
        known = {each.facts.target: each.facts for each in found}
        read = []
        for row in rows:
            if compare_names(query.names, (row["@surfaceForm"],)) >= _SAME_NAME:
                facts = _state_annotation(row, self._alignment)
                prior = max(facts.prior or 0.0, float(row["@similarityScore"]))
                read.append(
                    Found(
                        replace(known.get(facts.target, facts), prior=round(min(1.0, prior), 4)),
                        retrieved,
                    )
                )
        return read


def _state_row(row: dict[str, Any], alignment: Alignment) -> CandidateFacts | None:
    """What a row of Lookup says, in our terms; None for what is no resource of DBpedia."""
    target = next(iter(_list_texts(row, "resource")), "")
    if not target.startswith(RESOURCE):
        return None
    label = next(iter(_list_texts(row, "label")), "") or _read_title(target)
    aliases = [_read_title(target), *_list_texts(row, "redirectlabel")]
    count = next(iter(_list_texts(row, "refCount")), "")
    prior = math.log1p(int(count)) / math.log1p(_FAMOUS) if count.isdecimal() else None
    types = [
        each.replace("http://schema.org/", "https://schema.org/")
        for each in _list_texts(row, "type")
    ]
    return CandidateFacts(
        target=URIRef(target),
        dataset=DBPEDIA,
        label=label,
        aliases=tuple(dict.fromkeys(each for each in aliases if each and each != label)),
        kinds=alignment.find_kinds(types),
        description=next(iter(_list_texts(row, "comment")), ""),
        prior=None if prior is None else round(min(1.0, prior), 4),
    )


def _state_annotation(row: dict[str, Any], alignment: Alignment) -> CandidateFacts:
    target = str(row["@URI"])
    types = (each.partition(":") for each in str(row.get("@types", "")).split(","))
    return CandidateFacts(
        target=URIRef(target),
        dataset=DBPEDIA,
        label=_read_title(target),
        aliases=(str(row["@surfaceForm"]),) if _fits_title(row) else (),
        kinds=alignment.find_kinds(
            _SCHEMES[scheme] + name for scheme, _, name in types if scheme in _SCHEMES
        ),
    )


def _fits_title(row: dict[str, Any]) -> bool:
    """Whether the words that were taken for a resource have something of its title."""
    return compare_names((str(row["@surfaceForm"]),), (_read_title(str(row["@URI"])),)) > 0


def _read_title(target: str) -> str:
    """The title of the page behind a resource, without what tells it from its namesakes."""
    title = unquote(target.removeprefix(RESOURCE)).replace("_", " ")
    return _BRACKETS.sub("", title)


def _list_texts(row: dict[str, Any], name: str) -> list[str]:
    """The values of a field, without the marks of what was found in them."""
    values = row.get(name) or []
    if not isinstance(values, list):
        values = [values]
    return [html.unescape(_TAG.sub("", each)).strip() for each in values if isinstance(each, str)]


# ----------------------------------------------------------------------------------- answers


def _read_lookup(value: object) -> list[dict[str, Any]]:
    match value:
        case {"docs": [*rows]}:
            return [row for row in rows if isinstance(row, dict)]
    raise AttemptError("answers without a list of what it found", again=True)


def _read_annotations(value: object) -> list[dict[str, Any]]:
    match value:
        case {"Resources": [*rows]}:
            return [row for row in rows if _is_annotation(row)]
        case {"@text": str()}:  # Nothing was recognised.
            return []
    raise AttemptError("answers with no annotations", again=True)


def _is_annotation(row: object) -> bool:
    match row:
        case {
            "@URI": str(target),
            "@surfaceForm": str(),
            "@similarityScore": str() | float() | int() as score,
        }:
            try:
                float(score)
            except ValueError:
                return False
            return target.startswith(RESOURCE)
    return False
