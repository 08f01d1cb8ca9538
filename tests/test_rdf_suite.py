"""The W3C's test suites of Turtle, TriG, N-Triples and N-Quads, read as files that users name.

Left out are the tests of entailment under the semantics of RDF; `test_owl_suite` has those of OWL.
"""

from __future__ import annotations

import re

import pytest
import w3c
from rows import same_rows, split_terms

from kg.errors import GraphError
from kg.sandbox import Limits, read_quads

LIMITS = Limits(seconds=20, memory=1 << 30)
SYNTAXES = ("turtle", "trig", "n-triples", "n-quads")
FOLDERS = (
    *(f"rdf/rdf11/rdf-{syntax}" for syntax in SYNTAXES),
    *(f"rdf/rdf12/rdf-{syntax}/syntax" for syntax in SYNTAXES),
    *(f"rdf/rdf12/rdf-{syntax}/eval" for syntax in ("turtle", "trig")),
    *(f"rdf/rdf12/rdf-{syntax}/c14n" for syntax in ("n-triples", "n-quads")),
)
LEFT_OUT = ("rdf/rdf11/rdf-mt", "rdf/rdf12/rdf-semantics")


def pick(kind):
    """The cases whose kind has a word in it."""
    kinds = {f"Test{syntax}{kind}" for syntax in ("Turtle", "Trig", "NTriples", "NQuads")}
    return w3c.list_params(*FOLDERS, kinds=kinds)


@pytest.fixture
def read(tmp_path):
    """Read the file of a case with the base that its manifest gives it, as rows."""

    def read_case(case):
        path = case.action
        if path.suffix in (".ttl", ".trig"):
            # Where a file lies says nothing of what its relative IRIs mean.
            path = tmp_path / case.action.name
            path.write_bytes(f"@base <{case.base}> . ".encode() + case.action.read_bytes())
        return [split_terms(quad) for quad in read_quads(path, limits=LIMITS)]

    return read_case


def test_all_folders_of_the_suites_are_run_or_left_out():
    manifests = (w3c.SUITES / "rdf").glob("rdf1?/**/manifest.ttl")
    present = {path.parent.relative_to(w3c.SUITES).as_posix() for path in manifests}
    present = {folder for folder in present if not folder.startswith(LEFT_OUT)}
    if not present:
        pytest.skip("no W3C suites: set KG_SHARED to the folder that holds suites/w3c")
    # Manifests of nothing but other manifests.
    gathering = {"rdf/rdf11", "rdf/rdf12", *(f"rdf/rdf12/rdf-{syntax}" for syntax in SYNTAXES)}
    assert present - gathering == set(FOLDERS)


@pytest.mark.parametrize("case", pick("PositiveSyntax"))
def test_well_formed_files_are_read(case, read):
    read(case)


@pytest.mark.parametrize("case", pick("NegativeSyntax"))
def test_malformed_files_are_refused(case, read):
    with pytest.raises(GraphError, match="is not"):
        read(case)


@pytest.mark.parametrize("case", pick("Eval"))
def test_files_say_what_they_should(case, read):
    expected = w3c.read_file_rows(case.result)
    assert same_rows(list(dict.fromkeys(read(case))), expected)


@pytest.mark.parametrize("case", pick("PositiveC14N"))
def test_terms_are_written_in_their_canonical_form(case):
    lines = []
    for *terms, graph in read_quads(case.action, limits=LIMITS):
        lines.append(" ".join([*terms, *([] if graph is None else [graph]), ".\n"]))
    # The names of blank nodes are the reader's own, and no matter of form.
    names = {}
    expected = re.sub(r"_:\w+", lambda found: names.setdefault(found[0], f"_:b{len(names)}"),
                      case.result.read_text(encoding="utf-8"))  # fmt: skip
    assert "".join(lines) == expected
