"""Which media type a client gets, by what its Accept header says (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

GRAPH_TYPES = (
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "application/ld+json",
    "application/trig",
    "application/n-quads",
)
"""For triples, the preferred one first."""

ROW_TYPES = (
    "application/sparql-results+json",
    "application/json",
    "application/sparql-results+xml",
    "application/xml",
    "text/csv",
    "text/tab-separated-values",
)
"""For the rows of a SELECT, the preferred one first."""

BOOLEAN_TYPES = ROW_TYPES[:4]
"""For the answer of an ASK, which has no form in CSV or TSV."""

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_STRING = r'"(?:[^"\\]|\\.)*+"'
_RANGE = re.compile(rf"({_TOKEN})/({_TOKEN})")
_PARAMETER = re.compile(rf"[ \t]*;[ \t]*(?:({_TOKEN})=({_TOKEN}|{_STRING}))?")
# A string that is never closed takes the rest at once: looked for anew at each of its quotes, it
# would take time that grows with the square of the header's length.
_PARTS = re.compile(rf"(?:{_STRING}?|[^,])+")
_WEIGHT = re.compile(r"0(?:\.[0-9]*)?|1(?:\.0*)?")

_Parameters = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Range:
    """One media range of an Accept header: "*" stands for any type or subtype."""

    type: str
    subtype: str
    parameters: _Parameters
    weight: float

    def measure_fit(self, offer: _Range) -> int:
        """How closely the range describes an offer, 0 where it does not."""
        if self.type not in ("*", offer.type) or self.subtype not in ("*", offer.subtype):
            return 0
        if any(offer.parameters.get(name) != value for name, value in self.parameters.items()):
            return 0
        return 1 + (self.type != "*") + (self.subtype != "*") + len(self.parameters)


def negotiate(accept: str | None, offers: Sequence[str]) -> str | None:
    """The offer that an Accept header wants most, None where it takes none of them.

    Of offers that are wanted equally, the one named more closely wins, then the earlier. Parts of
    the header that are malformed count as not written; a header without any part takes anything.
    """
    wanted = list(_read_ranges(accept or ""))
    if not wanted:
        return offers[0] if offers else None
    best: tuple[float, int] = (0.0, 0)
    chosen = None
    for text in offers:
        offer = _read_range(text)
        if offer is None:
            continue
        fit, weight = max((range.measure_fit(offer), range.weight) for range in wanted)
        if fit and weight and (weight, fit) > best:
            best, chosen = (weight, fit), text
    return chosen


def _read_ranges(accept: str) -> Iterator[_Range]:
    for part in _PARTS.findall(accept):
        found = _read_range(part.strip(" \t"))
        if found is not None:
            yield found


def _read_range(text: str) -> _Range | None:
    match = _RANGE.match(text)
    if match is None or (match[1] == "*" != match[2]):
        return None
    parameters: dict[str, str] = {}
    weight = 1.0
    place = match.end()
    while place < len(text):
        parameter = _PARAMETER.match(text, place)
        if parameter is None or parameter.end() == place:
            return None
        place = parameter.end()
        name, value = (parameter[1] or "").lower(), _unquote(parameter[2] or "")
        if name == "q":
            if _WEIGHT.fullmatch(value) is None:
                return None
            weight = float(value)
        elif name and not _is_always_met(name, value):
            parameters[name] = value
    return _Range(match[1].lower(), match[2].lower(), parameters, weight)


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text


def _is_always_met(name: str, value: str) -> bool:
    # All text is sent as UTF-8; a profile is a wish that a server may pass over (RFC 6906, 3.1).
    return name == "profile" or (name == "charset" and value.lower() in ("utf-8", "utf8"))
