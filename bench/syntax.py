"""Score the shipped syntax model on the held-out treebanks: `python -m bench.syntax`.

PUD is never trained on; the EWT and GUM test parts are shown beside it. Gold tokens are given, as
in the figures that parsers are usually compared by. The first row of each is the pipeline alone,
the second the whole as the reading uses it: the biaffine parser on the pipeline's sentences.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from spacy.tokens import Doc
from spacy.training import Example

from kg.model import BlockKind
from kg.syntax import Parser, load_parser
from kg.syntax.biaffine import WordParse
from kg.syntax.parsing import parse_docs
from training.treebanks import read_documents

SHARED = Path(os.environ.get("KG_SHARED", Path(__file__).parents[2] / "shared"))
Parse = Callable[[list[Doc], Parser], list[Doc]]
TREEBANKS = {
    "PUD": "pud/en_pud-ud-test.conllu",
    "EWT test": "ewt/en_ewt-ud-test.conllu",
    "GUM test": "gum-open/en_gumopen-test.conllu",
}


def parse_alone(docs: list[Doc], parser: Parser) -> list[Doc]:
    """What the pipeline makes of the documents."""
    return list(parser.pipeline.pipe(docs))


def parse_whole(docs: list[Doc], parser: Parser) -> list[Doc]:
    """What pipeline and biaffine parser make of the documents together."""
    kinds = [BlockKind.PROSE] * len(docs)
    return [_assemble(doc, sentences) for doc, sentences in parse_docs(docs, kinds, parser)]


def _assemble(doc: Doc, sentences: list[tuple[int, tuple[WordParse, ...]]]) -> Doc:
    words = [word for _, parsed in sentences for word in parsed]
    return Doc(
        doc.vocab,
        words=[token.text for token in doc],
        spaces=[bool(token.whitespace_) for token in doc],
        pos=[word.pos for word in words],
        morphs=[word.features for word in words],
        lemmas=[token.lemma_ for token in doc],
        heads=[start + word.head for start, parsed in sentences for word in parsed],
        deps=["ROOT" if word.role == "root" else word.role for word in words],
    )


def score_treebank(parse: Parse, parser: Parser, path: Path) -> dict[str, float]:
    """The scores of a way of parsing on one treebank, and the words it parsed in a second."""
    gold = list(read_documents(path, parser.pipeline.vocab))
    fresh = [
        Doc(doc.vocab, words=[t.text for t in doc], spaces=[bool(t.whitespace_) for t in doc])
        for doc in gold
    ]
    start = time.process_time()
    parsed = parse(fresh, parser)
    seconds = time.process_time() - start
    examples = [Example(p, g) for p, g in zip(parsed, gold, strict=True)]
    scores: dict[str, float] = {}
    for name in parser.pipeline.pipe_names:
        component = parser.pipeline.get_pipe(name)
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
    parser = load_parser()
    columns = ("pos_acc", "morph_acc", "lemma_acc", "dep_uas", "dep_las", "sents_f")
    titles = ("POS", "features", "lemma", "UAS", "LAS", "sentences")
    print(f"{'treebank':20s}" + "".join(f"{t:>11s}" for t in titles) + f"{'words/s':>11s}")
    for name, path in TREEBANKS.items():
        for parse, title in ((parse_alone, f"{name}, pipeline"), (parse_whole, name)):
            scores = score_treebank(parse, parser, place / path)
            row = "".join(f"{scores[c]:11.3f}" for c in columns)
            print(f"{title:20s}{row}{scores['words']:11.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
