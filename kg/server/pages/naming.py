"""What pages call things, and where a link to one of them leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from rdflib import URIRef

from kg import iris
from kg.iris import KG, is_iri
from kg.rdf import PREFIXES, format_term
from kg.server.shipped import locate_term
from kg.server.statistics import Ask, Row, fetch_rows

HEAD = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n"
    for name in ("kg", "rdf", "rdfs", "owl", "skos", "dcterms", "oa", "prov")
)
"""The prefixes of every query of the pages."""

_SAFE = "/:@!$&()*+,;=~%"
_AT_ONCE = 500
_ARTICLES = f"{iris.BASE}article/"
_OWN_PAGES = ("id/", "article/")


@dataclass(frozen=True, slots=True)
class Named:
    """A thing as a page shows it: its label, where it leads (None for nowhere), its kind's name.

    `outside` tells that the link leaves this server.
    """

    iri: str
    label: str
    href: str | None
    kind: str | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A term in a table: a thing, or a text with its language or datatype."""

    text: str
    thing: Named | None = None
    language: str | None = None
    datatype: str | None = None


def shorten_iri(iri: str) -> str:
    """An IRI by one of the usual prefixes where one fits, else in full."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def take_local_name(iri: str) -> str:
    """What stands behind the last "#" or "/" of an IRI."""
    return iri.rstrip("/#").rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def locate_thing(iri: str, base: str) -> tuple[str | None, bool]:
    """Where a link to an IRI leads, and whether that is outside; None for nowhere safe."""
    if iri.startswith(iris.BASE):
        path = iri.removeprefix(iris.BASE)
        if "?" in path:
            return None, False
        if iri.startswith(KG):
            term = iri.removeprefix(KG)
            return f"{base}/page/ontology/{quote(term, safe=_SAFE)}", False
        term_page = locate_term(iri)
        if term_page is not None:
            return f"{base}/page/{quote(term_page, safe=_SAFE)}", False
        place, mark, fragment = path.partition("#")
        page = "page/" if place.startswith(_OWN_PAGES) else ""
        return f"{base}/{page}{quote(place, safe=_SAFE)}{mark}{quote(fragment, safe=_SAFE)}", False
    if iri.startswith(("http://", "https://")):
        return iri, True
    # Any other scheme could make the browser do something.
    return None, False


def locate_claim(claim: str, base: str) -> str | None:
    """Where the reader shows the very words of a claim; None where it is of no article."""
    article, found, key = claim.partition("/claim/")
    if not found or not article.startswith(f"{iris.BASE}article/"):
        return None
    place = quote(article.removeprefix(iris.BASE), safe=_SAFE)
    return f"{base}/page/{place}#claim-{quote(key, safe='')}"


def name_thing(iri: str, names: Mapping[str, Named], base: str) -> Named:
    """A thing under the name that was found for it, else under its IRI made short."""
    known = names.get(iri)
    if known is not None:
        return known
    href, outside = locate_thing(iri, base)
    label = shorten_iri(iri)
    if iri.startswith(_ARTICLES) and "/" not in iri.removeprefix(_ARTICLES):
        label = "an article without a title"
    if iri.startswith(str(iris.ID)):
        label = take_local_name(iri).replace("-", " ")
    return Named(iri, label, href, None, outside)


async def fetch_names(wanted: Iterable[str], ask: Ask, base: str) -> dict[str, Named]:
    """The names and kinds of things, by IRI; those that have no label are left out."""
    ordered = sorted({iri for iri in wanted if is_iri(iri)})
    found: dict[str, Named] = {}
    for start in range(0, len(ordered), _AT_ONCE):
        listed = " ".join(format_term(URIRef(iri)) for iri in ordered[start : start + _AT_ONCE])
        query = (
            f"{HEAD}SELECT ?x (MIN(STR(?name)) AS ?label) (MIN(STR(?type)) AS ?kind) WHERE {{ "
            f"VALUES ?x {{ {listed} }} "
            "OPTIONAL { ?x rdfs:label|skos:prefLabel|dcterms:title ?name } "
            "OPTIONAL { ?x a ?type . ?type a kg:Kind } } GROUP BY ?x"
        )
        for row in await fetch_rows(query, ask):
            iri = row["x"]["value"]
            href, outside = locate_thing(iri, base)
            kind = row["kind"]["value"] if "kind" in row else None
            label = row["label"]["value"] if "label" in row else name_thing(iri, {}, base).label
            if kind is not None or "label" in row:
                name = take_local_name(kind) if kind else None
                found[iri] = Named(iri, label, href, name, outside)
    untitled = [iri for iri in ordered if iri.startswith(_ARTICLES) and iri not in found]
    return found | (await _fetch_files(untitled, ask, base) if untitled else {})


async def _fetch_files(articles: Iterable[str], ask: Ask, base: str) -> dict[str, Named]:
    """The names of the files of articles that have no title."""
    listed = " ".join(format_term(URIRef(iri)) for iri in articles)
    query = (
        f"{HEAD}SELECT ?x (MIN(STR(?file)) AS ?label) WHERE {{ VALUES ?x {{ {listed} }} "
        "?x a kg:Article ; dcterms:source ?file } GROUP BY ?x"
    )
    rows = [row for row in await fetch_rows(query, ask) if "label" in row]
    return {
        row["x"]["value"]: Named(
            row["x"]["value"], row["label"]["value"], locate_thing(row["x"]["value"], base)[0]
        )
        for row in rows
    }


def list_iris(rows: Iterable[Row]) -> set[str]:
    """Every IRI that stands in some rows."""
    return {term["value"] for row in rows for term in row.values() if term["type"] == "uri"}


def show_term(term: Mapping[str, str], names: Mapping[str, Named], base: str) -> Cell:
    """A term as a cell of a table."""
    value = str(term.get("value", ""))
    match term.get("type"):
        case "uri":
            thing = name_thing(value, names, base)
            return Cell(thing.label, thing)
        case "literal" | "typed-literal":
            datatype = term.get("datatype")
            return Cell(
                value, None, term.get("xml:lang"), shorten_iri(datatype) if datatype else None
            )
        case "bnode":
            return Cell(f"_:{value}")
    # A triple term has no short form of its own.
    return Cell(str(term.get("value", "")))
