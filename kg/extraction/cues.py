"""Finding the cue words of `ontology/cues.ttl` at a token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rdflib import URIRef

from kg.extraction.tree import Tree
from kg.vocabulary import Cue

_SAME_POS = {
    "VERB": {"VERB", "AUX"},
    "AUXILIARY": {"AUX", "VERB"},
    "NOUN": {"NOUN", "PROPN"},
    "ADJ": {"ADJ", "VERB"},
    "ADVERB": {"ADV", "PART", "ADJ", "SCONJ"},
    "PREPOSITION": {"ADP", "SCONJ", "VERB", "ADV"},
    "CONJUNCTION": {"SCONJ", "CCONJ", "ADP"},
    "DETERMINER": {"DET", "PRON"},
    "PRONOUN": {"PRON", "DET"},
}


@dataclass(frozen=True, slots=True)
class CueIndex:
    """The cues, keyed by their first word."""

    cues: Mapping[str, tuple[Cue, ...]]

    def at(self, tree: Tree, i: int) -> Iterator[Cue]:
        """The cues whose first word stands at `i` and whose other words follow it."""
        token = tree.tokens[i]
        form = token.text.casefold()
        seen: set[Cue] = set()
        for word in dict.fromkeys((token.lemma, form, _stem(form))):
            for cue in self.cues.get(word, ()):
                if cue not in seen and _fits(tree, i, cue):
                    seen.add(cue)
                    yield cue

    def has(self, tree: Tree, i: int, effect: URIRef) -> bool:
        """Whether a cue of this effect stands at `i`."""
        return any(cue.effect == effect for cue in self.at(tree, i))


def _stem(form: str) -> str:
    """The stem of a past form, which the tagger's lemma may miss ("presse" of "pressed")."""
    return form.removesuffix("ed") if len(form) > 5 else form


def _fits(tree: Tree, i: int, cue: Cue) -> bool:
    if len(cue.words) == 1:
        return cue.pos is None or tree.pos(i) in _SAME_POS.get(cue.pos, {cue.pos})
    following = tree.tokens[i : i + len(cue.words)]
    return len(following) == len(cue.words) and all(
        word in (token.lemma, token.text.casefold())
        for word, token in zip(cue.words, following, strict=True)
    )
