"""Claims from a model's answers, as the same records that the frames give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from rdflib import URIRef

from kg.extraction.entities import Argument, Cast
from kg.extraction.llm.asking import ModelServer, ask_model
from kg.extraction.llm.checking import Refusal, RefusalError, Told, check_claim, split_answer
from kg.extraction.llm.locating import Passage
from kg.extraction.llm.prompt import make_prompt
from kg.extraction.time import find_period
from kg.extraction.tree import NOMINAL, Tree, find_conjuncts
from kg.iris import KG, LEX, mint_part
from kg.model import Claim, Document, Evidence, Finding, Severity, Span
from kg.vocabulary import Vocabulary
from kg.vocabulary.definitions import Definitions

LLM_FRAME = LEX.llm
LONGEST_SENTENCE = 4_000
_NO_HOLDERS = frozenset({KG.Concept, KG.Issue, KG.Place, KG.Product, KG.Measure})
_FUNCTION = frozenset({"DET", "ADP", "PUNCT", "AUX", "CCONJ", "SCONJ", "PART", "INTJ"})


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that a model told and that is not believed, about which sentence."""

    document: URIRef
    sentence: Span
    reason: Refusal
    detail: str


class LlmExtractor:
    """Asks a model about every sentence; believes what it quotes and counts what it refuses."""

    def __init__(
        self, server: ModelServer, vocabulary: Vocabulary, definitions: Definitions
    ) -> None:
        self.server = server
        self.prompt = make_prompt(vocabulary, definitions)
        self.refused: list[Refused] = []
        self.asked = 0
        self.kept = 0
        self._schema = True

    @property
    def variant(self) -> str:
        """What tells the readings of this model and prompt from others."""
        return f"llm {self.server.model} {self.prompt.version}"

    def __call__(
        self, document: Document, trees: Sequence[Tree], cast: Cast, vocabulary: Vocabulary
    ) -> tuple[Claim, ...]:
        """Read every claim of an article; raises ExtractorError where the model cannot be asked."""
        claims: dict[URIRef, Claim] = {}
        for number, tree in enumerate(trees):
            if not _can_claim(tree):
                continue
            passage = Passage(document, tree.sentence.span)
            said: set[tuple[URIRef, URIRef, URIRef]] = set()
            for told in self._ask(document, passage, vocabulary):
                try:
                    pairs = list(_resolve(tree, number, told, cast, vocabulary))
                    holder = _find_holder(tree, number, told.holder, cast)
                except RefusalError as refusal:
                    self._refuse(document, passage, refusal)
                    continue
                for subject, other in pairs:
                    key = _key(subject, told.relation, other, vocabulary)
                    if key not in said:
                        said.add(key)
                        claim = _make_claim(document, tree, told, (subject, other), holder)
                        claims.setdefault(claim.iri, claim)
        return tuple(claims.values())

    def report(self) -> tuple[Finding, ...]:
        """How many answers were refused, and why."""
        counts = Counter(refused.reason for refused in self.refused)
        return tuple(
            Finding(
                Severity.WARNING,
                "extractor",
                self.server.model,
                f"{counts[reason]} answer{'s' * (counts[reason] != 1)} refused: {reason.value}",
            )
            for reason in Refusal
            if counts[reason]
        )

    def _ask(self, document: Document, passage: Passage, vocabulary: Vocabulary) -> Iterator[Told]:
        try:
            if len(passage.text) > LONGEST_SENTENCE:
                raise RefusalError(Refusal.LENGTH)
            answer = ask_model(self.server, self.prompt, passage.text, schema=self._schema)
            self._schema = answer.schema if not answer.kept else self._schema
            self.asked += not answer.kept
            self.kept += answer.kept
            values = split_answer(answer)
        except RefusalError as refusal:
            self._refuse(document, passage, refusal)
            return
        for value in values:
            try:
                yield check_claim(value, passage, vocabulary, self.prompt.kinds)
            except RefusalError as refusal:
                self._refuse(document, passage, refusal)

    def _refuse(self, document: Document, passage: Passage, refusal: RefusalError) -> None:
        self.refused.append(Refused(document.iri, passage.span, refusal.reason, refusal.detail))


def _can_claim(tree: Tree) -> bool:
    """Whether a sentence names two things: without them there is nothing to ask."""
    return sum(token.pos in NOMINAL or token.pos == "ADJ" for token in tree.tokens) > 1


def _resolve(
    tree: Tree, number: int, told: Told, cast: Cast, vocabulary: Vocabulary
) -> Iterator[tuple[Argument, Argument]]:
    relation = vocabulary.relations[told.relation]
    subjects = _refer(tree, number, told.subject, cast)
    objects = _refer(tree, number, told.object, cast)
    if not subjects or not objects:
        raise RefusalError(Refusal.UNRESOLVED)
    subjects = [a for a in subjects if vocabulary.is_a(a.kind, relation.domain)]
    objects = [a for a in objects if vocabulary.is_a(a.kind, relation.range)]
    if not subjects or not objects:
        raise RefusalError(Refusal.MISFIT, relation.name)
    pairs = [(s, o) for s, o in product(subjects, objects) if s.entity != o.entity]
    if not pairs:
        raise RefusalError(Refusal.CIRCULAR, cast.label(subjects[0].entity))
    yield from pairs


def _refer(tree: Tree, number: int, span: Span, cast: Cast) -> list[Argument]:
    """What a phrase stands for: the same things that the frames would find at its heads."""
    found = [a for head in _find_heads(tree, number, span, cast) for a in cast.refer(number, head)]
    return list(dict.fromkeys(found))


def _find_heads(tree: Tree, number: int, span: Span, cast: Cast) -> list[int]:
    inside = [i for i, token in enumerate(tree.tokens) if token.span.overlaps(span)]
    tops = [
        i
        for i in inside
        if tree.head(i) not in inside and (cast.is_name(number, i) or tree.pos(i) not in _FUNCTION)
    ]
    if not tops:
        return []
    head = min(tops, key=lambda i: (not cast.is_name(number, i), tree.pos(i) not in NOMINAL, -i))
    return [i for i in find_conjuncts(tree, head) if i in inside]


def _key(
    subject: Argument, relation: URIRef, other: Argument, vocabulary: Vocabulary
) -> tuple[URIRef, URIRef, URIRef]:
    ends = (subject.entity, other.entity)
    if vocabulary.relations[relation].symmetric:
        ends = (min(ends), max(ends))
    return (ends[0], relation, ends[1])


def _make_claim(
    document: Document,
    tree: Tree,
    told: Told,
    ends: tuple[Argument, Argument],
    holder: URIRef | None,
) -> Claim:
    subject, other = ends
    sentence = tree.sentence.span
    inside = [s for s in (told.quote, subject.span, other.span) if sentence.covers(s)]
    evidence = Evidence(
        quote=Span(min(s.start for s in inside), max(s.end for s in inside)),
        sentence=sentence,
        trigger=told.trigger,
        subject=subject.span,
        object=other.span,
        frame=LLM_FRAME,
    )
    head = _find_trigger(tree, told.trigger)
    key = (subject.entity, told.relation, other.entity, told.trigger.start, told.trigger.end)
    return Claim(
        iri=mint_part(document.iri, "claim", *key),
        subject=subject.entity,
        relation=told.relation,
        object=other.entity,
        topic=told.topic,
        evidence=evidence,
        holder=holder,
        polarity=told.polarity,
        modality=told.modality,
        period=find_period(document, tree, head),
    )


def _find_trigger(tree: Tree, span: Span) -> int:
    """The token at the top of the trigger's words."""
    inside = [i for i, token in enumerate(tree.tokens) if token.span.overlaps(span)]
    return next((i for i in inside if tree.head(i) not in inside), inside[0])


def _find_holder(tree: Tree, number: int, span: Span | None, cast: Cast) -> URIRef | None:
    """Whoever the claim is reported of; nobody at all must not make it the author's own."""
    if span is None:
        return None
    for argument in _refer(tree, number, span, cast):
        if argument.kind not in _NO_HOLDERS:
            return argument.entity
    raise RefusalError(Refusal.UNRESOLVED)
