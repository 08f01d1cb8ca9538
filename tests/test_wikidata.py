"""Wikidata: what its items say, whom names may mean, and what becomes of bad answers."""

import copy

import pytest
from linkers import RETRIEVED, find_one, open_client
from rdflib import SKOS, URIRef
from servers import break_off, run_server, send, trickle
from services import PATHS, WD, Services, load_recorded

from kg.errors import LinkError
from kg.iris import ID, KG
from kg.linking.alignment import load_alignment
from kg.linking.records import LinkQuery, LinkState
from kg.linking.scoring import decide_link
from kg.linking.wikidata import WIKIDATA, WikidataItems, WikidataLinker, list_periods, state_facts
from kg.linking.wikidata_items import PROPERTIES, read_item, read_time, reduce_item
from kg.model import Period

ITEMS = load_recorded("wikidata")["entities"]


@pytest.fixture(scope="module")
def alignment():
    return load_alignment()


@pytest.fixture
def server():
    with run_server() as running:
        running.plan = [Services()]
        yield running


@pytest.fixture
def client(tmp_path):
    with open_client(tmp_path) as opened:
        yield opened


def make_items(client, server, alignment, **options):
    addresses = {
        "api": server.url + PATHS["wikidata"],
        "sparql": server.url + PATHS["wikidata-sparql"],
    }
    return WikidataItems(client, alignment, **addresses, **options)


@pytest.fixture
def linker(client, server, alignment):
    return WikidataLinker(make_items(client, server, alignment), alignment)


def query(*names, kind=KG.State, **more):
    return LinkQuery(ID[names[0].replace(" ", "-")], names, kind, **more)


def change(name, **parts):
    """An item that differs from the recorded one."""
    item = copy.deepcopy(ITEMS[name])
    item.update(parts)
    return {name: item}


# ------------------------------------------------------------------------------------ items


@pytest.mark.parametrize(
    ("time", "precision", "date"),
    [
        ("+2017-01-20T00:00:00Z", 11, "2017-01-20"),
        ("+2017-01-00T00:00:00Z", 10, "2017-01"),
        ("+2017-00-00T00:00:00Z", 9, "2017"),
        ("+2017-01-20T00:00:00Z", 9, "2017"),
        ("+0476-00-00T00:00:00Z", 9, "0476"),
        ("+2017-00-00T00:00:00Z", 11, "2017"),
        ("2017-01-20T00:00:00Z", 11, "2017-01-20"),
        ("+1900-00-00T00:00:00Z", 7, None),
        ("-0660-02-11T00:00:00Z", 11, None),
        ("soon", 11, None),
    ],
)
def test_times_are_as_precise_as_they_are_known(time, precision, date):
    assert read_time(time, precision) == date


def test_an_item_is_reduced_to_what_is_used():
    kept = reduce_item(ITEMS["Q30"], ("en", "ja", "xx"))
    assert kept["labels"] == {"en": "United States", "ja": "アメリカ合衆国"}
    assert set(kept["claims"]) <= PROPERTIES
    item = read_item(kept)
    assert item.find_value("P298") == "USA"
    assert item.find_value("P625") == "39.8282,-98.5795"
    first = item.claims["P6"][0]
    assert (first.value, first.start, first.end) == ("Q76", "2009-01-20", "2017-01-20")
    assert item.sitelinks == 40


def test_unknown_deprecated_and_odd_values_are_left_out():
    item = copy.deepcopy(ITEMS["Q17"])
    statement = copy.deepcopy(item["claims"]["P31"][0])
    statement["rank"] = "deprecated"
    nothing = {"mainsnak": {"snaktype": "novalue", "property": "P576"}, "rank": "normal"}
    odd = {"mainsnak": {"snaktype": "value", "datavalue": {"type": "new", "value": 1}}}
    item["claims"] |= {"P36": [statement], "P576": [nothing], "P571": [odd]}
    item["sitelinks"] = []
    kept = reduce_item(item, ("en",))
    assert {"P36", "P576", "P571"}.isdisjoint(kept["claims"])
    assert kept["sitelinks"] == 0


def test_a_julian_day_is_known_by_its_year_only():
    item = copy.deepcopy(ITEMS["Q230"])
    value = item["claims"]["P571"][0]["mainsnak"]["datavalue"]["value"]
    value["calendarmodel"] = "http://www.wikidata.org/entity/Q1985786"
    assert reduce_item(item, ("en",))["claims"]["P571"][0][0] == "1991"


@pytest.mark.parametrize("raw", [{"id": "Q1", "missing": ""}, {"id": "L5"}, {}])
def test_what_is_no_item_is_none(raw):
    assert reduce_item(raw, ("en",)) is None


def test_the_best_value_is_preferred_or_without_an_end():
    item = read_item(reduce_item(ITEMS["Q22686"], ("en",)))
    assert item.claims["P39"][1].preferred
    assert [each.start for each in item.claims["P39"]] == ["2017-01-20", "2025-01-20"]


def read(name):
    return read_item(reduce_item(ITEMS[name], ("en",)))


@pytest.mark.parametrize(
    ("name", "person", "periods"),
    [
        ("Q132345", True, [Period("2006-09-26", "2007-09-26"), Period("2012-12-26", "2020-09-16")]),
        ("Q7184", False, [Period("1949-04-04", None)]),
        ("Q21707860", False, [Period("2015-12-12", None)]),
        ("Q17", False, []),
    ],
)
def test_periods(name, person, periods):
    assert list(list_periods(read(name), person=person)) == periods


def test_the_facts_of_an_item(alignment):
    kinds = {"Q3624078": (KG.State,)}
    facts = state_facts(read("Q230"), kinds, alignment)
    assert facts.target == URIRef(f"{WD}Q230")
    assert (facts.label, facts.country, facts.kinds) == ("Georgia", "GEO", (KG.State,))
    assert facts.aliases == ("Georgia (country)", "Republic of Georgia", "Sakartvelo")
    assert facts.related == (ID["Tbilisi"],)
    assert 0.6 < facts.prior < 0.7
    trump = state_facts(read("Q22686"), {"Q5": (KG.Person,)}, alignment)
    assert (trump.country, trump.related) == ("USA", (ID["United-States"],))


# ------------------------------------------------------------------------------- candidates


def test_a_state_is_found(linker, server):
    best, *_ = found = find_one(linker, query("Japan", dates=("2018-06-10",)))
    assert best.target == URIRef(f"{WD}Q17")
    assert best.dataset == WIKIDATA
    assert best.retrieved == RETRIEVED
    assert dict(best.parts)["type"] == 1.0
    assert decide_link(found) == (LinkState.LINKED, SKOS.exactMatch)
    assert all("concord-kg" in headers["User-Agent"] for headers in server.headers)


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        (query("Georgia", countries=("RUS", "GEO"), company=(ID.Tbilisi,)), "Q230"),
        (query("Georgia", kind=KG.Place, country="USA", company=(ID.Atlanta,)), "Q1428"),
        (query("Washington, D.C.", "Washington", kind=KG.Place, country="USA"), "Q61"),
        (query("Congo", country="COD"), "Q974"),
        (query("Congo", country="COG"), "Q971"),
        (query("Shinzo Abe", "Abe", kind=KG.Person, dates=("2018-06-10",)), "Q132345"),
        (query("Paris Agreement", kind=KG.Agreement, dates=("2018",)), "Q21707860"),
        (query("NATO", kind=KG.Alliance, dates=("2018",)), "Q7184"),
    ],
)
def test_namesakes_are_told_apart(linker, asked, target):
    assert find_one(linker, asked)[0].target == URIRef(f"{WD}{target}")


def test_a_kind_that_cannot_be_is_not_linked(linker):
    found = find_one(linker, query("Japan", kind=KG.Person))
    assert decide_link(found)[0] is not LinkState.LINKED


def test_several_things_share_their_requests(linker, server):
    queries = [query("Japan"), query("United States", "USA"), query("Nowhere-land")]
    found = dict(linker.find_candidates(queries))
    assert [len(candidates) for candidates in found.values()] == [1, 1, 0]
    asked = [each for each in server.requests if "wbgetentities" in each]
    assert len(asked) == 1
    assert sum("sparql" in each or "P279" in each for each in server.requests) == 1
    before = len(server.requests)
    assert dict(linker.find_candidates(queries)) == found
    assert len(server.requests) == before


def test_a_replay_is_the_same(linker, server, tmp_path, alignment):
    asked = [query("Georgia"), query("Japan")]
    first = list(linker.find_candidates(asked))
    with open_client(tmp_path, offline=True, contact=None) as offline:
        again = WikidataLinker(make_items(offline, server, alignment), alignment)
        assert list(again.find_candidates(asked)) == first


def test_an_item_that_bears_another_name_is_refused(linker, server):
    wrong = {"en": {"language": "en", "value": "OpenAI"}}
    services = Services(change("Q21707860", labels=wrong, sitelinks={}, aliases={}))
    searched = [{"id": "Q21707860", "label": "Paris Agreement"}]

    def answer(handler):
        if "wbsearchentities" in handler.path:
            send({"search": searched, "success": 1})(handler)
        else:
            services(handler)

    server.plan = [answer]
    assert find_one(linker, query("Paris Agreement", kind=KG.Agreement)) == ()


def test_an_item_that_moved_is_found_where_it_is(linker, server):
    moved = change("Q230", redirects={"from": "Q777", "to": "Q230"})
    services = Services({**moved, "Q777": moved["Q230"]})

    def answer(handler):
        if "wbsearchentities" in handler.path:
            send({"search": [{"id": "Q777"}, {"id": "nonsense"}, {}], "success": 1})(handler)
        else:
            services(handler)

    server.plan = [answer]
    assert find_one(linker, query("Georgia"))[0].target == URIRef(f"{WD}Q230")


def test_an_item_that_is_gone_is_no_candidate(linker, server):
    server.plan = [Services({"Q17": None})]
    assert find_one(linker, query("Japan")) == ()


# ------------------------------------------------------------------------------ misbehaviour


@pytest.mark.parametrize(
    "bad",
    [
        send({}, 429, Retry_After="1"),
        send({}, 500),
        send({"error": {"code": "maxlag", "info": "Waiting for a server: 9 seconds lagged"}}),
        send(b'{"search": [{"id"'),
        send(b"<!DOCTYPE html>", Content_Type="text/html"),
        send({"unexpected": True}),
        break_off,
        trickle,
    ],
)
def test_a_service_that_recovers_is_asked_again(linker, server, bad):
    server.plan = [bad, Services()]
    assert find_one(linker, query("Japan"))[0].label == "Japan"


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (send({"error": {"code": "badvalue", "info": "no such action"}}), "no such action"),
        (send({"error": {"code": "maxlag", "info": "lagged"}}), "lagged"),
        (send([1, 2]), "no answer of its API"),
        (send({"success": 1}), "without a list"),
        (send({}, 403), "answers 403"),
    ],
)
def test_what_goes_wrong_is_told(linker, server, bad, said):
    server.plan = [bad]
    with pytest.raises(LinkError, match=said):
        find_one(linker, query("Japan"))


@pytest.mark.parametrize(
    "bad",
    [
        {"entities": {"Q17": {"id": "Q17", "labels": {"en": "not an object"}}}},
        {"entities": {"Q17": {"id": "Q17", "claims": {"P31": [1]}}}},
        {"entities": {"Q17": 5}},
        {"entities": []},
    ],
)
def test_items_of_another_form_are_refused(client, server, alignment, bad):
    server.plan = [send(bad)]
    with pytest.raises(LinkError, match="items"):
        make_items(client, server, alignment).fetch_items(["Q17"])


def test_odd_rows_of_sparql_are_refused(client, server, alignment):
    items = make_items(client, server, alignment)
    for bad in ({}, {"results": {"bindings": [5]}}, {"results": {"bindings": [{"class": {}}]}}):
        server.plan = [send(bad)]
        with pytest.raises(LinkError, match="rows"):
            items.fetch_kinds(["Q5"])


# -------------------------------------------------------------------------------- enrichment


def test_members_come_with_their_dates(client, server, alignment):
    items = make_items(client, server, alignment)
    members, retrieved = items.fetch_members(["Q7184", "Q1065"])["Q7184"]
    assert ["Q183", "1955-05-06", ""] in members
    assert retrieved == RETRIEVED
    assert items.fetch_members(["Q1065"])["Q1065"][0] == []
    assert len(server.requests) == 1


def test_labels_are_fetched_alone(client, server, alignment):
    items = make_items(client, server, alignment)
    labels = items.fetch_labels(["Q11696", "Q999999", "P31"])
    assert labels == {"Q11696": ("President of the United States", RETRIEVED)}
    assert "props=labels" in server.requests[0]


def test_the_classes_beside_our_kinds_are_labelled_and_ours_exist(alignment, vocabulary):
    from rdflib import RDFS

    from kg.rdf import read_turtle
    from kg.vocabulary import ontology_directory

    triples = list(read_turtle(ontology_directory() / "external-kinds.ttl"))
    labelled = {str(s) for s, p, _ in triples if p == RDFS.label}
    classes = {str(o) for _, p, o in triples if p == SKOS.narrowMatch and o.startswith(WD)}
    assert classes == labelled
    assert {kind for kinds in alignment.kinds.values() for kind in kinds} <= set(vocabulary.kinds)


def test_the_alignment_knows_states_by_every_name(alignment):
    assert alignment.countries[f"{WD}Q17"] == alignment.countries["JP"] == "JPN"
    assert alignment.states["PRK"] == "North Korea"
    assert f"{WD}Q884" in alignment.identifiers["KOR"]
    assert alignment.entries[f"{WD}Q22686"] == ID["Donald-Trump"]
