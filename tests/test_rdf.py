"""The border to the RDF engine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, XSD, BNode, Literal, URIRef

from kg import rdf
from kg.errors import OntologyError, QueryError

A, B, P, G = (URIRef(f"http://example.org/{name}") for name in ("a", "b", "p", "g"))

LITERALS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])).map(Literal),
    st.text("abc", min_size=1).map(lambda text: Literal(text, lang="en")),
    st.integers(-(10**12), 10**12).map(
        lambda number: Literal(str(number), datatype=XSD.integer, normalize=False)
    ),
)


def test_turtle_is_read_in_order_with_its_terms(tmp_path):
    path = tmp_path / "x.ttl"
    path.write_text(
        '@prefix e: <http://example.org/> . e:a e:p "x"@en, "y", 3, e:b ; a e:p .', encoding="utf-8"
    )
    assert rdf.read_turtle(path) == [
        (A, P, Literal("x", lang="en")),
        (A, P, Literal("y")),
        (A, P, Literal("3", datatype=XSD.integer)),
        (A, P, B),
        (A, RDF.type, P),
    ]


def test_blank_nodes_have_the_same_names_at_each_reading(tmp_path):
    path = tmp_path / "x.ttl"
    path.write_text("<http://example.org/a> <http://example.org/p> [], (1 2) .", encoding="utf-8")
    triples = rdf.read_turtle(path)
    assert triples == rdf.read_turtle(path)
    assert sum(isinstance(object_, BNode) for _, _, object_ in triples) == 3


def test_bad_turtle_names_file_and_line(tmp_path):
    path = tmp_path / "bad.ttl"
    path.write_text("<http://example.org/a> a <http://example.org/b> .\n, .", encoding="utf-8")
    with pytest.raises(OntologyError, match=r"bad\.ttl line 2") as caught:
        rdf.read_turtle(path)
    assert caught.value.path == path


def test_a_missing_turtle_file_is_an_ontology_error(tmp_path):
    with pytest.raises(OntologyError, match="cannot be read"):
        rdf.read_turtle(tmp_path / "none.ttl")


def test_skolemising_depends_on_content_alone():
    first, second = BNode("x"), BNode("y")
    left = rdf.skolemise([(A, P, first), (first, P, second), (second, P, B)])
    right = rdf.skolemise([(BNode("q"), P, B), (BNode("z"), P, BNode("q")), (A, P, BNode("z"))])
    assert set(left) == set(right)
    assert not any(isinstance(term, BNode) for triple in left for term in triple)


def test_skolemising_a_long_list_does_not_recurse():
    nodes = [BNode(f"n{number}") for number in range(5000)]
    triples = [(a, RDF.rest, b) for a, b in zip(nodes, [*nodes[1:], RDF.nil], strict=True)]
    assert len(set(rdf.skolemise(triples))) == 5000


def test_a_ring_of_blank_nodes_is_refused():
    with pytest.raises(OntologyError, match="ring"):
        rdf.skolemise([(BNode("x"), P, BNode("y")), (BNode("y"), P, BNode("x"))])


@given(st.lists(LITERALS, max_size=5))
def test_what_is_stored_comes_back(literals):
    store = rdf.QuadStore()
    store.change({G: [(A, P, literal) for literal in literals]}, {})
    assert {object_ for _, _, object_, _ in store.triples(G)} == set(literals)


@given(st.lists(LITERALS, max_size=5))
def test_what_is_written_parses_back(literals):
    triples = {(A, P, literal) for literal in literals}
    text = "\n".join(rdf.format_triple(triple) for triple in triples)
    assert {triple for triple, _ in rdf.parse_quads(text.encode(), rdf.Format.NTRIPLES)} == triples


def test_quads_keep_their_graph():
    line = rdf.format_quad((A, P, B, G))
    assert rdf.parse_quads(line.encode(), rdf.Format.NQUADS) == [((A, P, B), G)]


def test_what_does_not_parse_is_a_value_error():
    with pytest.raises(ValueError, match="not trig"):
        rdf.parse_quads(b"{{", rdf.Format.TRIG)


def test_queries_answer_in_rdflib_terms():
    store = rdf.QuadStore()
    store.change({G: [(A, P, Literal("x"))]}, {})
    found = store.query("SELECT ?s ?o ?none { ?s ?p ?o }")
    assert found.variables == ("s", "o", "none")
    assert found.rows == ((A, Literal("x"), None),)
    assert store.query("ASK { ?s ?p ?o }").boolean is True
    assert store.query("ASK { ?s ?p ?o }", default_union=False).boolean is False
    assert store.query("CONSTRUCT WHERE { ?s ?p ?o }").triples == ((A, P, Literal("x")),)


@pytest.mark.parametrize("text", ["SELECT", "SELECT (TRIPLE(<a:a>, <a:a>, <a:a>) AS ?x) {}"])
def test_bad_queries_are_query_errors(text):
    with pytest.raises(QueryError) as caught:
        rdf.QuadStore().query(text)
    assert caught.value.query == text
