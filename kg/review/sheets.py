"""Review files: read, and brought up to date without touching what people wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rdflib import URIRef

from kg.iris import KG
from kg.linking.records import LinkCandidate
from kg.review.entries import (
    Entry,
    Plain,
    Sheet,
    format_entry,
    load_sheet,
    parse_sheet,
    refuse,
    to_plain,
)
from kg.review.log import write_whole
from kg.review.matching import find_like
from kg.review.records import (
    ClaimCase,
    Decision,
    LinkCase,
    ReviewedClaim,
    Thing,
    read_place,
    say_same,
)
from kg.review.wording import (
    VOICE,
    Lookup,
    describe_verdicts,
    format_decision,
    format_relation,
    format_thing,
    read_decision,
    read_iri,
    read_thing,
)

Case = LinkCase | ClaimCase
Key = tuple[str, str]

_HOW_TO_SIGN = """\
# Write author and date beside it, and a comment if you like. Then run the same command again:
# your decisions are kept with the graph and hold in every rebuild; new cases are added below.
# What you wrote, your comments and your order stay as they are. To take a decision back: open.
"""
_LINK_HEADER = f"""\
# Things of the articles that no sure link leads to another dataset, and what they may be.
# Behind “decision:” write one of these, or several as a list:
#   accept TARGET      it is that: an IRI of another dataset, or an entry of the shipped names
#   close TARGET       it is nearly that
#   reject TARGET      it is not that
#   none               no dataset has it
#   merge THING        it is the same as another thing of the articles
#   split PLACES       these mentions (ARTICLE/START-END) mean something else; or
#   split PLACES into THING     that thing; a new one by its name in quotation marks
{_HOW_TO_SIGN}"""
_CLAIM_HEADER = f"""\
# Claims as they were read. Behind “decision:” write accept, reject, or what should be otherwise:
#   {{relation: supports}}     of subject, relation, object, holder, polarity, modality
{_HOW_TO_SIGN}"""


def read_review(
    sheet: Sheet, lookup: Lookup, kept: Sequence[Decision], *, author: str = "", today: str = ""
) -> tuple[Decision, ...]:
    """What the entries of a file decide, in its order.

    `author` signs entries that name none, `today` dates those without a date unless they are among
    the decisions `kept` already. Raises ReviewError with the line of what cannot be understood.
    """
    lines: dict[Key, int] = {}
    decisions = []
    for entry in sheet.entries:
        decision = read_decision(entry, sheet.path, lookup)
        if decision is None:
            continue
        if decision.key in lines:
            message = f"decided already in line {lines[decision.key]}: leave one of the two"
            refuse(sheet.path, entry.line, message)
        lines[decision.key] = entry.line
        line = entry.fields["decision"].line
        author_given = decision.author or " ".join(author.split())
        if not author_given:
            refuse(sheet.path, line, "who decided that? Write “author:”, or give --author")
        decision = replace(decision, author=author_given, source=sheet.path.name)
        decision = replace(decision, date=decision.date or _find_date(decision, kept) or today)
        if not decision.date:
            refuse(sheet.path, line, "when was that decided? Write “date: 2026-01-31”")
        decisions.append(decision)
    return tuple(decisions)


def _find_date(decision: Decision, kept: Sequence[Decision]) -> str:
    """When a decision without a date was recorded, if it was."""
    for each in reversed(kept):
        if each.key == decision.key:
            same = (each.author, each.comment) == (decision.author, decision.comment)
            return each.date if same and say_same(each.verdicts, decision.verdicts) else ""
    return ""


def update_sheet(
    path: Path, cases: Sequence[Case], decided: Mapping[Key, Decision], *, kind: type[Case]
) -> int:
    """Add to a file the cases that it lacks, and decisions that were recorded elsewhere.

    Entries that nobody touched are brought up to date; all others stay byte for byte. `decided`
    has the standing decisions by the keys of the cases they settle. Gives how many cases that wait
    for a decision were added. Raises ReviewError where the file cannot be read or added to.
    """
    header = _LINK_HEADER if kind is LinkCase else _CLAIM_HEADER
    sheet = load_sheet(path) if path.exists() else parse_sheet(header, path)
    texts = {find_key(case): _format_case(case, decided.get(find_key(case))) for case in cases}
    lines = sheet.text.splitlines(keepends=True)
    pieces = lines[: sheet.entries[0].first] if sheet.entries else lines
    covered = set()
    claims = {case.about.iri: case.about for case in cases if isinstance(case, ClaimCase)}
    for entry in sheet.entries:
        key = _find_entry(entry, claims)
        old = "".join(lines[entry.first : entry.last])
        covered.add(key)
        new = texts.get(key) if _is_untouched(entry, old, sheet) else None
        pieces.append(old if new is None else new.rstrip("\n") + old[len(old.rstrip("\n")) :])
    added = [text for key, text in texts.items() if key not in covered]
    waiting = sum(key not in covered and key not in decided for key in texts)
    name = "claim" if kind is ClaimCase else "entity"
    for key, decision in decided.items():
        if key not in texts and key not in covered and key[0] == name:
            added.append(format_decision(replace(decision, source="")))
    text = _join("".join(pieces), added, sheet)
    if len(parse_sheet(text, path).entries) != len(sheet.entries) + len(added):
        refuse(path, None, "nothing can be added below: let the file end after its last entry")
    if text != sheet.text or not path.exists():
        write_whole(path, text)
    return waiting


def _join(text: str, added: Sequence[str], sheet: Sheet) -> str:
    """The text with entries below it, in its own indentation and line ends."""
    if not added:
        return text
    margin = " " * sheet.column
    below = "".join("\n" + "".join(f"{margin}{line}\n" for line in e.splitlines()) for e in added)
    if text and not text.endswith("\n"):
        below = "\n" + below
    return text + (below.replace("\n", "\r\n") if "\r\n" in sheet.text else below)


def _is_untouched(entry: Entry, text: str, sheet: Sheet) -> bool:
    """Whether an entry stands as it was written: with no decision, comment or other spacing."""
    if sheet.column or "\r" in text or any(_read(entry, name) for name in describe_verdicts(None)):
        return False
    fields = {name: to_plain(item) for name, item in entry.fields.items()}
    return text.rstrip("\n") == format_entry(fields).rstrip("\n")


def _read(entry: Entry, name: str) -> str:
    item = entry.fields.get(name)
    return "" if item is None else item.text if item.text is not None else name


def _find_entry(entry: Entry, claims: Mapping[URIRef, ReviewedClaim]) -> Key:
    """The key of the case that an entry is about, though the reader gave it another IRI since."""
    if "claim" not in entry.fields:
        thing = read_thing(_read(entry, "entity"))[1]
        return "entity", str(thing)
    iri = read_iri(_read(entry, "claim"))
    place = read_place(_read(entry, "at"))
    ends = [
        Thing(end or URIRef(""), label)
        for label, end in map(read_thing, (_read(entry, "subject"), _read(entry, "object")))
    ]
    if iri is not None and iri not in claims and place is not None:
        relation = URIRef(_read(entry, "relation"))
        relation = relation if ":" in relation else KG[relation]
        about = ReviewedClaim(iri, place, "", ends[0], relation, ends[1])
        found = find_like(about, claims.values())
        iri = iri if found is None else found.iri
    return "claim", str(iri)


def find_key(case: Case) -> Key:
    """The key of the decision that would settle a case."""
    if isinstance(case, ClaimCase):
        return "claim", str(case.about.iri)
    return "entity", str(case.about.thing.iri)


# -------------------------------------------------------------------------------------- entries


def _format_case(case: Case, decision: Decision | None) -> str:
    fields = _describe_claim(case) if isinstance(case, ClaimCase) else _describe_link(case)
    return format_entry(fields | describe_verdicts(decision))


def _describe_claim(case: ClaimCase) -> dict[str, Plain]:
    about = case.about
    fields: dict[str, Plain] = {
        "claim": str(about.iri),
        "at": str(about.place),
        "source": case.source,
        "quote": " ".join(about.quote.split()),
        "sentence": case.sentence,
        "subject": format_thing(about.subject),
        "relation": format_relation(about.relation),
        "object": format_thing(about.object),
        "holder": case.holder.label if case.holder.label == VOICE else format_thing(case.holder),
        "polarity": case.polarity.value,
        "modality": case.modality.value,
        "confidence": case.confidence or "",
    }
    return {name: value for name, value in fields.items() if value}


def _describe_link(case: LinkCase) -> dict[str, Plain]:
    fields: dict[str, Plain] = {"entity": format_thing(case.about.thing)}
    if case.about.article is not None:
        fields["article"] = case.about.article
    fields["kind"] = format_relation(case.kind)
    fields["why"] = case.reason
    if case.candidates:
        fields["candidates"] = [_describe_candidate(each) for each in case.candidates]
    if case.evidence:
        fields["evidence"] = [
            {"at": str(place), "source": source, "sentence": sentence}
            for place, source, sentence in case.evidence
        ]
    if case.further:
        fields["further"] = " ".join(map(str, case.further))
    return fields


def _describe_candidate(candidate: LinkCandidate) -> Plain:
    fields: dict[str, Plain] = {
        "target": str(candidate.target),
        "label": candidate.label,
        "score": f"{candidate.score:.2f}",
        "parts": {part: f"{value:.2f}" for part, value in candidate.parts},
        "description": candidate.description,
        "reason": candidate.reason,
    }
    return {name: value for name, value in fields.items() if value}
