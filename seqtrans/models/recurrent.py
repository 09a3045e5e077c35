"""What the two recurrent backbones are built of: a bidirectional encoder and a stack of cells.

Legend of shapes: B batch, S source length, T target length, L layers, E input width, H hidden width.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from seqtrans.config import Config
from seqtrans.models.cells import STEPS, CellState, Weights
from seqtrans.models.dropout import Dropout

LAYERS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class StackState(NamedTuple):
    """The state of every layer, batch first: `hidden` (B, L, H), `memory` (B, L, H) or (B, L, 0)."""

    hidden: Tensor
    memory: Tensor


class Embedding(nn.Module):
    """Piece embeddings that serve as input and, transposed, as output (Press and Wolf 2017).

    The output wants small numbers (logits near 0 at first), the input numbers near 1: the matrix is
    drawn small and scaled by sqrt(E) where it is read, as in Vaswani et al. 2017, section 3.4.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.pieces = nn.Embedding(config.vocab_size, config.embed_size)
        nn.init.normal_(self.pieces.weight, std=config.embed_size**-0.5)
        self.scale = math.sqrt(config.embed_size)

    def forward(self, ids: Tensor) -> Tensor:
        """Return (..., E) for ids (...)."""
        return self.pieces(ids) * self.scale  # type: ignore[no-any-return]


class Encoder(nn.Module):
    """Read the source in both directions (Schuster and Paliwal 1997).

    Each direction has H/2 units, so that a source position is H numbers wide: what stands before it and
    what stands behind it.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.layers = LAYERS[config.cell](
            config.embed_size,
            config.hidden_size // 2,
            config.num_encoder_layers,
            batch_first=True,
            bidirectional=True,
            dropout=config.dropout if config.num_encoder_layers > 1 else 0.0,
        )

    def forward(self, embedded: Tensor, src_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return the states of all positions (B, S, H) and the final state of the top layer (B, H).

        `embedded` (B, S, E); `src_mask` (B, S), True = a real piece. The final state is the forward
        direction's after the last piece beside the backward direction's after the first. Packing keeps
        padding out of both.
        """
        lengths = src_mask.sum(dim=1).cpu()
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        packed_states, final = self.layers(packed)
        states, _ = pad_packed_sequence(packed_states, batch_first=True)  # (B, S, H)
        hidden = final[0] if isinstance(final, tuple) else final  # (2L, B, H/2)
        return states, torch.cat([hidden[-2], hidden[-1]], dim=-1)  # (B, H)


class Stack(nn.Module):
    """The decoder's layers of cells: all target positions at once, or one step."""

    def __init__(self, config: Config, input_size: int) -> None:
        super().__init__()
        self.cell = config.cell
        self.layers = LAYERS[config.cell](
            input_size,
            config.hidden_size,
            config.num_decoder_layers,
            batch_first=True,
            dropout=config.dropout if config.num_decoder_layers > 1 else 0.0,
        )
        self.dropout = Dropout(config.dropout)
        has_memory = config.cell == "lstm"
        self.start = nn.Linear(
            config.hidden_size, config.num_decoder_layers * config.hidden_size * (1 + has_memory)
        )

    def first_state(self, context: Tensor) -> StackState:
        """Return every layer's first state, tanh(V c) (Cho et al. 2014, appendix A.1.2). `context` (B, H)."""
        num_layers = self.layers.num_layers
        start = self.start(context).view(len(context), num_layers, -1)  # (B, L, H or 2H)
        hidden, memory = start.split([self.layers.hidden_size, start.size(2) - self.layers.hidden_size], -1)
        return StackState(torch.tanh(hidden), memory)

    def forward(self, inputs: Tensor, state: StackState) -> Tensor:
        """Return the top layer's states (B, T, H) for inputs (B, T, E), by torch's fused layers."""
        first = [part.transpose(0, 1).contiguous() for part in state if part.size(2)]  # (L, B, H)
        outputs, _ = self.layers(inputs, tuple(first) if len(first) == 2 else first[0])
        return outputs  # type: ignore[no-any-return]

    def step(self, inputs: Tensor, state: StackState) -> tuple[Tensor, StackState]:
        """Return the top layer's state (B, H) after one input (B, E), by the equations in `cells.py`."""
        after = []
        for layer, weights in enumerate(self.layers.all_weights):
            if layer:
                inputs = self.dropout(inputs)
            before = CellState(state.hidden[:, layer], state.memory[:, layer])
            after.append(STEPS[self.cell](inputs, before, Weights(*weights)))
            inputs = after[-1].hidden
        hidden = torch.stack([cell.hidden for cell in after], dim=1)  # (B, L, H)
        memory = torch.stack([cell.memory for cell in after], dim=1)
        return inputs, StackState(hidden, memory)
