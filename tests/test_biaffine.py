"""The shipped biaffine parser: what it says, that it always says the same, and what it refuses."""

import shutil
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import SyntaxModelError
from kg.syntax.biaffine import DESCRIPTION, GRAPH, PIECES, load_biaffine, parse_sentences
from kg.syntax.pipeline import MODEL_DIRECTORY

SENTENCES = [
    text.split()
    for text in (
        "Germany invaded Poland in 1939 .",
        "The pact that both sides had signed was never ratified .",
        "Sanctions",
        "Seoul urged Tokyo to withdraw , but Tokyo , citing old treaties , declined to do so .",
    )
]


@pytest.fixture(scope="module")
def model():
    return load_biaffine(MODEL_DIRECTORY)


def test_the_parse_of_a_sentence_with_a_relative_clause(model):
    (words,) = parse_sentences(model, SENTENCES[1:2])
    assert [word.head for word in words] == [1, 9, 6, 4, 6, 6, 1, 9, 9, 9, 9]
    assert [word.role for word in words[:3]] == ["det", "nsubj:pass", "obj"]
    assert (words[6].role, words[6].pos, words[9].role) == ("acl:relcl", "VERB", "root")
    assert "Tense=Past" in words[6].features


def test_a_parse_does_not_hang_on_what_is_parsed_beside_it(model):
    together = parse_sentences(model, SENTENCES * 9)
    assert together == [parse_sentences(model, [words])[0] for words in SENTENCES] * 9
    assert together == parse_sentences(load_biaffine(MODEL_DIRECTORY), SENTENCES * 9)


@settings(max_examples=40)
@given(words=st.lists(st.text(min_size=1, max_size=9), min_size=1, max_size=9))
def test_any_words_have_a_tree(model, words):
    (parsed,) = parse_sentences(model, [words])
    assert [word.role == "root" for word in parsed] == [w.head == i for i, w in enumerate(parsed)]
    assert sum(word.role == "root" for word in parsed) == 1
    for place in range(len(parsed)):
        for _ in parsed:
            place = parsed[place].head
        assert parsed[place].role == "root"


def test_what_is_too_long_is_left(model):
    assert parse_sentences(model, [["men"] * 600, [], ["Sanctions"]])[:2] == [None, None]
    assert len(parse_sentences(model, [["men"] * 510])[0]) == 510


def test_nothing_is_parsed_of_nothing(model):
    assert parse_sentences(model, []) == []


# ------------------------------------------------------------------------------------- the files


@pytest.fixture
def copied(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    for name in (DESCRIPTION, GRAPH, PIECES):
        shutil.copy(MODEL_DIRECTORY / name, folder / name)
    return folder


@pytest.mark.parametrize("name", [DESCRIPTION, GRAPH, PIECES])
def test_a_missing_file_is_named(copied, name):
    (copied / name).unlink()
    with pytest.raises(SyntaxModelError, match="reinstall") as caught:
        load_biaffine(copied)
    assert caught.value.path == copied


@pytest.mark.parametrize("name", [DESCRIPTION, GRAPH, PIECES])
@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[]", b"torn\xff"])
def test_a_damaged_file_is_named(copied, name, content):
    (copied / name).write_bytes(content)
    with pytest.raises(SyntaxModelError, match="reinstall"):
        load_biaffine(copied)


def test_one_flipped_bit_among_the_weights_is_noticed(copied):
    content = bytearray((copied / GRAPH).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / GRAPH).write_bytes(content)
    with pytest.raises(SyntaxModelError):
        load_biaffine(copied)


OFFLINE = """
import sys

def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"}:
        raise SystemExit(f"reached for the network: {event} {arguments}")

sys.addaudithook(refuse)
from kg.syntax import load_parser
from kg.syntax.biaffine import parse_sentences
assert parse_sentences(load_parser().biaffine, [["Sanctions"]])[0][0].role == "root"
assert "huggingface_hub" not in sys.modules
"""


def test_no_socket_is_opened_nor_any_hub_asked():
    done = subprocess.run([sys.executable, "-c", OFFLINE], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_engine_and_tokenizer_are_loaded_only_where_something_is_parsed():
    code = "import sys, kg.syntax; assert not {'onnxruntime', 'tokenizers'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
