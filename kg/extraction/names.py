"""Finds the gazetteer's names in tokens: longest matches with every entry that they may mean."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rdflib import URIRef

from kg.errors import OntologyError
from kg.extraction.name_files import SECTIONS, SURFACES, read_compiled, split_pieces
from kg.extraction.weighing import covers_date
from kg.iris import ID
from kg.model import MentionForm
from kg.vocabulary.files import ontology_directory

ADJECTIVAL = {"adjective", "prefix"}
# What follows the name of a state, its adjective or its leader, and which organ it makes of it.
ORGAN_WORDS: Mapping[tuple[str, ...], str] = {
    ("government",): "government", ("Government",): "government", ("regime",): "government",
    ("administration",): "government", ("Administration",): "government",
    ("cabinet",): "government", ("Cabinet",): "government", ("authorities",): "government",
    ("forces",): "armed forces", ("Forces",): "armed forces", ("troops",): "armed forces",
    ("soldiers",): "armed forces", ("military",): "armed forces", ("Military",): "armed forces",
    ("armed", "forces"): "armed forces", ("Armed", "Forces"): "armed forces",
    ("military", "forces"): "armed forces", ("army",): "army", ("Army",): "army",
    ("navy",): "navy", ("Navy",): "navy",
    ("air", "force"): "air force", ("Air", "Force"): "air force",
}  # fmt: skip
ORGAN_HEADS = {"government", "Government"}


@dataclass(frozen=True, slots=True)
class Term:
    """A stretch in an office; `headship` of state or government, `effective` if it truly led."""

    iri: URIRef
    holder: URIRef
    office: str
    state: URIRef
    start: str | None
    end: str | None
    headship: bool
    effective: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """A state's belonging to a body, with ISO years or dates where the source gives them."""

    member: URIRef
    body: URIRef
    start: str | None
    end: str | None
    source: str


@dataclass(frozen=True, slots=True)
class NameEntry:
    """What the gazetteer says of one thing.

    `names` are its further names; `capital_of`, `in_state`, `of_state` and `headed_by` point at
    other entries; `source` says where each statement is from.
    """

    iri: URIRef
    kind: URIRef
    label: str
    country: str | None
    names: tuple[str, ...]
    adjectives: tuple[str, ...]
    demonyms: tuple[str, ...]
    surname: str | None
    terms: tuple[Term, ...]
    links: tuple[URIRef, ...]
    valid_from: str | None
    valid_until: str | None
    source: str
    capital_of: URIRef | None
    in_state: URIRef | None
    of_state: URIRef | None
    headed_by: URIRef | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entry that a match may mean; `surface` says by which of its wordings."""

    entry: URIRef
    form: MentionForm
    surface: str


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A run of tokens, `words[start:end]`, that is a name of its candidates."""

    start: int
    end: int
    candidates: tuple[Candidate, ...]


class Names:
    """The compiled gazetteer."""

    def __init__(self, text: str) -> None:
        parts = text.removesuffix("\x03\n").split("\x02\n")
        if len(parts) != len(SECTIONS):
            raise OntologyError("the compiled names are damaged: empty the cache folder")
        tables = dict(zip(SECTIONS, parts, strict=True))
        self._entries = _index(tables["entries"])
        self._order = list(self._entries)
        self._keys = _index(tables["keys"])
        self._firsts = {k: int(v) for k, v in _index(tables["firsts"]).items()}
        self._organs = _index(tables["organs"])
        self._holders = _index(tables["holders"])
        words = {k: frozenset(v.split()) for k, v in _index(tables["words"]).items()}
        self._titles = words.get("titles", frozenset())
        self._openers = words.get("sentence-openers", frozenset())
        self._months = words.get("month-surnames", frozenset())
        self._before_months = words.get("words-before-months", frozenset())
        self._capital_words = words.get("capital-words", frozenset())
        self._wordlike = words.get("word-like-surnames", frozenset())
        self._personlike = words.get("person-like-places", frozenset())
        self._given = words.get("given-names", frozenset())
        self._folded_text, self._folded = tables["folded"], dict[str, str]()
        self._membership_text = tables["memberships"]
        self._memberships: dict[URIRef, list[Membership]] | None = None
        self._decoded: dict[str, NameEntry] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[URIRef]:
        return (ID[local] for local in self._order)

    def __contains__(self, iri: object) -> bool:
        return isinstance(iri, str) and iri.removeprefix(str(ID)) in self._entries

    def entry(self, iri: URIRef) -> NameEntry:
        """What is known of an entry; KeyError if the gazetteer has none of that IRI."""
        local = iri.removeprefix(str(ID))
        if local not in self._decoded:
            self._decoded[local] = _decode_entry(iri, self._entries[local])
        return self._decoded[local]

    def memberships(self, iri: URIRef) -> tuple[Membership, ...]:
        """The memberships in which an entry is the member or the body."""
        if self._memberships is None:
            self._memberships = {}
            for line in self._membership_text.splitlines():
                member, body, start, end, source = line.split("\t")
                fact = Membership(ID[member], ID[body], start or None, end or None, source)
                self._memberships.setdefault(fact.member, []).append(fact)
                self._memberships.setdefault(fact.body, []).append(fact)
        return tuple(self._memberships.get(iri, ()))

    # ------------------------------------------------------------------------------ finding

    def find(self, words: Sequence[str], *, proper: Container[int] = ()) -> list[NameMatch]:
        """The longest names in a sentence's tokens, left to right and apart.

        `proper` are the positions of words that are names and nothing else.
        """
        run = _Run(words)
        matches: list[NameMatch] = []
        at = 0
        while at < len(run.pieces):
            found = self._match_at(run, at) if run.starts[at] else None
            if found is None:
                at += 1
                continue
            begin, end, candidates = found
            match = NameMatch(run.tokens[begin], run.tokens[end - 1] + 1, candidates)
            kept = self._screen(match, words, matches, proper)
            if kept.candidates:
                matches.append(kept)
            at = end if kept.candidates else begin + 1
        return [self._compose(m, words) for m in matches]

    def _match_at(self, run: _Run, at: int) -> tuple[int, int, tuple[Candidate, ...]] | None:
        """The longest name that begins at a piece, an article before it included or not."""
        if run.pieces[at].lower() == "the":
            named = self._longest(run, at, ("the", *run.pieces[at + 1 :]), at)
            exact = self._longest(run, at, run.pieces[at:], at)
            if exact and (not named or exact[0] > named[0]):
                return at, exact[0], exact[1]
            inner = at + 1 < len(run.pieces) and self._longest(
                run, at + 1, run.pieces[at + 1 :], at + 1
            )
            if named and not (inner and inner[0] > named[0]):
                return at + 1, named[0], named[1]
            return None
        found = self._longest(run, at, run.pieces[at:], at)
        return (at, *found) if found else None

    def _longest(
        self, run: _Run, at: int, pieces: Sequence[str], origin: int
    ) -> tuple[int, tuple[Candidate, ...]] | None:
        limit = self._firsts.get(pieces[0], 0)
        if pieces[0].isupper() and len(pieces[0]) > 1:
            limit = max(limit, 8)
        for count in range(min(limit, len(pieces)), 0, -1):
            end = origin + count
            if not run.ends[end - 1]:
                continue
            key = " ".join(pieces[:count])
            hit = self._keys.get(key) or self._find_capitals(run, pieces[:count])
            if hit and not (run.capitals and key in self._capital_words):
                candidates = self._decode_hit(hit, run, end)
                if candidates:
                    return end, candidates
        return None

    def _find_capitals(self, run: _Run, pieces: Sequence[str]) -> str | None:
        """A name whose pieces stand in capitals here ("SCHUMAN", a heading)."""
        capitals = [p for p in pieces if p.isupper() and len(p) > 1]
        if not capitals or not (run.capitals or any(len(p) > 3 for p in capitals)):
            return None
        if not self._folded:
            self._folded.update(_index(self._folded_text))
        key = self._folded.get(" ".join(pieces).casefold())
        if key is None:
            return None
        same = zip(key.split(" "), pieces, strict=True)
        return self._keys[key] if all(a == b or a.upper() == b for a, b in same) else None

    def _decode_hit(self, hit: str, run: _Run, end: int) -> tuple[Candidate, ...]:
        candidates = []
        for item in hit.split(" "):
            surface = SURFACES[item[-1]]
            if surface == "prefix" and not run.hyphen_after(end - 1):
                continue
            form = MentionForm.ADJECTIVE if surface in ADJECTIVAL else MentionForm.NAME
            iri = ID[self._order[int(item[:-1])]]
            candidates.append(Candidate(iri, form, surface))
        return tuple(candidates)

    # ---------------------------------------------------------------------------- screening

    def _screen(
        self,
        match: NameMatch,
        words: Sequence[str],
        before: Sequence[NameMatch],
        proper: Container[int],
    ) -> NameMatch:
        """Drop the candidates that the neighbouring words speak against."""
        name = words[match.start] if match.end == match.start + 1 else ""
        previous = words[match.start - 1] if match.start else ""
        following = words[match.end] if match.end < len(words) else ""
        kept = match.candidates
        after_match = bool(before) and before[-1].end == match.start
        if name in self._personlike and previous in self._given and not after_match:
            kept = tuple(c for c in kept if c.surface == "surname")
        alone = any(c.surface == "surname" for c in kept)
        opening = match.start == 0 and match.start not in proper
        if alone and not self._may_be_surname(name, previous, following, after_match, opening):
            kept = tuple(c for c in kept if c.surface != "surname")
        return replace(match, candidates=kept)

    def _may_be_surname(
        self, name: str, previous: str, following: str, after_match: bool, opening: bool
    ) -> bool:
        """Whether a surname standing alone here may be a person's."""
        title = self.is_title(previous)
        if following[:1].isupper() and following.isalpha() and (following,) not in ORGAN_WORDS:
            return False
        capital = previous[:1].isupper() and previous.lower() not in self._openers
        if capital and not title and not after_match:
            return False
        if name not in self._wordlike or title:
            return True
        if name in self._months and (
            previous.lower() in self._before_months or previous.isdigit() or following[:1].isdigit()
        ):
            return False
        possessed = following in {"'s", "’s", "'", "’"} or (following,) in ORGAN_WORDS
        return possessed or (
            not opening and previous not in {"a", "an", "the", '"', "“", "every", "any"}
        )

    def _compose(self, match: NameMatch, words: Sequence[str]) -> NameMatch:
        """Widen a state's or leader's name to the organ that the words around it name."""
        for count in (2, 1):
            role = ORGAN_WORDS.get(tuple(words[match.end : match.end + count]))
            if role and match.end + count <= len(words):
                organs = self._find_organs(match, role)
                if organs:
                    return NameMatch(match.start, match.end + count, organs)
        start = match.start - 1
        if start > 0 and words[start].lower() == "the":
            start -= 1
        if start > 0 and words[start] == "of" and words[start - 1] in ORGAN_HEADS:
            named = [c for c in match.candidates if c.form is MentionForm.NAME]
            organs = self._find_organs(replace(match, candidates=tuple(named)), "government")
            if organs:
                return NameMatch(start - 1, match.end, organs)
        return match

    def _find_organs(self, match: NameMatch, role: str) -> tuple[Candidate, ...]:
        organs = []
        for candidate in match.candidates:
            local = self._organs.get(f"{candidate.entry.removeprefix(str(ID))} {role}")
            if local:
                organs.append(Candidate(ID[local], MentionForm.NAME, candidate.surface))
        return tuple(organs)

    def is_title(self, word: str) -> bool:
        """Whether a word before a name is a title of its bearer."""
        return word.rstrip(".") in self._titles

    def is_wordlike(self, surname: str) -> bool:
        """Whether a surname is a word or a month too."""
        return surname in self._wordlike

    def states_of_seat(self, city: URIRef) -> tuple[URIRef, ...]:
        """The states that are no more and were governed from a city."""
        return tuple(
            ID[local]
            for local in self._organs.get(f"{city.removeprefix(str(ID))} seat", "").split()
        )

    def office(self, state: URIRef, *, date: str, office: str | None = None) -> URIRef | None:
        """Who led a state at an ISO date, or held the office named there ("Prime Minister").

        None where the gazetteer has nobody, or several for the year or month asked.
        """
        found: list[tuple[str, URIRef]] = []
        for local in self._holders.get(state.removeprefix(str(ID)), "").split():
            for term in self.entry(ID[local]).terms:
                fits = term.effective if office is None else office.lower() in term.office.lower()
                if fits and term.state == state and covers_date(term.start, term.end, date):
                    found.append((term.start or "", term.holder))
        if not found:
            return None
        # Spans merged over several terms surround those of others: the last to begin holds.
        latest = max(start for start, _ in found)
        holders = {holder for start, holder in found if start == latest}
        if len(date) < 10 and latest[: len(date)] == date and len({h for _, h in found}) > 1:
            return None
        return holders.pop() if len(holders) == 1 else None


class _Run:
    """A sentence's tokens as pieces, with where tokens begin and end among them."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.pieces: list[str] = []
        self.tokens: list[int] = []
        self.starts: list[bool] = []
        self.ends: list[bool] = []
        for number, word in enumerate(words):
            pieces = split_pieces(word)
            self.pieces += pieces
            self.tokens += [number] * len(pieces)
            self.starts += [k == 0 for k in range(len(pieces))]
            self.ends += [k == len(pieces) - 1 for k in range(len(pieces))]
        letters = [w for w in words if any(c.isalpha() for c in w)]
        self.capitals = len(letters) > 1 and all(w.upper() == w for w in letters)

    def hyphen_after(self, at: int) -> bool:
        """Whether a hyphen follows the token of a piece, or ends it."""
        token = self.tokens[at]
        following = self.words[token + 1] if token + 1 < len(self.words) else ""
        return self.words[token][-1:] in "-–" or following in {"-", "–", "‑"}


def _index(text: str) -> dict[str, str]:
    """Lines of key, tab, value."""
    return dict(line.split("\t", 1) for line in text.split("\n") if line)


def _decode_entry(iri: URIRef, text: str) -> NameEntry:
    kind, label, country, names, adjectives, demonyms, surname, terms, *rest = json.loads(text)
    links, valid_from, valid_until, source, *places = rest
    held = tuple(
        Term(URIRef(t), URIRef(h), o or "", URIRef(s), start, end, headship, effective)
        for t, h, o, s, start, end, headship, effective in terms
    )
    pointers = [URIRef(p) if p else None for p in places]
    return NameEntry(
        URIRef(iri), URIRef(kind), label, country, tuple(names), tuple(adjectives), tuple(demonyms),
        surname, held, tuple(URIRef(x) for x in links), valid_from, valid_until, source, *pointers,
    )  # fmt: skip


def load_names(directory: Path | None = None, *, cache: Path | None = None) -> Names:
    """The names of a folder of Turtle files, by default the ontology's, compiled once and kept.

    `cache` is where compiled names lie, by default `concord` in the user's cache folder.
    """
    return Names(read_compiled(directory or ontology_directory() / "names", cache))
