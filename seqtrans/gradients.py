"""The gradient of one batch, computed by several workers, each with a share of the sentences.

All random numbers of a step come from seed, step and share, whatever ran before and whichever worker is
faster: a run that was stopped goes on exactly as it would have.
"""

import copy
import random
from collections.abc import Sequence
from functools import partial
from typing import Any

import torch

from seqtrans.batches import Batch, IdPair, collate
from seqtrans.config import Config
from seqtrans.devices import choose_precision, products_in
from seqtrans.loss import Loss, batch_loss, cross_entropy
from seqtrans.models.base import Seq2Seq
from seqtrans.models.dropout import own_random_numbers, random_numbers
from seqtrans.sidebyside import deal, num_workers_for, run_side_by_side

SHARE_PIECES = 512
"""A share smaller than this costs more in overhead than another worker saves."""


class Gradients:
    """Computes gradients for a model: one copy of it for each worker, all with the same weights."""

    def __init__(self, model: Seq2Seq[Any], config: Config, device: torch.device) -> None:
        self.config, self.device = config, device
        self.precision = choose_precision(config.precision, device)
        self.num_workers = min(num_workers_for(device), max(1, config.batch_pieces // SHARE_PIECES))
        self.models = [model, *(with_same_weights(model) for _ in range(self.num_workers - 1))]
        self.names_by_worker = [list(share) for share in deal(model, self.num_workers)]
        """The parameters whose gradients each worker adds up."""

    def compute(self, pairs: Sequence[IdPair], step: int) -> Loss:
        """Leave the gradient of the mean smoothed loss in the model; return the summed loss.

        The share of worker w are the sentences w, w + W, w + 2W, ... of the W workers, so that all shares are
        of about the same length.
        """
        num_tgt = sum(len(pair.tgt) + 1 for pair in pairs)
        shares = [pairs[worker :: self.num_workers] for worker in range(self.num_workers)]
        tasks = [
            partial(
                self.add_share, self.models[worker], share, num_tgt, f"{self.config.seed} {step} {worker}"
            )
            for worker, share in enumerate(shares)
            if share
        ]
        losses = run_side_by_side(tasks, self.num_workers)
        if len(tasks) > 1:
            models = self.models[: len(tasks)]
            additions = [partial(add_up, models, names) for names in self.names_by_worker]
            run_side_by_side(additions, self.num_workers)
        smoothed, nats = (
            torch.stack(sums).sum() for sums in zip(*(loss[:2] for loss in losses), strict=True)
        )
        return Loss(smoothed, nats, num_tgt)

    def add_share(self, model: Seq2Seq[Any], pairs: Sequence[IdPair], num_tgt: int, seed: str) -> Loss:
        """Leave the gradient of one share in one copy of the model."""
        model.train()
        for parameter in model.parameters():
            parameter.grad = None
        with own_random_numbers(random.Random(seed).getrandbits(32), self.device):
            loss = self.loss(model, collate(pairs, self.device))
            (loss.smoothed / num_tgt).backward()
        return Loss(loss.smoothed.detach(), loss.nats, loss.num_pieces)

    def loss(self, model: Seq2Seq[Any], batch: Batch) -> Loss:
        """Return the loss of a batch, its products in the chosen precision."""
        with products_in(self.precision, self.device):
            if self.config.teacher_forcing == 1:
                return batch_loss(model, batch, self.config.label_smoothing)
            logits = logits_on_own_pieces(model, batch, self.config.teacher_forcing)  # (B, T, V)
            wanted = batch.tgt_out.flatten()
            return cross_entropy(logits.flatten(0, 1), wanted, self.config.label_smoothing)


def with_same_weights(model: Seq2Seq[Any]) -> Seq2Seq[Any]:
    """Return a copy of a model whose parameters lie in the same memory, each with a gradient of its own."""
    replica = copy.deepcopy(model)
    for parameter, original in zip(replica.parameters(), model.parameters(), strict=True):
        parameter.data = original.data
    return replica


def add_up(models: Sequence[Seq2Seq[Any]], names: Sequence[str]) -> None:
    """Add to the gradients of the first model's parameters of these names those of the other models."""
    for name in names:
        parameter, *others = (model.get_parameter(name) for model in models)
        for other in others:
            if parameter.grad is not None and other.grad is not None:
                parameter.grad += other.grad


def logits_on_own_pieces(model: Seq2Seq[Any], batch: Batch, teacher_forcing: float) -> torch.Tensor:
    """Return logits (B, T, V) of a decoder that sometimes reads its own last guess (Bengio et al. 2015).

    At each step every sentence sees the reference's last piece with the probability `teacher_forcing`,
    else the piece that the model itself finds likeliest. No gradient flows through that choice.
    """
    state = model.encode(batch.src, batch.src_mask)
    previous = batch.tgt_in[:, 0]  # (B,)
    logits = []
    for t in range(batch.tgt_in.size(1)):
        logits_t, state = model.step(previous, state)  # (B, V)
        logits.append(logits_t)
        if t + 1 < batch.tgt_in.size(1):
            draw = torch.rand(len(previous), generator=random_numbers(), device=previous.device)
            previous = torch.where(draw < teacher_forcing, batch.tgt_in[:, t + 1], logits_t.argmax(dim=-1))
    return torch.stack(logits, dim=1)
