"""The titles and nationalities that stand before a person's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.extraction.naming import Naming
from kg.extraction.runs import is_capital
from kg.extraction.tree import Tree
from kg.iris import KG
from kg.model import MentionForm
from kg.vocabulary import Vocabulary

_HONORIFICS = frozenset(
    [
        "mr",
        "mr.",
        "mrs",
        "mrs.",
        "ms",
        "dr",
        "dr.",
        "sir",
        "lord",
        "lady",
        "count",
        "baron",
        "prince",
        "princess",
        "saint",
        "general",
    ]
)


def is_title(word: str, vocabulary: Vocabulary) -> bool:
    """Whether a word, in capitals, stands before names as (part of) a title."""
    lower = word.casefold()
    kind = vocabulary.nouns.get(lower)
    return kind == KG.Person or lower in _HONORIFICS or lower in {"foreign", "defense", "defence",
        "prime", "vice", "acting", "former", "deputy", "chief", "state", "treasury"}  # fmt: skip


def add_titles(tree: Tree, namings: Sequence[Naming], vocabulary: Vocabulary) -> list[Naming]:
    """Take the title and nationality before a person's name into the mention."""
    out: list[Naming] = []
    for naming in namings:
        if naming.kind != KG.Person or naming.form is not MentionForm.NAME:
            out.append(naming)
            continue
        start = naming.start
        while start > 0 and _belongs_to_title(tree, start - 1, namings, vocabulary):
            start -= 1
        while start < naming.start and tree.tokens[start].text.casefold() in {"of", "the", "and"}:
            start += 1
        if start < naming.start and not any(
            is_title(tree.tokens[k].text, vocabulary) for k in range(start, naming.start)
        ):
            start = naming.start
        country = naming.country or next(
            (n.country for n in namings if start <= n.start < naming.start and n.country), None
        )
        out.append(replace(naming, start=start, country=country))
    return out


def _belongs_to_title(
    tree: Tree, i: int, namings: Sequence[Naming], vocabulary: Vocabulary
) -> bool:
    token = tree.tokens[i]
    if _in_office_name(tree, i):
        return True
    if is_capital(token.text) and is_title(token.text, vocabulary):
        return True
    in_state = any(n.start <= i < n.end and n.kind == KG.State for n in namings)
    following = tree.tokens[i + 1].text if i + 1 < len(tree.tokens) else ""
    return in_state and is_title(following, vocabulary) and following[:1].isupper()


def _in_office_name(tree: Tree, i: int) -> bool:
    """Whether a word belongs to the field of an office ("Secretary of the Treasury")."""
    texts = [t.text for t in tree.tokens[max(0, i - 3) : i + 1]]
    if texts[-1] in {"of", "the", "for"} or is_capital(texts[-1]):
        for back in range(1, len(texts)):
            word = texts[-1 - back]
            if word in {"Secretary", "Minister", "Chancellor", "Director"}:
                return "of" in texts[-back:] or "for" in texts[-back:]
            if word not in {"of", "the", "for"}:
                return False
    return False
