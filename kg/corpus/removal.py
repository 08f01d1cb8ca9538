"""Taking articles out of a graph, with all that followed only from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from rdflib import DCTERMS, RDF, URIRef

from kg import iris
from kg.corpus.deriving import derive
from kg.corpus.draft import Draft
from kg.corpus.records import Progress, RemovalSummary, RemovedArticle
from kg.documents import read_document
from kg.errors import DocumentError, UnknownTermError
from kg.iris import KG
from kg.store import GraphStore, open_graph
from kg.vocabulary import ontology_directory


@dataclass(frozen=True, slots=True)
class _Article:
    iri: URIRef
    title: str
    source: str


def remove_articles(
    names: Sequence[str],
    directory: Path,
    *,
    report: Callable[[Progress], None] = lambda progress: None,
    ontology: Path | None = None,
) -> RemovalSummary:
    """Take articles out of the graph of a directory, in one transaction.

    A name is a file, its name when it was read, a title or an IRI. Afterwards the graph is the same
    as one built without the articles. Raises UnknownTermError where a name means none or several,
    and GraphError where the graph cannot be written.
    """
    with open_graph(directory) as store:
        articles = _list_articles(store)
        chosen = list(dict.fromkeys(_find_article(articles, name) for name in names))
        draft = Draft(store)
        removed = []
        for article in chosen:
            places = iris.article_graph(article.iri), iris.facts_graph(article.iri)
            claims = sum(1 for _ in store.triples(places[0], predicate=RDF.type, object=KG.Claim))
            facts = sum(1 for _ in store.triples(places[1]))
            removed.append(
                RemovedArticle(str(article.iri), article.title, article.source, claims, facts)
            )
            draft.replace_all(dict.fromkeys(places, ()))
        derived = derive(draft, ontology or ontology_directory(), report)
        return RemovalSummary(
            removed=tuple(removed),
            withdrawn=derived.withdrawn,
            documents=len(articles) - len(removed),
            findings=derived.findings,
        )


def _list_articles(store: GraphStore) -> tuple[_Article, ...]:
    found = []
    for iri, _, _, graph in store.quads(predicate=RDF.type, object=KG.Article):
        texts = {
            predicate: str(text)
            for predicate in (DCTERMS.title, DCTERMS.source)
            for _, _, text in store.triples(graph, subject=iri, predicate=predicate)
        }
        found.append(_Article(iri, texts.get(DCTERMS.title, ""), texts.get(DCTERMS.source, "")))
    return tuple(sorted(found, key=lambda each: each.iri))


def find_article(store: GraphStore, name: str) -> URIRef:
    """The article that a name means, as for removal; UnknownTermError where it means none."""
    return _find_article(_list_articles(store), name).iri


def _find_article(articles: Sequence[_Article], name: str) -> _Article:
    """The article that a name means: by the bytes of the file, IRI, name of the file or title."""
    path = Path(name)
    folded = " ".join(name.split()).casefold()
    iri = name.strip().removeprefix("<").removesuffix(">")
    for test in (
        lambda each: str(each.iri) == iri,
        lambda each: each.iri == _identify(path),
        lambda each: each.source == path.name,
        lambda each: " ".join(each.title.split()).casefold() == folded,
    ):
        found = [each for each in articles if test(each)]
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownTermError(
                f"“{name}” means {len(found)} articles: name one by its IRI, such as "
                f"{found[0].iri} ({found[0].title or 'no title'})",
                term=name,
            )
    known = {text: None for each in articles for text in (each.source, each.title) if text}
    folds = {text.casefold(): text for text in known}
    near = [folds[each] for each in get_close_matches(path.name.casefold(), folds, cutoff=0.4)]
    hint = "nearest: " + ", ".join(f"“{each}”" for each in near) if near else "give its file name"
    raise UnknownTermError(f"no article “{name}” in the graph ({hint})", term=name)


def _identify(path: Path) -> URIRef | None:
    """The IRI of the article that a file holds now; None where it cannot be read."""
    try:
        return read_document(path).iri
    except (DocumentError, OSError):
        return None
