"""Pieces a second in training, against JoeyNMT: the same sizes, the same pieces.

Its training command is what its users run. Its step alone, with our batches and our precision, which on a
CPU it would not use by itself, shows how much of the difference is the model's own.
"""

import dataclasses
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import torch

from seqtrans.config import Config
from seqtrans.devices import choose_precision
from tests.bench.child import Child
from tests.bench.joey_command import JoeyCommand, model_config
from tests.bench.measure import Contender, Table, absent, side_by_side
from tests.bench.steps import Steps
from tests.bench.workload import CPU, Workload, num_pieces

PEER = "JoeyNMT, its training command"
STEP = "JoeyNMT, its step alone"
TITLES = {"transformer": "Transformer", "attention": "GRU with attention"}


def precisions() -> list[str]:
    """Return the formats of products that the processor has: bfloat16 only where it is quick."""
    native = choose_precision("auto", CPU) == torch.bfloat16
    return ["bfloat16", "float32"] if native else ["float32"]


def tables(workload: Workload) -> Iterator[Table]:
    """Measure each backbone that both have, in each precision."""
    for backbone, title in TITLES.items():
        for precision in precisions():
            config = workload.complete(workload.config(backbone, precision=precision))
            batches = workload.batches(config)
            ours = Steps(config, batches)
            with ExitStack() as stack:
                peers = joey(workload, config, ours, stack)
                contenders = [Contender("seqtrans", ours.pieces_per_second), *peers]
                name = f"Training a {title}, {precision}"
                yield side_by_side(name, "pieces/s", PEER, contenders, min(3, workload.num_rounds))


def joey(workload: Workload, config: Config, ours: Steps, stack: ExitStack) -> list[Contender]:
    """Start JoeyNMT where the environment names a Python that has it."""
    python = os.environ.get("JOEYNMT_PYTHON", "")
    if reason := why_not(python):
        return [absent(PEER, reason)]
    job = {
        "config": dataclasses.asdict(config),
        "model": model_config(config),
        "batches": ours.batches,
        "bfloat16": config.precision == "bfloat16",
        "num_threads": torch.get_num_threads(),
    }
    child = stack.enter_context(Child([python, str(Path(__file__).with_name("joey.py"))], job))
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    return [
        Contender(PEER, JoeyCommand(python, workload, config, folder).pieces_per_second),
        Contender(STEP, lambda: num_pieces(ours.batches) / child.round()),
    ]


def why_not(python: str) -> str:
    """Return why this Python cannot run JoeyNMT; "" when it can."""
    if not python:
        return "JOEYNMT_PYTHON does not name a Python that has it"
    try:
        done = subprocess.run([python, "-c", "import joeynmt.training"], capture_output=True, text=True)
    except OSError as error:
        return f"JOEYNMT_PYTHON: {error}"
    if done.returncode == 0:
        return ""
    said = done.stderr.splitlines() or [f"{python} ended with status {done.returncode}"]
    return f"JOEYNMT_PYTHON: {said[-1]}"
