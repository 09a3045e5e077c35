"""The Transformer against torch's own layers with copied weights, and against the paper's formulas."""

import math

import pytest
import torch
from torch import nn

from seqtrans.models.transformer import (
    DecoderLayer,
    EncoderLayer,
    FeedForward,
    MultiHeadAttention,
    Sublayer,
    Transformer,
    rotate,
    rotations,
    sinusoids,
)
from tests.conftest import tiny_config, tiny_model

B, S, T, D = 2, 5, 3, 12
SRC_MASK = torch.tensor([[True] * 5, [True] * 3 + [False] * 2])
DTYPES = [torch.float32, torch.float64, torch.bfloat16]
"""Attention is one fused call in the first, written out in the others."""
CAUSAL = torch.ones(T, T, dtype=torch.bool).tril()


def copy_attention(ours: MultiHeadAttention, theirs: nn.MultiheadAttention) -> None:
    with torch.no_grad():
        assert theirs.in_proj_weight is not None
        theirs.in_proj_weight.copy_(ours.project.weight)
        theirs.in_proj_bias.zero_()
        theirs.out_proj.weight.copy_(ours.output.weight)
        theirs.out_proj.bias.zero_()


def copy_norm(ours: Sublayer, theirs: nn.LayerNorm) -> None:
    with torch.no_grad():
        theirs.weight.copy_(ours.layer_norm.weight.normal_())
        theirs.bias.copy_(ours.layer_norm.bias.normal_())


def copy_feed_forward(ours: FeedForward, first: nn.Linear, second: nn.Linear) -> None:
    with torch.no_grad():
        for layer, to in ((ours.inner, first), (ours.outer, second)):
            to.weight.copy_(layer.weight)
            to.bias.zero_()


@pytest.mark.parametrize("dtype", DTYPES[:2])
def test_multi_head_attention_equals_torchs(dtype: torch.dtype) -> None:
    torch.manual_seed(1)
    ours, theirs = (
        MultiHeadAttention(tiny_config("transformer")).to(dtype),
        nn.MultiheadAttention(D, 3, batch_first=True, dtype=dtype),
    )
    copy_attention(ours, theirs)
    queries, sources = torch.randn(B, T, D, dtype=dtype), torch.randn(B, S, D, dtype=dtype)
    expected, _ = theirs(queries, sources, sources, key_padding_mask=~SRC_MASK)
    actual = ours(ours.query(queries), *ours.key_value(sources), SRC_MASK[:, None, None])
    torch.testing.assert_close(actual, expected, rtol=1e-5, atol=1e-6)
    expected, _ = theirs(queries, queries, queries, attn_mask=~CAUSAL)
    actual = ours(*ours.query_key_value(queries, None), CAUSAL)
    torch.testing.assert_close(actual, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_attention_by_hand(dtype: torch.dtype) -> None:
    attention = MultiHeadAttention(tiny_config("transformer", d_model=2, num_heads=1)).to(dtype)
    with torch.no_grad():
        attention.output.weight.copy_(torch.eye(2))
    query = torch.tensor([[[[math.sqrt(2) * math.log(3.0), 0.0]]]], dtype=dtype)  # (1, 1, 1, 2)
    key = torch.tensor([[[[0.0, 7.0], [1.0, -4.0], [9.0, 0.0]]]], dtype=dtype)
    value = torch.tensor([[[[8.0, 0.0], [0.0, 4.0], [99.0, 99.0]]]], dtype=dtype)
    mask = torch.tensor([[True, True, False]])
    context = attention(query, key, value, mask)  # weights 1/4, 3/4 and 0
    torch.testing.assert_close(context, torch.tensor([[[2.0, 3.0]]], dtype=dtype))


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_an_encoder_layer_equals_torchs(norm: str) -> None:
    torch.manual_seed(2)
    ours = EncoderLayer(tiny_config("transformer", norm=norm))
    theirs = nn.TransformerEncoderLayer(D, 3, 20, 0.0, batch_first=True, norm_first=norm == "pre")
    copy_attention(ours.attention, theirs.self_attn)
    copy_norm(ours.attention_frame, theirs.norm1)
    copy_norm(ours.feed_forward_frame, theirs.norm2)
    copy_feed_forward(ours.feed_forward, theirs.linear1, theirs.linear2)
    states = torch.randn(B, S, D)
    expected = theirs(states, src_key_padding_mask=~SRC_MASK)
    actual = ours(states, None, SRC_MASK[:, None, None])
    torch.testing.assert_close(actual[SRC_MASK], expected[SRC_MASK], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_a_decoder_layer_equals_torchs(norm: str) -> None:
    torch.manual_seed(3)
    ours = DecoderLayer(tiny_config("transformer", norm=norm))
    theirs = nn.TransformerDecoderLayer(D, 3, 20, 0.0, batch_first=True, norm_first=norm == "pre")
    copy_attention(ours.self_attention, theirs.self_attn)
    copy_attention(ours.cross_attention, theirs.multihead_attn)
    copy_norm(ours.self_frame, theirs.norm1)
    copy_norm(ours.cross_frame, theirs.norm2)
    copy_norm(ours.feed_forward_frame, theirs.norm3)
    copy_feed_forward(ours.feed_forward, theirs.linear1, theirs.linear2)
    states, sources = torch.randn(B, T, D), torch.randn(B, S, D)
    expected = theirs(states, sources, tgt_mask=~CAUSAL, memory_key_padding_mask=~SRC_MASK)
    actual = ours(states, None, CAUSAL, *ours.cross_attention.key_value(sources), SRC_MASK[:, None, None])
    torch.testing.assert_close(actual, expected, rtol=1e-5, atol=1e-5)


def test_positions_are_the_papers_sines_and_cosines() -> None:
    encodings = sinusoids(torch.arange(2, 9), D)
    assert encodings.shape == (7, D)
    for row, position in ((0, 2), (6, 8)):
        for i in range(D // 2):
            angle = position / 10_000 ** (2 * i / D)
            assert encodings[row, 2 * i].item() == pytest.approx(math.sin(angle), abs=1e-6)
            assert encodings[row, 2 * i + 1].item() == pytest.approx(math.cos(angle), abs=1e-6)


def test_an_odd_width_has_positions_too() -> None:
    assert sinusoids(torch.arange(4), 5).shape == (4, 5)


def test_pieces_are_scaled_before_positions_are_added() -> None:
    model = tiny_model("transformer", positions="sinusoidal")
    assert isinstance(model, Transformer)
    embedded, turn = model.embed(model.src_embedding, torch.tensor([[7, 9]]), first=3)
    assert turn is None
    expected = model.src_embedding.weight[9] * math.sqrt(D) + sinusoids(torch.tensor([4]), D)[0]
    torch.testing.assert_close(embedded[0, 1], expected)


def test_rotary_positions_by_hand() -> None:
    """At position 3, the first pair of a head of 4 turns by 3 radians, the second by 3 / 100."""
    heads = torch.tensor([[[[1.0, 0.0, 0.0, 2.0]]]])  # (1, 1, 1, 4)
    turned = rotate(heads, rotations(torch.tensor([3]), 4))
    expected = [math.cos(3), math.sin(3), -2 * math.sin(0.03), 2 * math.cos(0.03)]
    torch.testing.assert_close(turned.flatten(), torch.tensor(expected))
    torch.testing.assert_close(rotate(heads, rotations(torch.tensor([0]), 4)), heads)


def test_products_of_rotated_heads_know_distances_only() -> None:
    torch.manual_seed(7)
    query, key = torch.randn(B, 3, T, 8), torch.randn(B, 3, S, 8)
    products = [
        rotate(query, rotations(torch.arange(T) + shift, 8))
        @ rotate(key, rotations(torch.arange(S) + shift, 8)).transpose(-2, -1)
        for shift in (0, 50)
    ]
    torch.testing.assert_close(products[0], products[1], rtol=1e-4, atol=1e-4)
    assert (products[0] - query @ key.transpose(-2, -1)).abs().max() > 0.1


def test_self_attention_turns_queries_and_keys_not_values() -> None:
    torch.manual_seed(8)
    attention, states = MultiHeadAttention(tiny_config("transformer")), torch.randn(B, T, D)
    turn = rotations(torch.arange(T), 4)
    query, key, value = attention.query_key_value(states, None)
    turned = attention.query_key_value(states, turn)
    for actual, expected in zip(turned, (rotate(query, turn), rotate(key, turn), value), strict=True):
        torch.testing.assert_close(actual, expected)


def test_rotary_embeddings_hold_no_positions() -> None:
    model = tiny_model("transformer")
    assert isinstance(model, Transformer)
    embedded, turn = model.embed(model.src_embedding, torch.tensor([[9, 9]]), first=3)
    assert torch.equal(embedded[0, 0], embedded[0, 1])
    assert turn is not None
    torch.testing.assert_close(turn, rotations(torch.tensor([3, 4]), 4))


def test_post_norm_ends_without_a_norm_of_its_own() -> None:
    names = [name for name, _ in tiny_model("transformer post").named_parameters()]
    assert not any(name.startswith(("encoder_norm", "decoder_norm")) for name in names)


def test_a_fresh_decoder_finds_its_like_in_the_source_and_hands_it_on() -> None:
    torch.manual_seed(1)
    layer = Transformer(tiny_config("transformer", d_model=128, num_heads=4)).decoder[0]
    assert isinstance(layer, DecoderLayer)
    source = torch.randn(1, 9, 128)
    query, (key, value) = layer.cross_attention.query(source), layer.cross_attention.key_value(source)
    nearest = (query @ key.transpose(-2, -1)).argmax(dim=-1)  # (B, H, Q)
    assert (nearest == torch.arange(9)).float().mean() > 0.9
    found = layer.cross_attention(query, key, value, None)
    similarity = nn.functional.normalize(found[0]) @ nn.functional.normalize(source[0]).t()
    assert torch.equal(similarity.argmax(dim=-1), torch.arange(9))


def test_dropout_falls_on_embeddings_and_sublayers_alone() -> None:
    """[5.4]: attention weights and inner activations are whole in training too."""
    torch.manual_seed(6)
    config = tiny_config("transformer", dropout=0.5)
    states = torch.randn(B, T, D)
    attention, feed_forward, frame = MultiHeadAttention(config), FeedForward(config), Sublayer(config)
    model = tiny_model("transformer", dropout=0.5).train()
    assert isinstance(model, Transformer)
    heads = attention.query_key_value(states, None)
    assert torch.equal(attention(*heads, CAUSAL), attention(*heads, CAUSAL))
    assert torch.equal(feed_forward(states), feed_forward(states))
    assert (frame.after(torch.zeros(B, T, D), states) == 0).any()
    assert (model.embed(model.src_embedding, torch.full((B, S), 7))[0] == 0).any()
