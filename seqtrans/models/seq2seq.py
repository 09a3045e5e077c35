"""Encoder-decoder over one fixed context vector (Cho et al. 2014; Sutskever et al. 2014).

The encoder's final state is all that the decoder ever learns of the source's order: one vector of H
numbers, whether the sentence has three words or forty. It starts the decoder, enters every step of it (Cho's
f(h_{t-1}, y_{t-1}, c)) and every readout (g(h_t, y_{t-1}, c)). Differences from Cho: the encoder reads in
both directions, context and piece enter a step as one sum, the readout is a tanh layer, not maxout, and the
mean of the source pieces' embeddings, of fixed size too, is added to it (`readout`).

Legend of shapes: B batch, S source length, T target length, V vocabulary, E embedding, H hidden width.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqtrans.config import Config
from seqtrans.models.base import Seq2Seq
from seqtrans.models.dropout import Dropout
from seqtrans.models.recurrent import Embedding, Encoder, Stack, StackState


class FixedState(NamedTuple):
    """The context vector (B, H), the source pieces' mean embedding (B, E), the decoder's layers (B, L, H)."""

    context: Tensor
    mean_piece: Tensor
    hidden: Tensor
    memory: Tensor


class FixedVectorModel(Seq2Seq[FixedState]):
    """The backbone `gru` (with `cell` also an LSTM or a plain RNN)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.tgt_embedding = Embedding(config)
        self.src_embedding = self.tgt_embedding if config.tied else Embedding(config)
        self.encoder = Encoder(config)
        self.decoder = Stack(config, config.embed_size)
        self.into_step = nn.Linear(config.hidden_size, config.embed_size, bias=False)
        self.from_hidden = nn.Linear(config.hidden_size, config.embed_size)
        self.from_previous = nn.Linear(config.embed_size, config.embed_size, bias=False)
        self.from_context = nn.Linear(config.hidden_size, config.embed_size, bias=False)
        self.output = nn.Linear(config.embed_size, config.vocab_size)
        if config.tied:
            self.output.weight = self.tgt_embedding.pieces.weight
        self.dropout = Dropout(config.dropout)

    def embedding_weights(self) -> tuple[Tensor, Tensor]:
        return self.src_embedding.pieces.weight, self.tgt_embedding.pieces.weight

    def encode(self, src: Tensor, src_mask: Tensor) -> FixedState:
        embedded = self.dropout(self.src_embedding(src))  # (B, S, E)
        _, context = self.encoder(embedded, src_mask)  # (B, H)
        real = src_mask.unsqueeze(-1).to(embedded.dtype)  # (B, S, 1)
        mean_piece = (embedded * real).sum(dim=1) / real.sum(dim=1)  # (B, E)
        return FixedState(context, mean_piece, *self.decoder.first_state(context))

    def readouts(self, src: Tensor, src_mask: Tensor, tgt_in: Tensor) -> Tensor:
        state = self.encode(src, src_mask)
        previous = self.dropout(self.tgt_embedding(tgt_in))  # (B, T, E)
        inputs = previous + self.into_step(state.context).unsqueeze(1)  # (B, T, E)
        hidden = self.decoder(inputs, StackState(state.hidden, state.memory))  # (B, T, H)
        context, mean_piece = state.context.unsqueeze(1), state.mean_piece.unsqueeze(1)  # one for all T
        return self.readout(hidden, previous, context, mean_piece)  # (B, T, E)

    def step(self, previous: Tensor, state: FixedState) -> tuple[Tensor, FixedState]:
        embedded = self.dropout(self.tgt_embedding(previous))  # (B, E)
        inputs = embedded + self.into_step(state.context)  # (B, E)
        hidden, after = self.decoder.step(inputs, StackState(state.hidden, state.memory))
        logits = self.output(self.readout(hidden, embedded, state.context, state.mean_piece))  # (B, V)
        return logits, state._replace(hidden=after.hidden, memory=after.memory)

    def select(self, state: FixedState, rows: Tensor) -> FixedState:
        return FixedState(*(part[rows] for part in state))

    def readout(self, hidden: Tensor, previous: Tensor, context: Tensor, mean_piece: Tensor) -> Tensor:
        """Join the decoder's state (..., H), the piece before (..., E) and the source (..., H) in (..., E).

        `mean_piece` (..., E), the mean of the source pieces' embeddings, is added: which words, in no order.
        So the context vector need not spell them, only say how they go together. It is to `attention`'s
        weighted sum of pieces (Nguyen and Chiang 2018) what the context vector is to its contexts.
        """
        readout = torch.tanh(
            self.from_hidden(hidden) + self.from_previous(previous) + self.from_context(context)
        )  # (..., E)
        return self.dropout(readout + mean_piece)  # type: ignore[no-any-return]
