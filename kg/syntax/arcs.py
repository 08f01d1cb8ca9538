"""The arcs of a parse whose tokens are being repaired, where no index of children would last."""

from __future__ import annotations

from collections.abc import Sequence

from kg.model import Token


def list_children(tokens: Sequence[Token], i: int) -> list[int]:
    """The positions of the tokens that hang on the token at `i`, in order."""
    return [k for k, t in enumerate(tokens) if t.head == i and k != i]
