"""The W3C's test suites of RDF and SPARQL: their manifests, and the data of their cases."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from rows import SYNTAXES, read_rows, spell, spell_row

SUITES = (
    Path(os.environ.get("KG_SHARED", Path(__file__).parent.parent.parent / "shared"))
    / "suites" / "w3c"
)  # fmt: skip
BASE = "https://w3c.github.io/rdf-tests/"

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_UT = "http://www.w3.org/2009/sparql/tests/test-update#"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


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


# --------------------------------------------------------------------------------------- data


def read_text(path: Path) -> str:
    """A query or update, whatever bytes it holds."""
    return path.read_bytes().decode(errors="surrogateescape")


def read_file_rows(path: Path) -> list[tuple[str, ...]]:
    """The statements of a file of the suites."""
    return read_rows(path.read_bytes(), SYNTAXES[path.suffix], name_file(path))


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
            rows.add(spell_row("spog", {name: spell(term) for name, term in terms.items()}))
    return sorted(rows)
