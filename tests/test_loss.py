"""The loss against hand calculation and torch's own."""

import math
from typing import Any

import pytest
import torch
from torch.nn import functional

from seqtrans.loss import ROWS_AT_A_TIME, batch_loss, cross_entropy
from seqtrans.tokenizer import PAD_ID
from tests.conftest import encode_all, random_batch, tiny_model

GENERATOR = torch.Generator().manual_seed(1)
LOGITS = torch.randn(2 * ROWS_AT_A_TIME + 9, 11, generator=GENERATOR)
WANTED = torch.randint(0, 11, (len(LOGITS),), generator=GENERATOR)  # 0 is padding


def test_by_hand() -> None:
    logits = torch.tensor([[0.0, math.log(3.0), 0.0, 0.0]])  # probabilities 1/6, 1/2, 1/6, 1/6
    loss = cross_entropy(logits, torch.tensor([1]), label_smoothing=0.2)
    assert loss.nats.item() == pytest.approx(math.log(2))
    expected = 0.8 * math.log(2) + 0.2 * (math.log(2) + 3 * math.log(6)) / 4
    assert loss.smoothed.item() == pytest.approx(expected)
    assert loss.num_pieces == 1


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_value_and_gradient_equal_torchs(smoothing: float) -> None:
    ours, theirs = LOGITS.clone().requires_grad_(), LOGITS.clone().requires_grad_()
    loss = cross_entropy(ours, WANTED, smoothing)
    of_pieces: dict[str, Any] = {"reduction": "sum", "ignore_index": PAD_ID}
    expected = functional.cross_entropy(theirs, WANTED, label_smoothing=smoothing, **of_pieces)
    torch.testing.assert_close(loss.smoothed, expected)
    torch.testing.assert_close(loss.nats, functional.cross_entropy(LOGITS, WANTED, **of_pieces))
    assert not loss.nats.requires_grad
    assert loss.num_pieces == sum(WANTED != PAD_ID) < len(WANTED)
    (0.7 * loss.smoothed).backward()
    (0.7 * expected).backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_padding_counts_for_nothing() -> None:
    model, lengths = tiny_model("transformer"), [(3, 7), (5, 2), (1, 4)]
    batch = random_batch(lengths)
    whole = batch_loss(model, batch, 0.1)
    assert whole.num_pieces == 8 + 3 + 5
    logits = encode_all(model, batch)
    rows = torch.cat([logits[row, : length + 1] for row, (_, length) in enumerate(lengths)])
    wanted = torch.cat([batch.tgt_out[row, : length + 1] for row, (_, length) in enumerate(lengths)])
    torch.testing.assert_close(whole.smoothed, cross_entropy(rows, wanted, 0.1).smoothed)


def test_a_uniform_model_has_the_perplexity_of_the_vocabulary() -> None:
    loss = cross_entropy(torch.zeros(6, 13), torch.full((6,), 4))
    assert math.exp(loss.nats.item() / loss.num_pieces) == pytest.approx(13)
