"""What is offered for a thing is scored part by part, and taken only where it leads clearly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import SKOS, URIRef

from kg.extraction.weighing import (
    WEIGHTS,
    combine_parts,
    compare_letters,
    compare_names,
    fit_company,
    fit_time,
)
from kg.iris import ID, KG
from kg.linking.records import LinkCandidate, LinkQuery, LinkState
from kg.linking.scoring import CandidateFacts, decide_link, rank_candidates, score_candidate
from kg.model import Period

WIKIDATA = URIRef("http://www.wikidata.org/")


def target(number):
    return URIRef(f"http://www.wikidata.org/entity/Q{number}")


def ask(*names, kind=KG.State, **about):
    return LinkQuery(ID["thing"], names, kind, **about)


def offer(label, number=1, **about):
    return CandidateFacts(target(number), WIKIDATA, label, **about)


def score(query, facts):
    return score_candidate(query, facts)


def candidate(value, number):
    return LinkCandidate(target(number), "x", WIKIDATA, value, ())


@pytest.mark.parametrize(
    ("asked", "known", "low", "high"),
    [
        (["Georgia"], ["Georgia"], 1, 1),
        (["Georgia"], ["Sakartvelo", "Georgia"], 0.95, 0.99),
        (["Cote d'Ivoire"], ["Côte d’Ivoire"], 0.95, 0.99),
        (["NATO"], ["Nato"], 0.95, 0.99),
        (["Ministry of Foreign Affairs"], ["Ministry for Foreign Affairs"], 0.9, 0.95),
        (["IAEA"], ["International Atomic Energy Agency"], 0.8, 0.9),
        (["U.N."], ["United Nations"], 0.8, 0.9),
        (["George Bush"], ["George W. Bush"], 0.5, 0.7),
        (["Nikita Khrushchev"], ["Nikita Khruschev"], 0.75, 0.8),
        (["Georgia"], ["Armenia"], 0, 0),
        (["Austria"], ["Australia"], 0, 0),
        (["Niger"], ["Nigeria"], 0, 0),
        (["Iran"], ["Iraq"], 0, 0),
        (["North Korea"], ["South Korea"], 0, 0.4),
        ([""], ["Georgia"], 0, 0),
        (["Georgia"], [], 0, 0),
    ],
)
def test_names_are_compared(asked, known, low, high):
    assert low <= compare_names(asked, known) <= high


def test_letters_are_compared_by_jaro_and_winkler():
    assert compare_letters("martha", "marhta") == pytest.approx(0.961, abs=0.001)
    assert compare_letters("dixon", "dicksonx") == pytest.approx(0.813, abs=0.001)
    assert compare_letters("dwayne", "duane") == pytest.approx(0.84, abs=0.001)
    assert compare_letters("abc", "xyz") == 0


@given(st.text(max_size=9), st.text(max_size=9))
def test_letters_are_as_alike_either_way_and_within_bounds(first, second):
    if first and second:
        assert 0 <= compare_letters(first, second) <= 1.0000001
        assert compare_letters(first, first) == 1


@given(st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.floats(0, 1)))
def test_scores_stay_within_bounds(parts):
    assert 0 <= combine_parts(parts.items()) <= 1


def test_weights_sum_to_one():
    assert sum(WEIGHTS.values()) == pytest.approx(1)


def test_the_kind_counts_by_its_place_in_the_ontology():
    query = ask("Georgia")
    parts = {
        kind: dict(score(query, offer("Georgia", kinds=(kind,))).parts)["type"]
        for kind in (KG.State, KG.Place, KG.Person, KG.Event)
    }
    assert parts[KG.State] == 1 and 0.5 <= parts[KG.Place] < 0.7
    assert parts[KG.Person] == parts[KG.Event] == 0
    unknown = score(query, offer("Georgia", kinds=(URIRef("http://example.org/Thing"),)))
    assert "type" not in dict(unknown.parts)


def test_time_counts_where_both_sides_know_it():
    terms = [Period("2001-01-20", "2009-01-20")]
    assert fit_time(["2003-03-20"], terms) == 1
    assert fit_time(["2003"], terms) == 1
    after = [fit_time([date], terms) for date in ("2010-01-01", "2020-01-01", "2080-01-01")]
    assert 1 > after[0] > after[1] > after[2] > 0
    assert fit_time(["1998-01-01"], terms) == 0.3
    assert fit_time(["1950-01-01"], terms) == 0
    assert fit_time([], terms) is None
    assert fit_time(["2003"], []) is None
    assert fit_time(["2003", "1950"], terms) == 0.5
    assert fit_time(["2010-01-01"], terms, lasting=True) == 0.1
    assert fit_time(["1998-01-01"], terms, lasting=True) == 0


def test_company_counts_by_relatives_and_country():
    assert fit_company([ID.Russia, ID.Tbilisi], [], related=[ID.Russia, ID.Tbilisi]) == 1
    assert fit_company([ID.Russia], ["USA"], related=[ID.Russia], country="GEO") == 0.9
    assert fit_company([], ["GEO", "RUS"], country="GEO") == 0.7
    assert fit_company([], ["RUS", "GEO"], country="GEO") == 0.65
    assert fit_company([], ["FRA"], country="GEO") == 0
    assert fit_company([], [], country="GEO") is None
    assert fit_company([ID.Russia], ["RUS"]) is None


def test_namesakes_are_told_apart_by_time_and_company():
    father = offer("George Bush", 1, aliases=("George H. W. Bush",), kinds=(KG.Person,),
                   country="USA", periods=(Period("1989-01-20", "1993-01-20"),))  # fmt: skip
    son = offer("George W. Bush", 2, aliases=("George Bush",), kinds=(KG.Person,),
                country="USA", periods=(Period("2001-01-20", "2009-01-20"),))  # fmt: skip
    gulf = ask("George Bush", kind=KG.Person, dates=("1990-09-11",))
    iraq = ask("George Bush", kind=KG.Person, dates=("2003-03-20",))
    undated = ask("George Bush", kind=KG.Person)
    for query, first in ((gulf, father), (iraq, son)):
        ranked = rank_candidates([score(query, facts) for facts in (father, son)])
        assert ranked[0].target == first.target
        assert decide_link(ranked) == (LinkState.LINKED, SKOS.exactMatch)
    ranked = [score(undated, facts) for facts in (father, son)]
    assert decide_link(ranked) == (LinkState.OPEN, None)


def test_an_identifier_whose_label_does_not_fit_is_refused():
    query = ask("Georgia", country="GEO", dates=("2008-08-08",), countries=("GEO",))
    other = offer("Kaluga", kinds=(KG.State,), country="GEO", periods=(Period("1991", None),),
                  prior=1.0)  # fmt: skip
    assert decide_link([score(query, other)]) == (LinkState.UNKNOWN, None)


def test_a_name_alone_is_not_enough():
    assert decide_link([score(ask("Springfield"), offer("Springfield"))])[0] is LinkState.OPEN
    fitting = offer("Springfield", kinds=(KG.Place,))
    assert decide_link([score(ask("Springfield", kind=KG.Place), fitting)])[1] == SKOS.exactMatch
    person = offer("Springfield", kinds=(KG.Person,))
    decided = decide_link([score(ask("Springfield", kind=KG.Place), person)])
    assert decided[0] is LinkState.UNKNOWN


@pytest.mark.parametrize(
    ("scores", "decision"),
    [
        ([], (LinkState.UNKNOWN, None)),
        ([0.2], (LinkState.UNKNOWN, None)),
        ([0.5], (LinkState.OPEN, None)),
        ([0.72], (LinkState.LINKED, SKOS.closeMatch)),
        ([0.9], (LinkState.LINKED, SKOS.exactMatch)),
        ([0.9, 0.87], (LinkState.OPEN, None)),
        ([0.5, 0.9], (LinkState.LINKED, SKOS.exactMatch)),
    ],
)
def test_links_are_never_forced(scores, decision):
    assert decide_link([candidate(value, n) for n, value in enumerate(scores)]) == decision


def test_the_same_thing_offered_twice_is_no_rival_of_itself():
    assert decide_link([candidate(0.9, 1), candidate(0.9, 1)])[0] is LinkState.LINKED


def test_candidates_of_one_score_have_an_order():
    ranked = rank_candidates([candidate(0.5, 2), candidate(0.5, 1), candidate(0.6, 3)])
    assert [each.target for each in ranked] == [target(3), target(1), target(2)]


def test_the_reason_says_what_spoke_for_it():
    query = ask("Georgia", dates=("2008-08-08",), countries=("RUS", "GEO"))
    found = score(query, offer("Georgia", kinds=(KG.State,), country="GEO",
                               periods=(Period("1991-04-09", None),), prior=0.9,
                               description="country in the Caucasus"))  # fmt: skip
    assert found.description == "country in the Caucasus"
    assert found.reason == (
        "has this name; is of this kind; existed or was in office then; "
        "what is named does not speak against it; is widely known"
    )
    assert [part for part, _ in found.parts] == ["name", "type", "time", "company", "prior"]
