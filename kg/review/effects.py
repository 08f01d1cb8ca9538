"""What decisions came to: the record from which the graph of decisions is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rdflib import URIRef

from kg.iris import ID
from kg.linking.strangers import Meeting, Proposal
from kg.model import Finding, Severity
from kg.rdf import Triple
from kg.review.correcting import FormerClaim
from kg.review.known import MAPPINGS
from kg.review.records import Decision, ReviewedClaim, ReviewedThing, Verdict

CHECK = "review"


@dataclass(slots=True, eq=False)
class Effect:
    """What one verdict did: to `on`, with what `result`, and which claims it took out.

    `about` is what the decision is about as it is now. `changes` are (property, before, after);
    `mentions` are those that were split off.
    """

    decision: Decision
    verdict: Verdict
    on: URIRef
    about: ReviewedClaim | ReviewedThing
    result: URIRef | None = None
    changes: list[tuple[URIRef, URIRef, URIRef]] = field(default_factory=list)
    former: list[FormerClaim] = field(default_factory=list)
    mentions: list[URIRef] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rejections:
    """The links that people rejected: of a thing to one target, or all to other datasets.

    Where somebody accepted a target of a dataset, all others of that dataset are rejected:
    `accepted` has them by thing and by the beginning that the IRIs of the dataset share.
    """

    pairs: frozenset[tuple[URIRef, URIRef]]
    things: frozenset[URIRef]
    accepted: Mapping[tuple[URIRef, str], frozenset[URIRef]]

    def cover(self, triple: Triple) -> bool:
        """Whether a triple is such a link."""
        subject, predicate, object_ = triple
        if predicate not in MAPPINGS or not isinstance(object_, URIRef):
            return False
        if (subject, object_) in self.pairs:
            return True
        if object_.startswith(str(ID)):
            return False
        only = self.accepted.get((subject, find_dataset(object_)))
        return subject in self.things or (only is not None and object_ not in only)


def part_strangers(
    meetings: Iterable[Meeting], proposals: Iterable[Proposal], rejections: Rejections
) -> tuple[list[Meeting], list[Proposal]]:
    """What is one thing in several articles, and what may be, without what people rejected."""
    apart = rejections.pairs | {(other, one) for one, other in rejections.pairs}
    left = []
    for meeting in meetings:
        members: list[URIRef] = []
        for member in meeting.members:
            if all((member, other) not in apart for other in members):
                members.append(member)
        if len(members) > 1:
            left.append(Meeting(tuple(members)))
    return left, [each for each in proposals if (each.thing, each.candidate.target) not in apart]


def find_dataset(target: URIRef) -> str:
    """The beginning that the IRIs of a target's dataset share."""
    return target.rstrip("/").rsplit("/", 1)[0]


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of decisions beside the graphs that they changed.

    `rejections` are to be kept out of the background; `findings` tell of decisions that found
    nothing to decide on.
    """

    rejections: Rejections
    findings: tuple[Finding, ...]


def report_lost(decision: Decision) -> Finding:
    """Tell of a decision whose claim or thing is not in its article any more."""
    about = decision.about
    if isinstance(about, ReviewedClaim):
        ends = " … ".join(end.label or end.iri for end in (about.subject, about.object))
        what, iri = f"the claim on {ends} in “{about.quote}”", about.iri
    else:
        what, iri = f"“{about.thing.label or about.thing.iri}”", about.thing.iri
    message = (
        f"what {decision.author} decided on {decision.date} finds {what} no more: "
        "decide anew, or take it back with “decision: open”"
    )
    return Finding(Severity.WARNING, CHECK, str(iri), message)


def report_absent(decisions: Iterable[Decision]) -> list[Finding]:
    """Tell of decisions that wait for articles that are not in the graph."""
    count = sum(1 for _ in decisions)
    if not count:
        return []
    wait = "decision waits" if count == 1 else "decisions wait"
    message = f"{count} {wait} for articles that are not in the graph"
    return [Finding(Severity.INFO, CHECK, "", message)]
