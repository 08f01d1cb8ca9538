"""Hazards: what would make a reasoner hang or eat the memory ends in an answer or a clear error."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kg.errors import ReasoningLimitError
from kg.reasoning.encoding import DIFFERENT, FIRST, NIL, OWL, RDFS, REST, SAME, TYPE
from kg.reasoning.result import close_triples
from kg.reasoning.rulebook import Rule, read_rulebook

RULES = Path(__file__).parent.parent / "ontology" / "rules" / "owl2rl.n3"
SUBCLASS = f"<{RDFS}subClassOf>"
SUBPROPERTY = f"<{RDFS}subPropertyOf>"
# Seconds; several times what each takes, for a machine that does other things as well.
PATIENCE = 60.0


@pytest.fixture(scope="module")
def rules():
    """The rules of OWL 2 RL."""
    return read_rulebook(RULES)


@pytest.fixture(autouse=True)
def _watch():
    """No test here may take long."""
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < PATIENCE


def name(local):
    """A term of the examples."""
    return f"<http://example.org/{local}>"


def owl(local):
    """A term of OWL."""
    return f"<{OWL}{local}>"


def write_list(head, members):
    """The triples of a list."""
    cells = [head, *(f"{head}x{place}" for place in range(1, len(members))), NIL]
    for cell, member, rest in zip(cells, members, cells[1:], strict=False):
        yield cell, FIRST, member
        yield cell, REST, rest


def write_chain(relation, length):
    """Things in a row, each with a relation to the next."""
    return [(name(place), relation, name(place + 1)) for place in range(length)]


def test_a_circle_of_classes_makes_them_one_kind(rules):
    circle = [(name(i), SUBCLASS, name((i + 1) % 100)) for i in range(100)]
    closure = close_triples([*circle, (name("a"), TYPE, name(0))], rules)
    assert all((name("a"), TYPE, name(i)) in closure for i in range(100))
    assert (name(7), owl("equivalentClass"), name(3)) in closure


@pytest.mark.parametrize(
    "cells",
    [
        [("_:l", FIRST, name("D")), ("_:l", REST, "_:l")],
        [("_:l", FIRST, name("D"))],
        [("_:l", REST, NIL)],
        [("_:l", FIRST, name("D")), ("_:l", FIRST, name("E")), ("_:l", REST, NIL)],
        [("_:l", FIRST, name("D")), ("_:l", REST, NIL), ("_:l", REST, "_:m")],
        [],
    ],
    ids=["loop", "no rest", "no member", "two members", "two rests", "no list"],
)
def test_a_malformed_list_is_a_finding_and_is_not_used(cells, rules):
    given = [(name("C"), owl("unionOf"), "_:l"), (name("a"), TYPE, name("D")), *cells]
    closure = close_triples(given, rules)
    assert closure.broken_lists == ["_:l"]
    assert (name("a"), TYPE, name("C")) not in closure


def test_a_list_whose_members_are_merged_is_not_malformed(rules):
    given = [
        (name("C"), owl("unionOf"), "_:l"),
        *write_list("_:l", [name("Z"), name("Y")]),
        (name("A"), SAME, name("Z")),
        (name("a"), TYPE, name("A")),
    ]
    closure = close_triples(given, rules)
    assert closure.broken_lists == []
    assert (name("a"), TYPE, name("C")) in closure


def test_a_list_that_is_inferred_after_its_axiom_is_read(rules):
    given = [
        (name("C"), owl("unionOf"), "_:l"),
        (name("head"), SUBPROPERTY, FIRST),
        ("_:l", name("head"), name("D")),
        ("_:l", REST, NIL),
        (name("a"), TYPE, name("D")),
    ]
    closure = close_triples(given, rules)
    assert (name("a"), TYPE, name("C")) in closure
    assert closure.broken_lists == []


def test_literals_as_subjects_are_reasoned_with_but_not_written(rules):
    given = [
        ('"x"', name("p"), name("b")),
        (name("p"), owl("inverseOf"), name("q")),
        (name("p"), f"<{RDFS}domain>", name("C")),
    ]
    closure = close_triples(given, rules)
    assert (name("b"), name("q"), '"x"') in closure
    assert all(not subject.startswith('"') for subject, _, _ in closure.triples())


def test_a_clique_of_a_thousand_equals_is_one_thing(rules):
    clique = [(name(i), SAME, name(j)) for i in range(1000) for j in range(1000)]
    closure = close_triples([*clique, (name(999), name("p"), name("b"))], rules)
    assert (name(0), name("p"), name("b")) in closure
    assert closure.are_same(name(17), name(901))


def test_a_chain_of_equals_is_one_thing_and_not_written_out(rules):
    chain = write_chain(SAME, 300_000)
    closure = close_triples(chain, rules)
    assert closure.are_same(name(0), name(300_000))
    with pytest.raises(ReasoningLimitError, match="one name for each class"):
        next(iter(closure.triples()))
    assert sum(1 for _ in closure.triples(equals=False)) < 100


def test_an_ontology_may_make_everything_the_same(rules):
    given = [(name("p"), TYPE, owl("InverseFunctionalProperty"))]
    given += [(name("p"), f"<{RDFS}domain>", name("C")), (name("C"), SUBCLASS, "_:r")]
    given += [("_:r", owl("onProperty"), name("p")), ("_:r", owl("hasValue"), name("v"))]
    given += [(name(i), TYPE, name("C")) for i in range(20_000)]
    given += [(name(i), name(f"q{i % 20}"), name(i + 1)) for i in range(20_000)]
    closure = close_triples(given, rules)
    assert closure.are_same(name(0), name(19_999))


def test_classes_relations_and_vocabulary_may_be_the_same(rules):
    given = [(owl("Thing"), SAME, owl("Nothing")), (TYPE, SAME, name("isA"))]
    given += [(name("a"), name("isA"), name("C")), (name("C"), SAME, owl("Class"))]
    closure = close_triples(given, rules)
    assert (name("a"), TYPE, name("C")) in closure
    assert (name("a"), TYPE, owl("Class")) in closure


def test_a_million_values_of_a_functional_property_are_one(rules):
    given = [(name("p"), TYPE, owl("FunctionalProperty"))]
    given += [(name("a"), name("p"), name(i)) for i in range(1_000_000)]
    closure = close_triples(given, rules)
    assert closure.are_same(name(0), name(999_999))


def test_values_that_come_one_after_the_other_are_all_the_same(rules):
    given = [(name("p"), TYPE, owl("FunctionalProperty"))]
    for i in range(40):
        # Each value comes a round later than the last.
        given += [(name(f"r{i}"), SUBPROPERTY, name(f"r{i + 1}"))]
        given += [(name("a"), name(f"r{40 - i}"), name(i))]
    given += [(name("r40"), SUBPROPERTY, name("p"))]
    closure = close_triples(given, rules)
    assert all(closure.are_same(name(0), name(i)) for i in range(40))


def test_a_key_of_which_no_part_is_selective(rules):
    given = [(name("C"), owl("hasKey"), "_:k"), *write_list("_:k", [name("p"), name("q")])]
    for i in range(50_000):
        given += [(name(i), TYPE, name("C")), (name(i), name("p"), name("one"))]
        given += [(name(i), name("q"), name(f"v{i // 2}"))]
    closure = close_triples(given, rules)
    assert closure.are_same(name(0), name(1))
    assert not closure.are_same(name(1), name(2))


def test_a_transitive_chain_of_three_thousand(rules):
    chain = write_chain(name("p"), 3000)
    closure = close_triples([(name("p"), TYPE, owl("TransitiveProperty")), *chain], rules)
    assert (name(0), name("p"), name(3000)) in closure
    assert closure.count_inferred() > 4_400_000


def test_a_symmetric_transitive_chain(rules):
    kinds = [(name("p"), TYPE, owl(f"{kind}Property")) for kind in ("Transitive", "Symmetric")]
    closure = close_triples([*kinds, *write_chain(name("p"), 700)], rules)
    assert all((name(i), name("p"), name(j)) in closure for i in (0, 350, 700) for j in (0, 9, 700))


def test_a_transitive_chain_of_a_hundred_thousand_is_refused(rules):
    chain = write_chain(name("p"), 100_000)
    with pytest.raises(ReasoningLimitError, match="facts would follow"):
        close_triples(
            [(name("p"), TYPE, owl("TransitiveProperty")), *chain], rules, limit=5_000_000
        )


def test_a_deep_chain_of_classes(rules):
    given = [*write_chain(SUBCLASS, 1000), (name("a"), TYPE, name(0))]
    closure = close_triples(given, rules)
    assert (name("a"), TYPE, name(1000)) in closure
    assert (name(0), SUBCLASS, name(1000)) in closure


def test_a_chain_of_ten_thousand_classes_is_refused(rules):
    with pytest.raises(ReasoningLimitError, match="facts would follow"):
        close_triples(write_chain(SUBCLASS, 10_000), rules, limit=5_000_000)


def test_that_one_plan_offers_too_much_is_refused_before_it_is_kept():
    everything = Rule(
        "pairs", "", ("?a", name("q"), "?b"),
        (("?a", name("p"), name("x")), ("?b", name("p"), name("x"))),
    )  # fmt: skip
    given = [(name(i), name("p"), name("x")) for i in range(10_000)]
    with pytest.raises(ReasoningLimitError, match="facts would follow"):
        close_triples(given, [everything], limit=2_000_000)


def test_five_thousand_things_that_all_differ(rules):
    members = [name(i) for i in range(5000)]
    given = [("_:d", TYPE, owl("AllDifferent")), ("_:d", owl("members"), "_:l")]
    given += write_list("_:l", members)
    assert not close_triples(given, rules).clashes
    closure = close_triples([*given, (name(3), SAME, name(4000))], rules)
    assert [clash.rule for clash in closure.clashes] == ["eq-diff2"]


def test_too_many_disjoint_classes_are_refused(rules):
    given = [("_:d", TYPE, owl("AllDisjointClasses")), ("_:d", owl("members"), "_:l")]
    given += [*write_list("_:l", [name(i) for i in range(5000)])]
    with pytest.raises(ReasoningLimitError, match="rules of their own"):
        close_triples(given, rules)


def test_a_relation_may_mean_that_something_is_of_a_class_or_the_same(rules):
    given = [
        (name("kind"), SUBPROPERTY, TYPE),
        (name("alias"), SUBPROPERTY, SAME),
        (name("a"), name("kind"), name("C")),
        (name("a"), name("alias"), name("b")),
        (TYPE, SUBPROPERTY, name("belongsTo")),
    ]
    closure = close_triples(given, rules)
    assert (name("b"), TYPE, name("C")) in closure
    assert (name("b"), name("belongsTo"), name("C")) in closure


def test_the_first_term_met_may_be_renamed(rules):
    # A class has no second end: the number that stands there must be no term's.
    given = [(name("z"), SAME, name("a")), (name("z"), TYPE, name("C"))]
    closure = close_triples(given, rules)
    assert (name("a"), TYPE, name("C")) in closure
    assert (name("z"), TYPE, name("C")) in closure


def test_rules_that_differ_only_in_what_must_differ_both_run():
    body = (("?a", name("p"), "?b"), ("?a", name("p"), "?c"))
    apart = Rule("apart", "", ("?b", name("q"), "?c"), body, distinct=(("?b", "?c"),))
    whole = Rule("whole", "", ("?b", name("q"), "?c"), body)
    closure = close_triples([(name("a"), name("p"), name("b"))], [apart, whole])
    assert (name("b"), name("q"), name("b")) in closure


def test_derivations_end_in_what_was_given(rules):
    given = [(name("p"), TYPE, owl("TransitiveProperty")), *write_chain(name("p"), 5)]
    given += [(name("p"), f"<{RDFS}domain>", name("C")), (name("C"), SUBCLASS, name("D"))]
    closure = close_triples(given, rules)
    waiting = [
        closure.find((name(0), name("p"), name(5))),
        closure.find((name(0), TYPE, name("D"))),
    ]
    leaves = set()
    while waiting:
        fact = waiting.pop()
        derivation = closure.derive(fact)
        if derivation is None:
            leaves.add(closure.read(fact))
            continue
        waiting += [*derivation.axioms, *derivation.premises]
    assert leaves <= set(given)
    assert (name(4), name("p"), name(5)) in leaves


def test_nothing_follows_from_nothing():
    assert list(close_triples([], []).triples()) == []


def test_different_and_same_by_other_names(rules):
    given = [(name("other"), SUBPROPERTY, DIFFERENT), (name("a"), name("other"), name("b"))]
    given += [(name("a"), SAME, name("b"))]
    closure = close_triples(given, rules)
    assert [clash.rule for clash in closure.clashes] == ["eq-diff1"]
