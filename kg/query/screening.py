"""What a foreign query may not say, found before the engine sees it.

The engine asks a remote endpoint for SERVICE, cannot be told not to, and ends the process when
brackets nest too deep; so the text is cut into tokens as the engine's own grammar cuts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.errors import QueryError
from kg.rdf import PREFIXES

MAX_CHARACTERS = 200_000
MAX_DEPTH = 200
_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH"}

# A local name may hold escaped punctuation (a\'b), and may not begin with a dot: after "ex:." a
# new statement starts. Getting either wrong would let a keyword hide from the screening.
_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n\r]*)
  | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
  | (?P<string>\"\"\"(?:\"{0,2}(?:[^"\\]|\\.))*+\"\"\"
      | '''(?:'{0,2}(?:[^'\\]|\\.))*+'''
      | "(?:[^"\\\n\r]|\\.)*+"
      | '(?:[^'\\\n\r]|\\.)*+')
  | (?P<variable>[?$]\w+)
  | (?P<name>(?P<prefix>[\w.-]{0,200}+):
      (?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\[^\w\s])(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\[^\w\s])*)?)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<word>[^\W\d]\w*)
  | (?P<open>[({\[])
  | (?P<close>[)}\]])
  | (?P<other>[^\s])
    """,
    re.VERBOSE | re.DOTALL,
)


def prepare_query(text: str) -> tuple[str, int]:
    """The query with the usual prefixes declared, and how many lines were put before it.

    Raises QueryError for what is no query, asks for anything outside the graph, or nests too deep.
    """
    screen_query(text)
    declared: set[str] = set()
    used: set[str] = set()
    before = ""
    for match in _tokens(text):
        if match["name"] is not None:
            (declared if before == "PREFIX" else used).add(match["prefix"])
        before = (match["word"] or "").upper()
    missing = [prefix for prefix in sorted(used - declared) if prefix in PREFIXES]
    if not missing:
        return text, 0
    prologue = " ".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>" for prefix in missing)
    return f"{prologue}\n{text}", 1


def looks_like_sparql(text: str) -> bool:
    """Whether a text means to be a query: one of the four query forms stands in it as a word."""
    return any((match["word"] or "").upper() in _FORMS for match in _tokens(text[:MAX_CHARACTERS]))


def screen_query(text: str) -> None:
    """Refuse a query that asks for anything outside the graph or nests too deep (QueryError)."""
    if len(text) > MAX_CHARACTERS:
        message = f"the query has {len(text)} characters, more than {MAX_CHARACTERS} are refused"
        raise QueryError(message, query=text[:MAX_CHARACTERS])
    if any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text):
        raise QueryError("the query is no text: it holds bytes that are not UTF-8", query=text)
    depth, form = 0, ""
    for match in _tokens(text):
        if match["other"] in ("'", '"'):
            raise QueryError("the query is malformed: a string is not closed", query=text)
        word = (match["word"] or "").upper()
        _refuse_outside(match, word, text)
        form = form or (word if word in _FORMS or word in _UPDATES else "")
        depth += (match["open"] is not None) - (match["close"] is not None)
        if depth > MAX_DEPTH:
            message = f"the query nests brackets deeper than {MAX_DEPTH}: flatten it"
            raise QueryError(message, query=text)
    if form in _UPDATES:
        message = f"{form} would change the graph, which queries cannot: use kg build"
        raise QueryError(message, query=text)
    if not form:
        raise QueryError("no query: it needs SELECT, ASK, CONSTRUCT or DESCRIBE", query=text)


def _refuse_outside(match: re.Match[str], word: str, text: str) -> None:
    # The engine reads a keyword even where it is glued to its neighbour ("trueSERVICEex:a{}").
    glued = f"{word} {match['prefix'] or ''}".upper()
    iri = match["iri"] or ""
    # "?a<1)SERVICE#>" is an IRI here, but may be "less than" and a comment to the engine.
    hidden = "SERVICE" in iri.upper() and _closes_early(iri)
    if "SERVICE" in glued or hidden:
        message = (
            "SERVICE is refused, queries reach this graph only: take the word out of the query"
        )
        raise QueryError(message, query=text)
    if word == "LOAD":
        raise QueryError("LOAD is refused: queries reach this graph only", query=text)
    if word == "FROM":
        message = "FROM is refused, queries see all of the graph: use GRAPH <…> { … } to narrow it"
        raise QueryError(message, query=text)
    if word == "BASE":
        raise QueryError("BASE is refused: write IRIs in full or with a prefix", query=text)


def _closes_early(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return True
    return False


def _tokens(text: str) -> Iterator[re.Match[str]]:
    return (match for match in _TOKEN.finditer(text) if match["comment"] is None)
