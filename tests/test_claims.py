"""Claims from the constructions of the field's prose, as subject, relation and object."""

import pytest
from readings import case, list_claims, list_triples

from kg.model import Span

ACTIVE_AND_PASSIVE = [
    case("Iraq invaded Kuwait in 1990.", "Iraq attacks Kuwait"),
    case("The Kyoto Protocol was signed by Norway.", "Norway joins Kyoto Protocol"),
    case(
        "Poland was invaded by Germany in September 1939.",
        "Germany attacks Poland",
        never=["Poland attacks Germany"],
    ),
    case("Russia has annexed Crimea.", "Russia attacks Crimea"),
    case(
        "Troops stationed in Cyprus by Turkey remain.",
        "Turkey hasForcesIn Cyprus",
    ),
    case("The Baltic states were occupied in 1940.", never=["Baltic states attacks 1940"]),
    case(
        "The sanctions imposed on Iran by the United States failed.",
        "United States sanctions Iran",
        never=["Iran sanctions United States"],
    ),
]

SEEN_THROUGH = [
    case("Israel withdrew from most of Lebanon.", "Israel withdrawsFrom Lebanon"),
    case("The terms of the Kyoto Protocol constrained Canada.", "Kyoto Protocol weakens Canada"),
    case("Egypt's desire for a rapprochement with Iran grew.", "Egypt partnerOf Iran"),
]

COORDINATION = [
    case(
        "India and Pakistan signed the Indus Waters Treaty.",
        "India joins Indus Waters Treaty",
        "Pakistan joins Indus Waters Treaty",
    ),
    case(
        "Saudi Arabia, Egypt and Jordan condemned Iran.",
        "Saudi Arabia criticises Iran",
        "Egypt criticises Iran",
        "Jordan criticises Iran",
    ),
    case(
        "Poland and Hungary criticised Germany and France.",
        "Poland criticises Germany",
        "Poland criticises France",
        "Hungary criticises Germany",
        "Hungary criticises France",
        never=["Poland criticises Hungary", "Germany criticises France"],
    ),
    case(
        "Turkey criticised and sanctioned Syria.",
        "Turkey criticises Syria",
        "Turkey sanctions Syria",
    ),
    case(
        "Egypt signed the treaty and recognised Israel.",
        "Egypt joins treaty",
        "Egypt recognises Israel",
        never=["treaty recognises Israel"],
    ),
    case(
        "Ghana is a member of the African Union and the Commonwealth.",
        "Ghana memberOf African Union",
        "Ghana memberOf Commonwealth of Nations",
    ),
    case(
        "The British and French Governments condemned Egypt.",
        "British Government criticises Egypt",
        "French Government criticises Egypt",
    ),
    case(
        "The Polish, Czech and Hungarian governments supported Ukraine.",
        "Polish government supports Ukraine",
        "Czech government supports Ukraine",
        "Hungarian government supports Ukraine",
    ),
    case(
        "China and Russia cooperate in Central Asia.",
        "China cooperatesWith Russia",
        never=["Russia cooperatesWith China"],
    ),
]

NOMINAL = [
    case("Germany's invasion of Poland began in 1939.", "Germany attacks Poland"),
    case(
        "Germany's invasion of Poland shocked Europe.",
        "Germany attacks Poland",
        never=["Germany attacks Europe"],
    ),
    case("The invasion of Kuwait by Iraq alarmed Saudi Arabia.", "Iraq attacks Kuwait"),
    case("US pressure on Mexico grew.", "United States demandsOf Mexico"),
    case(
        "North Korea's threats against South Korea continued.", "North Korea threatens South Korea"
    ),
    case("Cooperation between Norway and Sweden is close.", "Norway cooperatesWith Sweden"),
    case(
        "The summit between Reagan and Gorbachev took place in Reykjavik.",
        "Ronald Reagan meets Mikhail Gorbachev",
    ),
    case(
        "Tension between India and Pakistan rose.",
        "India rivalOf Pakistan",
    ),
    case(
        "The agreement between Egypt and Israel was signed in 1979.",
        "Egypt partyTo agreement between Egypt and Israel",
        "Israel partyTo agreement between Egypt and Israel",
        fails="decision 17: 'the agreement between A and B' gives partyTo for each",
    ),
    case(
        "The withdrawal of France from the military command of NATO surprised Britain.",
        "France withdrawsFrom military command of NATO",
        fails="'the withdrawal of A from B' gives nothing where a verb follows",
    ),
    case("Sino-Soviet rivalry shaped Asia.", "China rivalOf Soviet Union"),
    case("Indian-Pakistani talks were held in Geneva.", "India meets Pakistan"),
    case("The US-Japan alliance protects Taiwan.", "United States alliedWith Japan"),
    case(
        "UN Secretary-General Kofi Annan criticised the invasion of Iraq.",
        "Kofi Annan criticises invasion of Iraq",
        never=["Kofi Annan attacks Iraq"],
        fails="the subject of 'criticised' is taken for the agent of its object 'invasion'",
    ),
    case(
        "Norway rejected membership of the European Union.",
        never=["Norway memberOf European Union"],
    ),
    case(
        "Washington's allies criticised Moscow.",
        never=["United States alliedWith Russia", "Washington alliedWith Moscow"],
    ),
]

APPOSITION_AND_COPULA = [
    case(
        "Australia, an ally of the United States, sent troops to Afghanistan.",
        "Australia alliedWith United States",
        "Australia hasForcesIn Afghanistan",
    ),
    case(
        "In 1972 Richard Nixon visited China, a rival of the Soviet Union.",
        "Richard Nixon visits China",
        "China rivalOf Soviet Union",
    ),
    case("Iran is a rival of Saudi Arabia.", "Iran rivalOf Saudi Arabia"),
    case("Germany became the most important ally of Turkey.", "Germany alliedWith Turkey"),
    case("Egypt remains a partner of the United States.", "Egypt partnerOf United States"),
    case("Mongolia is a neighbour and a partner of Russia.", "Mongolia partnerOf Russia"),
    case("China is the largest trading partner of Brazil.", "China partnerOf Brazil"),
    case("Jordan was dependent on British aid.", "Jordan dependsOn British aid"),
    case(
        "Canada, France and Italy are members of NATO.",
        "Canada memberOf North Atlantic Treaty Organization",
        "France memberOf North Atlantic Treaty Organization",
        "Italy memberOf North Atlantic Treaty Organization",
    ),
    case(
        "Estonia became a member of the European Union in 2004.",
        "Estonia memberOf European Union",
    ),
]

TITLES = [
    case("French President Emmanuel Macron visited China.",
         "Emmanuel Macron headOf France", "Emmanuel Macron visits China"),
    case("British Prime Minister Margaret Thatcher met Ronald Reagan.",
         "Margaret Thatcher headOf United Kingdom", "Margaret Thatcher meets Ronald Reagan"),
    case(
        "Angela Merkel, the German chancellor, met Vladimir Putin.",
        "Angela Merkel headOf Germany",
        "Angela Merkel meets Vladimir Putin",
    ),
    case(
        "Chinese President Xi Jinping met Russian President Vladimir Putin in Moscow.",
        "Xi Jinping headOf China",
        "Vladimir Putin headOf Russia",
        "Xi Jinping meets Vladimir Putin",
        never=["Xi Jinping headOf Russia", "Vladimir Putin headOf China"],
    ),
    case("Nehru, the prime minister of India, visited China.",
         "Jawaharlal Nehru headOf India", "Jawaharlal Nehru visits China"),
    case(
        "US Defense Secretary James Mattis criticised Iran.",
        "James Mattis affiliatedWith United States",
        never=["James Mattis headOf United States"],
    ),
    case(
        "Indian Foreign Minister Subrahmanyam Jaishankar visited Japan.",
        "Subrahmanyam Jaishankar affiliatedWith India",
        never=["Subrahmanyam Jaishankar headOf India"],
    ),
    case(
        "Vladimir Putin, president of Russia, threatened Ukraine.",
        "Vladimir Putin headOf Russia",
        "Vladimir Putin threatens Ukraine",
    ),
    case(
        "Mexico's president, Andrés Manuel López Obrador, met Joe Biden.",
        "Andrés Manuel López Obrador headOf Mexico",
        "Andrés Manuel López Obrador meets Joe Biden",
    ),
    case(
        "The president of Brazil, Luiz Inácio Lula da Silva, visited Argentina.",
        "Luiz Inácio Lula da Silva headOf Brazil",
        "Luiz Inácio Lula da Silva visits Argentina",
    ),
    case(
        "Kofi Annan was the secretary-general of the United Nations.",
        "Kofi Annan headOf United Nations",
    ),
    case(
        "President Kennedy opposed the blockade of Berlin in 1961.",
        never=["John F. Kennedy headOf United States"],
    ),
]  # fmt: skip

LIGHT_VERBS = [
    case("China put pressure on Vietnam.", "China demandsOf Vietnam"),
    case("China exerted pressure on Australia.", "China demandsOf Australia"),
    case("Brazil imposed sanctions on Venezuela.", "Brazil sanctions Venezuela"),
    case("Russia launched an attack on Georgia.", "Russia attacks Georgia"),
    case("Iran held talks with Russia on trade.", "Iran meets Russia"),
    case("The United States gave aid to Colombia.", "United States aids Colombia"),
    case("Russia exercises control over Crimea.", "Russia influences Crimea"),
    case("Germany declared war on Russia.", "Germany attacks Russia"),
    case("Austria went to war with Serbia in July 1914.", "Austria attacks Serbia"),
    case("Mexico made a promise to Guatemala.", "Mexico promises Guatemala"),
    case(
        "Brazil entered into negotiations with Argentina.",
        "Brazil negotiatesWith Argentina",
    ),
    case(
        "Turkey has stationed troops in Cyprus.",
        "Turkey hasForcesIn Cyprus",
    ),
    case(
        "The United States has bases in Japan.",
        "United States hasForcesIn Japan",
    ),
]

LISTS = [
    case(
        "Several states, such as Sweden, Finland and Norway, joined the European Union.",
        "Sweden joins European Union",
        "Finland joins European Union",
        "Norway joins European Union",
        never=["states joins European Union", "Several states joins European Union"],
    ),
    case(
        "Regional powers, including Turkey and Iran, supported Qatar.",
        "Turkey supports Qatar",
        "Iran supports Qatar",
        never=["Regional powers supports Qatar"],
    ),
    case(
        "Countries such as Denmark and Iceland are members of NATO.",
        "Denmark memberOf North Atlantic Treaty Organization",
        "Iceland memberOf North Atlantic Treaty Organization",
    ),
    case(
        "Members of ASEAN such as Vietnam and the Philippines criticised China.",
        "Vietnam criticises China",
        "Philippines criticises China",
        never=["Members of ASEAN criticises China"],
    ),
    case(
        "Chad founded the Sahel Alliance. The founding members were Mali, Togo and Benin.",
        "Mali memberOf Sahel Alliance",
        "Togo memberOf Sahel Alliance",
    ),
    case(
        "The members of NATO include Norway and Portugal.",
        "Norway memberOf North Atlantic Treaty Organization",
        "Portugal memberOf North Atlantic Treaty Organization",
    ),
    case(
        "Norway is one of the founding members of NATO.",
        "Norway memberOf North Atlantic Treaty Organization",
    ),
    case(
        "Chad, along with Niger, opposed the coup.",
        "Chad opposes coup",
        "Niger opposes coup",
    ),
]

UNDONE = [
    case(
        "Russian forces stationed in Armenia protect the border with Turkey.",
        "Russia hasForcesIn Armenia",
        never=["Russia causes Russian forces"],
    ),
    case(
        "Estonia wants to join the euro area.",
        "Estonia joins Eurozone",
        never=["Eurozone partOf Estonia"],
    ),
    case(
        "Britain abandoned the policy of appeasement.",
        "United Kingdom abandons appeasement",
        never=["United Kingdom pursues appeasement"],
    ),
    case(
        "Iran reached an agreement with Russia.",
        never=["Iran supports Russia"],
        fails="the noun 'agreement' is read as agreeing with somebody",
    ),
    case("The two leaders met in Geneva.", never=["two leaders meets Geneva"]),
    case("Iran criticises itself.", never=["Iran criticises Iran"]),
    case("Canada and France are in North America and Europe.", never=["Canada alliedWith France"]),
]


@pytest.mark.parametrize(
    ("text", "expected", "never"),
    [
        *ACTIVE_AND_PASSIVE,
        *SEEN_THROUGH,
        *COORDINATION,
        *NOMINAL,
        *APPOSITION_AND_COPULA,
        *TITLES,
        *LIGHT_VERBS,
        *LISTS,
        *UNDONE,
    ],
)
def test_constructions_are_read(read_text, text, expected, never):
    found = set(list_triples(read_text(text)))
    assert expected <= found
    assert not found & never


def test_a_claim_is_said_once_a_sentence(read_text):
    triples = list_triples(read_text("India and Pakistan are rivals, and Pakistan rivals India."))
    assert len(triples) == len(set(triples)) == 1


def test_the_same_claim_of_two_sentences_is_two_claims(read_text):
    reading = read_text("Iraq invaded Kuwait in August 1990. Again, Iraq attacked Kuwait in 1991.")
    assert list_claims(reading) == [
        "Iraq attacks Kuwait positive asserted author 1990-08",
        "Iraq attacks Kuwait positive asserted author 1991",
    ]
    assert len({claim.iri for claim in reading.claims}) == 2


def test_the_evidence_is_the_stretch_from_end_to_end(read_text):
    reading = read_text("In August 1990, Iraq suddenly invaded Kuwait with many tanks.")
    (claim,) = reading.claims
    quote = reading.document.quote
    evidence = claim.evidence
    assert quote(evidence.quote) == "Iraq suddenly invaded Kuwait"
    assert quote(evidence.trigger) == "invaded"
    assert (quote(evidence.subject), quote(evidence.object)) == ("Iraq", "Kuwait")
    assert evidence.sentence == Span(0, len(reading.document.text))


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Iran held talks with Russia on oil prices.", "oil prices"),
        ("Turkey demanded an apology from Israel.", "apology"),
        ("The United States gave aid to Colombia.", "aid"),
        ("Jimmy Carter persuaded Egypt to recognise Israel.", "recognise Israel"),
        ("Iraq invaded Kuwait.", None),
    ],
)
def test_topics_are_phrases_of_the_text(read_text, text, topic):
    reading = read_text(text)
    claim = reading.claims[0]
    assert (reading.document.quote(claim.topic) if claim.topic else None) == topic


def test_ends_are_of_the_kinds_that_the_relation_takes(read_text, vocabulary):
    texts = (
        "Finland joined NATO, the Arctic and Sweden in 2023.",
        "The treaty met Germany, and inflation invaded the summit.",
    )
    for text in texts:
        reading = read_text(text)
        kinds = {entity.iri: entity.kind for entity in reading.entities}
        for claim in reading.claims:
            relation = vocabulary.relations[claim.relation]
            assert vocabulary.is_a(kinds[claim.subject], relation.domain)
            assert vocabulary.is_a(kinds[claim.object], relation.range)
