"""Take the README's pictures of the pages in Chromium: `python -m bench.screenshots`.

Builds the sample article, serves it on the loopback interface, and writes examples/reader.png (a
claim lit in text, graph and card, with its proof) and examples/thing.png (the page of a thing, in
the dark). Needs Debian's chromium and chromium-driver.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.wait import WebDriverWait

from bench.query import await_health, find_port

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "examples" / "us-japan-alliance.txt"
READER, THING = ROOT / "examples" / "reader.png", ROOT / "examples" / "thing.png"
SIZE = (1280, 800)
_SECONDS = 60
_LIGHT = """
const card = [...document.querySelectorAll("#cards .card")].find((each) =>
  each.querySelector(".statement").textContent.includes(arguments[0]));
card.querySelector(".number").click();
card.querySelector(".why").click();
"""


@contextmanager
def serve_sample() -> Iterator[str]:
    """The address of a server of the sample article, as long as the context."""
    with tempfile.TemporaryDirectory() as place:
        graph = Path(place) / "graph"
        kg = [sys.executable, "-m", "kg"]
        subprocess.run([*kg, "build", str(SAMPLE), "--graph", str(graph)], check=True)
        port = find_port()
        serve = [*kg, "serve", "--graph", str(graph), "--port", str(port)]
        with subprocess.Popen(serve, stderr=subprocess.DEVNULL) as server:
            try:
                await_health(server, port)
                yield f"http://127.0.0.1:{port}"
            finally:
                server.terminate()


@contextmanager
def open_browser(*, dark: bool) -> Iterator[webdriver.Chrome]:
    """A browser that prefers light or dark pages and moves nothing."""
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        calm = {"name": "prefers-reduced-motion", "value": "reduce"}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme, calm]})
        width, height = SIZE
        window = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", window)
        yield driver
    finally:
        driver.quit()


def take_pictures(base: str) -> None:
    """Write both pictures of a server of the sample."""
    with open_browser(dark=False) as driver:
        wait = WebDriverWait(driver, _SECONDS)
        driver.get(f"{base}/")
        ready = "return Boolean(document.querySelector('#graph-panel[data-ready]'))"
        wait.until(lambda each: each.execute_script(ready))
        driver.execute_script(_LIGHT, "withdraws from")
        proof = "return Boolean(document.querySelector('.card .proof'))"
        wait.until(lambda each: each.execute_script(proof))
        driver.save_screenshot(str(READER))
    with open_browser(dark=True) as driver:
        driver.get(f"{base}/page/id/United-States")
        driver.save_screenshot(str(THING))


def main() -> int:
    """Take the pictures; returns the exit code."""
    with serve_sample() as base:
        take_pictures(base)
    for path in (READER, THING):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
