"""A model as the extractor: what it quotes is believed, what it makes up is refused and counted."""

import json
import os
import shutil
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings import list_claims, make_prose
from servers import break_off, complete, flood, hang, run_server, send

from kg.cli import main
from kg.compiled import cache_directory
from kg.corpus import build_corpus, prepare_reader
from kg.errors import ExtractorError
from kg.extraction.llm import LlmExtractor, ModelServer, Refusal
from kg.extraction.llm.asking import Answer, find_place
from kg.extraction.llm.checking import RefusalError, check_claim, split_answer
from kg.extraction.llm.locating import Passage
from kg.extraction.llm.prompt import make_prompt
from kg.http import Limits
from kg.iris import LEX
from kg.model import Severity, Span
from kg.reading import read
from kg.vocabulary.definitions import load_definitions

QUICK = Limits(connect=1, quiet=0.3, total=0.6, size=100_000, attempts=2, pause=0.01, patience=2)
TEXT = "Japan feared that Canada would quit the Kyoto Protocol in 2011."
CLAIM = {
    "quote": "Canada would quit the Kyoto Protocol",
    "trigger": "quit",
    "subject": "Canada",
    "subject_kind": "State",
    "relation": "withdrawsFrom",
    "object": "the Kyoto Protocol",
    "object_kind": "Agreement",
    "topic": None,
    "polarity": "positive",
    "modality": "predicted",
    "holder": "Japan",
}
LINE = "Canada withdrawsFrom Kyoto Protocol positive predicted Japan 2011"


@pytest.fixture(scope="module")
def definitions():
    return load_definitions()


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "KG_LLM_KEY"):
        monkeypatch.delenv(name, raising=False)
    answers = cache_directory() / "answers"
    shutil.rmtree(answers, ignore_errors=True)
    with run_server() as running:
        running.plan = [complete([CLAIM])]
        yield running
    shutil.rmtree(answers, ignore_errors=True)


@pytest.fixture
def extractor(server, vocabulary, definitions):
    chosen = ModelServer("test-model", f"{server.url}/v1", "secret", QUICK)
    return LlmExtractor(chosen, vocabulary, definitions)


@pytest.fixture
def extract(extractor, vocabulary, names, parser):
    """Read a text with the model; the claims as lines."""

    def read_with_model(text=TEXT, by=extractor):
        reading = read(make_prose(text), vocabulary, names, parser, extract=by)
        for claim in reading.claims:
            assert claim.evidence.sentence.covers(claim.evidence.quote)
            assert claim.evidence.quote.covers(claim.evidence.trigger)
        return reading

    return read_with_model


def refusals(extractor):
    return Counter(refused.reason for refused in extractor.refused)


# ------------------------------------------------------------------------------- what is believed


def test_an_answer_becomes_a_claim(server, extractor, extract):
    reading = extract()
    assert list_claims(reading) == [LINE]
    (claim,) = reading.claims
    assert claim.evidence.frame == LEX.llm
    assert reading.document.quote(claim.evidence.trigger) == "quit"
    assert reading.document.quote(claim.evidence.object) == "Kyoto Protocol"
    assert not extractor.refused


def test_the_ends_are_the_things_of_the_frames(read_text, extract):
    with_frames = read_text("Canada quit the Kyoto Protocol in 2011.")
    ends = {(claim.subject, claim.relation, claim.object) for claim in with_frames.claims}
    (claim,) = extract().claims
    assert (claim.subject, claim.relation, claim.object) in ends


def test_the_request_is_plain(server, extract):
    extract()
    (request,) = server.requests
    assert request["model"] == "test-model"
    assert request["temperature"] == 0
    assert request["stream"] is False
    assert request["messages"][1] == {"role": "user", "content": TEXT}
    assert request["response_format"]["json_schema"]["strict"] is True
    assert server.headers[0]["Authorization"] == "Bearer secret"


def test_coordination_inside_a_phrase_is_spread(server, extract):
    quote = "Canada and Mexico quit the Kyoto Protocol"
    change = {"subject": "Canada and Mexico", "holder": None, "quote": quote}
    server.plan = [complete([CLAIM | change])]
    found = list_claims(extract(f"{quote}."))
    assert [line.split(" positive")[0] for line in found] == [
        "Canada withdrawsFrom Kyoto Protocol",
        "Mexico withdrawsFrom Kyoto Protocol",
    ]


def test_a_pronoun_is_resolved(server, extract):
    text = "Canada was unhappy with Japan. It quit the Kyoto Protocol."
    first = CLAIM | {"relation": "criticises", "quote": "Canada was unhappy with Japan",
                     "trigger": "unhappy", "object": "Japan", "object_kind": "State",
                     "modality": "asserted", "holder": "the author"}  # fmt: skip
    second = CLAIM | {"subject": "It", "quote": "It quit the Kyoto Protocol", "holder": None}
    server.plan = [complete([first]), complete([second])]
    assert [line.split(" positive")[0] for line in list_claims(extract(text))] == [
        "Canada criticises Japan",
        "Canada withdrawsFrom Kyoto Protocol",
    ]


def test_the_same_claim_is_made_once(server, extract):
    server.plan = [complete([CLAIM, CLAIM])]
    assert list_claims(extract()) == [LINE]


@pytest.mark.parametrize(
    "content",
    [
        '```json\n{"claims": [%s]}\n```',
        '<think>Canada {quits}</think>\n{"claims": [%s]}',
    ],
)
def test_wrapping_is_taken_off(server, extract, content):
    server.plan = [complete(content % json.dumps(CLAIM))]
    assert list_claims(extract()) == [LINE]


def test_typography_may_differ(server, extract):
    change = {
        "quote": "Canada's  government quit 'the Kyoto Protocol'",
        "subject": "canada's government",
        "subject_kind": "Government",
        "holder": "",
    }
    server.plan = [complete([CLAIM | change])]
    reading = extract("In 2011 Canada’s\ngovernment quit “the Kyoto Protocol”.")
    (claim,) = reading.claims
    assert claim.holder is None
    assert reading.document.quote(claim.evidence.quote) == (
        "Canada’s\ngovernment quit “the Kyoto Protocol”"
    )


# -------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"quote": "Canada has left the Kyoto Protocol"}, Refusal.QUOTE),
        ({"quote": ""}, Refusal.QUOTE),
        ({"quote": "“…”"}, Refusal.QUOTE),
        ({"quote": "anada would quit the Kyoto Protocol"}, Refusal.QUOTE),
        ({"quote": "CANADA would quit the Kyoto Protocol"}, Refusal.QUOTE),
        ({"trigger": "leave"}, Refusal.QUOTE),
        ({"trigger": "feared"}, Refusal.QUOTE),
        ({"relation": "invades"}, Refusal.RELATION),
        ({"relation": "interactsWith"}, Refusal.RELATION),
        ({"relation": "> <script"}, Refusal.RELATION),
        ({"subject_kind": "Country"}, Refusal.KIND),
        ({"subject_kind": "Actor"}, Refusal.KIND),
        ({"object_kind": ""}, Refusal.KIND),
        ({"polarity": "neutral"}, Refusal.SAYING),
        ({"modality": "hoped"}, Refusal.SAYING),
        ({"subject": "the Trudeau government"}, Refusal.PHRASE),
        ({"object": "Proto"}, Refusal.PHRASE),
        ({"topic": "emissions"}, Refusal.PHRASE),
        ({"holder": "Tokyo"}, Refusal.PHRASE),
        ({"subject": "that"}, Refusal.UNRESOLVED),
        ({"holder": "that"}, Refusal.UNRESOLVED),
        ({"subject_kind": "Policy"}, Refusal.MISFIT),
        ({"object": "quit"}, Refusal.MISFIT),
        ({"subject": "Kyoto Protocol"}, Refusal.MISFIT),
        ({"relation": "supports", "object": "Canada", "object_kind": "State"}, Refusal.CIRCULAR),
        ({"subject": None}, Refusal.MALFORMED),
        ({"subject": ["Canada"]}, Refusal.MALFORMED),
        ({"topic": 3}, Refusal.MALFORMED),
    ],
)
def test_a_claim_that_is_not_borne_out_is_refused(server, extractor, extract, change, reason):
    server.plan = [complete([CLAIM | change, CLAIM])]
    assert list_claims(extract()) == [LINE]
    assert refusals(extractor) == {reason: 1}


@pytest.mark.parametrize(
    "content",
    [
        "I cannot help with that.",
        "",
        "[]",
        "null",
        '{"claims": {}}',
        '{"answer": []}',
        '{"claims": [',
        "[" * 50_000,
        json.dumps({"claims": [CLAIM] * 61}),
    ],
)
def test_an_answer_without_the_schema_is_refused_whole(server, extractor, extract, content):
    server.plan = [complete(content)]
    assert list_claims(extract()) == []
    assert refusals(extractor) == {Refusal.MALFORMED: 1}


@pytest.mark.parametrize("item", [None, 3, "Canada quit", [CLAIM], {}])
def test_what_is_no_claim_is_refused(server, extractor, extract, item):
    server.plan = [complete([item, CLAIM])]
    assert list_claims(extract()) == [LINE]
    assert refusals(extractor) == {Refusal.MALFORMED: 1}


def test_a_cut_off_answer_is_refused(server, extractor, extract):
    server.plan = [complete('{"claims": [{"quote": "Can', finish="length")]
    assert list_claims(extract()) == []
    assert refusals(extractor) == {Refusal.CUT_OFF: 1}


def test_a_silent_model_claims_nothing(server, extractor, extract):
    server.plan = [send({"choices": [{"message": {"content": None, "refusal": "no"}}]})]
    assert list_claims(extract()) == []
    assert refusals(extractor) == {Refusal.MALFORMED: 1}


def test_too_long_a_sentence_is_not_sent(server, extractor, extract):
    extract("Canada and " + "Japan and " * 500 + "Mexico quit the Kyoto Protocol.")
    assert server.requests == []
    assert refusals(extractor) == {Refusal.LENGTH: 1}


def test_a_sentence_that_names_nothing_is_not_sent(server, extract):
    extract("However, it did.")
    assert server.requests == []


def test_refusals_are_reported(server, extractor, extract):
    server.plan = [
        complete([CLAIM | {"quote": "no"}, CLAIM | {"quote": "nor"}, CLAIM | {"relation": "x"}])
    ]
    extract()
    assert [(f.severity, f.check, f.focus, f.message) for f in extractor.report()] == [
        (Severity.WARNING, "extractor", "test-model",
         "1 answer refused: the relation is not in the ontology"),
        (Severity.WARNING, "extractor", "test-model",
         "2 answers refused: the quotation is not in the sentence"),
    ]  # fmt: skip


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*CLAIM]), inner),
    max_leaves=8,
)
_ODD_CLAIMS = st.dictionaries(
    st.sampled_from([*CLAIM]), _JSON | st.sampled_from([v for v in CLAIM.values() if v])
)


@given(st.text() | st.lists(_JSON | _ODD_CLAIMS.map(lambda odd: CLAIM | odd), max_size=3))
def test_whatever_a_model_writes_is_borne_out_or_refused(vocabulary, definitions, content):
    kinds = make_prompt(vocabulary, definitions).kinds
    document = make_prose(TEXT)
    passage = Passage(document, Span(0, len(TEXT)))
    text = content if isinstance(content, str) else json.dumps({"claims": content})
    try:
        told = [
            check_claim(v, passage, vocabulary, kinds) for v in split_answer(Answer(text, "stop"))
        ]
    except RefusalError:
        return
    for claim in told:
        assert claim.quote.covers(claim.trigger)
        spans = (claim.quote, claim.subject, claim.object, claim.topic, claim.holder)
        assert all(passage.span.covers(span) for span in spans if span is not None)
        assert claim.relation in vocabulary.relations


# ------------------------------------------------------------------------- servers that misbehave


@pytest.mark.parametrize(
    "answer",
    [
        send({}, 500),
        send({}, 429, Retry_After="0"),
        send(b"{"),
        break_off,
        hang,
    ],
)
def test_a_passing_failure_is_overcome(server, extract, answer):
    server.plan = [answer, complete([CLAIM])]
    assert list_claims(extract()) == [LINE]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (send({"error": {"message": "overloaded"}}, 500), "answers 500: overloaded"),
        (send({"error": {"message": "bad key"}}, 401), "answers 401: bad key"),
        (send({"error": "no such model"}, 404), "no such model"),
        (send({}, 429, Retry_After="9999"), "answers 429"),
        (send(b"<html>welcome</html>"), "not JSON"),
        (send({"hello": "world"}), "no chat completions server"),
        (send({"choices": []}), "no chat completions server"),
        (send([]), "no chat completions server"),
        (break_off, "broke its answer off"),
        (hang, "in time"),
        (flood, "more than 100000 bytes"),
    ],
)
def test_a_server_that_cannot_be_asked_is_told(server, extract, answer, said):
    server.plan = [answer]
    with pytest.raises(ExtractorError, match="test-model cannot be asked") as raised:
        extract()
    assert said in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_server_without_schemas_is_told_in_words(server, extractor, extract):
    server.plan = [send({"error": "unknown field response_format"}, 400), complete([CLAIM])]
    assert list_claims(extract(f"{TEXT} Mexico feared that Japan would do so too.")) == [LINE]
    first, second, third = server.requests
    assert "response_format" in first
    assert "response_format" not in second
    assert '"withdrawsFrom"' in second["messages"][0]["content"]
    assert "response_format" not in third


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("", "/v1/chat/completions"),
        ("/", "/v1/chat/completions"),
        ("/v1/", "/v1/chat/completions"),
        ("/api/openai", "/api/openai/chat/completions"),
        ("/v1/chat/completions", "/v1/chat/completions"),
    ],
)
def test_addresses(server, vocabulary, definitions, extract, base, path):
    server.plan = [send({"choices": []})]
    chosen = ModelServer("m", server.url + base, limits=QUICK)
    with pytest.raises(ExtractorError, match=f"{server.url}{path} "):
        extract(by=LlmExtractor(chosen, vocabulary, definitions))


# ------------------------------------------------------------------------------------- the cache


def test_an_answer_is_kept_and_needs_no_server(server, extractor, extract, vocabulary, definitions):
    first = extract()
    assert (extractor.asked, extractor.kept) == (1, 0)
    nowhere = ModelServer("test-model", "http://127.0.0.1:9/v1", limits=QUICK)
    again = LlmExtractor(nowhere, vocabulary, definitions)
    assert extract(by=again) == first
    assert (again.asked, again.kept) == (0, 1)
    other = LlmExtractor(
        ModelServer("other", nowhere.base_url, limits=QUICK), vocabulary, definitions
    )
    with pytest.raises(ExtractorError, match="Connection refused"):
        extract(by=other)


def test_refusals_repeat_from_the_cache(server, extractor, extract):
    server.plan = [complete("nothing to say")]
    extract()
    extract()
    assert len(server.requests) == 1
    assert refusals(extractor) == {Refusal.MALFORMED: 2}


@pytest.mark.parametrize("damage", [b"", b"{", b'{"content": 3}', b"\xff", b"[" * 50_000])
def test_a_damaged_answer_is_asked_for_again(server, extractor, extract, damage):
    extract()
    place = find_place("test-model", extractor.prompt, TEXT)
    place.write_bytes(damage)
    assert list_claims(extract()) == [LINE]
    assert len(server.requests) == 2


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_cache_that_cannot_be_written_is_no_error(extract, tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    monkeypatch.setenv("XDG_CACHE_HOME", str(closed))
    assert list_claims(extract()) == [LINE]


# ------------------------------------------------------------------------------ prompt and schema


def test_prompt_tells_the_whole_ontology(vocabulary, definitions):
    prompt = make_prompt(vocabulary, definitions)
    for relation in vocabulary.relations.values():
        assert f"- {relation.name} ({relation.label}; " in prompt.instructions
        assert definitions.texts[relation.iri] in prompt.instructions
    properties = prompt.schema["properties"]["claims"]["items"]["properties"]
    assert properties["relation"]["enum"] == [r.name for r in vocabulary.relations.values()]
    assert len(properties["subject_kind"]["enum"]) == 15
    assert "Actor" not in properties["subject_kind"]["enum"]
    assert properties["modality"]["enum"] == ["asserted", "predicted", "possible", "desired"]


def test_another_ontology_is_another_version(vocabulary, definitions):
    fewer = dict(list(vocabulary.relations.items())[1:])
    assert make_prompt(vocabulary, definitions).version != (
        make_prompt(replace(vocabulary, relations=fewer), definitions).version
    )


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("a b", Span(2, 7)),
        ("A  B", Span(2, 7)),
        ("'cd'", Span(8, 12)),
        ("cd", Span(9, 11)),
        ("c", None),
        ("ü’s", Span(13, 16)),
        ("Ü's.", Span(13, 16)),
        ("", None),
        ("“ ”", None),
        ("İ", None),
    ],
)
def test_words_are_found_in_the_source(words, found):
    text = "  a \n b “cd” ü's"
    assert Passage(make_prose(text), Span(0, len(text))).find(words) == found


def test_words_near_the_quote_are_preferred():
    text = "Japan met Japan and Japan."
    passage = Passage(make_prose(text), Span(0, len(text)))
    assert passage.find("Japan", near=Span(8, 15)) == Span(10, 15)
    assert passage.find("Japan", near=Span(18, 19)) == Span(20, 25)
    assert passage.find("met", near=Span(20, 25)) == Span(6, 9)


# ------------------------------------------------------------------------------------- the whole


def test_a_build_repeats_and_reports(server, extractor, vocabulary, tmp_path):
    (tmp_path / "a.txt").write_text(f"An Article\n\n{TEXT} Nobody knew of the plan at all.\n")
    server.plan = [complete([CLAIM, CLAIM | {"quote": "made up"}])]
    options = {
        "read": prepare_reader(vocabulary, extractor),
        "variant": extractor.variant,
        "doubts": extractor.report,
    }
    summary = build_corpus([tmp_path / "a.txt"], tmp_path / "g", vocabulary, **options)
    assert summary.claims == {"withdrawsFrom": 1}
    told = [finding.message for finding in summary.findings if finding.check == "extractor"]
    assert "the quotation is not in the sentence" in told[-1]
    assert all(finding.check == "extractor" for finding in summary.findings)
    again = build_corpus([tmp_path / "a.txt"], tmp_path / "g", vocabulary, **options)
    assert (again.read, again.unchanged) == (0, 1)
    # The frames' reading of the article is another one.
    frames = build_corpus([tmp_path / "a.txt"], tmp_path / "g", vocabulary)
    assert (frames.read, frames.unchanged) == (1, 0)


def test_the_command_asks_a_model(server, tmp_path, capfdbinary, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text(f"An Article\n\n{TEXT}\n")
    server.plan = [complete([CLAIM, CLAIM | {"relation": "x"}])]
    monkeypatch.setenv("KG_LLM_KEY", "hush")
    chosen = ["--extractor", "llm", "--model", "test-model", "--base-url", server.url]
    assert main(["claims", str(path), "--format", "jsonl", *chosen]) == 0
    out, err = (text.decode() for text in capfdbinary.readouterr())
    (claim,) = [json.loads(line) for line in out.splitlines()]
    assert (claim["relation"], claim["frame"]) == ("withdrawsFrom", "llm")
    assert "refused: the relation is not in the ontology" in err
    assert server.headers[-1]["Authorization"] == "Bearer hush"
    graph = str(tmp_path / "g")
    assert main(["build", str(path), "--graph", graph, "--report", *chosen]) == 0
    out = capfdbinary.readouterr().out.decode()
    assert "Canada withdrawsFrom Kyoto Protocol (predicted, says Japan)" in out
    assert "refused: the relation is not in the ontology" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--extractor", "llm"], "needs --model"),
        (["--extractor", "llm", "--model", "m"], "needs --model"),
        (["--model", "m"], "are for --extractor llm"),
        (["--extractor", "llm", "--model", "m", "--base-url", "host"], "no address"),
    ],
)
def test_wrong_use_is_told_in_a_line(server, tmp_path, capfd, options, said):
    path = tmp_path / "a.txt"
    path.write_text(f"An Article\n\n{TEXT}\n")
    assert main(["claims", str(path), *options]) == 2
    err = capfd.readouterr().err
    assert said in err
    assert err.count("\n") == 1
