"""The server as a whole: what it protects, keeps, tells and survives."""

from __future__ import annotations

import gzip
import http.client
import json
import math
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from serving import BEARER, Running, make_graph, run_serving, start_serving, write_token

from kg.errors import ConcordError
from kg.server.layers import name_route
from kg.server.logs import open_log
from kg.server.settings import (
    Settings,
    check_base_url,
    check_origin,
    choose_hosts,
    is_loopback,
    read_token,
)

# Runs for as long as it may; the first says nothing before its end, the second ever more.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
FLOOD = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

# A server with limits that the command line does not offer.
SCRIPT = """
import asyncio, json, sys
from pathlib import Path
from kg.sandbox import Limits
from kg.server.engine import open_engine
from kg.server.logs import open_log
from kg.server.running import serve_engine
from kg.server.settings import Settings

async def run(record):
    engine = await open_engine(Path(sys.argv[1]), limits=Limits(seconds=20))
    ready = lambda url: print("serving at", url, flush=True)
    await serve_engine(engine, Settings(**json.loads(sys.argv[2])), record, ("127.0.0.1", 0), ready)

with open_log("-") as record:
    asyncio.run(run(record))
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    """The small graph."""
    return make_graph(tmp_path_factory.mktemp("server") / "graph", small=True)


@pytest.fixture(scope="module")
def server(graph):
    """A server of it, as it is without options."""
    with run_serving(graph) as running:
        yield running


@contextmanager
def run_limited(graph, **settings):
    """A server with limits of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(graph), json.dumps(settings)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        told = process.stdout.readline().decode()
        yield Running(process, told.rsplit(" ", 1)[1].strip(), told)
    finally:
        process.terminate()
        process.communicate(timeout=30)


@contextmanager
def asking(server, text):
    """A client that asks beside the test; gives a list that gets its reply or error."""
    found = []

    def ask():
        try:
            found.append(server.query(text))
        except (OSError, http.client.HTTPException) as error:
            found.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        thread.join(30)


def read_figures(server):
    """The figures that the server keeps, by name with labels."""
    lines = [line for line in server.ask("/metrics").text.splitlines() if line[0] != "#"]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def wait_until(condition, seconds=10.0):
    """Wait for something that happens soon."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


# ------------------------------------------------------------------------------------- settings


def test_addresses_of_the_machine_itself_are_known():
    assert all(map(is_loopback, ("127.0.0.1", "127.1.2.3", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "localhost.example", "")))


def test_hosts_are_chosen_by_where_the_server_is_bound():
    assert choose_hosts("127.0.0.1", None, ()) == ("127.0.0.1", "::1", "localhost")
    found = choose_hosts("127.0.0.1", "https://kg.example/x", ("other.example",))
    assert {"kg.example", "other.example", "localhost"} < set(found)
    assert choose_hosts("0.0.0.0", "https://kg.example", ()) == ()
    assert choose_hosts("0.0.0.0", None, ("KG.example",)) == ("kg.example",)


@pytest.mark.parametrize("text", ["https://kg.example", "http://[::1]:80/a/b", "http://h:1"])
def test_a_base_url_is_taken(text):
    assert check_base_url(text) == check_base_url(f"{text}/") == text


@pytest.mark.parametrize(
    "text",
    ["", "kg.example", "ftp://a", "http://", "http://a?b", "http://a#b", "http://u:p@a",
     "http://a:x", "http://a/<b>", "http://a b", 'http://a/"'],
)  # fmt: skip
def test_what_is_no_base_url_is_refused(text):
    with pytest.raises(ValueError, match="no base URL"):
        check_base_url(text)


def test_origins_are_as_browsers_send_them():
    for text in ("*", "https://a.example", "http://localhost:5173", "http://[::1]:80"):
        assert check_origin(text) == text
    for text in ("", "a.example", "https://a.example/", "https://A.example", "null", "https://*"):
        with pytest.raises(ValueError, match="no origin"):
            check_origin(text)


def test_a_token_is_read_from_a_file_of_ones_own(tmp_path):
    assert read_token(write_token(tmp_path)) == "a-token-of-the-tests"
    assert read_token(write_token(tmp_path, mode=0o640)) == "a-token-of-the-tests"
    for text, mode, complaint in (
        ("", 0o600, "is empty"),
        ("short", 0o600, "at least 16"),
        ("two words are not one token", 0o600, "one word"),
        ("ünïcödé-ünïcödé-ünïcödé", 0o600, "no token"),
        ("x" * 5000, 0o600, "no token"),
        ("a-token-of-the-tests", 0o604, "anyone can read"),
    ):
        with pytest.raises(ConcordError, match=complaint):
            read_token(write_token(tmp_path, text, mode))
    with pytest.raises(ConcordError, match="cannot be read"):
        read_token(tmp_path / "nowhere")
    assert "a-token" not in repr(Settings(token="a-token"))


def test_routes_are_few_whatever_clients_ask():
    assert [name_route(path) for path in ("/", "/sparql/", "/id/Japan", "/x/y", "x", "")] == [
        "/", "/sparql", "/id", "other", "other", "other",
    ]  # fmt: skip


def test_a_log_keeps_lines_short_and_whole(tmp_path):
    with open_log(str(tmp_path / "log")) as record:
        record({"path": "/\n" + "x" * 10_000, "agent": None})
    (line,) = (tmp_path / "log").read_text().splitlines()
    found = json.loads(line)
    assert len(found["path"]) == 500
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", found["time"])
    with pytest.raises(ConcordError, match="cannot be written"), open_log(str(tmp_path)):
        pass
    with open_log("off") as record:
        record({})


# -------------------------------------------------------------------------------- every request


PATHS = ("/health", "/metrics", "/sparql", "/sparql?query=ASK%7B%7D", "/sparql?query=x", "/nowhere",
         "/id/Japan", "/data/id/Japan.ttl", "/page/id/Japan", "/graphs?default", "/prefixes",
         "/.well-known/void", "/dcat", "/export/concord.nq", "/")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_browsers_are_kept_from_harm(server, path):
    reply = server.ask(path)
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "unsafe" not in reply.headers["content-security-policy"]
    assert reply.headers["cache-control"]
    assert "server" not in reply.headers


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_a_body(server, path):
    got, head = server.ask(path), server.ask(path, "HEAD")
    assert (head.status, head.body) == (got.status, b"")
    for name in ("content-type", "etag", "vary", "location", "link", "cache-control"):
        assert head.headers.get(name) == got.headers.get(name) or path == "/metrics"


def test_options_tell_the_methods(server):
    assert server.ask("/health", "OPTIONS").headers["allow"] == "GET, HEAD, OPTIONS"
    reply = server.ask("/health", "POST", b"")
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_nothing_is_written_without_being_told_to(server):
    sent = {"Content-Type": "application/sparql-update", **BEARER}
    assert server.send("/sparql", "POST", b"CLEAR ALL", sent).status == 403
    assert server.send("/graphs?default", "DELETE", None, BEARER).status == 403
    assert server.send("/graphs?default", "PUT", b"", BEARER).status == 403
    assert server.query("ASK { ?s ?p ?o }").json["boolean"] is True


def test_answers_are_packed_for_those_who_ask(server):
    plain = server.ask("/export/concord.nt", Accept_Encoding="identity")
    packed = server.ask("/export/concord.nt", Accept_Encoding="gzip, br")
    assert packed.headers["content-encoding"] == "gzip"
    assert sorted(gzip.decompress(packed.body).splitlines()) == sorted(plain.body.splitlines())
    assert len(packed.body) < len(plain.body) / 3
    for reply in (plain, packed):
        assert "accept-encoding" in reply.varies
    refused = server.ask("/export/concord.nt", Accept_Encoding="gzip;q=0")
    assert "content-encoding" not in refused.headers
    assert "content-encoding" not in server.ask("/health", Accept_Encoding="gzip").headers


def test_what_a_client_has_is_not_sent_again(tmp_path):
    graph = make_graph(tmp_path / "graph", small=True)
    token = write_token(tmp_path)
    with run_serving(graph, "--writable", "--token-file", token) as server:
        paths = ("/sparql", "/sparql?query=SELECT*%7B%3Fa%20%3Fb%20%3Fc%7D", "/data/id/Japan.ttl",
                 "/page/id/Japan", "/graphs?default", "/export/concord.nt")  # fmt: skip
        before = {path: server.ask(path).headers["etag"] for path in paths}
        assert len(set(before.values())) == len(paths)
        for path, tag in before.items():
            assert tag.startswith('W/"')
            for method in ("GET", "HEAD"):
                reply = server.ask(path, method, If_None_Match=f'"x", {tag}')
                assert (reply.status, reply.body) == (304, b"")
                assert reply.headers["etag"] == tag
            assert server.ask(path, If_None_Match='W/"other"').status == 200
        other = server.ask(paths[1], Accept="text/csv", If_None_Match=before[paths[1]])
        assert other.status == 200
        assert server.update("INSERT DATA { <x:a> <x:b> 1 }").status == 204
        for path, tag in before.items():
            assert server.ask(path, If_None_Match=tag).status == 200


@pytest.mark.parametrize(
    "text",
    ["SELECT (NOW() AS ?x) {}", "SELECT (rand ( ) AS ?x) {}", "SELECT (UUID() AS ?x) {}",
     "SELECT (STRUUID#\n() AS ?x) {}", "SELECT (BNODE() AS ?x) {}",
     "SELECT (\\u004eOW() AS ?x) {}"],
)  # fmt: skip
def test_what_differs_each_time_is_not_kept(server, text):
    reply = server.query(text)
    assert "etag" not in reply.headers
    assert reply.status == 400 or reply.headers["cache-control"] == "no-store"


def test_strange_hosts_are_refused(server):
    for host in ("evil.example", "evil.example:80", "", "127.0.0.1.evil.example", "a b"):
        assert server.ask("/health", Host=host).status == 421
    for host in ("localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:7878"):
        assert server.ask("/health", Host=host).status == 200


def test_a_client_of_old_needs_no_host(server):
    connection = connect(server)
    connection.sendall(b"GET /id/Japan HTTP/1.0\r\n\r\n")
    head = read_to_end(connection).decode()
    assert f"location: {server.base}/data/id/Japan.ttl" in head


def test_pages_of_other_origins_read_only_where_allowed(server, graph):
    assert "access-control-allow-origin" not in server.ask("/health", Origin="http://a").headers
    options = ("--cors", "https://a.example", "--cors", "http://localhost:1")
    with run_serving(graph, *options) as open_server:
        reply = open_server.query("ASK {}", Origin="https://a.example")
        assert reply.headers["access-control-allow-origin"] == "https://a.example"
        assert "origin" in reply.varies
        assert "ETag" in reply.headers["access-control-expose-headers"]
        reply = open_server.query("ASK {}", Origin="https://b.example")
        assert "access-control-allow-origin" not in reply.headers
        reply = open_server.ask(
            "/sparql",
            "OPTIONS",
            Origin="https://a.example",
            Access_Control_Request_Method="POST",
            Access_Control_Request_Headers="authorization, content-type",
        )
        assert reply.status == 200
        assert "authorization" in reply.headers["access-control-allow-headers"].lower()


def test_the_base_url_is_what_the_server_calls_itself(graph):
    with run_serving(graph, "--base-url", "https://kg.example/c/") as server:
        for host in ("kg.example", "127.0.0.1"):
            reply = server.ask("/id/Japan", Host=host)
            assert reply.headers["location"] == "https://kg.example/c/data/id/Japan.ttl"
        assert "<https://kg.example/c/sparql>" in server.ask("/sparql").text


# ---------------------------------------------------------------------------- figures and the log


def test_requests_are_logged_without_what_they_ask(graph):
    with run_serving(graph) as server:
        server.query("ASK { <x:secret> ?p ?o }", User_Agent="tester/1", Authorization="Bearer x")
        server.ask("/nowhere%0Aline")
        assert server.stop() == 0
        first, second = server.log
    assert (first["method"], first["path"], first["status"]) == ("GET", "/sparql", 200)
    assert (first["client"], first["agent"]) == ("127.0.0.1", "tester/1")
    assert first["bytes"] > 10
    assert first["ms"] > 0
    assert "secret" not in json.dumps(first)
    assert second["path"] == "/nowhere\nline"


def test_a_log_goes_to_a_file_or_nowhere(graph, tmp_path):
    place = tmp_path / "log"
    with run_serving(graph, "--access-log", place) as server:
        server.ask("/health")
        assert server.stop() == 0
        assert server.log == []
    assert json.loads(place.read_text())["path"] == "/health"
    with run_serving(graph, "--access-log", "off") as server:
        server.ask("/health")
        assert server.stop() == 0
        assert server.log == []


def test_a_log_that_nobody_reads_holds_up_nobody(graph):
    with run_serving(graph) as server:
        for _ in range(300):
            server.ask("/health", User_Agent="x" * 500)
        server.process.terminate()
        assert server.process.wait(15) == 0
        kept = server.process.communicate(timeout=15)[1].splitlines()
        assert 50 < len(kept) < 300
        assert json.loads(kept[50])["agent"] == "x" * 500


def test_figures_are_kept(graph):
    with run_serving(graph, "--timeout", 1) as server:
        assert math.isnan(read_figures(server)["kg_graph_triples"])
        wait_until(lambda: read_figures(server)["kg_graph_triples"] > 500)
        server.query("ASK {}")
        server.query("ASK {")
        server.ask("/nowhere", "PURGE")
        server.ask("/sparql")
        reply = server.query(ENDLESS)
        assert reply.status == 503
        found = read_figures(server)
    labels = 'method="GET",route="/sparql",status="{}"'
    count = {status: found.get(f'kg_requests_total{{{labels.format(status)}}}', 0)
             for status in (200, 400, 503)}  # fmt: skip
    assert count == {200: 2, 400: 1, 503: 1}
    assert found['kg_requests_total{method="other",route="other",status="404"}'] == 1
    assert found['kg_request_seconds_count{route="/sparql"}'] == 4
    assert found['kg_operations_killed_total{reason="time"}'] == 1
    assert found["kg_operations_running"] == 0


@pytest.mark.parametrize("piece", ["NOW\n#", "BNODE ", "%41", "&a=b", "<", "(", "SERVICE ", "\\u"])
def test_long_requests_hold_up_nobody(server, piece):
    text = "query=" + piece * (900_000 // len(piece))
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    thread = threading.Thread(target=server.send, args=("/sparql", "POST", text, sent))
    thread.start()
    slowest = 0.0
    while thread.is_alive():
        began = time.monotonic()
        assert server.ask("/health").status == 200
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < 1


def test_health_waits_for_nobody(graph):
    with (
        run_serving(graph, "--workers", 1, "--timeout", 3) as server,
        asking(server, ENDLESS),
        asking(server, ENDLESS),
    ):
        wait_until(lambda: read_figures(server)["kg_operations_waiting"] >= 1)
        assert read_figures(server)["kg_operations_running"] == 1
        for _ in range(5):
            began = time.monotonic()
            reply = server.ask("/health")
            assert (reply.status, reply.json) == (200, {"status": "ok"})
            # The bench holds it to less, on a machine of its own.
            assert time.monotonic() - began < 1


# --------------------------------------------------------------------------- clients that misbehave


def connect(server):
    return socket.create_connection(server.address, timeout=10)


def read_to_end(connection):
    """Whatever still comes until the server closes."""
    found = b""
    with connection:
        while part := connection.recv(65_536):
            found += part
    return found


def test_heads_have_to_come_in_time_and_be_small(graph):
    with run_limited(graph, head_seconds=0.5, idle_seconds=1, head_size=4096) as server:
        for start in (b"", b"GET /health HTT", b"GET /health HTTP/1.1\r\nHost: localhost\r\n"):
            connection = connect(server)
            connection.sendall(start)
            began = time.monotonic()
            assert read_to_end(connection) == b""
            assert time.monotonic() - began < 3
        # One letter at a time gains nothing.
        connection = connect(server)
        began = time.monotonic()
        with pytest.raises(OSError), connection:
            while time.monotonic() - began < 5:
                connection.sendall(b"G")
                time.sleep(0.1)
        assert time.monotonic() - began < 3
        # Nor does a second head after a good one.
        connection = connect(server)
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET")
        assert read_to_end(connection).count(b"200 OK") == 1
        connection = connect(server)
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nA: " + b"x" * 8000)
        assert b" 400 " in read_to_end(connection)
        assert server.ask("/health").status == 200


def test_bodies_have_to_come_in_time_and_be_small(graph):
    with run_limited(graph, body_seconds=0.5, query_size=1000) as server:
        head = (
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/sparql-query\r\n"
        )
        connection = connect(server)
        connection.sendall(head + b"Content-Length: 6\r\n\r\nASK")
        assert b" 408 " in read_to_end(connection)
        connection = connect(server)
        connection.sendall(head + b"Content-Length: 100000000\r\n\r\n")
        assert b" 413 " in read_to_end(connection)
        connection = connect(server)
        connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n" + b"100\r\n" + b"x" * 256
                           + b"\r\n1000\r\n" + b"x" * 4096 + b"\r\n")  # fmt: skip
        assert b" 413 " in read_to_end(connection)
        connection = connect(server)
        connection.sendall(head + b"Content-Length: 6\r\n\r\nASK")
        connection.close()
        assert server.ask("/health").status == 200


def test_clients_that_do_not_read_are_given_up(graph):
    with run_limited(graph, stall_seconds=0.5) as server:
        connection = connect(server)
        query = quote(FLOOD)
        connection.sendall(
            f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        )
        wait_until(lambda: read_figures(server)["kg_operations_running"] == 1)
        wait_until(lambda: read_figures(server)["kg_operations_running"] == 0)
        assert not read_to_end(connection).endswith(b"0\r\n\r\n")


def test_a_query_ends_when_its_client_leaves(graph):
    with run_serving(graph) as server:
        connection = connect(server)
        query = quote(ENDLESS)
        connection.sendall(
            f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        )
        wait_until(lambda: read_figures(server)["kg_operations_running"] == 1)
        connection.close()
        wait_until(lambda: read_figures(server)["kg_operations_running"] == 0)
        assert server.stop() == 0
        assert any(line["status"] == 499 and line["path"] == "/sparql" for line in server.log)


def test_an_answer_that_breaks_off_has_no_end(graph):
    with run_serving(graph, "--timeout", 1) as server:
        with pytest.raises(http.client.IncompleteRead):
            server.query(FLOOD)
        assert read_figures(server)["kg_answers_broken_total"] == 1
        assert server.stop() == 0
        assert "longer than" in server.log[0]["broken"]


def test_too_many_connections_are_turned_away(graph):
    with run_limited(graph, connections=5) as server:
        kept = [connect(server) for _ in range(5)]
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            server.ask("/health")
        for connection in kept:
            connection.close()
        wait_until(lambda: server.ask("/health").status == 200)


# -------------------------------------------------------------------------------- begin and end


def test_one_line_tells_where_the_server_is(server, graph):
    assert server.told == f"serving {graph} (read-only) at {server.base}/\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_running_requests_are_finished_first(graph, number):
    with (
        run_serving(graph, "--timeout", 2, "--grace", 10) as server,
        asking(server, ENDLESS) as found,
    ):
        wait_until(lambda: read_figures(server)["kg_operations_running"] == 1)
        began = time.monotonic()
        assert server.stop(number) == 0
        assert time.monotonic() - began < 8
    assert found[0].status == 503
    assert "longer than 2 s" in found[0].text


def test_after_the_grace_requests_are_ended(graph):
    with (
        run_serving(graph, "--timeout", 60, "--grace", 1) as server,
        asking(server, ENDLESS) as found,
    ):
        wait_until(lambda: read_figures(server)["kg_operations_running"] == 1)
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 6
    assert len(found) == 1
    assert not any("error" in line for line in server.log)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--graph", "nowhere"), "no graph at nowhere: run kg build FILE first"),
        (("--writable",), "--writable needs --token-file"),
        (("--writable", "--host", "0.0.0.0"), "--writable needs --token-file"),
        (("--writable", "--token-file", "nowhere"), "nowhere cannot be read"),
        (("--token-file", "nowhere"), "has no use without --writable"),
        (("--host", "192.0.2.1"), "192.0.2.1 port 7878 cannot be had"),
        (("--port", "65536"), "is no port"),
        (("--timeout", "0"), "give some seconds"),
        (("--grace", "-1"), "not between 0 and 86400"),
        (("--workers", "0"), "is no number from 1"),
        (("--cors", "a.example"), "is no origin"),
        (("--base-url", "a.example"), "is no base URL"),
        (("--access-log", "/nowhere/log"), "cannot be written"),
    ],
)
def test_wrong_use_is_told_in_one_line(graph, options, complaint):
    given = options if "--graph" in options else ("--graph", graph, *options)
    process = start_serving(*given)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, b"")
    assert complaint in err.decode()
    assert err.count(b"\n") == 1


def test_a_port_that_is_taken_is_told(server, graph):
    process = start_serving("--graph", graph, "--port", server.address[1])
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err.count(b"\n")) == (2, b"", 1)
    assert b"choose another by --port" in err
