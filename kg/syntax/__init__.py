"""Sentences with lemmas, parts of speech and dependencies; the sole home of the NLP engine."""

from kg.syntax.parsing import Known, Parser, load_parser, parse_document, split_words

__all__ = ["Known", "Parser", "load_parser", "parse_document", "split_words"]
