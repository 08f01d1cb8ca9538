"""Looks states and places up in GeoNames.

The service: https://www.geonames.org/export/geonames-search.html (searchJSON), which needs the
name of an account; its errors: https://www.geonames.org/export/webservice-exception.html.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from rdflib import URIRef

from kg.errors import LinkError
from kg.http import AttemptError
from kg.iris import KG
from kg.linking.alignment import Alignment
from kg.linking.client import AnswerKind, Client, Question
from kg.linking.offering import Found, offer_candidates
from kg.linking.records import LinkCandidate, LinkQuery
from kg.linking.scoring import CandidateFacts

GEONAMES = URIRef("https://www.geonames.org/")
SEARCH = "https://secure.geonames.org/searchJSON"
FEATURE = "https://sws.geonames.org/"

_CODES = "https://www.geonames.org/ontology#"
_NAMES = 2
_FOUND = 10
_CROWDED = 20_000_000
"""Places with this many people are as well known as any."""
_NOTHING = frozenset({11, 15})
_BUSY = frozenset({13, 22})
_SPENT = frozenset({18, 19, 20})


class GeonamesLinker:
    """Finds what states and places may be in GeoNames; raises LinkError without an account."""

    dataset = GEONAMES
    method = "geonames"

    def __init__(
        self, client: Client, alignment: Alignment, *, account: str | None, search: str = SEARCH
    ) -> None:
        if not account:
            message = (
                "GeoNames needs the name of an account: get one at https://www.geonames.org/login "
                "and give --geonames-user or $KG_GEONAMES_USER"
            )
            raise LinkError(message, url=search)
        self._client = client
        self._alignment = alignment
        self._account = account
        self._search = search
        self._letters = {
            code: letters for letters, code in alignment.countries.items() if len(letters) == 2
        }

    def find_candidates(
        self, queries: Sequence[LinkQuery]
    ) -> Iterator[tuple[LinkQuery, tuple[LinkCandidate, ...]]]:
        """The candidates of each thing, best first, none for what is no state or place.

        Raises LinkError where GeoNames cannot be asked.
        """
        for query in queries:
            found: list[Found] = []
            if query.kind in (KG.State, KG.Place):
                for name in query.names[:_NAMES]:
                    found += self._look_up(name, query)
            yield query, offer_candidates(query, found)

    def _look_up(self, name: str, query: LinkQuery) -> list[Found]:
        parameters = [("maxRows", str(_FOUND)), ("q", name), ("style", "FULL")]
        if query.kind == KG.State:
            parameters.append(("featureClass", "A"))
        if query.country in self._letters:
            parameters.append(("countryBias", self._letters[query.country]))
        question = Question(
            AnswerKind.SEARCH,
            self._search,
            tuple(sorted(parameters)),
            secrets=(("username", self._account),),
        )
        rows, retrieved = self._client.ask(question, _read_search)
        return [Found(_state_row(row, self._alignment), retrieved) for row in rows]


def _state_row(row: dict[str, Any], alignment: Alignment) -> CandidateFacts:
    """What a row says, in our terms."""
    label = str(row.get("name") or row.get("toponymName"))
    others = [row.get("toponymName"), row.get("asciiName")]
    others += [
        each.get("name")
        for each in row.get("alternateNames") or ()
        if isinstance(each, dict) and each.get("lang") in (None, "", "en", "abbr")
    ]
    code, feature = row.get("fcode") or "", row.get("fcl") or ""
    kinds = alignment.find_kinds([f"{_CODES}{feature}.{code}"])
    people = row.get("population")
    prior = math.log1p(people) / math.log1p(_CROWDED) if isinstance(people, int) else None
    words = [row.get("fcodeName"), row.get("adminName1"), row.get("countryName")]
    return CandidateFacts(
        target=URIRef(f"{FEATURE}{row['geonameId']}/"),
        dataset=GEONAMES,
        label=label,
        aliases=tuple(dict.fromkeys(str(each) for each in others if each and each != label)),
        kinds=kinds or alignment.find_kinds([f"{_CODES}{feature}"]),
        country=alignment.countries.get(row.get("countryCode") or ""),
        description=", ".join(str(each) for each in words if each),
        prior=None if prior is None else round(min(1.0, prior), 4),
    )


def _read_search(value: object) -> list[dict[str, Any]]:
    match value:
        case {"status": {"value": int(code), **rest}}:
            if code in _NOTHING:
                return []
            said = str(rest.get("message", code))[:200]
            if code in _SPENT:
                said += "; go on with the same command when it gives credits again"
            raise AttemptError(f"answers that it fails: {said}", again=code in _BUSY)
        case {"geonames": [*rows]}:
            return [
                row
                for row in rows
                if isinstance(row, dict)
                and isinstance(row.get("geonameId"), int)
                and (row.get("name") or row.get("toponymName"))
            ]
    raise AttemptError("answers without a list of what it found", again=True)
