"""Sentences and tokens that point into the untouched text; the shipped syntax model."""

import json
import shutil
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import make_prose

from kg.errors import SyntaxModelError
from kg.model import BlockKind
from kg.syntax import Known, parse_document, split_words
from kg.syntax.pipeline import MODEL_DIRECTORY, load_pipeline, make_tokenizer

WORDS = {"Japan", "alliance", "US", "demand", "the", "of"}
KNOWN = Known(lambda word: word in WORDS, lambda word: word in {"Japan", "US"})


def split(parser, text):
    return [word for word, _, _ in split_words(text, 0, parser, KNOWN)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The U.S. left.", ["The", "U.S.", "left", "."]),
        ("Trump’s “shock”", ["Trump", "'s", '"', "shock", '"']),
        ("US-Japanalliance", ["US", "-", "Japan", "alliance"]),
        ("USdemand", ["US", "demand"]),
        ("the 1951–1960 treaty", ["the", "1951", "-", "1960", "treaty"]),
        ("www.us-japan.org", ["www.us-japan.org"]),
        ("", []),
        ("  \n\t ", []),
    ],
)
def test_words_are_cut_for_matching(parser, text, words):
    assert split(parser, text) == words


@settings(max_examples=60)
@given(text=st.text(max_size=80))
def test_the_words_of_any_text_stand_where_they_say(parser, text):
    end = 7
    for word, start, stop in split_words(text, 7, parser, KNOWN):
        assert end <= start < stop <= 7 + len(text)
        assert len(word) == stop - start
        end = stop


def test_sentences_point_into_the_source(parser):
    document = make_prose("Japan left.\tIt signed\u00a0“the pact”.", "The US-Japanalliance stands.")
    sentences = parse_document(document, parser, KNOWN)
    assert [document.quote(s.span) for s in sentences] == [
        "Japan left.",
        "It signed\u00a0“the pact”.",
        "The US-Japanalliance stands.",
    ]
    assert [s.paragraph for s in sentences] == [1, 1, 2]
    for sentence in sentences:
        for token in sentence.tokens:
            assert sentence.span.covers(token.span)
            assert 0 <= token.head < len(sentence.tokens)
            source = document.quote(token.span)
            assert token.text == source or source in "“”’–"


def test_a_heading_is_its_own_heading(parser):
    document = make_prose("After the Pact", kind=BlockKind.HEADING)
    (heading,) = parse_document(document, parser, KNOWN)
    assert heading.block is BlockKind.HEADING
    assert heading.heading == document.blocks[0].span


def test_a_sentence_too_long_for_the_encoder_is_parsed_all_the_same(parser):
    text = "The envoys met, and " + "the men of the town went, and " * 90 + "Japan left."
    (sentence,) = parse_document(make_prose(text), parser, KNOWN)
    assert len(sentence.tokens) > 600
    assert sentence.tokens[1].role == "nsubj"
    assert all(0 <= token.head < len(sentence.tokens) for token in sentence.tokens)


@pytest.mark.parametrize("kind", BlockKind)
def test_every_sentence_has_one_root(parser, kind):
    text = "Tokyo, which had waited, agreed. The talks (“long overdue”) began; Seoul stayed away."
    for sentence in parse_document(make_prose(text, kind=kind), parser, KNOWN):
        roots = [t.role for i, t in enumerate(sentence.tokens) if t.head == i]
        assert roots == ["root"]


def test_features_and_lemmas_fit_the_parts_of_speech(parser):
    (sentence,) = parse_document(make_prose("The two allies signed treaties."), parser, KNOWN)
    ally, treaty = sentence.tokens[2], sentence.tokens[4]
    assert (ally.lemma, ally.pos, ally.features) == ("ally", "NOUN", "Number=Plur")
    assert (treaty.lemma, treaty.role) == ("treaty", "obj")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The U.S. and Mr. Smith met. They talked.", 2),
        ("Dr. Ling asked: “Is it over?” and left.", 1),
        ("He left (see below). she stayed", 1),
    ],
)
def test_sentences_do_not_end_inside_abbreviations_or_quotations(parser, text, count):
    assert len(parse_document(make_prose(text), parser, KNOWN)) == count


def test_a_page_without_a_full_stop_is_cut(parser):
    document = make_prose("and then the men of the town went " * 700)
    sentences = parse_document(document, parser, KNOWN)
    assert sum(len(s.tokens) for s in sentences) == 8 * 700
    assert len(sentences) > 1


# ------------------------------------------------------------------------------------- the model


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(MODEL_DIRECTORY, folder)
    return folder


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(SyntaxModelError, match="reinstall") as caught:
        load_pipeline(tmp_path)
    assert caught.value.path == tmp_path


@pytest.mark.parametrize("part", ["model.json", "weights.npz"])
@pytest.mark.parametrize(
    "content",
    [
        b"torn",
        b"{",
        b"",
    ],
)
def test_a_damaged_model_is_named(model, part, content):
    (model / part).write_bytes(content)
    with pytest.raises(SyntaxModelError, match="reinstall"):
        load_pipeline(model)


@pytest.mark.parametrize("content", ["{}", "[]", '{"config": {}, "components": {}}'])
def test_a_model_of_another_shape_is_named(model, content):
    (model / "model.json").write_text(content)
    with pytest.raises(SyntaxModelError):
        load_pipeline(model)


def test_the_model_holds_nothing_executable():
    kinds = {path.name: path.suffix for path in MODEL_DIRECTORY.iterdir()}
    assert set(kinds.values()) <= {"", ".encoder", ".json", ".md", ".npz", ".onnx", ".txt"}
    json.loads((MODEL_DIRECTORY / "model.json").read_text(encoding="utf-8"))
    with zipfile.ZipFile(MODEL_DIRECTORY / "weights.npz") as archive:
        assert all(name.endswith(".npy") for name in archive.namelist())
    assert sum(p.stat().st_size for p in MODEL_DIRECTORY.iterdir()) < 35e6


def test_the_tokenizer_needs_no_model():
    assert [t.text for t in make_tokenizer()("The U.S. left.")] == ["The", "U.S.", "left", "."]


def test_the_parse_of_a_plain_sentence(parser):
    (sentence,) = parse_document(make_prose("Germany invaded Poland in 1939."), parser, KNOWN)
    found = [(t.text, t.lemma, t.pos, t.role) for t in sentence.tokens]
    assert found[:3] == [
        ("Germany", "germany", "PROPN", "nsubj"),
        ("invaded", "invade", "VERB", "root"),
        ("Poland", "poland", "PROPN", "obj"),
    ]
