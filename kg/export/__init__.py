"""Graphs and readings as files: RDF syntaxes, and claims and mentions as tables."""

from kg.export.files import open_target
from kg.export.graphs import export_graph
from kg.export.tables import TABLE_FORMATS, export_claims, export_mentions
from kg.rdf import Format

__all__ = [
    "TABLE_FORMATS",
    "Format",
    "export_claims",
    "export_graph",
    "export_mentions",
    "open_target",
]
