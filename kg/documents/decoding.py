r"""Bytes to characters; whatever is no text is refused with a word on what to do instead.

The text is exactly what decoding gives: a byte order mark and carriage returns stay where they
are, so offsets count characters of the file as `open(path, encoding="utf-8", newline="")` reads
it. (Reading without `newline=""` turns each "\r\n" into one character, and offsets differ.)
Bytes that are not UTF-8 are read as Windows-1252, the usual other encoding of English web pages,
if they then hold next to nothing but letters, quotation marks and dashes of English prose.
"""

from __future__ import annotations

import re

from kg.errors import DocumentError

LARGEST_FILE = 20_000_000  # bytes
_MAGIC = (
    (b"PK\x03\x04", "a ZIP archive (or a .docx, .odt or .epub)"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a media file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Office file"),
    (b"{\\rtf", "a rich text (RTF) file"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_XML = re.compile(rb"\s*<\?xml", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKS = frozenset("‘’“”–—…•€£§©®°´·«»½¼¾²³×\u00a0\u00ad")


def decode(data: bytes, source: str) -> str:
    """The text of a file, or a `DocumentError` that says what the file is instead."""
    if len(data) > LARGEST_FILE:
        raise DocumentError(
            f"{source} is too large ({len(data):,} bytes; the limit is {LARGEST_FILE:,}): split it",
            source=source,
        )
    _refuse_formats(data, source)
    text = _decode_bytes(data, source)
    if not text.strip("\ufeff \t\r\n\f\v\u00a0"):
        raise DocumentError(f"{source} is empty", source=source)
    if "\x00" in text or len(_CONTROL.findall(text)) > len(text) // 500:
        raise DocumentError(f"{source} is a binary file, not text", source=source)
    return text


def _refuse_formats(data: bytes, source: str) -> None:
    for magic, name in _MAGIC:
        if data.startswith(magic):
            raise DocumentError(
                f"{source} is {name}, not plain text: convert it to text first", source=source
            )
    if data.startswith(_UTF16):
        raise DocumentError(f"{source} is UTF-16 text: save it as UTF-8", source=source)
    if _XML.match(data.removeprefix(b"\xef\xbb\xbf")[:200]):
        raise DocumentError(
            f"{source} is XML, not plain text or HTML: save it as text first", source=source
        )
    if b"\x00" in data:
        raise DocumentError(f"{source} is a binary file, not text", source=source)


def _decode_bytes(data: bytes, source: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = _decode_windows(data)
        if text is None:
            raise DocumentError(
                f"{source} is not UTF-8 text (byte {error.start}): save it as UTF-8", source=source
            ) from error
        return text


def _decode_windows(data: bytes) -> str | None:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    odd = [character for character in text if not character.isascii()]
    strange = sum(not character.isalpha() and character not in _MARKS for character in odd)
    letters = sum(character.isalpha() for character in odd)
    if strange or letters > 0.05 * len(text) or len(odd) > 0.1 * len(text):
        return None
    return text
