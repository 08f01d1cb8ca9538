"""Repairs of clauses whose main verb the parser missed: fronted participles, appositions, "has"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.model import Token
from kg.syntax.arcs import list_children

_SUBJECTS = frozenset({"nsubj", "nsubj:pass", "csubj"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON"})
_LOOSE = frozenset({"conj", "xcomp", "advcl", "ccomp", "parataxis", "dep", "acl", "acl:relcl"})


def mend_clauses(tokens: list[Token]) -> None:
    """Set right, in place, the main verb and its subject where the parse has neither."""
    for i in range(len(tokens)):
        if tokens[i].role == "root":
            _seat_apposed_subject(tokens, i)
        if tokens[i].role == "root":
            _seat_after_participle(tokens, i)
        if tokens[i].role == "root":
            _seat_possession(tokens, i)
        _seat_relative_subject(tokens, i)


def _is_finite(tokens: Sequence[Token], i: int) -> bool:
    token = tokens[i]
    if token.pos not in {"VERB", "AUX"} or token.text.casefold().endswith("ing"):
        return False
    return not any(tokens[k].text.casefold() == "to" for k in list_children(tokens, i))


def _seat_apposed_subject(tokens: list[Token], root: int) -> None:
    """For "A, the minister of B, visited C": A is the subject, not a clause of its own."""
    if tokens[root].pos not in _NOMINAL:
        return
    children = list_children(tokens, root)
    if not any(tokens[k].role == "appos" for k in children):
        return
    for k in children:
        verb = tokens[k]
        if k > root and verb.role in {"parataxis", "acl:relcl", "dep"} and _is_finite(tokens, k):
            if any(tokens[c].role in _SUBJECTS for c in list_children(tokens, k)):
                continue
            if tokens[k - 1].text != ",":
                continue
            tokens[k] = replace(verb, role="root", head=k)
            passive = any(tokens[c].role == "aux:pass" for c in list_children(tokens, k))
            role = "nsubj:pass" if passive else "nsubj"
            tokens[root] = replace(tokens[root], role=role, head=k)
            return


def _seat_after_participle(tokens: list[Token], root: int) -> None:
    """For "Fearing B, A allied with C": what follows the comma of the participle is main."""
    fronted = _fronted_participle(tokens, root)
    comma = next((k for k in range(root, len(tokens)) if tokens[k].text == ","), None)
    if not fronted or comma is None or comma + 2 >= len(tokens):
        return
    verb = next((k for k in range(comma + 2, len(tokens)) if _is_finite(tokens, k)), None)
    if verb is None or tokens[verb].head != root or tokens[verb].role not in _LOOSE:
        return
    subject = next((k for k in list_children(tokens, verb) if tokens[k].role in _SUBJECTS), None)
    if subject is None:
        subject = next(
            (
                k
                for k in range(comma + 1, verb)
                if tokens[k].pos in _NOMINAL
                and tokens[k].head < comma
                and tokens[k].role in {"appos", "conj", "dep", "obj", "nsubj"}
            ),
            None,
        )
    if subject is None:
        return
    if tokens[subject].head != verb:
        tokens[subject] = replace(tokens[subject], role="nsubj", head=verb)
    tokens[verb] = replace(tokens[verb], role="root", head=verb)
    tokens[root] = replace(tokens[root], role="advcl", head=verb)


def _fronted_participle(tokens: Sequence[Token], root: int) -> bool:
    if root > 2 or tokens[root].pos not in {"VERB", "AUX"}:
        return False
    children = [tokens[k] for k in list_children(tokens, root)]
    if any(c.role in _SUBJECTS for c in children):
        return False
    having = any(c.role == "aux" and c.text.casefold() == "having" for c in children)
    return having or tokens[root].text.casefold().endswith("ing")


def _seat_possession(tokens: list[Token], root: int) -> None:
    """For "has bases in": no verb in -s follows "has" or "have", so the noun is what is had."""
    token = tokens[root]
    if token.pos != "VERB" or not token.text.casefold().endswith("s"):
        return
    have = root - 1
    if have < 0 or tokens[have].head != root or tokens[have].role != "aux":
        return
    if tokens[have].lemma != "have":
        return
    tokens[have] = replace(tokens[have], pos="VERB", role="root", head=have)
    lemma = token.text.casefold().removesuffix("s")
    tokens[root] = replace(
        token, pos="NOUN", lemma=lemma, role="obj", head=have, features="Number=Plur"
    )
    for k in list_children(tokens, root):
        if tokens[k].role in _SUBJECTS or tokens[k].role in {"punct", "advmod", "aux"}:
            tokens[k] = replace(tokens[k], head=have)
        elif tokens[k].role == "obl":
            tokens[k] = replace(tokens[k], role="nmod")


def _seat_relative_subject(tokens: list[Token], verb: int) -> None:
    """For "to which Poland belongs": what stands before the verb as its compound is its subject."""
    if tokens[verb].pos != "VERB" or tokens[verb].role not in {"acl:relcl", "advcl", "ccomp"}:
        return
    children = list_children(tokens, verb)
    if any(tokens[k].role in _SUBJECTS for k in children):
        return
    for k in children:
        if k < verb and tokens[k].role == "compound" and tokens[k].pos in {"PROPN", "NOUN"}:
            tokens[k] = replace(tokens[k], role="nsubj")
            return
