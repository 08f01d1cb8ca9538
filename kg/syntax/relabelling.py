"""Repairs of roles: a receiver with nothing given, and subjects listed after a fronted date."""

from __future__ import annotations

import re
from dataclasses import replace

from kg.model import Token
from kg.syntax.arcs import list_children

_SUBJECTS = frozenset({"nsubj", "nsubj:pass"})
_NOMINAL = frozenset({"NOUN", "PROPN"})
_LISTED = frozenset({"nmod:unmarked", "appos", "conj", "dep", "nmod", "obl:unmarked", "flat"})
_MONTHS = "january february march april may june july august september october november december"
_SPANS = "spring summer autumn fall winter year month week day decade"
_TIMES = frozenset([*_MONTHS.split(), *_SPANS.split()])
_YEAR = re.compile(r"^(1[5-9]|20)\d\d$")


def relabel_roles(tokens: list[Token]) -> None:
    """Set roles right in place."""
    for i in range(len(tokens)):
        _make_object(tokens, i)
        _return_subject(tokens, i)
        if tokens[i].role == "root":
            _seat_after_date(tokens, i)


def _make_object(tokens: list[Token], i: int) -> None:
    """A receiver to whom nothing is given is the object ("urged the juntas to reconsider")."""
    token = tokens[i]
    if token.role != "iobj":
        return
    siblings = [tokens[k].role for k in list_children(tokens, token.head)]
    if not {"obj", "ccomp"} & set(siblings):
        tokens[i] = replace(token, role="obj")


def _return_subject(tokens: list[Token], i: int) -> None:
    """For "A, led by B, joined C": A is the subject of the main verb, not of the participle."""
    verb = tokens[i]
    if verb.pos != "VERB" or verb.role not in {"advcl", "acl"} or verb.head <= i:
        return
    main = verb.head
    children = list_children(tokens, i)
    if tokens[main].pos != "VERB" or i == 0 or tokens[i - 1].text != ",":
        return
    if not any(tokens[k].role == "obl:agent" for k in children):
        return
    if any(tokens[k].role in {"aux", "aux:pass", "mark"} for k in children):
        return
    subject = next((k for k in children if tokens[k].role in _SUBJECTS and k < i - 1), None)
    if subject is None or any(tokens[k].role in _SUBJECTS for k in list_children(tokens, main)):
        return
    tokens[subject] = replace(tokens[subject], role="nsubj", head=main)
    features = "Tense=Past|VerbForm=Part|Voice=Pass"
    tokens[i] = replace(verb, role="acl", head=subject, features=features)


def _seat_after_date(tokens: list[Token], root: int) -> None:
    """For "In May 2023, A, B and C signed": A and B hang on the date, and the date is no root."""
    token = tokens[root]
    dated = token.text.casefold() in _TIMES or _YEAR.match(token.text)
    if not dated or not any(tokens[k].role == "case" for k in list_children(tokens, root)):
        return
    verb = next(
        (
            k
            for k in range(root + 1, len(tokens))
            if tokens[k].pos == "VERB" and tokens[k].role in {"root", "conj", "parataxis", "acl"}
        ),
        None,
    )
    comma = next((k for k in range(root, len(tokens)) if tokens[k].text == ","), None)
    if verb is None or comma is None or comma > verb or tokens[verb].head not in {verb, root}:
        return
    subjects = [k for k in list_children(tokens, verb) if tokens[k].role in _SUBJECTS]
    listed = [
        k
        for k in list_children(tokens, root)
        if comma < k < verb and tokens[k].pos in _NOMINAL and tokens[k].role in _LISTED
    ]
    listed = [
        k for k in listed if not any(tokens[c].role == "case" for c in list_children(tokens, k))
    ]
    if not subjects and not listed:
        return
    first, *others = sorted([*listed, *subjects])
    role = tokens[subjects[0]].role if subjects else "nsubj"
    tokens[verb] = replace(tokens[verb], role="root", head=verb)
    tokens[root] = replace(token, role="obl", head=verb)
    tokens[first] = replace(tokens[first], role=role, head=verb)
    for k in others:
        tokens[k] = replace(tokens[k], role="conj", head=first)
    for k in list_children(tokens, root):
        if k > first and tokens[k].role in {"cc", "punct"}:
            tokens[k] = replace(tokens[k], head=verb)
