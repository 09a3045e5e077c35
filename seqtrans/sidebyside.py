"""Run independent pieces of work side by side, each on processor cores of its own.

Torch's own way to use several cores is to share each matrix product among them, so that all wait for the
slowest at every product, some hundred times a step. Cores that work apart meet once a step. On an idle
machine both take about as long. Beside another program that keeps a core busy, working apart was nearly
twice to ten times as fast: together, all wait for that core at every product (`make bench`).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import torch
from torch import nn

Result = TypeVar("Result")


def num_workers_for(device: torch.device) -> int:
    """Return how many pieces of work can run at once: one for each core, one for any other device."""
    return _num_cores() if device.type == "cpu" else 1


def run_side_by_side(tasks: Sequence[Callable[[], Result]], num_workers: int) -> list[Result]:
    """Return what each task returns, in order; the first exception of a task is raised.

    A single task is worth it too: torch keeps to one core in it, and its idle threads do not spin on the
    cores that the next tasks want.
    """
    if num_workers == 1:
        return [task() for task in tasks]
    return list(_pool(num_workers, _num_cores() // num_workers).map(_call, tasks))


def deal(model: nn.Module, num_workers: int) -> list[dict[str, nn.Parameter]]:
    """Divide a model's parameters, by name, into shares of about the same size, one or none for each worker.

    The largest come first, each to the worker that has the least.
    """
    shares: list[dict[str, nn.Parameter]] = [{} for _ in range(num_workers)]
    for name, parameter in sorted(model.named_parameters(), key=lambda named: -named[1].numel()):
        smallest = min(shares, key=lambda share: sum(held.numel() for held in share.values()))
        smallest[name] = parameter
    return [share for share in shares if share]


@cache
def _num_cores() -> int:
    """Ask torch, once: other libraries change the answer later, for themselves."""
    return torch.get_num_threads()


def _call(task: Callable[[], Result]) -> Result:
    return task()


@cache
def _pool(num_workers: int, cores_each: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(num_workers, "seqtrans", torch.set_num_threads, (max(1, cores_each),))
