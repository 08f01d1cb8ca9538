"""The index beside the store: a cache that may be deleted at any time and is never stale.

`search.db` bears a stamp of the store's files, and where theirs differs it is made anew, so that it
never answers for an older graph. Where the folder cannot be written it is kept in memory.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from kg.errors import GraphError
from kg.search.filling import fill_index
from kg.store import GraphStore, list_store_files

_INDEX = "search.db"
# To be raised with every change of what is put in, or how.
_VERSION = "1"
# What open_memory_graph calls its folder: an index may not be kept under that name.
_MEMORY = Path("memory")

T = TypeVar("T")

_building = threading.Lock()
_in_memory: dict[Path, tuple[str, sqlite3.Connection]] = {}


def ask_index(store: GraphStore, ask: Callable[[sqlite3.Connection], T]) -> T:
    """Ask the index of a graph as it is; where its file turns out to be damaged, ask a new one.

    Raises GraphError where the store cannot be read or there is no FTS5.
    """
    try:
        with _open_index(store) as index:
            return ask(index)
    except sqlite3.DatabaseError:
        with suppress(OSError):
            (store.directory / _INDEX).unlink()
    try:
        with _open_index(store) as index:
            return ask(index)
    except sqlite3.DatabaseError as error:
        message = f"the graph at {store.directory} cannot be searched: SQLite says {error}"
        raise GraphError(message, path=store.directory) from error


@contextmanager
def _open_index(store: GraphStore) -> Iterator[sqlite3.Connection]:
    stamp, path = _stamp_store(store), store.directory / _INDEX
    if stamp is None:
        with closing(_build(store, ":memory:", "")) as made:
            yield made
        return
    index = _open_file(path, stamp)
    if index is None:
        with _building:
            # Another thread may have made it in the meantime.
            if path not in _in_memory and _open_file(path, stamp) is None:
                _write_file(store, path, stamp)
            index = _open_file(path, stamp)
    if index is not None:
        with closing(index):
            yield index
        return
    with _building:
        kept = _in_memory.get(path)
        if kept is None or kept[0] != stamp:
            if kept is not None:
                kept[1].close()
            kept = _in_memory[path] = (stamp, _build(store, ":memory:", stamp))
        yield kept[1]


def _stamp_store(store: GraphStore) -> str | None:
    """What changes with every change of the store; None for a graph in memory."""
    if store.directory == _MEMORY:
        return None
    files = list_store_files(store.directory / "store")
    if not files:
        return None
    return hashlib.sha256("\n".join([_VERSION, *files]).encode()).hexdigest()


def _open_file(path: Path, stamp: str) -> sqlite3.Connection | None:
    """The index of a file, if it has this stamp."""
    # Immutable: a new index is another file under the same name.
    place = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with suppress(sqlite3.Error):
        index = sqlite3.connect(place, uri=True, check_same_thread=False)
        with suppress(sqlite3.Error):
            if index.execute("SELECT stamp FROM stamp").fetchone() == (stamp,):
                return index
        index.close()
    return None


def _write_file(store: GraphStore, path: Path, stamp: str) -> None:
    """Put an index into a file that takes its name once it is complete, if it can be written."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        draft.unlink(missing_ok=True)
        try:
            _build(store, str(draft), stamp).close()
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except (OSError, sqlite3.OperationalError):
        return


def _build(store: GraphStore, place: str, stamp: str) -> sqlite3.Connection:
    index = sqlite3.connect(place, check_same_thread=False)
    try:
        # A cache need not survive a loss of power: its stamp or its pages would be wrong.
        index.execute("PRAGMA journal_mode = OFF")
        index.execute("PRAGMA synchronous = OFF")
        fill_index(index, store)
        index.execute("INSERT INTO stamp VALUES (?)", (stamp,))
        index.commit()
    except BaseException:
        index.close()
        raise
    return index
