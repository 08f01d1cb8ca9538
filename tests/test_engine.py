"""The engine behind the server: children, updates that last, what is fetched outside."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest
from servers import run_server, send
from small_graph import fill_small_graph

from kg.errors import GraphError, LimitError
from kg.query.requests import GraphRequest, QueryRequest, UpdateRequest
from kg.sandbox import Limits
from kg.server.engine import open_engine
from kg.store import open_graph

LIMITS = Limits(seconds=3.0, memory=256 << 20, answer=4 << 20)
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SLOW = " ".join(f"GRAPH ?g{n} {{ ?a{n} ?b{n} ?c{n} }}" for n in range(4))
INSERT = "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> %d } }"


@pytest.fixture
def directory(tmp_path):
    with open_graph(tmp_path, create=True) as graph:
        fill_small_graph(graph)
    return tmp_path


def talk(directory, conversation, **options):
    """Open an engine, let a coroutine talk to it, and close it."""

    async def run():
        engine = await open_engine(directory, limits=LIMITS, **options)
        try:
            return await conversation(engine)
        finally:
            await engine.close()

    return asyncio.run(run())


async def ask(engine, request):
    answer = await engine.ask(request)
    body = b"".join([piece async for piece in answer.body])
    return answer.status, answer.media_type, body.decode()


async def query(engine, text, **options):
    return await ask(engine, QueryRequest(text, **options))


# ------------------------------------------------------------------------------------ reading


@pytest.mark.parametrize(
    ("text", "accept", "status", "part"),
    [
        ("ASK { id:Japan a kg:State }", None, 200, '"boolean":true'),
        ("SELECT ?x { ?x a kg:State ; rdfs:label 'Japan'@en }", "text/csv", 200, "id/Japan"),
        ("CONSTRUCT WHERE { ?x a kg:State }", "application/n-triples", 200, "Japan> <http"),
        ("CONSTRUCT WHERE { ?x a kg:State }", "text/html", 406, "text/turtle"),
        ("ASK { ?x a kg:State", None, 400, "malformed: line 1, column 20"),
        ("ASK { SERVICE <http://127.0.0.1:9/> {} }", None, 403, "is refused"),
        ("ASK FROM <http://127.0.0.1:9/> {}", None, 403, "no such graph"),
        ("DROP ALL", None, 403, "would change the graph"),
        ("ASK { " + "{" * 900 + "}" * 900 + " }", None, 400, "nests brackets deeper"),
        ("ASK {} #" + "x" * 200_000, None, 413, "more than 200000"),
        ("ASK { FILTER(" + "!" * 150_000 + "true) }", None, 503, "nests too deep"),
        (ENDLESS, None, 503, "longer than 3 s"),
    ],
)
def test_what_is_asked_is_answered_or_told_in_a_line(directory, text, accept, status, part):
    got, _, body = talk(directory, lambda engine: query(engine, text, accept=accept))
    assert got == status
    assert part in body
    assert status == 200 or body.count("\n") == 1


def test_an_answer_that_grows_too_large_breaks_off(directory):
    async def conversation(engine):
        answer = await engine.ask(QueryRequest("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"))
        assert answer.status == 200
        with pytest.raises(LimitError, match="larger than 4 MiB"):
            async for _ in answer.body:
                pass
        return engine.counts.ended["size"], (await query(engine, "ASK {}"))[0]

    assert talk(directory, conversation) == (1, 200)


def test_a_body_that_is_closed_ends_its_child(directory):
    async def conversation(engine):
        answer = await engine.ask(QueryRequest("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"))
        await answer.body.aclose()
        for _ in range(100):
            if not engine.counts.running:
                return True
            await asyncio.sleep(0.01)
        return False

    assert talk(directory, conversation, workers=1)


def test_a_request_that_is_given_up_ends_its_child(directory):
    async def conversation(engine):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(engine.ask(QueryRequest(ENDLESS)), 0.2)
        start = time.monotonic()
        assert (await query(engine, "ASK {}"))[0] == 200
        return time.monotonic() - start

    assert talk(directory, conversation, workers=1) < 0.6


def test_many_wait_for_few_workers_and_too_many_are_sent_away(directory):
    async def conversation(engine):
        answers = await asyncio.gather(*(query(engine, "ASK {}") for _ in range(300)))
        return {status for status, _, _ in answers}, engine.counts.running, engine.counts.waiting

    assert talk(directory, conversation, workers=2) == ({200, 503}, 0, 0)


def test_answers_that_nobody_reads_take_no_more_room_than_there_is(directory):
    text = f"SELECT ('{'x' * 200}' AS ?x) {{ ?a ?b ?c . ?d ?e ?f }} LIMIT 3000"

    async def conversation(engine):
        size = len((await query(engine, text))[2])
        engine._room.left = size * 3 // 2
        first = await engine.ask(QueryRequest(text))
        second = await engine.ask(QueryRequest(text))
        await asyncio.sleep(0.3)
        least = engine._room.left
        read = [len(b"".join([piece async for piece in body.body])) for body in (first, second)]
        return least > -size, read == [size, size], engine._room.left == size * 3 // 2

    assert talk(directory, conversation) == (True, True, True)


def test_what_takes_long_keeps_nobody_waiting_for_long(directory):
    async def conversation(engine):
        long = [asyncio.create_task(query(engine, ENDLESS)) for _ in range(2)]
        await asyncio.sleep(0.1)
        start = time.monotonic()
        status, _, _ = await query(engine, "ASK {}")
        waited = time.monotonic() - start
        return status, waited, [(await task)[0] for task in long]

    status, waited, others = talk(directory, conversation, workers=2)
    assert (status, others) == (200, [503, 503])
    assert waited < 2.5


def test_the_union_is_the_default_and_a_dataset_narrows_it(directory):
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"

    async def conversation(engine):
        _, _, all_ = await query(engine, count, accept="text/csv")
        background = "https://w3id.org/concord/graph/background"
        _, _, given = await query(engine, count, accept="text/csv", default_graphs=(background,))
        _, _, named = await query(
            engine, f"{count[:-12]} FROM <{background}> {{ ?s ?p ?o }}", accept="text/csv"
        )
        _, _, none = await query(engine, count, accept="text/csv", named_graphs=(background,))
        wrong = await query(engine, count, default_graphs=("> } #",))
        return int(all_.split()[1]) > int(given.split()[1]) > 0, given == named, none, wrong[0]

    assert talk(directory, conversation) == (True, True, "n\r\n0\r\n", 400)


# ------------------------------------------------------------------------------------ writing


def test_a_reader_changes_nothing(directory):
    async def conversation(engine):
        put = GraphRequest("PUT", "urn:g", payloads=(("text/turtle", b"<urn:s> <urn:p> 1 ."),))
        return [(await ask(engine, request))[0] for request in (UpdateRequest(INSERT % 1), put)]

    assert talk(directory, conversation) == [403, 403]


def test_what_is_written_is_read_by_whoever_asks_next(directory):
    async def conversation(engine):
        stamp = engine.stamp
        assert await ask(engine, UpdateRequest(INSERT % 1)) == (204, None, "")
        assert engine.stamp != stamp
        return (await query(engine, "ASK { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }"))[2]

    assert "true" in talk(directory, conversation, writable=True)
    assert "true" in talk(directory, lambda engine: query(engine, "ASK { <urn:s> <urn:p> 1 }"))[2]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 2 } } ; oh dear", 400),
        ("LOAD <http://127.0.0.1:9/>", 403),
        ("LOADSILENT<http://127.0.0.1:9/>", 403),
        ("INSERT { <urn:a> <urn:b> ?n } WHERE { SERVICE <http://127.0.0.1:9/> {} }", 403),
        ("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 2 } } ; "
            f"INSERT {{ <urn:a> <urn:b> ?c3 }} WHERE {{ {SLOW} }}",
            503),
        ("INSERT DATA { <urn:s> <urn:p> 1 } WHERE {" + "{" * 900, 400),
        ("ASK {}", 400),
    ],
)  # fmt: skip
def test_an_update_that_fails_leaves_the_graph_as_it_was(directory, text, status):
    async def conversation(engine):
        got, _, _ = await ask(engine, UpdateRequest(text))
        _, _, held = await query(engine, "ASK { <urn:s> <urn:p> ?o }")
        return got, "true" in held

    assert talk(directory, conversation, writable=True) == (status, False)


def test_a_graph_is_put_read_and_deleted_whole(directory):
    turtle = b"<> <urn:p> [ <urn:q> 'x' ] ."

    def put(data, kind="text/turtle", method="PUT"):
        return GraphRequest(method, "urn:h", base="urn:h", payloads=((kind, data),))

    async def conversation(engine):
        told = [
            await ask(engine, put(turtle)),
            await ask(engine, put(b"<urn:s> <urn:p> 2 .")),
            await ask(engine, put(b"<urn:s> <urn:p> 3 .", method="POST")),
            await ask(engine, put(b"<urn:s> <urn:p> 4 .", kind="text/html")),
            await ask(engine, put(b"<urn:s> <urn:p> .")),
            await ask(engine, put(b'{"urn:p":' * 100_000, kind="application/ld+json")),
        ]
        kept = await ask(engine, GraphRequest("GET", "urn:h", accept="application/n-triples"))
        gone = [
            (await ask(engine, GraphRequest(method, "urn:h")))[0]
            for method in ("HEAD", "DELETE", "GET", "DELETE")
        ]
        return [status for status, _, _ in told], sorted(kept[2].split("\n")), gone

    statuses, lines, gone = talk(directory, conversation, writable=True)
    assert statuses[:4] == [201, 204, 204, 415]
    assert all(status in (400, 503) for status in statuses[4:])
    integer = "^^<http://www.w3.org/2001/XMLSchema#integer> ."
    assert lines == ["", f'<urn:s> <urn:p> "2"{integer}', f'<urn:s> <urn:p> "3"{integer}']
    assert gone == [200, 204, 404, 404]


def test_updates_that_come_at_once_are_all_kept(directory):
    async def conversation(engine):
        updates = (ask(engine, UpdateRequest(INSERT % n)) for n in range(20))
        reads = (query(engine, "ASK { ?s ?p ?o }") for _ in range(20))
        answers = await asyncio.gather(*updates, *reads)
        _, _, held = await query(
            engine, "SELECT (COUNT(*) AS ?n) { <urn:s> ?p ?o }", accept="text/csv"
        )
        return {status for status, _, _ in answers}, held

    assert talk(directory, conversation, writable=True) == ({200, 204}, "n\r\n20\r\n")


def test_a_change_lets_the_next_build_derive_anew(directory):
    for name in ("closure.npz", "checked.json"):
        (directory / name).write_bytes(b"old")
    talk(directory, lambda engine: ask(engine, UpdateRequest(INSERT % 1)), writable=True)
    assert not (directory / "closure.npz").exists()
    assert not (directory / "checked.json").exists()


# ------------------------------------------------------------------------------- processes


def test_an_engine_whose_process_dies_starts_another(directory):
    async def conversation(engine):
        for zygote in (engine._readers._disk, engine._readers._memory):
            if zygote is not None:
                os.kill(zygote._process.pid, signal.SIGKILL)
        statuses = []
        for _ in range(60):
            statuses.append((await query(engine, "ASK {}"))[0])
            if statuses[-1] == 200:
                break
            await asyncio.sleep(0.05)
        return statuses[-1]

    assert talk(directory, conversation) == 200


def test_a_graph_that_is_served_is_not_written_by_others(directory):
    async def conversation(engine):
        with pytest.raises(GraphError, match="in use"):
            open_graph(directory)
        with open_graph(directory, read_only=True) as graph:
            return len(graph) > 0

    assert talk(directory, conversation)
    with open_graph(directory) as graph:
        assert len(graph)


def test_no_graph_is_told(tmp_path):
    with pytest.raises(GraphError, match="run kg build FILE first"):
        talk(tmp_path, None)
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "CURRENT").write_bytes(b"nonsense")
    with pytest.raises(GraphError, match="damaged"):
        talk(tmp_path, None)


def test_closing_leaves_no_process_and_no_open_file(directory):
    def count():
        return len(list(Path("/proc/self/fd").iterdir()))

    talk(directory, lambda engine: query(engine, "ASK {}"), writable=True)
    before = count()
    talk(directory, lambda engine: query(engine, "ASK {}"), writable=True)
    assert count() == before


# --------------------------------------------------------------------------------- outside

ROWS = {"head": {"vars": ["x", "n"]}, "results": {"bindings": [
    {"x": {"type": "uri", "value": "https://w3id.org/concord/id/Japan"},
     "n": {"type": "literal", "value": 'a "name"\n', "xml:lang": "en"}},
    {"x": {"type": "bnode", "value": "b0"}},
]}}  # fmt: skip
JSON = "application/sparql-results+json"


def test_an_allowed_service_is_asked_by_our_own_client(directory):
    with run_server() as server:
        server.plan = [send(ROWS, Content_Type=JSON)]
        text = f"""PREFIX w: <urn:w#> SELECT ?x ?n {{ ?x a kg:State
            SERVICE <{server.url}/sparql> {{ ?x w:name ?n FILTER(?n != "}}") }} }}"""

        def conversation(engine):
            return query(engine, text, accept="text/csv")

        got = talk(directory, conversation, allowed_services=(f"{server.url}/sparql",))
        assert got[0] == 200
        assert got[2].splitlines()[1].startswith("https://w3id.org/concord/id/Japan,")
        assert "urn%3Aw%23" in str(server.requests) or server.headers[0]["User-Agent"]
        assert talk(directory, conversation, allowed_services=(server.url,))[0] == 403
        assert len(server.requests) == 1


def test_a_service_that_fails_fails_the_query_unless_it_is_silent(directory):
    with run_server() as server:
        server.plan = [send({"message": "no"}, status=500)]
        text = f"ASK {{ SERVICE %s <{server.url}/> {{ ?s ?p ?o }} }}"
        allowed = {"allowed_services": (f"{server.url}/",)}
        loud = talk(directory, lambda engine: query(engine, text % ""), **allowed)
        silent = talk(directory, lambda engine: query(engine, text % "SILENT"), **allowed)
    assert (loud[0], silent[0]) == (502, 200)
    assert "answers 500" in loud[2]


def test_an_allowed_file_is_loaded_and_queried(directory):
    with run_server() as server:
        server.plan = [send(b"<#a> <urn:p> [] , 'x' .", Content_Type="text/turtle; charset=utf-8")]
        url = f"{server.url}/data.ttl"
        allowed = {"allowed_services": (f"{server.url}/",), "writable": True}

        async def conversation(engine):
            text = f"ASK FROM <{url}> {{ <{url}#a> <urn:p> 'x' }}"
            asked = await query(engine, text)
            loaded = await ask(engine, UpdateRequest(f"LOAD <{url}> INTO GRAPH <urn:g>"))
            text = f"ASK {{ GRAPH <urn:g> {{ <{url}#a> <urn:p> 'x' }} }}"
            return asked[2], loaded[0], (await query(engine, text))[2]

        asked, status, held = talk(directory, conversation, **allowed)
    assert "true" in asked
    assert status == 204
    assert "true" in held


def test_the_command_line_asks_an_allowed_service_too(directory):
    from kg.query import run_sparql

    with run_server() as server, open_graph(directory, read_only=True) as graph:
        server.plan = [send(ROWS, Content_Type=JSON)]
        text = f"SELECT * {{ SERVICE <{server.url}/> {{ ?x ?p ?n }} }}"
        assert len(run_sparql(graph, text, allowed=(f"{server.url}/",)).rows) == 2


def test_a_child_has_a_successor_that_answers_as_well(directory):
    """One that ended by itself would be asked once more, and that answer would be lost."""

    async def ask_often(engine):
        return {(await query(engine, "ASK {}"))[0] for _ in range(1030)}

    assert talk(directory, ask_often, workers=1) == {200}
