"""Encoder-decoder over a fixed-length vector (Cho et al. 2014; Sutskever et al. 2014).

All that the decoder ever learns of the source are H + K E numbers, whether the sentence has three words or
forty: the encoder's final state, called the context vector, and a few cosine sums of the pieces. The context
vector starts the decoder, enters every step of it (Cho's f(h_{t-1}, y_{t-1}, c)) and every readout
(g(h_t, y_{t-1}, c)), where each state also mixes the sums as it likes. Differences from Cho: the encoder
reads in both directions, context and piece enter a step as one sum, the readout is a tanh layer, not
maxout, and the cosine sums, which `num_cosines=0` leaves out.

Legend of shapes: B batch, S source length, T target length, V vocabulary, E embedding, H hidden width, K
cosine sums.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqtrans.config import Config
from seqtrans.models.base import Seq2Seq
from seqtrans.models.dropout import Dropout
from seqtrans.models.recurrent import Embedding, Encoder, Stack, StackState


class FixedState(NamedTuple):
    """The context vector (B, H), the source's cosine sums (B, K, E), the decoder's layers (B, L, H)."""

    context: Tensor
    sums: Tensor
    hidden: Tensor
    memory: Tensor


def cosines(src_mask: Tensor, num_cosines: int) -> Tensor:
    """Return the weights (B, K, S) of K sums over the n pieces of a sentence: cos(pi k (i + 1/2) / n) / n.

    Sum 0 is the mean of the pieces: which there are. Sum 1 weighs the front against the back, sum 2 both
    ends against the middle, and so on, ever finer: where they are. This is the discrete cosine transform,
    whose first coefficients serve as a sentence's embedding in Almarwani et al. 2019. Padding weighs 0.
    """
    positions = torch.arange(src_mask.size(1), device=src_mask.device) + 0.5  # (S,)
    waves = torch.arange(num_cosines, device=src_mask.device).unsqueeze(1)  # (K, 1)
    lengths = src_mask.sum(dim=1).view(-1, 1, 1)  # (B, 1, 1)
    return torch.cos(math.pi * waves * positions / lengths) * src_mask.unsqueeze(1) / lengths


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
        # Not an nn.Linear, which warns about K = 0.
        self.mixing = nn.Parameter(torch.zeros(config.num_cosines, config.hidden_size))
        self.mixing_bias = nn.Parameter((torch.arange(config.num_cosines) == 0).float())  # at first the mean
        self.output = nn.Linear(config.embed_size, config.vocab_size)
        if config.tied:
            self.output.weight = self.tgt_embedding.pieces.weight
        self.dropout = Dropout(config.dropout)

    def embedding_weights(self) -> tuple[Tensor, Tensor]:
        return self.src_embedding.pieces.weight, self.tgt_embedding.pieces.weight

    def encode(self, src: Tensor, src_mask: Tensor) -> FixedState:
        embedded = self.dropout(self.src_embedding(src))  # (B, S, E)
        _, context = self.encoder(embedded, src_mask)  # (B, H)
        sums = cosines(src_mask, len(self.mixing)).to(embedded.dtype) @ embedded  # (B, K, E)
        return FixedState(context, sums, *self.decoder.first_state(context))

    def forward(self, src: Tensor, src_mask: Tensor, tgt_in: Tensor) -> Tensor:
        state = self.encode(src, src_mask)
        previous = self.dropout(self.tgt_embedding(tgt_in))  # (B, T, E)
        inputs = previous + self.into_step(state.context).unsqueeze(1)  # (B, T, E)
        hidden = self.decoder(inputs, StackState(state.hidden, state.memory))  # (B, T, H)
        return self.output(self.readout(hidden, previous, state))  # type: ignore[no-any-return]

    def step(self, previous: Tensor, state: FixedState) -> tuple[Tensor, FixedState]:
        embedded = self.dropout(self.tgt_embedding(previous))  # (B, E)
        inputs = embedded + self.into_step(state.context)  # (B, E)
        hidden, after = self.decoder.step(inputs, StackState(state.hidden, state.memory))
        readout = self.readout(hidden.unsqueeze(1), embedded.unsqueeze(1), state).squeeze(1)  # (B, E)
        return self.output(readout), state._replace(hidden=after.hidden, memory=after.memory)

    def select(self, state: FixedState, rows: Tensor) -> FixedState:
        return FixedState(*(part[rows] for part in state))

    def readout(self, hidden: Tensor, previous: Tensor, state: FixedState) -> Tensor:
        """Join the decoder's states (B, T, H), the pieces before (B, T, E) and the source in (B, T, E).

        Each state's mix of the sums is added: pieces of the source, whose embeddings their translations
        resemble. So the context vector need not spell words, only say how they go together. The mix is to
        `attention`'s weighted sum of pieces (Nguyen and Chiang 2018) what the context vector is to its
        contexts: it can tell a sentence's front from its back, but not a word from the next.
        """
        readout = torch.tanh(
            self.from_hidden(hidden)
            + self.from_previous(previous)
            + self.from_context(state.context).unsqueeze(1)
        )  # (B, T, E)
        mix = nn.functional.linear(hidden, self.mixing, self.mixing_bias)  # (B, T, K)
        return self.dropout(readout + mix @ state.sums)  # type: ignore[no-any-return]
