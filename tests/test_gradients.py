"""Gradients from several workers, and the decoder that reads its own guesses."""

from pathlib import Path
from typing import Any

import pytest
import torch

from seqtrans import gradients as module
from seqtrans.batches import IdPair
from seqtrans.gradients import Gradients, logits_on_own_pieces
from seqtrans.training import train
from tests.conftest import CPU, encode_all, ignore, random_batch, tiny_config, tiny_model, tiny_run_config

PAIRS = [IdPair([5, 6, 7], [8, 9]), IdPair([6], [7, 5, 5, 9]), IdPair([9, 9], [6]), IdPair([8, 5], [5, 8, 6])]


def gradients_of(
    monkeypatch: pytest.MonkeyPatch, kind: str, num_workers: int, pairs: list[IdPair], **settings: Any
) -> tuple[float, dict[str, torch.Tensor]]:
    """Return loss and gradients of a tiny model, by so many workers."""
    monkeypatch.setattr(module, "num_workers_for", lambda device: num_workers)
    settings = {"batch_pieces": 8192, "precision": "float32", **settings}
    model = tiny_model(kind, **settings)
    computer = Gradients(model, tiny_config(kind, **settings), CPU)
    assert computer.num_workers == num_workers
    loss = computer.compute(pairs, 3)
    assert loss.num_pieces == sum(len(pair.tgt) + 1 for pair in pairs)
    grads = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}  # type: ignore[union-attr]
    again = computer.compute(pairs, 3)  # nothing is left over from the first time
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None
        assert torch.equal(parameter.grad, grads[name])
    assert torch.equal(again.nats, loss.nats)
    return loss.nats.item(), grads


@pytest.mark.parametrize("kind", ["gru", "attention lstm", "transformer"])
@pytest.mark.parametrize("num_workers", [2, 3, 6])
def test_several_workers_give_the_gradient_of_one(
    monkeypatch: pytest.MonkeyPatch, kind: str, num_workers: int
) -> None:
    nats, expected = gradients_of(monkeypatch, kind, 1, PAIRS, dropout=0.0)
    several_nats, grads = gradients_of(monkeypatch, kind, num_workers, PAIRS, dropout=0.0)
    assert several_nats == pytest.approx(nats, rel=1e-5)
    torch.testing.assert_close(grads, expected, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("kind", ["gru", "attention", "transformer"])
def test_the_random_numbers_of_a_step_do_not_depend_on_what_ran_before(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    _, first = gradients_of(monkeypatch, kind, 2, PAIRS, dropout=0.5)
    torch.rand(5)
    _, second = gradients_of(monkeypatch, kind, 2, PAIRS, dropout=0.5)
    assert all(torch.equal(first[name], second[name]) for name in first)
    _, other = gradients_of(monkeypatch, kind, 2, PAIRS, dropout=0.5, seed=2)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_shares_are_dropped_differently(monkeypatch: pytest.MonkeyPatch) -> None:
    twins = [PAIRS[0], PAIRS[0]]
    computer = Gradients(tiny_model("transformer", dropout=0.5), tiny_config("transformer", dropout=0.5), CPU)
    losses = [
        computer.add_share(computer.models[0], twins[:1], 3, seed).nats.item() for seed in ("1 1 0", "1 1 1")
    ]
    assert losses[0] != losses[1]


@pytest.mark.parametrize("kind", ["gru", "attention lstm"])
def test_full_teacher_forcing_equals_forward(kind: str) -> None:
    model, batch = tiny_model(kind), random_batch([(3, 7), (5, 2)])
    with torch.no_grad():
        torch.testing.assert_close(logits_on_own_pieces(model, batch, 1.0), encode_all(model, batch))


def test_without_teacher_forcing_the_references_do_not_matter() -> None:
    model, batch = tiny_model("gru"), random_batch([(3, 7)])
    other = batch._replace(tgt_in=batch.tgt_in.clone())
    other.tgt_in[:, 1:] = 5
    with torch.no_grad():
        own = logits_on_own_pieces(model, batch, 0.0)
        torch.testing.assert_close(own, logits_on_own_pieces(model, other, 0.0))
        previous, state = batch.tgt_in[:, 0], model.encode(batch.src, batch.src_mask)
        for t in range(batch.tgt_in.size(1)):
            logits, state = model.step(previous, state)
            torch.testing.assert_close(own[:, t], logits)
            previous = logits.argmax(dim=-1)


def test_a_ratio_between_mixes_both(toy_folder: Path, tmp_path: Path) -> None:
    model, batch = tiny_model("gru"), random_batch([(3, 30)])
    with torch.no_grad():
        logits = [logits_on_own_pieces(model, batch, ratio) for ratio in (0.0, 0.5, 1.0)]
    assert not torch.allclose(logits[1], logits[0])
    assert not torch.allclose(logits[1], logits[2])
    train(tiny_run_config("gru", toy_folder, teacher_forcing=0.5), tmp_path / "run", ignore)
