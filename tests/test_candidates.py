"""Names that several things have: what each means in its context, and what else it may mean."""

import io
from functools import partial
from itertools import permutations

import pytest
from rdflib import RDF, RDFS

from kg import graph, iris
from kg.corpus import build_corpus, remove_articles
from kg.export import Format, export_graph
from kg.extraction.weighing import combine_parts
from kg.iris import ID, KG
from kg.linking.candidates import GAZETTEER, list_candidates
from kg.linking.strangers import Stranger, meet_strangers
from kg.query import run_question
from kg.reasoning import explain
from kg.store import open_graph, open_memory_graph
from kg.vocabulary.questions import load_questions

# Each with the name in question, what it means there, and the article's date if it has one.
MEANT = [
    # Georgia: the state or the American one.
    ("Russia invaded Georgia and bombed its ports.", "Georgia", "Georgia", "2008-08-12"),
    ("The United States gave aid to Georgia.", "Georgia", "Georgia", "2018-05-01"),
    ("Georgia and Ukraine want to join NATO.", "Georgia", "Georgia", "2018-05-01"),
    ("The governor of Georgia met the governor of Alabama in Atlanta.", "Georgia", "Georgia-USA",
     "2008-08-12"),
    ("Voters in Florida, Ohio and Georgia chose the president.", "Georgia", "Georgia-USA",
     "2020-11-10"),
    ("Sherman marched through Georgia in 1864.", "Georgia", "Georgia-USA", None),
    # Korea: one until 1945, then two.
    ("Japan forced Korea to sign a treaty in 1904.", "Korea", "Korea", None),
    ("Japan and Korea signed an agreement.", "Korea", "South-Korea", "2005-03-01"),
    ("Korea under Kim Jong-il tested a missile, and Pyongyang warned Japan.", "Korea",
     "North-Korea", "2006-10-09"),
    ("North Korea and South Korea met. The reunification of Korea is a distant goal.", "Korea",
     None, "2018-04-27"),
    ("The North attacked in 1950. North Korea and South Korea were at war.", "North",
     "North-Korea", None),
    ("The South resisted in 1950. North Korea and South Korea were at war.", "South",
     "South-Korea", None),
    # Congo: two republics.
    ("Joseph Kabila received the delegation in Kinshasa. Congo accused Rwanda.", "Congo",
     "Democratic-Republic-of-the-Congo", "2012-09-01"),
    ("Denis Sassou Nguesso received the delegation in Brazzaville. The Congo supports Libya.",
     "Congo", "Republic-of-the-Congo", "2018-09-01"),
    ("Congo signed a treaty with France.", "Congo", None, "2012-09-01"),
    ("Lumumba asked the Soviet Union for help, and Belgium left the Republic of the Congo in 1960.",
     "Republic of the Congo", "Democratic-Republic-of-the-Congo", None),
    ("The Republic of the Congo opened an embassy in Japan.", "Republic of the Congo",
     "Republic-of-the-Congo", "2010-09-01"),
    ("Zaire supported the rebels in Angola.", "Zaire", "Democratic-Republic-of-the-Congo",
     "1976-01-01"),
    # Washington: the government, the city, the state, the man.
    ("Washington rejected the offer of Iran.", "Washington", "United-States", "2018-05-01"),
    ("The leaders met in Washington.", "Washington", "Washington", "2018-05-01"),
    ("Oregon, Washington and California sued the government.", "Washington", "Washington-state",
     "2018-05-01"),
    ("Washington sent Jay to London in 1794, and Britain signed the treaty.", "Washington",
     "George-Washington", None),
    ("The envoys met in Washington in 1921.", "Washington", "Washington", None),
    # People of one surname.
    ("Bush invaded Iraq. The United States fought there for years.", "Bush", "George-W-Bush",
     "2003-05-01"),
    ("Bush freed Kuwait. The United States led the coalition.", "Bush", "George-H-W-Bush",
     "1991-03-01"),
    ("President Bush met Gorbachev at Malta in 1989.", "President Bush", "George-H-W-Bush", None),
    ("The Bush administration invaded Iraq.", "Bush administration", "Bush-administration",
     "2003-05-01"),
    ("The Bush administration freed Kuwait.", "Bush administration",
     "Bush-administration-George-H-W-Bush", "1991-03-01"),
    ("Abe met Trump in Tokyo.", "Abe", "Shinzo-Abe", "2017-11-06"),
    ("Abe resigned, and Japan stayed neutral in the war in Europe.", "Abe", "Nobuyuki-Abe",
     "1940-01-10"),
    ("Abe Lincoln freed the slaves of the United States.", "Abe Lincoln", None, "2017-11-06"),
    ("Roosevelt met Churchill at Casablanca in 1943.", "Roosevelt", "Franklin-D-Roosevelt", None),
    ("Roosevelt settled the war between Russia and Japan in 1905, and the United States gained.",
     "Roosevelt", "Theodore-Roosevelt", None),
    ("Kim met Trump in Singapore. North Korea promised to disarm.", "Kim", "Kim-Jong-un",
     "2018-06-12"),
    ("Kim invaded South Korea in 1950. North Korea lost many soldiers.", "Kim", "Kim-Il-sung",
     None),
    ("Trudeau recognised China, and Canada sent an ambassador.", "Trudeau", "Pierre-Trudeau",
     "1970-10-13"),
    ("Trudeau criticised Trump. Canada imposed tariffs.", "Trudeau", "Justin-Trudeau",
     "2018-06-12"),
    ("Gandhi attacked Pakistan in 1971, and India won.", "Gandhi", "Indira-Gandhi", None),
    ("Gandhi sent troops to Sri Lanka in 1987, and India failed.", "Gandhi", "Rajiv-Gandhi", None),
    ("Gandhi led India to independence from Britain in 1947.", "Gandhi", "Mahatma-Gandhi", None),
    ("Adams made peace with France in 1800, and the United States kept its trade.", "Adams",
     "John-Adams", None),
    ("President Adams supported Monroe in 1826. The United States expanded.", "President Adams",
     "John-Quincy-Adams", None),
    ("President Clinton bombed Serbia. The United States led NATO.", "President Clinton",
     "Bill-Clinton", "1999-04-01"),
    ("Secretary Clinton visited Russia. The United States wanted a reset.", "Secretary Clinton",
     "Hillary-Clinton", "2010-03-19"),
    ("Johnson escalated the war in Vietnam. The United States sent troops.", "Johnson",
     "Lyndon-B-Johnson", "1966-01-01"),
    ("Johnson took Britain out of the European Union.", "Johnson", "Boris-Johnson", "2020-02-01"),
    # States that share a name with another, with its successor, or with a part of itself.
    ("Guinea rejected the constitution, and France left.", "Guinea", "Guinea", "1958-10-10"),
    ("Papua New Guinea and Equatorial Guinea signed an agreement.", "Papua New Guinea",
     "Papua-New-Guinea", "1990-10-10"),
    ("Portuguese Guinea fought for independence from Portugal.", "Portuguese Guinea",
     "Guinea-Bissau", "1970-01-01"),
    ("Sudan accused South Sudan.", "Sudan", "Sudan", "2012-04-20"),
    ("Sudan accused South Sudan.", "South Sudan", "South-Sudan", "2012-04-20"),
    ("Ireland joined the European Economic Community in 1973.", "Ireland", "Ireland", None),
    ("Gladstone proposed home rule for Ireland in 1886, and Britain refused.", "Ireland",
     "Ireland-island", None),
    ("The Republic of China joined the League of Nations in 1920.", "Republic of China",
     "Republic-of-China", None),
    ("The Republic of China protested, and the United States sold arms to Taiwan.",
     "Republic of China", "Taiwan", "1996-03-20"),
    ("The People's Republic of China threatened Taiwan.", "People's Republic of China", "China",
     "1996-03-20"),
    ("The Federal Republic of Germany joined NATO in 1955.", "Federal Republic of Germany",
     "West-Germany", None),
    ("The Federal Republic of Germany sent soldiers to Afghanistan.",
     "Federal Republic of Germany", "Germany", "2003-01-15"),
    ("The German Democratic Republic joined the Warsaw Pact in 1956.",
     "German Democratic Republic", "East-Germany", None),
    ("Yemen asked Egypt for help in 1962.", "Yemen", "North-Yemen", None),
    ("Yemen accused Saudi Arabia of the attack.", "Yemen", "Yemen", "2015-04-01"),
]  # fmt: skip


def find_entity(reading, words):
    """The thing that the first mention of these words means."""
    found = [
        (mention.span, entity)
        for entity in reading.entities
        for mention in entity.mentions
        if reading.document.quote(mention.span) == words
    ]
    assert found, f"{words} is not named"
    return min(found, key=lambda pair: pair[0])[1]


@pytest.mark.parametrize(
    ("text", "words", "entry", "issued"), MEANT, ids=[f"{m[1]} {m[2]}" for m in MEANT]
)
def test_a_name_is_decided_by_context_and_date(read_text, text, words, entry, issued):
    entity = find_entity(read_text(text, issued=issued), words)
    assert entity.entry == (entry and ID[entry])


@pytest.mark.parametrize(("text", "words", "entry", "issued"), MEANT)
def test_the_candidates_explain_the_choice(read_text, text, words, entry, issued):
    entity = find_entity(read_text(text, issued=issued), words)
    candidates = list_candidates(entity)
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)
    for candidate in candidates:
        assert candidate.score == combine_parts(candidate.parts)
        assert candidate.dataset == GAZETTEER and candidate.reason
    if candidates and entry:
        assert candidates[0].target == ID[entry]


def test_what_leaves_no_choice_has_no_candidates(read_text):
    reading = read_text("Japan criticised the Soviet Union.", issued="1985-01-01")
    assert [list_candidates(entity) for entity in reading.entities] == [(), ()]


def test_an_open_name_has_its_candidates(read_text):
    reading = read_text("Congo signed a treaty with France.", issued="2012-09-01")
    congo = find_entity(reading, "Congo")
    assert congo.kind == KG.State and congo.entry is None
    assert {c.target for c in list_candidates(congo)} == {
        ID["Republic-of-the-Congo"], ID["Democratic-Republic-of-the-Congo"]
    }  # fmt: skip


def test_a_name_of_many_lists_only_the_likeliest(read_text):
    reading = read_text("Kim met Trump. North Korea promised to disarm.", issued="2018-06-12")
    assert len(list_candidates(find_entity(reading, "Kim"))) == 5


# --------------------------------------------------------------------------------- in the graph


@pytest.fixture(scope="module")
def store(read_text, vocabulary):
    """The graph of an article with a name that is open and one that is settled."""
    reading = read_text(
        "Congo signed a treaty with France. Russia invaded Georgia.", issued="2008-08-12"
    )
    with open_memory_graph() as store:
        triples = [quad[:3] for quad in graph.describe_reading(reading, vocabulary)]
        store.replace_all({iris.article_graph(reading.document.iri): triples})
        yield store


def test_candidates_are_in_the_graph_with_their_parts(store):
    for node, _, _, name in store.quads(predicate=RDF.type, object=KG.LinkCandidate):
        about = {p: o for _, p, o in store.triples(name, subject=node)}
        assert {KG.candidateOf, KG.candidate, KG.score, KG.scoreName, RDFS.label} <= about.keys()
        assert 0 <= float(about[KG.score]) <= 1
        assert about[RDFS.comment].language == "en"


def test_a_question_lists_them_the_open_ones_first(store):
    result = run_question(store, load_questions()["candidates"], {})
    rows = [dict(zip(result.variables, map(str, row), strict=True)) for row in result.rows]
    assert [row["state"] for row in rows] == ["open", "open", "taken", "passed over"]
    assert rows[2]["candidate"] == str(ID.Georgia)
    assert rows[3]["candidate"] == str(ID["Georgia-USA"])
    assert all(row["reason"] and row["score"] for row in rows)


def test_a_question_counts_the_candidates_of_what_is_not_linked(store):
    result = run_question(store, load_questions()["unlinked"], {})
    place = result.variables.index("candidates")
    counts = {str(row[0]).rsplit("/", 1)[-1]: int(str(row[place])) for row in result.rows}
    assert {name.split("-")[0]: n for name, n in counts.items()}["Congo"] == 2


# ------------------------------------------------------------------------------ across articles


def meet(name, article, *, kind=KG.Organization, country=None, date="2018", company=()):
    iri = ID[f"{name}-{article}".replace(" ", "-")]
    return Stranger(iri, kind, name, country, date, frozenset(ID[each] for each in company))


def list_meetings(strangers):
    meetings, proposals = meet_strangers(strangers)
    return (
        [[iri.rsplit("-", 1)[1] for iri in meeting.members] for meeting in meetings],
        [(p.thing.rsplit("-", 1)[1], p.candidate.target.rsplit("-", 1)[1]) for p in proposals],
    )


FRONT = "Ruritanian Front"


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        # Name, kind, country and dates agree.
        ({"country": "DEU"}, {"country": "DEU", "date": "2010-05"}, True),
        ({"country": "DEU"}, {"country": "DEU", "date": "1950"}, False),
        ({"country": "DEU"}, {"country": "DEU", "date": None}, False),
        ({"country": "DEU"}, {"country": "FRA"}, False),
        ({"country": "DEU"}, {"country": "DEU", "kind": KG.Agreement}, False),
        # Without a country, known things near both.
        ({"company": ("Japan", "Egypt")}, {"company": ("Japan", "Egypt", "Iran")}, True),
        ({"company": ("Japan", "Egypt")}, {"company": ("Japan", "Iran")}, False),
        ({"country": "DEU", "company": ("Japan", "Iran")}, {"company": ("Japan", "Iran")}, True),
        ({}, {}, False),
    ],
)
def test_new_names_meet_where_all_agrees(one, other, meets):
    meetings, proposals = list_meetings([meet(FRONT, "a", **one), meet(FRONT, "b", **other)])
    assert meetings == ([["a", "b"]] if meets else [])
    assert proposals == ([] if meets else [("b", "a")])


def test_names_meet_however_they_are_written():
    strangers = [
        meet("Zenda Accord", "a", country="DEU"),
        meet("the Zénda accord", "b", country="DEU"),
    ]
    assert list_meetings(strangers)[0] == [["a", "b"]]


def test_a_surname_alone_never_meets():
    people = [meet("Zenda", each, kind=KG.Person, country="DEU") for each in "ab"]
    assert list_meetings(people) == ([], [("b", "a")])
    people = [meet("Rupert Zenda", each, kind=KG.Person, country="DEU") for each in "ab"]
    assert list_meetings(people) == ([["a", "b"]], [])


def test_a_chain_of_dates_makes_one_thing():
    chain = [meet(FRONT, each, country="DEU", date=date) for each, date in
             (("a", "1950"), ("b", "2000"), ("c", "1975"))]  # fmt: skip
    assert list_meetings(chain) == ([["a", "b", "c"]], [])
    assert list_meetings(chain[:2]) == ([], [("b", "a")])


def test_the_order_of_things_leaves_no_trace():
    strangers = [
        meet(FRONT, "a", country="DEU"), meet(FRONT, "b", company=("Japan", "Iran")),
        meet(FRONT, "c", country="DEU", company=("Japan", "Iran")), meet(FRONT, "d", country="FRA"),
    ]  # fmt: skip
    outcomes = {str(meet_strangers(order)) for order in permutations(strangers)}
    assert len(outcomes) == 1
    assert list_meetings(strangers) == ([["a", "b", "c"]], [("d", "a")])


HEAD = "A Pact and its Critics\n\nBy Ann Author\n\nJune {day}, 2018\n\n"
TEXTS = {
    "a.txt": "The Ruritanian Salvation Front attacked Britain and France.",
    "b.txt": "Britain and France sanctioned the Ruritanian Salvation Front.",
    "c.txt": "Japan criticised the Ruritanian Salvation Front.",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("articles")
    for day, (name, text) in enumerate(TEXTS.items(), start=11):
        (folder / name).write_text(HEAD.format(day=day) + text + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def build(vocabulary, names, parser):
    from kg.reading import read

    return partial(
        build_corpus, vocabulary=vocabulary, read=lambda d: read(d, vocabulary, names, parser)
    )


def _export(directory):
    out = io.BytesIO()
    with open_graph(directory, read_only=True) as store:
        export_graph(store, Format.NQUADS, out)
    return out.getvalue()


def test_articles_in_any_order_give_the_same_identities(place, tmp_path, build):
    build([place], tmp_path / "whole")
    for path in sorted(place.iterdir(), reverse=True):
        build([path], tmp_path / "grown")
    assert _export(tmp_path / "grown") == _export(tmp_path / "whole")
    remove_articles(["a.txt"], tmp_path / "grown")
    build([place / "b.txt", place / "c.txt"], tmp_path / "two")
    assert _export(tmp_path / "grown") == _export(tmp_path / "two")
    build([place / "a.txt"], tmp_path / "grown")
    assert _export(tmp_path / "grown") == _export(tmp_path / "whole")


def test_what_met_is_seen_as_one(place, tmp_path, build):
    build([place], tmp_path / "graph")
    with open_graph(tmp_path / "graph", read_only=True) as store:
        links = list(store.triples(iris.IDENTITY_GRAPH, predicate=KG.sameThingAs))
        ((other, _, first),) = links
        labels = {str(o) for iri in (other, first) for *_, o, _ in store.quads(
            subject=iri, predicate=RDFS.label)}  # fmt: skip
        assert labels == {"Ruritanian Salvation Front"}
        britain = ID["United-Kingdom"]
        facts = [(first, KG.attacks, britain), (britain, KG.sanctions, first)]
        for fact in facts:
            proof = explain(store, fact)
            assert proof.holds, fact
            cited = [proof, *proof.premises]
            assert any(claim.source for each in cited for claim in each.claims)
        known = {t[:2] for t in store.triples(iris.INFERRED_GRAPH, subject=first)}
        assert len(known) > 1
        # The third names it beside nothing that the others name: proposed only.
        candidates = run_question(store, load_questions()["candidates"], {})
        rows = [row for row in candidates.rows if first in row]
        assert len(rows) == 1 and str(rows[0][0]) == "open"
