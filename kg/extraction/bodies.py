"""Bodies named by a country or a leader: "British forces", "the Trump administration"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rdflib import URIRef

from kg.extraction.naming import Naming, head_of
from kg.extraction.phrases import join_words
from kg.extraction.runs import is_capital
from kg.extraction.tree import Tree
from kg.iris import KG
from kg.model import MentionForm, Token
from kg.vocabulary import Vocabulary

# Whose name before a lower-case noun names a pact, and the pacts.
_PARTY_KINDS = frozenset({KG.State, KG.Organization, KG.Alliance, KG.Concept})
_PACT_KINDS = frozenset({KG.Agreement, KG.Alliance})
_RULING_KINDS = frozenset({KG.State, KG.Person, KG.Government, KG.Organization, KG.Place})
_YEAR = re.compile(r"^(1[6-9]|20)\d\d$")
_SETTLEMENTS = frozenset({"capital", "cities", "city", "port", "town", "towns", "village"})
_RULES = frozenset({"administration", "cabinet", "dictatorship", "government", "junta", "regime"})
_DESCRIBED_KINDS = frozenset({KG.Organization, KG.Agreement, KG.Government, KG.ArmedForce})
# Parts of a state that its adjective names ("the Italian mainland").
_SHORES = frozenset({"coast", "coastline", "frontier", "mainland", "peninsula"})
_UNDESCRIBING = frozenset(
    {
        "other",
        "same",
        "several",
        "many",
        "called",
        "later",
        "own",
        "various",
        "led",
        "backed",
        "run",
    }
)
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
        head = _find_body(tree, naming, vocabulary)
        if head is None:
            continue
        kind = _kind_of_body(tree.tokens[head], naming, vocabulary)
        if kind is None:
            continue
        words = [t.text for t in tree.tokens[naming.start : naming.end]]
        if naming.kind == KG.Person:
            words = words[-1:]
        elif naming.kind == KG.Government:
            words = words[:1]
        label = " ".join([*words, *(t.text for t in tree.tokens[naming.end : head + 1])])
        label = label[:-1] if label.endswith(("nments", "istries")) else label
        yield Naming(naming.start, head + 1, kind, label, MentionForm.NAME, None, naming.country)
        noun = label.split()[-1]
        for sharer in _find_sharers(tree, naming, namings):
            adjective = tree.tokens[sharer.start].text
            yield replace(sharer, kind=kind, name=f"{adjective} {noun}", entry=None)


def _find_body(tree: Tree, naming: Naming, vocabulary: Vocabulary) -> int | None:
    """The noun for a body that follows a name, adjectives between them skipped."""
    known = naming.entry is not None or naming.kind in {KG.Person, KG.Organization}
    if naming.kind not in _RULING_KINDS or not known:
        return None
    head = naming.end
    while (
        head < min(len(tree.tokens), naming.end + 3)
        and tree.role(head) in {"amod", "compound"}
        and not is_capital(tree.tokens[head].text)
    ):
        head += 1
    if head >= len(tree.tokens) or tree.pos(head) not in {"NOUN", "PROPN"}:
        return None
    above = tree.head(head)
    modifies = tree.role(head) in {"compound", "amod"} and above is not None and above > head
    return None if modifies and not is_capital(tree.tokens[head].text) else head


def _kind_of_noun(word: Token, vocabulary: Vocabulary) -> URIRef | None:
    return vocabulary.nouns.get(word.lemma) or vocabulary.nouns.get(word.text.casefold())


def _kind_of_body(word: Token, naming: Naming, vocabulary: Vocabulary) -> URIRef | None:
    kind = _kind_of_noun(word, vocabulary)
    plural = "Number=Plur" in word.features
    if kind not in _BODY_KINDS or (naming.kind == KG.Organization and kind != KG.ArmedForce):
        return None
    if naming.kind == KG.Place and word.lemma != "government":
        return None
    if naming.kind == KG.Person and word.lemma != "administration":
        return None
    if naming.kind == KG.State and word.lemma in {"authority", "administration"} and not plural:
        return None
    return kind


def compose_chains(tree: Tree, namings: Sequence[Naming]) -> Iterator[Naming]:
    """Read "Article X of the NPT", "the Agreements of 1954", "the town of Jenin" as one name."""
    texts = [t.text for t in tree.tokens]
    for naming in namings:
        start, end = naming.start, naming.end
        if naming.kind in _PACT_KINDS and naming.form is MentionForm.NAME:
            year = "".join(texts[end + 1 : end + 2])
            if texts[end : end + 1] == ["of"] and _YEAR.match(year):
                yield replace(naming, end=end + 2)
            if texts[start] in {"Article", "Articles"}:
                yield from _join_article(tree, naming, namings)
        settled = start >= 2 and texts[start - 2] in _SETTLEMENTS and texts[start - 1] == "of"
        if naming.kind == KG.Place and settled:
            yield replace(naming, start=start - 2)


def _join_article(tree: Tree, naming: Naming, namings: Sequence[Naming]) -> Iterator[Naming]:
    at = naming.end
    if at >= len(tree.tokens) or tree.tokens[at].text != "of":
        return
    at += 2 if tree.tokens[at + 1 : at + 2] and tree.tokens[at + 1].text == "the" else 1
    for whole in namings:
        if whole.start == at and whole.kind == KG.Agreement:
            name = join_words(tree, list(range(naming.start, whole.end)))
            yield Naming(naming.start, whole.end, KG.Agreement, name, MentionForm.NAME)


def compose_rules(tree: Tree, namings: Sequence[Naming]) -> Iterator[Naming]:
    """Read "Barre's regime", "the administration of President Carter" as governments."""
    for naming in namings:
        if naming.kind == KG.Person and naming.form is MentionForm.NAME:
            yield from _compose_rule(tree, naming)


def _compose_rule(tree: Tree, naming: Naming) -> Iterator[Naming]:
    tokens = tree.tokens
    end, last = naming.end, tokens[naming.end - 1].text
    if end + 1 < len(tokens) and tokens[end].text in {"'s", "'"} and _is_rule(tokens[end + 1]):
        name = f"{last}'s {tokens[end + 1].text}"
        yield Naming(naming.start, end + 2, KG.Government, name, MentionForm.NAME, None,
                     naming.country)  # fmt: skip
    start = naming.start
    if start >= 2 and tokens[start - 1].text == "of" and _is_rule(tokens[start - 2]):
        name = f"{last} {tokens[start - 2].text}"
        yield Naming(start - 2, end, KG.Government, name, MentionForm.NAME, None, naming.country)


def _is_rule(token: Token) -> bool:
    return token.lemma in _RULES and "Number=Plur" not in token.features


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
    made = made or (word.lemma in _SHORES and naming.kind == KG.State)
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
        if before.text in _UNDESCRIBING | {"led", "backed", "run"} or tree.role(start - 1) not in {
            "amod",
            "nummod",
        }:
            break
        if tree.head(start - 1) != head or before.pos not in {"ADJ", "NUM", "VERB"}:
            break
        if any(n.start < start <= n.end for n in namings) or is_capital(before.text):
            break
        start -= 1
    if start == naming.start:
        start = _find_leader(tree, start, namings)
    if start and _points_at(tree, start - 1, naming):
        start -= 1
    return start


def _find_leader(tree: Tree, start: int, namings: Sequence[Naming]) -> int:
    """Where "NATO-led" before a name begins."""
    texts = [t.text for t in tree.tokens[max(0, start - 2) : start]]
    if len(texts) < 2 or texts[0] not in {"-", "–"} or texts[1] not in {"led", "backed", "run"}:
        return start
    return next((n.start for n in namings if n.end == start - 2), start)


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
