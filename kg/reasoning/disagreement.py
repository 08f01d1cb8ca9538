"""Claims that cannot both be true: one denies the other, or relations clash in one period.

What clashes is declared in the ontology: kg:clashesWith, kg:clashesWhenDatedWith, kg:oneAtATime.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from rdflib import DCTERMS, OWL, RDF, RDFS, Literal, URIRef

from kg import iris
from kg.iris import KG
from kg.model import Modality, Period, Polarity
from kg.reasoning.wording import Wording
from kg.store import GraphStore

POLARITY, SELF = "opposite-polarity", "self-contradiction"
INCOMPATIBLE, VALUES = "incompatible", "overlapping-values"

_FIELDS = (
    KG.subject, KG.relation, KG.object, KG.holder, KG.polarity, KG.modality, KG.topic,
    KG.timeStart, KG.timeEnd, KG.inArticle,
)  # fmt: skip
_POLARITIES = {KG[each.value.capitalize()]: each for each in Polarity}
_MODALITIES = {KG[each.value.capitalize()]: each for each in Modality}
_SEASONS = {"21": ("03", "05"), "22": ("06", "08"), "23": ("09", "11"), "24": ("12", "12")}
_DATE = re.compile(r"(?P<year>[0-9X]{4})(-(?P<month>[0-9X]{2}))?(-(?P<day>[0-9X]{2}))?$")

Pair = tuple[URIRef, URIRef]


@dataclass(frozen=True, slots=True)
class HeldClaim:
    """A claim as the graph holds it; `period` is None where neither it nor background dates it.

    `by_background` tells that the period is that of a membership or term of office, `issued` is
    the date of the article.
    """

    iri: URIRef
    subject: URIRef
    relation: URIRef
    object: URIRef
    holder: URIRef
    is_voice: bool
    polarity: Polarity
    modality: Modality
    topic: str
    period: Period | None
    by_background: bool
    article: URIRef
    issued: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Claims that clash with other claims: the kind of clash, both sides, and why in words.

    The claims of a side say the same of the same two things and have one holder.
    """

    kind: str
    ones: tuple[HeldClaim, ...]
    others: tuple[HeldClaim, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Clash:
    kind: str
    one: HeldClaim
    other: HeldClaim
    reason: str


@dataclass(frozen=True, slots=True)
class Clashes:
    """What the ontology says of relations as far as claims can clash by it.

    `flips` leads from a relation to the one that says the same the other way round, itself if it
    is symmetric; `above` to every relation that it is a way of, itself included. `always` and
    `dated` are the declared pairs, `single` the kinds of things that have one value of a relation.
    """

    flips: Mapping[URIRef, URIRef]
    above: Mapping[URIRef, frozenset[URIRef]]
    always: frozenset[frozenset[URIRef]]
    dated: frozenset[frozenset[URIRef]]
    single: Mapping[URIRef, frozenset[URIRef]]


def find_disagreements(
    store: GraphStore,
    wording: Wording,
    *,
    accepted: Collection[URIRef] = (),
    among: Collection[URIRef] | None = None,
) -> tuple[Disagreement, ...]:
    """Every two claims of which one says what the other excludes, sorted by what they are about.

    Only asserted claims are compared, of those `among` which to look if given. Of clashing
    relations and values both claims must be facts (held by an article's voice or an `accepted`
    holder), or be held by one and the same.
    """
    claims = [each for each in read_claims(store, among) if each.modality is Modality.ASSERTED]
    clashes = read_clashes(store)
    found = [
        *_find_denials(claims, clashes, wording),
        *_find_incompatible(claims, clashes, wording, frozenset(accepted)),
        *_find_values(store, claims, clashes, wording, frozenset(accepted)),
    ]
    return _gather(found, clashes)


def _gather(found: Iterable[_Clash], clashes: Clashes) -> tuple[Disagreement, ...]:
    """One disagreement for all that is said of the same by the same, however often."""
    groups: dict[tuple[object, ...], list[_Clash]] = defaultdict(list)
    for clash in found:
        sides = _make_side(clash.one, clashes), _make_side(clash.other, clashes)
        if clash.kind in (INCOMPATIBLE, VALUES) and sides[1] < sides[0]:
            sides = sides[1], sides[0]
            clash = _Clash(clash.kind, clash.other, clash.one, clash.reason)
        groups[clash.kind, *sides, clash.reason].append(clash)
    told = []
    for key, group in groups.items():
        ones = {clash.one.iri: clash.one for clash in group}
        others = {clash.other.iri: clash.other for clash in group}
        left, right = (tuple(side[iri] for iri in sorted(side)) for side in (ones, others))
        reason = f"{group[0].reason}{_word_times(left, right)}"
        told.append((key, Disagreement(group[0].kind, left, right, reason)))
    return tuple(each for _, each in sorted(told, key=lambda pair: pair[0]))


def _make_side(claim: HeldClaim, clashes: Clashes) -> tuple[str, ...]:
    """What a claim says whichever way round it is said, and who says it."""
    (subject, object_), relation = min(_say_both_ways(claim, clashes))
    return subject, object_, relation, claim.holder


# ------------------------------------------------------------------------------- what is read


def read_claims(store: GraphStore, among: Collection[URIRef] | None = None) -> list[HeldClaim]:
    """Every claim of the graph, or those of some IRIs, sorted by IRI."""
    fields: dict[URIRef, dict[URIRef, URIRef | Literal]] = defaultdict(dict)
    for field in _FIELDS if among is None else ():
        for claim, _, value, _ in store.quads(predicate=field):
            fields[claim][field] = value
    for each in among or ():
        for claim, field, value, _ in store.quads(subject=each):
            if field in _FIELDS:
                fields[claim][field] = value
    voices = {voice for voice, *_ in store.quads(predicate=RDF.type, object=KG.AuthorVoice)}
    dates = _read_article_dates(store)
    spans = _read_background_periods(store)
    return [
        _read_claim(claim, said, voices, dates, spans)
        for claim, said in sorted(fields.items())
        if all(field in said for field in _FIELDS[:6])
    ]


def _read_claim(
    iri: URIRef,
    said: Mapping[URIRef, URIRef | Literal],
    voices: Collection[URIRef],
    dates: Mapping[URIRef, str],
    spans: Mapping[tuple[URIRef, URIRef], Period],
) -> HeldClaim:
    subject, relation, object_, holder = (URIRef(said[field]) for field in _FIELDS[:4])
    start, end = said.get(KG.timeStart), said.get(KG.timeEnd)
    period = Period(str(start) if start else None, str(end) if end else None)
    known = spans.get((subject, object_)) if relation in _BACKED else None
    dated = period.start is not None or period.end is not None
    article = URIRef(said.get(KG.inArticle, ""))
    return HeldClaim(
        iri=iri,
        subject=subject,
        relation=relation,
        object=object_,
        holder=holder,
        is_voice=holder in voices,
        polarity=_POLARITIES[URIRef(said[KG.polarity])],
        modality=_MODALITIES[URIRef(said[KG.modality])],
        topic=" ".join(str(said.get(KG.topic, "")).casefold().split()),
        period=period if dated else known,
        by_background=not dated and known is not None,
        article=article,
        issued=dates.get(article, ""),
    )


# The relations whose time a membership or a term of office tells.
_BACKED = frozenset({KG.headOf, KG.memberOf, KG.partyTo})


def _read_article_dates(store: GraphStore) -> dict[URIRef, str]:
    dates: dict[URIRef, str] = {}
    for field in (KG.received, DCTERMS.issued):
        dates.update((article, str(date)) for article, _, date, _ in store.quads(predicate=field))
    return dates


def _read_background_periods(store: GraphStore) -> dict[Pair, Period]:
    """When the one of a pair belonged to or headed the other; pairs with several terms are out."""

    def read(predicate: URIRef) -> dict[URIRef, URIRef | Literal]:
        found = store.triples(iris.BACKGROUND_GRAPH, predicate=predicate)
        return {subject: value for subject, _, value in sorted(found)}

    since, until = read(KG.validFrom), read(KG.validUntil)
    spans: dict[Pair, list[Period]] = defaultdict(list)
    for ones, others in (
        (read(KG.member), read(KG.body)),
        (read(KG.officeHolder), read(KG.ofState)),
    ):
        for link in sorted(ones.keys() & others.keys()):
            start, end = since.get(link), until.get(link)
            period = Period(str(start) if start else None, str(end) if end else None)
            if start or end:
                spans[URIRef(ones[link]), URIRef(others[link])].append(period)
    return {pair: periods[0] for pair, periods in spans.items() if len(periods) == 1}


def read_clashes(store: GraphStore) -> Clashes:
    """What the ontology declares of relations that clash, are inverse, or have one value."""
    triples = list(store.triples(iris.ONTOLOGY_GRAPH))
    flips: dict[URIRef, URIRef] = {}
    direct: dict[URIRef, set[URIRef]] = defaultdict(set)
    pairs: dict[URIRef, set[frozenset[URIRef]]] = defaultdict(set)
    single: dict[URIRef, set[URIRef]] = defaultdict(set)
    for subject, predicate, value in sorted(triples):
        if not isinstance(value, URIRef):
            continue
        if predicate == RDF.type and value == OWL.SymmetricProperty:
            flips[subject] = subject
        elif predicate == RDF.type and value == OWL.FunctionalProperty:
            single[subject].add(OWL.Thing)
        elif predicate == OWL.inverseOf:
            flips.setdefault(subject, value)
            flips.setdefault(value, subject)
        elif predicate == RDFS.subPropertyOf:
            direct[subject].add(value)
        elif predicate in (KG.clashesWith, KG.clashesWhenDatedWith):
            pairs[predicate].add(frozenset((subject, value)))
        elif predicate == KG.oneAtATime:
            single[subject].add(value)
    return Clashes(
        flips,
        {relation: _climb(relation, direct) for relation in list(direct)},
        frozenset(pairs[KG.clashesWith]),
        frozenset(pairs[KG.clashesWhenDatedWith]),
        {relation: frozenset(kinds) for relation, kinds in single.items()},
    )


def _climb(start: URIRef, direct: Mapping[URIRef, Collection[URIRef]]) -> frozenset[URIRef]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = set(direct.get(waiting.pop(), ())) - found
        found |= fresh
        waiting += fresh
    return frozenset(found)


# ------------------------------------------------------------------------------- what clashes


def _find_denials(
    claims: Sequence[HeldClaim], clashes: Clashes, wording: Wording
) -> Iterator[_Clash]:
    """A claim and the denial of it, or of a relation that it is a way of."""
    denials: dict[tuple[Pair, URIRef], list[HeldClaim]] = defaultdict(list)
    for claim in claims:
        if claim.polarity is Polarity.NEGATIVE:
            for key in _say_both_ways(claim, clashes):
                denials[key].append(claim)
    for claim in claims:
        if claim.polarity is Polarity.NEGATIVE:
            continue
        for denial in _find_denials_of(claim, denials, clashes):
            alone = claim.holder == denial.holder
            if alone:
                said = f"{_name_holder(claim, wording)} both affirms and denies it"
            else:
                said = (
                    f"{_name_holder(claim, wording)} affirms what "
                    f"{_name_holder(denial, wording)} denies"
                )
            yield _Clash(SELF if alone else POLARITY, claim, denial, said)


def _say_both_ways(claim: HeldClaim, clashes: Clashes) -> Iterator[tuple[Pair, URIRef]]:
    """A claim as pair and relation, and the same said the other way round."""
    yield (claim.subject, claim.object), claim.relation
    flipped = clashes.flips.get(claim.relation)
    if flipped is not None:
        yield (claim.object, claim.subject), flipped


def _find_denials_of(
    claim: HeldClaim,
    denials: Mapping[tuple[Pair, URIRef], Sequence[HeldClaim]],
    clashes: Clashes,
) -> list[HeldClaim]:
    found: dict[URIRef, HeldClaim] = {}
    for pair, relation in _say_both_ways(claim, clashes):
        for above in sorted(clashes.above.get(relation, {relation})):
            for denial in denials.get((pair, above), ()):
                # Who denies part of it ("promised no troops") does not deny all of it.
                narrower = denial.topic and denial.topic != claim.topic
                if not narrower and can_overlap(claim.period, denial.period):
                    found[denial.iri] = denial
    return [found[iri] for iri in sorted(found)]


def _find_incompatible(
    claims: Sequence[HeldClaim],
    clashes: Clashes,
    wording: Wording,
    accepted: Collection[URIRef],
) -> Iterator[_Clash]:
    """Two affirmed claims of one pair whose relations are declared to clash."""
    by_pair: dict[frozenset[URIRef], list[HeldClaim]] = defaultdict(list)
    clashing = {relation for pair in clashes.always | clashes.dated for relation in pair}
    clashing |= {clashes.flips[each] for each in clashing if each in clashes.flips}
    for claim in claims:
        if claim.polarity is Polarity.POSITIVE and claim.relation in clashing:
            by_pair[frozenset((claim.subject, claim.object))].append(claim)
    for _, group in sorted(by_pair.items(), key=lambda item: sorted(item[0])):
        for one, other in combinations(group, 2):
            if not _are_comparable(one, other, accepted) or one.topic != other.topic:
                continue
            if not _clash(one, other, clashes) or not can_overlap(one.period, other.period):
                continue
            relations = sorted(wording.relation(each.relation) for each in (one, other))
            reason = f"{relations[0]} and {relations[1]} exclude each other in one period"
            yield _Clash(INCOMPATIBLE, one, other, reason)


def _clash(one: HeldClaim, other: HeldClaim, clashes: Clashes) -> bool:
    """Whether the relations of two claims clash, said in one direction."""
    dated = one.period is not None and other.period is not None
    for (pair, relation), (against, opposed) in product(
        _say_both_ways(one, clashes), _say_both_ways(other, clashes)
    ):
        if pair == against:
            both = frozenset((relation, opposed))
            if both in clashes.always or (dated and both in clashes.dated):
                return True
    return False


def _find_values(
    store: GraphStore,
    claims: Sequence[HeldClaim],
    clashes: Clashes,
    wording: Wording,
    accepted: Collection[URIRef],
) -> Iterator[_Clash]:
    """Two dated values of a relation of which a thing has one at a time."""
    slots: dict[Pair, list[tuple[URIRef, HeldClaim]]] = defaultdict(list)
    for claim in claims:
        if claim.polarity is Polarity.POSITIVE and claim.period is not None:
            for (owner, value), relation in _say_both_ways(claim, clashes):
                if relation in clashes.single:
                    slots[owner, relation].append((value, claim))
    for (owner, relation), held in sorted(slots.items()):
        kinds = clashes.single[relation]
        if OWL.Thing not in kinds and not _is_of(store, owner, kinds):
            continue
        for (value, one), (rival, other) in combinations(held, 2):
            if (
                value != rival
                and _are_comparable(one, other, accepted)
                and can_overlap(one.period, other.period)
            ):
                said = f"{wording.name(owner)} {wording.name(relation)} one at a time"
                reason = f"{said}, and these are two"
                yield _Clash(VALUES, one, other, reason)


def _is_of(store: GraphStore, thing: URIRef, kinds: Collection[URIRef]) -> bool:
    return any(kind in kinds for *_, kind, _ in store.quads(subject=thing, predicate=RDF.type))


def _are_comparable(one: HeldClaim, other: HeldClaim, accepted: Collection[URIRef]) -> bool:
    """Whether both are facts, or one and the same holds both."""
    facts = all(each.is_voice or each.holder in accepted for each in (one, other))
    return facts or one.holder == other.holder


# -------------------------------------------------------------------------------------- times


def can_overlap(one: Period | None, other: Period | None) -> bool:
    """Whether two periods can have a day in common; what is not dated may lie anywhere."""
    if one is None or other is None:
        return True
    (start, end), (since, until) = _bounds(one), _bounds(other)
    return start <= until and since <= end


def _bounds(period: Period) -> tuple[str, str]:
    """The first and the last day that a period can have, as ISO dates."""
    start = (period.start or "").partition("/")[0]
    end = (period.end or "").rpartition("/")[2]
    return _read_day(start, last=False), _read_day(end, last=True)


def _read_day(text: str, *, last: bool) -> str:
    """The earliest or latest day of a date, month, season, year or decade in EDTF."""
    match = _DATE.match(text.rstrip("~?%"))
    if match is None:  # Open, or a form that cannot be compared.
        return "9999-12-31" if last else "0000-01-01"
    digit = "9" if last else "0"
    year = match["year"].replace("X", digit)
    month, day = match["month"] or "XX", match["day"] or "XX"
    if month in _SEASONS:
        month = _SEASONS[month][last]
    if "X" in month:
        month = "12" if last else "01"
    if "X" in day:
        day = "31" if last else "01"
    return f"{year}-{month}-{day}"


def _word_times(ones: Sequence[HeldClaim], others: Sequence[HeldClaim]) -> str:
    """What to bear in mind where dates are missing."""
    dated = [[claim.period is not None for claim in side] for side in (ones, others)]
    if all(map(all, dated)):
        return ""
    missing = "neither side is" if not any(map(any, dated)) else "not all of it is"
    return f" (possibly at different times: {missing} dated)"


def word_claim(claim: HeldClaim, wording: Wording) -> str:
    """What a claim says, in words."""
    said = wording.state((claim.subject, claim.relation, claim.object))
    return f"not so: {said}" if claim.polarity is Polarity.NEGATIVE else said


def word_period(claim: HeldClaim) -> str:
    """When a claim holds, in words."""
    if claim.period is None:
        return f"undated, in an article of {claim.issued}" if claim.issued else "undated"
    start, end = claim.period.start, claim.period.end
    if start == end:
        told = str(start)
    elif start and end:
        told = f"{start} to {end}"
    else:
        told = f"since {start}" if start else f"until {end}"
    return f"{told}, as background has it" if claim.by_background else told


def _name_holder(claim: HeldClaim, wording: Wording) -> str:
    return "the article" if claim.is_voice else wording.name(claim.holder)
