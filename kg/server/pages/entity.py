"""The page of a thing: what it is, what is said of it and in which words, where it leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from rdflib import URIRef

from kg import iris
from kg.iris import KG
from kg.rdf import format_term
from kg.server.pages.claims import ShownClaim, count_claims, fetch_claims
from kg.server.pages.naming import (
    HEAD,
    Cell,
    Named,
    fetch_names,
    list_iris,
    locate_thing,
    name_thing,
    shorten_iri,
    show_term,
)
from kg.server.statistics import Ask, Row, fetch_rows

_MOST_CLAIMS = 400
_MOST = 500
_GENERAL = frozenset({str(KG.relatedTo), str(KG.interactsWith), str(KG.affects)})
"""Relations that follow of nearly everything, and so tell nothing."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The claims that connect the thing by one relation with one other."""

    other: Named
    claims: tuple[ShownClaim, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The statements of one relation, with the thing as subject or as object."""

    relation: Named
    outgoing: bool
    claims: tuple[ShownClaim, ...]

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
class OutsideLink:
    """A link out of the graph with the reasons for it; `mapping` is "exact" or "close"."""

    target: Named
    mapping: str
    reasons: tuple[str, ...]


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
    """What happened at a time: a claim, or a tenure that began then."""

    since: str
    until: str | None
    claim: ShownClaim | None
    tenure: Tenure | None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An article and how often it mentions the thing."""

    article: Named
    mentions: int
    dated: str | None


@dataclass(frozen=True, slots=True)
class Entity:
    """All that the page of a thing tells."""

    iri: str
    label: str
    kinds: tuple[Named, ...]
    wider_kinds: tuple[Named, ...]
    names: tuple[str, ...]
    wordings: tuple[tuple[str, int], ...]
    codes: tuple[tuple[str, str], ...]
    links: tuple[OutsideLink, ...]
    groups: tuple[Group, ...]
    held: tuple[ShownClaim, ...]
    count: int
    inferred: tuple[tuple[Named, Named, Named], ...]
    tenures: tuple[Tenure, ...]
    moments: tuple[Moment, ...]
    occurrences: tuple[Occurrence, ...]

    @property
    def shown(self) -> int:
        """How many claims the groups have."""
        return sum(len(group.claims) for group in self.groups)

    @property
    def partners(self) -> tuple[Named, ...]:
        """The other ends of its claims, those with most claims first."""
        counts: dict[str, tuple[int, Named]] = {}
        for group in self.groups:
            for claim in group.claims:
                other = group.find_other(claim)
                if other.iri != self.iri:
                    counts[other.iri] = (counts.get(other.iri, (0, other))[0] + 1, other)
        ranked = sorted(counts.values(), key=lambda pair: (-pair[0], pair[1].label, pair[1].iri))
        return tuple(other for _, other in ranked)


async def fetch_entity(iri: str, ask: Ask, base: str) -> Entity:
    """Gather what the graph says of a thing, for its page."""
    node = format_term(URIRef(iri))
    said = await _fetch_description(node, ask)
    about = (
        f"{{ ?claim kg:subject {node} }} UNION {{ ?claim kg:object {node} }} ?claim a kg:Claim ."
    )
    claims = await fetch_claims(about, ask, base, limit=_MOST_CLAIMS)
    held = await fetch_claims(
        f"?claim kg:holder {node} ; a kg:Claim .", ask, base, limit=_MOST_CLAIMS
    )
    count = len(claims)
    if count == _MOST_CLAIMS:
        count = await count_claims(about, ask)
    wordings = await fetch_rows(
        f"{HEAD}SELECT ?exact (COUNT(DISTINCT ?mention) AS ?count) WHERE {{ "
        f"?mention kg:refersTo {node} ; kg:exact ?exact ; kg:form ?form . "
        f"FILTER(?form != kg:PronounForm) }} GROUP BY ?exact LIMIT {_MOST}",
        ask,
    )
    decisions = await _fetch_decisions(node, ask)
    inferred = await _fetch_inferred(node, ask)
    tenures = await _fetch_tenures(node, ask, base)
    names = await fetch_names({iri, *list_iris([*said, *inferred])}, ask, base)
    kinds = _pick_kinds(said, names, base)
    return Entity(
        iri=iri,
        label=name_thing(iri, names, base).label,
        kinds=kinds[0],
        wider_kinds=kinds[1],
        names=tuple(sorted({row["o"]["value"] for row in said if _is_name(row)})),
        wordings=_rank(wordings),
        codes=_pick_codes(said),
        links=_show_links(said, decisions, base),
        groups=tuple(_group_claims(claims, iri)),
        held=tuple(claim for claim in held if iri not in (claim.subject.iri, claim.object.iri)),
        count=count,
        inferred=tuple(_show_inferred(inferred, names, base, iri)),
        tenures=tenures,
        moments=tuple(_order_moments(claims, tenures)),
        occurrences=await _fetch_occurrences(node, ask, base),
    )


# ------------------------------------------------------------------------------- description

_NAMES = ("label", "altLabel", "acronym", "prefLabel")
_CODES = {"countryCode": "ISO 3166", "iso2": "ISO 3166 short", "cowCode": "Correlates of War"}


async def _fetch_description(node: str, ask: Ask) -> list[Row]:
    return await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?g ?p ?o WHERE {{ GRAPH ?g {{ {node} ?p ?o }} FILTER(?p IN ("
        "rdf:type, rdfs:label, skos:altLabel, skos:prefLabel, kg:acronym, kg:countryCode, kg:iso2, "
        "kg:cowCode, skos:exactMatch, skos:closeMatch, dcterms:source)) "
        f"}} LIMIT {_MOST}",
        ask,
    )


def _is_name(row: Row) -> bool:
    return row["p"]["value"].rsplit("#", 1)[-1] in _NAMES and row["o"]["type"] != "uri"


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


def _rank(rows: Iterable[Row]) -> tuple[tuple[str, int], ...]:
    counted = [
        (row["exact"]["value"], int(row["count"]["value"])) for row in rows if "exact" in row
    ]
    return tuple(sorted(counted, key=lambda pair: (-pair[1], pair[0])))


# ------------------------------------------------------------------------------------- links


async def _fetch_decisions(node: str, ask: Ask) -> list[Row]:
    return await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?target ?method ?score ?label ?reason ?description ?time WHERE {{ "
        f"?decision a kg:LinkDecision ; kg:candidateOf {node} ; kg:candidate ?target . "
        "OPTIONAL { ?decision kg:decidedBy ?method } "
        "OPTIONAL { ?decision prov:generatedAtTime ?time } "
        "OPTIONAL { ?decision prov:wasDerivedFrom ?offer . "
        "OPTIONAL { ?offer kg:score ?score } OPTIONAL { ?offer rdfs:label ?label } "
        "OPTIONAL { ?offer rdfs:comment ?reason } "
        f"OPTIONAL {{ ?offer dcterms:description ?description }} }} }} LIMIT {_MOST}",
        ask,
    )


def _show_links(
    said: Iterable[Row], decisions: Iterable[Row], base: str
) -> tuple[OutsideLink, ...]:
    reasons: dict[tuple[str, str], set[str]] = {}
    sources = sorted({r["o"]["value"] for r in said if r["p"]["value"].endswith("/source")})
    for row in said:
        mapping = row["p"]["value"].rsplit("#", 1)[-1].removesuffix("Match")
        if mapping in ("exact", "close") and row["o"]["type"] == "uri":
            told = reasons.setdefault((row["o"]["value"], mapping), set())
            if row["g"]["value"] == str(iris.BACKGROUND_GRAPH):
                told.add("; ".join(["Concord’s own list of names", *sources]))
    for row in decisions:
        for (target, _), told in reasons.items():
            if target == row["target"]["value"]:
                told.add(_word_decision({name: term["value"] for name, term in row.items()}))
    shown = []
    for (target, mapping), told in sorted(reasons.items()):
        href, outside = locate_thing(target, base)
        named = Named(target, shorten_iri(target), href, None, outside)
        shown.append(OutsideLink(named, mapping, tuple(sorted(told))))
    return tuple(shown)


def _word_decision(text: Mapping[str, str]) -> str:
    parts = [f"decided by {text.get('method', 'a linker')}"]
    if "label" in text:
        about = f", {text['description']}" if "description" in text else ""
        parts.append(f"“{text['label']}”{about}")
    if "score" in text:
        parts.append(f"score {text['score']}")
    if "reason" in text:
        parts.append(text["reason"])
    if "time" in text:
        parts.append(text["time"][:10])
    return "; ".join(parts)


# -------------------------------------------------------------------------------- statements


def _group_claims(claims: Iterable[ShownClaim], iri: str) -> list[Group]:
    """The claims by relation and direction: what it does first, most claims first."""
    keyed = [
        ((claim.relation.iri, outgoing), claim)
        for claim in claims
        for outgoing, end in ((True, claim.subject), (False, claim.object))
        if end.iri == iri
    ]
    keyed.sort(key=lambda pair: pair[0])
    groups = []
    for (_, outgoing), same in groupby(keyed, key=lambda pair: pair[0]):
        found = tuple(claim for _, claim in same)
        groups.append(Group(found[0].relation, outgoing, found))

    def rank(group: Group) -> tuple[bool, int, str, str]:
        return not group.outgoing, -len(group.claims), group.relation.label, group.relation.iri

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


def _order_moments(claims: Iterable[ShownClaim], tenures: Iterable[Tenure]) -> list[Moment]:
    moments = [
        Moment(claim.since or claim.until or "", claim.until, claim, None)
        for claim in claims
        if claim.since or claim.until
    ]
    moments += [Moment(each.since, each.until, None, each) for each in tenures if each.since]
    return sorted(moments, key=lambda moment: (moment.since, moment.until or ""))


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


# ------------------------------------------------------------------------------- all triples


@dataclass(frozen=True, slots=True)
class TripleLine:
    """The values of one relation of a subject, or the subjects that it leads from."""

    about: Named | None
    relation: Named
    values: tuple[Cell, ...]


def list_lines(rows: Iterable[Row], iri: str, end: str, base: str) -> list[TripleLine]:
    """Sorted triples by relation; `end` is the variable of the values, "o" or "s"."""
    subject = "s" if end == "o" else "o"
    lines = []
    for (about, relation), same in groupby(
        rows, key=lambda row: (row[subject]["value"], row["p"]["value"])
    ):
        cells = []
        for row in same:
            cell = show_term(row[end], {}, base)
            name = row.get(f"{end}n")
            if name is not None and cell.thing is not None:
                known = cell.thing
                cell = Cell(
                    name["value"], Named(known.iri, name["value"], known.href, None, known.outside)
                )
            cells.append(cell)
        whose = None if about == iri else name_thing(about, {}, base)
        lines.append(TripleLine(whose, name_thing(relation, {}, base), tuple(cells)))
    return lines
