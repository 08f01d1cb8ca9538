"""The entries of a review file with the lines where they stand, and their text.

A file is never written from what was read: what people wrote, their comments and their order
stay byte for byte, since entries are only added, or replaced whole where nobody touched them.
Everything is read as text, so that nothing turns into a number, a date or a truth value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import yaml

from kg.errors import ReviewError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Events of the one are those of the other; in C it is some fifteen times as fast."""

_DEEPEST = 8
_LARGEST = 64 * 1024 * 1024
_PLAIN = re.compile(r"[A-Za-z0-9(“‘][^\n]*")
_FLOW = frozenset("{}[],")
_TYPED = frozenset({"", "null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_IN_ONE_LINE = frozenset({"parts"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}

Plain = str | Sequence["Plain"] | Mapping[str, "Plain"]
"""What an entry holds: texts, lists and mappings of them."""


@dataclass(frozen=True, slots=True)
class Item:
    """A text, list or mapping of a file and the line where it begins, counted from one."""

    value: str | tuple[Item, ...] | dict[str, Item]
    line: int

    @property
    def text(self) -> str | None:
        """Its text, None for a list or mapping."""
        return self.value if isinstance(self.value, str) else None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a file, which fills the lines `first` up to but not `last`, counted from zero."""

    fields: Mapping[str, Item]
    line: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text of a review file and its entries, which all begin in one column."""

    path: Path
    text: str
    entries: tuple[Entry, ...]
    column: int = 0


def refuse(path: Path, line: int | None, message: str) -> NoReturn:
    """Raise ReviewError about a line of a file."""
    place = f"{path}, line {line}" if line is not None else str(path)
    raise ReviewError(f"{place}: {message}", path=path, line=line)


def load_sheet(path: Path) -> Sheet:
    """Read a review file; ReviewError with the line where it is not a list of entries."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        refuse(path, None, f"cannot be read: {error.strerror}")
    if len(data) > _LARGEST:
        refuse(path, None, f"is larger than {_LARGEST // 1024**2} MB: split it")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        refuse(path, data[: error.start].count(b"\n") + 1, "not UTF-8: save it as UTF-8")
    return parse_sheet(text, path)


def parse_sheet(text: str, path: Path) -> Sheet:
    """The entries of a text; ReviewError with the line where it is not a list of entries."""
    root = _compose(text, path)
    if root is None:
        return Sheet(path, text, ())
    items, column, is_flow = root
    if is_flow:
        refuse(path, items.line, "write the entries below each other, each after “- ”")
    if not isinstance(items.value, tuple):
        refuse(path, items.line, "not a list of entries, each after “- ”")
    lines = text.splitlines(keepends=True)
    starts = [_find_dash(lines, item.line - 1, column) for item in items.value]
    entries = []
    for item, first, last in zip(items.value, starts, [*starts[1:], len(lines)], strict=True):
        if not isinstance(item.value, dict):
            refuse(path, item.line, "an entry has lines such as “decision: accept”")
        entries.append(Entry(item.value, item.line, first, last))
    return Sheet(path, text, tuple(entries), column)


def _find_dash(lines: Sequence[str], number: int, column: int) -> int:
    """The line of the dash of an entry: people may write it on a line of its own."""
    while number > 0 and lines[number][column : column + 1] != "-":
        number -= 1
    return number


# ------------------------------------------------------------------------------------- parsing


class _Open:
    """A list or mapping that is being read."""

    def __init__(self, line: int, value: list[Item] | dict[str, Item]) -> None:
        self.line = line
        self.value = value
        self.key: str | None = None

    def close(self) -> Item:
        value = self.value if isinstance(self.value, dict) else tuple(self.value)
        return Item(value, self.line)


def _compose(text: str, path: Path) -> tuple[Item, int, bool] | None:
    """The one document of a text, its column and whether it is in brackets; None if empty.

    By events and without recursion, for a file may be anything: it must not nest, refer to itself
    or hold a key twice.
    """
    stack: list[_Open] = []
    root: Item | None = None
    column, is_flow, documents = 0, False, 0
    for event in _list_events(text, path):
        assert event.start_mark is not None
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                refuse(path, line, "a second document begins: take the “---” out")
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            refuse(path, line, "& and * refer to other places, which is not understood: quote them")
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            if len(stack) >= _DEEPEST:
                refuse(path, line, "nested too deep")
            is_list = isinstance(event, yaml.SequenceStartEvent)
            if not stack:
                column, is_flow = event.start_mark.column, bool(event.flow_style)
            stack.append(_Open(line, [] if is_list else {}))
        else:
            if isinstance(event, yaml.ScalarEvent):
                item = Item(event.value, line)
            elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
                item = stack.pop().close()
            else:
                continue
            if stack:
                _add(stack[-1], item, path)
            else:
                root = item
    return None if root is None or root.value == "" else (root, column, is_flow)


def _list_events(text: str, path: Path) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem)
        if "mapping values are not allowed" in problem:
            problem = "a second “: ” in one line: quote the text, or write {relation: …}"
        refuse(path, None if mark is None else mark.line + 1, problem)
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0)
        line = text.encode()[:position].count(b"\n") + 1
        refuse(path, line, "a character that is no text: take it out")


def _add(place: _Open, item: Item, path: Path) -> None:
    if isinstance(place.value, list):
        place.value.append(item)
    elif place.key is None:
        if item.text is None:
            refuse(path, item.line, "before “: ” stands one word")
        if item.text in place.value:
            refuse(path, item.line, f"“{item.text}” stands twice in one entry")
        place.key = item.text
    else:
        place.value[place.key] = item
        place.key = None


# ------------------------------------------------------------------------------------- writing


def to_plain(item: Item) -> Plain:
    """An item without its lines."""
    if isinstance(item.value, str):
        return item.value
    if isinstance(item.value, tuple):
        return [to_plain(each) for each in item.value]
    return {key: to_plain(each) for key, each in item.value.items()}


def format_entry(fields: Mapping[str, Plain]) -> str:
    """The text of an entry, which reads back as the same; lines end in a line feed."""
    lines = list(_format_mapping(fields))
    return "".join(f"{'- ' if number == 0 else '  '}{line}\n" for number, line in enumerate(lines))


def _format_mapping(fields: Mapping[str, Plain]) -> Iterator[str]:
    for key, value in fields.items():
        name = _quote(key)
        if isinstance(value, str):
            yield f"{name}: {_quote(value)}" if value else f"{name}:"
        elif key in _IN_ONE_LINE or not value:
            yield f"{name}: {_format_flow(value)}"
        else:
            yield f"{name}:"
            yield from (f"  {line}" for line in _format_block(value))


def _format_block(value: Sequence[Plain] | Mapping[str, Plain]) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _format_mapping(value)
        return
    for each in value:
        if isinstance(each, str):
            yield f"- {_quote(each)}"
        else:
            for number, line in enumerate(_format_block(each)):
                yield f"{'- ' if number == 0 else '  '}{line}"


def _format_flow(value: Plain) -> str:
    if isinstance(value, str):
        return _quote(value, flow=True)
    if isinstance(value, Mapping):
        inner = (f"{_quote(k, flow=True)}: {_format_flow(v)}" for k, v in value.items())
        return "{" + ", ".join(inner) + "}"
    return "[" + ", ".join(map(_format_flow, value)) + "]"


def _quote(text: str, *, flow: bool = False) -> str:
    """A text as it stands where YAML takes it for that text, else in quotation marks."""
    if (
        _PLAIN.fullmatch(text)
        and text.isprintable()
        and text.casefold() not in _TYPED
        and ": " not in text
        and " #" not in text
        and text[-1] not in ": "
        and not (flow and (":" in text or _FLOW.intersection(text)))
    ):
        return text
    return '"' + "".join(map(_escape, text)) + '"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"  # Half a character, which no file can hold.
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )
