"""The titles and nationalities that stand before a person's name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.extraction.naming import Memory, Naming
from kg.extraction.phrases import join_words
from kg.extraction.runs import DAYS, MONTHS, is_capital
from kg.extraction.tree import Tree
from kg.iris import KG
from kg.model import MentionForm, Token
from kg.vocabulary import Vocabulary

_HONORIFICS = frozenset(
    {"mr", "mr.", "mrs", "mrs.", "ms", "dr", "dr.", "sir", "lord", "lady", "count", "baron",
     "prince", "princess", "saint", "general", "professor", "judge", "captain", "major", "sheikh",
     "ayatollah", "archbishop", "under", "grand"}
)  # fmt: skip
# Offices that stand for their holder where an article says which ("the President").
_OFFICES = frozenset(
    {"President", "Premier", "Chancellor", "Minister", "General", "Secretary-General", "King",
     "Queen", "Emperor", "Pope", "Sultan", "Shah", "Emir", "Kaiser", "Tsar", "Czar"}
)  # fmt: skip
_NEEDED = {"Minister": "Prime", "General": "-"}
_DETERMINERS = frozenset({"the", "our", "my", "its", "his", "her", "their", "this"})


def is_title(word: str, vocabulary: Vocabulary) -> bool:
    """Whether a word, in capitals, stands before names as (part of) a title."""
    lower = word.casefold()
    kind = vocabulary.nouns.get(lower)
    return kind == KG.Person or lower in _HONORIFICS or lower in {"foreign", "defense", "defence",
        "prime", "vice", "acting", "former", "deputy", "chief", "state", "treasury"}  # fmt: skip


def add_titles(tree: Tree, namings: Sequence[Naming], vocabulary: Vocabulary) -> list[Naming]:
    """Take the title and nationality before a person's name into the mention."""
    out: list[Naming] = []
    for naming in namings:
        if naming.kind != KG.Person or naming.form is not MentionForm.NAME:
            out.append(naming)
            continue
        start = naming.start
        while start > 0 and _belongs_to_title(
            tree, start - 1, namings, vocabulary, inside=start < naming.start
        ):
            start -= 1
        while start < naming.start and tree.tokens[start].text.casefold() in {"of", "the", "and"}:
            start += 1
        if start < naming.start and not any(
            is_title(tree.tokens[k].text, vocabulary) for k in range(start, naming.start)
        ):
            start = naming.start
        country = naming.country or next(
            (n.country for n in namings if start <= n.start < naming.start and n.country), None
        )
        out.append(replace(naming, start=start, country=country))
    return out


def _belongs_to_title(
    tree: Tree, i: int, namings: Sequence[Naming], vocabulary: Vocabulary, *, inside: bool
) -> bool:
    token = tree.tokens[i]
    if _in_office_name(tree, i):
        return True
    if _is_title_part(tree, i, vocabulary):
        return True
    following = tree.tokens[i + 1].text if i + 1 < len(tree.tokens) else ""
    titled = is_title(following, vocabulary)
    for naming in namings:
        if naming.start <= i < naming.end and naming.kind in {KG.State, KG.Organization}:
            return titled or (inside and i + 1 < naming.end)
    if (
        is_capital(token.text)
        and (i > 0 or inside)
        and following[:1].isupper()
        and _is_field(token)
    ):
        titled = titled or (inside and tree.head(i) in {i + 1, tree.head(i + 1)})
        return titled and not any(n.start <= i < n.end for n in namings)
    return vocabulary.nouns.get(token.lemma) == KG.Person and any(
        n.end == i and n.kind in {KG.State, KG.Organization} for n in namings
    )


def find_titles(tree: Tree, naming: Naming, vocabulary: Vocabulary) -> Iterator[tuple[int, int]]:
    """The runs of title words in a person's mention."""
    start = naming.start
    for i in range(naming.start, naming.end + 1):
        if i == naming.end or not _is_title_part(tree, i, vocabulary):
            if start < i < naming.end:
                yield start, i
            start = i + 1


def _is_title_part(tree: Tree, i: int, vocabulary: Vocabulary) -> bool:
    """Whether a word is a title in capitals, or the hyphen of one ("Secretary-General")."""
    text = tree.tokens[i].text
    if text in {"-", "–"} and i > 0:
        return _is_title_part(tree, i - 1, vocabulary)
    return is_capital(text) and is_title(text, vocabulary)


def _is_field(token: Token) -> bool:
    return token.pos in {"PROPN", "NOUN", "ADJ"} and token.text.casefold() not in MONTHS | DAYS


def name_offices(
    tree: Tree, namings: Sequence[Naming], memory: Memory, vocabulary: Vocabulary
) -> Iterator[Naming]:
    """Read an office in capitals that stands alone as its holder ("The President stated …")."""
    for i, token in enumerate(tree.tokens):
        if token.text not in _OFFICES or any(n.start <= i < n.end for n in namings):
            continue
        start = i
        while start > 0 and _is_title_part(tree, start - 1, vocabulary):
            start -= 1
        following = tree.tokens[i + 1].text if i + 1 < len(tree.tokens) else ""
        before = tree.tokens[i - 1].text if i else ""
        if _NEEDED.get(token.text, before) != before:
            continue
        if start == 0 or tree.tokens[start - 1].text.casefold() not in _DETERMINERS:
            continue
        if following == "of" or is_capital(following):
            continue
        name = join_words(tree, list(range(start, i + 1)))
        holder = memory.offices.get(name)
        if tree.tokens[start - 1].text.casefold() != "the":
            start -= 1
        if holder is not None and holder.kind == KG.Person:
            yield replace(holder, start=start, end=i + 1)
        else:
            yield Naming(start, i + 1, KG.Person, name, MentionForm.NAME)


def _in_office_name(tree: Tree, i: int) -> bool:
    """Whether a word belongs to the field of an office ("Secretary of the Treasury")."""
    texts = [t.text for t in tree.tokens[max(0, i - 3) : i + 1]]
    if texts[-1] in {"of", "the", "for"} or is_capital(texts[-1]):
        for back in range(1, len(texts)):
            word = texts[-1 - back]
            if word in {"Secretary", "Minister", "Chancellor", "Director"}:
                return "of" in texts[-back:] or "for" in texts[-back:]
            if word not in {"of", "the", "for"}:
                return False
    return False
