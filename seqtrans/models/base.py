"""The contract of a backbone: what training, decoding and the tests may rely on.

Legend of shapes: B batch, S source length, T target length, V vocabulary.
"""

from abc import ABC, abstractmethod
from typing import Generic, NamedTuple, TypeVar

from torch import Tensor, nn

State = TypeVar("State", bound=NamedTuple)
"""What a decoder carries from step to step: a NamedTuple of tensors."""


class Seq2Seq(nn.Module, ABC, Generic[State]):
    """A conditional language model of the target given the source.

    For every backbone `forward` and repeated `step` give the same logits, padding changes nothing, and
    `tgt_in[:, t + 1:]` never changes the logits at position t.
    """

    output: nn.Linear
    """The decoder's last layer, which makes logits (..., V)."""

    @abstractmethod
    def embedding_weights(self) -> tuple[Tensor, Tensor]:
        """Return the embeddings (V, E) of source and target pieces: the same tensor twice when tied."""

    @abstractmethod
    def encode(self, src: Tensor, src_mask: Tensor) -> State:
        """Read the source and return the state before the first target piece.

        `src` (B, S) int64 ids; `src_mask` (B, S) bool, True = a real piece.
        """

    @abstractmethod
    def forward(self, src: Tensor, src_mask: Tensor, tgt_in: Tensor) -> Tensor:
        """Return the logits of every next piece (B, T, V), given the true pieces before it.

        `tgt_in` (B, T) int64, BOS first. This is teacher forcing: all T positions at once.
        """

    @abstractmethod
    def step(self, previous: Tensor, state: State) -> tuple[Tensor, State]:
        """Return the logits of the next piece (B, V) and the state after `previous` (B,) int64.

        The state that went in must not be used again: its memory may serve the one that comes out.
        """

    @abstractmethod
    def select(self, state: State, rows: Tensor) -> State:
        """Return the state of some sentences of the batch: `rows` (R,) int64, in the order wanted."""
