"""Links of a thing out of the graph, and why each was made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg import iris
from kg.server.pages.naming import HEAD, Named, locate_thing, shorten_iri
from kg.server.statistics import Ask, Row, fetch_rows

_MOST = 500
_MOST_OPEN = 6
_SCORES = {
    "scoreName": "name",
    "scoreType": "kind",
    "scoreTime": "time",
    "scoreCompany": "the company it keeps",
    "scorePrior": "how well known it is",
}
_FITS = ((0.9, "agrees"), (0.6, "fits"), (0.3, "fits in part"), (0.0, "does not fit"))
_DATASETS = (
    ("Wikidata", re.compile(r"https?://www\.wikidata\.org/(?:entity|wiki)/(.+)")),
    ("GeoNames", re.compile(r"https?://(?:sws|www)\.geonames\.org/(\d+)/?")),
    ("DBpedia", re.compile(r"https?://dbpedia\.org/resource/(.+)")),
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a link was made: by whom or what, and the parts of the score in words."""

    text: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutsideLink:
    """A link out of the graph with the reasons for it; `mapping` is "exact", "close" or "open".

    An open one is a candidate on which nothing was decided.
    """

    target: Named
    dataset: str | None
    mapping: str
    reasons: tuple[Reason, ...]


async def fetch_links(node: str, said: Iterable[Row], ask: Ask, base: str) -> list[OutsideLink]:
    """The links of a thing; `said` are the rows `?g ?p ?o` of its matches and sources."""
    rows = await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?target ?decision ?method ?time ?offer ?label ?reason ?description "
        "?score ?scoreName ?scoreType ?scoreTime ?scoreCompany ?scorePrior WHERE { "
        f"{{ ?decision a kg:LinkDecision ; kg:candidateOf {node} ; kg:candidate ?target . "
        "OPTIONAL { ?decision kg:decidedBy ?method } "
        "OPTIONAL { ?decision prov:generatedAtTime ?time } "
        "OPTIONAL { ?decision prov:wasDerivedFrom ?offer } } UNION "
        f"{{ ?offer a kg:LinkCandidate ; kg:candidateOf {node} ; kg:candidate ?target }} "
        "OPTIONAL { ?offer kg:score ?score } OPTIONAL { ?offer rdfs:label ?label } "
        "OPTIONAL { ?offer rdfs:comment ?reason } "
        "OPTIONAL { ?offer dcterms:description ?description } "
        "OPTIONAL { ?offer kg:scoreName ?scoreName } OPTIONAL { ?offer kg:scoreType ?scoreType } "
        "OPTIONAL { ?offer kg:scoreTime ?scoreTime } "
        "OPTIONAL { ?offer kg:scoreCompany ?scoreCompany } "
        f"OPTIONAL {{ ?offer kg:scorePrior ?scorePrior }} }} LIMIT {_MOST}",
        ask,
    )
    offers = [{name: term["value"] for name, term in row.items()} for row in rows]
    return _show_links(said, offers, base)


def _show_links(
    said: Iterable[Row], offers: Iterable[Mapping[str, str]], base: str
) -> list[OutsideLink]:
    reasons: dict[tuple[str, str], set[Reason]] = {}
    rows = list(said)
    sources = sorted({r["o"]["value"] for r in rows if r["p"]["value"].endswith("/source")})
    for row in rows:
        mapping = row["p"]["value"].rsplit("#", 1)[-1].removesuffix("Match")
        if mapping in ("exact", "close") and row["o"]["type"] == "uri":
            told = reasons.setdefault((row["o"]["value"], mapping), set())
            if row["g"]["value"] == str(iris.BACKGROUND_GRAPH):
                told.add(Reason("in Concord’s own list of names", tuple(sources)))
    linked = {target for target, _ in reasons}
    for text in sorted(offers, key=lambda offer: sorted(offer.items())):
        if text["target"] in linked:
            for (target, _), told in reasons.items():
                if target == text["target"] and "decision" in text:
                    told.add(_word_decision(text))
        elif "decision" not in text and not text["target"].startswith(iris.BASE):
            reasons.setdefault((text["target"], "open"), set()).add(_word_decision(text))
    shown = [
        OutsideLink(
            *_name_target(target, base),
            mapping,
            tuple(sorted(told, key=lambda reason: (reason.text, reason.parts))),
        )
        for (target, mapping), told in sorted(reasons.items())
    ]
    decided = [link for link in shown if link.mapping != "open"]
    return decided + [link for link in shown if link.mapping == "open"][:_MOST_OPEN]


def _name_target(target: str, base: str) -> tuple[Named, str | None]:
    href, outside = locate_thing(target, base)
    for dataset, pattern in _DATASETS:
        found = pattern.fullmatch(target)
        if found:
            label = found[1].replace("_", " ")
            return Named(target, label, href, None, outside), dataset
    return Named(target, shorten_iri(target), href, None, outside), None


def _word_decision(text: Mapping[str, str]) -> Reason:
    told = [f"decided by {text.get('method', 'a linker')}"] if "decision" in text else ["offered"]
    if "label" in text:
        about = f", {text['description']}" if "description" in text else ""
        told.append(f"“{text['label']}”{about}")
    if "score" in text:
        told.append(f"score {text['score']}")
    if "reason" in text:
        told.append(text["reason"])
    if "time" in text:
        told.append(text["time"][:10])
    parts = tuple(_word_score(what, text[name]) for name, what in _SCORES.items() if name in text)
    return Reason("; ".join(told), parts)


def _word_score(what: str, text: str) -> str:
    if re.fullmatch(r"-?\d{1,3}(\.\d{1,12})?([eE]-?\d{1,2})?", text) is None:
        return f"{what}: {text}"
    value = float(text)
    fit = next((word for least, word in _FITS if value >= least), _FITS[-1][1])
    return f"{what} {fit} ({value:.2f})"
