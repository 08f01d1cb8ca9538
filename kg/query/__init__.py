"""Competency questions and free SPARQL, answered where they can be stopped."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping

from rdflib import Literal, URIRef

from kg.errors import QueryError
from kg.query.messages import shorten_message
from kg.query.records import Limits, answer_limited
from kg.query.results import format_csv, format_json, format_turtle
from kg.query.screening import (
    MAX_CHARACTERS,
    looks_like_sparql,
    screen_query,
)
from kg.query.terms import fetch_labels, find_relation, find_things
from kg.rdf import QueryResult
from kg.store import GraphStore
from kg.vocabulary.questions import Parameter, ParameterKind, Question, bind_parameters

__all__ = [
    "MAX_CHARACTERS",
    "Limits",
    "fetch_labels",
    "fill_question",
    "find_question",
    "find_relation",
    "find_things",
    "format_csv",
    "format_json",
    "format_turtle",
    "looks_like_sparql",
    "run_question",
    "run_sparql",
    "screen_query",
]

_DATE = re.compile(r"-?\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def find_question(questions: Mapping[str, Question], name: str) -> Question:
    """The question of a name; QueryError, with names that are close, where there is none."""
    if name in questions:
        return questions[name]
    close = difflib.get_close_matches(name, questions, n=3)
    hint = f": did you mean {' or '.join(close)}?" if close else ": kg questions lists them"
    raise QueryError(f"no question is named {name!r}{hint}", query=name)


def run_question(
    store: GraphStore, question: Question, parameters: Mapping[str, str], *, timeout: float = 30.0
) -> QueryResult:
    """Answer a competency question, its parameters given in the asker's words.

    Raises QueryError as `fill_question` does, and where the answer passes its limits.
    """
    return run_sparql(store, fill_question(store, question, parameters), timeout=timeout)


def fill_question(store: GraphStore, question: Question, parameters: Mapping[str, str]) -> str:
    """The SPARQL of a competency question, its parameters given in the asker's words.

    Raises QueryError for parameters that are unknown, missing or malformed, and UnknownTermError
    where the graph has nothing of that name.
    """
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in parameters:
        if name not in known:
            takes = f"it takes {', '.join(known)}" if known else "it takes none"
            message = f"{question.name} has no parameter {name!r}: {takes}"
            raise QueryError(message, query=question.name)
    values = {}
    for name, parameter in known.items():
        text = parameters.get(name, parameter.default)
        if text is not None:
            values[name] = _resolve_value(store, question, parameter, text)
        elif parameter.required:
            message = f"{question.name} needs {name}=… ({parameter.description})"
            raise QueryError(message, query=question.name)
    return bind_parameters(question, values)


def run_sparql(
    store: GraphStore, text: str, *, timeout: float = 30.0, allowed: Collection[str] = ()
) -> QueryResult:
    """Answer foreign SPARQL over the union of all graphs; the usual prefixes are known.

    `timeout` is in seconds of wall-clock time; `allowed` are the servers that SERVICE and FROM may
    name. Raises QueryError where the query is malformed, refused or passes its limits.
    """
    try:
        return answer_limited(store, text, Limits(seconds=timeout), allowed)
    except QueryError as error:
        raise QueryError(shorten_message(str(error)), query=text, kind=error.kind) from None


def _resolve_value(
    store: GraphStore, question: Question, parameter: Parameter, text: str
) -> tuple[URIRef | Literal, ...]:
    if not text.strip():
        raise QueryError(f"{parameter.name} is empty: give it a value", query=question.name)
    match parameter.kind:
        case ParameterKind.ENTITY:
            return find_things(store, text.strip())
        case ParameterKind.RELATION:
            return (find_relation(store, text.strip()),)
        case ParameterKind.DATE:
            if not _DATE.fullmatch(text.strip()):
                message = f"{parameter.name}={text} is no date: write 2017, 2017-11 or 2017-11-05"
                raise QueryError(message, query=question.name)
            return (Literal(text.strip()),)
        case ParameterKind.TEXT:
            return (Literal(text),)
