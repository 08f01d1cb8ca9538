"""GeoNames: states and places by name, within its credits."""

import pytest
from linkers import RETRIEVED, find_one, open_client
from rdflib import URIRef
from servers import break_off, run_server, send, trickle
from services import PATHS, Services

from kg.errors import LinkError
from kg.iris import ID, KG
from kg.linking.alignment import load_alignment
from kg.linking.geonames import FEATURE, GeonamesLinker
from kg.linking.records import LinkQuery


@pytest.fixture
def server():
    with run_server() as running:
        running.plan = [Services()]
        yield running


@pytest.fixture
def client(tmp_path):
    with open_client(tmp_path) as opened:
        yield opened


def make_linker(client, server, account="tester"):
    return GeonamesLinker(
        client, load_alignment(), account=account, search=server.url + PATHS["geonames"]
    )


def query(*names, kind=KG.Place, **more):
    return LinkQuery(ID[names[0].replace(" ", "-")], names, kind, **more)


def test_an_account_is_needed(client, server):
    for account in (None, ""):
        with pytest.raises(LinkError, match="--geonames-user"):
            make_linker(client, server, account)


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (query("Georgia", kind=KG.State, countries=("RUS",)), 614540),
        (query("Georgia", country="USA"), 4197000),
        (query("Tokyo", country="JPN"), 1850147),
        (query("Washington DC", country="USA"), 4140963),
    ],
)
def test_states_and_places_are_found(client, server, asked, number):
    best, *_ = find_one(make_linker(client, server), asked)
    assert best.target == URIRef(f"{FEATURE}{number}/")
    assert best.retrieved == RETRIEVED
    assert dict(best.parts)["type"] == 1.0


def test_the_country_comes_first_where_it_is_known(client, server):
    find_one(make_linker(client, server), query("Washington", country="USA"))
    assert "countryBias=US" in server.requests[0]
    assert "featureClass" not in server.requests[0]
    find_one(make_linker(client, server), query("Georgia", kind=KG.State))
    assert "featureClass=A" in server.requests[1]


def test_what_is_no_place_is_not_asked_for(client, server):
    assert find_one(make_linker(client, server), query("Donald Trump", kind=KG.Person)) == ()
    assert server.requests == []


def test_the_account_is_not_kept(client, server, tmp_path):
    find_one(make_linker(client, server), query("Tokyo"))
    assert "username=tester" in server.requests[0]
    assert b"tester" not in (tmp_path / "services.sqlite").read_bytes()


def test_a_place_that_bears_another_name_is_refused(client, server):
    row = {"geonameId": 1, "name": "Springfield", "fcl": "P", "fcode": "PPL"}
    server.plan = [send({"geonames": [row, {"geonameId": "x"}, {"geonameId": 2}, 7]})]
    assert find_one(make_linker(client, server), query("Tokyo")) == ()


@pytest.mark.parametrize("code", [11, 15])
def test_nothing_found_is_no_error(client, server, code):
    server.plan = [send({"status": {"message": "no result", "value": code}})]
    assert find_one(make_linker(client, server), query("Nowhere")) == ()


@pytest.mark.parametrize(
    ("code", "said", "attempts"),
    [(10, "user does not exist", 1), (18, "same command", 1), (19, "same command", 1),
     (20, "same command", 1), (22, "overloaded", 2)],
)  # fmt: skip
def test_its_errors_are_told(client, server, code, said, attempts):
    message = {10: "user does not exist.", 22: "server overloaded"}.get(code, "limit exceeded")
    server.plan = [send({"status": {"message": message, "value": code}})]
    with pytest.raises(LinkError, match=said):
        find_one(make_linker(client, server), query("Tokyo"))
    assert len(server.requests) == attempts


def test_a_wrong_account_is_told(client, server):
    with pytest.raises(LinkError, match="user does not exist"):
        find_one(make_linker(client, server, "nobody"), query("Tokyo"))


@pytest.mark.parametrize(
    "bad",
    [send({}, 429, Retry_After="1"), send({}, 500), send(b'{"geonames": ['), send(b"<html>"),
     send({"status": {"message": "database timeout", "value": 13}}), send([]), break_off, trickle],
)  # fmt: skip
def test_a_service_that_recovers_is_asked_again(client, server, bad):
    server.plan = [bad, Services()]
    assert find_one(make_linker(client, server), query("Tokyo"))
