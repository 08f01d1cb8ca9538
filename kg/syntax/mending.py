"""Repairs of parses that contradict themselves, by rules that look at one clause.

They answer errors seen on the field's prose: verbs tagged as nouns ("the administration champions
free trade"), and the later members of a list hung on the main verb instead of on the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.model import Token
from kg.syntax.arcs import list_children
from kg.syntax.clauses import mend_clauses
from kg.syntax.raising import raise_verbs
from kg.syntax.relabelling import relabel_roles
from kg.syntax.seating import seat_clauses

_SUBJECTS = frozenset({"nsubj", "nsubj:pass"})
_NOMINAL = frozenset({"NOUN", "PROPN", "NUM", "PRON"})
_LIST_ROLES = frozenset({"obj", "obl", "nmod", "conj", "appos", "nsubj", "nsubj:pass", "iobj"})
# What is longer is no sentence but a table or a page without stops; nothing is to be mended there.
_LONGEST = 300
_DITRANSITIVES = frozenset(
    {"give", "grant", "offer", "send", "deny", "award", "allow", "promise", "pay", "lend", "sell",
     "owe", "cost", "guarantee", "ask", "allot", "present", "hand", "bring", "cause", "show"}
)  # fmt: skip
_QUOTES = frozenset({'"', "'", "“", "”", "‘", "’"})


def mend_parse(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens with verbs that were tagged as nouns, and the like, set right."""
    if len(tokens) > _LONGEST:
        return tuple(tokens)
    mended = list(tokens)
    relabel_roles(mended)
    seat_clauses(mended)
    mend_clauses(mended)
    for i in range(len(mended)):
        if mended[i].pos in {"NOUN", "PROPN", "ADJ"} and _has_verbal_children(mended, i):
            _make_verb(mended, i)
        elif mended[i].pos == "NOUN" and mended[i].role == "root":
            subject = _find_swallowed_subject(mended, i)
            if subject is not None:
                _free_subject(mended, i, subject)
    raise_verbs(mended)
    for i in range(len(mended)):
        _part_objects(mended, i)
        _free_fronted_list(mended, i)
        _rejoin_list(mended, i)
        _rejoin_subject(mended, i)
        _free_participle(mended, i)
    return tuple(mended)


def _has_verbal_children(tokens: Sequence[Token], i: int) -> bool:
    """A "noun" with a subject but no copula, article or attribute ("Chile trades with China")."""
    token = tokens[i]
    if not token.text.islower():
        return False
    children = [tokens[k] for k in list_children(tokens, i)]
    governs = any(c.role == "obj" and c.span > token.span for c in children)
    if not governs and not token.text.endswith(("s", "ed")):
        return False
    if not any(c.role in _SUBJECTS and c.span < token.span for c in children):
        return False
    if governs:
        return not any(c.role in {"cop", "det", "nmod:poss", "case"} for c in children)
    return not any(c.role in {"cop", "det", "amod", "aux", "nmod:poss", "case"} for c in children)


def _make_verb(tokens: list[Token], i: int) -> None:
    token = tokens[i]
    tokens[i] = replace(token, pos="VERB", lemma=_stem_verb(token.text.casefold()), features="")
    for k in list_children(tokens, i):
        if tokens[k].role == "nmod":
            tokens[k] = replace(tokens[k], role="obl")


def _find_swallowed_subject(tokens: Sequence[Token], root: int) -> int | None:
    """The noun before a root "noun" that is really its subject, None where the root is a noun.

    The root ends in -s, has the article's noun as its compound, and what follows it is taken for
    an apposition: no noun phrase is built so, but a clause is.
    """
    token = tokens[root]
    if not token.text.islower() or not token.text.endswith("s") or root == 0:
        return None
    children = list_children(tokens, root)
    if tokens[root - 1].role != "compound" or tokens[root - 1].head != root:
        return None
    if not any(tokens[k].role == "det" for k in children):
        return None
    after = root + 1
    while after < len(tokens) and tokens[after].text in _QUOTES:
        after += 1
    object_role = {tokens[k].role for k in children if k >= after}
    direct = after < len(tokens) and tokens[after].pos in {"NOUN", "PROPN", "ADJ", "DET"}
    return root - 1 if direct and object_role & {"appos", "dep", "obj"} else None


def _free_subject(tokens: list[Token], root: int, subject: int) -> None:
    for k in list_children(tokens, root):
        if k < subject and tokens[k].role in {"det", "amod", "compound", "nmod:poss", "nummod"}:
            tokens[k] = replace(tokens[k], head=subject)
        elif k > root and tokens[k].role in {"appos", "dep"}:
            tokens[k] = replace(tokens[k], role="obj")
        elif tokens[k].role == "acl":
            tokens[k] = replace(tokens[k], role="advcl")
    tokens[subject] = replace(tokens[subject], role="nsubj")
    _make_verb(tokens, root)


def _rejoin_list(tokens: list[Token], i: int) -> None:
    """Hang a noun that is coordinated with a verb on the list that ends right before it."""
    token = tokens[i]
    if token.role != "conj" or token.pos not in _NOMINAL or token.head >= i:
        return
    if tokens[token.head].pos != "VERB":
        return
    if any(tokens[k].role in {*_SUBJECTS, "cop", "aux"} for k in list_children(tokens, i)):
        return
    start = min(
        [i, *(k for k in list_children(tokens, i) if tokens[k].role not in {"cc", "punct"})]
    )
    before = start - 1
    while before > token.head and tokens[before].text in {",", "and", "or", ";", *_QUOTES}:
        before -= 1
    member: int | None = before
    while member is not None and member > token.head:
        if tokens[member].pos in _NOMINAL and tokens[member].role in _LIST_ROLES:
            tokens[i] = replace(token, head=member)
            return
        above = tokens[member].head
        member = above if above != member else None


def _rejoin_subject(tokens: list[Token], i: int) -> None:
    """In "A and B sent …" the first subject, cut off as a root of its own, joins the second."""
    first = tokens[i]
    if first.role != "root" or first.pos not in {"PROPN", "NOUN"} or i + 2 >= len(tokens):
        return
    link = tokens[i + 1]
    if link.role != "cc" or link.head <= i + 1 or tokens[link.head].pos != "VERB":
        return
    verb = link.head
    if not (tokens[verb].role == "root" or tokens[verb].head == i):
        return
    second = next(
        (k for k in list_children(tokens, verb) if tokens[k].role in _SUBJECTS and k > i + 1), None
    )
    if second is None:
        return
    role = tokens[second].role
    tokens[verb] = replace(tokens[verb], role="root", head=verb)
    tokens[i] = replace(first, role=role, head=verb)
    tokens[second] = replace(tokens[second], role="conj", head=i)
    tokens[i + 1] = replace(link, head=second)


def _free_participle(tokens: list[Token], i: int) -> None:
    """A participle after a comma, taken as one more member of the object, belongs to the verb."""
    token = tokens[i]
    if token.role != "conj" or token.pos != "VERB" or not token.text.casefold().endswith("ing"):
        return
    head = tokens[token.head]
    children = [tokens[k].role for k in list_children(tokens, i)]
    if head.pos not in _NOMINAL or {"cc", "nsubj", "aux"} & set(children) or i == 0:
        return
    verb = head.head
    while tokens[verb].pos not in {"VERB", "AUX"} and tokens[verb].head != verb:
        verb = tokens[verb].head
    if tokens[i - 1].text == "," and tokens[verb].pos == "VERB" and verb < i:
        tokens[i] = replace(token, role="advcl", head=verb)


def _part_objects(tokens: list[Token], i: int) -> None:
    """Of two objects of one verb the first is the receiver ("granted the powers rights")."""
    if tokens[i].pos != "VERB" or tokens[i].lemma not in _DITRANSITIVES:
        return
    objects = [k for k in list_children(tokens, i) if tokens[k].role == "obj" and k > i]
    if len(objects) == 2 and tokens[objects[1]].pos in _NOMINAL:
        tokens[objects[0]] = replace(tokens[objects[0]], role="iobj")


def _free_fronted_list(tokens: list[Token], i: int) -> None:
    """The subjects after a fronted phrase, taken as its list ("In 1995, A, B and C joined …")."""
    if tokens[i].pos != "VERB" or tokens[i].text.casefold().endswith("ing"):
        return
    fronted = [k for k in list_children(tokens, i) if k < i and tokens[k].role in {"obl", "advcl"}]
    below = [c for k in fronted for c in list_children(tokens, k) if k < c < i]
    fronted += [c for c in below if tokens[c].role == "obl"]
    subjects = [k for k in list_children(tokens, i) if k < i and tokens[k].role in _SUBJECTS]
    for noun in fronted:
        members = [
            k for k in list_children(tokens, noun) if noun < k < i and tokens[k].role == "conj"
        ]
        members = [k for k in members if tokens[k].pos in {"PROPN", "NOUN"}]
        if not members or noun + 1 >= i or tokens[noun + 1].text != ",":
            continue
        first, linked = (
            members[0],
            any(tokens[k].role == "cc" for m in members for k in list_children(tokens, m)),
        )
        if any(tokens[k].role == "cc" and k < first for k in list_children(tokens, first)):
            continue
        if subjects:
            before = [tokens[k] for k in (subjects[0] - 1, subjects[0] - 2) if k > first]
            if len(subjects) > 1 or not any(t.role == "cc" for t in before):
                continue
            tokens[subjects[0]] = replace(tokens[subjects[0]], role="conj", head=first)
        elif not linked and len(members) > 1:
            continue
        tokens[first] = replace(tokens[first], role="nsubj", head=i)
        for member in members[1:]:
            tokens[member] = replace(tokens[member], head=first)
        return


def _stem_verb(form: str) -> str:
    if form.endswith("ies"):
        return form[:-3] + "y"
    if form.endswith(("ches", "shes", "sses", "xes")):
        return form[:-2]
    if form.endswith("ed"):
        return form[:-1] if form.endswith(("eed", "ued", "ied")) else form[:-2]
    return form.removesuffix("s")
