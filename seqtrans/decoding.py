"""Translate: one greedy decoding loop for every backbone; text in, text out.

Knows a backbone only by its contract: `encode` once, then `step` until end-of-sentence.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqtrans.batches import source_tensors
from seqtrans.checkpoint import Run, load_run
from seqtrans.devices import choose_device, keep_freed_memory
from seqtrans.models.base import Seq2Seq
from seqtrans.models.one_sentence import step_for
from seqtrans.sidebyside import num_workers_for, run_side_by_side
from seqtrans.text import clean
from seqtrans.tokenizer import BOS_ID, EOS_ID

DECODE_PIECES = 4096
"""Source pieces that a worker decodes at once, with padding: bounds the memory."""
SHARE_KEPT = 0.8
"""Finished sentences are dropped from a batch once at most this share of its rows goes on."""


class Translation(NamedTuple):
    """One line for each line that went in, and how many ran into the length limit without `</s>`."""

    texts: list[str]
    num_truncated: int


def length_limit(num_src: int) -> int:
    """Return the most pieces that a translation of `num_src` pieces may have."""
    return 10 + num_src * 3 // 2


def likeliest(logits: Tensor) -> Tensor:
    """Return the piece with the largest logit of each row (B, V): (B,) int64, the first of equals.

    On a CPU by numpy, whose argmax is ten times as fast as torch's (`make bench` shows what it buys).
    """
    if logits.device.type == "cpu":
        return torch.from_numpy(logits.numpy().argmax(axis=-1))
    return logits.argmax(dim=-1)


@torch.inference_mode()
def greedy(model: Seq2Seq[Any], src: Tensor, src_mask: Tensor) -> tuple[list[list[int]], int]:
    """Take the likeliest next piece until end-of-sentence or the length limit.

    `src` (B, S) int64; `src_mask` (B, S), True = a real piece. Returns each sentence's ids without EOS, and
    the number of sentences that hit the limit. Finished sentences leave the batch, several at a time.
    """
    limits = [length_limit(length) for length in src_mask.sum(dim=1).tolist()]
    translations: list[list[int]] = [[] for _ in limits]
    rows = list(range(len(limits)))  # which sentence each row of the state belongs to
    going = [True] * len(rows)
    num_truncated = 0
    state, step = model.encode(src, src_mask), step_for(model, len(rows))
    previous = torch.full((len(rows),), BOS_ID, device=src.device)  # (B,)
    while any(going):
        if sum(going) <= SHARE_KEPT * len(rows):
            kept = torch.tensor([i for i, goes in enumerate(going) if goes], device=src.device)
            previous, state = previous[kept], model.select(state, kept)
            rows, going = [rows[i] for i in kept.tolist()], [True] * len(kept)
        logits, state = step(previous, state)
        previous = likeliest(logits)  # (B,)
        for i, piece in enumerate(previous.tolist()):
            if not going[i] or piece == EOS_ID:
                going[i] = False
            elif len(translations[rows[i]]) == limits[rows[i]]:
                going[i] = False
                num_truncated += 1
            else:
                translations[rows[i]].append(piece)
    return translations, num_truncated


class Translator:
    """A loaded run that translates text."""

    def __init__(self, run: Run) -> None:
        self.config, self.tokenizer, self.model, self.device = run

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Return the translation of each text, in order; a blank text stays blank."""
        return self.translate_counting(texts).texts

    def translate_counting(self, texts: Sequence[str]) -> Translation:
        """Translate, and count the texts whose translation was cut off at the length limit.

        Texts of similar length are decoded together. A text longer than the model was trained on
        (`max_pieces`) is translated in parts.
        """
        encoded = self.tokenizer.encode([clean(text) for text in texts])
        parts = [
            (index, ids[start : start + self.config.max_pieces])
            for index, ids in enumerate(encoded)
            for start in range(0, len(ids), self.config.max_pieces)
        ]
        translated: list[list[int]] = [[] for _ in parts]
        num_truncated = 0
        num_workers = num_workers_for(self.device)
        groups = _by_length([ids for _, ids in parts], num_workers)
        tasks = [partial(self.decode_pieces, [parts[i][1] for i in group]) for group in groups]
        decoded = run_side_by_side(tasks, num_workers)
        for group, (outputs, count) in zip(groups, decoded, strict=True):
            num_truncated += count
            for i, ids in zip(group, outputs, strict=True):
                translated[i] = ids
        joined: list[list[int]] = [[] for _ in texts]
        for (index, _), ids in zip(parts, translated, strict=True):
            joined[index] += ids
        return Translation(self.tokenizer.decode(joined), num_truncated)

    def decode_pieces(self, lines: list[list[int]]) -> tuple[list[list[int]], int]:
        """Decode one batch of source ids: the target ids, and how many ran into the length limit."""
        return greedy(self.model, *source_tensors(lines, self.device))


def load(run: str | Path, device: str = "auto") -> Translator:
    """Load a run folder for translation. Raises `SeqtransError` when it is not a whole run."""
    keep_freed_memory()
    return Translator(load_run(Path(run), choose_device(device)))


def _by_length(lines: Sequence[Sequence[int]], num_workers: int) -> list[list[int]]:
    """Group indices of lines of similar length, longest first, each group within `DECODE_PIECES`.

    Each worker is dealt a group of every length, like cards, so that none waits long for another.
    """
    order = sorted(range(len(lines)), key=lambda i: -len(lines[i]))
    groups: list[list[int]] = []
    while order:
        room = num_workers * max(1, DECODE_PIECES // (len(lines[order[0]]) + 1))
        dealt, order = order[:room], order[room:]
        groups += [dealt[worker::num_workers] for worker in range(min(num_workers, len(dealt)))]
    return groups
