"""Decisions applied to what was read: what they leave of the graph, and that they leave no more."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import PROV, RDF, RDFS, SKOS, Literal, URIRef
from records import JAPAN, TEXT, TRUMP, VOCABULARY, find_span, make_reading

from kg import graph, iris
from kg.enrichment.links import find_decided
from kg.iris import ID, KG, OA
from kg.linking.records import LinkCandidate
from kg.linking.strangers import Meeting, Proposal
from kg.model import Modality, Polarity, Severity
from kg.query import run_question
from kg.rdf import format_quad
from kg.review.applying import apply_decisions
from kg.review.articles import ArticleView, describe_claim, restore_read
from kg.review.effects import part_strangers
from kg.review.known import Known
from kg.review.records import (
    Correction,
    Decision,
    Outcome,
    Place,
    ReviewedClaim,
    ReviewedThing,
    Thing,
    Verdict,
)
from kg.store import open_memory_graph
from kg.vocabulary.questions import load_questions

READING = make_reading()
DOCUMENT = READING.document
ARTICLE = DOCUMENT.digest[:16]
GRAPH, FACTS = iris.article_graph(DOCUMENT.iri), iris.facts_graph(DOCUMENT.iri)
TPP = READING.claims[0].object
WITHDREW, DEPENDS, STAYED = (claim.iri for claim in READING.claims)
VOICE = iris.mint_author_voice(DOCUMENT.iri)
CHINA, KOREA = ID["China"], ID["Korea"]
WIKIDATA = "http://www.wikidata.org/entity/"
NAMES = {
    CHINA: [(RDF.type, KG.State), (RDFS.label, Literal("China", lang="en"))],
    TRUMP: [(RDF.type, KG.Person), (RDFS.label, Literal("Donald Trump", lang="en"))],
    JAPAN: [
        (RDF.type, KG.State),
        (RDFS.label, Literal("Japan", lang="en")),
        (KG.countryCode, Literal("JPN")),
    ],
}


def describe(thing):
    return [(thing, *said) for said in NAMES.get(thing, ())]


def fill(store, reading=READING, accepted=()):
    quads = graph.describe_reading(reading, VOCABULARY, fingerprint="f", accepted=accepted)
    document = reading.document.iri
    store.replace_all(
        {
            iris.article_graph(document): [quad[:3] for quad in quads],
            iris.facts_graph(document): [q[:3] for q in graph.state_facts(reading, accepted)],
        }
    )


@pytest.fixture
def store():
    with open_memory_graph() as made:
        fill(made)
        yield made


def apply(store, *decisions):
    content = {}
    applied = apply_decisions(store, decisions, describe, content.__setitem__)
    store.replace_all(content)
    return applied


def dump(store):
    return sorted(map(format_quad, store.quads()))


def view(store, name=GRAPH):
    return ArticleView(name, store.triples(name))


def read_claim(iri, reading=READING):
    with open_memory_graph() as made:
        fill(made, reading)
        shown = view(made, iris.article_graph(reading.document.iri))
        return describe_claim(shown, shown.claims()[iri])


def sign(about, *verdicts, **rest):
    return Decision(about, verdicts, **{"author": "Ann", "date": "2026-01-31"} | rest)


def on_claim(iri, outcome=Outcome.CORRECT, **correction):
    made = Correction(**correction) if correction else None
    return sign(read_claim(iri), Verdict(outcome, correction=made))


def on_thing(iri, outcome, target=None, label="", **rest):
    known = {TRUMP: "Donald Trump", JAPAN: "Japan", TPP: "TPP"}
    about = ReviewedThing(Thing(iri, known[iri]), ARTICLE if iri == TPP else None)
    return sign(about, Verdict(outcome, None if target is None else Thing(target, label), **rest))


def place(part, nth=0):
    return Place(ARTICLE, find_span(TEXT, part, nth))


def facts(store):
    return set(store.triples(FACTS))


def ask(store, name, columns, **parameters):
    result = run_question(store, load_questions()[name], parameters)
    places = [result.variables.index(column) for column in columns.split()]
    return [
        tuple(None if row[at] is None else str(row[at]) for at in places) for row in result.rows
    ]


# ----------------------------------------------------------------------------------------- claims


def test_without_decisions_nothing_changes(store):
    before = dump(store)
    applied = apply(store)
    assert dump(store) == before
    assert applied.findings == ()


def test_a_rejected_claim_is_none_for_questions_and_facts_but_stays_listed(store):
    apply(store, on_claim(WITHDREW, Outcome.REJECT))
    shown = view(store)
    assert WITHDREW not in shown.claims()
    assert facts(store) == set()
    assert not shown.find(KG.evidence, iris.mint_part(DOCUMENT.iri, "evidence", WITHDREW))
    (row,) = ask(store, "decisions", "outcome subject relation object quote author date")
    assert row == (
        str(KG.Rejected), str(TRUMP), str(KG.withdrawsFrom), str(TPP),
        "Trump withdrew from the TPP in January 2017.", str(_author("Ann")), "2026-01-31",
    )  # fmt: skip
    assert ask(store, "claims", "verb") == [(str(KG.dependsOn),), (str(KG.withdrawsFrom),)]
    assert [row[0] for row in ask(store, "uncovered", "sentence")] == [
        "Trump withdrew from the TPP in January 2017."
    ]
    assert {quad[3] for quad in store.quads(subject=WITHDREW)} == {iris.DECISIONS_GRAPH}


def _author(name):
    return iris.mint_part(iris.DECISIONS_GRAPH, "author", name)


def test_an_accepted_claim_stays_as_it_is(store):
    before = {quad for quad in store.quads() if quad[3] in (GRAPH, FACTS)}
    apply(store, on_claim(WITHDREW, Outcome.ACCEPT))
    assert before == {quad for quad in store.quads() if quad[3] in (GRAPH, FACTS)}
    (row,) = ask(store, "decisions", "outcome subject quote")
    assert row[:2] == (str(KG.Accepted), str(TRUMP))
    assert row[2].startswith("Trump withdrew")


def test_a_corrected_claim_is_a_new_one_with_the_same_evidence(store):
    apply(store, on_claim(WITHDREW, relation=KG.dependsOn, subject=Thing(JAPAN, "Japan")))
    shown = view(store)
    (new,) = shown.claims().keys() - {DEPENDS, STAYED}
    claim = shown.claims()[new]
    assert (claim.subject, claim.relation, claim.object) == (JAPAN, KG.dependsOn, TPP)
    assert claim.words == "Trump withdrew from the TPP in January 2017."
    assert shown.one(new, PROV.wasRevisionOf) == WITHDREW
    assert str(shown.one(new, KG.timeStart)) == "2017-01"
    assert shown.iri(new, PROV.wasDerivedFrom) == DOCUMENT.iri
    assert facts(store) == {(JAPAN, KG.dependsOn, TPP)}
    rows = ask(store, "decisions", "outcome subject changed before after")
    assert rows == [
        (str(KG.Corrected), str(TRUMP), str(KG.relation), str(KG.withdrawsFrom), str(KG.dependsOn)),
        (str(KG.Corrected), str(TRUMP), str(KG.subject), str(TRUMP), str(JAPAN)),
    ]
    results = [quad[2] for quad in store.quads(iris.DECISIONS_GRAPH, predicate=KG.result)]
    assert results == [new]


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        ({"polarity": Polarity.NEGATIVE}, set()),
        ({"modality": Modality.POSSIBLE}, set()),
        ({"holder": Thing(JAPAN)}, set()),
        ({"object": Thing(CHINA)}, {(TRUMP, KG.withdrawsFrom, CHINA)}),
    ],
)
def test_a_correction_decides_whether_a_claim_is_fact(store, correction, expected):
    apply(store, on_claim(WITHDREW, **correction))
    assert facts(store) == expected
    assert len(view(store).claims()) == 3


def test_what_another_held_may_turn_out_to_be_the_articles_own(store):
    apply(store, on_claim(DEPENDS, holder=Thing(VOICE)))
    assert (JAPAN, KG.dependsOn, TPP) in facts(store)


def test_accepted_holders_stay_accepted():
    with open_memory_graph() as store:
        fill(store, accepted=[TRUMP])
        assert (JAPAN, KG.dependsOn, TPP) in facts(store)
        apply(store, on_claim(DEPENDS, relation=KG.withdrawsFrom))
        assert (JAPAN, KG.withdrawsFrom, TPP) in facts(store)


def test_a_thing_of_the_shipped_names_becomes_a_thing_of_the_article(store):
    apply(
        store, on_claim(WITHDREW, object=Thing(CHINA)), on_claim(DEPENDS, object=Thing(KOREA, "K"))
    )
    assert view(store).all(CHINA, RDF.type) == [KG.State]
    assert view(store).label(CHINA) == "China"
    # Nobody knows it: it is of the kind of what it replaces.
    assert view(store).all(KOREA, RDF.type) == [KG.Agreement]
    assert view(store).label(KOREA) == "K"


def test_a_correction_to_what_another_claim_says_leaves_that_one_alone(store):
    twin = replace(READING.claims[0], iri=URIRef(f"{DOCUMENT.iri}/claim/twin"), subject=JAPAN)
    fill(store, replace(READING, claims=(*READING.claims, twin)))
    apply(store, on_claim(WITHDREW, subject=Thing(JAPAN)))
    assert set(view(store).claims()) == {DEPENDS, STAYED, twin.iri}
    assert [quad[2] for quad in store.quads(predicate=KG.result)] == [twin.iri]


# ------------------------------------------------------------------------------- finding it again


def test_a_claim_of_another_iri_is_found_by_ends_relation_and_quote(store):
    decision = on_claim(WITHDREW, Outcome.REJECT)
    claim = READING.claims[0]
    quote = replace(claim.evidence.quote, start=claim.evidence.quote.start + 6)
    moved = replace(
        claim, iri=URIRef(f"{WITHDREW}0"), evidence=replace(claim.evidence, quote=quote)
    )
    fill(store, replace(READING, claims=(moved, *READING.claims[1:])))
    assert apply(store, decision).findings == ()
    assert set(view(store).claims()) == {DEPENDS, STAYED}


def test_a_thing_of_another_iri_is_found_by_name(store):
    decision = on_thing(TPP, Outcome.ACCEPT, URIRef(WIKIDATA + "Q1"))
    claim = on_claim(WITHDREW, Outcome.REJECT)
    other = ID["TPP-of-another-kind"]
    entities = [replace(e, iri=other) if e.iri == TPP else e for e in READING.entities]
    claims = [replace(c, iri=URIRef(f"{c.iri}0"), object=other) for c in READING.claims]
    fill(store, replace(READING, entities=tuple(entities), claims=tuple(claims)))
    assert apply(store, decision, claim).findings == ()
    assert len(view(store).claims()) == 2
    assert (other, SKOS.exactMatch, URIRef(WIKIDATA + "Q1")) in set(store.triples(iris.LINKS_GRAPH))


@pytest.mark.parametrize(
    "change",
    [
        {"relation": KG.dependsOn},
        {"subject": JAPAN},
        {
            "evidence": replace(
                READING.claims[0].evidence, quote=find_span(TEXT, "depends on the TPP")
            )
        },
    ],
)
def test_what_finds_its_claim_no_more_is_told(store, change):
    decision = on_claim(WITHDREW, Outcome.REJECT)
    other = replace(READING.claims[0], iri=URIRef(f"{WITHDREW}0"), **change)
    fill(store, replace(READING, claims=(other, *READING.claims[1:])))
    (finding,) = apply(store, decision).findings
    assert (finding.severity, finding.check, finding.focus) == (
        Severity.WARNING, "review", str(WITHDREW),
    )  # fmt: skip
    assert "Trump withdrew" in finding.message
    assert len(view(store).claims()) == 3


def test_two_claims_that_fit_alike_are_left_alone(store):
    decision = on_claim(WITHDREW, Outcome.REJECT)
    twins = [replace(READING.claims[0], iri=URIRef(f"{WITHDREW}{n}")) for n in range(2)]
    fill(store, replace(READING, claims=tuple(twins)))
    assert len(apply(store, decision).findings) == 1


def test_a_reader_that_has_learned_the_correction_is_no_finding(store):
    decision = on_claim(WITHDREW, relation=KG.dependsOn)
    better = replace(READING.claims[0], iri=URIRef(f"{WITHDREW}0"), relation=KG.dependsOn)
    fill(store, replace(READING, claims=(better, *READING.claims[1:])))
    assert apply(store, decision).findings == ()
    assert better.iri in view(store).claims()
    assert ask(store, "decisions", "outcome") == [(str(KG.Corrected),)]


def test_decisions_wait_for_articles_that_are_not_there():
    with open_memory_graph() as store:
        decisions = on_claim(WITHDREW, Outcome.REJECT), on_thing(TPP, Outcome.NONE)
        (finding,) = apply(store, *decisions).findings
        assert finding.severity is Severity.INFO
        assert finding.message.startswith("2 decisions wait")
        assert dump(store) == []


# ------------------------------------------------------------------------------------------ links


def test_an_accepted_link_stands_in_the_graph_of_links_and_replaces_others_of_its_dataset(store):
    q1, q2 = (URIRef(WIKIDATA + name) for name in ("Q1", "Q2"))
    geo = URIRef("https://sws.geonames.org/1/")
    store.replace(iris.LINKS_GRAPH, [(TPP, SKOS.closeMatch, q2), (TPP, SKOS.exactMatch, geo)])
    apply(store, on_thing(TPP, Outcome.ACCEPT, q1))
    links = {t for t in store.triples(iris.LINKS_GRAPH) if t[0] == TPP}
    assert links == {(TPP, SKOS.exactMatch, q1), (TPP, SKOS.exactMatch, geo)}
    apply(store, on_thing(TPP, Outcome.CLOSE, q1))
    assert (TPP, SKOS.closeMatch, q1) in set(store.triples(iris.LINKS_GRAPH))
    apply(store)
    assert set(store.triples(iris.LINKS_GRAPH)) == {
        (TPP, SKOS.closeMatch, q2), (TPP, SKOS.exactMatch, geo),
    }  # fmt: skip


def test_rejected_links_are_kept_out_of_articles_links_and_background(store):
    target = URIRef(WIKIDATA + "Q22686")
    store.replace(iris.LINKS_GRAPH, [(TRUMP, SKOS.exactMatch, target)])
    applied = apply(store, on_thing(TRUMP, Outcome.REJECT, target))
    assert applied.rejections.cover((TRUMP, SKOS.exactMatch, target))
    assert not applied.rejections.cover((TRUMP, SKOS.exactMatch, URIRef(WIKIDATA + "Q1")))
    assert not applied.rejections.cover((TRUMP, RDFS.label, Literal("x")))
    assert (TRUMP, SKOS.exactMatch, target) not in set(store.triples(iris.LINKS_GRAPH))
    applied = apply(store, on_thing(TRUMP, Outcome.NONE))
    assert applied.rejections.cover((TRUMP, SKOS.closeMatch, URIRef(WIKIDATA + "Q1")))
    assert not applied.rejections.cover((TRUMP, SKOS.exactMatch, ID["Trump"]))
    (row,) = ask(store, "decisions", "outcome subject")
    assert row == (str(KG.NoMatch), str(TRUMP))


def test_decisions_on_links_are_decisions_by_review(store):
    apply(store, on_thing(TPP, Outcome.ACCEPT, URIRef(WIKIDATA + "Q1")))
    (decision,) = (q[0] for q in store.quads(predicate=RDF.type, object=KG.LinkDecision))
    assert find_decided(store, URIRef("http://www.wikidata.org/")) == {TPP}
    assert find_decided(store, URIRef("http://dbpedia.org/")) == set()
    shown = view(store, iris.LINKS_GRAPH)
    assert shown.one(decision, KG.candidateOf) == TPP
    assert {q[3] for q in store.quads(subject=decision, predicate=RDF.type)} == {
        iris.LINKS_GRAPH, iris.DECISIONS_GRAPH,
    }  # fmt: skip
    assert shown.one(decision, KG.decidedBy) == Literal("review")
    assert shown.one(decision, KG.candidate) == URIRef(WIKIDATA + "Q1")
    assert shown.one(decision, PROV.wasAttributedTo) == _author("Ann")
    assert shown.label(_author("Ann")) == "Ann"


def test_an_author_may_have_an_iri_and_a_decision_an_hour_and_a_comment(store):
    decision = replace(
        on_claim(WITHDREW, Outcome.REJECT),
        author="Ann <https://orcid.org/0000-0002-1825-0097>",
        date="2026-01-31T10:00:00Z",
        comment="No.",
    )
    apply(store, decision)
    row = ask(store, "decisions", "author date comment")[0]
    assert row == ("https://orcid.org/0000-0002-1825-0097", "2026-01-31T10:00:00Z", "No.")


def test_things_of_articles_that_were_told_apart_do_not_meet(store):
    one, two, three = (ID[f"x-{n}"] for n in range(3))
    rejections = apply(
        store,
        sign(ReviewedThing(Thing(TRUMP)), Verdict(Outcome.REJECT, Thing(one))),
        on_thing(JAPAN, Outcome.REJECT, two),
    ).rejections
    offer = LinkCandidate(two, "x", ID.x, 0.5, ())
    meetings = [Meeting((one, TRUMP, three)), Meeting((two, JAPAN))]
    proposals = [Proposal(JAPAN, offer), Proposal(TRUMP, offer)]
    left = part_strangers(meetings, proposals, rejections)
    assert left == ([Meeting((one, three))], [Proposal(TRUMP, offer)])


# --------------------------------------------------------------------------------- merge and split


def test_merging_makes_two_things_one_that_bears_both_names(store):
    apply(store, on_thing(TPP, Outcome.MERGE, CHINA))
    shown = view(store)
    assert not shown.knows(TPP)
    assert shown.label(CHINA) == "China"
    assert shown.all(CHINA, SKOS.altLabel) == [Literal("TPP", lang="en")]
    assert len(shown.mentions(CHINA)) == 3
    assert {claim.object for claim in shown.claims().values()} == {CHINA}
    assert set(shown.claims()) == {WITHDREW, DEPENDS, STAYED}
    assert facts(store) == {(TRUMP, KG.withdrawsFrom, CHINA)}
    assert (TPP, SKOS.exactMatch, CHINA) in set(store.triples(iris.LINKS_GRAPH))
    for name in ("TPP", "China"):
        assert len(ask(store, "claims", "quote", about=name)) == 3
    assert ask(store, "decisions", "outcome before after") == [
        (str(KG.Merged), str(TPP), str(CHINA))
    ]


def test_an_accepted_entry_of_the_names_is_what_the_thing_becomes(store):
    apply(store, on_thing(TPP, Outcome.ACCEPT, CHINA))
    assert {claim.object for claim in view(store).claims().values()} == {CHINA}
    assert ask(store, "decisions", "outcome") == [(str(KG.Merged),)]


def test_what_the_names_know_stays_whichever_way_it_is_said(store):
    apply(store, on_thing(JAPAN, Outcome.MERGE, TPP))
    assert {claim.object for claim in view(store).claims().values()} == {JAPAN}


def test_a_claim_of_a_thing_with_itself_goes_with_the_merger(store):
    apply(store, on_thing(TPP, Outcome.MERGE, JAPAN))
    assert set(view(store).claims()) == {WITHDREW}
    rows = ask(store, "decisions", "outcome subject object quote")
    assert [row[3][:5] for row in rows] == ["Trump", "Japan"]
    assert {row[0] for row in rows} == {str(KG.Merged)}


def test_mergers_follow_each_other_and_rings_end(store):
    apply(store, on_thing(TPP, Outcome.MERGE, KOREA, "Korea"), sign_merge(KOREA, CHINA))
    # Nothing of the articles is Korea, so that nobody has decided on it yet.
    assert {claim.object for claim in view(store).claims().values()} == {KOREA}
    apply(store, on_thing(TPP, Outcome.MERGE, JAPAN), on_thing(JAPAN, Outcome.MERGE, TPP))
    assert not view(store).knows(TPP)


def sign_merge(one, other):
    return sign(ReviewedThing(Thing(one)), Verdict(Outcome.MERGE, Thing(other)))


def test_links_and_corrections_follow_a_merger(store):
    q1 = URIRef(WIKIDATA + "Q1")
    about = ReviewedThing(Thing(TPP, "TPP"), ARTICLE)
    both = sign(about, Verdict(Outcome.MERGE, Thing(CHINA)), Verdict(Outcome.ACCEPT, Thing(q1)))
    apply(store, both, on_claim(WITHDREW, subject=Thing(TPP), object=Thing(JAPAN)))
    assert (CHINA, SKOS.exactMatch, q1) in set(store.triples(iris.LINKS_GRAPH))
    assert facts(store) == {(CHINA, KG.withdrawsFrom, JAPAN)}


def test_split_mentions_mean_something_else_with_the_claims_that_rest_on_them(store):
    new = ID["another-TPP"]
    decision = on_thing(
        TPP, Outcome.SPLIT, new, "The other TPP", places=(place("TPP", 0), place("the pact"))
    )
    apply(store, decision)
    shown = view(store)
    assert shown.all(new, RDF.type) == [KG.Agreement]
    assert shown.label(new) == "The other TPP"
    assert list(shown.mentions(new).values()) == [
        find_span(TEXT, "TPP"),
        find_span(TEXT, "the pact"),
    ]
    assert list(shown.mentions(TPP).values()) == [find_span(TEXT, "TPP", 1)]
    ends = {c.words.split()[1]: c.object for c in shown.claims().values()}
    assert ends == {"withdrew": new, "believes": TPP, "did": new}
    assert facts(store) == {(TRUMP, KG.withdrawsFrom, new)}
    revised = {shown.one(c, PROV.wasRevisionOf) for c in shown.claims()}
    assert revised == {None, WITHDREW, STAYED}
    rows = ask(store, "decisions", "outcome after quote")
    assert {row[:2] for row in rows} == {(str(KG.SplitOff), str(new))}
    assert len(rows) == 2


def test_a_whole_article_can_be_split_off_and_nothing_is_left_of_the_thing(store):
    apply(store, on_thing(TPP, Outcome.SPLIT, CHINA, places=(Place(ARTICLE),)))
    shown = view(store)
    assert not shown.knows(TPP)
    assert {claim.object for claim in shown.claims().values()} == {CHINA}


def test_a_split_that_finds_no_mention_is_told(store):
    (finding,) = apply(
        store, on_thing(TPP, Outcome.SPLIT, CHINA, places=(Place(ARTICLE, find_span(TEXT, "in")),))
    ).findings
    assert "“TPP”" in finding.message


def test_a_claim_that_rests_on_both_parts_of_a_split_is_told_and_left(store):
    wide = replace(
        READING.claims[1].evidence,
        quote=find_span(TEXT, TEXT[TEXT.index("TPP") : TEXT.index("TPP.") + 3]),
    )
    claim = replace(READING.claims[1], evidence=wide)
    fill(store, replace(READING, claims=(claim,)))
    shown = view(store)
    for mention in shown.mentions(TPP):
        shown.put(mention, KG.inSentence, shown.claims()[DEPENDS].sentence)
    store.replace(GRAPH, shown.triples())
    (finding,) = apply(
        store, on_thing(TPP, Outcome.SPLIT, CHINA, places=(place("TPP", 0),))
    ).findings
    assert finding.focus == str(DEPENDS)
    assert view(store).claims()[DEPENDS].object == TPP


def test_a_correction_of_an_end_goes_before_a_split(store):
    split = on_thing(TPP, Outcome.SPLIT, CHINA, places=(Place(ARTICLE),))
    apply(store, split, on_claim(DEPENDS, object=Thing(TPP), subject=Thing(TRUMP)))
    assert (TRUMP, TPP) in {(c.subject, c.object) for c in view(store).claims().values()}


# ------------------------------------------------------------------------------------- properties

THINGS = st.sampled_from([TRUMP, JAPAN, TPP, CHINA, KOREA]).map(lambda iri: Thing(iri, iri[-4:]))
TARGETS = st.sampled_from([URIRef(WIKIDATA + f"Q{n}") for n in range(3)]).map(Thing)
PLACES = st.sampled_from(
    [
        place("TPP"),
        place("TPP", 1),
        place("the pact"),
        place("Japan"),
        place("Trump", 1),
        Place(ARTICLE),
    ]
)
CORRECTIONS = st.builds(
    Correction,
    subject=st.none() | THINGS,
    relation=st.sampled_from([None, KG.withdrawsFrom, KG.dependsOn]),
    object=st.none() | THINGS,
    holder=st.none() | THINGS | st.just(Thing(VOICE)),
    polarity=st.none() | st.sampled_from(Polarity),
    modality=st.none() | st.sampled_from(Modality),
)
ABOUT_CLAIMS = {iri: read_claim(iri) for iri in (WITHDREW, DEPENDS, STAYED)}
ON_CLAIMS = st.builds(
    lambda iri, verdict: sign(ABOUT_CLAIMS[iri], verdict),
    st.sampled_from(sorted(ABOUT_CLAIMS)),
    st.sampled_from([Verdict(Outcome.ACCEPT), Verdict(Outcome.REJECT)])
    | CORRECTIONS.map(lambda correction: Verdict(Outcome.CORRECT, correction=correction)),
)
VERDICTS = st.one_of(
    st.builds(Verdict, st.sampled_from([Outcome.ACCEPT, Outcome.CLOSE, Outcome.REJECT]), TARGETS),
    st.builds(Verdict, st.just(Outcome.MERGE), THINGS),
    st.builds(
        lambda places, target: Verdict(Outcome.SPLIT, target, tuple(sorted(places, key=str))),
        st.sets(PLACES, min_size=1, max_size=3),
        THINGS,
    ),
    st.just(Verdict(Outcome.NONE)),
)
ON_THINGS = st.builds(
    lambda iri, verdicts: sign(
        ReviewedThing(Thing(iri, "TPP" if iri == TPP else ""), ARTICLE if iri == TPP else None),
        *verdicts,
    ),
    st.sampled_from([TRUMP, JAPAN, TPP]),
    st.lists(VERDICTS, min_size=1, max_size=2),
)
DECISIONS = st.lists(ON_CLAIMS | ON_THINGS, max_size=5, unique_by=lambda each: each.key)


@given(first=DECISIONS, second=DECISIONS)
@settings(max_examples=60)
def test_decisions_come_and_go_without_a_trace(first, second):
    with open_memory_graph() as store, open_memory_graph() as fresh:
        for each in (store, fresh):
            each.replace(iris.LINKS_GRAPH, [(TPP, SKOS.closeMatch, URIRef(WIKIDATA + "Q2"))])
            fill(each)
        before = dump(store)
        apply(store, *first)
        once = dump(store)
        apply(store, *first)
        assert dump(store) == once, "twice is as once"
        check_form(store)
        apply(store, *second)
        apply(fresh, *second)
        assert dump(store) == dump(fresh), "what was applied before leaves nothing"
        apply(store)
        assert dump(store) == before, "what was read can be had again"


@given(decisions=DECISIONS)
@settings(max_examples=25)
def test_the_order_of_decisions_leaves_no_trace(decisions):
    seen = set()
    for order in list(permutations(decisions[:3]))[:6]:
        with open_memory_graph() as store:
            fill(store)
            apply(store, *order)
            seen.add(tuple(dump(store)))
    assert len(seen) == 1


def check_form(store):
    """Whatever was decided, the article has the form that everything else rests on."""
    shown = view(store)
    plain = set()
    for iri in shown.find(RDF.type, KG.Claim):
        claim = shown.read_claim(iri)
        assert claim is not None
        assert claim.words == TEXT[claim.quote.start : claim.quote.end]
        for predicate in (KG.subject, KG.relation, KG.object, KG.holder, KG.polarity, KG.modality,
                          KG.evidence, KG.frame, KG.inArticle, PROV.wasGeneratedBy):  # fmt: skip
            assert len(shown.all(iri, predicate)) == 1, predicate
        for end in (claim.subject, claim.object, claim.holder):
            assert shown.all(end, RDF.type), end
            assert len(shown.all(end, RDFS.label)) == 1
        if (claim.polarity, claim.modality, claim.holder) == (
            Polarity.POSITIVE, Modality.ASSERTED, VOICE,
        ):  # fmt: skip
            plain.add((claim.subject, claim.relation, claim.object))
        assert not shown.find(KG.withdraws, iri)
    assert set(store.triples(FACTS)) == plain
    cited = {shown.one(iri, KG.evidence) for iri in shown.find(RDF.type, KG.Claim)}
    assert set(shown.find(RDF.type, KG.Evidence)) == cited
    for mention in shown.find(RDF.type, KG.Mention):
        thing = shown.iri(mention, KG.refersTo)
        assert thing is not None and len(shown.all(thing, RDFS.label)) == 1
    former = {quad[0] for quad in store.quads(predicate=RDF.type, object=KG.FormerClaim)}
    assert former.isdisjoint(shown.claims())
    for iri in former:
        assert len(list(store.quads(subject=iri, predicate=OA.hasSelector))) == 2
        assert next(store.quads(predicate=KG.withdraws, object=iri), None) is not None
    gone = {WITHDREW, DEPENDS, STAYED} - set(shown.claims())
    assert gone <= former


def test_what_was_read_is_kept_in_the_graph_itself(store):
    read = set(store.triples(GRAPH))
    apply(store, on_claim(WITHDREW, Outcome.REJECT))
    assert set(store.triples(GRAPH)) != read
    assert restore_read(store.triples(GRAPH)) == read
    assert Known(store, describe).read(GRAPH).triples() == read
    assert isinstance(ABOUT_CLAIMS[WITHDREW], ReviewedClaim)
