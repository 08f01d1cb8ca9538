"""No rumour becomes a fact: the closure is that of the allowed claims, whoever is accepted."""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, Literal, URIRef

from kg import iris
from kg.graph import describe_ontology
from kg.iris import ID, KG
from kg.reasoning import close_graph
from kg.reasoning.closure import close_premises, find_conclusions, load_own_rules
from kg.reasoning.premises import gather_premises
from kg.store import open_memory_graph
from kg.vocabulary import load_vocabulary, ontology_directory

ARTICLES = tuple(URIRef(f"{iris.BASE}article/{digit * 16}") for digit in "12")
KINDS = {
    "Peru": "State", "Chile": "State", "Cabinet": "Government", "Fleet": "ArmedForce",
    "Anna": "Person", "Boris": "Person", "League": "Alliance", "Pact": "Agreement",
    "Bay": "Place", "Plan": "Policy",
}  # fmt: skip
CODES = {"Peru": "PER", "Cabinet": "PER", "Chile": "CHL"}
HOLDERS = ("Anna", "Boris", "Chile")
RELATIONS = sorted(load_vocabulary().relations)

CLAIMS = st.lists(
    st.tuples(
        st.sampled_from(sorted(KINDS)),
        # Those from which the rules and chains start come up more often.
        st.sampled_from(RELATIONS)
        | st.sampled_from([KG.headOf, KG.memberOf, KG.partOf, KG.withdrawsFrom, KG.attacks]),
        st.sampled_from(sorted(KINDS)),
        st.sampled_from((None, *HOLDERS)),
        st.sampled_from(("Positive", "Positive", "Negative")),
        st.sampled_from(("Asserted", "Asserted", "Possible", "Predicted", "Desired")),
        st.sampled_from(ARTICLES),
    ),
    max_size=14,
)
ACCEPTED = st.sets(st.sampled_from(HOLDERS))


@cache
def read_ontology():
    return [quad[:3] for quad in describe_ontology(ontology_directory())]


@cache
def read_rules():
    return load_own_rules()


def make_store(claims):
    """The claims in the graphs of their articles, and the facts as a build without accepted has."""
    store = open_memory_graph()
    graphs = {iris.ONTOLOGY_GRAPH: read_ontology()}
    for article in ARTICLES:
        voice = iris.mint_author_voice(article)
        told = [(article, RDF.type, KG.Article), (voice, RDF.type, KG.AuthorVoice)]
        for name, kind in KINDS.items():
            told.append((ID[name], RDF.type, KG[kind]))
            if name in CODES:
                told.append((ID[name], KG.countryCode, Literal(CODES[name])))
        facts = set()
        for number, (subject, relation, object_, holder, *manner, where) in enumerate(claims):
            if where != article:
                continue
            claim = URIRef(f"{article}/claim/{number}")
            polarity, modality = manner
            told += [
                (claim, RDF.type, KG.Claim),
                (claim, KG.subject, ID[subject]),
                (claim, KG.relation, relation),
                (claim, KG.object, ID[object_]),
                (claim, KG.holder, voice if holder is None else ID[holder]),
                (claim, KG.polarity, KG[polarity]),
                (claim, KG.modality, KG[modality]),
                (claim, KG.inArticle, article),
            ]
            if is_allowed((holder, polarity, modality), ()):
                facts.add((ID[subject], relation, ID[object_]))
        graphs[iris.article_graph(article)] = told
        graphs[iris.facts_graph(article)] = facts
    store.replace_all(graphs)
    return store


def is_allowed(manner, accepted):
    holder, polarity, modality = manner
    return (polarity, modality) == ("Positive", "Asserted") and (
        holder is None or holder in accepted
    )


def close(store, accepted=()):
    premises = gather_premises(store, read_rules(), accepted=[ID[name] for name in accepted])
    closure = close_premises(premises, read_rules())
    return premises, closure


@given(CLAIMS, ACCEPTED)
@settings(max_examples=25)
def test_the_closure_is_that_of_the_allowed_claims_alone(claims, accepted):
    allowed = [claim for claim in claims if is_allowed(claim[3:6], accepted)]
    plain = [(*claim[:3], None, *claim[4:]) for claim in allowed]
    premises, closure = close(make_store(claims), accepted)
    expected_premises, expected = close(make_store(plain))
    assert premises == expected_premises
    assert set(closure.triples()) == set(expected.triples())
    assert closure.clash_count == expected.clash_count
    assert find_conclusions(closure, premises) == find_conclusions(expected, expected_premises)


@given(CLAIMS)
@settings(max_examples=15)
def test_what_a_build_infers_is_untouched_by_all_that_is_no_fact(claims):
    inferred = []
    for told in (claims, [claim for claim in claims if is_allowed(claim[3:6], ())]):
        store = make_store(told)
        close_graph(store, rules=read_rules())
        inferred.append(set(store.triples(iris.INFERRED_GRAPH)))
    assert inferred[0] == inferred[1]


@given(CLAIMS, ACCEPTED)
@settings(max_examples=25)
def test_accepting_a_holder_adds_and_never_takes_away(claims, accepted):
    store = make_store(claims)
    _, without = close(store)
    _, with_them = close(store, accepted)
    assert set(without.triples()) <= set(with_them.triples())


def test_each_shortcoming_alone_keeps_a_claim_out():
    whole = ("Peru", KG.withdrawsFrom, "Pact", "Anna", "Positive", "Asserted", ARTICLES[0])
    triple = (ID.Peru, KG.withdrawsFrom, ID.Pact)
    assert triple in close(make_store([whole]), ["Anna"])[0].data
    for place, value in (
        (3, "Boris"),
        (4, "Negative"),
        *((5, m) for m in ("Possible", "Predicted", "Desired")),
    ):
        lacking = (*whole[:place], value, *whole[place + 1 :])
        assert triple not in close(make_store([lacking]), ["Anna"])[0].data, value
    assert triple not in close(make_store([whole]))[0].data


def test_what_an_accepted_holder_claims_goes_through_the_rules():
    claims = [
        ("Anna", KG.headOf, "Peru", "Boris", "Positive", "Asserted", ARTICLES[0]),
        ("Anna", KG.withdrawsFrom, "Pact", None, "Positive", "Asserted", ARTICLES[1]),
    ]
    follows = tuple(f"<{term}>" for term in (ID.Peru, KG.withdrawsFrom, ID.Pact))
    assert follows not in close(make_store(claims))[1]
    assert follows in close(make_store(claims), ["Boris"])[1]
