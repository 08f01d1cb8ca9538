"""Services that speak the Reconciliation API: their manifests, batches, types and properties."""

import json
from urllib.parse import parse_qs

import pytest
from linkers import RETRIEVED, find_one, open_client
from rdflib import URIRef
from servers import break_off, run_server, send, trickle
from services import WD, Services, load_recorded

from kg.errors import LinkError
from kg.http import AttemptError
from kg.iris import ID, KG
from kg.linking.alignment import load_alignment
from kg.linking.reconciliation import DRAFT, V02, ReconciliationLinker, Wishes, read_manifest
from kg.linking.records import LinkQuery

RECORDED = load_recorded("reconciliation")


@pytest.fixture
def server():
    with run_server() as running:
        running.plan = [Services()]
        yield running


@pytest.fixture
def make_linker(tmp_path, server):
    opened = []

    def make(version=V02, wishes=None, **options):
        context = open_client(tmp_path, **options)
        opened.append(context)
        client = context.__enter__()
        return ReconciliationLinker(client, load_alignment(), f"{server.url}/{version}", wishes)

    yield make
    for context in opened:
        context.__exit__(None, None, None)


@pytest.fixture(scope="module")
def validate(shared):
    """Hold JSON against a schema of a version of the specification."""
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    from referencing.jsonschema import DRAFT7

    def check(version, name, value):
        place = shared / "reconciliation" / version / "schemas"
        resources = []
        for path in place.glob("*.json"):
            content = json.loads(path.read_text(encoding="utf-8"))
            resource = referencing.Resource(content, DRAFT7)
            resources += [(content["$id"], resource), (path.name, resource)]
        registry = referencing.Registry().with_resources(resources)
        schema = json.loads((place / f"{name}.json").read_text(encoding="utf-8"))
        jsonschema.Draft7Validator(schema, registry=registry).validate(value)

    return check


def query(*names, kind=KG.State, **more):
    return LinkQuery(ID[names[0].replace(" ", "-")], names, kind, **more)


def read_batch(server, version):
    """The last batch that the server was sent."""
    body = server.requests[-1]
    return json.loads(parse_qs(body)["queries"][0]) if version == V02 else body


# --------------------------------------------------------------------------------- manifests


@pytest.mark.parametrize("version", [V02, DRAFT])
def test_what_the_tests_answer_fits_the_schemas(validate, version):
    validate(version, "manifest", RECORDED["manifests"][version])
    candidates = RECORDED["candidates"][version]
    if version == V02:
        validate(version, "reconciliation-result-batch", {"q0": {"result": candidates}})
    else:
        validate(version, "reconciliation-result-batch", {"results": [{"candidates": candidates}]})


@pytest.mark.parametrize("version", [V02, DRAFT])
def test_every_manifest_of_the_specification_is_read(shared, version):
    place = shared / "reconciliation" / version / "examples" / "manifest" / "valid"
    for path in sorted(place.glob("*.json")):
        value = json.loads(path.read_text(encoding="utf-8"))
        manifest = read_manifest("https://example.org/api", value)
        assert manifest.name == value["name"], path.name
        assert manifest.version in value["versions"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"name": "x"}, "no version"),
        ({"name": "x", "versions": ["0.1"]}, "speaks 0.1"),
        ({"versions": ["0.2"]}, "no manifest"),
        ([], "no manifest"),
        ("<html>", "no manifest"),
    ],
)
def test_what_is_no_manifest_is_refused(value, said):
    with pytest.raises(AttemptError, match=said):
        read_manifest("https://example.org/api", value)


def test_the_newest_version_that_is_known_is_spoken():
    value = {"name": "x", "versions": ["0.1", "1.0-draft"]}
    assert read_manifest("https://a.org", value).version == DRAFT


# ------------------------------------------------------------------------------------ batches


@pytest.mark.parametrize("version", [V02, DRAFT])
@pytest.mark.parametrize("country", [None, "JPN"])
def test_batches_fit_the_schemas(make_linker, server, validate, version, country):
    linker = make_linker(version, Wishes(country="land"))
    queries = [
        query("Japan", country="JPN"),
        query("Ministry of Finance", kind=KG.Government, country=country),
        query("Donald Trump", kind=KG.Person, country="USA"),
        query("Isolationism", kind=KG.Policy),
    ]
    assert len(list(linker.find_candidates(queries))) == 4
    batch = read_batch(server, version)
    validate(version, "reconciliation-query-batch", batch)
    assert len(server.requests) == 2
    assert len(batch if version == V02 else batch["queries"]) == 4
    assert ("land" in json.dumps(batch)) is True


def test_large_runs_are_cut_into_batches(make_linker, server):
    queries = [query(f"Thing {number}") for number in range(60)]
    list(make_linker().find_candidates(queries))
    assert len(server.requests) == 1 + 3


def test_the_type_and_country_are_asked_for_in_wikidata(make_linker, server):
    find_one(make_linker(), query("Georgia"))
    (asked,) = read_batch(server, V02).values()
    assert asked["type"] == "Q6256"
    find_one(make_linker(), query("Georgia", kind=KG.Place, country="USA"))
    (asked,) = read_batch(server, V02).values()
    assert asked["properties"] == [{"pid": "P17", "v": {"id": "Q30"}}]
    assert "Q82794" in asked["type"]


def test_the_operator_knows_better(make_linker, server):
    wishes = Wishes({KG.State: "Land"}, "staat")
    find_one(make_linker(DRAFT, wishes), query("Japan", country="JPN"))
    assert read_batch(server, DRAFT)["queries"][0]["type"] == "Land"
    asked = query("Ministry", kind=KG.Organization, country="JPN")
    find_one(make_linker(DRAFT, wishes), asked)
    conditions = read_batch(server, DRAFT)["queries"][0]["conditions"]
    assert conditions[1] == {
        "matchType": "property",
        "propertyId": "staat",
        "propertyValue": "Japan",
        "required": False,
    }


# --------------------------------------------------------------------------------- candidates


def test_candidates_of_a_service_over_wikidata(make_linker):
    linker = make_linker()
    assert linker.dataset == URIRef("http://www.wikidata.org/")
    assert linker.method == "reconciliation 127.0.0.1"
    (best,) = find_one(linker, query("Japan"))
    assert best.target == URIRef(f"{WD}Q17")
    assert best.retrieved == RETRIEVED
    assert dict(best.parts) == {"name": 1.0, "type": 1.0, "prior": 1.0}


def test_candidates_of_a_service_of_its_own(make_linker, server):
    linker = make_linker(DRAFT)
    assert linker.dataset == URIRef(f"{server.url}/1.0-draft")
    (best,) = find_one(linker, query("Georgia"))
    assert best.target == URIRef("https://example.org/authority/ge")
    assert dict(best.parts)["prior"] == 0.77


def test_a_candidate_that_bears_another_name_is_refused(make_linker, server):
    linker = make_linker()
    wrong = {"id": "Q21707860", "name": "OpenAI", "score": 100, "match": True, "type": []}
    server.plan = [send({"q0": {"result": [wrong]}})]
    assert find_one(linker, query("Paris Agreement", kind=KG.Agreement)) == ()


@pytest.mark.parametrize(
    ("manifest", "identifier", "iri"),
    [
        ({"identifierSpace": "https://a.org/id/"}, "x y", "https://a.org/id/x%20y"),
        ({"identifierSpace": "https://a.org/#"}, "x", "https://a.org/#x"),
        ({"view": {"url": "https://a.org/v/{{id}}.html"}}, "x/1", "https://a.org/v/x/1.html"),
        ({"view": {"url": "https://a.org/v/{+id}"}}, "<x>", "https://a.org/v/%3Cx%3E"),
        ({}, "https://a.org/x", "https://a.org/x"),
    ],
)
def test_identifiers_become_iris(make_linker, server, manifest, identifier, iri):
    row = {"id": identifier, "name": "Japan", "score": 1, "match": False, "type": ["x"]}
    server.plan = [
        send({"name": "x", "versions": ["0.2"], **manifest}),
        send({"q0": {"result": [row, {"id": 5}, {"id": "a"}, 7]}}),
    ]
    assert find_one(make_linker(), query("Japan"))[0].target == URIRef(iri)


def test_identifiers_without_a_meaning_are_refused(make_linker, server):
    row = {"id": "x", "name": "Japan"}
    server.plan = [send({"name": "x", "versions": ["0.2"]}), send({"q0": {"result": [row]}})]
    with pytest.raises(LinkError, match="no view"):
        find_one(make_linker(), query("Japan"))


def test_a_replay_is_the_same_and_batches_may_differ(make_linker):
    first = dict(make_linker(DRAFT).find_candidates([query("Japan"), query("Georgia")]))
    offline = make_linker(DRAFT, offline=True, contact=None)
    for asked, found in first.items():
        assert find_one(offline, asked) == found


# -------------------------------------------------------------------------------- misbehaviour

BAD = [
    send({}, 429, Retry_After="1"), send({}, 429), send({}, 500), send(b'{"q0": {'),
    send(b"<html>", Content_Type="text/html"), send({"q1": {"result": []}}), send([]), break_off,
    trickle,
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("version", [V02, DRAFT])
def test_a_service_that_recovers_is_asked_again(make_linker, server, version, bad):
    linker = make_linker(version)
    server.plan = [bad, Services()]
    assert find_one(linker, query("Japan"))


def test_an_answer_to_another_batch_is_refused(make_linker, server):
    linker = make_linker(DRAFT)
    server.plan = [send({"results": [{"candidates": []}, {"candidates": []}]})]
    with pytest.raises(LinkError, match="no batch"):
        find_one(linker, query("Japan"))
    server.plan = [send({"results": [{"candidates": 5}]})]
    with pytest.raises(LinkError, match="no results"):
        find_one(linker, query("Japan"))


def test_a_place_without_a_service_is_told(make_linker, server):
    server.plan = [send(b"<html>hello</html>", Content_Type="text/html")]
    with pytest.raises(LinkError, match="not JSON but text/html"):
        make_linker()
