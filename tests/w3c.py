"""The W3C's test suites of RDF and SPARQL: their manifests, their results, and how to compare them.

Terms are spelled as strings, blank nodes with a leading "_:", and a row is a tuple of them, so that
one comparison serves graphs, datasets and solutions alike.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import struct
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

SUITES = (
    Path(os.environ.get("KG_SHARED", Path(__file__).parent.parent.parent / "shared"))
    / "suites" / "w3c"
)  # fmt: skip
BASE = "https://w3c.github.io/rdf-tests/"

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_UT = "http://www.w3.org/2009/sparql/tests/test-update#"
_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
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
class Data:
    """Files that fill the default graph and named graphs."""

    default: tuple[Path, ...] = ()
    named: tuple[tuple[str, Path], ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A test of a manifest; `base` is the IRI that its action is known by."""

    id: str
    kind: str
    action: Path
    base: str
    data: Data = Data()
    services: tuple[tuple[str, Path], ...] = ()
    result: Path | None = None
    after: Data | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """What a query gives: solutions under variables, a truth value, or the triples of a graph."""

    variables: frozenset[str] = frozenset()
    rows: tuple[tuple[str, ...], ...] = ()
    boolean: bool | None = None
    ordered: bool = False


# ---------------------------------------------------------------------------------- manifests


class _Graph:
    """The triples of a Turtle file, to be walked along its predicates."""

    def __init__(self, path: Path, base: str) -> None:
        self.objects = defaultdict(list)
        self.subjects = defaultdict(list)
        for quad in ox.parse(path.read_bytes(), format=SYNTAXES[path.suffix], base_iri=base):
            self.objects[quad.subject, quad.predicate.value].append(quad.object)
            self.subjects[quad.predicate.value, quad.object].append(quad.subject)

    def all(self, subject, predicate):
        return self.objects.get((subject, predicate), [])

    def one(self, subject, predicate):
        return next(iter(self.all(subject, predicate)), None)

    def list(self, head):
        while head is not None and head.value != _RDF + "nil":
            yield self.one(head, _RDF + "first")
            head = self.one(head, _RDF + "rest")


def locate(iri: str) -> Path:
    """The file that an IRI of the suites names."""
    return SUITES / iri.removeprefix(BASE)


def name_file(path: Path) -> str:
    """The IRI that names a file of the suites."""
    return BASE + path.relative_to(SUITES).as_posix()


def read_cases(folder: str) -> list[Case]:
    """The cases of a manifest in its order; none where the suites are not at hand."""
    path = SUITES / folder / "manifest.ttl"
    if not path.is_file():
        return []
    graph = _Graph(path, name_file(path))
    manifest = graph.subjects[_RDF + "type", ox.NamedNode(_MF + "Manifest")][0]
    assumed = graph.one(manifest, _MF + "assumedTestBase")
    return [
        _read_case(graph, entry, folder, assumed)
        for entry in graph.list(graph.one(manifest, _MF + "entries"))
    ]


def _read_case(graph, entry, folder, assumed):
    action, result = graph.one(entry, _MF + "action"), graph.one(entry, _MF + "result")
    asked = action
    if isinstance(action, ox.BlankNode):
        asked = graph.one(action, _QT + "query") or graph.one(action, _UT + "request")
    path = locate(asked.value)
    kind = re.split("[#/]", graph.one(entry, _RDF + "type").value)[-1]
    if path.suffix == ".ru" and "Update" not in kind:
        # Some manifests call what is wrong with an update by the name for queries.
        kind = kind.replace("Syntax", "UpdateSyntax")
    return Case(
        id=f"{folder}#{entry.value.rpartition('#')[2]}",
        kind=kind,
        action=path,
        base=assumed.value + path.name if assumed else asked.value,
        data=_read_data(graph, action),
        services=tuple(
            (graph.one(service, _QT + "endpoint").value, _file(graph.one(service, _QT + "data")))
            for service in graph.all(action, _QT + "serviceData")
        ),
        result=_file(result) if isinstance(result, ox.NamedNode) else None,
        after=_read_data(graph, result) if isinstance(result, ox.BlankNode) else None,
    )


def _read_data(graph, node):
    if not isinstance(node, ox.BlankNode):
        return Data()
    named = []
    for each in graph.all(node, _QT + "graphData") + graph.all(node, _UT + "graphData"):
        if isinstance(each, ox.BlankNode):
            named.append((graph.one(each, _LABEL).value, _file(graph.one(each, _UT + "graph"))))
        else:
            named.append((each.value, _file(each)))
    files = graph.all(node, _QT + "data") + graph.all(node, _UT + "data")
    return Data(tuple(map(_file, files)), tuple(sorted(named)))


def _file(node):
    return None if node is None else locate(node.value)


def list_params(*folders, kinds=None, failures=None, without=()):
    """The cases of some kinds in some folders as parameters of a test.

    `failures` gives the reason for each that is known to fail; one that passes is an error. With
    no suites at hand there is one case, skipped.
    """
    cases = [
        case
        for folder in folders
        for case in read_cases(folder)
        if (kinds is None or case.kind in kinds) and case.id not in without
    ]
    if not cases:
        reason = "no W3C suites: set KG_SHARED to the folder that holds suites/w3c"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason), id="none")]
    return [pytest.param(case, id=case.id, marks=_mark(case, failures or {})) for case in cases]


def _mark(case, failures):
    reason = failures.get(case.id)
    return () if reason is None else pytest.mark.xfail(reason=reason, strict=True)


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


def _row(variables, bindings):
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
        _row(variables, {each.get("name"): _xml_term(each[0]) for each in result})
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
        _row(variables, {name: _json_term(term) for name, term in result.items()})
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
        rows.append(_row(variables, {n: (_tsv_term(cell),) for n, cell in cells.items() if cell}))
    return Results(frozenset(variables), tuple(rows))


def _tsv_term(cell):
    # A cell is a term of Turtle; numbers may stand bare.
    if cell.startswith("_:"):
        return cell
    (row,) = read_rows(f"<s:> <p:> {cell} .".encode(), ox.RdfFormat.TURTLE)
    return row[2]


def _read_csv(data):
    head, *lines = csv.reader(io.StringIO(data.decode(), newline=""))
    rows = [_row(head, {n: (v,) for n, v in zip(head, line, strict=True)}) for line in lines]
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
        rows.append((objects[solution, "index"], _row(variables, bindings)))
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


# --------------------------------------------------------------------------------------- data


def read_text(path: Path) -> str:
    """A query or update, whatever bytes it holds."""
    return path.read_bytes().decode(errors="surrogateescape")


@cache
def write_quads(path: Path, graph: str | None) -> bytes:
    """The statements of a file as N-Quads, those of its default graph in a named one if given."""
    place = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
    found = ox.parse(path.read_bytes(), format=SYNTAXES[path.suffix], base_iri=name_file(path),
                     rename_blank_nodes=True)  # fmt: skip
    quads = (
        ox.Quad(*quad.triple, place) if isinstance(quad.graph_name, ox.DefaultGraph) else quad
        for quad in found
    )
    return ox.serialize(quads, format=ox.RdfFormat.N_QUADS)


def name_graphs(data: Data) -> tuple[str, ...]:
    """The named graphs of a dataset, those inside its files too."""
    names = {name for name, _ in data.named}
    for path in data.default:
        for quad in ox.parse(write_quads(path, None), format=ox.RdfFormat.N_QUADS):
            if isinstance(quad.graph_name, ox.NamedNode):
                names.add(quad.graph_name.value)
    return tuple(sorted(names))


def list_quads(data: Data) -> list[tuple[str, ...]]:
    """The quads of a dataset as solutions of ?s ?p ?o ?g are spelled."""
    rows = set()
    for graph, path in (*((None, path) for path in data.default), *data.named):
        for quad in ox.parse(write_quads(path, graph), format=ox.RdfFormat.N_QUADS):
            terms = {"s": quad.subject, "p": quad.predicate, "o": quad.object}
            if not isinstance(quad.graph_name, ox.DefaultGraph):
                terms["g"] = quad.graph_name
            rows.add(_row("spog", {name: spell(term) for name, term in terms.items()}))
    return sorted(rows)
