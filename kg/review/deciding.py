"""What somebody decides on a page about one claim or link, as a decision to keep.

A page shows the graph as decisions have left it, and a decision tells what of the article as it
was read should be otherwise: a claim that was corrected is corrected anew from what was read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rdflib import URIRef

from kg import iris
from kg.errors import UnknownTermError
from kg.iris import mint_author_voice
from kg.model import Modality, Polarity
from kg.review.articles import ReadClaim
from kg.review.known import Known
from kg.review.log import find_standing
from kg.review.lookup import GraphLookup
from kg.review.records import (
    Correction,
    Decision,
    Outcome,
    ReviewedThing,
    Thing,
    Verdict,
    fold_name,
    is_merger,
)
from kg.review.wording import VOICE, read_thing

_ENDS = ("subject", "object", "holder")
_Option = TypeVar("_Option", Polarity, Modality)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who decides, when (an ISO 8601 date and time), and what for."""

    author: str
    date: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """What decisions on pages are made with: the graph, its names, and what was decided before."""

    known: Known
    lookup: GraphLookup
    kept: Sequence[Decision] = ()


def decide_claim(
    review: Review,
    claim: URIRef,
    outcome: Outcome,
    signature: Signature,
    wanted: Mapping[str, str] | None = None,
) -> Decision:
    """A decision on the claim of an IRI, or on that of which it is a correction.

    `wanted` says what a corrected claim should say: things by name or IRI or both, relation,
    polarity and modality by name; what is left out stays as it was read. Raises UnknownTermError
    where a name means nothing or several, nothing changes, or the claim is not in the graph.
    """
    about = review.lookup.find_claim(claim)
    if about is None:
        message = f"the graph has no claim {claim} any more: load the page again"
        raise UnknownTermError(message, term=str(claim))
    if outcome is not Outcome.CORRECT:
        return _sign(about, (Verdict(outcome),), signature)
    read = review.known.read(iris.article_graph(about.place.document)).claims()[about.iri]
    correction = _make_correction(review.lookup, read, about.place.document, wanted or {})
    return _sign(about, (Verdict(Outcome.CORRECT, correction=correction),), signature)


def _sign(about: object, verdicts: tuple[Verdict, ...], signature: Signature) -> Decision:
    return Decision(about, verdicts, signature.author, signature.date, signature.comment)  # type: ignore[arg-type]


def _make_correction(
    lookup: GraphLookup, read: ReadClaim, document: URIRef, wanted: Mapping[str, str]
) -> Correction:
    changed: dict[str, Thing | URIRef | Polarity | Modality] = {}
    for name, text in ((name, text.strip()) for name, text in wanted.items()):
        if not text:
            continue
        if name in _ENDS:
            thing = _find_end(lookup, name, text, document)
            if thing.iri != getattr(read, name):
                changed[name] = thing
        elif name == "relation":
            relation = lookup.find_relation(text)
            if relation != read.relation:
                changed[name] = relation
        elif name == "polarity" and (polarity := _pick(Polarity, text)) is not read.polarity:
            changed[name] = polarity
        elif name == "modality" and (modality := _pick(Modality, text)) is not read.modality:
            changed[name] = modality
    if not changed:
        raise UnknownTermError("it was read so: change something, or accept it", term="")
    if isinstance(subject := changed.get("subject"), Thing):
        _refuse_itself(subject.iri, _end_of(changed, "object", read.object))
    elif isinstance(other := changed.get("object"), Thing):
        _refuse_itself(other.iri, read.subject)
    return Correction(**changed)  # type: ignore[arg-type]


def _end_of(changed: Mapping[str, object], name: str, read: URIRef) -> URIRef:
    thing = changed.get(name)
    return thing.iri if isinstance(thing, Thing) else read


def _refuse_itself(one: URIRef, other: URIRef) -> None:
    if one == other:
        raise UnknownTermError("a claim is on two things: name another at one end", term=str(one))


def _find_end(lookup: GraphLookup, name: str, text: str, document: URIRef) -> Thing:
    if name == "holder" and text.casefold() in {VOICE, "article", "the article itself"}:
        return Thing(mint_author_voice(document), VOICE)
    label, iri = read_thing(text)
    if iri == mint_author_voice(document):
        return Thing(iri, VOICE)
    found = lookup.find_thing(text if iri is None else str(iri))
    return Thing(found.iri, found.label or label)


def _pick(options: type[_Option], text: str) -> _Option:
    for option in options:
        if option.value == text.casefold():
            return option
    known = ", ".join(option.value for option in options)
    raise UnknownTermError(f"“{text}” is none of {known}", term=text)


# ------------------------------------------------------------------------------------- links


def decide_link(
    review: Review, thing: URIRef, outcome: Outcome, target: str, signature: Signature
) -> Decision:
    """A decision on what a thing is, beside what stands of other targets.

    `target` is the IRI or name of what is accepted, rejected or merged with. OPEN takes back what
    stands of the target, or without one all. Raises UnknownTermError where a name means nothing or
    several, or the thing is not in the graph.
    """
    before = next(
        (each for each in find_standing(review.kept) if each.key == ("entity", str(thing))), None
    )
    about = before.about if before is not None else _find_home(review, thing)
    standing = before.verdicts if before is not None else ()
    found = _find_target(review.lookup, outcome, target) if target else None
    if found is not None and found.iri == thing:
        raise UnknownTermError(f"{thing} is the thing itself: name another", term=str(thing))
    if outcome is Outcome.NONE:
        kept = [each for each in standing if each.outcome in (Outcome.REJECT, Outcome.SPLIT)]
        return _sign(about, (*kept, Verdict(outcome)), signature)
    if found is None and outcome is not Outcome.OPEN:
        raise UnknownTermError(f"{outcome.value} what? Name it, or give its IRI", term="")
    kept = [each for each in standing if found is not None and not _is_on(each, found)]
    if outcome in (Outcome.ACCEPT, Outcome.CLOSE, Outcome.MERGE):
        kept = [each for each in kept if each.outcome is not Outcome.NONE]
    new = Verdict(outcome, found)
    if outcome is not Outcome.OPEN:
        if is_merger(new):
            # A thing is merged with one other.
            kept = [each for each in kept if not is_merger(each)]
        kept.append(new)
    return _sign(about, tuple(kept) or (Verdict(Outcome.OPEN),), signature)


def _is_on(verdict: Verdict, target: Thing) -> bool:
    return (
        verdict.outcome is not Outcome.SPLIT
        and verdict.target is not None
        and verdict.target.iri == target.iri
    )


def _find_home(review: Review, thing: URIRef) -> ReviewedThing:
    if not review.known.find_homes(thing) and not review.known.is_entry(thing):
        message = f"the graph has no thing {thing} any more: load the page again"
        raise UnknownTermError(message, term=str(thing))
    return review.known.describe_home(thing)


def _find_target(lookup: GraphLookup, outcome: Outcome, text: str) -> Thing:
    label, iri = read_thing(text)
    ours = iri is not None and iri.startswith(str(iris.ID))
    if iri is not None and not ours and outcome is not Outcome.MERGE:
        return Thing(iri, label if label != str(iri) else "")
    found = lookup.find_thing(text if iri is None else str(iri))
    return Thing(found.iri, found.label or fold_name(label))
