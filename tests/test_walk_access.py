"""Pages for everyone: what axe-core finds, the keyboard alone, narrow windows, larger text."""

from __future__ import annotations

import pytest
from browser import DOWN, ENTER, ESCAPE, LEFT, NARROW, RIGHT, THEMES, WIDE
from walking import PAGES, find_page, open_page

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
MOST_STOPS = 45
_OPEN_ALL = "for (const each of document.querySelectorAll('details')) each.open = true;"

# What can be clicked and the tabulator must lead to, in the order of the page.
_LIST_STOPS = """
const kinds = "a[href], button, input, select, textarea, summary, [tabindex='0']";
window.stops = [...document.querySelectorAll(kinds)].filter((each) =>
  each.tabIndex >= 0 && !each.disabled && each.checkVisibility({ visibilityProperty: true }));
return window.stops.length;
"""
_LOOK_AT_FOCUS = """
const each = document.activeElement;
const style = getComputedStyle(each);
const box = each.getBoundingClientRect();
const bar = document.querySelector(".site").getBoundingClientRect();
const ring = (at) => at.outlineStyle !== "none" && parseFloat(at.outlineWidth) >= 2;
const frame = each.closest(".CodeMirror-focused");
const inBar = each.closest(".site, .skip") !== null;
return {
  place: window.stops.indexOf(each),
  told: `${each.outerHTML.slice(0, 120)}`,
  // A shape of a map has its own line drawn thicker, a slider its thumb outlined.
  outlined: ring(style) || ring(getComputedStyle(each, "::after"))
    || (frame !== null && getComputedStyle(frame).boxShadow !== "none")
    || (each instanceof SVGElement && parseFloat(style.strokeWidth) >= 2.5)
    || each.matches("input[type=range]"),
  seen: box.bottom > 0 && box.top < innerHeight && (inBar || box.bottom > bar.bottom),
};
"""
# Text that is cut off at the side, or reaches out of the window, where nothing lets one scroll.
_LIST_LOST = """
const lost = [];
const wide = document.documentElement.clientWidth;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  if (!node.data.trim()) continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  const own = node.parentElement;
  if (!box.width || !own.checkVisibility() || own.closest(".skip, datalist, select")) continue;
  let scrolls = false, left = 0, right = wide;
  for (let each = own; each; each = each.parentElement) {
    const { clipPath, overflowX, textOverflow } = getComputedStyle(each);
    // What only assistive programs are told is clipped on purpose.
    if (/auto|scroll/.test(overflowX) || textOverflow === "ellipsis" || clipPath !== "none") {
      scrolls = true;
    }
    if (/hidden|clip/.test(overflowX) && each !== document.body) {
      const outer = each.getBoundingClientRect();
      [left, right] = [Math.max(left, outer.left), Math.min(right, outer.right)];
    }
  }
  if (!scrolls && (box.left < left - 1 || box.right > right + 1)) lost.push(node.data.trim());
}
return lost.slice(0, 5);
"""


def count_lit(browser):
    """How many edges of the graph are lit, as its panel tells."""
    return int(browser.find("#graph-panel").get_attribute("data-lit"))


# --------------------------------------------------------------------------------------- axe


@SIZES
def test_axe_finds_nothing_grave_on_any_page(browser, walk, axe, size):
    faults = {}
    for page in PAGES:
        browser.view(size)
        open_page(browser, walk, page)
        browser.run(_OPEN_ALL)
        # No colour depends on the width.
        for theme in THEMES if size == WIDE else THEMES[:1]:
            browser.view(size, theme)
            if found := browser.list_faults(axe):
                faults[f"{page} {theme}"] = found
    assert not faults, faults
    browser.check_quiet()


@SIZES
def test_axe_finds_nothing_grave_in_what_is_lit_and_opened(browser, walk, axe, size):
    browser.view(size)
    open_page(browser, walk, find_page("reader"))
    faults = []

    def judge():
        for theme in THEMES:
            browser.view(size, theme)
            faults.extend(browser.list_faults(axe))

    browser.click(".text a.mark")
    browser.press("w")
    browser.wait("return document.querySelector('.proof') !== null")
    judge()
    browser.press(ESCAPE)
    browser.click(".text .mention")
    assert browser.find("#sheet").is_displayed()
    judge()
    assert not faults, faults
    browser.check_quiet()


# ---------------------------------------------------------------------------------- keyboard


@pytest.mark.parametrize(
    ("size", "pages"),
    [(WIDE, PAGES), (NARROW, [find_page("reader"), find_page("question")])],
    ids=["wide", "narrow"],
)
def test_the_tabulator_reaches_all_that_can_be_clicked(browser, walk, size, pages):
    browser.view(size)
    faults = {}
    for page in pages:
        open_page(browser, walk, page)
        stops = browser.run(_LIST_STOPS)
        for number in range(min(stops, MOST_STOPS)):
            browser.tab()
            found = browser.run(_LOOK_AT_FOCUS)
            if not (found["place"] == number and found["outlined"] and found["seen"]):
                faults[f"{page} {number}"] = found
                break
    assert not faults, faults
    browser.check_quiet()


def test_what_the_tabulator_passes_over_is_reached_elsewhere(browser, walk):
    browser.view()
    browser.open(walk.locate(walk.article))
    browser.wait("return document.querySelectorAll('.mention[tabindex]').length > 0")
    passed = browser.run(
        """const [over, reached] = [new Set(), new Set()];
        for (const each of document.querySelectorAll("a[href], button")) {
          (each.tabIndex < 0 ? over : reached).add(each.href ?? each.id);
        }
        return [...over].filter((each) => !reached.has(each));"""
    )
    assert passed == []
    browser.check_quiet()


def test_the_skip_link_passes_over_the_head(browser, walk):
    browser.view()
    browser.open(walk.locate("/questions"))
    browser.tab()
    assert browser.run("return document.activeElement.innerText") == "Skip to the content"
    assert browser.run("return document.activeElement.getBoundingClientRect().top") >= 0
    browser.press(ENTER)
    browser.tab()
    assert browser.run("return document.activeElement.closest('main') !== null")
    browser.check_quiet()


def test_a_claim_is_read_lit_and_proved_with_keys_alone(browser, walk):
    browser.view()
    open_page(browser, walk, find_page("reader"))
    lit = "return [...document.querySelectorAll('.mark.lit')].map((e) => e.dataset.claim)"
    browser.press("j")
    first = browser.run(lit)
    browser.press("j")
    second = browser.run(lit)
    browser.press("k")
    assert browser.run(lit) == first != second
    assert count_lit(browser) == 1
    browser.press("w")
    browser.wait("return document.querySelector('.card .proof .words') !== null")
    browser.tab()
    assert browser.run("return document.activeElement.matches('.proof .words')")
    browser.press(ESCAPE)
    assert browser.run(lit) == []
    browser.check_quiet()


def test_a_thing_is_shown_with_keys_alone_and_closed_again(browser, walk):
    browser.view()
    open_page(browser, walk, find_page("reader"))
    browser.run("document.querySelector('.text .mention').focus()")
    browser.press(ENTER)
    assert browser.find("#sheet").is_displayed()
    assert browser.run("return document.activeElement.matches('#sheet .close')")
    assert browser.has("#sheet .thing-card .number, #sheet .thing-card .why")
    browser.press(ENTER)
    assert not browser.find("#sheet").is_displayed()
    assert browser.run("return document.activeElement.matches('.text .mention')")
    browser.check_quiet()


def test_the_graph_is_walked_with_keys_alone(browser, walk):
    browser.view()
    open_page(browser, walk, find_page("reader"))
    browser.run("document.querySelector('#graph-panel .edge-legend button').focus()")
    while not browser.run("return document.activeElement.id === 'graph'"):
        browser.tab()
    spoken = "return document.querySelector('.graph-spoken').textContent"
    first = browser.wait(spoken)
    assert count_lit(browser) > 1
    for key in (RIGHT, LEFT, DOWN):
        browser.press(key)
    assert browser.wait(spoken) != first
    assert browser.has(".card.lit")
    browser.press(ENTER)
    assert browser.run("return document.activeElement.closest('.graph-chosen') !== null")
    browser.press(ESCAPE)
    assert browser.run("return document.activeElement.id") == "graph"
    browser.check_quiet()


def test_all_that_the_graph_draws_stands_in_a_list(browser, walk):
    browser.view()
    open_page(browser, walk, find_page("reader"))
    browser.run("document.querySelector('[data-tool=list]').focus()")
    browser.press(ENTER)
    rows = browser.find_all(".graph-list tbody tr")
    assert len(rows) >= int(browser.find("#graph-panel").get_attribute("data-shown")) > 100
    assert browser.has(".graph-list tbody a[href*='/page/why?']")
    browser.run("document.querySelector('.graph-list tbody button').focus()")
    browser.press(ENTER)
    assert count_lit(browser) == 1
    assert browser.has(".card.lit")
    browser.check_quiet()


# ------------------------------------------------------------------------------------- sizes


@pytest.mark.parametrize(
    ("size", "scale", "letters"),
    [(NARROW, 1, 100), ((640, 450), 2, 100), ((1280, 900), 1, 200)],
    ids=["narrow", "zoomed", "large-letters"],
)
def test_no_text_is_lost(browser, walk, size, scale, letters):
    browser.view(size, scale=scale)
    faults = {}
    for page in PAGES:
        open_page(browser, walk, page)
        browser.run(f"document.documentElement.style.fontSize = '{letters}%';{_OPEN_ALL}")
        lost = browser.run(_LIST_LOST)
        wide, bar = browser.run(
            "return [document.documentElement.scrollWidth,"
            " document.querySelector('.site').getBoundingClientRect().height / innerHeight]"
        )
        if lost or wide > size[0] or bar > 0.3:
            faults[str(page)] = (lost, wide, bar)
    assert not faults, faults
    browser.check_quiet()
