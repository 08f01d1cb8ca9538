"""The databases that can reason: DuckDB beside the program, Spark on one machine or many."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from kg.errors import ReasoningLimitError
from kg.reasoning.encoding import Ids

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What DuckDB may hold before it writes to disk.
DUCKDB_MEMORY = "1500MB"
_BATCH = 100_000


class Database(Protocol):
    """Where the statements of the engine run."""

    def execute(self, statement: str) -> None:
        """Run a statement for its effect."""

    def fetch(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query, all at once."""

    def stream(self, statement: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        """The rows of a query, in batches."""

    def load(self, name: str, columns: Mapping[str, Ids]) -> None:
        """Make a table of integer columns."""


class DuckDatabase:
    """DuckDB in one process, past its memory on disk."""

    def __init__(self, folder: Path, *, memory: str = DUCKDB_MEMORY) -> None:
        import duckdb

        self._error = duckdb.OutOfMemoryException
        self._connection = duckdb.connect(str(folder / "facts.duckdb"))
        self._connection.execute(f"SET memory_limit = '{memory}'")
        self._connection.execute(f"SET temp_directory = '{folder}'")
        self._connection.execute("SET preserve_insertion_order = false")

    def execute(self, statement: str) -> None:
        """Run a statement for its effect; ReasoningLimitError where memory and disk are full."""
        try:
            self._connection.execute(statement)
        except self._error as error:
            raise ReasoningLimitError(f"the database is full: {error}", limit=0) from error

    def fetch(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query, all at once."""
        return self._connection.execute(statement).fetchall()

    def stream(self, statement: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        """The rows of a query, in batches."""
        found = self._connection.cursor().execute(statement)
        while rows := found.fetchmany(_BATCH):
            yield rows

    def load(self, name: str, columns: Mapping[str, Ids]) -> None:
        """Make a table of integer columns."""
        arrays = {key: np.ascontiguousarray(column) for key, column in columns.items()}
        self._connection.register("arrays", arrays)
        self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arrays")
        self._connection.unregister("arrays")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class SparkDatabase:
    """A Spark session; needs `pip install 'concord-kg[spark]'` and Java."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session

    def execute(self, statement: str) -> None:
        """Run a statement for its effect."""
        self._session.sql(statement)

    def fetch(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query, all at once."""
        return [tuple(row) for row in self._session.sql(statement).collect()]

    def stream(self, statement: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        """The rows of a query, in batches."""
        rows = [tuple(row) for row in self._session.sql(statement).toLocalIterator()]
        for start in range(0, len(rows), _BATCH):
            yield rows[start : start + _BATCH]

    def load(self, name: str, columns: Mapping[str, Ids]) -> None:
        """Make a table of integer columns."""
        schema = ", ".join(f"{key} int" for key in columns)
        rows = list(zip(*(column.tolist() for column in columns.values()), strict=True))
        self._session.createDataFrame(rows, schema).write.saveAsTable(name)


@contextmanager
def open_duckdb(*, memory: str = DUCKDB_MEMORY) -> Iterator[DuckDatabase]:
    """A database in a folder of its own, which is removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="kg-reasoning-"))
    database = DuckDatabase(folder, memory=memory)
    try:
        yield database
    finally:
        database.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def open_spark(workers: int = 2) -> Iterator[SparkDatabase]:
    """A local session of some workers in a folder of its own, which is removed at the end."""
    from pyspark.sql import SparkSession

    folder = Path(tempfile.mkdtemp(prefix="kg-reasoning-"))
    session = (
        SparkSession.builder.master(f"local[{workers}]")
        .appName("concord")
        .config("spark.sql.warehouse.dir", str(folder))
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", str(2 * workers))
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield SparkDatabase(session)
    finally:
        session.stop()
        shutil.rmtree(folder, ignore_errors=True)
