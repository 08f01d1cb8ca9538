"""Reading one article: the composition of all the stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial

from kg.extraction import Cast, Names, find_claims, find_mentions, resolve_entities
from kg.extraction.tree import Tree, build_tree
from kg.linking import link_entities
from kg.model import Claim, Document, Entity, MentionForm, Reading
from kg.syntax import Known, Parser, parse_document
from kg.vocabulary import Vocabulary

Extract = Callable[[Document, Sequence[Tree], Cast, Vocabulary], tuple[Claim, ...]]


def read(
    document: Document,
    vocabulary: Vocabulary,
    names: Names,
    parser: Parser,
    *,
    extract: Extract = find_claims,
) -> Reading:
    """Read an article: its sentences, the things it speaks of, its claims and their links.

    `extract` finds the claims, by default the frames.
    """
    sentences = parse_document(document, parser, know_words(vocabulary, names))
    trees = tuple(build_tree(sentence) for sentence in sentences)
    mentions = find_mentions(document, trees, vocabulary, names)
    cast = resolve_entities(document, trees, mentions, vocabulary)
    claims = extract(document, trees, cast, vocabulary)
    entities = _keep_used(cast.entities(), claims)
    return Reading(document, sentences, entities, claims, link_entities(entities, names))


def _keep_used(entities: tuple[Entity, ...], claims: tuple[Claim, ...]) -> tuple[Entity, ...]:
    """Without what is only described, and in no claim that was kept."""
    used = {iri for claim in claims for iri in (claim.subject, claim.object, claim.holder)}
    return tuple(
        entity
        for entity in entities
        if entity.iri in used or any(m.form is not MentionForm.NOMINAL for m in entity.mentions)
    )


def know_words(vocabulary: Vocabulary, names: Names) -> Known:
    """What lexicon and names know, remembered for the words of one article."""
    return Known(cache(partial(is_word, vocabulary, names)), cache(partial(is_name, names)))


def is_word(vocabulary: Vocabulary, names: Names, word: str) -> bool:
    """Whether names or lexicon know a word, so that run-together words may be split at it."""
    lower = word.casefold()
    return (
        lower in vocabulary.frames
        or lower in vocabulary.nouns
        or lower in vocabulary.cues
        or is_name(names, word)
    )


def is_name(names: Names, word: str) -> bool:
    """Whether a word alone is a name."""
    return bool(names.find([word]))
