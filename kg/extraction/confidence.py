"""How likely a claim is right, from how it was read: a logistic model over few plain features.

The weights lie in `confidence.json`, trained by `python -m training.confidence` on annotated
texts; the figures of calibration that it prints are cross-validated over texts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.extraction.entities import Argument
from kg.extraction.frames import Firing
from kg.extraction.slots import Scene
from kg.extraction.tree import Tree, is_passive, walk_up
from kg.iris import KG
from kg.model import Modality, Polarity, Span

# Longer ways from a trigger to an end are too rare to learn anything of.
_LONGEST_WAY = 4
Weights = Mapping[str, float]
WEIGHTS = Path(__file__).with_name("confidence.json")


@dataclass(frozen=True, slots=True)
class Judged:
    """What the model looks at: a firing, its two ends, and how the claim was judged."""

    scene: Scene
    firing: Firing
    subject: Argument
    object: Argument
    polarity: Polarity
    modality: Modality
    gap: float
    rivals: int


def describe_claim(judged: Judged) -> dict[str, float]:
    """The features of a claim by name; what is missing is zero."""
    firing, tree = judged.firing, judged.scene.tree
    frame = firing.frame
    trigger = tree.tokens[firing.trigger]
    features = {
        "bias": 1.0,
        "weight": frame.weight,
        "score": firing.score,
        "companions": float(bool(frame.companions)),
        "particle": float(frame.particle is not None),
        "paired": float(firing.paired),
        "many": float(len(firing.subjects) + len(firing.objects) > 2),
        "passive": float(trigger.pos == "VERB" and is_passive(tree, firing.trigger)),
        "length": math.log(len(tree.tokens)),
        "gap": judged.gap,
        "second": float(judged.gap > 0.0),
        "rivals": math.log1p(judged.rivals),
        "denied": float(judged.polarity is Polarity.NEGATIVE),
        f"modality {judged.modality.value}": 1.0,
        f"trigger {trigger.pos}": 1.0,
        f"relation {frame.relation.rsplit('#', 1)[1]}": 1.0,
    }
    for name, end in (("subject", judged.subject), ("object", judged.object)):
        inside = tree.sentence.span.covers(end.span)
        features[f"{name} named"] = float(end.named)
        features[f"{name} concept"] = float(end.kind == KG.Concept)
        features[f"{name} elsewhere"] = float(not inside)
        features[f"{name} distance"] = math.log1p(_distance(trigger.span, end.span))
        features[f"{name} length"] = math.log1p(end.span.end - end.span.start)
        way = _find_way(tree, firing.trigger, end.span) if inside else None
        if way is not None:
            features[f"{name} {way}"] = 1.0
    return features


def _find_way(tree: Tree, trigger: int, span: Span) -> str | None:
    """The relations from the trigger up and down to an end; None where they are too many."""
    inside = [i for i, token in enumerate(tree.tokens) if span.covers(token.span)]
    head = next((i for i in inside if tree.head(i) not in inside), None)
    if head is None:
        return None
    rising, falling = [trigger, *walk_up(tree, trigger)], [head, *walk_up(tree, head)]
    meeting = next((i for i in rising if i in falling), None)
    if meeting is None:
        return None
    up = [tree.role(i).split(":")[0] for i in rising[: rising.index(meeting)]]
    down = [tree.role(i).split(":")[0] for i in reversed(falling[: falling.index(meeting)])]
    if len(up) + len(down) > _LONGEST_WAY:
        return None
    return f"{'^'.join(up)}|{'v'.join(down)}"


def _distance(one: Span, other: Span) -> int:
    return max(0, other.start - one.end, one.start - other.end)


def rate_claim(judged: Judged, weights: Weights | None = None) -> float:
    """The probability that the claim is right, to two decimals; by the shipped weights if none."""
    weights = load_weights() if weights is None else weights
    total = sum(weights.get(k, 0.0) * v for k, v in describe_claim(judged).items())
    return round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total)))), 2)


@cache
def load_weights() -> Weights:
    """The trained weights by feature."""
    weights: Weights = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return weights
