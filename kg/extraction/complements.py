"""Phrases that a preposition or a compound ties to a trigger, whatever kind of word that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kg.extraction.cues import CueIndex
from kg.extraction.tree import (
    NOMINAL,
    Tree,
    find_first_conjunct,
    find_relative,
    is_gerund,
    is_passive,
    is_relative_word,
    read_case,
    read_mark,
)

_NAME_ROLES = frozenset({"compound", "amod", "nmod:poss", "nmod:desc", "nmod"})
# After other prepositions a gerund tells when or how ("on arriving", "by cutting").
_ACT_CASES = frozenset({"at", "against", "of", "about", "for", "in"})


@dataclass(frozen=True, slots=True)
class Scene:
    """A tree with what is known of its tokens: the cues, and which tokens name something.

    `within` gives for each token of a named mention the head of the longest mention it lies in.
    """

    tree: Tree
    cues: CueIndex
    is_name: Callable[[int], bool]
    within: Mapping[int, int] = field(default_factory=dict)


def find_oblique(scene: Scene, head: int, preposition: str) -> list[int]:
    """The phrases with a preposition under a trigger, also those hung one place beside it."""
    tree = scene.tree
    found = find_cased(tree, head, preposition)
    if found:
        return found
    stranded = _stranded(scene, head, preposition)
    if stranded:
        return stranded
    if tree.pos(head) in {"VERB", "AUX", "ADJ"}:
        for child in tree.under(head, "obj", "xcomp", "nsubj:pass", "compound:prt", "advmod"):
            found = [f for f in find_cased(tree, child, preposition) if f > head]
            if found:
                return found
    above = tree.head(head)
    governed = tree.role(head) in {"obj", "nsubj:pass", "obl", "xcomp"}
    if above is not None and tree.pos(head) in NOMINAL and above < head and governed:
        return [f for f in find_cased(tree, above, preposition) if f > head]
    if tree.role(head) == "conj" and above is not None:
        first = find_first_conjunct(tree, head)
        return [f for f in find_cased(tree, first, preposition) if f > head]
    later = [c for c in tree.under(head, "conj") if tree.pos(c) == tree.pos(head)]
    return [f for c in later[-1:] for f in find_cased(tree, c, preposition)]


def find_cased(tree: Tree, head: int, preposition: str) -> list[int]:
    """The phrases with a preposition right under a head, or the acts ("aimed at restoring")."""
    phrases = [
        c
        for c in tree.children[head]
        if tree.role(c).split(":")[0] in {"obl", "nmod", "advmod"}
        and read_case(tree, c) == preposition
        and not is_relative_word(tree, c)
    ]
    if phrases or preposition not in _ACT_CASES:
        return phrases
    clauses = tree.under(head, "advcl", "acl", "xcomp", "ccomp", "obl", "nmod")
    return [c for c in clauses if is_gerund(tree, c) and read_mark(tree, c) == preposition]


def _stranded(scene: Scene, verb: int, preposition: str) -> list[int]:
    """The noun of a relative clause whose preposition is left behind or stands before "which"."""
    tree = scene.tree
    if tree.pos(verb) != "VERB":
        return []
    for child in tree.children[verb]:
        before_which = is_relative_word(tree, child) and read_case(tree, child) == preposition
        left_behind = (
            tree.role(child) in {"obl", "advmod", "compound:prt", "case"}
            and tree.tokens[child].text.casefold() == preposition
            and not tree.under(child, "obj", "nmod")
            and tree.pos(child) == "ADP"
        )
        if before_which or left_behind:
            noun = find_relative(tree, verb)
            if noun is not None:
                return [noun]
            if left_behind and is_passive(tree, verb):
                return []
    return []


def find_names_beside(scene: Scene, title: int) -> list[int]:
    """The names before a title inside one mention ("Egyptian President Nasser")."""
    mention = scene.within[title]
    return [
        i
        for i in range(max(0, title - 6), title)
        if scene.within.get(i) == mention and scene.is_name(i) and i != mention
    ]


def find_modifiers(scene: Scene, noun: int) -> list[int]:
    """What stands before a noun in a compound or as an adjective made from a name."""
    tree = scene.tree
    return [
        c
        for c in tree.children[noun]
        if c < noun
        and tree.role(c) in _NAME_ROLES
        and not read_case(tree, c)
        and (tree.pos(c) in NOMINAL or scene.is_name(c))
        and tree.role(c) != "nmod:poss"
    ]


def find_parties(scene: Scene, noun: int) -> list[int]:
    """The parties of a mutual noun: "between A and B", "the A-B treaty", "of A and B"."""
    tree = scene.tree
    for preposition in ("between", "among", "amongst", "of", "by", "involving"):
        phrases = find_cased(tree, noun, preposition)
        if phrases and (tree.under(phrases[0], "conj") or preposition in {"between", "among"}):
            return phrases
    names = [c for c in _deep_modifiers(scene, noun) if scene.is_name(c)]
    return names if len(names) > 1 else []


def _deep_modifiers(scene: Scene, noun: int) -> list[int]:
    """Names chained before a noun: the parser hangs "US-Japan alliance" in several ways."""
    tree = scene.tree
    found: list[int] = []
    for child in tree.children[noun]:
        if child < noun and tree.role(child) in {*_NAME_ROLES, "conj", "dep", "appos", "flat"}:
            if read_case(tree, child):
                continue
            found.extend([*_deep_modifiers(scene, child), child])
            found.extend(c for c in tree.children[child] if child < c < noun and scene.is_name(c))
    return sorted(set(found))
