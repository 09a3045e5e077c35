"""One step of the three recurrent cells, each equation written out with its gates named as in the papers.

Decoding runs these functions, a step at a time. Training runs torch's fused layers (`nn.RNN`,
`nn.LSTM`, `nn.GRU`), which compute the same from the same weights. To compare the cells, read down the
three functions and ask what multiplies the old state on its way into the new one: that product, step
after step, is what a gradient must survive. In the plain RNN it is a matrix and the slope of a tanh; in
the LSTM the forget gate, in the GRU the update gate, both of which can stay near 1.

Legend of shapes: B batch, E input width, H hidden width.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import linear


class Weights(NamedTuple):
    """One layer's weights as torch keeps them: the rows of all gates stacked (1 gate in the RNN, 4, 3)."""

    input: Tensor  # (gates H, E)
    hidden: Tensor  # (gates H, H)
    input_bias: Tensor  # (gates H,)
    hidden_bias: Tensor  # (gates H,)


class CellState(NamedTuple):
    """The state between two steps: `hidden` (B, H), and `memory` (B, H), which the LSTM alone has (B, 0)."""

    hidden: Tensor
    memory: Tensor


def rnn_step(inputs: Tensor, state: CellState, weights: Weights) -> CellState:
    """The simple recurrent network (Elman 1990): h' = tanh(W x + U h + b). `inputs` is (B, E)."""
    hidden = torch.tanh(
        linear(inputs, weights.input, weights.input_bias)
        + linear(state.hidden, weights.hidden, weights.hidden_bias)
    )  # (B, H)
    return CellState(hidden, state.memory)


def lstm_step(inputs: Tensor, state: CellState, weights: Weights) -> CellState:
    """Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000)."""
    rows = linear(inputs, weights.input, weights.input_bias) + linear(
        state.hidden, weights.hidden, weights.hidden_bias
    )  # (B, 4H)
    input_row, forget_row, candidate_row, output_row = rows.chunk(4, dim=-1)
    input_gate = torch.sigmoid(input_row)  # i: how much of the candidate is written
    forget_gate = torch.sigmoid(forget_row)  # f: how much of the old memory stays
    output_gate = torch.sigmoid(output_row)  # o: how much of the memory shows
    candidate = torch.tanh(candidate_row)  # g
    memory = forget_gate * state.memory + input_gate * candidate  # (B, H)
    return CellState(output_gate * torch.tanh(memory), memory)


def gru_step(inputs: Tensor, state: CellState, weights: Weights) -> CellState:
    """The gated recurrent unit (Cho et al. 2014), with the reset gate behind the product U h.

    Cho's equation 8 resets the state before the product; behind it (as torch and cuDNN have it), one
    matrix product serves all three rows. An update gate of 1 keeps the old state, as in the paper.
    """
    from_input = linear(inputs, weights.input, weights.input_bias)  # (B, 3H)
    from_hidden = linear(state.hidden, weights.hidden, weights.hidden_bias)  # (B, 3H)
    input_reset, input_update, input_new = from_input.chunk(3, dim=-1)
    hidden_reset, hidden_update, hidden_new = from_hidden.chunk(3, dim=-1)
    reset = torch.sigmoid(input_reset + hidden_reset)  # r
    update = torch.sigmoid(input_update + hidden_update)  # z
    new = torch.tanh(input_new + reset * hidden_new)  # n, the candidate
    return CellState((1 - update) * new + update * state.hidden, state.memory)


STEPS = {"rnn": rnn_step, "lstm": lstm_step, "gru": gru_step}
