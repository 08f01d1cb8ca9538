"""Decisions applied to what was read, article by article; nothing is asked of the text again.

What comes of decisions depends on what was read and on those that stand, never on what was applied
before: the same decisions leave the same graph, however often and in whatever order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rdflib import SKOS, URIRef

from kg import iris
from kg.iris import ID
from kg.model import Finding
from kg.rdf import Triple
from kg.review.articles import ReadClaim, describe_claim, find_facts, keep_difference
from kg.review.describing import describe_effects, describe_link
from kg.review.editing import ArticleEditor
from kg.review.effects import (
    Applied,
    Effect,
    Rejections,
    find_dataset,
    report_absent,
    report_lost,
)
from kg.review.known import Describe, Known
from kg.review.matching import apply_correction, find_again, find_like
from kg.review.merging import Merger, find_kept, merge_things
from kg.review.records import (
    Correction,
    Decision,
    Outcome,
    Place,
    ReviewedClaim,
    ReviewedThing,
    Thing,
    Verdict,
    is_merger,
)
from kg.store import GraphStore

_MAPPED = {Outcome.ACCEPT: SKOS.exactMatch, Outcome.CLOSE: SKOS.closeMatch}


@dataclass(slots=True)
class _Found:
    """What the decisions are about: effects on claims by article, effects on things, and the rest.

    `absent` wait for articles or things that the graph does not have.
    """

    on_claims: dict[URIRef, list[Effect]] = field(default_factory=dict)
    fulfilled: list[Effect] = field(default_factory=list)
    on_things: list[Effect] = field(default_factory=list)
    absent: list[Decision] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def effects(self) -> list[Effect]:
        """All of them."""
        on_claims = [effect for found in self.on_claims.values() for effect in found]
        return [*on_claims, *self.fulfilled, *self.on_things]


Write = Callable[[URIRef, set[Triple]], None]
"""Takes the content of a named graph."""


def apply_decisions(
    store: GraphStore, decisions: Sequence[Decision], describe: Describe, write: Write
) -> Applied:
    """Apply the standing decisions to a graph that may have been reviewed before.

    `describe` gives what the shipped names say of a thing. `write` is given each named graph that
    decisions concern, or concerned before, with what they leave of it; `store` must not change yet.
    """
    known = Known(store, describe)
    if not decisions and not known.reviewed and iris.DECISIONS_GRAPH not in store.graphs():
        return Applied(Rejections(frozenset(), frozenset(), {}), ())
    found = _Found()
    _find_claims(known, decisions, found)
    _find_things(known, decisions, found)
    mergers = merge_things([each for each in found.on_things if is_merger(each.verdict)], known)
    splits = [each for each in found.on_things if each.verdict.outcome is Outcome.SPLIT]
    rejections = _gather_rejections(found.on_things, mergers)
    for graph in _list_articles(known, found, mergers):
        editor = ArticleEditor(known, graph, found.findings)
        editor.decide_claims(found.on_claims.get(graph, []))
        editor.split_mentions(splits)
        editor.merge_things(mergers)
        editor.reject_links(rejections)
        editor.finish()
        read, now = known.read(graph).triples(), editor.view.triples()
        write(graph, keep_difference(graph, read, now))
        write(iris.facts_graph(editor.view.document), find_facts(editor.view))
    lost = {effect.decision for effect in splits if not effect.mentions}
    found.findings += [*map(report_lost, lost), *report_absent(found.absent)]
    write(iris.LINKS_GRAPH, _link(known, found.on_things, mergers, rejections))
    write(iris.DECISIONS_GRAPH, set(describe_effects(found.effects(), known)))
    return Applied(rejections, tuple(sorted(set(found.findings), key=_order)))


def _order(finding: Finding) -> tuple[str, str, str]:
    return finding.severity.value, finding.focus, finding.message


def _list_articles(known: Known, found: _Found, mergers: Mapping[URIRef, Merger]) -> list[URIRef]:
    """The graphs of articles that decisions concern, or did before."""
    graphs = {graph for graph in known.reviewed if known.has_article(graph)}
    graphs.update(found.on_claims)
    for thing in {effect.on for effect in found.on_things}.union(mergers):
        graphs.update(known.find_homes(thing))
    return sorted(graphs)


# ------------------------------------------------------------------------------ what it is about


def _find_claims(known: Known, decisions: Iterable[Decision], found: _Found) -> None:
    places: dict[URIRef, list[Decision]] = {}
    for decision in decisions:
        if isinstance(decision.about, ReviewedClaim):
            graph = iris.article_graph(decision.about.place.document)
            places.setdefault(graph, []).append(decision)
    for graph, about in sorted(places.items()):
        if known.has_article(graph):
            _find_claims_in(known, graph, about, found)
        else:
            found.absent += about


def _find_claims_in(
    known: Known, graph: URIRef, decisions: Sequence[Decision], found: _Found
) -> None:
    view = known.read(graph)
    claims = view.claims()
    described = {iri: describe_claim(view, claim) for iri, claim in claims.items()}
    matched, lost = find_again(decisions, described)
    found.on_claims[graph] = [
        Effect(decision, decision.verdicts[0], iri, described[iri])
        for iri, decision in sorted(matched.items())
    ]
    for decision in lost:
        verdict, about = decision.verdicts[0], decision.about
        assert isinstance(about, ReviewedClaim)
        now = None
        if verdict.correction is not None:
            fitting = [
                described[iri]
                for iri, claim in claims.items()
                if _has_marks(claim, verdict.correction)
            ]
            now = find_like(apply_correction(about, verdict.correction), fitting)
        if now is not None:
            # The reader now reads it as somebody corrected it.
            found.fulfilled.append(Effect(decision, verdict, now.iri, now, now.iri))
        else:
            found.findings.append(report_lost(decision))


def _has_marks(claim: ReadClaim, correction: Correction) -> bool:
    return (
        correction.polarity in (None, claim.polarity)
        and correction.modality in (None, claim.modality)
        and (correction.holder is None or correction.holder.iri == claim.holder)
    )


def _find_things(known: Known, decisions: Iterable[Decision], found: _Found) -> None:
    for decision in decisions:
        about = decision.about
        if not isinstance(about, ReviewedThing):
            continue
        graph = None
        if about.article is not None:
            graph = iris.article_graph(Place(about.article).document)
        home = [graph] if graph is not None and known.has_article(graph) else []
        thing = _locate(known, about.thing, home)
        if thing is not None:
            homes = known.find_homes(thing)
            now = known.describe_home(thing)
            found.on_things += [
                Effect(decision, verdict, thing, now, _locate_target(known, verdict, homes))
                for verdict in decision.verdicts
            ]
        elif home:
            found.findings.append(report_lost(decision))
        else:
            found.absent.append(decision)


def _locate(known: Known, thing: Thing, graphs: Sequence[URIRef]) -> URIRef | None:
    """The IRI of a thing now: its own, else that of the only one of its name in some articles."""
    if known.find_homes(thing.iri):
        return thing.iri
    named = {iri for graph in graphs for iri in known.find_named(graph, thing.label)}
    return named.pop() if len(named) == 1 else None


def _locate_target(known: Known, verdict: Verdict, homes: Sequence[URIRef]) -> URIRef | None:
    """The thing of ours that a thing is merged with, or its mentions are given to."""
    target = verdict.target
    if target is None or not (is_merger(verdict) or verdict.outcome is Outcome.SPLIT):
        return None
    return target.iri if known.is_entry(target.iri) else _locate(known, target, homes) or target.iri


# ----------------------------------------------------------------------------------------- links


def _gather_rejections(effects: Iterable[Effect], mergers: Mapping[URIRef, Merger]) -> Rejections:
    pairs: set[tuple[URIRef, URIRef]] = set()
    things: set[URIRef] = set()
    accepted: dict[tuple[URIRef, str], set[URIRef]] = {}
    for effect in effects:
        verdict, both = effect.verdict, {effect.on, find_kept(mergers, effect.on)}
        if verdict.outcome is Outcome.NONE:
            things |= both
        elif verdict.target is not None and verdict.outcome is Outcome.REJECT:
            pairs.update((thing, verdict.target.iri) for thing in both)
        elif verdict.target is not None and _is_link(effect):
            for thing in both:
                key = thing, find_dataset(verdict.target.iri)
                accepted.setdefault(key, set()).add(verdict.target.iri)
    frozen = {key: frozenset(targets) for key, targets in accepted.items()}
    return Rejections(frozenset(pairs), frozenset(things), frozen)


def _is_link(effect: Effect) -> bool:
    """Whether something of another dataset was accepted."""
    target = effect.verdict.target
    return (
        effect.verdict.outcome in _MAPPED
        and target is not None
        and not target.iri.startswith(str(ID))
    )


def _link(
    known: Known,
    effects: Iterable[Effect],
    mergers: Mapping[URIRef, Merger],
    rejections: Rejections,
) -> set[Triple]:
    """The graph of links: what linkers found without what was rejected, and what was accepted."""
    read = known.read_triples(iris.LINKS_GRAPH)
    now = {triple for triple in read if not rejections.cover(triple)}
    for effect in effects:
        if _is_link(effect) and effect.verdict.target is not None:
            mapping = _MAPPED[effect.verdict.outcome]
            now.add((find_kept(mergers, effect.on), mapping, effect.verdict.target.iri))
        now.update(describe_link(effect, find_kept(mergers, effect.on)))
    now.update((old, SKOS.exactMatch, merger.kept) for old, merger in mergers.items())
    return keep_difference(iris.LINKS_GRAPH, read, now)
