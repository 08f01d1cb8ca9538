"""Score the reading against gold: `python -m bench.accuracy [--relations] [--texts A,B]`.

Reads every gold text under `eval/dev` of the shared data (`../shared` or `$KG_SHARED`), runs its
`score.py` on the result, checks that every quote stands in its text, and prints the table.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from kg.documents import read_document
from kg.export import export_claims, export_mentions
from kg.extraction import load_names
from kg.model import Reading
from kg.reading import read
from kg.syntax import load_parser
from kg.vocabulary import load_vocabulary

SHARED = Path(os.environ.get("KG_SHARED", Path(__file__).parents[2] / "shared"))


def read_gold_texts(folders: list[Path], system: Path) -> tuple[int, int]:
    """Read the texts and write what was found; returns (claims, quotes that do not stand)."""
    vocabulary, names, parser = load_vocabulary(), load_names(), load_parser()
    claims = broken = 0
    for folder in folders:
        reading = read(read_document(folder / "text.txt"), vocabulary, names, parser)
        claims += len(reading.claims)
        broken += count_broken_quotes(reading)
        for suffix, text in (
            ("claims", export_claims(reading, "jsonl")),
            ("mentions", export_mentions(reading, "jsonl")),
        ):
            (system / f"{folder.name}.{suffix}.jsonl").write_text(text, encoding="utf-8")
    return claims, broken


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
        system = arguments.keep or Path(place)
        system.mkdir(parents=True, exist_ok=True)
        claims, broken = read_gold_texts(folders, system)
        subset = Path(place) / "gold"
        subset.mkdir()
        for folder in folders:
            (subset / folder.name).symlink_to(folder)
        command = [sys.executable, str(SHARED / "eval" / "score.py"), str(subset), str(system)]
        command += ["--relations"] if arguments.relations else []
        command += ["--misses", arguments.misses] if arguments.misses else []
        done = subprocess.run(command, check=False, text=True, capture_output=True)
    print(done.stdout, done.stderr, sep="", end="")
    print(f"texts {len(folders)}, claims {claims}, quotes that do not stand {broken}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
