"""Claims and mentions as Web Annotations on the article's text, one collection for an article.

After https://www.w3.org/TR/annotation-model/; offsets count characters (code points) from zero.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rdflib import URIRef

from kg import iris
from kg.export.articles import CitedArticle, CitedClaim, CitedMention, Passage

CONTEXT = "http://www.w3.org/ns/anno.jsonld"

_Json = Mapping[str, Any]


def format_annotations(article: CitedArticle) -> str:
    """The annotations of an article as JSON-LD: a collection of one page.

    A claim describes the passage that it was read from, a mention identifies what is named.
    """
    collection = f"{article.iri}/annotations"
    page = f"{collection}/1"
    items = [_annotate_claim(article, claim) for claim in article.claims]
    items += [_annotate_mention(article, mention) for mention in article.mentions]
    described: dict[str, Any] = {
        "@context": CONTEXT,
        "id": collection,
        "type": "AnnotationCollection",
        "label": f"Claims and mentions in “{article.title or article.source or article.iri}”",
        "total": len(items),
    }
    if article.software is not None:
        described["creator"] = {
            "id": article.software.iri,
            "type": "Software",
            "name": article.software.label,
        }
    if items:
        described["first"] = {
            "id": page,
            "type": "AnnotationPage",
            "partOf": collection,
            "startIndex": 0,
            "items": items,
        }
        described["last"] = page
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _annotate_claim(article: CitedArticle, claim: CitedClaim) -> _Json:
    return _annotate(
        article,
        claim.iri,
        "describing",
        [_describe(claim.wording, "describing"), _point(claim.iri, "linking")],
        claim.passage,
    )


def _annotate_mention(article: CitedArticle, mention: CitedMention) -> _Json:
    return _annotate(
        article,
        mention.passage.iri,
        "identifying",
        [_point(mention.thing, "identifying"), _describe(mention.label, "tagging")],
        mention.passage,
    )


def _annotate(
    article: CitedArticle, about: URIRef, motivation: str, bodies: list[_Json], passage: Passage
) -> _Json:
    annotation: dict[str, Any] = {
        "id": iris.mint_part(article.iri, "annotation", about),
        "type": "Annotation",
        "motivation": motivation,
    }
    if article.software is not None:
        annotation["creator"] = article.software.iri
    return {
        **annotation,
        "body": bodies,
        "target": {
            "id": passage.iri,
            "type": "SpecificResource",
            "source": article.iri,
            "selector": _select(passage),
        },
    }


def _describe(text: str, purpose: str) -> _Json:
    return {
        "type": "TextualBody",
        "value": text,
        "format": "text/plain",
        "language": "en",
        "purpose": purpose,
    }


def _point(iri: URIRef, purpose: str) -> _Json:
    return {"type": "SpecificResource", "source": iri, "purpose": purpose}


def _select(passage: Passage) -> list[_Json]:
    quote: dict[str, Any] = {"id": passage.quote} if passage.quote else {}
    quote |= {"type": "TextQuoteSelector", "exact": passage.exact}
    for name, text in (("prefix", passage.prefix), ("suffix", passage.suffix)):
        if text:
            quote[name] = text
    position: dict[str, Any] = {"id": passage.position} if passage.position else {}
    position |= {"type": "TextPositionSelector", "start": passage.start, "end": passage.end}
    return [quote, position]
