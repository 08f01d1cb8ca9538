"""The border to the RDF engine: the sole importer of pyoxigraph.

Terms on this side are rdflib's. A `Triple` is what the graph holds and has no blank nodes; a
`SourceTriple` is what a file may hold.
"""

from kg.rdf.files import (
    Format,
    Statement,
    TermTriple,
    format_terms,
    parse_file,
    parse_quads,
    read_terms,
    read_turtle,
    write_statements,
)
from kg.rdf.stores import QuadStore, QueryResult
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
    "format_quad",
    "format_term",
    "format_terms",
    "format_triple",
    "parse_file",
    "parse_quads",
    "read_terms",
    "read_turtle",
    "skolemise",
    "write_statements",
]
