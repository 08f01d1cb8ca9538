"""Graphs of any size for the bench of the pages: one article that says so much of so many."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from rdflib import DCTERMS, RDF, RDFS, Literal, URIRef

from kg import iris
from kg.graph import describe_ontology
from kg.iris import ID, KG, OA
from kg.rdf import Triple
from kg.store import open_graph
from kg.vocabulary import ontology_directory

DOC = URIRef(iris.BASE + "article/00000000000bench")
_VOICE = iris.mint_author_voice(DOC)
_KINDS = ("State", "Person", "Organization", "Policy", "Concept", "Event", "Place", "Agreement")
_RELATIONS = (
    "supports",
    "opposes",
    "influences",
    "cooperatesWith",
    "pursues",
    "dependsOn",
    "meets",
)
_MODALITIES = ("Asserted", "Asserted", "Asserted", "Possible", "Predicted", "Desired")
_WORDS = ("northern", "trade", "security", "council", "maritime", "accord", "forum", "strategy",
          "regional", "pact", "union", "initiative", "defence", "policy", "energy")  # fmt: skip


def write_graph(place: Path, things: int, claims: int) -> None:
    """Write a graph of an article that claims something of each of some things.

    A few things are in many claims and most in one or two, as it is in articles.
    """
    with open_graph(place, create=True) as store:
        store.replace_all(
            {
                iris.ONTOLOGY_GRAPH: [quad[:3] for quad in describe_ontology(ontology_directory())],
                iris.article_graph(DOC): list(_describe(things, claims)),
            }
        )


def _describe(things: int, claims: int) -> Iterator[Triple]:
    dice = random.Random(7)
    yield DOC, RDF.type, KG.Article
    yield DOC, DCTERMS.title, Literal(f"An article of {things} things")
    yield DOC, KG.received, Literal("2018-06-10")
    yield _VOICE, RDF.type, KG.AuthorVoice
    names = [f"{dice.choice(_WORDS)} {dice.choice(_WORDS)} {number}" for number in range(things)]
    for number, name in enumerate(names):
        yield ID[f"bench-{number}"], RDF.type, KG[dice.choice(_KINDS)]
        yield ID[f"bench-{number}"], RDFS.label, Literal(name, lang="en")
    start = 0
    for number in range(claims):
        # Each thing once, then the first ones ever more.
        one = number % things if number < things else int(things * dice.random() ** 3)
        other = int(things * dice.random() ** 4)
        if one == other:
            other = (other + 1) % things
        text = f"{names[one]} has much to do with {names[other]}."
        yield from _describe_claim(number, start, text, (one, other), len(names[one]), dice)
        # A blank line after every fifth sentence makes paragraphs.
        start += len(text) + (2 if number % 5 == 4 else 1)


def _describe_claim(
    number: int, start: int, text: str, ends: tuple[int, int], length: int, dice: random.Random
) -> Iterator[Triple]:
    sentence, claim = URIRef(f"{DOC}/sentence/{number}"), URIRef(f"{DOC}/claim/{number:08x}")
    evidence, quote, position = (URIRef(f"{claim}/{part}") for part in ("e", "quote", "position"))
    subject, object_ = (ID[f"bench-{end}"] for end in ends)
    yield sentence, RDF.type, KG.Sentence
    yield sentence, KG.text, Literal(text)
    yield sentence, KG.start, Literal(start)
    yield sentence, KG.end, Literal(start + len(text))
    tail = len(text) - 1 - text.index("with ") - 5
    for part, thing, first, size in (
        ("a", subject, start, length),
        ("b", object_, start + len(text) - 1 - tail, tail),
    ):
        mention = URIRef(f"{sentence}/{part}")
        yield mention, RDF.type, KG.Mention
        yield mention, KG.refersTo, thing
        yield mention, KG.start, Literal(first)
        yield mention, KG.end, Literal(first + size)
    yield claim, RDF.type, KG.Claim
    yield claim, KG.subject, subject
    yield claim, KG.relation, KG[dice.choice(_RELATIONS)]
    yield claim, KG.object, object_
    yield claim, KG.holder, _VOICE
    yield claim, KG.polarity, KG.Negative if dice.random() < 0.08 else KG.Positive
    yield claim, KG.modality, KG[dice.choice(_MODALITIES)]
    yield claim, KG.inArticle, DOC
    if dice.random() < 0.3:
        yield claim, KG.timeStart, Literal(str(dice.randrange(1990, 2019)))
    yield claim, KG.evidence, evidence
    yield evidence, OA.hasSelector, quote
    yield evidence, OA.hasSelector, position
    yield quote, OA.exact, Literal(text)
    yield position, OA.start, Literal(start)
    yield position, OA.end, Literal(start + len(text))
