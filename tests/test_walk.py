"""People's ways through the pages, in Chromium: reading, pointing, asking, going back."""

from __future__ import annotations

import pytest
from browser import DOWN, ENTER, ESCAPE, NARROW, THEMES, WIDE
from walking import PAGES, REASONED, find_page, open_page

TRUMP_SAYS = "li.card[data-holder$='/Donald-Trump']"
GRAPH = "document.getElementById('graph')._cyreg.cy"


@pytest.fixture
def reader(browser, walk):
    """The reader of the sample article, its graph drawn."""
    browser.view()
    open_reader(browser, walk)
    yield browser
    browser.check_quiet()


def open_reader(browser, walk, fragment=""):
    browser.open(walk.locate(walk.article) + fragment)
    browser.wait("return document.getElementById('graph-panel').dataset.ready === 'yes'")


def count_lit(browser):
    """How many edges of the graph are lit, as its panel tells."""
    return int(browser.find("#graph-panel").get_attribute("data-lit"))


def list_lit(browser, selector):
    """The claims of the lit elements of a kind."""
    script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.dataset.claim)"
    return browser.run(script, f"{selector}.lit")


def list_ends(browser):
    """The subject and the object of each claim whose card is lit."""
    return browser.run(
        "return [...document.querySelectorAll('.card.lit')]"
        ".map(({ dataset }) => [dataset.subject, dataset.object])"
    )


def is_in_view(browser, selector):
    """Whether an element is inside the window."""
    return browser.run(
        """const box = document.querySelector(arguments[0]).getBoundingClientRect();
        return box.top >= 0 && box.bottom <= innerHeight;""",
        selector,
    )


# ------------------------------------------------------------------------------------- pages


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_page_opens_quietly(browser, walk, size):
    found = []
    for page in PAGES:
        browser.view(size)
        open_page(browser, walk, page)
        assert page.words in browser.read("main"), page
        wide = browser.run("return document.documentElement.scrollWidth")
        if wide > size[0]:
            found.append(f"{page}: {wide} px wide")
        for theme in THEMES:
            browser.view(size, theme)
            ground = browser.run("return getComputedStyle(document.body).backgroundColor")
            assert (ground == "rgb(15, 18, 24)") is (theme == "dark"), page
        browser.check_quiet()
    assert found == []


def test_pages_read_without_scripts(browser, walk):
    browser.view()
    browser.open(walk.locate("/"))
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        for page in PAGES:
            browser.driver.get(walk.locate(page))
            assert page.words in " ".join(browser.find("main").text.split()), page
    finally:
        browser.command("Emulation.setScriptExecutionDisabled", value=False)
    browser.check_quiet()


def test_each_page_leads_on(browser, walk):
    browser.view()
    browser.open(walk.locate("/"))
    for text, words in (("Questions", "Each is answered"), ("Ontology", "The kinds of things")):
        browser.click(browser.driver.find_element("link text", text))
        browser.wait(
            "return document.querySelector('main').innerText.includes(arguments[0])", words
        )
    browser.back()
    browser.wait("return location.pathname === '/questions'")
    browser.back()
    browser.wait("return location.pathname === '/'")
    browser.forward()
    browser.wait("return location.pathname === '/questions'")
    browser.check_quiet()


def test_the_chosen_theme_is_kept(browser, walk):
    browser.view(theme="light")
    browser.open(walk.locate("/questions"))
    assert browser.read("#theme-switch") == "Dark"
    browser.click("#theme-switch")
    browser.open(walk.locate("/page/ontology"))
    assert browser.run("return getComputedStyle(document.body).colorScheme") == "dark"
    assert browser.read("#theme-switch") == "Light"
    browser.click("#theme-switch")
    assert browser.run("return getComputedStyle(document.body).colorScheme") == "light"
    browser.run("localStorage.clear()")
    browser.view(theme="dark")
    browser.open(walk.locate("/questions"))
    assert browser.run("return getComputedStyle(document.body).colorScheme") == "light dark"
    assert browser.read("#theme-switch") == "Light"
    browser.check_quiet()


# ------------------------------------------------------------------------------------ reader


def test_a_click_on_a_claim_lights_its_edge_its_card_and_its_words(reader):
    assert count_lit(reader) == 0
    mark = reader.find(".text a.mark")
    key = mark.get_attribute("data-claim")
    reader.click(mark)
    assert count_lit(reader) == 1
    assert list_lit(reader, ".card") == [key]
    assert list_lit(reader, ".mark") == [key]
    assert reader.has(".said.lit")
    assert reader.has(".mention.is-subject")
    assert reader.has(".mention.is-object")
    assert reader.path.endswith(f"#claim-{key}")
    reader.hover(".site .brand")
    assert count_lit(reader) == 1
    reader.press(ESCAPE)
    assert count_lit(reader) == 0
    assert not reader.has(".text .lit, .card.lit")


def test_pointing_at_a_card_or_its_words_lights_as_long_as_it_lasts(reader):
    card = reader.find_all("#cards .card")[5]
    key = card.get_attribute("data-claim")
    reader.hover(card.find_element("css selector", ".relation"))
    assert list_lit(reader, ".mark") == [key]
    assert count_lit(reader) == 1
    reader.hover(".site .brand")
    assert count_lit(reader) == 0
    reader.hover(f".said[data-claims~='{key}']")
    assert key in list_lit(reader, ".card")
    assert count_lit(reader) >= 1


def test_the_focus_lights_as_the_mouse_does(reader):
    mark = reader.find_all(".text a.mark")[3]
    reader.run("arguments[0].focus()", mark)
    assert list_lit(reader, ".card") == [mark.get_attribute("data-claim")]
    assert count_lit(reader) == 1


def test_an_edge_of_the_graph_lights_its_claims(reader):
    places = reader.run(
        f"""const box = document.getElementById('graph').getBoundingClientRect();
        const said = {GRAPH}.edges().filter((edge) => edge.data("look") === "asserted");
        return said.map((edge) => {{
          const {{ x, y }} = edge.renderedMidpoint();
          const ends = [edge.source().id(), edge.target().id()];
          return {{ x: box.left + x, y: box.top + y, ends }};
        }});"""
    )
    for each in places[:60]:
        reader.point(each["x"], each["y"])
        lit = [tuple(ends) for ends in list_ends(reader)]
        if count_lit(reader) == 1 and lit and set(lit) == {tuple(each["ends"])}:
            break
    else:
        pytest.fail("no edge could be pointed at")
    lit = list_lit(reader, ".card")
    assert list_lit(reader, ".mark") == lit
    reader.point(each["x"], each["y"], click=True)
    reader.hover(".site .brand")
    assert list_lit(reader, ".card") == lit
    assert count_lit(reader) == 1


def test_a_thing_of_the_graph_lights_what_is_said_of_it(reader):
    x, y, thing = reader.run(
        f"""const box = document.getElementById('graph').getBoundingClientRect();
        const node = {GRAPH}.nodes().max((each) => each.degree()).ele;
        const place = node.renderedPosition();
        return [box.left + place.x, box.top + place.y, node.id()];"""
    )
    reader.point(x, y)
    lit = reader.find_all(".card.lit")
    assert len(lit) > 5
    ends = {(each.get_attribute("data-subject"), each.get_attribute("data-object")) for each in lit}
    assert all(thing in pair for pair in ends)
    assert count_lit(reader) > 5


def test_a_proof_ends_in_the_words_and_leads_to_them(reader, walk):
    card = reader.find(f"{TRUMP_SAYS}")
    key = card.get_attribute("data-claim")
    reader.click(f"#card-{key} .why")
    reader.wait("return document.querySelector('.card .proof .words') !== null")
    quote = reader.read(f"#card-{key} .proof .quote p")
    said = reader.run(
        "return [...document.querySelectorAll('.said')]"
        ".filter((e) => e.dataset.claims.split(' ').includes(arguments[0]))"
        ".map((e) => e.textContent).join('')",
        key,
    )
    assert " ".join(said.split()) in quote
    assert "Donald Trump" in reader.read(f"#card-{key} .proof .quote footer")
    reader.click(f"#card-{key} .why")
    assert not reader.has(".proof")


def test_what_was_inferred_is_proved_down_to_the_sentence(browser, walk):
    browser.view()
    open_page(browser, walk, find_page("why"))
    assert "carries over along" in browser.read(".proof")
    words = browser.find(".proof a.words")
    assert "withdrawing from several important international agreements" in words.text
    browser.click(words)
    browser.wait("return location.pathname === arguments[0]", walk.article)
    browser.wait("return document.querySelector('.said.lit') !== null")
    said = browser.run("return [...document.querySelectorAll('.said.lit')].map((e) => e.innerText)")
    assert "Trump administration champions" in "".join(said)
    browser.wait(
        "const box = document.querySelector('.said.lit').getBoundingClientRect();"
        "return box.top > 0 && box.top < innerHeight"
    )
    browser.back()
    browser.wait("return document.querySelector('.why-page') !== null")
    assert str(REASONED["s"]).rsplit("/", 1)[1] in browser.path
    browser.check_quiet()


def test_a_filter_hides_and_shows_again(reader):
    whole = len(reader.find_all("#cards .card"))
    reader.click("#filters summary")
    reader.run(
        "const s = document.querySelector('select[name=polarity]');"
        "s.value = [...s.options].find((o) => /negative/i.test(o.value)).value;"
        "s.dispatchEvent(new Event('change', {bubbles: true}))"
    )
    shown = reader.find_all("#cards .card:not([hidden])")
    assert 0 < len(shown) < whole
    assert all("negative" in each.get_attribute("data-polarity").lower() for each in shown)
    assert reader.read("#shown") == f"{len(shown)} of {whole} claims"
    marks = reader.find_all(".text .mark:not([hidden])")
    assert len(marks) == len(shown)
    assert 0 < int(reader.find("#graph-panel").get_attribute("data-shown")) <= len(shown)
    reader.click("#filter-form button[type=reset]")
    reader.wait("return document.querySelectorAll('.card[hidden]').length === 0")
    assert reader.read("#shown") == ""


def test_sentences_without_a_claim_are_shown_with_the_reason(reader):
    assert not reader.find(".no-claim").is_displayed()
    reader.click("#filters summary")
    reader.click("#show-unclaimed")
    assert reader.find(".no-claim").is_displayed()
    assert "No claim: " in reader.read(".no-claim")


def test_a_claim_in_the_address_is_shown(browser, walk):
    browser.view()
    open_reader(browser, walk, f"#claim-{walk.claim}")
    assert list_lit(browser, ".card") == [walk.claim]
    assert count_lit(browser) == 1
    assert is_in_view(browser, f".mark[data-claim='{walk.claim}']")
    browser.check_quiet()


def test_on_a_narrow_screen_a_sheet_tells_the_claim(browser, walk):
    browser.view(NARROW)
    open_reader(browser, walk)
    browser.click(".text a.mark")
    assert browser.find("#sheet").is_displayed()
    assert browser.read("#sheet .statement")
    browser.click("#sheet .close")
    assert not browser.find("#sheet").is_displayed()
    browser.check_quiet()


# --------------------------------------------------------------------------------- questions


def test_a_question_answers(browser, walk):
    browser.view()
    browser.open(walk.locate("/questions/allies"))
    browser.fill("input[name=actor]", "Jap")
    browser.wait("return document.querySelector('.options [role=option] .badge') !== null")
    browser.press(DOWN, ENTER)
    assert browser.find("input[name=actor]").get_attribute("value") == "Japan"
    browser.click("form.ask button")
    browser.wait(
        "return location.search.includes('actor=Japan') && document.readyState === 'complete'"
    )
    assert "United States" in browser.read("table.results")
    browser.check_quiet()


def test_the_sparql_of_a_question_can_be_asked_again(browser, walk):
    browser.view()
    browser.open(walk.locate("/questions/allies?actor=Japan"))
    browser.click(browser.driver.find_element("partial link text", "show me the SPARQL"))
    browser.wait("return location.pathname === '/sparql'")
    assert "United States" in browser.read("main")
    browser.check_quiet()


def test_a_thing_of_an_answer_leads_to_its_page(browser, walk):
    browser.view()
    browser.open(walk.locate("/questions/allies?actor=Japan"))
    browser.click(browser.driver.find_element("link text", "United States"))
    browser.wait("return document.querySelector('.entity-page') !== null")
    assert browser.read("h1") == "United States"
    browser.back()
    browser.wait("return document.querySelector('table.results') !== null")
    browser.check_quiet()
