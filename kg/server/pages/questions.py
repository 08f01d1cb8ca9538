"""The competency questions as forms, and what they answer with the words behind each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

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

_QUOTES = ("quote", "quoted")
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words behind a row: the quote, its article, and where the reader shows them."""

    text: str
    article: Named | None
    href: str | None


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A row of a result: a cell for each column, and the words behind it if it has any."""

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
    quote = next((name for name in _QUOTES if name in variables), None) if quoting else None
    apart = {quote, "article"} if quote else set()
    columns = tuple(name for name in variables if name not in apart)
    places = await _find_words(shown, quote, ask, base) if quote else {}
    return Result(
        columns,
        tuple(
            ResultRow(
                tuple(show_term(row[c], names, base) if c in row else None for c in columns),
                _quote(row, quote, names, places.get(number), base),
            )
            for number, row in enumerate(shown)
        ),
        len(rows),
        offset,
    )


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
    """Where the reader shows the words of each row: at a claim that rests on them.

    Of several claims on the same words the one with the row's own ends is taken.
    """
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
            f"VALUES (?article ?quote) {{ {listed} }} ?words oa:exact ?quote . "
            "?evidence oa:hasSelector ?words . ?claim kg:evidence ?evidence ; "
            "kg:inArticle ?article ; kg:subject ?subject ; kg:relation ?relation ; "
            "kg:object ?object } LIMIT 10000"
        )
        for found in await fetch_rows(query, ask):
            text = {name: term["value"] for name, term in found.items()}
            ends = frozenset((text["subject"], text["relation"], text["object"]))
            for article in (text["article"], ""):
                resting = claims.setdefault((article, text["quote"]), [])
                resting.append((text["claim"], ends))
    places: dict[int, str] = {}
    for number, row in enumerate(rows):
        if quote not in row:
            continue
        article = row["article"]["value"] if "article" in row else ""
        said = {term["value"] for term in row.values()}
        known = claims.get((article, row[quote]["value"]), [])
        best = min(known, key=lambda each: (-len(each[1] & said), each[0]), default=None)
        href = locate_claim(best[0], base) if best else None
        if href is not None:
            places[number] = href
    return places


def list_triples(rows: Iterable[tuple[Cell, Cell, Cell]]) -> Result:
    """A result of a query that gives triples."""
    found = tuple(ResultRow(tuple(row), None) for row in rows)
    return Result(("subject", "predicate", "object"), found, len(found), 0)


def show_node(node: URIRef | Literal, names: Mapping[str, Named], base: str) -> Cell:
    """A term of a triple as a cell."""
    if isinstance(node, URIRef):
        thing = name_thing(str(node), names, base)
        return Cell(thing.label, thing)
    datatype = shorten_iri(str(node.datatype)) if node.datatype else None
    return Cell(str(node), None, node.language, datatype)
