"""Contradictions: what clashes, what only seems to, and what is told of both sides."""

import json

import pytest
from rdflib import OWL, RDF, RDFS, Literal
from small_graph import DOC, VOICE, fill_small_graph

from kg import iris
from kg.cli import CONTRADICTIONS, main
from kg.iris import ID, KG, OA
from kg.model import Period
from kg.reasoning import close_graph
from kg.reasoning.contradictions import (
    KINDS,
    find_contradictions,
    format_contradictions,
)
from kg.reasoning.disagreement import can_overlap
from kg.store import open_graph, open_memory_graph

ANNA, BORIS = ID["Anna"], ID["Boris"]


def make_store(*claims, background=(), ontology=()):
    """The small graph's ontology with claims: subject, relation, object and what differs."""
    store = open_memory_graph()
    fill_small_graph(store)
    article = [
        (DOC, RDF.type, KG.Article),
        (DOC, KG.received, Literal("2018-06-10")),
        (VOICE, RDF.type, KG.AuthorVoice),
        (ANNA, RDFS.label, Literal("Anna")),
        (BORIS, RDFS.label, Literal("Boris")),
    ]
    facts = []
    for number, (subject, relation, object_, rest) in enumerate(claims):
        article += describe_claim(number, subject, relation, object_, rest)
        if not rest.keys() & {"holder", "polarity", "modality"}:
            facts.append((ID[subject], KG[relation], ID[object_]))
    store.replace_all(
        {
            iris.article_graph(DOC): article,
            iris.facts_graph(DOC): facts,
            iris.BACKGROUND_GRAPH: background,
            iris.INFERRED_GRAPH: (),
            iris.ONTOLOGY_GRAPH: [*store.triples(iris.ONTOLOGY_GRAPH), *ontology],
        }
    )
    return store


def describe_claim(number, subject, relation, object_, rest):
    claim = DOC + f"/claim/{number}"
    evidence, sentence, quote = (claim + part for part in ("/e", "/s", "/q"))
    yield from (
        (claim, KG.subject, ID[subject]),
        (claim, KG.relation, KG[relation]),
        (claim, KG.object, ID[object_]),
        (claim, KG.holder, rest.get("holder", VOICE)),
        (claim, KG.polarity, KG[rest.get("polarity", "Positive")]),
        (claim, KG.modality, KG[rest.get("modality", "Asserted")]),
        (claim, KG.inArticle, DOC),
        (claim, KG.evidence, evidence),
        (evidence, KG.inSentence, sentence),
        (evidence, OA.hasSelector, quote),
        (sentence, KG.text, Literal(f"Words of {number}.")),
        (quote, OA.exact, Literal(f"words {number}")),
        (quote, OA.start, Literal(10 * number)),
        (quote, OA.end, Literal(10 * number + 7)),
    )
    for field, name in ((KG.topic, "topic"), (KG.timeStart, "start"), (KG.timeEnd, "end")):
        if name in rest:
            yield claim, field, Literal(rest[name])


def list_kinds(*claims, **known):
    accepted = known.pop("accepted", ())
    return [
        each.kind for each in find_contradictions(make_store(*claims, **known), accepted=accepted)
    ]


DENIED = {"polarity": "Negative"}


# ------------------------------------------------------------------------------------ polarity


def test_what_one_affirms_and_another_denies_is_told_with_both_holders():
    store = make_store(
        ("Peru", "joins", "Pact", {"holder": ANNA}),
        ("Peru", "joins", "Pact", {"holder": BORIS, **DENIED, "start": "2017", "end": "2017"}),
    )
    (found,) = find_contradictions(store)
    assert found.kind == "opposite-polarity"
    assert "Anna affirms what Boris denies" in found.reason
    assert "not all of it is dated" in found.reason
    (affirmed,), (denied,) = (side.passages for side in found.sides)
    assert (affirmed.holder, affirmed.polarity, affirmed.quote) == (ANNA, "positive", "words 0")
    assert (denied.holder, denied.polarity, denied.dates) == (BORIS, "negative", "2017")
    assert affirmed.dates == "undated, in an article of 2018-06-10"
    assert (denied.sentence, denied.start, denied.end) == ("Words of 1.", 10, 17)


def test_one_who_denies_what_she_affirms_contradicts_herself():
    claims = [("Peru", "joins", "Pact", {"holder": ANNA, **extra}) for extra in ({}, DENIED)]
    assert list_kinds(*claims) == ["self-contradiction"]


@pytest.mark.parametrize(
    ("affirmed", "denied"),
    [
        (("Peru", "alliedWith", "Chile"), ("Chile", "alliedWith", "Peru")),
        (("Peru", "headOf", "Chile"), ("Chile", "headedBy", "Peru")),
        (("Peru", "weakens", "Chile"), ("Peru", "influences", "Chile")),
    ],
    ids=["symmetric", "inverse", "a way of what is denied"],
)
def test_a_denial_meets_what_says_the_same_in_other_words(affirmed, denied):
    kinds = list_kinds((*affirmed, {"holder": ANNA}), (*denied, {"holder": BORIS, **DENIED}))
    assert kinds == ["opposite-polarity"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {**DENIED, "modality": "Possible"}),
        ({"modality": "Predicted"}, DENIED),
        ({"modality": "Desired"}, {**DENIED, "modality": "Desired"}),
        ({"start": "1955", "end": "1955"}, {**DENIED, "start": "1960"}),
        ({"topic": "grain"}, {**DENIED, "topic": "troops"}),
        ({}, {**DENIED, "topic": "troops"}),
    ],
    ids=["possible", "predicted", "desired", "other time", "other topic", "part denied"],
)
def test_what_leaves_room_for_both_is_no_contradiction(first, second):
    assert list_kinds(("Peru", "aids", "Chile", first), ("Peru", "aids", "Chile", second)) == []


def test_a_relation_that_is_denied_does_not_deny_the_one_above_it():
    claims = [("Peru", "influences", "Chile", {}), ("Peru", "weakens", "Chile", DENIED)]
    assert list_kinds(*claims) == []


def test_claims_of_one_side_are_told_together():
    claims = [("Peru", "joins", "Pact", {"holder": ANNA})] * 3
    claims += [("Peru", "joins", "Pact", {"holder": BORIS, **DENIED})] * 2
    (found,) = find_contradictions(make_store(*claims))
    assert [len(side.passages) for side in found.sides] == [3, 2]


# ---------------------------------------------------------------------------- clashing relations


def test_relations_that_exclude_each_other_clash_even_undated():
    claims = [("Peru", "supports", "Pact", {}), ("Peru", "opposes", "Pact", {})]
    (found,) = find_contradictions(make_store(*claims))
    assert found.kind == "incompatible"
    assert "neither side is dated" in found.reason


YEAR = {"start": "1981", "end": "1981"}


@pytest.mark.parametrize(
    ("friendly", "hostile", "kinds"),
    [
        (YEAR, {"start": "1981-04", "end": "1981-04"}, ["incompatible"]),
        ({"start": "1951"}, YEAR, ["incompatible"]),
        (YEAR, {"start": "1982", "end": "1982"}, []),
        (YEAR, {}, []),
        ({}, {}, []),
    ],
)
def test_allies_that_attack_each_other_clash_only_in_one_dated_period(friendly, hostile, kinds):
    claims = [("Chile", "alliedWith", "Peru", friendly), ("Peru", "attacks", "Chile", hostile)]
    assert list_kinds(*claims) == kinds


@pytest.mark.parametrize("conduct", ["criticises", "demandsOf", "threatens", "imposesTariffsOn"])
def test_an_ally_may_be_rough(conduct):
    assert list_kinds(("Peru", "alliedWith", "Chile", YEAR), ("Peru", conduct, "Chile", YEAR)) == []


def test_the_balance_of_trade_leans_to_one_side_at_a_time():
    claims = [("Peru", "hasTradeDeficitWith", "Chile", YEAR)]
    claims.append(("Chile", "hasTradeDeficitWith", "Peru", YEAR))
    assert list_kinds(*claims) == ["incompatible"]


def test_views_of_two_holders_are_not_set_against_each_other_unless_both_are_accepted():
    claims = [("Peru", "supports", "Pact", {"holder": ANNA})]
    claims.append(("Peru", "opposes", "Pact", {"holder": BORIS}))
    assert list_kinds(*claims) == []
    assert list_kinds(*claims, accepted=(ANNA, BORIS)) == ["incompatible"]


def test_a_pair_in_the_other_direction_is_another_matter():
    assert list_kinds(("Peru", "supports", "Chile", {}), ("Chile", "opposes", "Peru", {})) == []


# -------------------------------------------------------------------------------------- values


def test_two_heads_of_one_government_at_a_time():
    background = [(ID["Cabinet"], RDF.type, KG.Government), (ID["Peru"], RDF.type, KG.State)]
    claims = [("Anna", "headOf", "Cabinet", YEAR), ("Boris", "headOf", "Cabinet", YEAR)]
    assert list_kinds(*claims, background=background) == ["overlapping-values"]
    after = {"start": "1982", "end": "1990"}
    assert list_kinds(claims[0], ("Boris", "headOf", "Cabinet", after), background=background) == []
    of_state = [(name, "headOf", "Peru", YEAR) for name in ("Anna", "Boris")]
    assert list_kinds(*of_state, background=background) == []


def test_a_term_of_office_dates_a_claim_that_has_no_date():
    term = ID["term"]
    background = [
        (ID["Cabinet"], RDF.type, KG.Government),
        (term, KG.officeHolder, ANNA),
        (term, KG.ofState, ID["Cabinet"]),
        (term, KG.validFrom, Literal("1980")),
        (term, KG.validUntil, Literal("1985-03")),
    ]
    claims = [("Anna", "headOf", "Cabinet", {}), ("Boris", "headOf", "Cabinet", YEAR)]
    (found,) = find_contradictions(make_store(*claims, background=background))
    dates = {passage.dates for side in found.sides for passage in side.passages}
    assert dates == {"1981", "1980 to 1985-03, as background has it"}


# ------------------------------------------------------------------------------------- logical


@pytest.mark.parametrize(
    ("facts", "ontology", "rule"),
    [
        ([("Peru", "alliedWith", "Peru")], (), "prp-irp"),
        ([("Peru", "memberOf", "Pact"), ("Pact", "memberOf", "Peru")], (), "prp-asyp"),
        (
            [("Peru", "aids", "Chile"), ("Peru", "attacks", "Chile")],
            [(KG.aids, OWL.propertyDisjointWith, KG.attacks)],
            "prp-pdw",
        ),
        (
            [("Peru", "aids", "Chile"), ("Chile", "attacks", "Peru")],
            [
                (ID.Giver, OWL.complementOf, ID.Attacker),
                (KG.aids, RDFS.domain, ID.Giver),
                (KG.attacks, RDFS.range, ID.Attacker),
            ],
            "cls-com",
        ),
        (
            [("Peru", "aids", "Chile"), ("Peru", "aids", "Brazil")],
            [
                (KG.aids, RDF.type, OWL.FunctionalProperty),
                (ID.Chile, OWL.differentFrom, ID.Brazil),
            ],
            "eq-diff1",
        ),
    ],
)
def test_false_rules_are_proved_down_to_the_claims_of_both_sides(facts, ontology, rule):
    store = make_store(*((*fact, {}) for fact in facts), ontology=ontology)
    found = [each for each in find_contradictions(store) if each.rule == rule]
    assert len(found) == 1
    quotes = {passage.quote for side in found[0].sides for passage in side.passages}
    assert quotes == {f"words {number}" for number in range(len(facts))}


def test_a_thing_of_two_kinds_is_told_once_with_the_shortest_proof():
    store = make_store(("Plan", "demandsOf", "Peru", {}))
    kinds = [(ID["Plan"], RDF.type, KG.Policy)]
    store.replace(iris.BACKGROUND_GRAPH, kinds)
    found = find_contradictions(store)
    assert [each.kind for each in found] == ["logical"]
    assert "nothing is both" in found[0].reason
    assert "words 0" in format_contradictions(found)


def test_nothing_reported_or_denied_makes_a_logical_contradiction():
    assert list_kinds(("Peru", "alliedWith", "Peru", {"holder": ANNA})) == []
    assert list_kinds(("Peru", "alliedWith", "Peru", {"holder": ANNA}), accepted=[ANNA]) == [
        "logical"
    ]


# --------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("1981", "1981"), ("1981-12-31", None), True),
        (("1981", "1981"), ("1982-01", None), False),
        ((None, "1945"), ("1945-05", "1946"), True),
        (("198X", "198X"), ("1989-11", "1989-11"), True),
        (("1984~", "1984~"), ("1985", None), False),
        (("1981-21", "1981-21"), ("1981-06", "1981-07"), False),
        ((None, None), ("1800", "1801"), True),
    ],
)
def test_periods_overlap_as_far_as_their_dates_tell(one, other, expected):
    assert can_overlap(Period(*one), Period(*other)) is expected
    assert can_overlap(Period(*other), Period(*one)) is expected
    assert can_overlap(None, Period(*other))


# ------------------------------------------------------------------------- build and command

MIXED = (
    ("Peru", "alliedWith", "Peru", {}),
    ("Peru", "supports", "Pact", {}),
    ("Peru", "opposes", "Pact", {}),
    ("Peru", "joins", "Pact", {"holder": ANNA}),
    ("Peru", "joins", "Pact", DENIED),
)


def test_a_build_tells_each_contradiction_in_a_line_and_keeps_the_claims():
    store = make_store(*MIXED)
    before = set(store.triples(iris.article_graph(DOC)))
    messages = [f.message for f in close_graph(store).findings if f.check == "contradiction"]
    assert len(messages) == 3
    assert any("not so: Peru joins Pact" in message for message in messages)
    assert set(store.triples(iris.article_graph(DOC))) == before


def test_the_answer_is_the_same_each_time():
    first, second = (find_contradictions(make_store(*MIXED)) for _ in range(2))
    assert first == second
    assert format_contradictions(first) == format_contradictions(second)


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    place = tmp_path_factory.mktemp("contradictions")
    made = make_store(*MIXED)
    with open_graph(place, create=True) as store:
        store.replace_all({name: list(made.triples(name)) for name in made.graphs()})
    return place


def test_the_command_exits_with_1_where_there_are_any(directory, capfd):
    assert main(["contradictions", "--graph", str(directory)]) == 1
    assert capfd.readouterr().out.endswith("3 contradictions\n")
    assert main(["contradictions", "--graph", str(directory), "--kind", "overlapping-values"]) == 0
    assert capfd.readouterr().out == "0 contradictions\n"


def test_the_command_selects_by_thing_and_writes_json(directory, capfd):
    assert main(["contradictions", "--graph", str(directory), "--about", "Anna", "--json"]) == 1
    (found,) = json.loads(capfd.readouterr().out)
    assert found["kind"] == "opposite-polarity"
    (claim,) = found["sides"][0]["claims"]
    assert claim["holder_label"] == "Anna"
    assert main(["contradictions", "--graph", str(directory), "--about", "Nobody"]) == 2


def test_the_command_offers_every_kind():
    assert CONTRADICTIONS == KINDS
