"""The encoder and the stack of cells."""

import pytest
import torch

from seqtrans.models.recurrent import LAYERS, Encoder, Stack, StackState
from tests.conftest import tiny_config

CELLS = ("gru", "lstm", "rnn")


@pytest.mark.parametrize("cell", CELLS)
def test_the_encoder_equals_torchs_layer_on_each_sentence_without_padding(cell: str) -> None:
    torch.manual_seed(1)
    encoder = Encoder(tiny_config(f"gru {cell}" if cell != "gru" else "gru"))
    layer = LAYERS[cell](6, 5, 2, batch_first=True, bidirectional=True)
    for i, own in enumerate(encoder.layers):  # torch's names end in the number of the layer
        for name, weights in own.named_parameters():
            getattr(layer, name.replace("_l0", f"_l{i}")).data.copy_(weights)
    embedded, lengths = torch.randn(3, 7, 6), [4, 7, 1]
    mask = torch.arange(7) < torch.tensor(lengths).unsqueeze(1)
    states, final = encoder(embedded, mask)
    for row, length in enumerate(lengths):
        alone, _ = layer(embedded[row : row + 1, :length])  # (1, S, 10)
        torch.testing.assert_close(states[row, :length], alone[0])
        torch.testing.assert_close(final[row], torch.cat([alone[0, -1, :5], alone[0, 0, 5:]]))


@pytest.mark.parametrize("cell", CELLS)
def test_the_first_state_is_tanh_of_a_projection(cell: str) -> None:
    stack = Stack(tiny_config(f"gru {cell}" if cell != "gru" else "gru"), 6)
    context = torch.randn(3, 10)
    state = stack.first_state(context)
    assert state.hidden.shape == (3, 2, 10)
    assert state.memory.shape == (3, 2, 10 if cell == "lstm" else 0)
    width = 20 if cell == "lstm" else 10
    rows = stack.start.weight[width : width + 10] @ context[1] + stack.start.bias[width : width + 10]
    torch.testing.assert_close(state.hidden[1, 1], torch.tanh(rows))


@pytest.mark.parametrize("cell", CELLS)
def test_step_carries_the_state_of_every_layer(cell: str) -> None:
    torch.manual_seed(2)
    stack = Stack(tiny_config(f"gru {cell}" if cell != "gru" else "gru"), 6).eval()
    state = StackState(torch.randn(3, 2, 10), torch.randn(3, 2, 10 if cell == "lstm" else 0))
    inputs = torch.randn(3, 4, 6)
    expected = stack(inputs, state)
    for t in range(4):
        output, state = stack.step(inputs[:, t], state)
        torch.testing.assert_close(output, expected[:, t])
