"""What is asked of the index, and what it answers."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from rdflib import URIRef

from kg.errors import QueryError
from kg.model import Span
from kg.search.filling import HitKind
from kg.search.keeping import ask_index
from kg.store import GraphStore

MOST_WORDS = 32
MOST_HITS = 1000

# Of more matches than these only the first are ranked, things before articles, claims and
# sentences: to rank all of a word that is in every sentence takes long and tells nothing.
_RANKED = 4000
_SNIPPET_WORDS = 32
_OPEN, _CLOSE = "\x02", "\x03"


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: `snippet` are its words, `marks` where those asked for stand in them.

    `label` is its name (of a claim what it says, of a sentence its article's title),
    `type` the kind of a thing, `score` the greater the better.
    """

    kind: HitKind
    iri: URIRef
    label: str
    type: str | None
    article: URIRef | None
    snippet: str
    marks: tuple[Span, ...]
    score: float


def describe_hit(hit: Hit) -> dict[str, object]:
    """A hit as JSON holds it; its marks are pairs of offsets into the snippet."""
    return {
        "kind": hit.kind.value,
        "iri": hit.iri,
        "label": hit.label,
        "type": hit.type,
        "article": hit.article,
        "snippet": hit.snippet,
        "marks": [[mark.start, mark.end] for mark in hit.marks],
        "score": hit.score,
    }


def search(
    store: GraphStore,
    words: str,
    *,
    kinds: Collection[HitKind] = tuple(HitKind),
    limit: int = 20,
) -> tuple[Hit, ...]:
    """Find what holds all the words, or any of them where nothing holds all; the best first.

    Words between double quotes are looked for as they stand. No more than MOST_HITS come back.

    Raises QueryError for more than MOST_WORDS words, GraphError where the store cannot be read.
    """
    terms = _read_terms(words)
    if not terms or not kinds:
        return ()

    def ask(index: sqlite3.Connection) -> tuple[Hit, ...]:
        for glue in (" AND ", " OR "):
            found = _find(index, glue.join(map(_quote, terms)), kinds, _bound(limit))
            if found:
                return found
        return ()

    return ask_index(store, ask)


def complete(store: GraphStore, prefix: str, *, limit: int = 10) -> tuple[Hit, ...]:
    """Find the things with a name that begins with a prefix, then those with a word that does.

    What articles name most comes first; the snippet of a hit is the name that fits. Raises as
    `search` does.
    """
    terms = _read_terms(prefix.replace('"', " "))
    if not terms:
        return ()
    phrase = f"{_quote(' '.join(terms))} *"

    def ask(index: sqlite3.Connection) -> tuple[Hit, ...]:
        found: dict[str, Hit] = {}
        for pattern in (f"^ {phrase}", phrase):
            rows = index.execute(
                "SELECT iri, label, type, named.name FROM names"
                " JOIN named ON named.id = names.rowid JOIN items ON items.id = named.item"
                " WHERE names MATCH ? ORDER BY names.rowid",
                (pattern,),
            )
            for iri, label, kind, name in rows:
                if len(found) >= _bound(limit):
                    break
                hit = Hit(HitKind.ENTITY, URIRef(iri), label, kind, None, name, (), 0.0)
                found.setdefault(iri, hit)
        return tuple(found.values())

    return ask_index(store, ask)


def prepare_index(store: GraphStore) -> None:
    """Make the index now if there is none for the graph as it is, so that no search waits for it.

    Raises GraphError where the store cannot be read.
    """
    ask_index(store, lambda index: None)


# ---------------------------------------------------------------------------------- questions


def _read_terms(words: str) -> list[str]:
    """The words and quoted phrases that hold a letter or digit."""
    text = "".join(c if c.isprintable() else " " for c in words)
    found = [phrase or word for phrase, word in re.findall(r'"([^"]*)"|([^\s"]+)', text)]
    terms = [term for term in found if any(c.isalnum() for c in term)]
    if len(terms) > MOST_WORDS or len(text) > 100 * MOST_WORDS:
        raise QueryError(f"a search has at most {MOST_WORDS} words: shorten it", query=words)
    return terms


def _quote(term: str) -> str:
    """A string of FTS5, in which nothing has a meaning."""
    return '"' + term.replace('"', '""') + '"'


def _bound(limit: int) -> int:
    return max(0, min(limit, MOST_HITS))


def _find(
    index: sqlite3.Connection, pattern: str, kinds: Collection[HitKind], limit: int
) -> tuple[Hit, ...]:
    within, bounds = "", []
    if set(kinds) != set(HitKind):
        names = {kind.value for kind in kinds}
        for kind, first, last in index.execute("SELECT kind, first, last FROM ranges"):
            if kind in names:
                bounds += [first, last]
        if not bounds:
            return ()
        within = " AND (" + " OR ".join(["rowid BETWEEN ? AND ?"] * (len(bounds) // 2)) + ")"
    ranked = index.execute(
        f"SELECT id, score FROM (SELECT rowid AS id, rank AS score FROM texts"
        f" WHERE texts MATCH ?{within} LIMIT {_RANKED}) ORDER BY score, id LIMIT ?",
        (pattern, *bounds, limit),
    ).fetchall()
    return tuple(_make_hit(index, pattern, number, -score) for number, score in ranked)


def _make_hit(index: sqlite3.Connection, pattern: str, number: int, score: float) -> Hit:
    ((kind, iri, label, type_, article, marked),) = index.execute(
        f"SELECT kind, iri, label, type, article,"
        f" snippet(texts, 1, '{_OPEN}', '{_CLOSE}', '…', {_SNIPPET_WORDS})"
        f" FROM texts JOIN items ON items.id = texts.rowid WHERE texts MATCH ? AND texts.rowid = ?",
        (pattern, number),
    )
    snippet, marks = _read_marks(marked or "")
    return Hit(
        kind=HitKind(kind),
        iri=URIRef(iri),
        label=label,
        type=type_,
        article=URIRef(article) if article else None,
        snippet=snippet,
        marks=marks,
        score=round(score, 6),
    )


def _read_marks(marked: str) -> tuple[str, tuple[Span, ...]]:
    """A text without its marks, and the stretches that were between them."""
    snippet, marks, start = "", [], 0
    for part in re.split(f"([{_OPEN}{_CLOSE}])", marked):
        if part == _OPEN:
            start = len(snippet)
        elif part == _CLOSE:
            marks.append(Span(start, len(snippet)))
        else:
            snippet += part
    return snippet, tuple(marks)
