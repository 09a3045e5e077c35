"""What part of a training step are matrix products, and how fast they are for this machine.

One worker is measured with its share of a batch, on one core: what every core does in training.
"""

import os
import time
from collections.abc import Iterator
from itertools import cycle
from unittest.mock import patch

import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from seqtrans.batches import IdPair
from seqtrans.devices import choose_precision
from tests.bench.measure import Contender, Table, side_by_side
from tests.bench.steps import Steps
from tests.bench.training import precisions
from tests.bench.workload import CPU, Workload

PRODUCTS = {"aten::mm", "aten::addmm", "aten::bmm", "aten::baddbmm"}
SIDE = 1024
"""Rows and columns of the matrices whose product stands for what the machine can do."""


def tables(workload: Workload) -> Iterator[Table]:
    """Measure the rate of products in each precision, and their share of a step."""
    for precision in precisions():
        config = workload.complete(workload.config("transformer", precision=precision))
        halves = [batch[::2] for batch in workload.batches(config, 4)]  # as of two workers
        with one_core(), patch("seqtrans.gradients.num_workers_for", return_value=1):
            share = Share(Steps(config, halves))
            machine = Contender("this machine", lambda p=precision: machine_rate(p))  # type: ignore[misc]
            contenders = [machine, Contender("a training step", share.rate)]
            name = f"Matrix products on one core, {precision}"
            yield side_by_side(name, "GFLOP/s", machine.name, contenders, workload.num_rounds)
            contenders = [Contender("matrix products", share.percent)]
            name = f"Share of a Transformer's training step, {precision}"
            yield side_by_side(name, "percent", "", contenders, workload.num_rounds)


class one_core:  # noqa: N801 - reads as a statement
    """Within this context torch uses one thread."""

    def __enter__(self) -> None:
        self.before = torch.get_num_threads()
        torch.set_num_threads(1)

    def __exit__(self, *error: object) -> None:
        torch.set_num_threads(self.before)


def machine_rate(precision: str) -> float:
    """Return the GFLOP/s of a product of two large matrices."""
    dtype = choose_precision(precision, CPU)
    left, right = (torch.randn(SIDE, SIDE).to(dtype) for _ in range(2))
    left @ right
    started = time.perf_counter()
    for _ in range(10):
        left @ right
    return 10 * 2 * SIDE**3 / (time.perf_counter() - started) / 1e9


class Share:
    """The time of products in steps of a model, from torch's profiler; their operations, counted."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self.batches = cycle(steps.batches)

    def rate(self) -> float:
        """Return the GFLOP/s of the products in a step, in the time that they take."""
        batch = next(self.batches)
        with FlopCounterMode(display=False) as counter:
            self.steps.step(batch, 0)
        seconds, _ = self.profiled(batch)
        return float(counter.get_total_flops() / seconds / 1e9)

    def percent(self) -> float:
        """Return the products' share of a step's time."""
        seconds, total = self.profiled(next(self.batches))
        return 100 * seconds / total

    def profiled(self, batch: list[IdPair]) -> tuple[float, float]:
        """Return the seconds of products in a step, and of the whole step."""
        os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # else the profiler talks on stderr
        with profile(activities=[ProfilerActivity.CPU]) as profiler:
            started = time.perf_counter()
            self.steps.step(batch, 0)
            seconds = time.perf_counter() - started
        times = {event.key: event.self_cpu_time_total / 1e6 for event in profiler.key_averages()}
        return sum(times.get(name, 0.0) for name in PRODUCTS), seconds
