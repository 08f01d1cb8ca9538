"""The graph as a network for Gephi, igraph, Cytoscape or networkx: GraphML and GEXF.

A node is a thing that articles name, under its label, with `type`, `country` (ISO 3166 alpha-3),
`cow`, `wikidata` and how often it is named (`mentions`). An edge is one claim, from subject to
object, so that every tie can be traced to its words: `relation`, `status`, `polarity`,
`modality`, `holder` (`author` for the article itself), `period`, `topic`, `quote`, `article`,
`article_date`, `confidence`, `plover`, `quad_class`. What follows from facts is an edge of its own.

`status` tells them apart: `fact` is affirmed by an article itself, `claim` is anything else that
is said (denied, possible, predicted, desired, or only attributed), `inferred` follows. Keep only
the facts before measuring anything.

Each edge weighs 1. Whoever merges parallel edges (Gephi does, igraph's `simplify`) gets the number
of claims. In GEXF edges also have a kind, and Gephi merges only edges of one kind: one relation
under one label, which names what is not plainly affirmed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO

from rdflib import URIRef

from kg.export.stated import Stated, StatedClaim, gather_statements, local_name
from kg.export.tables import format_period
from kg.iris import hash_content
from kg.store import GraphStore

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from networkx import MultiDiGraph

Attributes = Mapping[str, str | int | float | None]

# What XML 1.0 cannot hold, even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def export_graphml(store: GraphStore, out: BinaryIO) -> None:
    """Write things and claims as GraphML."""
    # The plain writer: networkx's own choice depends on whether lxml is installed.
    from networkx.readwrite.graphml import GraphMLWriter

    writer = GraphMLWriter(make_network(gather_statements(store)))
    _name_keys(writer.xml)
    writer.dump(out)


def export_gexf(store: GraphStore, out: BinaryIO) -> None:
    """Write things and claims as GEXF 1.3."""
    from networkx.readwrite.gexf import GEXFWriter

    network = make_network(gather_statements(store))
    writer = GEXFWriter(network, version="1.3")
    root = writer.xml
    # It tells the day of writing and the version of networkx.
    for meta in root.findall("meta"):
        root.remove(meta)
    # networkx gives the namespace of schema instances under a name that is not its own.
    for name in ("xmlns:xsi", "xsi:schemaLocation"):
        del root.attrib[name]
    _name_edges(root)
    writer.write(out)


def make_network(stated: Stated) -> MultiDiGraph[str]:
    """Things as nodes under their IRIs, claims and what is inferred as edges under theirs."""
    from networkx import MultiDiGraph

    network: MultiDiGraph[str] = MultiDiGraph()
    for iri, thing in stated.things.items():
        node = {
            "label": thing.label,
            "type": thing.kind,
            "country": thing.country,
            "cow": stated.find_cow(thing, None),
            "wikidata": thing.wikidata,
            "mentions": thing.mentions,
        }
        network.add_node(str(iri), **_clean(node))
    for source, target, key, edge in _list_edges(stated):
        network.add_edge(str(source), str(target), key=key, **_clean(edge))
    return network


def _list_edges(stated: Stated) -> Iterator[tuple[URIRef, URIRef, str, Attributes]]:
    for claim in stated.claims:
        yield claim.subject, claim.object, str(claim.iri), describe_claim(stated, claim)
    for subject, relation, object_ in stated.inferred:
        assert isinstance(object_, URIRef)
        known = stated.relations[relation]
        edge: Attributes = {
            "label": f"{known.label} (inferred)",
            "weight": 1.0,
            "relation": local_name(relation),
            "status": "inferred",
            "plover": known.plover,
            "quad_class": known.quad_class,
        }
        key = f"inferred-{hash_content(subject, relation, object_)}"
        yield subject, object_, key, edge


def describe_claim(stated: Stated, claim: StatedClaim) -> Attributes:
    """What an edge tells of the claim it stands for."""
    relation, article = stated.relations.get(claim.relation), stated.articles.get(claim.article)
    name = relation.label if relation else local_name(claim.relation)
    return {
        "label": name if claim.factual else f"{name} ({_qualify(claim)})",
        "weight": 1.0,
        "relation": local_name(claim.relation),
        "status": "fact" if claim.factual else "claim",
        "polarity": claim.polarity,
        "modality": claim.modality,
        "holder": stated.things[claim.holder].label if claim.holder else "author",
        "period": format_period(claim.period),
        "topic": claim.topic,
        "quote": claim.quote,
        "article": article.title if article and article.title else str(claim.article),
        "article_date": article.date if article else None,
        "confidence": claim.confidence,
        "plover": relation.plover if relation else None,
        "quad_class": relation.quad_class if relation else None,
    }


def _qualify(claim: StatedClaim) -> str:
    """Why a claim is no fact, for its label."""
    said = "attributed" if claim.holder is not None else ""
    denied = "negative" if claim.polarity == "negative" else ""
    unsure = claim.modality if claim.modality != "asserted" else ""
    return ", ".join(filter(None, (denied, unsure, said)))


def _clean(attributes: Attributes) -> dict[str, str | int | float]:
    """The attributes that are there, text on one line and without what XML cannot hold."""
    return {
        name: " ".join(_FORBIDDEN.sub("\ufffd", value).split()) if isinstance(value, str) else value
        for name, value in attributes.items()
        if value is not None
    }


def _name_edges(root: Element) -> None:
    """Name edges by their claims instead of a running number, and give each its kind."""
    for declared in root.findall("graph/attributes"):
        for attribute in declared.findall("attribute[@title='networkx_key']"):
            declared.remove(attribute)
            for edge in root.iter("edge"):
                _move_key(edge, attribute.get("id", ""))
    for edge in root.iter("edge"):
        edge.set("kind", edge.get("label", ""))


def _move_key(edge: Element, number: str) -> None:
    for values in edge.findall("attvalues"):
        for value in values.findall(f"attvalue[@for='{number}']"):
            edge.set("id", value.get("value", ""))
            values.remove(value)


def _name_keys(root: Element) -> None:
    """Name the keys of attributes after them: Gephi takes any key d3 or d7 for the label."""
    names = {}
    for key in root.iter("key"):
        names[key.get("id")] = name = f"{key.get('for')}-{key.get('attr.name')}"
        key.set("id", name)
    for data in root.iter("data"):
        data.set("key", names[data.get("key")])
