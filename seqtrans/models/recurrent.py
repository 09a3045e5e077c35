"""What the two recurrent backbones are built of: a bidirectional encoder and a stack of cells.

Legend of shapes: B batch, S source length, T target length, L layers, E input width, H hidden width.
"""

import math
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

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
        widths = [config.embed_size] + [config.hidden_size] * (config.num_encoder_layers - 1)
        self.layers = nn.ModuleList(
            LAYERS[config.cell](width, config.hidden_size // 2, batch_first=True, bidirectional=True)
            for width in widths
        )
        self.dropout = Dropout(config.dropout)

    def forward(self, embedded: Tensor, src_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return the states of all positions (B, S, H) and the final state of the top layer (B, H).

        `embedded` (B, S, E); `src_mask` (B, S), True = a real piece. The final state is the forward
        direction's after the last piece beside the backward direction's after the first. Packing keeps
        padding out of both.
        """
        lengths = src_mask.sum(dim=1).cpu()
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        for i, layer in enumerate(self.layers):
            if i:
                packed = PackedSequence(self.dropout(packed.data), *packed[1:])
            packed, final = layer(packed)
        states, _ = pad_packed_sequence(packed, batch_first=True)  # (B, S, H)
        hidden = final[0] if isinstance(final, tuple) else final  # (2, B, H/2)
        return states, torch.cat([hidden[0], hidden[1]], dim=-1)  # (B, H)


class Stack(nn.Module):
    """The decoder's layers of cells: all target positions at once, or one step."""

    def __init__(self, config: Config, input_size: int) -> None:
        super().__init__()
        self.cell = config.cell
        widths = [input_size] + [config.hidden_size] * (config.num_decoder_layers - 1)
        self.layers = nn.ModuleList(
            LAYERS[config.cell](width, config.hidden_size, batch_first=True) for width in widths
        )
        self.dropout = Dropout(config.dropout)
        has_memory = config.cell == "lstm"
        self.start = nn.Linear(
            config.hidden_size, config.num_decoder_layers * config.hidden_size * (1 + has_memory)
        )

    def first_state(self, context: Tensor) -> StackState:
        """Return every layer's first state, tanh(V c) (Cho et al. 2014, appendix A.1.2). `context` (B, H)."""
        start = self.start(context).view(len(context), len(self.layers), -1)  # (B, L, H or 2H)
        width = context.size(1)
        hidden, memory = start[..., :width], start[..., width:]
        return StackState(torch.tanh(hidden), memory)

    def forward(self, inputs: Tensor, state: StackState) -> Tensor:
        """Return the top layer's states (B, T, H) for inputs (B, T, E), by torch's fused layers."""
        for i, layer in enumerate(self.layers):
            if i:
                inputs = self.dropout(inputs)
            first = [part[:, i].unsqueeze(0).contiguous() for part in state if part.size(2)]  # (1, B, H)
            inputs, _ = layer(inputs, tuple(first) if len(first) == 2 else first[0])
        return inputs

    def step(self, inputs: Tensor, state: StackState) -> tuple[Tensor, StackState]:
        """Return the top layer's state (B, H) after one input (B, E), by the equations in `cells.py`."""
        after = []
        for i, layer in enumerate(self.layers):
            if i:
                inputs = self.dropout(inputs)
            before = CellState(state.hidden[:, i], state.memory[:, i])
            after.append(STEPS[self.cell](inputs, before, Weights(*cast(nn.RNNBase, layer).all_weights[0])))
            inputs = after[-1].hidden
        hidden = torch.stack([cell.hidden for cell in after], dim=1)  # (B, L, H)
        memory = torch.stack([cell.memory for cell in after], dim=1)
        return inputs, StackState(hidden, memory)
