"""The names of a graph's things, found by name, by words, by slips of the pen and by code.

All is plain tables: what is asked is only ever compared with what they hold.
"""

from __future__ import annotations

import json
import math
import sqlite3
import threading
import weakref
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from kg.extraction.weighing import compare_letters, split_words
from kg.iris import KG
from kg.model import Period

_SCHEMA = """
CREATE TABLE things (
    id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, label TEXT NOT NULL, mentions INTEGER NOT NULL
);
CREATE TABLE kinds (thing INTEGER, kind TEXT, PRIMARY KEY (thing, kind)) WITHOUT ROWID;
CREATE TABLE names (
    id INTEGER PRIMARY KEY, thing INTEGER NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL,
    weight INTEGER NOT NULL
);
CREATE TABLE initials (letters TEXT, name INTEGER, PRIMARY KEY (letters, name)) WITHOUT ROWID;
CREATE TABLE words (word TEXT, name INTEGER, PRIMARY KEY (word, name)) WITHOUT ROWID;
CREATE TABLE spellings (word TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE grams (gram TEXT, word TEXT, PRIMARY KEY (gram, word)) WITHOUT ROWID;
CREATE TABLE facts (
    thing INTEGER, property TEXT, value TEXT, PRIMARY KEY (thing, property, value)
) WITHOUT ROWID;
CREATE TABLE terms (thing INTEGER, start TEXT, end TEXT, office TEXT, state TEXT);
"""
_INDICES = """
CREATE INDEX names_by_key ON names (key, weight DESC);
CREATE INDEX names_by_thing ON names (thing, weight DESC);
CREATE INDEX facts_by_value ON facts (property, value);
CREATE INDEX terms_by_thing ON terms (thing);
CREATE INDEX things_by_mentions ON things (mentions DESC, label);
"""

_CODES = (str(KG.countryCode), str(KG.iso2), str(KG.cowCode))
MOST_FOUND = 30
_MOST_WORDS = 16
_MOST_NAMES = 16
# Words in more names than these tell little, and to rank all of those takes long.
_MOST_RANKED = 20_000
_NEAR, _SIMILAR = 0.85, 3
_END = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of the graph: `label` and other `names`, most used first, and what is known of it.

    `kinds` are IRIs of the classes that are stated; `facts` are (property, value).
    """

    number: int
    iri: str
    label: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    terms: tuple[Term, ...]
    mentions: int

    def values(self, property_: str) -> tuple[str, ...]:
        """The values of one of the properties that the index keeps."""
        # An IRI of rdflib equals no plain text.
        wanted = str(property_)
        return tuple(value for name, value in self.facts if name == wanted)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of office."""

    period: Period
    office: str
    state: str


def make_key(name: str) -> str:
    """A name as it is compared: without case, accents and punctuation."""
    return " ".join(split_words(name))


class NameIndex:
    """The tables, first filled, then finished, then asked by any thread."""

    def __init__(self, kinds: Collection[str]) -> None:
        self._tables = sqlite3.connect(":memory:", check_same_thread=False)
        weakref.finalize(self, self._tables.close)
        self._lock = threading.Lock()
        self._kinds = frozenset(kinds)
        self._numbers: dict[str, int] = {}
        self._found: dict[str, set[str]] = {}
        self._labels: dict[str, tuple[str, str]] = {}
        self._uses: Counter[tuple[str, str]] = Counter()
        self._mentions: Counter[str] = Counter()
        self._name_count = 0
        self._tables.executescript(_SCHEMA)

    # --------------------------------------------------------------------------------- filling

    def add_things(self, rows: Iterable[Sequence[str]]) -> None:
        """Take things: rows of IRI and class."""
        for iri, kind in rows:
            if kind in self._kinds:
                self._found.setdefault(iri, set()).add(kind)

    def add_names(self, rows: Iterable[Sequence[str]]) -> None:
        """Take names: rows of IRI, name and a rank, of which the least is that of the label."""
        for iri, name, rank in rows:
            if iri in self._found and (cleaned := _clean(name)):
                self._uses[iri, cleaned] += 0
                known = self._labels.setdefault(iri, (rank, cleaned))
                self._labels[iri] = min(known, (rank, cleaned))

    def add_mentions(self, rows: Iterable[Sequence[str]]) -> None:
        """Take mentions: rows of IRI and the name by which it is called there, if by any."""
        for iri, name in rows:
            if iri in self._found:
                self._mentions[iri] += 1
                if cleaned := _clean(name):
                    self._uses[iri, cleaned] += 1

    def add_facts(self, rows: Iterable[Sequence[str]]) -> None:
        """Take facts: rows of IRI, property and value."""
        self._number_things()
        with self._lock:
            self._tables.executemany(
                "INSERT OR IGNORE INTO facts VALUES (?, ?, ?)",
                [
                    (self._numbers[iri], property_, value)
                    for iri, property_, value in rows
                    if iri in self._numbers
                ],
            )

    def add_terms(self, rows: Iterable[Sequence[str]]) -> None:
        """Take terms of office: rows of holder, start, end, office and state."""
        self._number_things()
        with self._lock:
            self._tables.executemany(
                "INSERT INTO terms VALUES (?, ?, ?, ?, ?)",
                [(self._numbers[iri], *rest) for iri, *rest in rows if iri in self._numbers],
            )

    def _number_things(self) -> None:
        if not self._numbers:
            self._numbers = {iri: number for number, iri in enumerate(sorted(self._found), 1)}

    def finish(self) -> None:
        """Make the tables by which all that was taken is found."""
        self._number_things()
        numbers, insert = self._numbers, self._tables.executemany
        names = [
            (numbers[iri], name, key, uses)
            for (iri, name), uses in self._uses.items()
            if (key := make_key(name))
        ]
        with self._lock:
            insert(
                "INSERT INTO things VALUES (?, ?, ?, ?)",
                [
                    (number, iri, self._get_label(iri), self._mentions[iri])
                    for iri, number in numbers.items()
                ],
            )
            insert(
                "INSERT INTO kinds VALUES (?, ?)",
                [(numbers[iri], kind) for iri, kinds in self._found.items() for kind in kinds],
            )
            statement = "INSERT INTO names (thing, name, key, weight) VALUES (?, ?, ?, ?)"
            insert(statement, sorted(names))
            self._add_codes()
            self._split_names()
            self._tables.executescript(_INDICES)
            self._tables.commit()
        self._found, self._labels = {}, {}
        self._uses, self._mentions = Counter(), Counter()

    def _get_label(self, iri: str) -> str:
        return self._labels[iri][1] if iri in self._labels else _local_name(iri)

    def _add_codes(self) -> None:
        """Let states be found by their codes, which spreadsheets have in place of names.

        Their weight tells them from names, which alone may be initials of something.
        """
        codes = ", ".join(["?"] * len(_CODES))
        self._tables.execute(
            "INSERT INTO names (thing, name, key, weight)"
            " SELECT facts.thing, value, LOWER(value), -1 FROM facts JOIN kinds USING (thing)"
            f" WHERE kind = ? AND property IN ({codes}) AND value <> ''"
            " ORDER BY facts.thing, property, value",
            (str(KG.State), *_CODES),
        )

    def _split_names(self) -> None:
        counts: Counter[str] = Counter()
        words: list[tuple[str, int]] = []
        initials: list[tuple[str, int]] = []
        for number, name, key in self._tables.execute("SELECT id, name, key FROM names"):
            found = dict.fromkeys(key.split())
            counts.update(found.keys())
            words += [(word, number) for word in found]
            initials += [(letters, number) for letters in _take_initials(name, key)]
            self._name_count += 1
        insert = self._tables.executemany
        insert("INSERT INTO words VALUES (?, ?)", sorted(words))
        insert("INSERT INTO initials VALUES (?, ?)", sorted(initials))
        insert("INSERT INTO spellings VALUES (?, ?)", sorted(counts.items()))
        grams = sorted((gram, word) for word in counts for gram in _take_grams(word))
        insert("INSERT INTO grams VALUES (?, ?)", grams)

    # --------------------------------------------------------------------------------- finding

    def find(self, name: str, kinds: Sequence[Collection[str]] = ()) -> list[int]:
        """The numbers of the things that a name may mean, those of the very name first.

        `kinds` are sets of classes, of each of which a thing must have one.
        """
        words = list(dict.fromkeys(split_words(name)))[:_MOST_WORDS]
        if not words:
            return []
        within, bounds = _limit_kinds(kinds)
        found: dict[int, None] = {}
        with self._lock:
            short = _write_list(_take_initials(name, make_key(name)))
            for pattern, value in (
                ("key = ?", make_key(name)),
                ("names.id IN (SELECT name FROM initials WHERE letters = ?)", "".join(words)),
                ("weight >= 0 AND key IN (SELECT value FROM json_each(?))", short),
            ):
                rows = self._tables.execute(
                    f"SELECT thing FROM names WHERE {pattern}{within}"
                    " GROUP BY thing ORDER BY SUM(weight) DESC, thing LIMIT ?",
                    (value, *bounds, MOST_FOUND),
                )
                found |= dict.fromkeys(number for (number,) in rows)
            for number in self._rank_by_words(words, within, bounds):
                found.setdefault(number)
        return list(found)[:MOST_FOUND]

    def _rank_by_words(self, words: list[str], within: str, bounds: list[str]) -> list[int]:
        """The things whose names share the rarest words, or words written much like them."""
        weighed = self._weigh_words(words)
        if not weighed:
            return []
        asked = ", ".join(["(?, ?)"] * len(weighed))
        rows = self._tables.execute(
            f"WITH asked (word, gain) AS (VALUES {asked}), ranked AS ("
            " SELECT words.name AS name, SUM(gain) AS gain FROM asked CROSS JOIN words"
            " ON words.word = asked.word GROUP BY words.name)"
            " SELECT thing FROM ranked JOIN names ON names.id = ranked.name"
            f" WHERE TRUE{within} ORDER BY gain DESC, LENGTH(key), weight DESC, thing LIMIT ?",
            (*(part for pair in weighed for part in pair), *bounds, 2 * MOST_FOUND),
        )
        return [number for (number,) in rows]

    def _weigh_words(self, words: list[str]) -> list[tuple[str, float]]:
        """What each word is worth, the rarest first; for unknown words those that look alike."""
        counts: dict[str, int] = {}
        gains: dict[str, float] = {}
        for word in words:
            for known, count, likeness in self._read_word(word):
                counts[known] = count
                gain = likeness * math.log(1 + self._name_count / count)
                gains[known] = max(gain, gains.get(known, 0.0))
        chosen: list[tuple[str, float]] = []
        spent = 0
        for word in sorted(counts, key=lambda each: (counts[each], each)):
            spent += counts[word]
            if chosen and spent > _MOST_RANKED:
                break
            chosen.append((word, gains[word]))
        return chosen

    def _read_word(self, word: str) -> list[tuple[str, int, float]]:
        """A word with how many names have it, or words written like it with how alike they are."""
        row = self._tables.execute("SELECT count FROM spellings WHERE word = ?", (word,)).fetchone()
        if row is not None:
            return [(word, row[0], 1.0)]
        rows = self._tables.execute(
            "SELECT grams.word, count FROM json_each(?) CROSS JOIN grams ON gram = value"
            " JOIN spellings ON spellings.word = grams.word"
            " WHERE ABS(LENGTH(grams.word) - ?) <= 2"
            " GROUP BY grams.word ORDER BY COUNT(*) DESC, grams.word LIMIT 40",
            (_write_list(_take_grams(word)), len(word)),
        )
        alike = [(compare_letters(word, other), other, count) for other, count in rows]
        best = sorted((each for each in alike if each[0] >= _NEAR), reverse=True)[:_SIMILAR]
        return [(other, count, likeness) for likeness, other, count in best]

    def find_by_fact(self, property_: str, values: Collection[str]) -> list[int]:
        """The numbers of the things with one of these values of a property."""
        with self._lock:
            rows = self._tables.execute(
                "SELECT DISTINCT thing FROM facts WHERE property = ?"
                " AND value IN (SELECT value FROM json_each(?)) ORDER BY thing LIMIT ?",
                (property_, _write_list(values), MOST_FOUND),
            )
            return [number for (number,) in rows]

    def find_by_iri(self, iris: Collection[str]) -> dict[str, int]:
        """The numbers of those IRIs that name things."""
        return {iri: self._numbers[iri] for iri in iris if iri in self._numbers}

    def find_named(self, name: str) -> list[str]:
        """The IRIs of the things that bear this very name."""
        with self._lock:
            rows = self._tables.execute(
                "SELECT DISTINCT iri FROM names JOIN things ON things.id = thing WHERE key = ?"
                " ORDER BY iri LIMIT ?",
                (make_key(name), MOST_FOUND),
            )
            return [iri for (iri,) in rows]

    def share_name(self, name: str) -> dict[int, float]:
        """How the uses of a name are shared among the things that bear it, summing to one."""
        with self._lock:
            rows = self._tables.execute(
                "SELECT thing, MAX(SUM(weight), 0) + 1 FROM names WHERE key = ? GROUP BY thing"
                " ORDER BY 2 DESC LIMIT 1000",
                (make_key(name),),
            ).fetchall()
        total = sum(uses for _, uses in rows)
        return {number: uses / total for number, uses in rows}

    def complete(self, prefix: str, *, limit: int, skip: int = 0) -> list[int]:
        """The things with a name that begins with a prefix, then those with a word that does."""
        key = make_key(prefix)
        with self._lock:
            if not key:
                rows = self._tables.execute(
                    "SELECT id FROM things ORDER BY mentions DESC, label, id LIMIT ? OFFSET ?",
                    (limit, skip),
                )
                return [number for (number,) in rows]
            first, _, rest = key.partition(" ")
            word_end = f"{first}{'' if rest else _END}"
            rows = self._tables.execute(
                "SELECT thing FROM ("
                " SELECT thing, name AS called, key = ? AS whole, 1 AS first, weight FROM names"
                " WHERE key >= ? AND key < ?"
                " UNION ALL SELECT thing, names.name, 0, 0, weight FROM words"
                " JOIN names ON names.id = words.name"
                " WHERE word >= ? AND word <= ? AND INSTR(' ' || key, ?) > 0)"
                " JOIN things ON things.id = thing GROUP BY thing"
                " ORDER BY MAX(whole) DESC, MAX(first * (called = label)) DESC, MAX(first) DESC,"
                " MAX(weight) DESC, label, thing LIMIT ? OFFSET ?",
                (key, key, key + _END, first, word_end, f" {key}", limit, skip),
            )
            return [number for (number,) in rows]

    def read(self, numbers: Collection[int], name: str = "") -> list[Thing]:
        """What is known of things, in the order asked; their codes are names if asked by `name`."""
        key = make_key(name)
        with self._lock:
            return [thing for number in numbers for thing in self._read(number, key)]

    def _read(self, number: int, key: str) -> Iterable[Thing]:
        ask = self._tables.execute
        for iri, label, mentions in ask(
            "SELECT iri, label, mentions FROM things WHERE id = ?", (number,)
        ).fetchall():
            names = ask(
                "SELECT name FROM names WHERE thing = ? AND (weight >= 0 OR key = ?)"
                " ORDER BY key = ? DESC, weight DESC, name LIMIT ?",
                (number, key, key, _MOST_NAMES),
            )
            kinds = ask("SELECT kind FROM kinds WHERE thing = ? ORDER BY kind", (number,))
            facts = ask(
                "SELECT property, value FROM facts WHERE thing = ? ORDER BY property, value",
                (number,),
            )
            terms = ask(
                "SELECT start, end, office, state FROM terms WHERE thing = ?"
                " ORDER BY start, end, office, state",
                (number,),
            )
            yield Thing(
                number=number,
                iri=iri,
                label=label,
                names=tuple(each for (each,) in names if each != label),
                kinds=tuple(each for (each,) in kinds),
                facts=tuple(facts.fetchall()),
                terms=tuple(
                    Term(Period(start or None, end or None), office, state)
                    for start, end, office, state in terms
                ),
                mentions=mentions,
            )


def _limit_kinds(kinds: Sequence[Collection[str]]) -> tuple[str, list[str]]:
    within = (
        " AND EXISTS (SELECT 1 FROM kinds WHERE kinds.thing = names.thing"
        " AND kind IN (SELECT value FROM json_each(?)))"
    )
    return within * len(kinds), [_write_list(each) for each in kinds]


def _write_list(values: Iterable[str]) -> str:
    """Texts as the one parameter that `json_each` takes apart again."""
    return json.dumps(sorted(values))


def _take_initials(name: str, key: str) -> list[str]:
    """What a name of several words may be shortened to, with or without "of" and the like."""
    words, written = key.split(), name.replace("-", " ").split()
    found = {"".join(word[0] for word in words)}
    if len(words) == len(written):
        pairs = zip(words, written, strict=True)
        found.add("".join(word[0] for word, form in pairs if not form[0].islower()))
    return sorted(letters for letters in found if len(letters) > 1)


def _take_grams(word: str) -> list[str]:
    """The three-letter pieces of a word and of its ends."""
    marked = f"^{word}$"
    return sorted({marked[i : i + 3] for i in range(len(marked) - 2)})


def _local_name(iri: str) -> str:
    return iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1].replace("-", " ")


def _clean(text: str) -> str:
    """A name on one line, without control characters."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())
