"""The backbone with one fixed context vector."""

import torch

from seqtrans.models.recurrent import StackState
from seqtrans.models.seq2seq import FixedVectorModel
from tests.conftest import random_batch, tiny_model


def test_the_decoder_knows_the_source_by_two_vectors_alone() -> None:
    model = tiny_model("gru")
    assert isinstance(model, FixedVectorModel)
    one, other = random_batch([(9, 3)], seed=5), random_batch([(2, 3)], seed=6)
    with torch.no_grad():
        state = model.encode(one.src, one.src_mask)
        assert (state.context.shape, state.mean_piece.shape) == ((1, 10), (1, 6))
        same = model.encode(other.src, other.src_mask)._replace(
            context=state.context, mean_piece=state.mean_piece
        )
        start = model.decoder.first_state(state.context)
        same = same._replace(hidden=start.hidden, memory=start.memory)
        logits, _ = model.step(torch.tensor([4]), state)
        logits_of_same, _ = model.step(torch.tensor([4]), same)
    torch.testing.assert_close(logits, logits_of_same)


def test_the_context_vector_enters_every_step() -> None:
    model = tiny_model("gru").eval()
    assert isinstance(model, FixedVectorModel)
    state = model.encode(*random_batch([(5, 3)], seed=5)[:2])
    inputs = model.tgt_embedding(torch.tensor([4])) + state.context @ model.into_step.weight.t()  # (1, E)
    expected, _ = model.decoder.step(inputs, StackState(state.hidden, state.memory))
    _, after = model.step(torch.tensor([4]), state)
    torch.testing.assert_close(after.hidden[:, -1], expected)


def test_the_second_vector_is_the_mean_of_the_source_embeddings() -> None:
    model = tiny_model("gru").eval()
    assert isinstance(model, FixedVectorModel)
    src, mask, _ = random_batch([(5, 3), (2, 3)], seed=5)[:3]
    embedded = model.src_embedding(src)
    mean_piece = model.encode(src, mask).mean_piece
    torch.testing.assert_close(mean_piece[0], embedded[0].mean(dim=0))
    torch.testing.assert_close(mean_piece[1], embedded[1, :3].mean(dim=0))  # two pieces and EOS, no padding


def test_the_readout_joins_state_previous_piece_context_and_source_pieces() -> None:
    model = tiny_model("gru")
    assert isinstance(model, FixedVectorModel)
    hidden, previous, context, mean_piece = (torch.randn(width) for width in (10, 6, 10, 6))
    rows = model.from_hidden.weight @ hidden + model.from_hidden.bias
    rows = rows + model.from_previous.weight @ previous + model.from_context.weight @ context
    torch.testing.assert_close(
        model.readout(hidden, previous, context, mean_piece), torch.tanh(rows) + mean_piece
    )
