"""Summed cross-entropy in nats and the count of real target pieces.

Training, validation and evaluation all divide the one by the other, so that their losses can be compared
whatever the batch. exp(loss per piece) is the perplexity: the number of equally likely pieces that
would leave the model as unsure as it is.
"""

from typing import Any, NamedTuple

from torch import Tensor

from seqtrans.batches import Batch
from seqtrans.models.base import Seq2Seq
from seqtrans.tokenizer import PAD_ID


class Loss(NamedTuple):
    """Sums over real target pieces: scalars, in nats, and their count."""

    smoothed: Tensor
    """What training descends: the cross-entropy against the smoothed target."""
    nats: Tensor
    """The cross-entropy against the reference itself: what is reported. Carries no gradient."""
    num_pieces: int


def batch_loss(model: Seq2Seq[Any], batch: Batch, label_smoothing: float = 0.0) -> Loss:
    """Score the references of a batch, given the true pieces before each (teacher forcing).

    Logits are made for real pieces only: the output layer is the largest of a small model, and padding
    would pay for it too.
    """
    real = batch.tgt_out != PAD_ID
    readouts = model.readouts(batch.src, batch.src_mask, batch.tgt_in)[real]  # (N, E)
    return cross_entropy(model.output(readouts), batch.tgt_out[real], label_smoothing)


def cross_entropy(logits: Tensor, wanted: Tensor, label_smoothing: float = 0.0) -> Loss:
    """Return the loss of logits (N, V) against ids (N,).

    With smoothing e (Szegedy et al. 2016) the target is 1 - e on the wanted piece plus e spread evenly over
    all V pieces.
    """
    log_p = logits.float().log_softmax(dim=-1)  # (N, V)
    nats = -log_p.gather(1, wanted.unsqueeze(1)).sum()
    smoothed = nats
    if label_smoothing:
        smoothed = (1 - label_smoothing) * nats - label_smoothing * log_p.mean(dim=-1).sum()
    return Loss(smoothed, nats.detach(), len(wanted))
