"""A Transformer's decoder for one sentence on a CPU: the steps of `transformer.py` once more, in numpy.

A step for one sentence is some hundred products and sums of short vectors. To call torch for each of them
takes longer than the arithmetic; numpy is called more quickly (`make bench` shows what it buys). The arrays
are views of torch's memory: no weight is copied, and the state is the Transformer's own.

Legend of shapes: D model width, H heads, K = D // H, M keys, S source length, T target length, V vocabulary.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, cast

import numpy as np
import torch
from torch import Tensor, nn

from seqtrans.models.base import Seq2Seq
from seqtrans.models.transformer import (
    DecoderLayer,
    Sublayer,
    Transformer,
    TransformerState,
    angles,
    with_room,
)

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


def step_for(model: Seq2Seq[Any], num_rows: int) -> Callable[[Tensor, Any], tuple[Tensor, Any]]:
    """Return the quickest way to do what `model.step` does, without gradients, on states of so many rows."""
    if num_rows == 1 and isinstance(model, Transformer) and not model.training:
        weight = model.output.weight
        if weight.device.type == "cpu" and weight.dtype == torch.float32:
            return OneSentenceDecoder(model).step
    return model.step


def view(tensor: Tensor) -> Array:
    """Return an array that shares the tensor's memory."""
    return tensor.detach().numpy()


def product(weight: Tensor, vector: Array) -> Array:
    """Return the product of a matrix (N, D) and a vector (D,): (N,). By torch, within the cores it was given.

    Numpy takes all cores for it, and waits for those that another program keeps busy.
    """
    return torch.mv(weight, torch.from_numpy(vector)).numpy()


def attend(query: Array, keys: Array, values: Array, mask: Array | None) -> Array:
    """Return (D,): what `transformer.attend` gives each head's query, in `query` (D,), side by side.

    `keys` and `values` (H, M, K); `mask` (M,), True = may be looked at (None: all may).
    """
    heads = query.reshape(len(keys), -1, 1)  # (H, K, 1)
    energies = (keys @ heads).squeeze(2) / math.sqrt(heads.shape[1])  # (H, M)
    if mask is not None:
        energies[:, ~mask] = -np.inf
    weights = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    contexts: Array = weights[:, None] @ values  # (H, 1, K)
    return contexts.ravel()


class LayerNorm(NamedTuple):
    """What `nn.LayerNorm` is."""

    weight: Array  # (D,)
    bias: Array  # (D,)
    epsilon: float

    @classmethod
    def of(cls, norm: nn.LayerNorm) -> "LayerNorm":
        return cls(view(norm.weight), view(norm.bias), norm.eps)

    def __call__(self, states: Array) -> Array:
        centred: Array = states - states.sum() / len(states)  # `mean` takes five times as long
        deviation = math.sqrt(centred @ centred / len(centred) + self.epsilon)
        return centred / deviation * self.weight + self.bias


class Frame:
    """What `transformer.Sublayer` is."""

    def __init__(self, sublayer: Sublayer) -> None:
        self.layer_norm, self.pre_norm = LayerNorm.of(sublayer.layer_norm), sublayer.pre_norm

    def before(self, states: Array) -> Array:
        return self.layer_norm(states) if self.pre_norm else states

    def after(self, states: Array, update: Array) -> Array:
        states = states + update
        return states if self.pre_norm else self.layer_norm(states)


class Layer:
    """What `transformer.DecoderLayer` is. All states are (D,)."""

    def __init__(self, layer: DecoderLayer) -> None:
        self.self_frame, self.cross_frame = Frame(layer.self_frame), Frame(layer.cross_frame)
        self.feed_forward_frame = Frame(layer.feed_forward_frame)
        self.project = layer.self_attention.project.weight.detach()  # (3D, D)
        self.self_output = layer.self_attention.output.weight.detach()  # (D, D)
        self.cross_output = layer.cross_attention.output.weight.detach()  # (D, D)
        self.cross_query = layer.cross_attention.project.weight.detach()[: len(self.cross_output)]  # (D, D)
        self.inner = layer.feed_forward.inner.weight.detach()
        self.outer = layer.feed_forward.outer.weight.detach()

    def look_at_target(
        self, states: Array, turn: Array | None, keys: Array, values: Array, position: int
    ) -> Array:
        """Attend to the target so far, and write this position's key and value into the caches (H, T, K)."""
        heads = product(self.project, self.self_frame.before(states)).reshape(3, len(keys), -1)  # (3, H, K)
        if turn is not None:
            heads[:2] = (heads[:2].view(np.complex64) * turn).view(np.float32)
        query, keys[:, position], values[:, position] = heads
        so_far = slice(position + 1)
        contexts = attend(query, keys[:, so_far], values[:, so_far], None)
        return self.self_frame.after(states, product(self.self_output, contexts))

    def look_at_source(self, states: Array, keys: Array, values: Array, mask: Array | None) -> Array:
        """Attend to the source's keys and values (H, S, K); `mask` (S,) or None as in `attend`."""
        query = product(self.cross_query, self.cross_frame.before(states))
        contexts = attend(query, keys, values, mask)
        return self.cross_frame.after(states, product(self.cross_output, contexts))

    def feed_forward(self, states: Array) -> Array:
        inner = np.maximum(product(self.inner, self.feed_forward_frame.before(states)), 0)
        return self.feed_forward_frame.after(states, product(self.outer, inner))


class OneSentenceDecoder:
    """What the decoder of `transformer.Transformer` is."""

    def __init__(self, model: Transformer) -> None:
        self.scale, self.is_rotary = math.sqrt(model.d_model), model.is_rotary
        self.embedding = view(model.tgt_embedding.weight)  # (V, D)
        self.layers = [Layer(cast(DecoderLayer, layer)) for layer in model.decoder]
        norm = model.decoder_norm
        self.last_norm = LayerNorm.of(norm) if isinstance(norm, nn.LayerNorm) else None
        self.output, self.bias = model.output.weight.detach(), view(model.output.bias)  # (V, D), (V,)
        width = model.head_width if model.is_rotary else model.d_model
        self.angles = view(angles(torch.ones(1), width)[0])  # from one position to the next

    def step(self, previous: Tensor, state: TransformerState) -> tuple[Tensor, TransformerState]:
        """Do what `Transformer.step` does, for one row."""
        state, position = with_room(state), int(state.length)
        states, turn = self.embed(int(previous), position)  # (D,)
        src_mask = view(state.src_mask[0])  # (S,)
        mask = None if src_mask.all() else src_mask
        caches = [view(part)[:, 0] for part in state[1:5]]  # (L, H, S or T, K)
        for layer, src_keys, src_values, tgt_keys, tgt_values in zip(self.layers, *caches, strict=True):
            states = layer.look_at_target(states, turn, tgt_keys, tgt_values, position)
            states = layer.look_at_source(states, src_keys, src_values, mask)
            states = layer.feed_forward(states)
        if self.last_norm is not None:
            states = self.last_norm(states)
        logits = product(self.output, states) + self.bias  # (V,)
        return torch.from_numpy(logits).unsqueeze(0), state._replace(length=state.length + 1)

    def embed(self, piece: int, position: int) -> tuple[Array, Array | None]:
        """Return a piece's embedding (D,) and rotation (K / 2,); None where its position is added instead."""
        embedded, turns = self.embedding[piece] * self.scale, position * self.angles
        if self.is_rotary:
            return embedded, np.cos(turns) + 1j * np.sin(turns)
        return embedded + np.stack([np.sin(turns), np.cos(turns)], axis=-1).ravel()[: len(embedded)], None
