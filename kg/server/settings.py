"""What whoever runs the server decides, and what keeps one client from starving the others."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kg.errors import ConcordError

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_SHORTEST = 16
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Settings:
    """How the server is run; times in seconds, sizes in bytes.

    `base_url` is where clients reach the server, None for wherever they say they do. `hosts` are
    the names that it answers to, none for any: a page of a stranger that has its name point here
    would otherwise read the graph through its visitor's browser. `origins` may read across sites.
    `token` is what writing takes. Articles are fetched from the web if `fetches`, and then from
    `fetch_hosts` too that are not public. `page_size` is how many triples a page about one thing
    has in each direction.
    """

    base_url: str | None = None
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    token: str | None = field(default=None, repr=False)
    fetches: bool = False
    fetch_hosts: tuple[str, ...] = ()
    grace: float = 10.0
    body_size: int = 64 << 20
    query_size: int = 1 << 20
    head_size: int = 64 << 10
    head_seconds: float = 15.0
    body_seconds: float = 60.0
    stall_seconds: float = 60.0
    idle_seconds: float = 30.0
    connections: int = 500
    page_size: int = 1000


def is_loopback(host: str) -> bool:
    """Whether only programs of the same machine reach an address."""
    return host in _LOOPBACK or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None


def choose_hosts(host: str, base_url: str | None, named: tuple[str, ...]) -> tuple[str, ...]:
    """The names that a server bound to an address answers to, none for any.

    Those named and that of the base URL; on the loopback interface also those of the machine
    itself, beyond it any unless some are named.
    """
    known = {name.lower() for name in named}
    if not is_loopback(host) and not known:
        return ()
    if base_url is not None:
        known.add((urlsplit(base_url).hostname or "").lower())
    if is_loopback(host):
        known |= {*_LOOPBACK, host}
    return tuple(sorted(known - {""}))


def check_base_url(text: str) -> str:
    """A base URL without a slash at its end; ValueError for what is none."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    plain = parts.query == parts.fragment == "" and "@" not in parts.netloc and port != 0
    written = re.fullmatch(r"[!#-;=?-\[\]_a-z~%]+", text)
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain or not written:
        raise ValueError(f"{text!r} is no base URL: write http(s)://host or http(s)://host/path")
    return text.rstrip("/")


def check_origin(text: str) -> str:
    """An origin as browsers send it, or "*"; ValueError for what is none."""
    if text == "*" or re.fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?", text):
        return text
    raise ValueError(f"{text!r} is no origin: write scheme://host[:port] in small letters, or *")


def read_token(path: Path) -> str:
    """The token that a file holds.

    Raises ConcordError where it cannot be read, others than its owner and group can read it too,
    or its content cannot be a token.
    """
    try:
        with path.open("rb") as source:
            mode = os.fstat(source.fileno()).st_mode
            data = source.read(_LONGEST + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConcordError(f"the token file {path} cannot be read: {reason}") from error
    if stat.S_ISREG(mode) and mode & stat.S_IROTH:
        raise ConcordError(f"anyone can read the token file {path}: run chmod 600 {path}")
    text = data.decode("ascii", "replace").strip()
    if not text:
        raise ConcordError(f"the token file {path} is empty: write a long random word into it")
    if len(data) > _LONGEST or _TOKEN.fullmatch(text) is None or len(text) < _SHORTEST:
        raise ConcordError(
            f"the token file {path} holds no token: write one word of at least {_SHORTEST} "
            f"letters, digits and -._~+/ into it"
        )
    return text
