"""Reading requests of the SPARQL 1.1 Protocol: one operation, its dataset, nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.exceptions import HTTPException

from kg.iris import is_iri
from kg.query.requests import QueryRequest, UpdateRequest

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

_CHARSET = re.compile(r';[ \t]*charset=(?:"([^"\\]*)"|([^;\s"]*))[ \t]*(?:;|$)', re.IGNORECASE)
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})?")
_MOST_PARAMETERS = 10_000

Parameters = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ContentType:
    """What a Content-Type header says: the media type in small letters, and the charset if any."""

    media_type: str
    charset: str | None = None


def read_content_type(header: str | None) -> ContentType:
    """Read a Content-Type header; the media type is empty where there is none."""
    media_type, _, rest = (header or "").partition(";")
    charset = _CHARSET.search(f";{rest}")
    return ContentType(
        media_type.strip(" \t").lower(),
        (charset[1] if charset[1] is not None else charset[2]).lower() if charset else None,
    )


def require_utf8(content: ContentType) -> None:
    """Refuse any charset but UTF-8 (and ASCII, which is a part of it) with 415."""
    if content.charset not in (None, "utf-8", "utf8", "us-ascii", "ascii"):
        raise HTTPException(415, "the only charset that is read is UTF-8")


def decode_text(data: bytes) -> str:
    """UTF-8 as text; 400 for what is none."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HTTPException(400, "the text is not UTF-8") from error


def decode_parameters(data: bytes) -> Parameters:
    """The names and values of a query string or form, in order.

    Raises 400 for escapes that are none and for text that is not UTF-8.
    """
    pieces = data.split(b"&")
    if len(pieces) > _MOST_PARAMETERS:
        raise HTTPException(400, f"there are more than {_MOST_PARAMETERS} parameters")
    found = []
    for piece in pieces:
        if piece:
            name, _, value = piece.partition(b"=")
            found.append((_unescape(name), _unescape(value)))
    return found


def _unescape(data: bytes) -> str:
    def replace(match: re.Match[bytes]) -> bytes:
        if match[1] is None:
            raise HTTPException(400, "a percent sign is not followed by two hexadecimal digits")
        return bytes((int(match[1], 16),))

    return decode_text(_ESCAPE.sub(replace, data.replace(b"+", b" ")))


def check_iri(text: str, name: str) -> str:
    """An absolute IRI; 400 for what is none."""
    if not is_iri(text):
        raise HTTPException(400, f"{name} is no absolute IRI: write it in full, with its scheme")
    return text


def read_operation(
    query_string: bytes,
    content: ContentType | None,
    body: bytes,
    *,
    accept: str | None,
    base: str,
) -> QueryRequest | UpdateRequest | None:
    """The one operation of a request, None where a GET has none.

    `content` is None for GET and HEAD. Raises 400 and 415 for requests that break the rules of
    SPARQL 1.1 Protocol, sections 2.1 and 2.2.
    """
    written = decode_parameters(query_string)
    if content is None:
        if _pick(written, "update"):
            raise HTTPException(400, "an update is sent by POST, never by GET")
        queries = _pick(written, "query")
        updates: list[str] = []
        if not queries:
            return None
    else:
        if _pick(written, "query") or _pick(written, "update"):
            raise HTTPException(400, "a POST has its query or update in the body, not in the URL")
        queries, updates, more = _read_body(content, body)
        written += more
    if len(queries) + len(updates) != 1:
        raise HTTPException(400, "a request has exactly one query or update")
    if updates:
        return _describe_update(updates[0], written, base)
    return _describe_query(queries[0], written, accept, base)


def _read_body(content: ContentType, body: bytes) -> tuple[list[str], list[str], Parameters]:
    require_utf8(content)
    if content.media_type == FORM:
        parameters = decode_parameters(body)
        return _pick(parameters, "query"), _pick(parameters, "update"), parameters
    if content.media_type == QUERY:
        return [decode_text(body)], [], []
    if content.media_type == UPDATE:
        return [], [decode_text(body)], []
    raise HTTPException(415, f"the Content-Type must be {QUERY}, {UPDATE} or {FORM}")


def _describe_query(
    text: str, parameters: Parameters, accept: str | None, base: str
) -> QueryRequest:
    _refuse(parameters, ("using-graph-uri", "using-named-graph-uri"), "a query")
    return QueryRequest(
        text,
        accept=accept,
        base=base,
        default_graphs=_pick_iris(parameters, "default-graph-uri"),
        named_graphs=_pick_iris(parameters, "named-graph-uri"),
    )


def _describe_update(text: str, parameters: Parameters, base: str) -> UpdateRequest:
    _refuse(parameters, ("default-graph-uri", "named-graph-uri"), "an update")
    return UpdateRequest(
        text,
        base=base,
        using_graphs=_pick_iris(parameters, "using-graph-uri"),
        using_named_graphs=_pick_iris(parameters, "using-named-graph-uri"),
    )


def _refuse(parameters: Parameters, names: Iterable[str], operation: str) -> None:
    # To pass over them would answer from graphs that were not meant.
    for name in names:
        if _pick(parameters, name):
            raise HTTPException(400, f"{name} has no meaning for {operation}")


def _pick(parameters: Parameters, wanted: str) -> list[str]:
    return [value for name, value in parameters if name == wanted]


def _pick_iris(parameters: Parameters, name: str) -> tuple[str, ...]:
    return tuple(check_iri(value, name) for value in _pick(parameters, name))
