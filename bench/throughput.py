"""Time and memory of the reading: `python -m bench.throughput [--articles N] [--profile]`.

Reads the gold texts under `eval/dev` of the shared data (`../shared` or `$KG_SHARED`), or the
sample article where there are none, with the bare parser and in whole, by turns in one run, and
prints the words that each reads in a second and the ratio. Then reads variations of the same texts
and prints the resident size at intervals, which must stay flat. Exit code 1 past the goals.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import os
import pstats
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from kg.documents import parse_document as open_document
from kg.documents import read_document
from kg.extraction import Names, load_names
from kg.model import Document
from kg.reading import know_words, read
from kg.syntax import Parser, load_parser, parse_document
from kg.vocabulary import Vocabulary, load_vocabulary

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("KG_SHARED", ROOT.parent / "shared"))
LEAST_RATIO = 0.60
# What may be added between a warm start and the end: caches of words reach their size late.
MOST_GROWTH = 0.10
MOST_ARTICLES = 10_000
_SAMPLES = 10


def find_texts(limit: int) -> list[Document]:
    """The texts to read."""
    paths = sorted((SHARED / "eval" / "dev").glob("*/text.txt"))[:limit]
    paths = paths or [ROOT / "examples" / "us-japan-alliance.txt"]
    return [read_document(path) for path in paths]


def count_words(documents: list[Document]) -> int:
    """The words of the blocks that are read."""
    return sum(len(d.quote(block.span).split()) for d in documents for block in d.blocks)


def measure_speed(
    documents: list[Document],
    vocabulary: Vocabulary,
    names: Names,
    parser: Parser,
    rounds: int,
) -> tuple[float, float]:
    """The seconds of bare parsing and of the whole reading, the best of several rounds by turns.

    Processor time, so that what else runs on the machine counts as little as can be.
    """
    bare, whole = [], []
    for _ in range(rounds):
        start = time.process_time()
        for document in documents:
            parse_document(document, parser, know_words(vocabulary, names))
        middle = time.process_time()
        for document in documents:
            read(document, vocabulary, names, parser)
        bare.append(middle - start)
        whole.append(time.process_time() - middle)
    return min(bare), min(whole)


def vary_texts(documents: list[Document], count: int) -> Iterator[Document]:
    """The texts again and again, each time with names and numbers that no text before had."""
    letters = str.maketrans("0123456789", "abdegiklno")
    for number in range(count):
        text = documents[number % len(documents)].text
        name = str(number).translate(letters)
        varied = (
            f"{text}\n\nMarshal K{name}ov of V{name}ia condemned the {number} envoys of Japan.\n"
        )
        yield open_document(varied.encode("utf-8", "surrogatepass"), f"copy-{number}.txt")


def measure_memory(
    documents: list[Document], vocabulary: Vocabulary, names: Names, parser: Parser, count: int
) -> list[tuple[int, int]]:
    """The resident bytes after so many articles."""
    sizes = []
    step = max(1, count // _SAMPLES)
    for number, document in enumerate(vary_texts(documents, count), start=1):
        read(document, vocabulary, names, parser)
        if number % step == 0:
            gc.collect()
            sizes.append((number, read_resident_size()))
    return sizes


def read_resident_size() -> int:
    """The resident bytes of this process; where the system does not tell, the most there were."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return pages * os.sysconf("SC_PAGE_SIZE")


def print_profile(
    documents: list[Document], vocabulary: Vocabulary, names: Names, parser: Parser
) -> None:
    """Where the whole reading spends its time, Concord's own functions first."""
    profile = cProfile.Profile()
    profile.enable()
    for document in documents:
        read(document, vocabulary, names, parser)
    profile.disable()
    stats = pstats.Stats(profile).strip_dirs()
    stats.sort_stats("cumulative").print_stats(40)
    stats.sort_stats("tottime").print_stats(25)


def main() -> int:
    """Run the measurement; returns the exit code."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--texts", type=int, default=30, help="texts to read (default 30)")
    options.add_argument("--rounds", type=int, default=3, help="rounds of timing (default 3)")
    options.add_argument("--articles", type=int, default=200, help="articles for memory (200)")
    options.add_argument("--profile", action="store_true", help="print where the time goes")
    arguments = options.parse_args()
    documents = find_texts(max(1, arguments.texts))
    vocabulary, names, parser = load_vocabulary(), load_names(), load_parser()
    words = count_words(documents)
    read(documents[0], vocabulary, names, parser)
    if arguments.profile:
        print_profile(documents, vocabulary, names, parser)
    rounds = max(1, arguments.rounds)
    bare, whole = measure_speed(documents, vocabulary, names, parser, rounds)
    ratio = bare / whole
    print(f"texts {len(documents)}, words {words}, best of {rounds} rounds, processor time")
    print(f"bare parser     {words / bare:8.0f} words/s")
    print(f"whole reading   {words / whole:8.0f} words/s")
    print(f"ratio           {ratio:8.2f} (goal {LEAST_RATIO:.2f})")
    count = min(max(0, arguments.articles), MOST_ARTICLES)
    sizes = measure_memory(documents[:5], vocabulary, names, parser, count)
    for number, size in sizes:
        print(f"after {number:6d} articles {size / 2**20:8.1f} MiB")
    growth = 0.0
    if len(sizes) > 2:
        # The first samples are of a process that is still warming up.
        growth = sizes[-1][1] / sizes[len(sizes) // 3][1] - 1
        print(f"growth {growth:+.1%} over the last two thirds (goal at most {MOST_GROWTH:.0%})")
    return 0 if ratio >= LEAST_RATIO and growth <= MOST_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
