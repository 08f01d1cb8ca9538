"""What goes into the index: the tables of SQLite, and what a graph holds of words."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from rdflib import RDF, RDFS, SKOS, URIRef

from kg.iris import BACKGROUND_GRAPH, INFERRED_GRAPH, KG
from kg.rdf import PREFIXES, Term
from kg.store import GraphStore

_SCHEMA = """
CREATE TABLE stamp (stamp TEXT NOT NULL);
CREATE TABLE ranges (kind TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE TABLE items (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, iri TEXT NOT NULL, label TEXT NOT NULL, type TEXT,
    article TEXT
);
CREATE VIRTUAL TABLE texts USING fts5 (
    title, text, tokenize = 'porter unicode61 remove_diacritics 2'
);
INSERT INTO texts (texts, rank) VALUES ('rank', 'bm25(4.0, 1.0)');
CREATE TABLE named (id INTEGER PRIMARY KEY, item INTEGER NOT NULL, name TEXT NOT NULL);
CREATE VIRTUAL TABLE names USING fts5 (
    name, content = 'named', content_rowid = 'id', prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);
"""


class HitKind(Enum):
    """What can be found, in the order in which it is indexed."""

    ENTITY = "entity"
    ARTICLE = "article"
    CLAIM = "claim"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class _Item:
    """Something to be found: `title` and `text` are searched, `names` completed."""

    kind: HitKind
    iri: str
    label: str
    title: str
    text: str
    type: str | None = None
    article: str | None = None
    names: tuple[str, ...] = ()
    weight: int = 0


def fill_index(index: sqlite3.Connection, store: GraphStore) -> None:
    """Make the tables and put in all that can be found, the same for the same graph."""
    index.executescript(_SCHEMA)
    labels = _read_labels(store)
    first, names = 1, []
    for kind, items in (
        (HitKind.ENTITY, _list_things(store, labels)),
        (HitKind.ARTICLE, _list_articles(store, labels)),
        (HitKind.CLAIM, _list_claims(store, labels)),
        (HitKind.SENTENCE, _list_sentences(store)),
    ):
        number = first - 1
        for number, item in enumerate(items, first):
            index.execute(
                "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)",
                (number, kind.value, item.iri, item.label, item.type, item.article),
            )
            index.execute(
                "INSERT INTO texts (rowid, title, text) VALUES (?, ?, ?)",
                (number, item.title, item.text),
            )
            names += [(-item.weight, name, number) for name in item.names]
        if number >= first:
            index.execute("INSERT INTO ranges VALUES (?, ?, ?)", (kind.value, first, number))
        first = number + 1
    index.executemany(
        "INSERT INTO named (item, name) VALUES (?, ?)",
        [(number, name) for _, name, number in sorted(names)],
    )
    for table, order in (("names", "rebuild"), ("names", "optimize"), ("texts", "optimize")):
        index.execute(f"INSERT INTO {table} ({table}) VALUES (?)", (order,))


def _list_things(store: GraphStore, labels: Mapping[str, list[str]]) -> Iterator[_Item]:
    """The things that articles name or the background tells of, with all their names."""
    mentions = {
        str(thing): int(str(count))
        for thing, count in _select(
            store, "SELECT ?t (COUNT(DISTINCT ?m) AS ?n) { ?m kg:refersTo ?t } GROUP BY ?t"
        )
    }
    names: dict[str, set[str]] = {}
    for thing, name in _select(
        store,
        "SELECT DISTINCT ?t ?name { ?m kg:refersTo ?t ; kg:exact ?name ; kg:form ?form ."
        " FILTER(?form IN (kg:NameForm, kg:AdjectiveForm)) }",
    ):
        names.setdefault(str(thing), set()).add(_clean(name))
    background = {str(t[0]) for t in store.triples(BACKGROUND_GRAPH, predicate=RDFS.label)}
    for iri in sorted({*mentions, *background}):
        mine = labels.get(iri, [])
        label = mine[0] if mine else _local_name(iri)
        others = sorted({*mine, *names.get(iri, ())} - {label})
        kinds = [
            str(quad[2])
            for quad in store.quads(subject=URIRef(iri), predicate=RDF.type)
            if quad[3] != INFERRED_GRAPH
        ]
        yield _Item(
            kind=HitKind.ENTITY,
            iri=iri,
            label=label,
            title=label,
            text="; ".join(others),
            type=_local_name(min(kinds)) if kinds else None,
            names=(label, *others),
            weight=mentions.get(iri, 0),
        )


def _list_articles(store: GraphStore, labels: Mapping[str, list[str]]) -> Iterator[_Item]:
    authors: dict[str, set[str]] = {}
    for article, author in _select(store, "SELECT ?a ?p { ?a a kg:Article ; dcterms:creator ?p }"):
        authors.setdefault(str(article), set()).update(labels.get(str(author), ()))
    journals = {str(quad[0]): _clean(quad[2]) for quad in store.quads(predicate=KG.journal)}
    for iri, title in sorted(_read_titles(store).items()):
        text = "; ".join([*sorted(authors.get(iri, ())), *filter(None, [journals.get(iri)])])
        yield _Item(HitKind.ARTICLE, iri, title, title, text, article=iri)


def _list_claims(store: GraphStore, labels: Mapping[str, list[str]]) -> Iterator[_Item]:
    """The claims; what an article says again in the same words only where it says it first."""
    voices = {quad[0] for quad in store.quads(predicate=RDF.type, object=KG.AuthorVoice)}
    rows = _select(
        store,
        "SELECT DISTINCT ?claim ?article ?s ?r ?o ?quote ?polarity ?modality ?holder {"
        " ?claim a kg:Claim ; kg:inArticle ?article ; kg:subject ?s ; kg:relation ?r ;"
        " kg:object ?o ; kg:polarity ?polarity ; kg:modality ?modality ; kg:holder ?holder ;"
        " kg:evidence ?evidence . ?evidence oa:hasSelector/oa:exact ?quote ;"
        " oa:hasSelector/oa:start ?start } ORDER BY ?article ?start ?claim",
    )
    said = set()
    for claim, article, subject, relation, object_, quote, polarity, modality, holder in rows:
        title = " ".join(_name(labels, iri) for iri in (subject, relation, object_))
        doubts = [
            _local_name(str(term)).lower()
            for term, plain in ((polarity, KG.Positive), (modality, KG.Asserted))
            if term != plain
        ]
        if holder not in voices:
            doubts.append(f"according to {_name(labels, holder)}")
        # A claim that is none of the article's must not be taken for one.
        label = f"{title} ({', '.join(doubts)})" if doubts else title
        words = (article, label, _clean(quote).casefold())
        if words in said:
            continue
        said.add(words)
        yield _Item(HitKind.CLAIM, str(claim), label, title, _clean(quote), article=str(article))


def _list_sentences(store: GraphStore) -> Iterator[_Item]:
    # Not by a query: one that joins and sorts all sentences takes five times as long.
    titles = _read_titles(store)
    texts = {str(quad[0]): _clean(quad[2]) for quad in store.quads(predicate=KG.text)}
    articles = {str(quad[0]): str(quad[2]) for quad in store.quads(predicate=KG.inArticle)}
    starts = {str(quad[0]): str(quad[2]) for quad in store.quads(predicate=KG.start)}

    def place(iri: str) -> tuple[str, int, str, str]:
        start = starts.get(iri, "")
        # The longer a number without sign, the greater.
        return articles.get(iri, ""), len(start), start, iri

    for iri in sorted(texts, key=place):
        article = articles.get(iri)
        label = titles.get(article or "", "")
        yield _Item(HitKind.SENTENCE, iri, label, "", texts[iri], article=article)


# ------------------------------------------------------------------------- reading the store


def _select(store: GraphStore, query: str) -> tuple[tuple[Term | None, ...], ...]:
    used = " ".join(f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items())
    return store.query(f"{used} {query}").rows


def _read_labels(store: GraphStore) -> dict[str, list[str]]:
    """What everything is called: its labels in order, then its other names."""
    labels: dict[str, list[str]] = {}
    for predicate in (RDFS.label, SKOS.altLabel, KG.acronym):
        found = {(str(quad[0]), _clean(quad[2])) for quad in store.quads(predicate=predicate)}
        for iri, name in sorted(found):
            if name and name not in labels.setdefault(iri, []):
                labels[iri].append(name)
    return labels


def _read_titles(store: GraphStore) -> dict[str, str]:
    titles: dict[str, str] = {}
    for iri, title, source in _select(
        store,
        "SELECT ?a ?title ?source { ?a a kg:Article OPTIONAL { ?a dcterms:title ?title }"
        " OPTIONAL { ?a dcterms:source ?source } } ORDER BY ?a ?title ?source",
    ):
        titles.setdefault(str(iri), _clean(title or source or ""))
    return titles


def _name(labels: Mapping[str, list[str]], iri: object) -> str:
    return labels.get(str(iri), [_local_name(str(iri))])[0]


def _clean(text: object) -> str:
    """A text on one line, without the control characters that mark what was found."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", str(text)).split())


def _local_name(iri: str) -> str:
    return re.split(r"[#/]", iri)[-1]
