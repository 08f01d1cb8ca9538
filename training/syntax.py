"""Train the syntax model on the open treebanks: `python -m training.syntax TREEBANKS WORK`.

TREEBANKS holds `ewt`, `gum-open` and `pud` as CoNLL-U; WORK takes the corpora and the trained
pipeline. Takes about 40 minutes on one core. `python -m training.pack` then puts the result in
the package.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import spacy
from spacy.cli.train import train
from spacy.tokens import Doc, DocBin

from training.treebanks import read_documents

TYPOGRAPHIC_SHARE = 0.4


def write_corpora(treebanks: Path, work: Path) -> None:
    """Write train.spacy, dev.spacy and pud.spacy under `work`."""
    vocab = spacy.blank("en").vocab
    ewt, gum = treebanks / "ewt" / "en_ewt-ud", treebanks / "gum-open" / "en_gumopen"
    train_docs: list[Doc] = []
    dev_docs: list[Doc] = []
    for stem in (ewt, gum):
        train_docs += read_documents(
            stem.with_name(stem.name + "-train.conllu"), vocab, TYPOGRAPHIC_SHARE
        )
        dev_docs += list(read_documents(stem.with_name(stem.name + "-dev.conllu"), vocab))[::3]
    random.Random(7).shuffle(train_docs)
    pud_docs = list(read_documents(treebanks / "pud" / "en_pud-ud-test.conllu", vocab))
    for name, docs in (("train", train_docs), ("dev", dev_docs), ("pud", pud_docs)):
        DocBin(docs=docs, store_user_data=False).to_disk(work / f"{name}.spacy")


def main(arguments: list[str]) -> int:
    """Write the corpora and train; returns the exit code."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    treebanks, work = Path(arguments[0]), Path(arguments[1])
    work.mkdir(parents=True, exist_ok=True)
    write_corpora(treebanks, work)
    config = Path(__file__).with_name("syntax.cfg")
    overrides = {"paths.train": str(work / "train.spacy"), "paths.dev": str(work / "dev.spacy")}
    train(config, work / "pipeline", overrides=overrides)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
