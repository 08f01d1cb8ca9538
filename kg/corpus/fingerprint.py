"""Which code and ontology read an article, so that a build knows what it need not read again."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path

from rdflib import URIRef

from kg import __version__
from kg.vocabulary import ontology_directory

_PACKAGE = Path(__file__).parent.parent
_CODE = (".py", ".npz", ".json")
_ONTOLOGY = (".ttl", ".rq", ".n3")


def compute_fingerprint(
    ontology: Path | None = None, *, accepted: Collection[URIRef] = (), variant: str = ""
) -> str:
    """A hash over the version, the package's code and model, the ontology and accepted holders.

    `variant` names a reader other than the shipped one.
    """
    digest = hashlib.sha256(__version__.encode())
    for root, suffixes in ((_PACKAGE, _CODE), (ontology or ontology_directory(), _ONTOLOGY)):
        for path in _list_files(root, suffixes):
            digest.update(f"\x1f{path.relative_to(root).as_posix()}\x1f".encode())
            digest.update(path.read_bytes())
    digest.update("\x1f".join(sorted(accepted)).encode())
    digest.update(variant.encode())
    return digest.hexdigest()[:16]


def _list_files(root: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    files = [path for path in root.rglob("*") if path.suffix in suffixes and path.is_file()]
    yield from sorted(files, key=lambda path: path.relative_to(root).as_posix())
