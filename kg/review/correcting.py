"""Taking claims out of an article and putting corrected ones in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rdflib import PROV, RDF, RDFS, SKOS, Literal, URIRef

from kg import iris
from kg.iris import KG, OA
from kg.rdf import Triple
from kg.review.articles import MODALITIES, POLARITIES, ArticleView, ReadClaim
from kg.review.known import Described

_FIELDS: Mapping[URIRef, str] = {
    KG.subject: "subject",
    KG.relation: "relation",
    KG.object: "object",
    KG.holder: "holder",
    KG.polarity: "polarity",
    KG.modality: "modality",
}


@dataclass(frozen=True, slots=True)
class FormerClaim:
    """A claim that is none any more, with the selectors that find its quote."""

    claim: ReadClaim
    document: URIRef
    selectors: tuple[Triple, ...]


class ClaimEditor:
    """The claims of an article while decisions change them; nothing is changed twice in sight.

    A claim that two decisions change becomes one new claim, which is a revision of what was read.
    """

    def __init__(self, view: ArticleView) -> None:
        self.view = view
        self.claims = view.claims()
        self._origins: dict[URIRef, URIRef] = {}
        self._successors: dict[URIRef, URIRef | None] = {}

    def find_current(self, iri: URIRef | None) -> URIRef | None:
        """What has become of a claim in the end; None where it was taken out."""
        while iri is not None and iri in self._successors:
            iri = self._successors[iri]
        return iri

    def withdraw(self, iri: URIRef) -> FormerClaim | None:
        """Take a claim out; what it was, None if it was not read as it stood."""
        view, claim = self.view, self.claims.pop(iri)
        selectors = [
            each for each in view.all(claim.evidence, OA.hasSelector) if isinstance(each, URIRef)
        ]
        said = tuple((each, p, o) for each in selectors for p, o in view.about(each))
        view.drop(iri)
        view.drop(claim.evidence)
        for each in selectors:
            if not view.find(OA.hasSelector, each):
                view.drop(each)
        self._successors[iri] = None
        if iri in self._origins:
            return None
        return FormerClaim(claim, view.document, said)

    def revise(
        self, iri: URIRef, changes: Mapping[URIRef, URIRef]
    ) -> tuple[URIRef, FormerClaim | None]:
        """Put a claim in the place of another, with some properties changed; its IRI, and what was.

        If another claim says the same already by the same words, that one stays alone.
        """
        view, old = self.view, self.claims[iri]
        new = _change(old, changes)
        same = next((each for each in self.claims.values() if each.content == new.content), None)
        if same is not None and same.iri == iri:
            return iri, None
        said, cited = view.about(iri), view.about(old.evidence)
        selectors = [(each, view.about(each)) for p, each in cited if isinstance(each, URIRef)]
        origin = self._origins.get(iri, iri)
        former = self.withdraw(iri)
        if same is None:
            key = new.content
            target = iris.mint_part(view.document, "claim", *key)
            evidence = iris.mint_part(view.document, "evidence", target)
            for predicate, value in said:
                # What was calibrated is the reading, not what somebody made of it.
                if predicate not in (KG.confidence, KG.evidence, PROV.wasRevisionOf, *changes):
                    view.add((target, predicate, value))
            for predicate, changed in changes.items():
                view.add((target, predicate, changed))
            view.add((target, KG.evidence, evidence))
            for predicate, value in cited:
                view.add((evidence, predicate, value))
                for selector, about in selectors:
                    if selector == value and predicate == OA.hasSelector:
                        for p, o in about:
                            view.add((selector, p, o))
            self.claims[target] = replace(new, iri=target, evidence=evidence, confidence=None)
            self._origins[target] = origin
        else:
            target = same.iri
        if target in self._origins:
            view.add((target, PROV.wasRevisionOf, origin))
        self._successors.pop(target, None)
        self._successors[iri] = target
        return target, former

    def rename_ends(self, iri: URIRef, changes: Mapping[URIRef, URIRef]) -> bool:
        """Let a claim name its ends by other IRIs; False where it then says what another does."""
        new = _change(self.claims[iri], changes)
        if any(c.content == new.content for c in self.claims.values() if c.iri != iri):
            return False
        for predicate, changed in changes.items():
            self.view.put(iri, predicate, changed)
        self.claims[iri] = new
        return True


def _change(claim: ReadClaim, changes: Mapping[URIRef, URIRef]) -> ReadClaim:
    values = {
        _FIELDS[predicate]: POLARITIES.get(value) or MODALITIES.get(value) or value
        for predicate, value in changes.items()
    }
    return replace(claim, **values)  # type: ignore[arg-type]


def define_thing(view: ArticleView, thing: URIRef, described: Described) -> None:
    """Make a thing one of the article's, unless it is or is the voice of the article."""
    if not view.knows(thing):
        view.add((thing, RDF.type, described.kind))
        view.add((thing, RDFS.label, Literal(described.label, lang="en")))
        if described.country is not None:
            view.add((thing, KG.countryCode, Literal(described.country)))


def absorb_thing(view: ArticleView, old: URIRef, kept: URIRef) -> None:
    """Let one thing be another: its mentions and mappings go over, its name becomes a further one.

    The claims are left as they are.
    """
    for mention in view.find(KG.refersTo, old):
        view.put(mention, KG.refersTo, kept)
    for candidate in view.find(KG.candidateOf, old):
        view.drop(candidate)
    names = {str(view.one(kept, RDFS.label))}
    for predicate, value in view.about(old):
        view.take((old, predicate, value))
        if predicate in (RDFS.label, SKOS.altLabel):
            if str(value) not in names:
                view.add((kept, SKOS.altLabel, value))
        elif predicate == KG.countryCode:
            if view.one(kept, KG.countryCode) is None:
                view.add((kept, predicate, value))
        elif predicate != RDF.type and value != kept:
            view.add((kept, predicate, value))
