"""The recurrent encoder-decoder with attention over all encoder states (Bahdanau 2015, Luong 2015).

At every target step the decoder's state asks which source positions matter (energies, softmax,
alphas) and gets their weighted sum: a context vector of its own for each step, where the backbone `gru`
has one for the whole sentence. The scores are those of Luong et al. 2015, section 3.1 (dot, general) and
of Bahdanau et al. 2015, appendix A.1.2 (additive). Differences: no input feeding (Luong 3.3), and the
additive score too reads the state after the piece, not before it; so training can run the decoder's
layers over the whole target at once and attend from all positions in one product. And attention hands on
the source pieces themselves beside their states (`readout`).

Legend of shapes: B batch, S source length, T target length, V vocabulary, E embedding, H hidden width.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqtrans.config import Config
from seqtrans.models.base import Seq2Seq
from seqtrans.models.dropout import Dropout
from seqtrans.models.recurrent import Embedding, Encoder, Stack, StackState


class AttentionState(NamedTuple):
    """The source as the decoder sees it, and the decoder's layers (B, L, H).

    `keys` (B, S, H) are for the score; `values` (B, S, H + E) are what attention hands on: the encoder's
    states beside the embeddings of the pieces themselves.
    """

    keys: Tensor
    values: Tensor
    src_mask: Tensor
    hidden: Tensor
    memory: Tensor


class DotScore(nn.Module):
    """energy = q . h (Luong 2015, dot)."""

    def keys(self, states: Tensor) -> Tensor:
        return states

    def forward(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Return energies (B, T, S) for queries (B, T, H) and keys (B, S, H)."""
        return queries @ keys.transpose(1, 2)


class GeneralScore(DotScore):
    """energy = q . W h (Luong 2015, general): the product W h is made once for each source."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.project = nn.Linear(config.hidden_size, config.hidden_size, bias=False)

    def keys(self, states: Tensor) -> Tensor:
        return self.project(states)  # type: ignore[no-any-return]


class AdditiveScore(nn.Module):
    """energy = v . tanh(W q + U h) (Bahdanau 2015)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.project_query = nn.Linear(config.hidden_size, config.hidden_size)
        self.project_key = nn.Linear(config.hidden_size, config.hidden_size, bias=False)
        self.weigh = nn.Linear(config.hidden_size, 1, bias=False)

    def keys(self, states: Tensor) -> Tensor:
        return self.project_key(states)  # type: ignore[no-any-return]

    def forward(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Return energies (B, T, S) for queries (B, T, H) and keys (B, S, H)."""
        pairs = self.project_query(queries).unsqueeze(2) + keys.unsqueeze(1)  # (B, T, S, H)
        return self.weigh(torch.tanh(pairs)).squeeze(-1)  # type: ignore[no-any-return]


def attend(energies: Tensor, values: Tensor, src_mask: Tensor) -> Tensor:
    """Return one context (B, T, N) a query: the values (B, S, N) summed with weights softmax(energies).

    `energies` (B, T, S); `src_mask` (B, S), True = a real piece; padding gets a weight of 0.
    """
    alphas = energies.masked_fill(~src_mask.unsqueeze(1), -torch.inf).softmax(dim=-1)  # (B, T, S)
    return alphas @ values


class AttentionModel(Seq2Seq[AttentionState]):
    """The backbone `attention`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.tgt_embedding = Embedding(config)
        self.src_embedding = self.tgt_embedding if config.tied else Embedding(config)
        self.encoder = Encoder(config)
        self.decoder = Stack(config, config.embed_size)
        if config.score == "dot":
            self.score: DotScore | AdditiveScore = DotScore()
        elif config.score == "general":
            self.score = GeneralScore(config)
        else:
            self.score = AdditiveScore(config)
        self.combine = nn.Linear(2 * config.hidden_size, config.embed_size)
        self.output = nn.Linear(config.embed_size, config.vocab_size)
        if config.tied:
            self.output.weight = self.tgt_embedding.pieces.weight
        self.dropout = Dropout(config.dropout)

    def embedding_weights(self) -> tuple[Tensor, Tensor]:
        return self.src_embedding.pieces.weight, self.tgt_embedding.pieces.weight

    def encode(self, src: Tensor, src_mask: Tensor) -> AttentionState:
        embedded = self.dropout(self.src_embedding(src))  # (B, S, E)
        states, final = self.encoder(embedded, src_mask)  # (B, S, H), (B, H)
        states = self.dropout(states)
        values = torch.cat([states, embedded.to(states.dtype)], dim=-1)  # (B, S, H + E)
        return AttentionState(self.score.keys(states), values, src_mask, *self.decoder.first_state(final))

    def forward(self, src: Tensor, src_mask: Tensor, tgt_in: Tensor) -> Tensor:
        state = self.encode(src, src_mask)
        embedded = self.dropout(self.tgt_embedding(tgt_in))  # (B, T, E)
        hidden = self.decoder(embedded, StackState(state.hidden, state.memory))  # (B, T, H)
        return self.output(self.readout(hidden, state))  # type: ignore[no-any-return]

    def step(self, previous: Tensor, state: AttentionState) -> tuple[Tensor, AttentionState]:
        embedded = self.dropout(self.tgt_embedding(previous))  # (B, E)
        hidden, after = self.decoder.step(embedded, StackState(state.hidden, state.memory))
        logits = self.output(self.readout(hidden.unsqueeze(1), state).squeeze(1))  # (B, V)
        return logits, state._replace(hidden=after.hidden, memory=after.memory)

    def select(self, state: AttentionState, rows: Tensor) -> AttentionState:
        return AttentionState(*(part[rows] for part in state))

    def readout(self, hidden: Tensor, state: AttentionState) -> Tensor:
        """Attend with each state (B, T, H) and return h~ = tanh(W [c; h]) + e (B, T, E) (Luong equation 5).

        e is the weighted sum of the source pieces' embeddings, a short way from a word to its translation
        (Nguyen and Chiang 2018, "Improving Lexical Choice in Neural Machine Translation").
        """
        attended = attend(self.score(hidden, state.keys), state.values, state.src_mask)  # (B, T, H + E)
        contexts, pieces = attended.tensor_split([hidden.size(-1)], dim=-1)  # (B, T, H), (B, T, E)
        readout = torch.tanh(self.combine(torch.cat([contexts, hidden], dim=-1)))  # (B, T, E)
        return self.dropout(readout + pieces)  # type: ignore[no-any-return]
