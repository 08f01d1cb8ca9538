"""Slots of the lexicon, filled from trees written by hand."""

import pytest
from trees import make_tree, pick

from kg.extraction.cues import CueIndex
from kg.extraction.slots import Scene, fill_slot

PART = "Tense=Past|VerbForm=Part"

ACTIVE = """
Iraq      Iraq   PROPN nsubj 2
invaded   invade VERB  root  0
Kuwait    Kuwait PROPN obj   2
from      from   ADP   case  5
Basra     Basra  PROPN obl   2
"""
PASSIVE = f"""
Kuwait    Kuwait PROPN nsubj:pass 3
was       be     AUX   aux:pass   3
invaded   invade VERB  root       0 {PART}
by        by     ADP   case       5
Iraq      Iraq   PROPN obl:agent  3
"""
REDUCED = f"""
Weapons   weapon NOUN  nsubj  5
supplied  supply VERB  acl    1 {PART}
by        by     ADP   case   4
Russia    Russia PROPN obl    2
arrived   arrive VERB  root   0
"""
RELATIVE = """
States    state  NOUN  root      0
that      that   PRON  nsubj     3 PronType=Rel
joined    join   VERB  acl:relcl 1
NATO      NATO   PROPN obj       3
"""
GAP = """
States    state  NOUN  root      0
that      that   PRON  obj       4 PronType=Rel
Russia    Russia PROPN nsubj     4
invaded   invade VERB  acl:relcl 1
"""
CONJOINED = """
Iraq      Iraq     PROPN nsubj 2
invaded   invade   VERB  root  0
and       and      CCONJ cc    4
annexed   annex    VERB  conj  2
Kuwait    Kuwait   PROPN obj   4
"""
CONTROL = """
Turkey    Turkey PROPN nsubj 2
wants     want   VERB  root  0
to        to     PART  mark  4
join      join   VERB  xcomp 2
NATO      NATO   PROPN obj   4
"""
OBJECT_CONTROL = """
Carter    Carter   PROPN nsubj 2
persuaded persuade VERB  root  0
Egypt     Egypt    PROPN obj   2
to        to       PART  mark  5
join      join     VERB  xcomp 2
NATO      NATO     PROPN obj   5
"""
POSSESSIVE = """
Germany   Germany  PROPN nmod:poss 3
's        's       PART  case      1
invasion  invasion NOUN  root      0
of        of       ADP   case      5
Poland    Poland   PROPN nmod      3
"""
BY_AGENT = """
invasion  invasion NOUN  root      0
of        of       ADP   case      3
Poland    Poland   PROPN nmod      1
by        by       ADP   case      5
Germany   Germany  PROPN nmod      1
"""
SUPPORT = """
China     China    PROPN nsubj 2
put       put      VERB  root  0
pressure  pressure NOUN  obj   2
on        on       ADP   case  5
Vietnam   Vietnam  PROPN obl   2
"""
COPULA = """
Poland    Poland  PROPN nsubj 4
is        be      AUX   cop   4
an        a       DET   det   4
ally      ally    NOUN  root  0
of        of      ADP   case  6
France    France  PROPN nmod  4
"""
APPOSITION = """
Poland    Poland  PROPN nsubj 6
,         ,       PUNCT punct 3
ally      ally    NOUN  appos 1
of        of      ADP   case  5
France    France  PROPN nmod  3
voted     vote    VERB  root  0
"""
COMPOUND = """
US        US       PROPN compound 2
pressure  pressure NOUN  nsubj    3
grew      grow     VERB  root     0
"""


@pytest.fixture(scope="module")
def fill(vocabulary):
    def fill_at(rows, trigger, slot):
        tree = make_tree(rows)
        words = [token.text for token in tree.tokens]
        named = {i for i, token in enumerate(tree.tokens) if token.pos == "PROPN"}
        scene = Scene(tree, CueIndex(vocabulary.cues), named.__contains__)
        return pick(tree, fill_slot(scene, words.index(trigger), slot))

    return fill_at


@pytest.mark.parametrize(
    ("rows", "trigger", "slot", "expected"),
    [
        (ACTIVE, "invaded", "subject", ["Iraq"]),
        (ACTIVE, "invaded", "object", ["Kuwait"]),
        (ACTIVE, "invaded", "from", ["Basra"]),
        (ACTIVE, "invaded", "to", []),
        (ACTIVE, "invaded", "self", ["invaded"]),
        (PASSIVE, "invaded", "subject", ["Iraq"]),
        (PASSIVE, "invaded", "object", ["Kuwait"]),
        (REDUCED, "supplied", "subject", ["Russia"]),
        (REDUCED, "supplied", "object", ["Weapons"]),
        (RELATIVE, "joined", "subject", ["States"]),
        (RELATIVE, "joined", "object", ["NATO"]),
        (GAP, "invaded", "subject", ["Russia"]),
        (GAP, "invaded", "object", ["States"]),
        (CONJOINED, "annexed", "subject", ["Iraq"]),
        (CONJOINED, "annexed", "object", ["Kuwait"]),
        (CONJOINED, "invaded", "object", ["Kuwait"]),
        (CONTROL, "join", "subject", ["Turkey"]),
        (OBJECT_CONTROL, "join", "subject", ["Egypt"]),
        (POSSESSIVE, "invasion", "agent", ["Germany"]),
        (POSSESSIVE, "invasion", "of", ["Poland"]),
        (BY_AGENT, "invasion", "agent", ["Germany"]),
        (SUPPORT, "pressure", "agent", ["China"]),
        (SUPPORT, "pressure", "on", ["Vietnam"]),
        (SUPPORT, "put", "object.on", ["Vietnam"]),
        (COPULA, "ally", "bearer", ["Poland"]),
        (COPULA, "ally", "of", ["France"]),
        (APPOSITION, "ally", "bearer", ["Poland"]),
        (COMPOUND, "pressure", "agent", ["US"]),
        (COMPOUND, "pressure", "modifier", ["US"]),
    ],
)
def test_slots_are_filled(fill, rows, trigger, slot, expected):
    assert fill(rows, trigger, slot) == expected
