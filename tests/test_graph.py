"""Readings to quads."""

from dataclasses import replace

import pytest
from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, XSD, BNode, Literal, URIRef
from records import JAPAN, TEXT, TRUMP, VOCABULARY, make_reading

from kg import graph, iris
from kg.errors import OntologyError
from kg.iris import ID, KG, OA
from kg.model import Modality, Polarity


@pytest.fixture(scope="module")
def reading():
    return make_reading()


@pytest.fixture(scope="module")
def quads(reading):
    return list(graph.describe_reading(reading, VOCABULARY, fingerprint="f00d"))


def _objects(quads, subject, predicate):
    return {quad[2] for quad in quads if quad[:2] == (subject, predicate)}


def _object(quads, subject, predicate):
    (value,) = _objects(quads, subject, predicate)
    return value


# --------------------------------------------------------------------------------------- facts


@pytest.mark.parametrize("polarity", Polarity)
@pytest.mark.parametrize("modality", Modality)
@pytest.mark.parametrize("holder", [None, TRUMP, JAPAN])
def test_only_affirmed_asserted_accepted_claims_are_factual(reading, polarity, modality, holder):
    claim = replace(reading.claims[0], polarity=polarity, modality=modality, holder=holder)
    right = (
        polarity is Polarity.POSITIVE and modality is Modality.ASSERTED and holder in {None, TRUMP}
    )
    assert graph.is_factual(claim, {TRUMP}) is right


def test_the_facts_are_those_of_the_articles_voice(reading):
    tpp = reading.claims[0].object
    name = iris.facts_graph(reading.document.iri)
    assert list(graph.state_facts(reading)) == [(TRUMP, KG.withdrawsFrom, tpp, name)]
    assert (JAPAN, KG.dependsOn, tpp, name) in set(graph.state_facts(reading, {TRUMP}))


def test_a_fact_stated_twice_is_there_once(reading):
    twice = replace(reading, claims=(reading.claims[0], reading.claims[0]))
    assert len(list(graph.state_facts(twice))) == 1


# ----------------------------------------------------------------------------------- article


def test_everything_is_in_the_articles_graph_and_nothing_is_blank(reading, quads):
    assert {quad[3] for quad in quads} == {iris.article_graph(reading.document.iri)}
    assert not any(isinstance(term, BNode) for quad in quads for term in quad)


def test_the_article_is_described_without_its_folder(reading, quads):
    iri = reading.document.iri
    assert _object(quads, iri, DCTERMS.source) == Literal("pact.txt")
    assert _object(quads, iri, KG.received) == Literal("2018-06-10")
    assert _object(quads, iri, KG.sha256) == Literal(reading.document.digest)
    assert _objects(quads, iri, DCTERMS.issued) == set()
    names = {
        str(_object(quads, author, RDFS.label)) for author in _objects(quads, iri, DCTERMS.creator)
    }
    assert names == {"Ann Author", "Bo Writer"}


def test_every_sentence_and_mention_quotes_the_text(quads):
    for subject, predicate, value, _ in quads:
        if predicate in {KG.text, KG.exact}:
            start, end = (int(_object(quads, subject, edge)) for edge in (KG.start, KG.end))
            assert TEXT[start:end] == str(value)


def test_every_evidence_has_selectors_that_find_the_quote(reading, quads):
    for claim in reading.claims:
        evidence = _object(quads, claim.iri, KG.evidence)
        kinds = {}
        for selector in _objects(quads, evidence, OA.hasSelector):
            kinds[_object(quads, selector, RDF.type)] = selector
        quote, position = kinds[OA.TextQuoteSelector], kinds[OA.TextPositionSelector]
        exact, prefix, suffix = (
            str(_object(quads, quote, part)) for part in (OA.exact, OA.prefix, OA.suffix)
        )
        assert prefix + exact + suffix in TEXT
        assert 0 < len(prefix) <= 32
        start, end = (int(_object(quads, position, edge)) for edge in (OA.start, OA.end))
        assert TEXT[start:end] == exact


def test_a_claim_says_who_holds_it_and_how_surely(reading, quads):
    fact, belief, denial = (claim.iri for claim in reading.claims)
    voice = iris.mint_author_voice(reading.document.iri)
    assert _object(quads, fact, KG.holder) == voice
    assert _object(quads, fact, KG.polarity) == KG.Positive
    assert _object(quads, fact, KG.modality) == KG.Asserted
    assert _object(quads, fact, KG.timeStart) == Literal("2017-01")
    assert _object(quads, belief, KG.holder) == TRUMP
    assert _objects(quads, belief, KG.timeStart) == set()
    assert _object(quads, denial, KG.polarity) == KG.Negative
    assert _object(quads, denial, KG.topic) == Literal("the pact")


def test_where_it_came_from_has_no_clock(quads):
    (activity,) = {quad[0] for quad in quads if quad[1:3] == (RDF.type, PROV.Activity)}
    software = _object(quads, activity, PROV.wasAssociatedWith)
    assert _object(quads, software, DCTERMS.identifier) == Literal("f00d")
    assert not any(
        isinstance(quad[2], Literal) and quad[2].datatype == XSD.dateTime for quad in quads
    )


def test_entities_have_kind_label_and_country(reading, quads):
    assert _object(quads, TRUMP, RDF.type) == KG.Person
    assert _object(quads, TRUMP, RDFS.label) == Literal("Donald Trump", lang="en")
    assert _object(quads, TRUMP, KG.countryCode) == Literal("USA")


def test_links_are_told_of_what_the_gazetteer_does_not_know(reading, quads):
    assert _objects(quads, TRUMP, SKOS.exactMatch) == set()
    tpp = reading.claims[0].object
    linked = replace(reading, links=(replace(reading.links[0], entity=tpp),))
    found = list(graph.describe_reading(linked, VOCABULARY))
    assert _object(found, tpp, SKOS.exactMatch) == reading.links[0].target


def test_an_undeclared_relation_is_refused(reading):
    stray = replace(reading, claims=(replace(reading.claims[0], relation=KG.stray),))
    with pytest.raises(ValueError, match="not declared"):
        list(graph.describe_reading(stray, VOCABULARY))


# -------------------------------------------------------------------- ontology and background

NAMES = """
@prefix id: <https://w3id.org/concord/id/> .
@prefix kg: <https://w3id.org/concord/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
id:Japan a kg:State ; rdfs:label "Japan"@en ; kg:adjective "Japanese"@en ; kg:capital id:Tokyo .
id:Tokyo a kg:Place ; rdfs:label "Tokyo"@en ; kg:partOf id:Honshu .
id:Honshu a kg:Place ; rdfs:label "Honshu"@en .
id:France a kg:State ; rdfs:label "France"@en ; kg:countryCode "FRA" .
id:cabinet a kg:Government ; kg:countryCode "FRA" ; kg:headedBy id:Donald-Trump .
id:United-States a kg:State ; rdfs:label "United States"@en .
id:Donald-Trump a kg:Person ; rdfs:label "Donald Trump"@en .
id:term-1 a kg:Term ; kg:officeHolder id:Donald-Trump ; kg:ofState id:United-States ;
   kg:office "President"@en ; kg:headship true ; kg:validFrom "2017-01-20" ;
   kg:validUntil "2021-01-20" .
id:term-2 a kg:Term ; kg:officeHolder id:Donald-Trump ; kg:ofState id:France ; kg:headship false ;
   kg:validFrom "2022" .
id:Quad a kg:Alliance ; rdfs:label "Quad"@en .
id:Bank a kg:Organization ; rdfs:label "Bank"@en .
id:m1 a kg:Membership ; kg:member id:Japan ; kg:body id:Quad ; kg:validFrom "2007" .
id:m2 a kg:Membership ; kg:member id:Japan ; kg:body id:Bank .
id:m3 a kg:Membership ; kg:member id:France ; kg:body id:Quad .
id:m4 a kg:Membership ; kg:member id:Japan ; kg:body id:Axis ; kg:validUntil "1945" .
id:Axis a kg:Alliance ; rdfs:label "Axis"@en .
"""


@pytest.fixture(scope="module")
def descriptions(tmp_path_factory):
    place = tmp_path_factory.mktemp("ontology")
    (place / "names").mkdir()
    (place / "names" / "few.ttl").write_text(NAMES, encoding="utf-8")
    return graph.read_descriptions(place)


def _background(uses, descriptions):
    return {quad[:3] for quad in graph.describe_background(uses, descriptions)}


def test_background_tells_of_what_is_used_and_what_it_leads_to(descriptions):
    found = _background({JAPAN: (), URIRef("http://example.org/other"): ()}, descriptions)
    assert (JAPAN, KG.capital, ID.Tokyo) in found
    assert (ID.Tokyo, RDFS.label, Literal("Tokyo", lang="en")) in found
    assert (ID.Tokyo, KG.partOf, ID.Honshu) not in found
    subjects = {triple[0] for triple in found}
    assert ID.m1 in subjects
    assert subjects.isdisjoint({ID.France, ID["Donald-Trump"], ID.Honshu})
    assert not any(triple[1] == KG.adjective for triple in found)


def test_memberships_are_kept_for_alliances_and_bodies_used(descriptions):
    found = _background({JAPAN: ()}, descriptions)
    assert (JAPAN, KG.memberOf, ID.Quad) in found
    assert (JAPAN, KG.memberOf, ID.Bank) not in found
    assert (ID.m4, KG.body, ID.Axis) in found
    assert (JAPAN, KG.memberOf, ID.Axis) not in found
    assert (JAPAN, KG.memberOf, ID.Bank) in _background({JAPAN: (), ID.Bank: ()}, descriptions)


def test_the_state_and_head_of_a_government_are_told(descriptions):
    found = _background({ID.cabinet: ()}, descriptions)
    assert (ID.France, RDF.type, KG.State) in found
    assert (TRUMP, KG.headOf, ID.cabinet) in found
    found = graph.describe_background({}, descriptions, countries=["FRA"])
    assert {quad[0] for quad in found} == {ID.France}


@pytest.mark.parametrize(
    ("date", "relations"),
    [
        ("2018-06-10", {KG.headOf}),
        ("2017", {KG.headOf}),
        ("2017-01-19", set()),
        ("2021-02", set()),
        ("2022-03", {KG.affiliatedWith}),
    ],
)
def test_offices_hold_on_the_dates_of_the_articles(descriptions, date, relations):
    found = _background({TRUMP: (date,)}, descriptions)
    assert {p for s, p, _ in found if s == TRUMP and p in {KG.headOf, KG.affiliatedWith}} == (
        relations
    )


def test_the_ontology_graph_has_no_blank_nodes(tmp_path):
    (tmp_path / "concord.ttl").write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix e: <http://example.org/> ."
        "e:p owl:propertyChainAxiom (e:q e:r) .",
        encoding="utf-8",
    )
    quads = list(graph.describe_ontology(tmp_path))
    assert {quad[1] for quad in quads} == {OWL.propertyChainAxiom, RDF.first, RDF.rest}
    assert {quad[3] for quad in quads} == {iris.ONTOLOGY_GRAPH}
    assert not any(isinstance(term, BNode) for quad in quads for term in quad)


def test_a_missing_ontology_is_an_error(tmp_path):
    with pytest.raises(OntologyError):
        list(graph.describe_ontology(tmp_path))
