"""What a colon after a counted phrase spells out."""

from trees import make_tree, pick

from kg.extraction.lists import find_listed

AREAS = """
Peru      Peru    PROPN nsubj   2
stressed  stress  VERB  root    0
two       two     NUM   nummod  4
areas     area    NOUN  obj     2 Number=Plur
:         :       PUNCT punct   6
trade     trade   NOUN  appos   4
;         ;       PUNCT punct   9
and       and     CCONJ cc      9
energy    energy  NOUN  conj    6
.         .       PUNCT punct   2
"""


def test_the_items_stand_for_the_counted_phrase() -> None:
    tree = make_tree(AREAS)
    assert pick(tree, find_listed(tree, 3)) == ["trade", "energy"]


def test_a_phrase_that_counts_nothing_introduces_no_list() -> None:
    tree = make_tree(AREAS)
    assert find_listed(tree, 5) == []
    assert find_listed(make_tree(AREAS.replace("nummod", "amod")), 3) == []
