"""The article of a PDF: its lines in reading order, joined to paragraphs, without running heads.

A PDF has no paragraphs, only letters at places. Where one ends is seen from the space above a
line, its indent, its size, and how far the line before it reached.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from statistics import median

from pypdf import PasswordType, PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

from kg.documents.extracts import Extract, join_spaces
from kg.documents.lines import ends_sentence, is_short_heading
from kg.errors import DocumentError

_MOST_PAGES = 2000
_LEAST_LETTERS = 40
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:page\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?[-–—|\s]*",
    re.IGNORECASE,
)
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-‐]$")
_NOTE_NUMBER = re.compile(r"(?:\d{1,3}|[*†‡])(?:,\s?\d{1,3})*")
_FILE_NAME = re.compile(
    r"\.(?:docx?|pdf|indd|tex|dvi|rtf|odt|qxd)\b|untitled|^microsoft", re.IGNORECASE
)
_EDGE = 2


@dataclass(frozen=True, slots=True)
class PdfLine:
    """A line on a page: where it starts and ends, in points from the page's lower left corner."""

    text: str
    page: int
    x: float
    end: float
    y: float
    size: float
    bold: bool


def extract_pdf(data: bytes, source: str) -> Extract:
    """The article of a PDF; DocumentError where it is broken, encrypted, or without text."""
    lines, title = _read_lines(data, source)
    letters = sum(character.isalpha() for line in lines for character in line.text)
    if letters < _LEAST_LETTERS:
        raise DocumentError(
            f"{source} is a PDF without text, as a scan is: run it through OCR first", source=source
        )
    lines = _drop_running_heads(lines)
    paragraphs = _join_paragraphs(lines)
    if title is not None and not _is_said(title, paragraphs[:6]):
        title = None
    marked = any(each.startswith("# ") for each in paragraphs)
    return Extract("\n\n".join(paragraphs) + "\n", None if marked else title)


def _is_said(title: str, paragraphs: Sequence[str]) -> bool:
    """Whether a title stands at the head of the text: what a program put into a file may not."""
    return any(title.casefold() in each.casefold() for each in paragraphs)


# -------------------------------------------------------------------------------- the lines


def _read_lines(data: bytes, source: str) -> tuple[list[PdfLine], str | None]:
    # What it warns of is for programmers.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise _refuse_encrypted(source)
        count = len(reader.pages)
        if count > _MOST_PAGES:
            message = f"{source} has {count:,} pages; the limit is {_MOST_PAGES:,}: split it"
            raise DocumentError(message, source=source)
        lines = [line for number in range(count) for line in _read_page(reader, number)]
        about = reader.metadata
        title = join_spaces(str(about.title)) if about is not None and about.title else ""
    except DependencyError as error:
        raise _refuse_encrypted(source) from error
    except (LimitReachedError, RecursionError) as error:
        message = f"{source} is a PDF that unpacks to too much, or nests too deep: print it anew"
        raise DocumentError(message, source=source) from error
    except (
        PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError,
        AssertionError, NotImplementedError, OSError,
    ) as error:  # fmt: skip
        # The library meets broken files with whatever goes wrong first.
        raise DocumentError(
            f"{source} is a broken PDF: open it in a viewer and print it to a new one",
            source=source,
        ) from error
    return lines, title if title and not _FILE_NAME.search(title) else None


def _refuse_encrypted(source: str) -> DocumentError:
    return DocumentError(f"{source} is an encrypted PDF: save it without a password", source=source)


class _LineGatherer:
    """Takes the pieces of a page's text as the library meets them, and joins those of one line."""

    def __init__(self, page: int) -> None:
        self.lines: list[PdfLine] = []
        self._page = page
        self._open: tuple[list[str], float, float, float, bool] | None = None
        self._end = 0.0

    def take(
        self, text: str, matrix: Sequence[float], place: Sequence[float], font: object, size: float
    ) -> None:
        """Take a piece of text, its place, and its font."""
        x = place[4] * matrix[0] + place[5] * matrix[2] + matrix[4]
        y = place[4] * matrix[1] + place[5] * matrix[3] + matrix[5]
        tilted = abs(place[1] * matrix[3] + place[0] * matrix[1]) > 0.1 * abs(
            place[0] * matrix[0] + place[1] * matrix[2]
        )
        if not text.strip():
            if text == "" and self._open is not None and abs(y - self._open[2]) < 1:
                self._end = max(self._end, x)
            elif "\n" not in text and self._open is not None and text:
                self._open[0].append(" ")
            return
        if tilted:
            return
        height = abs(size * (place[3] or 1) * (matrix[3] or 1)) or size
        if self._is_note_number(text, y, height):
            return
        bold = isinstance(font, dict) and "bold" in str(font.get("/BaseFont")).lower()
        for number, part in enumerate(text.split("\n")):
            if number:
                self.close()
            if not part.strip():
                continue
            if self._open is not None and not self._goes_on(x, y, height):
                self.close()
            if self._open is None:
                self._open = ([], x, y, height, bold)
            self._open[0].append(part)
            self._end = max(self._end, x + 0.4 * height * len(part))

    def _is_note_number(self, text: str, y: float, height: float) -> bool:
        if self._open is None or not _NOTE_NUMBER.fullmatch(text.strip()):
            return False
        return height < 0.85 * self._open[3] and 0.1 < y - self._open[2] < self._open[3]

    def _goes_on(self, x: float, y: float, height: float) -> bool:
        assert self._open is not None
        _, _, above, size, _ = self._open
        near = x - self._end < 2.5 * size
        return abs(y - above) < 0.5 * max(size, height) and near and x >= self._open[1] - 1

    def close(self) -> None:
        """End the line."""
        if self._open is not None:
            pieces, x, y, size, bold = self._open
            if text := join_spaces("".join(pieces)):
                self.lines.append(PdfLine(text, self._page, x, self._end, y, size, bold))
        self._open = None
        self._end = 0.0


def _read_page(reader: PdfReader, number: int) -> list[PdfLine]:
    gatherer = _LineGatherer(number)
    reader.pages[number].extract_text(visitor_text=gatherer.take)
    gatherer.close()
    return _order_columns(gatherer.lines)


def _order_columns(lines: list[PdfLine]) -> list[PdfLine]:
    """The lines of a page in reading order: most programs write columns one after the other.

    Where two columns were written line by line, the left one is read first, from one line that
    reaches across both to the next.
    """
    beside = sum(
        abs(one.y - other.y) < 0.3 * one.size and other.x > one.end
        for one, other in pairwise(lines)
    )
    if beside < 5 or beside < 0.25 * len(lines):
        return lines
    middle = (min(line.x for line in lines) + max(line.end for line in lines)) / 2
    found: list[PdfLine] = []
    left: list[PdfLine] = []
    right: list[PdfLine] = []
    for line in sorted(lines, key=lambda each: (-each.y, each.x)):
        if line.x < middle < line.end - line.size:
            found += [*left, *right, line]
            left, right = [], []
        else:
            (left if line.x < middle else right).append(line)
    return [*found, *left, *right]


# ------------------------------------------------------------------------- heads and numbers


def _drop_running_heads(lines: list[PdfLine]) -> list[PdfLine]:
    """Leave out page numbers, and what stands at the edge of several pages alike."""
    pages: dict[int, list[PdfLine]] = {}
    for line in sorted(lines, key=lambda each: (each.page, -each.y)):
        pages.setdefault(line.page, []).append(line)
    edges = [edge for page in pages.values() for edge in (_list_edge(page), _list_edge(page[::-1]))]
    counts = Counter((each.page, _find_form(each)) for edge in edges for each in edge)
    forms = Counter(form for _, form in counts)
    least = 2 if len(pages) < 6 else 3
    gone = {
        id(line)
        for edge in edges
        for line in edge
        if forms[_find_form(line)] >= least or _PAGE_NUMBER.fullmatch(line.text)
    }
    return [line for line in lines if id(line) not in gone]


def _list_edge(page: Sequence[PdfLine]) -> list[PdfLine]:
    """The lines at one edge of a page, from there on, that stand apart from its text."""
    for number in range(min(_EDGE, len(page) - 1), 0, -1):
        line, inner = page[number - 1], page[number]
        apart = abs(line.y - inner.y) > 1.8 * max(line.size, inner.size)
        if apart or abs(line.size - inner.size) > 0.08 * inner.size:
            return list(page[:number])
    return []


def _find_form(line: PdfLine) -> tuple[str, int]:
    """What a line says but for its numbers, and about where it stands on the page."""
    return re.sub(r"\d+", "#", line.text.casefold()), round(line.y / 12)


# ------------------------------------------------------------------------------- paragraphs


def _join_paragraphs(lines: Sequence[PdfLine]) -> list[str]:
    """The paragraphs of all pages, headings behind "#" marks."""
    body = _find_body_size(lines)
    words = {word.casefold() for line in lines for word in re.findall(r"[\w’'-]+", line.text)}
    largest = max((line.size for line in lines if line.page == 0), default=body)
    leading, edges = _find_leading(lines, body), _find_edges(lines, body)
    paragraphs: list[str] = []
    group: list[PdfLine] = []

    def close() -> None:
        if group:
            text = _join_lines([line.text for line in group], words)
            level = _find_level(group, text, body, largest)
            if level == 1 and any(each.startswith("# ") for each in paragraphs):
                level = 2
            paragraphs.append(f"{'#' * level} {text}" if level else text)

    for line in lines:
        if group and _starts_paragraph(group, line, body, leading, edges):
            close()
            group = []
        group.append(line)
    close()
    return paragraphs


def _find_body_size(lines: Iterable[PdfLine]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _find_leading(lines: Sequence[PdfLine], body: float) -> float:
    """The usual distance from one line to the next."""
    steps = [
        one.y - other.y
        for one, other in pairwise(lines)
        if one.page == other.page and 0.8 * body < one.y - other.y < 3.5 * body
    ]
    return median(steps) if steps else 1.3 * body


def _find_edges(lines: Iterable[PdfLine], body: float) -> list[tuple[float, float]]:
    """The left and right edges of the columns, the usual first."""
    starts: dict[int, list[PdfLine]] = {}
    for line in lines:
        if abs(line.size - body) < 0.6:
            starts.setdefault(round(line.x / 3), []).append(line)
    ranked = sorted(starts.values(), key=lambda group: -len(group))
    return [
        (median(line.x for line in group), sorted(line.end for line in group)[9 * len(group) // 10])
        for group in ranked[:12]
    ]


def _starts_paragraph(
    group: Sequence[PdfLine],
    line: PdfLine,
    body: float,
    leading: float,
    edges: list[tuple[float, float]],
) -> bool:
    before = group[-1]
    if abs(line.size - before.size) > 0.08 * before.size or line.bold != before.bold:
        return not (before.bold == line.bold and line.text[:1].islower())
    moved = line.page != before.page or line.y > before.y + 2 * before.size
    if moved:
        return ends_sentence(before.text) and not line.text[:1].islower()
    if before.y - line.y > 1.3 * leading * max(1.0, line.size / body):
        return True
    left, right = _find_column(before, edges)
    if ends_sentence(before.text) and before.end < left + 0.8 * (right - left):
        return True
    indented = line.x > before.x + 0.7 * line.size and abs(before.x - left) < 0.7 * line.size
    return indented and ends_sentence(before.text)


def _find_column(line: PdfLine, edges: list[tuple[float, float]]) -> tuple[float, float]:
    """The edges of the column that a line stands in: of those known the one it fits best."""
    fitting = [edge for edge in edges if edge[0] - 2 <= line.x <= edge[1]]
    return min(fitting, key=lambda edge: abs(edge[0] - line.x), default=(line.x, line.end))


def _join_lines(lines: Sequence[str], words: set[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        if _HYPHEN.search(text) and line[:1].islower():
            text = _join_word(text, line, words)
        elif text.endswith(("-", "‐", "—", "–", "/")):
            text += line
        else:
            text = f"{text} {line}"
    return text


def _join_word(text: str, line: str, words: set[str]) -> str:
    """Two lines between which a word was parted; its hyphen stays where it is written so."""
    first = re.split(r"[^\w’'-]", text)[-1].casefold()
    rest = re.match(r"[\w’']*", line)
    last = rest[0].casefold() if rest is not None else ""
    whole = first[:-1] + last
    keeps = (first[:-1] + "-" + last) in words and whole not in words
    return f"{text}{line}" if keeps else f"{text[:-1]}{line}"


def _find_level(group: Sequence[PdfLine], text: str, body: float, largest: float) -> int:
    """The level of a heading, 0 for none; 1 is the title, in the largest letters of page one."""
    size = group[0].size
    if len(text) > 300 or (ends_sentence(text) and size < 1.3 * body):
        return 0
    if group[0].page == 0 and size >= 1.25 * body and size >= largest - 0.2:
        return 1
    larger = size > 1.08 * body
    return 2 if len(group) <= 3 and (larger or (group[0].bold and is_short_heading(text))) else 0
