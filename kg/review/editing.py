"""One article's graph while decisions change it, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rdflib import URIRef

from kg.iris import KG
from kg.model import Finding, Modality, Polarity, Severity, Span
from kg.review.articles import ENDS, ArticleView, ReadClaim
from kg.review.correcting import ClaimEditor, absorb_thing, define_thing
from kg.review.effects import CHECK, Effect, Rejections
from kg.review.known import Described, Known
from kg.review.merging import Merger
from kg.review.records import Correction, Outcome, Thing, place_in


class ArticleEditor:
    """An article to which decisions are applied; `view` is what they leave of it.

    The steps are to be taken in the order in which they stand here.
    """

    def __init__(self, known: Known, graph: URIRef, findings: list[Finding]) -> None:
        self.view = ArticleView(graph, known.read(graph).triples())
        self._known = known
        self._findings = findings
        self._claims = ClaimEditor(self.view)
        self._decided: list[Effect] = []
        self._fixed: set[tuple[URIRef, URIRef]] = set()
        self._left: set[URIRef] = set()

    def decide_claims(self, effects: Sequence[Effect]) -> None:
        """Take rejected claims out and put corrected ones in the place of what was read."""
        for effect in effects:
            if effect.verdict.outcome is Outcome.REJECT and effect.on in self._claims.claims:
                former = self._claims.withdraw(effect.on)
                effect.former += [former] if former is not None else []
        for effect in effects:
            correction = effect.verdict.correction
            if correction is not None and effect.on in self._claims.claims:
                self._correct(effect, correction)

    def _correct(self, effect: Effect, correction: Correction) -> None:
        claim = self._claims.claims[effect.on]
        wanted = _list_changes(claim, correction)
        changes = {p: after for p, (before, after) in wanted.items() if before != after}
        for name in ("subject", "object", "holder"):
            thing: Thing | None = getattr(correction, name)
            if thing is not None and not self.view.knows(thing.iri):
                self._define(thing, like=getattr(claim, name))
        new, former = self._claims.revise(effect.on, changes)
        effect.changes += [(p, wanted[p][0], after) for p, after in changes.items()]
        effect.former += [former] if former is not None else []
        self._decided.append(effect)
        self._fixed.update((new, predicate) for predicate in ENDS if predicate in wanted)

    def _define(self, thing: Thing, *, like: URIRef) -> None:
        """Make something a thing of the article; of unknown kind it is like the one it replaces."""
        described = self._known.describe(thing.iri)
        if described is None:
            former = self._known.describe(like)
            kind = KG.Concept if former is None else former.kind
            described = Described(kind, thing.label or thing.iri.rsplit("/", 1)[1])
        define_thing(self.view, thing.iri, described)

    def split_mentions(self, effects: Sequence[Effect]) -> None:
        """Give mentions to other things, and with them the claims that rest on no other mention."""
        moves: dict[URIRef, dict[URIRef, Effect]] = {}
        given: dict[URIRef, Effect] = {}
        for thing in sorted({effect.on for effect in effects}):
            mentions = self.view.mentions(thing)
            mine = {
                mention: effect
                for effect in effects
                if effect.on == thing and effect.result not in (None, thing)
                for mention, span in mentions.items()
                if any(
                    each.covers(place_in(self.view.document, span))
                    for each in effect.verdict.places
                )
            }
            given.update(mine)
            if mine:
                self._left.add(thing)
                for claim in self._claims.claims.values():
                    for predicate in self._find_ends(claim, thing):
                        effect = self._find_split(claim, mentions, mine)
                        if effect is not None:
                            moves.setdefault(claim.iri, {})[predicate] = effect
        for iri, ends in sorted(moves.items()):
            changes = {p: effect.result for p, effect in ends.items() if effect.result is not None}
            _, former = self._claims.revise(iri, changes)
            if former is not None:
                for effect in dict.fromkeys(ends.values()):
                    effect.former.append(former)
        for mention, effect in given.items():
            target = effect.verdict.target
            assert target is not None and effect.result is not None
            self._define(Thing(effect.result, target.label), like=effect.on)
            self.view.put(mention, KG.refersTo, effect.result)
            effect.mentions.append(mention)

    def _find_ends(self, claim: ReadClaim, thing: URIRef) -> list[URIRef]:
        """The ends at which a claim has a thing, unless somebody set them."""
        ends = ((KG.subject, claim.subject), (KG.object, claim.object), (KG.holder, claim.holder))
        return [p for p, end in ends if end == thing and (claim.iri, p) not in self._fixed]

    def _find_split(
        self, claim: ReadClaim, mentions: Mapping[URIRef, Span], given: Mapping[URIRef, Effect]
    ) -> Effect | None:
        """The split that a claim goes with: that of all the mentions on which it may rest."""
        inside = [m for m in mentions if self.view.iri(m, KG.inSentence) == claim.sentence]
        quoted = [m for m in inside if claim.quote.covers(mentions[m])]
        found = list(dict.fromkeys(given.get(mention) for mention in quoted or inside))
        if len(found) > 1:
            message = (
                f"some of the mentions in “{claim.words}” were split off and some not: correct "
                "the claim if it goes with them"
            )
            self._findings.append(Finding(Severity.WARNING, CHECK, str(claim.iri), message))
        return found[0] if len(found) == 1 else None

    def merge_things(self, mergers: Mapping[URIRef, Merger]) -> None:
        """Let things be other things; a claim that then says nothing, or nothing new, goes."""
        for iri, claim in sorted(self._claims.claims.items()):
            ends = {KG.subject: claim.subject, KG.object: claim.object, KG.holder: claim.holder}
            changes = {p: mergers[end].kept for p, end in ends.items() if end in mergers}
            if not changes:
                continue
            after = ends | changes
            to_itself = after[KG.subject] == after[KG.object] and claim.subject != claim.object
            if to_itself or not self._claims.rename_ends(iri, changes):
                effect = mergers[next(ends[predicate] for predicate in changes)].effect
                former = self._claims.withdraw(iri)
                effect.former += [former] if former is not None else []
        for old in sorted(mergers):
            if self.view.knows(old):
                define_thing(self.view, mergers[old].kept, mergers[old].described)
                absorb_thing(self.view, old, mergers[old].kept)

    def reject_links(self, rejections: Rejections) -> None:
        """Take out the links that people rejected."""
        for triple in self.view.triples():
            if rejections.cover(triple):
                self.view.take(triple)

    def finish(self) -> None:
        """Tell what became of corrected claims, and forget things that nothing names any more."""
        for effect in self._decided:
            effect.result = self._claims.find_current(effect.on)
        used = {
            end
            for claim in self._claims.claims.values()
            for end in (claim.subject, claim.object, claim.holder)
        }
        for thing in self._left - used:
            if not self.view.mentions(thing):
                for candidate in self.view.find(KG.candidateOf, thing):
                    self.view.drop(candidate)
                self.view.drop(thing)


def _list_changes(claim: ReadClaim, correction: Correction) -> dict[URIRef, tuple[URIRef, URIRef]]:
    """What a correction says of the properties of a claim: before and after."""
    found: dict[URIRef, tuple[URIRef, URIRef]] = {}
    for name, predicate in (
        ("subject", KG.subject), ("relation", KG.relation), ("object", KG.object),
        ("holder", KG.holder), ("polarity", KG.polarity), ("modality", KG.modality),
    ):  # fmt: skip
        value = getattr(correction, name)
        if value is not None:
            found[predicate] = _name(getattr(claim, name)), _name(value)
    return found


def _name(value: Thing | URIRef | Polarity | Modality) -> URIRef:
    if isinstance(value, Thing):
        return value.iri
    return KG[value.value.capitalize()] if isinstance(value, Polarity | Modality) else value
