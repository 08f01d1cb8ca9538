"""Enriching a graph: what the names know at its dates, what Wikidata states, what may be asked."""

import json
from datetime import UTC, datetime

import pytest
from linkers import RETRIEVED, open_client
from rdflib import DCTERMS, PROV, RDF, RDFS, SKOS, XSD, Literal, URIRef
from servers import run_server, send
from services import PATHS, WD, Services
from small_graph import fill_small_graph

from kg.enrichment import enrich_graph
from kg.enrichment.statements import GEO, Source, Span, describe_fact
from kg.enrichment.things import find_dates
from kg.iris import BACKGROUND_GRAPH, ENRICHED_GRAPH, ID, KG, LINKS_GRAPH
from kg.linking.alignment import load_alignment
from kg.linking.wikidata import WikidataItems
from kg.query import run_question
from kg.rdf import read_turtle
from kg.reasoning import close_graph
from kg.store import open_graph, open_memory_graph
from kg.vocabulary import ontology_directory
from kg.vocabulary.questions import load_questions

QUESTIONS = load_questions()
LINKED = {
    "Japan": "Q17",
    "China": "Q148",
    "Donald-Trump": "Q22686",
    "TPP": "Q21707860",
    "US-Japan-alliance": "Q7184",
}


@pytest.fixture(scope="module")
def alignment():
    return load_alignment()


@pytest.fixture
def store():
    with open_memory_graph() as opened:
        fill_small_graph(opened)
        yield opened


@pytest.fixture
def server():
    with run_server() as running:
        running.plan = [Services()]
        yield running


@pytest.fixture
def fetch(server, alignment, tmp_path, store):
    """Enrich the small graph, linked to the recorded items, from the test server."""
    links = [(ID[name], SKOS.exactMatch, URIRef(WD + item)) for name, item in LINKED.items()]
    store.replace(LINKS_GRAPH, links)

    def run(**options):
        with open_client(tmp_path, **options) as client:
            items = WikidataItems(
                client,
                alignment,
                api=server.url + PATHS["wikidata"],
                sparql=server.url + PATHS["wikidata-sparql"],
            )
            return enrich_graph(store, alignment, items=items)

    return run


def list_enriched(store):
    return set(store.triples(ENRICHED_GRAPH))


def find_records(store, kind):
    """The records of a kind, each as its values by local name."""
    triples = list_enriched(store)
    nodes = {s for s, p, o in triples if (p, o) == (RDF.type, kind)}
    found = {node: {} for node in nodes}
    for subject, predicate, value in triples:
        if subject in nodes:
            name = predicate.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
            found[subject][name] = str(value).removeprefix(str(ID)).removeprefix(WD)
    return list(found.values())


def ask(store, name, columns, **parameters):
    result = run_question(store, QUESTIONS[name], parameters)
    places = [result.variables.index(column) for column in columns.split()]
    shown = []
    for row in result.rows:
        cells = [row[place] for place in places]
        shown.append(tuple(None if each is None else str(each).split("/")[-1] for each in cells))
    return shown


# ------------------------------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("start", "end", "date", "covers"),
    [
        ("1951-09-08", None, "2018-06-10", True),
        ("1951", None, "1951-03", True),
        ("1951-09-08", None, "1951", True),
        ("1951-09-08", None, "1951-09-07", False),
        (None, "1977-06-30", "1977", True),
        (None, "1977-06-30", "1977-07", False),
        (None, None, "2018", True),
    ],
)
def test_a_span_covers_a_date_as_far_as_both_are_known(start, end, date, covers):
    assert Span(start, end).covers(date) is covers


def test_the_dates_of_a_graph_are_those_of_articles_claims_and_events(store):
    article = next(graph for graph in store.graphs() if "/graph/article/" in graph)
    assert find_dates(store, [article]) == ["2017-11", "2017-11-05", "2018-06-10"]
    store.replace(
        BACKGROUND_GRAPH,
        [
            *store.triples(BACKGROUND_GRAPH),
            (ID["Trump-shock"], KG.validFrom, Literal("2016-11-08")),
        ],
    )
    store.replace(ENRICHED_GRAPH, [(ID["Trump-shock"], KG.validFrom, Literal("1999"))])
    assert "2016-11-08" in find_dates(store, [article])
    assert "1999" not in find_dates(store, [article])


# -------------------------------------------------------------------------------- from the names


def test_the_names_give_memberships_alliances_and_heads_at_the_dates(store, alignment):
    summary = enrich_graph(store, alignment)
    memberships = find_records(store, KG.Membership)
    pacts = {(each["member"], each["body"]) for each in memberships}
    assert {("Japan", "US-Japan-alliance"), ("United-States", "NATO")} <= pacts
    assert ("United-States", "SEATO") not in pacts
    assert ("Japan", "League-of-Nations") not in pacts
    assert all(each["source"] for each in memberships)
    terms = find_records(store, KG.Term)
    heads = {each["officeHolder"] for each in terms if each["ofState"] == "Japan"}
    assert heads == {"Shinzo-Abe"}
    assert summary.records["memberships"] == len(memberships)
    assert summary.failures == ()


def test_enriching_again_changes_nothing(store, alignment):
    summary = enrich_graph(store, alignment)
    first = list_enriched(store)
    assert enrich_graph(store, alignment) == summary
    assert list_enriched(store) == first


def test_what_enriches_is_no_premise(store, alignment):
    close_graph(store)
    inferred = set(store.triples(URIRef("https://w3id.org/concord/graph/inferred")))
    enrich_graph(store, alignment)
    close_graph(store)
    assert set(store.triples(URIRef("https://w3id.org/concord/graph/inferred"))) == inferred


def test_a_graph_of_nothing_has_nothing_added(alignment):
    with open_memory_graph() as empty:
        assert enrich_graph(empty, alignment).triples == 0
        assert ENRICHED_GRAPH not in empty.graphs()


def test_the_alliances_are_sound(names):
    described = {}
    for subject, predicate, value in read_turtle(ontology_directory() / "alliances.ttl"):
        described.setdefault(subject, {}).setdefault(predicate, []).append(value)
    kinds = {"defence pact", "neutrality pact", "non-aggression pact", "entente"}
    memberships = [said for said in described.values() if said[RDF.type] == [KG.Membership]]
    assert len(memberships) > 1200
    for said in memberships:
        (member,), (body,) = said[KG.member], said[KG.body]
        assert names.entry(member).kind == KG.State
        assert {str(kind) for kind in described[body][DCTERMS.type]} <= kinds
        assert "COW" in str(said[DCTERMS.source][0])
        start, end = (str(said.get(p, [""])[0]) for p in (KG.validFrom, KG.validUntil))
        assert start
        assert not end or start <= end
    known = {subject for subject in described if subject in names}
    assert len(known) == 11


# -------------------------------------------------------------------------------- from Wikidata


def test_labels_places_and_dates_come_with_their_source(store, fetch):
    summary = fetch()
    assert summary.failures == ()
    triples = list_enriched(store)
    assert (ID["Japan"], SKOS.prefLabel, Literal("日本", lang="ja")) in triples
    assert (ID["Japan"], GEO.lat, Literal("35", datatype=XSD.decimal)) in triples
    assert (ID["US-Japan-alliance"], KG.validFrom, Literal("1949-04-04")) in triples
    statements = find_records(store, RDF.Statement)
    for each in statements:
        assert each["generatedAtTime"] == RETRIEVED
        assert (
            each["source"] == f"Wikidata {each['wasDerivedFrom']}, " + each["source"].split(", ")[1]
        )
    plain = {(each["subject"], each["object"]) for each in statements}
    assert ("Japan", "日本") in plain
    assert summary.records["statements"] == len(statements)


def test_the_parties_and_dates_of_an_agreement(store, fetch):
    fetch()
    parties = {
        each["member"]: each["validFrom"]
        for each in find_records(store, KG.Membership)
        if each["body"] == "TPP" and "Wikidata" in each["source"]
    }
    day = "2016-04-22"
    assert parties == {"United-States": day, "Japan": day, "China": day, "France": day}
    assert (ID["TPP"], KG.validFrom, Literal("2016-11-04")) in list_enriched(store)


def test_the_members_of_a_body(store, fetch):
    fetch()
    members = {
        each["member"]: each["validFrom"]
        for each in find_records(store, KG.Membership)
        if each["body"] == "US-Japan-alliance" and "Q7184, P463" in each["source"]
    }
    assert members["Germany"] == "1955-05-06"
    assert (ID["Germany"], RDFS.label, Literal("Germany", lang="en")) in list_enriched(store)


def test_offices_and_heads(store, fetch):
    fetch()
    terms = [each for each in find_records(store, KG.Term) if "Wikidata" in each["source"]]
    held = {(each["officeHolder"], each["office"], each["validFrom"]) for each in terms}
    assert ("Donald-Trump", "President of the United States", "2017-01-20") in held
    assert ("Shinzo-Abe", "head of government", "2012-12-26") in held
    assert ("Donald-Trump", "head of state", "2017-01-20") in held
    # In office at none of the dates.
    assert ("Barack-Obama", "head of government", "2009-01-20") not in held


def test_a_replay_gives_the_same(store, fetch, server):
    summary = fetch()
    first = list_enriched(store)
    asked = len(server.requests)
    assert fetch(offline=True, contact=None) == summary
    assert list_enriched(store) == first
    assert len(server.requests) == asked


def test_what_was_fetched_stays_where_only_the_names_are_asked(store, fetch, alignment):
    fetch()
    first = list_enriched(store)
    enrich_graph(store, alignment)
    assert list_enriched(store) == first


def test_what_cannot_be_asked_is_told(store, fetch, server):
    server.plan = [send({"error": "out of order"}, 403)]
    summary = fetch()
    assert summary.unanswered == 6
    assert "out of order" in summary.failures[0]
    assert find_records(store, KG.Membership)


def test_what_cannot_be_asked_this_time_is_not_lost(store, fetch, server):
    fetch()
    first = list_enriched(store)
    server.plan = [send({}, 403)]
    late = datetime(2027, 1, 1, tzinfo=UTC)
    summary = fetch(now=lambda: late)
    assert summary.unanswered == 6
    assert list_enriched(store) == first


def test_one_failure_does_not_take_the_others_along(store, fetch, server):
    services = Services()

    def answer(handler):
        if "Q21707860" in handler.path:
            send({"error": "out of order"}, 403)(handler)
        else:
            services(handler)

    server.plan = [answer]
    summary = fetch()
    assert (summary.unanswered, len(summary.failures)) == (1, 1)
    assert (ID["Japan"], SKOS.prefLabel, Literal("日本", lang="ja")) in list_enriched(store)


def test_offline_without_answers_is_no_failure(store, fetch):
    summary = fetch(offline=True, contact=None)
    assert (summary.unanswered, summary.failures) == (6, ())


def test_a_fact_is_stated_once_for_each_source():
    source = Source("a list", URIRef("http://a.org/x"), RETRIEVED)
    triples = list(describe_fact(ID["Japan"], KG.validFrom, Literal("1952"), source))
    assert triples[0] == (ID["Japan"], KG.validFrom, Literal("1952"))
    node = triples[1][0]
    assert (node, PROV.wasDerivedFrom, URIRef("http://a.org/x")) in triples
    assert list(describe_fact(ID["Japan"], KG.validFrom, Literal("1952"), source)) == triples


# ----------------------------------------------------------------------------------- questions


@pytest.fixture
def enriched(store, alignment):
    enrich_graph(store, alignment)
    return store


def test_claims_about_members_of_a_defence_pact(enriched):
    found = ask(
        enriched, "pact-claims", "subject relation object state pacts", pact="US-Japan alliance"
    )
    assert ("Japan", "ontology#alliedWith", "United-States", "Japan", "1") in found
    assert ("China", "ontology#claimsTerritory", "Yokota", "China", "1") not in found
    of_all = ask(enriched, "pact-claims", "subject state example", member="China")
    assert of_all[0] == ("China", "China", "defence pact of China and North Korea (1961)")


def test_who_headed_the_government_at_the_time(enriched):
    found = ask(enriched, "heads-of-government", "date subject object headed head office")
    assert ("2017-11", "United-States", "Japan", "Japan", "Shinzo-Abe", "Prime Minister") in found
    assert {row[4] for row in found} == {"Shinzo-Abe", "Donald-Trump"}
    assert ask(enriched, "heads-of-government", "head", state="Japan", before="2017-10") == []


@pytest.mark.parametrize(
    ("on", "known"),
    [("2018", True), ("1951-09-07", False), ("1951-09-08", True)],
)
def test_agreements_in_force_between_two(enriched, on, known):
    found = ask(
        enriched, "treaties-in-force", "agreement kind type since", first="Japan", second="USA",
        on=on,
    )  # fmt: skip
    row = ("US-Japan-alliance", "ontology#Alliance", "defence pact", "1951-09-08")
    assert (row in found) is known


def test_agreements_in_force_by_wikidata(store, fetch):
    fetch()
    found = ask(store, "treaties-in-force", "agreement since", first="Japan", second="China")
    assert ("TPP", "2016-04-22") in found


def test_the_command_enriches_a_graph(tmp_path, server, capfd, monkeypatch):
    from kg.cli import main

    monkeypatch.delenv("KG_CONTACT", raising=False)
    place = tmp_path / "graph"
    with open_graph(place, create=True) as store:
        fill_small_graph(store)
    assert main(["enrich", "--graph", str(place)]) == 0
    assert "memberships" in capfd.readouterr().out
    options = [f"--service={name}={server.url}{path}" for name, path in PATHS.items()]
    options += ["--allow-host=127.0.0.1", f"--cache={tmp_path / 'kept.sqlite'}"]
    assert main(["enrich", "--graph", str(place), "--online", *options]) == 2
    assert "--contact" in capfd.readouterr().err
    options += ["--contact=a@b.org", "--languages=ja, fr", "--json"]
    assert main(["enrich", "--graph", str(place), "--online", *options]) == 0
    told = json.loads(capfd.readouterr().out)
    assert told["records"]["statements"] > 0
    with open_graph(place, read_only=True) as store:
        languages = {
            o.language for _, _, o in store.triples(ENRICHED_GRAPH, predicate=SKOS.prefLabel)
        }
    assert languages == {"ja", "fr"}
    assert main(["query", "heads-of-government", "--graph", str(place), "--csv"]) == 0
    assert "Shinzo-Abe" in capfd.readouterr().out
