"""Asking servers, guarded: the only importer of requests.

Every answer is limited in size and time, nothing is followed elsewhere unless `Manners` say so (a
redirect could carry a key to a stranger), and what a server sends is data that the caller has yet
to check.
"""

from __future__ import annotations

import email.utils
import json
import os
import random
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from kg import __version__
from kg.addresses import is_public, resolve_host
from kg.errors import RequestError

_AGAIN = frozenset({429, 500, 502, 503, 504})
_CHUNK = 65_536
_QUOTED = 200
_SEE_OTHER = 303
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait and how much to take; times in seconds, sizes in bytes.

    `quiet` bounds each silence of the server and `total` the whole answer; `pause` is the first
    wait before asking again, doubled each time, and `patience` the longest wait granted.
    """

    connect: float = 10.0
    quiet: float = 60.0
    total: float = 180.0
    size: int = 4_000_000
    attempts: int = 4
    pause: float = 1.0
    patience: float = 60.0


@dataclass(frozen=True, slots=True)
class Manners:
    """How to behave towards servers that somebody else names or runs.

    `agent` is the User-Agent; `packed` takes gzip, whose size counts unpacked; `redirects` is how
    many may be followed, within one host. Where `guarded`, only public addresses are spoken to,
    but for the `allowed` hosts ("name" or "name:port"), to which a redirect may lead as well; the
    address that was checked is the one connected to, and no proxy is used, which would look the
    name up again. `resolve`, `sleep` and `random` (in [0, 1)) are there to be replaced by tests.
    """

    agent: str = f"concord-kg/{__version__}"
    packed: bool = False
    redirects: int = 0
    guarded: bool = False
    allowed: frozenset[str] = frozenset()
    resolve: Callable[[str, int], Sequence[str]] = resolve_host
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random


class AttemptError(Exception):
    """One attempt that failed; `again` tells whether another may do better.

    `after` is the wait in seconds that the server asks for before the next.
    """

    def __init__(
        self,
        message: str,
        *,
        again: bool,
        status: int | None = None,
        after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.again = again
        self.status = status
        self.after = after


_FAILURES = (
    AttemptError, requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError,
)  # fmt: skip
"""How an attempt can fail."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked of a server."""

    method: str
    url: str
    headers: Mapping[str, str]
    data: bytes | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A body, and what its server says it is."""

    body: bytes
    media_type: str


class _Key(AuthBase):
    """A bearer key; as an authenticator, so that no netrc file can replace it."""

    def __init__(self, key: str | None) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def get(
    url: str, *, headers: Mapping[str, str] | None = None, limits: Limits | None = None
) -> bytes:
    """The body behind a URL; raises RequestError where it cannot be had."""
    return ask("GET", url, headers=headers, limits=limits).body


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    data: bytes | None = None,
    limits: Limits | None = None,
) -> Received:
    """What a server answers, with its media type; raises RequestError where it cannot be had."""
    return fetch(method, url, lambda received: received, headers=headers, data=data, limits=limits)


def fetch(
    method: str,
    url: str,
    read: Callable[[Received], _T],
    *,
    headers: Mapping[str, str] | None = None,
    data: bytes | None = None,
    limits: Limits | None = None,
    manners: Manners | None = None,
) -> _T:
    """What `read` makes of a server's answer; raises RequestError where none can be had.

    `read` may raise AttemptError, to ask again or to give up.
    """
    request = _Request(method, url, dict(headers or {}), data)
    return _ask(request, read, limits or Limits(), manners or Manners())


def post_json(
    url: str, value: object, *, key: str | None = None, limits: Limits | None = None
) -> object:
    """The JSON that a server answers to JSON; raises RequestError where there is none.

    `key` goes as a bearer token and is never part of a message.
    """
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    data = json.dumps(value, ensure_ascii=False).encode()
    request = _Request("POST", url, headers, data, key)
    return _ask(request, read_json, limits or Limits(), Manners())


def read_json(received: Received) -> Any:  # noqa: ANN401
    """The JSON value of a body; raises AttemptError where it is none."""
    try:
        return json.loads(received.body)
    except (ValueError, RecursionError) as error:
        what = f" but {_clean(received.media_type)}" if received.media_type else ""
        raise AttemptError(f"answers with what is not JSON{what}", again=True) from error


def _ask(request: _Request, read: Callable[[Received], _T], limits: Limits, manners: Manners) -> _T:
    """Ask until there is an answer that can be read, or no hope of one."""
    shown = _check_url(request.url)
    pause = limits.pause
    for attempt in range(1, limits.attempts + 1):
        try:
            return read(_ask_once(request, limits, manners, attempt))
        except AttemptError as failure:
            wait = pause if failure.after is None else failure.after
            if not failure.again or attempt == limits.attempts or wait > limits.patience:
                tries = f" ({attempt} attempts)" if attempt > 1 else ""
                message = f"{shown} {failure}{tries}"
                raise RequestError(message, url=shown, status=failure.status) from failure
            # Spread, so that clients that failed together do not come back together.
            spread = pause * manners.random()
            manners.sleep(wait / 2 + spread if failure.after is None else wait + spread)
        pause *= 2
    raise RequestError(f"{shown} was not asked: no attempt is allowed", url=shown)


def _check_url(url: str) -> str:
    """The URL as it may be shown, without user and password; only HTTP is spoken."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, host, port = urlsplit(""), "", ""
    shown = urlunsplit((parts.scheme, f"{host}{port}", parts.path, "", ""))
    if parts.scheme not in {"http", "https"} or not host:
        message = f"{shown or 'the address'} is no address of a server: write http(s)://host/…"
        raise RequestError(message, url=shown)
    return shown


def _ask_once(asked: _Request, limits: Limits, manners: Manners, attempt: int) -> Received:
    deadline = time.monotonic() + limits.total
    try:
        for hop in range(manners.redirects + 1):
            with _send_in_time(asked, limits, manners, attempt, deadline) as response:
                status = response.status_code
                if response.is_redirect and hop < manners.redirects:
                    asked = _follow(asked, status, response.headers["Location"], manners)
                    continue
                most = limits.size if status == requests.codes.ok else _CHUNK
                body = _read_body(response, most, deadline, packed=manners.packed)
                if status != requests.codes.ok:
                    raise _explain_status(response, body, follows=manners.redirects > 0)
                return Received(body, response.headers.get("Content-Type", ""))
        raise AttemptError("sends from one place to the next", again=False)
    except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise AttemptError("does not answer in time", again=True) from error
    except urllib3.exceptions.HTTPError as error:
        raise AttemptError("broke its answer off", again=True) from error
    except requests.ConnectionError as error:
        raise AttemptError(f"cannot be reached: {_find_reason(error)}", again=True) from error
    except (requests.RequestException, ValueError) as error:
        raise AttemptError(f"cannot be asked: {_clean(str(error))}", again=False) from error


def _send_in_time(
    asked: _Request, limits: Limits, manners: Manners, attempt: int, deadline: float
) -> requests.Response:
    """Send where a stranger may let even the headers trickle, which no socket's clock sees."""
    if not manners.guarded:
        return _send(asked, limits, manners, attempt)
    done: list[requests.Response | Exception] = []
    late = threading.Event()

    def send() -> None:
        try:
            done.append(_send(asked, limits, manners, attempt))
        except _FAILURES as error:
            done.append(error)
        if late.is_set() and isinstance(done[0], requests.Response):
            done[0].close()

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    if not done:
        late.set()
        raise AttemptError("does not answer in time", again=True)
    if isinstance(done[0], Exception):
        raise done[0]
    return done[0]


def _send(asked: _Request, limits: Limits, manners: Manners, attempt: int) -> requests.Response:
    headers = {
        **asked.headers,
        "User-Agent": manners.agent,
        "Accept-Encoding": "gzip" if manners.packed else "identity",
    }
    url = asked.url
    session = requests.Session()
    if manners.guarded:
        session.trust_env = False
        bundles = map(os.environ.get, ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"))
        session.verify = next(filter(None, bundles), True)
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or (443 if parts.scheme == "https" else 80)
        addresses = _find_addresses(host, port, manners)
        address = addresses[(attempt - 1) % len(addresses)]
        headers["Host"] = _write_place(host, parts.port)
        place = _write_place(address, port)
        url = urlunsplit((parts.scheme, place, parts.path, parts.query, ""))
        session.mount("https://", _NamedAdapter(host))
    with session:
        asking = requests.Request(
            asked.method, url, data=asked.data, headers=headers, auth=_Key(asked.key)
        )
        prepared = session.prepare_request(asking)
        url = prepared.url or url
        settings = session.merge_environment_settings(url, {}, True, None, None)
        verify = settings["verify"]
        # Not by the session itself: it reads the whole body of a redirect, however long.
        return session.get_adapter(url).send(
            prepared,
            stream=True,
            timeout=(limits.connect, limits.quiet),
            verify=True if verify is None else verify,
            cert=settings["cert"],
            proxies=settings["proxies"],
        )


def _write_place(host: str, port: int | None) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port is None else f"{name}:{port}"


class _NamedAdapter(HTTPAdapter):
    """Speaks TLS with an address as the host that it was found for."""

    def __init__(self, host: str) -> None:
        self._host = host
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        """Make connections that present and check the host's name."""
        options |= {"server_hostname": self._host, "assert_hostname": self._host}
        super().init_poolmanager(*arguments, **options)


# ------------------------------------------------------------------------------- where to go


def _find_addresses(host: str, port: int, manners: Manners) -> Sequence[str]:
    """The addresses that may be spoken to; one that is not public spoils them all."""
    try:
        addresses = manners.resolve(host, port)
    except OSError as error:
        reason = error.strerror or "it has no address"
        raise AttemptError(f"cannot be reached: {reason}", again=True) from error
    if not _is_allowed(host, port, manners):
        for address in addresses:
            if not is_public(address):
                message = f"lies at {address}, which is no public address: allow {host} to ask it"
                raise AttemptError(message, again=False)
    if not addresses:
        raise AttemptError("cannot be reached: it has no address", again=False)
    return addresses


def _is_allowed(host: str, port: int, manners: Manners) -> bool:
    names = {host.casefold(), _write_place(host.casefold(), port)}
    return not names.isdisjoint(name.casefold() for name in manners.allowed)


def _follow(asked: _Request, status: int, location: str, manners: Manners) -> _Request:
    """The request that a redirect asks for; raises AttemptError where it leads elsewhere."""
    try:
        url = urljoin(asked.url, location)
        shown = _check_url(url)
        before, after = urlsplit(asked.url), urlsplit(url)
        port = after.port or (443 if after.scheme == "https" else 80)
    except (RequestError, ValueError) as error:
        raise AttemptError("sends to what is no address", again=False) from error
    host = after.hostname or ""
    same = host == before.hostname
    if not same and not _is_allowed(host, port, manners):
        message = f"sends to another host, {shown}: give that address, or allow {host}"
        raise AttemptError(message, again=False)
    if before.scheme == "https" and after.scheme != "https":
        raise AttemptError(f"sends to {shown}, where anybody could listen", again=False)
    moved = replace(asked, url=url, key=asked.key if same else None)
    return replace(moved, method="GET", data=None) if status == _SEE_OTHER else moved


# -------------------------------------------------------------------------------- what comes


def _read_body(response: requests.Response, most: int, deadline: float, *, packed: bool) -> bytes:
    """The whole body; whatever has arrived is taken at once, so that a trickle meets the clock."""
    body = bytearray()
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    parts = _read_parts(response, most, deadline)
    if packed and coding in {"gzip", "x-gzip"}:
        parts = _unpack(parts, most)
    elif packed and coding not in {"", "identity"}:
        raise AttemptError("answers in an encoding that was not asked for", again=False)
    for part in parts:
        body += part
        if len(body) > most and response.status_code == requests.codes.ok:
            raise AttemptError(f"answers with more than {most} bytes", again=False)
        if len(body) > most:
            break
    return bytes(body)


def _read_parts(response: requests.Response, most: int, deadline: float) -> Iterator[bytes]:
    size = 0
    # Undecoded: a packed body could unpack to any size.
    while part := response.raw.read1(_CHUNK, decode_content=False):
        yield part
        size += len(part)
        if size > most:
            return
        if time.monotonic() > deadline:
            raise AttemptError("does not end its answer in time", again=True)


def _unpack(parts: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Unpack gzip piece by piece, no piece larger than what may be taken in all."""
    unpacker = zlib.decompressobj(wbits=31)
    for part in parts:
        rest = part
        while rest:
            if unpacker.eof:
                unpacker = zlib.decompressobj(wbits=31)
            try:
                piece = unpacker.decompress(rest, most + 1)
            except zlib.error as error:
                raise AttemptError("broke its answer off", again=True) from error
            rest = unpacker.unused_data or unpacker.unconsumed_tail
            yield piece
    if not unpacker.eof:
        raise AttemptError("broke its answer off", again=True)


def _explain_status(
    response: requests.Response, body: bytes, *, follows: bool = False
) -> AttemptError:
    status = response.status_code
    said = _find_message(body)
    message = f"answers {status}{f': {said}' if said else ''}"
    if response.is_redirect and follows:
        message = "sends from one place to the next, without end"
    elif response.is_redirect:
        message = f"answers {status}: it sends elsewhere, which is not followed; give that address"
    after = _read_wait(response.headers.get("Retry-After")) if status in _AGAIN else None
    return AttemptError(message, again=status in _AGAIN, status=status, after=after)


def _find_message(body: bytes) -> str:
    """What a server says is wrong: the message of a JSON error, else the start of the text."""
    text = body[: 4 * _CHUNK].decode("utf-8", "replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    for name in ("error", "message"):
        if isinstance(value, dict) and name in value:
            value = value[name]
    return _clean(value) if isinstance(value, str) else ""


def _read_wait(text: str | None) -> float | None:
    """The seconds that a Retry-After header asks for: a number, or a date (RFC 9110, 10.2.3)."""
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _find_reason(error: BaseException) -> str:
    """The innermost cause in words, without the objects that libraries print."""
    seen: BaseException = error
    while True:
        reason = getattr(seen, "reason", None) or next(
            (a for a in seen.args if isinstance(a, BaseException)), None
        )
        if not isinstance(reason, BaseException):
            break
        seen = reason
    cause = seen.__cause__ or seen.__context__ or seen
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return _clean(str(seen).rsplit(": ", 1)[-1]) or "the connection broke"


def _clean(text: str) -> str:
    line = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return line if len(line) <= _QUOTED else line[: _QUOTED - 1] + "…"
