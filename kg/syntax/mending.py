"""Repairs of roles in a parse that contradict the verb they belong to: its receiver and its object.

Most errors that a parser makes on the field's prose cannot be told from sound parses by a rule;
these two can, since they only ask which of a verb's own objects is which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.model import Token

_NOMINAL = frozenset({"NOUN", "PROPN", "NUM", "PRON"})
_DITRANSITIVES = frozenset(
    {"give", "grant", "offer", "send", "deny", "award", "allow", "promise", "pay", "lend", "sell",
     "owe", "cost", "guarantee", "ask", "allot", "present", "hand", "bring", "cause", "show"}
)  # fmt: skip


def mend_parse(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens with the receivers and objects of each verb told apart."""
    mended = list(tokens)
    governed: dict[int, list[int]] = {}
    for i, token in enumerate(tokens):
        if token.role in {"obj", "iobj", "ccomp"} and token.head != i:
            governed.setdefault(token.head, []).append(i)
    for verb, children in governed.items():
        _part_objects(mended, verb, children)
        _make_object(mended, children)
    return tuple(mended)


def _part_objects(tokens: list[Token], verb: int, children: Sequence[int]) -> None:
    """Of two objects of one verb the first is the receiver ("granted the powers rights")."""
    if tokens[verb].pos != "VERB" or tokens[verb].lemma not in _DITRANSITIVES:
        return
    objects = [k for k in children if tokens[k].role == "obj" and k > verb]
    if len(objects) == 2 and tokens[objects[1]].pos in _NOMINAL:
        tokens[objects[0]] = replace(tokens[objects[0]], role="iobj")


def _make_object(tokens: list[Token], children: Sequence[int]) -> None:
    """A receiver to whom nothing is given is the object ("urged the juntas to reconsider")."""
    if all(tokens[k].role == "iobj" for k in children):
        for k in children:
            tokens[k] = replace(tokens[k], role="obj")
