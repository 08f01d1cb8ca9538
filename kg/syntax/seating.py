"""Repairs of clauses whose parts the parser hung on the wrong word: lists, asides, fronted clauses.

Each answers a construction of the field's prose that the model reads wrongly as a rule, and moves
words only where the parse as it stands cannot be right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.model import Token
from kg.syntax.arcs import list_children

_SUBJECTS = frozenset({"nsubj", "nsubj:pass", "csubj"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM"})
_OWN_PARTS = frozenset({"det", "amod", "compound", "nmod:poss", "nummod", "flat", "case"})
# Nouns in -s that are as often verbs, and take a clause or an infinitive.
_REPORTS = frozenset(
    {"fears", "claims", "hopes", "plans", "demands", "promises", "reports", "doubts", "worries",
     "notes", "warns", "wishes", "vows", "pledges", "aims", "requests", "states", "forecasts",
     "estimates", "proposes", "charges", "answers"}
)  # fmt: skip
# Verbs after which a noun tells what somebody is or becomes.
_PREDICATING = frozenset(
    {"be", "become", "remain", "seem", "appear", "call", "name", "consider", "deem", "elect",
     "appoint", "declare", "stay", "make", "prove", "form", "brand", "label", "term", "dub"}
)  # fmt: skip
_ASIDE = frozenset({"parataxis", "acl:relcl", "dep", "conj", "acl"})


def seat_clauses(tokens: list[Token]) -> None:
    """Set right, in place, what hangs on the wrong word."""
    _retag_attributes(tokens)
    for i in range(len(tokens)):
        _seat_report(tokens, i)
        _seat_quoted_speaker(tokens, i)
        _seat_after_relative(tokens, i)
        _seat_after_pair(tokens, i)
        _seat_preposed(tokens, i)
        _seat_object(tokens, i)
        _free_compound_participle(tokens, i)
        _rejoin_examples(tokens, i)
    _seat_odd_name(tokens)
    _seat_fronted_name(tokens)
    _seat_fronted_passive(tokens)
    _seat_fronted_contrast(tokens)


def _has(tokens: Sequence[Token], i: int, roles: frozenset[str] | set[str]) -> bool:
    return any(tokens[k].role in roles for k in list_children(tokens, i))


def _last_below(tokens: Sequence[Token], i: int, limit: int) -> int:
    """The last token before `limit` of the phrase headed at `i`, in an unbroken run."""
    end = i
    for k in range(i + 1, limit):
        above = k
        for _ in range(limit - i):
            if above == i or tokens[above].head == above:
                break
            above = tokens[above].head
        if above != i:
            break
        end = k
    return end


def _retag_attributes(tokens: list[Token]) -> None:
    """In a sentence without a verb a past "adjective" between two nouns is it ("shocked Asia")."""
    if not tokens or tokens[-1].text != ".":
        return
    if any(t.pos in {"VERB", "AUX"} and not t.text.casefold().endswith("ing") for t in tokens):
        return
    for i in range(1, len(tokens)):
        token = tokens[i]
        between = tokens[i - 1].pos in {"NOUN", "PROPN"} and token.head > i
        if token.role == "amod" and token.pos == "ADJ" and between and token.text.endswith("ed"):
            tokens[i] = replace(token, pos="VERB", features="VerbForm=Part|Tense=Past")
            thing, before = token.head, i - 1
            if tokens[thing].role == "nmod" and tokens[before].head != thing:
                _cut_off(tokens, i, thing)
            elif tokens[thing].role == "nmod":
                _give_back(tokens, i, before, thing)
            return


def _give_back(tokens: list[Token], verb: int, before: int, thing: int) -> None:
    """For "A's invasion of B shocked C": B takes C's place, and the verb the whole sentence's."""
    noun, seat = tokens[before], tokens[thing]
    if noun.role != "compound":
        return
    for k in list_children(tokens, thing):
        if k < before:
            tokens[k] = replace(tokens[k], head=before)
    tokens[before] = replace(noun, role=seat.role, head=seat.head)
    _cut_off(tokens, verb, thing)


def _cut_off(tokens: list[Token], verb: int, thing: int) -> None:
    """Make the verb the root, the old root its subject and the thing after it its object."""
    root = next((k for k, t in enumerate(tokens) if t.role == "root"), None)
    if root is None or root > verb or _has(tokens, root, {*_SUBJECTS, "cop"}):
        return
    tokens[verb] = replace(tokens[verb], role="root", head=verb, features="VerbForm=Fin|Tense=Past")
    tokens[root] = replace(tokens[root], role="nsubj", head=verb)
    tokens[thing] = replace(tokens[thing], role="obj", head=verb)
    for k in list_children(tokens, root):
        if k > verb:
            tokens[k] = replace(tokens[k], head=verb)


def _seat_report(tokens: list[Token], i: int) -> None:
    """For "Tokyo fears that …": the noun at the head of the sentence is its verb."""
    token = tokens[i]
    if token.role != "root" or token.pos != "NOUN" or token.text not in _REPORTS:
        return
    name = i - 1
    children = list_children(tokens, i)
    if name not in children or tokens[name].role not in {"compound", "amod"}:
        return
    if not tokens[name].text[:1].isupper() or _has(tokens, i, {"det", "cop", *_SUBJECTS}):
        return
    clause = next((k for k in children if k > i and tokens[k].role in {"acl", "acl:relcl"}), None)
    mark = None if clause is None else _mark_of(tokens, clause)
    if clause is None or mark not in {"that", "to"} or tokens[-1].text != ".":
        return
    tokens[i] = replace(
        token, pos="VERB", lemma=_singular(token.text), features="Tense=Pres|VerbForm=Fin"
    )
    for k in children:
        if k < name:
            tokens[k] = replace(tokens[k], head=name)
    tokens[name] = replace(tokens[name], pos="PROPN", role="nsubj")
    tokens[clause] = replace(tokens[clause], role="ccomp" if mark == "that" else "xcomp")


def _mark_of(tokens: Sequence[Token], verb: int) -> str | None:
    marks = [k for k in list_children(tokens, verb) if tokens[k].role == "mark"]
    return tokens[marks[0]].text.casefold() if marks else None


def _singular(form: str) -> str:
    if form.endswith("ies"):
        return form[:-3] + "y"
    return form[:-2] if form.endswith("shes") else form.removesuffix("s")


def _seat_quoted_speaker(tokens: list[Token], verb: int) -> None:
    """For "A, said B, would …": B says it, and A does it."""
    if tokens[verb].role != "root" or tokens[verb].pos != "VERB" or verb < 2:
        return
    children = list_children(tokens, verb)
    done = next((k for k in children if k < verb and tokens[k].role == "nsubj"), None)
    said = next((k for k in children if k > verb and tokens[k].role == "ccomp"), None)
    if done is None or said is None or tokens[verb - 1].text != ",":
        return
    speaker = next((k for k in list_children(tokens, said) if tokens[k].role == "nsubj"), None)
    if speaker is None or _last_below(tokens, done, verb - 1) != verb - 2:
        return
    start = min([speaker, *list_children(tokens, speaker)])
    end = _last_below(tokens, speaker, said)
    closes = "," in {tokens[end].text, tokens[min(end + 1, said)].text}
    if start != verb + 1 or not closes:
        return
    tokens[done] = replace(tokens[done], head=said)
    tokens[speaker] = replace(tokens[speaker], head=verb)
    tokens[said] = replace(tokens[said], role="root", head=said)
    tokens[verb] = replace(tokens[verb], role="parataxis", head=said)


def _seat_after_relative(tokens: list[Token], root: int) -> None:
    """For "A, which …, attacked B": the verb after the second comma is A's."""
    if tokens[root].role != "root" or tokens[root].pos not in _NOMINAL:
        return
    if _has(tokens, root, {"cop", "case", *_SUBJECTS}):
        return
    aside = next(
        (
            k
            for k in list_children(tokens, root)
            if tokens[k].role == "acl:relcl" and _opens_aside(tokens, root, k)
        ),
        None,
    )
    if aside is None:
        return
    for verb in range(aside + 1, len(tokens)):
        if tokens[verb].role in _ASIDE and _is_bare_finite(tokens, verb):
            above = tokens[verb].head
            while above not in {root, aside} and tokens[above].head != above:
                above = tokens[above].head
            if above in {root, aside} and verb != aside:
                _take_over(tokens, verb, root)
                return


def _opens_aside(tokens: Sequence[Token], noun: int, verb: int) -> bool:
    """Whether a relative clause stands behind a comma ("A, which …")."""
    first = min([verb, *list_children(tokens, verb)])
    return any(tokens[k].text == "," for k in range(noun, min(first + 2, verb)))


def _is_bare_finite(tokens: Sequence[Token], verb: int) -> bool:
    """Whether a finite verb stands right behind a comma, without subject or conjunction."""
    token = tokens[verb]
    if token.pos not in {"VERB", "AUX"} or token.text.casefold().endswith("ing"):
        return False
    children = list_children(tokens, verb)
    if any(tokens[k].role in {*_SUBJECTS, "cc", "mark", "expl"} for k in children):
        return False
    start = min([verb, *(k for k in children if tokens[k].role in {"aux", "aux:pass", "advmod"})])
    helped = start < verb or "VerbForm=Fin" in token.features or "Tense=Past" in token.features
    return helped and start > 0 and tokens[start - 1].text == ","


def _take_over(tokens: list[Token], verb: int, root: int) -> None:
    passive = _has(tokens, verb, {"aux:pass"})
    tokens[verb] = replace(tokens[verb], role="root", head=verb)
    tokens[root] = replace(tokens[root], role="nsubj:pass" if passive else "nsubj", head=verb)


def _seat_after_pair(tokens: list[Token], root: int) -> None:
    """For "Tension between A and B rose": B belongs to the pair, the noun to the verb."""
    if tokens[root].role != "root" or tokens[root].pos not in _NOMINAL:
        return
    for verb in list_children(tokens, root):
        if verb < root or tokens[verb].role != "conj" or tokens[verb].pos != "VERB":
            continue
        children = list_children(tokens, verb)
        link = next((k for k in children if tokens[k].role == "cc"), None)
        second = next((k for k in children if tokens[k].role in _SUBJECTS), None)
        if link is None or second is None or not link < second < verb:
            continue
        first = link - 1
        held = [k for k in list_children(tokens, first) if tokens[k].role == "case" and k < first]
        if not held or tokens[held[0]].text != "between" or tokens[first].head != root:
            continue
        tokens[link] = replace(tokens[link], head=second)
        tokens[second] = replace(tokens[second], role="conj", head=first)
        _take_over(tokens, verb, root)
        return


def _seat_preposed(tokens: list[Token], i: int) -> None:
    """A past form taken for a preposition between two names governs both ("A opposed B")."""
    token = tokens[i]
    if token.role != "case" or token.pos != "VERB" or not token.text.casefold().endswith("ed"):
        return
    thing = token.head
    whole = tokens[thing].head
    if thing < i or whole != i - 1 or tokens[thing].role != "nmod" or tokens[whole].role != "root":
        return
    if tokens[i + 1].pos == "ADP" or tokens[whole].pos not in _NOMINAL:
        return
    tokens[i] = replace(token, role="root", head=i, features="Tense=Past|VerbForm=Fin")
    tokens[thing] = replace(tokens[thing], role="obj", head=i)
    tokens[whole] = replace(tokens[whole], role="nsubj", head=i)
    for k in list_children(tokens, whole):
        if k > thing:
            role = "obl" if tokens[k].role == "nmod" else tokens[k].role
            tokens[k] = replace(tokens[k], role=role, head=i)


def _seat_object(tokens: list[Token], i: int) -> None:
    """A name taken for a predicate, or the one receiver of a verb, is its object."""
    token = tokens[i]
    verb = token.head
    if token.pos not in {"PROPN", "NOUN"} or verb >= i or tokens[verb].pos != "VERB":
        return
    if tokens[verb].lemma in _PREDICATING or _has(tokens, verb, {"obj", "ccomp", "nsubj:pass"}):
        return
    if token.role == "xcomp" and token.pos == "PROPN":
        if not _has(tokens, i, {"case", "mark", "cop", "aux"}):
            tokens[i] = replace(token, role="obj")
    elif token.role == "iobj" and not _has(tokens, verb, {"xcomp"}):
        tokens[i] = replace(token, role="obj")


def _free_compound_participle(tokens: list[Token], i: int) -> None:
    """For "attacked B, forcing C to …": the participle is no part of C's name but governs it."""
    token = tokens[i]
    thing = token.head
    if token.role not in {"compound", "amod"} or not token.text.endswith("ing") or i < 2:
        return
    if token.pos != "VERB" or thing != i + 1 or tokens[i - 1].text != ",":
        return
    if tokens[thing].role not in {"conj", "appos"} or tokens[thing].pos != "PROPN":
        return
    verb = tokens[thing].head
    while tokens[verb].pos not in {"VERB", "AUX"} and tokens[verb].head != verb:
        verb = tokens[verb].head
    if tokens[verb].pos != "VERB" or verb > i:
        return
    tokens[i] = replace(token, role="advcl", head=verb)
    tokens[thing] = replace(tokens[thing], role="obj", head=i)
    for k in list_children(tokens, verb):
        if k > thing and tokens[k].role == "xcomp" and _mark_of(tokens, k) == "to":
            tokens[k] = replace(tokens[k], head=i)


def _rejoin_examples(tokens: list[Token], i: int) -> None:
    """For "members of A such as B and C": B is a member, not a part of A, and C is another."""
    example = tokens[i]
    if tokens[i].role != "nmod" or example.head >= i or not _is_example(tokens, i):
        return
    whole = example.head
    group = tokens[whole].head
    named = tokens[whole].pos == "PROPN" or tokens[whole].text[:1].isupper()
    if not named or tokens[whole].role != "nmod" or "Number=Plur" not in tokens[group].features:
        return
    tokens[i] = replace(example, head=group)
    for k in list_children(tokens, group):
        links = [c for c in list_children(tokens, k) if tokens[c].role == "cc"]
        if k > i and tokens[k].role == "conj" and links and links[0] == i + 1:
            tokens[k] = replace(tokens[k], head=i)


def _is_example(tokens: Sequence[Token], i: int) -> bool:
    cases = [k for k in list_children(tokens, i) if tokens[k].role == "case" and k < i]
    return bool(cases) and tokens[cases[0]].text.casefold() == "such"


def _seat_odd_name(tokens: list[Token]) -> None:
    """For "Thatcher insisted that …": what opens a clause without subject is no adverb but it."""
    if len(tokens) < 4 or tokens[0].pos != "ADV" or tokens[0].role != "advmod":
        return
    verb = tokens[0].head
    if verb != 1 or tokens[1].role != "root" or tokens[1].pos != "VERB":
        return
    if not tokens[1].text.endswith("ed") or _has(tokens, 1, {*_SUBJECTS, "expl", "aux:pass"}):
        return
    tokens[0] = replace(tokens[0], pos="PROPN", role="nsubj", features="Number=Sing")


def _seat_fronted_name(tokens: list[Token]) -> None:
    """For "Criticising B, A supported C": no name but a participle opens the sentence."""
    if len(tokens) < 6 or not tokens[0].text.endswith("ing") or tokens[0].pos != "PROPN":
        return
    verb = tokens[0].head
    if tokens[0].role not in _SUBJECTS or tokens[verb].role != "root":
        return
    thing = next((k for k in list_children(tokens, 0) if tokens[k].role == "flat"), None)
    actor = next((k for k in list_children(tokens, 0) if tokens[k].role == "appos"), None)
    if thing is None or actor is None or not thing < actor < verb:
        return
    commas = [k for k in range(verb) if tokens[k].text == ","]
    if len(commas) != 1 or not thing < commas[0] < actor or verb != actor + 1:
        return
    tokens[0] = replace(
        tokens[0], pos="VERB", lemma=tokens[0].text.casefold(), role="advcl", features=""
    )
    tokens[thing] = replace(tokens[thing], role="obj")
    tokens[actor] = replace(tokens[actor], role="nsubj", head=verb)


def _seat_fronted_passive(tokens: list[Token]) -> None:
    """For "Backed by B, A rejected C": the participle tells of A's clause."""
    first = next((k for k in range(min(2, len(tokens))) if tokens[k].pos == "VERB"), None)
    if first is None or tokens[first].role not in {"dep", "amod", "acl"}:
        return
    noun = tokens[first].head
    verb = tokens[noun].head
    if noun < first or tokens[noun].role not in _SUBJECTS or tokens[verb].pos != "VERB":
        return
    if _has(tokens, first, {"obl:agent"}):
        features = "Tense=Past|VerbForm=Part"
        tokens[first] = replace(tokens[first], role="advcl", head=verb, features=features)


def _seat_fronted_contrast(tokens: list[Token]) -> None:
    """For "Rather than helping B, A helped C": B is what is not helped, not one who helps."""
    words = [t.text.casefold() for t in tokens[:3]]
    if words[:2] not in (["rather", "than"], ["instead", "of"]) or not words[2].endswith("ing"):
        return
    comma = next((k for k in range(3, len(tokens)) if tokens[k].text == ","), None)
    if comma is None:
        return
    for thing in range(3, comma):
        verb = tokens[thing].head
        if tokens[thing].role not in _SUBJECTS or verb < comma:
            continue
        actor = next((k for k in list_children(tokens, thing) if tokens[k].role == "conj"), None)
        if actor is None or actor < comma:
            return
        tokens[actor] = replace(tokens[actor], role=tokens[thing].role, head=verb)
        tokens[thing] = replace(tokens[thing], role="obj", head=2)
        tokens[2] = replace(tokens[2], pos="VERB", role="advcl", head=verb)
        tokens[0] = replace(tokens[0], role="mark", head=2)
        tokens[1] = replace(tokens[1], role="fixed", head=0)
        return
