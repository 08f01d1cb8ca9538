"""A headless Chromium that reaches the tests' own server only, and tells what a page did in it."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from kg.server.static_files import find_static

WIDE, NARROW = (1440, 900), (380, 780)
THEMES = ("light", "dark")
SECONDS = 30
ESCAPE, ENTER = Keys.ESCAPE, Keys.ENTER
DOWN, LEFT, RIGHT = Keys.ARROW_DOWN, Keys.ARROW_LEFT, Keys.ARROW_RIGHT

# Every name but the loopback's leads nowhere, whatever a page or the browser itself asks for.
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-proxy-server",
    "--force-prefers-reduced-motion",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
_INSIDE = {"data", "blob", "about", "chrome", "chrome-error"}

# Keeps what a page must never do, from before its first script on.
_WATCH = """
window.alarms = [];
for (const name of ["alert", "confirm", "prompt", "print"]) {
  window[name] = (text) => { window.alarms.push(`${name}: ${text}`); };
}
document.addEventListener("securitypolicyviolation", (event) => {
  window.alarms.push(`${event.violatedDirective} forbade ${event.blockedURI} ${event.sample}`);
});
window.addEventListener("unhandledrejection", (event) => {
  window.alarms.push(`unhandled: ${event.reason}`);
});
"""


# Twice, for what is laid out only once it is near the window moves what it stands among.
_BRING = """
const [element, done] = arguments;
const bring = () => element.scrollIntoView({ block: "center", behavior: "instant" });
bring();
requestAnimationFrame(() => requestAnimationFrame(() => {
  bring();
  requestAnimationFrame(() => done());
}));
"""
_RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => done(
  violations.map(({ id, impact, nodes }) => [
    id, impact, nodes.length, nodes.slice(0, 3).map((node) => node.html.slice(0, 160)),
  ]),
));
"""
_GRAVE = ("serious", "critical")


@dataclass
class Browser:
    """A browser, and all it has asked for and said since it was last checked."""

    driver: webdriver.Chrome
    _asked: list[str] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)
    _base: str = ""
    _bases: set[str] = field(default_factory=set)

    # ------------------------------------------------------------------------------- places

    def open(self, address):
        """Load a page, and wait until it and its scripts are there."""
        parts = urlsplit(address)
        self._hear()
        self._base = f"{parts.scheme}://{parts.netloc}"
        self._bases.add(self._base)
        # An address that differs by its fragment only would not be loaded anew.
        self.driver.get("about:blank")
        self.driver.get(address)
        self.wait("return document.readyState === 'complete'")

    @property
    def path(self):
        """Where the browser is, without the server."""
        return self.driver.current_url.removeprefix(self._base)

    def back(self):
        self._hear()
        self.driver.back()

    def forward(self):
        self._hear()
        self.driver.forward()

    # --------------------------------------------------------------------------------- looks

    def view(self, size=WIDE, theme="light", scale=1):
        """Show pages in a window of a size in CSS pixels, as a screen with a preference would."""
        width, height = size
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=scale, mobile=False,
        )  # fmt: skip
        preference = {"name": "prefers-color-scheme", "value": theme}
        calm = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.command("Emulation.setEmulatedMedia", features=[preference, calm])

    def command(self, name, **arguments):
        """A command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, arguments)

    # -------------------------------------------------------------------------------- content

    def run(self, script, *arguments):
        """What a script returns."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, script, *arguments, seconds=SECONDS):
        """What a script returns, once that is true."""
        waiting = WebDriverWait(self.driver, seconds, poll_frequency=0.05)
        return waiting.until(lambda _: self.run(script, *arguments), f"never true: {script}")

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def has(self, selector):
        return bool(self.find_all(selector))

    def read(self, selector):
        """The text that an element shows, its white space made single."""
        text = self.run("return document.querySelector(arguments[0]).innerText", selector)
        return " ".join(text.split())

    # --------------------------------------------------------------------------------- acting

    def click(self, target):
        """Click on an element, given itself or by a selector, scrolled into the middle."""
        element = self._reach(target)
        ActionChains(self.driver, duration=0).move_to_element(element).click().perform()

    def hover(self, target):
        ActionChains(self.driver, duration=0).move_to_element(self._reach(target)).perform()

    def point(self, x, y, *, click=False):
        """Bring the mouse to a place of the window, and click there if told."""
        for kind in ("mouseMoved", *(("mousePressed", "mouseReleased") if click else ())):
            self.command(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, clickCount=int(click),
                button="left" if click and kind != "mouseMoved" else "none",
            )  # fmt: skip

    def press(self, *keys):
        """Press keys one after another, wherever the focus is."""
        ActionChains(self.driver, duration=0).send_keys(*keys).perform()

    def tab(self, *, back=False):
        """Go on to what the next press of the tabulator leads to."""
        held = {"modifiers": 8 if back else 0}
        for kind in ("rawKeyDown", "keyUp"):
            self.command(
                "Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab",
                windowsVirtualKeyCode=9, **held,
            )  # fmt: skip

    def fill(self, selector, text):
        """Put a text in a field in place of what it holds."""
        element = self._reach(selector)
        element.clear()
        element.send_keys(text)

    def _reach(self, target):
        element = self.find(target) if isinstance(target, str) else target
        self.driver.execute_async_script(_BRING, element)
        return element

    # -------------------------------------------------------------------------------- judging

    def list_faults(self, axe):
        """The grave faults that axe-core, given as a script, finds in the page at hand."""
        self.run(f"if (!window.axe) {{ {axe} }}")
        found = self.driver.execute_async_script(_RUN_AXE)
        return [each for each in found if each[1] in _GRAVE]

    # ------------------------------------------------------------------------------- watching

    def check_quiet(self, *allowed):
        """Nothing was complained of, nothing acted that must not, no request left the host.

        `allowed` are words of complaints that the test provoked, such as the status of an answer.
        """
        self._hear()
        said, asked = self._said[:], self._asked[:]
        self._said.clear()
        self._asked.clear()
        complaints = {line[:300] for line in said if not any(word in line for word in allowed)}
        assert not complaints, "\n".join(sorted(complaints)[:8])
        outside = [url for url in asked if not self._stays(url)]
        assert not outside, f"a request left the host: {outside}"

    def _stays(self, url):
        inside = tuple(f"{base}/" for base in self._bases)
        return urlsplit(url).scheme in _INSIDE or url.startswith(inside)

    def _hear(self):
        """Take down what the page at hand did, before another takes its place."""
        if self._base and self.driver.current_url.startswith(self._base):
            self._said += self.run("return (window.alarms ?? []).splice(0)")
        for entry in self.driver.get_log("browser"):
            if entry["level"] in ("WARNING", "SEVERE"):
                self._said.append(f"{entry['level']}: {entry['message']}")
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self._asked.append(message["params"]["request"]["url"])
            elif message["method"] == "Network.webSocketCreated":
                self._asked.append(message["params"]["url"])


@contextmanager
def run_browser(place):
    """A browser as long as the context, with its profile in a place; skips where there is none."""
    options = Options()
    options.binary_location = _find_program("chromium")
    for flag in (*_FLAGS, f"--user-data-dir={place / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.add_experimental_option("perfLoggingPrefs", {"enablePage": False})
    options.add_experimental_option("prefs", {"download.default_directory": str(place)})
    kept = {"HOME": str(place), "XDG_CONFIG_HOME": str(place), "XDG_CACHE_HOME": str(place)}
    service = Service(_find_program("chromedriver"), env={**os.environ, **kept, "no_proxy": "*"})
    driver = webdriver.Chrome(options=options, service=service)
    try:
        driver.set_page_load_timeout(4 * SECONDS)
        browser = Browser(driver)
        browser.command("Page.addScriptToEvaluateOnNewDocument", source=_WATCH)
        browser.view()
        yield browser
    finally:
        driver.quit()


def need_scripts():
    """Skip where the pages were built without the libraries from npm."""
    if find_static("graph.js") is None:
        pytest.skip("the pages' scripts are not built: run python hatch_build.py")


def _find_program(name):
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: apt-get install chromium chromium-driver")
    return found
