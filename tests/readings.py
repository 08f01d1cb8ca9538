"""Readings of sentences, and their claims and mentions as short lines that tests compare."""

import hashlib

import pytest

from kg import iris
from kg.export.tables import format_period
from kg.model import Block, BlockKind, Document, Span


def make_prose(*paragraphs, issued=None, kind=BlockKind.PROSE):
    """An article of nothing but paragraphs, whatever they hold."""
    text = "\n\n".join(paragraphs)
    blocks, start = [], 0
    for paragraph in paragraphs:
        blocks.append(Block(Span(start, start + len(paragraph)), kind))
        start += len(paragraph) + 2
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(
        iri=iris.mint_document(digest),
        text=text,
        source="prose.txt",
        digest=digest,
        title=None,
        authors=(),
        issued=issued,
        received=None,
        journal=None,
        language="en",
        blocks=tuple(blocks),
    )


def list_claims(reading):
    """Each claim as "Canada withdrawsFrom Kyoto Protocol positive asserted author 2011"."""
    return [describe_claim(reading, claim) for claim in reading.claims]


def describe_claim(reading, claim):
    """One claim in a line: ends, polarity, modality, holder and time."""
    labels = {entity.iri: entity.label for entity in reading.entities}
    words = [
        labels[claim.subject],
        claim.relation.rsplit("#", 1)[1],
        labels[claim.object],
        claim.polarity.value,
        claim.modality.value,
        "author" if claim.holder is None else labels[claim.holder],
        format_period(claim.period) or "",
    ]
    return " ".join(words).strip()


def list_mentions(reading):
    """Each mention as "the EU: European Union, Organization, name", in text order."""
    found = [
        (mention.span, mention, entity)
        for entity in reading.entities
        for mention in entity.mentions
    ]
    return [
        f"{reading.document.quote(span)}: {entity.label}, {entity.kind.rsplit('#', 1)[1]}, "
        f"{mention.form.value}"
        for span, mention, entity in sorted(found, key=lambda row: (row[0], row[2].iri))
    ]


def list_triples(reading):
    """The claims without their saying: "Canada withdrawsFrom Kyoto Protocol"."""
    labels = {entity.iri: entity.label for entity in reading.entities}
    return [
        f"{labels[c.subject]} {c.relation.rsplit('#', 1)[1]} {labels[c.object]}"
        for c in reading.claims
    ]


def case(text, *expected, never=(), fails=None):
    """A text with what must be read from it, and what must not; `fails` says what goes wrong."""
    marks = [pytest.mark.xfail(strict=False, reason=fails)] if fails else []
    return pytest.param(text, set(expected), set(never), id=text, marks=marks)
