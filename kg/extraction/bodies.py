"""Bodies named by a country or a leader: "British forces", "the Trump administration"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.extraction.naming import Naming, head_of
from kg.extraction.phrases import join_words
from kg.extraction.runs import is_capital
from kg.extraction.tree import Tree
from kg.iris import KG
from kg.model import MentionForm
from kg.vocabulary import Vocabulary

# Whose name before a lower-case noun names a pact, and the pacts.
_PARTY_KINDS = frozenset({KG.State, KG.Organization, KG.Alliance, KG.Concept})
_PACT_KINDS = frozenset({KG.Agreement, KG.Alliance})
_DESCRIBED_KINDS = frozenset({KG.Organization, KG.Agreement, KG.Government, KG.ArmedForce})
_UNDESCRIBING = frozenset({"other", "same", "several", "many", "called", "later", "own", "various"})
_COMPASS = frozenset(
    f"{point}{tail}"
    for point in ("north", "south", "east", "west", "northeast", "northwest", "southeast",
                  "southwest")
    for tail in ("ern", "")
) | {"northern", "central"}  # fmt: skip
_BODY_KINDS = frozenset({KG.Government, KG.ArmedForce})


def compose_bodies(
    tree: Tree, namings: Sequence[Naming], vocabulary: Vocabulary
) -> Iterator[Naming]:
    """Read "British forces", "the Trump administration": bodies named by country or leader."""
    for naming in namings:
        if naming.kind not in {KG.State, KG.Person, KG.Government} or (
            naming.entry is None and (naming.kind != KG.Person)
        ):
            continue
        head = naming.end
        while (
            head < len(tree.tokens)
            and head < naming.end + 3
            and (tree.role(head) in {"amod", "compound"} and not is_capital(tree.tokens[head].text))
        ):
            head += 1
        if head >= len(tree.tokens):
            continue
        word = tree.tokens[head]
        kind = vocabulary.nouns.get(word.lemma) or vocabulary.nouns.get(word.text.casefold())
        if kind not in _BODY_KINDS or word.pos not in {"NOUN", "PROPN"}:
            continue
        if naming.kind == KG.Person and kind != KG.Government:
            continue
        words = [naming.name if naming.kind == KG.Person else tree.tokens[naming.start].text]
        if naming.kind == KG.State:
            words = [t.text for t in tree.tokens[naming.start : naming.end]]
        elif naming.kind == KG.Person:
            words = [tree.tokens[naming.end - 1].text]
        label = " ".join([*words, *(t.text for t in tree.tokens[naming.end : head + 1])])
        if naming.kind == KG.Person and word.lemma != "administration":
            continue
        label = label[:-1] if label.endswith(("nments", "istries")) else label
        yield Naming(naming.start, head + 1, kind, label, MentionForm.NAME, None, naming.country)
        noun = label.split()[-1]
        for sharer in _find_sharers(tree, naming, namings):
            adjective = tree.tokens[sharer.start].text
            yield replace(sharer, kind=kind, name=f"{adjective} {noun}", entry=None)


def compose_things(
    tree: Tree, namings: Sequence[Naming], vocabulary: Vocabulary
) -> Iterator[Naming]:
    """Read "IAEA agreements", "the US-Japan trade deal", "Katanga province", "eastern Poland"."""
    for naming in namings:
        yield from _compose_thing(tree, naming, namings, vocabulary)
        region = _find_region(tree, naming)
        if region is not None:
            yield region


def _compose_thing(
    tree: Tree, naming: Naming, namings: Sequence[Naming], vocabulary: Vocabulary
) -> Iterator[Naming]:
    head = _find_noun_after(tree, naming)
    if head is None:
        return
    word = tree.tokens[head]
    kind = vocabulary.nouns.get(word.lemma)
    made = kind in _PACT_KINDS and naming.kind in _PARTY_KINDS
    made = made or (kind == KG.Place and naming.kind in {KG.Place, KG.Concept})
    if kind is None or not made:
        return
    start = naming.start
    if start >= 2 and tree.tokens[start - 1].text in {"-", "–"}:
        other = next((n for n in namings if n.end == start - 1), None)
        start = other.start if other is not None else start
    name = join_words(tree, list(range(start, head + 1)))
    yield Naming(start, head + 1, kind, name, MentionForm.NAME)


def _find_noun_after(tree: Tree, naming: Naming) -> int | None:
    """The uncapitalised noun that a name stands before and belongs to."""
    head = naming.end
    while head < len(tree.tokens) and head < naming.end + 2 and tree.role(head) == "compound":
        head += 1
    if head >= len(tree.tokens) or tree.pos(head) != "NOUN" or is_capital(tree.tokens[head].text):
        return None
    owners = {tree.head(i) for i in range(naming.start, naming.end)}
    return head if head in owners else None


def _find_region(tree: Tree, naming: Naming) -> Naming | None:
    """A part of a state named by a point of the compass ("eastern Poland")."""
    before = naming.start - 1
    if naming.kind != KG.State or naming.form is not MentionForm.NAME or before < 0:
        return None
    if tree.tokens[before].text not in _COMPASS:
        return None
    name = join_words(tree, list(range(before, naming.end)))
    return Naming(before, naming.end, KG.Place, name, MentionForm.NAME)


def widen_names(tree: Tree, namings: Sequence[Naming]) -> list[Naming]:
    """Take what describes a body or an agreement into its mention ("the proposed TPP")."""
    return [
        replace(n, start=_find_modifiers(tree, n, namings)) if _is_widened(n) else n
        for n in namings
    ]


def _is_widened(naming: Naming) -> bool:
    return naming.kind in _DESCRIBED_KINDS and naming.form is MentionForm.NAME


def _find_modifiers(tree: Tree, naming: Naming, namings: Sequence[Naming]) -> int:
    head = head_of(tree, naming.start, naming.end)
    start = naming.start
    while start > 0:
        before = tree.tokens[start - 1]
        if before.text in _UNDESCRIBING or tree.role(start - 1) not in {"amod", "nummod"}:
            break
        if tree.head(start - 1) != head or before.pos not in {"ADJ", "NUM", "VERB"}:
            break
        if any(n.start < start <= n.end for n in namings) or is_capital(before.text):
            break
        start -= 1
    if start and _points_at(tree, start - 1, naming):
        start -= 1
    return start


def _points_at(tree: Tree, i: int, naming: Naming) -> bool:
    """Whether the word before belongs to the name: a year, "this" or "our"."""
    word = tree.tokens[i].text.casefold()
    if naming.kind == KG.Agreement and len(word) == 4 and word.isdigit():
        return True
    return word in {"this", "that", "these", "our", "my"} and tree.role(i) not in {"mark", "nsubj"}


def _find_sharers(tree: Tree, naming: Naming, namings: Sequence[Naming]) -> Iterator[Naming]:
    """The adjectives coordinated before a body's adjective ("British and French Governments")."""
    start = naming.start
    while start >= 2 and tree.tokens[start - 1].text in {"and", ","}:
        before = start - 2 if tree.tokens[start - 2].text != "," else start - 3
        sharer = next((n for n in namings if n.end == before + 1 and n.kind == KG.State), None)
        if sharer is None or sharer.form is not MentionForm.ADJECTIVE:
            return
        yield sharer
        start = sharer.start
