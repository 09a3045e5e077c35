"""The Transformer (Vaswani et al. 2017, "Attention Is All You Need").

Sections in brackets are the paper's. Differences, each by default: positions turn queries and keys (rotary,
Su et al. 2021, "RoFormer") instead of being added to the embeddings (`positions="sinusoidal"` is the
paper's); layer norm before a sublayer instead of behind it (pre-norm, Wang et al. 2019; `norm="post"` is the
paper's) and the last layer norm that pre-norm needs; one projection makes query, key and value. Always: no
biases in a layer's products, which cost time and teach nothing (`recipe.md` has the trials).

Legend of shapes: B batch, S source length, T target length, V vocabulary, D model width, H heads, K = D // H,
L decoder layers, Q queries, M keys.
"""

import math
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from seqtrans.config import Config
from seqtrans.models.base import Seq2Seq
from seqtrans.models.dropout import Dropout

FIRST_ROOM = 16
"""Target pieces that a fresh state has room for."""


class TransformerState(NamedTuple):
    """Keys and values of all decoder layers: of the source, and of the target pieces so far.

    Layers come first, so that each layer's part is one block of memory, which a batched product takes as
    it is. The target's tensors have room for T pieces and grow when it is used up.
    """

    src_mask: Tensor  # (B, S)
    src_keys: Tensor  # (L, B, H, S, K)
    src_values: Tensor  # (L, B, H, S, K)
    tgt_keys: Tensor  # (L, B, H, T, K)
    tgt_values: Tensor  # (L, B, H, T, K)
    length: Tensor  # (): how many of the T are filled


def angles(positions: Tensor, width: int) -> Tensor:
    """Return (T, width / 2) angles for positions (T,): from 1 radian a position down to 1/10,000 [3.5]."""
    exponents = torch.arange(0, width, 2, device=positions.device) / width
    return positions.unsqueeze(1) * 10_000.0**-exponents


def sinusoids(positions: Tensor, d_model: int) -> Tensor:
    """Return the encodings (T, D) of positions (T,): sines in the even columns, cosines in the odd [3.5]."""
    turns = angles(positions, d_model)  # (T, D / 2)
    return torch.stack([turns.sin(), turns.cos()], dim=-1).view(len(positions), -1)[:, :d_model]


def rotations(positions: Tensor, head_width: int) -> Tensor:
    """Return the complex numbers (T, K / 2), of length 1, by which positions (T,) turn a query or a key."""
    turns = angles(positions, head_width)  # (T, K / 2)
    return torch.polar(torch.ones_like(turns), turns)


def rotate(heads: Tensor, by: Tensor) -> Tensor:
    """Turn queries or keys (B, H, T, K), each pair of numbers in its plane, `by` rotations (T, K / 2).

    The product of a query at position i and a key at position j then depends on i - j alone (Su et al. 2021,
    section 3.2): attention learns distances, and the embeddings are left to meaning.
    """
    precise = heads.to(torch.promote_types(heads.dtype, torch.float32))  # there is no complex bfloat16
    pairs = torch.view_as_complex(precise.unflatten(-1, (-1, 2)))  # (B, H, T, K / 2)
    return torch.view_as_real(pairs * by).flatten(-2).to(heads.dtype)


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """Return (B, H, Q, K): each query's sum of values, weighted with softmax(q k / sqrt(K)) [equation 1].

    `query` (B, H, Q, K); `key` and `value` (B, H, M, K): a value for every key, while the queries may be
    fewer or more. `mask` broadcasts to (B, H, Q, M), True = may be looked at (None: all may). Without
    the division, products of K random numbers grow like sqrt(K) and the softmax becomes one-hot, with
    no gradient.
    """
    energies = (query / math.sqrt(query.size(-1))) @ key.transpose(-2, -1)  # (B, H, Q, M)
    if mask is not None:
        energies = energies.masked_fill_(~mask, -torch.inf)
    return energies.softmax(dim=-1) @ value


class MultiHeadAttention(nn.Module):
    """Scaled dot-product attention in H heads side by side [3.2]."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.num_heads, self.head_width = config.num_heads, config.d_model // config.num_heads
        self.project = nn.Linear(config.d_model, 3 * config.d_model, bias=False)  # query, key, value
        self.output = nn.Linear(config.d_model, config.d_model, bias=False)

    def split(self, projected: Tensor) -> Tensor:
        """Cut each vector into heads: (B, T, N K) to (B, N, T, K), where N is H, 2H or 3H.

        Head h of W x is (the h-th block of rows of W) x, so cutting one long product in pieces is the same as
        products with matrices of their own.
        """
        return projected.view(*projected.shape[:2], -1, self.head_width).transpose(1, 2)

    def query_key_value(self, states: Tensor, turn: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Project (B, T, D) for self-attention: three of (B, H, T, K), two turned by (T, K / 2), if given."""
        heads = self.split(self.project(states))  # (B, 3H, T, K)
        query_key, value = heads.split([2 * self.num_heads, self.num_heads], dim=1)
        if turn is not None:
            query_key = rotate(query_key, turn)
        query, key = query_key.chunk(2, dim=1)
        return query, key, value

    def query(self, states: Tensor) -> Tensor:
        """Project the side that asks, (B, T, D), for cross-attention: (B, H, T, K)."""
        return self.split(nn.functional.linear(states, self.project.weight[: states.size(-1)]))

    def key_value(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """Project the side that is looked at, (B, S, D), for cross-attention: two of (B, H, S, K)."""
        projected = nn.functional.linear(states, self.project.weight[states.size(-1) :])
        key, value = self.split(projected).chunk(2, dim=1)
        return key, value

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
        """Attend in every head and join the heads: (B, Q, D), for the arguments of `attend`."""
        if query.dtype == torch.float32:  # the same in one fused call (`make bench` shows what it buys)
            contexts = nn.functional.scaled_dot_product_attention(query, key, value, mask)
        else:  # training in bfloat16, where that call takes eight times as long
            contexts = attend(query, key, value, mask)  # (B, H, Q, K)
        return self.output(contexts.transpose(1, 2).flatten(2))  # type: ignore[no-any-return]


class Sublayer(nn.Module):
    """The frame of each sublayer: dropout, residual connection and layer norm [3.1, 5.4].

    Dropout has its place here and on the embeddings, as in the paper. Other programs also drop attention
    weights and inner activations, which cost time and quality here (`recipe.md` has the trials).
    Pre-norm: x + f(norm(x)); post-norm: norm(x + f(x)). Use: `x = after(x, f(before(x)))`.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.layer_norm = nn.LayerNorm(config.d_model)
        self.dropout = Dropout(config.dropout)
        self.pre_norm = config.norm == "pre"

    def before(self, states: Tensor) -> Tensor:
        return self.layer_norm(states) if self.pre_norm else states

    def after(self, states: Tensor, update: Tensor) -> Tensor:
        states = states + self.dropout(update)
        return states if self.pre_norm else self.layer_norm(states)


class FeedForward(nn.Module):
    """Two layers with a ReLU between, the same at every position [3.3]."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.inner = nn.Linear(config.d_model, config.d_ff, bias=False)
        self.outer = nn.Linear(config.d_ff, config.d_model, bias=False)

    def forward(self, states: Tensor) -> Tensor:
        return self.outer(self.inner(states).relu_())  # type: ignore[no-any-return]


class EncoderLayer(nn.Module):
    """Self-attention, then feed-forward."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(config)
        self.attention_frame = Sublayer(config)
        self.feed_forward = FeedForward(config)
        self.feed_forward_frame = Sublayer(config)

    def forward(self, states: Tensor, turn: Tensor | None, mask: Tensor) -> Tensor:
        """`states` (B, S, D); `turn` (S, K / 2) or None, as in `embed`; `mask` (B, 1, 1, S)."""
        heads = self.attention.query_key_value(self.attention_frame.before(states), turn)
        states = self.attention_frame.after(states, self.attention(*heads, mask))
        update = self.feed_forward(self.feed_forward_frame.before(states))
        return self.feed_forward_frame.after(states, update)


class DecoderLayer(nn.Module):
    """Self-attention over the target so far, attention over the source, then feed-forward."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(config)
        self.self_frame = Sublayer(config)
        self.cross_attention = MultiHeadAttention(config)
        self.cross_frame = Sublayer(config)
        self.feed_forward = FeedForward(config)
        self.feed_forward_frame = Sublayer(config)

    def forward(
        self, states: Tensor, turn: Tensor | None, tgt_mask: Tensor,
        src_keys: Tensor, src_values: Tensor, src_mask: Tensor,
    ) -> Tensor:  # fmt: skip
        """Return the new states (B, T, D) of all target positions.

        `turn` (T, K / 2) or None; `tgt_mask` (T, T); `src_keys`, `src_values` (B, H, S, K); `src_mask`
        (B, 1, 1, S).
        """
        heads = self.self_attention.query_key_value(self.self_frame.before(states), turn)
        states = self.self_frame.after(states, self.self_attention(*heads, tgt_mask))
        return self.look_at_source(states, src_keys, src_values, src_mask)

    def step(
        self, states: Tensor, turn: Tensor | None, past: tuple[Tensor, Tensor], position: int,
        src_keys: Tensor, src_values: Tensor, src_mask: Tensor,
    ) -> Tensor:  # fmt: skip
        """Return the new state (B, 1, D) of the target position that comes next.

        `turn` (1, K / 2) or None; `past` are the layer's target keys and values (B, H, T, K), filled up to
        `position`; this position's are written into them.
        """
        query, key, value = self.self_attention.query_key_value(self.self_frame.before(states), turn)
        for cache, new in zip(past, (key, value), strict=True):
            cache[:, :, position : position + 1] = new
        keys, values = (cache[:, :, : position + 1] for cache in past)
        states = self.self_frame.after(states, self.self_attention(query, keys, values, None))
        return self.look_at_source(states, src_keys, src_values, src_mask)

    def look_at_source(
        self, states: Tensor, src_keys: Tensor, src_values: Tensor, src_mask: Tensor
    ) -> Tensor:
        """Attend to the source, then feed forward: what `forward` and `step` have in common."""
        query = self.cross_attention.query(self.cross_frame.before(states))
        update = self.cross_attention(query, src_keys, src_values, src_mask)
        states = self.cross_frame.after(states, update)
        update = self.feed_forward(self.feed_forward_frame.before(states))
        return self.feed_forward_frame.after(states, update)


class Transformer(Seq2Seq[TransformerState]):
    """The backbone `transformer`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.d_model, self.head_width = config.d_model, config.d_model // config.num_heads
        self.is_rotary = config.positions == "rotary"
        self.tgt_embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.src_embedding = self.tgt_embedding
        if not config.tied:
            self.src_embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.encoder = nn.ModuleList(EncoderLayer(config) for _ in range(config.num_encoder_layers))
        self.decoder = nn.ModuleList(DecoderLayer(config) for _ in range(config.num_decoder_layers))
        pre_norm = config.norm == "pre"
        self.encoder_norm = nn.LayerNorm(config.d_model) if pre_norm else nn.Identity()
        self.decoder_norm = nn.LayerNorm(config.d_model) if pre_norm else nn.Identity()
        self.output = nn.Linear(config.d_model, config.vocab_size)
        self.dropout = Dropout(config.dropout)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)
        for embedding in (self.src_embedding, self.tgt_embedding):
            nn.init.normal_(embedding.weight, std=config.d_model**-0.5)
        if config.tied:
            self.output.weight = self.tgt_embedding.weight
        for layer in self.decoder:
            start_by_handing_on(cast(DecoderLayer, layer).cross_attention)

    def embedding_weights(self) -> tuple[Tensor, Tensor]:
        return self.src_embedding.weight, self.tgt_embedding.weight

    def embed(self, embedding: nn.Embedding, ids: Tensor, first: int = 0) -> tuple[Tensor, Tensor | None]:
        """Return embeddings (B, T, D) of pieces (B, T), whose positions begin with `first` [3.4, 3.5].

        The positions are either added to them, or the rotations (T, K / 2) for queries and keys come second.
        """
        positions = torch.arange(first, first + ids.size(1), device=ids.device)
        pieces = embedding(ids) * math.sqrt(self.d_model)
        if self.is_rotary:
            return self.dropout(pieces), rotations(positions, self.head_width)
        return self.dropout(pieces + sinusoids(positions, self.d_model)), None

    def encode(self, src: Tensor, src_mask: Tensor) -> TransformerState:
        states, turn = self.embed(self.src_embedding, src)  # (B, S, D)
        for layer in self.encoder:
            states = layer(states, turn, src_mask[:, None, None, :])
        states = self.encoder_norm(states)
        heads = [cast(DecoderLayer, layer).cross_attention.key_value(states) for layer in self.decoder]
        src_keys = torch.stack([key for key, _ in heads])  # (L, B, H, S, K)
        src_values = torch.stack([value for _, value in heads])
        room = src_keys.new_zeros(*src_keys.shape[:3], FIRST_ROOM, src_keys.size(4))  # (L, B, H, T, K)
        return TransformerState(src_mask, src_keys, src_values, room, room.clone(), torch.tensor(0))

    def forward(self, src: Tensor, src_mask: Tensor, tgt_in: Tensor) -> Tensor:
        state = self.encode(src, src_mask)
        length = tgt_in.size(1)
        no_later = torch.ones(length, length, dtype=torch.bool, device=src.device).tril()  # (T, T)
        states, turn = self.embed(self.tgt_embedding, tgt_in)  # (B, T, D)
        for i, layer in enumerate(self.decoder):
            source = state.src_keys[i], state.src_values[i], src_mask[:, None, None, :]
            states = layer(states, turn, no_later, *source)
        return self.output(self.decoder_norm(states))  # type: ignore[no-any-return]

    def step(self, previous: Tensor, state: TransformerState) -> tuple[Tensor, TransformerState]:
        state, position = with_room(state), int(state.length)
        states, turn = self.embed(self.tgt_embedding, previous.unsqueeze(1), position)  # (B, 1, D)
        for i, layer in enumerate(self.decoder):
            past = state.tgt_keys[i], state.tgt_values[i]
            source = state.src_keys[i], state.src_values[i], state.src_mask[:, None, None, :]
            states = cast(DecoderLayer, layer).step(states, turn, past, position, *source)
        logits = self.output(self.decoder_norm(states)).squeeze(1)  # (B, V)
        return logits, state._replace(length=state.length + 1)

    def select(self, state: TransformerState, rows: Tensor) -> TransformerState:
        return TransformerState(
            state.src_mask[rows],
            state.src_keys.index_select(1, rows),
            state.src_values.index_select(1, rows),
            state.tgt_keys.index_select(1, rows),
            state.tgt_values.index_select(1, rows),
            state.length,
        )


@torch.no_grad()
def start_by_handing_on(attention: MultiHeadAttention) -> None:
    """Move the four square matrices of an attention half-way to the identity.

    So a decoder begins by looking for what is like itself in the source, and hands on what it finds as it
    is. Where embeddings start from the corpus, a source piece's vector is close to its translation's, which
    the output layer then names: a poor translation, but one to improve on (`recipe.md` has the trials).
    """
    for weight in (*attention.project.weight.chunk(3), attention.output.weight):  # (D, D) each
        weight.lerp_(torch.eye(len(weight)), 0.5)


def with_room(state: TransformerState) -> TransformerState:
    """Return the state with room for one more target piece: where there is none, for twice as many."""
    if state.length < state.tgt_keys.size(3):
        return state
    keys, values = (torch.cat([part, torch.zeros_like(part)], dim=3) for part in state[3:5])
    return state._replace(tgt_keys=keys, tgt_values=values)
