"""What decisions came to, as the graph of decisions tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rdflib import DCTERMS, PROV, RDF, RDFS, XSD, Literal, URIRef

from kg import iris
from kg.iris import KG, OA
from kg.linking.records import LinkState
from kg.model import Modality, Polarity
from kg.rdf import Triple
from kg.review.correcting import FormerClaim
from kg.review.effects import Effect
from kg.review.known import Known
from kg.review.records import (
    Decision,
    Outcome,
    ReviewedClaim,
    Thing,
    Verdict,
    is_merger,
    list_meaning,
)
from kg.review.wording import format_decision, read_thing

_OUTCOMES = {
    Outcome.ACCEPT: KG.Accepted,
    Outcome.CLOSE: KG.AcceptedAsClose,
    Outcome.REJECT: KG.Rejected,
    Outcome.CORRECT: KG.Corrected,
    Outcome.NONE: KG.NoMatch,
    Outcome.MERGE: KG.Merged,
    Outcome.SPLIT: KG.SplitOff,
}
_STATES = {
    Outcome.ACCEPT: LinkState.LINKED,
    Outcome.CLOSE: LinkState.LINKED,
    Outcome.NONE: LinkState.UNKNOWN,
}
_IN_DATASET = URIRef("http://rdfs.org/ns/void#inDataset")
_DATASETS = {
    "http://www.wikidata.org/entity/": "http://www.wikidata.org/",
    "https://sws.geonames.org/": "https://www.geonames.org/",
    "http://dbpedia.org/resource/": "http://dbpedia.org/",
}


def describe_effects(effects: Iterable[Effect], known: Known) -> Iterator[Triple]:
    """Every decision that stands, its author and date, what it changed, and the claims it took."""
    for effect in effects:
        yield from _describe_effect(effect)
        yield _mint(effect), PROV.value, Literal(format_decision(_renew(effect, known)))


def _renew(effect: Effect, known: Known) -> Decision:
    """A decision in the terms of the graph as it is, however it was written when it was taken."""

    def name(thing: Thing | None) -> Thing | None:
        described = None if thing is None else known.describe(thing.iri)
        return thing if thing is None or described is None else Thing(thing.iri, described.label)

    def renew(verdict: Verdict) -> Verdict:
        correction = verdict.correction
        if correction is not None:
            correction = replace(
                correction,
                subject=name(correction.subject),
                object=name(correction.object),
                holder=name(correction.holder),
            )
        return replace(verdict, target=name(verdict.target), correction=correction)

    verdicts = tuple(map(renew, effect.decision.verdicts))
    return replace(effect.decision, about=effect.about, verdicts=verdicts, source="")


def _describe_effect(effect: Effect) -> Iterator[Triple]:
    decision, verdict, about = effect.decision, effect.verdict, effect.about
    iri = _mint(effect)
    yield iri, RDF.type, KG.Decision
    merged = is_merger(verdict)
    yield iri, KG.outcome, KG.Merged if merged else _OUTCOMES[verdict.outcome]
    yield iri, KG.decidesOn, effect.on
    yield from _sign(iri, decision)
    if decision.comment:
        yield iri, RDFS.comment, Literal(decision.comment)
    if isinstance(about, ReviewedClaim):
        yield iri, KG.inArticle, about.place.document
    elif verdict.target is not None and not merged and verdict.outcome is not Outcome.SPLIT:
        yield iri, KG.candidate, verdict.target.iri
    if effect.result is not None:
        yield iri, KG.result, effect.result
    for mention in effect.mentions:
        yield iri, KG.splitsOff, mention
    if verdict.outcome is Outcome.SPLIT and effect.result is not None and effect.mentions:
        yield from _describe_change(iri, KG.refersTo, effect.on, effect.result)
    for change in effect.changes:
        yield from _describe_change(iri, *change)
    for former in effect.former:
        yield iri, KG.withdraws, former.claim.iri
        yield from _describe_former(former)


def describe_link(effect: Effect, thing: URIRef) -> Iterator[Triple]:
    """That a human settled what a thing is in one dataset or, if it is in none, in all of them.

    It is told as linkers tell what they decide, in the graph of links, so that they ask no more.
    """
    verdict = effect.verdict
    if is_merger(verdict) or verdict.outcome not in _STATES:
        return
    iri = _mint(effect)
    yield iri, RDF.type, KG.LinkDecision
    yield iri, KG.candidateOf, thing
    yield iri, KG.decidedBy, Literal("review")
    yield iri, DCTERMS.type, Literal(_STATES[verdict.outcome].value)
    yield from _sign(iri, effect.decision)
    if verdict.target is not None:
        yield iri, KG.candidate, verdict.target.iri
        for prefix, dataset in _DATASETS.items():
            if verdict.target.iri.startswith(prefix):
                yield iri, _IN_DATASET, URIRef(dataset)


def _mint(effect: Effect) -> URIRef:
    decision = effect.decision
    said = repr(list_meaning(effect.verdict))
    return iris.mint_decision(effect.on, said, decision.author, decision.date)


def _sign(iri: URIRef, decision: Decision) -> Iterator[Triple]:
    name, given = read_thing(decision.author)
    person = given or iris.mint_part(iris.DECISIONS_GRAPH, "author", name)
    yield iri, PROV.wasAttributedTo, person
    yield person, RDF.type, PROV.Person
    yield person, RDFS.label, Literal(name or str(person))
    kind = XSD.dateTime if "T" in decision.date else XSD.date
    yield iri, PROV.generatedAtTime, Literal(decision.date, datatype=kind, normalize=False)


def _describe_change(
    decision: URIRef, changed: URIRef, before: URIRef, after: URIRef
) -> Iterator[Triple]:
    change = iris.mint_part(decision, "change", changed, before)
    yield decision, KG.change, change
    yield change, RDF.type, KG.Change
    yield change, KG.changedProperty, changed
    yield change, KG.valueBefore, before
    yield change, KG.valueAfter, after


def _describe_former(former: FormerClaim) -> Iterator[Triple]:
    """A claim that is none any more, as a statement of RDF, which no question takes for one."""
    claim = former.claim
    yield claim.iri, RDF.type, KG.FormerClaim
    yield claim.iri, RDF.subject, claim.subject
    yield claim.iri, RDF.predicate, claim.relation
    yield claim.iri, RDF.object, claim.object
    yield claim.iri, KG.formerHolder, claim.holder
    yield claim.iri, KG.formerPolarity, _name_option(claim.polarity)
    yield claim.iri, KG.formerModality, _name_option(claim.modality)
    yield claim.iri, KG.inArticle, former.document
    for selector, predicate, value in former.selectors:
        yield claim.iri, OA.hasSelector, selector
        yield selector, predicate, value


def _name_option(option: Polarity | Modality) -> URIRef:
    return KG[option.value.capitalize()]
