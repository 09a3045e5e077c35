"""Summed cross-entropy in nats and the count of real target pieces.

Training, validation and evaluation all divide the one by the other, so that their losses can be compared
whatever the batch. exp(loss per piece) is the perplexity: the number of equally likely pieces that
would leave the model as unsure as it is.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqtrans.batches import Batch
from seqtrans.models.base import Seq2Seq
from seqtrans.tokenizer import PAD_ID

ROWS_AT_A_TIME = 64
"""With 8,000 pieces 2 MB of probabilities, about what a core keeps in its cache."""


class Loss(NamedTuple):
    """Sums over real target pieces: scalars, in nats, and their count."""

    smoothed: Tensor
    """What training descends: the cross-entropy against the smoothed target."""
    nats: Tensor
    """The cross-entropy against the reference itself: what is reported. Carries no gradient."""
    num_pieces: int


def batch_loss(model: Seq2Seq[Any], batch: Batch, label_smoothing: float = 0.0) -> Loss:
    """Score the references of a batch, given the true pieces before each (teacher forcing)."""
    logits = model(batch.src, batch.src_mask, batch.tgt_in)  # (B, T, V)
    return cross_entropy(logits.flatten(0, 1), batch.tgt_out.flatten(), label_smoothing)


def cross_entropy(logits: Tensor, wanted: Tensor, label_smoothing: float = 0.0) -> Loss:
    """Return the loss of logits (N, V) against ids (N,), of which padding counts for nothing.

    With smoothing e (Szegedy et al. 2016) the target is 1 - e on the wanted piece plus e spread evenly over
    all V pieces.
    """
    smoothed, nats = CrossEntropyByRows.apply(logits, wanted, label_smoothing)  # type: ignore[no-untyped-call]
    return Loss(smoothed, nats, int((wanted != PAD_ID).sum()))


class CrossEntropyByRows(torch.autograd.Function):
    """Both sums of a `Loss`, and the gradient of the smoothed one: probabilities minus target.

    Left to torch, this goes through main memory for each operation on the logits, the largest tensors of a
    step. Here a few rows at a time stay in the processor's cache until all is done with them (`make bench`
    shows what it buys).
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor, wanted: Tensor, label_smoothing: float) -> tuple[Tensor, Tensor]:
        gradient = torch.empty_like(logits)  # (N, V)
        nats = torch.zeros((), device=logits.device)
        evenly = nats.clone()
        num_rows = ROWS_AT_A_TIME if logits.device.type == "cpu" else len(logits)
        whole = logits, wanted.unsqueeze(1), gradient
        for part, ids, out in zip(*(rows.split(num_rows) for rows in whole), strict=True):
            log_p = part.float().log_softmax(dim=-1)  # (R, V)
            log_p_wanted = log_p.gather(1, ids)  # (R, 1)
            real = ids != PAD_ID  # (R, 1)
            nats -= (log_p_wanted * real).sum()
            evenly -= (log_p.mean(dim=-1, keepdim=True) * real).sum()
            if ctx.needs_input_grad[0]:
                minus_target = log_p.exp_().sub_(label_smoothing / logits.size(-1))
                minus_target.scatter_add_(1, ids, torch.full_like(log_p_wanted, label_smoothing - 1))
                out.copy_(minus_target.mul_(real))
        ctx.save_for_backward(gradient)
        ctx.mark_non_differentiable(nats)
        return (1 - label_smoothing) * nats + label_smoothing * evenly, nats

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient.mul_(gradients[0].item()), None, None  # a number is quicker than a tensor
