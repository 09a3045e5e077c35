"""What the program chooses by itself."""

import itertools
from typing import Any, Literal

import pytest

from seqtrans.config import AUTO, RECURRENT, Config
from seqtrans.corpus import Pair
from seqtrans.errors import SeqtransError
from seqtrans.recipe import batch_pieces_for, complete, copies_for, dropout_for, vocab_size_for, width_for

TRAIN = [Pair("ein Satz mit fünf Wörtern", "a sentence of five words")] * 25_000


@pytest.mark.parametrize("backbone", ["gru", "attention", "transformer"])
@pytest.mark.parametrize("budget", [{}, {"minutes": 0.5}, {"minutes": 600.0}, {"epochs": 3}, {"steps": 7}])
@pytest.mark.parametrize("num_pairs", [20, 25_000])
def test_nothing_that_the_backbone_reads_is_left_open(
    backbone: str, budget: dict[str, Any], num_pairs: int
) -> None:
    config = complete(Config(**{"backbone": backbone, **budget}), TRAIN[:num_pairs])
    left = {name for name, value in vars(config).items() if value == AUTO and name != "vocab_size"}
    other = {"d_model", "d_ff", "num_heads"} if backbone != "transformer" else {"embed_size", "hidden_size"}
    assert left - {"minutes", "epochs", "steps"} == other
    assert len(left & {"minutes", "epochs", "steps"}) == 2


def test_what_the_user_sets_stays() -> None:
    given: dict[str, Any] = {"dropout": 0.0, "batch_pieces": 77, "num_validations": 3, "d_model": 64}
    config = complete(Config(**given), TRAIN)
    assert {name: getattr(config, name) for name in given} == given


def test_a_longer_budget_has_larger_batches_and_more_dropout() -> None:
    configs = [complete(Config(minutes=minutes), TRAIN) for minutes in (1, 3, 10, 30, 100)]
    for shorter, longer in itertools.pairwise(configs):
        assert shorter.batch_pieces <= longer.batch_pieces
        assert shorter.dropout <= longer.dropout
        assert shorter.num_validations <= longer.num_validations
    assert [configs[i].batch_pieces for i in (1, 2)] == [2048, 4096]


def test_a_longer_budget_has_a_wider_model() -> None:
    widths = [width_for(budget, corpus=1e9) for budget in (1e5, 3e6, 1e7, 2e7, 1e9)]
    assert widths == [96, 128, 192, 256, 256]
    config = complete(Config(minutes=10), TRAIN * 3)
    assert (config.d_model, config.d_ff, config.num_heads) == (192, 768, 6)


def test_a_small_corpus_has_no_wide_model() -> None:
    corpora = TRAIN[:1000], TRAIN, TRAIN * 8
    assert [complete(Config(minutes=60), corpus).d_model for corpus in corpora] == [96, 128, 256]


@pytest.mark.parametrize("backbone", RECURRENT)
def test_a_longer_budget_has_a_lower_rate_for_recurrent_backbones(
    backbone: Literal["gru", "attention"],
) -> None:
    configs = [complete(Config(backbone=backbone, minutes=minutes), TRAIN) for minutes in (1, 10, 40)]
    assert [config.learning_rate for config in configs] == pytest.approx([4e-3, 2e-3, 1e-3])


@pytest.mark.parametrize(("width", "num_heads"), [(128, 4), (256, 8), (100, 2), (66, 1), (62, 1), (2, 1)])
def test_a_width_of_the_users_has_heads_that_fit(width: int, num_heads: int) -> None:
    config = complete(Config(d_model=width, minutes=3), TRAIN)
    assert (config.num_heads, config.d_ff) == (num_heads, 4 * width)


def test_an_odd_width_wants_sinusoids() -> None:
    with pytest.raises(
        SeqtransError, match="d_model 63 with num_heads 1: rotary positions need heads of even"
    ):
        complete(Config(d_model=63), TRAIN)
    assert complete(Config(d_model=63, positions="sinusoidal"), TRAIN).num_heads == 1


def test_small_corpora_have_small_batches() -> None:
    assert batch_pieces_for(budget=1e7, corpus=30_000) == 1024
    assert batch_pieces_for(budget=1e7, corpus=100) == 512
    assert batch_pieces_for(budget=1e9, corpus=1e8) == 8192


@pytest.mark.parametrize(("passes", "dropout"), [(0.1, 0.001), (4.5, 0.05), (9, 0.1), (18, 0.2), (1e6, 0.3)])
def test_dropout_grows_with_the_passes(passes: float, dropout: float) -> None:
    assert dropout_for(passes) == pytest.approx(dropout)


def test_the_vocabulary_grows_with_the_square_root_of_the_corpus() -> None:
    assert vocab_size_for(TRAIN) == 3000
    assert vocab_size_for(TRAIN[:100]) == 200
    assert vocab_size_for(TRAIN * 100) == 8000


@pytest.mark.parametrize(("passes", "copies"), [(39, 0), (40, 1)])
def test_what_is_passed_over_often_is_also_its_own_source(passes: float, copies: int) -> None:
    assert copies_for(passes) == copies


@pytest.mark.parametrize("backbone", ["gru", "attention", "transformer"])
def test_passes_are_reckoned_from_budget_and_corpus(backbone: Any) -> None:
    """25,000 pairs of ten words are 325,000 pieces: 13 minutes pass over them forty times."""
    configs = [complete(Config(backbone=backbone, minutes=minutes), TRAIN) for minutes in (12.9, 13)]
    assert [config.copies for config in configs] == [0, 1]
