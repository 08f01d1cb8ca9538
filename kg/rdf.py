"""The border to the RDF engine: the sole importer of pyoxigraph.

Terms on this side are rdflib's. A `Triple` is what the graph holds and has no blank nodes; a
`SourceTriple` is what a file may hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import pyoxigraph as ox
from rdflib import XSD, BNode, URIRef
from rdflib import Literal as RdfLiteral

from kg import iris
from kg.errors import GraphError, OntologyError, QueryError

Node = URIRef | BNode
Term = URIRef | BNode | RdfLiteral
Triple = tuple[URIRef, URIRef, URIRef | RdfLiteral]
Quad = tuple[URIRef, URIRef, URIRef | RdfLiteral, URIRef]
SourceTriple = tuple[Node, URIRef, Term]

PREFIXES: Mapping[str, str] = {
    "kg": str(iris.KG),
    "lex": str(iris.LEX),
    "cue": str(iris.CUE),
    "id": str(iris.ID),
    "oa": str(iris.OA),
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


class Format(Enum):
    """A concrete syntax of RDF."""

    TURTLE = "turtle"
    TRIG = "trig"
    NQUADS = "nquads"
    NTRIPLES = "ntriples"
    JSONLD = "jsonld"


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a query answered: rows under variables (SELECT), a truth value (ASK), or triples."""

    variables: tuple[str, ...] = ()
    rows: tuple[tuple[Term | None, ...], ...] = ()
    boolean: bool | None = None
    triples: tuple[SourceTriple, ...] | None = None


_OxTerm = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_FORMATS = {
    Format.TURTLE: ox.RdfFormat.TURTLE,
    Format.TRIG: ox.RdfFormat.TRIG,
    Format.NQUADS: ox.RdfFormat.N_QUADS,
    Format.NTRIPLES: ox.RdfFormat.N_TRIPLES,
    Format.JSONLD: ox.RdfFormat.JSON_LD,
}


# ------------------------------------------------------------------------------------- terms


def _lower_node(term: Node) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(str(term)) if isinstance(term, BNode) else ox.NamedNode(str(term))


def _lower_term(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if not isinstance(term, RdfLiteral):
        return _lower_node(term)
    if term.language is not None:
        return ox.Literal(str(term), language=term.language)
    if term.datatype is None:
        return ox.Literal(str(term))
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)))


def _lift_literal(term: ox.Literal) -> RdfLiteral:
    if term.language is not None:
        return RdfLiteral(term.value, lang=term.language)
    datatype = URIRef(term.datatype.value)
    if datatype == XSD.string:
        return RdfLiteral(term.value)
    return RdfLiteral(term.value, datatype=datatype, normalize=False)


def _lift_term(term: object) -> Term:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.Literal):
        return _lift_literal(term)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    raise TypeError(f"a triple used as a term has no place here: {term}")


def _lift_source(triple: ox.Triple | ox.Quad) -> SourceTriple:
    subject = _lift_term(triple.subject)
    if isinstance(subject, RdfLiteral):
        raise TypeError("a literal cannot be a subject")
    return subject, URIRef(triple.predicate.value), _lift_term(triple.object)


def _lift_triple(triple: ox.Triple | ox.Quad) -> Triple:
    subject, predicate, object_ = _lift_source(triple)
    if isinstance(subject, BNode) or isinstance(object_, BNode):
        raise TypeError("blank nodes have no place in the graph: skolemise before writing")
    return subject, predicate, object_


def _lower_triple(triple: SourceTriple) -> ox.Triple:
    subject, predicate, object_ = triple
    return ox.Triple(_lower_node(subject), ox.NamedNode(str(predicate)), _lower_term(object_))


def format_term(term: Term) -> str:
    """A term in N-Triples, which is also SPARQL."""
    return str(_lower_term(term))


# ------------------------------------------------------------------------------------- files


def read_turtle(path: Path) -> list[SourceTriple]:
    """The triples of a Turtle file in its order; OntologyError names the file and line.

    Blank nodes are named by content and order, so reading twice gives the same triples.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise OntologyError(f"{path} cannot be read: {reason}", path=path) from error
    names: dict[BNode, BNode] = {}
    stem = f"b{iris.hash_content(data.decode(errors='replace'), length=8)}n"

    def rename(term: Term) -> Term:
        if isinstance(term, BNode):
            return names.setdefault(term, BNode(f"{stem}{len(names)}"))
        return term

    triples: list[SourceTriple] = []
    try:
        for quad in ox.parse(data, format=ox.RdfFormat.TURTLE):
            subject, predicate, object_ = _lift_source(quad)
            node = rename(subject)
            assert not isinstance(node, RdfLiteral)
            triples.append((node, predicate, rename(object_)))
    except SyntaxError as error:
        line = f" line {error.lineno}" if error.lineno else ""
        raise OntologyError(f"{path}{line}: {error.msg}", path=path) from error
    except (TypeError, ValueError) as error:
        raise OntologyError(f"{path}: {error}", path=path) from error
    return triples


def skolemise(triples: Iterable[SourceTriple]) -> list[Triple]:
    """The triples with each blank node replaced by an IRI minted from all that hangs below it.

    Raises OntologyError where blank nodes refer to each other in a ring.
    """
    source = list(triples)
    below: dict[BNode, list[tuple[URIRef, Term]]] = {}
    for subject, predicate, object_ in source:
        if isinstance(subject, BNode):
            below.setdefault(subject, []).append((predicate, object_))
    minted: dict[BNode, URIRef] = {}

    def resolve(term: Term) -> Term:
        return minted.get(term, term) if isinstance(term, BNode) else term

    def mint(start: BNode) -> URIRef:
        # A stack instead of recursion: RDF lists nest as deep as they are long.
        stack, opened = [start], {start}
        while stack:
            node = stack[-1]
            waiting = [
                term
                for _, term in below.get(node, ())
                if isinstance(term, BNode) and term not in minted
            ]
            if not waiting:
                parts = sorted(
                    f"{predicate} {format_term(resolve(term))}"
                    for predicate, term in below.get(node, ())
                )
                minted[node] = iris.mint_part(iris.ONTOLOGY_GRAPH, "node", *parts)
                stack.pop()
            elif opened.intersection(waiting):
                raise OntologyError(f"blank nodes refer to each other in a ring at {node}")
            else:
                stack.append(waiting[0])
                opened.add(waiting[0])
        return minted[start]

    def name(term: Node) -> URIRef:
        if isinstance(term, BNode):
            return minted.get(term) or mint(term)
        return term

    return [
        (name(subject), predicate, object_ if isinstance(object_, RdfLiteral) else name(object_))
        for subject, predicate, object_ in source
    ]


TermTriple = tuple[str, str, str]
"""A triple of any RDF, each term as N-Triples writes it."""


def read_terms(path: Path, *, stem: str = "b") -> Iterator[TermTriple]:
    """The triples of any RDF file, of a dataset those of all its graphs, in the file's order.

    The syntax goes by the file's name. Blank nodes are named `stem` and a number in the order in
    which they come, so reading twice gives the same. Raises GraphError where it is no RDF.
    """
    syntax = ox.RdfFormat.from_extension(path.suffix.removeprefix(".").lower() or "?")
    if path.suffix == ".owl":
        syntax = ox.RdfFormat.RDF_XML
    if syntax is None:
        known = ".ttl, .nt, .nq, .trig, .rdf, .owl, .xml, .n3 or .jsonld"
        raise GraphError(f"{path}: the name does not tell the syntax: end it in {known}", path=path)
    if not path.is_file():
        raise GraphError(f"{path} cannot be read: there is no such file", path=path)
    names: dict[str, str] = {}
    try:
        for quad in ox.parse(path=str(path), format=syntax):
            subject, object_ = str(quad.subject), str(quad.object)
            if subject.startswith("_:"):
                subject = names.setdefault(subject, f"_:{stem}{len(names)}")
            if object_.startswith("_:"):
                object_ = names.setdefault(object_, f"_:{stem}{len(names)}")
            yield subject, str(quad.predicate), object_
    except OSError as error:
        raise GraphError(f"{path} cannot be read: {error.strerror or error}", path=path) from error
    except (SyntaxError, ValueError) as error:
        raise GraphError(f"{path} is not {syntax.name}: {error}", path=path) from error


def format_terms(triples: Iterable[TermTriple], format: Format) -> bytes:
    """Triples of any RDF as a file of them, sorted: the same triples give the same bytes."""
    lines = sorted(f"{subject} {predicate} {object_} ." for subject, predicate, object_ in triples)
    data = "".join(f"{line}\n" for line in lines).encode()
    if format in (Format.NTRIPLES, Format.NQUADS):
        return data
    found = (quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES))
    used = {name: iri for name, iri in PREFIXES.items() if f"<{iri}".encode() in data}
    text = ox.serialize(found, format=_FORMATS[format], prefixes=used)
    assert text is not None
    return text


# ------------------------------------------------------------------ text to quads and back


def parse_quads(data: bytes, format: Format) -> list[tuple[SourceTriple, URIRef | None]]:
    """The triples of a document, each with its graph (None: the default graph).

    Raises ValueError for what does not parse.
    """
    try:
        return [
            (
                _lift_source(quad),
                URIRef(quad.graph_name.value)
                if isinstance(quad.graph_name, ox.NamedNode | ox.BlankNode)
                else None,
            )
            for quad in ox.parse(data, format=_FORMATS[format])
        ]
    except (SyntaxError, TypeError) as error:
        raise ValueError(f"not {format.value}: {error}") from error


def format_triple(triple: SourceTriple) -> str:
    """A triple as a line of canonical N-Triples, without its end."""
    return f"{_lower_triple(triple)} ."


def format_quad(quad: Quad) -> str:
    """A quad as a line of canonical N-Quads, without its end."""
    return f"{_lower_triple(quad[:3])} {format_term(quad[3])} ."


# ------------------------------------------------------------------------------------- store


class QuadStore:
    """Oxigraph, typed and in rdflib's terms; raises what the engine raises (see kg.store)."""

    def __init__(self, path: Path | None = None, *, read_only: bool = False) -> None:
        if path is None:
            self._store = ox.Store()
        elif read_only:
            self._store = ox.Store.read_only(str(path))
        else:
            self._store = ox.Store(str(path))

    def graphs(self) -> list[URIRef]:
        """The named graphs, sorted."""
        return sorted(URIRef(graph.value) for graph in self._store.named_graphs())

    def triples(
        self,
        graph: URIRef | None = None,
        *,
        subject: URIRef | None = None,
        predicate: URIRef | None = None,
        object: URIRef | RdfLiteral | None = None,
    ) -> Iterator[Quad]:
        """The quads that fit what is given, in the engine's order."""
        found = self._store.quads_for_pattern(
            None if subject is None else ox.NamedNode(str(subject)),
            None if predicate is None else ox.NamedNode(str(predicate)),
            None if object is None else _lower_term(object),
            None if graph is None else ox.NamedNode(str(graph)),
        )
        for quad in found:
            if isinstance(quad.graph_name, ox.NamedNode):
                yield *_lift_triple(quad), URIRef(quad.graph_name.value)

    def change(
        self,
        replaced: Mapping[URIRef, Iterable[SourceTriple]],
        amended: Mapping[URIRef, tuple[Iterable[SourceTriple], Iterable[SourceTriple]]],
    ) -> None:
        """Set the whole content of some graphs and add to and take from others, all at once.

        `amended` holds for each graph what comes and what goes; a graph that is left empty is to be
        replaced by nothing instead, else its name stays.
        """
        parts: list[str] = []
        for graph, triples in replaced.items():
            parts.append(f"DROP SILENT GRAPH {format_term(graph)}")
            parts += _write_data("INSERT", graph, skolemise(triples))
        for graph, (added, gone) in amended.items():
            parts += _write_data("DELETE", graph, skolemise(gone))
            parts += _write_data("INSERT", graph, skolemise(added))
        if parts:
            # The engine's own calls commit one by one; only an update spans several graphs.
            self._store.update(" ;\n".join(parts))

    def query(self, text: str, *, default_union: bool = True) -> QueryResult:
        """Answer a SPARQL query; QueryError where it is malformed or yields triples as terms."""
        try:
            found = self._store.query(text, use_default_graph_as_union=default_union)
            if isinstance(found, ox.QueryBoolean):
                return QueryResult(boolean=bool(found))
            if isinstance(found, ox.QueryTriples):
                return QueryResult(triples=tuple(_lift_source(triple) for triple in found))
            assert isinstance(found, ox.QuerySolutions)
            variables = tuple(variable.value for variable in found.variables)
            rows = tuple(
                tuple(None if term is None else _lift_term(term) for term in solution)
                for solution in found
            )
            return QueryResult(variables=variables, rows=rows)
        except SyntaxError as error:
            raise QueryError(f"the query is malformed: {error.msg}", query=text) from error
        except (TypeError, ValueError) as error:
            raise QueryError(f"the query cannot be answered: {error}", query=text) from error

    def flush(self) -> None:
        """Put on disk all that was committed."""
        self._store.flush()

    def __len__(self) -> int:
        return len(self._store)


def _write_data(action: str, graph: URIRef, triples: Iterable[SourceTriple]) -> list[str]:
    body = "\n".join(map(format_triple, triples))
    return [f"{action} DATA {{ GRAPH {format_term(graph)} {{\n{body}\n}} }}"] if body else []
