"""Rows as CSV that R, Stata, spreadsheets and databases read alike: UTF-8, one header, no mark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import BinaryIO

Cell = str | int | float | bool | None

_QUOTED = re.compile(r'[",\r\n]|^\s|\s$')


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[Cell]], out: BinaryIO) -> None:
    """Write a header and rows; nothing for None, 1 or 0 for true or false.

    Text is never changed: what would be taken for the end of a cell is quoted, as RFC 4180 has it.
    """
    for row in chain([columns], rows):
        out.write((",".join(map(_format_cell, row)) + "\n").encode())


def _format_cell(cell: Cell) -> str:
    # Not the csv module: which cells it quotes differs between versions of Python.
    if cell is None:
        return ""
    if isinstance(cell, bool):
        # R, Stata and SPSS agree on no word for true, but all count with 1.
        return str(int(cell))
    text = str(cell)
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
