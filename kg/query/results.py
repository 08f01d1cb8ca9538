"""Answers for machines: the W3C's JSON and CSV for rows and truth values, Turtle for triples."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from rdflib import BNode, Literal

from kg.errors import QueryError
from kg.rdf import QueryResult, Term, format_triple


def format_json(result: QueryResult) -> str:
    """SPARQL 1.1 Query Results JSON; QueryError for triples, which have no such form."""
    document: dict[str, Any]
    if result.boolean is not None:
        document = {"head": {}, "boolean": result.boolean}
    else:
        _require_rows(result, "JSON")
        bindings = [
            {
                name: _describe_term(term)
                for name, term in zip(result.variables, row, strict=True)
                if term is not None
            }
            for row in result.rows
        ]
        document = {"head": {"vars": list(result.variables)}, "results": {"bindings": bindings}}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def format_csv(result: QueryResult) -> str:
    """SPARQL 1.1 Query Results CSV; QueryError for triples and truth values."""
    if result.boolean is not None:
        raise QueryError("a truth value has no form in CSV: ask for JSON", query="")
    _require_rows(result, "CSV")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(result.variables)
    for row in result.rows:
        writer.writerow(["" if term is None else _plain_term(term) for term in row])
    return out.getvalue()


def format_turtle(result: QueryResult) -> str:
    """The triples of a CONSTRUCT or DESCRIBE as Turtle, a triple a line, sorted."""
    lines = sorted({format_triple(triple) for triple in result.triples or ()})
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _require_rows(result: QueryResult, form: str) -> None:
    if result.triples is not None:
        message = f"triples have no form in {form}: leave the option out to get Turtle"
        raise QueryError(message, query="")


def _describe_term(term: Term) -> dict[str, str]:
    if isinstance(term, Literal):
        described = {"type": "literal", "value": str(term)}
        if term.language is not None:
            described["xml:lang"] = term.language
        elif term.datatype is not None:
            described["datatype"] = str(term.datatype)
        return described
    return {"type": "bnode" if isinstance(term, BNode) else "uri", "value": str(term)}


def _plain_term(term: Term) -> str:
    return f"_:{term}" if isinstance(term, BNode) else str(term)
