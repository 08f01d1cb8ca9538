"""A small article and its reading, built by hand."""

import hashlib

from rdflib import SKOS, URIRef

from kg import iris
from kg.iris import ID, KG, LEX
from kg.model import (
    Author,
    Block,
    BlockKind,
    Claim,
    Document,
    Entity,
    Evidence,
    Link,
    Mention,
    MentionForm,
    Modality,
    Period,
    Polarity,
    Reading,
    Sentence,
    Span,
)
from kg.vocabulary import Relation, Vocabulary

TEXT = (
    "After the Pact\n"
    "\n"
    "Trump withdrew from the TPP in January 2017. "
    "Trump believes that Japan depends on the TPP. "
    "Japan did not leave “the pact”.\n"
)

TRUMP = ID["Donald-Trump"]
JAPAN = ID["Japan"]


def _relation(name):
    return Relation(KG[name], name, name, "", KG.Actor, KG.Entity, symmetric=False)


VOCABULARY = Vocabulary(
    kinds={},
    relations={KG[name]: _relation(name) for name in ("withdrawsFrom", "dependsOn")},
    frames={},
    cues={},
    nouns={},
)


def find_span(text, part, nth=0):
    """The span of the nth occurrence of a part of the text."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(part, start + 1)
    return Span(start, start + len(part))


def make_document(text=TEXT, source="folder/pact.txt"):
    """An article of two authors, received in 2018."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(
        iri=iris.mint_document(digest),
        text=text,
        source=source,
        digest=digest,
        title="After the Pact",
        authors=(Author("Ann Author", Span(0, 5), "A University"), Author("Bo Writer", Span(6, 9))),
        issued=None,
        received="2018-06-10",
        journal="Journal of Pacts",
        language="en",
        blocks=(Block(Span(0, 14), BlockKind.TITLE), Block(Span(16, len(text)), BlockKind.PROSE)),
    )


def make_reading(text=TEXT, source="folder/pact.txt"):
    """Three claims: a fact with a date, a belief of another, and a denial."""
    document = make_document(text, source)
    tpp = iris.mint_entity(document.iri, KG.Agreement, "TPP")
    spans = (
        find_span(text, "Trump withdrew from the TPP in January 2017."),
        find_span(text, "Trump believes that Japan depends on the TPP."),
        find_span(text, "Japan did not leave “the pact”."),
    )
    sentences = tuple(Sentence(s, BlockKind.PROSE, Span(0, 14), ()) for s in spans)

    def mention(part, nth, sentence, form, kind, name):
        return Mention(find_span(text, part, nth), sentence, 0, form, kind, name)

    name, nominal = MentionForm.NAME, MentionForm.NOMINAL
    entities = (
        Entity(
            TRUMP,
            KG.Person,
            "Donald Trump",
            (
                mention("Trump", 0, 0, name, KG.Person, "Donald Trump"),
                mention("Trump", 1, 1, name, KG.Person, "Donald Trump"),
            ),
            entry=TRUMP,
            country="USA",
        ),
        Entity(
            JAPAN,
            KG.State,
            "Japan",
            (
                mention("Japan", 0, 1, name, KG.State, "Japan"),
                mention("Japan", 1, 2, name, KG.State, "Japan"),
            ),
            entry=JAPAN,
            country="JPN",
        ),
        Entity(
            tpp,
            KG.Agreement,
            "TPP",
            (
                mention("TPP", 0, 0, name, KG.Agreement, "TPP"),
                mention("TPP", 1, 1, name, KG.Agreement, "TPP"),
                mention("the pact", 0, 2, nominal, KG.Agreement, "TPP"),
            ),
        ),
    )

    def claim(number, subject, relation, trigger, ends, **rest):
        span = spans[number]
        evidence = Evidence(
            quote=span,
            sentence=span,
            trigger=find_span(text, trigger),
            subject=find_span(text, *ends[0]),
            object=find_span(text, *ends[1]),
            frame=LEX[f"{relation}-{trigger}"],
        )
        settled = {
            "topic": None,
            "holder": None,
            "polarity": Polarity.POSITIVE,
            "modality": Modality.ASSERTED,
            "period": None,
        } | rest
        iri = iris.mint_part(document.iri, "claim", number)
        return Claim(iri, subject, KG[relation], tpp, evidence=evidence, **settled)

    return Reading(
        document=document,
        sentences=sentences,
        entities=entities,
        claims=(
            claim(
                0,
                TRUMP,
                "withdrawsFrom",
                "withdrew",
                (("Trump", 0), ("the TPP", 0)),
                period=Period("2017-01", "2017-01"),
            ),
            claim(
                1,
                JAPAN,
                "dependsOn",
                "depends",
                (("Japan", 0), ("the TPP", 1)),
                holder=TRUMP,
            ),
            claim(
                2,
                JAPAN,
                "withdrawsFrom",
                "leave",
                (("Japan", 1), ("the pact", 0)),
                polarity=Polarity.NEGATIVE,
                topic=find_span(text, "the pact"),
            ),
        ),
        links=(
            Link(
                TRUMP,
                URIRef("http://www.wikidata.org/entity/Q22686"),
                SKOS.exactMatch,
                URIRef("http://www.wikidata.org/entity/Q2013"),
                1.0,
                "gazetteer",
            ),
        ),
    )
