"""The update that several workers share, against torch's own on one core."""

import copy
from typing import Any

import pytest
import torch

from seqtrans.models.base import Seq2Seq
from seqtrans.optimizer import Optimizer
from seqtrans.sidebyside import deal
from tests.conftest import CPU, tiny_config, tiny_model

SIZES = {"a": 2, "b": 1, "c": 4, "d": 6}


def set_gradients(model: Seq2Seq[Any], step: int) -> None:
    """Give each parameter a gradient of random numbers, the same for all models."""
    generator = torch.Generator().manual_seed(step)
    for parameter in model.parameters():
        parameter.grad = torch.randn(parameter.shape, generator=generator)


def optimizer_of(model: Seq2Seq[Any], num_workers: int, clip_norm: float) -> Optimizer:
    config = tiny_config("transformer", clip_norm=clip_norm, weight_decay=0.1)
    return Optimizer(model, config, CPU, num_workers)


@pytest.mark.parametrize("num_workers", [1, 2, 5, 999])
@pytest.mark.parametrize("clip_norm", [0.5, 1e6])
def test_the_shares_update_as_torch_updates_the_whole(num_workers: int, clip_norm: float) -> None:
    model = tiny_model("transformer")
    reference = copy.deepcopy(model)
    optimizer = optimizer_of(model, num_workers, clip_norm)
    torchs = torch.optim.AdamW(reference.parameters(), lr=0.01, betas=(0.9, 0.98), weight_decay=0.1)
    for step in range(4):
        for group in torchs.param_groups:
            group["lr"] = 0.01 * (step + 1)
        set_gradients(reference, step)
        torch.nn.utils.clip_grad_norm_(reference.parameters(), clip_norm)
        torchs.step()
        set_gradients(model, step)
        optimizer.update(0.01 * (step + 1))
    weights, expected = (dict(m.named_parameters()) for m in (model, reference))
    torch.testing.assert_close(weights, expected, atol=1e-6, rtol=1e-5)


def test_a_parameter_without_gradient_stays() -> None:
    model = tiny_model("transformer")
    optimizer = optimizer_of(model, 2, 1.0)
    set_gradients(model, 0)
    without = model.get_parameter("decoder_norm.weight")
    without.grad, before = None, without.detach().clone()
    optimizer.update(0.01)
    assert torch.equal(without, before)
    assert "decoder_norm.weight" not in optimizer.state()


@pytest.mark.parametrize("others", [1, 3])
def test_other_workers_go_on_with_its_state(others: int) -> None:
    model = tiny_model("transformer")
    optimizer = optimizer_of(model, 2, 1.0)
    for step in range(3):
        set_gradients(model, step)
        optimizer.update(0.01)
    twin = copy.deepcopy(model)
    other = optimizer_of(twin, others, 1.0)
    assert other.state() == {}
    other.restore(copy.deepcopy(optimizer.state()))
    for both, its in ((model, optimizer), (twin, other)):
        set_gradients(both, 3)
        its.update(0.02)
    torch.testing.assert_close(dict(twin.named_parameters()), dict(model.named_parameters()))
    torch.testing.assert_close(other.state(), optimizer.state())
    assert other.state()["decoder_norm.weight"]["step"] == 4


def test_parameters_are_dealt_evenly_and_each_once() -> None:
    model = torch.nn.ParameterDict({name: torch.zeros(size) for name, size in SIZES.items()})
    assert [set(share) for share in deal(model, 2)] == [{"b", "d"}, {"a", "c"}]
    assert [set(share) for share in deal(model, 1)] == [set(SIZES)]
    assert len(deal(model, 99)) == len(SIZES)
