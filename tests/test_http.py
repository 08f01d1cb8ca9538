"""Asking servers that answer, and servers that misbehave."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from servers import break_off, flood, hang, run_server, send, trickle

from kg.errors import RequestError
from kg.http import Limits, get, post_json

QUICK = Limits(connect=1, quiet=0.3, total=0.6, size=100_000, attempts=3, pause=0.01, patience=2)


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with run_server() as running:
        yield running


def ask(server, **options):
    return post_json(f"{server.url}/ask", {"a": "é"}, limits=QUICK, **options)


def fail(server):
    with pytest.raises(RequestError) as raised:
        ask(server)
    assert raised.value.url == f"{server.url}/ask"
    return str(raised.value)


def test_json_is_sent_and_read(server):
    server.plan = [send({"b": "ü"})]
    assert ask(server, key="secret") == {"b": "ü"}
    assert server.requests == [{"a": "é"}]
    assert server.headers[0]["Authorization"] == "Bearer secret"


def test_without_a_key_none_is_sent(server, tmp_path, monkeypatch):
    rc = tmp_path / "netrc"
    rc.write_text("machine 127.0.0.1 login someone password other\n")
    monkeypatch.setenv("NETRC", str(rc))
    server.plan = [send({})]
    ask(server)
    assert "Authorization" not in server.headers[0]


def test_a_body_is_had_as_bytes(server):
    server.plan = [send(b"\x00plain")]
    assert get(f"{server.url}/x", limits=QUICK) == b"\x00plain"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(server, status):
    server.plan = [send({}, status), send({}, status), send({"done": 1})]
    assert ask(server) == {"done": 1}


def test_a_server_that_stays_busy_is_given_up(server):
    server.plan = [send({"error": {"message": "too \x1b[31mmany"}}, 500)]
    message = fail(server)
    assert "answers 500: too [31mmany (3 attempts)" in message
    assert len(server.requests) == 3


def test_the_wait_that_is_asked_for_is_kept(server):
    server.plan = [send({}, 429, Retry_After="1"), send({"done": 1})]
    start = time.monotonic()
    assert ask(server) == {"done": 1}
    assert time.monotonic() - start >= 1


def test_a_wait_may_be_a_date(server):
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=1.5), usegmt=True)
    server.plan = [send({}, 503, Retry_After=then), send({"done": 1})]
    assert ask(server) == {"done": 1}


@pytest.mark.parametrize("wait", ["3600", "Fri, 31 Dec 2999 23:59:59 GMT"])
def test_too_long_a_wait_is_refused(server, wait):
    server.plan = [send({}, 429, Retry_After=wait)]
    assert "answers 429" in fail(server)
    assert len(server.requests) == 1


def test_an_odd_wait_is_ignored(server):
    server.plan = [send({}, 429, Retry_After="soon"), send({"done": 1})]
    assert ask(server) == {"done": 1}


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_refusal_is_final(server, status):
    server.plan = [send({"error": "no"}, status)]
    assert f"answers {status}: no" in fail(server)
    assert len(server.requests) == 1


def test_a_redirect_is_not_followed(server):
    server.plan = [send({}, 307, Location=f"{server.url}/other")]
    assert "not followed" in fail(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (send(b"<html>"), "not JSON"),
        (send(b"[" * 90_000), "not JSON"),
        (send(b"\xff\xfe"), "not JSON"),
        (break_off, "broke its answer off"),
        (hang, "in time"),
        (trickle, "in time"),
    ],
)
def test_what_is_no_answer_is_asked_for_again(server, answer, said):
    server.plan = [answer, send({"done": 1})]
    assert ask(server) == {"done": 1}
    server.plan = [answer]
    assert said in fail(server)


@pytest.mark.parametrize("answer", [flood, send(b" " * 100_001)])
def test_too_much_is_not_read(server, answer):
    server.plan = [answer]
    assert "more than 100000 bytes" in fail(server)
    assert len(server.requests) == 1


def test_a_packed_body_is_not_unpacked(server):
    server.plan = [send(b"\x1f\x8b\x08", Content_Encoding="gzip")]
    assert "not JSON" in fail(server)


def test_nobody_listens(server):
    url = server.url
    server.server_close()
    with pytest.raises(RequestError, match="cannot be reached: Connection refused"):
        post_json(url, {}, limits=QUICK)


@pytest.mark.parametrize("url", ["", "ftp://host/x", "http://", "file:///etc/passwd", "http://[x"])
def test_only_servers_have_addresses(url):
    with pytest.raises(RequestError, match="no address of a server"):
        get(url)


def test_no_secret_is_told():
    with pytest.raises(RequestError) as raised:
        get("http://me:pass@127.0.0.1:1/x?key=hidden", limits=QUICK)
    assert "pass" not in str(raised.value)
    assert "hidden" not in str(raised.value)
