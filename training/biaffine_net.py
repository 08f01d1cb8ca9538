"""The biaffine parser in PyTorch: a pretrained encoder, and scores of heads, roles and tags on it.

Sources: https://arxiv.org/abs/1611.01734 (biaffine scores), https://aclanthology.org/N19-1423/ (the
encoder), https://aclanthology.org/N18-1202/ (the mix of its layers).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from kg.syntax.encoding import MOST_PIECES, SHAPES
from training.biaffine_graph import ATTENTION_HEADS, LAYERS, LEAK, NORM_EPSILON

WIDTH, WIDE = 384, 1536
ENCODER_DROPOUT, DROPOUT = 0.1, 0.33
SHAPE_WIDTH, ARC_WIDTH, ROLE_WIDTH, TAG_WIDTH = 32, 384, 128, 192


@dataclass(frozen=True, slots=True)
class Scores:
    """What the net says of a batch; position 0 of every sentence is the root."""

    arcs: Tensor
    role_heads: Tensor
    role_dependents: Tensor
    pos: Tensor
    features: Tensor


class Layer(nn.Module):
    """One layer of the encoder: attention, then a wide step, each added and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.merge = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.attention_norm = nn.LayerNorm(WIDTH, NORM_EPSILON)
        self.widen, self.narrow = nn.Linear(WIDTH, WIDE), nn.Linear(WIDE, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, NORM_EPSILON)
        self.dropout = nn.Dropout(ENCODER_DROPOUT)

    def forward(self, value: Tensor, mask: Tensor) -> Tensor:
        """The next state of each piece; `mask` is true where there is a piece."""
        query, key, content = (
            part(value).unflatten(-1, (ATTENTION_HEADS, -1)).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        attended = functional.scaled_dot_product_attention(
            query,
            key,
            content,
            attn_mask=mask[:, None, None, :],
            dropout_p=ENCODER_DROPOUT if self.training else 0.0,
        )
        merged = self.merge(attended.transpose(1, 2).flatten(2))
        value = self.attention_norm(value + self.dropout(merged))
        return self.norm(value + self.dropout(self.narrow(functional.gelu(self.widen(value)))))


class Encoder(nn.Module):
    """The encoder; gives the states of all its layers, the first being what goes in."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.pieces = nn.Embedding(pieces, WIDTH)
        self.positions = nn.Embedding(MOST_PIECES, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, NORM_EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.dropout = nn.Dropout(ENCODER_DROPOUT)

    def forward(self, pieces: Tensor, mask: Tensor) -> list[Tensor]:
        """The states of each piece, from the embedding to the last layer."""
        places = self.positions.weight[: pieces.size(1)]
        states = [self.dropout(self.norm(self.pieces(pieces) + places))]
        for layer in self.layers:
            states.append(layer(states[-1], mask))
        return states


class BiaffineNet(nn.Module):
    """The whole parser; the names of its parameters are those that the graph is built from."""

    def __init__(self, pieces: int, roles: int, pos: int, features: int) -> None:
        super().__init__()
        known = 2 * WIDTH + SHAPE_WIDTH
        self.encoder = Encoder(pieces)
        self.mix, self.mix_scale = (
            nn.Parameter(torch.zeros(LAYERS + 1)),
            nn.Parameter(torch.ones(1)),
        )
        self.shapes = nn.Embedding(SHAPES, SHAPE_WIDTH)
        self.root = nn.Parameter(torch.randn(known) * 0.02)
        self.arc_head, self.arc_dependent = (nn.Linear(known, ARC_WIDTH) for _ in range(2))
        self.role_head, self.role_dependent = (nn.Linear(known, ROLE_WIDTH) for _ in range(2))
        self.tag = nn.Linear(known, TAG_WIDTH)
        self.pos, self.features = nn.Linear(TAG_WIDTH, pos), nn.Linear(TAG_WIDTH, features)
        self.arc_weights = nn.Parameter(torch.empty(ARC_WIDTH + 1, ARC_WIDTH))
        self.role_weights = nn.Parameter(torch.empty(roles, ROLE_WIDTH + 1, ROLE_WIDTH + 1))
        nn.init.orthogonal_(self.arc_weights)
        nn.init.xavier_normal_(self.role_weights)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(
        self, pieces: Tensor, mask: Tensor, first: Tensor, last: Tensor, shapes: Tensor
    ) -> Scores:
        """Score a batch as `kg.syntax.encoding.fill_batch` lays it out."""
        states = self.encoder(pieces, mask.bool())
        shares = torch.softmax(self.mix, 0) * self.mix_scale
        mixed = sum(share * state for share, state in zip(shares, states, strict=True))
        rows = torch.arange(pieces.size(0)).unsqueeze(1)
        words = torch.cat([mixed[rows, first], mixed[rows, last], self.shapes(shapes)], -1)
        roots = self.root.expand(words.size(0), 1, -1)
        words = self.dropout(torch.cat([roots, words], 1))
        arc_head, arc_dependent, role_head, role_dependent, tag = (
            self.dropout(functional.leaky_relu(part(words), LEAK))
            for part in (
                self.arc_head,
                self.arc_dependent,
                self.role_head,
                self.role_dependent,
                self.tag,
            )
        )
        arcs = _lengthen(arc_dependent) @ self.arc_weights @ arc_head.transpose(1, 2)
        return Scores(
            arcs, _lengthen(role_head), _lengthen(role_dependent), self.pos(tag), self.features(tag)
        )

    def score_roles(self, scores: Scores, heads: Tensor) -> Tensor:
        """The scores of the roles of each position, given its head."""
        rows = torch.arange(heads.size(0)).unsqueeze(1)
        labelled = torch.einsum("bik,rkl->birl", scores.role_dependents, self.role_weights)
        return torch.einsum("birl,bil->bir", labelled, scores.role_heads[rows, heads])


def _lengthen(value: Tensor) -> Tensor:
    """With a last value of 1, so that a product holds a bias."""
    return torch.cat([value, torch.ones_like(value[..., :1])], -1)


def rename_weights(published: dict[str, Tensor]) -> dict[str, Tensor]:
    """The encoder's published weights under the names used here."""
    parts = {
        "attention.self.query": "query",
        "attention.self.key": "key",
        "attention.self.value": "value",
        "attention.output.dense": "merge",
        "attention.output.LayerNorm": "attention_norm",
        "intermediate.dense": "widen",
        "output.dense": "narrow",
        "output.LayerNorm": "norm",
    }
    # All text is of the first kind ("sentence A"), so that its vector can be part of the places'.
    kind = published["embeddings.token_type_embeddings.weight"][0]
    renamed = {
        "pieces.weight": published["embeddings.word_embeddings.weight"],
        "positions.weight": published["embeddings.position_embeddings.weight"] + kind,
    }
    for end in ("weight", "bias"):
        renamed[f"norm.{end}"] = published[f"embeddings.LayerNorm.{end}"]
        for number in range(LAYERS):
            for theirs, ours in parts.items():
                value = published[f"encoder.layer.{number}.{theirs}.{end}"]
                renamed[f"layers.{number}.{ours}.{end}"] = value
    return renamed
