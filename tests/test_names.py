import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDFS

from kg.extraction.choosing import Context, choose_candidate, weigh_candidates
from kg.extraction.name_files import cache_directory, name_pieces, read_compiled, split_pieces
from kg.extraction.names import Names, load_names
from kg.iris import ID, KG
from kg.model import MentionForm
from kg.rdf import read_turtle
from kg.vocabulary.files import ontology_directory
from training.names import write_names

USA, JAPAN, CHINA, SOVIETS = ID["United-States"], ID["Japan"], ID["China"], ID["Soviet-Union"]
GENERATED = (
    "administrations.ttl", "cities.ttl", "memberships.ttl", "office-holders.ttl",
    "organisations.ttl", "organs.ttl", "places.ttl", "special.ttl", "states.ttl",
)  # fmt: skip


@pytest.fixture(scope="module")
def names():
    return load_names()


def found(names, sentence, **support):
    """What each name of a sentence, its tokens parted by spaces, is taken for."""
    words = sentence.split()
    result = {}
    for match in names.find(words):
        ranked = weigh_candidates(names, match, Context(**support))
        candidate = choose_candidate(match, ranked)
        surface = " ".join(words[match.start : match.end])
        result[surface] = candidate and candidate.entry.removeprefix(str(ID))
    return result


@pytest.mark.parametrize(
    "name", ["U.S.", "US", "U.S", "USA", "United States", "America", "American", "Americans"]
)
def test_one_state_has_many_names(names, name):
    assert found(names, f"Many {name} goods") == {name: "United-States"}


@pytest.mark.parametrize(
    ("sentence", "entries"),
    [
        ("the DPRK and the ROK", {"DPRK": "North-Korea", "ROK": "South-Korea"}),
        ("The Soviets left Prague", {"Soviets": "Soviet-Union", "Prague": "Prague"}),
        ("East German goods", {"East German": "East-Germany"}),
        ("the South China Sea", {"South China Sea": "South-China-Sea"}),
        ("Sino - Japanese trade", {"Sino": "China", "Japanese": "Japan"}),
        ("Sino Japanese trade", {"Japanese": "Japan"}),
        ("in Asia - Pacific waters", {"Asia - Pacific": "Asia-Pacific"}),
        ("in Asia Pacific waters", {"Asia Pacific": "Asia-Pacific"}),
        ("the West Bank", {"West Bank": "West-Bank"}),
        ("The West spoke", {"West": "The-West"}),
        ("the People ’s Republic of China", {"People ’s Republic of China": "China"}),
        ("the People 's Republic of China", {"People 's Republic of China": "China"}),
        ("with Fernando de la Rua", {"Fernando de la Rua": "Fernando-de-la-Rua"}),
        ("with Fernando de la Rúa", {"Fernando de la Rúa": "Fernando-de-la-Rua"}),
        ("Harry Truman spoke", {"Harry Truman": "Harry-S-Truman"}),
        ("the Truman Doctrine", {"Truman Doctrine": "Truman-Doctrine"}),
        ("the Diaoyu Islands", {"Diaoyu Islands": "Senkaku-Islands"}),
        ("by Robert SCHUMAN", {"Robert SCHUMAN": "Robert-Schuman"}),
        ("CHINA AND THE UNITED STATES", {"CHINA": "China", "UNITED STATES": "United-States"}),
        ("WHO WILL LEAD US", {}),
        ("who will lead us", {}),
    ],
)
def test_names_are_found_as_texts_write_them(names, sentence, entries):
    assert found(names, sentence) == entries


def test_adjectives_are_told_from_names(names):
    forms = [m.candidates[0].form for m in names.find(["Japanese", "exports", "from", "Japan"])]
    assert forms == [MentionForm.ADJECTIVE, MentionForm.NAME]


@pytest.mark.parametrize(
    ("sentence", "entry"),
    [
        ("the British Government", "Government-of-United-Kingdom"),
        ("the U.S. administration", "Government-of-United-States"),
        ("the Government of the Republic of Korea", "Government-of-South-Korea"),
        ("the Trump administration", "Trump-administration"),
        ("the Thatcher government", "Thatcher-government"),
        ("Soviet troops", "Armed-forces-of-Soviet-Union"),
        ("the French Navy", "Navy-of-France"),
    ],
)
def test_organs_are_composed_from_their_owner(names, sentence, entry):
    assert list(found(names, sentence).values()) == [entry]


def test_an_administration_shared_by_name_is_told_by_date(names):
    sentence = "the Bush administration"
    assert found(names, sentence, dates=("2003-03-20",), countries={"USA"}) == {
        "Bush administration": "Bush-administration"
    }
    assert found(names, sentence, seen={ID["George-H-W-Bush"]}) == {
        "Bush administration": "Bush-administration-George-H-W-Bush"
    }
    assert found(names, sentence) == {"Bush administration": None}


def test_a_surname_means_who_was_named_in_full(names):
    sentence = "and Roosevelt agreed"
    assert found(names, sentence, seen={ID["Theodore-Roosevelt"]}) == {
        "Roosevelt": "Theodore-Roosevelt"
    }
    assert found(names, sentence, countries={"USA"}) == {"Roosevelt": None}
    assert found(names, sentence, dates=("1943-11-28",)) == {"Roosevelt": "Franklin-D-Roosevelt"}


def test_a_surname_means_who_was_in_office(names):
    sentence = "while Trump met Abe"
    assert found(names, sentence, dates=("2017-11-06",), countries={"USA", "JPN"}) == {
        "Trump": "Donald-Trump",
        "Abe": "Shinzo-Abe",
    }


def test_a_surname_without_support_means_nobody(names):
    assert found(names, "said Gomez") in ({"Gomez": None}, {})
    assert found(names, "said Ardern", countries={"FRA"}) == {"Ardern": None}
    assert found(names, "said Ardern", countries={"NZL"}) == {"Ardern": "Jacinda-Ardern"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Rice exports rose",
        "Young people left",
        "a King ruled",
        "in May 2017",
        "Major powers met",
        "May it be so",
        "turkey and china on the table",
        "Bush fires",
    ],
)
def test_words_are_no_names(names, sentence):
    assert set(found(names, sentence, dates=("2017-05-01",)).values()) <= {None}


def test_wordlike_surnames_need_support(names):
    assert found(names, "that May left", dates=("2018",), countries={"GBR"}) == {
        "May": "Theresa-May"
    }
    assert found(names, "that May left", dates=("2018",)) == {"May": None}
    assert found(names, "with President Bush", seen={ID["George-W-Bush"]}) == {
        "Bush": "George-W-Bush"
    }


def test_people_are_told_from_places(names):
    assert found(names, "Jordan and Georgia") == {"Jordan": "Jordan", "Georgia": "Georgia"}
    assert "Jordan" not in found(names, "said Michael Jordan")
    assert found(names, "in Washington") == {"Washington": "Washington"}


def test_a_strangers_surname_is_nobody(names):
    assert found(names, "said Frederick Nixon") == {}
    assert found(names, "the Carter Center") == {}


def test_a_capital_knows_its_state(names):
    assert names.entry(ID["Moscow"]).capital_of == ID["Russia"]
    assert names.entry(ID["Tokyo"]).kind == KG.Place
    assert names.entry(ID["Tokyo"]).country == "JPN"


def test_former_states_keep_their_codes(names):
    codes = {n: names.entry(ID[n]).country for n in ("Soviet-Union", "East-Germany", "Yugoslavia")}
    assert codes == {"Soviet-Union": "SUN", "East-Germany": "DDR", "Yugoslavia": "YUG"}
    assert names.entry(ID["Czechoslovakia"]).country == "CSK"
    assert names.entry(SOVIETS).valid_until == "1991-12-26"


def test_nato_has_members_with_their_years(names):
    facts = {m.member: m for m in names.memberships(ID["NATO"])}
    assert len(facts) >= 30
    assert facts[USA].start == "1949" and facts[USA].end is None
    assert {ID["Germany"], ID["West-Germany"]} <= facts.keys()
    assert facts[ID["West-Germany"]].end == "1989"
    assert JAPAN not in facts
    assert ID["NATO"] in {m.body for m in names.memberships(ID["Poland"])}


def test_terms_say_who_led_when(names):
    terms = names.entry(ID["Donald-Trump"]).terms
    assert [(t.office, t.start, t.end) for t in terms] == [
        ("President", "2017-01-20", "2021-01-20"),
        ("President", "2025-01-20", None),
    ]
    assert all(t.headship and t.effective and t.state == USA for t in terms)


@pytest.mark.parametrize(
    ("state", "date", "leader"),
    [
        ("United-States", "2018-06-12", "Donald-Trump"),
        ("United-States", "1943", "Franklin-D-Roosevelt"),
        ("Egypt", "1956-07-26", "Gamal-Abdel-Nasser"),
        ("Soviet-Union", "1962-10", "Nikita-Khrushchev"),
        ("United-Kingdom", "1946-03-05", "Clement-Attlee"),
        ("United-Kingdom", "1942", "Winston-Churchill"),
        ("Japan", "2017-11-06", "Shinzo-Abe"),
        ("Germany", "2018", "Angela-Merkel"),
        ("Germany", "2022-03", "Olaf-Scholz"),
        ("China", "2024-05", "Xi-Jinping"),
        ("Saudi-Arabia", "2019", "Salman-of-Saudi-Arabia"),
        ("Italy", "2023", "Giorgia-Meloni"),
        ("United-States", "2025-02", "Donald-Trump"),
        ("Russia", "2014-03-18", "Vladimir-Putin"),
        ("Iran", "2015-07-14", "Hassan-Rouhani"),
    ],
)
def test_the_leader_of_a_state(names, state, date, leader):
    assert names.office(ID[state], date=date) == ID[leader]


def test_terms_that_a_table_leaves_open_end_with_the_next(names):
    ends = {t.end for t in names.entry(ID["Joe-Biden"]).terms if t.office == "President"}
    assert ends == {"2025-01-20"}
    assert names.entry(ID["Angela-Merkel"]).terms[0].end == "2021-12-08"


def test_a_named_office_and_nobody(names):
    secretary = names.office(USA, date="1974-01-01", office="Secretary of State")
    assert secretary == ID["Henry-Kissinger"]
    assert names.office(USA, date="1700") is None
    assert names.office(ID["Atlantis"], date="2000") is None


def test_an_unknown_entry_is_a_key_error(names):
    assert ID["Atlantis"] not in names
    with pytest.raises(KeyError):
        names.entry(ID["Atlantis"])


def test_every_entry_can_be_read(names):
    for iri in names:
        entry = names.entry(iri)
        assert entry.label and entry.source, iri
        assert all(t.holder == iri for t in entry.terms)


def test_compiled_names_are_kept_and_mended(tmp_path):
    folder, cache = tmp_path / "names", tmp_path / "cache"
    folder.mkdir()
    turtle = f'<{ID["Ruritania"]}> a <{KG.State}> ; <{RDFS.label}> "%s"@en .'
    (folder / "states.ttl").write_text(turtle % "Ruritania")
    assert [m.end for m in load_names(folder, cache=cache).find(["Ruritania"])] == [1]
    (kept,) = cache.iterdir()
    kept.write_text("torn")
    assert load_names(folder, cache=cache).find(["Ruritania"])
    assert kept.read_text() != "torn"
    (folder / "states.ttl").write_text(turtle % "Zenda")
    assert not load_names(folder, cache=cache).find(["Ruritania"])
    assert load_names(folder, cache=cache).find(["Zenda"])


def test_names_load_where_nothing_can_be_kept(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    folder = tmp_path / "names"
    folder.mkdir()
    (folder / "empty.ttl").write_text("")
    assert len(Names(read_compiled(folder, blocked / "cache"))) == 0


def test_the_cache_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory() == tmp_path / "concord"


def test_pieces_ignore_accents_dots_and_hyphens():
    assert split_pieces("U.S.") == split_pieces("US") == ("US",)
    assert name_pieces("Côte d’Ivoire") == name_pieces("Cote d'Ivoire")
    assert name_pieces("Asia–Pacific") == name_pieces("Asia Pacific")


@given(st.lists(st.text(string.printable, max_size=12) | st.text(max_size=8), max_size=12))
def test_any_tokens_give_matches_in_order_and_apart(names, words):
    end = 0
    for match in names.find(words):
        assert end <= match.start < match.end <= len(words)
        assert match.candidates
        end = match.end


def test_generation_gives_the_files_kept(shared, tmp_path):
    write_names(shared / "gazetteer", tmp_path)
    kept = ontology_directory() / "names"
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(GENERATED)
    for name in GENERATED:
        assert (tmp_path / name).read_bytes() == (kept / name).read_bytes(), name


def test_every_identifier_is_stated_by_a_table(shared):
    tables = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((shared / "gazetteer").glob("*.tsv"))
    )
    cells = set(re.split(r"[\t\n]", tables))
    links = re.compile(r"http://www\.wikidata\.org/entity/(.+)|https://sws\.geonames\.org/(.+)/")
    for path in sorted((ontology_directory() / "names").glob("*.ttl")):
        for subject, predicate, value in read_turtle(path):
            if predicate.endswith("exactMatch"):
                match = links.fullmatch(str(value))
                stated = (match[1] or match[2]) if match else str(value)
                assert stated in cells, f"{subject} in {path.name}: {value}"
            if predicate == KG.cowCode:
                assert str(value) in cells, f"{subject} in {path.name}: {value}"
