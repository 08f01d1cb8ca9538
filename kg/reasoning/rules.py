"""The rules beyond OWL 2 RL: CONSTRUCT queries of `ontology/rules/`, read as clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rdflib import Literal, URIRef, Variable
from rdflib.plugins.sparql import prepareQuery

from kg.errors import OntologyError, QueryError
from kg.reasoning.clauses import Clause, Pattern
from kg.store import open_memory_graph

_TRANSPARENT = frozenset({"ConstructQuery", "Project", "Distinct", "Join"})
_TITLE = re.compile(r"^#\s*(?:(?:name|title|label|rule)\s*:\s*)?(.*\S)", re.IGNORECASE)


def load_rules(directory: Path) -> tuple[Clause, ...]:
    """The clauses of all `*.rq` files of a folder in the order of their names.

    Raises OntologyError where a rule is more than triple patterns and `FILTER(?a != ?b)`: of
    anything else no proof could be shown.
    """
    return tuple(
        clause
        for path in sorted(directory.glob("*.rq"))
        for clause in read_rule(path.read_text(encoding="utf-8"), path=path)
    )


def read_rule(text: str, *, path: Path) -> tuple[Clause, ...]:
    """The clauses of one CONSTRUCT query, one for each triple of its template."""
    try:
        # rdflib's parser raises whatever its grammar hits upon; the engine's says what is wrong.
        open_memory_graph().query(text)
    except QueryError as error:
        raise OntologyError(f"{path}: {error}", path=path) from error
    algebra = prepareQuery(text).algebra
    if algebra.name != "ConstructQuery":
        raise OntologyError(f"{path}: a rule must be a CONSTRUCT query", path=path)
    body: list[Pattern] = []
    distinct: list[tuple[Variable, Variable]] = []
    for part, value in _walk(algebra.p, path):
        if part == "triple":
            body.append(_read_pattern(value, path))
        else:
            distinct.append(value)
    clauses = tuple(
        Clause(path.stem, _read_title(text, path), head, tuple(body), tuple(distinct))
        for head in (_read_pattern(triple, path) for triple in algebra.template)
    )
    bound = {term for pattern in body for term in pattern if isinstance(term, Variable)}
    for clause in clauses:
        used = {*clause.head, *(each for pair in distinct for each in pair)}
        for term in used:
            if isinstance(term, Variable) and term not in bound:
                raise OntologyError(f"{path}: ?{term} stands in no triple pattern", path=path)
    return clauses


def _walk(node: Any, path: Path) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  rdflib's own nodes
    if node.name == "BGP":
        for triple in node.triples:
            yield "triple", triple
    elif node.name == "Filter":
        for pair in _read_filter(node.expr, path):
            yield "distinct", pair
        yield from _walk(node.p, path)
    elif node.name in _TRANSPARENT:
        for key in ("p", "p1", "p2"):
            if key in node:
                yield from _walk(node[key], path)
    else:
        raise OntologyError(
            f"{path}: a rule is made of triple patterns and FILTER(?a != ?b), not {node.name}",
            path=path,
        )


def _read_filter(node: Any, path: Path) -> Iterator[tuple[Variable, Variable]]:  # noqa: ANN401
    if getattr(node, "name", None) == "ConditionalAndExpression":
        for part in (node.expr, *node.other):
            yield from _read_filter(part, path)
    elif (
        getattr(node, "name", None) == "RelationalExpression"
        and node.op == "!="
        and isinstance(node.expr, Variable)
        and isinstance(node.other, Variable)
    ):
        yield node.expr, node.other
    else:
        raise OntologyError(f"{path}: the only FILTER of a rule is ?a != ?b", path=path)


def _read_pattern(triple: tuple[object, object, object], path: Path) -> Pattern:
    subject, predicate, object_ = triple
    if (
        isinstance(subject, URIRef | Literal | Variable)
        and isinstance(predicate, URIRef | Variable)
        and isinstance(object_, URIRef | Literal | Variable)
    ):
        return subject, predicate, object_
    raise OntologyError(f"{path}: a rule has no blank nodes and no property paths", path=path)


def _read_title(text: str, path: Path) -> str:
    first = next((line for line in text.splitlines() if _TITLE.match(line)), None)
    match = _TITLE.match(first) if first else None
    if match is None:
        raise OntologyError(f"{path}: a rule starts with a comment that names it", path=path)
    title = match.group(1).rstrip(".")
    if title.startswith("because "):
        return title
    # A name in capitals keeps them.
    return f"because {title if title[:2].isupper() else title[:1].lower() + title[1:]}"
