"""What each clever part buys: a Transformer's training with all of them, and with each of them left out.

In its place stand torch's own dropout, torch's own threads, and the allocator as it is.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from unittest.mock import patch

from torch import nn

from seqtrans.models.dropout import Dropout
from tests.bench.child import Child
from tests.bench.measure import Contender, Table, side_by_side
from tests.bench.steps import Steps
from tests.bench.workload import Workload, num_pieces

ALL = "all of them"


def tables(workload: Workload) -> Iterator[Table]:
    """Measure pieces a second; the ratio is what is left without the part."""
    config = workload.complete(workload.config("transformer"))
    batches = workload.batches(config)
    steps = Steps(config, batches)
    with patch("seqtrans.gradients.num_workers_for", return_value=1):
        one_worker = Steps(config, batches)
    job = {"data": workload.data, "quick": workload.quick, "backbone": "transformer"}
    torch_masks = patch.object(Dropout, "forward", nn.Dropout.forward)
    with Child([sys.executable, "-m", "tests.bench.steps"], job) as child:
        contenders = [
            Contender(ALL, steps.pieces_per_second),
            Contender("without the cheap dropout masks", without(torch_masks, steps.pieces_per_second)),
            Contender("without side-by-side workers", one_worker.pieces_per_second),
            Contender("without keeping freed memory", lambda: num_pieces(batches) / child.round()),
        ]
        title = "What each part of training buys"
        yield side_by_side(title, "pieces/s", ALL, contenders, workload.num_rounds)


def without(change: AbstractContextManager[object], measure: Callable[[], float]) -> Callable[[], float]:
    """Return a measurement during which something is replaced."""

    def measure_without() -> float:
        with change:
            return measure()

    return measure_without
