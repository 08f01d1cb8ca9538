"""The competency questions as forms, and what they answer with the words behind each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from rdflib import Literal, URIRef

from kg.iris import is_iri
from kg.rdf import format_term
from kg.server.pages.naming import (
    HEAD,
    Cell,
    Named,
    fetch_names,
    list_iris,
    locate_claim,
    name_thing,
    shorten_iri,
    show_term,
)
from kg.server.statistics import Ask, Row, fetch_rows

_WORDS = {
    "quote": "oa:hasSelector/oa:exact",
    "quoted": "oa:hasSelector/oa:exact",
    "sentence": "kg:inSentence/kg:text",
}
"""The variables that hold the words behind a row, and how evidence leads to these."""

_DATASETS = {
    "http://www.wikidata.org/entity/": "Wikidata",
    "https://sws.geonames.org/": "GeoNames",
    "http://dbpedia.org/resource/": "DBpedia",
}
_AT_ONCE = 100
_MOST_CLAIMS = 1000


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words behind a row: the quote, its article, and where the reader shows them."""

    text: str
    article: Named | None
    href: str | None


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A row of a result: a cell for each column, and the words behind it if it has any.

    `number` counts the rows of the whole result from 1.
    """

    number: int
    cells: tuple[Cell | None, ...]
    quotation: Quotation | None


@dataclass(frozen=True, slots=True)
class Result:
    """A page of a result: columns, rows, how many rows there are in all."""

    columns: tuple[str, ...]
    rows: tuple[ResultRow, ...]
    count: int
    offset: int

    @property
    def quoted(self) -> bool:
        """Whether any row has words behind it."""
        return any(row.quotation is not None for row in self.rows)

    def pick(self, row: ResultRow, *names: str) -> Cell | None:
        """The cell of the first of some columns that the row has one in."""
        for name in names:
            if name in self.columns:
                cell = row.cells[self.columns.index(name)]
                if cell is not None:
                    return cell
        return None


async def show_result(
    variables: Sequence[str],
    rows: Sequence[Row],
    ask: Ask,
    base: str,
    *,
    offset: int,
    limit: int,
    quoting: bool = True,
) -> Result:
    """The rows from `offset` on, their things named; with `quoting` the words are set apart."""
    shown = rows[offset : offset + limit]
    names = await fetch_names(list_iris(shown), ask, base)
    quote = next((name for name in _WORDS if name in variables), None) if quoting else None
    apart = {quote, "article"} if quote else set()
    columns = tuple(name for name in variables if name not in apart)
    places = await _find_words(shown, quote, ask, base) if quote else {}
    show = _show_short if quoting else show_term
    return Result(
        columns,
        tuple(
            ResultRow(
                offset + number + 1,
                tuple(show(row[c], names, base) if c in row else None for c in columns),
                _quote(row, quote, names, places.get(number), base),
            )
            for number, row in enumerate(shown)
        ),
        len(rows),
        offset,
    )


def _show_short(term: Mapping[str, str], names: Mapping[str, Named], base: str) -> Cell:
    """A term as a cell, of which the IRIs of well-known datasets are told by their name."""
    cell = show_term(term, names, base)
    thing = cell.thing
    if thing is None or thing.label != thing.iri:
        return cell
    for namespace, name in _DATASETS.items():
        if thing.iri.startswith(namespace):
            label = f"{name} {unquote(thing.iri.removeprefix(namespace)).strip('/')}"
            return Cell(label, replace(thing, label=label.replace("_", " ")))
    return cell


def _quote(
    row: Row, quote: str | None, names: Mapping[str, Named], place: str | None, base: str
) -> Quotation | None:
    if quote is None or quote not in row:
        return None
    article = row.get("article")
    named = None
    if article is not None and article["type"] == "uri":
        named = name_thing(article["value"], names, base)
    return Quotation(row[quote]["value"], named, place or (named.href if named else None))


async def _find_words(rows: Sequence[Row], quote: str, ask: Ask, base: str) -> dict[int, str]:
    """Where the reader shows the words of each row: at a claim that rests on them."""
    found = await _find_claims(rows, quote, ask)
    places = {number: locate_claim(claim, base) for number, claim in found.items()}
    return {number: href for number, href in places.items() if href is not None}


async def _find_claims(rows: Sequence[Row], quote: str, ask: Ask) -> dict[int, str]:
    """The claim that rests on the words of each row.

    Of several claims on the same words the one with the row's own ends is taken.
    """
    claims = await _fetch_claims(rows, quote, ask)
    found: dict[int, str] = {}
    for number, row in enumerate(rows):
        if quote not in row:
            continue
        article = row["article"]["value"] if "article" in row else ""
        said = {term["value"] for term in row.values()}
        known = claims.get((article, row[quote]["value"]), [])
        best = min(known, key=lambda each: (-len(each[1] & said), each[0]), default=None)
        if best is not None:
            found[number] = best[0]
    return found


async def _fetch_claims(
    rows: Sequence[Row], quote: str, ask: Ask
) -> dict[tuple[str, str], list[tuple[str, frozenset[str]]]]:
    """The claims that rest on the words of some rows, with their ends, by article and words."""
    wanted = {
        (row["article"]["value"] if "article" in row else "", row[quote]["value"])
        for row in rows
        if quote in row
    }
    claims: dict[tuple[str, str], list[tuple[str, frozenset[str]]]] = {}
    ordered = sorted(wanted)
    for start in range(0, len(ordered), _AT_ONCE):
        listed = " ".join(
            f"({format_term(URIRef(article)) if is_iri(article) else 'UNDEF'} "
            f"{format_term(Literal(text))})"
            for article, text in ordered[start : start + _AT_ONCE]
        )
        query = (
            f"{HEAD}SELECT DISTINCT ?article ?quote ?claim ?subject ?relation ?object WHERE {{ "
            f"VALUES (?article ?quote) {{ {listed} }} ?evidence {_WORDS[quote]} ?quote . "
            "?claim kg:evidence ?evidence ; "
            "kg:inArticle ?article ; kg:subject ?subject ; kg:relation ?relation ; "
            "kg:object ?object } LIMIT 10000"
        )
        for found in await fetch_rows(query, ask):
            text = {name: term["value"] for name, term in found.items()}
            ends = frozenset((text["subject"], text["relation"], text["object"]))
            for article in (text["article"], ""):
                resting = claims.setdefault((article, text["quote"]), [])
                resting.append((text["claim"], ends))
    return claims


async def describe_claims(variables: Sequence[str], rows: Sequence[Row], ask: Ask) -> str:
    """A query for all that is said of the claims behind the first rows of a result."""
    quote = next((name for name in _WORDS if name in variables), None)
    found = await _find_claims(rows[:_MOST_CLAIMS], quote, ask) if quote else {}
    listed = " ".join(sorted({format_term(URIRef(claim)) for claim in found.values()}))
    return (
        f"{HEAD}CONSTRUCT {{ ?claim ?p ?o . ?evidence ?q ?selector . ?selector ?r ?value }} "
        "WHERE { "
        f"VALUES ?claim {{ {listed} }} {{ ?claim ?p ?o }} UNION {{ ?claim kg:evidence ?evidence . "
        "?evidence ?q ?selector OPTIONAL { ?evidence oa:hasSelector ?selector . "
        "?selector ?r ?value } } }"
    )


def list_triples(rows: Iterable[tuple[Cell, Cell, Cell]], offset: int, count: int) -> Result:
    """A page of the result of a query that gives triples."""
    found = (ResultRow(number, tuple(row), None) for number, row in enumerate(rows, offset + 1))
    return Result(("subject", "predicate", "object"), tuple(found), count, offset)


def show_node(node: URIRef | Literal, names: Mapping[str, Named], base: str) -> Cell:
    """A term of a triple as a cell."""
    if isinstance(node, URIRef):
        thing = name_thing(str(node), names, base)
        return Cell(thing.label, thing)
    datatype = shorten_iri(str(node.datatype)) if node.datatype else None
    return Cell(str(node), None, node.language, datatype)
