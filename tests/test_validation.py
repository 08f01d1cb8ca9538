"""Shapes, quotes and coverage."""

import pytest
from rdflib import DCTERMS, RDF, RDFS, XSD, Literal
from records import JAPAN, TRUMP, VOCABULARY, make_reading

from kg import graph, iris
from kg.errors import OntologyError
from kg.iris import ID, KG, OA
from kg.model import Severity
from kg.store import open_memory_graph
from kg.validation import check_quotes, measure_coverage, validate_graph
from kg.vocabulary.files import ontology_directory

READING = make_reading()
ARTICLE = READING.document.iri
GRAPH = iris.article_graph(ARTICLE)
CLAIM = READING.claims[0].iri
EVIDENCE = iris.mint_part(ARTICLE, "evidence", CLAIM)
QUOTE = READING.claims[0].evidence.quote
SELECTOR = iris.mint_part(ARTICLE, "quote", QUOTE.start, QUOTE.end)
POSITION = iris.mint_part(ARTICLE, "position", QUOTE.start, QUOTE.end)
SENTENCE = iris.mint_part(ARTICLE, "sentence", QUOTE.start, QUOTE.end)
MENTION = iris.mint_part(
    ARTICLE,
    "mention",
    READING.entities[0].mentions[0].span.start,
    READING.entities[0].mentions[0].span.end,
    TRUMP,
)


def number(value):
    return Literal(str(value), datatype=XSD.integer)


def make_store(*, without=(), extra=()):
    """The hand-made article, less the values of some (subject, predicate), plus some triples."""
    store = open_memory_graph()
    ontology = graph.describe_ontology(ontology_directory())
    store.replace(iris.ONTOLOGY_GRAPH, (quad[:3] for quad in ontology))
    triples = [quad[:3] for quad in graph.describe_reading(READING, VOCABULARY, fingerprint="f")]
    kept = [triple for triple in triples if triple[:2] not in without]
    store.replace(GRAPH, [*kept, *extra])
    return store


def find_checks(store, severity=Severity.VIOLATION):
    return {(each.check, each.focus) for each in validate_graph(store) if each.severity is severity}


def test_a_sound_graph_has_no_finding():
    store = make_store()
    assert validate_graph(store) == ()
    assert check_quotes(store) == ()


@pytest.mark.parametrize(
    ("predicate", "check"),
    [
        (KG.subject, "claim-subject"),
        (KG.relation, "claim-relation"),
        (KG.object, "claim-object"),
        (KG.holder, "claim-holder"),
        (KG.polarity, "claim-polarity"),
        (KG.modality, "claim-modality"),
        (KG.evidence, "claim-evidence"),
        (KG.frame, "claim-frame"),
    ],
)
def test_a_claim_has_exactly_one_of_each(predicate, check):
    lacking = make_store(without={(CLAIM, predicate)})
    assert (check, str(CLAIM)) in find_checks(lacking)
    doubled = make_store(extra=[(CLAIM, predicate, KG.Negative)])
    assert (check, str(CLAIM)) in find_checks(doubled)


@pytest.mark.parametrize(
    ("node", "predicate", "check"),
    [
        (EVIDENCE, OA.hasSelector, "evidence-quote"),
        (EVIDENCE, OA.hasSelector, "evidence-position"),
        (EVIDENCE, KG.inSentence, "evidence-sentence"),
        (SELECTOR, OA.exact, "quote-exact"),
        (POSITION, OA.start, "position-start"),
        (POSITION, OA.end, "position-end"),
        (SENTENCE, KG.text, "sentence-text"),
        (TRUMP, RDFS.label, "entity-label"),
        (MENTION, KG.form, "mention-form"),
        (ARTICLE, KG.sha256, "article-digest"),
    ],
)
def test_what_lacks_a_part_is_found(node, predicate, check):
    assert (check, str(node)) in find_checks(make_store(without={(node, predicate)}))


def test_a_thing_with_two_labels_is_found():
    store = make_store(extra=[(JAPAN, RDFS.label, Literal("Nippon", lang="en"))])
    assert find_checks(store) == {("entity-label", str(JAPAN))}


@pytest.mark.parametrize("shift", [-1, 1, 400])
def test_a_quote_beside_its_offsets_is_found_by_both_checks(shift):
    start, end = QUOTE.start + shift, QUOTE.end + shift
    store = make_store(
        without={(POSITION, OA.start), (POSITION, OA.end)},
        extra=[(POSITION, OA.start, number(start)), (POSITION, OA.end, number(end))],
    )
    assert ("evidence-stands", str(EVIDENCE)) in find_checks(store)
    assert str(EVIDENCE) in {each.focus for each in check_quotes(store)}


def test_altered_words_are_found():
    def alter(node, predicate, words):
        store = make_store(without={(node, predicate)}, extra=[(node, predicate, Literal(words))])
        return {each.focus for each in check_quotes(store)}

    assert alter(SELECTOR, OA.exact, "Trump joined the TPP.") == {str(EVIDENCE)}
    assert alter(SELECTOR, OA.suffix, " Obama believes") == set()
    assert alter(MENTION, KG.exact, "Obama") == {str(MENTION)}
    assert str(SENTENCE) in alter(SENTENCE, KG.text, "Trump joined the TPP.")


def test_the_words_before_a_quote_are_compared_within_its_sentence():
    start = QUOTE.start + len("Trump ")
    words = READING.document.text[start : QUOTE.end]
    parts = {(POSITION, OA.start), (SELECTOR, OA.exact), (SELECTOR, OA.prefix)}
    moved = [(POSITION, OA.start, number(start)), (SELECTOR, OA.exact, Literal(words))]
    right = make_store(without=parts, extra=[*moved, (SELECTOR, OA.prefix, Literal("\n\nTrump "))])
    wrong = make_store(without=parts, extra=[*moved, (SELECTOR, OA.prefix, Literal("Obama "))])
    assert check_quotes(right) == ()
    assert [each.focus for each in check_quotes(wrong)] == [str(EVIDENCE)]


def test_an_end_of_the_wrong_kind_is_a_warning():
    store = make_store(without={(CLAIM, KG.relation)}, extra=[(CLAIM, KG.relation, KG.headOf)])
    assert find_checks(store) == set()
    assert find_checks(store, Severity.WARNING) == {("claim-range", str(CLAIM))}
    place = make_store(
        without={(CLAIM, KG.subject)},
        extra=[
            (CLAIM, KG.subject, ID.Okinawa),
            (ID.Okinawa, RDF.type, KG.Place),
            (ID.Okinawa, RDFS.label, Literal("Okinawa", lang="en")),
        ],
    )
    assert find_checks(place, Severity.WARNING) == {("claim-domain", str(CLAIM))}


def test_a_shape_that_matches_nothing_is_a_finding():
    store = make_store(without={(claim.iri, RDF.type) for claim in READING.claims})
    idle = {each.focus for each in validate_graph(store) if each.check == "idle-shape"}
    assert idle == {"claim"}
    empty = {each.focus for each in validate_graph(open_memory_graph())}
    assert {"article", "claim", "evidence", "sentence", "entity"} <= empty


def test_findings_come_gravest_first_and_alike_each_time():
    store = make_store(
        without={(CLAIM, KG.holder), (CLAIM, KG.relation)},
        extra=[(CLAIM, KG.relation, KG.headOf)],
    )
    findings = validate_graph(store)
    assert [each.check for each in findings] == ["claim-holder", "claim-range"]
    assert findings == validate_graph(store)


def test_shapes_that_cannot_be_read_are_an_ontology_error(tmp_path):
    with pytest.raises(OntologyError, match="cannot be read"):
        validate_graph(make_store(), shapes=tmp_path / "none.ttl")
    bad = tmp_path / "bad.ttl"
    bad.write_text("this is no Turtle")
    with pytest.raises(OntologyError, match="not Turtle"):
        validate_graph(make_store(), shapes=bad)


def test_coverage_counts_sentences_with_a_claim():
    assert measure_coverage(make_store()).message == "3 of 3 sentences have a claim (100%)"
    store = make_store(without={(EVIDENCE, KG.inSentence)})
    coverage = measure_coverage(store)
    assert coverage.message == "2 of 3 sentences have a claim (67%)"
    assert coverage.severity is Severity.INFO
    assert measure_coverage(open_memory_graph()).message == "0 of 0 sentences have a claim"


def test_every_shape_has_a_name_and_a_message():
    text = (ontology_directory() / "shapes.ttl").read_text(encoding="utf-8")
    assert text.count("a sh:PropertyShape") == text.count("sh:path")
    assert text.count("sh:message") >= text.count("a sh:PropertyShape")
    assert str(DCTERMS) in text
