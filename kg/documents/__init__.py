"""Files to articles: what each says of itself, and the blocks of its body with exact spans."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from kg.documents.blocks import assign_roles, make_blocks
from kg.documents.decoding import LARGEST_FILE
from kg.documents.extracts import Extract
from kg.documents.formats import ENDINGS, extract_text
from kg.documents.language import UNTOLD, detect_foreign
from kg.documents.lines import split_lines
from kg.documents.metadata import Metadata, gather_metadata
from kg.documents.paragraphs import group_lines
from kg.errors import DocumentError
from kg.iris import mint_document
from kg.model import Author, Document, Span

__all__ = ["find_articles", "parse_document", "read_document"]


def find_articles(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The article files that paths name: files as given, of a directory all its articles.

    Those are its text, HTML and PDF files; of files that differ in their ending alone the text,
    which somebody will have made of the other. Raises `DocumentError` for a path that does not
    exist and a directory without articles.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = _find_inside(path)
            if not inside:
                raise DocumentError(
                    f"{path} holds no articles (no .txt, .html or .pdf file in it)",
                    source=path.name,
                )
            found.update(dict.fromkeys(sorted(inside)))
        elif path.exists():
            found[path] = None
        else:
            raise DocumentError(f"{path} does not exist", source=path.name)
    return tuple(found)


def _find_inside(directory: Path) -> list[Path]:
    files = [p for p in directory.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file()]
    texts = {path.with_suffix("") for path in files if path.suffix.lower() == ".txt"}
    return [p for p in files if p.suffix.lower() == ".txt" or p.with_suffix("") not in texts]


def read_document(path: Path) -> Document:
    """Read an article from a file; `DocumentError` if it is missing or is no English article."""
    name = path.name
    try:
        if path.is_dir():
            raise DocumentError(f"{path} is a directory, not an article", source=name)
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise DocumentError(
                f"{path} is too large ({size:,} bytes; the limit is {LARGEST_FILE:,}): split it",
                source=name,
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise DocumentError(f"{path} does not exist", source=name) from error
    except OSError as error:
        reason = error.strerror or "the system refused"
        raise DocumentError(f"{path} cannot be read: {reason}", source=name) from error
    return parse_document(data, name)


def parse_document(data: bytes, source: str) -> Document:
    """Parse the bytes of an article; `source` is the base name of the file they come from.

    Offsets count characters of the decoded bytes, nothing translated (see `decoding`), and those
    of an HTML page or a PDF characters of the plain text taken out of it. Raises `DocumentError`
    for what is empty, binary, broken, too large, not English, or without running text.
    """
    media_type, extract = extract_text(data, source)
    text = extract.text
    language = detect_foreign(text)
    if language is not None:
        raise DocumentError(
            f"{source} is not English prose (only English is read)"
            if language is UNTOLD
            else f"{source} is in {language}, as far as can be told; only English is read",
            source=source,
        )
    parts = assign_roles(group_lines(text, list(split_lines(text))))
    blocks = make_blocks(parts)
    if not blocks:
        raise DocumentError(
            f"{source} holds no article: nothing but navigation, dates and addresses", source=source
        )
    digest = hashlib.sha256(data).hexdigest()
    found = _complete(gather_metadata(parts), extract)
    return Document(
        iri=mint_document(digest),
        text=text,
        source=source,
        digest=digest,
        title=found.title,
        authors=found.authors,
        issued=found.issued,
        received=found.received,
        journal=found.journal,
        language="en",
        blocks=blocks,
        media_type=media_type,
    )


def _complete(found: Metadata, extract: Extract) -> Metadata:
    """What an article says of itself, and where it is silent what its file said of it.

    An author has to stand in the text, to be cited from there.
    """
    places = ((name, extract.text.find(name)) for name in extract.authors)
    authors = tuple(
        Author(name, Span(start, start + len(name))) for name, start in places if start >= 0
    )
    return Metadata(
        title=extract.title or found.title,
        authors=authors if len(authors) > len(found.authors) else found.authors,
        issued=extract.issued or found.issued,
        received=found.received,
        journal=extract.journal or found.journal,
    )
