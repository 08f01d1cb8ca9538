"""Put a trained biaffine parser in the package: `python -m training.pack_biaffine WORK`.

WORK holds what `python -m training.biaffine` wrote. Writes `biaffine.onnx` (the graph, in 8 bits),
`pieces.txt` (the word pieces) and `biaffine.json` (labels, and what the other two must be).
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kg.syntax.biaffine import DESCRIPTION, GRAPH, PIECES, digest_file
from training.biaffine_graph import Arrays, build_graph
from training.pack import TARGET

_SCRIPTS = ("LATIN", "GREEK")


def is_kept(piece: str) -> bool:
    """Whether an English text is likely to need a piece: none of other scripts, none left blank."""
    if piece.startswith("[unused"):
        return False
    return not any(
        unicodedata.category(char).startswith("M")
        or (char.isalpha() and not unicodedata.name(char, "").startswith(_SCRIPTS))
        for char in piece
    )


def drop_pieces(arrays: Arrays, pieces: Sequence[str]) -> tuple[Arrays, list[str]]:
    """The weights without the rows of pieces that are not kept, and the pieces kept."""
    kept = [number for number, piece in enumerate(pieces) if is_kept(piece)]
    table = arrays["encoder.pieces.weight"][kept]
    return arrays | {"encoder.pieces.weight": table}, [pieces[number] for number in kept]


def pack(work: Path, target: Path) -> None:
    """Write the three files of the model into `target`."""
    described = json.loads((work / "biaffine.json").read_text(encoding="utf-8"))
    with np.load(work / "biaffine.npz", allow_pickle=False) as archive:
        arrays = {key: archive[key] for key in archive.files}
    arrays, pieces = drop_pieces(arrays, described.pop("pieces"))
    target.mkdir(parents=True, exist_ok=True)
    graph = build_graph(arrays).SerializeToString(deterministic=True)
    (target / GRAPH).write_bytes(graph)
    (target / PIECES).write_bytes("\n".join(pieces).encode("utf-8"))
    digests = {name: digest_file(target / name) for name in (GRAPH, PIECES)}
    text = json.dumps(described | {"sha256": digests}, separators=(",", ":"))
    (target / DESCRIPTION).write_text(text + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Pack the parser of the folder named on the command line; returns the exit code."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    pack(Path(arguments[0]), TARGET)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
