"""A small graph, built by hand in the schema of the store, that every question has an answer in."""

from rdflib import DCTERMS, PROV, RDF, RDFS, SKOS, XSD, Literal, URIRef

from kg import iris
from kg.graph import describe_ontology
from kg.iris import ID, KG, LEX, OA
from kg.vocabulary import ontology_directory

DOC = URIRef(iris.BASE + "article/0123456789abcdef")
VOICE = iris.mint_author_voice(DOC)

# Name, kind, label, country, further names in the text.
THINGS = (
    ("United-States", "State", "United States", "USA", ("U.S.",)),
    ("Japan", "State", "Japan", "JPN", ()),
    ("China", "State", "China", "CHN", ()),
    ("Donald-Trump", "Person", "Donald Trump", "USA", ("Trump",)),
    ("Trump-administration", "Government", "Trump administration", "USA", ()),
    ("TPP", "Agreement", "Trans-Pacific Partnership", None, ("TPP",)),
    ("US-Japan-alliance", "Alliance", "US-Japan alliance", None, ()),
    ("America-First", "Policy", "America First", None, ()),
    ("Trump-shock", "Event", "Trump shock", None, ()),
    ("Yokota", "Place", "Yokota", None, ()),
)

# Subject, relation, object, then what differs from a positive assertion of the article.
CLAIMS = (
    ("Trump-administration", "withdrawsFrom", "TPP", {}),
    ("Donald-Trump", "demandsOf", "Japan", {"topic": "more responsibilities"}),
    ("Japan", "alliedWith", "United-States", {}),
    ("Japan", "dependsOn", "United-States", {"holder": ID["Donald-Trump"]}),
    ("Japan", "withdrawsFrom", "TPP", {"polarity": "Negative"}),
    ("Japan", "withdrawsFrom", "TPP", {"holder": ID["Donald-Trump"]}),
    ("China", "influences", "US-Japan-alliance", {"modality": "Possible"}),
    ("Donald-Trump", "pursues", "America-First", {}),
    ("United-States", "meets", "Japan", {"topic": "trade", "time": "2017-11"}),
    ("America-First", "causes", "Trump-shock", {}),
    ("United-States", "cooperatesWith", "Japan", {"modality": "Desired"}),
    ("Trump-administration", "imposesTariffsOn", "Japan", {}),
    ("Japan", "partyTo", "TPP", {"modality": "Predicted"}),
    ("Japan", "memberOf", "US-Japan-alliance", {}),
    ("United-States", "hasForcesIn", "Japan", {}),
    ("Donald-Trump", "visits", "Yokota", {"time": "2017-11-05"}),
    ("United-States", "protects", "Japan", {}),
    ("China", "opposes", "US-Japan-alliance", {}),
    ("China", "claimsTerritory", "Yokota", {}),
)


def fill_small_graph(store):
    """Write the graphs of one article, what is known beside it, and what follows from both."""
    store.replace_all(
        {
            iris.ONTOLOGY_GRAPH: [quad[:3] for quad in describe_ontology(ontology_directory())],
            iris.article_graph(DOC): list(_describe_article()),
            iris.facts_graph(DOC): [
                (ID[subject], KG[relation], ID[object_])
                for subject, relation, object_, rest in CLAIMS
                if not rest.keys() & {"holder", "polarity", "modality"}
            ],
            iris.BACKGROUND_GRAPH: list(_describe_background()),
            iris.INFERRED_GRAPH: [
                (ID["United-States"], KG.alliedWith, ID["Japan"]),
                (ID["Australia"], KG.alliedWith, ID["United-States"]),
                (ID["United-States"], KG.withdrawsFrom, ID["TPP"]),
                (ID["Australia"], KG.memberOf, ID["US-Japan-alliance"]),
            ],
        }
    )


def _describe_article():
    author, activity = URIRef(f"{DOC}/author/1"), URIRef(f"{DOC}/activity/1")
    software = URIRef(iris.BASE + "software/1")
    yield from (
        (DOC, RDF.type, KG.Article),
        (DOC, DCTERMS.title, Literal("The Alliance")),
        (DOC, DCTERMS.creator, author),
        (DOC, KG.received, Literal("2018-06-10")),
        (DOC, DCTERMS.language, Literal("en")),
        (DOC, DCTERMS.source, Literal("alliance.txt")),
        (author, RDF.type, KG.Author),
        (author, RDFS.label, Literal("Ann Author")),
        (author, KG.affiliation, Literal("A University")),
        (VOICE, RDF.type, KG.AuthorVoice),
        (VOICE, RDFS.label, Literal("the article")),
        (activity, PROV.wasAssociatedWith, software),
        (software, RDFS.label, Literal("Concord 0")),
    )
    place = 0
    for name, kind, label, country, others in THINGS:
        thing = ID[name]
        yield thing, RDF.type, KG[kind]
        yield thing, RDFS.label, Literal(label, lang="en")
        if country:
            yield thing, KG.countryCode, Literal(country)
        for exact in (label, *others):
            text = f"So much for {exact}."
            sentence = yield from _describe_sentence(place, text)
            mention = URIRef(f"{sentence}/mention")
            yield mention, RDF.type, KG.Mention
            yield mention, KG.refersTo, thing
            yield mention, KG.inSentence, sentence
            yield mention, KG.start, _number(place + 12)
            yield mention, KG.end, _number(place + 12 + len(exact))
            yield mention, KG.exact, Literal(exact)
            yield mention, KG.form, KG.NameForm
            place += len(text) + 1
    for subject, relation, object_, rest in CLAIMS:
        text = f"It is said that {subject} {relation} {object_}."
        yield from _describe_claim(place, text, (subject, relation, object_), rest, activity)
        place += len(text) + 1


def _describe_sentence(start, text):
    iri = URIRef(f"{DOC}/sentence/{start}")
    yield iri, RDF.type, KG.Sentence
    yield iri, KG.inArticle, DOC
    yield iri, KG.start, _number(start)
    yield iri, KG.end, _number(start + len(text))
    yield iri, KG.number, _number(start)
    yield iri, KG.text, Literal(text)
    return iri


def _describe_claim(start, text, triple, rest, activity):
    sentence = yield from _describe_sentence(start, text)
    iri = URIRef(f"{DOC}/claim/{start}")
    evidence, quote, position = (URIRef(f"{iri}/{part}") for part in ("e", "quote", "position"))
    exact = text.removeprefix("It is said that ").removesuffix(".")
    first = start + text.index(exact)
    subject, relation, object_ = triple
    yield from (
        (iri, RDF.type, KG.Claim),
        (iri, KG.subject, ID[subject]),
        (iri, KG.relation, KG[relation]),
        (iri, KG.object, ID[object_]),
        (iri, KG.holder, rest.get("holder", VOICE)),
        (iri, KG.polarity, KG[rest.get("polarity", "Positive")]),
        (iri, KG.modality, KG[rest.get("modality", "Asserted")]),
        (iri, KG.frame, LEX[f"frame-{relation}"]),
        (iri, KG.evidence, evidence),
        (iri, KG.inArticle, DOC),
        (iri, PROV.wasDerivedFrom, DOC),
        (iri, PROV.wasGeneratedBy, activity),
        (evidence, RDF.type, KG.Evidence),
        (evidence, OA.hasSource, DOC),
        (evidence, KG.inSentence, sentence),
        (evidence, OA.hasSelector, quote),
        (evidence, OA.hasSelector, position),
        (quote, OA.exact, Literal(exact)),
        (position, OA.start, _number(first)),
        (position, OA.end, _number(first + len(exact))),
    )
    if "topic" in rest:
        yield iri, KG.topic, Literal(rest["topic"])
    if "time" in rest:
        yield iri, KG.timeStart, Literal(rest["time"])
        yield iri, KG.timeEnd, Literal(rest["time"])


def _describe_background():
    united, membership, term = ID["United-States"], ID["m-membership"], ID["t-term-1"]
    wikidata = "http://www.wikidata.org/entity/"
    yield from (
        (united, RDF.type, KG.State),
        (united, RDFS.label, Literal("United States", lang="en")),
        (united, KG.countryCode, Literal("USA")),
        (united, KG.cowCode, Literal("2")),
        (united, SKOS.exactMatch, URIRef(f"{wikidata}Q30")),
        (united, SKOS.exactMatch, URIRef("https://sws.geonames.org/6252001/")),
        (ID["Yokota"], SKOS.exactMatch, URIRef("https://sws.geonames.org/1848373/")),
        (ID["Australia"], RDF.type, KG.State),
        (ID["Australia"], RDFS.label, Literal("Australia", lang="en")),
        (membership, RDF.type, KG.Membership),
        (membership, KG.member, united),
        (membership, KG.body, ID["US-Japan-alliance"]),
        (membership, KG.validFrom, Literal("1951")),
        (membership, DCTERMS.source, Literal("a list")),
        (united, KG.memberOf, ID["US-Japan-alliance"]),
        (term, RDF.type, KG.Term),
        (term, KG.officeHolder, ID["Donald-Trump"]),
        (term, KG.office, Literal("President", lang="en")),
        (term, KG.ofState, united),
        (term, KG.validFrom, Literal("2017-01-20")),
    )


def _number(value):
    return Literal(str(value), datatype=XSD.integer, normalize=False)
