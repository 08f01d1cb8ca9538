"""The ontology's files as records: what is read, what is refused, how it is packed."""

import json
import shutil

import pytest
from rdflib import OWL, RDF, SKOS
from readings import list_claims

from kg.errors import OntologyError
from kg.iris import CUE, KG, LEX
from kg.model import Modality, Polarity
from kg.rdf import read_turtle
from kg.vocabulary import load_vocabulary, ontology_directory
from kg.vocabulary.packing import pack_vocabulary, unpack_vocabulary

RELATIONS = sorted(
    subject.removeprefix(str(KG))
    for subject, predicate, _ in read_turtle(ontology_directory() / "concord.ttl")
    if predicate == SKOS.example
)
PREFIXES = f"""
@prefix kg: <{KG}> .
@prefix lex: <{LEX}> .
@prefix cue: <{CUE}> .
@prefix owl: <{OWL}> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <{SKOS}> .
"""
ONTOLOGY = """
kg:Entity a owl:Class ; rdfs:label "entity"@en .
kg:Actor a owl:Class ; rdfs:subClassOf kg:Entity ; rdfs:label "actor"@en .
kg:State a owl:Class ; rdfs:subClassOf kg:Actor ; rdfs:label "state"@en .
kg:outbids a owl:ObjectProperty, owl:SymmetricProperty ;
    rdfs:domain kg:Actor ; rdfs:range kg:Entity ;
    rdfs:label "outbids"@en ; skos:example "India outbid China."@en .
kg:shapes a owl:ObjectProperty ; rdfs:label "is no relation that is read"@en .
"""
NOUNS = """
lex:states lex:namesKind kg:State ; lex:noun "republic", "kingdom" .
"""
CUES = """
cue:no-longer a cue:Cue ; cue:words "no longer" ; cue:effect cue:Negative .
cue:hope a cue:Cue ; cue:lemma "hope", "wish" ; cue:pos "verb" ;
    cue:complement "infinitive" ; cue:effect cue:Desired, cue:SubjectControl .
"""
FRAME = """
lex:bid a lex:Frame ; lex:lemma "Give bid" ; lex:pos "verb" ; lex:relation kg:outbids ;
    lex:subject "subject | by" ; lex:object "object.of|to" ; lex:topic "for" ;
    lex:particle "up" ; lex:with "object=bid,offer" ; lex:polarity "negative" ;
    lex:modality "desired" ; lex:subjectKind kg:State ; lex:weight "0.8" .
"""


@pytest.fixture
def write(tmp_path):
    """Write a small ontology, its parts as given, and say where."""

    def write_parts(ontology=ONTOLOGY, nouns=NOUNS, cues=CUES, frames=FRAME):
        place = tmp_path / "ontology"
        (place / "lexicon").mkdir(parents=True, exist_ok=True)
        parts = {"concord": ontology, "nouns": nouns, "cues": cues, "lexicon/all": frames}
        for name, text in parts.items():
            (place / f"{name}.ttl").write_text(PREFIXES + text, encoding="utf-8")
        return place

    return write_parts


# ----------------------------------------------------------------------------- what is read


def test_kinds_know_what_stands_above_them(write):
    vocabulary = load_vocabulary(write())
    assert vocabulary.kinds[KG.State].ancestors == {KG.State, KG.Actor, KG.Entity}
    assert vocabulary.kinds[KG.State].label == "state"
    assert vocabulary.is_a(KG.State, KG.Actor)
    assert not vocabulary.is_a(KG.Actor, KG.State)
    assert not vocabulary.is_a(KG.Nothing, KG.Entity)


def test_kinds_in_a_circle_do_not_hang(write):
    circle = "kg:Entity rdfs:subClassOf kg:State ."
    vocabulary = load_vocabulary(write(ontology=ONTOLOGY + circle))
    assert vocabulary.is_a(KG.Entity, KG.Actor)


def test_relations_are_the_properties_with_an_example(write):
    (relation,) = load_vocabulary(write()).relations.values()
    assert (relation.iri, relation.name, relation.label) == (KG.outbids, "outbids", "outbids")
    assert (relation.domain, relation.range) == (KG.Actor, KG.Entity)
    assert relation.symmetric
    assert relation.example == "India outbid China."


def test_a_frame_is_read_whole(write):
    ((frame,),) = load_vocabulary(write()).frames.values()
    assert frame.iri == LEX.bid
    assert (frame.words, frame.pos, frame.relation) == (("give", "bid"), "VERB", KG.outbids)
    assert frame.subject == ("subject", "by")
    assert frame.object == ("object.of", "to")
    assert frame.topic == ("for",)
    assert frame.particle == "up"
    assert frame.companions == (("object", frozenset({"bid", "offer"})),)
    assert (frame.polarity, frame.modality) == (Polarity.NEGATIVE, Modality.DESIRED)
    assert (frame.subject_kinds, frame.object_kinds) == ((KG.State,), ())
    assert frame.weight == 0.8


def test_frames_are_found_by_their_last_word_and_cues_by_their_first(write):
    vocabulary = load_vocabulary(write())
    assert set(vocabulary.frames) == {"bid"}
    assert set(vocabulary.cues) == {"no", "hope", "wish"}
    assert vocabulary.cues["no"][0].words == ("no", "longer")
    assert {cue.effect for cue in vocabulary.cues["hope"]} == {CUE.Desired, CUE.SubjectControl}
    assert vocabulary.cues["wish"][0].complements == {"infinitive"}
    assert vocabulary.cues["wish"][0].pos == "VERB"


def test_nouns_name_kinds(write):
    assert load_vocabulary(write()).nouns == {"republic": KG.State, "kingdom": KG.State}


# -------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("part", "text", "term"),
    [
        ("frames", FRAME.replace("kg:outbids", "kg:unheard"), LEX.bid),
        ("frames", FRAME.replace('"verb"', '"particle"'), LEX.bid),
        ("frames", FRAME.replace('lex:lemma "Give bid" ;', ""), LEX.bid),
        ("frames", FRAME.replace('"Give bid"', '"give", "bid"'), LEX.bid),
        ("ontology", ONTOLOGY.replace("rdfs:domain kg:Actor ;", ""), KG.outbids),
        ("ontology", ONTOLOGY.replace('rdfs:label "state"@en', "rdfs:seeAlso kg:x"), KG.State),
        ("nouns", NOUNS.replace("kg:State", "kg:Unheard"), KG.Unheard),
        ("frames", FRAME.replace('"negative"', '"doubtful"'), LEX.bid),
        ("frames", FRAME.replace('"0.8"', '"heavy"'), LEX.bid),
        ("frames", FRAME.replace('"object=bid,offer"', '"object"'), LEX.bid),
    ],
)
def test_a_term_that_cannot_be_used_is_named(write, part, text, term):
    with pytest.raises(OntologyError) as caught:
        load_vocabulary(write(**{part: text}))
    assert str(term) in str(caught.value)
    assert str(caught.value.term) == str(term)


@pytest.mark.parametrize("name", ["concord.ttl", "cues.ttl", "nouns.ttl"])
def test_a_missing_file_is_named(write, name):
    place = write()
    (place / name).unlink()
    with pytest.raises(OntologyError, match=name) as caught:
        load_vocabulary(place)
    assert caught.value.path == place / name


def test_turtle_that_is_none_is_named_with_its_line(write):
    with pytest.raises(OntologyError, match=r"all\.ttl.*line|line.*all\.ttl"):
        load_vocabulary(write(frames=FRAME + "\nlex:broken a lex:Frame ; ; .. \n"))


# ------------------------------------------------------------------------------- the shipped one


def test_an_edit_is_seen_at_the_next_load(write):
    load_vocabulary(write())
    again = load_vocabulary(write(nouns=NOUNS.replace("republic", "duchy")))
    assert set(again.nouns) == {"duchy", "kingdom"}


def test_what_is_packed_comes_back(vocabulary, write):
    for one in (vocabulary, load_vocabulary(write())):
        packed = json.loads(json.dumps(pack_vocabulary(one)))
        assert unpack_vocabulary(packed) == one
        assert list(unpack_vocabulary(packed).relations) == list(one.relations)


def test_the_shipped_vocabulary_is_whole(vocabulary):
    assert [relation.name for relation in vocabulary.relations.values()] != []
    assert sorted(relation.name for relation in vocabulary.relations.values()) == RELATIONS
    worded = {frame.relation for frames in vocabulary.frames.values() for frame in frames}
    assert worded == set(vocabulary.relations)
    for lemma, frames in vocabulary.frames.items():
        assert all(frame.words[-1] == lemma for frame in frames)
    for relation in vocabulary.relations.values():
        assert relation.domain in vocabulary.kinds
        assert relation.range in vocabulary.kinds
    assert set(vocabulary.nouns.values()) <= set(vocabulary.kinds)


def test_relations_without_a_domain_or_an_example_are_none(vocabulary):
    properties = {
        subject
        for subject, predicate, value in read_turtle(ontology_directory() / "concord.ttl")
        if predicate == RDF.type and value == OWL.ObjectProperty
    }
    assert set(vocabulary.relations) < properties


def test_another_place_does_not_disturb_the_shipped_one(vocabulary, tmp_path):
    shutil.copytree(
        ontology_directory(), tmp_path / "ontology", ignore=shutil.ignore_patterns("names")
    )
    assert load_vocabulary(tmp_path / "ontology") == vocabulary


@pytest.mark.parametrize("name", RELATIONS)
def test_the_example_of_a_relation_is_read_as_one(vocabulary, read_text, name):
    relation = vocabulary.relations[KG[name]]
    reading = read_text(relation.example)
    asserted = [
        claim
        for claim in reading.claims
        if claim.relation == relation.iri
        and claim.polarity is Polarity.POSITIVE
        and claim.modality is Modality.ASSERTED
        and claim.holder is None
    ]
    assert asserted, list_claims(reading)
