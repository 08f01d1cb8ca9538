"""The answers of services, kept on disk one by one as they come, so that none is asked for twice.

Each answer is a transaction of its own: a process that is killed loses none that it had, and what
it was writing is either there or not.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from kg.errors import LinkError

_FORMAT = 1
_PATIENCE = 30.0
"""Seconds to wait for another process that writes."""

_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, retrieved TEXT NOT NULL, body BLOB NOT NULL
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a service once answered: `retrieved` is the time in UTC, as ISO 8601 to the second."""

    key: str
    kind: str
    retrieved: str
    body: bytes


class Cache:
    """The kept answers of one file; close it by `with`. Every method raises LinkError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._translate_errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
            # Each answer is on the disk before it is used: the machine may fail as well.
            self._database.execute("PRAGMA synchronous = FULL")
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            if version not in (0, _FORMAT):
                raise LinkError(
                    f"the cache {path} was written by another version of kg: choose another file",
                    url=str(path),
                )
            self._database.execute(_TABLE)
            self._database.execute(f"PRAGMA user_version = {_FORMAT}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __len__(self) -> int:
        with self._translate_errors():
            (count,) = self._database.execute("SELECT count(*) FROM answers").fetchone()
        return int(count)

    def find(self, key: str, *, since: datetime | None = None) -> KeptAnswer | None:
        """The answer to a request, if one was kept, and not before a time."""
        with self._translate_errors():
            row = self._database.execute(
                "SELECT kind, retrieved, body FROM answers WHERE key = ? AND retrieved >= ?",
                (key, "" if since is None else format_time(since)),
            ).fetchone()
            return None if row is None else KeptAnswer(key, row[0], row[1], zlib.decompress(row[2]))

    def keep(self, answers: Iterable[KeptAnswer]) -> None:
        """Put answers on the disk, all of them or none; each replaces what was there."""
        rows = [(each.key, each.kind, each.retrieved, zlib.compress(each.body)) for each in answers]
        with self._translate_errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._database.executemany(
                    "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", rows
                )
                self._database.execute("COMMIT")
            except BaseException:
                self._database.rollback()
                raise

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, zlib.error) as error:
            text = str(error)
            if "locked" in text:
                todo = "another kg writes it: wait for it to end"
            elif "unable to open" in text or "readonly" in text:
                todo = "it cannot be written: choose another by --cache FILE"
            elif "full" in text:
                todo = "the disk is full: free some space"
            else:
                todo = f"it is damaged ({text}): delete it"
            raise LinkError(f"the cache {self.path}: {todo}", url=str(self.path)) from error
        except OSError as error:
            message = f"the cache {self.path} cannot be written ({error.strerror}): choose another"
            raise LinkError(message, url=str(self.path)) from error


def format_time(time: datetime) -> str:
    """A time in UTC as ISO 8601, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def reach_back(now: datetime, days: float) -> datetime:
    """The time some days ago."""
    return now - timedelta(days=days)
