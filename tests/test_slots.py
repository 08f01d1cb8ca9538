"""Slots of the lexicon, from trees written by hand and from text with subjects far away."""

import pytest
from readings import case, list_triples
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


# ------------------------------------------------------------------------------------ in text


RELATIVE_AND_PARTICIPIAL = [
    case("Belgium, which joined NATO in 1949, hosts its headquarters.",
         "Belgium joins North Atlantic Treaty Organization"),
    case(
        "The Soviet Union, which had supported Egypt, withdrew from Yugoslavia.",
        "Soviet Union supports Egypt",
        "Soviet Union withdrawsFrom Yugoslavia",
    ),
    case(
        "Iran, which supports Hezbollah, threatened Israel.",
        "Iran supports Hezbollah",
        "Iran threatens Israel",
    ),
    case("The treaty that Japan signed with Russia in 1905 ended the war.", "Japan joins treaty"),
    case(
        "The treaty signed by Japan and Russia failed.",
        "Japan joins treaty",
        "Russia joins treaty",
    ),
    case(
        "Weapons supplied by Russia to Syria arrived.",
        "Russia aids Syria",
        never=["Syria aids Russia"],
    ),
    case(
        "The alliance to which Poland belongs supports Ukraine.",
        "Poland memberOf alliance",
    ),
    case(
        "Withdrawing from the European Union, Britain began talks with India.",
        "United Kingdom withdrawsFrom European Union",
    ),
    case(
        "Pressed by the United States, Israel withdrew from Sinai in 1957.",
        "United States demandsOf Israel",
        "Israel withdrawsFrom Sinai Peninsula",
    ),
    case(
        "Germany attacked Belgium, forcing Britain to declare war on Germany.",
        "Germany attacks Belgium",
        "United Kingdom attacks Germany",
        never=["Germany attacks United Kingdom"],
    ),
    case(
        "Having left the Commonwealth, Pakistan turned to China.",
        "Pakistan withdrawsFrom Commonwealth of Nations",
    ),
    case(
        "Backed by Russia, Serbia rejected the plan.",
        "Russia supports Serbia",
    ),
    case(
        "Fearing Germany, France allied with Poland.",
        "France alliedWith Poland",
        never=["Germany alliedWith Poland"],
    ),
    case(
        "Criticising China, Australia supported Taiwan.",
        "Australia criticises China",
        "Australia supports Taiwan",
        never=["Criticising supports Taiwan"],
        fails="the parser takes Australia for an apposition of China",
    ),
    case(
        "Rather than supporting Serbia, Italy supported Austria.",
        "Italy supports Austria",
        never=["Serbia supports Austria"],
    ),
]  # fmt: skip

CONTROL = [
    case("The war prompted Brazil to invest in railways.", "war causes railways"),
    case("The pact sought to cope with inflation.", "pact addresses inflation"),
    case(
        "Kissinger sought to persuade Israel to withdraw from Sinai.",
        "Israel withdrawsFrom Sinai Peninsula",
        never=["Henry Kissinger withdrawsFrom Sinai Peninsula"],
    ),
    case(
        "Kissinger sought to persuade Israel to withdraw from Sinai.",
        never=["Kissinger addresses Israel", "Henry Kissinger addresses Israel"],
    ),
    case(
        "Jimmy Carter persuaded Egypt to recognise Israel.",
        "Egypt recognises Israel",
        never=["Jimmy Carter recognises Israel"],
    ),
    case(
        "Nixon ordered American troops to invade Cambodia.",
        "armed forces of United States attacks Cambodia",
        never=["Richard Nixon attacks Cambodia"],
    ),
    case(
        "Britain wants Argentina to withdraw from the Falkland Islands.",
        "Argentina withdrawsFrom Falkland Islands",
        never=["United Kingdom withdrawsFrom Falkland Islands"],
    ),
    case("Spain agreed to withdraw from Western Sahara.", "Spain withdrawsFrom Western Sahara"),
    case("Britain promised to defend Belgium.", "United Kingdom protects Belgium"),
    case("Italy decided to join the Triple Alliance.", "Italy joins Triple Alliance"),
    case(
        "Poland plans to leave the Energy Charter Treaty.",
        "Poland withdrawsFrom Energy Charter Treaty",
        never=["Poland pursues Energy Charter Treaty"],
    ),
    case(
        "The United States urged Israel to negotiate with Egypt.",
        "Israel negotiatesWith Egypt",
        never=["United States negotiatesWith Egypt"],
    ),
    case(
        "China asked North Korea to negotiate with the United States.",
        "North Korea negotiatesWith United States",
        never=["China negotiatesWith United States"],
    ),
    case(
        "France allowed Germany to join NATO.",
        "Germany joins North Atlantic Treaty Organization",
        never=["France joins North Atlantic Treaty Organization"],
    ),
    case(
        "Turkey prevented Sweden from joining NATO.",
        "Turkey weakens Sweden",
        "Sweden joins North Atlantic Treaty Organization",
        never=["Turkey joins North Atlantic Treaty Organization"],
    ),
    case(
        "Iran accused Israel of attacking Syria.",
        "Iran criticises Israel",
        "Israel attacks Syria",
        never=["Iran attacks Syria"],
    ),
    case(
        "Saudi Arabia accused Iran of supporting the Houthis.",
        "Saudi Arabia criticises Iran",
        "Iran supports Houthis",
        never=["Saudi Arabia supports Houthis"],
    ),
    case(
        "Washington forced Britain to leave Suez.",
        "United States demandsOf United Kingdom",
        "United Kingdom withdrawsFrom Suez",
        fails="Suez alone is no named place",
    ),
    case(
        "India is trying to contain China.",
        "India weakens China",
        never=["China partOf India"],
    ),
]


@pytest.mark.parametrize(("text", "expected", "never"), [*RELATIVE_AND_PARTICIPIAL, *CONTROL])
def test_ends_that_stand_outside_the_clause_are_found(read_text, text, expected, never):
    found = set(list_triples(read_text(text)))
    assert expected <= found
    assert not found & never
