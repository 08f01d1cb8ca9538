"""The best tree over scored arcs: the maximum spanning arborescence with a single root.

Sources: Chu & Liu 1965; Edmonds 1967; for the single root, https://arxiv.org/abs/2010.06992
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Heads = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Contraction:
    """A cycle drawn together into one node, with what is needed to open it again."""

    heads: Heads
    cycle: Heads
    rest: Heads
    entered: Heads
    left: Heads


def find_best_tree(scores: Scores) -> Heads:
    """The head of each node in the best tree, given `scores[dependent, head]`, all finite.

    Node 0 is the root's own head; it has one dependent in the tree and is given itself as head.
    """
    size = len(scores)
    if size == 1:
        return np.zeros(1, dtype=np.intp)
    spread = float(np.ptp(scores)) + 1.0
    barred = scores.astype(np.float64)
    # No arc may lead into node 0 or from a node to itself.
    np.fill_diagonal(barred, -np.inf)
    barred[0] = -np.inf
    heads = _pick_heads(barred)
    if np.count_nonzero(heads[1:] == 0) == 1 and not len(_find_cycle(heads)):
        return heads
    # A second arc from node 0 costs more than all others together can gain.
    barred[1:, 0] -= spread * size
    return _span(barred)


def _pick_heads(scores: Scores) -> Heads:
    heads: Heads = scores.argmax(axis=1)
    heads[0] = 0
    return heads


def _find_cycle(heads: Heads) -> Heads:
    """The nodes of one cycle; none if the heads make a tree under node 0."""
    seen = np.zeros(len(heads), dtype=np.intp)
    seen[0] = -1
    for start in range(1, len(heads)):
        node = start
        while not seen[node]:
            seen[node] = start
            node = int(heads[node])
        if seen[node] == start:
            cycle = [node]
            while heads[cycle[-1]] != node:
                cycle.append(int(heads[cycle[-1]]))
            return np.array(sorted(cycle), dtype=np.intp)
    return np.empty(0, dtype=np.intp)


def _span(scores: Scores) -> Heads:
    contractions: list[_Contraction] = []
    heads = _pick_heads(scores)
    while len(cycle := _find_cycle(heads)):
        scores, contraction = _contract(scores, heads, cycle)
        contractions.append(contraction)
        heads = _pick_heads(scores)
    for contraction in reversed(contractions):
        heads = _expand(heads, contraction)
    return heads


def _contract(scores: Scores, heads: Heads, cycle: Heads) -> tuple[Scores, _Contraction]:
    """The scores with the cycle as their last node: into it at the cost of the arc it breaks."""
    rest = np.setdiff1d(np.arange(len(scores)), cycle)
    into = scores[np.ix_(cycle, rest)] - scores[cycle, heads[cycle]][:, None]
    out = scores[np.ix_(rest, cycle)]
    drawn = np.full((len(rest) + 1, len(rest) + 1), -np.inf)
    drawn[:-1, :-1] = scores[np.ix_(rest, rest)]
    drawn[-1, :-1] = into.max(axis=0)
    drawn[:-1, -1] = out.max(axis=1)
    entered, left = cycle[into.argmax(axis=0)], cycle[out.argmax(axis=1)]
    return drawn, _Contraction(heads, cycle, rest, entered, left)


def _expand(heads: Heads, contraction: _Contraction) -> Heads:
    """Heads of the nodes before the contraction, from the heads after it."""
    rest, opened = contraction.rest, contraction.heads.copy()
    last = len(rest)
    for node in range(1, last):
        head = heads[node]
        opened[rest[node]] = contraction.left[node] if head == last else rest[head]
    entry = heads[last]
    opened[contraction.entered[entry]] = rest[entry]
    return opened
