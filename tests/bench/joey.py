"""JoeyNMT's training step, as its `TrainManager` makes it, on batches of ids that it is given.

Its model and its loss, and none of its reading, logging and checkpoints, which would only slow it down.
Runs in JoeyNMT's own Python and imports nothing of this program. Answers like `child.Child` expects.
"""

import json
import logging
import sys
import time
from types import SimpleNamespace
from typing import Any

import torch
from joeynmt.batch import Batch  # type: ignore[import-not-found]
from joeynmt.model import build_model  # type: ignore[import-not-found]
from joeynmt.vocabulary import Vocabulary  # type: ignore[import-not-found]

UNK, PAD, BOS, EOS = 0, 1, 2, 3
"""JoeyNMT's order; seqtrans has the first two the other way round."""


def main() -> None:
    """Build the model and the batches, then make a round for each line."""
    started = time.perf_counter()
    logging.disable(logging.INFO)
    job = json.loads(input())
    torch.set_num_threads(job["num_threads"])
    model = build_model(job["model"], *[vocabulary(job["config"]["vocab_size"])] * 2)
    model.loss_function = ("crossentropy", job["config"]["label_smoothing"])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, betas=(0.9, 0.98))
    lines = job["batches"]
    print(time.perf_counter() - started, flush=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        for pairs in lines:
            step(model, optimizer, pairs, job["bfloat16"], job["config"]["clip_norm"])
        print(time.perf_counter() - started, flush=True)


def step(model: Any, optimizer: torch.optim.Optimizer, pairs: Any, bfloat16: bool, clip_norm: float) -> None:
    """Make one update, normalized by target pieces."""
    model.train()
    batch = make_batch(pairs)
    batch.sort_by_src_length()
    with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        loss, _, _, _ = model(return_type="loss", **vars(batch))
    batch.normalize(loss, normalization="tokens").backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
    optimizer.step()
    optimizer.zero_grad()


def make_batch(pairs: list[tuple[list[int], list[int]]]) -> Any:
    """Pad pairs of ids into a batch of JoeyNMT."""
    src = [[*renumbered(src), EOS] for src, _ in pairs]
    tgt = [[BOS, *renumbered(tgt), EOS] for _, tgt in pairs]
    return Batch(
        src=padded(src),
        src_length=torch.tensor([len(line) for line in src]),
        src_prompt_mask=None,
        trg=padded(tgt),
        trg_prompt_mask=None,
        indices=torch.arange(len(pairs)),
        device=torch.device("cpu"),
        pad_index=PAD,
        eos_index=EOS,
    )


def renumbered(ids: list[int]) -> list[int]:
    return [{0: PAD, 1: UNK}.get(i, i) for i in ids]


def padded(lines: list[list[int]]) -> torch.Tensor:
    longest = max(map(len, lines))
    return torch.tensor([line + [PAD] * (longest - len(line)) for line in lines])


def vocabulary(size: int) -> Any:
    """Return a vocabulary of that many pieces, whose names do not matter."""
    special = SimpleNamespace(
        unk_token="<unk>", pad_token="<pad>", bos_token="<s>", eos_token="</s>", sep_token=None,
        unk_id=UNK, pad_id=PAD, bos_id=BOS, eos_id=EOS, sep_id=None, lang_tags=[],
    )  # fmt: skip
    return Vocabulary([f"piece {i}" for i in range(4, size)], special)


if __name__ == "__main__":
    main()
