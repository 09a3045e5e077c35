"""The decoder for one sentence against the one in torch that it stands for."""

import math
from typing import cast

import numpy as np
import pytest
import torch

from seqtrans.models.one_sentence import OneSentenceDecoder, attend, step_for
from seqtrans.models.transformer import FIRST_ROOM, Transformer, TransformerState
from tests.conftest import random_batch, tiny_model


@pytest.mark.parametrize("norm", ["pre", "post"])
@pytest.mark.parametrize("positions", ["rotary", "sinusoidal"])
@pytest.mark.parametrize("tied", [True, False])
def test_a_step_equals_the_transformers(norm: str, positions: str, tied: bool) -> None:
    model = tiny_model("transformer", norm=norm, positions=positions, tied=tied, num_decoder_layers=2)
    batch = random_batch([(3, 40), (7, 40)])
    with torch.inference_mode():
        padded = model.select(model.encode(batch.src, batch.src_mask), torch.tensor([0]))
        alone = model.encode(batch.src[:1, :4], batch.src_mask[:1, :4])
        for state in (padded, alone):
            expected_state, step = TransformerState(*(part.clone() for part in state)), step_for(model, 1)
            assert step != model.step
            for t in range(2 * FIRST_ROOM + 3):  # the room grows twice
                expected, expected_state = model.step(batch.tgt_in[:1, t], expected_state)
                logits, state = step(batch.tgt_in[:1, t], state)
                torch.testing.assert_close(logits, expected, rtol=1e-5, atol=1e-5)
            for part, expected in zip(state, expected_state, strict=True):
                torch.testing.assert_close(part, expected, rtol=1e-5, atol=1e-5)


def test_large_energies_do_not_overflow() -> None:
    keys = np.array([[[300.0, 0.0], [299.0, 0.0]]], dtype=np.float32)  # energies 45,000 and 44,850
    values = np.array([[[1.0, 2.0], [3.0, 4.0]]], dtype=np.float32)
    query = np.array([150 * math.sqrt(2), 0.0], dtype=np.float32)
    np.testing.assert_allclose(attend(query, keys, values, None), [1.0, 2.0], rtol=1e-6)


def test_no_weight_is_copied() -> None:
    """A decoder follows its model when that learns."""
    model, batch = cast(Transformer, tiny_model("transformer")), random_batch([(3, 1)])
    decoder = OneSentenceDecoder(model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.5)
        expected, _ = model.step(batch.tgt_in[:, 0], model.encode(batch.src, batch.src_mask))
        logits, _ = decoder.step(batch.tgt_in[:, 0], model.encode(batch.src, batch.src_mask))
    torch.testing.assert_close(logits, expected, rtol=1e-5, atol=1e-5)


def test_it_takes_only_what_it_can_do() -> None:
    model = tiny_model("transformer")
    assert step_for(model, 1) != model.step
    assert step_for(model, 2) == model.step
    assert step_for(model.double(), 1) == model.step
    in_training = tiny_model("transformer").train()
    assert step_for(in_training, 1) == in_training.step
    for kind in ("gru", "attention"):
        other = tiny_model(kind)
        assert step_for(other, 1) == other.step
