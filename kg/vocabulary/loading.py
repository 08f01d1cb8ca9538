"""Turtle to vocabulary: kinds, relations, frames, cues and the kinds of common nouns."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SKOS, URIRef

from kg.compiled import load_compiled
from kg.errors import OntologyError
from kg.iris import CUE, KG, LEX
from kg.model import Modality, Polarity
from kg.rdf import SourceTriple, read_turtle
from kg.vocabulary.files import ontology_directory
from kg.vocabulary.packing import FORMAT, pack_vocabulary, unpack_vocabulary
from kg.vocabulary.records import Cue, Frame, Kind, Relation, Vocabulary

_WEIGHT = re.compile(r"\d+(\.\d+)?$")
_COMPANION = re.compile(r"[^=]+=[^=]+$")
_POS = {"verb": "VERB", "noun": "NOUN", "adjective": "ADJ"}
Description = Mapping[URIRef, list[str]]


def load_vocabulary(directory: Path | None = None) -> Vocabulary:
    """Read the ontology; raises `OntologyError` naming the term that cannot be used."""
    place = directory or ontology_directory()
    lexicon = sorted((place / "lexicon").glob("*.ttl"))
    sources = [place / "concord.ttl", place / "cues.ttl", place / "nouns.ttl", *lexicon]
    missing = next((path for path in sources if not path.is_file()), None)
    if missing is not None:
        raise OntologyError(f"{missing} is missing from the ontology", path=missing)
    compiled = load_compiled(
        "vocabulary", FORMAT, sources, lambda: pack_vocabulary(_read_vocabulary(place, lexicon))
    )
    return unpack_vocabulary(compiled)


def _read_vocabulary(place: Path, lexicon: Iterable[Path]) -> Vocabulary:
    terms = _describe(read_turtle(place / "concord.ttl"))
    kinds = _read_kinds(terms)
    relations = _read_relations(terms)
    frames: dict[str, list[Frame]] = defaultdict(list)
    for path in lexicon:
        for iri, description in sorted(_describe(read_turtle(path)).items()):
            if LEX.Frame in description[RDF.type]:
                frame = _read_frame(iri, description, relations, path)
                frames[frame.words[-1]].append(frame)
    cues: dict[str, list[Cue]] = defaultdict(list)
    for iri, description in sorted(_describe(read_turtle(place / "cues.ttl")).items()):
        if CUE.Cue in description[RDF.type]:
            for cue in _read_cues(iri, description):
                cues[cue.words[0]].append(cue)
    return Vocabulary(
        kinds=kinds,
        relations=relations,
        frames={lemma: tuple(found) for lemma, found in frames.items()},
        cues={word: tuple(found) for word, found in cues.items()},
        nouns=_read_nouns(place / "nouns.ttl", kinds),
    )


def _describe(triples: Iterable[SourceTriple]) -> dict[URIRef, dict[URIRef, list[str]]]:
    found: dict[URIRef, dict[URIRef, list[str]]] = {}
    for subject, predicate, value in triples:
        if isinstance(subject, URIRef):
            described = found.setdefault(subject, defaultdict(list))
            described[predicate].append(value)
    for described in found.values():
        for values in described.values():
            values.sort()
    return found


def _local_name(iri: str) -> str:
    return iri.rsplit("#", 1)[-1]


def _read_kinds(terms: Mapping[URIRef, Description]) -> dict[URIRef, Kind]:
    parents = {
        iri: {URIRef(p) for p in d[RDFS.subClassOf] if p.startswith(KG)}
        for iri, d in terms.items()
        if OWL.Class in d[RDF.type] and iri.startswith(KG)
    }

    def climb(iri: URIRef, seen: frozenset[URIRef]) -> frozenset[URIRef]:
        above = parents.get(iri, set()) - seen
        return seen.union(above, *(climb(parent, seen | above) for parent in sorted(above)))

    return {
        iri: Kind(
            iri=iri,
            name=_local_name(iri),
            label=_one(terms[iri], RDFS.label, iri),
            ancestors=climb(iri, frozenset({iri})),
        )
        for iri in parents
    }


def _read_relations(terms: Mapping[URIRef, Description]) -> dict[URIRef, Relation]:
    relations = {}
    for iri, described in terms.items():
        if SKOS.example not in described or OWL.ObjectProperty not in described[RDF.type]:
            continue
        relations[iri] = Relation(
            iri=iri,
            name=_local_name(iri),
            label=_one(described, RDFS.label, iri),
            example=_one(described, SKOS.example, iri),
            domain=URIRef(_one(described, RDFS.domain, iri)),
            range=URIRef(_one(described, RDFS.range, iri)),
            symmetric=OWL.SymmetricProperty in described[RDF.type],
        )
    return relations


def _one(description: Description, predicate: URIRef, iri: URIRef) -> str:
    values = description.get(predicate, [])
    if len(values) != 1:
        message = f"{iri} has {len(values)} values of {predicate}, one is needed"
        raise OntologyError(message, term=str(iri))
    return str(values[0])


def _read_frame(
    iri: URIRef, description: Description, relations: Mapping[URIRef, Relation], path: Path
) -> Frame:
    def optional(name: str) -> str | None:
        values = description.get(LEX[name], [])
        return str(values[0]) if values else None

    relation = URIRef(_one(description, LEX.relation, iri))
    pos = _one(description, LEX.pos, iri)
    if relation not in relations or pos not in _POS:
        message = f"{iri} in {path.name} names an unknown relation or part of speech"
        raise OntologyError(message, path=path, term=str(iri))
    modality = optional("modality")
    polarity, weight = optional("polarity") or "positive", optional("weight") or "1"
    companions = [str(text) for text in description.get(LEX["with"], [])]
    unusable = _find_unusable(polarity, modality, weight, companions)
    if unusable is not None:
        message = f"{iri} in {path.name} has the {unusable}, which no frame can have"
        raise OntologyError(message, path=path, term=str(iri))
    return Frame(
        iri=iri,
        words=tuple(_one(description, LEX.lemma, iri).casefold().split()),
        pos=_POS[pos],
        relation=relation,
        subject=_slots(optional("subject")),
        object=_slots(optional("object")),
        topic=_slots(optional("topic")),
        particle=optional("particle"),
        companions=tuple(
            (slot, frozenset(lemmas.split(",")))
            for slot, _, lemmas in (text.partition("=") for text in companions)
        ),
        polarity=Polarity(polarity),
        modality=Modality(modality) if modality else None,
        subject_kinds=tuple(URIRef(k) for k in description.get(LEX.subjectKind, [])),
        object_kinds=tuple(URIRef(k) for k in description.get(LEX.objectKind, [])),
        weight=float(weight),
    )


def _find_unusable(
    polarity: str, modality: str | None, weight: str, companions: Iterable[str]
) -> str | None:
    """What a frame says that no frame can mean, None where all of it can be used."""
    if polarity not in {p.value for p in Polarity}:
        return f"polarity {polarity!r}"
    if modality is not None and modality not in {m.value for m in Modality}:
        return f"modality {modality!r}"
    if not _WEIGHT.match(weight):
        return f"weight {weight!r}"
    bad = next((text for text in companions if not _COMPANION.match(text)), None)
    return None if bad is None else f"companion {bad!r}"


def _slots(text: str | None) -> tuple[str, ...]:
    return tuple(slot.strip() for slot in text.split("|")) if text else ()


def _read_cues(iri: URIRef, description: Description) -> list[Cue]:
    texts = [*description.get(CUE.lemma, []), *description.get(CUE.words, [])]
    pos = description.get(CUE.pos, [])
    complements = frozenset(map(str, description.get(CUE.complement, [])))
    return [
        Cue(
            iri=iri,
            words=tuple(str(text).casefold().split()),
            pos=_POS.get(str(pos[0]), str(pos[0]).upper()) if pos else None,
            effect=URIRef(effect),
            complements=complements,
        )
        for text in texts
        for effect in description.get(CUE.effect, [])
    ]


def _read_nouns(path: Path, kinds: Mapping[URIRef, Kind]) -> dict[str, URIRef]:
    nouns: dict[str, URIRef] = {}
    for _, described in sorted(_describe(read_turtle(path)).items()):
        for kind in described.get(LEX.namesKind, []):
            if URIRef(kind) not in kinds:
                message = f"{path.name} gives nouns the unknown kind {kind}"
                raise OntologyError(message, path=path, term=kind)
            for noun in described.get(LEX.noun, []):
                nouns[str(noun)] = URIRef(kind)
    return nouns
