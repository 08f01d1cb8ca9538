"""Every IRI that Concord mints, in one place; content decides each, so a rebuild mints the same."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from rdflib import Namespace, URIRef

BASE = "https://w3id.org/concord/"

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\x7f\ud800-\udfff]*")


class _Terms(Namespace):
    """A namespace that makes each of its terms once: the reading asks for them constantly."""

    def __getattr__(self, name: str) -> URIRef:
        term = super().__getattr__(name)
        self.__dict__[name] = term
        return term


KG = _Terms(BASE + "ontology#")
LEX = _Terms(BASE + "lexicon#")
CUE = _Terms(BASE + "cues#")
OA = _Terms("http://www.w3.org/ns/oa#")
ID = _Terms(BASE + "id/")

ONTOLOGY_GRAPH = URIRef(BASE + "graph/ontology")
BACKGROUND_GRAPH = URIRef(BASE + "graph/background")
IDENTITY_GRAPH = URIRef(BASE + "graph/identity")
INFERRED_GRAPH = URIRef(BASE + "graph/inferred")
LINKS_GRAPH = URIRef(BASE + "graph/links")
DECISIONS_GRAPH = URIRef(BASE + "graph/decisions")
ENRICHED_GRAPH = URIRef(BASE + "graph/enriched")
BUILD_GRAPH = URIRef(BASE + "graph/build")
DEFAULT_GRAPH = URIRef(BASE + "graph/default")


def hash_content(*parts: str, length: int = 16) -> str:
    """The first hexadecimal digits of the SHA-256 over the parts, unit separators between them."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:length]


def is_iri(text: str) -> bool:
    """Whether a text is an absolute IRI that can stand between angle brackets (RFC 3987)."""
    return _ABSOLUTE.fullmatch(text) is not None


def make_slug(name: str, limit: int = 48) -> str:
    """A readable ASCII stem of a name for use inside an IRI."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:limit].strip("-") or "x"


def mint_document(digest: str) -> URIRef:
    """The IRI of the article whose bytes have this SHA-256."""
    return URIRef(f"{BASE}article/{digest[:16]}")


def article_graph(document: URIRef) -> URIRef:
    """The named graph that holds an article, its sentences, mentions and claims."""
    return URIRef(f"{BASE}graph/article/{document.rsplit('/', 1)[1]}")


def facts_graph(document: URIRef) -> URIRef:
    """The named graph that holds the plain triples of an article's accepted claims."""
    return URIRef(f"{BASE}graph/facts/{document.rsplit('/', 1)[1]}")


def mint_author_voice(document: URIRef) -> URIRef:
    """The voice of the article itself, which holds what it says without attribution."""
    return URIRef(f"{document}/voice")


def mint_entity(document: URIRef, kind: URIRef, name: str) -> URIRef:
    """The IRI of a thing that the gazetteer does not know: by article, kind and folded name."""
    digest = hash_content(document, kind, name.casefold(), length=10)
    return URIRef(f"{BASE}id/{make_slug(name)}-{digest}")


def mint_split(thing: URIRef, *places: str) -> URIRef:
    """The IRI of what was split off a thing: by the thing and the places of its mentions."""
    stem = thing.rsplit("/", 1)[1].rsplit("-", 1)[0]
    return URIRef(f"{BASE}id/{make_slug(stem)}-{hash_content(thing, *places, length=10)}")


def mint_decision(*key: str) -> URIRef:
    """The IRI of what somebody decided: by what it is about, what was decided, by whom, when."""
    return URIRef(f"{BASE}decision/{hash_content(*key)}")


def mint_part(document: URIRef, part: str, *key: object) -> URIRef:
    """The IRI of a sentence, mention, claim, evidence or selector of an article."""
    return URIRef(f"{document}/{part}/{hash_content(*map(str, key))}")


def mint_link(part: str, *key: object) -> URIRef:
    """The IRI of a candidate for a link or of a decision about one."""
    return URIRef(f"{BASE}link/{part}/{hash_content(*map(str, key))}")


def mint_record(part: str, *key: object) -> URIRef:
    """The IRI of a term, a membership or a statement that enriches the graph."""
    return URIRef(f"{BASE}record/{part}/{hash_content(*map(str, key))}")


def mint_blank(label: str) -> URIRef:
    """The IRI that stands for a blank node (RDF 1.1 Concepts, 3.5), by its label."""
    return URIRef(f"{BASE}.well-known/genid/{hash_content(label)}")
