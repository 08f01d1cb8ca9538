"""Linked data, descriptions of the server and its graph, and downloads."""

from __future__ import annotations

import json
import re
import warnings

import pytest
from pages import BROWSER, HOSTILE, Elements, check_harmless
from rdflib import DCAT, DCTERMS, RDF, RDFS, SKOS, VOID, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from serving import make_graph, run_serving
from small_graph import DOC
from test_protocol import RDF_TYPES, SD

from kg import iris
from kg.iris import ID, KG
from kg.query.negotiation import GRAPH_TYPES
from kg.rdf import PREFIXES, Format, parse_quads
from kg.server.descriptions import SYNTAXES
from kg.store import open_graph

ODD = ID["São-Tomé"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of the small graph, and of things that are hard to tell well."""
    place = make_graph(tmp_path_factory.mktemp("data") / "graph", small=True)
    many = ID["Many"]
    with open_graph(place) as store:
        store.replace(
            URIRef(iris.BASE + "graph/odd"),
            [
                (ID["Hostile"], RDFS.label, Literal(HOSTILE)),
                (ID["Hostile"], SKOS.note, Literal(HOSTILE, lang="en")),
                (ID["Hostile"], RDFS.seeAlso, URIRef("javascript:alert(1)")),
                (ID["Hostile"], RDFS.seeAlso, URIRef("http://example.org/'onclick='alert(1)")),
                (ODD, RDFS.label, Literal("São Tomé")),
                *((many, KG.affects, ID[f"Part-{number:04}"]) for number in range(2500)),
                *((ID[f"Part-{number:04}"], KG.affects, many) for number in range(1001)),
            ],
        )
    with run_serving(place) as running:
        yield running


def read(reply):
    """The graph that a reply holds."""
    assert reply.status == 200
    with warnings.catch_warnings():
        # rdflib warns of itself when it reads JSON-LD.
        warnings.simplefilter("ignore", DeprecationWarning)
        return Graph().parse(data=reply.body, format=RDF_TYPES[reply.media_type])


def read_links(reply):
    """The targets of a Link header by relation."""
    return {
        rel: target for target, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', reply.headers["link"])
    }


# ---------------------------------------------------------------------------------- linked data


@pytest.mark.parametrize(
    ("accept", "ending"),
    [(None, "ttl"), ("*/*", "ttl"), *((kind, SYNTAXES[kind][0]) for kind in GRAPH_TYPES)],
)
def test_an_iri_leads_to_data(server, accept, ending):
    headers = {"Accept": accept} if accept else {}
    reply = server.send("/id/Japan", headers=headers)
    assert (reply.status, reply.body) == (303, b"")
    assert reply.headers["location"] == f"{server.base}/data/id/Japan.{ending}"
    assert "accept" in reply.varies
    followed = server.ask(f"/data/id/Japan.{ending}")
    assert followed.media_type == (accept if accept in GRAPH_TYPES else "text/turtle")


def test_an_iri_leads_browsers_to_a_page(server):
    reply = server.ask("/id/Japan", Accept=BROWSER)
    assert (reply.status, reply.headers["location"]) == (303, f"{server.base}/page/id/Japan")
    assert server.ask("/id/Japan", Accept="image/png").status == 406


@pytest.mark.parametrize("section", ["id", "article", "ontology", "graph"])
def test_what_the_graph_does_not_know_is_not_found(server, section):
    for path in (f"/{section}/nothing", f"/data/{section}/nothing.ttl", f"/page/{section}/nothing"):
        assert server.ask(path).status == 404


@pytest.mark.parametrize(
    "path",
    ["/id/a%3E%3Cb", "/data/id/%22.ttl", "/id/%ff", "/data/nowhere/x.ttl", "/page/", "/data/",
     "/id/", "/id/a%0Ab", "/data/id/Japan.exe", "/id/Japan%20", "/id/Japan/", "/data/.ttl",
     "/id/x%3E%20%7D%20DROP%20ALL%20%23"],
)  # fmt: skip
def test_odd_paths_find_nothing(server, path):
    assert server.ask(path).status == 404


def test_data_is_what_the_graph_says_in_both_directions(server):
    first = read(server.ask("/data/id/Japan.ttl"))
    japan = ID["Japan"]
    assert (japan, RDFS.label, Literal("Japan", lang="en")) in first
    assert (japan, KG.alliedWith, ID["United-States"]) in first
    assert (ID["United-States"], KG.alliedWith, japan) in first
    assert all(japan in (s, o) for s, _, o in first)
    for ending in ("nt", "jsonld", "rdf"):
        assert isomorphic(read(server.ask(f"/data/id/Japan.{ending}")), first)
    chosen = server.ask("/data/id/Japan", Accept="application/n-triples")
    assert "accept" in chosen.varies
    assert isomorphic(read(chosen), first)
    assert "accept" not in server.ask("/data/id/Japan.nt", Accept="text/turtle").varies


def test_an_article_and_its_parts_are_found(server):
    path = DOC.removeprefix(iris.BASE)
    assert server.ask(f"/{path}").status == 303
    found = read(server.ask(f"/data/{path}.ttl"))
    assert (DOC, RDF.type, KG.Article) in found
    claim = next(found.subjects(KG.inArticle, DOC)).removeprefix(iris.BASE)
    assert server.ask(f"/{claim}").status == 303


def test_a_graph_is_told_whole(server):
    found = read(server.ask("/data/graph/inferred.ttl"))
    assert len(found) == 4
    assert (
        server.ask("/graph/inferred", Accept=BROWSER)
        .headers["location"]
        .endswith("/page/graph/inferred")
    )
    assert server.ask("/page/graph/inferred").status == 200


def test_the_ontology_is_told_with_its_terms(server):
    found = read(server.ask("/data/ontology.ttl"))
    assert (KG.Claim, RDF.type, None) in found
    assert len(found) > 500
    assert server.ask("/ontology").status == 303
    assert f'{server.base}/page/ontology/Claim"' in server.ask("/page/ontology").text


def test_names_beyond_ascii_are_found_however_they_are_escaped(server):
    path = "/id/S%C3%A3o-Tom%C3%A9"
    assert server.ask(path).headers["location"] == f"{server.base}/data{path}.ttl"
    assert (ODD, RDFS.label, None) in read(server.ask(f"/data{path}.ttl"))


def test_what_is_long_comes_in_pages(server):
    pages, path = [], "/data/id/Many.nt"
    while path:
        reply = server.ask(path)
        pages.append(reply.text.splitlines())
        links = read_links(reply)
        assert links["describes"] == str(ID["Many"])
        path = links.get("next", "").removeprefix(server.base)
    assert [len(page) for page in pages] == [2000, 1001, 500]
    assert len({line for page in pages for line in page}) == 3501
    assert read_links(server.ask("/data/id/Many.nt?page=2"))["prev"].endswith("?page=1")
    assert server.ask("/data/id/Many.nt?page=4").status == 404
    for page in ("0", "x", "-1", "1000000", ""):
        assert server.ask(f"/data/id/Many.nt?page={page}").status == 400
    page = server.ask("/page/id/Many?page=2").text
    assert '<a rel="prev" href="?page=1">' in page
    assert '<a rel="next" href="?page=3">' in page


# ---------------------------------------------------------------------------------------- pages


def test_a_page_tells_names_and_leads_on(server):
    page = server.ask("/page/id/Japan")
    assert page.media_type == "text/html"
    found = Elements(page.text)
    assert f"{server.base}/page/id/United-States" in found.links
    assert "United States" in found.text
    assert f"{server.base}/data/id/Japan.jsonld" in found.links
    assert read_links(page)["describes"] == str(ID["Japan"])


@pytest.mark.parametrize("path", ["/page/id/Hostile", "/page/id/Many", "/page/ontology", "/sparql"])
def test_pages_hold_nothing_that_acts(server, path):
    check_harmless(server.ask(path, Accept="text/html"))


def test_what_is_hostile_is_shown_as_text(server):
    found = Elements(server.ask("/page/id/Hostile?page=1").text)
    assert found.text.count(HOSTILE) >= 3
    assert "javascript:alert(1)" in found.text
    assert "http://example.org/'onclick='alert(1)" in found.links


# --------------------------------------------------------------------------------- descriptions


def test_the_service_describes_itself(server):
    found = read(server.ask("/sparql"))
    (service,) = found.subjects(RDF.type, SD.Service)
    assert (service, SD.feature, SD.UnionDefaultGraph) in found
    assert list(found.objects(service, SD.supportedLanguage)) == [SD.SPARQL11Query]
    counts = {
        str(found.value(entry, SD.name)): int(
            found.value(found.value(entry, SD.graph), VOID.triples)
        )
        for entry in found.objects(None, SD.namedGraph)
    }
    assert counts[str(iris.INFERRED_GRAPH)] == 4
    assert len(counts) == 6
    (union,) = found.objects(None, SD.defaultGraph)
    assert int(found.value(union, VOID.triples)) == sum(counts.values())


def test_browsers_get_a_form(server):
    reply = server.ask("/sparql", Accept=BROWSER)
    assert reply.media_type == "text/html"
    assert f'action="{server.base}/sparql"' in reply.text


@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void", "/dcat"])
def test_descriptions_come_in_each_syntax_and_are_stable(server, path):
    first = read(server.ask(path))
    for media_type in sorted(RDF_TYPES):
        reply = server.ask(path, Accept=media_type)
        assert reply.media_type == media_type
        assert isomorphic(read(reply), first)
    assert server.ask(path).body == server.ask(path).body
    assert server.ask(path, Accept="image/png").status == 406


def test_void_tells_what_the_graph_holds(server):
    found = read(server.ask("/.well-known/void"))
    (dataset,) = found.subjects(RDF.type, VOID.Dataset)
    assert found.value(dataset, VOID.sparqlEndpoint) == URIRef(f"{server.base}/sparql")
    assert found.value(dataset, VOID.uriSpace) == Literal(iris.BASE)
    parts = {
        found.value(part, VOID["class"]): int(found.value(part, VOID.entities))
        for part in found.objects(dataset, VOID.classPartition)
    }
    assert parts[KG.State] == 4
    parts = {
        found.value(part, VOID.property) for part in found.objects(dataset, VOID.propertyPartition)
    }
    assert KG.alliedWith in parts
    for dump in found.objects(dataset, VOID.dataDump):
        assert server.ask(dump.removeprefix(server.base), "HEAD").status == 200


def test_dcat_lists_what_can_be_had(server):
    found = read(server.ask("/dcat"))
    (catalogue,) = found.subjects(RDF.type, DCAT.Catalog)
    (dataset,) = found.objects(catalogue, DCAT.dataset)
    distributions = list(found.objects(dataset, DCAT.distribution))
    assert len(distributions) == len(SYNTAXES)
    for distribution in distributions:
        place = found.value(distribution, DCAT.downloadURL).removeprefix(server.base)
        kind = found.value(distribution, DCAT.mediaType).rsplit("media-types/", 1)[1]
        assert server.ask(place, "HEAD").media_type == kind
    (service,) = found.objects(catalogue, DCAT.service)
    assert found.value(service, DCAT.endpointURL) == URIRef(f"{server.base}/sparql")
    assert found.value(dataset, DCTERMS.title)


def test_prefixes_are_given_as_each_syntax_has_them(server):
    context = server.ask("/prefixes")
    assert context.media_type == "application/ld+json"
    assert context.json == {"@context": dict(PREFIXES)}
    assert server.ask("/prefixes", Accept="application/json").json == context.json
    turtle = server.ask("/prefixes", Accept="text/turtle")
    assert dict(Graph().parse(data=turtle.body, format="turtle").namespaces()).keys() >= set(
        PREFIXES
    )
    assert "PREFIX kg: <" in server.ask("/prefixes", Accept="text/plain").text


# ------------------------------------------------------------------------------------ downloads


def test_the_whole_graph_comes_in_every_syntax(server):
    replies = {ending: server.ask(f"/export/concord.{ending}") for ending, _ in SYNTAXES.values()}
    for ending, reply in replies.items():
        assert reply.status == 200
        assert reply.headers["content-disposition"] == f'attachment; filename="concord.{ending}"'
    triples = read(replies["nt"])
    assert isomorphic(read(replies["ttl"]), triples)
    assert isomorphic(read(replies["rdf"]), triples)
    quads = set(parse_quads(replies["nq"].body, Format.NQUADS))
    assert quads == set(parse_quads(replies["trig"].body, Format.TRIG))
    assert {triple for triple, _ in quads} == set(triples)
    assert len({graph for _, graph in quads}) == 6
    assert len(json.loads(replies["jsonld"].body)) > 100
    assert server.ask("/export/concord.xyz").status == 404


# ------------------------------------------------------------------------------------- search


def test_things_and_sentences_are_found_by_words(server):
    found = server.ask("/search?q=Japan&limit=2")
    assert found.status == 200
    assert found.json["hits"][0]["label"] == "Japan"
    assert found.json["hits"][0]["kind"] == "entity"
    again = server.ask("/search?q=Japan&limit=2", If_None_Match=found.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_hits_come_in_pages(server):
    first = server.ask("/search?q=Japan&limit=1")
    assert first.headers["link"] == f'<{server.base}/search?q=Japan&limit=1&page=2>; rel="next"'
    second = server.ask("/search?q=Japan&limit=1&page=2")
    assert second.json["hits"] != first.json["hits"]


def test_names_are_completed(server):
    hits = server.ask("/search?prefix=Jap").json["hits"]
    assert [hit["label"] for hit in hits][:1] == ["Japan"]


@pytest.mark.parametrize(
    "path",
    ["/search", "/search?q=a&prefix=b", "/search?q=a&kind=x", "/search?q=a&limit=0",
     "/search?q=a&limit=%F0%9D%9F%98", "/search?q=a&page=9999", f"/search?q={'a+' * 99}"],
)  # fmt: skip
def test_a_search_that_is_none_is_told(server, path):
    reply = server.ask(path)
    assert (reply.status, reply.body.count(b"\n")) == (400, 1)
