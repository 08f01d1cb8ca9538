"""The SPARQL 1.1 Protocol: its rules one by one, and the W3C's tests from their manifests."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, RDFS, Graph, Namespace
from rdflib.collection import Collection
from serving import BEARER, make_graph, run_serving, write_token
from starlette.exceptions import HTTPException

from kg.query.requests import QueryRequest, UpdateRequest
from kg.server.parameters import (
    FORM,
    QUERY,
    UPDATE,
    ContentType,
    decode_parameters,
    is_iri,
    read_content_type,
    read_operation,
)

ROOT = Path(__file__).parent.parent
SUITES = Path(os.environ.get("KG_SHARED", ROOT.parent / "shared")) / "suites/w3c/sparql/sparql11"

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
STATUSES = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
RDF_TYPES = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
}


# -------------------------------------------------------------------------- reading parameters


def read(query_string=b"", content=None, body=b""):
    return read_operation(
        query_string, content, body, accept="text/csv", base="http://example.org/sparql"
    )


def refuse(*arguments):
    with pytest.raises(HTTPException) as raised:
        read(*arguments)
    return raised.value.status_code


def test_a_query_comes_by_get_with_its_dataset():
    found = read(b"query=ASK+%7B%7D&named-graph-uri=x:n&default-graph-uri=x:d&other=1")
    assert found == QueryRequest(
        "ASK {}", "text/csv", "http://example.org/sparql", ("x:d",), ("x:n",)
    )
    assert read() is None
    assert read(b"default-graph-uri=x:d") is None


def test_a_query_or_update_comes_by_post_as_a_form_or_directly():
    form = read(b"default-graph-uri=x:a", ContentType(FORM), b"query=ASK%7B%7D&named-graph-uri=x:n")
    assert (form.text, form.default_graphs, form.named_graphs) == ("ASK{}", ("x:a",), ("x:n",))
    assert read(b"", ContentType(QUERY, "utf-8"), "ASK{«é»}".encode()).text == "ASK{«é»}"
    update = read(b"using-graph-uri=x:a", ContentType(UPDATE), b"CLEAR ALL")
    assert update == UpdateRequest("CLEAR ALL", "http://example.org/sparql", ("x:a",))
    form = read(b"", ContentType(FORM), b"update=CLEAR+ALL&using-named-graph-uri=x:n")
    assert (form.text, form.using_named_graphs) == ("CLEAR ALL", ("x:n",))


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((b"update=CLEAR+ALL",), 400),
        ((b"query=a&query=b",), 400),
        ((b"query=a&default-graph-uri=relative",), 400),
        ((b"query=a&named-graph-uri=x:a%20b",), 400),
        ((b"query=a&default-graph-uri=",), 400),
        ((b"query=a&using-graph-uri=x:a",), 400),
        ((b"query=%zz",), 400),
        ((b"query=%4",), 400),
        ((b"query=%ff",), 400),
        ((b"", ContentType(FORM), b""), 400),
        ((b"", ContentType(FORM), b"query=a&update=b"), 400),
        ((b"", ContentType(FORM), b"update=a&update=b"), 400),
        ((b"", ContentType(FORM), b"update=a&default-graph-uri=x:a"), 400),
        ((b"", ContentType(FORM), b"query=\xff"), 400),
        ((b"", ContentType(QUERY), b"\xff"), 400),
        ((b"query=a", ContentType(FORM), b"query=a"), 400),
        ((b"update=a", ContentType(FORM), b""), 400),
        ((b"query=a", ContentType(QUERY), b"a"), 400),
        ((b"", ContentType("text/plain"), b"ASK{}"), 415),
        ((b"", ContentType(""), b"query=ASK{}"), 415),
        ((b"", ContentType(QUERY, "utf-16"), b"ASK{}"), 415),
        ((b"", ContentType(FORM, "iso-8859-1"), b"query=a"), 415),
    ],
)
def test_what_breaks_the_rules_is_refused(arguments, status):
    assert refuse(*arguments) == status


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (None, ContentType("")),
        ("Text/Turtle", ContentType("text/turtle")),
        ("text/turtle ; CharSet=UTF-8", ContentType("text/turtle", "utf-8")),
        ('text/turtle;charset="utf-16"', ContentType("text/turtle", "utf-16")),
        ("a/b; x=1;charset=latin1; y=2", ContentType("a/b", "latin1")),
        ("a/b; mycharset=latin1", ContentType("a/b")),
        ("a/b; charset", ContentType("a/b")),
    ],
)
def test_a_content_type_is_read(header, found):
    assert read_content_type(header) == found


@given(st.lists(st.tuples(st.text(), st.text()).filter(any)))
def test_parameters_come_back_as_they_were_written(parameters):
    written = "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parameters
    )
    assert decode_parameters(written.encode()) == parameters


@given(st.binary(max_size=200))
def test_any_bytes_are_parameters_or_refused(data):
    try:
        decode_parameters(data)
    except HTTPException as error:
        assert error.status_code == 400


@given(st.text())
def test_what_is_taken_for_an_iri_cannot_end_one(text):
    if is_iri(text):
        assert not set(text) & set('<>"{}|^`\\ \n\t')
        assert re.match("[A-Za-z]", text)


# ---------------------------------------------------------------------------------- the server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A writable server of an empty graph."""
    place = tmp_path_factory.mktemp("protocol")
    token = write_token(place)
    graph = make_graph(place / "graph")
    with run_serving(graph, "--writable", "--token-file", token) as running:
        yield running


def test_other_methods_are_refused_and_told(server):
    for method in ("PUT", "DELETE", "PATCH", "NONSENSE"):
        reply = server.ask("/sparql?query=ASK%7B%7D", method, b"")
        assert reply.status == 405
        assert reply.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    reply = server.ask("/sparql", "OPTIONS")
    assert (reply.status, reply.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")


def test_an_update_needs_the_token(server):
    sent = {"Content-Type": UPDATE}
    for credentials in (None, "Basic x", "Bearer", "Bearer \xe9", "Bearer wrong"):
        given_headers = {"Authorization": credentials} if credentials else {}
        reply = server.send("/sparql", "POST", b"CLEAR ALL", {**sent, **given_headers})
        assert reply.status == 401
        assert reply.headers["www-authenticate"].startswith('Bearer realm="concord"')
        form = {"Content-Type": FORM, **given_headers}
        assert server.send("/sparql", "POST", b"update=CLEAR+ALL", form).status == 401
    assert "invalid_token" in reply.headers["www-authenticate"]
    assert server.send("/sparql", "POST", b"CLEAR ALL", {**sent, **BEARER}).status == 204
    lower = {"Authorization": BEARER["Authorization"].replace("Bearer", "bearer")}
    assert server.send("/sparql", "POST", b"CLEAR ALL", {**sent, **lower}).status == 204


def test_an_acknowledged_update_is_seen_at_once(server):
    for number in range(3):
        assert (
            server.update(f"INSERT DATA {{ GRAPH <x:seen> {{ <x:s> <x:p> {number} }} }}").status
            == 204
        )
        assert server.query(f"ASK {{ <x:s> <x:p> {number} }}").json["boolean"] is True
    server.update("DROP GRAPH <x:seen>")


def test_results_come_in_every_form(server):
    query = "SELECT ?a ?b { VALUES (?a ?b) { (<x:a> 'é'@fr) (UNDEF 1) } }"
    for wanted, start in (
        ("application/sparql-results+json", b'{"head"'),
        ("application/json", b'{"head"'),
        ("application/sparql-results+xml", b"<?xml"),
        ("application/xml", b"<?xml"),
        ("text/csv", b"a,b\r\nx:a,\xc3\xa9\r\n,1"),
        ("text/tab-separated-values", b'?a\t?b\n<x:a>\t"\xc3\xa9"@fr\n\t1'),
    ):
        reply = server.query(query, Accept=wanted)
        assert (reply.status, reply.media_type) == (200, wanted)
        assert reply.body.startswith(start)
    for wanted in ("text/turtle", "application/n-triples", "application/rdf+xml",
                   "application/ld+json", "application/trig", "application/n-quads"):  # fmt: skip
        reply = server.query("CONSTRUCT { <x:a> <x:b> 'é' } {}", Accept=wanted)
        assert (reply.status, reply.media_type) == (200, wanted)
        assert "é" in reply.text
    assert server.query(query, Accept="text/turtle").status == 406
    assert server.query("ASK {}", Accept="text/csv").status == 406


def test_what_is_wrong_is_told_in_one_line(server):
    reply = server.query("SELECT ?x WHERE { ?x ")
    assert (reply.status, reply.media_type) == (400, "text/plain")
    assert reply.text.count("\n") == 1
    reply = server.query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    assert reply.status == 403
    assert server.update("LOAD <http://127.0.0.1:9/>").status == 403


def test_a_long_query_needs_post_and_has_an_end(server):
    text = "ASK {}" + " " * 100_000
    reply = server.send("/sparql", "POST", text.encode(), {"Content-Type": QUERY})
    assert reply.status == 200
    text = "ASK {}" + " " * (1 << 20)
    reply = server.send("/sparql", "POST", text.encode(), {"Content-Type": QUERY})
    assert reply.status == 413


# --------------------------------------------------------------------------------- the W3C's own


def read_manifest(path):
    """The graph of a manifest and its entries."""
    graph = Graph().parse(path, format="turtle", publicID=path.parent.as_uri() + "/")
    manifest = next(graph.subjects(RDF.type, MF.Manifest))
    return graph, list(Collection(graph, graph.value(manifest, MF.entries)))


def list_entries(*paths):
    """The entries of manifests as parameters of a test."""
    found = []
    for path in paths:
        if not (SUITES / path).is_file():
            reason = "no W3C suites: set KG_SHARED to the folder that holds suites/w3c"
            return [pytest.param(None, None, marks=pytest.mark.skip(reason=reason))]
        graph, entries = read_manifest(SUITES / path)
        found += [pytest.param(graph, entry, id=str(entry).split("#")[1]) for entry in entries]
    return found


def read_requests(graph, entry):
    """The requests of a test: their method, path, headers and body, and the node of the answer."""
    connection = graph.value(entry, MF.action)
    for node in Collection(graph, graph.value(connection, HT.requests)):
        headers = {}
        listed = graph.value(node, HT.headers)
        for header in Collection(graph, listed) if listed else ():
            name = str(graph.value(header, HT.fieldName))
            headers[name] = str(graph.value(header, HT.fieldValue))
        content = graph.value(node, HT.body)
        body = None
        if content is not None:
            encoding = str(graph.value(content, CNT.characterEncoding) or "UTF-8")
            body = str(graph.value(content, CNT.chars)), encoding.lower()
        method = str(graph.value(node, HT.methodName))
        yield (
            method,
            str(graph.value(node, HT.absolutePath)),
            headers,
            body,
            graph.value(node, HT.resp),
        )


def check_status(graph, answer, reply):
    """Hold a status against those that a test allows."""
    allowed = [str(status).split("#")[1] for status in graph.objects(answer, MF.expectedStatus)]
    fits = [
        reply.status // 100 == int(name[10])
        if name.startswith("StatusCode")
        else reply.status == STATUSES[name]
        for name in allowed
    ]
    assert any(fits), (reply.status, allowed, reply.body[:200])


def read_boolean(reply):
    """The answer to an ASK."""
    if reply.media_type.endswith("json"):
        return reply.json["boolean"]
    found = ElementTree.fromstring(reply.body)
    return found.find("{http://www.w3.org/2005/sparql-results#}boolean").text == "true"


@pytest.mark.parametrize(("graph", "entry"), list_entries("protocol/manifest.ttl"))
def test_w3c_protocol(server, graph, entry):
    assert server.update("DROP ALL").status == 204
    for data in graph.objects(entry, UT.graphData):
        name = graph.value(data, RDFS.label)
        lines = Path(str(graph.value(data, UT.graph)).removeprefix("file://")).read_text()
        assert server.update(f"INSERT DATA {{ GRAPH <{name}> {{ {lines} }} }}").status == 204
    for method, path, headers, body, answer in read_requests(graph, entry):
        # The tests know no token; whether one is asked for is tried above.
        data = None if body is None else body[0].encode(body[1])
        reply = server.send(path, method, data, {**headers, **BEARER})
        check_status(graph, answer, reply)
        expected = graph.value(answer, MF.expectedBoolean)
        if expected is not None:
            assert read_boolean(reply) is expected.toPython()
        form = str(graph.value(answer, MF.expectedFormat))
        if form == "RDF":
            assert reply.media_type in RDF_TYPES
        elif form == "tabular":
            assert re.search("sparql-results|csv|tab-separated", reply.media_type)
        elif form == "boolean":
            assert isinstance(read_boolean(reply), bool)


DOMAINS = {
    SD.endpoint: SD.Service,
    SD.feature: SD.Service,
    SD.defaultEntailmentRegime: SD.Service,
    SD.supportedLanguage: SD.Service,
    SD.inputFormat: SD.Service,
    SD.resultFormat: SD.Service,
    SD.defaultDataset: SD.Service,
    SD.defaultGraph: SD.Dataset,
    SD.namedGraph: SD.Dataset,
    SD.name: SD.NamedGraph,
    SD.graph: SD.NamedGraph,
}


@pytest.mark.parametrize(("graph", "entry"), list_entries("service-description/manifest.ttl"))
def test_w3c_service_description(server, graph, entry):
    reply = server.ask("/sparql")
    assert reply.status == 200
    found = Graph().parse(data=reply.body, format=RDF_TYPES[reply.media_type])
    match str(entry).split("#")[1]:
        case "returns-rdf":
            assert len(found) > 10
        case "has-endpoint-triple":
            endpoints = list(found.subject_objects(SD.endpoint))
            assert [str(end) for _, end in endpoints] == [f"{server.base}/sparql"]
            assert (endpoints[0][0], RDF.type, SD.Service) in found
        case "conforms-to-schema":
            for subject, predicate, _ in found:
                if predicate in SD:
                    assert (subject, RDF.type, DOMAINS[predicate]) in found
            for kind, needed in ((SD.Service, SD.endpoint), (SD.Dataset, SD.defaultGraph),
                                 (SD.NamedGraph, SD.name)):  # fmt: skip
                for node in found.subjects(RDF.type, kind):
                    assert len(list(found.objects(node, needed))) == 1
