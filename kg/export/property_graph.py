"""The graph as a property graph: CSV files that `neo4j-admin database import` takes as they are.

Nodes are the things that articles name, labelled Entity and their kind. Relationships are claims
and what follows from facts, each under the relation's name as Neo4j writes types (WITHDRAWS_FROM),
with the same properties as the edges of `kg.export.networks`, the quote word for word and where it
stands. `README.txt` beside them holds the command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kg.errors import ExportError
from kg.export.files import open_target
from kg.export.networks import describe_claim
from kg.export.rows import Cell, write_rows
from kg.export.stated import Stated, gather_statements, local_name
from kg.store import GraphStore

NODE_COLUMNS = (
    "iri:ID", "name:string", "type:string", "country:string", "cow:int", "wikidata:string",
    "mentions:int", ":LABEL",
)  # fmt: skip

_CLAIM = ("status", "polarity", "modality", "holder", "period", "topic", "article", "article_date",
          "plover", "quad_class")  # fmt: skip

RELATIONSHIP_COLUMNS = (
    ":START_ID", ":END_ID", ":TYPE", "claim:string", *(f"{name}:string" for name in _CLAIM),
    "quote:string", "start:int", "end:int", "confidence:double",
)  # fmt: skip

IMPORT_COMMAND = (
    "neo4j-admin database import full --nodes=nodes.csv --relationships=relationships.csv"
    " --multiline-fields=true neo4j"
)

_README = f"""Things and claims for Neo4j 5 or later. In this folder, with the database stopped:

{IMPORT_COMMAND}

With --overwrite-destination=true it replaces a database of that name. Then, for instance, what
articles assert of a state:

MATCH (a {{name: 'Japan'}})-[r {{status: 'fact'}}]->(b) RETURN a.name, type(r), b.name, r.quote

status is fact (affirmed by an article), claim (denied, possible, predicted, desired, or only
attributed to somebody) or inferred (follows from facts).
"""


def export_neo4j(store: GraphStore, directory: Path) -> None:
    """Write nodes.csv, relationships.csv and README.txt into a folder, which is made if need be.

    Raises ExportError where they cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"{directory} cannot be made ({error.strerror}): choose another place"
        raise ExportError(message, target=str(directory)) from error
    stated = gather_statements(store)
    with open_target(directory / "nodes.csv") as out:
        write_rows(NODE_COLUMNS, _list_nodes(stated), out)
    with open_target(directory / "relationships.csv") as out:
        write_rows(RELATIONSHIP_COLUMNS, _list_relationships(stated), out)
    with open_target(directory / "README.txt") as out:
        out.write(_README.encode())


def _list_nodes(stated: Stated) -> Iterator[list[Cell]]:
    for iri, thing in stated.things.items():
        label = f"Entity;{thing.kind}" if thing.kind else "Entity"
        yield [iri, thing.label, thing.kind, thing.country, stated.find_cow(thing, None),
               thing.wikidata, thing.mentions, label]  # fmt: skip


def _list_relationships(stated: Stated) -> Iterator[list[Cell]]:
    for claim in stated.claims:
        told = describe_claim(stated, claim)
        yield [claim.subject, claim.object, _name_type(claim.relation), claim.iri,
               *(told[name] for name in _CLAIM),
               claim.quote, claim.start, claim.end, claim.confidence]  # fmt: skip
    for subject, relation, object_ in stated.inferred:
        known = stated.relations[relation]
        told = {"status": "inferred", "plover": known.plover, "quad_class": known.quad_class}
        yield [subject, str(object_), _name_type(relation), None,
               *(told.get(name) for name in _CLAIM), None, None, None, None]  # fmt: skip


def _name_type(relation: str) -> str:
    """A relation's name as Neo4j writes types: withdrawsFrom, WITHDRAWS_FROM."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", local_name(relation)).upper()
