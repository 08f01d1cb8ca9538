"""The language engine does not keep the words of every article that it ever read."""

from readings import make_prose

from kg.reading import know_words
from kg.syntax import parse_document, parsing


def parse(text, vocabulary, names, parser):
    return parse_document(make_prose(text), parser, know_words(vocabulary, names))


def count_strings(parser):
    return len(parser.pipeline.vocab.strings) + len(parser.tokenizer.vocab.strings)


def test_words_are_forgotten_once_there_are_many(vocabulary, names, parser, monkeypatch):
    text = "Marshal Qarbozzov of Vlandrovia condemned the envoys of Japan."
    # The forms of words that the engine meets first stay known, whatever the words.
    parse(text.replace("Qarbozzov of Vlandrovia", "Foch of France"), vocabulary, names, parser)
    monkeypatch.setattr(parsing, "_KEPT_WORDS", 0)
    before = count_strings(parser)
    forgetful = parse(text, vocabulary, names, parser)
    assert count_strings(parser) == before
    monkeypatch.undo()
    assert parse(text, vocabulary, names, parser) == forgetful
    assert count_strings(parser) > before
