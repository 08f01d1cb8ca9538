"""Foreign SPARQL: what is refused, where it is stopped; names, parameters, results."""

import csv
import io
import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rdflib import RDF, RDFS, XSD, BNode, Literal, URIRef
from small_graph import DOC, fill_small_graph

from kg.errors import QueryError, UnknownTermError
from kg.iris import ID, KG
from kg.query import (
    Limits,
    fetch_labels,
    find_question,
    find_relation,
    find_things,
    format_csv,
    format_json,
    format_turtle,
    looks_like_sparql,
    run_question,
    run_sparql,
    screen_query,
)
from kg.query.records import answer_limited
from kg.query.screening import MAX_CHARACTERS
from kg.rdf import QueryResult
from kg.store import open_graph, open_memory_graph
from kg.vocabulary.questions import load_questions

QUESTIONS = load_questions()
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

SWELLING = "SELECT (STRLEN(?x9) AS ?n) { BIND('0123456789' AS ?x0) " + " ".join(
    f"BIND(CONCAT({', '.join([f'?x{n}'] * 10)}) AS ?x{n + 1})" for n in range(9)
) + " }"  # fmt: skip


@pytest.fixture(scope="module")
def store():
    with open_memory_graph() as graph:
        fill_small_graph(graph)
        yield graph


# ------------------------------------------------------------------------------------ refused

EX = "PREFIX ex: <http://127.0.0.1:9/> "


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
        EX + "SELECT * { SERVICEex:a{ ?s ?p ?o } }",
        EX + "SELECT * { ?s ?p trueSERVICEex:a{ ?x ?y ?z } }",
        EX + "SELECT * { ?s ?p ex:.SERVICEex:a{ ?x ?y ?z } }",
        EX + r"SELECT * { ?s ?p ex:a\' . SERVICE ex:b { ?x ?y ?z } OPTIONAL { ?s ?p 'a' } }",
        EX + "SELECT * { FILTER(1<ex:b)SERVICE#>\nex:a{ ?s ?p ?o } }",
        r"SELECT * { ?s <urn:\u0041#> ?o . SERVICE <http://127.0.0.1:9/> { ?x ?y ?z } }",
        "SELECT * { ?s ?p '''#''' . SERVICE <http://127.0.0.1:9/> { ?x ?y ?z } }",
        "SELECT * { ?s ?p ?o # not the end\r SERVICE <http://127.0.0.1:9/> { ?x ?y ?z } }",
    ],
)
def test_remote_endpoints_are_refused_however_they_hide(store, text):
    with pytest.raises(QueryError, match=r"SERVICE .*is refused"):
        run_sparql(store, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("LOAD <http://127.0.0.1:9/>", "LOAD would change the graph"),
        ("SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }", "FROM <.*> is refused"),
        ("SELECT * FROM NAMED <urn:g> { ?s ?p ?o }", "FROM <.*> is refused"),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", "INSERT would change the graph"),
        ("PREFIX e: <urn:x> DELETE WHERE { ?s ?p ?o }", "DELETE would change the graph"),
        ("DROP ALL", "DROP would change the graph"),
        ("", "no query"),
        ("tell me all", "no query"),
        ("SELECT * { " + "{" * 300 + "}" * 300 + " }", "nests brackets deeper than 200"),
        ("ASK { FILTER(" + "(" * 100_000, "nests brackets deeper"),
        ("SELECT * {" + " " * MAX_CHARACTERS + "}", "more than 200000 are refused"),
        ("SELECT * { ?s ?p '\x00' }", "not UTF-8"),
        ("SELECT * { ?s ?p '\udcff' }", "not UTF-8"),
    ],
)
def test_what_is_no_question_to_this_graph_is_refused(store, text, message):
    with pytest.raises(QueryError, match=message):
        run_sparql(store, text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service { ?service <http://x/service> 'SERVICE' } # SERVICE LOAD FROM",
        'SELECT * { ?from <urn:service#x> """a "SERVICE" \\" """ } # (((',
        "PREFIX ex: <http://x/> SELECT * { ?s ex:service ex:from . FILTER(1 < 2 && 3 > 2) }",
        "SELECT * { ?s ?p <http://dbpedia.org/resource/Service_(motor)> , 'x'@en }",
        "SELECT * { ?s ?p '" + "(" * 500 + "' }",
    ],
)
def test_words_in_names_strings_and_comments_are_not_keywords(store, text):
    assert run_sparql(store, text).rows == ()


@given(st.text(max_size=300))
@example("SELECT * { ?s ?p '''" + '"""' * 50)
@example('"""' * 99 + "<" * 99 + "'\\")
def test_screening_answers_any_text(text):
    try:
        screen_query(text)
    except QueryError as error:
        assert str(error)


def test_screening_a_long_text_takes_no_long_time():
    for text in ("a." * 99_000, "a-" * 99_000, "<" * 198_000, "'\\" * 99_000, '"""a' * 49_000):
        start = time.process_time()
        with pytest.raises(QueryError):
            screen_query(text)
        assert time.process_time() - start < 2


# ------------------------------------------------------------------------------------ stopped


def test_an_endless_query_is_stopped(store):
    start = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 0\.5 s"):
        run_sparql(store, ENDLESS, timeout=0.5)
    assert time.monotonic() - start < 3
    assert run_sparql(store, "ASK { ?s ?p ?o }").boolean is True


def test_a_query_that_crashes_the_engine_ends_only_its_child(store):
    with pytest.raises(QueryError, match="nests too deep"):
        run_sparql(store, "ASK { FILTER(" + "!" * 150_000 + "true) }")
    assert run_sparql(store, "ASK { ?s ?p ?o }").boolean is True


@pytest.mark.parametrize(
    ("text", "limits", "message"),
    [
        ("SELECT * { ?s ?p ?o }", Limits(rows=10), "more than 10: add a LIMIT"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", Limits(rows=10), "more than 10: add a LIMIT"),
        ("SELECT * { ?s ?p ?o }", Limits(answer=1 << 10), "larger than 0 MiB"),
        (SWELLING, Limits(memory=64 << 20), "too much memory"),
    ],
)
def test_a_query_past_its_limits_is_told_so(store, text, limits, message):
    with pytest.raises(QueryError, match=message):
        answer_limited(store, text, limits)


def test_nothing_is_left_behind(store, tmp_path):
    def count_files():
        return len(list((tmp_path.__class__("/proc/self/fd")).iterdir()))

    run_sparql(store, "ASK {}")
    before = count_files()
    for _ in range(5):
        run_sparql(store, "ASK {}")
        with pytest.raises(QueryError):
            run_sparql(store, "ASK { ?a }")
        with pytest.raises(QueryError):
            run_sparql(store, ENDLESS, timeout=0.05)
    assert count_files() == before


def test_a_store_on_disk_answers_too(tmp_path):
    with open_graph(tmp_path, create=True) as graph:
        fill_small_graph(graph)
        assert run_sparql(graph, "ASK { id:Japan a kg:State }").boolean is True
    with open_graph(tmp_path, read_only=True) as graph:
        assert run_sparql(graph, "ASK { id:Japan a kg:State }").boolean is True


# ----------------------------------------------------------------------------------- answered


def test_the_usual_prefixes_are_known(store):
    result = run_sparql(store, "SELECT ?x { ?x a kg:State ; rdfs:label 'Japan'@en }")
    assert (result.variables, result.rows) == (("x",), ((ID["Japan"],),))


def test_prefixes_declared_are_left_alone(store):
    assert run_sparql(store, "PREFIX kg: <http://other/> SELECT * { ?x a kg:State }").rows == ()
    with pytest.raises(QueryError, match="a prefix is not declared"):
        run_sparql(store, "ASK { ?x a kg:Y ; unknown:p 'rdfs:label' }")


def test_every_form_and_kind_of_term_comes_back(store):
    text = 'SELECT * { VALUES (?a ?b ?c ?d) { ("x"@en 1 <urn:a> UNDEF) } }'
    assert run_sparql(store, text).rows == (
        (
            Literal("x", lang="en"),
            Literal("1", datatype=XSD.integer, normalize=False),
            URIRef("urn:a"),
            None,
        ),
    )
    assert isinstance(run_sparql(store, "SELECT (BNODE() AS ?x) {}").rows[0][0], BNode)
    assert run_sparql(store, "CONSTRUCT { id:Japan a ?x } WHERE { VALUES ?x { kg:State } }").triples
    assert run_sparql(store, "DESCRIBE id:Japan").triples


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * {\n  ?s rdfs:label }", "line 2, column 17: expected"),
        ("SELECT *\n{ ?s other:p ?o }", "a prefix is not declared"),
        ("ASK { ?s ?p }", "malformed: line 1, column 14"),
    ],
)
def test_mistakes_are_placed_in_the_askers_own_lines(store, text, message):
    with pytest.raises(QueryError, match=message) as caught:
        run_sparql(store, text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    assert caught.value.query == text


@pytest.mark.parametrize(
    ("text", "is_sparql"),
    [
        ("select ?x {}", True),
        ("PREFIX e: <urn:e> ASK {}", True),
        ("withdrawals", False),
        ("# SELECT", False),
        ("'SELECT'", False),
    ],
)
def test_sparql_is_told_from_other_words(text, is_sparql):
    assert looks_like_sparql(text) is is_sparql


# ------------------------------------------------------------------------ names and parameters


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("United States", "United-States"),
        ("the united states", "United-States"),
        ("USA", "United-States"),
        ("U.S.", "United-States"),
        ("Q30", "United-States"),
        ("id:United-States", "United-States"),
        (f"<{ID['United-States']}>", "United-States"),
        (str(ID["United-States"]), "United-States"),
        ("Trump", "Donald-Trump"),
        ("TPP", "TPP"),
        ("Australia", "Australia"),
    ],
)
def test_things_are_found_by_any_of_their_names(store, text, name):
    assert find_things(store, text) == (ID[name],)


def test_several_things_of_one_name_are_all_found():
    with open_memory_graph() as graph:
        named = [(ID[name], RDFS.label, Literal("The Summit", lang="en")) for name in ("b", "a")]
        graph.replace(DOC, named)
        assert find_things(graph, "The Summit") == (ID["a"], ID["b"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Jpan", "did you mean Japan"),
        ("zzzzzzzz", "no thing in the graph is named 'zzzzzzzz'$"),
        ("id:Nowhere", "is not in the graph"),
        ("State", "no thing in the graph"),
        ("", "names nothing"),
        ("\udcff", "names nothing"),
        ('"', "no thing"),
    ],
)
def test_unknown_things_are_told_with_close_names(store, text, message):
    with pytest.raises(UnknownTermError, match=message) as caught:
        find_things(store, text)
    assert caught.value.term == text


def test_kinds_are_things_where_asked_for(store):
    assert find_things(store, "state", kinds=True) == (KG.State,)


def test_relations_are_found_by_name_and_label(store):
    for text in ("withdrawsFrom", "withdraws from", "kg:withdrawsFrom", str(KG.withdrawsFrom)):
        assert find_relation(store, text) == KG.withdrawsFrom
    assert find_relation(store, "a") == RDF.type
    with pytest.raises(UnknownTermError, match="did you mean withdrawsFrom"):
        find_relation(store, "withdrawFrom")


def test_labels_are_fetched(store):
    labels = fetch_labels(store, [ID["Japan"], KG.alliedWith, DOC, ID["nothing"]])
    assert labels == {
        ID["Japan"]: "Japan",
        KG.alliedWith: "is allied with",
        DOC: "The Alliance",
    }


@pytest.mark.parametrize(
    ("name", "parameters", "error", "message"),
    [
        ("withdrawals", {"who": "x"}, QueryError, "no parameter 'who': it takes actor"),
        ("holders", {"who": "x"}, QueryError, "it takes none"),
        ("effects", {}, QueryError, "effects needs on="),
        ("timeline", {"since": "soon"}, QueryError, "since=soon is no date"),
        ("timeline", {"since": "2017-13"}, QueryError, "is no date"),
        ("withdrawals", {"actor": " "}, QueryError, "actor is empty"),
        ("withdrawals", {"actor": "Atlantis"}, UnknownTermError, "no thing"),
        ("frames", {"relation": "loves"}, UnknownTermError, "no relation"),
    ],
)
def test_wrong_parameters_are_told(store, name, parameters, error, message):
    with pytest.raises(error, match=message):
        run_question(store, QUESTIONS[name], parameters)


def test_values_cannot_leave_their_place(store):
    words = '" } SELECT * { ?s ?p ?o } #'
    assert run_question(store, QUESTIONS["claims"], {"words": words}).rows == ()


def test_an_unknown_question_is_told_with_close_names():
    assert find_question(QUESTIONS, "allies").name == "allies"
    with pytest.raises(QueryError, match="did you mean withdrawals"):
        find_question(QUESTIONS, "withdrawls")
    with pytest.raises(QueryError, match="kg questions lists them"):
        find_question(QUESTIONS, "zzzz")


# ------------------------------------------------------------------------------------ results

ROWS = QueryResult(
    variables=("thing", "said"),
    rows=(
        (ID["Japan"], Literal('a "b",\nc', lang="en")),
        (BNode("x"), None),
        (None, Literal("1", datatype=XSD.integer)),
    ),
)


def test_rows_as_json():
    found = json.loads(format_json(ROWS))
    assert found["head"]["vars"] == ["thing", "said"]
    assert found["results"]["bindings"] == [
        {
            "thing": {"type": "uri", "value": str(ID["Japan"])},
            "said": {"type": "literal", "value": 'a "b",\nc', "xml:lang": "en"},
        },
        {"thing": {"type": "bnode", "value": "x"}},
        {"said": {"type": "literal", "value": "1", "datatype": str(XSD.integer)}},
    ]
    assert json.loads(format_json(QueryResult(boolean=True))) == {"head": {}, "boolean": True}


def test_rows_as_csv():
    assert list(csv.reader(io.StringIO(format_csv(ROWS), newline=""))) == [
        ["thing", "said"],
        [str(ID["Japan"]), 'a "b",\nc'],
        ["_:x", ""],
        ["", "1"],
    ]


def test_triples_are_turtle_and_nothing_else():
    result = QueryResult(triples=((ID["b"], RDF.type, KG.State), (ID["a"], RDF.type, KG.State)))
    assert format_turtle(result) == (
        f"<{ID['a']}> <{RDF.type}> <{KG.State}> .\n<{ID['b']}> <{RDF.type}> <{KG.State}> .\n"
    )
    for write in (format_json, format_csv):
        with pytest.raises(QueryError, match="triples have no form"):
            write(result)
    with pytest.raises(QueryError, match="truth value"):
        format_csv(QueryResult(boolean=False))
