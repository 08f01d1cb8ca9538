"""What foreign SPARQL asks for beyond the graph, found before the engine sees it.

The engine asks a remote endpoint for SERVICE, cannot be told not to, and ends the process when
brackets nest too deep; so the text is cut into tokens as the engine's own grammar cuts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urljoin

from kg.errors import QueryError, QueryFault
from kg.rdf import PREFIXES

MAX_CHARACTERS = 200_000
MAX_DEPTH = 200
_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH"}
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")

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


class OutsideKind(Enum):
    """How SPARQL asks for something that is not in the graph."""

    SERVICE = "SERVICE"
    LOAD = "LOAD"
    FROM = "FROM"


@dataclass(frozen=True, slots=True)
class Outside:
    """A clause that asks for something outside: what, where it stands, and the words inside it.

    `start` and `end` bound the whole clause; `body` is the group of SERVICE or the target of LOAD.
    """

    kind: OutsideKind
    iri: str
    silent: bool
    start: int
    end: int
    body: str = ""


@dataclass(frozen=True, slots=True)
class Screened:
    """SPARQL that may go to the engine once what it asks for outside is settled.

    `prologue` is the text before its first form or operation.
    """

    text: str
    form: str
    prologue: str
    outside: tuple[Outside, ...]

    @property
    def graphs(self) -> tuple[Outside, ...]:
        """The graphs that FROM and FROM NAMED name."""
        return tuple(part for part in self.outside if part.kind is OutsideKind.FROM)


def looks_like_sparql(text: str) -> bool:
    """Whether a text means to be a query: one of the four query forms stands in it as a word."""
    return any(_word(token) in _FORMS for token in _tokens(text[:MAX_CHARACTERS]))


def screen_query(text: str, *, base: str | None = None, most: int = MAX_CHARACTERS) -> Screened:
    """A query and what it asks for outside the graph; QueryError for what no engine should see."""
    screened = _screen(text, base, most)
    if screened.form in _UPDATES:
        message = f"{screened.form} would change the graph, which queries cannot: use kg build"
        raise _refuse(message, text)
    if not screened.form:
        raise QueryError("no query: it needs SELECT, ASK, CONSTRUCT or DESCRIBE", query=text)
    return screened


def screen_update(text: str, *, base: str | None = None, most: int = MAX_CHARACTERS) -> Screened:
    """An update and what it asks for outside the graph; QueryError for what is refused."""
    screened = _screen(text, base, most)
    if screened.form in _FORMS:
        raise QueryError(f"{screened.form} is a query and no update", query=text)
    return screened


def _screen(text: str, base: str | None, most: int) -> Screened:
    if len(text) > most:
        message = f"the query has {len(text)} characters, more than {most} are refused"
        raise QueryError(message, query=text[:most], kind=QueryFault.PAST_LIMITS)
    if _FORBIDDEN.search(text):
        raise QueryError("the query is no text: it holds bytes that are not UTF-8", query=text)
    tokens: list[re.Match[str]] = []
    depth, form, start = 0, "", len(text)
    # Each is looked at before the next is cut: after a string that is not closed, cutting is slow.
    for token in _tokens(text):
        tokens.append(token)
        if token["other"] in ("'", '"'):
            raise QueryError("the query is malformed: a string is not closed", query=text)
        word = _word(token)
        if not form and (word in _FORMS or word in _UPDATES):
            form, start = word, token.start()
        depth += (token["open"] is not None) - (token["close"] is not None)
        if depth > MAX_DEPTH:
            message = f"the query nests brackets deeper than {MAX_DEPTH}: flatten it"
            raise QueryError(message, query=text)
    return Screened(text, form, text[:start], tuple(_find_outside(text, tokens, base)))


# ------------------------------------------------------------------------------------ outside


def _find_outside(text: str, tokens: list[re.Match[str]], base: str | None) -> Iterator[Outside]:
    names = _read_prologue(tokens, base)
    position = 0
    while position < len(tokens):
        token = tokens[position]
        word = _word(token)
        if word in ("SERVICE", "LOAD", "FROM"):
            found, position = _read_clause(text, tokens, position, names)
            yield found
            continue
        # The engine reads a keyword even where it is glued to its neighbour
        # ("trueSERVICEex:a{}"), and "?a<1)SERVICE#>" is an IRI here, but may be "less than" and a
        # comment to the engine.
        glued = f"{word} {token['prefix'] or ''}".upper()
        iri = token["iri"] or ""
        if "SERVICE" in glued or ("SERVICE" in iri.upper() and _closes_early(iri)):
            raise _refuse(_SERVICE, text)
        if "LOAD" in word:
            raise _refuse("LOAD is glued to another word: put a space between them", text)
        position += 1


_SERVICE = "SERVICE is refused, queries reach this graph only: take the word out of the query"


def _read_clause(
    text: str, tokens: list[re.Match[str]], position: int, names: Mapping[str, str]
) -> tuple[Outside, int]:
    """The clause whose keyword stands at a position, and the position after it."""
    first = tokens[position]
    kind = OutsideKind(_word(first))
    position += 1
    silent = False
    if position < len(tokens) and _word(tokens[position]) in ("SILENT", "NAMED"):
        silent = _word(tokens[position]) == "SILENT"
        position += 1
    iri = _resolve(tokens[position], names) if position < len(tokens) else None
    if iri is None:
        message = _SERVICE if kind is OutsideKind.SERVICE else f"{kind.value} needs an IRI"
        raise _refuse(message, text)
    end, body = tokens[position].end(), ""
    position += 1
    if kind is OutsideKind.SERVICE:
        last = _find_close(tokens, position)
        if last is None:
            raise _refuse(_SERVICE, text)
        body = text[tokens[position].start() : tokens[last].end()]
        end, position = tokens[last].end(), last + 1
    elif kind is OutsideKind.LOAD and _word_at(tokens, position) == "INTO":
        target = _resolve(tokens[position + 2], names) if position + 2 < len(tokens) else None
        if target is None or _word_at(tokens, position + 1) != "GRAPH":
            raise QueryError("the update is malformed: INTO GRAPH needs an IRI", query=text)
        body, end, position = target, tokens[position + 2].end(), position + 3
    return Outside(kind, iri, silent, first.start(), end, body), position


def _find_close(tokens: list[re.Match[str]], position: int) -> int | None:
    """Where the group that opens at a position closes."""
    if position >= len(tokens) or tokens[position]["open"] != "{":
        return None
    depth = 0
    for place in range(position, len(tokens)):
        token = tokens[place]
        depth += (token["open"] is not None) - (token["close"] is not None)
        # One that asks further on would ask from there.
        if "SERVICE" in f"{_word(token)} {token['prefix'] or ''}".upper():
            return None
        if depth == 0:
            return place
    return None


def _read_prologue(tokens: list[re.Match[str]], base: str | None) -> dict[str, str]:
    """The prefixes that are declared, and the base under "<"."""
    names = {**PREFIXES, "<": base or ""}
    for before, prefix, iri in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if _word(before) == "PREFIX" and prefix["name"] is not None and iri["iri"] is not None:
            names[prefix["prefix"]] = urljoin(names["<"], iri["iri"][1:-1])
        elif _word(before) == "BASE" and prefix["iri"] is not None:
            names["<"] = urljoin(names["<"], prefix["iri"][1:-1])
    return names


def _resolve(token: re.Match[str], names: Mapping[str, str]) -> str | None:
    if token["iri"] is not None and "\\" not in token["iri"]:
        return urljoin(names["<"], str(token["iri"])[1:-1])
    name, prefix = str(token["name"] or ""), str(token["prefix"] or "")
    if token["name"] is not None and prefix in names and "\\" not in name:
        return names[prefix] + name.partition(":")[2]
    return None


def _refuse(message: str, text: str) -> QueryError:
    return QueryError(message, query=text, kind=QueryFault.REFUSED)


def _closes_early(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return True
    return False


# ------------------------------------------------------------------------------------- tokens


def _tokens(text: str) -> Iterator[re.Match[str]]:
    return (match for match in _TOKEN.finditer(text) if match["comment"] is None)


def _word(token: re.Match[str]) -> str:
    return (token["word"] or "").upper()


def _word_at(tokens: list[re.Match[str]], position: int) -> str:
    return _word(tokens[position]) if position < len(tokens) else ""


def place_datasets(screened: Screened, default: tuple[str, ...], named: tuple[str, ...]) -> str:
    """An update whose WHERE clauses see the protocol's dataset (SPARQL 1.1 Protocol, 2.2.3).

    Raises QueryError where the update names a dataset itself, which the protocol forbids.
    """
    text = screened.text
    clauses = "".join(
        f"{clause} <{iri}> "
        for clause, iris in (("USING", default), ("USING NAMED", named))
        for iri in iris
    )
    parts: list[str] = []
    depth = last = 0
    operation = before = ""
    tokens = list(_tokens(text))
    for position, token in enumerate(tokens):
        depth += (token["open"] is not None) - (token["close"] is not None)
        word = _word(token) if depth == 0 else ""
        if word in ("USING", "WITH"):
            message = f"{word} stands in the update, and the request names a dataset as well"
            raise QueryError(message, query=text)
        if word in ("INSERT", "DELETE"):
            operation = word
        elif word == "WHERE" and operation:
            close = _find_close(tokens, position + 1) if before == "DELETE" else None
            if close is not None:
                # DELETE WHERE has no place for USING: its pattern becomes the template too.
                template = text[tokens[position + 1].start() : tokens[close].end()]
                parts.append(f"{text[last : token.start()]}{template} ")
                last = token.start()
            parts.append(text[last : token.start()] + clauses)
            last = token.start()
        elif token["other"] == ";" and depth == 0:
            operation = ""
        before = word if word or depth == 0 else before
    return "".join(parts) + text[last:]
