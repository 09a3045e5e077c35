"""What each clever part buys: a Transformer's training with all of them, and with each of them left out.

In its place stand torch's own dropout, loss and threads, the allocator and oneDNN as they are.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from torch import Tensor, nn

from seqtrans.batches import IdPair
from seqtrans.config import Config
from seqtrans.loss import CrossEntropyByRows
from seqtrans.models.dropout import Dropout
from seqtrans.tokenizer import PAD_ID
from tests.bench.child import Child
from tests.bench.measure import Contender, Table, side_by_side
from tests.bench.steps import Steps
from tests.bench.workload import Workload, num_pieces

ALL = "all of them"
WITHOUT_WORKERS = "without side-by-side workers"
NUM_BATCHES = 64
"""Of so many sizes that oneDNN does not remember all their products by itself."""
NUM_BATCHES_BUSY = 2
"""Torch's own threads may take a quarter of a minute over them then."""


def tables(workload: Workload) -> Iterator[Table]:
    """Measure pieces a second; the ratio is what is left without the part."""
    config = workload.complete(workload.config("transformer"))
    steps = Steps(config, workload.batches(config))
    torch_masks = patch.object(Dropout, "forward", nn.Dropout.forward)
    torch_loss = patch.object(CrossEntropyByRows, "apply", torchs_cross_entropy)
    contenders = [
        Contender(ALL, steps.pieces_per_second),
        Contender("without the cheap dropout masks", without(torch_masks, steps.pieces_per_second)),
        Contender("without the loss by rows", without(torch_loss, steps.pieces_per_second)),
        Contender("with one worker for the update", with_one_update(config, steps.batches).pieces_per_second),
        Contender(WITHOUT_WORKERS, with_one_worker(config, steps.batches).pieces_per_second),
    ]
    title = "What each part of training buys"
    yield side_by_side(title, "pieces/s", ALL, contenders, workload.num_rounds)
    yield beside_another_program(workload)
    yield of_settings(workload)


def with_one_worker(config: Config, batches: list[list[IdPair]]) -> Steps:
    """Return the same training with torch's own threads in the place of a worker for each core."""
    with patch("seqtrans.gradients.num_workers_for", return_value=1):
        return Steps(config, batches)


def with_one_update(config: Config, batches: list[list[IdPair]]) -> Steps:
    """Return the same training with the sum of the gradients and the update left to one worker."""

    def undivided(model: nn.Module, num_workers: int) -> list[dict[str, nn.Parameter]]:
        return [dict(model.named_parameters())]

    with patch("seqtrans.gradients.deal", undivided), patch("seqtrans.optimizer.deal", undivided):
        return Steps(config, batches)


def beside_another_program(workload: Workload) -> Table:
    """Measure what workers buy where other programs compute, too."""
    config = workload.complete(workload.config("transformer"))
    batches = workload.batches(config, NUM_BATCHES_BUSY)
    contenders = [
        Contender(ALL, Steps(config, batches).pieces_per_second),
        Contender(WITHOUT_WORKERS, with_one_worker(config, batches).pieces_per_second),
    ]
    title = "The same, while another program keeps a core busy"
    with busy_core():
        return side_by_side(title, "pieces/s", ALL, contenders, min(3, workload.num_rounds))


@contextmanager
def busy_core() -> Iterator[None]:
    """Keep a core busy, as a browser may, while the code within runs."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as program:
        try:
            yield
        finally:
            program.kill()


def of_settings(workload: Workload) -> Table:
    """Measure what holds for a whole process, each setting in one of its own."""
    config = workload.complete(workload.config("transformer"))
    pieces = num_pieces(workload.batches(config, NUM_BATCHES))
    job: dict[str, Any] = {"data": workload.data, "quick": workload.quick, "num_batches": NUM_BATCHES}
    command = [sys.executable, "-m", "tests.bench.steps"]
    with ExitStack() as stack:

        def contender(name: str, keeps_freed_memory: bool = True, **environment: str) -> Contender:
            own_job = job | {"keeps_freed_memory": keeps_freed_memory}
            child = stack.enter_context(Child(command, own_job, **environment))
            return Contender(name, lambda: pieces / child.round())

        contenders = [
            contender(ALL),
            contender("without keeping freed memory", keeps_freed_memory=False),
            contender("without remembering compiled products", ONEDNN_PRIMITIVE_CACHE_CAPACITY="1024"),
        ]
        title = "What the settings of the process buy"
        return side_by_side(title, "pieces/s", ALL, contenders, min(3, workload.num_rounds))


def torchs_cross_entropy(logits: Tensor, wanted: Tensor, label_smoothing: float) -> tuple[Tensor, Tensor]:
    """Do what `CrossEntropyByRows.apply` does."""
    smoothed = nn.functional.cross_entropy(
        logits.float(), wanted, ignore_index=PAD_ID, reduction="sum", label_smoothing=label_smoothing
    )
    return smoothed, smoothed.detach()


def without(change: AbstractContextManager[object], measure: Callable[[], float]) -> Callable[[], float]:
    """Return a measurement during which something is replaced."""

    def measure_without() -> float:
        with change:
            return measure()

    return measure_without
