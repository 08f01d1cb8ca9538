"""From what a user types to the term of the graph that it names."""

from __future__ import annotations

import difflib

from rdflib import RDF, RDFS, SKOS, Literal, URIRef

from kg import iris
from kg.errors import UnknownTermError
from kg.rdf import PREFIXES
from kg.store import GraphStore

# Nearer the front is the better name of a thing.
_NAMES = (
    RDFS.label,
    SKOS.prefLabel,
    SKOS.altLabel,
    iris.KG.countryCode,
    iris.KG.iso2,
)
# Governments and people bear their state's code as well.
_CODES = frozenset({iris.KG.countryCode, iris.KG.iso2})
_CLOSE = 3


def resolve_term(store: GraphStore, text: str) -> URIRef:
    """The term that a label, a name as articles have it, local name, CURIE or IRI means.

    Of several the one by the better name, then in more claims, is meant. Raises UnknownTermError
    naming the closest names where there is none.
    """
    asked = text.strip()
    iri = _read_iri(asked)
    if iri is not None:
        if _is_used(store, iri):
            return iri
        raise UnknownTermError(f"the graph does not speak of <{iri}>", term=text)
    names = _collect_names(store)
    folded = _fold(asked)
    found = [
        (not exact, rank, -_count_claims(store, term), term)
        for term, rank, exact in (
            (term, rank, name == asked) for name, rank, term in names if _fold(name) == folded
        )
    ]
    if found:
        return min(found)[-1]
    by_fold = {_fold(name): name for name, _, _ in sorted(names, reverse=True)}
    close = difflib.get_close_matches(folded, by_fold, n=_CLOSE)
    hint = " or ".join(f"“{by_fold[each]}”" for each in close)
    raise UnknownTermError(
        f"nothing in the graph is called “{asked}”" + (f": did you mean {hint}?" if hint else ""),
        term=text,
    )


def find_labels(store: GraphStore) -> dict[URIRef, str]:
    """The label of everything in the graph that has one, the first in order of several."""
    labels: dict[URIRef, str] = {}
    for predicate in (SKOS.prefLabel, RDFS.label):
        for subject, _, text, _ in sorted(store.quads(predicate=predicate), reverse=True):
            if isinstance(text, Literal) and text.language in (None, "en"):
                labels[subject] = str(text)
    return labels


def _read_iri(text: str) -> URIRef | None:
    if text.startswith("<") and text.endswith(">"):
        return URIRef(text[1:-1])
    prefix, colon, local = text.partition(":")
    if colon and local.startswith("//"):
        return URIRef(text)
    if colon and prefix in PREFIXES and " " not in local:
        return URIRef(PREFIXES[prefix] + local)
    return None


def _is_used(store: GraphStore, iri: URIRef) -> bool:
    return any(
        next(store.quads(**{place: iri}), None) is not None
        for place in ("subject", "predicate", "object")
    )


def _collect_names(store: GraphStore) -> list[tuple[str, int, URIRef]]:
    """Every name in the graph with how good a name it is (0 is best) and what it names."""
    states = {state for state, _, _, _ in store.quads(predicate=RDF.type, object=iris.KG.State)}
    names = {
        (str(text), rank, subject)
        for rank, predicate in enumerate(_NAMES)
        for subject, _, text, _ in store.quads(predicate=predicate)
        if isinstance(text, Literal) and (predicate not in _CODES or subject in states)
    }
    names.update(
        (subject.removeprefix(iris.KG), 0, subject)
        for subject, _, _ in store.triples(iris.ONTOLOGY_GRAPH, predicate=RDF.type)
        if subject.startswith(iris.KG)
    )
    names.update(
        (str(text), len(_NAMES), thing)
        for form in (iris.KG.NameForm, iris.KG.AdjectiveForm)
        for mention, _, _, graph in store.quads(predicate=iris.KG.form, object=form)
        for _, _, text in store.triples(graph, subject=mention, predicate=iris.KG.exact)
        for _, _, thing in store.triples(graph, subject=mention, predicate=iris.KG.refersTo)
        if isinstance(thing, URIRef)
    )
    return sorted(names)


def _count_claims(store: GraphStore, term: URIRef) -> int:
    return sum(
        1
        for predicate in (iris.KG.subject, iris.KG.object, iris.KG.holder)
        for _ in store.quads(predicate=predicate, object=term)
    )


def _fold(name: str) -> str:
    plain = name.casefold().removeprefix("the ")
    return "".join(c for c in plain if c.isalnum() or c == " ").strip()
