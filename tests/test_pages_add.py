"""Adding articles through the pages: files, texts and addresses, told by stage."""

import http.server
import shutil
import signal
import threading
import time
from contextlib import contextmanager

import pytest
from pages import BROWSER, HOSTILE, check_harmless, read_page
from serving import BEARER
from writers import STORY, follow_job, make_pdf, post, post_file, run_writable, sign_in

from kg.cli import main

PAGE = """<!doctype html><html><head><title>Talks in Tokyo | News</title>
<meta name="author" content="Ann Author"><meta property="article:published_time"
content="2024-03-05T10:00:00Z"></head><body><nav><a href="/">Home</a><a href="/x">More</a></nav>
<article><h1>Talks in Tokyo</h1>
<p>Japan supports the United States, and it said so at the summit in Tokyo on Monday.</p>
<p>China opposes the alliance of Japan and the United States with all its means.</p>
<script>alert("Japan attacks China")</script></article></body></html>"""
LINES = [
    "Japan supports the United States in the region, and it has",
    "said so at every summit since the end of the war.",
]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    place = tmp_path_factory.mktemp("built")
    (place / "story.txt").write_text(STORY, encoding="utf-8")
    assert main(["build", str(place / "story.txt"), "--graph", str(place / "graph")]) == 0
    return place / "graph"


@pytest.fixture(scope="module")
def serving(built, tmp_path_factory):
    """A server, the cookie of somebody who signed in, and its graph."""
    place = tmp_path_factory.mktemp("adding")
    shutil.copytree(built, place / "graph")
    with run_writable(place / "graph", place) as server:
        yield server, sign_in(server), place / "graph"


def add(server, cookie, name, data, **headers):
    reply = post_file(server, name, data, cookie, **headers)
    assert reply.status == 303, reply.text
    return follow_job(server, reply.headers["location"], cookie)


def read(server, told):
    reply = server.ask(told["reader"].removeprefix(server.base), Accept=BROWSER)
    assert reply.status == 200
    check_harmless(reply)
    return reply.text


def test_a_page_is_read_by_stages_and_then_the_reader_opens(serving):
    server, cookie, graph = serving
    reply = post_file(server, "talks.html", PAGE.encode(), cookie)
    assert reply.status == 303
    place = reply.headers["location"].removeprefix(server.base)
    waiting = server.ask(place, Accept=BROWSER, Cookie=cookie)
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in waiting.text
    check_harmless(waiting)
    told = follow_job(server, reply.headers["location"], cookie)
    assert told["state"] == "done" and set(told["steps"].values()) == {"done"}
    assert list(told["steps"])[:3] == ["text", "syntax", "claims"]
    after = server.ask(place, Accept=BROWSER, Cookie=cookie)
    assert (after.status, after.headers["location"]) == (303, told["reader"])
    page = read(server, told)
    assert "Talks in Tokyo" in page and "Ann Author" in page and "2024-03-05" in page
    assert "attacks" not in page and "Home" not in page
    assert (graph / "articles" / "talks.html").read_bytes() == PAGE.encode()
    key = told["reader"].rsplit("/", 1)[1]
    found = server.query(
        f"SELECT ?f WHERE {{ GRAPH ?g {{ <https://w3id.org/concord/article/{key}> "
        "<http://purl.org/dc/terms/format> ?f } }"
    ).json
    assert [row["f"]["value"] for row in found["results"]["bindings"]] == ["text/html"]


def test_a_pdf_and_a_pasted_text_are_read(serving):
    server, cookie, graph = serving
    lines = [(72, 700 - 14 * n, 11, line) for n, line in enumerate(LINES)]
    told = add(
        server, cookie, "C:\\papers\\pact.PDF", make_pdf([(72, 740, 20, "The Pact"), *lines])
    )
    assert told["state"] == "done", told["problem"]
    assert "has said so at every summit" in read(server, told).replace("</span>", "")
    assert (graph / "articles" / "pact.PDF").exists()
    reply = post(server, "/page/add", {"text": STORY.replace("Pact", "Plan")}, cookie)
    told = follow_job(server, reply.headers["location"], cookie)
    assert told["state"] == "done"
    assert (graph / "articles" / "The Plan.txt").exists()


def test_programs_add_with_the_token_and_are_told_in_json(serving):
    server, _, _ = serving
    data = STORY.replace("Pact", "Treaty").encode()
    reply = post_file(server, "treaty.txt", data, "", Origin=None, Sec_Fetch_Site=None,
                      Accept="application/json", **BEARER)  # fmt: skip
    assert reply.status == 400 and "name" in reply.text
    body = b'--xyz\r\nContent-Disposition: form-data; name="author"\r\n\r\nA program\r\n'
    body += b'--xyz\r\nContent-Disposition: form-data; name="file"; filename="treaty.txt"\r\n\r\n'
    sent = {**BEARER, "Content-Type": "multipart/form-data; boundary=xyz",
            "Accept": "application/json"}  # fmt: skip
    reply = server.send("/page/add", "POST", body + data + b"\r\n--xyz--\r\n", sent)
    assert reply.status == 201 and reply.json["state"] in ("waiting", "working")
    place = reply.headers["location"].removeprefix(server.base)
    end = time.monotonic() + 60
    while (told := server.send(f"{place}/state.json", headers=BEARER).json)["state"] != "done":
        assert time.monotonic() < end and told["state"] != "failed", told
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("scan.pdf", make_pdf([]), "without text"),
        ("deep.html", b"<!doctype html>" + b"<div>" * 100_000, "nests"),
        ("<script>alert(1)</script>.txt", b"\x00\x01", "binary"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(serving, name, data, words):
    server, cookie, graph = serving
    reply = post_file(server, name, data, cookie)
    told = follow_job(server, reply.headers["location"], cookie)
    assert told["state"] == "failed" and words in told["problem"] and "\n" not in told["problem"]
    page = read_job(server, reply, cookie)
    assert words in page and "<script>alert" not in page and "http-equiv" not in page
    assert not list((graph / "incoming").glob("*"))


def read_job(server, reply, cookie):
    path = reply.headers["location"].removeprefix(server.base)
    page = server.ask(path, Accept=BROWSER, Cookie=cookie)
    check_harmless(page)
    return page.text


def test_hostile_titles_and_texts_do_nothing(serving):
    server, cookie, _ = serving
    page = PAGE.replace("Talks in Tokyo", HOSTILE.replace("<", "&lt;") + " talks")
    page = page.replace("with all its means", HOSTILE.replace("<", "&lt;"))
    told = add(server, cookie, f'{HOSTILE}"\r\n.html', page.encode())
    assert told["state"] == "done", told["problem"]
    text = read(server, told)
    assert "<script>alert" not in text and "<img src=x" not in text


def test_nothing_is_taken_from_whoever_has_not_signed_in(serving):
    server, cookie, _ = serving
    assert post_file(server, "a.txt", STORY.encode(), "").status == 401
    page = server.ask("/page/add", Accept=BROWSER)
    assert page.status == 303 and "/page/sign-in" in page.headers["location"]
    assert server.ask("/page/add/0123456789abcdef/state.json").status == 401
    assert server.ask("/page/add/0123456789abcdef", Cookie=cookie).status == 404
    assert "Add" in read_page(server, "/page/sign-in").words


def test_a_form_brings_one_thing(serving):
    server, cookie, _ = serving
    for fields in ({}, {"text": " "}, {"text": STORY, "url": "https://example.org/"}):
        reply = post(server, "/page/add", fields, cookie)
        assert reply.status == 422 and "Give one thing" in reply.text
        check_harmless(reply)
    reply = post(server, "/page/add", {"url": "https://example.org/"}, cookie)
    assert reply.status == 422 and "--allow-fetch" in reply.text
    assert "fetch" not in server.ask("/page/add", Accept=BROWSER, Cookie=cookie).text.lower()
    reply = post(server, "/page/add", b"{}", cookie, Content_Type="application/json")
    assert reply.status == 415


def test_too_large_a_file_is_refused_before_it_is_read(serving):
    server, cookie, _ = serving
    sent = {"Content-Type": "multipart/form-data; boundary=xyz", "Origin": server.base,
            "Cookie": cookie, "Content-Length": "30000000"}  # fmt: skip
    assert server.send("/page/add", "POST", b"", sent).status == 413


def test_what_waited_when_the_server_was_killed_is_read_by_the_next(built, tmp_path):
    graph = tmp_path / "graph"
    shutil.copytree(built, graph)
    with run_writable(graph, tmp_path) as server:
        cookie = sign_in(server)
        places = [
            post_file(server, f"{n}.txt", STORY.replace("Pact", f"Pact {n}").encode(), cookie)
            for n in range(2)
        ]
        server.process.send_signal(signal.SIGKILL)
        server.process.communicate()
    with run_writable(graph, tmp_path) as server:
        for reply in places:
            path = "/" + reply.headers["location"].split("/", 3)[3]
            assert follow_job(server, path, cookie)["state"] == "done"
        assert server.ask("/", Accept=BROWSER).text.count("The Pact") == 3
        assert len(list((graph / "articles").iterdir())) == 2
    # All that was added can be built anew from the files that the graph keeps.
    again = tmp_path / "again"
    assert main(["build", str(graph / "articles"), "--graph", str(again)]) == 0


@contextmanager
def serve_site():
    """A site with an article, a place that leads inside, and a file of another kind."""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            kinds = {"/talks": ("text/html; charset=utf-8", PAGE.encode()),
                     "/data": ("application/json", b"{}")}  # fmt: skip
            if self.path == "/inside":
                self.send_response(302)
                self.send_header("Location", "http://127.0.0.1:9/secret")
                self.end_headers()
                return
            kind, body = kinds.get(self.path, ("text/plain", b""))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        yield site.server_address[1]
    finally:
        site.shutdown()
        site.server_close()


def test_an_address_is_fetched_where_that_is_allowed(built, tmp_path):
    graph = tmp_path / "graph"
    shutil.copytree(built, graph)
    with serve_site() as port, serve_site() as other:
        options = ("--allow-fetch", "--fetch-host", f"127.0.0.1:{port}")
        with run_writable(graph, tmp_path, *options) as server:
            cookie = sign_in(server)

            def fetch(url):
                reply = post(server, "/page/add", {"url": url}, cookie)
                if reply.status == 422:
                    return reply.text
                return follow_job(server, reply.headers["location"], cookie)

            told = fetch(f"http://127.0.0.1:{port}/talks")
            assert told["state"] == "done" and next(iter(told["steps"])) == "fetch"
            assert (graph / "articles" / "talks.html").exists()
            for url in (
                f"http://127.0.0.1:{other}/talks", f"http://localhost:{other}/talks",
                f"http://127.0.0.1:{port}/inside", f"http://127.0.0.1:{port}/data",
                f"http://127.0.0.1:{port}/none",
            ):  # fmt: skip
                assert fetch(url)["state"] == "failed", url
            for url in ("file:///etc/passwd", "ftp://example.org/", "http://", "http://a b/"):
                assert "this is no address" in fetch(url).lower()


def test_options_that_have_no_use_are_refused(built, capsys):
    assert main(["serve", "--graph", str(built), "--allow-fetch"]) == 2
    assert "--writable" in capsys.readouterr().err
