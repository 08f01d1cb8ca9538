"""Reading what clients ask: batches of queries and requests for values, checked field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn, TypeVar

from starlette.exceptions import HTTPException

MOST_QUERIES = 100
"""How many queries a batch may have; the manifest tells clients."""

MOST_CANDIDATES = 100
_CANDIDATES = 10
_MOST_CONDITIONS = 30
_MOST_VALUES = 100
_MOST_VALUES_OF_ALL = 2000
_MOST_THINGS = 500
_LONGEST_NAME = 300
_LONGEST_ID = 2000

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class Strictness(Enum):
    """How the types of a query bind: to any of them, to all, or only as a preference."""

    ANY = "any"
    ALL = "all"
    SHOULD = "should"


class Quantifier(Enum):
    """How many of a condition's values are to be met."""

    ANY = "any"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a property should have: a text, or the identifier of a thing with its name."""

    text: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What a property should be; one that is `required` is needed for a candidate to be listed."""

    property: str
    values: tuple[Value, ...]
    required: bool = False
    quantifier: Quantifier = Quantifier.ANY


@dataclass(frozen=True, slots=True)
class Query:
    """What is to be matched: the name or identifier `text`, empty where only conditions tell."""

    text: str
    types: tuple[str, ...] = ()
    strictness: Strictness = Strictness.ANY
    limit: int = _CANDIDATES
    conditions: tuple[Condition, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class WantedProperty:
    """A property whose values are asked for, and how."""

    id: str
    settings: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Extension:
    """The values asked for of some things."""

    ids: tuple[str, ...]
    properties: tuple[WantedProperty, ...]


def read_json(text: str, what: str) -> object:
    """A JSON text; HTTPException where it is none, or could not be written out again."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(constant)

    try:
        value: object = json.loads(text, parse_constant=refuse)
        # A lone surrogate has no encoding.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"{what} is not JSON") from error
    return value


def read_batch(text: str) -> dict[str, Query]:
    """The queries of a batch by their keys; HTTPException 400 or 413 for what is none."""
    batch = _take(dict, read_json(text, "queries"), "queries")
    if len(batch) > MOST_QUERIES:
        raise HTTPException(413, f"a batch has at most {MOST_QUERIES} queries: send several")
    queries = {key: read_query(value, f"query {shorten(key)}") for key, value in batch.items()}
    _bound_values(queries.values())
    return queries


def read_single(text: str) -> Query:
    """The query of the parameter `query`: a JSON object, or the name itself."""
    if text.lstrip().startswith("{"):
        return read_query(read_json(text, "query"), "query")
    return Query(_shorten_name(text))


def read_query(value: object, where: str) -> Query:
    """A query of version 0.2; HTTPException 400 that names the field that is wrong."""
    fields = _take(dict, value, where)
    _refuse_others(fields, ("query", "type", "type_strict", "limit", "properties"), where)
    if "query" not in fields and not fields.get("properties"):
        raise _blame(where, "needs a query or properties")
    types = fields.get("type", [])
    listed = [types] if isinstance(types, str) else _take(list, types, f"{where}: type")
    strictness = fields.get("type_strict", "any")
    return Query(
        text=_shorten_name(_take(str, fields.get("query", ""), f"{where}: query")),
        types=tuple(_read_id(each, f"{where}: type") for each in listed[:_MOST_VALUES]),
        strictness=_choose(Strictness, strictness, f"{where}: type_strict"),
        limit=read_limit(fields.get("limit"), f"{where}: limit", default=_CANDIDATES),
        conditions=_read_list(
            fields.get("properties", []), f"{where}: properties", _MOST_CONDITIONS, _read_property
        ),
    )


def read_draft_batch(text: str) -> list[Query]:
    """The queries of a batch of the 1.0 draft, in order."""
    batch = _take(dict, read_json(text, "the body"), "the body")
    queries = _take(list, batch.get("queries"), "queries")
    if len(queries) > MOST_QUERIES:
        raise HTTPException(413, f"a batch has at most {MOST_QUERIES} queries: send several")
    found = [_read_draft_query(each, f"query {i}") for i, each in enumerate(queries)]
    _bound_values(found)
    return found


def _bound_values(queries: Iterable[Query]) -> None:
    count = sum(len(each.values) for query in queries for each in query.conditions)
    if count > _MOST_VALUES_OF_ALL:
        message = f"a batch has at most {_MOST_VALUES_OF_ALL} values: send several batches"
        raise HTTPException(413, message)


def _read_draft_query(value: object, where: str) -> Query:
    fields = _take(dict, value, where)
    _refuse_others(fields, ("type", "limit", "lang", "dir", "conditions"), where)
    conditions = _read_list(
        fields.get("conditions"), f"{where}: conditions", _MOST_CONDITIONS, _read_condition
    )
    if not conditions:
        raise _blame(where, "needs a condition")
    named = [condition for is_name, condition in conditions if is_name]
    texts = [value for each in named for value in each.values]
    others = (Condition("alias", tuple(texts[1:])),) if texts[1:] else ()
    return Query(
        text=texts[0].text if texts else "",
        types=(_read_id(fields["type"], f"{where}: type"),) if "type" in fields else (),
        limit=read_limit(fields.get("limit"), f"{where}: limit", default=_CANDIDATES),
        conditions=(*others, *(condition for is_name, condition in conditions if not is_name)),
        required=any(each.required for each in named),
    )


def read_extension(text: str) -> Extension:
    """A request for values, the same in both versions."""
    fields = _take(dict, read_json(text, "extend"), "extend")
    ids = _take(list, fields.get("ids"), "extend: ids")
    properties = _take(list, fields.get("properties"), "extend: properties")
    if len(ids) > _MOST_THINGS or len(properties) > _MOST_CONDITIONS:
        limits = f"{_MOST_THINGS} ids and {_MOST_CONDITIONS} properties"
        raise HTTPException(413, f"extend has at most {limits}: send several")
    wanted = []
    for number, each in enumerate(properties):
        where = f"extend: property {number}"
        described = _take(dict, each, where)
        settings = _take(dict, described.get("settings") or {}, f"{where}: settings")
        wanted.append(WantedProperty(_read_id(described.get("id"), f"{where}: id"), settings))
    return Extension(tuple(_read_id(each, "extend: ids") for each in ids), tuple(wanted))


def read_limit(value: object, where: str, *, default: int) -> int:
    """A positive whole number, cut to the most that is given."""
    if value is None:
        return default
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 1:
        raise _blame(where, "must be a positive number")
    return min(int(value), MOST_CANDIDATES)


def read_skipped(text: str) -> int:
    """How many suggestions to skip; HTTPException for what is no number."""
    if not re.fullmatch(r"[0-9]{0,6}", text):
        raise _blame("cursor", "must be a number")
    return int(text or 0)


def shorten(text: str) -> str:
    """The beginning of a client's text, as it may stand in a message."""
    return repr(text[:40])


# -------------------------------------------------------------------------------------- fields


def _read_property(value: object, where: str) -> Condition:
    fields = _take(dict, value, where)
    _refuse_others(fields, ("pid", "v"), where)
    if "v" not in fields:
        raise _blame(where, "needs v")
    return Condition(
        _read_id(fields.get("pid"), f"{where}: pid"), _read_values(fields["v"], f"{where}: v")
    )


def _read_condition(value: object, where: str) -> tuple[bool, Condition]:
    """Whether a condition is of the name or identifier, and what it says."""
    fields = _take(dict, value, where)
    kind = fields.get("matchType")
    if kind not in ("name", "id", "property"):
        raise _blame(f"{where}: matchType", "must be name, id or property")
    if "propertyValue" not in fields:
        raise _blame(where, "needs propertyValue")
    required = fields.get("required", False)
    quantifier = fields.get("matchQuantifier", "any")
    is_name = kind != "property"
    return is_name, Condition(
        "" if is_name else _read_id(fields.get("propertyId"), f"{where}: propertyId"),
        _read_values(fields["propertyValue"], f"{where}: propertyValue"),
        required=_take(bool, required, f"{where}: required"),
        quantifier=_choose(Quantifier, quantifier, f"{where}: matchQuantifier"),
    )


def _read_values(value: object, where: str) -> tuple[Value, ...]:
    listed = value if isinstance(value, list) else [value]
    if len(listed) > _MOST_VALUES:
        raise _blame(where, f"has more than {_MOST_VALUES} values")
    return tuple(_read_value(each, where) for each in listed)


def _read_value(value: object, where: str) -> Value:
    match value:
        case bool():
            return Value("true" if value else "false")
        case str():
            return Value(_shorten_name(value))
        case int() | float():
            whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
            return Value(str(int(value)) if whole else str(value))
        case {"id": str(id_), **rest}:
            return Value(_shorten_name(str(rest.get("name", ""))), id_[:_LONGEST_ID])
    raise _blame(where, "must be a text, a number, a truth value or an object with an id")


def _read_list(
    value: object, where: str, most: int, read: Callable[[object, str], T]
) -> tuple[T, ...]:
    listed = _take(list, value, where)
    if len(listed) > most:
        raise _blame(where, f"has more than {most} entries")
    return tuple(read(each, where) for each in listed)


def _read_id(value: object, where: str) -> str:
    text = _take(str, value, where)
    if len(text) > _LONGEST_ID:
        raise _blame(where, "is too long to be an identifier")
    return text


def _shorten_name(text: str) -> str:
    """A name as long as any is compared: what is longer is no name but a text."""
    return " ".join(text[: 4 * _LONGEST_NAME].split())[:_LONGEST_NAME]


def _refuse_others(fields: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    # To pass over a misnamed field would answer another question than was asked.
    for name in fields:
        if name not in known:
            raise _blame(where, f"has no field {shorten(name)}: it may have {', '.join(known)}")


def _choose(choices: type[E], value: object, where: str) -> E:
    for choice in choices:
        if choice.value == value:
            return choice
    raise _blame(where, f"must be {', '.join(choice.value for choice in choices)}")


def _take(kind: type[T], value: object, where: str) -> T:
    if not isinstance(value, kind):
        names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
        raise _blame(where, f"must be {names[kind]}")
    return value


def _blame(where: str, what: str) -> HTTPException:
    return HTTPException(400, f"{where} {what}")
