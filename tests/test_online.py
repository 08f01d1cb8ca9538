"""Linking a graph online: what is asked, decided and kept, what goes on after a fall."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
from linkers import open_client
from rdflib import DCTERMS, PROV, RDF, SKOS, XSD, Literal, URIRef
from servers import run_server, send
from services import PATHS, WD, Services
from small_graph import fill_small_graph

from kg.cli import main
from kg.enrichment.links import describe_decision, find_decided, keep_decisions
from kg.enrichment.things import list_queries
from kg.errors import LinkError
from kg.iris import ID, KG, LINKS_GRAPH
from kg.linking.alignment import load_alignment
from kg.linking.client import UnansweredError
from kg.linking.online import Settings, decide, link_things, prepare_linker
from kg.linking.records import LinkCandidate, LinkQuery, LinkState
from kg.linking.wikidata import WIKIDATA
from kg.rdf import format_triple
from kg.store import open_graph, open_memory_graph


@pytest.fixture
def graph(tmp_path):
    place = tmp_path / "graph"
    with open_graph(place, create=True) as store:
        fill_small_graph(store)
    return place


@pytest.fixture
def server():
    with run_server() as running:
        running.plan = [Services()]
        yield running


@pytest.fixture
def store():
    with open_memory_graph() as opened:
        fill_small_graph(opened)
        yield opened


def make_options(server, tmp_path, *, contact="tester@example.org"):
    """The options by which a command asks the test server."""
    services = [f"--service={name}={server.url}{path}" for name, path in PATHS.items()]
    options = [*services, "--allow-host=127.0.0.1", f"--cache={tmp_path / 'kept.sqlite'}"]
    return [*options, f"--contact={contact}"] if contact else options


@pytest.fixture
def run(graph, server, tmp_path, capfd, monkeypatch):
    """Run a command on the small graph: its exit code, its output, its complaint."""
    monkeypatch.delenv("KG_CONTACT", raising=False)
    monkeypatch.delenv("KG_GEONAMES_USER", raising=False)

    def run_command(name, *arguments, contact="tester@example.org"):
        options = make_options(server, tmp_path, contact=contact)
        code = main([name, "--graph", str(graph), *options, *map(str, arguments)])
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return run_command


def list_links(place):
    with open_graph(place, read_only=True) as store:
        return sorted(store.triples(LINKS_GRAPH))


# --------------------------------------------------------------------------------- the things


def test_the_things_of_a_graph_are_worded(store):
    queries = {each.entity: each for each in list_queries(store, dataset=WIKIDATA)}
    assert ID["United-States"] not in queries
    assert ID["America-First"] in queries
    trump = queries[ID["Donald-Trump"]]
    assert trump.names == ("Donald Trump", "Trump")
    assert (trump.kind, trump.country, trump.dates) == (KG.Person, "USA", ("2018-06-10",))
    assert trump.context == ("So much for Donald Trump.", "So much for Trump.")
    assert trump.countries[0] == "USA"
    assert list(queries) == sorted(queries)


def test_things_named_together_are_company(store):
    article = next(graph for graph in store.graphs() if "/graph/article/" in graph)
    triples = list(store.triples(article))
    (yokota,) = (s for s, p, o in triples if (p, o) == (KG.exact, Literal("Yokota")))
    (america,) = (s for s, p, o in triples if (p, o) == (KG.exact, Literal("U.S.")))
    places = {s: o for s, p, o in triples if p == KG.inSentence}
    moved = [
        (s, p, places[america] if (s, p) == (yokota, KG.inSentence) else o) for s, p, o in triples
    ]
    store.replace(article, moved)
    queries = {each.entity: each for each in list_queries(store)}
    assert queries[ID["Yokota"]].company == (ID["United-States"],)
    assert queries[ID["Japan"]].company == ()


def test_links_elsewhere_and_decisions_count(store):
    geonames = URIRef("https://www.geonames.org/")
    asked = {each.entity for each in list_queries(store, dataset=geonames)}
    assert {ID["United-States"], ID["Yokota"]}.isdisjoint(asked)
    left = list_queries(store, dataset=geonames, decided={ID["Japan"]})
    assert {each.entity for each in left} == asked - {ID["Japan"]}


# ------------------------------------------------------------------------------------ deciding


class Stub:
    """A linker that finds, fails or has nothing kept, as it is told for each thing."""

    dataset = WIKIDATA
    method = "stub"

    def __init__(self, **said):
        self.said = said
        self.asked = []

    def find_candidates(self, queries):
        self.asked.append([each.names[0] for each in queries])
        for query in queries:
            found = self.said.get(query.names[0], ())
            if isinstance(found, LinkError):
                raise found
            yield query, found


def query(name):
    return LinkQuery(ID[name], (name,), KG.State)


def candidate(name, score, retrieved="2026-01-01T00:00:00Z"):
    parts = (("name", 1.0), ("prior", score))
    return LinkCandidate(
        URIRef(WD + name), name, WIKIDATA, score, parts, "a thing", "has this name", retrieved
    )


def test_one_failure_does_not_take_the_others_along():
    linker = Stub(a=(candidate("Q1", 0.9),), b=LinkError("it broke", url=""), c=())
    seen = []
    outcome = link_things([query(name) for name in "abc"], linker, report=seen.append)
    assert [each.state for each in outcome.decisions] == [LinkState.LINKED, LinkState.UNKNOWN]
    assert (outcome.unanswered, outcome.failures) == (1, ("it broke",))
    assert linker.asked == [["a", "b", "c"], ["a"], ["b"], ["c"]]
    assert [(each.done, each.total) for each in seen] == [(0, 3), (3, 3)]


def test_a_service_that_is_down_is_left_alone():
    names = [f"n{number}" for number in range(50)]
    linker = Stub(**{name: LinkError("it is down", url="") for name in names})
    outcome = link_things([query(name) for name in names], linker)
    assert (outcome.decisions, outcome.unanswered) == ((), 50)
    assert len(linker.asked) == 1 + 3


def test_what_is_not_kept_is_no_failure_offline():
    linker = Stub(a=UnansweredError("not kept", url=""), b=(candidate("Q1", 0.9),))
    outcome = link_things([query(name) for name in "ab"], linker)
    assert (len(outcome.decisions), outcome.unanswered, outcome.failures) == (1, 1, ())


@pytest.mark.parametrize(
    ("scores", "state", "mapping"),
    [
        ((0.9, 0.5), LinkState.LINKED, SKOS.exactMatch),
        ((0.72, 0.5), LinkState.LINKED, SKOS.closeMatch),
        ((0.9, 0.88), LinkState.OPEN, None),
        ((0.6,), LinkState.OPEN, None),
        ((0.2,), LinkState.UNKNOWN, None),
        ((), LinkState.UNKNOWN, None),
    ],
)
def test_thresholds_and_lead_decide(scores, state, mapping):
    found = tuple(candidate(f"Q{number + 1}", score) for number, score in enumerate(scores))
    decision = decide(query("a"), found, WIKIDATA, "stub")
    assert (decision.state, decision.mapping) == (state, mapping)
    assert decision.date == ("2026-01-01T00:00:00Z" if scores else None)


@pytest.mark.parametrize("name", ["nowhere", "ftp://a.org", ""])
def test_unknown_datasets_are_told(tmp_path, name):
    with open_client(tmp_path) as client, pytest.raises(LinkError, match="no linker"):
        prepare_linker(name, client, load_alignment(), Settings())


# ----------------------------------------------------------------------------------- the graph


def decide_one(name, *candidates, method="stub"):
    return decide(query(name), candidates, WIKIDATA, method)


def test_a_decision_is_described_with_its_candidates():
    decision = decide_one("Japan", candidate("Q1", 0.9), candidate("Q2", 0.5))
    triples = set(describe_decision(decision))
    assert (ID["Japan"], SKOS.exactMatch, URIRef(WD + "Q1")) in triples
    (node,) = (s for s, p, o in triples if o == KG.LinkDecision)
    assert (node, KG.candidateOf, ID["Japan"]) in triples
    assert (node, KG.decidedBy, Literal("stub")) in triples
    when = Literal("2026-01-01T00:00:00Z", datatype=XSD.dateTime, normalize=False)
    assert (node, PROV.generatedAtTime, when) in triples
    offers = {s for s, p, o in triples if o == KG.LinkCandidate}
    assert {o for s, p, o in triples if (s, p) == (node, PROV.used)} == offers
    scores = {str(o) for s, p, o in triples if p == KG.score}
    assert scores == {"0.9", "0.5"}
    assert {str(o) for s, p, o in triples if p == KG.scoreName} == {"1"}
    assert "sameAs" not in " ".join(map(format_triple, triples))


def test_an_open_decision_links_nothing_and_an_unknown_one_says_nothing():
    triples = list(describe_decision(decide_one("Japan", candidate("Q1", 0.6))))
    assert not [t for t in triples if t[1] in (SKOS.exactMatch, SKOS.closeMatch)]
    assert (DCTERMS.type, Literal("open")) in {t[1:] for t in triples}
    assert list(describe_decision(decide_one("Japan"))) == []


def keep(store, *decisions, method="stub", unanswered=()):
    keep_decisions(store, decisions, dataset=WIKIDATA, method=method, unanswered=unanswered)
    return set(store.triples(LINKS_GRAPH))


def test_what_a_linker_decides_again_takes_the_place_of_what_it_decided(store):
    first = keep(store, decide_one("Japan", candidate("Q1", 0.9)))
    assert keep(store, decide_one("Japan", candidate("Q1", 0.9))) == first
    then = keep(store, decide_one("Japan", candidate("Q2", 0.9)))
    assert not [t for t in then if t[2] == URIRef(WD + "Q1")]
    assert keep(store) == set()
    assert LINKS_GRAPH not in store.graphs()


def test_what_others_decided_stays(store):
    human = URIRef("https://w3id.org/concord/link/decision/human")
    said = {
        (human, RDF.type, KG.LinkDecision),
        (human, KG.candidateOf, ID["China"]),
        (human, KG.decidedBy, Literal("review")),
        (ID["China"], SKOS.exactMatch, URIRef(WD + "Q148")),
    }
    store.replace(LINKS_GRAPH, said)
    assert find_decided(store, WIKIDATA) == {ID["China"]}
    other = keep(store, decide_one("Japan", candidate("Q1", 0.9), method="other"), method="other")
    both = keep(store, decide_one("Japan", candidate("Q1", 0.9)))
    assert said < other < both
    assert keep(store) == other
    assert keep(store, method="other") == said


def test_what_was_not_asked_this_time_stays(store):
    first = keep(store, decide_one("Japan", candidate("Q1", 0.9)))
    then = keep(store, decide_one("China", candidate("Q2", 0.9)), unanswered={ID["Japan"]})
    assert first < then


# ----------------------------------------------------------------------------------- kg link


def test_a_graph_is_linked(run, graph):
    code, out, err = run("link", "--online", "wikidata")
    assert (code, err) == (0, "")
    assert re.search(r"Donald Trump +Person +linked .*entity/Q22686", out)
    assert "0 not asked" in out
    links = list_links(graph)
    assert (ID["Donald-Trump"], SKOS.exactMatch, URIRef(WD + "Q22686")) in links
    assert (ID["Japan"], SKOS.exactMatch, URIRef(WD + "Q17")) in links
    assert not any("sameAs" in predicate for _, predicate, _ in links)


def test_a_replay_gives_the_same_bytes(run, graph, server):
    told = run("link", "--online", "wikidata,dbpedia", "--json")
    links = list_links(graph)
    asked = len(server.requests)
    again = run("link", "--online", "wikidata,dbpedia", "--json", "--offline", contact=None)
    assert again == told
    assert list_links(graph) == links
    assert len(server.requests) == asked
    decisions = json.loads(told[1])["decisions"]
    assert {each["state"] for each in decisions} <= {"linked", "open", "unknown"}


def test_all_kinds_of_services_at_once(run, graph, server):
    names = f"wikidata,dbpedia,geonames,{server.url}/1.0-draft"
    code, _, err = run("link", "--online", names, "--geonames-user", "tester")
    assert (code, err) == (0, "")
    targets = {str(o) for _, p, o in list_links(graph) if p in (SKOS.exactMatch, SKOS.closeMatch)}
    assert "https://example.org/authority/jp" in targets
    assert "http://dbpedia.org/resource/Japan" in targets


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say where to look"),
        (("--online", "wikipedia"), "no linker 'wikipedia'"),
        (("--online", "geonames"), "--geonames-user"),
        (("--online", "wikidata", "--service=wikidata"), "is no address"),
        (("--online", "wikidata", "--type=Thing=Q1"), "is no type"),
    ],
)
def test_wrong_use_is_told_in_a_line(run, arguments, said):
    code, out, err = run("link", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_nobody_is_asked_without_a_contact(run, server, monkeypatch):
    code, _, err = run("link", "--online", "wikidata", contact=None)
    assert code == 2
    assert "--contact or $KG_CONTACT" in err
    assert server.requests == []
    monkeypatch.setenv("KG_CONTACT", "https://example.org/me")
    assert run("link", "--online", "wikidata", contact=None)[0] == 0
    assert "https://example.org/me" in server.headers[0]["User-Agent"]


def test_a_private_service_is_refused_unless_it_is_allowed(graph, server, tmp_path, capfd):
    options = [each for each in make_options(server, tmp_path) if "allow-host" not in each]
    code = main(["link", "--graph", str(graph), *options, "--online", f"{server.url}/0.2"])
    assert code == 2
    assert "no public address" in capfd.readouterr().err
    assert server.requests == []


def test_offline_without_answers_is_no_error(run):
    code, out, err = run("link", "--online", "wikidata", "--offline", contact=None)
    assert (code, err) == (0, "")
    assert "0 linked, 0 open, 0 unknown, 9 not asked" in out


def test_a_service_that_fails_is_told_and_gone_on_with(run, graph, server):
    services = Services()

    def answer(handler):
        if "search=Japan" in handler.path:
            send({"error": "out of order"}, 403)(handler)
        else:
            services(handler)

    server.plan = [answer]
    code, out, err = run("link", "--online", "wikidata")
    assert code == 1
    assert "out of order" in err
    assert "goes on from there" in err
    assert "1 not asked" in out
    assert (ID["Donald-Trump"], SKOS.exactMatch, URIRef(WD + "Q22686")) in list_links(graph)
    asked = len(server.requests)
    server.plan = [services]
    assert run("link", "--online", "wikidata")[0] == 0
    assert (ID["Japan"], SKOS.exactMatch, URIRef(WD + "Q17")) in list_links(graph)
    again = server.requests[asked:]
    assert all("Trump" not in each for each in again if isinstance(each, str))


@pytest.mark.parametrize("moment", [2, 7])
def test_a_killed_run_goes_on_and_ends_the_same(graph, server, tmp_path, moment):
    services = Services()

    def answer(handler):
        time.sleep(0.03)
        services(handler)

    server.plan = [answer]
    whole = tmp_path / "whole"
    shutil.copytree(graph, whole)
    options = make_options(server, tmp_path)

    def command(place, *more):
        words = ["link", "--graph", str(place), "--online", "wikidata", *options, *more]
        return [sys.executable, "-m", "kg", *words]

    process = subprocess.Popen(command(graph), env=dict(os.environ), stdout=subprocess.DEVNULL)
    give_up = time.monotonic() + 30
    while len(server.requests) < moment and time.monotonic() < give_up:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    before = list(server.requests)
    assert before
    subprocess.run(command(graph), check=True, capture_output=True)
    after = server.requests[len(before) :]
    # The last may have been on its way; none that was answered before it is asked again.
    assert not set(before[:-1]) & set(after)
    links = list_links(graph)
    subprocess.run(command(whole, "--offline"), check=True, capture_output=True)
    assert list_links(whole) == links
    assert links
