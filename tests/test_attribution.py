"""Polarity, modality and holder of claims, and what a cue does not reach."""

import pytest
from readings import case, list_claims

NATO = "North Atlantic Treaty Organization"

POLARITY = [
    case("Japan did not join the League of Nations.",
         "Japan joins League of Nations negative asserted author"),
    case("Switzerland never joined NATO.",
         f"Switzerland joins {NATO} negative asserted author"),
    case("India has never attacked China.", "India attacks China negative asserted author"),
    case("Iran does not recognise Israel.", "Iran recognises Israel negative asserted author"),
    case("Georgia is not a member of NATO.",
         f"Georgia memberOf {NATO} negative asserted author"),
    case("Germany cannot attack France.", "Germany attacks France negative asserted author"),
    case("Cuba refused to sign the Treaty of Tlatelolco.",
         "Cuba joins Treaty of Tlatelolco negative asserted author"),
    case("Russia failed to ratify the Energy Charter Treaty.",
         "Russia joins Energy Charter Treaty negative asserted author"),
    case("Ireland declined to join NATO.",
         f"Ireland joins {NATO} negative asserted author"),
    case("Sweden avoided joining NATO for decades.",
         f"Sweden joins {NATO} negative asserted author"),
    case("Israel denied attacking Syria.", "Israel attacks Syria negative asserted author"),
    case("The Philippines rarely criticises Japan.",
         "Philippines criticises Japan negative asserted author"),
    case(
        "Britain left the European Union without consulting Ireland.",
        "United Kingdom withdrawsFrom European Union positive asserted author",
        "United Kingdom meets Ireland negative asserted author",
    ),
    case(
        "Without attacking Iran, Israel warned Syria.",
        "Israel attacks Iran negative asserted author",
    ),
    case(
        "Without attacking Iran, Israel warned Syria.",
        "Israel threatens Syria positive asserted author",
    ),
    case(
        "Russia invaded Ukraine but did not attack Poland.",
        "Russia attacks Ukraine positive asserted author",
        "Russia attacks Poland negative asserted author",
    ),
    case(
        "The United States neither joined nor supported the League of Nations.",
        "United States joins League of Nations negative asserted author",
        "United States supports League of Nations negative asserted author",
    ),
    case(
        "Britain has yet to ratify the treaty.",
        "United Kingdom joins treaty negative asserted author",
    ),
    case(
        "France can no longer support Syria.",
        "France supports Syria negative asserted author",
    ),
    case(
        "It is not true that India supports Pakistan.",
        "India supports Pakistan negative asserted author",
    ),
    case("Norway did not fail to ratify the treaty.",
         "Norway joins treaty positive asserted author"),
    case("Hungary has not refused to support Ukraine.",
         "Hungary supports Ukraine positive asserted author"),
]  # fmt: skip

MODALITY = [
    case("Ukraine will join NATO.", f"Ukraine joins {NATO} positive predicted author"),
    case("Ukraine would join NATO.", f"Ukraine joins {NATO} positive predicted author"),
    case("North Korea is expected to attack South Korea.",
         "North Korea attacks South Korea positive predicted author"),
    case("The United States is bound to support Israel.",
         "United States supports Israel positive predicted author"),
    case("Sweden may leave the European Union.",
         "Sweden withdrawsFrom European Union positive possible author"),
    case("China might invade Taiwan.", "China attacks Taiwan positive possible author"),
    case("Russia could attack Estonia.", "Russia attacks Estonia positive possible author"),
    case("Japan is likely to join AUKUS.", "Japan joins AUKUS positive possible author"),
    case("Hungary appears to support Russia.",
         "Hungary supports Russia positive possible author"),
    case("Perhaps Iran supports the Houthis.",
         "Iran supports Houthis positive possible author"),
    case("Israel should withdraw from Gaza.",
         "Israel withdrawsFrom Gaza positive desired author"),
    case("Germany must support Ukraine.", "Germany supports Ukraine positive desired author"),
    case("Turkey seeks to join the European Union.",
         "Turkey joins European Union positive desired author"),
    case("Poland plans to leave the Energy Charter Treaty.",
         "Poland withdrawsFrom Energy Charter Treaty positive desired author"),
    case("Estonia wants to join the euro area.",
         "Estonia joins Eurozone positive desired author"),
    case("Serbia hopes to join the European Union.",
         "Serbia joins European Union positive desired author"),
    case("Georgia intends to join NATO.", f"Georgia joins {NATO} positive desired author"),
    case("Spain agreed to withdraw from Western Sahara.",
         "Spain withdrawsFrom Western Sahara positive desired author"),
    case("Saudi Arabia is considering joining BRICS.",
         "Saudi Arabia joins BRICS positive desired author"),
    case("China is ready to negotiate with India.",
         "China negotiatesWith India positive desired author"),
    case(
        "Kissinger sought to persuade Israel to withdraw from Sinai.",
        "Israel withdrawsFrom Sinai Peninsula positive desired author",
    ),
    case(
        "Jimmy Carter persuaded Egypt to recognise Israel.",
        "Egypt recognises Israel positive asserted author",
    ),
    case("Britain promised to defend Belgium.",
         "United Kingdom protects Belgium positive asserted author"),
    case("Reportedly, Israel attacked Syria.",
         "Israel attacks Syria positive asserted author"),
    case(
        "Greece was about to leave the eurozone.",
        "Greece withdrawsFrom Eurozone positive predicted author",
    ),
    case(
        "If Finland joins NATO, Russia will attack Finland.",
        f"Finland joins {NATO} positive possible author",
        "Russia attacks Finland positive predicted author",
    ),
    case(
        "Had Japan attacked the Soviet Union, Germany might have won the war.",
        never=["Japan attacks Soviet Union positive asserted author"],
    ),
    case(
        "The goal of the Marshall Plan was to aid Europe.",
        "Marshall Plan addresses Europe positive desired author",
        fails="decision 5: 'the goal of P was to' is no cue",
    ),
    case(
        "The policy pursued by Nixon succeeded.",
        "Richard Nixon pursues policy positive asserted author",

    ),
    case(
        "The state that Turkey supports may attack Armenia.",
        "Turkey supports state positive asserted author",
    ),
    case("Iraq, which attacked Iran, will never attack Turkey.",
         "Iraq attacks Iran positive asserted author",
         "Iraq attacks Turkey negative predicted author"),
]  # fmt: skip

HOLDER = [
    case("Putin says that Ukraine threatens Russia.",
         "Ukraine threatens Russia positive asserted Vladimir Putin"),
    case("Obama believes that Iran supports Hezbollah.",
         "Iran supports Hezbollah positive asserted Barack Obama"),
    case("Merkel said Germany supports Ukraine.",
         "Germany supports Ukraine positive asserted Angela Merkel"),
    case("Zelensky told Biden that Russia had attacked Ukraine.",
         "Russia attacks Ukraine positive asserted Volodymyr Zelenskyy"),
    case("Biden warned that China could invade Taiwan.",
         "China attacks Taiwan positive possible Joe Biden"),
    case("According to NATO, Russia has attacked Ukraine.",
         f"Russia attacks Ukraine positive asserted {NATO}"),
    case("As Churchill warned, Germany attacked Poland.",
         "Germany attacks Poland positive asserted Winston Churchill"),
    case("China fears that Japan may leave the treaty.",
         "Japan withdrawsFrom treaty positive possible China"),
    case('"Iran threatens Israel," Netanyahu said.',
         "Iran threatens Israel positive asserted Benjamin Netanyahu"),
    case("Japanese officials believe that North Korea threatens Japan.",
         "North Korea threatens Japan positive asserted Japanese officials"),
    case("Gorbachev argued that the Soviet Union had to withdraw from Afghanistan.",
         "Soviet Union withdrawsFrom Afghanistan positive desired Mikhail Gorbachev"),
    case(
        "Trump wrote that Iran threatens Israel and that Russia supports Syria.",
        "Iran threatens Israel positive asserted Donald Trump",
        "Russia supports Syria positive asserted Donald Trump",
    ),
    case(
        "Merkel thinks that Macron believes that Russia threatens Europe.",
        "Russia threatens Europe positive asserted Emmanuel Macron",
    ),
    case("It is believed that Israel attacked Iran.",
         "Israel attacks Iran positive asserted author"),
    case("Jimmy Carter, who said that he admired Egypt, criticised Israel.",
         "Jimmy Carter criticises Israel positive asserted author"),
    case(
        "Finland hopes that Turkey will support Sweden.",
        "Turkey supports Sweden positive desired Finland",
    ),
    case(
        "Finland hopes that it will join NATO.",
        f"Finland joins {NATO} positive desired author",
    ),
    case(
        "Tokyo fears that China will attack Taiwan.",
        "China attacks Taiwan positive predicted Japan",
    ),
    case(
        "Moscow fears that NATO will attack Russia.",
        f"{NATO} attacks Russia positive predicted Russia",
    ),
    case(
        "Beijing claims that the Philippines attacked China.",
        "Philippines attacks China positive asserted China",
    ),
    case(
        "According to Washington, North Korea threatens Japan.",
        "North Korea threatens Japan positive asserted United States",
    ),
    case(
        "In the view of Moscow, NATO threatens Russia.",
        f"{NATO} threatens Russia positive asserted Russia",
    ),
    case(
        "In Putin's view, Ukraine is part of Russia.",
        "Ukraine partOf Russia positive asserted Vladimir Putin",
    ),
    case(
        "From the perspective of China, the United States threatens Vietnam.",
        "United States threatens Vietnam positive asserted China",
    ),
    case(
        "Putin's belief that NATO threatens Russia is old.",
        f"{NATO} threatens Russia positive asserted Vladimir Putin",
    ),
    case(
        "Critics fear that Trump will leave NATO.",
        f"Donald Trump withdrawsFrom {NATO} positive predicted Critics",
    ),
    case(
        "The Kremlin denied that Russia had attacked Ukraine.",
        "Russia attacks Ukraine negative asserted Kremlin",
    ),
    case(
        "India, said Nehru, would never attack China.",
        "India attacks China negative predicted Jawaharlal Nehru",
        never=["Jawaharlal Nehru attacks China negative predicted India"],
    ),
    case(
        "Thatcher insisted that Argentina leave the Falkland Islands.",
        "Argentina withdrawsFrom Falkland Islands positive desired Margaret Thatcher",
        fails="'leave' takes no place for its object",
    ),
    case(
        "Thatcher insisted that Argentina withdraw from the Falkland Islands.",
        "Argentina withdrawsFrom Falkland Islands positive desired Margaret Thatcher",
    ),
    case(
        "Thatcher insisted that Argentina had attacked the Falkland Islands.",
        "Argentina attacks Falkland Islands positive asserted Margaret Thatcher",
    ),
    case(
        "Iran wished to negotiate with Iraq.",
        "Iran negotiatesWith Iraq positive desired author",

    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "never"), [*POLARITY, *MODALITY, *HOLDER])
def test_claims_are_judged_as_they_are_said(read_text, text, expected, never):
    found = set(list_claims(read_text(text)))
    assert expected <= found
    assert not found & never


@pytest.mark.parametrize(
    "text",
    [
        "Germany attacked Poland.",
        "Iran, which does not recognise Israel, attacked Iraq.",
        "Because Poland would not surrender, Germany attacked Warsaw and Poland.",
        "Although Moscow may join the talks, Russia attacked Ukraine.",
    ],
)
def test_cues_of_other_clauses_do_not_colour_the_main_one(read_text, text):
    attacks = [line for line in list_claims(read_text(text)) if " attacks " in line]
    assert attacks
    assert all(line.endswith("positive asserted author") for line in attacks)
