"""Nanopublications: valid by the nanopub package, and asserting no more than the article does."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import DCTERMS, PROV, RDF, XSD, Literal, URIRef
from records import JAPAN, TEXT, TRUMP, make_reading
from test_annotations import fill

from kg.export.articles import read_articles
from kg.export.nanopublications import (
    NP,
    compute_trusty_code,
    describe_nanopublication,
    write_nanopublications,
)
from kg.iris import KG, OA
from kg.rdf import Format, parse_quads
from kg.store import open_memory_graph

# The package is written for rdflib's older graphs, of which rdflib warns.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def split_publications(text):
    """Each nanopublication of a file with the prefixes of the file before it."""
    prefixes, *publications = re.split(r"\n(?=@prefix this:)", text)
    return [prefixes + publication for publication in publications]


def check_publication(text):
    """Whether the nanopub package finds a nanopublication valid, its name the hash of it."""
    from nanopub import Nanopub
    from rdflib import ConjunctiveGraph

    publication = Nanopub(rdf=ConjunctiveGraph().parse(data=text, format="trig"))
    return publication.is_valid and publication.has_valid_trusty


@pytest.fixture(scope="module")
def article():
    with open_memory_graph() as store:
        fill(store, make_reading())
        (article,) = read_articles(store)
    return article


@pytest.fixture(scope="module")
def publications(article):
    return [describe_nanopublication(article, claim) for claim in article.claims]


def pick(quads, part):
    """The triples of a part of a nanopublication."""
    return {quad[:3] for quad in quads if quad[3].endswith(f"#{part}")}


def export(*articles):
    out = io.BytesIO()
    write_nanopublications(articles, out)
    return out.getvalue().decode()


def test_every_one_is_valid_by_the_package(article):
    texts = split_publications(export(article))
    assert len(texts) == 3
    assert all(map(check_publication, texts))


def test_what_is_written_is_what_is_described(article, publications):
    found = parse_quads(export(article).encode(), Format.TRIG)
    assert {(*triple, graph) for triple, graph in found} == {
        quad for quads in publications for quad in quads
    }


def test_the_head_names_the_three_parts(publications):
    for quads in publications:
        name = quads[0][0]
        assert pick(quads, "Head") == {
            (name, RDF.type, NP.Nanopublication),
            (name, NP.hasAssertion, URIRef(f"{name}#assertion")),
            (name, NP.hasProvenance, URIRef(f"{name}#provenance")),
            (name, NP.hasPublicationInfo, URIRef(f"{name}#pubinfo")),
        }


def test_only_what_the_article_asserts_is_stated(article, publications):
    stated, believed, denied = (pick(quads, "assertion") for quads in publications)
    tpp = article.claims[0].object
    assert stated == {(TRUMP, KG.withdrawsFrom, tpp)}
    for claim, assertion, predicate, value in (
        (article.claims[1], believed, KG.holder, TRUMP),
        (article.claims[2], denied, KG.polarity, KG.Negative),
    ):
        assert (claim.iri, predicate, value) in assertion
        assert (claim.iri, KG.subject, JAPAN) in assertion
        assert {subject for subject, _, _ in assertion} == {claim.iri}


def test_provenance_leads_to_the_words(article, publications):
    for claim, quads in zip(article.claims, publications, strict=True):
        provenance = pick(quads, "provenance")
        about = {p: o for s, p, o in provenance if s.endswith("#assertion")}
        assert about[PROV.hadPrimarySource] == article.iri
        assert about[PROV.wasDerivedFrom] == claim.iri
        assert about[PROV.wasAttributedTo] == claim.holder
        values = {p: o for _, p, o in provenance}
        start, end = (int(values[predicate]) for predicate in (OA.start, OA.end))
        assert str(values[OA.exact]) == TEXT[start:end]


def test_the_publication_has_date_creator_and_licence(article, publications):
    for quads in publications:
        about = {p: o for s, p, o in pick(quads, "pubinfo") if s == quads[0][0]}
        assert about[DCTERMS.created] == Literal(
            "2018-06-10T00:00:00+00:00", datatype=XSD.dateTime, normalize=False
        )
        assert about[DCTERMS.creator] == article.software.iri
        assert about[DCTERMS.license].startswith("https://creativecommons.org/")


@pytest.mark.parametrize(("date", "kind"), [("2018", XSD.gYear), ("2018-06", XSD.gYearMonth)])
def test_a_date_is_as_exact_as_the_article_says(date, kind):
    reading = make_reading()
    with open_memory_graph() as store:
        fill(store, reading)
        (name, _) = store.graphs()
        triples = [
            (s, p, Literal(date) if p == KG.received else o) for s, p, o in store.triples(name)
        ]
        store.replace(name, triples)
        (article,) = read_articles(store)
    (created,) = {
        o for _, p, o, _ in describe_nanopublication(article, article.claims[0])
        if p == DCTERMS.created
    }  # fmt: skip
    assert (str(created), created.datatype) == (date, kind)
    assert all(map(check_publication, split_publications(export(article))))


@given(
    st.lists(
        st.one_of(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(Literal),
            st.text("ab\n\\", max_size=4).map(lambda text: Literal(text, lang="en")),
            st.text("ab\n\\", max_size=4).map(lambda text: Literal(text, datatype=XSD.token)),
            st.sampled_from(["a", "b#c"]).map(lambda name: URIRef(f"http://x/{name}")),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_the_hash_is_the_one_that_the_package_takes(terms):
    from nanopub.trustyuri.rdf import RdfHasher

    def quads(name):
        graph = URIRef(f"{name}#g")
        return [(URIRef(name), URIRef("http://x/p"), term, graph) for term in terms]

    code = compute_trusty_code(
        quads("https://w3id.org/concord/np/x"), "https://w3id.org/concord/np/x"
    )
    name = f"https://w3id.org/concord/np/{code}"
    theirs = [(graph, s, p, o) for s, p, o, graph in set(quads(name))]
    assert RdfHasher.make_hash(theirs, hashstr=" ", baseuri=f"{name}#") == code
