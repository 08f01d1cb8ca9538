"""The manifest: what the service is and offers, and under which addresses."""

from __future__ import annotations

from kg import __version__
from kg.iris import ID, KG
from kg.server.descriptions import TITLE
from kg.server.reconciliation.access import PATH
from kg.server.reconciliation.catalogue import KindEntry, Schema
from kg.server.reconciliation.extending import SETTINGS
from kg.server.reconciliation.queries import MOST_QUERIES

Json = dict[str, object]

DRAFT = "1.0-draft"
PREVIEW_WIDTH, PREVIEW_HEIGHT = 400, 260
_ROOT = "Entity"


def describe_manifest(schema: Schema, base: str) -> Json:
    """The manifest of version 0.2."""
    here = f"{base}{PATH}"
    suggest = {
        name: {
            "service_url": here,
            "service_path": f"/suggest/{name}",
            "flyout_service_url": here,
            "flyout_service_path": f"/flyout/{name}?id=${{id}}",
        }
        for name in ("entity", "property", "type")
    }
    return {
        "versions": ["0.2"],
        "name": TITLE,
        "identifierSpace": str(ID),
        "schemaSpace": str(KG),
        "documentation": f"{base}/page/ontology",
        "serviceVersion": __version__,
        "defaultTypes": [describe_kind(each) for each in _list_default_kinds(schema)],
        "view": {"url": f"{base}/page/id/{{{{id}}}}"},
        "suggest": suggest,
        "preview": {
            "url": f"{here}/preview?id={{{{id}}}}",
            "width": PREVIEW_WIDTH,
            "height": PREVIEW_HEIGHT,
        },
        "extend": {
            "propose_properties": {"service_url": here, "service_path": "/properties"},
            "property_settings": list(SETTINGS),
        },
        "batchSize": MOST_QUERIES,
    }


def describe_draft_manifest(schema: Schema, base: str) -> Json:
    """The manifest of the 1.0 draft, in which all addresses follow from that of the service."""
    settings = [
        {
            "id": setting["name"],
            "name": setting["label"],
            "helpText": setting["help_text"],
            **{name: setting[name] for name in ("type", "default", "choices") if name in setting},
        }
        for setting in SETTINGS
    ]
    return {
        "versions": [DRAFT],
        "name": TITLE,
        "documentation": f"{base}/page/ontology",
        "serviceVersion": __version__,
        "defaultTypes": [describe_kind(each) for each in _list_default_kinds(schema)],
        "view": {"url": f"{base}/page/id/{{id}}"},
        "suggest": {"entity": True, "property": True, "type": True},
        "preview": {"width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT},
        "extend": {"proposeProperties": True, "propertySettings": settings},
        "batchSize": MOST_QUERIES,
        "lang": "en",
        "standardizedScore": True,
    }


def _list_default_kinds(schema: Schema) -> list[KindEntry]:
    """The kind that all things are of, then those that readers give."""
    kinds = sorted(schema.kinds.values(), key=lambda each: each.kind.label)
    root = [each for each in kinds if each.kind.name == _ROOT]
    return [*root, *(each for each in kinds if each.given and each not in root)]


def describe_kind(entry: KindEntry) -> Json:
    """A kind by its identifier and name."""
    return {"id": entry.kind.name, "name": entry.kind.label}
