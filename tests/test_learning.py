"""What each model must be able to learn: to copy and to reverse strings that it has never seen."""

import random
from typing import Any

import pytest
import torch

from seqtrans.batches import IdPair, collate, source_tensors
from seqtrans.config import Config
from seqtrans.decoding import greedy
from seqtrans.loss import batch_loss
from seqtrans.models.build import build_model
from tests.conftest import CPU, KINDS

LETTERS = range(4, 12)
SIZES = {"transformer": {"d_model": 32, "d_ff": 64, "num_heads": 4}}
RECURRENT: dict[str, Any] = {"embed_size": 24, "hidden_size": 64}


def strings(count: int, shortest: int, seed: int) -> list[list[int]]:
    draw = random.Random(seed)
    return [draw.choices(LETTERS, k=draw.randint(shortest, 4)) for _ in range(count)]


@pytest.mark.parametrize("task", ["copy", "reverse"])
@pytest.mark.parametrize("kind", ["gru", "gru lstm", "gru rnn", "attention", "attention lstm",
                                  "attention rnn", "attention dot", "attention additive", "transformer",
                                  "transformer post"])  # fmt: skip
def test_unseen_strings_are_copied_and_reversed(kind: str, task: str) -> None:
    def pair(letters: list[int]) -> IdPair:
        return IdPair(letters, letters if task == "copy" else letters[::-1])

    unseen = strings(200, shortest=3, seed=1)
    train = [pair(letters) for letters in strings(40_000, shortest=1, seed=2) if letters not in unseen]
    sizes: dict[str, Any] = SIZES.get(kind.split()[0], RECURRENT)
    torch.manual_seed(3)
    layers = {"num_encoder_layers": 1, "num_decoder_layers": 1}
    model = build_model(Config(**{"vocab_size": 12, "dropout": 0.0, **layers, **sizes, **KINDS[kind]}))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.0)
    recent = 3.0
    for step in range(0, len(train), 128):
        optimizer.param_groups[0]["lr"] = 6e-3 * (1 - step / len(train))
        batch = collate(train[step : step + 128], CPU)
        loss = batch_loss(model, batch)
        optimizer.zero_grad()
        (loss.smoothed / loss.num_pieces).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        recent = 0.9 * recent + 0.1 * loss.nats.item() / loss.num_pieces
        if recent < 0.01:
            break
    outputs, _ = greedy(model.eval(), *source_tensors(unseen, CPU))
    expected = [pair(letters).tgt for letters in unseen]
    correct = sum(output == wanted for output, wanted in zip(outputs, expected, strict=True)) / len(unseen)
    assert correct >= 0.95
