"""The backbone over a fixed-length vector."""

import math

import pytest
import torch

from seqtrans.batches import IdPair, collate
from seqtrans.models.build import build_model
from seqtrans.models.recurrent import StackState
from seqtrans.models.seq2seq import FixedVectorModel, cosines
from tests.conftest import CPU, random_batch, tiny_config, tiny_model


def gru_model(num_cosines: int = 4) -> FixedVectorModel:
    model = tiny_model("gru", num_cosines=num_cosines)
    assert isinstance(model, FixedVectorModel)
    return model


def test_the_decoder_knows_the_source_by_context_and_sums_alone() -> None:
    model = gru_model()
    one, other = random_batch([(9, 3)], seed=5), random_batch([(2, 3)], seed=6)
    with torch.no_grad():
        state = model.encode(one.src, one.src_mask)
        assert (state.context.shape, state.sums.shape) == ((1, 10), (1, 4, 6))
        same = model.encode(other.src, other.src_mask)._replace(context=state.context, sums=state.sums)
        start = model.decoder.first_state(state.context)
        same = same._replace(hidden=start.hidden, memory=start.memory)
        logits, _ = model.step(torch.tensor([4]), state)
        logits_of_same, _ = model.step(torch.tensor([4]), same)
    torch.testing.assert_close(logits, logits_of_same)


def test_the_context_vector_enters_every_step() -> None:
    model = gru_model()
    state = model.encode(*random_batch([(5, 3)], seed=5)[:2])
    inputs = model.tgt_embedding(torch.tensor([4])) + state.context @ model.into_step.weight.t()  # (1, E)
    expected, _ = model.decoder.step(inputs, StackState(state.hidden, state.memory))
    _, after = model.step(torch.tensor([4]), state)
    torch.testing.assert_close(after.hidden[:, -1], expected)


def test_cosines_by_hand() -> None:
    weights = cosines(torch.tensor([[True, True, False], [True, True, True]]), 3)
    high = math.cos(math.pi / 4) / 2
    torch.testing.assert_close(
        weights[0], torch.tensor([[0.5, 0.5, 0], [high, -high, 0], [0, 0, 0]]), atol=1e-6, rtol=0
    )
    front = math.cos(math.pi / 6) / 3
    expected = torch.tensor([[1 / 3, 1 / 3, 1 / 3], [front, 0, -front], [1 / 6, -1 / 3, 1 / 6]])
    torch.testing.assert_close(weights[1], expected, atol=1e-6, rtol=0)


def test_as_many_sums_as_pieces_would_spell_the_sentence() -> None:
    """The transform can be undone (Ahmed et al. 1974): piece i = sum 0 + 2 sum_k cos(...) sum k."""
    model = gru_model(num_cosines=6)
    src, mask, _ = random_batch([(5, 3)], seed=5)[:3]  # five pieces and EOS
    sums = model.encode(src, mask).sums[0]
    back = 6 * cosines(mask, 6)[0].t()  # (S, K)
    spelled = back @ (sums * torch.tensor([1, 2, 2, 2, 2, 2]).unsqueeze(1))
    torch.testing.assert_close(spelled, model.src_embedding(src)[0], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("one", "other", "first_to_tell"),
    [
        ([5, 5, 6, 7], [6, 7, 5, 5], 1),  # what stood in front stands behind
        ([4, 5, 6, 6, 5], [4, 6, 5, 5, 6], 2),  # what stood in the middle stands around it
    ],
)
def test_each_sum_tells_more_of_the_order(one: list[int], other: list[int], first_to_tell: int) -> None:
    batch = collate([IdPair(src, [4]) for src in (one, other)], CPU)
    sums, other_sums = gru_model().encode(batch.src, batch.src_mask).sums
    torch.testing.assert_close(sums[:first_to_tell], other_sums[:first_to_tell])
    assert (sums[first_to_tell] - other_sums[first_to_tell]).abs().max() > 0.01


def test_without_cosines_the_context_vector_is_all() -> None:
    model = gru_model(num_cosines=0)
    state = model.encode(*random_batch([(5, 3)], seed=5)[:2])
    hidden, previous = torch.randn(1, 1, 10), torch.randn(1, 1, 6)
    rows = model.from_hidden(hidden) + model.from_previous(previous) + model.from_context(state.context)
    torch.testing.assert_close(model.readout(hidden, previous, state), torch.tanh(rows))


def test_the_readout_joins_state_previous_piece_context_and_a_mix_of_the_sums() -> None:
    model = gru_model(num_cosines=2)
    state = model.encode(*random_batch([(5, 3)], seed=5)[:2])
    hidden, previous = torch.randn(10), torch.randn(6)
    rows = model.from_hidden.weight @ hidden + model.from_hidden.bias
    rows = rows + model.from_previous.weight @ previous + model.from_context.weight @ state.context[0]
    mix = model.mixing @ hidden + model.mixing_bias
    expected = torch.tanh(rows) + mix[0] * state.sums[0, 0] + mix[1] * state.sums[0, 1]
    readout = model.readout(hidden.view(1, 1, -1), previous.view(1, 1, -1), state)
    torch.testing.assert_close(readout.flatten(), expected)


def test_the_mix_begins_as_the_mean_of_the_source_pieces() -> None:
    model = build_model(tiny_config("gru")).eval()
    assert isinstance(model, FixedVectorModel)
    src, mask, _ = random_batch([(5, 3)], seed=5)[:3]
    state = model.encode(src, mask)
    hidden, previous = torch.randn(1, 1, 10), torch.randn(1, 1, 6)
    rows = model.from_hidden(hidden) + model.from_previous(previous) + model.from_context(state.context)
    mean = model.src_embedding(src).mean(dim=1)
    torch.testing.assert_close(model.readout(hidden, previous, state)[0, 0], (torch.tanh(rows) + mean)[0, 0])
