"""The rules of OWL 2 RL and of Concord as one kind of record, read from `ontology/rules/`."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, Literal, Namespace, URIRef, Variable
from rdflib.exceptions import ParserError
from rdflib.graph import QuotedGraph
from rdflib.plugins.parsers.notation3 import BadSyntax

from kg.errors import OntologyError
from kg.reasoning.clauses import Clause

RL = Namespace("https://w3id.org/concord/owl2rl#")
OWL2RL_FILE = "owl2rl.n3"

_IMPLIES = URIRef("http://www.w3.org/2000/10/swap/log#implies")
_LIST_RELATIONS = frozenset(
    RL[name]
    for name in (
        "member", "earlier", "later", "classesOf", "leadsFrom", "leadsTo", "comparing", "with",
    )
)  # fmt: skip

Atom = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over triples: its head follows wherever its body holds; no head: a contradiction.

    Terms are in the syntax of N-Triples, variables start with "?". `lists` are the conditions on
    lists (list variable, "member", variable), see the head of owl2rl.n3. A rule that is `built_in`
    is carried out by the engines themselves. `own` marks the rules beyond OWL 2 RL.
    """

    name: str
    wording: str
    head: Atom | None
    body: tuple[Atom, ...]
    lists: tuple[Atom, ...] = ()
    distinct: tuple[tuple[str, str], ...] = ()
    table: int = 0
    built_in: bool = False
    own: bool = False


def read_rulebook(path: Path) -> tuple[Rule, ...]:
    """The rules of OWL 2 RL from a Notation3 file, one record for each triple of a head.

    Raises OntologyError where the file cannot be read or a rule has no formula.
    """
    graph = Graph()
    try:
        with warnings.catch_warnings():
            # rdflib's own parser of formulas uses names that rdflib has deprecated.
            warnings.simplefilter("ignore", DeprecationWarning)
            graph.parse(source=str(path), format="n3")
    except (OSError, BadSyntax, ParserError) as error:
        raise OntologyError(f"{path}: cannot be read as Notation3: {error}", path=path) from error
    names = sorted(
        {subject for subject in graph.subjects(RL.table) if isinstance(subject, URIRef)},
        key=lambda name: (int(str(graph.value(name, RL.table))), name),
    )
    rules = tuple(rule for name in names for rule in _read_entry(graph, name, path))
    if not rules:
        raise OntologyError(f"{path}: holds no rule", path=path)
    return rules


def _read_entry(graph: Graph, name: URIRef, path: Path) -> Iterator[Rule]:
    short = name.removeprefix(str(RL))
    wording = str(graph.value(name, RL.wording) or "")
    table = int(str(graph.value(name, RL.table)))
    built_in = graph.value(name, RL.builtIn) is not None
    formulas = [each for each in graph.objects(name, RL.rule) if isinstance(each, QuotedGraph)]
    if not wording or not (formulas or built_in):
        raise OntologyError(f"{path}: {short} needs rl:wording and rl:rule", path=path)
    if not formulas:
        yield Rule(short, wording, None, (), table=table, built_in=True)
    for formula in formulas:
        for given, _, then in formula.triples((None, _IMPLIES, None)):
            body, lists = _split_lists(given)
            heads: Sequence[Atom | None] = (
                _read_atoms(then) if isinstance(then, QuotedGraph) else (None,)
            )
            for head in heads:
                yield Rule(short, wording, head, body, lists, (), table, built_in)


def _split_lists(formula: object) -> tuple[tuple[Atom, ...], tuple[Atom, ...]]:
    body, lists = [], []
    for atom in _read_atoms(formula):
        name = atom[1].removeprefix("<").removesuffix(">")
        if URIRef(name) in _LIST_RELATIONS:
            lists.append((atom[0], name.removeprefix(str(RL)), atom[2]))
        else:
            body.append(atom)
    return tuple(body), tuple(lists)


def _read_atoms(formula: object) -> tuple[Atom, ...]:
    if not isinstance(formula, QuotedGraph):
        return ()
    # A formula is a set; the conditions on the schema come first, so that proofs read well.
    atoms = [(_write(s), _write(p), _write(o)) for s, p, o in formula]
    return tuple(sorted(atoms, key=lambda atom: (atom[1].startswith("?"), atom)))


def _write(term: object) -> str:
    if isinstance(term, Variable):
        return f"?{term}"
    if isinstance(term, URIRef | Literal):
        return term.n3()
    raise OntologyError(f"a rule has no term like {term!r}", path=Path(OWL2RL_FILE))


def read_clauses(clauses: Iterable[Clause]) -> tuple[Rule, ...]:
    """The rules beyond OWL 2 RL in the form that the engines take."""
    return tuple(
        Rule(
            clause.name,
            clause.label,
            _write_pattern(clause.head),
            tuple(_write_pattern(pattern) for pattern in clause.body),
            distinct=tuple((f"?{one}", f"?{other}") for one, other in clause.distinct),
            own=True,
        )
        for clause in clauses
    )


def _write_pattern(pattern: tuple[object, object, object]) -> Atom:
    return _write(pattern[0]), _write(pattern[1]), _write(pattern[2])
