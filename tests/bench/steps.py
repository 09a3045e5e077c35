"""Training steps of this program, as `training.py` makes them; as a program: in a process of its own."""

import json
import sys
import time

import torch

from seqtrans.batches import IdPair
from seqtrans.config import Config
from seqtrans.devices import keep_freed_memory, release_freed_memory
from seqtrans.gradients import Gradients
from seqtrans.loop import RELEASE_STEPS
from seqtrans.models.build import build_model
from seqtrans.optimizer import Optimizer
from tests.bench.workload import CPU, Workload, num_pieces


class Steps:
    """A fresh model in training."""

    def __init__(self, config: Config, batches: list[list[IdPair]]) -> None:
        torch.manual_seed(1)
        self.config, self.batches = config, batches
        self.model = build_model(config)
        self.gradients = Gradients(self.model, config, CPU)
        self.optimizer = Optimizer(self.model, config, CPU, self.gradients.num_workers)

    def round(self) -> float:
        """Make one update for each batch; return the seconds."""
        started = time.perf_counter()
        for number, batch in enumerate(self.batches):
            if number % RELEASE_STEPS == 0:
                release_freed_memory()
            self.step(batch, number)
        return time.perf_counter() - started

    def step(self, batch: list[IdPair], number: int) -> None:
        """Make one update."""
        self.gradients.compute(batch, number)
        self.optimizer.update(1e-4)

    def pieces_per_second(self) -> float:
        return num_pieces(self.batches) / self.round()


def serve() -> None:
    """Be a `Child` that trains a Transformer: the job says on what, and whether freed memory is kept."""
    started = time.perf_counter()
    job = json.loads(input())
    if job["keeps_freed_memory"]:
        keep_freed_memory()
    workload = Workload(job["data"], job["quick"])
    config = workload.complete(workload.config("transformer"))
    steps = Steps(config, workload.batches(config, job["num_batches"]))
    print(time.perf_counter() - started, flush=True)
    for _ in sys.stdin:
        print(steps.round(), flush=True)


if __name__ == "__main__":
    serve()
