"""The shipped competency questions: SPARQL files whose header comments name their parameters.

A parameter `x` stands in the query as `VALUES ?x { UNDEF }`, so each file is valid SPARQL by
itself and answers for everything; binding puts terms in the place of `UNDEF`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from rdflib import Literal, URIRef

from kg.errors import OntologyError, QueryError
from kg.rdf import format_term
from kg.vocabulary.files import ontology_directory

_FIELDS = ("title", "topic", "description", "parameter")
_FIELD = re.compile(rf"#\s({'|'.join(_FIELDS)}):\s+(\S.*)")
_CONTINUED = re.compile(r"#\s{2,}(\S.*)")
_NAME = re.compile(r"[a-z][A-Za-z0-9]*")
_NEEDS = ("required", "optional")


class ParameterKind(Enum):
    """What a parameter's text is looked up as."""

    ENTITY = "entity"
    RELATION = "relation"
    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A blank that the asker may or must fill; `default` is text as the asker would give it."""

    name: str
    kind: ParameterKind
    description: str
    required: bool
    default: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """A competency question: its name, what it asks, its parameters, its SPARQL.

    `topic` is what it is listed under, empty where its file names none.
    """

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    text: str
    topic: str = ""


def load_questions(directory: Path | None = None) -> Mapping[str, Question]:
    """The questions of `ontology/questions/`, or of another folder, by name in alphabetic order.

    Raises OntologyError naming the file whose header cannot be used.
    """
    place = ontology_directory() / "questions" if directory is None else directory
    return {path.stem: read_question(path) for path in sorted(place.glob("*.rq"))}


def read_question(path: Path) -> Question:
    """One question from its file; OntologyError where the header cannot be used."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OntologyError(f"{path} cannot be read: {error}", path=path) from error
    fields = _read_header(text)
    for name in ("title", "description"):
        if len(fields[name]) != 1:
            message = f"{path} has {len(fields[name])} lines '# {name}: …', one is needed"
            raise OntologyError(message, path=path)
    if len(fields["topic"]) > 1:
        message = f"{path} has {len(fields['topic'])} lines '# topic: …', at most one is allowed"
        raise OntologyError(message, path=path)
    parameters = tuple(_read_parameter(value, path) for value in fields["parameter"])
    _check_parameters(parameters, text, path)
    return Question(
        name=path.stem,
        title=fields["title"][0],
        description=fields["description"][0],
        parameters=parameters,
        text=text,
        topic=next(iter(fields["topic"]), ""),
    )


def bind_parameters(question: Question, values: Mapping[str, Sequence[URIRef | Literal]]) -> str:
    """The question's SPARQL with terms in the place of its parameters; several terms mean any.

    Raises QueryError where a term has no form in SPARQL.
    """
    text = question.text
    for name, terms in values.items():
        try:
            bound = " ".join(format_term(term) for term in terms)
        except ValueError as error:
            message = f"the value of {name} cannot stand in a query: {error}"
            raise QueryError(message, query=question.name) from error
        block = f"VALUES ?{name} {{ {bound} }}"
        text = text.replace(_marker(name), block)
    return text


def _marker(name: str) -> str:
    return f"VALUES ?{name} {{ UNDEF }}"


def _read_header(text: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {name: [] for name in _FIELDS}
    last: list[str] | None = None
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if match := _FIELD.fullmatch(line.rstrip()):
            last = fields[match[1]]
            last.append(match[2])
        elif last and (match := _CONTINUED.fullmatch(line.rstrip())):
            last[-1] = f"{last[-1]} {match[1]}"
    return fields


def _read_parameter(value: str, path: Path) -> Parameter:
    parts = [part.strip() for part in value.split("|")]
    if len(parts) != 4 or not all(parts):
        message = f"{path}: '# parameter: {value}' must read 'name | kind | description | default'"
        raise OntologyError(message, path=path, term=value)
    name, kind, description, need = parts
    if not _NAME.fullmatch(name):
        raise OntologyError(f"{path}: {name!r} is no parameter's name", path=path, term=name)
    if kind not in {known.value for known in ParameterKind}:
        kinds = ", ".join(known.value for known in ParameterKind)
        message = f"{path}: parameter {name} is of unknown kind {kind!r}, not one of {kinds}"
        raise OntologyError(message, path=path, term=name)
    return Parameter(
        name=name,
        kind=ParameterKind(kind),
        description=description,
        required=need == "required",
        default=None if need in _NEEDS else need,
    )


def _check_parameters(parameters: Sequence[Parameter], text: str, path: Path) -> None:
    names = [parameter.name for parameter in parameters]
    for name in names:
        if names.count(name) > 1:
            raise OntologyError(f"{path} names the parameter {name} twice", path=path, term=name)
        if _marker(name) not in text:
            message = f"{path}: the parameter {name} needs '{_marker(name)}' in the query"
            raise OntologyError(message, path=path, term=name)
    for name in re.findall(r"VALUES \?(\w+) \{ UNDEF \}", text):
        if name not in names:
            message = f"{path}: '{_marker(name)}' has no '# parameter: {name} | …' line"
            raise OntologyError(message, path=path, term=name)
