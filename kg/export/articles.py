"""Articles and their claims, read back from the graph for formats that are about single claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import DCTERMS, PROV, RDF, RDFS, Literal, URIRef

from kg.errors import UnknownTermError
from kg.iris import INFERRED_GRAPH, KG, OA
from kg.rdf import Triple
from kg.reasoning.labels import find_labels
from kg.reasoning.wording import Wording
from kg.store import GraphStore

_NOTES: Mapping[URIRef, str] = {
    KG.Negative: "denied",
    KG.Predicted: "predicted",
    KG.Possible: "said to be possible",
    KG.Desired: "desired",
}
_QUALIFIERS = (KG.topic, KG.timeStart, KG.timeEnd)
_CONTEXT = 32


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of an article, and where they stand in its text.

    `iri` is the evidence or mention that consists of them; `prefix` and `suffix` are the words
    around them, `quote` and `position` the selectors, where the graph has them.
    """

    iri: URIRef
    exact: str
    start: int
    end: int
    prefix: str | None = None
    suffix: str | None = None
    quote: URIRef | None = None
    position: URIRef | None = None


@dataclass(frozen=True, slots=True)
class CitedClaim:
    """A claim as the graph has it.

    `is_plain` tells whether it is affirmed, asserted and held by the article itself; `qualifiers`
    are its triples of topic and time, `wording` is all of it in words.
    """

    iri: URIRef
    subject: URIRef
    relation: URIRef
    object: URIRef
    holder: URIRef
    holder_label: str
    polarity: URIRef
    modality: URIRef
    is_plain: bool
    qualifiers: tuple[Triple, ...]
    confidence: Literal | None
    wording: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class CitedMention:
    """A place where an article refers to a thing."""

    thing: URIRef
    label: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Software:
    """What read an article."""

    iri: URIRef
    label: str


@dataclass(frozen=True, slots=True)
class CitedArticle:
    """An article as the graph has it; `date` is when it was issued, else received."""

    iri: URIRef
    title: str | None
    source: str | None
    date: str | None
    activity: URIRef | None
    software: Software | None
    claims: tuple[CitedClaim, ...]
    mentions: tuple[CitedMention, ...]


def read_articles(store: GraphStore, name: str | None = None) -> Iterator[CitedArticle]:
    """Each article of the graph with its claims and mentions in the order of the text.

    `name` picks one: its IRI, its title, or the file it was read from. Raises UnknownTermError
    where it means none or several. A claim that lacks one of its parts is passed over: `kg check`
    lists those.
    """
    found = sorted(
        (iri, graph)
        for iri, _, _, graph in store.quads(predicate=RDF.type, object=KG.Article)
        if graph != INFERRED_GRAPH
    )
    if name is not None:
        found = [_choose_article(store, found, name)]
    wording = Wording(find_labels(store))
    return (_Reader(store.triples(graph), wording).read_article(iri) for iri, graph in found)


def _choose_article(
    store: GraphStore, articles: list[tuple[URIRef, URIRef]], name: str
) -> tuple[URIRef, URIRef]:
    names: dict[str, list[tuple[URIRef, URIRef]]] = {}
    for iri, graph in articles:
        texts = {str(iri)}
        for predicate in (DCTERMS.title, DCTERMS.source):
            texts.update(str(o) for *_, o in store.triples(graph, subject=iri, predicate=predicate))
        for text in texts:
            names.setdefault(text, []).append((iri, graph))
    for key in (name, Path(name).name):
        if len(names.get(key, ())) == 1:
            return names[key][0]
        if key in names:
            first = names[key][0][0]
            message = f"“{name}” means {len(names[key])} articles: name one by its IRI, as {first}"
            raise UnknownTermError(message, term=name)
    message = f"no article “{name}” in the graph: give its title, its file's name or its IRI"
    raise UnknownTermError(message, term=name)


class _Reader:
    """An article graph by subject and predicate."""

    def __init__(self, triples: Iterable[Triple], wording: Wording) -> None:
        self._wording = wording
        self._values: dict[tuple[URIRef, URIRef], list[URIRef | Literal]] = {}
        self._of_kind: dict[URIRef | Literal, list[URIRef]] = {}
        for subject, predicate, object_ in triples:
            self._values.setdefault((subject, predicate), []).append(object_)
            if predicate == RDF.type:
                self._of_kind.setdefault(object_, []).append(subject)
        for values in self._values.values():
            values.sort(key=str)

    def read_article(self, iri: URIRef) -> CitedArticle:
        """All of an article."""
        claims = filter(None, map(self._read_claim, self._of_kind.get(KG.Claim, ())))
        mentions = filter(None, map(self._read_mention, self._of_kind.get(KG.Mention, ())))
        activity = next(iter(sorted(self._of_kind.get(PROV.Activity, ()))), None)
        software = activity and self._iri(activity, PROV.wasAssociatedWith)
        return CitedArticle(
            iri=iri,
            title=self._text(iri, DCTERMS.title),
            source=self._text(iri, DCTERMS.source),
            date=self._text(iri, DCTERMS.issued) or self._text(iri, KG.received),
            activity=activity,
            software=self._read_software(software) if software else None,
            claims=tuple(sorted(claims, key=lambda each: _place(each.passage))),
            mentions=tuple(sorted(mentions, key=lambda each: _place(each.passage))),
        )

    def _read_software(self, iri: URIRef) -> Software:
        return Software(iri, self._text(iri, RDFS.label) or self._wording.name(iri))

    def _read_claim(self, iri: URIRef) -> CitedClaim | None:
        parts = [
            self._iri(iri, predicate)
            for predicate in (
                KG.subject, KG.relation, KG.object, KG.holder, KG.polarity, KG.modality,
                KG.evidence,
            )
        ]  # fmt: skip
        match parts:
            case [
                URIRef() as subject,
                URIRef() as relation,
                URIRef() as object_,
                URIRef() as holder,
                URIRef() as polarity,
                URIRef() as modality,
                URIRef() as evidence,
            ]:
                passage = self._read_evidence(evidence)
            case _:
                return None
        if passage is None:
            return None
        reported = KG.AuthorVoice not in self._values.get((holder, RDF.type), ())
        confidence = self._values.get((iri, KG.confidence), [None])[0]
        return CitedClaim(
            iri=iri,
            subject=subject,
            relation=relation,
            object=object_,
            holder=holder,
            holder_label=self._wording.name(holder),
            polarity=polarity,
            modality=modality,
            is_plain=(polarity, modality, reported) == (KG.Positive, KG.Asserted, False),
            qualifiers=tuple(
                (iri, predicate, value)
                for predicate in _QUALIFIERS
                for value in self._values.get((iri, predicate), ())
            ),
            confidence=confidence if isinstance(confidence, Literal) else None,
            wording=self._word_claim(iri, (subject, relation, object_), reported=reported),
            passage=passage,
        )

    def _word_claim(self, iri: URIRef, triple: Triple, *, reported: bool) -> str:
        """A claim in words: "Japan withdraws from TPP (denied; according to Donald Trump)"."""
        topic, start, end = (self._text(iri, predicate) for predicate in _QUALIFIERS)
        notes = [f"about “{' '.join(topic.split())}”"] if topic else []
        if start or end:
            notes.append(start if start == end and start else f"{start or '…'} to {end or '…'}")
        for predicate in (KG.polarity, KG.modality):
            value = self._iri(iri, predicate)
            if value is not None and value in _NOTES:
                notes.append(_NOTES[value])
        holder = self._iri(iri, KG.holder)
        if reported and holder is not None:
            notes.append(f"according to {self._wording.name(holder)}")
        said = self._wording.state(triple)
        return f"{said} ({'; '.join(notes)})" if notes else said

    def _read_evidence(self, iri: URIRef) -> Passage | None:
        selectors = [
            each for each in self._values.get((iri, OA.hasSelector), ()) if isinstance(each, URIRef)
        ]
        quote = next((each for each in selectors if (each, OA.exact) in self._values), None)
        position = next((each for each in selectors if (each, OA.start) in self._values), None)
        if quote is None or position is None:
            return None
        exact = self._text(quote, OA.exact)
        start, end = self._number(position, OA.start), self._number(position, OA.end)
        if exact is None or start is None or end is None:
            return None
        prefix, suffix = self._text(quote, OA.prefix), self._text(quote, OA.suffix)
        return Passage(iri, exact, start, end, prefix, suffix, quote, position)

    def _read_mention(self, iri: URIRef) -> CitedMention | None:
        thing, exact = self._iri(iri, KG.refersTo), self._text(iri, KG.exact)
        start, end = self._number(iri, KG.start), self._number(iri, KG.end)
        if thing is None or exact is None or start is None or end is None:
            return None
        prefix, suffix = self._find_context(iri, start, end)
        passage = Passage(iri, exact, start, end, prefix, suffix)
        return CitedMention(thing, self._wording.name(thing), passage)

    def _find_context(self, iri: URIRef, start: int, end: int) -> tuple[str | None, str | None]:
        """What stands in a mention's sentence before and after it."""
        sentence = self._iri(iri, KG.inSentence)
        text = sentence and self._text(sentence, KG.text)
        offset = self._number(sentence, KG.start) if sentence else None
        if text is None or offset is None or start < offset:
            return None, None
        before, after = text[: start - offset], text[end - offset :]
        return before[-_CONTEXT:] or None, after[:_CONTEXT] or None

    def _iri(self, node: URIRef, predicate: URIRef) -> URIRef | None:
        values = self._values.get((node, predicate), ())
        return next((each for each in values if isinstance(each, URIRef)), None)

    def _text(self, node: URIRef, predicate: URIRef) -> str | None:
        values = self._values.get((node, predicate), ())
        return next((str(each) for each in values if isinstance(each, Literal)), None)

    def _number(self, node: URIRef, predicate: URIRef) -> int | None:
        text = self._text(node, predicate)
        return int(text) if text is not None and text.isdecimal() else None


def _place(passage: Passage) -> tuple[int, int, URIRef]:
    return passage.start, passage.end, passage.iri
