"""The vocabulary as plain JSON values and back, for the compiled form."""

from __future__ import annotations

from typing import Any

from rdflib import URIRef

from kg.model import Modality, Polarity
from kg.vocabulary.records import Cue, Frame, Kind, Relation, Vocabulary

FORMAT = 1
Packed = dict[str, Any]


def pack_vocabulary(vocabulary: Vocabulary) -> Packed:
    """The vocabulary as lists and strings."""
    return {
        "kinds": [[k.iri, k.name, k.label, sorted(k.ancestors)] for k in vocabulary.kinds.values()],
        "relations": [
            [r.iri, r.name, r.label, r.example, r.domain, r.range, r.symmetric]
            for r in vocabulary.relations.values()
        ],
        "frames": [_pack_frame(f) for frames in vocabulary.frames.values() for f in frames],
        "cues": [
            [c.iri, c.words, c.pos, c.effect, sorted(c.complements)]
            for cues in vocabulary.cues.values()
            for c in cues
        ],
        "nouns": dict(vocabulary.nouns),
    }


def _pack_frame(frame: Frame) -> list[Any]:
    return [
        frame.iri, frame.words, frame.pos, frame.relation, frame.subject, frame.object,
        frame.topic, frame.particle,
        [[slot, sorted(lemmas)] for slot, lemmas in frame.companions],
        frame.polarity.value, frame.modality.value if frame.modality else None,
        frame.subject_kinds, frame.object_kinds, frame.weight,
    ]  # fmt: skip


def unpack_vocabulary(packed: Packed) -> Vocabulary:
    """The vocabulary that was packed."""
    terms: dict[str, URIRef] = {}

    def term(text: str) -> URIRef:
        known = terms.get(text)
        if known is None:
            known = terms[text] = URIRef(text)
        return known

    frames: dict[str, list[Frame]] = {}
    for row in packed["frames"]:
        frame = Frame(
            URIRef(row[0]), tuple(row[1]), row[2], term(row[3]), tuple(row[4]), tuple(row[5]),
            tuple(row[6]), row[7],
            tuple((slot, frozenset(lemmas)) for slot, lemmas in row[8]),
            Polarity(row[9]), Modality(row[10]) if row[10] else None,
            tuple(map(term, row[11])), tuple(map(term, row[12])), row[13],
        )  # fmt: skip
        frames.setdefault(frame.words[-1], []).append(frame)
    cues: dict[str, list[Cue]] = {}
    for iri, words, pos, effect, complements in packed["cues"]:
        cue = Cue(URIRef(iri), tuple(words), pos, term(effect), frozenset(complements))
        cues.setdefault(cue.words[0], []).append(cue)
    kinds = (Kind(term(k[0]), k[1], k[2], frozenset(map(term, k[3]))) for k in packed["kinds"])
    relations = (
        Relation(term(r[0]), r[1], r[2], r[3], term(r[4]), term(r[5]), r[6])
        for r in packed["relations"]
    )
    return Vocabulary(
        kinds={kind.iri: kind for kind in kinds},
        relations={relation.iri: relation for relation in relations},
        frames={lemma: tuple(found) for lemma, found in frames.items()},
        cues={word: tuple(found) for word, found in cues.items()},
        nouns={noun: term(kind) for noun, kind in packed["nouns"].items()},
    )
