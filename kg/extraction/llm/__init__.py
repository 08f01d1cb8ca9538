"""A language model as the extractor: asked sentence by sentence, believed only where it quotes."""

from kg.extraction.llm.asking import ModelServer
from kg.extraction.llm.checking import Refusal
from kg.extraction.llm.extracting import LlmExtractor, Refused

__all__ = ["LlmExtractor", "ModelServer", "Refusal", "Refused"]
