"""The files of articles that people add: those that wait to be read, and those that were.

Whatever was taken is on disk before its sender is told, in `DIRECTORY/incoming/KEY/NAME`, so that
it is read after a crash as well. Once it is in the graph its file lies in `DIRECTORY/articles`,
from where the graph can be built anew.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kg.documents.decoding import LARGEST_FILE
from kg.documents.formats import ENDINGS, HTML, PDF, TEXT, find_format
from kg.errors import DocumentError, GraphError, RequestError
from kg.http import AttemptError, Limits, Manners, Received, fetch

ARTICLES, _INCOMING = "articles", "incoming"
LARGEST_TEXT = 1_000_000
"""How many characters an article may have that comes through a page: a long book."""

_ADDRESS = ".address"
_KEY = re.compile(r"[0-9a-f]{16}")
_LONGEST_NAME = 100
_ENDING = {HTML: ".html", PDF: ".pdf", TEXT: ".txt"}
_TYPES = {"text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf",
          "text/plain": ".txt"}  # fmt: skip
_PATIENCE = Limits(connect=10.0, quiet=20.0, total=60.0, size=LARGEST_FILE, attempts=2)


def choose_name(given: str, data: bytes) -> str:
    """A safe name for a file: what its sender called it, with the ending of what it holds."""
    name = unicodedata.normalize("NFC", given.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(" " if not each.isprintable() or each in '<>:"|?*' else each for each in name)
    name = " ".join(name.split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    wanted = _ENDING[find_format(data)]
    known = ENDINGS.get(f".{ending.lower()}") if dot else None
    if known is None or known != find_format(data):
        stem, ending = (stem if known is not None else name), wanted[1:]
    return f"{(stem or 'article')[:_LONGEST_NAME]}.{ending}"


def store_waiting(directory: Path, key: str, name: str, data: bytes) -> None:
    """Put an article where it waits, safe from a crash; GraphError where it cannot be written."""
    _store(directory, key, name, data)


def store_address(directory: Path, key: str, url: str, allowed: Sequence[str]) -> None:
    """Let an article wait that is to be fetched; not from private hosts unless `allowed`."""
    _store(directory, key, _ADDRESS, "\n".join([url, *allowed]).encode())


def _store(directory: Path, key: str, name: str, data: bytes) -> None:
    place = directory / _INCOMING / key
    try:
        place.mkdir(parents=True)
        with (place / f".part-{name}"[:200]).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, place / name)
        _sync(place)
        _sync(place.parent)
    except OSError as error:
        message = f"the article cannot be kept at {place}: {error.strerror}"
        raise GraphError(message, path=directory) from error


def _sync(place: Path) -> None:
    number = os.open(place, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def list_keys(directory: Path) -> tuple[str, ...]:
    """The keys of what waits, the oldest first."""
    place = directory / _INCOMING
    found = [path for path in place.glob("*") if _KEY.fullmatch(path.name) and path.is_dir()]
    return tuple(path.name for path in sorted(found, key=lambda path: path.stat().st_mtime_ns))


def list_waiting(directory: Path, key: str) -> tuple[Path, ...]:
    """The file that waits under a key; none where it is still to be fetched."""
    files = (directory / _INCOMING / key).glob("*")
    return tuple(path for path in files if not path.name.startswith("."))


def name_waiting(directory: Path, key: str) -> str:
    """What to call that which waits under a key: the name of its file, else its address."""
    for path in list_waiting(directory, key):
        return path.name
    try:
        return (directory / _INCOMING / key / _ADDRESS).read_text().partition("\n")[0]
    except OSError:
        return "an article"


def drop_waiting(directory: Path, key: str) -> None:
    """Let go of what waited under a key."""
    shutil.rmtree(directory / _INCOMING / key, ignore_errors=True)


def open_waiting(directory: Path, key: str, report: Callable[[dict[str, Any]], None]) -> Path:
    """The file that waits under a key, fetched first where only its address is known.

    Raises DocumentError where it cannot be had or is of no kind that is read.
    """
    place = directory / _INCOMING / key
    for path in list_waiting(directory, key):
        return path
    try:
        url, *allowed = (place / _ADDRESS).read_text().split("\n")
    except OSError as error:
        raise DocumentError("the article is not there any more", source="") from error
    report({"stage": "fetch"})
    manners = Manners(packed=True, redirects=5, guarded=True, allowed=frozenset(allowed))
    headers = {"Accept": "text/html, application/xhtml+xml, application/pdf, text/plain;q=0.9"}
    try:
        data = fetch("GET", url, _read_body, headers=headers, limits=_PATIENCE, manners=manners)
    except RequestError as error:
        hint = " (--fetch-host does)" if "no public address" in str(error) else ""
        raise DocumentError(f"{error}{hint}", source=url) from error
    parts = urlsplit(url)
    path = place / choose_name(unquote(parts.path.rstrip("/")) or parts.hostname or "", data)
    path.write_bytes(data)
    return path


def _read_body(received: Received) -> bytes:
    kind = received.media_type.partition(";")[0].strip().lower()
    if kind and kind not in _TYPES and kind != "application/octet-stream":
        raise AttemptError(f"answers with {kind}, not with text, HTML or a PDF", again=False)
    return received.body


def keep_article(directory: Path, key: str, path: Path) -> Path:
    """Put the file of an article that was read with those of the graph; its place."""
    place = directory / ARTICLES
    data = path.read_bytes()
    target = place / path.name
    try:
        place.mkdir(exist_ok=True)
        # Of files that differ in their ending alone a build would read but one.
        alike = [each for each in place.iterdir() if each.stem == path.stem]
        if any(each.read_bytes() != data for each in alike):
            mark = hashlib.sha256(data).hexdigest()[:8]
            target = place / f"{path.stem}-{mark}{path.suffix}"
        os.replace(path, target)
        _sync(place)
    except OSError as error:
        message = f"the article cannot be kept at {target}: {error.strerror}"
        raise GraphError(message, path=directory) from error
    drop_waiting(directory, key)
    return target
