"""Finding the claim that a decision is about among those that were read this time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rdflib import URIRef

from kg.model import Span
from kg.review.records import Correction, Decision, ReviewedClaim, Thing, fold_name

_SHARED = 0.5
"""How much of the shorter of two quotes must be in both, for them to be one."""


def find_again(
    decisions: Sequence[Decision], claims: Mapping[URIRef, ReviewedClaim]
) -> tuple[dict[URIRef, Decision], list[Decision]]:
    """The claims that decisions are about, each with the last of them, and those that found none.

    A claim of the same IRI is the same; else of those that no other decision is about by IRI the
    one whose quote fits best, if it is the only one.
    """
    found: dict[URIRef, Decision] = {}
    lost: list[tuple[Decision, ReviewedClaim]] = []
    for decision in decisions:
        about = decision.about
        if isinstance(about, ReviewedClaim):
            if about.iri in claims:
                found[about.iri] = decision
            else:
                lost.append((decision, about))
    free = [claim for iri, claim in claims.items() if iri not in found]
    still = []
    for decision, about in lost:
        claim = find_like(about, free)
        if claim is None:
            still.append(decision)
        else:
            found[claim.iri] = decision
    return found, still


def find_like(about: ReviewedClaim, claims: Iterable[ReviewedClaim]) -> ReviewedClaim | None:
    """The one claim that says the same of the same two things in much the same words."""
    fitting = [
        (_measure_overlap(about.place.span, claim.place.span), claim)
        for claim in claims
        if claim.relation == about.relation
        and claim.place.article == about.place.article
        and _is_same(about.subject, claim.subject)
        and _is_same(about.object, claim.object)
    ]
    best = max((overlap for overlap, _ in fitting), default=0.0)
    winners = [claim for overlap, claim in fitting if overlap == best]
    return winners[0] if best >= _SHARED and len(winners) == 1 else None


def apply_correction(about: ReviewedClaim, correction: Correction) -> ReviewedClaim:
    """The claim that should have been read, as far as it concerns ends and relation."""
    return replace(
        about,
        subject=correction.subject or about.subject,
        relation=correction.relation or about.relation,
        object=correction.object or about.object,
    )


def _is_same(one: Thing, other: Thing) -> bool:
    if one.iri == other.iri:
        return True
    return one.label != "" and fold_name(one.label) == fold_name(other.label)


def _measure_overlap(one: Span | None, other: Span | None) -> float:
    """At least one half if half of the shorter stretch is in both; more the more alike they are."""
    if one is None or other is None:
        return 0.0
    shared = min(one.end, other.end) - max(one.start, other.start)
    lengths = one.end - one.start, other.end - other.start
    if shared <= 0 or shared < _SHARED * min(lengths):
        return 0.0
    return _SHARED + shared / (2 * max(lengths))
