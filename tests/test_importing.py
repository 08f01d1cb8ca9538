"""What was exported comes back: the same quads in the same graphs, byte for byte."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, XSD, Literal, URIRef
from small_graph import fill_small_graph

from kg.corpus.importing import import_files
from kg.errors import GraphError, OntologyError
from kg.export import Format, export_graph, open_target
from kg.store import CHECKED_FILE, CLOSURE_FILE, open_graph, open_memory_graph

LOSSLESS = {Format.TRIG: "trig", Format.NQUADS: "nq", Format.JSONLD: "jsonld"}
LOSSY = {Format.TURTLE: "ttl", Format.NTRIPLES: "nt", Format.RDFXML: "rdf"}

IRIS = st.sampled_from(
    [
        "http://x/", "http://x/a", "http://x/a.b", "http://x/a.", "http://x/é", "http://x/漢字",
        "http://x//a", "http://x/%20%C3%A9", "http://x/(a)?b='c'&d=!$*+,;#e:@/?f", "urn:a:b",
        "http://x/a/../b", "mailto:a@b", "tag:x,2020:y", "http://x:80/~a_-", "HTTP://X/",
        "https://w3id.org/concord/id/", "https://w3id.org/concord/id//a",
        "https://w3id.org/concord/ontology#subject", "https://w3id.org/concord/ontology#label",
        "https://w3id.org/concord/ontology#x", "https://w3id.org/concord/ontology#x:y",
        "http://www.w3.org/2000/01/rdf-schema#label", f"{RDF.type}", f"{RDF.first}", f"{RDF.nil}",
    ]
).map(URIRef)  # fmt: skip
CHARACTERS = st.characters(exclude_categories=["Cs"])
NASTY = st.text("\n\r\t\"'\\ \0\x0c\x85\u2028\ufeff\ufffe{}<>@^_:#.,;漢👾", max_size=8)
TEXTS = st.one_of(st.text(CHARACTERS, max_size=8), NASTY)
LITERALS = st.one_of(
    TEXTS.map(Literal),
    st.builds(
        lambda text, lang: Literal(text, lang=lang), TEXTS, st.sampled_from(["en", "zh-hant"])
    ),
    st.builds(
        lambda text, kind: Literal(text, datatype=kind, normalize=False),
        st.one_of(TEXTS, st.sampled_from(["1", "01", "-0", "1.0", "1.", "1e5", "true", "1" * 25])),
        st.one_of(
            IRIS,
            st.sampled_from(
                [XSD.integer, XSD.decimal, XSD.double, XSD.boolean, XSD.date, XSD.anyURI, RDF.JSON,
                 RDF.HTML, RDF.XMLLiteral]
            ),
        ),
    ),
)  # fmt: skip
GRAPHS = st.dictionaries(
    IRIS,
    st.lists(st.tuples(IRIS, IRIS, st.one_of(IRIS, LITERALS)), min_size=1, max_size=5),
    min_size=1,
    max_size=3,
)


def export(store, format):
    out = io.BytesIO()
    export_graph(store, format, out)
    return out.getvalue()


def export_file(store, format, place):
    """A file of a store; its name tells the format."""
    path = place / f"g.{(LOSSLESS | LOSSY)[format]}"
    with open_target(path) as out:
        export_graph(store, format, out)
    return path


@pytest.fixture(scope="module")
def small():
    with open_memory_graph() as store:
        fill_small_graph(store)
        yield store


@pytest.mark.parametrize("format", LOSSLESS)
def test_a_graph_comes_back_from_its_export(small, tmp_path, format):
    path = export_file(small, format, tmp_path)
    summary = import_files([path], tmp_path / "g")
    assert (summary.quads, summary.graphs) == (len(small), tuple(map(str, small.graphs())))
    with open_graph(tmp_path / "g", read_only=True) as back:
        assert set(back.quads()) == set(small.quads())
        for each in Format:
            assert export(back, each) == export(small, each)


@settings(max_examples=25)
@given(GRAPHS)
def test_any_graph_comes_back_byte_for_byte(graphs):
    with open_memory_graph() as store, TemporaryDirectory() as place:
        store.replace_all(graphs)
        for format in LOSSLESS:
            path = export_file(store, format, Path(place))
            import_files([path], Path(place) / "g", replace=True)
            with open_graph(Path(place) / "g", read_only=True) as back:
                assert export(back, format) == path.read_bytes()
                assert set(back.quads()) == set(store.quads())


def test_several_files_come_together(tmp_path):
    for name in ("a", "b"):
        text = f"<http://x/{name}> <http://x/p> <http://x/o> <http://x/g> .\n"
        (tmp_path / f"{name}.nq").write_text(text, encoding="utf-8")
    summary = import_files(
        [tmp_path / "a.nq", tmp_path / "b.nq", tmp_path / "a.nq"], tmp_path / "g"
    )
    assert (summary.quads, summary.graphs) == (2, ("http://x/g",))


def test_a_graph_that_is_there_is_kept_unless_it_shall_be_replaced(small, tmp_path):
    path = export_file(small, Format.TRIG, tmp_path)
    (tmp_path / "o.nq").write_text("<http://x/s> <http://x/p> <http://x/o> <http://x/g> .\n")
    import_files([tmp_path / "o.nq"], tmp_path / "g")
    with pytest.raises(GraphError, match="--replace"):
        import_files([path], tmp_path / "g")
    with open_graph(tmp_path / "g", read_only=True) as store:
        assert store.graphs() == [URIRef("http://x/g")]
    import_files([path], tmp_path / "g", replace=True)
    with open_graph(tmp_path / "g", read_only=True) as store:
        assert set(store.quads()) == set(small.quads())


def test_what_was_derived_from_the_old_content_goes(small, tmp_path):
    path = export_file(small, Format.TRIG, tmp_path)
    (tmp_path / "g").mkdir()
    for name in (CLOSURE_FILE, CHECKED_FILE):
        (tmp_path / "g" / name).write_bytes(b"x")
    import_files([path], tmp_path / "g", replace=True)
    for name in (CLOSURE_FILE, CHECKED_FILE):
        assert not (tmp_path / "g" / name).exists()


@pytest.mark.parametrize("format", LOSSY)
def test_formats_without_graphs_are_refused(small, tmp_path, format):
    path = export_file(small, format, tmp_path)
    with pytest.raises(GraphError, match="exported as trig, nquads or jsonld"):
        import_files([path], tmp_path / "g")
    assert not (tmp_path / "g").exists()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.nq", "<http://x/s> <http://x/p> .\n", "is not N-Quads"),
        ("a.trig", "<http://x/s> <http://x/p> <http://x/o> .", "does not name the graphs"),
        ("a.trig", "_:g { <http://x/s> <http://x/p> <http://x/o> }", "does not name the graphs"),
        ("a.nq", "", "hold nothing"),
        (
            "a.nq",
            "<http://x/s> <http://x/p> <<( <a:a> <a:a> <a:a> )>> <http://x/g> .",
            "holds what the graph cannot",
        ),
        (
            "a.nq",
            '<http://x/s> <http://x/p> "x"@ar--rtl <http://x/g> .',
            "holds what the graph cannot",
        ),
        ("a.jsonld", '{"@context": "http://x/c", "@id": "http://x/s"}', "is not JSON-LD"),
        ("a.jsonld", "{", "is not JSON-LD"),
    ],
)
def test_what_cannot_be_taken_in_is_told_and_makes_no_graph(tmp_path, name, text, message):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(GraphError, match=message):
        import_files([tmp_path / name], tmp_path / "g")
    assert not (tmp_path / "g").exists()


def test_a_file_that_is_not_there_is_told(tmp_path):
    (tmp_path / "b.nq").mkdir()
    for name, message in (("a.nq", "no such file"), ("b.nq", "cannot be read"), ("c", "syntax")):
        with pytest.raises(GraphError, match=message):
            import_files([tmp_path / name], tmp_path / "g")


def test_blank_nodes_that_graphs_share_stay_one(tmp_path):
    lines = ("<http://x/s> <http://x/p> _:b <http://x/g> .", '_:b <http://x/q> "x" <http://x/h> .')
    (tmp_path / "a.nq").write_text("\n".join(lines), encoding="utf-8")
    import_files([tmp_path / "a.nq"], tmp_path / "g")
    with open_graph(tmp_path / "g", read_only=True) as store:
        (first,) = store.quads(predicate=URIRef("http://x/p"))
        (second,) = store.quads(predicate=URIRef("http://x/q"))
    assert first[2] == second[0]


def test_blank_nodes_in_a_ring_are_refused(tmp_path):
    text = "_:a <http://x/p> _:b <http://x/g> .\n_:b <http://x/p> _:a <http://x/g> .\n"
    (tmp_path / "a.nq").write_text(text, encoding="utf-8")
    with pytest.raises(OntologyError, match="ring"):
        import_files([tmp_path / "a.nq"], tmp_path / "g")
