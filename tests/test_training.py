"""Treebanks read for training, and the arrays of a model written without traces."""

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.syntax.pipeline import MODEL_DIRECTORY
from training.pack import TARGET, write_arrays
from training.treebanks import SENTENCES_PER_DOCUMENT, read_documents, read_sentences

TREEBANK = """
# newdoc id = one
# text = He didn't say "no".
1	He	he	PRON	PRP	Number=Sing	4	nsubj	_	_
2-3	didn't	_	_	_	_	_	_	_	_
2	did	do	AUX	VBD	_	4	aux	_	_
3	n't	not	PART	RB	_	4	advmod	_	_
4	say	say	VERB	VB	VerbForm=Inf	0	root	_	_
5	"	"	PUNCT	``	_	6	punct	_	SpaceAfter=No
6	no	_	INTJ	UH	_	4	obj	_	SpaceAfter=No
6.1	elided	elide	VERB	_	_	_	_	_	_
7	"	"	PUNCT	''	_	6	punct	_	SpaceAfter=No
8	.	.	PUNCT	.	_	4	punct	_	_

1	Stop	stop	VERB	VB	_	0	root	_	_

# newdoc id = two
1	Go	go	VERB	VB	_	0	root	_	SpaceAfter=No
"""


@pytest.fixture
def treebank(tmp_path):
    path = tmp_path / "one.conllu"
    path.write_text(TREEBANK.lstrip(), encoding="utf-8")
    return path


def test_sentences_of_a_treebank(treebank):
    (starts, words), (second, _), (third, last) = read_sentences(treebank)
    assert (starts, second, third) == (True, False, True)
    assert [w.form for w in words] == ["He", "did", "n't", "say", '"', "no", '"', "."]
    assert [w.head for w in words] == [4, 4, 4, 0, 6, 4, 6, 4]
    assert [w.space_after for w in words] == [True, False, True, True, False, False, False, True]
    assert words[5].lemma == "no"
    assert (words[3].features, words[3].role, words[1].features) == ("VerbForm=Inf", "root", "")
    assert [w.form for w in last] == ["Go"]


def test_documents_end_where_the_treebank_says(treebank):
    one, two = read_documents(treebank, spacy.blank("en").vocab)
    assert one.text == 'He didn\'t say "no". Stop '
    assert [sent.root.text for sent in one.sents] == ["say", "Stop"]
    assert [token.head.text for token in two] == ["Go"]
    assert (one[0].dep_, one[0].pos_, one[1].lemma_) == ("nsubj", "PRON", "do")
    assert str(one[0].morph) == "Number=Sing"


def test_long_documents_are_cut(tmp_path):
    path = tmp_path / "long.conllu"
    row = "1\tGo\tgo\tVERB\tVB\t_\t0\troot\t_\t_\n\n"
    path.write_text(row * (SENTENCES_PER_DOCUMENT + 1), encoding="utf-8")
    sizes = [len(doc) for doc in read_documents(path, spacy.blank("en").vocab)]
    assert sizes == [SENTENCES_PER_DOCUMENT, 1]


def test_quotes_are_made_typographic(treebank):
    one, _ = read_documents(treebank, spacy.blank("en").vocab, curly=1.0)
    assert one.text == "He didn’t say “no”. Stop "


@settings(max_examples=30)
@given(
    names=st.lists(st.text("ab/0", min_size=1, max_size=5), unique=True, min_size=1, max_size=4),
    size=st.integers(0, 4),
)
def test_arrays_come_back_and_leave_no_trace_of_time(tmp_path_factory, names, size):
    folder = tmp_path_factory.mktemp("arrays")
    arrays = {name: np.arange(size, dtype=np.float16) for name in names}
    write_arrays(arrays, folder / "one.npz")
    write_arrays(dict(reversed(arrays.items())), folder / "two.npz")
    assert (folder / "one.npz").read_bytes() == (folder / "two.npz").read_bytes()
    with np.load(folder / "one.npz", allow_pickle=False) as archive:
        assert set(archive.files) == set(names)
        assert all((archive[name] == arrays[name]).all() for name in names)


def test_models_are_packed_where_the_package_looks_for_them():
    assert TARGET == MODEL_DIRECTORY
