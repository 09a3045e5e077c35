"""Pieces into tensors: group pairs of similar length under a token budget, shuffle, pad.

Also the one place where `tgt_in` and `tgt_out` are made. The decoder reads `tgt_in` = BOS + pieces
and must predict `tgt_out` = pieces + EOS: at each position it has seen the pieces before the one that
it predicts, and that it must learn when to stop.
"""

import random
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from seqtrans.tokenizer import BOS_ID, EOS_ID, PAD_ID

SENTENCES_MULTIPLE = 8
"""A full batch has a multiple of so many sentences: so products of fewer sizes have to be compiled."""


class IdPair(NamedTuple):
    """The ids of a source sentence and of its translation, without BOS and EOS."""

    src: list[int]
    tgt: list[int]


class Batch(NamedTuple):
    """Padded ids: `src` (B, S), `tgt_in` and `tgt_out` (B, T), int64; `src_mask` (B, S), True = real."""

    src: Tensor
    src_mask: Tensor
    tgt_in: Tensor
    tgt_out: Tensor
    num_pieces: int
    """Real source and target pieces, each sentence's EOS included."""


def pad(lines: Sequence[Sequence[int]]) -> Tensor:
    """Return the lines as one int64 tensor (B, longest), filled with PAD on the right."""
    longest = max(1, max(map(len, lines)))
    return torch.tensor([[*line, *[PAD_ID] * (longest - len(line))] for line in lines])


def source_tensors(lines: Sequence[Sequence[int]], device: torch.device) -> tuple[Tensor, Tensor]:
    """Return `src` (B, S) with EOS behind each source sentence, and its mask, True = a real piece.

    The EOS tells the encoder where the sentence ends and gives an empty sentence one piece.
    """
    src = pad([[*line, EOS_ID] for line in lines]).to(device)
    return src, src != PAD_ID


def collate(pairs: Sequence[IdPair], device: torch.device) -> Batch:
    """Pad pairs into one batch."""
    tgt_in = pad([[BOS_ID, *pair.tgt] for pair in pairs]).to(device)
    tgt_out = pad([[*pair.tgt, EOS_ID] for pair in pairs]).to(device)
    num_pieces = sum(len(pair.src) + len(pair.tgt) + 2 for pair in pairs)
    return Batch(*source_tensors([pair.src for pair in pairs], device), tgt_in, tgt_out, num_pieces)


def plan_batches(pairs: Sequence[IdPair], batch_pieces: int, seed: str) -> list[list[int]]:
    """Divide the pairs into batches for one epoch: lists of indices, all of them once, shuffled.

    Pairs of similar length share a batch, so that little is padding. A batch holds at most
    `batch_pieces` source and target pieces, padding, EOS and BOS included (a single longer pair is a
    batch of its own). The same seed gives the same plan.
    """
    shuffle = random.Random(seed)
    order = list(range(len(pairs)))
    shuffle.shuffle(order)
    lengths = [(len(pair.src), len(pair.tgt)) for pair in pairs]
    order.sort(key=lambda i: (max(lengths[i]), lengths[i]))
    batches: list[list[int]] = []
    batch: list[int] = []
    longest_src = longest_tgt = 0
    for i in order:
        longest_src = max(longest_src, len(pairs[i].src) + 1)
        longest_tgt = max(longest_tgt, len(pairs[i].tgt) + 1)
        room = batch_pieces // (longest_src + longest_tgt)
        if room > SENTENCES_MULTIPLE:
            room -= room % SENTENCES_MULTIPLE
        if batch and len(batch) >= room:
            batches.append(batch)
            batch = []
            longest_src, longest_tgt = len(pairs[i].src) + 1, len(pairs[i].tgt) + 1
        batch.append(i)
    if batch:
        batches.append(batch)
    shuffle.shuffle(batches)
    return batches
