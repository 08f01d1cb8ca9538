"""Asking services: politely, guardedly, and never twice; and what happens when they misbehave."""

import gzip
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers import break_off, flood, hang, run_server, send, trickle

from kg.addresses import is_public
from kg.errors import LinkError, RequestError
from kg.http import AttemptError, Limits, get
from kg.linking.cache import Cache, KeptAnswer
from kg.linking.client import (
    AnswerKind,
    Client,
    Operator,
    Pace,
    Question,
    Series,
    UnansweredError,
    check_contact,
)

QUICK = Limits(connect=1, quiet=0.3, total=0.6, size=100_000, attempts=3, pause=1, patience=60)
START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def server():
    with run_server() as running:
        yield running


@pytest.fixture
def sleeps():
    return []


@pytest.fixture
def make_client(tmp_path, sleeps):
    """A client whose sleeps are listed instead of slept, at a fixed time."""
    opened = []

    def make(**options):
        options = {
            "contact": "tester@example.org",
            "allowed": frozenset({"127.0.0.1"}),
            "limits": QUICK,
            "pace": Pace(elsewhere=1e9),
            "sleep": sleeps.append,
            "random": lambda: 0.25,
            "now": lambda: START,
            **options,
        }
        cache = Cache(tmp_path / "cache.sqlite")
        opened.append(cache)
        return Client(cache, Operator(**options))

    yield make
    for cache in opened:
        cache.close()


def ask(client, server, path="/x", kind=AnswerKind.SEARCH, **parts):
    return client.ask(Question(kind, f"{server.url}{path}", **parts), lambda value: value)


def fail(client, server, **parts):
    with pytest.raises(LinkError) as raised:
        ask(client, server, **parts)
    return str(raised.value)


# ------------------------------------------------------------------------------- who is asking


@pytest.mark.parametrize(
    "contact", ["a@b.org", "mailto:a.b@c.example.org", "https://example.org/~me", "http://a.org"]
)
def test_an_operator_can_be_reached(contact):
    assert check_contact(f" {contact} ") == contact


@pytest.mark.parametrize(
    "contact",
    [None, "", "me", "me@home", "a b@c.org", "x)@y.org", "ftp://a.org", "http://localhost",
     "ü@b.org", "a@b.org\r\nX: y", "https://", "https://a.org/(x)"],
)  # fmt: skip
def test_nobody_goes_online_without_a_contact(make_client, contact):
    with pytest.raises(LinkError, match="--contact"):
        make_client(contact=contact)
    make_client(contact=contact, offline=True)


def test_a_service_is_told_who_asks(make_client, server):
    server.plan = [send({"a": 1})]
    assert ask(make_client(), server) == ({"a": 1}, "2026-01-02T03:04:05Z")
    agent = server.headers[0]["User-Agent"]
    assert agent.startswith("concord-kg/")
    assert "(tester@example.org)" in agent
    assert server.headers[0]["Accept-Encoding"] == "gzip"


# -------------------------------------------------------------------------- when, and how often


def test_the_wait_that_is_asked_for_is_kept(make_client, server, sleeps):
    server.plan = [send({}, 429, Retry_After="7"), send({"done": 1})]
    assert ask(make_client(), server)[0] == {"done": 1}
    assert sleeps == [7.25]


def test_without_one_waits_grow_and_are_spread(make_client, server, sleeps):
    server.plan = [send({}, 429), send({}, 500), send({"done": 1})]
    assert ask(make_client(), server)[0] == {"done": 1}
    assert sleeps == [0.75, 1.5]


def test_too_long_a_wait_is_not_waited(make_client, server, sleeps):
    server.plan = [send({}, 429, Retry_After="3600")]
    assert "answers 429" in fail(make_client(), server)
    assert sleeps == []


def test_a_service_that_stays_broken_is_given_up(make_client, server):
    server.plan = [send({"error": "on fire"}, 500)]
    assert "answers 500: on fire (3 attempts)" in fail(make_client(), server)
    assert len(server.requests) == 3


def test_each_host_has_its_pace():
    now = [100.0]
    slept = []

    def sleep(seconds):
        slept.append(round(seconds, 6))
        now[0] += seconds

    pace = Pace({"a": 200.0}, elsewhere=60.0, clock=lambda: now[0], sleep=sleep)
    for _ in range(8):
        pace.wait("a")
    assert slept == [0.3, 0.3, 0.3]
    pace.wait("b")
    assert len(slept) == 3
    now[0] += 3600
    for _ in range(5):
        pace.wait("a")
    assert len(slept) == 3


def test_a_host_of_the_operator_is_asked_without_a_pause(make_client, server):
    paused = []

    class Listed(Pace):
        def wait(self, host):
            paused.append(host)

    port = server.server_address[1]
    server.plan = [send({"done": 1})]
    ask(make_client(pace=Listed(), allowed=frozenset({f"127.0.0.1:{port}"})), server)
    assert paused == []
    client = make_client(
        pace=Listed(), resolve=lambda host, port: ["10.0.0.1"], allowed=frozenset({"127.0.0.1"})
    )
    with pytest.raises(LinkError, match="no public address"):
        client.ask(Question(AnswerKind.SEARCH, "http://a.example/"), lambda value: value)
    assert paused == ["a.example"]


@given(st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_no_host_is_asked_faster_than_its_pace(pauses):
    now = [0.0]
    times = []

    def sleep(seconds):
        now[0] += seconds

    pace = Pace({"a": 60.0}, clock=lambda: now[0], sleep=sleep)
    for pause in pauses:
        now[0] += pause
        pace.wait("a")
        times.append(now[0])
    for i, first in enumerate(times):
        within = sum(first <= each <= first + 10 for each in times[i:])
        assert within <= 10 + 5 + 1


# ------------------------------------------------------------------------------ what may come


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (send(b'{"a": '), "not JSON"),
        (send(b"<html>busy</html>", Content_Type="text/html"), "not JSON but text/html"),
        (break_off, "broke its answer off"),
        (send(gzip.compress(b'{"a": 1}' * 50)[:-9], Content_Encoding="gzip"), "broke its answer"),
        (send(b"\x1f\x8b\x08nothing", Content_Encoding="gzip"), "broke its answer off"),
        (hang, "in time"),
        (trickle, "in time"),
    ],
)
def test_what_is_no_answer_is_asked_for_again_and_never_kept(make_client, server, answer, said):
    client = make_client()
    server.plan = [answer]
    assert said in fail(client, server)
    server.plan = [answer, send({"done": 1})]
    assert ask(client, server)[0] == {"done": 1}
    assert ask(make_client(offline=True), server)[0] == {"done": 1}


def drip_headers(handler):
    """Send a header that never ends, a byte now and then."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not handler.server.released.is_set():
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def test_dripping_headers_meet_the_clock(make_client, server):
    client = make_client(limits=Limits(quiet=0.3, total=0.5, attempts=1))
    server.plan = [drip_headers]
    start = time.monotonic()
    assert "in time" in fail(client, server)
    assert time.monotonic() - start < 3


def test_gzip_is_unpacked(make_client, server):
    value = {"text": "ü" * 1000}
    packed = gzip.compress(json.dumps(value).encode())
    server.plan = [send(packed, Content_Encoding="gzip")]
    assert ask(make_client(), server)[0] == value
    split = gzip.compress(b'{"a":') + gzip.compress(b" 1}")
    server.plan = [send(split, Content_Encoding="x-gzip")]
    assert ask(make_client(), server, path="/y")[0] == {"a": 1}


def test_a_gzip_bomb_is_not_unpacked(make_client, server):
    bomb = gzip.compress(b" " * 60_000_000)
    assert len(bomb) < 100_000
    server.plan = [send(bomb, Content_Encoding="gzip")]
    start = time.monotonic()
    assert "more than 100000 bytes" in fail(make_client(), server)
    assert time.monotonic() - start < 2
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", [flood, send(b" " * 100_001)])
def test_too_much_is_not_read(make_client, server, answer):
    server.plan = [answer]
    assert "more than 100000 bytes" in fail(make_client(), server)


def test_an_encoding_nobody_asked_for_is_refused(make_client, server):
    server.plan = [send(b"x", Content_Encoding="br")]
    assert "encoding" in fail(make_client(), server)


# ----------------------------------------------------------------------------------- redirects


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_within_the_host_is_followed(make_client, server, status):
    server.plan = [send({}, status, Location="/moved"), send({"done": 1})]
    form = (("q", "x"),)
    assert ask(make_client(), server, form=form)[0] == {"done": 1}
    assert server.requests == ["q=x", "q=x"]


def test_see_other_is_followed_by_get(make_client, server):
    server.plan = [send({}, 303, Location="/moved"), send({"done": 1})]
    ask(make_client(), server, form=(("q", "x"),))
    assert server.requests == ["q=x", "/moved"]


def test_a_redirect_to_another_host_is_refused_unless_it_is_allowed(make_client, server):
    port = server.server_address[1]
    server.plan = [send({}, 302, Location=f"http://localhost:{port}/other"), send({"done": 1})]
    assert "another host, http://localhost" in fail(make_client(), server)
    assert len(server.requests) == 1
    server.plan = [send({}, 302, Location=f"http://localhost:{port}/other"), send({"done": 1})]
    client = make_client(allowed=frozenset({"127.0.0.1", "localhost"}))
    assert ask(client, server)[0] == {"done": 1}


def test_an_allowed_redirect_is_checked_like_any_address(make_client, server):
    server.plan = [send({}, 302, Location="http://metadata.example/")]
    client = make_client(
        allowed=frozenset({"127.0.0.1", "other.example"}),
        resolve=lambda host, port: ["127.0.0.1"] if host == "127.0.0.1" else ["169.254.169.254"],
    )
    assert "another host" in fail(client, server)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://[", ""])
def test_a_redirect_to_no_address_is_refused(make_client, server, location):
    server.plan = [send({}, 302, Location=location)]
    said = fail(make_client(), server)
    assert "no address" in said or "without end" in said


def flood_elsewhere(handler):
    """Send elsewhere, with a body without end."""
    handler.send_response(302)
    handler.send_header("Location", "/next")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    chunk = b"%x\r\n%s\r\n" % (65_536, b" " * 65_536)
    while not handler.server.released.is_set():
        handler.wfile.write(chunk)


def test_the_body_of_a_redirect_is_not_read(make_client, server):
    server.plan = [flood_elsewhere, send({"done": 1})]
    start = time.monotonic()
    assert ask(make_client(), server)[0] == {"done": 1}
    assert time.monotonic() - start < 5
    server.plan = [flood_elsewhere]
    with pytest.raises(RequestError, match="not followed"):
        get(f"{server.url}/x", limits=QUICK)


def test_redirects_have_an_end(make_client, server):
    server.plan = [send({}, 302, Location="/again")]
    assert "without end" in fail(make_client(), server)
    assert len(server.requests) == 6


# ----------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
     "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "x"],
)  # fmt: skip
def test_private_addresses_are_refused(make_client, server, address):
    assert not is_public(address)
    client = make_client(allowed=frozenset(), resolve=lambda host, port: ["8.8.8.8", address])
    said = fail(client, server)
    assert "no public address" in said
    assert "allow 127.0.0.1" in said
    assert server.requests == []


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_are_spoken_to(address):
    assert is_public(address)


def test_the_address_that_was_checked_is_the_one_connected_to(make_client, server):
    port = server.server_address[1]
    looked_up = []

    def resolve(host, port):
        looked_up.append((host, port))
        return ["127.0.0.1"] if len(looked_up) == 1 else ["10.0.0.1"]

    client = make_client(allowed=frozenset({f"service.example:{port}"}), resolve=resolve)
    server.plan = [send({"done": 1})]
    question = Question(AnswerKind.SEARCH, f"http://service.example:{port}/x?a=b")
    assert client.ask(question, lambda value: value)[0] == {"done": 1}
    assert looked_up == [("service.example", port)]
    assert server.headers[0]["Host"] == f"service.example:{port}"


def test_no_proxy_is_asked(make_client, server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.plan = [send({"done": 1})]
    assert ask(make_client(), server)[0] == {"done": 1}


@pytest.fixture
def certified(server, tmp_path, monkeypatch):
    """The server behind TLS as service.example, by a certificate that is trusted."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-keyout", key, "-out", certificate, "-subj", "/CN=service.example"]
    command += ["-addext", "subjectAltName=DNS:service.example"]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    return server


@pytest.mark.parametrize(("host", "good"), [("service.example", True), ("other.example", False)])
def test_a_certificate_is_checked_against_the_name(make_client, certified, host, good):
    port = certified.server_address[1]
    client = make_client(
        allowed=frozenset({host}), resolve=lambda host, port: ["127.0.0.1"], sleep=lambda s: None
    )
    certified.plan = [send({}, 302, Location=f"http://{host}:{port}/x"), send({"done": 1})]
    question = Question(AnswerKind.SEARCH, f"https://{host}:{port}/x")
    with pytest.raises(LinkError) as raised:
        client.ask(question, lambda value: value)
    assert ("could listen" in str(raised.value)) == good
    if good:
        assert client.ask(question, lambda value: value)[0] == {"done": 1}
    else:
        assert certified.requests == []


# --------------------------------------------------------------------------------- what is kept


def test_what_is_kept_is_not_asked_for_again(make_client, server):
    server.plan = [send({"n": 1}), send({"n": 2})]
    first = ask(make_client(), server, parameters=(("q", "x"),))
    later = make_client(now=lambda: START + timedelta(days=29))
    assert ask(later, server, parameters=(("q", "x"),)) == first
    assert len(server.requests) == 1
    expired = make_client(now=lambda: START + timedelta(days=31))
    assert ask(expired, server, parameters=(("q", "x"),)) == ({"n": 2}, "2026-02-02T03:04:05Z")


def test_offline_takes_what_is_kept_however_old(make_client, server):
    server.plan = [send({"n": 1})]
    first = ask(make_client(), server)
    offline = make_client(offline=True, contact=None, now=lambda: START + timedelta(days=9999))
    assert ask(offline, server) == first
    with pytest.raises(UnansweredError, match="without --offline"):
        ask(offline, server, path="/other")
    assert len(server.requests) == 1


def test_questions_are_told_apart(make_client, server):
    server.plan = [send({"n": n}) for n in range(5)]
    asked = [
        {},
        {"parameters": (("a", "1"),)},
        {"parameters": (("a", "2"),)},
        {"form": (("a", "1"),)},
        {"body": '{"a": 1}'},
    ]
    client = make_client()
    assert [ask(client, server, **parts)[0]["n"] for parts in asked] == [0, 1, 2, 3, 4]
    assert [ask(client, server, **parts)[0]["n"] for parts in asked] == [0, 1, 2, 3, 4]


def test_a_secret_is_sent_but_not_kept(make_client, server, tmp_path):
    server.plan = [send({}, 404)]
    secrets = (("username", "hidden-name"),)
    assert "hidden-name" not in fail(make_client(), server, secrets=secrets)
    server.plan = [send({"n": 1})]
    ask(make_client(), server, secrets=secrets)
    assert "username=hidden-name" in server.requests[-1]
    assert b"hidden-name" not in (tmp_path / "cache.sqlite").read_bytes()
    assert ask(make_client(offline=True), server, secrets=(("username", "another"),))[0]


def test_what_the_reader_refuses_is_not_kept(make_client, server):
    def read(value):
        if "good" not in value:
            raise AttemptError("answers badly", again=True)
        return value["good"]

    server.plan = [send({"bad": 1}), send({"good": 2})]
    question = Question(AnswerKind.SEARCH, f"{server.url}/x")
    assert make_client().ask(question, read)[0] == 2
    assert make_client(offline=True).ask(question, read)[0] == 2


def test_a_kept_answer_that_cannot_be_read_any_more_is_asked_for_again(make_client, server):
    server.plan = [send({"old": 1}), send({"new": 2})]
    ask(make_client(), server)

    def read(value):
        if "new" not in value:
            raise AttemptError("is of an older form", again=False)
        return value["new"]

    question = Question(AnswerKind.SEARCH, f"{server.url}/x")
    assert make_client().ask(question, read)[0] == 2


def make_series(server, size=3):
    def split(value, keys):
        return {key: value[key] for key in keys if key in value}

    def question(keys):
        return Question(AnswerKind.ENTITY, server.url, (("ids", "|".join(keys)),))

    return Series(AnswerKind.ENTITY, "things", size, question, split)


def test_a_series_asks_only_for_what_is_missing(make_client, server):
    server.plan = [send({name: name.upper() for name in "abcdefg" if name != "f"})]
    client = make_client()
    found = client.ask_series(make_series(server), "abcb")
    assert {key: each.value for key, each in found.items()} == {"a": "A", "b": "B", "c": "C"}
    client.ask_series(make_series(server), "abcd")
    found = client.ask_series(make_series(server), "abcdefg")
    assert found["f"].value is None
    assert [path.split("=")[1] for path in server.requests] == ["a%7Cb%7Cc", "d", "e%7Cf%7Cg"]
    assert len(make_client(offline=True).ask_series(make_series(server), "gfedcba")) == 7


def test_what_came_before_a_failure_is_kept(make_client, server):
    server.plan = [send({"a": 1, "b": 2}), send({}, 400)]
    with pytest.raises(LinkError):
        make_client().ask_series(make_series(server, size=2), "abcd")
    found = make_client(offline=True).ask_series(make_series(server, size=2), "ab")
    assert [each.value for each in found.values()] == [1, 2]


# ------------------------------------------------------------------------------------ the file


def test_a_damaged_cache_is_told(tmp_path):
    path = tmp_path / "cache.sqlite"
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(LinkError, match=r"damaged .* delete it"):
        Cache(path)


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(LinkError, match="cannot be written"):
        Cache(tmp_path / "file" / "cache.sqlite")
    with pytest.raises(LinkError, match="cannot be written"):
        Cache(tmp_path)


def test_a_cache_of_another_version_is_told(tmp_path):
    import sqlite3

    path = tmp_path / "cache.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(LinkError, match="another version"):
        Cache(path)


def test_two_processes_may_keep_answers_at_once(tmp_path):
    path = tmp_path / "cache.sqlite"
    with Cache(path) as one, Cache(path) as other:
        one.keep([KeptAnswer("a", "search", "2026", b"1")])
        other.keep([KeptAnswer("b", "search", "2026", b"2")])
        assert one.find("b").body == b"2"
        assert len(other) == 2


KILLED = """
import sys
from pathlib import Path
from kg.linking.cache import Cache
from kg.linking.client import AnswerKind, Client, Operator, Pace, Question
url, place = sys.argv[1:]
operator = Operator("a@b.org", allowed=frozenset({"127.0.0.1"}), pace=Pace(elsewhere=1e9))
with Cache(Path(place)) as cache:
    client = Client(cache, operator)
    for number in range(40):
        question = Question(AnswerKind.SEARCH, url, (("n", str(number)),))
        client.ask(question, lambda value: value)
"""


@pytest.mark.parametrize("moment", [1, 9, 23])
def test_killing_the_process_loses_no_answer(make_client, server, tmp_path, moment):
    server.plan = [send({"done": 1})]
    command = [sys.executable, "-c", KILLED, server.url, str(tmp_path / "cache.sqlite")]
    process = subprocess.Popen(command, env=dict(os.environ))
    give_up = time.monotonic() + 30
    while len(server.requests) < moment and time.monotonic() < give_up:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    asked = len(server.requests)
    assert moment <= asked < 40
    client = make_client()
    for number in range(40):
        client.ask(
            Question(AnswerKind.SEARCH, server.url, (("n", str(number)),)), lambda value: value
        )
    # The one that was on its way when the process died may have to come again, none before it.
    again = len(server.requests) - 40
    assert 0 <= again <= 1
    assert client.asked == 40 - asked + again
