"""Where the article names things: gazetteer first, then name shapes and the cues around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.extraction.bodies import (
    compose_bodies,
    compose_chains,
    compose_rules,
    compose_things,
    widen_names,
)
from kg.extraction.choosing import choose_candidate, is_certain, weigh_candidates
from kg.extraction.guesses import PLACE_CASES, name_run
from kg.extraction.names import ADJECTIVAL, Candidate, NameEntry, NameMatch, Names
from kg.extraction.naming import NAMED_KINDS, Memory, Naming, head_of
from kg.extraction.phrases import join_words
from kg.extraction.runs import find_runs, is_capital
from kg.extraction.surroundings import date_sentences, describe_context, find_governed, note_names
from kg.extraction.titles import add_titles, find_titles, is_title, name_offices
from kg.extraction.tree import SUBJECTS, Tree, read_case
from kg.extraction.weighing import MARGIN
from kg.iris import ID, KG
from kg.model import BlockKind, Document, Mention, MentionForm, Namesake, Span
from kg.vocabulary import Vocabulary

# Whose names hold no further party.
_WHOLE_KINDS = frozenset({KG.State, KG.Person, KG.Place, KG.Group})
_PREFIXES = frozenset({"anti", "non", "pro", "inter", "pre", "post"})
_HALVED = {
    "North": ("North-Korea", "North-Vietnam", "North-Yemen"),
    "South": ("South-Korea", "South-Vietnam", "South-Yemen"),
}
_HALVES = frozenset(_HALVED)
_VIEWS = frozenset({"view", "opinion", "eye", "perspective", "viewpoint", "judgment", "judgement",
                    "estimation", "standpoint", "belief"})  # fmt: skip
# What one does to a government and not to a city.
_ADDRESSING = frozenset(
    {"accuse", "ask", "assure", "blame", "convince", "criticise", "criticize", "oppose", "persuade",
     "press", "pressure", "tell", "urge", "warn", "consult", "inform", "sanction", "pressurise",
     "antagonise", "antagonize", "provoke", "appease", "condemn", "denounce", "deter"}
)  # fmt: skip
_METONYMS = frozenset({*SUBJECTS, "nsubj:pass", "nmod:poss", "obl:agent"})


def find_mentions(
    document: Document, trees: Sequence[Tree], vocabulary: Vocabulary, names: Names
) -> tuple[Mention, ...]:
    """Find every named mention, in text order; a mention inside a longer one follows it."""
    midword = _collect_midwords(trees)
    matches = [_find_names(tree, names) for tree in trees]
    memory = Memory()
    for found in matches:
        note_names(found, names, memory)
    for tree in trees:
        memory.common.update(_find_common_acronyms(tree, vocabulary))
    dates = date_sentences(document, trees)
    mentions: list[Mention] = []
    for number, (tree, spoken) in enumerate(zip(trees, dates, strict=True)):
        given = tuple(_find_authors(document, tree))
        namings = _name_sentence(
            tree, matches[number], vocabulary, names, memory, midword, spoken, given
        )
        mentions.extend(_to_mention(tree, number, naming) for naming in namings)
    return tuple(mentions)


def _find_names(tree: Tree, names: Names) -> list[NameMatch]:
    proper = [i for i, token in enumerate(tree.tokens) if token.pos == "PROPN"]
    return names.find([t.text for t in tree.tokens], proper=frozenset(proper))


def _find_authors(document: Document, tree: Tree) -> Iterator[Naming]:
    """Where a sentence names those who wrote the article."""
    words = [t.text for t in tree.tokens]
    for author in document.authors:
        parts = author.name.split()
        for start in range(len(words) - len(parts) + 1):
            if len(parts) > 1 and words[start : start + len(parts)] == parts:
                end = start + len(parts)
                yield Naming(start, end, KG.Person, author.name, MentionForm.NAME)


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


def _find_common_acronyms(tree: Tree, vocabulary: Vocabulary) -> Iterator[str]:
    """The acronyms that stand for something without a name ("chemical weapons (CBW)")."""
    for i in range(1, len(tree.tokens) - 1):
        token, described = tree.tokens[i + 1], tree.tokens[i - 1]
        if tree.tokens[i].text != "(" or not token.text[:-1].isupper() or len(token.text) < 3:
            continue
        kind = vocabulary.nouns.get(described.lemma.casefold())
        if kind in NAMED_KINDS or not described.text.isalpha():
            continue
        if described.text.islower() or kind is not None:
            yield token.text


def _name_sentence(
    tree: Tree,
    matches: Sequence[NameMatch],
    vocabulary: Vocabulary,
    names: Names,
    memory: Memory,
    midword: frozenset[str],
    dates: tuple[str, ...],
    given: Sequence[Naming] = (),
) -> list[Naming]:
    known = [
        naming
        for match in matches
        if (naming := _choose(tree, match, matches, names, memory, dates, vocabulary)) is not None
    ]
    apart = [n for n in known if not any(g.start < n.end and n.start < g.end for g in given)]
    known = [*given, *apart]
    known.extend(_name_inside(tree, known, names, memory, dates, vocabulary))
    namings = list(known)
    for run in find_runs(tree, vocabulary.nouns, midword):
        namings.extend(name_run(tree, run.start, run.end, known, vocabulary, names, memory))
    namings = _drop_overlaps(namings)
    bodies = [
        *compose_things(tree, namings, vocabulary),
        *compose_bodies(tree, namings, vocabulary),
    ]
    whole = [n for n in namings if n.entry is not None and n.kind != KG.State]
    known_spans = {(n.start, n.end) for n in whole}
    bodies = [body for body in bodies if (body.start, body.end) not in known_spans]
    taken = {(body.start, body.end) for body in bodies}
    namings = [*(n for n in namings if (n.start, n.end) not in taken), *bodies]
    namings = add_titles(tree, namings, vocabulary)
    namings = [*namings, *compose_rules(tree, namings), *compose_chains(tree, namings)]
    namings.extend(_name_halves(tree, namings, names, memory))
    namings = [*widen_names(tree, namings), *name_offices(tree, namings, memory, vocabulary)]
    for naming in sorted(namings, key=lambda n: (n.start, -n.end)):
        _remember(tree, naming, memory, vocabulary)
    namings = [n for n in namings if n.kind != KG.Concept and not _is_ethnic(tree, n, namings)]
    return sorted(set(namings), key=lambda n: (n.start, -n.end, n.kind))


def _name_inside(
    tree: Tree,
    known: Sequence[Naming],
    names: Names,
    memory: Memory,
    dates: tuple[str, ...],
    vocabulary: Vocabulary,
) -> list[Naming]:
    """The states named inside a longer name ("the US-Japan alliance"): they are its parties."""
    inside: list[Naming] = []
    for naming in known:
        if naming.end - naming.start < 2 or naming.kind in _WHOLE_KINDS:
            continue
        words = [t.text for t in tree.tokens[naming.start : naming.end - 1]]
        happening = naming.kind not in NAMED_KINDS
        for match in names.find(words):
            moved = replace(match, start=match.start + naming.start, end=match.end + naming.start)
            inner = _choose(tree, moved, (), names, memory, dates, vocabulary)
            if inner is None:
                continue
            if inner.kind == KG.State or (happening and inner.entry in memory.alone):
                inside.append(inner)
    return inside


def _choose(
    tree: Tree,
    match: NameMatch,
    beside: Sequence[NameMatch],
    names: Names,
    memory: Memory,
    dates: tuple[str, ...],
    vocabulary: Vocabulary,
) -> Naming | None:
    words = [t.text for t in tree.tokens[match.start : match.end]]
    ranked: tuple[Namesake, ...] = ()
    if not is_certain(match):
        context = describe_context(tree, match, beside, names, memory, dates)
        ranked = weigh_candidates(names, match, context)
    candidate = choose_candidate(match, ranked)
    if candidate is None:
        return _name_open(tree, match, names, ranked) or _name_unknown_bearer(
            tree, match, memory, ranked
        )
    entry = names.entry(candidate.entry)
    if _is_only_modifier(tree, match, entry):
        inner = names.find(words[:-1])
        if not inner:
            return None
        moved = replace(inner[0], start=match.start, end=match.end - 1)
        return _choose(tree, moved, beside, names, memory, dates, vocabulary)
    naming = _take(tree, match, candidate, names, memory, dates, vocabulary)
    if naming is None or naming.entry is None:
        return naming
    if naming.entry != entry.iri and ranked:
        # A capital for its government: the choice was between the city and its namesakes.
        ranked = (replace(ranked[0], entry=naming.entry, label=naming.name), *ranked[1:])
    return replace(naming, namesakes=ranked)


def _take(
    tree: Tree,
    match: NameMatch,
    candidate: Candidate,
    names: Names,
    memory: Memory,
    dates: tuple[str, ...],
    vocabulary: Vocabulary,
) -> Naming | None:
    """What the chosen candidate makes of a match: the thing itself, its state, its people."""
    words = [t.text for t in tree.tokens[match.start : match.end]]
    entry = names.entry(candidate.entry)
    form = candidate.form
    if entry.kind == KG.Person and len(words) == 1:
        earlier = memory.people.get(words[0].casefold())
        # Who was named before is meant again, unless the other is known to the article as well.
        if earlier is not None and (earlier.entry is None or entry.iri not in memory.entries):
            return replace(earlier, start=match.start, end=match.end)
        if earlier is None and _inside_longer_name(tree, match):
            return None
    if entry.kind == KG.Place and _is_given_name(tree, match, vocabulary):
        return None
    kind, iri, label = entry.kind, entry.iri, entry.label
    if candidate.surface in ADJECTIVAL and _is_loose(words, entry, memory):
        return Naming(match.start, match.end, KG.Concept, label, form)
    if candidate.surface == "demonym" and _is_people(tree, match, words):
        return Naming(match.start, match.end, KG.Group, words[-1], form, None, entry.country)
    country = entry.country
    if kind == KG.Place and _acts(tree, match.start, match.end):
        governed = find_governed(names, entry, memory, dates)
        if governed is not None:
            state = names.entry(governed)
            kind, iri, label = state.kind, state.iri, state.label
            country = state.country or country
    return Naming(match.start, match.end, kind, label, form, iri, country)


def _name_open(
    tree: Tree, match: NameMatch, names: Names, ranked: Sequence[Namesake]
) -> Naming | None:
    """A name that nothing tells whose it is ("Congo"): a thing of that kind all the same."""
    if all(each.surface == "surname" for each in ranked):
        return None
    level = [each for each in ranked if round(ranked[0].score - each.score, 4) < MARGIN]
    entries = [names.entry(each.entry) for each in level]
    countries = {entry.country for entry in entries}
    form = next(c.form for c in match.candidates if c.entry == ranked[0].entry)
    name = join_words(tree, list(range(match.start, match.end)))
    country = entries[0].country if len(countries) == 1 else None
    return Naming(match.start, match.end, entries[0].kind, name, form, None, country, tuple(ranked))


def _is_only_modifier(tree: Tree, match: NameMatch, entry: NameEntry) -> bool:
    """Whether the noun of a body only modifies what follows ("Soviet military advisors")."""
    last = match.end - 1
    if entry.of_state is None or last == match.start or is_capital(tree.tokens[last].text):
        return False
    head = tree.head(last)
    return tree.role(last) in {"amod", "compound"} and head is not None and head > last


def _is_given_name(tree: Tree, match: NameMatch, vocabulary: Vocabulary) -> bool:
    """Whether a title before and a surname behind make a place's name a person's."""
    before = tree.tokens[match.start - 1].text if match.start else ""
    return (
        before[:1].isupper() and is_title(before, vocabulary) and _inside_longer_name(tree, match)
    )


def _is_ethnic(tree: Tree, naming: Naming, namings: Sequence[Naming]) -> bool:
    """Whether an adjective belongs to a people's name or is denied ("Greek Cypriots", "non-US")."""
    if naming.form is not MentionForm.ADJECTIVE or naming.kind != KG.State:
        return False
    before = [t.text.casefold() for t in tree.tokens[max(0, naming.start - 2) : naming.start]]
    if len(before) == 2 and before[1] == "-" and before[0] in _PREFIXES:
        return True
    if before and before[-1].rstrip("-") in _PREFIXES and before[-1].endswith("-"):
        return True
    return any(
        n.start == naming.end
        and (n.kind == KG.Group or (n.kind == KG.State and n.form is MentionForm.ADJECTIVE))
        for n in namings
    )


def _is_loose(words: Sequence[str], entry: NameEntry, memory: Memory) -> bool:
    """Whether an adjective of a region ("Asian nations") names nothing that the article names."""
    regional = entry.kind == KG.Place or words[-1] in {"Western", "Eastern"}
    return regional and entry.iri not in memory.alone


def _is_people(tree: Tree, match: NameMatch, words: Sequence[str]) -> bool:
    """Whether a plural without article ("most Britons") means people and not their state."""
    before = tree.tokens[match.start - 1].text.casefold() if match.start else ""
    return words[-1].endswith("s") and before != "the"


def _name_unknown_bearer(
    tree: Tree, match: NameMatch, memory: Memory, ranked: tuple[Namesake, ...]
) -> Naming | None:
    """A surname that several have, and nothing tells which: a person all the same."""
    word = tree.tokens[match.end - 1]
    if word.text.casefold() in memory.people:
        earlier = memory.people[word.text.casefold()]
        known = () if earlier.entry is None else ranked
        return replace(earlier, start=match.start, end=match.end, namesakes=known)
    surnames = all(c.surface == "surname" for c in match.candidates)
    if not surnames or match.end - match.start > 1 or word.pos != "PROPN":
        return None
    if any(
        tree.tokens[c].text.casefold() in {"in", "at", "near"}
        for c in tree.under(match.start, "case")
    ):
        return None
    if tree.role(match.start) in {"compound", "flat", "amod"}:
        return None
    return Naming(match.start, match.end, KG.Person, word.text, MentionForm.NAME, namesakes=ranked)


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
    head = head_of(tree, start, end)
    if _speaks(tree, head):
        return True
    if any(
        tree.role(c) == "case" and tree.tokens[c].text.casefold() in PLACE_CASES
        for c in tree.children[head]
    ):
        return False
    above = tree.head(head)
    if tree.role(head) == "conj" and above is not None:
        return tree.role(above) in _METONYMS
    return tree.role(head) in _METONYMS and above is not None and tree.pos(above) != "PROPN"


def _speaks(tree: Tree, head: int) -> bool:
    """Whether a capital holds a view, or is what only a government can be ("opposed Moscow")."""
    case, above = read_case(tree, head), tree.head(head)
    if case == "according_to":
        return True
    if above is None:
        return False
    if case == "of" and tree.lemma(above) in _VIEWS:
        return True
    addressed = tree.role(head) in {"obj", "iobj"} and not case
    return addressed and tree.lemma(above) in _ADDRESSING


def _name_halves(
    tree: Tree, namings: Sequence[Naming], names: Names, memory: Memory
) -> Iterator[Naming]:
    """Read "the North", "North and South Korea" as the halves of a country named in the text."""
    for i, token in enumerate(tree.tokens):
        if token.text not in _HALVES or any(n.start <= i < n.end for n in namings):
            continue
        after = tree.tokens[i + 1].text if i + 1 < len(tree.tokens) else ""
        before = tree.tokens[i - 1].text.casefold() if i else ""
        shared = after == "and" and i + 2 < len(tree.tokens) and tree.tokens[i + 2].text in _HALVES
        if not shared and (before != "the" or is_capital(after)):
            continue
        for iri in _HALVED[token.text]:
            if ID[iri] in memory.alone:
                entry = names.entry(ID[iri])
                yield Naming(i, i + 1, entry.kind, entry.label, MentionForm.NAME, entry.iri,
                             entry.country)  # fmt: skip
                break


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


def _remember(tree: Tree, naming: Naming, memory: Memory, vocabulary: Vocabulary) -> None:
    if naming.entry is not None:
        memory.entries.add(naming.entry)
    last = tree.tokens[naming.end - 1].text
    if naming.kind == KG.Person and naming.form is MentionForm.NAME:
        person = replace(naming, start=0, end=0, namesakes=())
        memory.people.setdefault(last.casefold(), person)
        for start, end in find_titles(tree, naming, vocabulary):
            memory.offices[join_words(tree, list(range(start, end)))] = person
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
        head=head_of(tree, naming.start, naming.end),
        form=naming.form,
        kind=naming.kind,
        name=naming.name,
        entry=naming.entry,
        country=naming.country,
        namesakes=naming.namesakes,
    )
