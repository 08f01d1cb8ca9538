"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kg.errors import ExportError


@contextmanager
def open_target(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its name only once it is complete.

    Raises ExportError where it cannot be written. Pipes and devices are written directly.
    """
    special = path.exists() and not path.is_file()
    draft = path if special else path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with draft.open("wb") as out:
            yield out
        if not special:
            draft.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"{path} cannot be written ({reason}): choose another place"
        raise ExportError(message, target=str(path)) from error
    finally:
        if not special:
            draft.unlink(missing_ok=True)
