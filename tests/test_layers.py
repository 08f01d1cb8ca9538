"""The order of the modules, the homes of the libraries, and the sizes that keep code readable."""

import ast
import enum
import sys
from pathlib import Path

import pytest
from rdflib import RDF, SKOS

from kg import model
from kg.iris import KG
from kg.rdf import read_turtle
from kg.vocabulary import ontology_directory

PACKAGE = Path(__file__).parent.parent / "kg"

ORDER = (
    "errors",
    "model",
    "iris",
    "rdf",
    "compiled",
    "addresses",
    "http",
    "sandbox",
    "vocabulary",
    "documents",
    "syntax",
    "extraction",
    "linking",
    "reading",
    "graph",
    "store",
    "search",
    "reasoning",
    "validation",
    "query",
    "export",
    "review",
    "corpus",
    "enrichment",
    "evaluation",
    "server",
    "cli",
    "__main__",
)

HOMES = {
    "spacy": {"syntax"},
    "thinc": {"syntax"},
    "srsly": {"syntax"},
    "numpy": {"syntax", "reasoning"},
    "onnxruntime": {"syntax"},
    "tokenizers": {"syntax"},
    "duckdb": {"reasoning", "export"},
    "networkx": {"export"},
    "starlette": {"server"},
    "jinja2": {"server"},
    "justhtml": {"documents"},
    "pypdf": {"documents"},
    "markupsafe": {"server"},
    "uvicorn": {"server"},
    "prometheus_client": {"server"},
    "pyspark": {"reasoning"},
    "owlrl": {"reasoning"},
    "pyshacl": {"validation"},
    "pyoxigraph": {"rdf"},
    "rich": {"cli"},
    "requests": {"http"},
    "urllib3": {"http"},
    "yaml": {"review"},
}

GRAPHS = {"Graph", "ConjunctiveGraph", "Dataset"}
GRAPH_HOMES = {"__init__", "rdf", "reasoning", "validation", "export"}

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "core", "base", "manager"}

MODULES = sorted(PACKAGE.rglob("*.py"))
IDS = [path.relative_to(PACKAGE).as_posix() for path in MODULES]
each_module = pytest.mark.parametrize("path", MODULES, ids=IDS)


def _layer(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def _imports(path):
    """The dotted names that a module imports, those under kg with their member."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports name the whole path"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@each_module
def test_imports_point_upstream(path):
    if _layer(path) == "__init__":
        return
    assert _layer(path) in ORDER, f"{path.name} has no place in the order"
    place = ORDER.index(_layer(path))
    for name in _imports(path):
        if name.startswith("kg."):
            target = name.split(".")[1]
            if target in ORDER:
                assert ORDER.index(target) <= place, f"{name} lies downstream"
            else:
                assert target == "__version__", f"{name} has no place in the order"


@each_module
def test_every_library_has_one_home(path):
    for name in _imports(path):
        library = name.split(".")[0]
        if library in sys.stdlib_module_names or library == "kg":
            continue
        if library == "rdflib":
            if name.split(".")[-1] in GRAPHS:
                assert _layer(path) in GRAPH_HOMES, f"{name} is used outside its homes"
        else:
            assert _layer(path) in HOMES.get(library, ()), f"{library} is used outside its home"


@each_module
def test_modules_and_functions_are_short(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 500
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 60, f"{node.name} is too long"


@each_module
def test_names_say_something(path):
    names = {*path.relative_to(PACKAGE).with_suffix("").parts}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name.casefold().strip("_"))
    assert names.isdisjoint(EMPTY_NAMES)


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        (model.Polarity, KG.Polarity),
        (model.Modality, KG.Modality),
        (model.MentionForm, KG.MentionForm),
    ],
)
def test_enums_equal_the_concepts_of_the_ontology(members: type[enum.Enum], kind):
    triples = read_turtle(ontology_directory() / "concord.ttl")
    concepts = {s for s, p, o in triples if (p, o) == (RDF.type, kind)}
    notations = {str(o) for s, p, o in triples if s in concepts and p == SKOS.notation}
    assert notations == {member.value for member in members}
    suffix = "Form" if members is model.MentionForm else ""
    assert concepts == {KG[f"{member.value.capitalize()}{suffix}"] for member in members}
