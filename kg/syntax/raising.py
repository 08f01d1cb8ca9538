"""Repairs of clauses whose verb the parser took for a participle, so that a noun heads them.

"Both nations supported the idea", "The strike crushed hopes": without them a sentence in twenty
of the field's prose has no verb at its head, and no clause in it can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.model import Token
from kg.syntax.arcs import list_children

_SUBJECTS = frozenset({"nsubj", "nsubj:pass"})
_NOMINAL = frozenset({"NOUN", "PROPN", "NUM", "PRON"})
_CLAUSE_PLACES = frozenset({"root", "conj", "parataxis", "ccomp", "acl", "advcl"})
_OWN_PARTS = frozenset({"det", "amod", "compound", "nmod:poss", "nummod", "flat", "det:predet"})
_OBJECT_PLACES = frozenset({"appos", "nmod", "obj", "conj", "dep", "obl", "acl"})


def raise_verbs(tokens: list[Token]) -> None:
    """Put verbs over the nouns that hold their place, in place."""
    for i in range(len(tokens)):
        if tokens[i].role == "amod":
            _raise_attribute(tokens, i)
        elif tokens[i].role == "acl":
            _raise_description(tokens, i)
        elif tokens[i].pos == "VERB" and tokens[i].role in {"root", "list", "conj", "parataxis"}:
            _raise_compound(tokens, i)


def _has(tokens: Sequence[Token], i: int, roles: frozenset[str] | set[str]) -> bool:
    return any(tokens[k].role in roles for k in list_children(tokens, i))


def _raise_description(tokens: list[Token], i: int) -> None:
    """A past form hung on the noun before it that has an object, or is the only verb there."""
    verb = tokens[i]
    if verb.pos != "VERB" or verb.head >= i or verb.text.casefold().endswith("ing"):
        return
    place = verb.head
    while tokens[place].role == "nmod" and tokens[place].head < place:
        place = tokens[place].head
    noun = tokens[place]
    if noun.pos not in _NOMINAL or noun.role not in {"root", "conj", "parataxis", "ccomp"}:
        return
    if _has(tokens, i, {"aux:pass", "mark", "obl:agent", *_SUBJECTS}):
        return
    if _has(tokens, place, {"cop", *_SUBJECTS}):
        return
    whole = place == verb.head and _has(tokens, i, {"obj"})
    if not whole and not _is_only_verb(tokens, place):
        return
    _take_place(tokens, i, place)


def _is_only_verb(tokens: Sequence[Token], root: int) -> bool:
    """Whether nothing else can head the sentence, and it is one (not a heading)."""
    if tokens[-1].text != "." or tokens[root].role != "root":
        return False
    if _has(tokens, root, {"case", "conj"}):
        return False
    return not any(t.role == "root" for k, t in enumerate(tokens) if k != root)


def _raise_attribute(tokens: list[Token], i: int) -> None:
    """A past form between two nouns, taken for an attribute of the second, governs both."""
    verb = tokens[i]
    form = verb.text.casefold()
    if verb.head < i or verb.pos != "VERB" or form.endswith("ing"):
        return
    thing = verb.head
    before = i - 1
    while before > 0 and tokens[before].pos == "ADV":
        before -= 1
    if before < 0:
        return
    own = [k for k in list_children(tokens, i) if tokens[k].role in _SUBJECTS and k < i]
    left = tokens[before]
    ends_noun = left.pos in {"NOUN", "PROPN", "NUM"} and left.text != "-" and before != thing
    if not own and not ends_noun:
        return
    if any(k < i and tokens[k].role in {"det", "case"} for k in list_children(tokens, thing)):
        left_parts = [
            k for k in list_children(tokens, thing) if k < i and tokens[k].role == "compound"
        ]
        if not left_parts and not own:
            return
    subject = own[0] if own else _find_subject(tokens, i, before, thing)
    if subject is None:
        return
    _join(tokens, i, subject, thing)


def _find_subject(tokens: Sequence[Token], i: int, before: int, thing: int) -> int | None:
    """The noun phrase that ends right before the verb: a part of the object's, or above it."""
    if tokens[before].head == thing and tokens[before].role == "compound":
        return before
    above = tokens[thing].head
    if above >= i or above == thing or tokens[above].pos not in _NOMINAL:
        return None
    if tokens[above].role not in _CLAUSE_PLACES or tokens[thing].role not in _OBJECT_PLACES:
        return None
    if _has(tokens, above, {"cop", "case", *_SUBJECTS}):
        return None
    step = before
    while step != above:
        if tokens[step].head == step:
            return None
        step = tokens[step].head
    return above


def _join(tokens: list[Token], i: int, subject: int, thing: int) -> None:
    """Make the verb the head of its subject and of the thing that it was an attribute of."""
    verb, seat = tokens[i], tokens[thing]
    if tokens[thing].head == subject:
        _take_place(tokens, i, subject)
    else:
        head = i if seat.head == thing else seat.head
        tokens[i] = replace(verb, role=seat.role, head=head, features="VerbForm=Fin")
        for k in list_children(tokens, thing):
            if k < i and k != subject and tokens[k].role in _OWN_PARTS and k < subject:
                tokens[k] = replace(tokens[k], head=subject)
            elif k < i and k != subject:
                tokens[k] = replace(tokens[k], head=i)
        tokens[subject] = replace(tokens[subject], role="nsubj", head=i)
    tokens[thing] = replace(tokens[thing], role="obj", head=i)


def _take_place(tokens: list[Token], i: int, place: int) -> None:
    """Give the verb the noun's place; the noun becomes its subject, what follows its own."""
    noun = tokens[place]
    head = i if noun.head == place else noun.head
    tokens[i] = replace(tokens[i], role=noun.role, head=head, features="VerbForm=Fin")
    tokens[place] = replace(noun, role="nsubj", head=i)
    for k in list_children(tokens, place):
        linking = tokens[k].role in {"cc", "punct", "mark"} and noun.role != "root"
        if linking or k > i or tokens[k].role in {"advmod", "obl", "advcl"}:
            tokens[k] = replace(tokens[k], head=i)


def _raise_compound(tokens: list[Token], i: int) -> None:
    """A noun taken for the first part of a finite verb is its subject ("The council condemned")."""
    if _has(tokens, i, {*_SUBJECTS, "expl", "cop"}) or tokens[i].text.casefold().endswith("ing"):
        return
    parts = [k for k in list_children(tokens, i) if tokens[k].role == "compound" and k < i]
    if not parts or tokens[parts[-1]].pos not in {"NOUN", "PROPN"}:
        return
    subject = parts[-1]
    for k in list_children(tokens, i):
        if k < subject and tokens[k].role in _OWN_PARTS:
            tokens[k] = replace(tokens[k], head=subject)
    tokens[subject] = replace(tokens[subject], role="nsubj")
    first = tokens[subject - 1]
    if tokens[i].role == "list" and first.role == "root" and first.pos == "PRON":
        tokens[i] = replace(tokens[i], role="root", head=i)
        tokens[subject - 1] = replace(first, role="nmod:poss", head=subject)
        for k in list_children(tokens, subject - 1):
            tokens[k] = replace(tokens[k], head=i)
