"""Identity within an article: names, pronouns, definite descriptions, described things."""

import pytest
from readings import case, list_mentions, list_triples

from kg.iris import ID, KG
from kg.model import MentionForm

PRONOUNS = [
    case("Iraq invaded Kuwait. It also attacked Israel.", "Iraq attacks Israel"),
    case("Sadat visited Jerusalem. He recognised Israel.", "Anwar El Sadat recognises Israel"),
    case(
        "Angela Merkel met Vladimir Putin. She criticised Russia.",
        "Angela Merkel criticises Russia",
        never=["Vladimir Putin criticises Russia"],
    ),
    case(
        "The Soviet Union invaded Hungary. Its troops attacked Budapest.",
        never=["Hungary attacks Budapest"],
    ),
    case(
        "India and Pakistan signed a ceasefire. They criticised China.",
        "India criticises China",
        "Pakistan criticises China",
    ),
    case(
        "Iran supports Hezbollah, and it opposes Israel.",
        "Iran supports Hezbollah",
        "Iran opposes Israel",
    ),
    case(
        "India and Pakistan signed a ceasefire. They met in Simla.",
        "India meets Pakistan",
    ),
    case(
        "Chile withdrew from the Andean Pact; Venezuela left it in 2006.",
        "Venezuela withdrawsFrom Andean Pact",
        fails="'it' as the object after a semicolon is not resolved",
    ),
    case(
        "Finland hopes that Turkey will support its membership.",
        "Turkey supports Finland's membership",
        fails="'its' is the subject of its own clause, not of the one above",
    ),
    case(
        "It rained in Geneva, and nobody attacked Iran.",
        never=["Geneva attacks Iran"],
    ),
]

DESCRIPTIONS = [
    case(
        "India and Pakistan met in Simla. Only two small countries joined NATO.",
        never=["India joins NATO", "Pakistan joins NATO"],
    ),
    case(
        "The United States feared the Soviet Union. Both superpowers supported disarmament.",
        "United States supports disarmament",
        "Soviet Union supports disarmament",
    ),
    case(
        "Angola opposed Portugal. The newly independent country attacked Namibia.",
        "Angola attacks Namibia",
    ),
    case(
        "Iran attacked the cities of Basra and Mosul.",
        "Iran attacks Mosul",
        "Iran attacks Basra",
    ),
    case("Soviet tanks attacked Budapest.", "Soviet tanks attacks Budapest"),
    case(
        "India and Pakistan are rivals. The two countries fought over Kashmir.",
        "Pakistan attacks India",
        never=["two countries attacks Kashmir", "countries attacks Kashmir"],
    ),
    case(
        "The United States and Japan signed a pact in 1951. Both countries ratified the treaty.",
        "United States joins treaty",
        "Japan joins treaty",
    ),
    case(
        "Russia and China held talks. Both supported Iran.",
        "Russia supports Iran",
        "China supports Iran",
    ),
    case(
        "Iraq invaded Kuwait. The country also attacked Israel.",
        "Iraq attacks Israel",
    ),
    case(
        "Gamal Abdel Nasser, president of Egypt, nationalised the Suez Canal. "
        "The Egyptian leader criticised Britain.",
        "Gamal Abdel Nasser criticises United Kingdom",
        never=["Egyptian leader criticises United Kingdom"],
    ),
    case(
        "Emmanuel Macron visited Warsaw. The Egyptian leader criticised Britain.",
        never=["Emmanuel Macron criticises United Kingdom"],
    ),
    case(
        "Canada signed the Kyoto Protocol. Later the country withdrew from the Protocol.",
        "Canada withdrawsFrom Kyoto Protocol",
    ),
    case(
        "Canada signed the Kyoto Protocol. Later Canada withdrew from the protocol.",
        "Canada withdrawsFrom Kyoto Protocol",
    ),
    case(
        "NATO supports Ukraine. The alliance criticised Russia.",
        "North Atlantic Treaty Organization criticises Russia",
    ),
    case(
        "France signed the treaty. The policy of Germany weakened the treaty.",
        never=["Germany weakens France"],
    ),
]

NAMES = [
    case(
        "The European Union (EU) imposed sanctions on Belarus. The EU also criticised Russia.",
        "European Union sanctions Belarus",
        "European Union criticises Russia",
    ),
    case(
        "Emmanuel Macron visited Egypt. Macron met Xi Jinping.",
        "Emmanuel Macron visits Egypt",
        "Emmanuel Macron meets Xi Jinping",
    ),
    case(
        "The Ruritanian Trade Organization (RTO) criticised Iran. The RTO supports Malta.",
        "Ruritanian Trade Organization criticises Iran",
        "Ruritanian Trade Organization supports Malta",
    ),
    case(
        "The Obama administration supported the Paris Agreement.",
        "Obama administration supports Paris Agreement",
        never=["Barack Obama supports Paris Agreement"],
    ),
    case(
        "Washington opposed Moscow in the United Nations.",
        "United States opposes Russia",
    ),
    case("The Kremlin supports Serbia.", "Kremlin supports Serbia"),
]


@pytest.mark.parametrize(("text", "expected", "never"), [*PRONOUNS, *DESCRIPTIONS, *NAMES])
def test_ends_are_the_things_meant(read_text, text, expected, never):
    found = set(list_triples(read_text(text)))
    assert expected <= found
    assert not found & never


def test_pronouns_become_mentions_of_what_they_mean(read_text):
    reading = read_text("Iraq invaded Kuwait. It also attacked Israel.")
    assert "It: Iraq, State, pronoun" in list_mentions(reading)


def test_things_of_the_gazetteer_keep_its_iri_and_country(read_text):
    (entity, *_) = read_text("Britain left the European Union.").entities
    assert (entity.iri, entity.entry) == (ID["United-Kingdom"], ID["United-Kingdom"])
    assert (entity.kind, entity.country) == (KG.State, "GBR")


def test_unknown_things_are_told_apart_by_article(read_text):
    first = read_text("The Ruritanian Trade Organization criticised Iran.")
    second = read_text("The Ruritanian Trade Organization supported Iran.")
    (one,) = (e for e in first.entities if e.label.startswith("Ruritanian"))
    (other,) = (e for e in second.entities if e.label.startswith("Ruritanian"))
    assert one.kind == other.kind == KG.Organization
    assert one.entry is other.entry is None
    assert one.iri != other.iri


def test_described_actors_have_the_country_that_describes_them(read_text):
    reading = read_text("Japanese officials believe that North Korea threatens Malaysia.")
    holder = reading.claims[0].holder
    (officials,) = (e for e in reading.entities if e.iri == holder)
    assert (officials.kind, officials.country) == (KG.Group, "JPN")


def test_entities_stand_in_the_order_of_their_first_mention(read_text):
    reading = read_text(
        "Germany attacked Poland, and Britain supported Poland.",
        "Poland thanked Britain. It criticised Germany.",
    )
    firsts = [entity.mentions[0].span for entity in reading.entities]
    assert firsts == sorted(firsts)
    for entity in reading.entities:
        spans = [mention.span for mention in entity.mentions]
        assert spans == sorted(spans)
        assert all(m.kind == entity.kind for m in entity.mentions)


@pytest.mark.parametrize(
    "text",
    [
        "Britain joined the EEC in January 1973 and left the European Union in January 2020.",
        "The tired delegates of Malta voted after lunch for a short break.",
    ],
)
def test_described_things_take_part_in_claims(read_text, text):
    reading = read_text(text)
    ends = {iri for c in reading.claims for iri in (c.subject, c.object, c.holder)}
    idle = [
        e.label
        for e in reading.entities
        if e.iri not in ends and all(m.form is MentionForm.NOMINAL for m in e.mentions)
    ]
    assert not idle


@pytest.mark.parametrize(
    ("issued", "president"), [("2003-04", "George W. Bush"), ("1991-02", "George H. W. Bush")]
)
@pytest.mark.parametrize(
    "opening",
    [
        "The United States was alarmed",
        "American troops marched",
    ],
)
def test_the_article_date_tells_presidents_apart(read_text, opening, issued, president):
    reading = read_text(f"{opening}, as President Bush attacked Iraq.", issued=issued)
    assert f"{president} attacks Iraq" in list_triples(reading)


def test_the_last_year_named_stands_in_for_the_article_date(read_text):
    reading = read_text(
        "In 2003 the United States was alarmed.", "As President Bush attacked Iraq, Iran waited."
    )
    assert "George W. Bush attacks Iraq" in list_triples(reading)
