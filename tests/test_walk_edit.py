"""People's ways of changing the graph through its pages, in Chromium: review, and new articles."""

from __future__ import annotations

import shutil

import pytest
from browser import ENTER, NARROW, THEMES, WIDE
from serving import TOKEN, run_serving, write_token
from walking import SECOND, Page, Walk, find_article, open_page

NAME = "Ada Reviewer"
PAGES = (
    Page("sign-in", "/page/sign-in?back=page/add", "Who are you?"),
    Page("add", "/page/add", "Add an article"),
    Page("reader", "{article}", "Reviewing as", "#graph-panel[data-ready]"),
    Page("thing", "/page/id/Japan", "Japan"),
)


@pytest.fixture(scope="module")
def place(walk_graph, tmp_path_factory):
    """A folder with a graph that is changed, and the token of whoever may."""
    place = tmp_path_factory.mktemp("edited")
    shutil.copytree(walk_graph, place / "graph")
    write_token(place)
    return place


def serve(place):
    """A server of the graph that takes changes."""
    return run_serving(place / "graph", "--writable", "--token-file", place / "token")


def make_walk(server):
    return Walk(server, *find_article(server))


def sign_in(browser, walk, back="page/add"):
    """Tell the server who one is."""
    browser.open(walk.locate(f"/page/sign-in?back={back}"))
    browser.fill("#name", NAME)
    browser.fill("#token", TOKEN)
    browser.press(ENTER)
    browser.wait("return !location.pathname.includes('sign-in')")


def decide(browser, key, decision):
    """Press a button of the review of a claim."""
    browser.click(f"#card-{key} button[value={decision}]")


def read_decision(browser, key):
    """What a card tells of the decision on its claim, once it does."""
    selector = f"#card-{key} .reviewed"
    browser.wait("return document.querySelector(arguments[0]) !== null", selector)
    return browser.read(selector)


def test_decisions_show_at_once_and_survive_a_restart(browser, place):
    browser.view()
    with serve(place) as server:
        walk = make_walk(server)
        sign_in(browser, walk, walk.article.removeprefix("/"))
        open_page(browser, walk, PAGES[2])
        keys = [each.get_attribute("data-claim") for each in browser.find_all("#cards .card")[:3]]
        decide(browser, keys[0], "accept")
        assert read_decision(browser, keys[0]).startswith(f"Accepted by {NAME}")
        decide(browser, keys[1], "reject")
        assert f"by {NAME}" in read_decision(browser, keys[1])
        assert browser.has(f"#card-{keys[1]}.is-rejected")
        browser.check_quiet()
    with serve(place) as server:
        walk = make_walk(server)
        open_page(browser, walk, PAGES[2])
        assert read_decision(browser, keys[0]).startswith(f"Accepted by {NAME}")
        assert browser.has(f".rejected #card-{keys[1]}")
        assert not browser.has(f"#cards [data-claim='{keys[1]}'], .mark[data-claim='{keys[1]}']")
        decide(browser, keys[1], "open")
        browser.wait("return document.querySelector('.rejected') === null")
        browser.check_quiet()
    decisions = list(place.glob("**/decisions.yaml"))
    assert decisions
    assert NAME in decisions[0].read_text(encoding="utf-8")


def test_a_claim_is_corrected(browser, place):
    browser.view()
    with serve(place) as server:
        walk = make_walk(server)
        sign_in(browser, walk, walk.article.removeprefix("/"))
        open_page(browser, walk, PAGES[2])
        key = browser.find_all("#cards .card")[4].get_attribute("data-claim")
        browser.click(f"#card-{key} .correct")
        browser.wait("return document.querySelector('.correct-form input[role=combobox]') !== null")
        browser.run(
            "const s = document.querySelector('.correct-form select[name=modality]');"
            "s.value = [...s.options].find((o) => /possible/i.test(o.value)).value"
        )
        browser.click(".correct-form .buttons button")
        card = f".card:has([data-origin='{key}'])"
        told = "return /Corrected by/.test(document.querySelector(arguments[0])?.innerText)"
        browser.wait(told, card)
        assert "possible" in browser.read(card)
        browser.check_quiet()


def test_an_article_is_added_and_opens(browser, place):
    browser.view()
    with serve(place) as server:
        walk = make_walk(server)
        sign_in(browser, walk)
        browser.fill("#text", SECOND.replace("Two Summits of the Year", "Two More Summits"))
        browser.click("form:has(#text) button")
        browser.wait("return document.querySelector('#reader') !== null", seconds=60)
        assert "Two More Summits" in browser.read("h1")
        assert browser.has("#cards .card")
        browser.check_quiet()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_pages_that_change_open_quietly(browser, place, size):
    with serve(place) as server:
        walk = make_walk(server)
        sign_in(browser, walk)
        for theme in THEMES:
            browser.view(size, theme)
            for page in PAGES:
                open_page(browser, walk, page)
                assert page.words in browser.read("main"), page
                assert browser.run("return document.documentElement.scrollWidth") <= size[0], page
                browser.check_quiet()


def test_nobody_changes_a_thing_without_the_token(browser, place):
    browser.view()
    with serve(place) as server:
        walk = make_walk(server)
        browser.driver.delete_all_cookies()
        browser.open(walk.locate("/page/sign-in?back=page/add"))
        browser.fill("#name", "Mallory")
        browser.fill("#token", "guessed")
        browser.press(ENTER)
        browser.wait("return document.querySelector('[role=alert]') !== null")
        browser.open(walk.locate(walk.article))
        assert not browser.has(".review-form")
        browser.check_quiet("status of 4")
