"""The page of two actors: their conduct over time, agreements, and what is contradicted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from rdflib import URIRef

from kg.iris import KG
from kg.rdf import format_term
from kg.server.pages.claims import ShownClaim, count_claims, fetch_claims
from kg.server.pages.naming import HEAD, Named, fetch_names, name_thing
from kg.server.statistics import Ask, fetch_rows

_MOST = 400
_COOPERATION = frozenset({"Cooperation", "VerbalCooperation", "MaterialCooperation"})
_CONFLICT = frozenset({"Conflict", "VerbalConflict", "MaterialConflict"})
_STANDING = ("partyTo", "joins", "withdrawsFrom", "memberOf")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Span:
    """A year's conduct: claims of cooperation and conflict, by words and by deeds.

    `year` is empty where neither the claim nor its article has a date.
    """

    year: str
    cooperation: tuple[ShownClaim, ...]
    conflict: tuple[ShownClaim, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart, in its units; `kind` is the name of the quad class in small letters."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars above and below a line, with the years under them."""

    width: float
    height: float
    line: float
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What both are said to be in, or one of them: the claims of either, and what is known."""

    thing: Named
    first: tuple[ShownClaim, ...]
    second: tuple[ShownClaim, ...]
    first_known: tuple[Named, ...]
    second_known: tuple[Named, ...]

    @property
    def shared(self) -> bool:
        """Whether something is said of both."""
        return bool(self.first or self.first_known) and bool(self.second or self.second_known)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Claims that cannot both hold, side by side, and why they cannot."""

    subject: Named
    reason: str
    one: tuple[ShownClaim, ...]
    other: tuple[ShownClaim, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """All that the page of two actors tells."""

    first: Named
    second: Named
    acting: tuple[tuple[Named, ...], tuple[Named, ...]]
    claims: tuple[ShownClaim, ...]
    count: int
    spans: tuple[Span, ...]
    chart: Chart | None
    agreements: tuple[Agreement, ...]
    contradictions: tuple[Contradiction, ...]

    @property
    def sums(self) -> tuple[int, int]:
        """How many claims are of cooperation, and how many of conflict."""
        return (
            sum(len(span.cooperation) for span in self.spans),
            sum(len(span.conflict) for span in self.spans),
        )


async def fetch_pair(first: Collection[str], second: Collection[str], ask: Ask, base: str) -> Pair:
    """Gather what the graph says of two actors, each with those who act for it.

    `first` and `second` are the things that one name stands for, the one to show before the others.
    """
    sides = [await _widen(side, ask) for side in (first, second)]
    values = [[format_term(URIRef(iri)) for iri in side] for side in sides]
    # Not VALUES for both sides, of which every pair would be looked up.
    about = (
        f"VALUES ?one {{ {' '.join(values[0])} }} "
        "{ ?claim kg:subject ?one ; kg:object ?other } UNION "
        f"{{ ?claim kg:object ?one ; kg:subject ?other }} "
        f"FILTER(?other IN ({', '.join(values[1])}))"
        " ?claim a kg:Claim ."
    )
    claims = await fetch_claims(about, ask, base, limit=_MOST)
    count = len(claims) if len(claims) < _MOST else await count_claims(about, ask)
    names = await fetch_names({iri for side in sides for iri in side}, ask, base)
    spans = tuple(_order_spans(claims))
    return Pair(
        first=name_thing(next(iter(first)), names, base),
        second=name_thing(next(iter(second)), names, base),
        acting=(
            tuple(name_thing(iri, names, base) for iri in sides[0]),
            tuple(name_thing(iri, names, base) for iri in sides[1]),
        ),
        claims=tuple(claims),
        count=count,
        spans=spans,
        chart=draw_chart(spans),
        agreements=tuple(await _fetch_agreements(sides[0], sides[1], ask, base)),
        contradictions=tuple(find_contradictions(claims, await _fetch_clashes(ask))),
    )


async def _widen(side: Collection[str], ask: Ask) -> tuple[str, ...]:
    """The things of one side; of a state also its government, leaders, officials and forces."""
    listed = " ".join(format_term(URIRef(iri)) for iri in side)
    rows = await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?other WHERE {{ VALUES ?state {{ {listed} }} "
        "?state a kg:State ; kg:countryCode ?code . ?other kg:countryCode ?code . "
        "FILTER(isIRI(?other)) } ORDER BY ?other LIMIT 300",
        ask,
    )
    return tuple(dict.fromkeys([*side, *(row["other"]["value"] for row in rows)]))


# ------------------------------------------------------------------------------ over the years


def _order_spans(claims: Iterable[ShownClaim]) -> list[Span]:
    """The affirmed and asserted claims by year: their own, else that of their article."""
    years: dict[str, tuple[list[ShownClaim], list[ShownClaim]]] = {}
    for claim in claims:
        if claim.factual and claim.quad in _COOPERATION | _CONFLICT:
            found = _YEAR.match(claim.since or claim.until or claim.dated or "")
            sides = years.setdefault(found[0] if found else "", ([], []))
            sides[claim.quad in _CONFLICT].append(claim)
    return [
        Span(year, tuple(friendly), tuple(hostile))
        for year, (friendly, hostile) in sorted(years.items())
    ]


_STEP, _WIDE, _TALL, _FOOT = 44.0, 26.0, 72.0, 22.0


def draw_chart(spans: Iterable[Span]) -> Chart | None:
    """Bars of each year, cooperation above the line and conflict below; None without any."""
    ordered = list(spans)
    most = max((max(len(s.cooperation), len(s.conflict)) for s in ordered), default=0)
    if not most:
        return None
    bars, ticks = [], []
    for number, span in enumerate(ordered):
        x = number * _STEP + (_STEP - _WIDE) / 2
        ticks.append((x + _WIDE / 2, span.year or "?"))
        for claims, up in ((span.cooperation, True), (span.conflict, False)):
            edge = _TALL
            for kind, same in groupby(sorted(claims, key=_word_quad), key=_word_quad):
                count = len(list(same))
                height = round(_TALL * count / most, 2)
                edge, y = (edge - height, edge - height) if up else (edge + height, edge)
                title = f"{span.year or 'undated'}: {count} of {kind.replace('-', ' ')}"
                bars.append(Bar(x, round(y, 2), _WIDE, height, kind, title))
    return Chart(len(ordered) * _STEP, 2 * _TALL + _FOOT, _TALL, tuple(bars), tuple(ticks))


def _word_quad(claim: ShownClaim) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", claim.quad or "").lower()


# --------------------------------------------------------------------------------- agreements


async def _fetch_agreements(
    first: Collection[str], second: Collection[str], ask: Ask, base: str
) -> list[Agreement]:
    """The agreements and alliances that claims or plain triples connect with either side."""
    relations = " ".join(format_term(URIRef(KG[name])) for name in _STANDING)
    said: dict[str, tuple[list[ShownClaim], list[ShownClaim]]] = {}
    known: dict[str, tuple[set[str], set[str]]] = {}
    things: dict[str, Named] = {}
    for place, side in enumerate((first, second)):
        listed = " ".join(format_term(URIRef(iri)) for iri in side)
        pattern = f"VALUES ?end {{ {listed} }} VALUES ?standing {{ {relations} }} "
        claims = await fetch_claims(
            f"{pattern} ?claim kg:subject ?end ; kg:relation ?standing ; a kg:Claim ; "
            "kg:object ?text . ?text a ?kind . VALUES ?kind { kg:Agreement kg:Alliance }",
            ask,
            base,
            limit=_MOST,
        )
        for claim in claims:
            things[claim.object.iri] = claim.object
            said.setdefault(claim.object.iri, ([], []))[place].append(claim)
        rows = await fetch_rows(
            f"{HEAD}SELECT DISTINCT ?text ?standing WHERE {{ {pattern} ?end ?standing ?text . "
            f"?text a ?kind . VALUES ?kind {{ kg:Agreement kg:Alliance }} }} LIMIT {_MOST}",
            ask,
        )
        for row in rows:
            sides = known.setdefault(row["text"]["value"], (set(), set()))
            sides[place].add(row["standing"]["value"])
    names = await fetch_names(
        [*known, *(r for s in known.values() for x in s for r in x)], ask, base
    )
    found = []
    for iri in {**known, **said}:
        claimed, standing = said.get(iri, ([], [])), known.get(iri, (set(), set()))
        found.append(
            Agreement(
                things.get(iri) or name_thing(iri, names, base),
                tuple(claimed[0]),
                tuple(claimed[1]),
                tuple(name_thing(each, names, base) for each in sorted(standing[0])),
                tuple(name_thing(each, names, base) for each in sorted(standing[1])),
            )
        )
    return sorted(found, key=lambda each: (not each.shared, each.thing.label, each.thing.iri))


# ----------------------------------------------------------------------------- contradictions


async def _fetch_clashes(ask: Ask) -> set[tuple[str, str]]:
    """The relations of which claims clash, in both orders; those that are their own opposite.

    A symmetric relation stands there with itself, for its claims are the same either way round.
    """
    rows = await fetch_rows(
        f"{HEAD}SELECT DISTINCT ?one ?other WHERE {{ {{ ?one kg:clashesWith ?other }} UNION "
        "{ ?one a owl:SymmetricProperty BIND(?one AS ?other) } }",
        ask,
    )
    pairs = {(row["one"]["value"], row["other"]["value"]) for row in rows}
    return pairs | {(other, one) for one, other in pairs}


def find_contradictions(
    claims: Iterable[ShownClaim], clashes: Collection[tuple[str, str]]
) -> list[Contradiction]:
    """What is asserted of the same two and denied, or asserted by relations that clash."""
    said: dict[tuple[str, str, str, bool], list[ShownClaim]] = {}
    for claim in claims:
        if claim.modality == "asserted":
            ends = (claim.subject.iri, claim.object.iri)
            if (claim.relation.iri, claim.relation.iri) in clashes:
                ends = (min(ends), max(ends))
            key = (claim.relation.iri, *ends, claim.polarity == "positive")
            said.setdefault(key, []).append(claim)
    found = []
    for (relation, subject, object_, positive), one in sorted(said.items()):
        if not positive:
            continue
        other = said.get((relation, subject, object_, False))
        if other:
            reason = "one says what the other denies"
            found.append(Contradiction(one[0].subject, reason, tuple(one), tuple(other)))
        for left, right in sorted(clashes):
            other = said.get((right, subject, object_, True))
            if left == relation and left < right and other:
                reason = "the two relations clash"
                found.append(Contradiction(one[0].subject, reason, tuple(one), tuple(other)))
    return found
