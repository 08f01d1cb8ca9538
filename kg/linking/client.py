"""Asks the services of others as they wish to be asked: known by name, unhurried, never twice.

A client that goes online names its operator. Each host is asked at a rate of its own; a host that
says when to come back is heeded. Answers come from the cache where they are still good, and from
nowhere else offline, so that a run can be repeated to the same bytes.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from kg import __version__
from kg.addresses import resolve_host
from kg.errors import LinkError, RequestError
from kg.http import AttemptError, Limits, Manners, fetch, read_json
from kg.iris import hash_content
from kg.linking.cache import Cache, KeptAnswer, format_time, reach_back

# Queries of Wikidata may be computed for a minute before the first byte comes.
SERVICE_LIMITS = Limits(
    connect=10.0, quiet=65.0, total=120.0, size=48_000_000, attempts=5, pause=1.0, patience=120.0
)
PER_MINUTE: Mapping[str, float] = {
    # https://www.mediawiki.org/wiki/Wikimedia_APIs/Rate_limits: with an agent that names one.
    "www.wikidata.org": 200.0,
    # Sixty seconds of computing a minute for each agent; a query here takes about one.
    "query.wikidata.org": 30.0,
    # A free account has 1,000 credits an hour: https://www.geonames.org/export/
    "secure.geonames.org": 16.0,
}
_ELSEWHERE = 60.0
_BURST = 5.0
_MAIL = re.compile(r"(?:mailto:)?[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+")
_ADDRESS = re.compile(r"https?://[\w.-]+\.[\w.-]+(?::\d+)?(?:/\S*)?")
_T = TypeVar("_T")


class AnswerKind(Enum):
    """What is asked for; the value says how many days an answer is good."""

    SEARCH = ("search", 30)
    ENTITY = ("entity", 30)
    CLASSES = ("classes", 180)
    ANNOTATION = ("annotation", 180)
    MANIFEST = ("manifest", 7)
    QUERY = ("query", 30)

    @property
    def days(self) -> int:
        """How many days an answer is good."""
        return self.value[1]


class UnansweredError(LinkError):
    """The cache has no answer, and nobody may be asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a service is asked: the parameters of a URL, or a form, or JSON.

    `secrets` are parameters that are sent but kept nowhere: what is answered does not depend on
    them.
    """

    kind: AnswerKind
    url: str
    parameters: tuple[tuple[str, str], ...] = ()
    secrets: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    accept: str = "application/json"

    @property
    def key(self) -> str:
        """What tells this question from every other."""
        return hash_content(
            self.url, urlencode(self.parameters), urlencode(self.form), self.body or "", length=64
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, and when it was, as ISO 8601 in UTC."""

    value: Any
    retrieved: str


@dataclass(frozen=True, slots=True)
class Series:
    """Many things that one request can ask for, of which each is kept alone.

    `name` tells this series from others, `ask` words the request for some keys, at most `size`,
    and `split` takes the answer apart; a key that it leaves out is kept as unknown (None).
    """

    kind: AnswerKind
    name: str
    size: int
    ask: Callable[[Sequence[str]], Question]
    split: Callable[[Any, Sequence[str]], Mapping[str, Any]]


class Pace:
    """Lets each host be asked at its own rate: a bucket of tokens that fills with time."""

    def __init__(
        self,
        per_minute: Mapping[str, float] = PER_MINUTE,
        *,
        elsewhere: float = _ELSEWHERE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rates = per_minute
        self._elsewhere = elsewhere
        self._clock = clock
        self._sleep = sleep
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, host: str) -> None:
        """Return when the host may be asked again."""
        rate = self._rates.get(host, self._elsewhere) / 60.0
        now = self._clock()
        tokens, then = self._buckets.get(host, (_BURST, now))
        tokens = min(_BURST, tokens + (now - then) * rate)
        if tokens < 1.0:
            self._sleep((1.0 - tokens) / rate)
            later = self._clock()
            tokens, now = min(_BURST, tokens + (later - now) * rate), later
        self._buckets[host] = (tokens - 1.0, now)


@dataclass(frozen=True, slots=True)
class Operator:
    """Who asks, and what it allows itself.

    `contact` is a mail address or URL, without which nobody is asked; `allowed` are hosts of its
    own, which may lie on a private address and are asked without a pause. `resolve`, `sleep`,
    `random` and `now` are replaced by tests.
    """

    contact: str | None = None
    offline: bool = False
    allowed: frozenset[str] = frozenset()
    limits: Limits = SERVICE_LIMITS
    pace: Pace = field(default_factory=Pace)
    resolve: Callable[[str, int], Sequence[str]] = resolve_host
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class Client:
    """Asks services, or the cache; see `ask` and `ask_series`.

    Raises LinkError at once where it is to go online for an operator without a contact.
    """

    def __init__(self, cache: Cache, operator: Operator) -> None:
        self._cache = cache
        self._operator = operator
        self.asked = 0
        """How many requests were sent and answered."""
        self._manners = Manners()
        if not operator.offline:
            self._manners = Manners(
                agent=f"concord-kg/{__version__} ({check_contact(operator.contact)})",
                packed=True,
                redirects=5,
                guarded=True,
                allowed=operator.allowed,
                resolve=operator.resolve,
                sleep=operator.sleep,
                random=operator.random,
            )

    def ask(self, question: Question, read: Callable[[Any], _T]) -> tuple[_T, str]:
        """What `read` makes of the answer to a question, and when that was retrieved.

        `read` raises AttemptError where an answer is none. Raises UnansweredError where the cache
        has no answer and nobody may be asked, and LinkError where none can be had.
        """
        kept = self._find(question.key, question.kind)
        if kept is not None:
            try:
                return read(json.loads(kept.body)), kept.retrieved
            except (AttemptError, ValueError):  # Kept by a version that took it for an answer.
                pass
        value, plain = self._send(question, read)
        answer = self._make_answer(question.key, question.kind, plain)
        self._cache.keep([answer])
        return value, answer.retrieved

    def ask_series(self, series: Series, keys: Iterable[str]) -> dict[str, Answer]:
        """The answers for some keys: those kept, and the others, asked for together.

        Raises as `ask` does; what was answered until then is kept.
        """
        found: dict[str, Answer] = {}
        missing = []
        for key in dict.fromkeys(keys):
            kept = self._find(hash_content(series.name, key, length=64), series.kind)
            if kept is None:
                missing.append(key)
            else:
                found[key] = Answer(json.loads(kept.body), kept.retrieved)
        for start in range(0, len(missing), series.size):
            part = missing[start : start + series.size]

            def read(value: object, part: Sequence[str] = part) -> Mapping[str, Any]:
                return series.split(value, part)

            parts, _ = self._send(series.ask(part), read)
            answers = {
                key: self._make_answer(
                    hash_content(series.name, key, length=64), series.kind, parts.get(key)
                )
                for key in part
            }
            self._cache.keep(answers.values())
            found |= {key: Answer(parts.get(key), answers[key].retrieved) for key in part}
        return found

    def _find(self, key: str, kind: AnswerKind) -> KeptAnswer | None:
        since = None
        if not self._operator.offline:
            since = reach_back(self._operator.now(), kind.days)
        return self._cache.find(key, since=since)

    def _make_answer(self, key: str, kind: AnswerKind, value: object) -> KeptAnswer:
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return KeptAnswer(key, kind.value[0], format_time(self._operator.now()), body)

    def _send(self, question: Question, read: Callable[[Any], _T]) -> tuple[_T, Any]:
        """Ask the service itself; what was read, and the plain JSON of the answer."""
        if self._operator.offline:
            message = f"no answer of {question.url} is kept: ask it once without --offline"
            raise UnansweredError(message, url=question.url)
        url = question.url
        parameters = [*question.parameters, *question.secrets]
        if parameters:
            url += ("&" if "?" in url else "?") + urlencode(parameters)
        headers = {"Accept": question.accept}
        data = None
        if question.body is not None:
            headers["Content-Type"] = "application/json"
            data = question.body.encode()
        elif question.form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            data = urlencode(question.form).encode()
        plain: list[Any] = []

        def read_all(received: Any) -> _T:  # noqa: ANN401
            plain[:] = [read_json(received)]
            return read(plain[0])

        place = urlsplit(url)
        # Whoever vouches for a host runs it, and may press it.
        if self._operator.allowed.isdisjoint({place.hostname, place.netloc}):
            self._operator.pace.wait(place.hostname or "")
        try:
            value = fetch(
                "GET" if data is None else "POST",
                url,
                read_all,
                headers=headers,
                data=data,
                limits=self._operator.limits,
                manners=self._manners,
            )
        except RequestError as error:
            raise LinkError(str(error), url=error.url) from error
        self.asked += 1
        return value, plain[0]


def check_contact(contact: str | None) -> str:
    """The mail address or URL by which a service can reach whoever asks; else LinkError."""
    text = (contact or "").strip()
    # Part of a header: printable ASCII without what would end a comment there (RFC 9110, 5.6.5).
    plain = text.isascii() and text.isprintable() and not set(text) & set("()\\ ")
    if plain and (_MAIL.fullmatch(text) or _ADDRESS.fullmatch(text)):
        return text
    raise LinkError(
        "services ask whoever uses them to be reachable: give --contact or $KG_CONTACT, "
        "a mail address or URL",
        url="",
    )
