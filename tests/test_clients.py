"""Real clients against a running server: curl, SPARQLWrapper, rdflib, and Comunica on Node."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import warnings
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from serving import BEARER, TOKEN, make_graph, run_serving, write_token
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)

from kg.iris import ID, KG

CLIENTS = Path(__file__).parent / "clients"
JAPAN, UNITED_STATES = str(ID["Japan"]), str(ID["United-States"])
ALLIES = f"SELECT ?ally WHERE {{ <{JAPAN}> kg:alliedWith ?ally }}"
KINDS = f"CONSTRUCT {{ <{JAPAN}> a ?kind }} WHERE {{ <{JAPAN}> a ?kind }}"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A writable server of the small graph."""
    place = tmp_path_factory.mktemp("clients")
    graph = make_graph(place / "graph", small=True)
    with run_serving(graph, "--writable", "--token-file", write_token(place)) as running:
        yield running


# ----------------------------------------------------------------------------------------- curl


@pytest.fixture
def curl():
    """Run curl: what it writes."""
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl is not installed")

    def run(*arguments, **options):
        command = [program, "--silent", "--show-error", "--noproxy", "*", *arguments]
        return subprocess.run(
            command, check=True, capture_output=True, timeout=60, **options
        ).stdout

    return run


def test_curl_asks_in_each_way(server, curl):
    url = f"{server.base}/sparql"
    ways = (
        ("--get", "--data-urlencode", f"query={ALLIES}"),
        ("--data-urlencode", f"query={ALLIES}"),
        ("--header", "Content-Type: application/sparql-query", "--data-binary", ALLIES),
    )
    for way in ways:
        found = json.loads(curl(*way, url))["results"]["bindings"]
        assert [row["ally"]["value"] for row in found] == [UNITED_STATES]
    table = curl(
        "--get", "--data-urlencode", f"query={ALLIES}", "--header", "Accept: text/csv", url
    )
    assert list(csv.reader(io.StringIO(table.decode()))) == [["ally"], [UNITED_STATES]]


def test_curl_gets_packed_answers_and_follows_linked_data(server, curl):
    turtle = curl("--compressed", "--location", "--header", "Accept: text/turtle",
                  f"{server.base}/id/Japan")  # fmt: skip
    assert (URIRef(JAPAN), RDF.type, KG.State) in Graph().parse(data=turtle, format="turtle")
    head = curl("--head", f"{server.base}/id/Japan").decode()
    assert re.match(r"HTTP/1.1 303 ", head)


def test_curl_writes_and_reads_a_graph(server, curl, tmp_path):
    place = f"{server.base}/graphs?graph=urn:x:curl"
    (tmp_path / "a.ttl").write_text('<urn:x:a> <urn:x:b> "é" .\n')
    token = ("--header", f"Authorization: Bearer {TOKEN}")
    status = ("--output", os.devnull, "--write-out", "%{http_code}")
    turtle = ("--header", "Content-Type: text/turtle")
    assert curl(*status, "--upload-file", tmp_path / "a.ttl", *turtle, place) == b"401"
    assert curl(*status, "--upload-file", tmp_path / "a.ttl", *turtle, *token, place) == b"201"
    part = f"file=@{tmp_path / 'a.ttl'};type=text/turtle"
    assert curl(*status, "--form", part, *token, place) == b"204"
    lines = curl("--header", "Accept: application/n-triples", place).decode()
    assert lines.strip() == '<urn:x:a> <urn:x:b> "é" .'
    assert curl(*status, "--request", "DELETE", *token, place) == b"204"


# --------------------------------------------------------------------------------- SPARQLWrapper


@pytest.fixture
def wrapper(server):
    """A SPARQLWrapper of the endpoint."""
    return SPARQLWrapper(f"{server.base}/sparql")


@pytest.mark.parametrize(
    ("method", "way"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]
)
def test_sparqlwrapper_reads_rows_in_every_format(wrapper, method, way):
    wrapper.setMethod(method)
    wrapper.setRequestMethod(way)
    wrapper.setQuery(ALLIES)
    wrapper.setReturnFormat(JSON)
    (row,) = wrapper.queryAndConvert()["results"]["bindings"]
    assert row["ally"] == {"type": "uri", "value": UNITED_STATES}
    wrapper.setReturnFormat(XML)
    found = wrapper.queryAndConvert().getElementsByTagName("uri")
    assert [node.firstChild.data for node in found] == [UNITED_STATES]
    wrapper.setReturnFormat(CSV)
    assert wrapper.queryAndConvert().split() == [b"ally", UNITED_STATES.encode()]
    wrapper.setReturnFormat(TSV)
    assert wrapper.queryAndConvert().split() == [b"?ally", f"<{UNITED_STATES}>".encode()]
    wrapper.setQuery(f"ASK {{ <{JAPAN}> a kg:State }}")
    wrapper.setReturnFormat(JSON)
    assert wrapper.queryAndConvert()["boolean"] is True


@pytest.mark.parametrize("form", [RDFXML, TURTLE, N3, JSONLD])
def test_sparqlwrapper_reads_triples_in_every_format(wrapper, form):
    wrapper.setQuery(KINDS)
    wrapper.setReturnFormat(form)
    with warnings.catch_warnings():
        # rdflib warns of itself when it reads JSON-LD.
        warnings.simplefilter("ignore", DeprecationWarning)
        found = wrapper.queryAndConvert()
    if isinstance(found, bytes):
        found = Graph().parse(data=found, format="turtle")
    assert {tuple(triple[:3]) for triple in found} == {(URIRef(JAPAN), RDF.type, KG.State)}


def test_sparqlwrapper_updates(server, wrapper):
    wrapper.setMethod(POST)
    wrapper.addCustomHttpHeader("Authorization", BEARER["Authorization"])
    for way in (URLENCODED, POSTDIRECTLY):
        wrapper.setRequestMethod(way)
        wrapper.setQuery(
            f"INSERT DATA {{ GRAPH <urn:x:wrapper> {{ <urn:x:a> <urn:x:b> '{way}' }} }}"
        )
        wrapper.query()
    rows = server.query("SELECT ?o { GRAPH <urn:x:wrapper> { ?s ?p ?o } }").json["results"]
    assert sorted(row["o"]["value"] for row in rows["bindings"]) == sorted(
        (URLENCODED, POSTDIRECTLY)
    )


# ----------------------------------------------------------------------------------------- rdflib


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rdflib_asks(server, method, form):
    store = SPARQLStore(f"{server.base}/sparql", method=method, returnFormat=form)
    graph = Graph(store)
    found = {str(row[0]).strip("<>") for row in graph.query(ALLIES, initNs={"kg": KG})}
    assert found == {UNITED_STATES}
    if form in ("json", "xml"):
        assert bool(graph.query(f"ASK {{ <{JAPAN}> a <{KG.State}> }}"))
        assert graph.value(URIRef(JAPAN), RDFS.label) == Literal("Japan", lang="en")
        assert (URIRef(JAPAN), RDF.type, KG.State) in graph
        assert len(graph) > 500
    if form == "xml":
        # With any other form rdflib takes rows only, whatever it asks.
        assert list(graph.query(KINDS)) == [(URIRef(JAPAN), RDF.type, KG.State)]


def test_rdflib_updates(server):
    store = SPARQLUpdateStore(
        f"{server.base}/sparql", f"{server.base}/sparql", headers=dict(BEARER)
    )
    graph = Graph(store, identifier=URIRef("urn:x:rdflib"))
    triple = (URIRef("urn:x:a"), URIRef("urn:x:b"), Literal("é", lang="fr"))
    graph.add(triple)
    assert list(graph) == [triple]
    assert triple in graph
    graph.update("INSERT DATA { <urn:x:a> <urn:x:b> 2 }")
    assert len(graph) == 2
    graph.remove(triple)
    assert len(graph) == 1
    refused = Graph(
        SPARQLUpdateStore(f"{server.base}/sparql", f"{server.base}/sparql"),
        identifier=URIRef("urn:x:rdflib"),
    )
    with pytest.raises(Exception, match="401"):
        refused.add(triple)


# --------------------------------------------------------------------------------------- Comunica


@pytest.fixture(scope="module")
def comunica():
    """Where Comunica is installed."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    place = Path(os.environ.get("KG_TEST_CLIENTS", "nowhere"))
    if not (place / "node_modules/@comunica/query-sparql").is_dir():
        pytest.skip("no Comunica: copy tests/clients to a folder, run npm ci --ignore-scripts in "
                    "it, and set KG_TEST_CLIENTS to it")  # fmt: skip
    return place


def test_comunica_asks_follows_and_updates(server, comunica):
    command = ["node", CLIENTS / "ask.mjs", comunica, server.base, TOKEN]
    done = subprocess.run(command, capture_output=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    assert found["select"] == [{"other": UNITED_STATES}]
    assert [row["object"] for row in found["joined"]] == [UNITED_STATES]
    assert found["ask"] is True
    assert found["construct"] == [[JAPAN, str(RDF.type), str(KG.State)]]
    assert [JAPAN, str(RDFS.label), "Japan"] in found["followed"]
    assert found["updated"] == [{"o": "from Comunica"}]


def test_the_lock_file_names_no_server():
    text = (CLIENTS / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "https://registry" not in text
