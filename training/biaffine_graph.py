"""The biaffine parser as an ONNX graph, its matrices as 8-bit integers with a scale per column.

The engine multiplies them out as it loads: what it runs is in single precision, so that a parse
does not hang on which processor it is made by, nor on what other sentences are in the batch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from kg.syntax.encoding import INPUTS

LAYERS, ATTENTION_HEADS = 6, 12
NORM_EPSILON = 1e-12
LEAK = 0.1
# What engines of the last years read; the operators used are all older.
OPSET, FORMAT = 17, 8
_QUANTISED_FROM = 4096

_FORMS = {
    "arcs": (TensorProto.FLOAT, 3),
    "role_heads": (TensorProto.FLOAT, 3),
    "role_dependents": (TensorProto.FLOAT, 4),
    "pos": (TensorProto.INT64, 2),
    "features": (TensorProto.INT64, 2),
}

Arrays = dict[str, np.ndarray]


class GraphWriter:
    """Collects the nodes and constants of a graph; each method gives the name of what it made."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401
        """Add a node with one output."""
        name = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def split(self, value: str, *sizes: int) -> list[str]:
        """Cut the last axis into parts of these sizes."""
        names = [f"part_{len(self.nodes)}_{i}" for i in range(len(sizes))]
        parts = self.constant(np.array(sizes, dtype=np.int64))
        self.nodes.append(helper.make_node("Split", [value, parts], names, axis=-1))
        return names

    def constant(self, array: Any) -> str:  # noqa: ANN401 - anything that makes an array
        """Add a constant as it is."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def number(self, value: float) -> str:
        """Add a constant in single precision."""
        return self.constant(np.array(value, dtype=np.float32))

    def matrix(self, array: np.ndarray) -> str:
        """Add a matrix to multiply by, in 8 bits with a scale for each column."""
        if array.size < _QUANTISED_FROM:
            return self.constant(array.astype(np.float32))
        whole, scales = quantise(array, axis=0)
        cast = self.add("Cast", self.constant(whole), to=TensorProto.FLOAT)
        return self.add("Mul", cast, self.constant(scales))

    def linear(self, value: str, *names: str) -> str:
        """Apply one or several linear layers side by side."""
        weights = np.concatenate([self.arrays[f"{name}.weight"] for name in names])
        biases = np.concatenate([self.arrays[f"{name}.bias"] for name in names])
        return self.affine(value, weights.T, biases)

    def affine(self, value: str, weights: np.ndarray, biases: np.ndarray) -> str:
        """Multiply and add."""
        return self.add(
            "Add",
            self.add("MatMul", value, self.matrix(weights)),
            self.constant(biases.astype(np.float32)),
        )

    def norm(self, value: str, name: str) -> str:
        """Apply a layer normalisation."""
        parts = (self.constant(self.arrays[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", value, *parts, axis=-1, epsilon=NORM_EPSILON)

    def reshape(self, value: str, *shape: int) -> str:
        """Give another shape; 0 keeps a size, -1 takes what is left."""
        return self.add("Reshape", value, self.constant(np.array(shape, dtype=np.int64)))

    def unsqueeze(self, value: str, *axes: int) -> str:
        """Add axes of size one."""
        return self.add("Unsqueeze", value, self.constant(np.array(axes, dtype=np.int64)))

    def slice(self, value: str, axis: int, start: int, end: str) -> str:
        """A stretch of one axis."""
        bounds = self.constant(np.array([start], dtype=np.int64)), end
        return self.add("Slice", value, *bounds, self.constant(np.array([axis], dtype=np.int64)))


def quantise(array: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """The array as 8-bit integers, and the scales along `axis` that restore it."""
    scales = np.abs(array).max(axis=axis, keepdims=True) / 127
    scales = np.where(scales > 0, scales, 1).astype(np.float32)
    return np.rint(array / scales).astype(np.int8), scales


def build_graph(arrays: Arrays) -> onnx.ModelProto:
    """The whole parser; `arrays` are the trained weights under the names of `training.biaffine`."""
    writer = GraphWriter(arrays)
    states = _encode(writer)
    words = _gather_words(writer, states)
    roles = arrays["role_weights"].shape[0]
    results = _score(writer, words, roles)
    nodes = [helper.make_node("Identity", [results[name]], [name]) for name in _FORMS]
    graph = helper.make_graph(
        writer.nodes + nodes,
        "biaffine",
        [_describe(name, TensorProto.INT64, 2) for name in INPUTS],
        [_describe(name, *form) for name, form in _FORMS.items()],
        writer.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = FORMAT
    onnx.checker.check_model(model)
    return model


def _describe(name: str, kind: int, axes: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, [f"{name}_{i}" for i in range(axes)])


def _encode(writer: GraphWriter) -> str:
    """The mixed states of all layers, for each piece."""
    value = writer.norm(_embed(writer), "encoder.norm")
    shut = writer.add("Sub", writer.number(1), writer.add("Cast", "mask", to=TensorProto.FLOAT))
    barred = writer.unsqueeze(writer.add("Mul", shut, writer.number(-1e9)), 1, 2)
    mix = np.exp(writer.arrays["mix"] - writer.arrays["mix"].max())
    mix = mix / mix.sum() * writer.arrays["mix_scale"]
    mixed = writer.add("Mul", value, writer.number(mix[0]))
    for number in range(LAYERS):
        value = _apply_layer(writer, value, barred, f"encoder.layers.{number}")
        share = writer.add("Mul", value, writer.number(mix[number + 1]))
        mixed = writer.add("Add", mixed, share)
    return mixed


def _embed(writer: GraphWriter) -> str:
    # Rows are taken before they are multiplied out, so that the table stays small in memory.
    whole, scales = quantise(writer.arrays["encoder.pieces.weight"], axis=1)
    rows = writer.add("Gather", writer.constant(whole), "pieces")
    pieces = writer.add(
        "Mul",
        writer.add("Cast", rows, to=TensorProto.FLOAT),
        writer.add("Gather", writer.constant(scales), "pieces"),
    )
    length = writer.add(
        "Gather",
        writer.add("Shape", "pieces"),
        writer.constant(np.array([1], dtype=np.int64)),
        axis=0,
    )
    places = writer.constant(writer.arrays["encoder.positions.weight"])
    return writer.add("Add", pieces, writer.slice(places, 0, 0, length))


def _apply_layer(writer: GraphWriter, value: str, barred: str, name: str) -> str:
    width = writer.arrays[f"{name}.query.weight"].shape[0]
    parts = (f"{name}.{part}" for part in ("query", "key", "value"))
    joined = writer.linear(value, *parts)
    query, key, content = (
        writer.add(
            "Transpose",
            writer.reshape(part, 0, 0, ATTENTION_HEADS, width // ATTENTION_HEADS),
            perm=[0, 2, 3, 1] if i == 1 else [0, 2, 1, 3],
        )
        for i, part in enumerate(writer.split(joined, width, width, width))
    )
    scale = writer.number((width // ATTENTION_HEADS) ** -0.5)
    scores = writer.add("Mul", writer.add("MatMul", query, key), scale)
    weights = writer.add("Softmax", writer.add("Add", scores, barred), axis=-1)
    attended = writer.add("Transpose", writer.add("MatMul", weights, content), perm=[0, 2, 1, 3])
    merged = writer.linear(writer.reshape(attended, 0, 0, width), f"{name}.merge")
    value = writer.norm(writer.add("Add", merged, value), f"{name}.attention_norm")
    wide = writer.linear(value, f"{name}.widen")
    error = writer.add("Erf", writer.add("Div", wide, writer.number(2**0.5)))
    curved = writer.add("Mul", wide, writer.add("Add", error, writer.number(1)))
    narrow = writer.linear(writer.add("Mul", curved, writer.number(0.5)), f"{name}.narrow")
    return writer.norm(writer.add("Add", narrow, value), f"{name}.norm")


def _gather_words(writer: GraphWriter, states: str) -> str:
    """What is known of each word: its first piece, its last, its shape; before all, the root."""
    parts = [
        writer.add("GatherND", states, writer.unsqueeze(end, 2), batch_dims=1)
        for end in ("first", "last")
    ]
    parts.append(writer.add("Gather", writer.constant(writer.arrays["shapes.weight"]), "shapes"))
    words = writer.add("Concat", *parts, axis=-1)
    root = writer.constant(writer.arrays["root"].reshape(1, 1, -1))
    zero = writer.constant(np.array([0], dtype=np.int64))
    rows = writer.add("Gather", writer.add("Shape", words), zero, axis=0)
    one = writer.constant(np.array([1, 1], dtype=np.int64))
    roots = writer.add("Expand", root, writer.add("Concat", rows, one, axis=0))
    return writer.add("Concat", roots, words, axis=1)


def _score(writer: GraphWriter, words: str, roles: int) -> dict[str, str]:
    arrays = writer.arrays
    names = ("arc_head", "arc_dependent", "role_head", "role_dependent", "tag")
    joined = writer.add("LeakyRelu", writer.linear(words, *names), alpha=LEAK)
    sizes = [arrays[f"{name}.bias"].size for name in names]
    arc_head, arc_dependent, role_head, role_dependent, tag = writer.split(joined, *sizes)
    arc_weights = arrays["arc_weights"]
    sought = writer.affine(arc_dependent, arc_weights[:-1], arc_weights[-1])
    # From (role, dependent, head) to one product per dependent, which the head then chooses from.
    role_weights = arrays["role_weights"].transpose(1, 0, 2)
    flat = role_weights.reshape(role_weights.shape[0], -1)
    labelled = writer.affine(role_dependent, flat[:-1], flat[-1])
    # The head's last value is 1, for what a dependent says of a role whoever its head is.
    lengthened = writer.add(
        "Pad",
        role_head,
        writer.constant(np.array([0, 0, 0, 0, 0, 1], dtype=np.int64)),
        writer.number(1),
    )
    return {
        "arcs": writer.add("MatMul", sought, writer.add("Transpose", arc_head, perm=[0, 2, 1])),
        "role_heads": lengthened,
        "role_dependents": writer.reshape(labelled, 0, 0, roles, role_weights.shape[2]),
        "pos": writer.add("ArgMax", writer.linear(tag, "pos"), axis=-1, keepdims=0),
        "features": writer.add("ArgMax", writer.linear(tag, "features"), axis=-1, keepdims=0),
    }
