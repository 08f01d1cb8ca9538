"""Literals by value: which are equal, and of which datatypes one is (OWL 2 RL, table 8).

The value spaces of xsd:decimal, float and double are disjoint in OWL 2; the integer types are parts
of xsd:decimal (OWL 2 Structural Specification, section 4).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from rdflib import Literal, URIRef

from kg.reasoning.encoding import OWL, RDF, RDFS, XSD

_LITERAL = re.compile(r'"(?P<text>.*)"(?:@(?P<language>[\w-]+)|\^\^<(?P<datatype>[^>]*)>)?', re.S)
_SPACES = (f"<{OWL}", f"<{RDF}", f"<{RDFS}")
_STRING = f"{XSD}string"
_LANGUAGE_STRING = f"{RDF}langString"

# The integer types with the bounds of their value spaces.
_INTEGERS: Final[dict[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "nonPositiveInteger": (None, 0),
    "positiveInteger": (1, None),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
_FAMILIES: Final = {
    **dict.fromkeys((*_INTEGERS, "decimal"), "decimal"),
    "float": "float", "double": "double", "boolean": "boolean",
    "dateTime": "dateTime", "dateTimeStamp": "dateTime", "date": "date", "time": "time",
    "string": "string", "normalizedString": "string", "token": "string", "language": "string",
    "Name": "string", "NCName": "string", "NMTOKEN": "string",
    "anyURI": "anyURI", "hexBinary": "binary", "base64Binary": "binary",
}  # fmt: skip
_STRINGS: Final = {
    "string": re.compile(r".*", re.S),
    "normalizedString": re.compile(r"[^\r\n\t]*"),
    "token": re.compile(r"(?:[^\s]+(?: [^\s]+)*)?"),
    "language": re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*"),
    "Name": re.compile(r"[^\W\d][\w.:-]*|:[\w.:-]*"),
    "NCName": re.compile(r"[^\W\d][\w.-]*"),
    "NMTOKEN": re.compile(r"[\w.:-]+"),
}

Value = tuple[str, object]


def rank_term(term: str) -> tuple[int, str]:
    """The order in which terms are preferred as the name of a class of equals, least first."""
    if term.startswith(_SPACES):
        return 0, term
    return (1 if term.startswith("<") else 2 if term.startswith("_") else 3), term


def read_value(term: str) -> Value | None:
    """The value of a literal in N-Triples: its value space and its value there.

    None where the datatype is unknown or the text is none of its.
    """
    match = _LITERAL.fullmatch(term)
    if match is None:
        return None
    text = match["text"]
    if match["language"]:
        return "language", (text, match["language"].lower())
    datatype = match["datatype"] or _STRING
    name = datatype.removeprefix(XSD)
    family = _FAMILIES.get(name) if datatype.startswith(XSD) else None
    if family is None:
        return None
    if family == "string":
        return (family, text) if _STRINGS[name].fullmatch(text) else None
    if family == "anyURI":
        return family, text
    return _read_typed(text, datatype, name, family)


def _read_typed(text: str, datatype: str, name: str, family: str) -> Value | None:
    with warnings.catch_warnings():
        # An impossible text is a value of None here and a finding later.
        warnings.simplefilter("ignore")
        literal = Literal(text, datatype=URIRef(datatype), normalize=False)
        value = literal.value
    if value is None or literal.ill_typed:
        return None
    if family == "decimal":
        if name in _INTEGERS and not _is_within(int(value), name):
            return None
        return family, Decimal(value)
    if family in ("float", "double"):
        return family, str(float(value))
    return family, value


def _is_within(value: int, name: str) -> bool:
    low, high = _INTEGERS[name]
    return (low is None or value >= low) and (high is None or value <= high)


def is_known_datatype(term: str) -> bool:
    """Whether a term is a datatype whose values are known here."""
    name = term[1:-1]
    if name in (f"{RDFS}Literal", f"{RDF}PlainLiteral", _LANGUAGE_STRING):
        return True
    return name.startswith(XSD) and name.removeprefix(XSD) in _FAMILIES


def is_in_datatype(term: str, datatype: str) -> bool:
    """Whether a literal's value is one of a datatype's; of unknown literals it is not denied."""
    wanted = datatype[1:-1]
    if wanted == f"{RDFS}Literal":
        return True
    match = _LITERAL.fullmatch(term)
    value = read_value(term)
    if value is None:
        own = (match["datatype"] or _STRING) if match else ""
        return own == wanted and not is_known_datatype(f"<{own}>")
    family, content = value
    if wanted in (f"{RDF}PlainLiteral", _LANGUAGE_STRING):
        return family == "language" or (family == "string" and wanted != _LANGUAGE_STRING)
    name = wanted.removeprefix(XSD)
    if _FAMILIES.get(name) != family:
        return False
    if name in _INTEGERS and isinstance(content, Decimal):
        return content == int(content) and _is_within(int(content), name)
    if family == "string":
        return bool(_STRINGS[name].fullmatch(str(content)))
    return True


def group_equal_literals(terms: Iterable[tuple[int, str]]) -> list[list[int]]:
    """The groups of more than one literal that have one value (rule dt-eq), by first number."""
    groups: dict[Value, list[int]] = {}
    for number, term in terms:
        # Strings are equal where their texts are, which are one term already.
        if term.startswith('"') and "^^" in term[-120:]:
            value = read_value(term)
            if value is not None and isinstance(value[1], str | Decimal | bool):
                groups.setdefault(value, []).append(number)
    return [group for group in groups.values() if len(group) > 1]


def is_datatype_within(datatypes: Iterable[str], wanted: str) -> bool:
    """Whether each value that is in all of some datatypes is in another."""
    names = [each[1:-1].removeprefix(XSD) for each in datatypes]
    target = wanted[1:-1].removeprefix(XSD)
    if target in names or wanted == f"<{RDFS}Literal>":
        return True
    families = {_FAMILIES.get(name) for name in names} - {None}
    if len(families) > 1:
        # No value is in both, so that each is in any third.
        return True
    integers = [_INTEGERS[name] for name in names if name in _INTEGERS]
    if not integers:
        return target == "string" and families == {"string"}
    low = max((bound for bound, _ in integers if bound is not None), default=None)
    high = min((bound for _, bound in integers if bound is not None), default=None)
    if low is not None and high is not None and low > high:
        return True
    if target == "decimal":
        return True
    if target not in _INTEGERS:
        return False
    least, most = _INTEGERS[target]
    return (least is None or (low is not None and low >= least)) and (
        most is None or (high is not None and high <= most)
    )
