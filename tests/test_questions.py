"""The shipped questions: their headers, their terms, their answers on a small graph."""

import re

import pytest
from rdflib import OWL, RDF, Literal, URIRef
from small_graph import fill_small_graph

from kg import iris
from kg.errors import OntologyError, QueryError
from kg.iris import ID, KG
from kg.query import run_question
from kg.rdf import PREFIXES, read_turtle
from kg.store import open_memory_graph
from kg.vocabulary import ontology_directory
from kg.vocabulary.questions import (
    ParameterKind,
    bind_parameters,
    load_questions,
    read_question,
)

QUESTIONS = load_questions()
each_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)


@pytest.fixture(scope="module")
def store():
    with open_memory_graph() as graph:
        fill_small_graph(graph)
        yield graph


def _show(term):
    if term is None:
        return None
    return re.split(r"[#/]", str(term).rstrip("/"))[-1] if isinstance(term, URIRef) else str(term)


def _ask(store, name, columns, **parameters):
    result = run_question(store, QUESTIONS[name], parameters)
    places = [result.variables.index(column) for column in columns.split()]
    return [tuple(_show(row[place]) for place in places) for row in result.rows]


# ------------------------------------------------------------------------------------- texts


def test_there_are_enough_and_they_have_alphabetic_order():
    assert len(QUESTIONS) >= 24
    assert list(QUESTIONS) == sorted(QUESTIONS)


@each_question
def test_every_question_parses_as_it_stands(question):
    with open_memory_graph() as empty:
        assert empty.query(question.text).variables


@each_question
def test_every_term_is_declared(question):
    declared = {
        subject
        for path in ("concord.ttl", "alignments.ttl")
        for subject, predicate, _ in read_turtle(ontology_directory() / path)
        if predicate == RDF.type
    }
    for prefix, name in re.findall(r"\b(kg|lex|cue):([A-Za-z]\w*)", question.text):
        assert URIRef(PREFIXES[prefix] + name) in declared, f"{prefix}:{name}"


@each_question
def test_every_prefix_has_its_usual_meaning(question):
    for prefix, namespace in re.findall(r"PREFIX (\w+): <([^>]+)>", question.text):
        assert PREFIXES[prefix] == namespace


@each_question
def test_every_graph_is_one_of_the_store(question):
    graphs = {str(iris.ONTOLOGY_GRAPH), str(iris.BACKGROUND_GRAPH), str(iris.INFERRED_GRAPH)}
    assert set(re.findall(r"GRAPH <([^>]+)>", question.text)) <= graphs


@each_question
def test_answers_come_in_order_and_cite_where_a_claim_is_behind_them(question):
    assert "ORDER BY" in question.text
    head = question.text[question.text.index("SELECT") : question.text.index("WHERE")]
    if "?claim kg:evidence" in question.text and "COUNT" not in head:
        assert re.search(r"\?(quote|sentence)\b", head)


@each_question
def test_relations_named_in_questions_are_relations(question):
    relations = {
        subject
        for subject, predicate, object_ in read_turtle(ontology_directory() / "concord.ttl")
        if (predicate, object_) == (RDF.type, OWL.ObjectProperty)
    }
    for name in re.findall(r"kg:relation kg:(\w+)", question.text):
        assert KG[name] in relations


# ----------------------------------------------------------------------------------- answers

TRUMP, CABINET, US, JAPAN, CHINA = (
    "Donald-Trump",
    "Trump-administration",
    "United-States",
    "Japan",
    "China",
)
ALLIANCE = "US-Japan-alliance"

ANSWERS = [
    (
        "withdrawals",
        {},
        "subject object holder sentence",
        [
            (CABINET, "TPP", "voice", f"It is said that {CABINET} withdrawsFrom TPP."),
            (JAPAN, "TPP", TRUMP, "It is said that Japan withdrawsFrom TPP."),
        ],
    ),
    ("withdrawals", {"actor": "United States"}, "subject object", [(CABINET, "TPP")]),
    ("withdrawals", {"actor": "Trump"}, "subject object", []),
    (
        "demands",
        {"actor": "USA", "target": "Japan"},
        "subject object topic quote",
        [(TRUMP, JAPAN, "more responsibilities", "Donald-Trump demandsOf Japan")],
    ),
    ("demands", {"target": "China"}, "subject", []),
    (
        "allies",
        {},
        "subject object basis quote",
        [
            (JAPAN, US, "stated", "Japan alliedWith United-States"),
            (US, JAPAN, "stated", "Japan alliedWith United-States"),
            ("Australia", US, "inferred", None),
        ],
    ),
    (
        "attributed-beliefs",
        {},
        "claimant subject relation object",
        [(TRUMP, JAPAN, "dependsOn", US), (TRUMP, JAPAN, "withdrawsFrom", "TPP")],
    ),
    (
        "attributed-beliefs",
        {"holder": "U.S."},
        "claimant relation",
        [(TRUMP, "dependsOn"), (TRUMP, "withdrawsFrom")],
    ),
    ("attributed-beliefs", {"holder": "China"}, "claimant", []),
    ("denied", {}, "subject relation object", [(JAPAN, "withdrawsFrom", "TPP")]),
    (
        "predictions",
        {},
        "modality subject relation object",
        [
            ("Possible", CHINA, "influences", ALLIANCE),
            ("Predicted", JAPAN, "partyTo", "TPP"),
        ],
    ),
    (
        "policies",
        {"actor": "United States"},
        "subject relation object",
        [(TRUMP, "pursues", "America-First")],
    ),
    (
        "talks",
        {"first": "Japan", "second": "United States"},
        "subject relation object topic from modality",
        [
            (US, "meets", JAPAN, "trade", "2017-11", "Asserted"),
            (US, "cooperatesWith", JAPAN, None, None, "Desired"),
        ],
    ),
    ("talks", {"first": "Japan", "second": "China"}, "subject", []),
    ("causes", {}, "subject object", [("America-First", "Trump-shock")]),
    ("causes", {"cause": "Japan"}, "subject object", []),
    ("effects", {"on": "Trump shock"}, "subject relation", [("America-First", "causes")]),
    ("influences", {}, "subject relation object", [(CHINA, "influences", ALLIANCE)]),
    (
        "balance",
        {},
        "one other cooperation conflict balance",
        [("JPN", "USA", "3", "2", "1")],
    ),
    ("balance", {"state": "China"}, "one", []),
    (
        "conduct",
        {"actor": "United States", "target": "Japan"},
        "subject relation class plover",
        [
            (TRUMP, "demandsOf", "VerbalConflict", "REQUEST"),
            (US, "meets", "VerbalCooperation", "CONSULT"),
            (US, "cooperatesWith", "MaterialCooperation", "COOPERATE"),
            (CABINET, "imposesTariffsOn", "MaterialConflict", "COERCE"),
            (US, "protects", "MaterialCooperation", "AID"),
        ],
    ),
    (
        "timeline",
        {},
        "from until subject relation",
        [("2017-11", "2017-11", US, "meets"), ("2017-11-05", "2017-11-05", TRUMP, "visits")],
    ),
    ("timeline", {"since": "2017-11-06"}, "relation", [("meets",)]),
    ("timeline", {"before": "2017-10"}, "relation", []),
    ("timeline", {"since": "2017", "before": "2017"}, "relation", [("meets",), ("visits",)]),
    (
        "links",
        {"actor": "United States"},
        "thing kind iso cow wikidata geonames dbpedia",
        [(US, "State", "USA", "2", "Q30", "6252001", None)],
    ),
    ("links", {"actor": "Trump"}, "thing kind iso cow", [(TRUMP, "Person", "USA", "2")]),
    (
        "links",
        {"actor": "US-Japan alliance"},
        "thing kind iso cow wikidata",
        [(ALLIANCE, "Alliance", None, None, None)],
    ),
    ("places", {}, "place mentions geonames", [("Yokota", "1", "1848373")]),
    (
        "holders",
        {},
        "holder claims denials notAsserted",
        [("voice", "17", "1", "3"), (TRUMP, "2", "0", "0")],
    ),
    (
        "goals",
        {"actor": "United States"},
        "subject relation object",
        [(US, "cooperatesWith", JAPAN)],
    ),
    (
        "contradictions",
        {},
        "subject relation object holder denier",
        [(JAPAN, "withdrawsFrom", "TPP", TRUMP, "voice")],
    ),
    (
        "agreements",
        {"agreement": "TPP"},
        "object subject relation polarity",
        [
            ("TPP", CABINET, "withdrawsFrom", "Positive"),
            ("TPP", JAPAN, "withdrawsFrom", "Negative"),
            ("TPP", JAPAN, "withdrawsFrom", "Positive"),
            ("TPP", JAPAN, "partyTo", "Positive"),
        ],
    ),
    (
        "memberships",
        {"body": "US-Japan alliance"},
        "subject basis from source",
        [
            ("Australia", "inferred", None, None),
            (JAPAN, "stated", None, None),
            (US, "background", "1951", "a list"),
        ],
    ),
    ("memberships", {"member": "Japan"}, "subject basis", [(JAPAN, "stated")]),
    ("forces", {"actor": "USA"}, "subject object", [(US, JAPAN)]),
    ("dependencies", {}, "subject object holder", [(JAPAN, US, TRUMP)]),
    ("protection", {}, "subject object", [(US, JAPAN)]),
    ("stances", {"on": "US-Japan alliance"}, "subject relation", [(CHINA, "opposes")]),
    (
        "economic-pressure",
        {"actor": "United States"},
        "subject relation object",
        [(CABINET, "imposesTariffsOn", JAPAN)],
    ),
    ("territorial-claims", {}, "subject object", [(CHINA, "Yokota")]),
    (
        "articles",
        {},
        "title author affiliation received file",
        [("The Alliance", "Ann Author", "A University", "2018-06-10", "alliance.txt")],
    ),
    ("unquoted", {}, "claim", []),
    (
        "claims",
        {"about": "China", "relation": "claims territory"},
        "subject verb object",
        [(CHINA, "claimsTerritory", "Yokota")],
    ),
    ("claims", {"words": "AMERICA-first causes"}, "subject", [("America-First",)]),
    (
        "mentions",
        {"thing": "TPP"},
        "exact form",
        [("Trans-Pacific Partnership", "NameForm"), ("TPP", "NameForm")],
    ),
    (
        "inferred",
        {"about": "TPP"},
        "subject relation object",
        [(US, "withdrawsFrom", "TPP")],
    ),
    (
        "offices",
        {"person": "Donald Trump"},
        "who office state from",
        [(TRUMP, "President", US, "2017-01-20")],
    ),
    ("provenance", {}, "software claims", [("1", "19")]),
    # tests/test_review.py has decisions.
    ("decisions", {}, "outcome", []),
]


@pytest.mark.parametrize(
    ("name", "parameters", "columns", "rows"),
    ANSWERS,
    ids=[f"{number}-{case[0]}" for number, case in enumerate(ANSWERS)],
)
def test_answers_on_the_small_graph(store, name, parameters, columns, rows):
    assert _ask(store, name, columns, **parameters) == rows


def test_sentences_without_a_claim(store):
    found = _ask(store, "uncovered", "sentence")
    assert len(found) == 13
    assert all(sentence.startswith("So much for") for (sentence,) in found)


def test_claims_are_counted_per_frame(store):
    found = _ask(store, "frames", "frame worded claims quoted")
    assert found[0] == (
        "frame-withdrawsFrom",
        "withdrawsFrom",
        "3",
        "Japan withdrawsFrom TPP",
    )
    assert sum(int(count) for _, _, count, _ in found) == 19
    assert _ask(store, "frames", "claims", relation="visits") == [("1",)]


def test_actors_are_ranked(store):
    found = _ask(store, "central-actors", "actor kind asSubject asObject claims")
    assert found[0] == (JAPAN, "State", "5", "5", "10")
    assert [int(row[4]) for row in found] == sorted((int(row[4]) for row in found), reverse=True)


def test_what_is_not_linked_is_listed(store):
    found = {row[0] for row in _ask(store, "unlinked", "thing")}
    assert TRUMP in found
    assert found.isdisjoint({US, "Yokota"})


def test_a_quote_that_is_not_in_its_place_is_told(store):
    with open_memory_graph() as damaged:
        fill_small_graph(damaged)
        graph = next(g for g in damaged.graphs() if "/graph/article/" in g)
        triples = [
            (s, p, Literal("something else") if str(o) == "China opposes US-Japan-alliance" else o)
            for s, p, o in damaged.triples(graph)
            if not (p == KG.evidence and str(s).endswith("/claim/0"))
        ]
        lost = next(s for s, p, o in triples if (p, o) == (KG.object, ID["Trump-shock"]))
        triples = [t for t in triples if not (t[0] == lost and t[1] == KG.evidence)]
        damaged.replace(graph, triples)
        problems = [problem for (problem,) in _ask(damaged, "unquoted", "problem")]
    assert sorted(problems) == ["no complete citation", "the quote does not stand at its place"]


@each_question
def test_every_question_has_an_expectation(question):
    alone = {"uncovered", "frames", "central-actors", "unlinked", "candidates"}
    # Asked of an enriched graph, in test_enrichment.
    alone |= {"pact-claims", "heads-of-government", "treaties-in-force"}
    assert question.name in {case[0] for case in ANSWERS} | alone


# ----------------------------------------------------------------------------------- headers

GOOD = """# title: A title
# description: What it asks
#   and more of it.
# parameter: who | entity | somebody | optional
# parameter: since | date | a date | 2017
SELECT ?x WHERE { VALUES ?who { UNDEF } VALUES ?since { UNDEF } ?x ?y ?who }
"""


def _read(tmp_path, text):
    path = tmp_path / "asked.rq"
    path.write_text(text, encoding="utf-8")
    return read_question(path)


def test_a_header_is_read(tmp_path):
    question = _read(tmp_path, GOOD)
    assert (question.name, question.title) == ("asked", "A title")
    assert question.description == "What it asks and more of it."
    who, since = question.parameters
    assert (who.kind, who.required, who.default) == (ParameterKind.ENTITY, False, None)
    assert (since.kind, since.required, since.default) == (ParameterKind.DATE, False, "2017")
    assert load_questions(tmp_path) == {"asked": question}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# title: A title\n", "", "0 lines '# title"),
        ("# title: A title\n", "# title: A\n# title: B\n", "2 lines '# title"),
        ("# description: What it asks\n", "", "0 lines '# description"),
        (" | optional", "", "must read"),
        ("| entity |", "| thing |", "unknown kind 'thing'"),
        ("# parameter: who", "# parameter: Who is", "is no parameter's name"),
        ("VALUES ?who { UNDEF }", "", "needs 'VALUES"),
        ("# parameter: who | entity | somebody | optional\n", "", "has no '# parameter"),
        ("# parameter: since", "# parameter: who", "twice"),
    ],
)
def test_a_malformed_header_names_the_file(tmp_path, old, new, message):
    assert old in GOOD
    with pytest.raises(OntologyError, match=re.escape(message)) as caught:
        _read(tmp_path, GOOD.replace(old, new))
    assert "asked.rq" in str(caught.value)
    assert caught.value.path == tmp_path / "asked.rq"


def test_what_is_not_text_names_the_file(tmp_path):
    (tmp_path / "asked.rq").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(OntologyError, match=r"asked\.rq cannot be read"):
        load_questions(tmp_path)


def test_values_are_bound_as_terms_not_as_text(tmp_path):
    question = _read(tmp_path, GOOD)
    text = bind_parameters(
        question, {"who": (ID["Japan"], ID["China"]), "since": (Literal('" } SELECT * {'),)}
    )
    assert f"VALUES ?who {{ <{ID['Japan']}> <{ID['China']}> }}" in text
    assert r'VALUES ?since { "\" } SELECT * {" }' in text


def test_an_iri_that_could_leave_its_brackets_is_refused(tmp_path):
    with pytest.raises(QueryError, match="cannot stand in a query"):
        bind_parameters(_read(tmp_path, GOOD), {"who": (URIRef("http://x/> } #"),)})
