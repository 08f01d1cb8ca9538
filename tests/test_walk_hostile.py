"""A graph in which every text is an attack: loaded, pointed at and clicked, it does nothing."""

from __future__ import annotations

import shutil
from urllib.parse import quote, urlencode, urlsplit

import pytest
from browser import DOWN, ENTER, WIDE
from pages import HOSTILE
from rdflib import DCTERMS, RDFS, SKOS, Literal, URIRef
from walking import PAGES, Page, find_page, open_page, serve_walk

from kg.iris import ID, KG, OA
from kg.store import open_graph

BIDI = "\u202e\u2066"
PAYLOAD = f"{HOSTILE}${{alert(1)}}<svg/onload=alert(1)>javascript:alert(1){BIDI}"

# Texts that must keep their length, for places in them are told by numbers.
_MEASURED = {KG.text, KG.exact, KG.heading, OA.exact, OA.prefix, OA.suffix}
_FREE = {
    RDFS.label, RDFS.comment, SKOS.altLabel, SKOS.definition, SKOS.example, DCTERMS.title,
    DCTERMS.source, KG.journal, KG.topic, KG.affiliation, KG.office, KG.branch, KG.claimNote,
    KG.validFrom, KG.countryCode, KG.timeStart,
}  # fmt: skip
_IRIS = {
    ID.China: URIRef("javascript:alert(1)//China"),
    ID["Xi-Jinping"]: URIRef("http://example.org/'onclick='alert(1)"),
    ID["Trump-administration"]: ID["__proto__"],
    ID.Abenomics: URIRef("data:text/html,alert(1)"),
}
_NAMES = ("__proto__", "constructor", "toString", "innerHTML")
_RESULTS = "SELECT {} WHERE {{ ?thing rdfs:label ?label BIND({} AS ?place) }} LIMIT 20".format(
    " ".join(f"(?label AS ?{name})" for name in _NAMES) + " ?place ?thing",
    'IRI("javascript:alert(1)")',
)
_ATTACK = quote(PAYLOAD, safe="")

HOSTILE_PAGES = (
    Page("results", f"/sparql?{urlencode({'query': _RESULTS})}", "20 answers"),
    Page(
        "triples", "/sparql?query=DESCRIBE+%3Chttps%3A%2F%2Fw3id.org%2Fconcord%2Fid%2FJapan%3E", ""
    ),
    Page("query", f"/sparql?query={_ATTACK}", ""),
    Page("asked", f"/questions/claims?about={_ATTACK}", ""),
    Page("claims", "/questions/claims", ""),
    Page("pair-of-attacks", f"/page/pair?a={_ATTACK}&b={_ATTACK}", ""),
    Page("evil-pair", f"/page/pair?{urlencode({'a': _IRIS[ID.China], 'b': ID.Japan})}", ""),
    Page("proto", "/page/id/__proto__", ""),
    Page("no-page", f"/page/id/{_ATTACK}", ""),
    Page("no-question", f"/questions/{_ATTACK}", ""),
    Page("no-why", f"/page/why?s={_ATTACK}&p={_ATTACK}&o={_ATTACK}", ""),
    Page("filtered", f"{{article}}?holder={_ATTACK}&relation={_ATTACK}#claim-{_ATTACK}", ""),
)

# Points at, focuses and clicks each element, but leaves the page by no link that is a real one.
_DO_EVERYTHING = """
window.addEventListener("click", (event) => {
  const link = event.target.closest?.("a");
  if (link && /^https?:/.test(link.protocol)) event.preventDefault();
});
window.addEventListener("submit", (event) => event.preventDefault());
const counts = {};
const all = [...document.body.querySelectorAll("*")].filter((each) => {
  const kind = ` ${each.tagName}.${each.classList[0]}`;
  counts[kind] = (counts[kind] ?? 0) + 1;
  return each.id !== "theme-switch" && counts[kind] <= 25;
});
for (const each of all) {
  if (!each.isConnected) continue;
  for (const name of ["pointerover", "mouseover", "mouseenter", "mousemove", "mouseout"]) {
    const kind = name.startsWith("pointer") ? PointerEvent : MouseEvent;
    each.dispatchEvent(new kind(name, { bubbles: true, pointerType: "mouse" }));
  }
  each.focus?.();
}
for (const each of all) if (each.isConnected) each.click?.();
for (const each of document.querySelectorAll("details")) each.open = true;
return all.length;
"""
_LIST_BROKEN = """
const broken = [];
for (const each of document.querySelectorAll("*")) {
  if (/^(img|iframe|object|embed|base|form|script)$/i.test(each.tagName)) {
    const place = each.src || each.action || "";
    if (!place.startsWith(location.origin)) broken.push(each.outerHTML.slice(0, 200));
  }
  for (const { name, value } of each.attributes) {
    const link = /^(href|src|action|formaction|xlink:href)$/.test(name);
    if (name.startsWith("on") || (link && /^\\s*(javascript|data:text|vbscript)/i.test(value))) {
      broken.push(each.outerHTML.slice(0, 200));
    }
  }
}
if ({}.polluted !== undefined || Object.keys(Object.prototype).length) broken.push("prototype");
return broken;
"""


@pytest.fixture(scope="module")
def hostile(walk_graph, tmp_path_factory):
    """A server of the walked graph, in which each text and some IRIs are hostile."""
    place = tmp_path_factory.mktemp("hostile")
    poisoned = shutil.copytree(walk_graph, place / "poisoned")
    with open_graph(poisoned) as store:
        store.replace_all({graph: [*map(poison, store.triples(graph))] for graph in store.graphs()})
    with serve_walk(poisoned, place) as walk:
        yield walk


def poison(triple):
    """A triple with hostile texts and IRIs in place of harmless ones."""
    subject, predicate, node = triple
    if isinstance(node, Literal) and predicate in _MEASURED:
        node = Literal((PAYLOAD * (len(node) // len(PAYLOAD) + 1))[: len(node)])
    elif isinstance(node, Literal) and predicate in _FREE:
        node = Literal(f"{PAYLOAD} {node}", lang=node.language)
    return _IRIS.get(subject, subject), predicate, _IRIS.get(node, node)


def check_harmless(browser, page):
    """The page at hand has nothing that could act, and nothing acted."""
    broken = browser.run(_LIST_BROKEN)
    assert broken == [], (str(page), broken)
    browser.check_quiet("Failed to load resource: the server responded with a status of 4")


@pytest.mark.parametrize("page", [*PAGES, *HOSTILE_PAGES], ids=str)
def test_nothing_acts_on_load_hover_or_click(browser, hostile, page):
    browser.view(WIDE)
    open_page(browser, hostile, page)
    before = browser.path
    assert browser.run(_DO_EVERYTHING) > 0
    browser.wait("return document.readyState === 'complete'")
    assert urlsplit(browser.path).path == urlsplit(before).path
    check_harmless(browser, page)


def test_the_graph_shows_hostile_names_and_leads_nowhere(browser, hostile):
    browser.view(WIDE)
    open_page(browser, hostile, find_page("reader"))
    places = browser.run(
        """const box = document.getElementById("graph").getBoundingClientRect();
        const cy = document.getElementById("graph")._cyreg.cy;
        return cy.nodes().sort((a, b) => a.degree() - b.degree()).map((node) => {
          const { x, y } = node.renderedPosition();
          return [box.left + x, box.top + y];
        }).slice(-12);"""
    )
    for x, y in places:
        browser.point(x, y)
    browser.point(x, y, click=True)
    browser.wait(
        "return [...document.querySelectorAll('.graph-chosen, #sheet')]"
        ".some((each) => each.innerText.includes('<script>'))"
    )
    check_harmless(browser, "graph")
    browser.click("[data-tool=list]")
    assert "<script>" in browser.read(".graph-list")
    check_harmless(browser, "list")


def test_pickers_offer_hostile_names_as_text(browser, hostile):
    browser.view(WIDE)
    browser.open(hostile.locate("/page/pair"))
    browser.fill("input[name=a]", "script")
    browser.wait("return document.querySelector('.options [role=option] .badge') !== null")
    assert "<script>" in browser.read(".options")
    browser.press(DOWN)
    browser.hover(".options [role=option]")
    check_harmless(browser, "pickers")
    browser.press(ENTER)
    assert browser.find("input[name=a]").get_attribute("value")
    check_harmless(browser, "pickers")


def test_a_hostile_query_is_sent_by_key_and_shown_as_text(browser, hostile):
    browser.view(WIDE)
    browser.open(hostile.locate("/sparql"))
    browser.wait("return document.querySelector('.yasqe .CodeMirror-code') !== null")
    editor = "document.querySelector('.tabPanel.active .yasqe .CodeMirror').CodeMirror"
    browser.run(f"{editor}.setValue(arguments[0]); {editor}.focus()", PAYLOAD)
    browser.run(f"{editor}.getOption('extraKeys')['Ctrl-Enter']({editor})")
    browser.wait("return document.querySelector('[role=alert]') !== null")
    assert "<script>" in browser.run(f"return {editor}.getValue()")
    check_harmless(browser, "query")


def test_a_hostile_proof_opens_as_text(browser, hostile):
    browser.view(WIDE)
    open_page(browser, hostile, find_page("reader"))
    browser.click("#cards .card:nth-child(2) .why")
    browser.wait("return document.querySelector('.card .proof') !== null")
    assert "<script>" in browser.read(".card .proof")
    check_harmless(browser, "proof")
