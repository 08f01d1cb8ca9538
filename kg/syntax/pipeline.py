"""Load the shipped syntax model: JSON for its shape and labels, plain arrays for its weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import spacy
import srsly
from spacy.language import Language
from spacy.util import load_model_from_config

from kg.errors import SyntaxModelError

MODEL_DIRECTORY = Path(__file__).parent / "model"


def load_pipeline(directory: Path = MODEL_DIRECTORY) -> Language:
    """The tagger, parser and lemmatiser, ready to run.

    Raises `SyntaxModelError` where the model's files are missing or do not fit together.
    """
    try:
        described = json.loads((directory / "model.json").read_text(encoding="utf-8"))
        with np.load(directory / "weights.npz", allow_pickle=False) as archive:
            arrays = {key: archive[key].astype(np.float32) for key in archive.files}
        return _assemble(described, arrays)
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
        message = f"the syntax model in {directory} cannot be read: reinstall concord-kg"
        raise SyntaxModelError(message, path=directory) from error


def _assemble(described: dict[str, Any], arrays: dict[str, Any]) -> Language:
    config = {
        "paths": {},
        "nlp": described["config"]["nlp"],
        "components": described["config"]["components"],
    }
    nlp = load_model_from_config(config, auto_fill=True, validate=False)
    for text in described["strings"]:
        nlp.vocab.strings.add(text)
    for name, component in described["components"].items():
        _restore_component(nlp, name, component, arrays)
    return nlp


def _restore_component(
    nlp: Language, name: str, component: dict[str, Any], arrays: dict[str, Any]
) -> None:
    pipe: Any = nlp.get_pipe(name)
    pipe.cfg.update(component["cfg"])
    if "moves" in component:
        moves = srsly.msgpack_dumps({"moves": srsly.json_dumps(component["moves"]), "cfg": {}})
        pipe.moves.from_bytes(moves, exclude=["strings"])
    if "trees" in component:
        pipe.trees.from_bytes(srsly.msgpack_dumps({"trees": component["trees"]}))
    structure = {
        "nodes": component["nodes"],
        "attrs": [{} for _ in component["nodes"]],
        "shims": [[] for _ in component["nodes"]],
        "params": [
            {key: arrays[f"{name}/{i}/{key}"] if held else None for key, held in params.items()}
            for i, params in enumerate(component["params"])
        ],
    }
    pipe.model.from_dict(structure)


def make_tokenizer() -> Any:  # noqa: ANN401 - the engine's own tokenizer type is untyped
    """The rule-based English tokenizer alone, which needs no model."""
    return spacy.blank("en").tokenizer
