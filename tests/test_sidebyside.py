"""Side by side: order, errors, and how many of torch's threads each piece of work has."""

import threading

import pytest
import torch

from seqtrans import sidebyside
from seqtrans.sidebyside import num_workers_for, run_side_by_side
from tests.conftest import CPU


def test_answers_come_in_the_order_of_the_tasks_which_run_at_once() -> None:
    both_there = threading.Barrier(2, timeout=10)  # breaks unless two tasks wait at the same time

    def first() -> str:
        both_there.wait()
        return "first"

    def second() -> str:
        both_there.wait()
        return "second"

    assert run_side_by_side([first, second], 2) == ["first", "second"]


def test_an_exception_of_a_task_reaches_the_caller() -> None:
    def fail() -> None:
        raise ValueError("of the task")

    for num_workers in (1, 2):
        with pytest.raises(ValueError, match="of the task"):
            run_side_by_side([fail, lambda: None], num_workers)


def test_each_task_has_its_share_of_the_cores_even_when_it_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sidebyside, "_num_cores", lambda: 4)
    sidebyside._pool.cache_clear()
    try:
        assert run_side_by_side([torch.get_num_threads], 2) == [2]
        assert run_side_by_side([torch.get_num_threads], 4) == [1]
        assert run_side_by_side([torch.get_num_threads] * 3, 4) == [1, 1, 1]
    finally:
        sidebyside._pool.cache_clear()


def test_the_number_of_workers_is_settled_once() -> None:
    """Loading CTranslate2, for one, sets torch to a single thread."""
    before, threads = num_workers_for(CPU), torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        assert num_workers_for(CPU) == before
    finally:
        torch.set_num_threads(threads)
    assert num_workers_for(torch.device("cuda")) == 1
