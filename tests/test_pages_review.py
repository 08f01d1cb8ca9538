"""Review in place: claims and links decided on their pages, by people who signed in."""

import re
import shutil
import signal
import time
from urllib.parse import quote, urlencode

import pytest
from pages import BROWSER, HOSTILE, Elements, check_harmless, read_page
from serving import BEARER, TOKEN, run_serving
from writers import STORY, post, run_writable, sign_in

from kg import iris
from kg.cli import main
from kg.review import find_standing, read_decisions
from kg.review.records import Outcome

JAPAN = str(iris.ID["Japan"])


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The graph of a short article, never changed."""
    place = tmp_path_factory.mktemp("built")
    (place / "story.txt").write_text(STORY, encoding="utf-8")
    assert main(["build", str(place / "story.txt"), "--graph", str(place / "graph")]) == 0
    return place / "graph"


@pytest.fixture
def graph(built, tmp_path):
    shutil.copytree(built, tmp_path / "graph")
    return tmp_path / "graph"


@pytest.fixture
def server(graph, tmp_path):
    with run_writable(graph, tmp_path) as running:
        yield running


def find_article(server):
    return server.ask("/", Accept=BROWSER).headers["location"].removeprefix(server.base)


def read(server, path, cookie=""):
    reply = server.ask(path, Accept=BROWSER, **({"Cookie": cookie} if cookie else {}))
    assert reply.status == 200, reply.text
    check_harmless(reply)
    return reply.text


def list_cards(page):
    """What the cards say, by the key of the claim that they are about."""
    found = re.findall(r'<li class="card[^"]*" id="card-(\w+)"(.*?)</li>', page, re.DOTALL)
    return {key: " ".join(Elements(f"<p {text}").text.split()) for key, text in found}


def find_claim(page, words):
    (key,) = [key for key, text in list_cards(page).items() if words in text]
    return key


def decide(server, cookie, path, key, decision, **fields):
    asked = {
        "kind": "claim",
        "about": f"{iris.BASE}article/{path.rsplit('/', 1)[1]}/claim/{key}",
        "decision": decision,
        "back": f"{path[1:]}#card-{key}",
        **fields,
    }
    return post(server, "/page/review", asked, cookie)


def read_outcomes(graph):
    return [each.verdicts[0].outcome for each in find_standing(read_decisions(graph))]


def test_a_decision_shows_at_once_and_lands_in_the_review_file(server, graph):
    cookie, path = sign_in(server), find_article(server)
    key = find_claim(read(server, path), "Japan supports United States")
    reply = decide(server, cookie, path, key, "accept")
    assert (reply.status, reply.headers["location"]) == (303, f"{server.base}{path}#card-{key}")
    assert "Accepted by Ann Example" in list_cards(read(server, path))[key]
    assert read_outcomes(graph) == [Outcome.ACCEPT]
    assert decide(server, cookie, path, key, "reject").status == 303
    page = read(server, path)
    assert "Taken out in review" in page
    assert "Rejected by Ann Example" in list_cards(page)[key]
    assert "claim-" + key not in page
    rows = server.query(f"ASK {{ GRAPH ?g {{ <{JAPAN}> <{iris.KG}supports> ?x }} }}")
    assert rows.json["boolean"] is False
    assert decide(server, cookie, path, key, "open").status == 303
    assert "Japan supports United States" in list_cards(read(server, path))[key]
    assert "Ann Example" not in read(server, path)
    assert read_outcomes(graph) == []
    assert not (graph / "review.pending").exists()


def test_a_decision_survives_a_restart_and_a_rebuild_from_scratch(built, graph, tmp_path):
    with run_writable(graph, tmp_path) as server:
        cookie, path = sign_in(server), find_article(server)
        key = find_claim(read(server, path), "Japan supports United States")
        assert decide(server, cookie, path, key, "reject").status == 303
    with run_writable(graph, tmp_path) as server:
        # The cookie is good for any server with the token.
        page = read(server, path, cookie)
        assert "Rejected by Ann Example" in list_cards(page)[key]
        assert "Take back" in list_cards(page)[key]
    shutil.rmtree(graph / "store")
    assert main(["build", str(built.parent / "story.txt"), "--graph", str(graph)]) == 0
    with run_serving(graph) as server:
        page = read(server, path)
        assert "Rejected by Ann Example" in list_cards(page)[key]
        assert "review-form" not in page


def test_what_was_recorded_when_the_server_was_killed_is_applied_by_the_next(graph, tmp_path):
    with run_writable(graph, tmp_path) as server:
        path = find_article(server)
        key = find_claim(read(server, path), "Japan supports United States")
        cookie = sign_in(server)
        assert decide(server, cookie, path, key, "accept").status == 303
        server.process.send_signal(signal.SIGKILL)
        server.process.communicate()
    # As if it had been killed between recording and applying.
    text = (graph / "decisions.yaml").read_text(encoding="utf-8")
    (graph / "decisions.yaml").write_text(text.replace("accept", "reject"), encoding="utf-8")
    (graph / "review.pending").touch()
    with run_writable(graph, tmp_path) as server:
        end = time.monotonic() + 30
        while "Rejected by" not in (page := read(server, path)) and time.monotonic() < end:
            time.sleep(0.2)
        assert "Rejected by Ann Example" in list_cards(page)[key]
        time.sleep(0.2)
        assert not (graph / "review.pending").exists()


def test_a_claim_is_corrected_by_names_and_shows_what_was_read(server, graph):
    cookie, path = sign_in(server), find_article(server)
    key = find_claim(read(server, path), "Japan supports United States")
    claim = f"{iris.BASE}article/{path.rsplit('/', 1)[1]}/claim/{key}"
    asked = urlencode({"claim": claim, "back": path[1:]})
    form = Elements(read(server, f"/page/review?{asked}", cookie))
    known = {each["name"]: each.get("value", "") for each in form.pick("input")}
    assert known["subject"] == "Japan" and known["holder"] == "the article itself"
    wanted = known | {"object": "China", "relation": "opposes", "modality": "possible"}
    assert (
        decide(server, cookie, path, key, "correct", **wanted | {"comment": HOSTILE}).status == 303
    )
    (card,) = [text for text in list_cards(read(server, path)).values() if "Corrected by" in text]
    assert "Japan opposes China" in card and "object was “United States”" in card
    assert "modality was “asserted”" in card
    (decision,) = find_standing(read_decisions(graph))
    assert decision.verdicts[0].correction.subject is None
    assert decision.verdicts[0].correction.holder is None
    again = decide(server, cookie, path, key, "correct", **known | {"subject": "Atlantis"})
    assert again.status == 422
    check_harmless(again)
    assert "Atlantis" in again.text
    same = known | {"relation": "supports", "modality": "asserted", "polarity": "positive"}
    assert "change something" in decide(server, cookie, path, key, "correct", **same).text


def test_links_are_decided_on_the_page_of_a_thing(server, graph):
    cookie = sign_in(server)
    item = "http://www.wikidata.org/entity/Q17"
    place = f"/page/id/{JAPAN.rsplit('/', 1)[1]}"

    def decide_link(decision, target=item):
        fields = {"kind": "thing", "about": JAPAN, "decision": decision, "target": target,
                  "back": place[1:]}  # fmt: skip
        return post(server, "/page/review", fields, cookie)

    assert "Is it the same?" in read(server, place, cookie)
    assert "Sign in to review" in read(server, place)
    assert decide_link("reject").status == 303
    page = read(server, place)
    assert "Rejected by <b>Ann Example" in page
    assert decide_link("close", "wd:Q30").status == 303
    verdicts = find_standing(read_decisions(graph))[0].verdicts
    assert [each.outcome for each in verdicts] == [Outcome.REJECT, Outcome.CLOSE]
    assert decide_link("open").status == 303
    verdicts = find_standing(read_decisions(graph))[0].verdicts
    assert [each.outcome for each in verdicts] == [Outcome.CLOSE]
    assert decide_link("open", "").status == 303
    assert read_outcomes(graph) == []
    assert decide_link("accept", "").status == 422
    assert decide_link("merge", JAPAN).status == 422


def test_only_whoever_signed_in_sees_forms_and_decides(server, graph):
    path = find_article(server)
    page = read(server, path)
    key = find_claim(page, "Japan supports United States")
    assert "review-form" not in page and "Sign in to review" in page
    assert decide(server, "", path, key, "reject").status == 401
    wrong = post(server, "/page/sign-in", {"name": "Eve", "token": "guessed-by-somebody"}, "")
    assert wrong.status == 403 and "set-cookie" not in wrong.headers
    cookie = sign_in(server)
    name, _, value = cookie.partition("=")
    for forged in (f"{name}=RXZl.{value.rpartition('.')[2]}", f"{name}=", f"{name}=%%%.x"):
        assert decide(server, forged, path, key, "reject").status == 401
    assert "review-form" in read(server, path, cookie)
    assert server.ask(path, Accept=BROWSER).headers["vary"].lower().count("cookie") == 1
    assert read_outcomes(graph) == []
    by_program = server.send("/page/review", "POST",
        urlencode({"kind": "claim", "decision": "accept", "author": "A program",
                   "about": f"{iris.BASE}article/{path.rsplit('/', 1)[1]}/claim/{key}"}).encode(),
        {"Content-Type": "application/x-www-form-urlencoded", **BEARER})  # fmt: skip
    assert by_program.status == 303
    assert "Accepted by A program" in list_cards(read(server, path))[key]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Sec_Fetch_Site": None},
        {"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "null", "Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "null", "Sec_Fetch_Site": None},
        {"Origin": None, "Sec_Fetch_Site": None},
    ],
)
def test_what_another_origin_sends_is_refused(built, server_once, headers):
    cookie, path, key = server_once[1:]
    fields = {"kind": "claim", "decision": "reject", "back": path[1:],
              "about": f"{iris.BASE}article/{path.rsplit('/', 1)[1]}/claim/{key}"}  # fmt: skip
    for place in ("/page/review", "/page/add", "/page/sign-in"):
        reply = post(server_once[0], place, fields, cookie, **headers)
        assert reply.status == 403 and "origin" in reply.text.lower()


@pytest.fixture(scope="module")
def server_once(built, tmp_path_factory):
    """A writable server for tests that change nothing, with a cookie, an article and a claim."""
    place = tmp_path_factory.mktemp("once")
    shutil.copytree(built, place / "graph")
    with run_writable(place / "graph", place) as server:
        path = find_article(server)
        yield server, sign_in(server), path, find_claim(read(server, path), "Japan supports")


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "claim", "decision": "accept", "about": "no iri"},
        {"kind": "claim", "decision": "merge", "about": JAPAN},
        {"kind": "thing", "decision": "correct", "about": JAPAN},
        {"kind": "", "decision": "accept", "about": JAPAN},
        {"kind": "claim", "decision": "accept", "about": JAPAN, "comment": "x" * 5000},
    ],
)
def test_senseless_decisions_are_refused(server_once, fields):
    reply = post(server_once[0], "/page/review", fields, server_once[1])
    assert reply.status == 400 and reply.text.count("\n") == 1


def test_a_claim_that_is_not_there_is_told_in_a_page(server_once):
    server, cookie, path, _ = server_once
    reply = decide(server, cookie, path, "0000000000000000", "accept")
    assert reply.status == 422 and "no claim" in reply.text
    assert f'href="{server.base}{path}#card-0000000000000000"' in reply.text


@pytest.mark.parametrize(
    "place", ["//evil.example/", "https://evil.example", "page/../../x y", "\\evil"]
)
def test_nobody_is_led_elsewhere(server_once, place):
    server = server_once[0]
    page = read_page(server, f"/page/sign-in?back={quote(place, safe='')}")
    assert [each["value"] for each in page.pick("input", name="back")] == [""]
    reply = post(server, "/page/sign-in", {"name": "A", "token": TOKEN, "back": place}, "")
    assert reply.headers["location"] == f"{server.base}/"


def test_hostile_names_of_reviewers_do_nothing(server_once):
    server, _, path, _ = server_once
    cookie = sign_in(server, HOSTILE)
    page = read(server, path, cookie)
    assert "<script>alert" not in page
    assert "&lt;/script&gt;" in page
    for name in ("", " ", "x" * 200, "a\x00b"):
        reply = post(server, "/page/sign-in", {"name": name, "token": TOKEN}, "")
        assert reply.status == 403 and "set-cookie" not in reply.headers


def test_a_server_for_reading_takes_nothing_and_shows_no_forms(graph):
    with run_serving(graph) as server:
        path = find_article(server)
        page = read(server, path)
        assert "review-form" not in page and "Sign in" not in page and "/page/add" not in page
        for place in ("/page/review", "/page/add", "/page/sign-in"):
            assert server.ask(place, Accept=BROWSER).status == 403
            assert post(server, place, {"name": "A"}, "").status == 403
