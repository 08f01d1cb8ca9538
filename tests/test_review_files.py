"""Review files: what people write is read as they meant it, and never lost."""

import multiprocessing
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import URIRef

from kg.errors import GraphError, ReviewError, UnknownTermError
from kg.iris import ID, KG
from kg.linking.records import LinkCandidate
from kg.model import Modality, Polarity, Span
from kg.review import find_standing, read_decisions, record_decision
from kg.review.entries import format_entry, load_sheet, parse_sheet, to_plain
from kg.review.log import DECISIONS_FILE, record_decisions
from kg.review.records import (
    ClaimCase,
    Correction,
    Decision,
    LinkCase,
    Outcome,
    Place,
    ReviewedClaim,
    ReviewedThing,
    Thing,
    Verdict,
    read_place,
)
from kg.review.sheets import read_review, update_sheet
from kg.review.wording import (
    Home,
    describe_decision,
    format_thing,
    read_decision,
    read_iri,
    read_thing,
)

FILE = Path("links.yaml")
ARTICLE = "0123456789abcdef"
JAPAN, GEORGIA, STATE = ID["Japan"], ID["Georgia-1a2b3c4d5e"], ID["Georgia-US"]
Q1 = URIRef("http://www.wikidata.org/entity/Q1")
CLAIM = URIRef(f"https://w3id.org/concord/article/{ARTICLE}/claim/00ff")
READ = ReviewedClaim(
    CLAIM,
    Place(ARTICLE, Span(3, 30)),
    "Japan depends on Georgia",
    Thing(JAPAN, "Japan"),
    KG.dependsOn,
    Thing(GEORGIA, "Georgia"),
)
THING = ReviewedThing(Thing(GEORGIA, "Georgia"), ARTICLE)


class Lookup:
    """Knows two things, two relations and one claim."""

    def find_thing(self, name):
        things = {"japan": Thing(JAPAN, "Japan"), "georgia": Thing(GEORGIA, "Georgia")}
        known = {**things, **{str(thing.iri): thing for thing in things.values()}}
        if (found := known.get(name) or known.get(name.casefold())) is None:
            raise UnknownTermError(f"no thing is named “{name}”", term=name)
        return found

    def find_relation(self, name):
        if name not in ("dependsOn", "supports"):
            raise UnknownTermError(f"“{name}” is no relation", term=name)
        return KG[name]

    def find_claim(self, iri):
        return READ if iri == CLAIM else None

    def find_home(self, thing):
        return Home("Georgia", KG.Place, ARTICLE) if thing == GEORGIA else Home()


def read(text, kept=(), **signed):
    return read_review(parse_sheet(text, FILE), Lookup(), kept, **signed)


def decide(decision, about="entity: Georgia <https://w3id.org/concord/id/Georgia-1a2b3c4d5e>"):
    text = f"- {about}\n  decision: {decision}\n  author: Ann\n  date: 2026-01-31\n"
    (found,) = read(text)
    return found


def decide_claim(decision):
    (verdict,) = decide(decision, f"claim: {CLAIM}").verdicts
    return verdict


# ---------------------------------------------------------------------------------------- entries

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PLAIN = st.recursive(
    TEXTS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(TEXTS, inner, min_size=1, max_size=3)
    ),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(TEXTS, PLAIN, min_size=1, max_size=4), min_size=1, max_size=3))
def test_what_is_written_reads_back(entries):
    sheet = parse_sheet("".join(map(format_entry, entries)), FILE)
    read = [{name: to_plain(item) for name, item in e.fields.items()} for e in sheet.entries]
    assert read == entries


def test_half_a_character_is_replaced():
    (entry,) = parse_sheet(format_entry({"a": "x\ud800y"}), FILE).entries
    assert entry.fields["a"].text == "x\ufffdy"


def test_entries_know_their_lines():
    text = "# a note\n\n- entity: x\n  # more\n  decision:\n    - none\n-\n  claim: y\n"
    sheet = parse_sheet(text, FILE)
    assert [(e.line, e.first, e.last) for e in sheet.entries] == [(3, 2, 6), (8, 6, 8)]
    assert sheet.entries[0].fields["decision"].line == 6


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("- a: 1\n- b\n", 2, "lines such as"),
        ("a: 1\n", 1, "not a list"),
        ("- a: 1\n  a: 2\n", 2, "“a” stands twice"),
        ("- a: 1\n  b: c: d\n", 2, "a second “: ”"),
        ("- a: [1\n", 2, "did not find expected"),
        ("- a: &x 1\n", 1, "refer to other places"),
        ("- a: *x\n", 1, "refer to other places"),
        ("- a: 1\n---\n- b: 1\n", 2, "a second document"),
        ("[{a: 1}]\n", 1, "below each other"),
        ("- a: 1\n- b: \x07\n", 2, "no text"),
        ("- ? [a]\n  : 1\n", 1, "one word"),
        ("- " + "[" * 5000, 1, "nested too deep"),
        ("- a:\n\t- b\n", 2, "cannot start"),
    ],
)
def test_what_is_no_review_file_is_told_with_its_line(text, line, message):
    with pytest.raises(ReviewError, match=message) as caught:
        parse_sheet(text, FILE)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"links.yaml, line {line}: ")
    assert "\n" not in str(caught.value)


def test_what_cannot_be_read_is_told(tmp_path):
    with pytest.raises(ReviewError, match="cannot be read"):
        load_sheet(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"- a: 1\n- b: \xe9\n")
    with pytest.raises(ReviewError, match=r"line 2: not UTF-8"):
        load_sheet(tmp_path / "latin.yaml")


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "\ufeff# x\n"])
def test_an_empty_file_decides_nothing(text):
    assert parse_sheet(text, FILE).entries == ()


# ---------------------------------------------------------------------------------------- wording


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("https://www.wikidata.org/wiki/Q1", Q1),
        ("http://www.wikidata.org/entity/Q1", Q1),
        ("wd:Q1", Q1),
        ("Q1", Q1),
        ("https://dbpedia.org/page/Japan", URIRef("http://dbpedia.org/resource/Japan")),
        ("http://www.geonames.org/12/x.html", URIRef("https://sws.geonames.org/12/")),
        ("id:Japan", JAPAN),
        (str(JAPAN), JAPAN),
        ("Japan", None),
        ("mailto:x", None),
        ("http://a b", None),
        ("http://[", None),
        ("http://a>", None),
    ],
)
def test_an_iri_may_be_written_in_many_ways(text, iri):
    assert read_iri(text) == iri


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        (f"Japan <{JAPAN}>", ("Japan", JAPAN)),
        (f"<{JAPAN}>", ("", JAPAN)),
        (f" {JAPAN} ", ("", JAPAN)),
        ("Japan", ("Japan", None)),
        ("a < b", ("a < b", None)),
        ("x <no iri>", ("x <no iri>", None)),
    ],
)
def test_a_thing_is_a_name_or_an_iri_or_both(text, thing):
    assert read_thing(text) == thing


@given(TEXTS)
def test_a_thing_reads_back_whatever_its_name(label):
    written = format_thing(Thing(JAPAN, label))
    assert read_thing(written)[1] == JAPAN
    assert format_thing(Thing(JAPAN, read_thing(written)[0])) == written


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        (f"accept <{Q1}>", [Verdict(Outcome.ACCEPT, Thing(Q1))]),
        ("Accept Q1", [Verdict(Outcome.ACCEPT, Thing(Q1))]),
        ("close wd:Q1", [Verdict(Outcome.CLOSE, Thing(Q1))]),
        ("reject Universe <wd:Q1>", [Verdict(Outcome.REJECT, Thing(Q1, "Universe"))]),
        ("none", [Verdict(Outcome.NONE)]),
        ("open", [Verdict(Outcome.OPEN)]),
        ("merge Japan", [Verdict(Outcome.MERGE, Thing(JAPAN, "Japan"))]),
        ("accept Japan", [Verdict(Outcome.ACCEPT, Thing(JAPAN, "Japan"))]),
        (
            "[accept Q1, 'accept https://sws.geonames.org/1/']",
            [
                Verdict(Outcome.ACCEPT, Thing(Q1)),
                Verdict(Outcome.ACCEPT, Thing(URIRef("https://sws.geonames.org/1/"))),
            ],
        ),
        (
            f"split 4-9, {ARTICLE}/1-3 into Japan",
            [
                Verdict(
                    Outcome.SPLIT,
                    Thing(JAPAN, "Japan"),
                    (Place(ARTICLE, Span(1, 3)), Place(ARTICLE, Span(4, 9))),
                )
            ],
        ),
    ],
)
def test_decisions_on_links(text, verdicts):
    assert list(decide(text).verdicts) == verdicts


def test_a_split_without_a_name_is_another_thing_of_that_name():
    (verdict,) = decide(f"split {ARTICLE}").verdicts
    assert verdict.target is not None
    assert verdict.target.label == "Georgia"
    assert verdict.target.iri.startswith(f"{ID}Georgia-")
    assert verdict.target.iri != GEORGIA
    (named,) = decide(f'split {ARTICLE} into "Georgia (US)"').verdicts
    assert named.target is not None
    assert named.target.label == "Georgia (US)"
    assert named.target.iri.startswith(f"{ID}Georgia-US-")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("accept", Verdict(Outcome.ACCEPT)),
        ("Reject", Verdict(Outcome.REJECT)),
        ("open", Verdict(Outcome.OPEN)),
        (
            "{relation: supports, polarity: Negative}",
            Verdict(
                Outcome.CORRECT,
                correction=Correction(relation=KG.supports, polarity=Polarity.NEGATIVE),
            ),
        ),
        (
            f"\n    object: Japan <{JAPAN}>\n    holder: the article\n    modality: possible",
            Verdict(
                Outcome.CORRECT,
                correction=Correction(
                    object=Thing(JAPAN, "Japan"),
                    holder=Thing(
                        URIRef(f"https://w3id.org/concord/article/{ARTICLE}/voice"), "the article"
                    ),
                    modality=Modality.POSSIBLE,
                ),
            ),
        ),
    ],
)
def test_decisions_on_claims(text, verdict):
    assert decide_claim(text) == verdict


ENTITY = f"- entity: Georgia <{GEORGIA}>\n"
SIGNED = "  author: Ann\n  date: 2026-01-31\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("- label: x\n", 1, "needs “claim: IRI” or “entity: IRI”"),
        (ENTITY + "  decison: none\n", 2, "“decison” is not known here"),
        (ENTITY + "  decision: acept Q1\n" + SIGNED, 2, "“acept” is no decision on a thing"),
        (ENTITY + "  decision: accept\n" + SIGNED, 2, "accept what"),
        (ENTITY + "  decision: accept Nowhere\n" + SIGNED, 2, "no thing is named “Nowhere”"),
        (ENTITY + "  decision: accept id:Nowhere\n" + SIGNED, 2, "no thing is named"),
        (ENTITY + "  decision: merge Q1\n" + SIGNED, 2, "no thing is named"),
        (ENTITY + "  decision: merge Georgia\n" + SIGNED, 2, "is the thing itself"),
        (ENTITY + "  decision: none at all\n" + SIGNED, 2, "stands alone"),
        (ENTITY + "  decision: split here\n" + SIGNED, 2, "“here” is no place"),
        (ENTITY + "  decision: split 9-4\n" + SIGNED, 2, "“9-4” is no place"),
        (ENTITY + "  decision: split 4-9 into Nowhere\n" + SIGNED, 2, "no thing is named"),
        (ENTITY + "  decision: {relation: supports}\n" + SIGNED, 2, "only claims change so"),
        (ENTITY + "  decision: [open, none]\n" + SIGNED, 2, "takes all back"),
        (ENTITY + "  decision: [accept Q1, reject Q1]\n" + SIGNED, 2, "the same target"),
        (ENTITY + "  decision: [merge Japan, accept Japan]\n" + SIGNED, 2, "merged with one"),
        (ENTITY + "  decision: []\n" + SIGNED, 2, "decides nothing"),
        (ENTITY + "  decision: none\n  date: 2026-01-31\n", 2, "who decided that"),
        (ENTITY + "  decision: none\n  author: Ann\n", 2, "when was that decided"),
        (ENTITY + "  decision: none\n  author: Ann\n  date: soon\n", 4, "“soon” is no date"),
        (ENTITY + "  decision: none\n  author: Ann\n  date: 2026-02-30\n", 4, "is no date"),
        (ENTITY + "  article: x\n  decision: none\n" + SIGNED, 2, "16 hexadecimal digits"),
        (ENTITY + "  comment: [a]\n  decision: none\n" + SIGNED, 2, "is a text"),
        ("- entity: Georgia\n  decision: none\n" + SIGNED, 1, "has no IRI"),
        (2 * (ENTITY + "  decision: none\n" + SIGNED), 5, "decided already in line 1"),
        (f"- claim: {CLAIM}\n  decision: none\n" + SIGNED, 2, "no decision on a claim"),
        (f"- claim: {CLAIM}\n  decision: [accept]\n" + SIGNED, 2, "one decision"),
        (f"- claim: {CLAIM}\n  decision: {{verb: x}}\n" + SIGNED, 2, "cannot change"),
        (f"- claim: {CLAIM}\n  decision: {{relation: x}}\n" + SIGNED, 2, "is no relation"),
        (f"- claim: {CLAIM}\n  decision: {{subject: x}}\n" + SIGNED, 2, "no thing is named"),
        (f"- claim: {CLAIM}\n  decision: {{modality: x}}\n" + SIGNED, 2, "is no modality"),
        (f"- claim: {CLAIM}\n  decision: {{subject: }}\n" + SIGNED, 2, "what should"),
        (f"- claim: {CLAIM}\n  decision: {{}}\n" + SIGNED, 2, "nothing is to change"),
        ("- claim: that one\n  decision: accept\n" + SIGNED, 1, "is no IRI"),
        (f"- claim: {CLAIM}0\n  decision: accept\n" + SIGNED, 1, "the graph has no claim"),
        (f"- claim: {CLAIM}0\n  at: 3-4\n  decision: accept\n" + SIGNED, 2, "has no claim"),
        (f"- claim: {CLAIM}0\n  at: {ARTICLE}/3-4\n  decision: accept\n", 1, "has no IRI"),
    ],
)
def test_a_wrong_decision_is_told_in_one_line_with_its_number(text, line, message):
    with pytest.raises(ReviewError, match=message) as caught:
        read(text)
    assert caught.value.line == line
    assert "\n" not in str(caught.value)


def test_candidates_may_be_named_by_their_label():
    text = f"- entity: <{GEORGIA}>\n  candidates:\n    - target: {Q1}\n      label: Universe\n"
    (decision,) = read(text + "  decision: accept universe\n" + SIGNED)
    assert decision.verdicts == (Verdict(Outcome.ACCEPT, Thing(Q1, "Universe")),)


def test_a_claim_that_is_not_read_any_more_is_found_by_what_the_file_says():
    text = (
        f"- claim: {CLAIM}0\n  at: {ARTICLE}/3-4\n  quote: x\n  subject: Japan <{JAPAN}>\n"
        f"  relation: supports\n  object: <{GEORGIA}>\n  decision: reject\n{SIGNED}"
    )
    (decision,) = read(text)
    assert decision.about == ReviewedClaim(
        URIRef(f"{CLAIM}0"), Place(ARTICLE, Span(3, 4)), "x", Thing(JAPAN, "Japan"), KG.supports,
        Thing(GEORGIA),
    )  # fmt: skip


def test_author_and_date_may_be_given_for_the_whole_file():
    text = ENTITY + "  decision: none\n"
    (decision,) = read(text, author=" Ann  B. ", today="2026-02-01")
    assert (decision.author, decision.date, decision.source) == (
        "Ann B.",
        "2026-02-01",
        "links.yaml",
    )
    (again,) = read(text, kept=[decision], author="Ann B.", today="2026-03-01")
    assert again == decision, "it was decided when it was recorded"
    (other,) = read(
        ENTITY + "  decision: open\n", kept=[decision], author="Ann B.", today="2026-03-01"
    )
    assert other.date == "2026-03-01"


def test_dates_may_have_an_hour():
    found = [
        read(ENTITY + f"  decision: none\n  author: A\n  date: {date}\n")[0].date
        for date in ("2026-01-31 10:00", "2026-01-31T10:00:05+02:00", "2026-01-31T10:00Z")
    ]
    assert found == ["2026-01-31T10:00:00", "2026-01-31T10:00:05+02:00", "2026-01-31T10:00:00Z"]


def test_places_are_read_and_written():
    for text in (ARTICLE, f"{ARTICLE}/0-12"):
        assert str(read_place(text)) == text
    for text in ("", "x/1-2", f"{ARTICLE}/2-1", f"{ARTICLE}/1", f"{ARTICLE}/1-2-3"):
        assert read_place(text) is None


# -------------------------------------------------------------------------------------- decisions


def sign(about, *verdicts, **rest):
    return Decision(about, verdicts, **{"author": "Ann", "date": "2026-01-31"} | rest)


NONE, OPEN = sign(THING, Verdict(Outcome.NONE)), sign(THING, Verdict(Outcome.OPEN))
REJECT = sign(READ, Verdict(Outcome.REJECT), comment="No:\n“it” is # not")

LABELS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
SOME_THINGS = st.builds(Thing, st.sampled_from([JAPAN, STATE, GEORGIA]), LABELS)
ANY_VERDICT = st.one_of(
    st.builds(Verdict, st.sampled_from([Outcome.NONE, Outcome.OPEN])),
    st.builds(Verdict, st.sampled_from([Outcome.ACCEPT, Outcome.CLOSE]), st.just(Thing(Q1, "U"))),
    st.builds(Verdict, st.just(Outcome.MERGE), st.builds(Thing, st.just(JAPAN), LABELS)),
)
ANY_CORRECTION = st.builds(
    Correction,
    subject=SOME_THINGS,
    relation=st.sampled_from([None, KG.supports]),
    holder=st.none() | SOME_THINGS,
    polarity=st.none() | st.sampled_from(Polarity),
)
ANY_DECISION = st.builds(
    Decision,
    about=st.just(THING),
    verdicts=ANY_VERDICT.map(lambda verdict: (verdict,)),
    author=st.sampled_from(["Ann", "B <https://orcid.org/0>"]),
    date=st.sampled_from(["2026-01-31", "2026-01-31T10:00:00Z"]),
    comment=st.text(max_size=9),
) | st.builds(
    Decision,
    about=st.just(READ),
    verdicts=ANY_CORRECTION.map(lambda made: (Verdict(Outcome.CORRECT, correction=made),)),
    author=st.just("Ann"),
    date=st.just("2026-01-31"),
)


@given(st.lists(ANY_DECISION, max_size=4))
def test_what_is_recorded_is_kept(tmp_path_factory, decisions):
    place = tmp_path_factory.mktemp("graph")
    for decision in decisions:
        record_decision(place, decision)
    once = (place / DECISIONS_FILE).read_bytes() if decisions else b""
    standing = {each.key: each for each in find_standing(read_decisions(place))}
    last = {each.key: each for each in decisions}
    assert set(standing) == {
        key for key, each in last.items() if each.verdicts[0].outcome is not Outcome.OPEN
    }
    for key, found in standing.items():
        assert [v.outcome for v in found.verdicts] == [v.outcome for v in last[key].verdicts]
    for decision in last.values():
        assert not record_decision(place, decision), "twice is as once"
    if decisions:
        assert (place / DECISIONS_FILE).read_bytes() == once


def test_decisions_are_added_below_what_a_human_wrote(tmp_path):
    assert record_decision(tmp_path, NONE)
    path = tmp_path / DECISIONS_FILE
    mine = path.read_text() + "# my note, without a line end"
    path.write_text(mine)
    assert record_decision(tmp_path, REJECT)
    assert path.read_text().startswith(mine + "\n")
    assert [each.key for each in read_decisions(tmp_path)] == [NONE.key, REJECT.key]
    assert read_decisions(tmp_path)[1] == REJECT
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".part"] == []


def test_what_is_taken_back_stands_no_more(tmp_path):
    record_decisions(tmp_path, [NONE, REJECT, OPEN])
    assert [each.key for each in find_standing(read_decisions(tmp_path))] == [REJECT.key]


def test_a_file_does_not_undo_what_was_decided_elsewhere_since(tmp_path):
    from_file = replace(NONE, source="links.yaml")
    page = sign(THING, Verdict(Outcome.ACCEPT, Thing(Q1)))
    assert record_decision(tmp_path, from_file)
    assert record_decision(tmp_path, page)
    assert not record_decision(tmp_path, from_file), "nobody has touched the file since"
    assert not record_decision(
        tmp_path, replace(from_file, source="copy.yaml", verdicts=page.verdicts)
    )
    changed = replace(from_file, verdicts=(Verdict(Outcome.MERGE, Thing(JAPAN)),))
    assert record_decision(tmp_path, changed)
    assert record_decision(tmp_path, from_file), "changed back in the file is changed"
    assert find_standing(read_decisions(tmp_path)) == (from_file,)


@pytest.mark.parametrize(
    "lacking", [{"author": " "}, {"date": ""}, {"date": "soon"}, {"verdicts": ()}]
)
def test_an_incomplete_decision_is_refused(tmp_path, lacking):
    with pytest.raises(ReviewError):
        record_decision(tmp_path, replace(NONE, **lacking))
    assert not (tmp_path / DECISIONS_FILE).exists()


@pytest.mark.parametrize(
    ("text", "line"),
    [("- x\n", 1), ("# a\n- entity: <id:x>\n", 2), (ENTITY + "  decision: none\n", 1)],
)
def test_a_spoiled_file_is_told_and_left(tmp_path, text, line):
    path = tmp_path / DECISIONS_FILE
    path.write_text(text)
    for use in (lambda: read_decisions(tmp_path), lambda: record_decision(tmp_path, NONE)):
        with pytest.raises(ReviewError) as caught:
            use()
        assert caught.value.line == line
    assert path.read_text() == text


def test_a_file_to_which_nothing_can_be_added_is_left(tmp_path):
    record_decision(tmp_path, NONE)
    path = tmp_path / DECISIONS_FILE
    path.write_text(path.read_text() + "...\n")
    before = path.read_text()
    with pytest.raises(ReviewError):
        record_decision(tmp_path, REJECT)
    assert path.read_text() == before


def test_decisions_that_cannot_be_written_are_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GraphError, match="cannot be kept"):
        record_decision(tmp_path / "file", NONE)


def _record_many(place, name):
    for number in range(10):
        about = ReviewedThing(Thing(ID[f"{name}{number}"]))
        record_decision(place, sign(about, Verdict(Outcome.NONE), author=name))


def test_many_writers_lose_nothing(tmp_path):
    context = multiprocessing.get_context("fork")
    workers = [
        *(context.Process(target=_record_many, args=(tmp_path, name)) for name in "ab"),
        *(threading.Thread(target=_record_many, args=(tmp_path, name)) for name in "cd"),
    ]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        read_decisions(tmp_path)  # Never half of it.
    found = {str(each.about.thing.iri) for each in read_decisions(tmp_path)}
    assert len(found) == 40


# ------------------------------------------------------------------------------------- the files


def claim_case(number=0, **changes):
    about = replace(READ, iri=URIRef(f"{CLAIM}{number}"), place=Place(ARTICLE, Span(number, 50)))
    made = ClaimCase(
        about, "a.txt", "Japan depends on Georgia: a lot.", Thing(JAPAN, "Japan"),
        Polarity.POSITIVE, Modality.ASSERTED, "0.45",
    )  # fmt: skip
    return replace(made, **changes)


def link_case(name="Georgia", candidates=()):
    about = ReviewedThing(Thing(ID[name], name), ARTICLE)
    evidence = ((Place(ARTICLE, Span(0, 7)), "a.txt", f"{name}: a place."),)
    return LinkCase(about, KG.Place, "ambiguous", tuple(candidates), evidence, (Place(ARTICLE),))


CANDIDATE = LinkCandidate(
    Q1, "Universe", URIRef("http://www.wikidata.org/"), 0.5, (("name", 1.0), ("type", 0.0)), "",
    "shares the name",
)  # fmt: skip


def test_a_new_file_lists_the_cases_with_candidates_and_evidence(tmp_path):
    path = tmp_path / "links.yaml"
    assert update_sheet(path, [link_case(candidates=[CANDIDATE])], {}, kind=LinkCase) == 1
    text = path.read_text()
    assert text.startswith("# Things of the articles")
    assert text.endswith(
        f"""
- entity: Georgia <{ID["Georgia"]}>
  article: {ARTICLE}
  kind: Place
  why: ambiguous
  candidates:
    - target: {Q1}
      label: Universe
      score: 0.50
      parts: {{name: 1.00, type: 0.00}}
      reason: shares the name
  evidence:
    - at: {ARTICLE}/0-7
      source: a.txt
      sentence: "Georgia: a place."
  further: {ARTICLE}
  decision:
  author:
  date:
  comment:
"""
    )
    assert read(text) == ()


def test_claims_are_listed_as_they_were_read(tmp_path):
    path = tmp_path / "claims.yaml"
    assert update_sheet(path, [claim_case()], {}, kind=ClaimCase) == 1
    fields = {n: to_plain(i) for n, i in load_sheet(path).entries[0].fields.items()}
    assert fields == {
        "claim": f"{CLAIM}0", "at": f"{ARTICLE}/0-50", "source": "a.txt",
        "quote": "Japan depends on Georgia", "sentence": "Japan depends on Georgia: a lot.",
        "subject": f"Japan <{JAPAN}>", "relation": "dependsOn", "object": f"Georgia <{GEORGIA}>",
        "holder": f"Japan <{JAPAN}>", "polarity": "positive", "modality": "asserted",
        "confidence": "0.45", "decision": "", "author": "", "date": "", "comment": "",
    }  # fmt: skip


def test_what_a_human_wrote_stays_byte_for_byte(tmp_path):
    path = tmp_path / "claims.yaml"
    update_sheet(path, [claim_case(1), claim_case(2), claim_case(3)], {}, kind=ClaimCase)
    head, first, second, third = path.read_text().split("\n- claim")
    mine = "\n- claim".join(
        [
            "# Mine\n" + head,
            third.replace("decision:", "decision: 'reject'  # oh no"),
            "" + first + "  # a comment after it\n",
            second.replace("  author:\n", "  author: Ann\n"),
        ]
    )
    path.write_text(mine)
    others = [claim_case(n, confidence="0.11") for n in (1, 2, 3, 4)]
    assert update_sheet(path, others, {}, kind=ClaimCase) == 1
    text = path.read_text()
    assert text.startswith(mine)
    assert text[len(mine) :].startswith(f"\n- claim: {CLAIM}4\n")
    assert update_sheet(path, others, {}, kind=ClaimCase) == 0
    assert path.read_text() == text


def test_what_nobody_touched_is_brought_up_to_date(tmp_path):
    path = tmp_path / "links.yaml"
    update_sheet(path, [link_case("A"), link_case("B")], {}, kind=LinkCase)
    before = path.read_text()
    update_sheet(path, [link_case("A", [CANDIDATE])], {}, kind=LinkCase)
    after = path.read_text()
    assert after.count("Universe") == 1
    assert (
        after.replace(after[after.index("  candidates") : after.index("  evidence")], "") == before
    )


def test_a_decision_from_elsewhere_appears_in_the_file(tmp_path):
    path = tmp_path / "links.yaml"
    update_sheet(path, [link_case("A")], {}, kind=LinkCase)
    about = ReviewedThing(Thing(ID["A"], "A"), ARTICLE)
    page, other = sign(about, Verdict(Outcome.NONE)), sign(THING, Verdict(Outcome.NONE))
    decided = {each.key: each for each in (page, other, REJECT)}
    assert update_sheet(path, [link_case("A")], decided, kind=LinkCase) == 0
    sheet = load_sheet(path)
    lookup = Lookup()
    assert [read_decision(entry, path, lookup) for entry in sheet.entries] == [page, other]


def test_a_lost_file_is_made_anew_from_the_decisions(tmp_path):
    path = tmp_path / "claims.yaml"
    decided = {("claim", f"{CLAIM}1"): replace(REJECT, about=claim_case(1).about)}
    assert update_sheet(path, [claim_case(1), claim_case(2)], decided, kind=ClaimCase) == 1
    first, second = load_sheet(path).entries
    assert (first.fields["decision"].text, first.fields["author"].text) == ("reject", "Ann")
    assert first.fields["comment"].text == "No:\n“it” is # not"
    assert second.fields["decision"].text == ""


def test_a_claim_that_got_another_iri_is_not_listed_twice(tmp_path):
    path = tmp_path / "claims.yaml"
    update_sheet(path, [claim_case(1)], {}, kind=ClaimCase)
    path.write_text(path.read_text().replace("decision:", "decision: accept"))
    before = path.read_text()
    renamed = claim_case(2)
    assert update_sheet(path, [renamed], {}, kind=ClaimCase) == 0
    assert path.read_text() == before


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_line_ends_and_margins_are_kept(tmp_path, end):
    path = tmp_path / "claims.yaml"
    path.write_bytes(f"# x{end}{end}  - claim: {CLAIM}9{end}    decision: accept".encode())
    before = path.read_bytes()
    assert update_sheet(path, [claim_case(1)], {}, kind=ClaimCase) == 1
    text = path.read_bytes()
    assert text.startswith(before)
    assert f"{end}  - claim: {CLAIM}1{end}    at: ".encode() in text
    assert text.count(b"\n") == text.count(end.encode())
    assert len(load_sheet(path).entries) == 2


@pytest.mark.parametrize("text", ["- entity: x\n...\n", "[]\n"])
def test_a_file_that_cannot_be_added_to_is_left(tmp_path, text):
    path = tmp_path / "links.yaml"
    path.write_text(text)
    with pytest.raises(ReviewError):
        update_sheet(path, [link_case()], {}, kind=LinkCase)
    assert path.read_text() == text


def test_a_link_to_the_file_stays_a_link_and_its_mode_too(tmp_path):
    (tmp_path / "real.yaml").write_text("# x\n")
    (tmp_path / "real.yaml").chmod(0o640)
    (tmp_path / "links.yaml").symlink_to("real.yaml")
    update_sheet(tmp_path / "links.yaml", [link_case()], {}, kind=LinkCase)
    assert (tmp_path / "links.yaml").is_symlink()
    assert (tmp_path / "real.yaml").stat().st_mode & 0o777 == 0o640
    assert len(load_sheet(tmp_path / "real.yaml").entries) == 1


def test_a_kept_decision_says_all_that_is_needed_to_find_its_claim():
    assert describe_decision(REJECT) == {
        "claim": str(CLAIM), "at": f"{ARTICLE}/3-30", "quote": "Japan depends on Georgia",
        "subject": f"Japan <{JAPAN}>", "relation": "dependsOn", "object": f"Georgia <{GEORGIA}>",
        "decision": "reject", "author": "Ann", "date": "2026-01-31",
        "comment": "No:\n“it” is # not", "from": "",
    }  # fmt: skip
