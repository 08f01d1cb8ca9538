"""The graph of an article as it was read and as decisions leave it.

A graph that decisions changed keeps the difference in itself, so that what was read can be had
again without reading: decisions come and go, and are always applied to what was read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import DCTERMS, PROV, RDF, RDFS, Literal, URIRef

from kg import iris
from kg.iris import KG, OA
from kg.model import Modality, Polarity, Span
from kg.rdf import Format, Triple, format_triple, parse_quads, skolemise
from kg.review.records import ReviewedClaim, Thing, place_in

Node = URIRef | Literal

POLARITIES = {KG[each.value.capitalize()]: each for each in Polarity}
MODALITIES = {KG[each.value.capitalize()]: each for each in Modality}
ENDS = (KG.subject, KG.object, KG.holder)


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """A claim of an article's graph; `evidence` and `sentence` are the IRIs of its citation."""

    iri: URIRef
    subject: URIRef
    relation: URIRef
    object: URIRef
    holder: URIRef
    polarity: Polarity
    modality: Modality
    quote: Span
    words: str
    trigger: tuple[str, str]
    evidence: URIRef
    sentence: URIRef
    confidence: str | None

    @property
    def content(self) -> tuple[str, ...]:
        """What it says, by which words: two claims of one content are one."""
        return (
            *(self.subject, self.relation, self.object, *self.trigger),
            *(self.holder, self.polarity.value, self.modality.value),
        )


class ArticleView:
    """The graph of an article by subject and predicate, while decisions change it."""

    def __init__(self, graph: URIRef, triples: Iterable[Triple]) -> None:
        self.graph = graph
        self._about: dict[URIRef, dict[URIRef, set[Node]]] = {}
        for triple in triples:
            self.add(triple)

    @property
    def document(self) -> URIRef:
        """The IRI of the article."""
        return URIRef(f"{iris.BASE}article/{self.graph.rsplit('/', 1)[1]}")

    @property
    def source(self) -> str:
        """The name of the file that was read."""
        return str(self.one(self.document, DCTERMS.source) or "")

    def triples(self) -> set[Triple]:
        """All that it holds."""
        return {
            (subject, predicate, object_)
            for subject, said in self._about.items()
            for predicate, objects in said.items()
            for object_ in objects
        }

    def all(self, subject: URIRef, predicate: URIRef) -> list[Node]:
        """The values of a property, sorted."""
        return sorted(self._about.get(subject, {}).get(predicate, ()), key=_order)

    def one(self, subject: URIRef, predicate: URIRef) -> Node | None:
        """The value of a property, the first where there are several."""
        return next(iter(self.all(subject, predicate)), None)

    def iri(self, subject: URIRef, predicate: URIRef) -> URIRef | None:
        """The value of a property if it is an IRI."""
        value = self.one(subject, predicate)
        return value if isinstance(value, URIRef) else None

    def label(self, subject: URIRef) -> str:
        """The name of a thing, empty where it has none."""
        return str(self.one(subject, RDFS.label) or "")

    def about(self, subject: URIRef) -> list[tuple[URIRef, Node]]:
        """All that is said of a thing, sorted."""
        said = self._about.get(subject, {})
        return [(p, object_) for p in sorted(said) for object_ in self.all(subject, p)]

    def find(self, predicate: URIRef, object_: Node) -> list[URIRef]:
        """Those of which a value is said, sorted."""
        return sorted(s for s, said in self._about.items() if object_ in said.get(predicate, ()))

    def knows(self, thing: URIRef) -> bool:
        """Whether it is a thing of the article."""
        return RDF.type in self._about.get(thing, {})

    def add(self, triple: Triple) -> None:
        """Put a triple in."""
        subject, predicate, object_ = triple
        self._about.setdefault(subject, {}).setdefault(predicate, set()).add(object_)

    def take(self, triple: Triple) -> None:
        """Take a triple out that may be in it."""
        subject, predicate, object_ = triple
        said = self._about.get(subject, {})
        values = said.get(predicate, set())
        values.discard(object_)
        if not values:
            said.pop(predicate, None)
        if not said:
            self._about.pop(subject, None)

    def put(self, subject: URIRef, predicate: URIRef, object_: Node) -> None:
        """Let a property have one value."""
        self._about.setdefault(subject, {})[predicate] = {object_}

    def drop(self, subject: URIRef) -> None:
        """Take out all that is said of a thing."""
        self._about.pop(subject, None)

    def claims(self) -> dict[URIRef, ReadClaim]:
        """The claims by IRI, in the order of IRIs; one without a full citation is none."""
        found = (self.read_claim(iri) for iri in self.find(RDF.type, KG.Claim))
        return {claim.iri: claim for claim in found if claim is not None}

    def read_claim(self, iri: URIRef) -> ReadClaim | None:
        """The claim of an IRI, None where it lacks something."""
        subject, relation, object_, holder, evidence = (
            self.iri(iri, each)
            for each in (KG.subject, KG.relation, KG.object, KG.holder, KG.evidence)
        )
        polarity = POLARITIES.get(self.iri(iri, KG.polarity) or iri)
        modality = MODALITIES.get(self.iri(iri, KG.modality) or iri)
        if not (subject and relation and object_ and holder and evidence and polarity and modality):
            return None
        span, words = self.read_quote(evidence)
        sentence = self.iri(evidence, KG.inSentence)
        if span is None or sentence is None:
            return None
        confidence = self.one(iri, KG.confidence)
        return ReadClaim(
            *(iri, subject, relation, object_, holder, polarity, modality, span, words),
            trigger=(
                str(self.one(evidence, KG.triggerStart)),
                str(self.one(evidence, KG.triggerEnd)),
            ),
            evidence=evidence,
            sentence=sentence,
            confidence=None if confidence is None else str(confidence),
        )

    def read_quote(self, evidence: URIRef) -> tuple[Span | None, str]:
        """The place and the words of a citation."""
        span, words = None, ""
        for selector in self.all(evidence, OA.hasSelector):
            if isinstance(selector, URIRef):
                words = str(self.one(selector, OA.exact) or words)
                span = self._read_span(selector, OA.start, OA.end) or span
        return span, words

    def mentions(self, thing: URIRef) -> dict[URIRef, Span]:
        """The mentions of a thing and where they stand, in the order of the text."""
        places = {
            mention: span
            for mention in self.find(KG.refersTo, thing)
            if (span := self.span(mention)) is not None
        }
        return dict(sorted(places.items(), key=lambda item: (item[1], item[0])))

    def span(self, mention: URIRef) -> Span | None:
        """Where a mention stands."""
        return self._read_span(mention, KG.start, KG.end)

    def _read_span(self, subject: URIRef, start: URIRef, end: URIRef) -> Span | None:
        edges = [str(self.one(subject, edge)) for edge in (start, end)]
        if not all(edge.isdecimal() for edge in edges):
            return None
        first, last = map(int, edges)
        return Span(first, last) if first <= last else None


def describe_claim(view: ArticleView, claim: ReadClaim) -> ReviewedClaim:
    """A claim of an article with all by which it is found again."""
    subject, object_ = (Thing(end, view.label(end)) for end in (claim.subject, claim.object))
    place = place_in(view.document, claim.quote)
    return ReviewedClaim(claim.iri, place, claim.words, subject, claim.relation, object_)


def find_facts(view: ArticleView) -> set[Triple]:
    """The plain triples of the claims that count as fact, as a build states them."""
    accepted = {
        iris.mint_author_voice(view.document),
        *(
            holder
            for each in view.find(RDF.type, PROV.Activity)
            for holder in view.all(each, KG.accepts)
        ),
    }
    return {
        (claim.subject, claim.relation, claim.object)
        for claim in view.claims().values()
        if claim.holder in accepted
        and claim.polarity is Polarity.POSITIVE
        and claim.modality is Modality.ASSERTED
    }


# -------------------------------------------------------------------------------- what was read


def restore_read(triples: Iterable[Triple]) -> set[Triple]:
    """The triples of a graph as they were before decisions changed it."""
    now = set(triples)
    reviews = {s for s, p, o in now if (p, o) == (RDF.type, KG.Review)}
    patch = {p: str(o) for s, p, o in now if s in reviews}
    now = {triple for triple in now if triple[0] not in reviews}
    return (now - _parse(patch.get(KG.added, ""))) | _parse(patch.get(KG.withdrew, ""))


def keep_difference(graph: URIRef, read: set[Triple], now: set[Triple]) -> set[Triple]:
    """What decisions left of a graph, with how to undo it; as it was where they left it so."""
    if now == read:
        return now
    review = URIRef(f"{graph}/review")
    return now | {
        (review, RDF.type, KG.Review),
        (review, KG.withdrew, Literal(_format(read - now))),
        (review, KG.added, Literal(_format(now - read))),
    }


def replace_read(graph: URIRef, held: set[Triple], read: set[Triple]) -> set[Triple]:
    """What a graph holds that was read anew, with what decisions changed of what it held."""
    before = restore_read(held)
    review = URIRef(f"{graph}/review")
    added = {triple for triple in held - before if triple[0] != review}
    return keep_difference(graph, read, (read - (before - held)) | added)


def _format(triples: Iterable[Triple]) -> str:
    return "".join(f"{line}\n" for line in sorted(map(format_triple, triples)))


def _parse(text: str) -> set[Triple]:
    found = parse_quads(text.encode(), Format.NTRIPLES)
    return set(skolemise(triple for triple, _ in found))


def _order(term: Node) -> str:
    return term.n3()
