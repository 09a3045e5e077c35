"""The learning rate and the budget, by hand."""

import pytest

from seqtrans.config import Config
from seqtrans.schedule import learning_rate, progress

CONFIG = Config(learning_rate=0.8, warmup_steps=3, minutes=2.0)


def test_the_rate_rises_in_a_line_and_falls_in_a_line() -> None:
    assert [learning_rate(CONFIG, step, 0.0) for step in range(5)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.8])
    assert learning_rate(CONFIG, 99, 0.5) == pytest.approx(0.4)
    assert learning_rate(CONFIG, 99, 0.25) == pytest.approx(0.6)
    assert learning_rate(CONFIG, 1, 0.5) == pytest.approx(0.2)
    assert learning_rate(CONFIG, 99, 1.0) == pytest.approx(0.0)


def test_the_budget_counts_in_its_own_unit() -> None:
    assert progress(CONFIG, 10, 5.0, 30.0) == pytest.approx(0.25)
    assert progress(Config(steps=40), 10, 5.0, 30.0) == pytest.approx(0.25)
    assert progress(Config(epochs=20), 10, 5.0, 30.0) == pytest.approx(0.25)
    assert progress(CONFIG, 10, 5.0, 500.0) == 1.0
