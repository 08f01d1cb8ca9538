"""The claims and mentions of a reading as JSON lines, CSV or a plain table."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rdflib import URIRef

from kg.errors import ExportError
from kg.extraction.naming import NAMED_KINDS
from kg.model import Claim, Entity, MentionForm, Period, Reading, Span

TABLE_FORMATS = ("jsonl", "csv", "table")

_WIKIDATA = "http://www.wikidata.org/entity/"
_WIDEST = 48

Record = Mapping[str, object]


def export_claims(reading: Reading, format: str) -> str:
    """The claims in the order of their evidence; `jsonl` has one JSON object a line.

    Raises ExportError for a format that is not among TABLE_FORMATS.
    """
    columns = (
        "subject",
        "relation",
        "object",
        "topic",
        "polarity",
        "modality",
        "holder",
        "time",
        "sentence",
    )
    return _format_records(columns, list(_list_claims(reading)), format)


def export_mentions(reading: Reading, format: str) -> str:
    """The places where the text names something, in order; formats as for claims.

    Of names inside a longer name only the longer is listed.

    Raises ExportError for a format that is not among TABLE_FORMATS.
    """
    columns = ("start", "end", "text", "name", "type", "wikidata")
    return _format_records(columns, list(_list_mentions(reading)), format)


def _list_claims(reading: Reading) -> Iterator[Record]:
    document = reading.document
    entities = {entity.iri: entity for entity in reading.entities}
    wikidata = _find_wikidata(reading)

    def describe(iri: URIRef, phrase: Span | None) -> Record:
        entity = entities[iri]
        return {
            "name": entity.label,
            "mention": _choose_mention(reading, entity, phrase),
            "type": _local_name(entity.kind),
            "country": entity.country,
            "wikidata": wikidata.get(iri),
        }

    for claim in sorted(reading.claims, key=_place):
        evidence = claim.evidence
        yield {
            "subject": describe(claim.subject, evidence.subject),
            "relation": _local_name(claim.relation),
            "object": describe(claim.object, evidence.object),
            "topic": document.quote(claim.topic) if claim.topic else None,
            "polarity": claim.polarity.value,
            "modality": claim.modality.value,
            "holder": "author" if claim.holder is None else describe(claim.holder, None),
            "time": format_period(claim.period),
            "sentence": document.quote(evidence.sentence),
            "quote": document.quote(evidence.quote),
            "start": evidence.quote.start,
            "end": evidence.quote.end,
            "frame": _local_name(evidence.frame),
            "confidence": claim.confidence,
        }


def _list_mentions(reading: Reading) -> Iterator[Record]:
    wikidata = _find_wikidata(reading)
    found = [(mention.span, entity) for entity in reading.entities for mention in entity.mentions
             if mention.form in {MentionForm.NAME, MentionForm.ADJECTIVE}]  # fmt: skip
    reached = -1
    for span, entity in sorted(found, key=lambda pair: (pair[0].start, -pair[0].end, pair[1].iri)):
        if span.end <= reached:
            continue
        reached = span.end if entity.kind in NAMED_KINDS else reached
        yield {
            "start": span.start,
            "end": span.end,
            "text": reading.document.quote(span),
            "name": entity.label,
            "type": _local_name(entity.kind),
            "wikidata": wikidata.get(entity.iri),
        }


def format_period(period: Period | None) -> str | None:
    """A time as the gold files write it: "2017-11", "1951/1960", "2017/.."; None for no time."""
    if period is None or (period.start is None and period.end is None):
        return None
    if period.start == period.end:
        return period.start
    return f"{period.start or '..'}/{period.end or '..'}"


def _find_wikidata(reading: Reading) -> dict[URIRef, str]:
    links = sorted(reading.links, key=lambda link: (link.score, str(link.target)))
    return {
        link.entity: link.target.removeprefix(_WIKIDATA)
        for link in links
        if link.target.startswith(_WIKIDATA)
    }


def _choose_mention(reading: Reading, entity: Entity, phrase: Span | None) -> str:
    """The words of the article for a thing: the phrase itself, or a name where that is none.

    For a pronoun or "the two countries" the name that the article uses most says more.
    """
    quote = reading.document.quote
    names = [
        quote(mention.span)
        for mention in sorted(entity.mentions, key=lambda m: m.span)
        if mention.form in {MentionForm.NAME, MentionForm.ADJECTIVE}
    ]
    if phrase is not None and (not names or any(name in quote(phrase) for name in names)):
        return quote(phrase)
    if not names:
        return entity.label
    counts = Counter(names)
    return max(counts, key=lambda name: (counts[name], -names.index(name)))


def _place(claim: Claim) -> tuple[Span, Span, str]:
    return claim.evidence.sentence, claim.evidence.trigger, claim.iri


def _local_name(iri: URIRef) -> str:
    return iri.rsplit("#", 1)[-1]


# ---------------------------------------------------------------------------------- formatting


def _format_records(columns: Sequence[str], records: Sequence[Record], format: str) -> str:
    if format == "jsonl":
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    rows = [[_format_cell(record[column]) for column in columns] for record in records]
    if format == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([columns, *rows])
        return out.getvalue()
    if format == "table":
        return _format_table(columns, rows)
    message = f"no format {format}: choose one of {', '.join(TABLE_FORMATS)}"
    raise ExportError(message, target=format)


def _format_cell(value: object) -> str:
    if value is None:
        return ""
    return str(value["name"]) if isinstance(value, Mapping) else str(value)


def _format_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [list(columns), *([_clip(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(columns))]
    lines.insert(1, ["-" * width for width in widths])
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for line in lines
    )


def _clip(cell: str) -> str:
    flat = " ".join(cell.split())
    return flat if len(flat) <= _WIDEST else flat[: _WIDEST - 1] + "…"
