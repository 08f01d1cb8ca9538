"""Where the ontology's files are: beside the package in a wheel, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from kg.errors import OntologyError

_PACKAGE = Path(__file__).parent.parent


def ontology_directory() -> Path:
    """The folder that holds `concord.ttl`, lexicon, names, cues, shapes, rules and questions."""
    for place in (_PACKAGE / "_ontology", _PACKAGE.parent / "ontology"):
        if place.is_dir():
            return place
    raise OntologyError("the ontology's files are missing: reinstall concord-kg", path=_PACKAGE)
