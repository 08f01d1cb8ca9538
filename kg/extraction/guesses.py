"""Names that the gazetteer does not know, from their shape and the cues around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rdflib import URIRef

from kg.extraction.names import Names
from kg.extraction.naming import Memory, Naming, head_of
from kg.extraction.phrases import join_words
from kg.extraction.runs import kind_of_run
from kg.extraction.titles import is_title
from kg.extraction.tree import SUBJECTS, Tree
from kg.iris import KG
from kg.model import MentionForm
from kg.vocabulary import Vocabulary

_ACTING = frozenset({*SUBJECTS, "nsubj:pass", "obj", "nmod:poss", "obl:agent"})
PLACE_CASES = frozenset({"in", "at", "near", "from", "to", "into", "around", "outside", "off"})


def name_run(
    tree: Tree,
    start: int,
    end: int,
    known: Sequence[Naming],
    vocabulary: Vocabulary,
    names: Names,
    memory: Memory,
) -> Iterator[Naming]:
    """The names that a capitalised run makes beyond what the gazetteer found in it."""
    inside = [n for n in known if start <= n.start and n.end <= end]
    if any(n.start <= start and n.end >= end for n in known):
        return
    end = _cut_place(tree, start, end, inside)
    inside = [n for n in inside if n.end <= end]
    words = [t.text for t in tree.tokens[start:end]]
    kind = kind_of_run(words, vocabulary.nouns)
    if kind == KG.State and (len(words) == 1 or words[-1].endswith("s")):
        return
    last_known = max((n.end for n in inside), default=start)
    if kind is not None and kind not in {KG.Person, KG.Group} and last_known < end:
        country = next((n.country for n in inside if n.country), None)
        actor = vocabulary.is_a(kind, KG.Actor)
        name = join_words(tree, [*range(start, end)])
        yield Naming(start, end, kind, name, MentionForm.NAME, None, country if actor else None)
        return
    for piece_start, piece_end in _unknown_pieces(tree, start, end, inside, vocabulary):
        naming = _name_piece(tree, piece_start, piece_end, inside, vocabulary, names, memory)
        if naming is not None:
            yield naming


def _cut_place(tree: Tree, start: int, end: int, inside: Sequence[Naming]) -> int:
    """Where a run ends without the known name that "in" or "on" adds ("X College in Ohio")."""
    last = next((n for n in inside if n.end == end), None)
    if last is None:
        return end
    link = last.start - 1
    while link > start and tree.tokens[link].text == "the":
        link -= 1
    return link if tree.tokens[link].text in {"in", "on", "to", "with", "against"} else end


def _unknown_pieces(
    tree: Tree, start: int, end: int, inside: Sequence[Naming], vocabulary: Vocabulary
) -> Iterator[tuple[int, int]]:
    """The parts of a run outside known names and titles; a known surname ends its own piece."""
    blocked = {
        i
        for n in inside
        if n.kind != KG.Person or n.end - n.start > 1
        for i in range(n.start, n.end)
    }
    piece: list[int] = []
    for i in range(start, end):
        token = tree.tokens[i]
        title = is_title(token.text, vocabulary)
        edge = token.text == "-" and (not piece or i + 1 in blocked or i + 1 == end)
        if i in blocked or title or edge or token.text in {"of", "and", "the", "for"}:
            if piece:
                yield piece[0], piece[-1] + 1
            piece = []
        else:
            piece.append(i)
    if piece:
        yield piece[0], piece[-1] + 1


def _name_piece(
    tree: Tree,
    start: int,
    end: int,
    inside: Sequence[Naming],
    vocabulary: Vocabulary,
    names: Names,
    memory: Memory,
) -> Naming | None:
    words = [t.text for t in tree.tokens[start:end]]
    text = join_words(tree, [*range(start, end)])
    if not any(word[:1].isalpha() for word in words):
        return None
    named = all(any(n.start <= i < n.end for n in inside) for i in range(start, end, 2))
    if named and "-" in words:
        return None
    if text in memory.common:
        return Naming(start, end, KG.Concept, text, MentionForm.NAME)
    if text in memory.acronyms:
        return replace(memory.acronyms[text], start=start, end=end)
    if words[-1].casefold() in memory.people and len(words) <= 2:
        return replace(memory.people[words[-1].casefold()], start=start, end=end)
    surname = next((n for n in inside if n.end == end and n.kind == KG.Person), None)
    if surname is not None and len(words) > 1:
        entry = names.entry(surname.entry) if surname.entry else None
        same = entry is not None and words[0].casefold() in entry.label.casefold()
        return replace(surname, start=start, end=end, name=surname.name if same else text,
                       entry=surname.entry if same else None)  # fmt: skip
    kind = memory.kinds.get(text) or _guess_kind(tree, start, end, words, vocabulary)
    if kind is None:
        return None
    memory.kinds[text] = kind
    country = next((n.country for n in inside if n.country and n.end <= start), None)
    return Naming(start, end, kind, text, MentionForm.NAME, None,
                  country if kind == KG.Person else None)  # fmt: skip


def _guess_kind(
    tree: Tree, start: int, end: int, words: Sequence[str], vocabulary: Vocabulary
) -> URIRef | None:
    head = head_of(tree, start, end)
    before = tree.tokens[start - 1].text if start else ""
    if is_title(before, vocabulary) and before[:1].isupper():
        return KG.Person
    if words == ["THE"]:
        return None
    if len(words) == 1 and words[0].isupper() and words[0].isalpha() and 1 < len(words[0]) <= 6:
        return KG.Organization
    if len(words[0]) == 1 and len(words) == 1:
        return None
    common = _are_common(words, vocabulary)
    placed = any(tree.tokens[c].text.casefold() in PLACE_CASES for c in tree.under(head, "case"))
    if (placed or _stands_before_place(tree, end, vocabulary)) and not common:
        return KG.Place
    if before.casefold() == "the":
        return KG.Organization if len(words) > 1 else None
    if common:
        return None
    if 2 <= len(words) <= 4 and all(w[:1].isupper() or w in {"-", "al", "de"} for w in words):
        return KG.Person
    alone = len(words) == 1 and tree.pos(head) == "PROPN"
    return KG.Person if alone and tree.role(head) in _ACTING else None


def _stands_before_place(tree: Tree, end: int, vocabulary: Vocabulary) -> bool:
    """Whether a noun for a place follows ("the Thysville military base")."""
    while end < len(tree.tokens) and tree.role(end) == "amod":
        end += 1
    if end >= len(tree.tokens) or tree.role(end - 1) not in {"compound", "amod"}:
        return False
    return vocabulary.nouns.get(tree.lemma(end)) == KG.Place


def _are_common(words: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether a run is of common words: all are, or its head names a kind of thing."""
    head = words[-1].casefold()
    if head in vocabulary.nouns or head.removesuffix("s") in vocabulary.nouns:
        return True
    return all(_is_common(word, vocabulary) for word in words)


def _is_common(word: str, vocabulary: Vocabulary) -> bool:
    """Whether the lexicon knows a word: then a capital alone makes no person or place of it."""
    lower = word.casefold()
    if lower.endswith("s") and lower[:-1] in vocabulary.nouns:
        return True
    return lower in vocabulary.nouns or lower in vocabulary.frames or lower in vocabulary.cues
