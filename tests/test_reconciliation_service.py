"""The graph as a reconciliation service: schemas, judgement, a client of strangers, enemies."""

from __future__ import annotations

import asyncio
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import DCTERMS, RDF, RDFS, SKOS, Literal, URIRef
from serving import make_graph, run_serving, write_token
from small_graph import CLAIMS
from starlette.exceptions import HTTPException

from kg import iris
from kg.iris import ID, KG
from kg.sandbox import Limits
from kg.server.engine import open_engine
from kg.server.reconciliation import catalogue
from kg.server.reconciliation.access import may_read
from kg.server.reconciliation.catalogue import Cataloguer
from kg.server.reconciliation.index import NameIndex, make_key
from kg.server.reconciliation.queries import (
    MOST_QUERIES,
    read_batch,
    read_draft_batch,
    read_extension,
)
from kg.server.settings import Settings
from kg.store import open_graph

EVIL = "<script>alert(\"1\")</script> & 'Co'"
WIKIDATA = "http://www.wikidata.org/entity/"

# Identifier, kind, label, country, other names, Wikidata.
MORE = (
    ("Georgia", "State", "Georgia", "GEO", (), "Q230"),
    ("Georgia-USA", "Place", "Georgia", "USA", ("Peach State",), "Q1428"),
    ("George-H-W-Bush", "Person", "George H. W. Bush", "USA", ("Bush",), "Q23505"),
    ("George-W-Bush", "Person", "George W. Bush", "USA", ("Bush",), "Q207"),
    ("Australia", "State", "Australia", "AUS", (), "Q408"),
    ("Austria", "State", "Austria", "AUT", (), "Q40"),
    ("Washington,-D.C.", "Place", "Washington, D.C.", "USA", ("Washington",), None),
    ("São-Tomé", "State", "São Tomé and Príncipe", "STP", (), None),
    ("evil", "Organization", EVIL, None, ('x" OR 1=1 --', "} UNION { ?s ?p ?o"), None),
    ("World-Trade-Organization", "Organization", "World Trade Organization", None, (), "Q7825"),
)
TERMS = (
    ("George-H-W-Bush", "1989-01-20", "1993-01-20"),
    ("George-W-Bush", "2001-01-20", "2009-01-20"),
)


def describe_more():
    """Namesakes, codes, offices, and names that would do harm where they were not escaped."""
    for name, kind, label, code, others, number in MORE:
        yield ID[name], RDF.type, KG[kind]
        yield ID[name], RDFS.label, Literal(label, lang="en")
        if code:
            yield ID[name], KG.countryCode, Literal(code)
        for other in others:
            yield ID[name], SKOS.altLabel, Literal(other, lang="en")
        if number:
            yield ID[name], SKOS.exactMatch, URIRef(f"{WIKIDATA}{number}")
    yield ID.Japan, RDFS.label, Literal("日本", lang="ja")
    yield ID.Japan, KG.iso2, Literal("JP")
    yield ID.Japan, KG.cowCode, Literal("740")
    yield ID.evil, SKOS.closeMatch, URIRef("javascript:alert(1)")
    yield ID["no-name"], RDF.type, KG.Policy
    for name, start, end in TERMS:
        term = ID[f"{name}-term"]
        yield term, RDF.type, KG.Term
        yield term, KG.officeHolder, ID[name]
        yield term, KG.office, Literal("President", lang="en")
        yield term, KG.ofState, ID["United-States"]
        yield term, KG.validFrom, Literal(start)
        yield term, KG.validUntil, Literal(end)
    membership = ID["wto-japan"]
    yield membership, RDF.type, KG.Membership
    yield membership, KG.member, ID.Japan
    yield membership, KG.body, ID["World-Trade-Organization"]
    yield membership, KG.validFrom, Literal("1995")
    yield membership, DCTERMS.source, Literal("a list")


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    """The small graph with more things."""
    place = make_graph(tmp_path_factory.mktemp("reconciliation") / "graph", small=True)
    with open_graph(place) as store:
        store.replace(URIRef(f"{iris.BASE}graph/more"), describe_more())
    return place


@pytest.fixture(scope="module")
def server(graph):
    """A server of it."""
    # Nobody reads the log, and a full pipe would stop the server.
    with run_serving(graph, "--access-log", "off") as running:
        yield running


def send_form(server, path="/reconcile", **fields):
    """Post a form; values that are no text are written as JSON."""
    texts = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
    }
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    return server.send(path, "POST", urlencode(texts).encode(), sent)


def match(server, query=None, **fields):
    """The candidates of one query."""
    asked = {**({} if query is None else {"query": query}), **fields}
    reply = send_form(server, queries={"q0": asked})
    assert reply.status == 200, reply.text
    return reply.json["q0"]["result"]


def tell(candidates):
    """The identifiers of candidates."""
    return [each["id"] for each in candidates]


def find_match(candidates):
    """The identifier of what was matched, None for nothing; only the first may be."""
    assert not any(each["match"] for each in candidates[1:])
    assert [each["score"] for each in candidates] == sorted(
        (each["score"] for each in candidates), reverse=True
    )
    return candidates[0]["id"] if candidates and candidates[0]["match"] else None


def extend(server, ids, *properties):
    """The values of properties, given by identifier or with settings, by thing."""
    wanted = [each if isinstance(each, dict) else {"id": each} for each in properties]
    reply = send_form(server, extend={"ids": ids, "properties": wanted})
    assert reply.status == 200, reply.text
    return reply.json["rows"]


# ------------------------------------------------------------------------------------- schemas


@pytest.fixture(scope="module", params=["0.2", "1.0-draft"])
def version(request):
    """A version of the protocol."""
    return request.param


@pytest.fixture(scope="module")
def validate(shared):
    """Holds a document against a schema of a version of the specification."""
    pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    from jsonschema import Draft7Validator
    from referencing import Registry
    from referencing.jsonschema import DRAFT7

    def read(version):
        paths = sorted((shared / "reconciliation" / version / "schemas").glob("*.json"))
        schemas = {path.stem: json.loads(path.read_text()) for path in paths}
        named = [(schema["$id"], DRAFT7.create_resource(schema)) for schema in schemas.values()]
        return schemas, Registry().with_resources(named)

    read_versions = {version: read(version) for version in ("0.2", "1.0-draft")}

    def check(version, name, document):
        schemas, registry = read_versions[version]
        errors = Draft7Validator(schemas[name], registry=registry).iter_errors(document)
        assert not [error.message for error in errors]
        return document

    return check


def test_the_schemas_tell_right_from_wrong(shared, validate, version):
    examples = shared / "reconciliation" / version / "examples"
    for name in ("manifest", "data-extension-response", "reconciliation-query-batch"):
        for path in sorted((examples / name / "valid").glob("*.json")):
            validate(version, name, json.loads(path.read_text()))
    for path in sorted((examples / "data-extension-response" / "invalid").glob("*.json")):
        with pytest.raises(AssertionError):
            validate(version, "data-extension-response", json.loads(path.read_text()))


def test_the_manifest_is_valid(server, validate):
    manifest = validate("0.2", "manifest", server.ask("/reconcile").json)
    assert manifest["versions"] == ["0.2"]
    assert manifest["batchSize"] == MOST_QUERIES
    kinds = [each["id"] for each in manifest["defaultTypes"]]
    assert kinds[0] == "Entity"
    assert {"State", "Person", "Policy"} < set(kinds)
    assert "Actor" not in kinds
    assert manifest == server.ask("/reconcile/").json
    draft = validate("1.0-draft", "manifest", server.ask("/reconcile/1.0-draft").json)
    assert draft["standardizedScore"] is True


def test_every_address_of_the_manifest_leads_somewhere(server):
    manifest = server.ask("/reconcile").json
    places = [manifest[name]["url"].replace("{{id}}", "Japan") for name in ("view", "preview")]
    for name, identifier in (("entity", "Japan"), ("type", "State"), ("property", "iso2")):
        offered = manifest["suggest"][name]
        places.append(f"{offered['service_url']}{offered['service_path']}?prefix=j")
        flyout = f"{offered['flyout_service_url']}{offered['flyout_service_path']}"
        places.append(flyout.replace("${id}", identifier))
    proposing = manifest["extend"]["propose_properties"]
    places.append(f"{proposing['service_url']}{proposing['service_path']}?type=State")
    for place in places:
        assert place.startswith(server.base)
        assert server.ask(place.removeprefix(server.base)).status == 200, place


def test_candidates_are_valid(server, validate):
    queries = {
        "names": {"query": "Georgia"},
        "none": {"query": "nothing of the kind"},
        "both": {"query": "Bush", "type": "Person", "limit": 1,
                 "properties": [{"pid": "date", "v": 2005},
                                {"pid": "country", "v": ["US", "USA"]}]},
        "properties": {"properties": [{"pid": "wikidata", "v": "Q17"}]},
    }  # fmt: skip
    validate("0.2", "reconciliation-query-batch", queries)
    for reply in (
        send_form(server, queries=queries),
        server.ask(f"/reconcile?queries={quote(json.dumps(queries))}"),
    ):
        batch = validate("0.2", "reconciliation-result-batch", reply.json)
        assert list(batch) == list(queries)
        for result in batch.values():
            for candidate in result["result"]:
                assert 0 <= candidate["score"] <= 100
                names = [feature["id"] for feature in candidate["features"]]
                assert len(names) == len(set(names))
                assert all(0 <= feature["value"] <= 1 for feature in candidate["features"])


def test_candidates_of_the_draft_are_valid(server, validate):
    def name(text, **more):
        return {"matchType": "name", "propertyValue": text, **more}

    def have(property_, value, **more):
        return {"matchType": "property", "propertyId": property_, "propertyValue": value, **more}

    batch = {
        "queries": [
            {"conditions": [name("Georgia"), have("country", "GEO")]},
            {"type": "Person", "limit": 1, "conditions": [name("Bush")]},
            {"conditions": [name("Georgia"), have("country", "USA", required=True)]},
            {"conditions": [name("Georgia"), have("country", "USA", matchQuantifier="none",
                                                  required=True)]},
            {"conditions": [{"matchType": "id", "propertyValue": "Donald-Trump"}]},
            {"conditions": [name("Japann", required=True)]},
            {"conditions": [have("iso2", "JP")]},
        ]
    }  # fmt: skip
    validate("1.0-draft", "reconciliation-query-batch", batch)
    sent = {"Content-Type": "application/json"}
    found = []
    for path in ("match", "reconcile"):
        body = json.dumps(batch).encode()
        reply = server.send(f"/reconcile/1.0-draft/{path}", "POST", body, sent)
        results = validate("1.0-draft", "reconciliation-result-batch", reply.json)["results"]
        found.append([tell(each["candidates"]) for each in results])
    assert found[0] == found[1]
    assert found[0][0][0] == "Georgia"
    assert len(found[0][1]) == 1
    assert found[0][2] == ["Georgia-USA"]
    assert found[0][3] == ["Georgia"]
    assert found[0][4][0] == "Donald-Trump"
    assert found[0][5] == ["Japan"]
    assert found[0][6] == ["Japan"]


def test_suggestions_are_valid(server, validate, version):
    path = "/reconcile" if version == "0.2" else "/reconcile/1.0-draft"
    for name, plural in (("entity", "entities"), ("type", "types"), ("property", "properties")):
        for prefix in ("", "s", "Japan", "nowhere"):
            reply = server.ask(f"{path}/suggest/{name}?prefix={prefix}")
            validate(version, f"suggest-{plural}-response", reply.json)


def test_values_are_valid(server, validate):
    properties = server.ask("/reconcile/properties").json["properties"]
    more = server.ask("/reconcile/properties?type=State").json["properties"]
    wanted = {each["id"]: {"id": each["id"]} for each in (*properties, *more)}
    wanted["officeOf"] = {"id": "officeOf"}
    ids = [name for name, *_ in MORE] + ["Japan", "Donald-Trump", "nobody"]
    query = {"ids": ids, "properties": list(wanted.values())[:30]}
    validate("0.2", "data-extension-query", query)
    found = validate("0.2", "data-extension-response", send_form(server, extend=query).json)
    assert list(found["rows"]) == ids
    assert [each["id"] for each in found["meta"]] == [each["id"] for each in query["properties"]]
    reply = server.send("/reconcile/1.0-draft/extend", "POST", json.dumps(query).encode(),
                        {"Content-Type": "application/json"})  # fmt: skip
    draft = validate("1.0-draft", "data-extension-response", reply.json)
    rows = {
        row["id"]: {each["id"]: each["values"] for each in row["properties"]}
        for row in draft["rows"]
    }
    assert rows == found["rows"]


def test_proposals_are_valid(server, validate, version):
    path = "properties" if version == "0.2" else "1.0-draft/extend/propose"
    for question in ("", "?type=Person", "?type=Person&limit=3", "?type=nonesuch"):
        reply = server.ask(f"/reconcile/{path}{question}")
        found = validate(version, "data-extension-property-proposal", reply.json)
        ids = [each["id"] for each in found["properties"]]
        assert ids[0] == "label"
        assert "date" not in ids
        assert ("office" in ids) == (question == "?type=Person")
    assert len(server.ask("/reconcile/properties?type=Person&limit=3").json["properties"]) == 3


def test_the_examples_of_the_specification_are_taken_or_refused(server, shared):
    examples = shared / "reconciliation/0.2/examples"
    for path in sorted((examples / "reconciliation-query-batch/valid").glob("*.json")):
        reply = send_form(server, queries=path.read_text())
        assert (reply.status, list(reply.json)) == (200, list(json.loads(path.read_text())))
    for path in sorted((examples / "reconciliation-query-batch/invalid").glob("*.json")):
        assert send_form(server, queries=path.read_text()).status == 400, path.name
    for path in sorted((examples / "data-extension-query/valid").glob("*.json")):
        assert send_form(server, extend=path.read_text()).status == 200
    drafts = shared / "reconciliation/1.0-draft/examples/reconciliation-query-batch/valid"
    for path in sorted(drafts.glob("*.json")):
        reply = server.send("/reconcile/1.0-draft/match", "POST", path.read_bytes(),
                            {"Content-Type": "application/json"})  # fmt: skip
        assert reply.status == 200, path.name


# ------------------------------------------------------------------------------------ judgement


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Japan", "Japan"),
        ("JAPAN", "Japan"),
        ("日本", "Japan"),
        ("Sao Tome and Principe", "São-Tomé"),
        ("JPN", "Japan"),
        ("740", "Japan"),
        ("JP", "Japan"),
        ("Trump", "Donald-Trump"),
        ("Donald-Trump", "Donald-Trump"),
        (f"{ID}Donald-Trump", "Donald-Trump"),
        ("WTO", None),
        ("Peach State", "Georgia-USA"),
        ("Washington, D.C.", "Washington,-D.C."),
    ],
)
def test_a_name_is_matched(server, name, found):
    candidates = match(server, name)
    assert find_match(candidates) == found
    assert tell(candidates)[0] == (found or "World-Trade-Organization")


@pytest.mark.parametrize(
    ("name", "first"),
    [("Jappan", "Japan"), ("Trans-Pacific Partnershp", "TPP"), ("the TPP of 2016", "TPP")],
)
def test_a_slip_of_the_pen_is_offered_but_not_matched(server, name, first):
    candidates = match(server, name)
    assert tell(candidates)[0] == first
    assert find_match(candidates) is None


def test_names_that_look_alike_are_not_mixed_up(server):
    assert find_match(match(server, "Austria")) == "Austria"
    assert find_match(match(server, "Australia")) == "Australia"


def test_namesakes_are_left_open_without_more(server):
    candidates = match(server, "Georgia")
    assert tell(candidates)[:2] == ["Georgia", "Georgia-USA"]
    assert find_match(candidates) is None
    assert find_match(match(server, "Bush")) is None


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"type": "State"}, "Georgia"),
        ({"type": "Place"}, "Georgia-USA"),
        ({"type": ["Place", "Policy"]}, "Georgia-USA"),
        ({"type": "Place", "type_strict": "should"}, "Georgia-USA"),
        ({"type": str(KG.State), "type_strict": "should"}, "Georgia"),
        ({"properties": [{"pid": "countryCode", "v": "USA"}]}, "Georgia-USA"),
        ({"properties": [{"pid": "country", "v": "United States"}]}, "Georgia-USA"),
        ({"properties": [{"pid": "country", "v": {"id": "United-States"}}]}, "Georgia-USA"),
        ({"properties": [{"pid": "country", "v": "GEO"}]}, "Georgia"),
        ({"properties": [{"pid": "wikidata", "v": "Q230"}]}, "Georgia"),
        ({"properties": [{"pid": "wikidata", "v": f"{WIKIDATA}Q1428"}]}, "Georgia-USA"),
        ({"properties": [{"pid": "alias", "v": "Peach State"}]}, "Georgia-USA"),
        ({"properties": [{"pid": "type", "v": "state"}, {"pid": "country", "v": "GEO"}]},
         "Georgia"),
    ],
)  # fmt: skip
def test_one_georgia_is_told_from_the_other(server, fields, found):
    candidates = match(server, "Georgia", **fields)
    assert tell(candidates)[0] == found
    assert find_match(candidates) == found


@pytest.mark.parametrize(
    ("date", "found"),
    [("1990", "George-H-W-Bush"), ("1991-02", "George-H-W-Bush"), ("2003-03-20", "George-W-Bush"),
     (2008, "George-W-Bush")],
)  # fmt: skip
def test_one_bush_is_told_from_the_other_by_date(server, date, found):
    candidates = match(server, "Bush", properties=[{"pid": "date", "v": date}])
    assert find_match(candidates) == found
    features = {each["id"]: each["value"] for each in candidates[0]["features"]}
    assert features["time"] == features["property:date"] == 1.0


def test_types_bind_as_the_query_says(server):
    assert tell(match(server, "Georgia", type="Person")) == []
    assert tell(match(server, "Georgia", type="nonesuch")) == []
    for types in (["State", "Territory"], ["Entity", "Actor"]):
        assert tell(match(server, "Georgia", type=types, type_strict="all"))[0] == "Georgia"
    assert tell(match(server, "Georgia", type=["State", "Place"], type_strict="all")) == []
    preferred = match(server, "Georgia", type="Person", type_strict="should")
    assert find_match(preferred) is None
    assert set(tell(preferred)) == {"Georgia", "Georgia-USA"}


def test_what_contradicts_lowers_and_what_agrees_raises(server):
    def score(**fields):
        return match(server, "Georgia", type="State", **fields)[0]["score"]

    plain = score()
    assert score(properties=[{"pid": "wikidata", "v": "Q230"}]) > plain + 15
    assert score(properties=[{"pid": "wikidata", "v": "Q1"}]) < plain - 15
    assert score(properties=[{"pid": "nonesuch", "v": "x"}]) < plain
    assert score(properties=[{"pid": "geonames", "v": "1"}]) == plain


def test_relations_and_memberships_are_compared(server):
    for property_, value in (
        ("alliedWith", "United States"),
        ("alliedWith", {"id": "United-States", "name": "whatever"}),
        ("membership", "World Trade Organization"),
        ("protects", "nobody"),
    ):
        (first, *_) = match(server, "Japan", properties=[{"pid": property_, "v": value}])
        features = {each["id"]: each["value"] for each in first["features"]}
        known = property_ != "protects"
        assert features.get(f"property:{property_}") == (1.0 if known else None)


@pytest.mark.parametrize(
    ("property_", "value", "found"),
    [
        ("wikidata", "Q408", ["Australia"]),
        ("iso2", "JP", ["Japan"]),
        ("cowCode", 740, ["Japan"]),
        ("exactMatch", f"{WIKIDATA}Q207", ["George-W-Bush"]),
        ("membership", {"id": "World-Trade-Organization"}, ["Japan"]),
        ("officeOf", "United States", ["George-H-W-Bush", "George-W-Bush", "Donald-Trump"]),
        ("label", "Austria", ["Austria"]),
        ("nonesuch", "x", []),
    ],
)
def test_things_are_found_by_properties_alone(server, property_, value, found):
    candidates = match(server, properties=[{"pid": property_, "v": value}])
    assert sorted(tell(candidates)) == sorted(found)


def test_the_limit_is_kept(server):
    assert len(match(server, "Georgia", limit=1)) == 1
    assert len(match(server, "Georgia", limit=1000.0)) > 1


def test_queries_of_a_batch_are_independent(server):
    names = [label for _, _, label, *_ in MORE] + ["Japan", "Trump"]
    together = send_form(
        server, queries={str(i): {"query": name} for i, name in enumerate(names)}
    ).json
    for i, name in enumerate(names):
        assert together[str(i)]["result"] == match(server, name)


def test_a_single_query_is_answered(server):
    for text in ("Japan", '{"query": "Japan", "type": "State"}'):
        for reply in (
            server.ask(f"/reconcile?query={quote(text)}"),
            send_form(server, query=text),
        ):
            assert find_match(reply.json["result"]) == "Japan"


def test_a_batch_of_ten_is_quick(server):
    queries = {f"q{i}": {"query": name} for i, (_, _, name, *_) in enumerate(MORE)}
    seconds = []
    for _ in range(10):
        began = time.perf_counter()
        assert send_form(server, queries=queries).status == 200
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.1


def test_what_is_written_is_found_at_once(tmp_path):
    graph = make_graph(tmp_path / "graph", small=True)
    with run_serving(graph, "--writable", "--token-file", write_token(tmp_path)) as server:
        assert match(server, "Ruritania") == []
        for label in ("Ruritania", "Kravonia"):
            triples = f'<{ID}r> a <{KG.State}> ; <{RDFS.label}> "{label}"'
            text = f"INSERT DATA {{ GRAPH <x:g> {{ {triples} }} }}"
            assert server.update(text).status == 204
            assert find_match(match(server, label)) == "r"
        assert server.update("DELETE WHERE { GRAPH <x:g> { ?s ?p ?o } }").status == 204
        assert match(server, "Ruritania") == []


def test_many_may_ask_while_others_write(tmp_path):
    graph = make_graph(tmp_path / "graph", small=True)
    options = ("--writable", "--token-file", write_token(tmp_path), "--access-log", "off")
    with run_serving(graph, *options) as server:

        def ask(number):
            if number % 4:
                return find_match(match(server, "Japan"))
            text = f"INSERT DATA {{ <x:{number}> <x:p> {number} }}"
            return "Japan" if server.update(text).status == 204 else None

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(ask, range(40))) == {"Japan"}


def test_an_empty_graph_has_nothing_to_match(tmp_path):
    with run_serving(make_graph(tmp_path / "graph")) as server:
        assert server.ask("/reconcile").json["defaultTypes"] == []
        assert match(server, "Japan") == []
        assert server.ask("/reconcile/suggest/entity?prefix=").json == {"result": []}


# ------------------------------------------------------------------------ suggestions, previews


def suggest(server, name, prefix, cursor=""):
    """The identifiers that are suggested."""
    path = f"/reconcile/suggest/{name}?prefix={quote(prefix, safe='')}&cursor={cursor}"
    return [each["id"] for each in server.ask(path).json["result"]]


def test_things_are_suggested_by_what_is_typed(server):
    assert suggest(server, "entity", "geor")[:2] == ["George-H-W-Bush", "George-W-Bush"]
    assert suggest(server, "entity", "georgia") == ["Georgia", "Georgia-USA"]
    assert suggest(server, "entity", "trade org") == ["World-Trade-Organization"]
    assert suggest(server, "entity", "Donald-Trump")[0] == "Donald-Trump"
    assert suggest(server, "entity", "bush") == ["George-H-W-Bush", "George-W-Bush"]
    assert suggest(server, "entity", "%") == suggest(server, "entity", "")
    everything = [
        name for cursor in range(0, 40, 10) for name in suggest(server, "entity", "", cursor)
    ]
    assert len(everything) == len(set(everything)) > 20


def test_types_and_properties_are_suggested(server):
    assert suggest(server, "type", "sta")[0] == "State"
    assert suggest(server, "type", "State")[0] == "State"
    assert suggest(server, "type", "force") == ["ArmedForce"]
    assert suggest(server, "property", "iso") == ["iso2"]
    assert suggest(server, "property", "memberOf") == ["memberOf"]
    assert "alliedWith" in suggest(server, "property", "is allied")
    (state,) = [
        each
        for each in server.ask("/reconcile/suggest/type?prefix=state").json["result"]
        if each["id"] == "State"
    ]
    assert "Territory" in [each["id"] for each in state["broader"]]


class Tags(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.links, self.text = set(), [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name == "href"]
        assert not [name for name, _ in attributes if name.startswith("on")]

    def handle_data(self, data):
        self.text += data


def test_a_preview_tells_what_a_thing_is(server):
    reply = server.ask("/reconcile/preview?id=George-W-Bush")
    page = Tags(reply.text)
    for text in ("George W. Bush", "person", "country USA", "also Bush", "President 2001-01-20"):
        assert text in page.text
    assert f"{server.base}/page/id/George-W-Bush" in page.links
    assert f"{WIKIDATA}Q207" in page.links
    assert "claims: 3" in Tags(server.ask("/reconcile/preview?id=US-Japan-alliance").text).text


def test_nothing_of_the_graph_becomes_markup(server):
    reply = server.ask("/reconcile/preview?id=evil")
    page = Tags(reply.text)
    assert EVIL in page.text
    assert page.tags <= {"html", "head", "meta", "title", "style", "body", "h1", "a", "p", "small",
                         "ul", "li"}  # fmt: skip
    assert not [link for link in page.links if not link.startswith("http")]
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors" not in policy
    flyout = server.ask("/reconcile/flyout/entity?id=evil").json
    assert Tags(flyout["html"]).tags == {"h1", "p"}


def test_flyouts_tell_of_all_that_is_suggested(server):
    for name, identifier in (("entity", "Japan"), ("type", "State"), ("property", "alliedWith")):
        flyout = server.ask(f"/reconcile/flyout/{name}?id={identifier}").json
        assert flyout["id"] == identifier
        assert "<p>" in flyout["html"]
        for unknown in ("nonesuch", "%3Cb%3E", ""):
            assert server.ask(f"/reconcile/flyout/{name}?id={unknown}").status == 404
    assert server.ask("/reconcile/preview?id=nonesuch").status == 404
    assert server.ask("/reconcile/preview").status == 404


# ------------------------------------------------------------------------------ data extension


def test_columns_are_filled(server):
    rows = extend(
        server, ["Japan", f"{ID}George-W-Bush", "nobody"], "label", "alias", "type", "country",
        "wikidata", "cowCode", "office", "officeOf", "termStart", "membership", "alliedWith",
        "claims", "articles", "nonesuch",
    )  # fmt: skip
    japan, bush, nobody = rows.values()
    assert list(rows) == ["Japan", f"{ID}George-W-Bush", "nobody"]
    assert {each["str"] for each in japan["label"]} == {"Japan", "日本"}
    assert japan["type"] == [{"str": "state"}]
    assert japan["country"] == [{"id": "Japan", "name": "Japan"}]
    assert japan["cowCode"] == [{"str": "740"}]
    assert japan["membership"] == [
        {"id": "World-Trade-Organization", "name": "World Trade Organization"}
    ]
    assert japan["alliedWith"] == [{"id": "United-States", "name": "United States"}]
    assert japan["claims"] == [
        {"int": sum("Japan" in (subject, object_) for subject, _, object_, _ in CLAIMS)}
    ]
    assert japan["articles"] == [{"str": "The Alliance"}]
    assert bush["office"] == [{"str": "President"}]
    assert bush["termStart"] == [{"date": "2001-01-20T00:00:00Z"}]
    assert bush["officeOf"] == [{"id": "United-States", "name": "United States"}]
    assert bush["alias"] == [{"str": "Bush"}]
    assert bush["wikidata"] == [{"str": "Q207"}]
    assert all(values == [] for values in nobody.values())
    assert japan["nonesuch"] == bush["nonesuch"] == []


def test_settings_change_what_is_given(server):
    def ask(property_, thing="Japan", **settings):
        return extend(server, [thing], {"id": property_, "settings": settings})[thing][property_]

    assert len(ask("label", limit="1")) == 1
    assert ask("label", count=True) == [{"int": 2}]
    assert ask("alliedWith", content="id") == [{"str": "United-States"}]
    assert ask("alliedWith", content="name") == [{"str": "United States"}]
    assert ask("type", content="id") == [{"str": "State"}]
    assert ask("membership", date="1990") == []
    assert ask("membership", date="1995-06") == ask("membership")
    assert ask("office", "George-W-Bush", date="2010") == []
    assert ask("alliedWith", "United-States") == []
    assert ask("alliedWith", "United-States", inferred="true") == [{"id": "Japan", "name": "Japan"}]
    assert ask("claimsAsSubject") == [{"int": 6}]
    assert ask("claimsAsSubject", factual="on") == [{"int": 2}]
    assert ask("claimsHeld", "Donald-Trump") == [{"int": 2}]
    assert ask("mentions", "TPP") == [{"int": 2}]


def test_more_than_one_query_of_the_engine_is_asked_for_many_things(server):
    ids = ["Japan", *(f"nobody-{i}" for i in range(400)), "Austria"]
    rows = extend(server, ids, *(["label"] * 1), "countryCode", "type")
    assert rows["Austria"]["countryCode"] == [{"str": "AUT"}]
    assert len(rows) == len(ids)


# --------------------------------------------------------------------------- a stranger's client


def test_a_client_of_strangers_reconciles_a_column(server):
    reason = "the client `reconciler` is not installed"
    reconciler = pytest.importorskip("reconciler", reason=reason)
    import pandas

    table = pandas.DataFrame(
        {
            "country": ["Japan", "JPN", "Austria", "AUSTRALIA", "Georgia", "United States", "China",
                        "Sao Tome and Principe", "Trans-Pacific Partnership", "Trump", "USA"],
            "code": ["JPN", "JPN", "AUT", "AUS", "GEO", "USA", "CHN", "STP", "", "USA", "USA"],
        }
    )  # fmt: skip
    endpoint = f"{server.base}/reconcile"
    found = reconciler.reconcile(
        table["country"],
        property_mapping={"countryCode": table["code"]},
        reconciliation_endpoint=endpoint,
    )
    matched = dict(zip(found["input_value"], found["id"], strict=True))
    assert matched == {
        "Japan": "Japan", "JPN": "Japan", "Austria": "Austria", "AUSTRALIA": "Australia",
        "Georgia": "Georgia", "United States": "United-States", "China": "China",
        "Sao Tome and Principe": "São-Tomé", "Trans-Pacific Partnership": "TPP",
        "Trump": "Donald-Trump", "USA": "United-States",
    }  # fmt: skip
    assert found["match"].all()
    typed = reconciler.reconcile(
        table["country"][:5], type_id="State", top_res="all", reconciliation_endpoint=endpoint
    )
    assert set(typed["type"]) == {"state"}


# -------------------------------------------------------------------------------- other origins


def test_pages_of_this_machine_may_read_and_others_not(server):
    for origin in ("http://127.0.0.1:3333", "http://localhost:3333", "http://[::1]:1"):
        reply = server.ask("/reconcile", Origin=origin)
        assert reply.headers["access-control-allow-origin"] == origin
        assert "origin" in reply.varies
    for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example", "http://[", ""):
        reply = server.ask("/reconcile", Origin=origin)
        assert "access-control-allow-origin" not in reply.headers
        assert server.ask("/reconcile?callback=f", Referer=f"{origin}/x" if origin else "",
                          Sec_Fetch_Site="cross-site").status == 403  # fmt: skip
    # The rest of the server stays as it is.
    reply = server.ask("/health", Origin="http://localhost:3333")
    assert "access-control-allow-origin" not in reply.headers


def test_preflights_are_answered(server):
    sent = {"Origin": "http://localhost:3333", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type"}  # fmt: skip
    for path in ("/reconcile", "/reconcile/1.0-draft/match", "/reconcile/suggest/entity"):
        reply = server.send(path, "OPTIONS", None, sent)
        assert (reply.status, reply.body) == (204, b"")
        assert reply.headers["access-control-allow-origin"] == sent["Origin"]
        assert "POST" in reply.headers["access-control-allow-methods"]
        assert "content-type" in reply.headers["access-control-allow-headers"].lower()
    reply = server.send("/reconcile", "OPTIONS", None, {**sent, "Origin": "https://evil.example"})
    assert reply.status == 403
    assert "access-control-allow-origin" not in reply.headers


def test_a_server_for_all_lets_every_page_read(graph):
    with run_serving(
        graph, "--base-url", "https://kg.example", "--cors", "https://a.example"
    ) as server:
        for origin in ("https://a.example", "https://b.example"):
            for path in ("/reconcile", "/reconcile/preview?id=Japan", "/reconcile/preview?id=none",
                         "/reconcile?queries=x"):  # fmt: skip
                reply = server.ask(path, Origin=origin)
                assert reply.headers["access-control-allow-origin"] == "*"
        manifest = server.ask("/reconcile").json
        assert manifest["view"]["url"] == "https://kg.example/page/id/{{id}}"
        reply = server.ask("/reconcile?callback=f", Referer="https://b.example/",
                           Sec_Fetch_Site="cross-site")  # fmt: skip
        assert reply.status == 200


def test_named_origins_may_read_a_server_of_this_machine():
    private = Settings(hosts=("127.0.0.1", "localhost"), origins=("https://a.example",))
    assert may_read(private, "https://a.example")
    assert not may_read(private, "https://b.example")
    assert may_read(Settings(hosts=("localhost",), origins=("*",)), "https://b.example")
    assert may_read(Settings(hosts=()), "https://b.example")


def test_old_clients_are_called_back(server):
    plain = server.ask("/reconcile?query=Japan").json
    for name in ("f", "jQuery1_2", "a.b.$c"):
        reply = server.ask(f"/reconcile?query=Japan&callback={name}")
        assert reply.media_type == "text/javascript"
        assert reply.headers["x-content-type-options"] == "nosniff"
        body = re.fullmatch(rf"/\*\*/{re.escape(name)}\((.*)\);", reply.text)
        assert json.loads(body[1]) == plain
    assert server.ask("/reconcile/suggest/type?prefix=s&callback=f").text.startswith("/**/f(")
    reply = server.ask("/reconcile?callback=f", Referer="http://localhost:3333/")
    assert reply.status == 200


@pytest.mark.parametrize(
    "name",
    ["", "1", "f()", "f;alert(1)", "a..b", "a.", "<script>", "f\n", "f%0A", "ünï", "f" * 200,
     "a[0]", "f//", "*/", "eval(x)"],
)  # fmt: skip
def test_what_is_no_name_of_a_function_is_refused(server, name):
    reply = server.ask(f"/reconcile?callback={quote(name, safe='%')}")
    assert (reply.status, reply.media_type) == (400, "text/plain")


# ------------------------------------------------------------------------------------- enemies


HOSTILE = (
    "", " ", '"', "'", "*", "^", "NEAR(a b)", "name:x", "a OR b", "a AND", "-", "(", ")", "{", "}",
    "?s ?p ?o", "<x:y>", "> . ?s ?p ?o . <", '" } UNION { ?s ?p ?o', "'; DROP TABLE names; --", "%",
    "_", "\\", "\x00", "a\x00b", "\n\r\t", "\u2028", "\ufeff", "😀", "日本", "a" * 100_000,
    "the " * 20_000, "\u0301" * 500, "ﷺ" * 300, f"{ID}> ?p ?o . <", f"{ID}Japan\n", "../../etc",
    "javascript:alert(1)", "NaN", "🇯🇵", "ß" * 300,
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_is_more_than_a_text(server, text):
    queries = {
        "name": {"query": text},
        "type": {"query": "Japan", "type": text},
        "types": {"query": text, "type": [text], "type_strict": "all"},
        text[:50] or "x": {"query": "Japan"},
        **{
            f"p{i}": {"query": "Japan", "properties": [{"pid": property_, "v": value}]}
            for i, (property_, value) in enumerate(
                (property_, value)
                for property_ in (text[:1000], "country", "alliedWith", "wikidata", "date", "alias",
                                  "type", "claims", "validFrom")
                for value in (text, {"id": text[:1000], "name": text})
            )
        },
        **{
            f"alone{i}": {"properties": [{"pid": property_, "v": text}]}
            for i, property_ in enumerate(("country", "alliedWith", "wikidata", "iso2", "label"))
        },
    }  # fmt: skip
    if len(text) < 1000:
        reply = send_form(server, queries=queries)
        assert reply.status == 200, reply.text
        assert set(reply.json) == set(queries)
        found = extend(
            server,
            [text, "Japan"],
            {"id": text},
            {
                "id": "label",
                "settings": {
                    "limit": "1",
                    "content": text,
                    "date": text,
                    "count": text,
                    "inferred": text,
                },
            },
        )
        assert len(found["Japan"]["label"]) == 1
        for path in (
            "suggest/entity?prefix=",
            "suggest/type?prefix=",
            "suggest/property?prefix=",
            "properties?type=",
        ):
            assert server.ask(f"/reconcile/{path}{quote(text, safe='')}").status == 200
        for path in ("preview?id=", "flyout/entity?id="):
            assert server.ask(f"/reconcile/{path}{quote(text, safe='')}").status == 404
    else:
        assert send_form(server, queries={"q": {"query": text}}).status == 200
    assert find_match(match(server, "Japan")) == "Japan"


@pytest.mark.parametrize(
    ("queries", "status", "complaint"),
    [
        ("", 400, "not JSON"),
        ("x", 400, "not JSON"),
        ("[]", 400, "must be an object"),
        ('{"q": 1}', 400, "must be an object"),
        ('{"q": {}}', 400, "needs a query or properties"),
        ('{"q": {"query": 1}}', 400, "must be a text"),
        ('{"q": {"query": "x", "limit": 0}}', 400, "positive number"),
        ('{"q": {"query": "x", "limit": -1}}', 400, "positive number"),
        ('{"q": {"query": "x", "limit": true}}', 400, "positive number"),
        ('{"q": {"query": "x", "limit": NaN}}', 400, "not JSON"),
        ('{"q": {"query": "x", "limit": 1e999}}', 400, "not JSON"),
        ('{"q": {"query": "x", "type": {}}}', 400, "must be a list"),
        ('{"q": {"query": "x", "type": [1]}}', 400, "must be a text"),
        ('{"q": {"query": "x", "type_strict": "maybe"}}', 400, "any, all, should"),
        ('{"q": {"query": "x", "props": []}}', 400, "has no field 'props'"),
        ('{"q": {"query": "x", "properties": [{"pid": "a"}]}}', 400, "needs v"),
        ('{"q": {"query": "x", "properties": [{"v": "a"}]}}', 400, "pid must be a text"),
        ('{"q": {"query": "x", "properties": [{"pid": "a", "v": {"x": 1}}]}}', 400, "must be a"),
        ('{"q": {"query": "x", "properties": [{"pid": "a", "v": [[1]]}]}}', 400, "must be a"),
        ('{"q": {"query": "\\ud800"}}', 400, "not JSON"),
        ("[" * 100_000, 400, "not JSON"),
        ('{"q": ' * 5000, 400, "not JSON"),
        ('{"q": {"query": "x", "limit": ' + "9" * 5000 + "}}", 400, "not JSON"),
        (json.dumps({str(i): {"query": "x"} for i in range(MOST_QUERIES + 1)}), 413, "at most"),
        (json.dumps({str(i): {"query": "x", "properties": [{"pid": "a", "v": ["x"] * 100}]}
                     for i in range(30)}), 413, "at most"),
        (json.dumps({"q": {"properties": [{"pid": "a", "v": 1}] * 31}}), 400, "more than 30"),
        (json.dumps({"q": {"properties": [{"pid": "a" * 3000, "v": 1}]}}), 400, "too long"),
    ],
)  # fmt: skip
def test_malformed_queries_are_refused_in_one_line(server, queries, status, complaint):
    reply = send_form(server, queries=queries)
    assert (reply.status, reply.media_type) == (status, "text/plain")
    assert complaint in reply.text
    assert reply.text.count("\n") == 1
    assert len(reply.text) < 300


@pytest.mark.parametrize(
    ("extension", "status"),
    [
        ("x", 400),
        ("[]", 400),
        ("{}", 400),
        ('{"ids": []}', 400),
        ('{"ids": "Japan", "properties": []}', 400),
        ('{"ids": [1], "properties": []}', 400),
        ('{"ids": [], "properties": ["label"]}', 400),
        ('{"ids": [], "properties": [{"id": "label", "settings": []}]}', 200),
        ('{"ids": [], "properties": [{"id": "label", "settings": [1]}]}', 400),
        ('{"ids": [], "properties": [{"id": "label", "settings": {"limit": "x"}}]}', 400),
        ('{"ids": ["Japan"], "properties": []}', 200),
        (json.dumps({"ids": ["x"] * 501, "properties": []}), 413),
        (json.dumps({"ids": [], "properties": [{"id": "x"}] * 31}), 413),
    ],
)
def test_malformed_extensions_are_refused(server, extension, status):
    assert send_form(server, extend=extension).status == status


def test_other_bodies_and_parameters_are_refused(server):
    def post(path, body, kind):
        return server.send(path, "POST", body, {"Content-Type": kind}).status

    form = "application/x-www-form-urlencoded"
    assert post("/reconcile", b"{}", "application/json") == 415
    assert post("/reconcile", b"queries={}", f"{form}; charset=latin-1") == 415
    assert post("/reconcile", b"a=b", form) == 400
    assert post("/reconcile", b"queries=%ff", form) == 400
    # Told by its head alone, so that the server need not cut off what is being sent.
    headers = {"Content-Type": form, "Content-Length": str(2 << 20)}
    assert server.send("/reconcile", "POST", None, headers).status == 413
    assert post("/reconcile/1.0-draft/match", b"queries={}", form) == 415
    assert post("/reconcile/1.0-draft/match", b"\xff", "application/json") == 400
    assert post("/reconcile/1.0-draft/match", b"{}", "application/json") == 400
    assert server.ask("/reconcile/1.0-draft/match").status == 405
    assert server.ask("/reconcile", "PUT").status == 405
    assert server.ask("/reconcile/nowhere").status == 404
    for question in ("cursor=x", "cursor=-1", "cursor=99999999999"):
        assert server.ask(f"/reconcile/suggest/entity?prefix=a&{question}").status == 400
    assert server.ask("/reconcile/properties?limit=0").status == 400
    assert server.ask("/reconcile/suggest/entity").status == 200


def test_the_usual_protection_holds_here_too(server):
    for path in ("/reconcile", "/reconcile?query=Japan", "/reconcile/suggest/type?prefix=s",
                 "/reconcile?callback=f", "/reconcile?queries=x"):  # fmt: skip
        reply = server.ask(path)
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert server.ask("/reconcile", Host="evil.example").status == 421
    assert server.ask("/reconcile", "HEAD").body == b""


# ----------------------------------------------------------------------------- without a server


texts = st.text(max_size=60)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "query": texts | values,
        "type": texts | st.lists(texts) | values,
        "type_strict": st.sampled_from(["any", "all", "should"]) | values,
        "limit": st.integers(1, 9) | values,
        "properties": st.lists(
            st.fixed_dictionaries({"pid": texts, "v": values}), max_size=3
        ) | values,
        "conditions": st.lists(
            st.fixed_dictionaries(
                {"matchType": st.sampled_from(["name", "id", "property"]), "propertyValue": values},
                optional={"propertyId": texts, "required": values},
            )
        ) | values,
    },
)  # fmt: skip


@given(st.dictionaries(texts, fields | values, max_size=3))
def test_any_json_is_a_batch_or_refused(batch):
    for read, document in (
        (read_batch, batch),
        (read_draft_batch, {"queries": list(batch.values())}),
        (read_extension, batch),
        (read_extension, {"ids": list(batch), "properties": list(batch.values())}),
    ):
        try:
            read(json.dumps(document))
        except HTTPException as error:
            assert error.status_code in (400, 413)
            assert len(error.detail) < 300


@given(st.text(max_size=3000))
def test_any_text_is_a_batch_or_refused(text):
    for read in (read_batch, read_draft_batch, read_extension):
        try:
            read(text)
        except HTTPException as error:
            assert error.status_code == 400


async def read_catalogue(graph, **limits):
    """What the service knows of a graph."""
    engine = await open_engine(graph, limits=Limits(**limits))
    try:
        return await Cataloguer(engine).get()
    finally:
        await engine.close()


def test_a_graph_is_read_in_pages(graph, monkeypatch):
    whole = asyncio.run(read_catalogue(graph))
    monkeypatch.setattr(catalogue, "_PAGE", 7)
    paged = asyncio.run(read_catalogue(graph))
    assert paged.schema == whole.schema
    everything = whole.index.complete("", limit=1000)
    assert len(everything) > 20
    assert paged.index.complete("", limit=1000) == everything
    assert paged.index.read(everything) == whole.index.read(everything)


def test_a_graph_past_the_limits_cannot_be_matched_against(graph):
    with pytest.raises(HTTPException) as caught:
        asyncio.run(read_catalogue(graph, answer=2000))
    assert caught.value.status_code == 503


def test_a_failure_is_not_kept(graph):
    async def ask_twice():
        engine = await open_engine(graph)
        cataloguer = Cataloguer(engine)
        await engine.close()
        for _ in range(2):
            with pytest.raises(HTTPException):
                await cataloguer.get()
        return cataloguer

    asyncio.run(ask_twice())


def make_index(names):
    """An index of things of one kind, each with a name."""
    index = NameIndex(["k"])
    index.add_things([(f"{ID}{i}", "k") for i, _ in enumerate(names)])
    index.add_names([(f"{ID}{i}", name, "0") for i, name in enumerate(names)])
    index.finish()
    return index


@given(st.lists(st.text(max_size=30), min_size=1, max_size=8), st.text(max_size=200))
def test_every_name_is_found_and_no_text_does_harm(names, text):
    index = make_index(names)
    numbers = index.find_by_iri([f"{ID}{i}" for i, _ in enumerate(names)])
    for i, name in enumerate(names):
        if make_key(name):
            number = numbers[f"{ID}{i}"]
            assert number in index.find(name)
            assert number in index.complete(name, limit=len(names))
            assert f"{ID}{i}" in index.find_named(name)
            assert 0 < index.share_name(name)[number] <= 1
    for found in (index.find(text), index.complete(text, limit=3)):
        assert len(index.read(found, text)) == len(found)
    assert len(index.read(numbers.values())) == len(names)


def test_the_same_graph_gives_the_same_index():
    names = [f"{word} {other}" for word in ("Alpha", "Beta") for other in ("One", "Two", "Three")]
    indices = [make_index(names) for _ in range(2)]
    for name in ("Alpha", "One", "Bta", "A"):
        assert len({tuple(index.find(name)) for index in indices}) == 1
        assert len({tuple(index.complete(name, limit=9)) for index in indices}) == 1


def test_codes_are_found_but_are_no_initials():
    index = NameIndex([str(KG.State), str(KG.Person)])
    index.add_things([(f"{ID}a", str(KG.State)), (f"{ID}b", str(KG.Person))])
    index.add_names([(f"{ID}a", "Armenia", "0"), (f"{ID}b", "Angela Merkel", "0")])
    index.add_facts([(f"{ID}a", str(KG.iso2), "AM"), (f"{ID}b", str(KG.countryCode), "DEU")])
    index.finish()
    armenia, merkel = index.find_by_iri([f"{ID}a", f"{ID}b"]).values()
    assert index.find("AM") == [armenia, merkel]
    assert index.find("Angela Merkel") == [merkel]
    assert index.find("DEU") == []
    (thing,) = index.read([armenia])
    assert thing.names == ()
    (thing,) = index.read([armenia], "am")
    assert thing.names == ("AM",)
