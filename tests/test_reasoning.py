"""The closure, its proofs, and the names by which one asks for them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import DCTERMS, OWL, RDF, RDFS, Graph, Literal, URIRef
from records import JAPAN, TRUMP, VOCABULARY, make_reading

from kg import graph, iris
from kg.errors import OntologyError, UnknownTermError
from kg.iris import ID, KG
from kg.model import Modality, Polarity, Severity
from kg.rdf import read_turtle, skolemise
from kg.reasoning import close_graph, explain, format_proof, proof_to_json
from kg.reasoning.clauses import Clause
from kg.reasoning.closure import close_premises, read_triple
from kg.reasoning.premises import Premises, gather_premises
from kg.reasoning.rules import load_rules, read_rule
from kg.store import open_memory_graph
from kg.vocabulary.files import ontology_directory

STATES = ID["United-States"]
NATO = ID["NATO"]
READING = make_reading()
ARTICLE = READING.document.iri
TPP = READING.claims[0].object
RULES = load_rules(ontology_directory() / "rules")
ONTOLOGY = [quad[:3] for quad in graph.describe_ontology(ontology_directory())]

BACKGROUND = [
    (STATES, RDF.type, KG.State),
    (STATES, RDFS.label, Literal("United States", lang="en")),
    (STATES, KG.countryCode, Literal("USA")),
    (STATES, DCTERMS.source, Literal("datasets/country-codes")),
    (TRUMP, KG.headOf, STATES),
    (ID["Trump-term"], RDF.type, KG.Term),
    (ID["Trump-term"], KG.officeHolder, TRUMP),
    (ID["Trump-term"], KG.ofState, STATES),
    (ID["Trump-term"], DCTERMS.source, Literal("list of office holders")),
]


def make_store(reading=READING, *, background=BACKGROUND, things=(), facts=()):
    """The hand-made article in a store, with what is known besides."""
    store = open_memory_graph()
    article = graph.describe_reading(reading, VOCABULARY, fingerprint="f")
    stated = graph.state_facts(reading)
    store.replace_all(
        {
            iris.ONTOLOGY_GRAPH: ONTOLOGY,
            iris.BACKGROUND_GRAPH: background,
            iris.article_graph(ARTICLE): [*(quad[:3] for quad in article), *things],
            iris.facts_graph(ARTICLE): [*(quad[:3] for quad in stated), *facts],
        }
    )
    return store


def read_inferred(store):
    return set(store.triples(iris.INFERRED_GRAPH))


@pytest.fixture(scope="module")
def store():
    things = [(STATES, RDF.type, KG.State), (NATO, RDF.type, KG.Alliance)]
    facts = [(STATES, KG.memberOf, NATO), (JAPAN, KG.memberOf, NATO)]
    store = make_store(things=things, facts=facts)
    close_graph(store)
    return store


# ------------------------------------------------------------------------------------ closure


def test_what_the_head_of_a_state_does_counts_for_the_state(store):
    assert (STATES, KG.withdrawsFrom, TPP) in read_inferred(store)
    assert (TRUMP, KG.actsFor, STATES) in read_inferred(store)


def test_members_of_an_alliance_are_allies_both_ways_and_not_of_themselves(store):
    inferred = read_inferred(store)
    assert (STATES, KG.alliedWith, JAPAN) in inferred
    assert (JAPAN, KG.alliedWith, STATES) in inferred
    assert (JAPAN, KG.alliedWith, JAPAN) not in inferred


def test_a_government_that_no_gazetteer_knows_acts_for_the_state_of_its_code():
    cabinet = ID["the-cabinet"]
    things = [
        (cabinet, RDF.type, KG.Government),
        (cabinet, RDFS.label, Literal("the cabinet", lang="en")),
        (cabinet, KG.countryCode, Literal("JPN")),
    ]
    store = make_store(things=things, facts=[(cabinet, KG.joins, TPP)])
    close_graph(store, rules=RULES)
    assert (JAPAN, KG.joins, TPP) in read_inferred(store)
    proof = explain(store, (JAPAN, KG.joins, TPP), rules=RULES)
    assert "carries over along" in proof.rule_label
    assert (cabinet, KG.countryCode, Literal("JPN")) in {
        leaf.conclusion for leaf in walk_leaves(proof)
    }


def test_kinds_are_inferred_upward(store):
    assert {(JAPAN, RDF.type, KG.Actor), (TPP, RDF.type, KG.Aim)} <= read_inferred(store)


def test_nothing_inferred_is_trivial_or_asserted(store):
    inferred = read_inferred(store)
    premises = gather_premises(store, RULES)
    assert not inferred & premises.data
    for subject, predicate, object_ in inferred:
        assert subject != object_
        assert isinstance(object_, URIRef)
        assert predicate == RDF.type or predicate.startswith(KG)
        assert not subject.startswith(KG)


def test_the_count_is_that_of_the_graph_and_a_second_closure_is_the_same(store):
    before = read_inferred(store)
    result = close_graph(store)
    assert result.inferred == len(before)
    assert read_inferred(store) == before
    assert result.findings == ()


def test_an_unknown_reasoner_is_refused(store):
    with pytest.raises(ValueError, match="owlrl"):
        close_graph(store, reasoner="pellet")


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([TRUMP, JAPAN]),
            st.sampled_from(["withdrawsFrom", "dependsOn"]),
            st.sampled_from([TPP, JAPAN]),
            st.sampled_from(Polarity),
            st.sampled_from(Modality),
            st.sampled_from([None, TRUMP, JAPAN]),
        ),
        max_size=6,
    )
)
def test_no_claim_enters_that_is_not_a_fact(drawn):
    claims = tuple(
        replace(
            READING.claims[0],
            iri=iris.mint_part(ARTICLE, "claim", "drawn", number),
            subject=subject,
            relation=KG[relation],
            object=object_,
            polarity=polarity,
            modality=modality,
            holder=holder,
        )
        for number, (subject, relation, object_, polarity, modality, holder) in enumerate(drawn)
        if subject != object_
    )
    with_all = make_store(replace(READING, claims=claims))
    close_graph(with_all, rules=RULES)
    facts = tuple(claim for claim in claims if is_fact(claim))
    with_facts = make_store(replace(READING, claims=facts))
    close_graph(with_facts, rules=RULES)
    assert read_inferred(with_all) == read_inferred(with_facts)


def is_fact(claim):
    return (claim.polarity, claim.modality, claim.holder) == (
        Polarity.POSITIVE,
        Modality.ASSERTED,
        None,
    )


def test_a_contradiction_is_a_finding_and_no_triple():
    store = make_store(things=[(JAPAN, RDF.type, KG.Person)])
    result = close_graph(store)
    assert {finding.check for finding in result.findings} == {"contradiction"}
    (finding,) = [each for each in result.findings if "state" in each.message]
    assert finding.focus == str(JAPAN)
    assert finding.severity is Severity.WARNING
    assert "http" not in finding.message
    assert all(isinstance(triple[2], URIRef) for triple in read_inferred(store))


def test_a_key_makes_two_with_the_same_values_one(tmp_path):
    path = tmp_path / "keys.ttl"
    path.write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix kg: <"
        + KG
        + "> . kg:State owl:hasKey ( kg:alliedWith kg:rivalOf ) ."
    )
    rivals = [(JAPAN, KG.rivalOf, TPP), (STATES, KG.rivalOf, TPP)]
    store = make_store(facts=rivals, things=[(STATES, RDF.type, KG.State)])
    store.replace(iris.ONTOLOGY_GRAPH, [*ONTOLOGY, *skolemise(read_turtle(path))])
    close_graph(store)
    assert not any(triple[1] == OWL.sameAs for triple in read_inferred(store))
    allies = [(JAPAN, KG.alliedWith, NATO), (STATES, KG.alliedWith, NATO)]
    store.replace(iris.facts_graph(ARTICLE), [*rivals, *allies])
    close_graph(store)
    assert (JAPAN, OWL.sameAs, STATES) in read_inferred(store)
    proof = explain(store, (JAPAN, OWL.sameAs, STATES))
    assert proof.rule == "prp-key"


def test_all_values_of_a_restriction_are_proved(tmp_path):
    path = tmp_path / "all.ttl"
    path.write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix kg: <"
        + KG
        + "> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
        + "kg:Actor rdfs:subClassOf [ a owl:Restriction ; owl:onProperty kg:withdrawsFrom ; "
        + "owl:allValuesFrom kg:Issue ] ."
    )
    store = make_store()
    store.replace(iris.ONTOLOGY_GRAPH, [*ONTOLOGY, *skolemise(read_turtle(path))])
    close_graph(store)
    assert (TPP, RDF.type, KG.Issue) in read_inferred(store)
    proof = explain(store, (TPP, RDF.type, KG.Issue))
    assert proof.rule == "cls-avf"
    assert "http" not in format_proof(proof).replace("https://example", "")


def test_owlrl_and_the_engine_agree_on_a_graph(store):
    assert close_graph(store, reasoner="owlrl").findings == ()


def test_the_shipped_rules_match_as_rdflib_answers_them(store):
    known = gather_premises(store, RULES)
    closure = close_premises(known, RULES)
    asked = Graph()
    for triple in filter(None, map(read_triple, closure.triples())):
        asked.add(triple)
    for path in sorted((ontology_directory() / "rules").glob("*.rq")):
        for triple in asked.query(path.read_text(encoding="utf-8")):
            assert triple in asked


# ---------------------------------------------------------------------------------- the rules

HEAD = "# what is said\nPREFIX kg: <https://w3id.org/concord/ontology#>\n"


def test_a_rule_is_read_with_its_title_patterns_and_filter():
    text = HEAD + "CONSTRUCT { ?a kg:p ?b } WHERE { ?a kg:q ?c . ?c kg:q ?b FILTER(?a != ?b) }"
    (clause,) = read_rule(text, path=Path("rule.rq"))
    assert clause.name == "rule"
    assert clause.label == "because what is said"
    assert len(clause.body) == 2
    assert len(clause.distinct) == 1
    facts = [(KG.x, KG.q, KG.y), (KG.y, KG.q, KG.z), (KG.y, KG.q, KG.x)]
    premises = Premises(frozenset(), frozenset(facts), frozenset(), {})
    inferred = set(close_premises(premises, [clause]).triples())
    assert {t for t in inferred if t[1] == KG.p.n3()} == {(KG.x.n3(), KG.p.n3(), KG.z.n3())}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CONSTRUCT { ?a kg:p ?b } WHERE { ?a kg:q ?b OPTIONAL { ?b kg:q ?c } }", "LeftJoin"),
        ("CONSTRUCT { ?a kg:p ?b } WHERE { ?a kg:q+ ?b }", "property paths"),
        ("CONSTRUCT { ?a kg:p ?b } WHERE { ?a kg:q ?b FILTER(?a < ?b) }", "only FILTER"),
        ("CONSTRUCT { ?a kg:p ?c } WHERE { ?a kg:q ?b }", r"\?c stands in no"),
        ("CONSTRUCT { ?a kg:p _:b } WHERE { ?a kg:q ?b }", "blank nodes"),
        ("SELECT ?a WHERE { ?a kg:q ?b }", "CONSTRUCT"),
        ("CONSTRUCT { ?a kg:p }", "malformed"),
        ("CONSTRUCT { ?a no:p ?b } WHERE { ?a no:q ?b }", "malformed"),
    ],
)
def test_a_rule_that_no_proof_could_show_is_refused(text, reason):
    with pytest.raises(OntologyError, match=reason) as caught:
        read_rule(HEAD + text, path=Path("rule.rq"))
    assert caught.value.path == Path("rule.rq")


def test_a_rule_without_a_title_is_refused():
    with pytest.raises(OntologyError, match="names it"):
        read_rule("CONSTRUCT { ?a ?p ?b } WHERE { ?b ?p ?a }", path=Path("rule.rq"))


# --------------------------------------------------------------------------------- the proofs


def test_a_proof_goes_down_to_the_quote(store):
    proof = explain(store, (STATES, KG.withdrawsFrom, TPP))
    leaves = list(walk_leaves(proof))
    assert proof.rule is not None
    assert proof.statement == "United States withdraws from TPP"
    (citation,) = [each for leaf in leaves for each in leaf.claims]
    assert READING.document.text[citation.start : citation.end] == citation.quote
    assert citation.claim == str(READING.claims[0].iri)
    assert (citation.holder_label, citation.status) == ("the article", "stated")
    assert (citation.source, citation.title) == ("pact.txt", "After the Pact")
    sources = [source for leaf in leaves for source in leaf.sources]
    assert "list of office holders" in sources


def walk_leaves(proof):
    if not proof.premises:
        yield proof
    for premise in proof.premises:
        yield from walk_leaves(premise)


def test_everything_inferred_is_explained_from_what_is_asserted(store):
    for triple in read_inferred(store):
        proof = explain(store, triple, rules=RULES)
        assert proof.rule is not None
        assert proof.rule_label.startswith("because ")
        for leaf in walk_leaves(proof):
            assert leaf.rule is None
            assert leaf.conclusion not in read_inferred(store)


def test_a_fact_is_explained_by_its_claims(store):
    proof = explain(store, (TRUMP, KG.withdrawsFrom, TPP))
    assert proof.rule is None
    assert proof.rule_label == "stated as a fact"
    assert [each.claim for each in proof.claims] == [str(READING.claims[0].iri)]


@pytest.mark.parametrize(
    ("triple", "status", "holder"),
    [
        ((JAPAN, KG.withdrawsFrom, TPP), "denied", "the article"),
        ((JAPAN, KG.dependsOn, TPP), "reported", "Donald Trump"),
    ],
)
def test_what_is_no_fact_is_explained_as_such(store, triple, status, holder):
    proof = explain(store, triple)
    assert proof.rule_label.startswith("not a fact")
    (citation,) = proof.claims
    assert (citation.status, citation.holder_label) == (status, holder)
    assert status in format_proof(proof)


def test_background_and_ontology_are_explained_by_their_sources(store):
    known = explain(store, (TRUMP, KG.headOf, STATES))
    assert known.rule_label == "known from background"
    assert known.sources == ("list of office holders",)
    axiom = explain(store, (KG.alliedWith, RDF.type, OWL.SymmetricProperty))
    assert axiom.rule_label == "part of the ontology"
    kind = explain(store, (TPP, RDF.type, KG.Agreement))
    assert kind.rule_label == "read from the article"
    assert kind.sources == ("pact.txt",)


def test_what_nothing_says_is_unknown(store):
    with pytest.raises(UnknownTermError, match="Japan is a rival of TPP"):
        explain(store, (JAPAN, KG.rivalOf, TPP))


def test_a_proof_reads_as_an_indented_tree(store):
    lines = format_proof(explain(store, (STATES, KG.withdrawsFrom, TPP))).splitlines()
    assert lines[0] == "United States withdraws from TPP"
    assert lines[1].startswith("  because ")
    quoted = [line for line in lines if "Trump withdrew from the TPP" in line]
    assert quoted
    assert all(line.startswith("      ") for line in quoted)
    assert any("held by the article" in line for line in lines)


def test_a_proof_as_json_has_the_same_tree(store):
    proof = explain(store, (STATES, KG.alliedWith, JAPAN))
    told = proof_to_json(proof)
    assert told["conclusion"] == [str(STATES), str(KG.alliedWith), str(JAPAN)]
    assert len(told["premises"]) == len(proof.premises)
    assert told["rule"] == "allies-by-alliance"
    cited = proof_to_json(explain(store, (TRUMP, KG.withdrawsFrom, TPP)))["claims"][0]
    assert cited["quote"] == "Trump withdrew from the TPP in January 2017."
    assert cited["holder"] == "the article"


def test_own_rules_replace_the_shipped_ones():
    store = make_store()
    rule = read_rule(
        HEAD + "CONSTRUCT { ?a kg:rivalOf ?b } WHERE { ?a kg:withdrawsFrom ?b }",
        path=Path("quarrel.rq"),
    )
    close_graph(store, rules=rule)
    proof = explain(store, (TRUMP, KG.rivalOf, TPP), rules=rule)
    assert (proof.rule, proof.rule_label) == ("quarrel", "because what is said")
    assert isinstance(rule[0], Clause)
