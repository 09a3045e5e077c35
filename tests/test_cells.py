"""The written-out cells against torch's layers with the same weights, and against hand calculation."""

import math

import pytest
import torch
from torch import nn

from seqtrans.models.cells import STEPS, CellState, Weights
from seqtrans.models.recurrent import LAYERS


@pytest.mark.parametrize("cell", STEPS)
def test_a_cell_equals_torchs_layer(cell: str) -> None:
    torch.manual_seed(1)
    layer = LAYERS[cell](5, 7, batch_first=True).double()
    inputs = torch.randn(3, 11, 5, dtype=torch.float64)  # (B, T, E)
    hidden, memory = torch.randn(2, 3, 7, dtype=torch.float64)  # (B, H) each
    first = (hidden.unsqueeze(0), memory.unsqueeze(0)) if cell == "lstm" else hidden.unsqueeze(0)
    expected, last = layer(inputs, first)
    state = CellState(hidden, memory if cell == "lstm" else memory[:, :0])
    for t in range(11):
        state = STEPS[cell](inputs[:, t], state, Weights(*layer.all_weights[0]))
        torch.testing.assert_close(state.hidden, expected[:, t], rtol=0, atol=1e-6)
    if cell == "lstm":
        torch.testing.assert_close(state.memory, last[1][0], rtol=0, atol=1e-6)


def one(value: float) -> torch.Tensor:
    return torch.tensor([[value]], dtype=torch.float64)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def column(*values: float) -> torch.Tensor:
    return torch.tensor([[value] for value in values], dtype=torch.float64)


def test_the_gru_by_hand() -> None:
    weights = Weights(
        column(0.5, -0.3, 0.8),
        column(0.2, 0.7, -0.4),
        column(0.1, 0.2, 0.3)[:, 0],
        column(0.4, 0.5, 0.6)[:, 0],
    )
    reset = sigmoid(0.5 * 2 + 0.1 + 0.2 * 3 + 0.4)
    update = sigmoid(-0.3 * 2 + 0.2 + 0.7 * 3 + 0.5)
    new = math.tanh(0.8 * 2 + 0.3 + reset * (-0.4 * 3 + 0.6))
    state = STEPS["gru"](one(2.0), CellState(one(3.0), one(0.0)[:, :0]), weights)
    assert state.hidden.item() == pytest.approx((1 - update) * new + update * 3.0, abs=1e-12)


def test_the_lstm_by_hand() -> None:
    weights = Weights(
        column(0.5, -0.3, 0.8, 0.9), column(0.2, 0.7, -0.4, 0.6), column(0.1, 0.2, 0.3, 0.4)[:, 0],
        column(0.0, 0.0, 0.0, 0.0)[:, 0],
    )  # fmt: skip
    write = sigmoid(0.5 * 2 + 0.2 * 3 + 0.1)
    keep = sigmoid(-0.3 * 2 + 0.7 * 3 + 0.2)
    candidate = math.tanh(0.8 * 2 - 0.4 * 3 + 0.3)
    show = sigmoid(0.9 * 2 + 0.6 * 3 + 0.4)
    memory = keep * 5.0 + write * candidate
    state = STEPS["lstm"](one(2.0), CellState(one(3.0), one(5.0)), weights)
    assert state.memory.item() == pytest.approx(memory, abs=1e-12)
    assert state.hidden.item() == pytest.approx(show * math.tanh(memory), abs=1e-12)


def test_a_closed_update_gate_keeps_the_state_and_its_gradient() -> None:
    weights = Weights(torch.zeros(3, 1), torch.zeros(3, 1), torch.tensor([0.0, 40.0, 0.0]), torch.zeros(3))
    start = torch.tensor([[0.7]], requires_grad=True)
    state = CellState(start, start[:, :0])
    for _ in range(50):
        state = STEPS["gru"](torch.ones(1, 1), state, weights)
    (gradient,) = torch.autograd.grad(state.hidden.sum(), start)
    assert state.hidden.item() == pytest.approx(0.7)
    assert gradient.item() == pytest.approx(1.0)


def test_torchs_layers_are_the_ones_that_train() -> None:
    assert LAYERS == {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
