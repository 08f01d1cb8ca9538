"""Which format a file is in, and the plain text of those that are not text themselves.

HTML and PDF come from anywhere, and their parsers are large: they work in a child process that has
little time and memory, no network, and cannot write.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from kg.documents.decoding import LARGEST_FILE, decode
from kg.documents.extracts import Extract
from kg.errors import DocumentError, LimitError, LimitKind
from kg.sandbox import FrameWriter, Header, Limits, run_limited

HTML, PDF, TEXT = "text/html", "application/pdf", "text/plain"
ENDINGS = {".txt": TEXT, ".html": HTML, ".htm": HTML, ".xhtml": HTML, ".pdf": PDF}
"""The endings of the files that are read, with what they hold."""

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_LIMITS = Limits(seconds=60.0, memory=1 << 30, answer=4 * LARGEST_FILE, opens=True)


def find_format(data: bytes) -> str:
    """The media type of an article: what its first bytes say, whatever its name is."""
    start = data[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"%PDF-"):
        return PDF
    return HTML if _HTML.match(start) else TEXT


def extract_text(data: bytes, source: str) -> tuple[str, Extract]:
    """The media type of a file and its article as plain text.

    Raises DocumentError for what is too large, broken, encrypted, without text, or past the limits
    of time and memory.
    """
    kind = find_format(data)
    if kind == TEXT:
        return kind, Extract(decode(data, source))
    if len(data) > LARGEST_FILE:
        raise DocumentError(
            f"{source} is too large ({len(data):,} bytes; the limit is {LARGEST_FILE:,}): split it",
            source=source,
        )
    name = "a PDF" if kind == PDF else "an HTML page"
    try:
        return kind, _extract_limited(_find_extractor(kind), data, source)
    except LimitError as error:
        # A child that dies does so of what its parser needs.
        reason = {
            LimitKind.TIME: f"takes longer than {_LIMITS.seconds:g} s to read",
            LimitKind.SIZE: "has too much text",
            LimitKind.CRASH: "nests too deep or needs too much memory",
        }[error.limit]
        message = f"{source} is {name} that {reason}: save its text as a .txt file"
        raise DocumentError(message, source=source) from error


def _find_extractor(kind: str) -> Callable[[bytes, str], Extract]:
    # Here, since each takes a tenth of a second to import; and before the child has its limits.
    if kind == PDF:
        from kg.documents.pdf_file import extract_pdf

        return extract_pdf
    from kg.documents.web_page import extract_web_page

    return extract_web_page


def _extract_limited(extract: Callable[[bytes, str], Extract], data: bytes, source: str) -> Extract:
    facts: dict[str, object] = {}
    body = bytearray()
    for part in run_limited(partial(_work, extract, data, source), _LIMITS):
        if isinstance(part, Header):
            facts = dict(part.facts)
        else:
            body += part
    if "error" in facts:
        raise DocumentError(str(facts["message"]), source=source)
    text = {name: value if isinstance(value, str) else None for name, value in facts.items()}
    authors = facts.get("authors")
    return Extract(
        body.decode(),
        title=text.get("title"),
        authors=tuple(map(str, authors)) if isinstance(authors, list) else (),
        issued=text.get("issued"),
        journal=text.get("journal"),
    )


def _work(
    extract: Callable[[bytes, str], Extract], data: bytes, source: str, out: FrameWriter
) -> None:
    found = extract(data, source)
    facts = {
        "title": found.title,
        "authors": list(found.authors),
        "issued": found.issued,
        "journal": found.journal,
    }
    out.header = Header(facts)
    out.write(found.text.encode("utf-8", "replace"))
