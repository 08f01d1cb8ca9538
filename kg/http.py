"""Asking servers, guarded: the only importer of requests.

Every answer is limited in size and time, nothing is followed elsewhere (a redirect could carry a
key to a stranger), and what a server sends is data that the caller has yet to check.
"""

from __future__ import annotations

import email.utils
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3
from requests.auth import AuthBase

from kg import __version__
from kg.errors import RequestError

_AGAIN = frozenset({429, 500, 502, 503, 504})
_CHUNK = 65_536
_QUOTED = 200
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


class _AttemptError(Exception):
    """One attempt that failed; `after` is the wait that the server asks for before the next."""

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
    request = _Request(method, url, dict(headers or {}), data)
    return _ask(request, lambda received: received, limits or Limits())


def post_json(
    url: str, value: object, *, key: str | None = None, limits: Limits | None = None
) -> object:
    """The JSON that a server answers to JSON; raises RequestError where there is none.

    `key` goes as a bearer token and is never part of a message.
    """
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    data = json.dumps(value, ensure_ascii=False).encode()
    return _ask(_Request("POST", url, headers, data, key), _read_json, limits or Limits())


def _ask(request: _Request, read: Callable[[Received], _T], limits: Limits) -> _T:
    """Ask until there is an answer that can be read, or no hope of one."""
    shown = _check_url(request.url)
    pause = limits.pause
    for attempt in range(1, limits.attempts + 1):
        try:
            return read(_ask_once(request, limits))
        except _AttemptError as failure:
            wait = pause if failure.after is None else failure.after
            if not failure.again or attempt == limits.attempts or wait > limits.patience:
                tries = f" ({attempt} attempts)" if attempt > 1 else ""
                message = f"{shown} {failure}{tries}"
                raise RequestError(message, url=shown, status=failure.status) from failure
        time.sleep(wait)
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


def _ask_once(asked: _Request, limits: Limits) -> Received:
    sent = {
        **asked.headers,
        "User-Agent": f"concord-kg/{__version__}",
        "Accept-Encoding": "identity",
    }
    deadline = time.monotonic() + limits.total
    try:
        with requests.request(
            asked.method,
            asked.url,
            data=asked.data,
            headers=sent,
            auth=_Key(asked.key),
            timeout=(limits.connect, limits.quiet),
            allow_redirects=False,
            stream=True,
        ) as response:
            status = response.status_code
            most = limits.size if status == requests.codes.ok else _CHUNK
            body = _read_body(response, most, deadline)
            if status != requests.codes.ok:
                raise _explain_status(response, body)
            return Received(body, response.headers.get("Content-Type", ""))
    except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise _AttemptError("does not answer in time", again=True) from error
    except urllib3.exceptions.HTTPError as error:
        raise _AttemptError("broke its answer off", again=True) from error
    except requests.ConnectionError as error:
        raise _AttemptError(f"cannot be reached: {_find_reason(error)}", again=True) from error
    except (requests.RequestException, UnicodeError) as error:
        raise _AttemptError(f"cannot be asked: {_clean(str(error))}", again=False) from error


def _read_body(response: requests.Response, most: int, deadline: float) -> bytes:
    """The whole body; whatever has arrived is taken at once, so that a trickle meets the clock."""
    parts: list[bytes] = []
    size = 0
    # Undecoded: identity was asked for, and a packed body could unpack to any size.
    while part := response.raw.read1(_CHUNK, decode_content=False):
        parts.append(part)
        size += len(part)
        if size > most and response.status_code == requests.codes.ok:
            raise _AttemptError(f"answers with more than {most} bytes", again=False)
        if size > most:
            break
        if time.monotonic() > deadline:
            raise _AttemptError("does not end its answer in time", again=True)
    return b"".join(parts)


def _read_json(received: Received) -> object:
    try:
        value: object = json.loads(received.body)
    except (ValueError, RecursionError) as error:
        raise _AttemptError("answers with what is not JSON", again=True) from error
    return value


def _explain_status(response: requests.Response, body: bytes) -> _AttemptError:
    status = response.status_code
    said = _find_message(body)
    message = f"answers {status}{f': {said}' if said else ''}"
    if response.is_redirect:
        message = f"answers {status}: it sends elsewhere, which is not followed; give that address"
    after = _read_wait(response.headers.get("Retry-After")) if status in _AGAIN else None
    return _AttemptError(message, again=status in _AGAIN, status=status, after=after)


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
