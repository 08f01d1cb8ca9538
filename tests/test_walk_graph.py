"""The graph in Chromium: it lies the same each time, grows, hides by line and year, is saved."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from browser import NARROW, WIDE

READY = "return document.getElementById('graph-panel').dataset.ready === 'yes'"
CY = "document.getElementById('graph')._cyreg.cy"
PLACES = f"""return {CY}.nodes().map((node) => {{
  const {{ x, y }} = node.position();
  return [node.id(), Math.round(10 * x), Math.round(10 * y)];
}})"""
# Keeps what is handed over as a file, which a browser without a window would only store.
KEEP = """window.kept = [];
const make = URL.createObjectURL;
URL.createObjectURL = (blob) => {
  blob.text().then((text) => window.kept.push(text));
  return make.call(URL, blob);
};"""


@pytest.fixture
def surroundings(browser, walk):
    """The page of what surrounds Japan, drawn."""
    browser.view()
    browser.open(walk.locate("/page/graph?thing=Japan&most=8"))
    browser.wait(READY)
    yield browser
    browser.check_quiet()


def count_shown(browser):
    return int(browser.find("#graph-panel").get_attribute("data-shown"))


def test_it_lies_the_same_each_time_in_a_window_of_any_size(browser, walk):
    found = []
    for size in (WIDE, WIDE, (1000, 700)):
        browser.view(size)
        browser.open(walk.locate(walk.article))
        browser.wait(READY)
        found.append(browser.run(PLACES))
    assert found[0] == found[1] == found[2]
    browser.view(NARROW)
    browser.check_quiet()


def test_the_neighbours_of_a_thing_grow_and_nothing_else_moves(surroundings):
    before = {place[0]: place for place in surroundings.run(PLACES)}
    surroundings.run(
        f"{CY}.nodes().filter((node) => /United-States$/.test(node.id())).emit('dbltap')"
    )
    surroundings.wait(f"return {CY}.nodes().length > {len(before)}")
    after = {place[0]: place for place in surroundings.run(PLACES)}
    assert {name: after[name] for name in before} == before
    surroundings.wait("return /were added/.test(document.querySelector('.graph-told').textContent)")


def test_lines_and_years_hide_what_they_leave_out(surroundings):
    whole = count_shown(surroundings)
    surroundings.click("button[data-look=asserted]")
    fewer = count_shown(surroundings)
    assert 0 < fewer < whole
    surroundings.click("button[data-look=asserted]")
    assert count_shown(surroundings) == whole
    surroundings.click(".graph-times .undated input")
    dated = count_shown(surroundings)
    assert 0 < dated < whole
    surroundings.click(".graph-times .undated input")
    assert count_shown(surroundings) == whole


def test_what_is_shown_is_saved(surroundings):
    surroundings.run(KEEP)
    for kind in ("svg", "graphml"):
        surroundings.click(".graph-save summary")
        surroundings.click(f"[data-save={kind}]")
    surroundings.wait("return window.kept.length === 2")
    svg, graphml = (ElementTree.fromstring(text) for text in surroundings.run("return window.kept"))
    discs = len(svg.findall(".//{*}circle"))
    assert (
        discs
        == len(graphml.findall(".//{*}node"))
        == surroundings.run(f"return {CY}.nodes().length")
    )
    assert len(svg.findall(".//{*}path")) == count_shown(surroundings)
    assert "Japan" in "".join(svg.itertext())
