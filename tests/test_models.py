"""The contract of a backbone, for every backbone and cell."""

from typing import Any

import pytest
import torch

from seqtrans.batches import IdPair, collate
from seqtrans.loss import batch_loss
from seqtrans.models.base import Seq2Seq
from seqtrans.models.build import build_model, count_parameters
from tests.conftest import CPU, KINDS, encode_all, random_batch, tiny_config, tiny_model

LENGTHS = [(3, 7), (5, 2), (1, 4), (8, 6)]


def test_logits_have_a_row_for_each_target_position(model: Seq2Seq[Any]) -> None:
    batch = random_batch(LENGTHS)
    assert encode_all(model, batch).shape == (4, 8, 17)


def test_a_sentence_alone_equals_the_sentence_in_a_padded_batch(model: Seq2Seq[Any]) -> None:
    batch = random_batch(LENGTHS)
    together = encode_all(model, batch)
    for row, (src_length, tgt_length) in enumerate(LENGTHS):
        src = batch.src[row : row + 1, : src_length + 1]
        tgt_in = batch.tgt_in[row : row + 1, : tgt_length + 1]
        with torch.no_grad():
            alone = model(src, torch.ones_like(src, dtype=torch.bool), tgt_in)
        torch.testing.assert_close(together[row, : tgt_length + 1], alone[0], rtol=1e-5, atol=1e-5)


def test_what_stands_in_padding_does_not_matter(model: Seq2Seq[Any]) -> None:
    batch = random_batch(LENGTHS)
    other = batch._replace(src=batch.src.masked_fill(~batch.src_mask, 11))
    torch.testing.assert_close(encode_all(model, batch), encode_all(model, other), rtol=0, atol=1e-6)


def test_a_later_target_piece_never_changes_an_earlier_logit(model: Seq2Seq[Any]) -> None:
    batch = random_batch([(4, 9)])
    before = encode_all(model, batch)
    for t in range(1, 10):
        changed = batch.tgt_in.clone()
        changed[0, t:] = 4 + (changed[0, t:] - 3) % 13  # another piece at each position
        after = encode_all(model, batch._replace(tgt_in=changed))
        torch.testing.assert_close(before[0, :t], after[0, :t], rtol=0, atol=1e-6)
    assert not torch.allclose(before[0, 9], after[0, 9], atol=1e-3)


def test_every_source_piece_changes_the_logits(model: Seq2Seq[Any]) -> None:
    batch = random_batch([(5, 3)])
    before = encode_all(model, batch)
    for s in range(5):
        changed = batch.src.clone()
        changed[0, s] = 4 if changed[0, s] != 4 else 5
        assert not torch.allclose(before, encode_all(model, batch._replace(src=changed)), atol=1e-5)


def test_repeated_step_equals_forward(model: Seq2Seq[Any]) -> None:
    batch = random_batch(LENGTHS)
    expected = encode_all(model, batch)
    with torch.no_grad():
        state = model.encode(batch.src, batch.src_mask)
        for t in range(batch.tgt_in.size(1)):
            logits, state = model.step(batch.tgt_in[:, t], state)
            torch.testing.assert_close(logits, expected[:, t], rtol=1e-5, atol=1e-5)


def test_selected_sentences_go_on_as_they_would_have(model: Seq2Seq[Any]) -> None:
    batch, rows = random_batch(LENGTHS), torch.tensor([3, 0])
    expected = encode_all(model, batch)
    with torch.no_grad():
        state = model.encode(batch.src, batch.src_mask)
        for t in range(3):
            _, state = model.step(batch.tgt_in[:, t], state)
        state = model.select(state, rows)
        for t in range(3, batch.tgt_in.size(1)):
            logits, state = model.step(batch.tgt_in[rows, t], state)
            torch.testing.assert_close(logits, expected[rows, t], rtol=1e-5, atol=1e-5)


def test_gradient_reaches_every_parameter(model: Seq2Seq[Any]) -> None:
    batch = random_batch(LENGTHS)
    batch_loss(model, batch).smoothed.backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.numel() == 0 or parameter.grad.abs().max() > 0, name


def test_gradient_agrees_with_finite_differences(model: Seq2Seq[Any]) -> None:
    model.double()
    batch = random_batch(LENGTHS)

    def loss() -> torch.Tensor:
        logits = model(batch.src, batch.src_mask, batch.tgt_in)
        total: torch.Tensor = (logits * direction[batch.tgt_out]).sum()
        return total  # the loss would round to float32

    generator = torch.Generator().manual_seed(3)
    direction = torch.randn(17, 17, generator=generator, dtype=torch.float64)
    loss().backward()
    for name, parameter in model.named_parameters():
        nudge = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        assert parameter.grad is not None
        expected = (parameter.grad * nudge).sum()
        with torch.no_grad():
            parameter.add_(nudge, alpha=1e-5)
            higher = loss()
            parameter.sub_(nudge, alpha=2e-5)
            lower = loss()
            parameter.add_(nudge, alpha=1e-5)
        torch.testing.assert_close((higher - lower) / 2e-5, expected, rtol=1e-5, atol=1e-6, msg=name)


def test_tied_embeddings_are_one_matrix() -> None:
    for kind in ("gru", "attention", "transformer"):
        tied, untied = tiny_model(kind), tiny_model(kind, tied=False)
        width = 12 if kind == "transformer" else 6
        assert count_parameters(untied) - count_parameters(tied) == 2 * 17 * width


def test_the_cell_of_the_config_is_the_cell_of_the_model() -> None:
    sizes = {kind: count_parameters(build_model(tiny_config(kind))) for kind in KINDS}
    assert sizes["gru rnn"] < sizes["gru"] < sizes["gru lstm"]
    assert sizes["attention dot"] < sizes["attention"] < sizes["attention additive"]


@pytest.mark.parametrize("kind", KINDS)
def test_eight_pairs_are_memorized_and_greedy_returns_them(kind: str) -> None:
    from seqtrans.decoding import greedy

    sizes = {"d_model": 36} if kind.startswith("transformer") else {"embed_size": 24, "hidden_size": 40}
    torch.manual_seed(4)
    model = build_model(tiny_config(kind, **sizes))
    generator = torch.Generator().manual_seed(5)
    pairs = [
        IdPair(*(torch.randint(4, 17, (length,), generator=generator).tolist() for length in lengths))
        for lengths in ((2, 3), (3, 5), (5, 4), (7, 9), (4, 1), (6, 6), (8, 7), (3, 2))
    ]
    batch = collate(pairs, CPU)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(250):
        loss = batch_loss(model, batch)
        optimizer.zero_grad()
        (loss.smoothed / loss.num_pieces).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if loss.nats < 0.01 * loss.num_pieces:
            break
    outputs, num_truncated = greedy(model.eval(), batch.src, batch.src_mask)
    assert outputs == [pair.tgt for pair in pairs]
    assert num_truncated == 0
