"""Review that lasts: what people decide of links and claims, and what comes of it."""

from kg.review.log import find_standing, read_decisions, record_decision
from kg.review.records import (
    Correction,
    Decision,
    Outcome,
    Place,
    ReviewedClaim,
    ReviewedThing,
    Thing,
    Verdict,
)

__all__ = [
    "Correction",
    "Decision",
    "Outcome",
    "Place",
    "ReviewedClaim",
    "ReviewedThing",
    "Thing",
    "Verdict",
    "find_standing",
    "read_decisions",
    "record_decision",
]
