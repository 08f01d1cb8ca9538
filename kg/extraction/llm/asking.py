"""Asking an OpenAI-compatible server, and keeping its answers so that a rebuild repeats them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kg.compiled import cache_directory, keep_file
from kg.errors import ExtractorError, RequestError
from kg.extraction.llm.prompt import Prompt
from kg.http import Limits, post_json
from kg.iris import hash_content, make_slug

# A model that thinks before it answers is silent for long; an answer about a sentence is short.
PATIENT = Limits(quiet=300.0, total=300.0, size=2_000_000)
# What servers answer where they do not know a form of answer.
_UNKNOWN_FORM = frozenset({400, 404, 415, 422, 501})


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A model behind an OpenAI-compatible address, such as http://localhost:11434/v1."""

    model: str
    base_url: str
    key: str | None = field(default=None, repr=False)
    limits: Limits = PATIENT


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote, and why it ended ("stop", "length").

    `kept` tells whether the cache had it, `schema` whether the server took the schema as such.
    """

    content: str
    finish: str
    kept: bool = False
    schema: bool = True


def ask_model(server: ModelServer, prompt: Prompt, sentence: str, *, schema: bool = True) -> Answer:
    """The model's answer about a sentence, from the cache if it was ever given.

    `schema` is False for a server that is known to take no schemas. Raises ExtractorError where
    the server cannot be asked.
    """
    place = find_place(server.model, prompt, sentence)
    kept = _read_kept(place)
    if kept is not None:
        return kept
    try:
        answer = _ask_server(server, prompt, sentence, schema)
    except RequestError as error:
        message = f"the model {server.model} cannot be asked: {error}"
        raise ExtractorError(message, url=error.url) from error
    text = json.dumps(
        {
            "model": server.model,
            "sentence": sentence,
            "content": answer.content,
            "finish": answer.finish,
        },
        ensure_ascii=False,
    )
    keep_file(place, text)
    return answer


def find_place(model: str, prompt: Prompt, sentence: str) -> Path:
    """Where the answer of a model is kept; the address of its server does not matter."""
    key = hash_content(model, prompt.version, sentence, length=40)
    folder = f"{make_slug(model)}-{hash_content(model, length=8)}"
    return cache_directory() / "answers" / folder / key[:2] / f"{key}.json"


def _read_kept(place: Path) -> Answer | None:
    try:
        kept = json.loads(place.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    match kept:
        case {"content": str(content), "finish": str(finish)}:
            return Answer(content, finish, kept=True)
    return None


def _ask_server(server: ModelServer, prompt: Prompt, sentence: str, schema: bool) -> Answer:
    url = _find_address(server.base_url)
    asked = _word_request(server.model, prompt, sentence, schema)
    try:
        said = post_json(url, asked, key=server.key, limits=server.limits)
    except RequestError as error:
        if not schema or error.status not in _UNKNOWN_FORM:
            raise
        return _ask_server(server, prompt, sentence, False)
    match said:
        case {"choices": [{"message": {"content": str() | None as content}, **rest}, *_]}:
            finish = rest.get("finish_reason")
            ended = finish if isinstance(finish, str) else "stop"
            return Answer(content or "", ended, schema=schema)
    raise RequestError(f"{url} is no chat completions server", url=url)


def _word_request(model: str, prompt: Prompt, sentence: str, schema: bool) -> dict[str, object]:
    told = prompt.instructions
    request: dict[str, object] = {"model": model, "temperature": 0, "stream": False}
    if schema:
        form = {"name": "claims", "strict": True, "schema": prompt.schema}
        request["response_format"] = {"type": "json_schema", "json_schema": form}
    else:
        told += f"\nAnswer with JSON alone, by this schema:\n{json.dumps(prompt.schema)}"
    request["messages"] = [
        {"role": "system", "content": told},
        {"role": "user", "content": sentence},
    ]
    return request


def _find_address(base_url: str) -> str:
    base = base_url.strip().rstrip("/")
    if base.endswith("/chat/completions"):
        return base
    try:
        path = urlsplit(base).path
    except ValueError:
        path = ""
    return f"{base}/chat/completions" if path else f"{base}/v1/chat/completions"
