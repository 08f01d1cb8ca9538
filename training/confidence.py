"""Calibrate the confidence of claims: `python -m training.confidence EVAL`.

EVAL holds `dev/` with annotated texts and `score.py`. A claim counts as right if the scorer
matches it strictly to a gold claim of its text. Writes `kg/extraction/confidence.json` and prints
how well the probabilities fit, each text judged by a model that never saw it (five folds).
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np

from kg.documents import read_document
from kg.export import export_claims
from kg.extraction import Cast, load_names
from kg.extraction.claims import judge_claims
from kg.extraction.confidence import WEIGHTS, Judged, describe_claim
from kg.extraction.tree import Tree
from kg.model import Claim, Document
from kg.reading import read
from kg.syntax import load_parser
from kg.vocabulary import Vocabulary, load_vocabulary

FOLDS = 5
RIDGE = 4.0
Example = tuple[dict[str, float], bool]


def load_scorer(path: Path) -> ModuleType:
    """The scorer as a module."""
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer at {path}")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    return scorer


def collect_examples(evaluation: Path) -> list[list[Example]]:
    """For each text its claims as (features, whether the gold has it)."""
    scorer = load_scorer(evaluation / "score.py")
    vocabulary, names, parser = load_vocabulary(), load_names(), load_parser()
    texts: list[list[Example]] = []
    for folder in sorted(f.parent for f in (evaluation / "dev").glob("*/claims.jsonl")):
        judged: list[tuple[Claim, Judged]] = []
        document = read_document(folder / "text.txt")
        extract = partial(_remember, judged)
        reading = read(document, vocabulary, names, parser, extract=extract)
        gold = scorer.gold_claims(folder)
        examples: list[Example] = []
        for claim, looked_at in judged:
            row = json.loads(export_claims(replace(reading, claims=(claim,)), "jsonl"))
            row |= {k: scorer.Entity(row[k]) for k in ("subject", "object")}
            right = any(scorer.agrees(one, row, "strict") for one in gold)
            examples.append((describe_claim(looked_at), right))
        texts.append(examples)
    return texts


def _remember(
    judged: list[tuple[Claim, Judged]],
    document: Document,
    trees: Sequence[Tree],
    cast: Cast,
    vocabulary: Vocabulary,
) -> tuple[Claim, ...]:
    """Keep what the claims rest on while an article is read."""
    judged.extend(judge_claims(document, trees, cast, vocabulary))
    return tuple(claim for claim, _ in judged)


def fit_weights(examples: list[Example]) -> dict[str, float]:
    """Ridge logistic regression by Newton's method."""
    names = sorted({name for features, _ in examples for name in features})
    place = {name: i for i, name in enumerate(names)}
    x = np.zeros((len(examples), len(names)))
    for row, (features, _) in enumerate(examples):
        for name, value in features.items():
            x[row, place[name]] = value
    y = np.array([right for _, right in examples], dtype=float)
    penalty = np.full(len(names), RIDGE)
    penalty[place["bias"]] = 0.01
    w = np.zeros(len(names))
    for _ in range(25):
        p = 1.0 / (1.0 + np.exp(-x @ w))
        gradient = x.T @ (y - p) - penalty * w
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        w += step
        if np.abs(step).max() < 1e-8:
            break
    return {name: round(float(value), 4) for name, value in zip(names, w, strict=True)}


def fit_folds(texts: list[list[Example]]) -> list[dict[str, float]]:
    """The weights of each fold, fitted without the texts whose index falls into it."""
    return [
        fit_weights([e for i, text in enumerate(texts) if i % FOLDS != fold for e in text])
        for fold in range(FOLDS)
    ]


def predict(weights: dict[str, float], examples: list[Example]) -> np.ndarray:
    """The probability of each example."""
    totals = [sum(weights.get(k, 0.0) * v for k, v in f.items()) for f, _ in examples]
    return 1.0 / (1.0 + np.exp(-np.array(totals)))


def print_calibration(texts: list[list[Example]]) -> None:
    """Print, for bands of confidence, how many claims fall into them and how many are right."""
    predicted: list[np.ndarray] = []
    right: list[bool] = []
    for fold, weights in enumerate(fit_folds(texts)):
        unseen = [e for i, text in enumerate(texts) if i % FOLDS == fold for e in text]
        predicted.append(predict(weights, unseen))
        right += [r for _, r in unseen]
    p, y = np.concatenate(predicted), np.array(right, dtype=float)
    print(f"claims {len(y)}, right {y.mean():.3f}, Brier score {((p - y) ** 2).mean():.3f}")
    print(f"(always the mean: {(y.mean() * (1 - y.mean())):.3f})")
    print("confidence    claims  expected     right")
    for low in np.arange(0.0, 1.0, 0.1):
        inside = (p >= low) & (p < low + 0.1)
        if inside.any():
            row = f"{inside.sum():8d}{p[inside].mean():10.2f}{y[inside].mean():10.2f}"
            print(f"{low:.1f} to {low + 0.1:.1f}{row}")


def main(arguments: list[str]) -> int:
    """Calibrate and write the weights; returns the exit code."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    texts = collect_examples(Path(arguments[0]))
    print_calibration(texts)
    weights = fit_weights([example for text in texts for example in text])
    text = json.dumps(weights, indent=1, sort_keys=True)
    WEIGHTS.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
