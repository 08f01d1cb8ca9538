"""The page of a thing: what it is, what is said of it and in which words, where it leads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from rdflib import URIRef

from kg import iris
from kg.iris import KG
from kg.rdf import format_term
from kg.server.pages.chronicle import Dated, Timeline, draw_timeline
from kg.server.pages.claims import ShownClaim, count_claims, fetch_claims
from kg.server.pages.links import OutsideLink, fetch_links
from kg.server.pages.naming import HEAD, Named, fetch_names, list_iris, name_thing
from kg.server.pages.paging import Paging, make_paging
from kg.server.statistics import Ask, Row, fetch_rows

_PAGE = 100
_MOST_DATED = 400
_MOST_PARTNERS = 24
_MOST_SAID = 500
_MOST_INFERRED = 200
_MOST = 2000
_GENERAL = frozenset({str(KG.relatedTo), str(KG.interactsWith), str(KG.affects)})
"""Relations that follow of nearly everything, and so tell nothing."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The claims that connect the thing by one relation with one other."""

    other: Named
    claims: tuple[ShownClaim, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The statements of one relation, with the thing as subject or as object.

    `count` tells how many claims there are, of which the page may show a part.
    """

    relation: Named
    outgoing: bool
    claims: tuple[ShownClaim, ...]
    count: int

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The claims by their other ends, those with most claims first."""
        found: dict[str, list[ShownClaim]] = {}
        for claim in self.claims:
            found.setdefault(self.find_other(claim).iri, []).append(claim)
        ranked = sorted(found.values(), key=lambda same: -len(same))
        return tuple(Statement(self.find_other(same[0]), tuple(same)) for same in ranked)

    def find_other(self, claim: ShownClaim) -> Named:
        """The end of a claim that the page is not about."""
        return claim.object if self.outgoing else claim.subject


@dataclass(frozen=True, slots=True)
class Tenure:
    """An office or membership: who, what, where, from when to when, by which source."""

    who: Named
    what: str
    where: Named | None
    since: str | None
    until: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Moment:
    """What happened at a time: a claim, a tenure that began then, or an article of that date."""

    since: str
    until: str | None
    claim: ShownClaim | None = None
    tenure: Tenure | None = None
    article: Named | None = None


@dataclass(frozen=True, slots=True)
class Partner:
    """The other end of claims: how many, and the relations that they most often have."""

    thing: Named
    count: int
    relations: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its language, and what kind of name it is."""

    text: str
    language: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An article and how often it mentions the thing."""

    article: Named
    mentions: int
    dated: str | None


@dataclass(frozen=True, slots=True)
class Entity:
    """All that the page of a thing tells; `said` counts what it claims itself.

    `moments` and `timeline` are the same in order and drawn.
    """

    iri: str
    label: str
    kinds: tuple[Named, ...]
    wider_kinds: tuple[Named, ...]
    names: tuple[Name, ...]
    wordings: tuple[tuple[str, int], ...]
    codes: tuple[tuple[str, str], ...]
    links: tuple[OutsideLink, ...]
    groups: tuple[Group, ...]
    paging: Paging
    held: tuple[ShownClaim, ...]
    said: int
    inferred: tuple[tuple[Named, Named, Named], ...]
    follows: int
    tenures: tuple[Tenure, ...]
    moments: tuple[Moment, ...]
    timeline: Timeline | None
    partners: tuple[Partner, ...]
    occurrences: tuple[Occurrence, ...]


async def fetch_entity(iri: str, ask: Ask, base: str, given: Mapping[str, str]) -> Entity:
    """Gather what the graph says of a thing, for its page; `given` is what it was asked with."""
    node = format_term(URIRef(iri))
    about = (
        f"{{ ?claim kg:subject {node} }} UNION {{ ?claim kg:object {node} }} ?claim a kg:Claim ."
    )
    holding = f"?claim kg:holder {node} ; a kg:Claim ."
    said, counts, count, wordings, inferred = await asyncio.gather(
        _fetch_description(node, ask),
        _fetch_counts(node, ask),
        count_claims(about, ask),
        _fetch_wordings(node, ask),
        _fetch_inferred(node, ask),
    )
    tenures, occurrences, held, voiced, dated = await asyncio.gather(
        _fetch_tenures(node, ask, base),
        _fetch_occurrences(node, ask, base),
        fetch_claims(holding, ask, base, limit=_PAGE),
        count_claims(holding, ask),
        fetch_claims(f"{about} {_DATED}", ask, base, limit=_MOST_DATED),
    )
    paging = make_paging(given, "claims", size=_PAGE, count=count, anchor="#statements")
    claims, names, links = await asyncio.gather(
        fetch_claims(about, ask, base, limit=_PAGE, offset=paging.offset, by_relation=True),
        fetch_names({iri, *list_iris([*said, *inferred, *counts])}, ask, base),
        fetch_links(node, said, ask, base),
    )
    kinds = _pick_kinds(said, names, base)
    follows = _show_inferred(inferred, names, base, iri)
    moments = _order_moments(dated, tenures, occurrences)
    return Entity(
        iri=iri,
        label=name_thing(iri, names, base).label,
        kinds=kinds[0],
        wider_kinds=kinds[1],
        names=_pick_names(said),
        wordings=_rank(wordings),
        codes=_pick_codes(said),
        links=tuple(links),
        groups=tuple(_group_claims(claims, iri, _sum_relations(counts))),
        paging=paging,
        held=tuple(claim for claim in held if iri not in (claim.subject.iri, claim.object.iri)),
        said=voiced,
        inferred=tuple(follows[:_MOST_INFERRED]),
        follows=len(follows),
        tenures=tenures,
        moments=tuple(moments),
        timeline=draw_timeline([_date(each, place, iri) for place, each in enumerate(moments, 1)]),
        partners=tuple(_rank_partners(counts, names, base, iri)),
        occurrences=occurrences,
    )


# ------------------------------------------------------------------------------- description

_NAMES = {"prefLabel": "name", "label": "name", "altLabel": "other name", "acronym": "acronym"}
_RANKS = list(_NAMES)
_DATED = "{ ?claim kg:timeStart ?any } UNION { ?claim kg:timeEnd ?any } "
_CODES = {"countryCode": "ISO 3166", "iso2": "ISO 3166 short", "cowCode": "Correlates of War"}


async def _fetch_description(node: str, ask: Ask) -> list[Row]:
    return await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?g ?p ?o WHERE {{ GRAPH ?g {{ {node} ?p ?o }} FILTER(?p IN ("
        "rdf:type, rdfs:label, skos:altLabel, skos:prefLabel, kg:acronym, kg:countryCode, kg:iso2, "
        "kg:cowCode, skos:exactMatch, skos:closeMatch, dcterms:source)) "
        f"}} LIMIT {_MOST_SAID}",
        ask,
    )


def _pick_names(said: Iterable[Row]) -> tuple[Name, ...]:
    """Its names, the usual one first; one that stands in several graphs, or as several, once."""
    found: dict[tuple[str, str | None], str] = {}
    for row in said:
        kind = row["p"]["value"].rsplit("#", 1)[-1]
        if kind in _NAMES and row["o"]["type"] != "uri":
            key = (row["o"]["value"], row["o"].get("xml:lang"))
            found[key] = min(found.get(key, kind), kind, key=_RANKS.index)
    # A name without a language is told again by the same one with it.
    tagged = {text for text, language in found if language}
    names = [
        Name(text, language, _NAMES[kind])
        for (text, language), kind in found.items()
        if language or text not in tagged
    ]
    order = list(_NAMES.values())
    return tuple(sorted(names, key=lambda each: (order.index(each.kind), each.text)))


def _pick_kinds(
    said: Iterable[Row], names: Mapping[str, Named], base: str
) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """The kinds that texts and sources give, and those that only follow."""
    told: set[str] = set()
    follows: set[str] = set()
    for row in said:
        if row["p"]["value"].endswith("#type") and row["o"]["type"] == "uri":
            inferred = row["g"]["value"] == str(iris.INFERRED_GRAPH)
            (follows if inferred else told).add(row["o"]["value"])
    return (
        tuple(name_thing(kind, names, base) for kind in sorted(told)),
        tuple(name_thing(kind, names, base) for kind in sorted(follows - told)),
    )


def _pick_codes(said: Iterable[Row]) -> tuple[tuple[str, str], ...]:
    found = {
        (_CODES[local], row["o"]["value"])
        for row in said
        if (local := row["p"]["value"].rsplit("#", 1)[-1]) in _CODES
    }
    return tuple(sorted(found))


async def _fetch_wordings(node: str, ask: Ask) -> list[Row]:
    return await fetch_rows(
        f"{HEAD}SELECT ?exact (COUNT(DISTINCT ?mention) AS ?count) WHERE {{ "
        f"?mention kg:refersTo {node} ; kg:exact ?exact ; kg:form ?form . "
        f"FILTER(?form != kg:PronounForm) }} GROUP BY ?exact LIMIT {_MOST}",
        ask,
    )


def _rank(rows: Iterable[Row]) -> tuple[tuple[str, int], ...]:
    counted = [
        (row["exact"]["value"], int(row["count"]["value"])) for row in rows if "exact" in row
    ]
    return tuple(sorted(counted, key=lambda pair: (-pair[1], pair[0])))


# -------------------------------------------------------------------------------- statements


async def _fetch_counts(node: str, ask: Ask) -> list[Row]:
    """How many claims connect the thing by each relation, in each direction, with each other."""
    return await fetch_rows(
        f"{HEAD}SELECT ?relation ?out ?other (COUNT(DISTINCT ?claim) AS ?count) WHERE {{ "
        f"{{ ?claim kg:subject {node} ; kg:object ?other BIND(true AS ?out) }} UNION "
        f"{{ ?claim kg:object {node} ; kg:subject ?other BIND(false AS ?out) }} "
        "?claim kg:relation ?relation ; a kg:Claim } GROUP BY ?relation ?out ?other "
        f"ORDER BY DESC(?count) ?relation ?other LIMIT {10 * _MOST}",
        ask,
    )


def _sum_relations(rows: Iterable[Row]) -> dict[tuple[str, bool], int]:
    sums: dict[tuple[str, bool], int] = {}
    for row in rows:
        if "relation" in row:
            key = (row["relation"]["value"], row["out"]["value"] == "true")
            sums[key] = sums.get(key, 0) + int(row["count"]["value"])
    return sums


def _rank_partners(
    rows: Iterable[Row], names: Mapping[str, Named], base: str, iri: str
) -> list[Partner]:
    """The other ends of its claims, those with most claims first."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        if "other" in row and row["other"]["value"] != iri:
            by_relation = counts.setdefault(row["other"]["value"], {})
            relation = row["relation"]["value"]
            by_relation[relation] = by_relation.get(relation, 0) + int(row["count"]["value"])
    partners = [
        Partner(
            name_thing(other, names, base),
            sum(by_relation.values()),
            tuple(
                name_thing(relation, names, base)
                for relation in sorted(by_relation, key=lambda each: (-by_relation[each], each))[:2]
            ),
        )
        for other, by_relation in counts.items()
    ]
    partners.sort(key=lambda each: (-each.count, each.thing.label, each.thing.iri))
    return partners[:_MOST_PARTNERS]


def _group_claims(
    claims: Iterable[ShownClaim], iri: str, sums: Mapping[tuple[str, bool], int]
) -> list[Group]:
    """The claims by relation and direction: what it does first, most claims first."""
    keyed = [
        ((claim.relation.iri, outgoing), claim)
        for claim in claims
        for outgoing, end in ((True, claim.subject), (False, claim.object))
        if end.iri == iri
    ]
    keyed.sort(key=lambda pair: pair[0])
    groups = []
    for key, same in groupby(keyed, key=lambda pair: pair[0]):
        found = tuple(claim for _, claim in same)
        groups.append(Group(found[0].relation, key[1], found, sums.get(key, len(found))))

    def rank(group: Group) -> tuple[bool, int, str, str]:
        return not group.outgoing, -group.count, group.relation.label, group.relation.iri

    return sorted(groups, key=rank)


async def _fetch_inferred(node: str, ask: Ask) -> list[Row]:
    graph = format_term(iris.INFERRED_GRAPH)
    return await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?s ?p ?o WHERE {{ GRAPH {graph} {{ "
        f"{{ {node} ?p ?o BIND({node} AS ?s) }} UNION {{ ?s ?p {node} BIND({node} AS ?o) }} }} "
        f"?p a kg:Relation . FILTER(isIRI(?o) && ?s != ?o) }} LIMIT {_MOST}",
        ask,
    )


def _show_inferred(
    rows: Iterable[Row], names: Mapping[str, Named], base: str, iri: str
) -> list[tuple[Named, Named, Named]]:
    triples = {
        (row["s"]["value"], row["p"]["value"], row["o"]["value"])
        for row in rows
        if row["p"]["value"] not in _GENERAL
    }
    ordered = sorted(triples, key=lambda triple: (triple[0] != iri, *triple[1:], triple[0]))
    return [
        (name_thing(s, names, base), name_thing(p, names, base), name_thing(o, names, base))
        for s, p, o in ordered
    ]


# -------------------------------------------------------------------- offices, time, articles


async def _fetch_tenures(node: str, ask: Ask, base: str) -> tuple[Tenure, ...]:
    rows = await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?record ?who ?office ?where ?since ?until ?source WHERE {{ "
        f"{{ ?record kg:officeHolder {node} }} UNION {{ ?record kg:ofState {node} }} UNION "
        f"{{ ?record kg:member {node} }} UNION {{ ?record kg:body {node} }} "
        "OPTIONAL { ?record kg:officeHolder|kg:member ?who } OPTIONAL { ?record kg:office ?office }"
        " OPTIONAL { ?record kg:ofState|kg:body ?where } "
        "OPTIONAL { ?record kg:validFrom ?since } OPTIONAL { ?record kg:validUntil ?until } "
        f"OPTIONAL {{ ?record dcterms:source ?source }} }} LIMIT {_MOST}",
        ask,
    )
    names = await fetch_names(list_iris(rows), ask, base)
    found: dict[str, Tenure] = {}
    for row in sorted(rows, key=lambda row: sorted((n, t["value"]) for n, t in row.items())):
        text = {name: term["value"] for name, term in row.items()}
        if "who" in text and text["record"] not in found:
            where = name_thing(text["where"], names, base) if "where" in text else None
            found[text["record"]] = Tenure(
                who=name_thing(text["who"], names, base),
                what=text.get("office", "member"),
                where=where,
                since=text.get("since"),
                until=text.get("until"),
                source=text.get("source"),
            )

    def rank(tenure: Tenure) -> tuple[str, str, str, str]:
        return tenure.since or "", tenure.what, tenure.who.label, tenure.until or ""

    return tuple(sorted(found.values(), key=rank))


def _order_moments(
    claims: Iterable[ShownClaim], tenures: Iterable[Tenure], occurrences: Iterable[Occurrence]
) -> list[Moment]:
    moments = [
        Moment(claim.since or claim.until or "", claim.until, claim=claim)
        for claim in claims
        if claim.since or claim.until
    ]
    moments += [Moment(each.since, each.until, tenure=each) for each in tenures if each.since]
    moments += [
        Moment(each.dated, None, article=each.article) for each in occurrences if each.dated
    ]
    return sorted(moments, key=lambda moment: (moment.since, moment.until or ""))


def _date(moment: Moment, number: int, iri: str) -> Dated:
    """A moment for the drawing; `number` is its place in the list, `iri` what the page is about."""
    href = f"#moment-{number}"
    if moment.tenure is not None:
        tenure = moment.tenure
        who = "" if tenure.who.iri == iri else f"{tenure.who.label}, "
        where = tenure.where if tenure.where and tenure.where.iri != iri else None
        label = f"{who}{tenure.what}{f' of {where.label}' if where else ''}"
        return Dated(label, moment.since, moment.until, href, "tenure", spell=True)
    if moment.article is not None:
        label = f"article “{moment.article.label}”"
        return Dated(label, moment.since, None, href, "article", spell=False)
    claim = moment.claim
    assert claim is not None
    label = f"{claim.subject.label} {claim.relation.label} {claim.object.label}"
    kind = "denied" if claim.polarity == "negative" else claim.modality
    return Dated(label, claim.since, claim.until, href, kind, spell=False)


async def _fetch_occurrences(node: str, ask: Ask, base: str) -> tuple[Occurrence, ...]:
    rows = await fetch_rows(
        f"{HEAD}SELECT ?article (COUNT(DISTINCT ?mention) AS ?count) (MIN(?date) AS ?dated) "
        f"WHERE {{ ?mention kg:refersTo {node} ; kg:inSentence/kg:inArticle ?article . "
        "OPTIONAL { ?article dcterms:issued|kg:received ?date } } GROUP BY ?article "
        f"LIMIT {_MOST}",
        ask,
    )
    rows = [row for row in rows if "article" in row]
    names = await fetch_names(list_iris(rows), ask, base)
    found = [
        Occurrence(
            name_thing(row["article"]["value"], names, base),
            int(row["count"]["value"]),
            row["dated"]["value"] if "dated" in row else None,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda each: (-each.mentions, each.article.iri)))
