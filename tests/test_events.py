"""Events between countries, counted by dyad and month."""

import csv
import io
import itertools
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Literal
from stated_graph import make_claim, open_stated_graph

from kg.cli.codebook import EXPORT_HELP
from kg.export import events as module
from kg.export.events import EVENT_COLUMNS, Dating, date_event, export_events
from kg.iris import ID, KG, ONTOLOGY_GRAPH
from kg.model import Period
from kg.rdf import read_turtle
from kg.vocabulary import ontology_directory

# What Goldstein's scale gives to the codes of CAMEO that relations have (GDELT,
# CAMEO.goldsteinscale.txt).
GOLDSTEIN = {
    "4.0": "030 036", "5.2": "031 033", "4.5": "032", "5.0": "037",
    "1.0": "040 041", "1.9": "042", "2.5": "044", "7.0": "046 064 070",
    "3.5": "050 052", "3.4": "051", "3.8": "053", "6.0": "054 060", "8.0": "057",
    "6.4": "061", "7.4": "062 063 071 073", "8.3": "072", "8.5": "074",
    "-5.0": "100 101 102 103 104 105 106 107 108 125 126 127 129",
    "-2.0": "110 111 112 113 114", "-4.0": "120 121 122 123 124 160 161",
    "-4.4": "130", "-5.8": "131 132 134", "-7.0": "136 137 138 139 166",
    "-8.0": "163", "-9.0": "180", "-10.0": "183 190 193 194 195",
}  # fmt: skip


def count(articles, claims, **rest):
    """The table's rows as dictionaries, without what is empty."""
    with open_stated_graph(articles, claims, **rest) as store:
        out = io.BytesIO()
        export_events(store, out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue().decode(), newline="")))
    return [{name: cell for name, cell in row.items() if cell} for row in rows]


def test_counts_are_those_made_by_hand():
    rows = count(
        {1: "2018-06-10", 2: "2018-06-20", 3: "2018-07-01"},
        [
            make_claim("USA", "criticises", "Japan"),
            make_claim("USA", "criticises", "Japan"),  # The same, said again.
            make_claim("Trump", "criticises", "Tokyo"),  # Another's doing, the same dyad.
            make_claim("USA", "criticises", "Japan", article=2),  # The same in another article.
            make_claim("USA", "criticises", "Japan", article=3),  # In another month.
            make_claim("USA", "criticises", "Japan", since="2017-11-05", until="2017-11-05"),
            make_claim("USA", "criticises", "Japan", since="2017-11-06", until="2017-11-06"),
            make_claim("Japan", "sanctions", "USA"),
        ],
    )
    shared = {"quad_class": "verbal conflict", "plover": "ACCUSE", "mean_intensity": "-2.00",
              "source_country": "USA", "source_cow": "2",
              "target_country": "JPN", "target_cow": "740"}  # fmt: skip
    assert rows == [
        {**shared, "month": "2017-11", "year": "2017", "dated_by": "claim",
         "count": "2", "mentions": "2", "articles": "1"},
        {"month": "2018-06", "year": "2018", "dated_by": "article",
         "source_country": "JPN", "source_cow": "740", "target_country": "USA", "target_cow": "2",
         "plover": "COERCE", "quad_class": "material conflict", "mean_intensity": "-8.00",
         "count": "1", "mentions": "1", "articles": "1"},
        {**shared, "month": "2018-06", "year": "2018", "dated_by": "article",
         "count": "2", "mentions": "4", "articles": "2"},
        {**shared, "month": "2018-07", "year": "2018", "dated_by": "article",
         "count": "1", "mentions": "1", "articles": "1"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "claim",
    [
        make_claim("USA", "criticises", "Japan", polarity="Negative"),
        make_claim("USA", "criticises", "Japan", modality="Possible"),
        make_claim("USA", "criticises", "Japan", modality="Predicted"),
        make_claim("USA", "criticises", "Japan", modality="Desired"),
        make_claim("USA", "criticises", "Japan", holder="Tokyo"),
        make_claim("USA", "alliedWith", "Japan"),
        make_claim("USA", "hasTradeDeficitWith", "Japan"),
        make_claim("USA", "criticises", "NATO"),
        make_claim("NATO", "criticises", "USA"),
    ],
    ids=lambda claim: " ".join(claim.values()),
)
def test_what_is_no_event_between_countries_has_no_row(claim):
    assert count({1: "2018-06-10"}, [claim]) == []


def test_the_word_of_an_accepted_holder_counts():
    claims = [make_claim("USA", "criticises", "Japan", holder="Trump")]
    (row,) = count({1: "2018-06"}, claims, accepted=["Trump"])
    assert (row["count"], row["mentions"]) == ("1", "1")


def test_hearsay_of_what_an_article_asserts_adds_nothing():
    claims = [
        make_claim("USA", "criticises", "Japan"),
        make_claim("USA", "criticises", "Japan", holder="Trump", since="1999", until="1999"),
    ]
    (row,) = count({1: "2018-06"}, claims)
    assert (row["month"], row["count"], row["mentions"]) == ("2018-06", "1", "1")


def test_what_two_do_with_each_other_counts_in_both_directions():
    claims = [make_claim("USA", "meets", "Japan"), make_claim("Japan", "meets", "USA")]
    rows = count({1: "2018-06"}, claims)
    assert [(row["source_country"], row["target_country"]) for row in rows] == [
        ("JPN", "USA"), ("USA", "JPN")]  # fmt: skip
    assert all((row["count"], row["mentions"]) == ("1", "2") for row in rows)


def test_actors_of_one_country_are_a_dyad_once():
    (row,) = count({1: "2018-06"}, [make_claim("USA", "meets", "Trump")])
    assert (row["source_country"], row["target_country"], row["count"]) == ("USA", "USA", "1")


def test_states_that_shared_a_code_are_told_apart_or_left_open():
    claims = [
        make_claim("Bonn", "aids", "USA", since="1930", until="1930"),
        make_claim("Germany", "aids", "USA", since="1970", until="1970"),
        make_claim("West-Germany", "aids", "USA", since="1970", until="1970"),
        make_claim("Bonn", "aids", "USA", since="1990-11", until="1990-11"),
        make_claim("Austria-Hungary", "attacks", "USA", since="1917-12", until="1917-12"),
    ]
    found = [
        (row.get("month", row["year"]), row.get("source_country"), row.get("source_cow"))
        for row in count({1: None}, claims)
    ]
    assert found == [
        ("1917-12", None, "300"),
        ("1930", "DEU", "255"),
        ("1970", "DEU", None),
        ("1970", "DEU", "260"),
        ("1990-11", "DEU", "255"),
    ]


@pytest.mark.parametrize(
    ("since", "until", "article", "expected"),
    [
        ("2017-11-05", "2017-11-05", "2018-06-10", Dating("2017-11", "claim")),
        ("2017-11-05", "2017-11-30", "2018-06-10", Dating("2017-11", "claim")),
        ("2017-11", "2017-11", "2018-06-10", Dating("2017-11", "claim")),
        ("2017", "2017", "2018-06-10", Dating("2017", "claim")),
        ("2017-11", "2018-02", "2018-06-10", Dating("2017-11", "claim-start")),
        ("1951", "1960", "2018-06-10", Dating("1951", "claim-start")),
        ("2012", None, "2018-06-10", Dating("2012", "claim-start")),
        (None, "2012-03", "2018-06-10", Dating("2012-03", "claim-end")),
        (None, None, "2018-06-10", Dating("2018-06", "article")),
        (None, None, "2018", Dating("2018", "article")),
        (None, None, None, Dating("", "none")),
        ("soon", None, "2018-06", Dating("2018-06", "article")),
    ],
)
def test_an_event_is_dated_by_its_claim_else_by_its_article(since, until, article, expected):
    period = Period(since, until) if since or until else None
    assert date_event(period, article) == expected


def test_a_year_alone_is_no_month():
    (row,) = count(
        {1: "2018-06"}, [make_claim("USA", "visits", "Japan", since="2017", until="2017")]
    )
    assert "month" not in row and row["year"] == "2017"


def test_events_without_any_date_are_kept():
    (row,) = count({1: None}, [make_claim("USA", "visits", "Japan")])
    assert "year" not in row and row["dated_by"] == "none"


def test_the_mean_is_over_events():
    claims = [
        make_claim("USA", "visits", "Japan"),
        make_claim("USA", "visits", "Japan"),
        make_claim("USA", "negotiatesWith", "Japan"),
    ]
    rows = count({1: "2018-06"}, claims)
    forth = next(row for row in rows if row["source_country"] == "USA")
    assert (forth["count"], forth["mentions"], forth["mean_intensity"]) == ("2", "3", "4.45")


NAMES = st.sampled_from(["USA", "Trump", "Japan", "Tokyo", "Germany", "NATO"])
CLAIMS = st.lists(
    st.builds(
        make_claim,
        NAMES,
        st.sampled_from(["criticises", "visits", "meets", "sanctions", "alliedWith"]),
        NAMES,
        article=st.sampled_from([1, 2]),
        polarity=st.sampled_from(["Positive", "Positive", "Negative"]),
    ),
    max_size=12,
)


@settings(max_examples=25)
@given(CLAIMS)
def test_sums_agree_with_a_plain_count(claims):
    country = {"USA": "USA", "Trump": "USA", "Japan": "JPN", "Tokyo": "JPN", "Germany": "DEU"}
    category = {"criticises": "ACCUSE", "visits": "CONSULT", "meets": "CONSULT",
                "sanctions": "COERCE"}  # fmt: skip
    events, mentions = defaultdict(set), defaultdict(int)
    for claim in claims:
        relation, ends = claim["relation"], (claim["subject"], claim["object"])
        if claim["polarity"] != "Positive" or relation not in category:
            continue
        both = relation == "meets"
        keys = {
            (country[source], country[target], category[relation])
            for source, target in (ends, ends[::-1] if both else ends)
            if source in country and target in country
        }
        for key in keys:
            events[key].add((relation, tuple(sorted(ends)) if both else ends))
            mentions[key] += 1
    rows = count({1: "2018-06-10", 2: "2018-06"}, claims)
    keys = [(row["source_country"], row["target_country"], row["plover"]) for row in rows]
    assert dict(zip(keys, (int(row["count"]) for row in rows), strict=True)) == {
        key: len(found) for key, found in events.items()
    }
    assert dict(zip(keys, (int(row["mentions"]) for row in rows), strict=True)) == mentions


def test_an_ontology_without_scores_leaves_the_mean_empty():
    with open_stated_graph({1: "2018-06"}, [make_claim("USA", "visits", "Japan")]) as store:
        kept = [t for t in store.triples(ONTOLOGY_GRAPH) if t[1] != KG.intensity]
        store.replace(ONTOLOGY_GRAPH, kept)
        out = io.BytesIO()
        export_events(store, out)
    (row,) = csv.DictReader(io.StringIO(out.getvalue().decode()))
    assert row["mean_intensity"] == "" and row["count"] == "1"


def test_values_that_are_no_numbers_are_passed_over():
    with open_stated_graph({1: "2018-06"}, [make_claim("Trump", "visits", "Tokyo")]) as store:
        strange = [(ID.USA, KG.cowCode, Literal("two")), (KG.visits, KG.intensity, Literal("much"))]
        kept = [t for t in store.triples(ONTOLOGY_GRAPH) if t[:2] != (KG.visits, KG.intensity)]
        store.replace_all(
            {
                ONTOLOGY_GRAPH: [*kept, strange[1]],
                ID.more: [strange[0], (ID.x, KG.cowCode, strange[0][2])],
            }
        )
        out = io.BytesIO()
        export_events(store, out)
    (row,) = csv.DictReader(io.StringIO(out.getvalue().decode()))
    assert row["mean_intensity"] == "" and row["source_cow"] == "2"


def test_intensities_are_the_means_of_goldsteins_scores():
    scores = {code: Decimal(score) for score, codes in GOLDSTEIN.items() for code in codes.split()}
    triples = read_turtle(ontology_directory() / "alignments.ttl")
    codes, intensities = defaultdict(list), {}
    for subject, predicate, value in triples:
        if predicate == KG.cameoCode:
            codes[subject].append(str(value))
        elif predicate == KG.intensity:
            intensities[subject] = Decimal(str(value))
    assert intensities.keys() == codes.keys()
    for relation, found in codes.items():
        mean = sum(scores[code] for code in found) / len(found)
        assert abs(intensities[relation] - mean) <= Decimal("0.005"), relation


@pytest.mark.parametrize("text", [module.__doc__, EXPORT_HELP], ids=["module", "help"])
def test_the_codebook_names_every_column(text):
    for column in EVENT_COLUMNS:
        assert column in text, column


SCRIPT = """
import sys
sys.path.insert(0, "tests")
from stated_graph import make_claim, open_stated_graph
from kg.export import TABLE_EXPORTS
claims = [make_claim(s, r, o, article=a) for s in ("USA", "Tokyo", "Bonn")
          for r in ("meets", "visits", "sanctions") for o in ("Japan", "Trump") for a in (1, 2)]
inferred = [("Japan", "meets", "USA"), ("USA", "visits", "Japan")]
with open_stated_graph({1: "2018-06-10", 2: "2017"}, claims, inferred=inferred) as store:
    for write in TABLE_EXPORTS.values():
        write(store, sys.stdout.buffer)
"""


def test_the_hash_seed_leaves_no_trace_in_any_table(pytestconfig):
    root = pytestconfig.rootpath
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            cwd=root,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_the_order_of_claims_leaves_no_trace():
    claims = [make_claim("USA", "visits", "Japan"), make_claim("USA", "meets", "Japan"),
              make_claim("Japan", "visits", "USA", since="2017")]  # fmt: skip
    tables = [count({1: "2018-06"}, order) for order in itertools.permutations(claims)]
    assert all(table == tables[0] for table in tables)
