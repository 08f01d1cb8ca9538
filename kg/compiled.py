"""Turtle files in a compiled form that loads fast, kept in the user's cache directory.

The Turtle stays the source: a compiled form is keyed by the content of the files it was made
from, so an edited file is compiled anew, and a cache that cannot be written costs time only.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


def cache_directory() -> Path:
    """Where compiled forms are kept: `$XDG_CACHE_HOME/concord`, by default `~/.cache/concord`."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path("~").expanduser() / ".cache")
    return Path(base) / "concord"


def load_compiled(name: str, version: int, sources: Iterable[Path], make: Callable[[], Any]) -> Any:  # noqa: ANN401
    """The JSON value that `make` compiles from the sources, from the cache if it is there.

    `version` changes when the compiled form does.
    """
    digest = hashlib.sha256(f"{name} {version}".encode())
    for path in sorted(sources):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    place = cache_directory() / f"{name}-{digest.hexdigest()[:20]}.json"
    try:
        return json.loads(place.read_bytes())
    except (OSError, ValueError):
        value = make()
    keep_file(place, json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return value


def keep_file(place: Path, text: str) -> None:
    """Write a file of the cache whole or not at all; a read-only home is no error."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=place.parent, delete=False
        ) as out:
            out.write(text)
        Path(out.name).replace(place)
    except OSError:
        return
