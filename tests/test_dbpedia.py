"""DBpedia: what its Lookup finds, what a reader of the sentence takes it for."""

import pytest
from linkers import RETRIEVED, find_one, open_client
from rdflib import URIRef
from servers import break_off, run_server, send, trickle
from services import PATHS, Services

from kg.errors import LinkError
from kg.iris import ID, KG
from kg.linking.alignment import load_alignment
from kg.linking.dbpedia import RESOURCE, DbpediaLinker
from kg.linking.records import LinkQuery, LinkState
from kg.linking.scoring import decide_link

SENTENCE = "Russia fought Georgia over South Ossetia in August 2008."


@pytest.fixture
def server():
    with run_server() as running:
        running.plan = [Services()]
        yield running


@pytest.fixture
def make_linker(tmp_path, server):
    opened = []

    def make(*, spotlight=True, **options):
        context = open_client(tmp_path, **options)
        client = context.__enter__()
        opened.append(context)
        return DbpediaLinker(
            client,
            load_alignment(),
            lookup=server.url + PATHS["dbpedia"],
            spotlight=server.url + PATHS["spotlight"] if spotlight else None,
        )

    yield make
    for context in opened:
        context.__exit__(None, None, None)


def query(*names, kind=KG.State, **more):
    return LinkQuery(ID[names[0].replace(" ", "-")], names, kind, **more)


def test_a_name_is_looked_up(make_linker):
    best, *_ = find_one(make_linker(), query("Trans-Pacific Partnership", kind=KG.Agreement))
    assert best.target == URIRef(f"{RESOURCE}Trans-Pacific_Partnership")
    assert best.label == "Trans-Pacific Partnership"
    assert best.retrieved == RETRIEVED
    assert dict(best.parts)["type"] == 1.0


def test_marks_of_what_was_found_are_taken_off(make_linker):
    (best,) = find_one(make_linker(), query("Paris Agreement", kind=KG.Agreement))
    assert best.label == "Paris Agreement"
    assert best.description.startswith("The Paris Agreement is")


def test_kinds_tell_namesakes_apart(make_linker):
    found = find_one(make_linker(spotlight=False), query("Japan"))
    assert [each.target.removeprefix(RESOURCE) for each in found] == ["Japan", "Japan_(band)"]
    assert decide_link(found)[0] is LinkState.LINKED


def test_the_sentence_tells_namesakes_apart(make_linker):
    alone = find_one(make_linker(spotlight=False), query("Georgia", context=(SENTENCE,)))
    read = find_one(make_linker(), query("Georgia", context=(SENTENCE,)))
    assert read[0].target == URIRef(f"{RESOURCE}Georgia_(country)")
    assert dict(read[0].parts)["prior"] == 0.9912
    assert read[0].score > alone[0].score


def test_what_is_read_must_be_the_thing_that_is_asked_for(make_linker):
    found = find_one(make_linker(), query("Donald Trump", kind=KG.Person, context=(SENTENCE,)))
    assert [each.target for each in found] == [URIRef(f"{RESOURCE}Donald_Trump")]


def test_a_reader_that_fails_is_done_without(make_linker, server):
    services = Services()

    def answer(handler):
        if "annotate" in handler.path:
            send({}, 500)(handler)
        else:
            services(handler)

    server.plan = [answer]
    linker = make_linker()
    assert find_one(linker, query("Georgia", context=(SENTENCE,)))
    before = sum("annotate" in str(each) or "text=" in str(each) for each in server.requests)
    assert find_one(linker, query("Japan", context=(SENTENCE,)))
    after = sum("annotate" in str(each) or "text=" in str(each) for each in server.requests)
    assert before == after == 2


def test_a_replay_is_the_same(make_linker):
    asked = query("Georgia", context=(SENTENCE,))
    first = find_one(make_linker(), asked)
    assert find_one(make_linker(offline=True, contact=None), asked) == first


def test_a_resource_that_bears_another_name_is_refused(make_linker, server):
    doc = {"resource": [f"{RESOURCE}OpenAI"], "label": ["OpenAI"], "type": []}
    server.plan = [send({"docs": [doc]})]
    assert find_one(make_linker(), query("Paris Agreement", kind=KG.Agreement)) == ()


@pytest.mark.parametrize(
    "doc",
    [{}, {"resource": []}, {"resource": ["http://elsewhere.org/x"], "label": ["Japan"]}, 5,
     {"resource": [5], "label": None}],
)  # fmt: skip
def test_what_is_no_resource_is_left_out(make_linker, server, doc):
    server.plan = [send({"docs": [doc]})]
    assert find_one(make_linker(), query("Japan")) == ()


@pytest.mark.parametrize(
    "row",
    [5, {}, {"@URI": f"{RESOURCE}Georgia"},
     {"@URI": f"{RESOURCE}Georgia", "@surfaceForm": "Georgia", "@similarityScore": "high"}],
)  # fmt: skip
def test_what_is_no_annotation_is_left_out(make_linker, server, row):
    services = Services()
    services.dbpedia["annotations"] = {"Georgia": [row]}
    server.plan = [services]
    assert len(find_one(make_linker(), query("Georgia", context=(SENTENCE,)))) == 2


@pytest.mark.parametrize(
    "bad",
    [send({}, 429), send({}, 503), send(b'{"docs": ['), send(b"<html>"), send([]), break_off,
     trickle],
)  # fmt: skip
def test_a_service_that_recovers_is_asked_again(make_linker, server, bad):
    server.plan = [bad, Services()]
    assert find_one(make_linker(), query("Japan"))


def test_a_service_that_stays_broken_is_told(make_linker, server):
    server.plan = [send({"wrong": 1})]
    with pytest.raises(LinkError, match="without a list"):
        find_one(make_linker(), query("Japan"))
