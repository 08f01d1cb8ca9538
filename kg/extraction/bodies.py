"""Bodies named by a country or a leader: "British forces", "the Trump administration"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.extraction.naming import Naming
from kg.extraction.runs import is_capital
from kg.extraction.tree import Tree
from kg.iris import KG
from kg.model import MentionForm
from kg.vocabulary import Vocabulary

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
