"""Finding the cue words of `ontology/cues.ttl` at a token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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


class CueIndex:
    """The cues, keyed by their first word; those of the tree last asked about are remembered."""

    def __init__(self, cues: Mapping[str, tuple[Cue, ...]]) -> None:
        self.cues = cues
        self._tree: Tree | None = None
        self._found: dict[int, tuple[Cue, ...]] = {}

    def at(self, tree: Tree, i: int) -> tuple[Cue, ...]:
        """The cues whose first word stands at `i` and whose other words follow it."""
        if tree is not self._tree:
            self._tree, self._found = tree, {}
        found = self._found.get(i)
        if found is None:
            token = tree.tokens[i]
            form = token.text.casefold()
            words = dict.fromkeys((token.lemma, form, *_stems(token.pos, form)))
            offered = (cue for word in words for cue in self.cues.get(word, ()))
            found = tuple(dict.fromkeys(cue for cue in offered if _fits(tree, i, cue)))
            self._found[i] = found
        return found

    def has(self, tree: Tree, i: int, effect: URIRef) -> bool:
        """Whether a cue of this effect stands at `i`."""
        return any(cue.effect == effect for cue in self.at(tree, i))


def _stems(pos: str, form: str) -> Iterator[str]:
    """The base forms that a regular past form may have, as the tagger's lemma may be none."""
    if pos != "VERB" or not form.endswith("ed") or len(form) < 5:
        return
    yield form[:-2]
    yield form[:-1]
    if form.endswith("ied"):
        yield form[:-3] + "y"
    elif form[-3] == form[-4]:
        yield form[:-3]


def _fits(tree: Tree, i: int, cue: Cue) -> bool:
    if len(cue.words) == 1:
        return cue.pos is None or tree.pos(i) in _SAME_POS.get(cue.pos, {cue.pos})
    following = tree.tokens[i : i + len(cue.words)]
    return len(following) == len(cue.words) and all(
        word in (token.lemma, form := token.text.casefold(), *_stems(token.pos, form))
        for word, token in zip(cue.words, following, strict=True)
    )
