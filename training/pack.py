"""Put a trained pipeline in the package: `python -m training.pack PIPELINE`.

Writes `kg/syntax/model/model.json` and `weights.npz`: JSON and plain arrays, nothing executable.
The embedding tables are kept in half precision, which changes no figure of `bench/syntax`.
"""

from __future__ import annotations

import json
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import srsly
from spacy.language import Language

TARGET = Path(__file__).parent.parent / "kg" / "syntax" / "model"
HALF_PRECISION_FROM = 200_000
EPOCH = (1980, 1, 1, 0, 0, 0)


def describe_component(name: str, nlp: Language, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """The JSON part of a component; its arrays are added to `arrays` under stable keys."""
    pipe = nlp.get_pipe(name)
    structure = pipe.model.to_dict()
    for i, params in enumerate(structure["params"]):
        for key, value in params.items():
            if value is None:
                continue
            small = value.size < HALF_PRECISION_FROM
            arrays[f"{name}/{i}/{key}"] = np.asarray(
                value, dtype=np.float32 if small else np.float16
            )
    described: dict[str, Any] = {
        "nodes": structure["nodes"],
        "params": [{k: v is not None for k, v in p.items()} for p in structure["params"]],
        "cfg": pipe.cfg,
    }
    if name == "parser":
        described["moves"] = pipe.moves.labels
    if name == "trainable_lemmatizer":
        described["trees"] = srsly.msgpack_loads(pipe.trees.to_bytes())["trees"]
    return described


def collect_strings(nlp: Language, described: dict[str, Any]) -> list[str]:
    """The strings that the model's labels and lemma trees refer to by their hashes."""
    hashes = {
        value
        for tree in described["trainable_lemmatizer"]["trees"]
        for value in tree.values()
        if isinstance(value, int) and value > 0xFFFF_FFFF
    }
    strings = {nlp.vocab.strings[value] for value in hashes}
    for name in nlp.pipe_names:
        strings.update(str(label) for label in getattr(nlp.get_pipe(name), "labels", ()))
    return sorted(strings)


def main(arguments: list[str]) -> int:
    """Pack the pipeline named on the command line; returns the exit code."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    nlp = spacy.load(arguments[0])
    arrays: dict[str, np.ndarray] = {}
    components = {name: describe_component(name, nlp, arrays) for name in nlp.pipe_names}
    config = nlp.config.copy()
    kept = {key: config[key] for key in ("nlp", "components")}
    model = {
        "config": kept,
        "components": components,
        "strings": collect_strings(nlp, components),
    }
    TARGET.mkdir(parents=True, exist_ok=True)
    text = json.dumps(model, ensure_ascii=False, separators=(",", ":"))
    (TARGET / "model.json").write_text(text + "\n", encoding="utf-8")
    write_arrays(arrays, TARGET / "weights.npz")
    return 0


def write_arrays(arrays: dict[str, np.ndarray], path: Path) -> None:
    """Write a .npz whose bytes depend on the arrays alone (numpy would put the time into it)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for key in sorted(arrays):
            buffer = BytesIO()
            np.lib.format.write_array(buffer, arrays[key], allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{key}.npy", EPOCH), buffer.getvalue(), zipfile.ZIP_DEFLATED
            )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
