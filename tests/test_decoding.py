"""The greedy loop against the plainest way to write it; text in, text out."""

import platform
import subprocess
import sys
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from seqtrans import decoding
from seqtrans.checkpoint import Run
from seqtrans.decoding import Translator, greedy, length_limit, likeliest
from seqtrans.models.base import Seq2Seq
from seqtrans.tokenizer import BOS_ID, EOS_ID, train_tokenizer
from tests.conftest import CPU, make_run, random_batch, tiny_config, tiny_model, toy_pairs

LENGTHS = [(3, 1), (5, 1), (1, 1), (8, 1), (4, 1), (2, 1)]


def plainly(model: Seq2Seq[Any], src: torch.Tensor, limit: int) -> list[int]:
    """Decode one sentence by running `forward` again over everything for each piece."""
    ids: list[int] = []
    while True:
        logits = model(src, torch.ones_like(src, dtype=torch.bool), torch.tensor([[BOS_ID, *ids]]))
        piece = int(logits[0, -1].argmax())
        if piece == EOS_ID or len(ids) == limit:
            return ids
        ids.append(piece)


@pytest.mark.parametrize("kind", ["gru", "gru lstm", "attention", "attention rnn", "transformer"])
def test_greedy_equals_full_forward_passes_one_by_one(kind: str) -> None:
    for seed in range(6):
        model = tiny_model(kind, seed)
        with torch.no_grad():
            dict(model.named_parameters())["output.bias"][EOS_ID] += 0.6  # some sentences end, some do not
        batch = random_batch(LENGTHS, seed)
        outputs, num_truncated = greedy(model, batch.src, batch.src_mask)
        limits = [length_limit(length + 1) for length, _ in LENGTHS]
        with torch.no_grad():
            expected = [
                plainly(model, batch.src[i : i + 1, : length + 1], limits[i])
                for i, (length, _) in enumerate(LENGTHS)
            ]
        assert outputs == expected
        for ids, (length, _), row in zip(expected, LENGTHS, batch.src, strict=True):
            alone = row[None, : length + 1]
            assert greedy(model, alone, torch.ones_like(alone, dtype=torch.bool))[0] == [ids]
        assert num_truncated == sum(len(ids) == limit for ids, limit in zip(expected, limits, strict=True))


def test_steps_are_made_for_the_number_of_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def spy(model: Seq2Seq[Any], num_rows: int) -> Any:
        asked.append(num_rows)
        return model.step

    monkeypatch.setattr(decoding, "step_for", spy)
    model, batch = tiny_model("transformer"), random_batch(LENGTHS)
    for rows in (1, 3):
        greedy(model, batch.src[:rows], batch.src_mask[:rows])
    assert asked == [1, 3]


def test_the_likeliest_piece_is_the_first_of_equals() -> None:
    logits = torch.tensor([[0.5, 2.0, -1.0, 2.0], [-3.0, -9.0, -4.0, -5.0], [-9.0, -7.0, -8.0, 1e-3]])
    assert torch.equal(likeliest(logits), torch.tensor([1, 0, 3]))


class Left(NamedTuple):
    """How many pieces each sentence has still to come (B,)."""

    pieces: torch.Tensor


class Counting:
    """A model that ends sentence n after `lengths[n]` pieces, and notes how many rows each step has."""

    def __init__(self, *lengths: int) -> None:
        self.lengths = lengths
        self.rows: list[int] = []

    def encode(self, src: torch.Tensor, src_mask: torch.Tensor) -> Left:
        return Left(torch.tensor(self.lengths))

    def step(self, previous: torch.Tensor, state: Left) -> tuple[torch.Tensor, Left]:
        self.rows.append(len(previous))
        logits = torch.zeros(len(previous), 9)
        logits[:, 5] = 1
        logits[state.pieces == 0, EOS_ID] = 2
        return logits, Left(state.pieces - 1)

    def select(self, state: Left, rows: torch.Tensor) -> Left:
        return Left(state.pieces[rows])


def test_a_finished_sentence_leaves_the_batch() -> None:
    model: Any = Counting(0, 1, 2, 3)
    src = torch.full((4, 30), 5)
    outputs, num_truncated = greedy(model, src, src > 0)
    assert outputs == [[5] * n for n in range(4)]
    assert model.rows == [4, 3, 2, 1]
    assert num_truncated == 0


def test_a_sentence_without_an_end_is_cut_at_the_limit_of_its_own_length() -> None:
    model: Any = Counting(999, 999)
    src = torch.tensor([[5] * 2 + [0] * 4, [5] * 6])
    outputs, num_truncated = greedy(model, src, src > 0)
    assert [len(ids) for ids in outputs] == [length_limit(2), length_limit(6)]
    assert num_truncated == 2


@pytest.fixture
def translator() -> Translator:
    tokenizer = train_tokenizer([side for pair in toy_pairs() for side in pair], "bpe", 70, exact=True)
    config = tiny_config("transformer", vocab_size=70, max_pieces=9)
    model = tiny_model("transformer", vocab_size=70)
    return Translator(Run(config, tokenizer, model, CPU))


def test_each_line_gives_one_line_in_order(translator: Translator, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [de for de, _ in toy_pairs()[:30]]
    texts[3:3] = ["", "  \t "]
    alone = [translator.translate([text])[0] for text in texts]
    assert translator.translate(texts) == alone
    assert alone[3:5] == ["", ""]
    assert all(alone[5:])
    monkeypatch.setattr(decoding, "DECODE_PIECES", 25)
    assert translator.translate(texts) == alone
    assert translator.translate([]) == []


def test_a_long_text_is_translated_in_parts(translator: Translator) -> None:
    text = " ".join(de for de, _ in toy_pairs()[:40])
    (ids,) = translator.tokenizer.encode([text])
    src = torch.tensor([[*ids[i : i + 9], EOS_ID] for i in range(0, len(ids) - 9, 9)])
    outputs, _ = greedy(translator.model, src, src > 0)
    (translation,) = translator.translate([text])
    assert translation.startswith(translator.tokenizer.decode([list(chain(*outputs))])[0])


def test_a_batch_stays_within_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [[5] * length for length in (3, 50, 7, 7, 30, 1, 2, 49)]
    assert decoding._by_length(lines, 1) == [[1, 7, 4, 2, 3, 0, 6, 5]]
    monkeypatch.setattr(decoding, "DECODE_PIECES", 110)
    assert decoding._by_length(lines, 1) == [[1, 7], [4, 2, 3], [0, 6, 5]]
    monkeypatch.setattr(decoding, "DECODE_PIECES", 40)
    assert decoding._by_length(lines, 1) == [[1], [7], [4], [2, 3, 0, 6, 5]]


def test_sentences_of_all_lengths_are_dealt_to_each_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [[5] * length for length in (3, 50, 7, 7, 30, 1, 2, 49)]
    assert decoding._by_length(lines, 2) == [[1, 4, 3, 6], [7, 2, 0, 5]]
    assert decoding._by_length(lines[:2], 3) == [[1], [0]]
    monkeypatch.setattr(decoding, "DECODE_PIECES", 110)
    assert decoding._by_length(lines, 2) == [[1, 4], [7, 2], [3, 6], [0, 5]]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the setting is glibc's")
@pytest.mark.parametrize("load", ["seqtrans.load(run)", "seqtrans.engines.load_with('seqtrans', run)"])
def test_a_loaded_run_keeps_freed_memory_for_the_next_batch(tmp_path: Path, load: str) -> None:
    """In a process of its own: ten blocks of 64 MB, 16,000 pages each, one after the other."""
    code = f"""if True:
        import resource, seqtrans.engines, torch
        run = {str(make_run(tmp_path / "run"))!r}
        {load}
        torch.ones(2**24)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(10):
            torch.ones(2**24)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)"""
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert int(process.stdout) < 50_000  # 160,000 otherwise
