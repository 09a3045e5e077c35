"""The attention scores against loops and hand calculation."""

import math

import pytest
import torch

from seqtrans.models.attention import AdditiveScore, AttentionModel, DotScore, GeneralScore, attend
from tests.conftest import encode_all, random_batch, tiny_config, tiny_model

QUERIES, STATES = torch.randn(2, 3, 10), torch.randn(2, 5, 10)


def test_dot_is_the_product_of_query_and_state() -> None:
    score = DotScore()
    energies = score(QUERIES, score.keys(STATES))
    assert energies.shape == (2, 3, 5)
    assert energies[1, 2, 4].item() == pytest.approx(float(QUERIES[1, 2] @ STATES[1, 4]), rel=1e-5)


def test_general_is_query_times_matrix_times_state() -> None:
    score = GeneralScore(tiny_config("attention"))
    energies = score(QUERIES, score.keys(STATES))
    expected = QUERIES[1, 2] @ score.project.weight @ STATES[1, 4]
    assert energies[1, 2, 4].item() == pytest.approx(expected.item(), rel=1e-4)


def test_additive_is_a_small_network_of_query_and_state() -> None:
    score = AdditiveScore(tiny_config("attention additive"))
    energies = score(QUERIES, score.keys(STATES))
    inner = score.project_query.weight @ QUERIES[1, 2] + score.project_query.bias
    inner = torch.tanh(inner + score.project_key.weight @ STATES[1, 4])
    assert energies[1, 2, 4].item() == pytest.approx((score.weigh.weight @ inner).item(), rel=1e-4)


def test_attend_by_hand() -> None:
    energies = torch.tensor([[[0.0, math.log(3.0), 50.0]]])
    values = torch.tensor([[[1.0, 0.0], [5.0, 2.0], [100.0, 100.0]]])
    context = attend(energies, values, torch.tensor([[True, True, False]]))
    torch.testing.assert_close(context, torch.tensor([[[0.25 * 1 + 0.75 * 5, 0.75 * 2]]]))


def test_the_scores_make_different_models() -> None:
    batch = random_batch([(4, 3)])
    dot, additive = (encode_all(tiny_model(f"attention {kind}"), batch) for kind in ("dot", "additive"))
    assert not torch.allclose(dot, additive, atol=1e-3)


def test_the_readout_joins_context_state_and_the_pieces_themselves() -> None:
    model = tiny_model("attention dot")
    assert isinstance(model, AttentionModel)
    batch = random_batch([(4, 3)])
    with torch.no_grad():
        state = model.encode(batch.src, batch.src_mask)
        hidden = torch.randn(1, 1, 10)
        states, _ = model.encoder(model.src_embedding(batch.src), batch.src_mask)
        alphas = (states[0] @ hidden[0, 0]).softmax(dim=0)  # (S,)
        readout = torch.tanh(model.combine(torch.cat([alphas @ states[0], hidden[0, 0]])))
        readout = readout + alphas @ model.src_embedding(batch.src)[0]
        torch.testing.assert_close(model.readout(hidden, state)[0, 0], readout)


def test_dropout_takes_from_the_states_what_is_looked_at_and_what_is_handed_on() -> None:
    model = tiny_model("attention dot", dropout=0.5)
    batch = random_batch([(4, 3)])
    for training in (True, False):
        state = model.train(training).encode(batch.src, batch.src_mask)
        states = state.values[..., :10]
        assert torch.equal(state.keys, states)
        assert bool((states == 0).any()) == training
