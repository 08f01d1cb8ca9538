"""Decisions as entries of a file and back: what people write, and what is told them if it is wrong.

A thing stands as "Japan <https://w3id.org/concord/id/Japan>"; people may also give its IRI alone,
or its name where only one thing has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from rdflib import URIRef

from kg.errors import UnknownTermError
from kg.iris import KG, mint_author_voice, mint_entity, mint_split
from kg.model import Modality, Polarity
from kg.rdf import PREFIXES, format_term
from kg.review.entries import Entry, Item, Plain, format_entry, refuse
from kg.review.records import (
    OF_CLAIMS,
    OF_LINKS,
    Correction,
    Decision,
    Outcome,
    ReviewedClaim,
    ReviewedThing,
    Thing,
    Verdict,
    is_merger,
    read_place,
)

VOICE = "the article"
_PREFIXES = {
    **PREFIXES,
    "wd": "http://www.wikidata.org/entity/",
    "dbr": "http://dbpedia.org/resource/",
    "geonames": "https://sws.geonames.org/",
}
# Pages that people copy from their browser, and the thing that each is about.
_PAGES = (
    (r"https?://(?:www\.|m\.)?wikidata\.org/(?:wiki|entity)/(Q[1-9]\d*)", "wd", ""),
    (r"(Q[1-9]\d*)", "wd", ""),
    (r"https?://dbpedia\.org/(?:page|resource)/(\S+)", "dbr", ""),
    (r"https?://(?:www\.|sws\.)?geonames\.org/(\d+)(?:/\S*)?", "geonames", "/"),
)
_WITH_IRI = re.compile(r"(.*?)\s*<([^<>\s]+)>")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\]+")
_DATE = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)

_SHARED = ("decision", "author", "date", "comment", "from")
_OF_CLAIM = (
    "claim", "at", "source", "quote", "sentence", "subject", "relation", "object", "holder",
    "polarity", "modality", "confidence", *_SHARED,
)  # fmt: skip
_OF_ENTITY = (
    "entity", "kind", "article", "why", "candidates", "evidence", "further", *_SHARED
)  # fmt: skip
_CORRECTED = ("subject", "relation", "object", "holder", "polarity", "modality")


@dataclass(frozen=True, slots=True)
class Home:
    """A thing's name and kind, and the article in which alone it is known, if there is one."""

    label: str = ""
    kind: URIRef | None = None
    article: str | None = None


class Lookup(Protocol):
    """Knows what names mean; each raises UnknownTermError where a name means none or several."""

    def find_thing(self, name: str) -> Thing:
        """The thing of a name or IRI, of the graph or of the shipped names."""

    def find_relation(self, name: str) -> URIRef:
        """The relation of a name or IRI."""

    def find_claim(self, iri: URIRef) -> ReviewedClaim | None:
        """The claim of an IRI as it was read, None if it is not in the graph."""

    def find_home(self, thing: URIRef) -> Home:
        """What is known of a thing; empty where nothing is."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """One entry of a file, and what can be asked of it."""

    entry: Entry
    path: Path
    lookup: Lookup

    def read(self, name: str) -> str:
        item = self.entry.fields.get(name)
        if item is None:
            return ""
        if item.text is None:
            refuse(self.path, item.line, f"“{name}” is a text, no list")
        return item.text.strip()

    def line(self, name: str) -> int:
        item = self.entry.fields.get(name)
        return self.entry.line if item is None else item.line

    def find_thing(self, text: str, line: int, *, outside: bool = False) -> Thing:
        """The thing that a text names; with `outside` it may be any IRI."""
        try:
            label, iri = read_thing(text)
            if iri is not None and outside and not iri.startswith(str(PREFIXES["id"])):
                return Thing(iri, label)
            if iri is None and outside and (known := self._find_candidate(text)) is not None:
                return known
            found = self.lookup.find_thing(text if iri is None else str(iri))
        except UnknownTermError as error:
            refuse(self.path, line, str(error))
        return Thing(found.iri, found.label or label)

    def _find_candidate(self, name: str) -> Thing | None:
        """The one candidate of the entry that has a label."""
        item = self.entry.fields.get("candidates")
        found: set[Thing] = set()
        for each in item.value if item is not None and isinstance(item.value, tuple) else ():
            fields = each.value if isinstance(each.value, dict) else {}
            label, target = (fields[key].text if key in fields else None for key in _CANDIDATE)
            if label and target and label.casefold() == name.casefold():
                iri = read_iri(target)
                found.update({Thing(iri, label)} if iri is not None else ())
        return found.pop() if len(found) == 1 else None


_CANDIDATE = ("label", "target")


# ------------------------------------------------------------------------------------- reading


def read_decision(entry: Entry, path: Path, lookup: Lookup) -> Decision | None:
    """What an entry decides, None where it leaves that open; author and date may be empty.

    Raises ReviewError with the line of what cannot be understood.
    """
    reader = _Reader(entry, path, lookup)
    names = _OF_CLAIM if "claim" in entry.fields else _OF_ENTITY
    if not {"claim", "entity"} & entry.fields.keys():
        refuse(path, entry.line, "an entry needs “claim: IRI” or “entity: IRI”")
    for name in entry.fields:
        if name not in names:
            known = ", ".join(names)
            refuse(path, reader.line(name), f"“{name}” is not known here: there are {known}")
    decided = entry.fields.get("decision")
    if decided is None or decided.value == "":
        return None
    about = _read_claim(reader) if "claim" in entry.fields else _read_entity(reader)
    if isinstance(about, ReviewedClaim):
        verdicts: tuple[Verdict, ...] = (_read_claim_verdict(reader, decided, about),)
    else:
        several = decided.value if isinstance(decided.value, tuple) else (decided,)
        verdicts = tuple(_read_link_verdict(reader, each, about) for each in several)
        _check_together(reader, verdicts, decided.line)
    return Decision(
        about=about,
        verdicts=verdicts,
        author=" ".join(reader.read("author").split()),
        date=_read_date(reader),
        comment=reader.read("comment"),
        source=reader.read("from"),
    )


def _read_claim(reader: _Reader) -> ReviewedClaim:
    iri = read_iri(reader.read("claim"))
    if iri is None:
        refuse(reader.path, reader.line("claim"), "“claim” is no IRI: copy that of the claim")
    known = reader.lookup.find_claim(iri)
    if known is not None:
        return known
    place = read_place(reader.read("at"))
    if place is None or place.span is None:
        message = (
            f"the graph has no claim {iri}, and without “at: ARTICLE/START-END” it is not found"
        )
        refuse(reader.path, reader.line("at" if reader.read("at") else "claim"), message)
    ends = []
    for name in ("subject", "object"):
        label, end = read_thing(reader.read(name))
        if end is None:
            message = f"the graph has no claim {iri}, and “{name}” has no IRI to find it by"
            refuse(reader.path, reader.line(name), message)
        ends.append(Thing(end, label))
    relation = _read_relation(reader, reader.read("relation"), reader.line("relation"))
    return ReviewedClaim(iri, place, reader.read("quote"), ends[0], relation, ends[1])


def _read_entity(reader: _Reader) -> ReviewedThing:
    label, iri = read_thing(reader.read("entity"))
    if iri is None:
        refuse(reader.path, reader.line("entity"), "“entity” has no IRI: write “Name <IRI>”")
    article = reader.read("article")
    if not article:
        home = reader.lookup.find_home(iri)
        return ReviewedThing(Thing(iri, label or home.label), home.article)
    place = read_place(article)
    if place is None or place.span is not None:
        refuse(reader.path, reader.line("article"), "“article” has 16 hexadecimal digits")
    return ReviewedThing(Thing(iri, label), place.article)


def _read_date(reader: _Reader) -> str:
    text = reader.read("date")
    if not text:
        return ""
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        refuse(reader.path, reader.line("date"), f"“{text}” is no date: write 2026-01-31")
    day, minutes, seconds, zone = match.groups()
    return day if minutes is None else f"{day}T{minutes}{seconds or ':00'}{zone or ''}"


def _read_claim_verdict(reader: _Reader, decided: Item, about: ReviewedClaim) -> Verdict:
    if isinstance(decided.value, dict):
        return Verdict(Outcome.CORRECT, correction=_read_correction(reader, decided, about))
    words = "accept, reject or open, or what is to change: {relation: supports}"
    text = decided.text
    if text is None:
        refuse(reader.path, decided.line, f"a claim has one decision: {words}")
    word = text.strip().casefold()
    if word not in {each.value for each in OF_CLAIMS - {Outcome.CORRECT}}:
        refuse(reader.path, decided.line, f"“{text}” is no decision on a claim: write {words}")
    return Verdict(Outcome(word))


def _read_correction(reader: _Reader, decided: Item, about: ReviewedClaim) -> Correction:
    assert isinstance(decided.value, dict)
    read: dict[str, Thing | URIRef | Polarity | Modality] = {}
    for name, item in decided.value.items():
        text, line = (item.text or "").strip(), item.line
        if name not in _CORRECTED:
            known = ", ".join(_CORRECTED)
            refuse(reader.path, line, f"“{name}” of a claim cannot change: there are {known}")
        if not text:
            refuse(reader.path, line, f"what should “{name}” be? Write it behind the colon")
        if name == "relation":
            read[name] = _read_relation(reader, text, line)
        elif name in ("polarity", "modality"):
            options = {each.value: each for each in (Polarity if name == "polarity" else Modality)}
            if text.casefold() not in options:
                known = ", ".join(options)
                refuse(reader.path, line, f"“{text}” is no {name}: there are {known}")
            read[name] = options[text.casefold()]
        elif name == "holder" and text.casefold() in {VOICE, "article"}:
            read[name] = Thing(mint_author_voice(about.place.document), VOICE)
        else:
            read[name] = reader.find_thing(text, line)
    if not read:
        refuse(reader.path, decided.line, "nothing is to change: write {relation: supports}")
    return Correction(**read)  # type: ignore[arg-type]


def _read_relation(reader: _Reader, text: str, line: int) -> URIRef:
    try:
        return reader.lookup.find_relation(text)
    except UnknownTermError as error:
        refuse(reader.path, line, str(error))


def _read_link_verdict(reader: _Reader, decided: Item, about: ReviewedThing) -> Verdict:
    words = ", ".join(each.value for each in Outcome if each in OF_LINKS)
    if decided.text is None:
        refuse(reader.path, decided.line, f"only claims change so: write one of {words}")
    word, _, rest = decided.text.strip().partition(" ")
    rest = rest.strip()
    if word.casefold() not in {each.value for each in OF_LINKS}:
        refuse(
            reader.path, decided.line, f"“{word}” is no decision on a thing: write one of {words}"
        )
    outcome = Outcome(word.casefold())
    if outcome in (Outcome.NONE, Outcome.OPEN):
        if rest:
            refuse(reader.path, decided.line, f"“{outcome.value}” stands alone: take “{rest}” out")
        return Verdict(outcome)
    if not rest:
        refuse(reader.path, decided.line, f"{outcome.value} what? Write its IRI behind the word")
    if outcome is Outcome.SPLIT:
        return _read_split(reader, rest, decided.line, about)
    outside = outcome is not Outcome.MERGE
    target = reader.find_thing(rest, decided.line, outside=outside)
    if target.iri == about.thing.iri:
        message = f"{target.iri} is the thing itself: to part it, split the mentions off"
        refuse(reader.path, decided.line, message)
    return Verdict(outcome, target)


def _read_split(reader: _Reader, text: str, line: int, about: ReviewedThing) -> Verdict:
    listed, into, name = re.sub(r"\s+", " ", text).partition(" into ")
    places = []
    for word in re.split(r"[,\s]+", listed.strip(", ")):
        full = word if about.article is None or "-" not in word else f"{about.article}/{word}"
        place = read_place(word) or read_place(full)
        if place is None:
            message = f"“{word}” is no place of a mention: write ARTICLE/START-END as in “evidence”"
            refuse(reader.path, line, message)
        places.append(place)
    places.sort(key=str)
    if not into:
        iri = mint_split(about.thing.iri, *map(str, places))
        return Verdict(Outcome.SPLIT, Thing(iri, about.thing.label), tuple(places))
    if read_thing(name)[1] is None and (quoted := name.strip("\"“”'")) != name:
        kind = reader.lookup.find_home(about.thing.iri).kind or KG.Concept
        target = Thing(mint_entity(places[0].document, kind, quoted), quoted)
    else:
        target = reader.find_thing(name, line)
    return Verdict(Outcome.SPLIT, target, tuple(places))


def _check_together(reader: _Reader, verdicts: Sequence[Verdict], line: int) -> None:
    """Refuse what contradicts itself."""
    outcomes = [verdict.outcome for verdict in verdicts]
    if not outcomes:
        refuse(reader.path, line, "an empty list decides nothing")
    if len(outcomes) > 1 and Outcome.OPEN in outcomes:
        refuse(reader.path, line, "“open” takes all back: it stands alone")
    if sum(map(is_merger, verdicts)) > 1:
        refuse(reader.path, line, "a thing is merged with one other: merge that with the next")
    targets = [
        verdict.target.iri
        for verdict in verdicts
        if verdict.target is not None and verdict.outcome is not Outcome.SPLIT
    ]
    if len(set(targets)) < len(targets):
        refuse(reader.path, line, "two decisions about the same target: leave one")


def read_thing(text: str) -> tuple[str, URIRef | None]:
    """The label and IRI in "Japan <https://…>" or either alone; what is missing is empty, None."""
    match = _WITH_IRI.fullmatch(text.strip())
    if match is not None:
        iri = read_iri(match[2])
        return (match[1], iri) if iri is not None else (text.strip(), None)
    iri = read_iri(text.strip())
    return ("", iri) if iri is not None else (text.strip(), None)


def read_iri(text: str) -> URIRef | None:
    """The IRI that a text is, in full, with a usual prefix, or as the page about it; else None."""
    for pattern, prefix, ending in _PAGES:
        if (match := re.fullmatch(pattern, text)) is not None:
            return URIRef(f"{_PREFIXES[prefix]}{match[1]}{ending}")
    prefix, colon, local = text.partition(":")
    if colon and prefix in _PREFIXES and re.fullmatch(r"[\w.-]+", local):
        text = f"{_PREFIXES[prefix]}{local}"
    if _ABSOLUTE.fullmatch(text) is None or "//" not in text:
        return None
    try:
        format_term(URIRef(text))
    except ValueError:  # The engine would not take it.
        return None
    return URIRef(text)


# ------------------------------------------------------------------------------------- writing


def format_decision(decision: Decision) -> str:
    """The entry that keeps a decision."""
    fields = describe_decision(decision)
    return format_entry({name: value for name, value in fields.items() if value})


def describe_decision(decision: Decision) -> dict[str, Plain]:
    """The fields of an entry that keeps a decision."""
    about = decision.about
    fields: dict[str, Plain]
    if isinstance(about, ReviewedClaim):
        fields = {
            "claim": str(about.iri),
            "at": str(about.place),
            "quote": about.quote,
            "subject": format_thing(about.subject),
            "relation": format_relation(about.relation),
            "object": format_thing(about.object),
        }
    else:
        fields = {"entity": format_thing(about.thing)}
        if about.article is not None:
            fields["article"] = about.article
    return fields | describe_verdicts(decision) | {"from": decision.source}


def describe_verdicts(decision: Decision | None) -> dict[str, Plain]:
    """The fields that say what was decided, by whom and when; empty where nothing was."""
    if decision is None:
        return dict.fromkeys(("decision", "author", "date", "comment"), "")
    listed = [format_verdict(verdict) for verdict in decision.verdicts]
    return {
        "decision": listed[0] if len(listed) == 1 else listed,
        "author": decision.author,
        "date": decision.date,
        "comment": decision.comment,
    }


def format_verdict(verdict: Verdict) -> Plain:
    """What was decided, as it is read from a file."""
    if verdict.correction is not None:
        return _describe_correction(verdict.correction)
    words = [verdict.outcome.value, *map(str, verdict.places)]
    if verdict.places:
        words.append("into")
    if verdict.target is not None:
        words.append(format_thing(verdict.target))
    return " ".join(words)


def _describe_correction(correction: Correction) -> Mapping[str, Plain]:
    fields: dict[str, Plain] = {}
    for name in _CORRECTED:
        value = getattr(correction, name)
        if isinstance(value, Thing):
            fields[name] = format_thing(value)
        elif isinstance(value, Polarity | Modality):
            fields[name] = value.value
        elif value is not None:
            fields[name] = format_relation(value)
    return fields


def format_thing(thing: Thing) -> str:
    """A thing as people read and write it: "Japan <https://w3id.org/concord/id/Japan>"."""
    label = " ".join(thing.label.translate({ord("<"): " ", ord(">"): " "}).split())
    return f"{label} <{thing.iri}>" if label else str(thing.iri)


def format_relation(relation: URIRef) -> str:
    """The name of a relation of the ontology, else its IRI."""
    return relation.removeprefix(str(KG))
