"""The forms that pages send: their fields, and the files among them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from kg.server.bodies import read_body, split_multipart
from kg.server.parameters import FORM, decode_parameters, decode_text, read_content_type

_MULTIPART = "multipart/form-data"
_DISPOSITION = re.compile(rb"(?i)content-disposition[ \t]*:[ \t]*form-data[ \t]*;(.*)")
_PARAMETER = re.compile(r'\s*(name|filename)="([^"]*)"\s*(?:;|$)')
# So browsers write quotation marks and line ends in names (HTML, 4.10.21.8).
_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}
_MOST_PARTS = 50
_LONGEST_HEAD = 4096


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a form: what its sender calls it, and its content."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, the last of each name, and the files that were chosen."""

    fields: Mapping[str, str]
    files: Mapping[str, SentFile]

    def get(self, name: str) -> str:
        """The text of a field without white space at its ends, empty where it was not sent."""
        return self.fields.get(name, "").strip()


async def read_form(request: Request, *, size: int, seconds: float) -> Form:
    """The form that a request carries.

    Raises 400 for one that breaks the rules, 413 where it is larger than `size` bytes, and 415 for
    what is no form.
    """
    header = request.headers.get("content-type")
    kind = read_content_type(header).media_type
    if kind not in (FORM, _MULTIPART):
        raise HTTPException(415, f"the Content-Type must be {FORM} or {_MULTIPART}")
    body = await read_body(request, size=size, seconds=seconds)
    if kind == FORM:
        return Form(dict(decode_parameters(body)), {})
    return _split_form(header or "", body)


def _split_form(header: str, body: bytes) -> Form:
    fields: dict[str, str] = {}
    files: dict[str, SentFile] = {}
    for piece in split_multipart(header, body, most=_MOST_PARTS):
        head, parted, content = piece.lstrip(b" \t").partition(b"\r\n\r\n")
        if not parted or len(head) > _LONGEST_HEAD:
            raise HTTPException(400, "a part of multipart/form-data has no headers, or too many")
        told = _read_disposition(head)
        name = told.get("name", "")
        if "filename" not in told:
            fields[name] = decode_text(content)
        elif told["filename"] or content:
            files[name] = SentFile(told["filename"], content)
    return Form(fields, files)


def _read_disposition(head: bytes) -> dict[str, str]:
    for line in head.split(b"\r\n"):
        found = _DISPOSITION.fullmatch(line)
        if found is not None:
            text = found[1].decode("utf-8", "replace")
            return {
                name: re.sub("%22|%0D|%0A", lambda match: _ESCAPES[match[0]], value)
                for name, value in _PARAMETER.findall(text)
            }
    raise HTTPException(400, "a part of multipart/form-data has no name")
