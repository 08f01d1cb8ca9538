"""Treebanks read for training, and the arrays of a model written without traces."""

import random

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.syntax.biaffine import OUTPUTS, start_session
from kg.syntax.encoding import encode_words, fill_batch, make_piece_tokenizer
from kg.syntax.pipeline import MODEL_DIRECTORY
from training.biaffine_examples import collect_labels, draw_batches, make_example
from training.biaffine_graph import LAYERS, build_graph, quantise
from training.pack import TARGET, write_arrays
from training.pack_biaffine import drop_pieces
from training.treebanks import SENTENCES_PER_DOCUMENT, Word, read_documents, read_sentences

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


# --------------------------------------------------------------------------- the biaffine parser

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[unused7]", "go", "##ing", "α", "ع", "."]


def make_words(*forms, head=1):
    return [
        Word(form, form, "X", "", 0 if i == 0 else head, "root" if i == 0 else "dep", True)
        for i, form in enumerate(forms)
    ]


def test_examples_hold_what_is_right(treebank):
    sentences = [words for _, words in read_sentences(treebank)]
    labels = collect_labels(sentences)
    example = make_example(make_piece_tokenizer(PIECES), sentences[0], labels)
    assert example.heads == (4, 4, 4, 0, 6, 4, 6, 4)
    assert [labels.roles[role] for role in example.roles[:3]] == ["nsubj", "aux", "advmod"]
    assert labels.features[example.features[0]] == "Number=Sing"
    assert labels.pos[example.pos[0]] == "PRON"
    assert len(example.sentence.first) == 8


def test_batches_hold_every_example_once(treebank):
    labels = collect_labels([make_words("go")])
    tokenizer = make_piece_tokenizer(PIECES)
    examples = [make_example(tokenizer, make_words(*["go"] * n), labels) for n in range(1, 90)]
    batches = draw_batches(examples, random.Random(1))
    assert sorted(len(e.heads) for batch in batches for e in batch) == list(range(1, 90))
    assert 2 < len(batches) < 20


def test_pieces_of_other_scripts_and_blank_ones_are_dropped():
    table = np.arange(10.0).reshape(10, 1)
    arrays, kept = drop_pieces({"encoder.pieces.weight": table}, PIECES)
    assert kept == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "go", "##ing", "α", "."]
    assert arrays["encoder.pieces.weight"].ravel().tolist() == [0, 1, 2, 3, 5, 6, 7, 9]


@settings(max_examples=40)
@given(seed=st.integers(0, 1000), axis=st.integers(0, 1))
def test_eight_bits_are_off_by_half_a_step_at_most(seed, axis):
    array = np.random.default_rng(seed).normal(size=(5, 7)).astype(np.float32)
    array[2] = 0
    whole, scales = quantise(array, axis)
    assert whole.dtype == np.int8
    assert scales.size == array.shape[1 - axis]
    assert (np.abs(whole * scales - array) <= scales * 0.501).all()


def make_arrays(width=24, roles=3):
    """Weights of a small net, all at random."""
    chance = np.random.default_rng(5)
    known = 2 * width + 4
    sizes = {
        "encoder.pieces": (len(PIECES), width),
        "encoder.positions": (16, width),
        "shapes": (5, 4),
    }
    biased = {"arc_head": (12, known), "arc_dependent": (12, known), "role_head": (6, known)}
    biased |= {"role_dependent": (6, known), "tag": (9, known), "pos": (4, 9), "features": (2, 9)}
    norms = ["encoder.norm"]
    for number in range(LAYERS):
        name = f"encoder.layers.{number}"
        biased |= {f"{name}.{p}": (width, width) for p in ("query", "key", "value", "merge")}
        biased |= {f"{name}.widen": (2 * width, width), f"{name}.narrow": (width, 2 * width)}
        norms += [f"{name}.attention_norm", f"{name}.norm"]
    shapes = {f"{name}.weight": shape for name, shape in (sizes | biased).items()}
    shapes |= {f"{name}.bias": shape[:1] for name, shape in biased.items()}
    shapes |= {f"{name}.{part}": (width,) for name in norms for part in ("weight", "bias")}
    shapes |= {"mix": (LAYERS + 1,), "mix_scale": (1,), "root": (known,)}
    shapes |= {"arc_weights": (13, 12), "role_weights": (roles, 7, 7)}
    return {name: chance.normal(size=s).astype(np.float32) for name, s in shapes.items()}


def write_graph(arrays, folder):
    path = folder / "graph.onnx"
    path.write_bytes(build_graph(arrays).SerializeToString())
    return path


def test_the_graph_scores_a_batch_as_each_sentence_alone(tmp_path):
    session = start_session(write_graph(make_arrays(), tmp_path))
    tokenizer = make_piece_tokenizer(PIECES)
    sentences = [encode_words(tokenizer, text.split()) for text in ("going go .", "go", "Going go")]
    together = dict(zip(OUTPUTS, session.run(OUTPUTS, fill_batch(sentences)), strict=True))
    for row, sentence in enumerate(sentences):
        size = len(sentence.first) + 1
        alone = dict(zip(OUTPUTS, session.run(OUTPUTS, fill_batch([sentence])), strict=True))
        assert alone["arcs"].shape == (1, size, size)
        assert alone["role_dependents"].shape == (1, size, 3, 7)
        assert (alone["role_heads"][0, :, -1] == 1).all()
        for name in OUTPUTS:
            part = together[name][row, :size]
            part = part[:, :size] if name == "arcs" else part
            assert part == pytest.approx(alone[name][0], abs=1e-3)


def test_the_same_weights_make_the_same_bytes():
    one, two = (build_graph(make_arrays()).SerializeToString(deterministic=True) for _ in range(2))
    assert one == two


def round_arrays(arrays):
    """The weights as 8 bits have them."""
    kept = {"encoder.positions.weight", "shapes.weight"}
    matrices = {name: (array, 1) for name, array in arrays.items() if array.ndim == 2}
    # The last row of each is a bias, which stays as it is.
    matrices["arc_weights"] = (arrays["arc_weights"][:-1], 0)
    matrices["role_weights"] = (arrays["role_weights"][:, :-1], 1)
    for name, (array, axis) in matrices.items():
        if name not in kept:
            whole, scales = quantise(array, axis)
            array[:] = whole * scales
    return arrays


def test_the_graph_scores_as_the_trained_net_does(tmp_path):
    torch = pytest.importorskip("torch")
    from training.biaffine_net import BiaffineNet

    torch.manual_seed(1)
    net = BiaffineNet(len(PIECES), roles=3, pos=4, features=2).eval()
    arrays = round_arrays({name: value.numpy() for name, value in net.state_dict().items()})
    net.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    session = start_session(write_graph(arrays, tmp_path))
    sentences = [encode_words(make_piece_tokenizer(PIECES), t.split()) for t in ("going go", "go")]
    batch = fill_batch(sentences)
    found = dict(zip(OUTPUTS, session.run(OUTPUTS, batch), strict=True))
    with torch.no_grad():
        scores = net(**{name: torch.from_numpy(array) for name, array in batch.items()})
        roles = net.score_roles(scores, torch.tensor([[0, 2, 0], [0, 0, 0]]))
    assert found["arcs"][0] == pytest.approx(scores.arcs[0].numpy(), abs=1e-4)
    assert found["role_heads"][0] == pytest.approx(scores.role_heads[0].numpy(), abs=1e-4)
    heads = found["role_heads"][0][[0, 2, 0]]
    chosen = np.einsum("wrk,wk->wr", found["role_dependents"][0], heads)
    assert chosen == pytest.approx(roles[0].numpy(), abs=1e-4)
