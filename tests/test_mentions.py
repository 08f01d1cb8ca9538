"""Names in text: the gazetteer's, those that only look like names, and their kinds."""

import pytest
from readings import list_mentions

xfail = pytest.mark.xfail

NAMED = [
    ("The UN and the IMF supported Ghana.",
     ["UN: United Nations, Organization, name",
      "IMF: International Monetary Fund, Organization, name", "Ghana: Ghana, State, name"]),
    ("The U.S. and the U.K. supported the ROK against the DPRK.",
     ["U.S.: United States, State, name", "U.K.: United Kingdom, State, name",
      "ROK: South Korea, State, name", "DPRK: North Korea, State, name"]),
    ("Japanese exports to Germany fell.",
     ["Japanese: Japan, State, adjective", "Germany: Germany, State, name"]),
    ("General de Gaulle and Konrad Adenauer signed the Élysée Treaty.",
     ["General de Gaulle: Charles de Gaulle, Person, name",
      "Konrad Adenauer: Konrad Adenauer, Person, name",
      "Élysée Treaty: Élysée Treaty, Agreement, name"]),
    ("The Obama administration supported the Paris Agreement.",
     ["Obama administration: Obama administration, Government, name",
      "Paris Agreement: Paris Agreement, Agreement, name"]),
    ("The Japanese Self-Defense Forces protect Okinawa.",
     ["Japanese Self-Defense Forces: Japan Self-Defense Forces, ArmedForce, name",
      "Okinawa: Okinawa, Place, name"]),
    ("NATO and the Warsaw Pact opposed each other.",
     ["NATO: North Atlantic Treaty Organization, Alliance, name"]),
    ("The Cold War and the Marshall Plan divided Europe.",
     ["Cold War: Cold War, Event, name", "Marshall Plan: Marshall Plan, Policy, name",
      "Europe: Europe, Place, name"]),
]  # fmt: skip

SHAPED = [
    ("The World Federation of Ruritanian Bakers criticised Iran.",
     "World Federation of Ruritanian Bakers: World Federation of Ruritanian Bakers, "
     "Organization, name"),
    ("The Strelsau Treaty of 1911 weakened Germany.",
     "Strelsau Treaty: Strelsau Treaty, Agreement, name"),
    ("The Battle of Zenda weakened Germany.", "Battle of Zenda: Battle of Zenda, Event, name"),
    ("The Rassendyll Doctrine weakened Germany.",
     "Rassendyll Doctrine: Rassendyll Doctrine, Policy, name"),
    ("Ambassador Rudolf Rassendyll criticised Iran.",
     "Rudolf Rassendyll: Rudolf Rassendyll, Person, name"),
    ("The Bank of Ruritania supported Iran.",
     "Bank of Ruritania: Bank of Ruritania, Organization, name"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), NAMED)
def test_known_names_are_found(read_text, text, expected):
    assert set(expected) <= set(list_mentions(read_text(text)))


@pytest.mark.parametrize(("text", "expected"), SHAPED)
def test_unknown_names_take_the_kind_of_their_head_word(read_text, text, expected):
    assert any(line.endswith(expected) for line in list_mentions(read_text(text)))


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("who will lead us now", "us: United States, State, name"),
        ("The first meeting failed in May.", "May: Theresa May, Person, name"),
        ("Many turkeys came from china shops.", "china: China, State, name"),
        ("Monday was calm, as was March.", "Monday: Monday, Concept, name"),
        (
            "Britain left the European Union in January 2020.",
            "European Union in January: European Union in January, Organization, name",
        ),
        ("THE UNITED STATES SUPPORTS ISRAEL.", "THE: THE, Organization, name"),
    ],
)
def test_words_that_are_no_names_stay_words(read_text, text, never):
    assert never not in list_mentions(read_text(text))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Charles Dickens-Smith criticised the treaty.", "Charles Dickens-Smith"),
        ("The Zenda-Strelsau Institute criticised the treaty.", "Zenda-Strelsau Institute"),
        pytest.param(
            "Sergei O’Hara-Ivanov criticised the treaty.",
            "Sergei O’Hara-Ivanov",
            marks=xfail(strict=False, reason="the apostrophe of the label is made straight"),
        ),
    ],
)
def test_labels_are_written_as_in_the_text(read_text, text, label):
    reading = read_text(text)
    assert label in {entity.label for entity in reading.entities}


@pytest.mark.parametrize(
    "text",
    [
        "The “America First” policy weakens NATO.",
        'A policy of "economy first", with a "trade shock", weakens the US-Japan alliance.',
        "(The treaty) weakened “Germany”, and the “treaty of peace” failed.",
    ],
)
def test_labels_have_no_stray_punctuation(read_text, text):
    for entity in read_text(text).entities:
        assert entity.label.count("“") == entity.label.count("”")
        assert entity.label.count('"') % 2 == 0
        assert entity.label[0].isalnum() and (
            entity.label[-1].isalnum() or entity.label[-1] in "”\".'’"
        )


def test_mentions_stand_where_they_say(read_text):
    reading = read_text(
        "Germany’s chancellor met the French President.", "US-Japanalliance talks: USdemand grew."
    )
    for entity in reading.entities:
        for mention in entity.mentions:
            sentence = reading.sentences[mention.sentence]
            assert sentence.span.covers(mention.span)
            assert mention.span.covers(sentence.tokens[mention.head].span)
            assert reading.document.quote(mention.span).strip()


def test_run_together_names_are_found(read_text):
    lines = list_mentions(read_text("The US-Japanalliance is strong, and the USdemand grows."))
    assert (
        "US: United States, State, name" in lines or "US: United States, State, adjective" in lines
    )
    assert any(line.startswith("Japan: Japan, State") for line in lines)
