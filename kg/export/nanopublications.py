"""A nanopublication for each claim: what is asserted, where from, and who published it.

After https://nanopub.net/guidelines/working_draft/. Its IRI is a trusty one: it ends in a hash of
all that the nanopublication says, so that whoever has it can tell whether a word was changed.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import BinaryIO

from rdflib import DCTERMS, PROV, RDF, RDFS, XSD, Literal, Namespace, URIRef

from kg import iris
from kg.export.articles import CitedArticle, CitedClaim
from kg.export.turtle import NAMESPACES, PrefixedNames, format_node, format_subjects
from kg.iris import KG, OA
from kg.rdf import Quad, Triple, format_term

NP = Namespace("http://www.nanopub.org/nschema#")
LICENSE = URIRef("https://creativecommons.org/licenses/by-sa/4.0/")
"""That of Concord's names and relations, of which every assertion is made up."""

_BASE = iris.BASE + "np/"
_UNNAMED = _BASE + "unnamed"


def write_nanopublications(articles: Iterable[CitedArticle], out: BinaryIO) -> None:
    """Write a nanopublication for each claim, in TriG."""
    names = {**NAMESPACES, "np": str(NP)}
    for prefix, namespace in names.items():
        out.write(f"@prefix {prefix}: <{namespace}> .\n".encode())
    for article in articles:
        for claim in article.claims:
            quads = describe_nanopublication(article, claim)
            out.write(_format_nanopublication(quads, names).encode())


def describe_nanopublication(article: CitedArticle, claim: CitedClaim) -> list[Quad]:
    """The four graphs of a claim's nanopublication: head, assertion, provenance, publication.

    Only what the article itself affirms and asserts is stated as a triple; of what is denied,
    possible, predicted, desired or somebody else's view the claim is described instead.
    """
    code = compute_trusty_code(_describe(article, claim, _UNNAMED), _UNNAMED)
    return list(_describe(article, claim, f"{_BASE}{code}"))


def compute_trusty_code(quads: Iterable[Quad], name: str) -> str:
    """The artifact code, of the kind RA, of quads in which `name` stands for the name-to-be.

    A space takes the place of the code.
    Quads sorted by graph, subject, predicate and object, IRIs before literals, each term on a line,
    and the SHA-256 of it all in base 64. After Kuhn and Dumontier, "Trusty URIs: Verifiable,
    Immutable, and Permanent Digital Artifacts for Linked Data" (ESWC 2014).
    """
    lines = sorted({_normalise(quad, name) for quad in quads})
    text = "".join(f"{part}\n" for line in lines for part in (*line[:3], line[-1]))
    digest = hashlib.sha256(text.encode()).digest()
    return "RA" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _normalise(quad: Quad, name: str) -> tuple[str, str, str, bool, str, str, str, str]:
    """What a quad is sorted by: graph, subject, predicate, object; last, how that is hashed."""
    subject, predicate, object_, graph = quad
    unnamed = f"{_BASE} "
    if not isinstance(object_, Literal):
        last = object_.replace(name, unnamed)
        key = False, last, "", ""
    else:
        kind = "" if object_.language else str(object_.datatype or XSD.string)
        key = True, str(object_), kind, object_.language or ""
        text = object_.replace("\\", "\\\\").replace("\n", "\\n")
        last = f"@{object_.language.lower()} {text}" if object_.language else f"^{kind} {text}"
    first, second = graph.replace(name, unnamed), subject.replace(name, unnamed)
    return first, second, str(predicate), *key, last


# ------------------------------------------------------------------------------------ content


def _describe(article: CitedArticle, claim: CitedClaim, name: str) -> Iterator[Quad]:
    publication = URIRef(name)
    head, assertion, provenance, info = (
        URIRef(f"{name}#{part}") for part in ("Head", "assertion", "provenance", "pubinfo")
    )
    for graph, triples in (
        (head, _describe_head(publication, assertion, provenance, info)),
        (assertion, _assert_claim(claim)),
        (provenance, _describe_provenance(article, claim, assertion)),
        (info, _describe_publication(article, claim, publication)),
    ):
        for triple in triples:
            yield *triple, graph


def _describe_head(
    publication: URIRef, assertion: URIRef, provenance: URIRef, info: URIRef
) -> Iterator[Triple]:
    yield publication, RDF.type, NP.Nanopublication
    yield publication, NP.hasAssertion, assertion
    yield publication, NP.hasProvenance, provenance
    yield publication, NP.hasPublicationInfo, info


def _assert_claim(claim: CitedClaim) -> Iterator[Triple]:
    if claim.is_plain:
        yield claim.subject, claim.relation, claim.object
        return
    yield claim.iri, RDF.type, KG.Claim
    yield claim.iri, KG.subject, claim.subject
    yield claim.iri, KG.relation, claim.relation
    yield claim.iri, KG.object, claim.object
    yield claim.iri, KG.polarity, claim.polarity
    yield claim.iri, KG.modality, claim.modality
    yield claim.iri, KG.holder, claim.holder
    yield from claim.qualifiers


def _describe_provenance(
    article: CitedArticle, claim: CitedClaim, assertion: URIRef
) -> Iterator[Triple]:
    passage = claim.passage
    yield assertion, PROV.wasDerivedFrom, claim.iri
    yield assertion, PROV.hadPrimarySource, article.iri
    yield assertion, PROV.wasAttributedTo, claim.holder
    if article.activity is not None:
        yield assertion, PROV.wasGeneratedBy, article.activity
    yield claim.holder, RDFS.label, Literal(claim.holder_label)
    yield claim.iri, KG.evidence, passage.iri
    if claim.is_plain:
        yield from claim.qualifiers
    if claim.confidence is not None:
        yield claim.iri, KG.confidence, claim.confidence
    if article.title is not None:
        yield article.iri, DCTERMS.title, Literal(article.title)
    yield passage.iri, RDF.type, OA.SpecificResource
    yield passage.iri, OA.hasSource, article.iri
    if passage.quote is not None and passage.position is not None:
        yield passage.iri, OA.hasSelector, passage.quote
        yield passage.iri, OA.hasSelector, passage.position
        yield passage.quote, RDF.type, OA.TextQuoteSelector
        yield passage.quote, OA.exact, Literal(passage.exact)
        for predicate, text in ((OA.prefix, passage.prefix), (OA.suffix, passage.suffix)):
            if text is not None:
                yield passage.quote, predicate, Literal(text)
        yield passage.position, RDF.type, OA.TextPositionSelector
        for predicate, place in ((OA.start, passage.start), (OA.end, passage.end)):
            yield passage.position, predicate, Literal(str(place), datatype=XSD.integer)


def _describe_publication(
    article: CitedArticle, claim: CitedClaim, publication: URIRef
) -> Iterator[Triple]:
    yield publication, RDFS.label, Literal(claim.wording, lang="en")
    yield publication, DCTERMS.license, LICENSE
    if article.date is not None:
        # Not the clock's: the same graph gives the same nanopublications.
        yield publication, DCTERMS.created, _date(article.date)
    if article.software is not None:
        yield publication, DCTERMS.creator, article.software.iri
        yield article.software.iri, RDF.type, PROV.SoftwareAgent
        yield article.software.iri, RDFS.label, Literal(article.software.label)


def _date(text: str) -> Literal:
    """A date; a day as the moment it begins, which is what readers of nanopublications expect."""
    match len(text):
        case 10:
            return Literal(f"{text}T00:00:00+00:00", datatype=XSD.dateTime, normalize=False)
        case 7:
            return Literal(text, datatype=XSD.gYearMonth, normalize=False)
        case 4:
            return Literal(text, datatype=XSD.gYear, normalize=False)
    return Literal(text)


# ---------------------------------------------------------------------------------- formatting


def _format_nanopublication(quads: list[Quad], names: dict[str, str]) -> str:
    """The graphs in TriG, the publication's own IRIs under the prefixes `this` and `sub`."""
    publication = quads[0][0]
    lines = [f"\n@prefix this: <{publication}> .\n@prefix sub: <{publication}#> .\n"]
    spelled = PrefixedNames({**names, "sub": f"{publication}#"}, whole={str(publication): "this:"})
    for graph, content in groupby(quads, key=lambda quad: quad[3]):
        triples = sorted((quad[:3] for quad in content), key=_order_lines)
        lines.append(f"\n{format_node(graph, spelled)} {{\n")
        lines += format_subjects(triples, spelled)
        lines.append("}\n")
    return "".join(lines)


def _order_lines(triple: Triple) -> tuple[str, bool, str, str]:
    subject, predicate, object_ = triple
    return str(subject), predicate != RDF.type, str(predicate), format_term(object_)
