"""The page of a term of the ontology: where it stands, its wordings, how much there is of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from kg import iris
from kg.iris import KG
from kg.server.pages.claims import ShownClaim, count_claims, fetch_claims
from kg.server.pages.naming import (
    HEAD,
    Named,
    fetch_names,
    locate_thing,
    name_thing,
    shorten_iri,
    take_local_name,
)
from kg.server.pages.ontology import (
    OWL,
    RDF_TYPE,
    RDFS,
    SKOS,
    Facts,
    find_ends,
    name_term,
    take_label,
)
from kg.server.shipped import find_frames, list_outside_kinds
from kg.server.statistics import Ask, fetch_rows
from kg.vocabulary import Frame

_EXAMPLES = 12
_MOST_MEMBERS = 20_000
_MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")


@dataclass(frozen=True, slots=True)
class Wording:
    """How a relation is worded: the words, their part of speech, the slots of the two ends.

    `count` tells how many claims of this graph it made, `example` is one of them.
    """

    iri: str
    name: str
    words: str
    pos: str
    subject: str
    object: str
    implies: str
    relation: str = ""
    href: str | None = None
    count: int = 0
    example: ShownClaim | None = None


@dataclass(frozen=True, slots=True)
class Alignment:
    """Terms of another vocabulary, by what they are to ours; `codes` are those without an IRI."""

    vocabulary: str
    mapping: str
    terms: tuple[Named, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """All that the page of a term tells; `links` are its other properties by their names.

    `used` are the wordings that made claims of this graph, `wordings` all others; `members` are the
    things of a class of which most is claimed, with the number of claims.
    """

    iri: str
    name: str
    label: str
    sorts: tuple[str, ...]
    definitions: tuple[str, ...]
    comments: tuple[str, ...]
    examples: tuple[str, ...]
    ends: tuple[Named | None, Named | None] | None
    links: tuple[tuple[str, tuple[Named, ...]], ...]
    alignments: tuple[Alignment, ...]
    codes: tuple[tuple[str, tuple[str, ...]], ...]
    used: tuple[Wording, ...]
    wordings: tuple[Wording, ...]
    counts: tuple[tuple[str, int], ...]
    claims: tuple[ShownClaim, ...]
    members: tuple[tuple[Named, int], ...]
    is_relation: bool


_LINKS = {
    f"{RDFS}subClassOf": "is a kind of",
    f"{RDFS}subPropertyOf": "implies",
    f"{SKOS}broader": "is narrower than",
    f"{RDFS}domain": "from (domain)",
    f"{RDFS}range": "to (range)",
    f"{OWL}inverseOf": "inverse of",
    f"{OWL}disjointWith": "excludes",
    f"{OWL}equivalentClass": "same as",
    f"{SKOS}inScheme": "in the scheme",
    str(KG.quadClass): "quad class",
    str(KG.oneAtATime): "has one value at a time, if it is a",
}
_BOTH = {
    str(KG.clashesWith): "clashes with",
    str(KG.clashesWhenDatedWith): "clashes, when of one time, with",
}
_BACK = {
    f"{RDFS}subClassOf": "kinds of it",
    f"{RDFS}subPropertyOf": "implied by",
    f"{SKOS}broader": "narrower concepts",
    f"{OWL}inverseOf": "inverse of",
    f"{RDFS}domain": "starts the relations",
    f"{RDFS}range": "ends the relations",
    f"{SKOS}inScheme": "its concepts",
    str(KG.quadClass): "relations of the class",
}
_CODES = {f"{SKOS}notation": "notation"}
_OUTSIDE_CODES = {str(KG.cameoCode): "CAMEO", str(KG.ploverCategory): "PLOVER"}
_VOCABULARIES = {
    "foaf": "FOAF",
    "prov": "PROV-O",
    "schema": "schema.org",
    "org": "Organization ontology (W3C)",
    "sem": "Simple Event Model",
    "skos": "SKOS",
    "time": "OWL-Time",
    "oa": "Web Annotation",
    "dcterms": "Dublin Core",
}
_PLACES = {
    "http://www.wikidata.org/": "Wikidata",
    "http://dbpedia.org/": "DBpedia",
    "https://www.geonames.org/": "GeoNames",
    "http://semanticweb.cs.vu.nl/2009/11/sem/": "Simple Event Model",
    "http://www.w3.org/2006/time#": "OWL-Time",
    "http://www.w3.org/ns/org#": "Organization ontology (W3C)",
    "http://xmlns.com/foaf/": "FOAF",
    "https://schema.org/": "schema.org",
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
    types = said.get(RDF_TYPE, ())
    is_relation = str(KG.Relation) in types
    claims: list[ShownClaim] = []
    used: tuple[Wording, ...] = ()
    if is_relation:
        claims = await fetch_claims(
            f"?claim kg:relation <{iri}> ; a kg:Claim .", ask, base, limit=_EXAMPLES
        )
        used = await _fetch_used(iri, ask, base)
    known = {each.iri for each in used}
    return Term(
        iri=iri,
        name=name,
        label=take_label(facts, iri),
        sorts=tuple(dict.fromkeys(_SORTS.get(take_local_name(t), shorten_iri(t)) for t in types)),
        definitions=said.get(f"{SKOS}definition", ()),
        comments=said.get(f"{RDFS}comment", ()),
        examples=said.get(f"{SKOS}example", ()),
        ends=find_ends(facts, iri, base),
        links=tuple(_list_links(facts, iri, base)),
        alignments=tuple(_list_alignments(facts, iri, base)),
        codes=tuple((label, said[key]) for key, label in _CODES.items() if key in said),
        used=used,
        wordings=tuple(each for each in list_wordings(iri, base) if each.iri not in known)
        if is_relation
        else (),
        counts=tuple(await _fetch_counts(iri, types, ask)),
        claims=tuple(claims),
        members=await _fetch_members(iri, ask, base) if f"{OWL}Class" in types else (),
        is_relation=is_relation,
    )


async def _fetch_counts(iri: str, types: tuple[str, ...], ask: Ask) -> list[tuple[str, int]]:
    if str(KG.Relation) in types:
        inferred = f"GRAPH <{iris.INFERRED_GRAPH}> {{ ?s <{iri}> ?o }}"
        return [
            ("claims", await count_claims(f"?claim kg:relation <{iri}> ; a kg:Claim .", ask)),
            ("inferred triples", await _count(inferred, "*", ask)),
        ]
    if f"{OWL}Class" in types:
        return [("things", await _count(f"?s a <{iri}>", "DISTINCT ?s", ask))]
    if any(each.endswith("Property") for each in types):
        return [("triples", await _count(f"GRAPH ?g {{ ?s <{iri}> ?o }}", "*", ask))]
    return []


async def _fetch_members(iri: str, ask: Ask, base: str) -> tuple[tuple[Named, int], ...]:
    rows = await fetch_rows(
        f"{HEAD}SELECT ?thing (COUNT(DISTINCT ?claim) AS ?count) WHERE {{ "
        f"{{ SELECT DISTINCT ?thing WHERE {{ ?thing a <{iri}> }} LIMIT {_MOST_MEMBERS} }} "
        "?claim kg:subject|kg:object ?thing ; a kg:Claim } "
        f"GROUP BY ?thing ORDER BY DESC(?count) ?thing LIMIT {2 * _EXAMPLES}",
        ask,
    )
    rows = [row for row in rows if "thing" in row]
    names = await fetch_names([row["thing"]["value"] for row in rows], ask, base)
    return tuple(
        (name_thing(row["thing"]["value"], names, base), int(row["count"]["value"])) for row in rows
    )


async def _count(pattern: str, what: str, ask: Ask) -> int:
    rows = await fetch_rows(f"SELECT (COUNT({what}) AS ?count) WHERE {{ {pattern} }}", ask)
    return int(rows[0]["count"]["value"]) if rows else 0


def _list_links(facts: Facts, iri: str, base: str) -> list[tuple[str, tuple[Named, ...]]]:
    found: dict[str, dict[str, Named]] = {}
    for key, label in (_LINKS | _BOTH).items():
        for value in facts[iri].get(key, ()):
            if value.startswith(str(KG)):
                found.setdefault(label, {})[value] = name_term(facts, value, base)
    for key, label in (_BACK | _BOTH).items():
        for other, said in facts.items():
            if iri in said.get(key, ()):
                found.setdefault(label, {})[other] = name_term(facts, other, base)
    return [(label, tuple(things.values())) for label, things in found.items()]


# -------------------------------------------------------------------------------- alignments


def _list_alignments(facts: Facts, iri: str, base: str) -> list[Alignment]:
    """What the term is beside terms and codes of other vocabularies, one line for each."""
    words = {f"{SKOS}{match}": match.removesuffix("Match") for match in _MATCHES}
    words |= {
        f"{RDFS}subClassOf": "narrower than",
        f"{RDFS}subPropertyOf": "narrower than",
        f"{OWL}equivalentClass": "same",
        f"{OWL}equivalentProperty": "same",
    }
    said = facts[iri]
    pairs = {(word, value) for key, word in words.items() for value in said.get(key, ())}
    pairs |= {(match.removesuffix("Match"), value) for match, value in list_outside_kinds(iri)}
    lines: dict[tuple[str, str], list[Named]] = {}
    for word, value in sorted(pairs):
        if not value.startswith(iris.BASE):
            href, outside = locate_thing(value, base)
            named = Named(value, take_local_name(value) or value, href, None, outside)
            lines.setdefault((_name_vocabulary(value), word), []).append(named)
    found = [Alignment(*key, terms=tuple(terms)) for key, terms in lines.items()]
    found += [
        Alignment(label, "event code", codes=said[key])
        for key, label in _OUTSIDE_CODES.items()
        if key in said
    ]
    return sorted(found, key=lambda each: (each.vocabulary.casefold(), each.mapping))


def _name_vocabulary(iri: str) -> str:
    for place, name in _PLACES.items():
        if iri.startswith(place):
            return name
    prefix, colon, _ = shorten_iri(iri).partition(":")
    return _VOCABULARIES.get(prefix, "elsewhere") if colon else "elsewhere"


# ---------------------------------------------------------------------------------- wordings


async def _fetch_used(relation: str, ask: Ask, base: str) -> tuple[Wording, ...]:
    """The wordings that made claims of this graph, the busiest first, each with one of them."""
    rows = await fetch_rows(
        f"{HEAD}SELECT ?frame (COUNT(?claim) AS ?count) (MIN(STR(?claim)) AS ?example) WHERE {{ "
        f"?claim kg:relation <{relation}> ; a kg:Claim ; kg:frame ?frame }} "
        "GROUP BY ?frame ORDER BY DESC(?count) ?frame LIMIT 400",
        ask,
    )
    rows = [row for row in rows if "frame" in row]
    listed = " ".join(
        f"<{row['example']['value']}>" for row in rows if iris.is_iri(row["example"]["value"])
    )
    pattern = f"VALUES ?claim {{ {listed} }} ?claim a kg:Claim ."
    shown = await fetch_claims(pattern, ask, base, limit=400) if listed else []
    examples = {claim.iri: claim for claim in shown}
    found = []
    for row in rows:
        iri = row["frame"]["value"]
        frame = find_frames().get(iri)
        href = locate_thing(iri, base)[0]
        wording = Wording(
            iri, take_local_name(iri), take_local_name(iri), "", "", "", "", href=href
        )
        if frame is not None:
            wording = word_frame(frame, base)
        count, example = int(row["count"]["value"]), examples.get(row["example"]["value"])
        found.append(replace(wording, count=count, example=example))
    return tuple(found)


@lru_cache(maxsize=128)
def list_wordings(relation: str, base: str) -> tuple[Wording, ...]:
    """The frames of the shipped lexicon that state a relation, in alphabetic order."""
    found = [
        word_frame(frame, base)
        for frame in find_frames().values()
        if str(frame.relation) == relation
    ]
    return tuple(sorted(found, key=lambda each: (each.words.casefold(), each.iri)))


@lru_cache(maxsize=1)
def count_wordings() -> Mapping[str, int]:
    """How many wordings the shipped lexicon has for each relation, by its IRI."""
    counts: dict[str, int] = {}
    for frame in find_frames().values():
        relation = str(frame.relation)
        counts[relation] = counts.get(relation, 0) + 1
    return counts


def word_frame(frame: Frame, base: str) -> Wording:
    """A frame in words."""
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
        pos=frame.pos.lower(),
        subject=", ".join(frame.subject),
        object=", ".join(frame.object),
        implies=", ".join(implied),
        relation=take_local_name(str(frame.relation)),
        href=locate_thing(str(frame.iri), base)[0],
    )
