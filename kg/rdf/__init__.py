"""The border to the RDF engine: the sole importer of pyoxigraph.

Terms on this side are rdflib's. A `Triple` is what the graph holds and has no blank nodes; a
`SourceTriple` is what a file may hold.
"""

from kg.rdf.files import (
    Format,
    Statement,
    TermTriple,
    find_syntax,
    format_terms,
    list_quads,
    parse_quads,
    read_turtle,
    write_statements,
)
from kg.rdf.media import list_bindings, list_triples
from kg.rdf.stores import AnswerForm, AnswerOptions, QuadStore, QueryResult
from kg.rdf.terms import (
    PREFIXES,
    Node,
    Quad,
    SourceTriple,
    Term,
    Triple,
    format_quad,
    format_term,
    format_triple,
    skolemise,
)

__all__ = [
    "PREFIXES",
    "AnswerForm",
    "AnswerOptions",
    "Format",
    "Node",
    "Quad",
    "QuadStore",
    "QueryResult",
    "SourceTriple",
    "Statement",
    "Term",
    "TermTriple",
    "Triple",
    "find_syntax",
    "format_quad",
    "format_term",
    "format_terms",
    "format_triple",
    "list_bindings",
    "list_quads",
    "list_triples",
    "parse_quads",
    "read_turtle",
    "skolemise",
    "write_statements",
]
