"""Articles to parsed sentences; every token points into the untouched source text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from kg.documents.words import plain_quotes, split_run_together
from kg.model import Block, BlockKind, Document, Sentence, Span, Token
from kg.syntax.biaffine import BiaffineModel, WordParse, load_biaffine, parse_sentences
from kg.syntax.mending import mend_parse
from kg.syntax.pipeline import MODEL_DIRECTORY, load_pipeline, make_tokenizer

# "U.S.-Japan", "post-1945": a hyphen between two things of which the first is no mere prefix.
_JOINED = re.compile(r"(?<=[\w.])[-–—/](?=[\w“\"'])")
_LONGEST_PIECE = 4000
_KEPT_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Known:
    """Who knows a word: `word` whether it is one at all, `name` whether it is a name."""

    word: Callable[[str], bool]
    name: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Parser:
    """Tokenizer, pipeline and biaffine model, loaded once and used for every article.

    The pipeline cuts sentences and gives lemmas; the biaffine model heads, roles and tags.
    """

    pipeline: Language
    tokenizer: Any
    biaffine: BiaffineModel


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a block to be parsed in one go, with the words found in it."""

    block: Block
    heading: Span | None
    paragraph: int
    words: tuple[tuple[str, int, int], ...]


def load_parser() -> Parser:
    """Load the shipped syntax model.

    Raises `SyntaxModelError` where it is missing or damaged.
    """
    return Parser(load_pipeline(), make_tokenizer(), load_biaffine(MODEL_DIRECTORY))


def parse_document(document: Document, parser: Parser, known: Known) -> tuple[Sentence, ...]:
    """Split the body of an article into sentences and parse them.

    `known` says whether a word is one that the names or the lexicon know; words run together
    by the scraping ("Japanalliance") are split where both parts are known.
    """
    with _forget_words(parser.tokenizer.vocab), _forget_words(parser.pipeline.vocab):
        return tuple(_parse_blocks(document, parser, known))


def _forget_words(vocab: Vocab) -> AbstractContextManager[object]:
    """Once the engine has met many words, let it forget those that only this article adds.

    It would keep every word for ever; but to make frequent ones anew each time costs some speed.
    """
    return nullcontext() if len(vocab) < _KEPT_WORDS else vocab.memory_zone()


def _parse_blocks(document: Document, parser: Parser, known: Known) -> Iterator[Sentence]:
    pieces = list(_cut_pieces(document, parser, known))
    docs = [
        Doc(parser.pipeline.vocab, words=[w for w, _, _ in piece.words], spaces=_spaces(piece))
        for piece in pieces
    ]
    parsed = parse_docs(docs, [piece.block.kind for piece in pieces], parser)
    for piece, (doc, sentences) in zip(pieces, parsed, strict=True):
        for start, words in sentences:
            yield _make_sentence(piece, doc, start, words, known)


def parse_docs(
    docs: Iterable[Doc], kinds: Sequence[BlockKind], parser: Parser
) -> Iterator[tuple[Doc, list[tuple[int, tuple[WordParse, ...]]]]]:
    """Parse texts of these kinds, given in words; yields each with its sentences.

    A sentence is its first word's number and the parse of its words. What is too long for the
    biaffine model keeps the parse of the pipeline.
    """
    parsed = list(parser.pipeline.pipe(docs, batch_size=32))
    cut = [cut_sentences(doc, kind) for doc, kind in zip(parsed, kinds, strict=True)]
    sentences = [
        [token.text for token in doc[start:end]]
        for doc, ranges in zip(parsed, cut, strict=True)
        for start, end in ranges
    ]
    better = iter(parse_sentences(parser.biaffine, sentences))
    for doc, ranges in zip(parsed, cut, strict=True):
        found = zip(ranges, islice(better, len(ranges)), strict=True)
        yield doc, [(start, words or read_words(doc, start, end)) for (start, end), words in found]


def split_words(text: str, offset: int, parser: Parser, known: Known) -> list[tuple[str, int, int]]:
    """The words of a text as (form for matching, start, end), offsets moved by `offset`."""
    plain = plain_quotes(text)
    words: list[tuple[str, int, int]] = []
    for token in parser.tokenizer(plain):
        if token.is_space:
            continue
        for start, end in _cut_token(token.text, known):
            begin = offset + token.idx + start
            words.append((token.text[start:end], begin, begin + end - start))
    return words


def _cut_token(word: str, known: Known) -> Iterator[tuple[int, int]]:
    cuts: set[int] = set()
    if len(word) > 3 and not word.startswith(("http", "www")) and "@" not in word:
        for match in _JOINED.finditer(word):
            cuts.update((match.start(), match.end()))
        cuts.update(split_run_together(word, known.word, named=known.name))
    edges = [0, *sorted(cuts), len(word)]
    for start, end in pairwise(edges):
        if start < end:
            yield start, end


def _cut_pieces(document: Document, parser: Parser, known: Known) -> Iterator[_Piece]:
    heading: Span | None = None
    for paragraph, block in enumerate(document.blocks, start=1):
        if block.kind is BlockKind.HEADING:
            heading = block.span
        words = split_words(document.quote(block.span), block.span.start, parser, known)
        for part in _limit_length(words):
            yield _Piece(block, heading, paragraph, tuple(part))


def _limit_length(words: list[tuple[str, int, int]]) -> Iterator[list[tuple[str, int, int]]]:
    """Cut what is far too long for one parse (a page without a full stop) at a stop or a limit."""
    while len(words) > _LONGEST_PIECE:
        cut = next(
            (
                i + 1
                for i in range(_LONGEST_PIECE - 1, _LONGEST_PIECE // 2, -1)
                if words[i][0] == "."
            ),
            _LONGEST_PIECE,
        )
        yield words[:cut]
        words = words[cut:]
    if words:
        yield words


def _spaces(piece: _Piece) -> list[bool]:
    following = [*[start for _, start, _ in piece.words[1:]], piece.words[-1][2]]
    return [end < after for (_, _, end), after in zip(piece.words, following, strict=True)]


def read_words(doc: Doc, start: int, end: int) -> tuple[WordParse, ...]:
    """What the pipeline says of the words of a sentence; a head outside of it is dropped."""
    return tuple(
        WordParse(
            head=token.head.i - start if start <= token.head.i < end else token.i - start,
            role=token.dep_.replace("ROOT", "root"),
            pos=token.pos_,
            features=str(token.morph),
        )
        for token in doc[start:end]
    )


def _make_sentence(
    piece: _Piece, doc: Doc, start: int, words: tuple[WordParse, ...], known: Known
) -> Sentence:
    tokens = tuple(
        Token(
            span=Span(piece.words[i][1], piece.words[i][2]),
            text=doc[i].text,
            lemma=_mend_lemma(doc[i].text, doc[i].lemma_, word, known),
            pos=word.pos,
            head=word.head,
            role=word.role,
            features=word.features,
        )
        for i, word in enumerate(words, start)
    )
    span = Span(tokens[0].span.start, tokens[-1].span.end)
    return Sentence(span, piece.block.kind, piece.heading, mend_parse(tokens), piece.paragraph)


def _mend_lemma(form: str, lemma: str, word: WordParse, known: Known) -> str:
    """The lemma in small letters.

    A plural that the lemmatiser left as it was loses its -s; of a verb whose lemma nobody knows the
    ending is taken off by the rules of spelling, where that gives a verb that is known.
    """
    lower = lemma.casefold()
    plural = word.pos == "NOUN" and "Number=Sing" not in word.features and lower == form.casefold()
    if plural and len(lower) > 4 and re.search(r"[^su]s$", lower):
        return f"{lower[:-3]}y" if lower.endswith("ies") else lower[:-1]
    if word.pos == "VERB" and not known.word(lower):
        return next(filter(known.word, _stem_verb(form.casefold())), lower)
    return lower


def _stem_verb(form: str) -> Iterator[str]:
    """What an inflected verb may be a form of."""
    match = re.fullmatch(r"(.{2,}?)(ing|ed|es|s)", form)
    if match is not None:
        stem = match[1]
        yield f"{stem}e"
        yield stem
        if stem.endswith("i"):
            yield f"{stem[:-1]}y"
        if stem[-1] == stem[-2:-1]:
            yield stem[:-1]


def cut_sentences(doc: Doc, kind: BlockKind) -> Sequence[tuple[int, int]]:
    """The pipeline's sentences, joined where it cut inside a quotation or before a small letter."""
    if kind in {BlockKind.TITLE, BlockKind.HEADING}:
        return [(0, len(doc))]
    ranges: list[tuple[int, int]] = []
    for sent in doc.sents:
        previous = doc[sent.start - 1].text if sent.start else "."
        closed = previous in {".", "!", "?", ":", '"', "”", "'", ")", ";"}
        lower = doc[sent.start].text[:1].islower() and previous != "?"
        if ranges and (lower or not closed):
            ranges[-1] = (ranges[-1][0], sent.end)
        else:
            ranges.append((sent.start, sent.end))
    return ranges
