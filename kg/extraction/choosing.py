"""Which of the gazetteer's namesakes an article means, by the parts and weights of `weighing`.

`weigh_candidates` ranks everything that has the name, `choose_candidate` takes the first where it
leads clearly and none where it does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rdflib import URIRef

from kg.extraction.names import Candidate, NameEntry, NameMatch, Names, Term
from kg.extraction.weighing import FOREIGN_STATE, LINK, MARGIN, combine_parts, fit_time
from kg.iris import KG
from kg.model import Namesake, Period

# Whose leaders a text may name without introducing them.
MAJOR = frozenset({"USA", "GBR", "FRA", "DEU", "RUS", "SUN", "CHN", "JPN"})

SURFACE_FITS = {
    "label": 1.0, "alias": 0.85, "acronym": 0.85, "adjective": 0.85, "prefix": 0.85,
    "demonym": 0.85, "surname": 0.8, "rare": 0.7,
}  # fmt: skip
"""How well each way of wording it names a thing."""

_INTRODUCED = 1.0
_OVERSHADOWED = 0.5
"""A surname of one named in full, and of one whose namesake is."""

_ENDURING = 0.6
"""How well a date fits what is not known to have begun or ended."""

_IN_OFFICE = 0.75
"""How well a date fits one who held an office then and did not lead the state."""

_FARTHER = 0.8
"""How much a date counts that is not the nearest."""

_RELATED = 0.6
"""What company counts at least where something that belongs to the thing is named."""

_PROVINCE = (KG.Place, False)
_HEADSHIPS = frozenset({"president", "minister", "chancellor", "premier"})
_OFFICES = _HEADSHIPS | {"secretary", "ambassador"}
_MINISTRIES = frozenset({"foreign", "defence", "defense", "treasury", "finance"})

_PRIORS = {KG.State: 1.0, KG.Organization: 0.8, KG.Alliance: 0.9, KG.Government: 0.7,
           KG.Agreement: 0.8, KG.Group: 0.6, KG.Place: 0.4}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Context:
    """What an article tells of which namesake a name in it means.

    `dates` are ISO dates, the nearest first: the year that the sentence names or the last before,
    then the article's own, or the other years that it names. `seen` are
    entries named in full, `named` those named without doubt anywhere in the article, `near` those
    named so in the same sentence. `countries` are the alpha-3 codes of states mentioned, most
    often first. `kinds` can stand at this place of the sentence, `alike` are entries to which the
    name is coordinated; both empty where that is open. `title` are the words of a title before it.
    """

    dates: tuple[str, ...] = ()
    seen: Collection[URIRef] = ()
    named: Collection[URIRef] = ()
    near: Collection[URIRef] = ()
    countries: Sequence[str] = ()
    kinds: Collection[URIRef] = ()
    alike: Collection[URIRef] = ()
    title: Collection[str] = ()


def choose_candidate(match: NameMatch, ranked: Sequence[Namesake]) -> Candidate | None:
    """The candidate that the article supports best, None where nothing tells them apart.

    A name that only one thing has is its, and need not be ranked; a surname alone needs support
    whoever has it.
    """
    chosen = match.candidates[0].entry if is_certain(match) else pick_clear(ranked)
    return next((c for c in match.candidates if c.entry == chosen), None)


def is_certain(match: NameMatch) -> bool:
    """Whether only one thing has the name, and not as a surname that others may have too."""
    return len(match.candidates) == 1 and match.candidates[0].surface != "surname"


def pick_clear(ranked: Sequence[Namesake]) -> URIRef | None:
    """The first of ranked namesakes if it leads clearly; a surname must also be well supported."""
    while ranked and not _is_supported(ranked[0]):
        ranked = ranked[1:]
    if not ranked:
        return None
    rivals = [each.score for each in ranked[1:]]
    if rivals and round(ranked[0].score - rivals[0], 4) < MARGIN:
        return None
    return ranked[0].entry


def _is_supported(namesake: Namesake) -> bool:
    """Whether more than the surname speaks for one of whom only the surname is given."""
    introduced = dict(namesake.parts)["name"] == _INTRODUCED
    return namesake.surface != "surname" or introduced or namesake.score >= LINK


def weigh_candidates(names: Names, match: NameMatch, context: Context) -> tuple[Namesake, ...]:
    """Everything that has the name, best first, equals in the order of their IRIs."""
    entries = [names.entry(c.entry) for c in match.candidates]
    kinds = {entry.kind for entry in entries}
    introduced = {e.iri for e in entries if e.iri in context.seen or e.headed_by in context.seen}
    company = [
        1.0 if entry.iri in introduced else _fit_company(names, candidate, entry, match, context)
        for candidate, entry in zip(match.candidates, entries, strict=True)
    ]
    # A state is named by strangers, unless what is near belongs to one of its namesakes.
    foreign = 0.0 if max((c or 0.0 for c in company), default=0.0) >= _RELATED else FOREIGN_STATE
    weighed = []
    for candidate, entry, fit in zip(match.candidates, entries, company, strict=True):
        head = entry.headed_by or entry.of_state
        owner = names.entry(head) if head is not None and head in names else entry
        time = _fit_dates(entry, owner, context.dates)
        found = {
            "name": _fit_name(names, candidate, entry, match, context, introduced, time),
            "type": _fit_place(names, entry, context, alone=len(kinds) == 1),
            "time": time,
            "company": foreign if fit == 0 and _goes_abroad(names, candidate, entry) else fit,
            "prior": _guess(entry),
        }
        parts = tuple((part, value) for part, value in found.items() if value is not None)
        score = combine_parts(parts)
        weighed.append(Namesake(entry.iri, entry.label, candidate.surface, score, parts))
    return tuple(sorted(weighed, key=lambda each: (-each.score, each.entry)))


# ------------------------------------------------------------------------------------- parts


def _fit_name(
    names: Names,
    candidate: Candidate,
    entry: NameEntry,
    match: NameMatch,
    context: Context,
    introduced: Collection[URIRef],
    time: float | None,
) -> float:
    """How well the wording names the entry; a surname counts most after the full name."""
    value = SURFACE_FITS[candidate.surface]
    if candidate.surface == "rare" and entry.iri in context.named:
        return SURFACE_FITS["alias"]
    if entry.headed_by is None and candidate.surface != "surname":
        return value
    if entry.iri in introduced:
        return _INTRODUCED
    if introduced:
        return _OVERSHADOWED
    if candidate.surface != "surname":
        return value
    wordlike = names.is_wordlike(entry.surname or "") and not context.title
    rivals = any(c.surface != "surname" for c in match.candidates)
    if rivals and not context.title and (wordlike or (time or 0.0) < _IN_OFFICE):
        # Others have this very name; one who is known by it only in part must be in office.
        return _OVERSHADOWED
    if wordlike:
        return value - 0.1
    return value + 0.1 if len(match.candidates) == 1 else value


def _fit_place(names: Names, entry: NameEntry, context: Context, *, alone: bool) -> float | None:
    """How well the kind of an entry fits the place where the name stands."""
    if context.title and entry.kind == KG.Person:
        return 1.0 if _bears_title(entry, context.title) else 0.3
    if entry.iri in context.alike:
        return 0.1  # "Congo and Zaire" are two.
    if context.alike:
        return 1.0 if any(_sort(entry) == _sort(names.entry(i)) for i in context.alike) else 0.5
    if context.kinds:
        if entry.kind in context.kinds:
            return 1.0
        return 0.1 if entry.kind == KG.Person else 0.4
    return 1.0 if alone else None


def _bears_title(entry: NameEntry, title: Collection[str]) -> bool:
    """Whether somebody held the office that a title before the name tells of, if any."""
    words = _MINISTRIES.intersection(title) or _OFFICES.intersection(title)
    if not words:
        return True
    # Of most leaders of former times no more is known than that they led.
    leads = bool(_HEADSHIPS & words)
    return any(
        words.intersection(term.office.casefold().split())
        or (leads and term.effective and term.office == "leader")
        for term in entry.terms
    )


def _sort(entry: NameEntry) -> tuple[URIRef, bool]:
    """What is named in a row is of a sort: states, cities, regions, people."""
    return entry.kind, entry.in_state is not None or entry.capital_of is not None


def _fit_dates(entry: NameEntry, owner: NameEntry, dates: Sequence[str]) -> float | None:
    """How well the times of an entry fit the nearest date; of people, less well, another one.

    An organ exists as long as its state.
    """
    if not dates:
        return None
    fits = [_fit_date(entry, owner, date) for date in dates]
    if fits[0] is None:
        return None
    if entry.kind != KG.Person and owner.kind != KG.Person:
        return round(fits[0], 4)
    return round(max(fits[0], *(_FARTHER * (fit or 0.0) for fit in fits)), 4)


def _fit_date(entry: NameEntry, owner: NameEntry, date: str) -> float | None:
    if entry.terms:
        return max(_fit_term(term, date) for term in entry.terms)
    dated = next((e for e in (entry, owner) if e.valid_from or e.valid_until), None)
    if dated is None:
        return None if entry.kind == KG.Person else _ENDURING
    lasting = KG.Person not in {entry.kind, owner.kind}
    return fit_time([date], [Period(dated.valid_from, dated.valid_until)], lasting=lasting)


def _fit_term(term: Term, date: str) -> float:
    """1 for whoever led the state then, less for other offices and other times."""
    rank = 1.0 if term.effective else _IN_OFFICE
    return rank * (fit_time([date], [Period(term.start, term.end)]) or 0.0)


def _fit_company(
    names: Names, candidate: Candidate, entry: NameEntry, match: NameMatch, context: Context
) -> float | None:
    """How well an entry fits what else the sentence, then the article, names."""
    own = {c.entry for c in match.candidates}
    near = [names.entry(iri) for iri in context.near if iri not in own]
    relatives = sum(_are_related(entry, other) for other in near)
    if relatives:
        return 1.0 if relatives > 1 else 0.9
    countries = set(_list_countries(names, entry))
    ranks = [n for n, code in enumerate(context.countries) if code in countries]
    far = [names.entry(iri) for iri in {*context.named, *context.seen} if iri not in own]
    if entry.kind != KG.Place and ranks:
        return round(max(_RELATED, 0.8 - 0.05 * ranks[0]), 4)
    if any(_are_related(entry, other) for other in far):
        return _RELATED
    if entry.iri in context.named and entry.iri not in context.near:
        return _RELATED
    if entry.kind == KG.Place and ranks:
        return 0.3
    wordlike = candidate.surface == "surname" and names.is_wordlike(entry.surname or "")
    return 0.0 if context.countries or near or (wordlike and not context.title) else None


def _goes_abroad(names: Names, candidate: Candidate, entry: NameEntry) -> bool:
    """Whether texts of other countries name such a thing: a state, a great power's leader."""
    if entry.kind == KG.State:
        return True
    if candidate.surface == "surname" and names.is_wordlike(entry.surname or ""):
        return False
    return any(t.effective for t in entry.terms) and entry.country in MAJOR


def _are_related(entry: NameEntry, other: NameEntry) -> bool:
    """Whether one points at the other, or both belong to one country as such things do."""
    shared = entry.country is not None and entry.country == other.country
    if entry.kind == KG.Place:
        # That a country or its people are near says little of which of its places is meant, and
        # its provinces little of which of its cities.
        return shared and other.kind == KG.Place and _sort(entry) in {_sort(other), _PROVINCE}
    pointers = {entry.capital_of, entry.in_state, entry.of_state, entry.headed_by}
    back = {other.capital_of, other.in_state, other.of_state, other.headed_by}
    return shared or other.iri in pointers or entry.iri in back


def _list_countries(names: Names, entry: NameEntry) -> Iterator[str]:
    if entry.country:
        yield entry.country
    for term in entry.terms:
        state = names.entry(term.state).country if term.state in names else None
        if state:
            yield state


def _guess(entry: NameEntry) -> float:
    """How likely an entry is meant where nothing else is known."""
    if entry.kind == KG.Person:
        if not entry.terms:
            return 0.6
        leader = any(term.effective for term in entry.terms)
        return 0.2 if not leader else 1.0 if entry.country in MAJOR else 0.8
    value = _PRIORS.get(entry.kind, 0.5)
    if entry.capital_of is not None:
        value = 0.8
    return value - 0.1 if entry.valid_until is not None and entry.headed_by is None else value
