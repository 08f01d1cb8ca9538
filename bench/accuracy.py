"""Score the reading against gold: `python -m bench.accuracy [--relations] [--texts A,B]`.

Reads every gold text under `eval/dev` of the shared data (`../shared` or `$KG_SHARED`), runs its
`score.py` on the result, checks that every quote stands in its text, and prints the table. The
confidence by which claims are chosen is learned: each text is judged by weights fitted without
it, unless `--shipped` asks for the shipped ones.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from kg.documents import read_document
from kg.export import export_claims, export_mentions
from kg.extraction import find_claims, load_names
from kg.extraction.confidence import Weights, load_weights
from kg.model import Reading
from kg.reading import read
from kg.syntax import load_parser
from kg.vocabulary import load_vocabulary
from training.confidence import collect_examples, fit_folds

SHARED = Path(os.environ.get("KG_SHARED", Path(__file__).parents[2] / "shared"))


def read_gold_texts(
    folders: list[Path], system: Path, weights: Mapping[str, Weights]
) -> tuple[int, int]:
    """Read the texts and write what was found; returns (claims, quotes that do not stand).

    `weights` gives for each text the confidence weights to judge it by.
    """
    vocabulary, names, parser = load_vocabulary(), load_names(), load_parser()
    claims = broken = 0
    for folder in folders:
        extract = partial(find_claims, weights=weights[folder.name])
        document = read_document(folder / "text.txt")
        reading = read(document, vocabulary, names, parser, extract=extract)
        claims += len(reading.claims)
        broken += count_broken_quotes(reading)
        for suffix, text in (
            ("claims", export_claims(reading, "jsonl")),
            ("mentions", export_mentions(reading, "jsonl")),
        ):
            (system / f"{folder.name}.{suffix}.jsonl").write_text(text, encoding="utf-8")
    return claims, broken


def choose_weights(evaluation: Path, *, shipped: bool) -> dict[str, Weights]:
    """For each gold text the shipped weights, or those of a fit that never saw the text."""
    names = sorted(f.parent.name for f in (evaluation / "dev").glob("*/claims.jsonl"))
    if shipped:
        return dict.fromkeys(names, load_weights())
    folds = fit_folds(collect_examples(evaluation))
    return {name: folds[i % len(folds)] for i, name in enumerate(names)}


def count_broken_quotes(reading: Reading) -> int:
    """How many quotes do not lie inside their sentence or do not hold their trigger."""
    return sum(
        not (
            c.evidence.sentence.covers(c.evidence.quote)
            and c.evidence.quote.covers(c.evidence.trigger)
        )
        for c in reading.claims
    )


def main() -> int:
    """Run the measurement; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--relations", action="store_true", help="a row per relation")
    parser.add_argument("--texts", help="names of gold texts, comma between them (default: all)")
    parser.add_argument("--shipped", action="store_true", help="the shipped confidence weights")
    parser.add_argument("--misses", metavar="TEXT", help="list misses and errors in one text")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="keep what was read in a folder")
    arguments = parser.parse_args()
    gold = SHARED / "eval" / "dev"
    if not gold.is_dir():
        print(f"no gold texts at {gold}: set KG_SHARED", file=sys.stderr)
        return 2
    chosen = set(arguments.texts.split(",")) if arguments.texts else None
    folders = sorted(f.parent for f in gold.glob("*/claims.jsonl"))
    folders = [f for f in folders if chosen is None or f.name in chosen]
    with tempfile.TemporaryDirectory() as place:
        weights = choose_weights(gold.parent, shipped=arguments.shipped)
        system = arguments.keep or Path(place)
        system.mkdir(parents=True, exist_ok=True)
        claims, broken = read_gold_texts(folders, system, weights)
        subset = Path(place) / "gold"
        subset.mkdir()
        for folder in folders:
            (subset / folder.name).symlink_to(folder)
        command = [sys.executable, str(SHARED / "eval" / "score.py"), str(subset), str(system)]
        command += ["--relations"] if arguments.relations else []
        command += ["--misses", arguments.misses] if arguments.misses else []
        done = subprocess.run(command, check=False, text=True, capture_output=True)
    print(done.stdout, done.stderr, sep="", end="")
    judged = "shipped" if arguments.shipped else "cross-validated over texts, five folds"
    print(f"confidence weights: {judged}")
    print(f"texts {len(folders)}, claims {claims}, quotes that do not stand {broken}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
