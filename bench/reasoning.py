"""The engines of the reasoner side by side: `python -m bench.reasoning [--sizes …] [--engines …]`.

Each engine closes the same generated graphs in a process of its own. The ratio is to owlrl as it
comes, at the same size in the same run; owlrl runs up to 10,000 triples and three minutes (then the
ratio is the least that it can be), Spark where installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.alliances import generate_facts, write_ontology

SIZES, ENGINES = (10_000, 100_000, 1_000_000), ("owlrl", "memory", "duckdb", "spark")
LARGEST = {"owlrl": 10_000, "spark": 10_000}
PATIENCE = 180
_COLUMNS = ("engine", "triples", "load s", "reason s", "peak MB", "inferred", "against owlrl")


def write_graph(size: int, folder: Path) -> Path:
    """The generated graph of a size as N-Triples."""
    from rdflib import Graph

    path = folder / f"{size}.nt"
    ontology = Graph().parse(data=write_ontology(), format="turtle").serialize(format="nt")
    with path.open("w", encoding="utf-8") as out:
        out.write(ontology)
        for triple in generate_facts(size):
            out.write(" ".join(triple) + " .\n")
    return path


def run_engine(engine: str, path: Path) -> dict[str, float]:
    """The seconds, megabytes and inferences of one engine on one file."""
    start = time.perf_counter()
    if engine == "owlrl":
        found = _run_owlrl(path, start)
    elif engine == "memory":
        found = _run_memory(path, start)
    else:
        found = _run_database(engine, path, start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {**found, "peak": peak}


def _run_owlrl(path: Path, start: float) -> dict[str, float]:
    from owlrl import DeductiveClosure, OWLRL_Semantics
    from rdflib import Graph

    graph = Graph().parse(path)
    given, loaded = len(graph), time.perf_counter()
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    done = time.perf_counter()
    return {"given": given, "load": loaded - start, "reason": done - loaded,
            "inferred": len(graph) - given}  # fmt: skip


def _run_memory(path: Path, start: float) -> dict[str, float]:
    from kg.reasoning.closure import load_owl_rules
    from kg.reasoning.encoding import Terms, encode_triples
    from kg.reasoning.memory import Engine
    from kg.reasoning.result import Closure
    from kg.sandbox import read_terms

    terms = Terms()
    columns = encode_triples(terms, read_terms(path))
    loaded = time.perf_counter()
    engine = Engine(terms, load_owl_rules())
    engine.load(*columns)
    engine.run()
    done = time.perf_counter()
    return {"given": len(columns[0]), "load": loaded - start, "reason": done - loaded,
            "inferred": Closure(engine).count_inferred()}  # fmt: skip


def _run_database(engine_name: str, path: Path, start: float) -> dict[str, float]:
    from kg.reasoning.closure import load_owl_rules
    from kg.reasoning.databases import open_duckdb, open_spark
    from kg.reasoning.encoding import Terms, encode_triples
    from kg.reasoning.sql import SqlEngine
    from kg.reasoning.sql_result import SqlClosure
    from kg.sandbox import read_terms

    with open_duckdb() if engine_name == "duckdb" else open_spark() as database:
        terms = Terms()
        columns = encode_triples(terms, read_terms(path))
        given, loaded = len(columns[0]), time.perf_counter()
        engine = SqlEngine(terms, load_owl_rules(), database)
        engine.load(*columns)
        del columns
        engine.run()
        done = time.perf_counter()
        return {"given": given, "load": loaded - start, "reason": done - loaded,
                "inferred": SqlClosure(engine).count_inferred()}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Print the table; returns the exit code."""
    if arguments[:1] == ["--one"]:
        print(json.dumps(run_engine(arguments[1], Path(arguments[2]))))
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--engines", default=",".join(ENGINES))
    options = parser.parse_args(arguments)
    engines = [e for e in options.engines.split(",") if e != "spark" or _has_spark()]
    print("".join(f"{title:>14s}" for title in _COLUMNS))
    with tempfile.TemporaryDirectory() as place:
        for size in map(int, options.sizes.split(",")):
            path = write_graph(size, Path(place))
            slowest = None
            for engine in engines:
                if size > LARGEST.get(engine, size):
                    continue
                command = [sys.executable, "-m", "bench.reasoning", "--one", engine, str(path)]
                patience = PATIENCE if engine == "owlrl" else None
                try:
                    done = subprocess.run(
                        command, check=False, text=True, capture_output=True, timeout=patience
                    )
                except subprocess.TimeoutExpired:
                    print(f"{engine:>14s}{size:14d}  not done after {PATIENCE} s")
                    slowest = float(PATIENCE)
                    continue
                if done.returncode:
                    print(f"{engine:>14s}{size:14d}  failed: {done.stderr.strip()[-200:]}")
                    continue
                found = json.loads(done.stdout.splitlines()[-1])
                slowest = found["reason"] if engine == "owlrl" else slowest
                ratio = f"{slowest / found['reason']:.0f}x" if slowest else ""
                print(f"{engine:>14s}{found['given']:14.0f}{found['load']:14.2f}"
                      f"{found['reason']:14.3f}{found['peak']:14.0f}{found['inferred']:14.0f}"
                      f"{ratio:>14s}", flush=True)  # fmt: skip
            path.unlink()
    return 0


def _has_spark() -> bool:
    return importlib.util.find_spec("pyspark") is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
