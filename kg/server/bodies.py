"""The bodies of requests: limited in size and time, and taken apart where they have parts."""

from __future__ import annotations

import asyncio
import re

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from kg.server.parameters import read_content_type, require_utf8

_BOUNDARY = re.compile(r';[ \t]*boundary=(?:"([^"\\]{1,70})"|([^;\s"]{1,70}))', re.IGNORECASE)
_HEADER = re.compile(rb"(?i)content-type[ \t]*:[ \t]*([^\r\n]*)")
_MOST_PARTS = 100
_LONGEST_HEAD = 8192

Payload = tuple[str, bytes]


async def read_body(request: Request, *, size: int, seconds: float) -> bytes:
    """The whole body; 413 where it is larger than `size`, 408 where it takes longer."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > size:
        raise _make_size_error(size)
    parts = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                parts += part
                if len(parts) > size:
                    raise _make_size_error(size)
    except TimeoutError as error:
        headers = {"Connection": "close"}
        raise HTTPException(408, f"the body took longer than {seconds:g} s", headers) from error
    except ClientDisconnect as error:
        raise HTTPException(400, "the body broke off") from error
    return bytes(parts)


def _make_size_error(size: int) -> HTTPException:
    # What is left of the body would have to be read before the connection could be used again.
    headers = {"Connection": "close"}
    return HTTPException(413, f"the body is larger than {size} bytes: send it in parts", headers)


def split_payloads(header: str | None, body: bytes) -> tuple[Payload, ...]:
    """The RDF of a body with its media types: one, or several of multipart/form-data.

    Raises 400 for parts that are none and 415 for a charset that is not UTF-8.
    """
    content = read_content_type(header)
    if content.media_type != "multipart/form-data":
        require_utf8(content)
        if not content.media_type:
            raise HTTPException(415, "the body has no Content-Type: name that of an RDF syntax")
        return ((content.media_type, body),)
    pieces = split_multipart(header or "", body, most=_MOST_PARTS)
    return tuple(_read_part(piece) for piece in pieces)


def split_multipart(header: str, body: bytes, *, most: int) -> list[bytes]:
    """The parts of a multipart/form-data body, heads and all (RFC 2046, 5.1.1).

    Raises 400 where it has no boundary, is not closed, or has over `most` parts.
    """
    boundary = _BOUNDARY.search(header)
    if boundary is None:
        raise HTTPException(400, "multipart/form-data has no boundary")
    mark = b"\r\n--" + (boundary[1] or boundary[2]).encode("ascii", "replace")
    pieces = (b"\r\n" + body).split(mark, most + 2)
    ends = [number for number, piece in enumerate(pieces) if piece.startswith(b"--")]
    if len(pieces) < 2 or not ends:
        raise HTTPException(400, f"multipart/form-data is not closed, or has over {most}")
    return pieces[1 : ends[0]]


def _read_part(piece: bytes) -> Payload:
    # Blanks may follow the boundary (RFC 2046, 5.1.1), and a part without headers is empty there.
    head, parted, body = piece.lstrip(b" \t").partition(b"\r\n\r\n")
    if not parted or not head.startswith(b"\r\n") or len(head) > _LONGEST_HEAD:
        raise HTTPException(400, "a part of multipart/form-data has no headers, or too many")
    found = [_HEADER.fullmatch(line) for line in head.split(b"\r\n")]
    types = [match[1].decode("latin-1") for match in found if match is not None]
    content = read_content_type(types[0] if types else None)
    require_utf8(content)
    return content.media_type or "text/turtle", body
