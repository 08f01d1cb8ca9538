"""Walking a parsed sentence."""

from hypothesis import given
from hypothesis import strategies as st
from trees import make_tree, pick

from kg.extraction import tree as walking
from kg.extraction.tree import build_tree
from kg.model import BlockKind, Sentence, Span, Token

PART = "Tense=Past|VerbForm=Part"
PASSIVE = make_tree(f"""
Poland    Poland  PROPN nsubj:pass 3
was       be      AUX   aux:pass   3
invaded   invade  VERB  root       0 {PART}
and       and     CCONJ cc         5
annexed   annex   VERB  conj       3 {PART}
by        by      ADP   case       7
Germany   Germany PROPN obl:agent  5
""")
RELATIVE = make_tree(f"""
Forces    force    NOUN  nsubj      8
which     which    PRON  nsubj      4 PronType=Rel
had       have     AUX   aux        4
pulled    pull     VERB  acl:relcl  1 {PART}
out       out      ADP   compound:prt 4
,         ,        PUNCT punct      4
stationed station  VERB  acl        1 {PART}
wanted    want     VERB  root       0
to        to       PART  mark       10
stay      stay     VERB  xcomp      8
out       out      ADP   case       13
of        of       ADP   fixed      11
Iraq      Iraq     PROPN obl        10
""")


def test_children_and_heads_agree():
    for tree in (PASSIVE, RELATIVE):
        for i in range(len(tree.tokens)):
            assert all(tree.head(child) == i for child in tree.children[i])
        assert [tree.head(root) for root in walking.find_roots(tree)] == [None]


def test_subtrees_and_paths():
    assert sorted(walking.walk_subtree(PASSIVE, 4)) == [3, 4, 5, 6]
    assert pick(PASSIVE, walking.walk_up(PASSIVE, 6)) == ["annexed", "invaded"]
    assert pick(PASSIVE, PASSIVE.under(2, "nsubj:pass", "conj")) == ["Poland", "annexed"]


def test_conjuncts():
    assert pick(PASSIVE, walking.find_conjuncts(PASSIVE, 2)) == ["invaded", "annexed"]
    assert walking.find_first_conjunct(PASSIVE, 4) == 2
    assert walking.find_first_conjunct(PASSIVE, 6) == 6


def test_voice_reaches_conjoined_participles():
    assert walking.is_passive(PASSIVE, 2)
    assert walking.is_passive(PASSIVE, 4)
    assert walking.is_passive(RELATIVE, 6)
    assert not walking.is_passive(RELATIVE, 3)
    assert not walking.is_passive(RELATIVE, 9)
    assert walking.is_past_participle(RELATIVE, 6)
    assert not walking.is_past_participle(RELATIVE, 3)


def test_cases_particles_and_infinitives():
    assert walking.read_case(PASSIVE, 6) == "by"
    assert walking.read_case(RELATIVE, 12) == "out_of"
    assert walking.read_case(RELATIVE, 0) == ""
    assert walking.find_particle(RELATIVE, 3) == {"out"}
    assert walking.is_infinitive(RELATIVE, 9)
    assert not walking.is_infinitive(RELATIVE, 7)


def test_relative_clauses_find_their_noun():
    assert walking.find_relative(RELATIVE, 3) == 0
    assert walking.find_relative(RELATIVE, 9) is None
    assert walking.is_relative_word(RELATIVE, 1)
    assert not walking.is_relative_word(RELATIVE, 0)


def make_chain(heads, role):
    tokens = tuple(
        Token(Span(2 * i, 2 * i + 1), "x", "x", "NOUN", head, role) for i, head in enumerate(heads)
    )
    return build_tree(Sentence(Span(0, 2 * len(heads)), BlockKind.PROSE, None, tokens))


@given(st.data(), st.integers(1, 12))
def test_any_tree_is_walked_to_its_end(data, size):
    heads = [data.draw(st.integers(0, i)) for i in range(size)]
    tree = make_chain(heads, data.draw(st.sampled_from(["conj", "obj", "xcomp", "acl:relcl"])))
    roots = list(walking.find_roots(tree))
    below = sorted(i for root in roots for i in walking.walk_subtree(tree, root))
    assert below == list(range(size))
    for i in range(size):
        assert i not in set(walking.walk_up(tree, i))
        assert i in walking.find_conjuncts(tree, i)


def test_a_chain_as_long_as_a_page_is_walked():
    tree = make_chain([0, *range(3000)], "conj")
    assert len(list(walking.walk_subtree(tree, 0))) == 3001
    assert len(walking.find_conjuncts(tree, 0)) == 3001
