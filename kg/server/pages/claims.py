"""Claims as pages show them: with their ends, who holds them how surely, and the words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.server.pages.naming import (
    HEAD,
    Named,
    fetch_names,
    locate_claim,
    name_thing,
    take_local_name,
)
from kg.server.statistics import Ask, Row, fetch_rows

_ENDS = ("subject", "relation", "object", "holder", "article")


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A claim on a page; `href` leads to its very words, `holder` is None for the article's voice.

    `polarity` and `modality` are the names of their concepts in small letters, `since` and `until`
    dates as far as the text gives them, `dated` the article's own date.
    """

    iri: str
    subject: Named
    relation: Named
    object: Named
    holder: Named | None
    polarity: str
    modality: str
    topic: str | None
    since: str | None
    until: str | None
    quote: str
    start: int
    article: Named
    dated: str | None
    href: str | None
    quad: str | None

    @property
    def factual(self) -> bool:
        """Whether it is affirmed and asserted, whoever says it."""
        return (self.polarity, self.modality) == ("positive", "asserted")


async def fetch_claims(
    pattern: str, ask: Ask, base: str, *, limit: int, offset: int = 0, by_relation: bool = False
) -> list[ShownClaim]:
    """The claims that a pattern binds `?claim` to, in the order of the text.

    Of more than `limit` those that the index has first: it keeps its order until the graph changes.
    With `by_relation` the claims of one relation follow each other from one page to the next.
    """
    chosen, order = "?claim", ""
    if by_relation:
        pattern += " ?claim kg:relation ?sort ."
        chosen, order = "?claim ?sort", "ORDER BY ?sort ?claim"
    rows = await fetch_rows(
        f"{HEAD}SELECT ?claim ?subject ?relation ?object ?holder ?voice ?polarity ?modality ?topic "
        "?since ?until ?quote ?start ?article ?dated ?quad WHERE { "
        f"{{ SELECT DISTINCT {chosen} WHERE {{ {pattern} }} {order} LIMIT {limit} OFFSET {offset} "
        "} "
        "?claim kg:subject ?subject ; kg:relation ?relation ; kg:object ?object . "
        "OPTIONAL { ?claim kg:holder ?holder . OPTIONAL { ?holder a ?voice "
        "FILTER(?voice = kg:AuthorVoice) } } "
        "OPTIONAL { ?claim kg:polarity ?polarity } OPTIONAL { ?claim kg:modality ?modality } "
        "OPTIONAL { ?claim kg:topic ?topic } "
        "OPTIONAL { ?claim kg:timeStart ?since } OPTIONAL { ?claim kg:timeEnd ?until } "
        # Nested, each step is looked up from the claim; paths are joined whole, five times as slow.
        "OPTIONAL { ?claim kg:evidence ?evidence "
        "OPTIONAL { ?evidence oa:hasSelector ?words . ?words oa:exact ?quote } "
        "OPTIONAL { ?evidence oa:hasSelector ?place . ?place oa:start ?start } } "
        "OPTIONAL { ?claim kg:inArticle ?article OPTIONAL { ?article dcterms:issued ?issued } "
        "OPTIONAL { ?article kg:received ?received } } "
        "BIND(COALESCE(?issued, ?received) AS ?dated) "
        "OPTIONAL { ?relation kg:quadClass ?quad } }",
        ask,
    )
    wanted = {row[end]["value"] for row in rows for end in _ENDS if end in row}
    names = await fetch_names(wanted, ask, base)
    return show_claims(rows, names, base)


async def count_claims(pattern: str, ask: Ask) -> int:
    """How many claims a pattern binds `?claim` to."""
    query = f"{HEAD}SELECT (COUNT(DISTINCT ?claim) AS ?count) WHERE {{ {pattern} }}"
    rows = await fetch_rows(query, ask)
    return int(rows[0]["count"]["value"]) if rows else 0


def show_claims(rows: Iterable[Row], names: Mapping[str, Named], base: str) -> list[ShownClaim]:
    """The claims of rows, each once, in the order of the text."""
    found: dict[str, ShownClaim] = {}
    for row in sorted(rows, key=lambda row: sorted((n, t["value"]) for n, t in row.items())):
        claim = _show_claim(row, names, base)
        found.setdefault(claim.iri, claim)
    return sorted(found.values(), key=lambda claim: (claim.article.iri, claim.start, claim.iri))


def _show_claim(row: Row, names: Mapping[str, Named], base: str) -> ShownClaim:
    text = {name: term["value"] for name, term in row.items()}
    held = "voice" not in text and "holder" in text
    return ShownClaim(
        iri=text["claim"],
        subject=name_thing(text["subject"], names, base),
        relation=name_thing(text["relation"], names, base),
        object=name_thing(text["object"], names, base),
        holder=name_thing(text["holder"], names, base) if held else None,
        polarity=take_local_name(text.get("polarity", "")).lower(),
        modality=take_local_name(text.get("modality", "")).lower(),
        topic=text.get("topic"),
        since=text.get("since"),
        until=text.get("until"),
        quote=text.get("quote", ""),
        start=_read_number(text.get("start", "")),
        article=name_thing(text.get("article", ""), names, base),
        dated=text.get("dated"),
        href=locate_claim(text["claim"], base),
        quad=take_local_name(text["quad"]) if "quad" in text else None,
    )


def _read_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
