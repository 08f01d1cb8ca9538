"""Repairs of parses that contradict themselves, by rules that look at one clause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.model import Token

_SUBJECTS = frozenset({"nsubj", "nsubj:pass"})


def mend_parse(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens with verbs that were tagged as nouns, and the like, set right."""
    mended = list(tokens)
    for i, token in enumerate(tokens):
        if token.pos in {"NOUN", "PROPN", "ADJ"} and _is_hidden_verb(tokens, i):
            mended[i] = replace(token, pos="VERB", lemma=_stem_verb(token.text.casefold()))
            for k, child in enumerate(tokens):
                if child.head == i and k != i and child.role == "nmod":
                    mended[k] = replace(child, role="obl")
    return tuple(mended)


def _is_hidden_verb(tokens: Sequence[Token], i: int) -> bool:
    """A "noun" with a subject but no copula, article or attribute ("Chile trades with China")."""
    token = tokens[i]
    if not token.text.islower() or not token.text.endswith(("s", "ed")):
        return False
    children = [(k, t) for k, t in enumerate(tokens) if t.head == i and k != i]
    if not any(t.role in _SUBJECTS and k < i for k, t in children):
        return False
    return not any(
        t.role in {"cop", "det", "amod", "aux", "nmod:poss", "case"} for _, t in children
    )


def _stem_verb(form: str) -> str:
    if form.endswith("ies"):
        return form[:-3] + "y"
    if form.endswith(("ches", "shes", "sses", "xes")):
        return form[:-2]
    if form.endswith("ed"):
        return form[:-1] if form.endswith(("eed", "ued", "ied")) else form[:-2]
    return form.removesuffix("s")
