"""Holding a model's answer against the schema, the ontology and the sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from rdflib import URIRef

from kg.extraction.llm.asking import Answer
from kg.extraction.llm.locating import Passage
from kg.iris import KG
from kg.model import Modality, Polarity, Span
from kg.vocabulary import Vocabulary

# More than a sentence can say: the model is going round in circles.
MOST_CLAIMS = 60
_THOUGHT = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"^\s*```(?:json)?\s*\n(.*?)\n?```\s*$", re.DOTALL)


class Refusal(Enum):
    """Why a claim of a model is not believed, or a sentence not asked about."""

    LENGTH = "the sentence is too long to ask about"
    CUT_OFF = "the answer is cut off"
    MALFORMED = "the answer is not what the schema asks for"
    RELATION = "the relation is not in the ontology"
    KIND = "the kind of an end is not in the ontology"
    SAYING = "the polarity or modality is not in the ontology"
    QUOTE = "the quotation is not in the sentence"
    PHRASE = "a phrase for an end, topic or holder is not in the sentence"
    UNRESOLVED = "a phrase for an end stands for nothing"
    MISFIT = "the kinds of the ends do not fit the relation"
    CIRCULAR = "both ends are one thing"


class RefusalError(Exception):
    """A claim that is not believed."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Told:
    """A claim as a model tells it, its words found in the source."""

    quote: Span
    trigger: Span
    subject: Span
    relation: URIRef
    object: Span
    topic: Span | None
    holder: Span | None
    polarity: Polarity
    modality: Modality


def split_answer(answer: Answer) -> list[object]:
    """The claims in an answer, not looked into yet; raises RefusalError where there are none."""
    content = _THOUGHT.sub("", answer.content)
    fenced = _FENCE.match(content)
    try:
        value = json.loads(fenced.group(1) if fenced else content)
    except (ValueError, RecursionError) as error:
        reason = Refusal.CUT_OFF if answer.finish == "length" else Refusal.MALFORMED
        raise RefusalError(reason, answer.content[:200]) from error
    match value:
        case {"claims": list(claims)} if len(claims) <= MOST_CLAIMS:
            return claims
    raise RefusalError(Refusal.MALFORMED, answer.content[:200])


def check_claim(
    value: object, passage: Passage, vocabulary: Vocabulary, kinds: Collection[URIRef]
) -> Told:
    """A told claim that the ontology has words for and the sentence holds; else RefusalError.

    `kinds` are those that a thing can be given.
    """
    if not isinstance(value, Mapping):
        raise RefusalError(Refusal.MALFORMED, str(value)[:200])
    texts = dict(_read_texts(value))
    relation = KG[texts["relation"]]
    if relation not in vocabulary.relations:
        raise RefusalError(Refusal.RELATION, texts["relation"])
    bounds = vocabulary.relations[relation]
    for name, bound in (("subject_kind", bounds.domain), ("object_kind", bounds.range)):
        kind = KG[texts[name]]
        if kind not in kinds:
            raise RefusalError(Refusal.KIND, texts[name])
        if not vocabulary.is_a(kind, bound):
            raise RefusalError(Refusal.MISFIT, f"{texts[name]} in {texts['relation']}")
    try:
        polarity, modality = Polarity(texts["polarity"]), Modality(texts["modality"])
    except ValueError as error:
        raise RefusalError(Refusal.SAYING, str(error)) from error
    quote = passage.find(texts["quote"], exact=True)
    trigger = passage.find(texts["trigger"], near=quote)
    if quote is None or trigger is None or not quote.covers(trigger):
        raise RefusalError(Refusal.QUOTE, texts["quote"] if quote is None else texts["trigger"])

    def find(name: str) -> Span:
        found = passage.find(texts[name], near=quote)
        if found is None:
            raise RefusalError(Refusal.PHRASE, texts[name])
        return found

    return Told(
        quote=quote,
        trigger=trigger,
        subject=find("subject"),
        relation=relation,
        object=find("object"),
        topic=find("topic") if "topic" in texts else None,
        holder=find("holder") if "holder" in texts else None,
        polarity=polarity,
        modality=modality,
    )


_REQUIRED = ("quote", "trigger", "subject", "subject_kind", "relation", "object", "object_kind",
             "polarity", "modality")  # fmt: skip
_OPTIONAL = ("topic", "holder")
# What models write for null, and for the author's own voice.
_NOTHING = {"topic": {"", "null", "none"}, "holder": {"", "null", "none", "author", "the author"}}


def _read_texts(value: Mapping[object, object]) -> Iterator[tuple[str, str]]:
    for name in (*_REQUIRED, *_OPTIONAL):
        text = value.get(name)
        if name in _OPTIONAL and (
            text is None or (isinstance(text, str) and text.strip().casefold() in _NOTHING[name])
        ):
            continue
        if not isinstance(text, str):
            raise RefusalError(Refusal.MALFORMED, name)
        yield name, text
