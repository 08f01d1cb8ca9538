"""The graph on disk: named graphs in an Oxigraph store under `DIRECTORY/store`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from rdflib import Literal, URIRef

from kg.errors import GraphError
from kg.rdf import Quad, QuadStore, QueryResult, SourceTriple, Triple

try:
    import fcntl
except ImportError:  # Windows has none; the engine still refuses a second writer there.
    fcntl = None  # type: ignore[assignment]

_STORE = "store"
_LOCK = "lock"
_PAUSE = 0.1
CLOSURE_FILE, CHECKED_FILE = "closure.npz", "checked.json"


@contextmanager
def translate_errors(directory: Path) -> Iterator[None]:
    """Turn the engine's errors about the graph of a directory into GraphError."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        text = str(error)
        if "lock" in text.casefold():
            message = f"the graph at {directory} is in use: wait for the other command to end"
        elif isinstance(error, PermissionError) or "Permission denied" in text:
            message = f"the graph at {directory} cannot be opened: change its permissions"
        elif "No space left" in text:
            message = f"the graph at {directory} cannot grow, the disk is full: free some space"
        else:
            message = (
                f"the graph at {directory} is damaged ({text.splitlines()[0]}): "
                f"delete {directory / _STORE} and run kg build again"
            )
        raise GraphError(message, path=directory) from error


class GraphStore:
    """The named graphs of one directory; get one from `open_graph`, close it by `with`.

    Every method raises GraphError where the disk or the store fails.
    """

    def __init__(
        self, directory: Path, store: QuadStore, *, read_only: bool, lock: IO[bytes] | None
    ) -> None:
        self.directory = directory
        self.read_only = read_only
        self._open: QuadStore | None = store
        self._lock = lock

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
        """Put all on disk and let others open the graph; closing twice does nothing."""
        if self._open is not None and not self.read_only:
            with translate_errors(self.directory):
                self._open.flush()
        self._open = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def view(self) -> GraphStore:
        """The graph for a forked child: one open for writing is copied to memory.

        The engine writes in the background, and a child that inherits its locks waits for ever.
        """
        if self.read_only or self._lock is None:
            return self
        copy = open_memory_graph()
        copy.replace_all({graph: self.triples(graph) for graph in self.graphs()})
        return copy

    def graphs(self) -> list[URIRef]:
        """The named graphs, sorted."""
        with translate_errors(self.directory):
            return self._store.graphs()

    def triples(
        self,
        graph: URIRef,
        *,
        subject: URIRef | None = None,
        predicate: URIRef | None = None,
        object: URIRef | Literal | None = None,
    ) -> Iterator[Triple]:
        """The triples of a named graph that fit what is given, in no promised order."""
        for quad in self.quads(graph, subject=subject, predicate=predicate, object=object):
            yield quad[:3]

    def quads(
        self,
        graph: URIRef | None = None,
        *,
        subject: URIRef | None = None,
        predicate: URIRef | None = None,
        object: URIRef | Literal | None = None,
    ) -> Iterator[Quad]:
        """The quads that fit what is given, in no promised order."""
        with translate_errors(self.directory):
            yield from self._store.triples(
                graph, subject=subject, predicate=predicate, object=object
            )

    def replace(self, graph: URIRef, triples: Iterable[SourceTriple]) -> None:
        """Set the whole content of a named graph in one transaction."""
        self.replace_all({graph: triples})

    def replace_all(self, graphs: Mapping[URIRef, Iterable[SourceTriple]]) -> None:
        """Set the whole content of several named graphs, all of them in one transaction."""
        self.change(graphs, {})

    def change(
        self,
        replaced: Mapping[URIRef, Iterable[SourceTriple]],
        amended: Mapping[URIRef, tuple[Iterable[SourceTriple], Iterable[SourceTriple]]],
    ) -> None:
        """Replace some named graphs and amend others by (added, gone), in one transaction."""
        if self.read_only:
            raise GraphError(
                f"the graph at {self.directory} is open for reading: open it for writing",
                path=self.directory,
            )
        # Taken before the engine's errors are watched, so that the caller's own pass through.
        content = {graph: list(triples) for graph, triples in replaced.items()}
        amendments = {graph: (list(added), list(gone)) for graph, (added, gone) in amended.items()}
        with translate_errors(self.directory):
            self._store.change(content, amendments)

    @property
    def quad_store(self) -> QuadStore:
        """The engine itself, for a child process that answers foreign requests."""
        return self._store

    def remove(self, graph: URIRef) -> None:
        """Remove a named graph; one that is not there is no error."""
        self.replace_all({graph: ()})

    def query(self, sparql: str, *, default_union: bool = True) -> QueryResult:
        """Answer SPARQL that Concord itself wrote; QueryError where it is malformed.

        Unless told otherwise the default graph is the union of all named graphs. Foreign queries
        go through `kg.query`, which can stop them.
        """
        with translate_errors(self.directory):
            return self._store.query(sparql, default_union=default_union)

    def __len__(self) -> int:
        with translate_errors(self.directory):
            return len(self._store)

    @property
    def _store(self) -> QuadStore:
        if self._open is None:
            raise GraphError(
                f"the graph at {self.directory} is closed: open it again", path=self.directory
            )
        return self._open


def list_store_files(place: Path) -> tuple[str, ...]:
    """The files of a store with size and time, which change whenever its data do.

    The engine appends to a file before a change counts, and gives new files new names; its logs,
    locks and options say nothing of the data. Files that go while they are listed are left out.
    """
    files = []
    with suppress(FileNotFoundError), os.scandir(place) as entries:
        for entry in entries:
            if not entry.name.startswith(("LOG", "LOCK", "OPTIONS")):
                with suppress(FileNotFoundError):
                    status = entry.stat()
                    files.append(f"{entry.name} {status.st_size} {status.st_mtime_ns}")
    return tuple(sorted(files))


def forget_derived(directory: Path) -> None:
    """Drop what is kept beside the store of what was derived from it: it is about to change."""
    for name in (CLOSURE_FILE, CHECKED_FILE):
        (directory / name).unlink(missing_ok=True)


def reserve_graph(
    directory: Path, *, shared: bool, patience: float = 0.0
) -> tuple[Path, IO[bytes] | None]:
    """The place of the store for another process to open, and the lock to hold as long as it does.

    Raises GraphError where there is no graph, or it is still in use after `patience` seconds.
    """
    place = directory / _STORE
    if not (place / "CURRENT").is_file():
        raise GraphError(f"no graph at {directory}: run kg build FILE first", path=directory)
    return place, _take_lock(directory, shared=shared, patience=patience)


def open_graph(
    directory: Path, *, create: bool = False, read_only: bool = False, lock: int | None = None
) -> GraphStore:
    """Open the graph of a directory; any number may read it at a time, or one may write it.

    `lock` is the number of the file of a lock that the process was given by the one that holds it
    (see `reserve_graph`), and under which it may write as long as that one lets nobody else.
    Raises GraphError where there is none (and `create` is false), or it is in use or damaged.
    """
    place = directory / _STORE
    if not (place / "CURRENT").is_file():
        if place.is_dir() and any(place.iterdir()) and not create:
            raise GraphError(
                f"the graph at {directory} is damaged: delete {place} and run kg build again",
                path=directory,
            )
        if not create or read_only:
            raise GraphError(f"no graph at {directory}: run kg build FILE first", path=directory)
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise GraphError(
                f"no graph can be written at {directory} ({error.strerror}): choose another place",
                path=directory,
            ) from error
    given = None if lock is None else os.fdopen(os.dup(lock), "rb")
    held = given or _take_lock(directory, shared=read_only)
    try:
        with translate_errors(directory):
            store = QuadStore(place, read_only=read_only)
    except GraphError:
        if held is not None:
            held.close()
        raise
    return GraphStore(directory, store, read_only=read_only, lock=held)


def open_snapshot(directory: Path) -> GraphStore:
    """The graph as it is now, for a process that holds its lock already (see `reserve_graph`).

    Raises GraphError where it cannot be read, as while another writes it.
    """
    with translate_errors(directory):
        store = QuadStore(directory / _STORE, read_only=True)
    return GraphStore(directory, store, read_only=True, lock=None)


def open_memory_graph() -> GraphStore:
    """An empty graph that lives in memory and is never written."""
    return GraphStore(Path("memory"), QuadStore(), read_only=False, lock=None)


def _take_lock(directory: Path, *, shared: bool, patience: float = 0.0) -> IO[bytes] | None:
    """Hold the directory against writers (or everyone): the engine lets readers in unguarded."""
    path = directory / _LOCK
    try:
        if not shared:
            path.touch()
        lock = path.open("rb")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise GraphError(
            f"the graph at {directory} cannot be opened ({error.strerror}): change its permissions",
            path=directory,
        ) from error
    deadline = time.monotonic() + patience
    while fcntl is not None:
        try:
            fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            break
        except OSError as error:
            if time.monotonic() < deadline:
                time.sleep(_PAUSE)
                continue
            lock.close()
            raise GraphError(
                f"the graph at {directory} is in use: wait for the other command to end",
                path=directory,
            ) from error
    return lock
