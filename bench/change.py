"""Changing a graph by one article against building it anew: `python -m bench.change`.

Reads gold texts of the shared data (`../shared` or `$KG_SHARED`), or the sample article where there
are none, over and over with another last line, and for several sizes of the corpus prints the
seconds of taking one article out, of adding it again, and of deriving the whole graph anew; and the
same for the closure alone over generated facts. Reading is left out of all of them. Processor time.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rdflib import URIRef

from bench.throughput import find_texts, vary_texts
from kg import iris
from kg.corpus import build_corpus, prepare_reader, remove_articles
from kg.documents import read_document
from kg.iris import KG
from kg.model import Document, Reading
from kg.reasoning.changing import ChangingClosure
from kg.reasoning.closure import load_owl_rules, load_own_rules, write_triple
from kg.reasoning.premises import gather_premises
from kg.reasoning.rulebook import read_clauses
from kg.store import forget_derived, open_graph
from kg.vocabulary import load_vocabulary

SIZES = (10, 50, 200)
FACTS = (1_000, 10_000, 100_000)
_RELATIONS = ("alliedWith", "partOf", "actsFor", "meets", "attacks", "cooperatesWith", "memberOf")


def measure(run: Callable[..., object], *values: object) -> float:
    """The seconds of processor time that a call takes."""
    start = time.process_time()
    run(*values)
    return time.process_time() - start


def write_articles(place: Path, count: int) -> list[Path]:
    """The files of a corpus of this many articles."""
    paths = []
    for number, document in enumerate(vary_texts(find_texts(80), count)):
        path = place / f"{number:04}.txt"
        path.write_text(document.text, encoding="utf-8", errors="surrogatepass")
        paths.append(path)
    return paths


def compare_articles(place: Path, sizes: list[int], rounds: int) -> None:
    """Print the times for articles."""
    vocabulary = load_vocabulary()
    read = prepare_reader(vocabulary)
    paths = write_articles(place, max(sizes))
    readings: dict[URIRef, Reading] = {}
    for path in paths:
        document = read_document(path)
        readings[document.iri] = read(document)

    def recall(document: Document) -> Reading:
        return readings[document.iri]

    build = partial(build_corpus, vocabulary=vocabulary, read=recall)

    print(f"{'articles':>9} {'anew s':>8} {'remove s':>9} {'add s':>8} {'ratio':>7} {'ratio':>7}")
    for size in sizes:
        directory = place / f"graph-{size}"
        chosen = paths[:size]
        build(chosen, directory)
        removing: list[float] = []
        adding: list[float] = []
        for path in random.Random(size).sample(chosen, min(rounds, size)):
            removing.append(measure(remove_articles, [str(path)], directory))
            adding.append(measure(build, [path], directory))
        with open_graph(directory) as store:
            forget_derived(store.directory)
        anew = measure(build, chosen, directory)
        out, back = min(removing), min(adding)
        print(
            f"{size:9} {anew:8.2f} {out:9.2f} {back:8.2f} {anew / out:6.1f}x {anew / back:6.1f}x",
            flush=True,
        )
        shutil.rmtree(directory)


def compare_facts(place: Path, counts: list[int]) -> None:
    """Print the times of the closure alone over generated facts, ten of which change."""
    sample = place / "one"
    build_corpus(write_articles(place, 1), sample, load_vocabulary())
    own = load_own_rules()
    with open_graph(sample, read_only=True) as store:
        axioms = [write_triple(triple) for triple in sorted(gather_premises(store, own).schema)]
    rules = (*load_owl_rules(), *read_clauses(own))
    print(f"{'facts':>9} {'anew s':>8} {'remove s':>9} {'add s':>8} {'ratio':>7} {'ratio':>7}")
    for count in counts:
        chance = random.Random(count)
        things = [URIRef(f"{iris.BASE}id/thing-{number}") for number in range(count)]
        # Sparse and without circles, so that nothing contradicts itself.
        pairs = [sorted(chance.sample(range(count), 2)) for _ in range(count)]
        facts = {(things[a], KG[chance.choice(_RELATIONS)], things[b]) for a, b in pairs}
        written = list(map(write_triple, sorted(facts)))
        few = chance.sample(written, 10)
        closure = ChangingClosure(axioms, rules)
        anew = measure(closure.change, written, ())
        out = measure(closure.change, (), few)
        back = measure(closure.change, few, ())
        if not closure.change((), ()):
            raise RuntimeError(f"{count} generated facts contradict each other: nothing was timed")
        print(
            f"{count:9} {anew:8.2f} {out:9.3f} {back:8.3f} {anew / out:6.1f}x {anew / back:6.1f}x",
            flush=True,
        )


def main() -> int:
    """Run the measurement; returns the exit code."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, nargs="*", default=list(SIZES), metavar="N")
    options.add_argument("--facts", type=int, nargs="*", default=list(FACTS), metavar="N")
    options.add_argument("--rounds", type=int, default=3, help="articles changed (default 3)")
    arguments = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        if arguments.facts:
            compare_facts(Path(place), arguments.facts)
        if arguments.articles:
            compare_articles(Path(place), arguments.articles, max(1, arguments.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
