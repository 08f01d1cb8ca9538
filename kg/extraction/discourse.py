"""Finding what a pronoun or a bare definite description refers back to.

A plain salience ranking in the manner of Lappin and Leass (1994): recency, subjects first, kinds
and number must agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rdflib import URIRef

from kg.extraction.tree import (
    NOMINAL,
    SUBJECTS,
    Tree,
    find_conjuncts,
    find_first_conjunct,
    walk_up,
)
from kg.iris import KG
from kg.model import Mention, MentionForm

_COLLECTIVES = frozenset({"country", "nation", "side", "state", "government", "power", "party",
                          "leader", "ally", "partner", "neighbor", "neighbour", "superpower",
                          "rival", "belligerent", "adversary", "capital"})  # fmt: skip
_SORTS = frozenset({"republic", "province", "state", "island", "city", "kingdom", "country", "town",
                    "territory", "region", "colony", "nation", "port", "emirate"})  # fmt: skip
_PAIR_WORDS = frozenset({"two", "both"})
DEFINITE = frozenset({"the", "this", "that", "these", "those", "such"})
_LOOK_BACK = 3
_PEOPLE = frozenset({KG.Person})
_BODIES = frozenset(
    {KG.State, KG.Government, KG.Organization, KG.Alliance, KG.ArmedForce, KG.Agreement, KG.Place}
)
_OWNERS = frozenset({"their", "theirs"})
_PARTIES = frozenset({KG.State, KG.Person, KG.Government, KG.Organization, KG.Alliance})
_MANY = frozenset({KG.Group, KG.ArmedForce})
_HE = frozenset({"he", "him", "his", "himself", "she", "her", "hers", "herself"})
_IT = frozenset({"it", "its", "itself"})
_BOTH = frozenset({"both"})
_THEY = frozenset({"they", "them", "their", "theirs", "themselves"}) | _BOTH
_OBJECTS = frozenset({"it", "him", "them", "her"})
_WE = frozenset({"we", "us", "our", "ours", "ourselves"})
# In a speech "we" acts in at least two sentences, and in one of eight.
_OFTEN, _SPEECH = 2, 0.12
_SPEAKING = frozenset({KG.State, KG.Government, KG.Place})
_SUBJECT_ROLES = frozenset({*SUBJECTS, "nsubj:pass", "obl:agent"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """An earlier noun phrase: where it stands, its kind, and whether it is many."""

    sentence: int
    token: int
    kind: URIRef
    plural: bool
    named: bool
    conjoined: bool = False


Describe = Callable[[int, int], tuple[URIRef, bool] | None]


def is_speaker(text: str) -> bool:
    """Whether the word is a speaker's "we" or "our"."""
    return text.casefold() in _WE and text != "US"


def find_speaker(trees: Sequence[Tree], mentions: Sequence[Mention]) -> Mention | None:
    """The state in whose name a speech says "we", as one of its mentions.

    Only a text in which "we" acts often is a speech; it names its speaker as the subject of what
    is said in the present ("Estonia supports"), and by what is "ours"; not as whom "we" address.
    """
    acting = sum(
        t.text.casefold() == "we" and t.role in SUBJECTS for tree in trees for t in tree.tokens
    )
    if acting < _OFTEN or acting < _SPEECH * len(trees):
        return None
    points: dict[str, float] = {}
    first: dict[str, Mention] = {}
    for mention in mentions:
        if mention.country is None or mention.kind not in _SPEAKING:
            continue
        if mention.kind == KG.State and mention.form is MentionForm.NAME:
            first.setdefault(mention.country, mention)
        weight = _weigh_speaker(trees[mention.sentence], mention.head)
        points[mention.country] = points.get(mention.country, 0.0) + weight
    ranked = sorted(((p, c) for c, p in points.items() if c in first and p > 0), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return first[ranked[0][1]]


def _weigh_speaker(tree: Tree, token: int) -> float:
    """How much the place of a state's name speaks for its being the speaker."""
    if any(tree.tokens[c].text.casefold() in _WE for c in tree.under(token, "nmod:poss")):
        return 3.0
    if any(t.text.casefold() == "we" for t in tree.tokens):
        return -1.0
    if tree.role(token) == "nmod:poss":
        return 0.5
    verb = tree.head(token)
    if tree.role(token) not in SUBJECTS or verb is None:
        return 0.1
    finite = "Tense=Pres" in tree.tokens[verb].features and not tree.under(verb, "aux")
    return 2.0 if finite else 0.1


def is_pronoun(text: str) -> bool:
    """Whether the word is a pronoun that can be resolved."""
    return text.casefold() in _HE | _IT | _THEY


def resolve_pronoun(
    trees: Sequence[Tree], sentence: int, token: int, describe: Describe
) -> list[tuple[int, int]]:
    """The heads that a pronoun stands for, as (sentence, token); empty where nothing agrees.

    `describe` gives the kind of the phrase headed at a token and whether it is a name.
    """
    word = trees[sentence].tokens[token].text.casefold()
    best: Candidate | None = None
    best_score = 0.0
    for candidate in _earlier(trees, sentence, token, describe):
        score = _score(trees, candidate, sentence, token, word)
        if score > best_score:
            best, best_score = candidate, score
    if best is None:
        return []
    if word in _THEY:
        tree = trees[best.sentence]
        return [(best.sentence, c) for c in find_conjuncts(tree, best.token)]
    return [(best.sentence, best.token)]


def _earlier(
    trees: Sequence[Tree], sentence: int, token: int, describe: Describe
) -> Iterator[Candidate]:
    for number in range(max(0, sentence - _LOOK_BACK), sentence + 1):
        tree = trees[number]
        last = token if number == sentence else len(tree.tokens)
        governing = set(walk_up(tree, token)) if number == sentence else set()
        for i in range(last):
            if tree.pos(i) not in NOMINAL and tree.pos(i) != "ADJ":
                continue
            if i in governing and tree.pos(i) != "VERB":
                continue
            described = describe(number, i)
            if described is None:
                continue
            kind, named = described
            conjoined = bool(tree.under(i, "conj"))
            plural = "Number=Plur" in tree.tokens[i].features or conjoined
            yield Candidate(number, i, kind, plural, named, conjoined)


def _score(
    trees: Sequence[Tree], candidate: Candidate, sentence: int, token: int, word: str
) -> float:
    tree = trees[candidate.sentence]
    role = tree.role(candidate.token)
    if word in _BOTH and not candidate.conjoined:
        return 0.0
    if candidate.sentence == sentence and _bars(tree, candidate.token, token, word):
        return 0.0
    if word in _HE and (candidate.kind not in _PEOPLE or candidate.plural):
        return 0.0
    if word in _IT and (candidate.kind in _PEOPLE | {KG.Group} or _is_many(candidate)):
        return 0.0
    pair = (
        word not in _OWNERS
        and candidate.conjoined
        and candidate.named
        and candidate.kind in _PARTIES
        and _is_subject(trees, candidate)
    )
    if word in _THEY and not (_is_many(candidate) or candidate.kind in _MANY or pair):
        return 0.0
    score = 10.0 - 3.0 * (sentence - candidate.sentence)
    if role in _SUBJECT_ROLES:
        score += 4.0
    elif role in {"obj", "root"}:
        score += 1.5
    elif role in {"amod", "compound", "nmod:poss"}:
        score -= 2.0 if word not in _IT else 0.5
    if candidate.named:
        score += 2.0
    if word in _IT and candidate.kind in _BODIES:
        score += 1.5
    if candidate.sentence == sentence:
        score += _clause_bonus(tree, candidate.token, token)
    return score + 0.01 * candidate.token


def _bars(tree: Tree, candidate: int, pronoun: int, word: str) -> bool:
    """Whether both are ends of one verb: then a plain pronoun means something else."""
    return (
        word in _OBJECTS
        and tree.role(pronoun) in {"obj", "obl", "iobj"}
        and tree.head(find_first_conjunct(tree, candidate)) == tree.head(pronoun)
    )


def _is_many(candidate: Candidate) -> bool:
    return (
        candidate.plural
        and not (candidate.named and candidate.kind in {KG.State, KG.Organization, KG.Place})
    ) or (candidate.plural and candidate.kind not in _BODIES)


def _clause_bonus(tree: Tree, candidate: int, pronoun: int) -> float:
    """The subject of the clause that a possessive stands in is its likeliest owner."""
    above = set(walk_up(tree, pronoun))
    head = tree.head(candidate)
    if head in above and tree.role(candidate) in _SUBJECT_ROLES:
        return 3.0
    return 0.0


def _is_subject(trees: Sequence[Tree], candidate: Candidate) -> bool:
    return trees[candidate.sentence].role(candidate.token) in _SUBJECT_ROLES


def is_known_pair(tree: Tree, token: int) -> bool:
    """Whether a description means the two last named ("the two countries", not "two countries")."""
    words = {tree.tokens[c].text.casefold() for c in tree.children[token]}
    if tree.lemma(token) not in _COLLECTIVES or not words & _PAIR_WORDS:
        return False
    return "both" in words or bool(words & DEFINITE)


def is_sort(tree: Tree, token: int) -> bool:
    """Whether a plural can say what the things named after it are ("the republics of …")."""
    return "Number=Plur" in tree.tokens[token].features and tree.lemma(token) in _SORTS
