"""How a child answers through its pipe: a header, pieces of the answer, and an end.

A frame is a byte for its kind, its length in four bytes, and its content. An answer that has no
end broke off: the child was stopped, or died.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

_FRAME = struct.Struct(">cI")
_HEADER, _DATA, _END = b"H", b"D", b"Z"
_PIECE = 65_536
_LARGEST = 1 << 31


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before an answer: facts that JSON can hold."""

    facts: Mapping[str, Any] = field(default_factory=dict)


class FrameWriter:
    """A file whose content goes out in frames; its header goes with the first of them.

    So long as nothing has gone out, `reset` takes all back: what fails early can say so.
    """

    def __init__(self, out: BinaryIO) -> None:
        self.header = Header()
        self.begun = False
        self._out = out
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        """Take bytes, and pass them on once there are enough of them."""
        self._waiting += data
        if len(self._waiting) >= _PIECE:
            self._pass_on()
        return len(data)

    def flush(self) -> None:
        """Do nothing: what waits goes out when there is enough of it, or at the end."""

    def reset(self) -> None:
        """Forget what has not gone out."""
        self._waiting.clear()

    def finish(self) -> None:
        """Pass on what is left, and the end."""
        self._pass_on()
        self._out.write(_FRAME.pack(_END, 0))
        self._out.flush()

    def _pass_on(self) -> None:
        if not self.begun:
            text = json.dumps(self.header.facts, ensure_ascii=False)
            content = text.encode(errors="surrogatepass")
            self._out.write(_FRAME.pack(_HEADER, len(content)) + content)
            self.begun = True
        if self._waiting:
            self._out.write(_FRAME.pack(_DATA, len(self._waiting)) + bytes(self._waiting))
            self._waiting.clear()


class FrameReader:
    """Takes the bytes of an answer as they come, and gives its header and pieces."""

    def __init__(self) -> None:
        self.ended = False
        self._waiting = bytearray()

    def feed(self, data: bytes) -> Iterator[Header | bytes]:
        """What is complete now; ValueError for what no child of ours has written."""
        self._waiting += data
        while len(self._waiting) >= _FRAME.size:
            kind, length = _FRAME.unpack_from(self._waiting)
            if length > _LARGEST or kind not in (_HEADER, _DATA, _END):
                raise ValueError("an answer that is none")
            if len(self._waiting) < _FRAME.size + length:
                return
            content = bytes(self._waiting[_FRAME.size : _FRAME.size + length])
            del self._waiting[: _FRAME.size + length]
            if kind == _END:
                self.ended = True
            elif kind == _HEADER:
                yield Header(json.loads(content.decode(errors="surrogatepass")))
            else:
                yield content


def write_request(facts: Mapping[str, Any], parts: tuple[bytes, ...] = ()) -> bytes:
    """A request to a child: facts as JSON, then parts as they are."""
    content = json.dumps({"facts": facts, "sizes": [len(part) for part in parts]}).encode()
    return b"".join((struct.pack(">I", len(content)), content, *parts))


def read_request(source: BinaryIO) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """The facts and parts of a request; EOFError where it breaks off."""
    (length,) = struct.unpack(">I", _read(source, 4))
    record = json.loads(_read(source, length))
    return record["facts"], tuple(_read(source, size) for size in record["sizes"])


def _read(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) < size:
        raise EOFError("a request broke off")
    return data
