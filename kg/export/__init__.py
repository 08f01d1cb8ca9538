"""Graphs and readings as files: RDF syntaxes, tables, networks and property graphs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from kg.export.claim_table import export_claim_csv, export_claim_parquet
from kg.export.events import export_events
from kg.export.files import open_target
from kg.export.graphs import export_graph
from kg.export.networks import export_gexf, export_graphml
from kg.export.property_graph import export_neo4j
from kg.export.tables import TABLE_FORMATS, export_claims, export_mentions
from kg.rdf import Format
from kg.store import GraphStore

TABLE_EXPORTS: Mapping[str, Callable[[GraphStore, BinaryIO], None]] = {
    "claims-csv": export_claim_csv,
    "claims-parquet": export_claim_parquet,
    "events": export_events,
    "graphml": export_graphml,
    "gexf": export_gexf,
}
"""What writes the whole graph as a table or a network, by the name of its format."""

DIRECTORY_EXPORTS: Mapping[str, Callable[[GraphStore, Path], None]] = {"neo4j": export_neo4j}
"""What writes the whole graph as several files into a folder, by the name of its format."""

__all__ = [
    "DIRECTORY_EXPORTS",
    "TABLE_EXPORTS",
    "TABLE_FORMATS",
    "Format",
    "export_claims",
    "export_graph",
    "export_mentions",
    "open_target",
]
