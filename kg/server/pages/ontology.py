"""The ontology as a tree of terms, and a page for each term."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kg import iris
from kg.iris import KG
from kg.rdf import format_term
from kg.server.pages.claims import ShownClaim, count_claims, fetch_claims
from kg.server.pages.naming import Named, locate_thing, shorten_iri, take_local_name
from kg.server.statistics import Ask, Row, fetch_rows
from kg.vocabulary import Frame, load_vocabulary

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_LABELS = (f"{_RDFS}label", f"{_SKOS}prefLabel")
_ABOVE = (f"{_RDFS}subClassOf", f"{_RDFS}subPropertyOf", f"{_SKOS}broader")
_MATCHES = ("closeMatch", "exactMatch", "broadMatch", "narrowMatch", "relatedMatch")
_EXAMPLES = 12
_DEEPEST = 30

Facts = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Of each term, the values of each property, sorted."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A term with those below it; `first` where it stands for the first time."""

    term: Named
    name: str
    definition: str
    count: int
    below: tuple[Branch, ...]
    first: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the browser: its heading and trees."""

    heading: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """How a relation is worded: the words, their part of speech, the slots of the two ends."""

    iri: str
    name: str
    words: str
    pos: str
    subject: str
    object: str
    implies: str


@dataclass(frozen=True, slots=True)
class Term:
    """All that the page of a term tells; `links` are its other properties by their names."""

    iri: str
    name: str
    label: str
    sorts: tuple[str, ...]
    definitions: tuple[str, ...]
    comments: tuple[str, ...]
    examples: tuple[str, ...]
    links: tuple[tuple[str, tuple[Named, ...]], ...]
    alignments: tuple[tuple[str, Named], ...]
    codes: tuple[tuple[str, tuple[str, ...]], ...]
    wordings: tuple[Wording, ...]
    counts: tuple[tuple[str, int], ...]
    claims: tuple[ShownClaim, ...]
    is_relation: bool


async def fetch_facts(ask: Ask) -> Facts:
    """What the ontology graph says of each of Concord's terms."""
    graph = format_term(iris.ONTOLOGY_GRAPH)
    rows = await fetch_rows(
        f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} "
        f'FILTER(STRSTARTS(STR(?s), "{KG}")) }} LIMIT 50000',
        ask,
    )
    return collect_facts(rows)


def collect_facts(rows: Iterable[Row]) -> Facts:
    """The values of each property of each term."""
    found: dict[str, dict[str, set[str]]] = {}
    for row in rows:
        values = found.setdefault(row["s"]["value"], {}).setdefault(row["p"]["value"], set())
        values.add(row["o"].get("value", ""))
    return {
        term: {name: tuple(sorted(values)) for name, values in sorted(said.items())}
        for term, said in sorted(found.items())
    }


def take_label(facts: Facts, iri: str) -> str:
    """The label of a term, else its name."""
    for name in _LABELS:
        for label in facts.get(iri, {}).get(name, ()):
            return label
    return take_local_name(iri) if iri.startswith(str(KG)) else shorten_iri(iri)


def name_term(facts: Facts, iri: str, base: str) -> Named:
    """A term under its label; one of another vocabulary under its short name."""
    href, outside = locate_thing(iri, base)
    return Named(iri, take_label(facts, iri), href, None, outside)


# -------------------------------------------------------------------------------------- tree


def list_parts(facts: Facts, counts: Mapping[str, int], base: str) -> list[Part]:
    """The parts of the browser: kinds and other classes, relations, other properties, concepts."""
    sorts: dict[str, list[str]] = {}
    for iri, said in facts.items():
        sorts.setdefault(_sort_term(facts, iri, said), []).append(iri)
    return [
        Part(heading, tuple(_grow(facts, sorts[heading], counts, base)))
        for heading in ("Classes", "Relations", "Other properties", "Concepts", "Further terms")
        if heading in sorts
    ]


def _sort_term(facts: Facts, iri: str, said: Mapping[str, tuple[str, ...]]) -> str:
    types = said.get(f"{_RDF}type", ())
    if f"{_OWL}Class" in types:
        return "Classes"
    if str(KG.Relation) in types:
        return "Relations"
    if any(f"{_OWL}{sort}Property" in types for sort in ("Object", "Datatype", "Annotation")):
        # What stands above a relation belongs to the relations' tree.
        above = any(
            iri in other.get(f"{_RDFS}subPropertyOf", ())
            and str(KG.Relation) in other.get(f"{_RDF}type", ())
            for other in facts.values()
        )
        return "Relations" if above else "Other properties"
    if f"{_OWL}NamedIndividual" in types or f"{_SKOS}ConceptScheme" in types:
        return "Concepts"
    return "Further terms"


def _grow(facts: Facts, terms: Iterable[str], counts: Mapping[str, int], base: str) -> list[Branch]:
    """The trees of some terms; what has several parents stands under each, with its own once."""
    members = set(terms)
    below: dict[str, list[str]] = {}
    roots = []
    ordered = sorted(members, key=lambda iri: (take_label(facts, iri).casefold(), iri))
    for iri in ordered:
        parents = {p for name in _ABOVE for p in facts[iri].get(name, ()) if p in members - {iri}}
        for parent in parents:
            below.setdefault(parent, []).append(iri)
        if not parents:
            roots.append(iri)
    grown: set[str] = set()

    def grow(iri: str, depth: int) -> Branch:
        first = iri not in grown
        grown.add(iri)
        deeper = below.get(iri, ()) if first and depth < _DEEPEST else ()
        return Branch(
            term=name_term(facts, iri, base),
            name=iri.removeprefix(str(KG)),
            definition=" ".join(facts[iri].get(f"{_SKOS}definition", ())[:1]),
            count=counts.get(iri, 0),
            below=tuple(grow(each, depth + 1) for each in deeper),
            first=first,
        )

    trees = [grow(iri, 0) for iri in roots]
    # Terms above one another, as a foreign ontology may have them, hang on no root.
    trees += [grow(iri, 0) for iri in ordered if iri not in grown]
    return trees


# -------------------------------------------------------------------------------------- term

_LINKS = {
    f"{_RDFS}subClassOf": "is a kind of",
    f"{_RDFS}subPropertyOf": "implies",
    f"{_SKOS}broader": "is narrower than",
    f"{_RDFS}domain": "from (domain)",
    f"{_RDFS}range": "to (range)",
    f"{_OWL}inverseOf": "inverse of",
    f"{_OWL}disjointWith": "excludes",
    f"{_OWL}equivalentClass": "same as",
    f"{_SKOS}inScheme": "in the scheme",
    str(KG.quadClass): "quad class",
    str(KG.clashesWith): "clashes with",
    str(KG.clashesWhenDatedWith): "clashes, when of one time, with",
}
_BACK = {
    f"{_RDFS}subClassOf": "kinds of it",
    f"{_RDFS}subPropertyOf": "implied by",
    f"{_SKOS}broader": "narrower concepts",
    f"{_RDFS}domain": "starts the relations",
    f"{_RDFS}range": "ends the relations",
    f"{_SKOS}inScheme": "its concepts",
    str(KG.quadClass): "relations of the class",
}
_CODES = {
    str(KG.ploverCategory): "PLOVER category",
    str(KG.cameoCode): "CAMEO codes",
    f"{_SKOS}notation": "notation",
}
_SORTS = {
    "Class": "class",
    "ObjectProperty": "property",
    "DatatypeProperty": "property with a literal",
    "AnnotationProperty": "annotation",
    "NamedIndividual": "concept",
    "ConceptScheme": "scheme of concepts",
    "SymmetricProperty": "symmetric",
    "AsymmetricProperty": "asymmetric",
    "TransitiveProperty": "transitive",
    "IrreflexiveProperty": "irreflexive",
    "FunctionalProperty": "functional",
    "Relation": "relation that articles are read for",
    "Kind": "kind that the reader gives to things",
    "ActOfState": "act that counts for the state",
}


async def fetch_term(name: str, facts: Facts, ask: Ask, base: str) -> Term | None:
    """Gather what there is to tell of a term; None where the ontology has none of the name."""
    iri = f"{KG}{name}"
    said = facts.get(iri)
    if said is None:
        return None
    types = said.get(f"{_RDF}type", ())
    is_relation = str(KG.Relation) in types
    counts, claims = [], []
    if is_relation:
        pattern = f"?claim kg:relation <{iri}> ; a kg:Claim ."
        counts.append(("claims", await count_claims(pattern, ask)))
        claims = await fetch_claims(pattern, ask, base, limit=_EXAMPLES)
    if f"{_OWL}Class" in types:
        counts.append(("things", await _count(f"?s a <{iri}>", "DISTINCT ?s", ask)))
    elif any(each.endswith("Property") for each in types):
        counts.append(("triples", await _count(f"GRAPH ?g {{ ?s <{iri}> ?o }}", "*", ask)))
    return Term(
        iri=iri,
        name=name,
        label=take_label(facts, iri),
        sorts=tuple(dict.fromkeys(_SORTS.get(take_local_name(t), shorten_iri(t)) for t in types)),
        definitions=said.get(f"{_SKOS}definition", ()),
        comments=said.get(f"{_RDFS}comment", ()),
        examples=said.get(f"{_SKOS}example", ()),
        links=tuple(_list_links(facts, iri, base)),
        alignments=tuple(_list_alignments(facts, iri, base)),
        codes=tuple((label, said[key]) for key, label in _CODES.items() if key in said),
        wordings=list_wordings(iri) if is_relation else (),
        counts=tuple(counts),
        claims=tuple(claims),
        is_relation=is_relation,
    )


async def _count(pattern: str, what: str, ask: Ask) -> int:
    rows = await fetch_rows(f"SELECT (COUNT({what}) AS ?count) WHERE {{ {pattern} }}", ask)
    return int(rows[0]["count"]["value"]) if rows else 0


def _list_links(facts: Facts, iri: str, base: str) -> list[tuple[str, tuple[Named, ...]]]:
    found = []
    for key, label in _LINKS.items():
        own = [value for value in facts[iri].get(key, ()) if value.startswith(str(KG))]
        if own:
            found.append((label, tuple(name_term(facts, value, base) for value in own)))
    for key, label in _BACK.items():
        others = [other for other, said in facts.items() if iri in said.get(key, ())]
        if others:
            found.append((label, tuple(name_term(facts, other, base) for other in others)))
    return found


def _list_alignments(facts: Facts, iri: str, base: str) -> list[tuple[str, Named]]:
    """What the term is beside terms of other vocabularies."""
    words = {f"{_SKOS}{match}": match.removesuffix("Match") for match in _MATCHES}
    words |= {
        f"{_RDFS}subClassOf": "narrower",
        f"{_RDFS}subPropertyOf": "narrower",
        f"{_OWL}equivalentClass": "same",
        f"{_OWL}equivalentProperty": "same",
    }
    return [
        (word, name_term(facts, value, base))
        for key, word in words.items()
        for value in facts[iri].get(key, ())
        if not value.startswith(iris.BASE)
    ]


# ---------------------------------------------------------------------------------- wordings


@lru_cache(maxsize=64)
def list_wordings(relation: str) -> tuple[Wording, ...]:
    """The frames of the shipped lexicon that state a relation, in alphabetic order."""
    found = {
        frame.iri: _word_frame(frame)
        for frames in _load_frames().values()
        for frame in frames
        if str(frame.relation) == relation
    }
    return tuple(sorted(found.values(), key=lambda each: (each.words.casefold(), each.iri)))


@lru_cache(maxsize=1)
def _load_frames() -> Mapping[str, tuple[Frame, ...]]:
    return load_vocabulary().frames


def _word_frame(frame: Frame) -> Wording:
    words = " ".join([*frame.words, *([frame.particle] if frame.particle else [])])
    further = "; ".join(
        f"{slot} {' | '.join(sorted(lemmas)[:4])}{' …' if len(lemmas) > 4 else ''}"
        for slot, lemmas in frame.companions
    )
    implied = [] if frame.polarity.value == "positive" else ["denied"]
    if frame.modality is not None:
        implied.append(frame.modality.value)
    return Wording(
        iri=str(frame.iri),
        name=take_local_name(str(frame.iri)),
        words=f"{words} ({further})" if further else words,
        pos=frame.pos,
        subject=", ".join(frame.subject),
        object=", ".join(frame.object),
        implies=", ".join(implied),
    )
