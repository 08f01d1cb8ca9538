"""Review from end to end: files, builds that keep what was decided, and the command."""

import io
import re
import shutil
from dataclasses import replace
from functools import partial

import pytest
from rdflib import RDF, SKOS, URIRef
from records import JAPAN, TEXT, TRUMP, make_reading

from kg import iris
from kg.cli import main
from kg.corpus import apply_reviews, build_corpus, remove_articles, review_graph
from kg.corpus.importing import import_files
from kg.enrichment import keep_decisions
from kg.enrichment.links import find_decided
from kg.errors import ReviewError, UnknownTermError
from kg.export import Format, export_graph
from kg.iris import KG
from kg.linking.records import LinkCandidate, LinkDecision, LinkQuery, LinkState
from kg.model import Severity
from kg.review import read_decisions, record_decision
from kg.review.entries import load_sheet
from kg.review.log import DECISIONS_FILE
from kg.review.records import (
    ClaimCase,
    Decision,
    LinkCase,
    Outcome,
    ReviewedThing,
    Thing,
    Verdict,
)
from kg.store import CHECKED_FILE, CLOSURE_FILE, open_graph
from kg.vocabulary import load_vocabulary, ontology_directory

OTHER = TEXT + "The parties talked about it for a long time and then went home.\n"
SIGNED = "\n  author: Ann\n  date: 2026-01-31"


@pytest.fixture(scope="module")
def vocabulary():
    return load_vocabulary()


@pytest.fixture(scope="module")
def ontology(tmp_path_factory):
    """The ontology without its many names, which take a second to read."""
    place = tmp_path_factory.mktemp("ontology")
    shutil.copy(ontology_directory() / "concord.ttl", place)
    (place / "names").mkdir()
    (place / "names" / "few.ttl").write_text(
        f"@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
        f" @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
        f'<{JAPAN}> a <{KG.State}> ; rdfs:label "Japan"@en ;'
        f" skos:exactMatch <http://www.wikidata.org/entity/Q17> ."
        f'<{iris.ID["Pact"]}> a <{KG.Agreement}> ; rdfs:label "TPP"@en .',
        encoding="utf-8",
    )
    return place


def read_by_hand(document):
    """What is known to stand in the two articles."""
    return replace(make_reading(document.text, document.source), document=document)


@pytest.fixture
def build(vocabulary, ontology):
    return partial(build_corpus, vocabulary=vocabulary, ontology=ontology, read=read_by_hand)


@pytest.fixture
def review(vocabulary, ontology):
    return partial(review_graph, vocabulary=vocabulary, ontology=ontology)


@pytest.fixture
def articles(tmp_path):
    place = tmp_path / "articles"
    place.mkdir()
    (place / "a.txt").write_text(TEXT, encoding="utf-8")
    (place / "b.txt").write_text(OTHER, encoding="utf-8")
    return place


def dump(directory):
    out = io.BytesIO()
    with open_graph(directory, read_only=True) as store:
        export_graph(store, Format.NQUADS, out)
    return out.getvalue()


def decide(path, part, decision):
    """Write a decision behind the first entry that holds some words, as a human would."""
    text = path.read_text(encoding="utf-8")
    at = text.index("  decision:", text.index(part))
    text = text[:at] + re.sub(
        r"  decision:.*\n  author:.*\n  date:.*\n",
        f"  decision: {decision}{SIGNED}\n",
        text[at:],
        count=1,
    )
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def reviewed(articles, tmp_path, build, review):
    """A graph of two articles and a file in which decisions on claims and things stand."""
    build([articles], tmp_path / "graph")
    claims, links = tmp_path / "claims.yaml", tmp_path / "links.yaml"
    review(tmp_path / "graph", claims, write=ClaimCase)
    review(tmp_path / "graph", links, write=LinkCase)
    decide(claims, "quote: Trump withdrew", "reject")
    decide(claims, "source: b.txt", "{object: Japan, polarity: negative}")
    decide(links, "- entity: TPP", f"merge <{iris.ID['Pact']}>")
    decide(links, "- entity: Donald Trump", "accept Q22686")
    return tmp_path / "graph", claims, links


def test_decisions_are_applied_and_survive_every_rebuild(
    articles, tmp_path, reviewed, review, build
):
    graph, claims, links = reviewed
    untouched = dump(graph)
    text = claims.read_bytes()
    decided = [e for e in load_sheet(links).entries if e.fields["decision"].text]
    assert review(graph, claims).recorded == 2
    summary = review(graph, links, write=LinkCase)
    assert (summary.recorded, summary.standing, summary.listed) == (2, 4, 0)
    assert claims.read_bytes() == text
    assert [e for e in load_sheet(links).entries if e.fields["decision"].text] == decided
    after = dump(graph)
    assert after != untouched
    # Once more changes nothing, and neither does a build.
    assert review(graph, claims).recorded == 0
    assert build([articles], graph).unchanged == 2
    assert dump(graph) == after
    # From scratch, with the decisions that the graph keeps, and with the files alone.
    kept = tmp_path / "kept"
    kept.mkdir()
    shutil.copy(graph / DECISIONS_FILE, kept)
    build([articles], kept)
    assert dump(kept) == after
    build([articles], tmp_path / "files", reviews=[claims, links])
    assert dump(tmp_path / "files") == after
    # Article by article.
    for path in sorted(articles.iterdir(), reverse=True):
        build([path], tmp_path / "one-by-one", reviews=[links, claims])
    assert dump(tmp_path / "one-by-one") == after


@pytest.mark.parametrize("lost", [(), (CLOSURE_FILE,), (CHECKED_FILE,)])
def test_what_follows_is_that_of_a_build_from_scratch(
    articles, tmp_path, reviewed, review, build, lost
):
    graph, claims, links = reviewed
    for name in lost:
        (graph / name).unlink()
    review(graph, claims)
    found = review(graph, links).findings
    scratch = build([articles], tmp_path / "scratch", reviews=[links, claims])
    assert found == scratch.findings
    assert dump(graph) == dump(tmp_path / "scratch")


def test_taking_decisions_back_leaves_the_graph_as_it_was_built(reviewed, review):
    graph, claims, links = reviewed
    before = dump(graph)
    for path in (claims, links):
        review(graph, path)
        text = re.sub(r"decision: .*", "decision: open", path.read_text())
        path.write_text(text)
        assert review(graph, path).recorded == 2
    assert dump(graph) == before


def test_a_lost_file_of_decisions_is_made_anew_from_the_graph(
    articles, tmp_path, reviewed, review, build
):
    graph, claims, links = reviewed
    review(graph, claims)
    review(graph, links)
    after = dump(graph)
    (graph / DECISIONS_FILE).unlink()
    build([articles], graph)
    assert dump(graph) == after
    assert len(read_decisions(graph)) == 4
    # So that what was exported is not as if nobody had decided.
    (tmp_path / "all.nq").write_bytes(after)
    import_files([tmp_path / "all.nq"], tmp_path / "elsewhere")
    build([articles / "a.txt"], tmp_path / "elsewhere")
    assert dump(tmp_path / "elsewhere") == after
    record_decision(graph, read_decisions(graph)[0])
    (graph / DECISIONS_FILE).write_text("")
    build([articles], graph)
    assert dump(graph) != after, "but an empty one says that there are none"


def test_removing_an_article_takes_only_what_hung_on_it(
    articles, tmp_path, reviewed, review, build, ontology
):
    graph, claims, links = reviewed
    review(graph, claims)
    review(graph, links)
    whole = dump(graph)
    removed = remove_articles(["b.txt"], graph, ontology=ontology)
    alone = build([articles / "a.txt"], tmp_path / "alone", reviews=[claims, links])
    assert dump(graph) == dump(tmp_path / "alone")
    assert removed.findings == alone.findings
    (waiting,) = [each for each in removed.findings if each.check == "review"]
    assert waiting.severity is Severity.INFO
    build([articles], graph)
    assert dump(graph) == whole


def test_a_rejected_link_is_kept_out_of_the_background(articles, tmp_path, build, review):
    path = tmp_path / "links.yaml"
    path.write_text(f"- entity: <{JAPAN}>\n  decision: reject Q17{SIGNED}\n")
    build([articles], tmp_path / "graph")
    assert b"entity/Q17" in dump(tmp_path / "graph")
    review(tmp_path / "graph", path)
    lines = [line for line in dump(tmp_path / "graph").splitlines() if b"entity/Q17>" in line]
    assert len(lines) == 1
    assert b"ontology#candidate>" in lines[0]


def test_a_changed_reader_keeps_the_decisions(articles, reviewed, review, build):
    graph, claims, _ = reviewed
    review(graph, claims)

    def read_anew(document):
        made = read_by_hand(document)
        claims = [replace(c, iri=URIRef(f"{c.iri}0"), confidence=0.5) for c in made.claims]
        return replace(made, claims=tuple(claims))

    summary = build([articles], graph, read=read_anew, variant="new")
    assert (summary.read, [f for f in summary.findings if f.check == "review"]) == (2, [])
    with open_graph(graph, read_only=True) as store:
        (rejected,) = [
            quad[0]
            for quad in store.quads(predicate=KG.outcome, object=KG.Rejected)
            if quad[3] == iris.DECISIONS_GRAPH
        ]
        (gone,) = (quad[2] for quad in store.quads(subject=rejected, predicate=KG.withdraws))
        assert gone.endswith("0")
    # And none is listed as if nobody had decided.
    assert review(graph, claims, write=ClaimCase).listed == 0

    def read_less(document):
        made = read_by_hand(document)
        return replace(made, claims=made.claims[1:2])

    summary = build([articles], graph, read=read_less, variant="less")
    told = [finding for finding in summary.findings if finding.check == "review"]
    assert [finding.severity for finding in told] == [Severity.WARNING] * 2
    assert "Ann decided on 2026-01-31" in told[0].message


def test_a_decision_of_a_program_is_applied_by_the_next_build(articles, tmp_path, build, ontology):
    build([articles], tmp_path / "graph")
    about = ReviewedThing(Thing(JAPAN, "Japan"))
    with open_graph(tmp_path / "graph"):
        # A graph that is open elsewhere can be decided on.
        record_decision(
            tmp_path / "graph",
            Decision(about, (Verdict(Outcome.MERGE, Thing(TRUMP)),), "Ann", "2026-01-31"),
        )
    apply_reviews(tmp_path / "graph", ontology=ontology)
    with open_graph(tmp_path / "graph", read_only=True) as store:
        assert next(store.quads(predicate=KG.outcome, object=KG.Merged), None) is not None
    after = dump(tmp_path / "graph")
    build([articles], tmp_path / "graph")
    assert dump(tmp_path / "graph") == after


def test_an_unknown_target_is_told_when_all_else_is_done(articles, tmp_path, build):
    path = tmp_path / "links.yaml"
    path.write_text(f"- entity: <{JAPAN}>\n  decision: merge Narnia{SIGNED}\n")
    with pytest.raises(ReviewError, match=r"links\.yaml, line 2: .*Narnia"):
        build([articles], tmp_path / "graph", reviews=[path])
    build([articles], tmp_path / "plain")
    assert dump(tmp_path / "graph") == dump(tmp_path / "plain")
    path.write_text("- entity\n")
    with pytest.raises(ReviewError, match="line 1"):
        build([articles], tmp_path / "nowhere", reviews=[path])
    assert not (tmp_path / "nowhere").exists()


def test_a_file_with_one_wrong_decision_records_none(reviewed, review):
    graph, claims, _ = reviewed
    decide(claims, "quote: Trump believes", "rejekt")
    before = dump(graph)
    with pytest.raises(ReviewError, match="“rejekt” is no decision on a claim"):
        review(graph, claims, write=ClaimCase)
    assert dump(graph) == before
    assert not (graph / DECISIONS_FILE).exists()


def test_only_some_claims_are_listed(articles, tmp_path, build, review):
    build([articles], tmp_path / "graph")
    path = tmp_path / "claims.yaml"
    assert review(tmp_path / "graph", path, write=ClaimCase, articles=["a.txt"]).listed == 3
    assert review(tmp_path / "graph", path, write=ClaimCase, articles=["b.txt"]).listed == 3
    assert review(tmp_path / "graph", path, write=ClaimCase, below=0.5).listed == 0
    with pytest.raises(UnknownTermError, match=r"c\.txt"):
        review(tmp_path / "graph", path, write=ClaimCase, articles=["c.txt"])


def test_open_links_come_with_what_shares_their_name(articles, tmp_path, build, review):
    build([articles], tmp_path / "graph")
    path = tmp_path / "links.yaml"
    summary = review(tmp_path / "graph", path, write=LinkCase)
    assert (summary.open, summary.listed) == (3, 3)
    assert "Japan <" not in path.read_text(), "it has a sure link"
    entry = next(e for e in load_sheet(path).entries if "TPP" in str(e.fields["entity"].text))
    (candidate,) = entry.fields["candidates"].value
    assert candidate.value["target"].text == str(iris.ID["Pact"])


def test_candidates_of_linkers_are_listed_with_their_parts(articles, tmp_path, build, review):
    build([articles], tmp_path / "graph")
    offered = iris.mint_part(iris.LINKS_GRAPH, "candidate", "1")
    with open_graph(tmp_path / "graph") as store:
        from rdflib import RDFS, XSD, Literal

        def number(text):
            return Literal(text, datatype=XSD.decimal)

        store.replace(
            iris.LINKS_GRAPH,
            [
                (offered, RDF.type, KG.LinkCandidate),
                (offered, KG.candidateOf, TRUMP),
                (offered, KG.candidate, URIRef("http://www.wikidata.org/entity/Q22686")),
                (offered, KG.score, number("0.71")),
                (offered, KG.scoreName, number("1")),
                (offered, KG.scoreTime, number("0.25")),
                (offered, RDFS.label, Literal("Donald Trump", lang="en")),
                (offered, RDFS.comment, Literal("has this name")),
            ],
        )
    path = tmp_path / "links.yaml"
    review(tmp_path / "graph", path, write=LinkCase)
    text = path.read_text()
    assert "score: 0.71\n      parts: {name: 1.00, time: 0.25}\n      reason: has this name" in text
    decide(path, "- entity: Donald Trump", "accept Donald Trump")
    assert review(tmp_path / "graph", path, write=LinkCase).recorded == 1


def test_linkers_leave_what_humans_decided(articles, tmp_path, build, review):
    wikidata = URIRef("http://www.wikidata.org/")
    q1, q2 = (URIRef(f"{wikidata}entity/{name}") for name in ("Q1", "Q2"))

    def link(*targets):
        """Let a linker take for Trump and the treaty what it is told."""
        with open_graph(tmp_path / "graph") as store:
            assert find_decided(store, wikidata) == ({things[1]} if targets else set())
            keep_decisions(
                store,
                [
                    LinkDecision(
                        LinkQuery(thing, ("x",), KG.Person),
                        LinkState.LINKED,
                        (LinkCandidate(target, "x", wikidata, 0.9, ()),),
                        SKOS.exactMatch,
                        "wikidata",
                        dataset=wikidata,
                    )
                    for thing, target in zip(things, targets or (q1, q1), strict=True)
                ],
                dataset=wikidata,
                method="wikidata",
            )

    def read_links():
        with open_graph(tmp_path / "graph", read_only=True) as store:
            found = store.triples(iris.LINKS_GRAPH, predicate=SKOS.exactMatch)
            return {(s, o) for s, _, o in found}

    build([articles], tmp_path / "graph")
    with open_graph(tmp_path / "graph", read_only=True) as store:
        things = [TRUMP, min(q[0] for q in store.quads(predicate=RDF.type, object=KG.Agreement))]
    link()
    plain = dump(tmp_path / "graph")
    path = tmp_path / "links.yaml"
    path.write_text(
        f"- entity: <{TRUMP}>\n  decision: reject Q1{SIGNED}\n"
        f"- entity: <{things[1]}>\n  decision: accept Q2{SIGNED}\n"
    )
    review(tmp_path / "graph", path)
    assert read_links() == {(things[1], q2)}
    link(q2, q1)
    assert (things[1], q2) in read_links(), "what was accepted stays while linkers work"
    review(tmp_path / "graph", path)
    assert read_links() == {(things[1], q2), (TRUMP, q2)}
    link(q1, q1)
    review(tmp_path / "graph", path)
    assert read_links() == {(things[1], q2)}
    path.write_text(re.sub("decision: .*", "decision: open", path.read_text()))
    review(tmp_path / "graph", path)
    assert dump(tmp_path / "graph") == plain


# -------------------------------------------------------------------------------------- real text


@pytest.fixture(scope="module")
def sample_graph(sample, tmp_path_factory):
    place = tmp_path_factory.mktemp("sample") / "graph"
    assert main(["build", str(sample), "--graph", str(place)]) == 0
    return place


@pytest.fixture
def graph(sample_graph, tmp_path):
    return shutil.copytree(sample_graph, tmp_path / "graph")


def run(capsys, *arguments):
    code = main([str(each) for each in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_claims_of_a_real_article_are_corrected_by_command(graph, sample, tmp_path, capsys):
    path = tmp_path / "claims.yaml"
    where = ("--graph", graph)
    code, out, _ = run(capsys, "review", path, "--write", "--below", "0.6", *where)
    assert (code, "open cases" in out) == (0, True)
    first, second, third = load_sheet(path).entries[:3]
    ends = [first.fields[name].text for name in ("subject", "relation", "object")]
    one, other = (re.findall("<(.*)>", ends[n])[0] for n in (0, 2))
    triple = f"{one},{KG[ends[1]]},{other},"
    assert triple in run(capsys, "query", "claims", "--csv", *where)[1]
    decide(path, f"claim: {first.fields['claim'].text}", "reject")
    decide(path, f"claim: {second.fields['claim'].text}", "{relation: weakens}")
    decide(path, f"claim: {third.fields['claim'].text}", "accept")
    code, out, err = run(capsys, "review", path, *where)
    assert (code, out, err) == (0, "decisions         3 (3 recorded now)\n", "")
    code, out, _ = run(capsys, "query", "decisions", "--csv", *where)
    assert [line.split(",")[0].rsplit("#", 1)[-1] for line in out.splitlines()[1:]] == [
        "Accepted", "Corrected", "Rejected",
    ]  # fmt: skip
    assert triple in out
    assert triple not in run(capsys, "query", "claims", "--csv", *where)[1]
    assert run(capsys, "check", *where)[0] == 0
    after = dump(graph)
    code, out, _ = run(capsys, "build", sample, *where)
    assert (code, "0 read now, 1 unchanged" in out) == (0, True)
    assert dump(graph) == after
    scratch = ("--graph", tmp_path / "scratch")
    assert run(capsys, "build", sample, "--review", path, *scratch)[0] == 0
    assert dump(tmp_path / "scratch") == after


def test_a_merger_of_a_real_article_is_seen_by_questions_and_reasoning(graph, tmp_path, capsys):
    path = tmp_path / "links.yaml"
    japan, china = iris.ID["Japan"], iris.ID["China"]
    path.write_text(f"- entity: Japan <{japan}>\n  decision: merge China <{china}>{SIGNED}\n")
    where = ("--graph", graph)
    assert run(capsys, "review", path, *where)[0] == 0
    with open_graph(graph, read_only=True) as store:
        articles = {q[3] for q in store.quads(predicate=KG.sha256)}
        used = {q[3] for q in store.quads(object=japan)}
        assert used.isdisjoint(articles)
        assert next(store.triples(iris.INFERRED_GRAPH, subject=japan), None) is None
        assert next(store.triples(iris.INFERRED_GRAPH, subject=china), None) is not None
    code, out, _ = run(capsys, "query", "claims", "about=China", "--csv", *where)
    assert (code, out.count("id/China") > 20) == (0, True)
    assert "id/Japan" not in out
    assert run(capsys, "check", *where)[0] == 0
    code, out, _ = run(capsys, "link", "--review", path, *where)
    assert (code, "1 (0 recorded now)" in out) == (0, True)
    entries = load_sheet(path).entries
    assert len(entries) > 5
    assert not any("Japan <" in str(entry.fields["entity"].text) for entry in entries[1:])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- claim: x: y\n", "line 1: a second “: ”"),
        ("- entity: <id:Japan>\n  decision: perhaps\n", "line 2: “perhaps” is no decision"),
        ("- entity: <id:Japan>\n  decision: accept Narnia\n", "line 2: no thing"),
        ("- entity: <id:Japan>\n  decision: none\n", "line 2: who decided that"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(graph, tmp_path, capsys, text, message):
    path = tmp_path / "review.yaml"
    path.write_text(text)
    code, out, err = run(capsys, "review", path, "--graph", graph)
    assert (code, out) == (2, "")
    assert err.startswith(f"kg: {path}, {message}")
    assert err.count("\n") == 1


def test_a_file_that_is_not_there_and_a_graph_that_is_not_there_are_told(graph, tmp_path, capsys):
    code, _, err = run(capsys, "review", tmp_path / "no.yaml", "--graph", graph)
    assert (code, "--write" in err) == (2, True)
    code, _, err = run(capsys, "review", tmp_path / "no.yaml", "--write", "--graph", tmp_path)
    assert (code, "no graph at" in err) == (2, True)
    assert not (tmp_path / "no.yaml").exists()
