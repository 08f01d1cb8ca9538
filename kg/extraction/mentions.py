"""Where the article names things: gazetteer first, then name shapes and the cues around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rdflib import URIRef

from kg.extraction.names import Candidate, NameMatch, Names
from kg.extraction.runs import find_runs, is_capital, kind_of_run
from kg.extraction.tree import SUBJECTS, Tree
from kg.iris import KG
from kg.model import BlockKind, Document, Mention, MentionForm, Span
from kg.vocabulary import Vocabulary

# Nouns that with a country's adjective or a leader's name make a named body of that country.
_BODY_KINDS = frozenset({KG.Government, KG.ArmedForce})
_YEAR = re.compile(r"^(1[6-9]|20)\d\d$")
_PLACE_CASES = frozenset({"in", "at", "near", "from", "to", "into", "around", "outside", "off"})
_METONYMS = frozenset({*SUBJECTS, "nsubj:pass", "nmod:poss", "obl:agent"})
_HONORIFICS = frozenset(
    [
        "mr",
        "mr.",
        "mrs",
        "mrs.",
        "ms",
        "dr",
        "dr.",
        "sir",
        "lord",
        "lady",
        "count",
        "baron",
        "prince",
        "princess",
        "saint",
        "general",
    ]
)


@dataclass(frozen=True, slots=True)
class Naming:
    """A name over tokens [start, end) of a sentence, before it becomes a mention."""

    start: int
    end: int
    kind: URIRef
    name: str
    form: MentionForm
    entry: URIRef | None = None
    country: str | None = None


@dataclass(slots=True)
class _Memory:
    """What the document has named so far."""

    entries: set[URIRef] = field(default_factory=set)
    countries: Counter[str] = field(default_factory=Counter)
    people: dict[str, Naming] = field(default_factory=dict)
    acronyms: dict[str, Naming] = field(default_factory=dict)
    kinds: dict[str, URIRef] = field(default_factory=dict)


def find_mentions(
    document: Document, trees: Sequence[Tree], vocabulary: Vocabulary, names: Names
) -> tuple[Mention, ...]:
    """Find every named mention, in text order; a mention inside a longer one follows it."""
    midword = _collect_midwords(trees)
    matches = [names.find([t.text for t in tree.tokens]) for tree in trees]
    memory = _Memory()
    for found in matches:
        _note_context(found, names, memory)
    dates = _date_sentences(document, trees)
    mentions: list[Mention] = []
    for number, (tree, date) in enumerate(zip(trees, dates, strict=True)):
        namings = _name_sentence(tree, matches[number], vocabulary, names, memory, midword, date)
        mentions.extend(_to_mention(tree, number, naming) for naming in namings)
    return tuple(mentions)


def _collect_midwords(trees: Sequence[Tree]) -> frozenset[str]:
    """Words written with a capital inside a sentence of running text and never without."""
    inside: set[str] = set()
    small: set[str] = set()
    for tree in trees:
        if tree.sentence.block is not BlockKind.PROSE:
            continue
        for i, token in enumerate(tree.tokens):
            if i and is_capital(token.text) and tree.tokens[i - 1].text not in {'"', "“", ":", "."}:
                inside.add(token.text)
            small.add(token.text) if token.text.islower() else None
    return frozenset(word for word in inside if word.casefold() not in small)


def _note_context(found: Iterable[NameMatch], names: Names, memory: _Memory) -> None:
    """Take in the states and the people that the article names in full anywhere."""
    for match in found:
        for candidate in match.candidates:
            entry = names.entry(candidate.entry)
            if entry.kind == KG.State and entry.country:
                memory.countries[entry.country] += 1
        full = [c for c in match.candidates if c.surface in {"label", "alias"}]
        if len(full) == 1 and match.end - match.start > 1:
            memory.entries.add(full[0].entry)


def _date_sentences(document: Document, trees: Sequence[Tree]) -> list[str | None]:
    """The date that each sentence speaks of or from: the article's own, else the last year named.

    Histories carry no date of their own, but the years that they tell of say who was in office.
    """
    own = document.issued or document.received
    if own is not None:
        return [own] * len(trees)
    years = [
        next((t.text for t in reversed(tree.tokens) if _YEAR.match(t.text)), None) for tree in trees
    ]
    current = next((year for year in years if year), None)
    dates: list[str | None] = []
    for year in years:
        current = year or current
        dates.append(current)
    return dates


def _name_sentence(
    tree: Tree,
    matches: Sequence[NameMatch],
    vocabulary: Vocabulary,
    names: Names,
    memory: _Memory,
    midword: frozenset[str],
    date: str | None,
) -> list[Naming]:
    known = [
        naming
        for match in matches
        if (naming := _choose(tree, match, names, memory, date)) is not None
    ]
    known.extend(_name_inside(tree, known, names, memory, date))
    namings = list(known)
    for run in find_runs(tree, vocabulary.nouns, midword):
        namings.extend(_name_run(tree, run.start, run.end, known, vocabulary, names, memory))
    namings = _drop_overlaps(namings)
    bodies = list(_compose_bodies(tree, namings, vocabulary))
    taken = {(body.start, body.end) for body in bodies}
    namings = [*(n for n in namings if (n.start, n.end) not in taken), *bodies]
    namings = _add_titles(tree, namings, vocabulary)
    for naming in sorted(namings, key=lambda n: (n.start, -n.end)):
        _remember(tree, naming, memory)
    return sorted(set(namings), key=lambda n: (n.start, -n.end, n.kind))


def _name_inside(
    tree: Tree, known: Sequence[Naming], names: Names, memory: _Memory, date: str | None
) -> list[Naming]:
    """The states named inside a longer name ("the US-Japan alliance"): they are its parties."""
    inside: list[Naming] = []
    for naming in known:
        if naming.end - naming.start < 2 or naming.kind in {KG.State, KG.Person, KG.Place}:
            continue
        words = [t.text for t in tree.tokens[naming.start : naming.end - 1]]
        for match in names.find(words):
            moved = replace(match, start=match.start + naming.start, end=match.end + naming.start)
            inner = _choose(tree, moved, names, memory, date)
            if inner is not None and inner.kind == KG.State:
                inside.append(inner)
    return inside


def _choose(
    tree: Tree, match: NameMatch, names: Names, memory: _Memory, date: str | None
) -> Naming | None:
    words = [t.text for t in tree.tokens[match.start : match.end]]
    surname = words[-1].casefold()
    candidate: Candidate | None = names.choose(
        match, date=date, seen=memory.entries, countries=frozenset(memory.countries)
    )
    if candidate is None:
        return _name_unknown_bearer(tree, match, memory)
    entry = names.entry(candidate.entry)
    if entry.kind == KG.Person and len(words) == 1 and surname in memory.people:
        earlier = memory.people[surname]
        return replace(earlier, start=match.start, end=match.end)
    if entry.kind == KG.Person and len(words) == 1 and _inside_longer_name(tree, match):
        return None
    form = candidate.form
    kind, iri, label = entry.kind, entry.iri, entry.label
    if kind == KG.Place and entry.capital_of is not None and _acts(tree, match.start, match.end):
        state = names.entry(entry.capital_of)
        kind, iri, label = state.kind, state.iri, state.label
    return Naming(match.start, match.end, kind, label, form, iri, entry.country)


def _name_unknown_bearer(tree: Tree, match: NameMatch, memory: _Memory) -> Naming | None:
    """A surname that several have, and nothing tells which: a person all the same."""
    word = tree.tokens[match.end - 1]
    if word.text.casefold() in memory.people:
        return replace(memory.people[word.text.casefold()], start=match.start, end=match.end)
    surnames = all(c.surface == "surname" for c in match.candidates)
    if not surnames or match.end - match.start > 1 or word.pos != "PROPN" or match.start == 0:
        return None
    if any(
        tree.tokens[c].text.casefold() in {"in", "at", "near"}
        for c in tree.under(match.start, "case")
    ):
        return None
    if tree.role(match.start) in {"compound", "flat", "amod"}:
        return None
    return Naming(match.start, match.end, KG.Person, word.text, MentionForm.NAME)


def _inside_longer_name(tree: Tree, match: NameMatch) -> bool:
    """A surname alone inside an unknown longer name ("Truman Capote") is not that person."""
    tokens = tree.tokens
    after = tokens[match.end] if match.end < len(tokens) else None
    return (
        after is not None
        and after.pos == "PROPN"
        and is_capital(after.text)
        and (after.role in {"flat", "flat:name"})
    )


def _acts(tree: Tree, start: int, end: int) -> bool:
    """Whether a capital stands where only its government can ("Tokyo fears", "Moscow's demand")."""
    head = _head_of(tree, start, end)
    if any(
        tree.role(c) == "case" and tree.tokens[c].text.casefold() in _PLACE_CASES
        for c in tree.children[head]
    ):
        return False
    above = tree.head(head)
    if tree.role(head) == "conj" and above is not None:
        return tree.role(above) in _METONYMS
    return tree.role(head) in _METONYMS and above is not None and tree.pos(above) != "PROPN"


def _head_of(tree: Tree, start: int, end: int) -> int:
    for i in range(end - 1, start - 1, -1):
        head = tree.head(i)
        if head is None or not start <= head < end:
            return i
    return end - 1


def _name_run(
    tree: Tree,
    start: int,
    end: int,
    known: Sequence[Naming],
    vocabulary: Vocabulary,
    names: Names,
    memory: _Memory,
) -> Iterator[Naming]:
    """The names that a capitalised run makes beyond what the gazetteer found in it."""
    inside = [n for n in known if start <= n.start and n.end <= end]
    if any(n.start <= start and n.end >= end for n in known):
        return
    words = [t.text for t in tree.tokens[start:end]]
    kind = kind_of_run(words, vocabulary.nouns)
    last_known = max((n.end for n in inside), default=start)
    if kind is not None and kind not in {KG.Person, KG.Group} and last_known < end:
        country = next((n.country for n in inside if n.country), None)
        actor = vocabulary.is_a(kind, KG.Actor)
        yield Naming(start, end, kind, " ".join(words), MentionForm.NAME, None,
                     country if actor else None)  # fmt: skip
        return
    for piece_start, piece_end in _unknown_pieces(tree, start, end, inside, vocabulary):
        naming = _name_piece(tree, piece_start, piece_end, inside, vocabulary, names, memory)
        if naming is not None:
            yield naming


def _unknown_pieces(
    tree: Tree, start: int, end: int, inside: Sequence[Naming], vocabulary: Vocabulary
) -> Iterator[tuple[int, int]]:
    """The parts of a run outside known names and titles; a known surname ends its own piece."""
    blocked = {
        i
        for n in inside
        if n.kind != KG.Person or n.end - n.start > 1
        for i in range(n.start, n.end)
    }
    piece: list[int] = []
    for i in range(start, end):
        token = tree.tokens[i]
        title = _is_title(token.text, vocabulary)
        if i in blocked or title or token.text in {"of", "and", "the", "for"}:
            if piece:
                yield piece[0], piece[-1] + 1
            piece = []
        else:
            piece.append(i)
    if piece:
        yield piece[0], piece[-1] + 1


def _is_title(word: str, vocabulary: Vocabulary) -> bool:
    lower = word.casefold()
    kind = vocabulary.nouns.get(lower)
    return kind == KG.Person or lower in _HONORIFICS or lower in {"foreign", "defense", "defence",
        "prime", "vice", "acting", "former", "deputy", "chief", "state", "treasury"}  # fmt: skip


def _name_piece(
    tree: Tree,
    start: int,
    end: int,
    inside: Sequence[Naming],
    vocabulary: Vocabulary,
    names: Names,
    memory: _Memory,
) -> Naming | None:
    words = [t.text for t in tree.tokens[start:end]]
    text = " ".join(words)
    if text in memory.acronyms:
        return replace(memory.acronyms[text], start=start, end=end)
    if words[-1].casefold() in memory.people and len(words) <= 2:
        return replace(memory.people[words[-1].casefold()], start=start, end=end)
    surname = next((n for n in inside if n.end == end and n.kind == KG.Person), None)
    if surname is not None and len(words) > 1:
        entry = names.entry(surname.entry) if surname.entry else None
        same = entry is not None and words[0].casefold() in entry.label.casefold()
        return replace(surname, start=start, end=end, name=surname.name if same else text,
                       entry=surname.entry if same else None)  # fmt: skip
    kind = memory.kinds.get(text) or _guess_kind(tree, start, end, words, vocabulary)
    if kind is None:
        return None
    memory.kinds[text] = kind
    country = next((n.country for n in inside if n.country and n.end <= start), None)
    return Naming(start, end, kind, text, MentionForm.NAME, None,
                  country if kind == KG.Person else None)  # fmt: skip


def _guess_kind(
    tree: Tree, start: int, end: int, words: Sequence[str], vocabulary: Vocabulary
) -> URIRef | None:
    head = _head_of(tree, start, end)
    before = tree.tokens[start - 1].text if start else ""
    if _is_title(before, vocabulary) and before[:1].isupper():
        return KG.Person
    if len(words) == 1 and words[0].isupper() and 1 < len(words[0]) <= 6:
        return KG.Organization
    if any(tree.tokens[c].text.casefold() in _PLACE_CASES for c in tree.under(head, "case")):
        return KG.Place
    if before.casefold() == "the":
        return KG.Place if len(words) == 1 else KG.Organization
    if 2 <= len(words) <= 4 and all(w[:1].isupper() or w in {"-", "al", "de"} for w in words):
        return KG.Person
    if len(words) == 1 and tree.role(head) in SUBJECTS and tree.pos(head) == "PROPN":
        return KG.Person
    return KG.Place if len(words) == 1 and tree.pos(head) == "PROPN" else None


def _drop_overlaps(namings: Sequence[Naming]) -> list[Naming]:
    """Longer names win; a name inside a longer one stays only if it is a whole word group of it."""
    kept: list[Naming] = []
    for naming in sorted(namings, key=lambda n: (n.start - n.end, n.start, n.entry is None)):
        crossing = [k for k in kept if naming.start < k.end and k.start < naming.end]
        if all(k.start <= naming.start and naming.end <= k.end for k in crossing):
            same = [k for k in crossing if (k.start, k.end) == (naming.start, naming.end)]
            inner_person = any(k.kind == KG.Person for k in crossing) and naming.kind == KG.Person
            if not same and not inner_person:
                kept.append(naming)
    return kept


def _compose_bodies(
    tree: Tree, namings: Sequence[Naming], vocabulary: Vocabulary
) -> Iterator[Naming]:
    """Read "British forces", "the Trump administration": bodies named by country or leader."""
    for naming in namings:
        if naming.kind not in {KG.State, KG.Person, KG.Government} or (
            naming.entry is None and (naming.kind != KG.Person)
        ):
            continue
        head = naming.end
        while (
            head < len(tree.tokens)
            and head < naming.end + 3
            and (tree.role(head) in {"amod", "compound"} and not is_capital(tree.tokens[head].text))
        ):
            head += 1
        if head >= len(tree.tokens):
            continue
        word = tree.tokens[head]
        kind = vocabulary.nouns.get(word.lemma) or vocabulary.nouns.get(word.text.casefold())
        if kind not in _BODY_KINDS or word.pos not in {"NOUN", "PROPN"}:
            continue
        if naming.kind == KG.Person and kind != KG.Government:
            continue
        words = [naming.name if naming.kind == KG.Person else tree.tokens[naming.start].text]
        if naming.kind == KG.State:
            words = [t.text for t in tree.tokens[naming.start : naming.end]]
        elif naming.kind == KG.Person:
            words = [tree.tokens[naming.end - 1].text]
        label = " ".join([*words, *(t.text for t in tree.tokens[naming.end : head + 1])])
        if naming.kind == KG.Person and word.lemma != "administration":
            continue
        label = label[:-1] if label.endswith(("nments", "istries")) else label
        yield Naming(naming.start, head + 1, kind, label, MentionForm.NAME, None, naming.country)
        noun = label.split()[-1]
        for sharer in _find_sharers(tree, naming, namings):
            adjective = tree.tokens[sharer.start].text
            yield replace(sharer, kind=kind, name=f"{adjective} {noun}", entry=None)


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


def _add_titles(tree: Tree, namings: Sequence[Naming], vocabulary: Vocabulary) -> list[Naming]:
    """Take the title and nationality before a person's name into the mention."""
    out: list[Naming] = []
    for naming in namings:
        if naming.kind != KG.Person or naming.form is not MentionForm.NAME:
            out.append(naming)
            continue
        start = naming.start
        while start > 0 and _belongs_to_title(tree, start - 1, namings, vocabulary):
            start -= 1
        while start < naming.start and tree.tokens[start].text.casefold() in {"of", "the", "and"}:
            start += 1
        if start < naming.start and not any(
            _is_title(tree.tokens[k].text, vocabulary) for k in range(start, naming.start)
        ):
            start = naming.start
        country = naming.country or next(
            (n.country for n in namings if start <= n.start < naming.start and n.country), None
        )
        out.append(replace(naming, start=start, country=country))
    return out


def _belongs_to_title(
    tree: Tree, i: int, namings: Sequence[Naming], vocabulary: Vocabulary
) -> bool:
    token = tree.tokens[i]
    if _in_office_name(tree, i):
        return True
    if is_capital(token.text) and _is_title(token.text, vocabulary):
        return True
    in_state = any(n.start <= i < n.end and n.kind == KG.State for n in namings)
    following = tree.tokens[i + 1].text if i + 1 < len(tree.tokens) else ""
    return in_state and _is_title(following, vocabulary) and following[:1].isupper()


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


def _remember(tree: Tree, naming: Naming, memory: _Memory) -> None:
    if naming.entry is not None:
        memory.entries.add(naming.entry)
    last = tree.tokens[naming.end - 1].text
    if naming.kind == KG.Person and naming.form is MentionForm.NAME:
        memory.people.setdefault(last.casefold(), replace(naming, start=0, end=0))
    tokens = tree.tokens
    if naming.end + 1 < len(tokens) and tokens[naming.end].text == "(":
        acronym = tokens[naming.end + 1].text
        if acronym.isupper() and 2 <= len(acronym) <= 8 and acronym.isalpha():
            memory.acronyms.setdefault(acronym, naming)


def _to_mention(tree: Tree, number: int, naming: Naming) -> Mention:
    tokens = tree.tokens
    return Mention(
        span=Span(tokens[naming.start].span.start, tokens[naming.end - 1].span.end),
        sentence=number,
        head=_head_of(tree, naming.start, naming.end),
        form=naming.form,
        kind=naming.kind,
        name=naming.name,
        entry=naming.entry,
        country=naming.country,
    )
