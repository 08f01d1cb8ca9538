"""What an article tells of the names in it: when it speaks, and what stands near each name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rdflib import URIRef

from kg.extraction.choosing import Context, is_certain
from kg.extraction.names import NameEntry, NameMatch, Names
from kg.extraction.naming import Memory, head_of
from kg.extraction.tree import SUBJECTS, Tree, find_conjuncts, find_first_conjunct, read_case
from kg.extraction.weighing import covers_date
from kg.iris import KG
from kg.model import Document

_YEAR = re.compile(r"^(1[6-9]|20)\d\d$")
_ACTORS = frozenset({KG.State, KG.Government, KG.Person, KG.Organization, KG.Alliance,
                     KG.ArmedForce, KG.Group})  # fmt: skip
_NO_PERSONS = frozenset({KG.State, KG.Government, KG.Place, KG.Organization, KG.Alliance,
                         KG.Agreement, KG.Event, KG.ArmedForce, KG.Group, KG.Policy})  # fmt: skip
_IN_FULL = frozenset({"label", "alias"})


def note_names(found: Iterable[NameMatch], names: Names, memory: Memory) -> None:
    """Take in the states and the people that the article names in full anywhere."""
    for match in found:
        named = [names.entry(c.entry) for c in match.candidates if c.surface != "surname"]
        countries = {entry.country for entry in named}
        # A name that several countries share speaks for none of them.
        if len(countries) == 1 and any(e.kind in {KG.State, KG.ArmedForce} for e in named):
            memory.countries.update(country for country in countries if country)
        memory.alone.update(
            c.entry for c in match.candidates if c.surface in {"label", "alias", "acronym"}
        )
        full = [c for c in match.candidates if c.surface in _IN_FULL]
        if is_certain(match):
            memory.certain.add(match.candidates[0].entry)
        elif any(c.surface == "rare" for c in match.candidates):
            continue
        if len(full) == 1 and match.end - match.start > 1:
            memory.entries.add(full[0].entry)


def date_sentences(document: Document, trees: Sequence[Tree]) -> list[tuple[str, ...]]:
    """The dates that each sentence speaks of or from, the nearest first.

    That is the year that it names, if past, then the article's date. Histories carry no date of
    their own; there it is the last year named, then the others.
    """
    own = document.issued or document.received
    years = [
        next((t.text for t in reversed(tree.tokens) if _YEAR.match(t.text)), None) for tree in trees
    ]
    if own is not None:
        return [(year, own) if year and year < own[:4] else (own,) for year in years]
    current = next((year for year in years if year), None)
    named = sorted({t.text for tree in trees for t in tree.tokens if _YEAR.match(t.text)})
    dates: list[tuple[str, ...]] = []
    for year in years:
        current = year or current
        dates.append((current, *(y for y in named if y != current)) if current else ())
    return dates


def describe_context(
    tree: Tree,
    match: NameMatch,
    beside: Sequence[NameMatch],
    names: Names,
    memory: Memory,
    dates: tuple[str, ...],
) -> Context:
    """What tells which namesake a match means; `beside` are the matches of its sentence."""
    others = [m for m in beside if m.end <= match.start or match.end <= m.start]
    known = {m.start: iri for m in others if (iri := _find_known(m, memory)) is not None}
    head = head_of(tree, match.start, match.end)
    row = set(find_conjuncts(tree, find_first_conjunct(tree, head)))
    alike = [
        known[m.start] for m in others if m.start in known and head_of(tree, m.start, m.end) in row
    ]
    return Context(
        dates=dates,
        seen=memory.entries,
        named=memory.certain,
        near=frozenset(known.values()),
        countries=[code for code, _ in memory.countries.most_common()],
        kinds=_find_kinds(tree, head),
        alike=frozenset(alike),
        title=_find_title(tree, match.start, names),
    )


def _find_title(tree: Tree, start: int, names: Names) -> frozenset[str]:
    """The words of the title before a name ("Secretary of State")."""
    begin = start
    while begin and (
        names.is_title(tree.tokens[begin - 1].text)
        or (tree.tokens[begin - 1].text == "of" and begin < start)
    ):
        begin -= 1
    return frozenset(t.text.casefold().rstrip(".") for t in tree.tokens[begin:start])


def find_governed(
    names: Names, city: NameEntry, memory: Memory, dates: tuple[str, ...]
) -> URIRef | None:
    """The state that a city stands for: of former ones too where the date, or their name, tells."""
    for iri in names.states_of_seat(city.iri):
        former = names.entry(iri)
        if dates:
            if covers_date(former.valid_from, former.valid_until, dates[0]):
                return iri
        elif iri in memory.certain and city.capital_of not in memory.certain:
            return iri
    return city.capital_of


def _find_known(match: NameMatch, memory: Memory) -> URIRef | None:
    """The one thing that a match can mean, by its name alone or after what was named in full."""
    if len(match.candidates) == 1:
        return match.candidates[0].entry
    seen = [c.entry for c in match.candidates if c.entry in memory.entries]
    return seen[0] if len(seen) == 1 else None


def _find_kinds(tree: Tree, head: int) -> frozenset[URIRef]:
    """What can stand where a name stands: who acts, or where something is; empty for anything."""
    first = find_first_conjunct(tree, head)
    above = tree.head(first)
    if read_case(tree, first) in {"in", "at", "near"}:
        return _NO_PERSONS
    if tree.role(first) in {*SUBJECTS, "obl:agent"} and above is not None:
        return _ACTORS if tree.pos(above) == "VERB" else frozenset()
    return frozenset()
