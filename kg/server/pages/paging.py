"""Long lists in pages: which part is shown, and where the ones before and after are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

_LAST = 100_000


@dataclass(frozen=True, slots=True)
class Paging:
    """A page of a list of `count` things; `first` and `final` count from 1."""

    number: int
    size: int
    count: int
    before: str | None
    after: str | None

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.count // self.size))

    @property
    def offset(self) -> int:
        """How many things stand before this page."""
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        """The place of its first thing."""
        return min(self.offset + 1, self.count)

    @property
    def final(self) -> int:
        """The place of its last thing."""
        return min(self.offset + self.size, self.count)


def read_page_number(given: Mapping[str, str], name: str) -> int:
    """The number of a page that a query gives under a name, 1 without; HTTPException for others."""
    text = given.get(name, "1")
    if not re.fullmatch("[1-9][0-9]{0,5}", text) or int(text) > _LAST:
        raise HTTPException(400, f"{name} is a number from 1 to {_LAST}")
    return int(text)


def make_paging(
    given: Mapping[str, str], name: str, *, size: int, count: int, anchor: str = ""
) -> Paging:
    """The page of a list that a query asks for, with the queries of those around it.

    A page behind the last is the last: the list may have become shorter.
    """
    last = max(1, -(-count // size))
    number = min(read_page_number(given, name), last)

    def lead(other: int) -> str:
        return f"?{urlencode({**given, name: str(other)})}{anchor}"

    return Paging(
        number,
        size,
        count,
        lead(number - 1) if number > 1 else None,
        lead(number + 1) if number < last else None,
    )
