"""The options that choose who finds the claims, and what that takes."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from kg.errors import ExtractorError

if TYPE_CHECKING:
    from kg.extraction.llm import LlmExtractor
    from kg.vocabulary import Vocabulary

EXTRACTORS = ("frames", "llm")
_KEY = "KG_LLM_KEY"


def add_extractor_options(parser: argparse.ArgumentParser) -> None:
    """Add `--extractor`, and what the model's server needs."""
    group = parser.add_argument_group("who finds the claims")
    group.add_argument(
        "--extractor",
        choices=EXTRACTORS,
        default="frames",
        help="the lexicon's frames (default), or a language model on a server of yours",
    )
    group.add_argument("--model", metavar="NAME", help="the model, for --extractor llm")
    group.add_argument(
        "--base-url",
        metavar="URL",
        help=f"its OpenAI-compatible server, as http://host/v1; a key is taken from ${_KEY}",
    )


def prepare_extractor(arguments: argparse.Namespace, vocabulary: Vocabulary) -> LlmExtractor | None:
    """The extractor that the options ask for, None for the shipped one."""
    if arguments.extractor != "llm":
        if arguments.model or arguments.base_url:
            message = "--model and --base-url are for --extractor llm: add it or leave them out"
            raise ExtractorError(message, url=arguments.base_url or "")
        return None
    if not (arguments.model and arguments.base_url):
        message = "--extractor llm needs --model NAME and --base-url URL"
        raise ExtractorError(message, url=arguments.base_url or "")
    from kg.extraction.llm import LlmExtractor, ModelServer
    from kg.vocabulary.definitions import load_definitions

    server = ModelServer(arguments.model, arguments.base_url, os.environ.get(_KEY) or None)
    return LlmExtractor(server, vocabulary, load_definitions())
