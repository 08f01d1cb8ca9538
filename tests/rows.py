"""RDF and the answers to queries as rows of terms, and whether two sets of rows are the same.

Terms are spelled as strings, blank nodes with a leading "_:", and a row is a tuple of them, so that
one comparison serves graphs, datasets and solutions alike.
"""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

import pyoxigraph as ox

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_SRX = "{http://www.w3.org/2005/sparql-results#}"
_ITS = "{http://www.w3.org/2005/11/its}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_NUMBER = re.compile(
    rf'"([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?|true|false)"\^\^<{re.escape(_XSD)}'
    r"(boolean|decimal|float|double|integer)>"
)

SYNTAXES = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
}


@dataclass(frozen=True, slots=True)
class Results:
    """What a query gives: solutions under variables, a truth value, or the triples of a graph."""

    variables: frozenset[str] = frozenset()
    rows: tuple[tuple[str, ...], ...] = ()
    boolean: bool | None = None
    ordered: bool = False


# -------------------------------------------------------------------------------------- terms


def spell_iri(value: str) -> str:
    """An IRI as a term of a row."""
    return f"<{value}>"


def spell_literal(value: str, datatype=None, language=None, direction=None) -> str:
    """A literal as a term of a row; its value stays as it is."""
    if language:
        return f'"{value}"@{language.lower()}' + (f"--{direction}" if direction else "")
    if datatype is None or datatype == _XSD + "string":
        return f'"{value}"'
    return f'"{value}"^^<{datatype}>'


def spell(term) -> tuple[str, ...]:
    """The engine's term as terms of a row; a triple takes several."""
    if isinstance(term, ox.NamedNode):
        return (spell_iri(term.value),)
    if isinstance(term, ox.BlankNode):
        return (f"_:{term.value}",)
    if isinstance(term, ox.Triple):
        parts = (term.subject, term.predicate, term.object)
        return ("<<(", *(word for part in parts for word in spell(part)), ")>>")
    if isinstance(term, ox.DefaultGraph):
        return ()
    direction = term.direction.value if term.direction else None
    return (spell_literal(term.value, term.datatype.value, term.language, direction),)


def read_rows(data: bytes, syntax, base=None) -> list[tuple[str, ...]]:
    """The statements of a document as rows, each once; SyntaxError where there are none."""
    found = ox.parse(data, format=syntax, base_iri=base)
    return list(dict.fromkeys(spell_quad(quad) for quad in found))


_TERM = re.compile(r'<<\(|\)>>|<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?')


def split_terms(terms) -> tuple[str, ...]:
    """Terms as N-Quads writes them as a row; None is left out."""
    words = (word for term in terms if term is not None for word in _TERM.findall(term))
    return tuple(_spell_quoted(word) if word.startswith('"') else _unescape(word) for word in words)


def _spell_quoted(word):
    quoted, rest = word[1 : word.rindex('"')], word[word.rindex('"') + 1 :]
    if rest.startswith("@"):
        language, _, direction = rest[1:].partition("--")
        return spell_literal(_unescape(quoted), None, language, direction)
    return spell_literal(_unescape(quoted), rest[3:-1] or None)


def _unescape(text):
    return _ESCAPE.sub(
        lambda found: chr(int(found[1] or found[2], 16)) if found[3] is None
        else _ESCAPED.get(found[3], found[3]),
        text,
    )  # fmt: skip


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def spell_quad(quad) -> tuple[str, ...]:
    """A statement as a row, with its graph if that is not the default graph."""
    terms = [quad.subject, quad.predicate, quad.object]
    if isinstance(quad, ox.Quad):
        terms.append(quad.graph_name)
    return tuple(word for term in terms for word in spell(term))


# ------------------------------------------------------------------------------------ results


def read_results(data: bytes, suffix: str, base: str | None = None) -> Results:
    """Results in any of the W3C's forms, by the suffix of a file that holds such."""
    match suffix:
        case ".srx":
            return _read_xml(data)
        case ".srj":
            return _read_json(data)
        case ".tsv":
            return _read_tsv(data)
        case ".csv":
            return _read_csv(data)
    graph = read_rows(data, SYNTAXES[suffix], base)
    if any(row[1:] == (f"<{_RDF}type>", f"<{_RS}ResultSet>") for row in graph):
        return _read_result_set(graph)
    return Results(rows=tuple(graph))


def spell_row(variables, bindings):
    """A solution as a row: each bound variable in order, its name before its value."""
    return tuple(
        word for name in sorted(variables) if name in bindings for word in (name, *bindings[name])
    )


def _read_xml(data):
    root = ET.fromstring(data)
    boolean = root.find(f"{_SRX}boolean")
    if boolean is not None:
        return Results(boolean=boolean.text.strip() == "true")
    variables = [node.get("name") for node in root.iter(f"{_SRX}variable")]
    rows = [
        spell_row(variables, {each.get("name"): _xml_term(each[0]) for each in result})
        for result in root.iter(f"{_SRX}result")
    ]
    return Results(frozenset(variables), tuple(rows))


def _xml_term(node):
    text = node.text or ""
    match node.tag.removeprefix(_SRX):
        case "uri":
            return (spell_iri(text.strip()),)
        case "bnode":
            return (f"_:{text.strip()}",)
        case "triple":
            parts = [node.find(_SRX + name)[0] for name in ("subject", "predicate", "object")]
            return ("<<(", *(word for part in parts for word in _xml_term(part)), ")>>")
    direction = node.get(f"{_ITS}dir")
    return (spell_literal(text, node.get("datatype"), node.get(_LANG), direction),)


def _read_json(data):
    document = json.loads(data)
    if "boolean" in document:
        return Results(boolean=document["boolean"])
    variables = document["head"]["vars"]
    rows = [
        spell_row(variables, {name: _json_term(term) for name, term in result.items()})
        for result in document["results"]["bindings"]
    ]
    return Results(frozenset(variables), tuple(rows))


def _json_term(term):
    value = term["value"]
    match term["type"]:
        case "uri":
            return (spell_iri(value),)
        case "bnode":
            return (f"_:{value}",)
        case "triple":
            parts = (value["subject"], value["predicate"], value["object"])
            return ("<<(", *(word for part in parts for word in _json_term(part)), ")>>")
    language, direction = term.get("xml:lang"), term.get("its:dir")
    return (spell_literal(value, term.get("datatype"), language, direction),)


def _read_tsv(data):
    head, *lines = data.decode().rstrip("\r\n").split("\n")
    variables = [name.removeprefix("?") for name in head.rstrip("\r").split("\t")]
    rows = []
    for line in lines:
        cells = dict(zip(variables, line.rstrip("\r").split("\t"), strict=True))
        rows.append(
            spell_row(variables, {n: (_tsv_term(cell),) for n, cell in cells.items() if cell})
        )
    return Results(frozenset(variables), tuple(rows))


def _tsv_term(cell):
    # A cell is a term of Turtle; numbers may stand bare.
    if cell.startswith("_:"):
        return cell
    (row,) = read_rows(f"<s:> <p:> {cell} .".encode(), ox.RdfFormat.TURTLE)
    return row[2]


def _read_csv(data):
    head, *lines = csv.reader(io.StringIO(data.decode(), newline=""))
    rows = [spell_row(head, {n: (v,) for n, v in zip(head, line, strict=True)}) for line in lines]
    return Results(frozenset(head), tuple(rows))


def _read_result_set(graph):
    objects = defaultdict(list)
    for subject, predicate, object_ in graph:
        objects[subject, predicate.removeprefix(f"<{_RS}").removesuffix(">")].append(object_)
    (top,) = {subject for subject, name in objects if name in ("resultVariable", "boolean")}
    if objects[top, "boolean"]:
        return Results(boolean=objects[top, "boolean"][0].startswith('"true"'))
    variables = [name.strip('"') for name in objects[top, "resultVariable"]]
    rows = []
    for solution in objects[top, "solution"]:
        bindings = {
            objects[each, "variable"][0].strip('"'): (objects[each, "value"][0],)
            for each in objects[solution, "binding"]
        }
        rows.append((objects[solution, "index"], spell_row(variables, bindings)))
    ordered = any(index for index, _ in rows)
    if ordered:
        rows.sort(key=lambda row: int(row[0][0].split('"')[1]))
    return Results(frozenset(variables), tuple(row for _, row in rows), ordered=ordered)


# ----------------------------------------------------------------------------------- comparing


def agree(found: Results, expected: Results, *, ordered: bool = False) -> bool:
    """Whether two results are the same but for names of blank nodes and spellings of numbers.

    Solutions are compared as multisets, with `ordered` (or where the expected ones are numbered)
    as sequences.
    """
    if found.boolean != expected.boolean or found.variables != expected.variables:
        return False
    ours, theirs = by_value(found.rows), by_value(expected.rows)
    if ordered or expected.ordered:
        ours = [(str(place), *row) for place, row in enumerate(ours)]
        theirs = [(str(place), *row) for place, row in enumerate(theirs)]
    return same_rows(ours, theirs)


def by_value(rows) -> list[tuple[str, ...]]:
    """The rows with each number and truth value spelled in one way; its datatype stays.

    The engine stores values, not spellings (Oxigraph issue 526), and of 2.0 and 2 as the answer to
    a sum, SPARQL prefers neither.
    """
    return [tuple(_spell_value(term) for term in row) for row in rows]


def _spell_value(term):
    found = _NUMBER.fullmatch(term)
    if found is None:
        return term
    value, name = found.groups()
    match name:
        case "boolean":
            plain = {"1": "true", "0": "false"}.get(value, value)
        case "decimal":
            plain = f"{Decimal(value).normalize():f}"
        case "float":
            plain = repr(struct.unpack("f", struct.pack("f", float(value)))[0])
        case "double":
            plain = repr(float(value))
        case _:
            plain = str(int(value))
    return f'"{plain}"^^<{_XSD}{name}>'


@dataclass(slots=True)
class _Side:
    rows: list[tuple[str, ...]]
    colours: dict[str, int] = field(default_factory=dict)

    def paint(self):
        """Give unlike colours to blank nodes that stand in unlike rows, until nothing changes."""
        kinds = 0
        while len(set(self.colours.values())) != kinds:
            kinds = len(set(self.colours.values()))
            seen = defaultdict(list)
            for row in self.rows:
                plain = tuple(self.colours.get(term, term) for term in row)
                for place, term in enumerate(row):
                    if term in self.colours:
                        seen[term].append(hash((plain, place)))
            for term, found in seen.items():
                self.colours[term] = hash((self.colours[term], *sorted(found)))

    def spelling(self):
        return Counter(tuple(self.colours.get(term, term) for term in row) for row in self.rows)

    def classes(self):
        found = defaultdict(list)
        for term, colour in self.colours.items():
            found[colour].append(term)
        return found


def same_rows(ours: list[tuple[str, ...]], theirs: list[tuple[str, ...]]) -> bool:
    """Whether two multisets of rows are the same but for a renaming of blank nodes."""
    sides = [
        _Side(rows, {term: 0 for row in rows for term in row if term.startswith("_:")})
        for rows in (ours, theirs)
    ]
    return len(ours) == len(theirs) and _match(*sides)


def _match(left, right):
    left.paint()
    right.paint()
    if left.spelling() != right.spelling():
        return False
    classes, others = left.classes(), right.classes()
    if {colour: len(terms) for colour, terms in classes.items()} != {
        colour: len(terms) for colour, terms in others.items()
    }:
        return False
    unsure = min(
        (c for c in classes if len(classes[c]) > 1), key=lambda c: len(classes[c]), default=None
    )
    if unsure is None:
        return True
    # Several nodes look alike: take one of them for each of the other side's in turn.
    marked = _Side(left.rows, {**left.colours, classes[unsure][0]: 1})
    return any(
        _match(
            _Side(marked.rows, dict(marked.colours)), _Side(right.rows, {**right.colours, term: 1})
        )
        for term in others[unsure]
    )
