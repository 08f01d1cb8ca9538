"""Office holders: four tables of leaders merged into people with terms, and administrations."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kg.iris import make_slug
from training.name_archigos import FULL_NAMES, place_term, read_name
from training.name_entries import Entry, Slugs, describe, links, read_rows, write_entries
from training.name_tables import LED_BY_GOVERNMENT, RULED_BY_MONARCH

ARCHIGOS_END = "2015-12-31"
HEADS = {"head_of_state", "head_of_government"}
OFFICES = {
    "vice_head": "vice",
    "foreign_minister": "foreign",
    "defence_minister": "defence",
    "head_of_state": "head",
    "head_of_government": "head",
}
# Posts that the tables' title-based types take for national ones.
NOT_NATIONAL = re.compile(
    r"Premier of|Azad|Crimea|Generalitat|Senate|Congress|Court|Yuan|House|Assembl|Parliament|"
    r"Equipment|Materiel|Logistics|Associate|Assistant|Under|cabinet|Council|Chief|Staff|Commander|"
    r"Deputy Minister|Minister of State|Foreign Trade|Delegate|Atomic|Judici|Supreme (?!Leader)|"
    r"Shadow|Personnel|Veterans|Cape|North West|Chamber|Bank|Commission|Party|Attorney"
)
MONARCH = re.compile(r"King|Queen|Emperor|Governor|Monarch|Grand Duke|Sultan|Co-Prince|Emir|Pope")
# The office of every effective leader since 1875, where it has always been the same.
LEADING_OFFICES = {
    "USA": "President", "GBR": "Prime Minister", "CAN": "Prime Minister", "AUS": "Prime Minister",
    "NZL": "Prime Minister", "ISR": "Prime Minister", "MEX": "President", "CHL": "President",
}  # fmt: skip
FAMILY_NAME_FIRST = {"CHN", "KOR", "PRK", "TWN", "KHM"}
PARTICLES = {
    "de", "da", "di", "do", "dos", "del", "della", "du", "la", "le", "van", "von", "der", "den",
    "ten",
    "al", "el", "bin", "ibn", "ben", "Al", "El", "Van", "Von", "De", "Da", "Di", "Du", "La", "Le",
    "Ben",
}  # fmt: skip
SUFFIXES = re.compile(r",? (Jr|Sr)\.?$| (II|III|IV|VI|VII|VIII|IX|XIII|I|V|X|XII)$")


@dataclass(frozen=True, slots=True)
class Term:
    """A stretch in an office; `effective` marks whoever really led the state."""

    office: str
    kind: str
    state: str
    start: str
    end: str
    effective: bool = False


@dataclass(slots=True)
class Person:
    """What the tables say of one person."""

    label: str
    code: str
    surname: str
    names: list[str] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    matches: list[tuple[str, str]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


def fold(name: str) -> str:
    """A name for comparing: ASCII, lower case, letters and spaces only."""
    return make_slug(name, limit=200).replace("-", " ").lower()


def find_surname(label: str, code: str) -> str:
    """The part of a person's name that stands alone for it."""
    if " of " in label:
        return ""
    words = SUFFIXES.sub("", label).split()
    if len(words) == 1 or re.search(r" (I|II|III|IV|V|VI|VII|VIII|IX|X|XII|XIII)$", label):
        return "" if len(words) > 1 or SUFFIXES.search(label) else label
    if code in FAMILY_NAME_FIRST and len(words[0]) <= 6 and len(words) <= 3:
        return words[0]
    at = len(words) - 1
    while at > 1 and words[at - 1] in PARTICLES:
        at -= 1
    return " ".join(words[at:])


class Register:
    """People by identifier, by link, and by name with state: how rows of different tables meet."""

    def __init__(self) -> None:
        self.people: list[Person] = []
        self._keys: dict[tuple[str, ...], Person] = {}
        self._known: set[int] = set()

    def find(self, row: dict[str, str]) -> Person | None:
        """The person that a row means, if already known."""
        for key in self._make_keys(row):
            if key in self._keys:
                return self._keys[key]
        return None

    def add(self, row: dict[str, str], person: Person) -> None:
        """Make a person findable by what a row says."""
        if id(person) not in self._known:
            self._known.add(id(person))
            self.people.append(person)
        for key in self._make_keys(row):
            self._keys.setdefault(key, person)

    def of_state(self, code: str) -> list[Person]:
        """Everyone of a state."""
        return [p for p in self.people if p.code == code]

    @staticmethod
    def _make_keys(row: dict[str, str]) -> Iterator[tuple[str, ...]]:
        if row["wikidata"]:
            yield "wikidata", row["wikidata"]
        if row["dbpedia"]:
            yield "dbpedia", row["dbpedia"].rsplit("/", 1)[1]
        yield "name", fold(row["label"]), row["iso3"]


def read_holders(directory: Path) -> Iterator[dict[str, str]]:
    """The rows of the three tables of named office holders that are of a national office."""
    for name in ("leaders.tsv", "world_leaders_2021_2022.tsv", "officeholders_current_2025-01.tsv"):
        for row in read_rows(directory, name):
            if row["type"] == "head_of_state_or_government":
                government = re.search(r"Prime|Chancellor|Premier|Taoiseach", row["position"])
                row["type"] = "head_of_government" if government else "head_of_state"
                row["position"] = re.sub(r" of (the )?[A-Z].*$", "", row["position"])
            if row["type"] not in OFFICES and row["type"] != "igo_head":
                continue
            national = row.get("national", "yes") != "no" or row["type"] == "igo_head"
            head_word = re.search(r"Vice|Deputy", row["position"])
            if row["type"] == "vice_head" and not head_word:
                continue
            if national and not NOT_NATIONAL.search(row["position"]) and " " in row["label"]:
                yield row


def merge_terms(terms: list[Term]) -> list[Term]:
    """One term for those of the same office that overlap or touch; the better dates win."""
    merged: list[Term] = []
    for term in sorted(terms, key=lambda t: (t.kind, t.state, t.start, t.end or "9999")):
        last = merged[-1] if merged else None
        same = last and (last.kind, last.state) == (term.kind, term.state)
        if (
            last
            and same
            and term.start[:4] <= (last.end or "9999")[:4]
            and (
                last.office == term.office
                or last.office == "leader"
                or term.start[:4] == last.start[:4]
            )
        ):
            end = last.end if not term.end or len(last.end) > len(term.end) else term.end
            office = term.office if last.office == "leader" else last.office
            start = max(last.start, term.start) if len(last.start) == 4 else last.start
            merged[-1] = Term(
                office, term.kind, term.state, start, end, last.effective or term.effective
            )
        else:
            merged.append(term)
    return sorted(merged, key=lambda t: (t.start, t.office))


def gather_holders(directory: Path, states: Mapping[str, str]) -> Register:
    """Everyone in the tables of named office holders."""
    register = Register()
    for row in read_holders(directory):
        code = row["iso3"]
        if code not in states and row["type"] != "igo_head":
            continue
        person = register.find(row)
        if person is None:
            person = Person(row["label"], code, find_surname(row["label"], code))
        register.add(row, person)
        person.names += [row["label"], *(n for n in row["aliases"].split("|") if " " in n)]
        person.matches += [m for m in links(row) if m not in person.matches]
        if row["source"] not in person.sources:
            person.sources.append(row["source"])
        state = states.get(code, "United-Nations")
        kind = row["type"] if row["type"] in OFFICES else "head_of_state"
        person.terms.append(
            Term(row["position"], kind, state, row["valid_from"], row["valid_until"])
        )
    return register


def add_archigos(directory: Path, register: Register, states: Mapping[str, str]) -> None:
    """Effective leaders since 1875, met with the named holders by link, or by name and years."""
    for row in read_rows(directory, "leaders_archigos_1875_2015.tsv"):
        code, local = place_term(row, states)
        if not local or re.search(r"Junta|Council|Committee", row["label"]):
            continue
        label, surname, linked = read_name(row)
        if not linked:
            row["dbpedia"] = ""
        row["label"], row["iso3"] = label, code
        person = register.find(row) or match_by_years(register, row, surname)
        if person is None:
            person = Person(label, code, surname)
        register.add(row, person)
        person.names.append(label)
        person.matches += [m for m in links(row) if m not in person.matches]
        if row["source"] not in person.sources:
            person.sources.append(row["source"])
        heads = [t for t in person.terms if t.kind in HEADS and t.state == local]
        start, end = row["valid_from"], row["valid_until"]
        first = min((t.start for t in heads), default="")
        if first and int(first[:4]) <= int(start[:4]) + 1:
            person.terms = [
                Term(t.office, t.kind, t.state, t.start, t.end, t in heads) for t in person.terms
            ]
            continue
        if first and (not end or end > first):
            end = first
        office = LEADING_OFFICES.get(code, "leader")
        kind = "head_of_government" if office == "Prime Minister" else "head_of_state"
        person.terms.append(Term(office, kind, local, start, end, True))


def match_by_years(register: Register, row: dict[str, str], surname: str) -> Person | None:
    """The one head of the same state whose surname and years agree with an Archigos row."""
    year, found = int(row["valid_from"][:4]), []
    for person in register.of_state(row["iso3"]):
        close = fold(surname or row["label"]) in {fold(person.surname), *fold(person.label).split()}
        alike = difflib.SequenceMatcher(None, fold(row["label"]), fold(person.label)).ratio() > 0.84
        numbered = re.search(r" [IVX]+$", row["label"] + person.label)
        if (close or (alike and not numbered)) and any(
            t.kind in HEADS and abs(int(t.start[:4] or 0) - year) <= 1 for t in person.terms
        ):
            found.append(person)
    return found[0] if len(found) == 1 else None


def mark_effective(people: list[Person]) -> None:
    """Mark the terms, after Archigos, in whichever of a state's two highest offices leads it."""
    leading: dict[str, dict[str, int]] = {}
    reigning: set[str] = set()
    for person in people:
        for term in person.terms:
            if term.effective and term.office != "leader":
                counts = leading.setdefault(term.state, {})
                counts[term.kind] = counts.get(term.kind, 0) + 1
            if term.kind == "head_of_state" and MONARCH.search(term.office):
                reigning.add(term.state)
    for person in people:
        for at, term in enumerate(person.terms):
            if person.code in RULED_BY_MONARCH:
                kind = "head_of_state"
            elif person.code in LED_BY_GOVERNMENT or term.state in reigning:
                kind = "head_of_government"
            else:
                counts = leading.get(term.state, {})
                kind = max(sorted(counts), key=counts.__getitem__, default="head_of_state")
            if term.kind == kind:
                person.terms[at] = replace(term, effective=True)


def close_terms(people: list[Person]) -> None:
    """End a term left open by a table that stops, at the start of the next in the same office."""
    starts: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for number, person in enumerate(people):
        for term in person.terms:
            for key in name_seats(term):
                starts.setdefault(key, []).append((term.start, number))
    for number, person in enumerate(people):
        for at, term in enumerate(person.terms):
            if term.end:
                continue
            later = [
                start
                for key in name_seats(term)
                for start, other in starts[key]
                if other != number and start > term.start
            ]
            from_archigos = term.office == "leader"
            if later:
                person.terms[at] = replace(term, end=min(later))
            elif from_archigos and term.start < ARCHIGOS_END:
                person.terms[at] = replace(term, end=ARCHIGOS_END)


def name_seats(term: Term) -> Iterator[tuple[str, str]]:
    """The seats, each for one person at a time, that a term fills."""
    if term.effective:
        yield term.state, "effective"
    if term.kind in HEADS and term.office != "leader":
        yield term.state, term.kind
    if term.kind in {"foreign_minister", "defence_minister"} or term.office == "Vice President":
        yield term.state, f"{term.kind} {term.office}"


def name_variants(person: Person) -> list[str]:
    """Other orders and fuller forms of a name that texts use."""
    names = [n for n in person.names if n]
    for name in list(names):
        words = name.split()
        if person.code == "JPN" and len(words) == 2:
            names.append(f"{words[1]} {words[0]}")
        if person.code == "HUN" and len(words) == 2:
            names.append(f"{words[1]} {words[0]}")
    return names


def write_holders(directory: Path, target: Path, slugs: Slugs, states: Mapping[str, str]) -> None:
    """Write the people, their terms of office, and the administrations of those who led a state."""
    register = gather_holders(directory, states)
    add_archigos(directory, register, states)
    mark_effective(register.people)
    for person in register.people:
        person.terms = merge_terms(person.terms)
    close_terms(register.people)
    people, governments = [], []
    for person in register.people:
        start = person.terms[0].start[:4] if person.terms else ""
        local = slugs.take(person.label, person.code, f"{person.code} {start}")
        people += describe_person(person, local)
        heads = [t for t in person.terms if t.effective]
        if heads and len(person.surname) > 2:
            governments.append(describe_administration(person, local, heads, slugs))
    write_entries(target / "office-holders.ttl", people)
    write_entries(target / "administrations.ttl", governments)


def describe_person(person: Person, local: str) -> Iterator[Entry]:
    """A person's entry, and one for each term."""
    terms = [f"{local}-term-{n}" for n in range(1, len(person.terms) + 1)]
    alone = " " not in person.label
    sources = "; ".join(person.sources)
    if FULL_NAMES.get((person.code, person.surname)) == person.label:
        sources += "; full name: general knowledge"
    properties = describe(
        person.label,
        names=name_variants(person),
        plain=[("surname", person.surname), ("countryCode", person.code)],
        resources=[("holdsOffice", t) for t in terms],
        matches=person.matches,
        source=sources + ("; full name not given" if alone else ""),
    )
    yield Entry(local, "Person", properties)
    for name, term in zip(terms, person.terms, strict=True):
        pairs = [
            ("kg:officeHolder", f"id:{local}"),
            ("kg:office", f'"{term.office}"@en'),
            ("kg:ofState", f"id:{term.state}"),
            ("kg:headship", "true" if term.kind in HEADS else "false"),
        ]
        if term.kind in HEADS:
            pairs.append(("kg:effective", "true" if term.effective else "false"))
        pairs += [("kg:validFrom", f'"{term.start}"')] if term.start else []
        pairs += [("kg:validUntil", f'"{term.end}"')] if term.end else []
        yield Entry(name, "Term", tuple(pairs))


def describe_administration(person: Person, local: str, heads: list[Term], slugs: Slugs) -> Entry:
    """The government that a leader formed; the matcher composes "X administration" from it."""
    word = "administration" if person.code == "USA" else "government"
    ends = [t.end for t in heads]
    properties = describe(
        f"{person.surname} {word}",
        plain=[
            ("countryCode", person.code),
            ("validFrom", min(t.start for t in heads)),
            ("validUntil", "" if "" in ends else max(ends)),
        ],
        resources=[("headedBy", local)],
        source="derived from the term of office",
    )
    return Entry(slugs.take(f"{person.surname}-{word}", person.label), "Government", properties)
