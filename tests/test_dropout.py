"""Cheap dropout: the right share, the right mean, reproducible."""

import pytest
import torch

from seqtrans.models.dropout import Dropout, cheap_mask


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5])
def test_the_share_dropped_is_p_and_the_mean_stays(p: float) -> None:
    torch.manual_seed(1)
    dropped = Dropout(p)(torch.ones(1000, 999))
    exact = round(256 * p) / 256
    assert (dropped == 0).double().mean().item() == pytest.approx(exact, abs=0.002)
    assert dropped.double().mean().item() == pytest.approx(1.0, abs=0.003)
    assert dropped.unique().tolist() == pytest.approx([0.0, 1 / (1 - exact)])


def test_each_of_the_eight_bytes_drops_alike_and_independently() -> None:
    torch.manual_seed(2)
    kept = (cheap_mask(torch.empty(200_000, 8), 0.25) != 0).double()
    assert kept.mean(dim=0).tolist() == pytest.approx([0.75] * 8, abs=0.005)
    together = torch.corrcoef(kept.T) - torch.eye(8)
    assert together.abs().max() < 0.01


def test_forward_and_gradient_use_the_same_mask() -> None:
    torch.manual_seed(3)
    inputs = torch.randn(7, 13, requires_grad=True)
    outputs = Dropout(0.4)(inputs)
    outputs.sum().backward()
    assert inputs.grad is not None
    torch.testing.assert_close(outputs, inputs * inputs.grad)


def test_nothing_is_dropped_in_evaluation_or_at_zero() -> None:
    inputs = torch.randn(5, 3)
    assert Dropout(0.5).eval()(inputs) is inputs
    assert Dropout(0.0)(inputs) is inputs


def test_the_seed_makes_the_mask() -> None:
    masks = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        masks.append(cheap_mask(torch.empty(11, 5), 0.5))
    assert torch.equal(masks[0], masks[1])
    assert not torch.equal(masks[0], masks[2])


def test_bfloat16_stays_bfloat16() -> None:
    assert Dropout(0.1)(torch.ones(3, dtype=torch.bfloat16)).dtype == torch.bfloat16
