"""Graphs of hand-built claims over several articles, for tables, networks and search."""

from rdflib import DCTERMS, RDF, RDFS, SKOS, XSD, Literal, URIRef

from kg import iris
from kg.graph import describe_ontology
from kg.iris import ID, KG, OA
from kg.store import open_memory_graph
from kg.vocabulary import ontology_directory

WIKIDATA = "http://www.wikidata.org/entity/"

# Kind, label, country, code of the Correlates of War, Wikidata item, from and until when a state.
THINGS = {
    "USA": ("State", "United States", "USA", "2", "Q30", None, None),
    "Trump": ("Person", "Donald Trump", "USA", None, "Q22686", None, None),
    "Japan": ("State", "Japan", "JPN", "740", "Q17", None, None),
    "Tokyo": ("Government", "Tokyo", "JPN", None, None, None, None),
    "Germany": ("State", "Germany", "DEU", "255", "Q183", None, None),
    "West-Germany": ("State", "West Germany", "DEU", "260", None, "1955-05-05", "1990-10-02"),
    "Bonn": ("Government", "the German government", "DEU", None, None, None, None),
    "Austria-Hungary": ("State", "Austria-Hungary", None, "300", None, None, "1918-11-12"),
    "NATO": ("Alliance", "NATO", None, None, "Q7184", None, None),
}


def make_claim(subject, relation, object_, **rest):
    """A claim; `rest` may name article, holder, polarity, modality, since, until, quote, …"""
    return {"subject": subject, "relation": relation, "object": object_, **rest}


def make_article(number):
    """The IRI of the article of a number."""
    return URIRef(f"{iris.BASE}article/{number:016x}")


def open_stated_graph(articles, claims, *, inferred=(), accepted=(), ontology=None):
    """A graph in memory of articles (number: ISO date or None) and their claims.

    `accepted` are holders whose word counts as fact; `ontology` says where the ontology lies.
    """
    store = open_memory_graph()
    graphs = {
        iris.ONTOLOGY_GRAPH: [
            quad[:3] for quad in describe_ontology(ontology or ontology_directory())
        ],
        iris.BACKGROUND_GRAPH: list(_describe_things()),
        iris.INFERRED_GRAPH: [(ID[s], KG[r], ID[o]) for s, r, o in inferred],
    }
    for number, date in articles.items():
        article = make_article(number)
        mine = [claim for claim in claims if claim.get("article", 1) == number]
        graphs[iris.article_graph(article)] = list(_describe_article(article, date, mine))
        graphs[iris.facts_graph(article)] = [
            (ID[claim["subject"]], KG[claim["relation"]], ID[claim["object"]])
            for claim in mine
            if claim.get("polarity", "Positive") == "Positive"
            and claim.get("modality", "Asserted") == "Asserted"
            and claim.get("holder") in {None, *accepted}
        ]
    store.replace_all(graphs)
    return store


def _describe_things():
    for name, (kind, label, country, cow, item, since, until) in THINGS.items():
        yield ID[name], RDF.type, KG[kind]
        yield ID[name], RDFS.label, Literal(label, lang="en")
        for predicate, value in (
            (KG.countryCode, country),
            (KG.cowCode, cow),
            (KG.validFrom, since),
            (KG.validUntil, until),
        ):
            if value:
                yield ID[name], predicate, Literal(value)
        if item:
            yield ID[name], SKOS.exactMatch, URIRef(WIKIDATA + item)


def _describe_article(article, date, claims):
    voice = iris.mint_author_voice(article)
    yield article, RDF.type, KG.Article
    yield article, DCTERMS.title, Literal(f"Article {article[-1]}")
    yield voice, RDF.type, KG.AuthorVoice
    if date:
        yield article, DCTERMS.issued, Literal(date)
    for place, claim in enumerate(claims):
        yield from _describe_claim(article, place, claim, voice)


def _describe_claim(article, place, claim, voice):
    iri = URIRef(f"{article}/claim/{place:04}")
    evidence, quote, position = (URIRef(f"{iri}/{part}") for part in ("e", "quote", "position"))
    mention = URIRef(f"{iri}/mention")
    holder = claim.get("holder")
    text = claim.get("quote", f"{claim['subject']} {claim['relation']} {claim['object']}")
    yield from (
        (iri, RDF.type, KG.Claim),
        (iri, KG.subject, ID[claim["subject"]]),
        (iri, KG.relation, KG[claim["relation"]]),
        (iri, KG.object, ID[claim["object"]]),
        (iri, KG.holder, ID[holder] if holder else voice),
        (iri, KG.polarity, KG[claim.get("polarity", "Positive")]),
        (iri, KG.modality, KG[claim.get("modality", "Asserted")]),
        (iri, KG.evidence, evidence),
        (iri, KG.inArticle, article),
        (evidence, OA.hasSelector, quote),
        (evidence, OA.hasSelector, position),
        (quote, OA.exact, Literal(text)),
        (position, OA.start, _number(100 * place)),
        (position, OA.end, _number(100 * place + len(text))),
        (mention, KG.refersTo, ID[claim["subject"]]),
    )
    for predicate, key in ((KG.topic, "topic"), (KG.timeStart, "since"), (KG.timeEnd, "until")):
        if key in claim:
            yield iri, predicate, Literal(claim[key])
    if "confidence" in claim:
        yield iri, KG.confidence, Literal(claim["confidence"], datatype=XSD.decimal)


def _number(value):
    return Literal(str(value), datatype=XSD.integer)
