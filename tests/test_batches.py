"""Padding, the two sides of the decoder, and the plan of an epoch."""

import random

import pytest
import torch

from seqtrans.batches import IdPair, collate, plan_batches
from tests.conftest import CPU


def random_pairs(count: int) -> list[IdPair]:
    draw = random.Random(1)
    lengths = (
        (length, max(1, length + draw.randint(-4, 4))) for length in draw.choices(range(1, 31), k=count)
    )
    return [IdPair([5] * src, [6] * tgt) for src, tgt in lengths]


def test_collate_by_hand() -> None:
    batch = collate([IdPair([7, 8, 9], [10]), IdPair([], [11, 12])], CPU)
    assert batch.src.tolist() == [[7, 8, 9, 3], [3, 0, 0, 0]]
    assert batch.src_mask.tolist() == [[True] * 4, [True, False, False, False]]
    assert batch.tgt_in.tolist() == [[2, 10, 0], [2, 11, 12]]
    assert batch.tgt_out.tolist() == [[10, 3, 0], [11, 12, 3]]
    assert batch.num_pieces == 4 + 2 + 1 + 3
    assert batch.src.dtype == batch.tgt_in.dtype == torch.int64


@pytest.mark.parametrize("budget", [40, 200, 100_000])
def test_every_pair_is_in_one_batch_and_no_batch_is_over_budget(budget: int) -> None:
    pairs = random_pairs(500)
    plan = plan_batches(pairs, budget, seed="1")
    assert sorted(i for members in plan for i in members) == list(range(500))
    for members in plan:
        batch = collate([pairs[i] for i in members], CPU)
        assert len(members) == 1 or batch.src.numel() + batch.tgt_in.numel() <= budget


def test_little_of_a_batch_is_padding() -> None:
    pairs = random_pairs(5000)
    batches = [collate([pairs[i] for i in members], CPU) for members in plan_batches(pairs, 1000, "1")]
    positions = sum(batch.src.numel() + batch.tgt_out.numel() for batch in batches)
    assert sum(batch.num_pieces for batch in batches) / positions > 0.96


def test_batches_are_of_few_sizes() -> None:
    sizes = [len(members) for members in plan_batches(random_pairs(5000), 1000, "1")]
    assert sum(size % 8 == 0 for size in sizes) / len(sizes) > 0.9


def test_the_seed_makes_the_plan() -> None:
    pairs = random_pairs(300)
    plan = plan_batches(pairs, 200, "7")
    assert plan == plan_batches(pairs, 200, "7")
    assert plan != plan_batches(pairs, 200, "8")


def test_batches_do_not_come_in_order_of_length() -> None:
    pairs = random_pairs(500)
    longest = [max(len(pairs[i].src) for i in members) for members in plan_batches(pairs, 200, "1")]
    assert longest != sorted(longest)
    assert longest != sorted(longest, reverse=True)


def test_a_pair_longer_than_the_budget_is_a_batch_of_its_own() -> None:
    pairs = [IdPair([5] * 3, [6]), IdPair([5] * 90, [6] * 90), IdPair([5] * 2, [6])]
    assert [1] in plan_batches(pairs, 20, "1")
