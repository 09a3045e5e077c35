"""Embeddings that start from the corpus: counted by hand, factored as torch does, neighbors translate."""

import math
import random

import pytest
import torch

from seqtrans.batches import IdPair
from seqtrans.initialization import factors, mutual_information, start_embeddings
from tests.conftest import tiny_model

PAIRS = [IdPair([4, 4, 5], [8]), IdPair([4, 5], [8, 9]), IdPair([5], [9]), IdPair([6], [7])]


@pytest.mark.parametrize("pairs_at_once", [1, 1000])
def test_mutual_information_by_hand(pairs_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """4 and 8 share two of the four pairs, and each stands in these two alone."""
    monkeypatch.setattr("seqtrans.initialization.PAIRS_AT_ONCE", pairs_at_once)
    information = mutual_information(PAIRS, 11)
    expected = torch.zeros(11, 11)
    expected[4, 8] = math.log(4 * 2 / (2 * 2))
    expected[5, 8] = expected[5, 9] = math.log(4 * 2 / (3 * 2))
    torch.testing.assert_close(information, expected)  # 6 and 7 met only once


def test_factors_are_those_of_the_singular_value_decomposition() -> None:
    generator = torch.Generator().manual_seed(1)
    matrix = torch.randn(40, 3, generator=generator) @ torch.randn(3, 40, generator=generator)
    a, b = factors(matrix, 6, generator)
    assert a.shape == b.shape == (40, 6)
    torch.testing.assert_close(a @ b.t(), matrix, atol=1e-3, rtol=1e-3)
    singular = torch.linalg.svdvals(matrix)[:3]
    torch.testing.assert_close(
        a.norm(dim=0).sort(descending=True)[0][:3], singular.sqrt(), rtol=1e-3, atol=1e-3
    )


def test_a_width_beyond_the_vocabulary_is_filled_with_zeros() -> None:
    a, b = factors(torch.eye(5), 8, torch.Generator().manual_seed(1))
    torch.testing.assert_close(a @ b.t(), torch.eye(5), atol=1e-5, rtol=0)
    assert (a[:, 5:] == 0).all()


@pytest.mark.parametrize("tied", [True, False])
def test_the_nearest_neighbor_of_a_piece_is_its_translation(tied: bool) -> None:
    draw = random.Random(3)
    lines = [draw.sample(range(4, 54), 6) for _ in range(3000)]
    pairs = [IdPair(line, [piece + 50 for piece in reversed(line)]) for line in lines]
    src = torch.randn(104, 64, generator=torch.Generator().manual_seed(2)) / 8
    before = src.norm(dim=1).mean()
    tgt = src if tied else src.clone()
    start_embeddings(src, tgt, pairs, seed=1)
    similarity = torch.nn.functional.normalize(src[4:54]) @ torch.nn.functional.normalize(tgt[54:]).t()
    assert (similarity.argmax(dim=1) == torch.arange(50)).float().mean() > 0.95
    assert tgt[54:].norm(dim=1).mean() == pytest.approx(before.item(), rel=0.1)
    assert src.data_ptr() == tgt.data_ptr() or not torch.equal(src, tgt)


def test_the_seed_makes_the_start_and_unseen_pieces_stay_random() -> None:
    starts = []
    for seed in (1, 1, 2):
        weights = torch.randn(11, 4, generator=torch.Generator().manual_seed(5))
        unseen = weights[10].clone()
        start_embeddings(weights, weights, PAIRS, seed)
        assert torch.equal(weights[10], unseen)
        starts.append(weights)
    assert torch.equal(starts[0], starts[1])


@pytest.mark.parametrize("kind", ["gru", "attention", "transformer"])
def test_every_backbone_names_its_embeddings(kind: str) -> None:
    for tied in (True, False):
        src, tgt = tiny_model(kind, tied=tied).embedding_weights()
        assert (src.data_ptr() == tgt.data_ptr()) == tied
