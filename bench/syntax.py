"""Score the shipped syntax model on the held-out treebanks: `python -m bench.syntax`.

PUD is never trained on; the EWT and GUM test parts are shown beside it. Gold tokens are given, as
in the figures that parsers are usually compared by.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from kg.syntax.pipeline import load_pipeline
from training.treebanks import read_documents

SHARED = Path(os.environ.get("KG_SHARED", Path(__file__).parents[2] / "shared"))
TREEBANKS = {
    "PUD": "pud/en_pud-ud-test.conllu",
    "EWT test": "ewt/en_ewt-ud-test.conllu",
    "GUM test": "gum-open/en_gumopen-test.conllu",
}


def score_treebank(nlp: Language, path: Path) -> dict[str, float]:
    """The scores of the pipeline on one treebank, and the words it parsed in a second."""
    gold = list(read_documents(path, nlp.vocab))
    fresh = [
        Doc(nlp.vocab, words=[t.text for t in doc], spaces=[bool(t.whitespace_) for t in doc])
        for doc in gold
    ]
    start = time.perf_counter()
    parsed = list(nlp.pipe(fresh))
    seconds = time.perf_counter() - start
    examples = [Example(p, g) for p, g in zip(parsed, gold, strict=True)]
    scores: dict[str, float] = {}
    for name in nlp.pipe_names:
        component = nlp.get_pipe(name)
        if hasattr(component, "score"):
            scores |= component.score(examples)
    scores["words"] = sum(len(doc) for doc in gold) / seconds
    return scores


def main() -> int:
    """Print the table; returns the exit code."""
    place = SHARED / "training" / "treebank"
    if not place.is_dir():
        print(f"no treebanks at {place}: set KG_SHARED", file=sys.stderr)
        return 2
    nlp = load_pipeline()
    columns = ("pos_acc", "morph_acc", "lemma_acc", "dep_uas", "dep_las", "sents_f")
    titles = ("POS", "features", "lemma", "UAS", "LAS", "sentences")
    print(f"{'treebank':10s}" + "".join(f"{t:>11s}" for t in titles) + f"{'words/s':>11s}")
    for name, path in TREEBANKS.items():
        scores = score_treebank(nlp, place / path)
        row = "".join(f"{scores[c]:11.3f}" for c in columns)
        print(f"{name:10s}{row}{scores['words']:11.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
