"""A parsed sentence as a tree one can walk, and the roles that the frames speak of.

Universal Dependencies relations: https://universaldependencies.org/u/dep/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.model import Sentence, Token

SUBJECTS = frozenset({"nsubj", "nsubj:outer", "csubj", "csubj:outer"})
PASSIVE_SUBJECTS = frozenset({"nsubj:pass", "csubj:pass"})
CLAUSES = frozenset(
    {"root", "ccomp", "xcomp", "advcl", "acl", "acl:relcl", "advcl:relcl", "csubj", "csubj:pass"}
)
RELATIVES = frozenset({"who", "which", "that", "whom", "whose", "where"})
# Prepositions that add another to a thing, as "and" does.
_JOINING = frozenset({"along_with", "together_with"})
NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "SYM", "X"})
_MONTHS = frozenset(
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
     "Saturday", "Sunday"}
)  # fmt: skip
_PARTS_OF_TIME = frozenset(
    {"year", "month", "week", "day", "decade", "century", "summer", "winter", "spring", "autumn",
     "beginning", "mid", "eve", "moment", "time", "morning", "evening", "night"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tree:
    """A sentence with the children of each token; positions count from the sentence's start."""

    sentence: Sentence
    children: tuple[tuple[int, ...], ...]

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens of the sentence."""
        return self.sentence.tokens

    def lemma(self, i: int) -> str:
        """The lemma of the token at `i`."""
        return self.sentence.tokens[i].lemma

    def role(self, i: int) -> str:
        """The dependency relation of the token at `i` to its head."""
        return self.sentence.tokens[i].role

    def pos(self, i: int) -> str:
        """The part of speech of the token at `i`."""
        return self.sentence.tokens[i].pos

    def head(self, i: int) -> int | None:
        """The position of the head of `i`, None for a root."""
        head = self.sentence.tokens[i].head
        return None if head == i else head

    def under(self, i: int, *roles: str) -> list[int]:
        """The children of `i` in one of the given relations."""
        return [c for c in self.children[i] if self.sentence.tokens[c].role in roles]


def build_tree(sentence: Sentence) -> Tree:
    """Index the children of every token."""
    children: list[list[int]] = [[] for _ in sentence.tokens]
    for i, token in enumerate(sentence.tokens):
        if token.head != i:
            children[token.head].append(i)
    return Tree(sentence, tuple(map(tuple, children)))


def walk_subtree(tree: Tree, i: int) -> Iterator[int]:
    """The token at `i` and everything below it."""
    waiting = [i]
    while waiting:
        token = waiting.pop()
        yield token
        waiting.extend(reversed(tree.children[token]))


def walk_up(tree: Tree, i: int) -> Iterator[int]:
    """The heads above `i`, nearest first."""
    seen = {i}
    head = tree.head(i)
    while head is not None and head not in seen:
        yield head
        seen.add(head)
        head = tree.head(head)


def find_conjuncts(tree: Tree, i: int) -> list[int]:
    """The token at `i` and the tokens coordinated with it, in text order."""
    found = [i]
    for token in found:
        found.extend(tree.under(token, "conj"))
        found.extend(c for c in tree.under(token, "nmod") if read_case(tree, c) in _JOINING)
    return sorted(found)


def find_first_conjunct(tree: Tree, i: int) -> int:
    """The first member of the coordination that `i` stands in."""
    while tree.role(i) == "conj" and tree.head(i) is not None:
        i = tree.sentence.tokens[i].head
    return i


def read_case(tree: Tree, i: int) -> str:
    """The preposition of a phrase as one word, parts joined by an underscore ("out_of")."""
    words: list[str] = []
    for child in tree.children[i]:
        if tree.role(child) == "case" and child < i and tree.tokens[child].text not in {"'s", "'"}:
            words.append(tree.tokens[child].text.casefold())
            words.extend(tree.tokens[f].text.casefold() for f in tree.under(child, "fixed"))
    return "_".join(words)


def is_passive(tree: Tree, verb: int) -> bool:
    """Whether a verb stands in the passive, full ("was asked") or reduced ("forces stationed")."""
    if any(tree.role(c) in {"aux:pass", "nsubj:pass", "csubj:pass"} for c in tree.children[verb]):
        return True
    if not is_past_participle(tree, verb):
        return False
    role = tree.role(verb)
    if role in {"acl", "amod"}:
        return True
    if role == "advcl":
        return not tree.under(verb, "obj", "nsubj", "aux")
    if role == "conj":
        first = find_first_conjunct(tree, verb)
        own = tree.under(verb, "aux", "nsubj", "obj")
        return not own and first != verb and tree.pos(first) == "VERB" and is_passive(tree, first)
    return False


def is_past_participle(tree: Tree, verb: int) -> bool:
    """Whether a verb is a past participle that no auxiliary "have" governs."""
    features = tree.tokens[verb].features
    if "VerbForm=Part" not in features or "Tense=Past" not in features:
        return False
    return not any(tree.lemma(c) == "have" for c in tree.under(verb, "aux"))


def is_infinitive(tree: Tree, verb: int) -> bool:
    """Whether "to" marks the verb."""
    return any(tree.tokens[c].text.casefold() == "to" for c in tree.under(verb, "mark"))


def is_gerund(tree: Tree, verb: int) -> bool:
    """Whether a verb stands as "-ing" form without an auxiliary."""
    token = tree.tokens[verb]
    return (
        token.pos == "VERB"
        and token.text.casefold().endswith("ing")
        and not tree.under(verb, "aux", "nsubj")
    )


def read_mark(tree: Tree, i: int) -> str:
    """The word that subordinates a clause ("at" in "aimed at restoring order")."""
    return "_".join(tree.tokens[c].text.casefold() for c in tree.under(i, "mark", "case"))


def find_particle(tree: Tree, verb: int) -> set[str]:
    """The particles of a phrasal verb ("pull out"), also where the parser took them for adverbs."""
    return {
        tree.tokens[c].text.casefold()
        for c in tree.children[verb]
        if tree.role(c) in {"compound:prt", "advmod", "advcl:prt"} and c > verb
    }


def find_relative(tree: Tree, verb: int) -> int | None:
    """The noun that a relative clause with this verb describes."""
    for i in (verb, *walk_up(tree, verb)):
        role = tree.role(i)
        if role == "acl:relcl":
            return _climb_names(tree, i, tree.sentence.tokens[i].head)
        if role not in {"conj", "xcomp", "ccomp"}:
            return None
    return None


def _climb_names(tree: Tree, clause: int, noun: int) -> int:
    """The noun above a name that the parser gave a "that" clause to: names take none."""
    words = [c for c in tree.children[clause] if is_relative_word(tree, c)]
    if not words or tree.tokens[words[0]].text.casefold() != "that":
        return noun
    for above in (noun, *walk_up(tree, noun)):
        if tree.pos(above) != "PROPN":
            return above if tree.pos(above) == "NOUN" else noun
    return noun


def is_relative_word(tree: Tree, i: int) -> bool:
    """Whether the token is a relative pronoun."""
    return tree.tokens[i].text.casefold() in RELATIVES and (
        "PronType=Rel" in tree.tokens[i].features or tree.pos(i) in {"PRON", "SCONJ", "DET"}
    )


def find_roots(tree: Tree) -> Iterable[int]:
    """The tokens without a head."""
    return [i for i, token in enumerate(tree.tokens) if token.head == i]


def is_time(tree: Tree, i: int) -> bool:
    """Whether a "by" phrase tells until when, not by whom."""
    return tree.pos(i) == "NUM" or tree.lemma(i) in {"year", "month", "end", "mid", "time"}


def is_date(tree: Tree, i: int) -> bool:
    """Whether a phrase is a point in the calendar, which is no end of any relation."""
    token = tree.tokens[i]
    if token.text in _MONTHS or (token.text.isdigit() and len(token.text) == 4):
        return True
    inner = [c for c in tree.under(i, "nmod") if read_case(tree, c) == "of"]
    return token.lemma in _PARTS_OF_TIME and (not inner or is_date(tree, inner[0]))
