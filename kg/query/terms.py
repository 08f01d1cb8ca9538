"""What a user's words name in the graph: things by name, code or IRI; relations; kinds."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from rdflib import RDF, Literal, URIRef

from kg.errors import UnknownTermError
from kg.iris import KG, ONTOLOGY_GRAPH
from kg.rdf import PREFIXES, format_term
from kg.store import GraphStore

_IRI = re.compile(r"<?([A-Za-z][A-Za-z0-9+.-]*://[^\s<>\"{}|^`\\]+)>?")
_WIKIDATA = "http://www.wikidata.org/entity/"

# The ways to name a thing, the surest first: the first that finds anything decides.
_NAMINGS = (
    "?thing rdfs:label ?name .",
    "?thing skos:altLabel|kg:acronym ?name .",
    "?thing kg:countryCode|kg:iso2 ?name ; a kg:State .",
    "?mention kg:exact ?name ; kg:refersTo ?thing ; kg:form ?form ."
    " FILTER(?form IN (kg:NameForm, kg:AdjectiveForm))",
)


def find_things(store: GraphStore, text: str, *, kinds: bool = False) -> tuple[URIRef, ...]:
    """The things that bear a name, code or IRI; several where articles name unlike things alike.

    With `kinds`, the classes of the ontology are things too. Raises UnknownTermError, with names
    that are close, where there is none.
    """
    _require_text(text)
    if (iri := read_iri(text)) is not None:
        for quads in (store.quads(subject=iri), store.quads(object=iri)):
            if next(quads, None) is not None:
                return (iri,)
        raise UnknownTermError(f"{text} is not in the graph", term=text)
    if re.fullmatch(r"Q[1-9][0-9]*", text):
        found = _ask_things(store, f"?thing skos:exactMatch <{_WIKIDATA}{text}> .", None)
        if found:
            return found
    for naming in _NAMINGS:
        found = _ask_things(store, naming, text)
        if found:
            return found
    if kinds and (found := _find_kind(store, text)):
        return found
    raise UnknownTermError(_describe_unknown(text, _list_names(store)), term=text)


def find_relation(store: GraphStore, text: str) -> URIRef:
    """The relation of a name ("withdrawsFrom"), label ("withdraws from") or IRI.

    Raises UnknownTermError, with names that are close, where there is none.
    """
    _require_text(text)
    if text in ("a", "type", "rdf:type"):
        return RDF.type
    if (iri := read_iri(text)) is not None:
        return iri
    rows = store.query(
        _prefixed(
            "SELECT DISTINCT ?relation ?label { GRAPH " + format_term(ONTOLOGY_GRAPH) + " {"
            " ?relation a owl:ObjectProperty . OPTIONAL { ?relation rdfs:label ?label } } }"
            " ORDER BY ?relation"
        )
    ).rows
    names: dict[str, URIRef] = {}
    for relation, label in rows:
        assert isinstance(relation, URIRef)
        for name in (str(label or ""), _local_name(relation)):
            names[_fold(name)] = relation
    wanted = _fold(text)
    if wanted in names:
        return names[wanted]
    known = [_local_name(iri) for iri in sorted(set(names.values())) if iri.startswith(KG)]
    raise UnknownTermError(_describe_unknown(text, known, kind="relation"), term=text)


def fetch_labels(store: GraphStore, terms: Iterable[URIRef]) -> dict[URIRef, str]:
    """The label of each term that has one (an article's is its title)."""
    labels: dict[URIRef, str] = {}
    predicates = (URIRef(PREFIXES["rdfs"] + "label"), URIRef(PREFIXES["dcterms"] + "title"))
    for term in sorted(set(terms)):
        found = sorted(
            str(quad[2])
            for predicate in predicates
            for quad in store.quads(subject=term, predicate=predicate)
        )
        if found:
            labels[term] = found[0]
    return labels


def read_iri(text: str) -> URIRef | None:
    """The IRI that a text is, in full or with one of the usual prefixes; else None."""
    if match := _IRI.fullmatch(text):
        return URIRef(match[1])
    prefix, colon, local = text.partition(":")
    if colon and prefix in PREFIXES and re.fullmatch(r"[\w.-]+", local):
        return URIRef(PREFIXES[prefix] + local)
    return None


def _ask_things(store: GraphStore, naming: str, name: str | None) -> tuple[URIRef, ...]:
    test = ""
    if name is not None:
        spellings = {name.lower(), re.sub(r"^the\s+", "", name.lower())}
        listed = ", ".join(format_term(Literal(spelling)) for spelling in sorted(spellings))
        test = f"FILTER(LCASE(STR(?name)) IN ({listed}))"
    rows = store.query(
        _prefixed(
            f"SELECT DISTINCT ?thing {{ {naming} {test}"
            f' FILTER(!STRSTARTS(STR(?thing), "{KG}")) }} ORDER BY ?thing'
        )
    ).rows
    return tuple(thing for (thing,) in rows if isinstance(thing, URIRef))


def _find_kind(store: GraphStore, text: str) -> tuple[URIRef, ...]:
    return tuple(
        iri
        for iri, _, _ in sorted(
            store.triples(
                ONTOLOGY_GRAPH, predicate=RDF.type, object=URIRef(PREFIXES["owl"] + "Class")
            )
        )
        if _fold(_local_name(iri)) == _fold(text)
    )


def _require_text(text: str) -> None:
    if not text.strip() or any("\ud800" <= c <= "\udfff" for c in text):
        raise UnknownTermError(f"{text!r} names nothing: give a name, code or IRI", term=text)


def _list_names(store: GraphStore) -> list[str]:
    rows = store.query(
        _prefixed(
            "SELECT DISTINCT ?name { ?thing rdfs:label|skos:altLabel|kg:acronym ?name ."
            f' FILTER(!STRSTARTS(STR(?thing), "{KG}")) }} ORDER BY ?name'
        )
    ).rows
    return [str(name) for (name,) in rows]


def _describe_unknown(text: str, known: Iterable[str], *, kind: str = "thing") -> str:
    folded: dict[str, str] = {}
    for name in known:
        folded.setdefault(name.casefold(), name)
    close = difflib.get_close_matches(text.casefold(), folded, n=3)
    hint = f": did you mean {' or '.join(folded[name] for name in close)}?" if close else ""
    return f"no {kind} in the graph is named {text!r}{hint}"


def _fold(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()


def _local_name(iri: str) -> str:
    return re.split(r"[#/]", iri)[-1]


def _prefixed(query: str) -> str:
    used = " ".join(f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items())
    return f"{used} {query}"
