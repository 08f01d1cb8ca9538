"""The pages in a browser: `python -m bench.page GRAPH`, GRAPH being built from the sample article.

Debian's Chromium, through Selenium, opens the first page of the graph with an empty cache, five
times: when the reader listens, when the graph is drawn, what was sent over the line and in how many
requests. Then it points at claims, things and lines of an article of 300 things, and filters: the
work that an answer takes, in event handlers and in the frame that follows. The targets: ready
within 1.5 s, less than 700 KB, and no answer that takes more than a frame of 16.7 ms. Exits with 1
where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from bench.pictures import DOC, write_graph
from bench.query import serve

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

ROUNDS, TIMES = 5, 40
READY_MS, MOST_BYTES, FRAME_MS = 1500.0, 700_000, 1000 / 60
THINGS, CLAIMS = 300, 420
PATIENCE = 60.0
_READY = "return performance.getEntriesByName('graph-ready')[0]?.startTime ?? 0"
_LISTENS = """return performance.getEntriesByType('resource')
  .find((each) => each.name.includes('/reader.js'))?.responseEnd ?? 0"""
# Work is what handlers take, and what the frame after them takes from its first callback to its end.
_TIME = """
const [times, done] = [arguments[0], arguments[arguments.length - 1]];
const acts = { %s };
const channel = new MessageChannel();
const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const measure = async (act, index) => {
  await frame();
  await frame();
  const framed = new Promise((resolve) => requestAnimationFrame(() => {
    const began = performance.now();
    channel.port1.onmessage = () => resolve(performance.now() - began);
    channel.port2.postMessage(0);
  }));
  const start = performance.now();
  act(index);
  const handled = performance.now() - start;
  return [handled, await framed];
};
(async () => {
  const found = {};
  for (const [name, act] of Object.entries(acts)) {
    found[name] = [];
    for (let index = 0; index < times; index += 1) found[name].push(await measure(act, index));
  }
  done(found);
})();
"""
_ACTS = """
  "point at a claim": (index) => {
    const marks = document.querySelectorAll(".mark");
    over(marks[(7 * index) % marks.length]);
  },
  "point at a thing": (index) => {
    const mentions = document.querySelectorAll(".mention");
    over(mentions[(11 * index) % mentions.length]);
  },
  "let go": (index) => {
    if (index % 2 === 0) over(document.querySelector(".mark"));
    else document.getElementById("reader").dispatchEvent(new PointerEvent("pointerleave"));
  },
  "move over the graph": (index) => {
    const box = document.querySelector(".canvas").getBoundingClientRect();
    const clientX = box.left + box.width * (0.2 + 0.6 * ((index * 0.37) % 1));
    const clientY = box.top + box.height * (0.2 + 0.6 * ((index * 0.61) % 1));
    document.querySelector(".canvas").dispatchEvent(
      new MouseEvent("mousemove", { bubbles: true, clientX, clientY, view: window }));
  },
  "filter by modality": (index) => {
    const field = document.querySelector("#filter-form [name=modality]");
    field.selectedIndex = index % field.options.length;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  },
  "filter by type": (index) => {
    const field = document.querySelector("#filter-form [name=type]");
    field.selectedIndex = index % field.options.length;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  },
  "hide a kind of line": () => document.querySelector("[data-look=unsure]").click(),
  "move the years": (index) => {
    const field = document.querySelector(".range-pair input");
    if (!field) return;
    field.value = Number(field.min) + (index % 20);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  },
"""
_OVER = """const over = (element) => element.dispatchEvent(
  new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" }));"""


@contextmanager
def open_browser(width: int = 1440, height: int = 900) -> Iterator[Chrome]:
    """A Chromium of its own, with nothing in its cache."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for option in ("--headless=new", "--no-sandbox", f"--window-size={width},{height}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    browser = webdriver.Chrome(options=options, service=service)
    try:
        yield browser
    finally:
        browser.quit()


def open_page(browser: Chrome, place: str) -> float:
    """Open a page and wait for its graph; when that was drawn, in ms after the page was asked for.

    Raises RuntimeError where it is not.
    """
    browser.get(place)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        ready = float(browser.execute_script(_READY))  # type: ignore[no-untyped-call]
        if ready:
            return ready
        time.sleep(0.02)
    raise RuntimeError(f"the graph of {place} was not drawn")


def count_traffic(browser: Chrome) -> tuple[int, int]:
    """The bytes and requests since the last time, as they went over the line."""
    messages = [
        json.loads(entry["message"])["message"]
        for entry in browser.get_log("performance")  # type: ignore[no-untyped-call]
    ]
    done = [each for each in messages if each["method"] == "Network.loadingFinished"]
    return sum(int(each["params"]["encodedDataLength"]) for each in done), len(done)


def measure_first_page(port: int) -> list[tuple[float, float, int, int]]:
    """When the reader listens and when the graph is drawn, bytes and requests; once a round."""
    found = []
    for _ in range(ROUNDS):
        with open_browser() as browser:
            ready = open_page(browser, f"http://127.0.0.1:{port}/")
            listens = float(browser.execute_script(_LISTENS))  # type: ignore[no-untyped-call]
            found.append((listens, ready, *count_traffic(browser)))
    return found


def measure_answers(port: int) -> dict[str, list[list[float]]]:
    """What answers take, by what is done, in ms."""
    with open_browser() as browser:
        browser.set_script_timeout(PATIENCE * 2)
        key = str(DOC).rsplit("/", 1)[1]
        open_page(browser, f"http://127.0.0.1:{port}/page/article/{key}")
        time.sleep(0.5)
        found: dict[str, list[list[float]]] = browser.execute_async_script(  # type: ignore[no-untyped-call]
            _OVER + _TIME % _ACTS, TIMES
        )
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, tell what is missed."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0])
    parser.add_argument("graph", type=Path, metavar="GRAPH")
    options = parser.parse_args(arguments)
    missed = []
    with serve(options.graph) as (_, port):
        rounds = measure_first_page(port)
    listens, ready, sent, requests = (median(values) for values in zip(*rounds, strict=True))
    print(
        f"{'first page':<24s}{'reader ms':>12s}{'graph ms':>12s}{'KB sent':>12s}{'requests':>12s}"
    )
    print(f"{'median of ' + str(ROUNDS):<24s}{listens:>12.0f}{ready:>12.0f}"
          f"{sent / 1000:>12.0f}{requests:>12.0f}")  # fmt: skip
    missed += ["ready within 1.5 s"] if ready > READY_MS else []
    missed += ["less than 700 KB"] if sent >= MOST_BYTES else []
    with tempfile.TemporaryDirectory(prefix="concord-page-") as place:
        write_graph(Path(place) / "graph", THINGS, CLAIMS)
        with serve(Path(place) / "graph") as (_, port):
            answers = measure_answers(port)
    print(
        f"\n{'answer, ' + str(THINGS) + ' things':<24s}{'handler ms':>12s}{'frame ms':>12s}{'both ms':>12s}{'95 % ms':>12s}"
    )
    for name, times in answers.items():
        handler, frame = (median(values) for values in zip(*times, strict=True))
        both = [sum(each) for each in times]
        late = quantiles(both, n=20)[-1]
        print(f"{name:<24s}{handler:>12.1f}{frame:>12.1f}{median(both):>12.1f}{late:>12.1f}")
        missed += [f"{name} within a frame"] if late > FRAME_MS else []
    print("\nmissed: " + "; ".join(missed) if missed else "\nall targets met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
