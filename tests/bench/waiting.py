"""What a user waits for: from the command to the first step, and for the score of 1,000 sentences."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from seqtrans.checkpoint import Run
from seqtrans.decoding import Translator
from seqtrans.evaluation import evaluate
from seqtrans.runs import STATE
from tests.bench.child import ROOT
from tests.bench.measure import Contender, Table, side_by_side
from tests.bench.workload import Workload


def tables(workload: Workload, run: Run) -> Iterator[Table]:
    """Measure both, in seconds."""
    pairs, translator = workload.sentences(), Translator(run)

    def score() -> float:
        started = time.perf_counter()
        evaluate(translator, pairs)
        return time.perf_counter() - started

    contenders = [
        Contender("from the command to the end of the first step", lambda: first_step(workload)),
        Contender(f"evaluation of {len(pairs):,} sentences", score),
    ]
    yield side_by_side("Waiting", "seconds", "", contenders, workload.num_rounds)


def first_step(workload: Workload) -> float:
    """Run `seqtrans train` until its first checkpoint, which it is told to write after every step."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        settings = ["--out", str(out), "--checkpoint-minutes", "0", "--steps", "1000", "--quiet"]
        settings += ["--num-validations", "1", *(["--data", workload.data] if workload.data else [])]
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "seqtrans", "train", *settings], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        while not (out / STATE).exists():
            if process.poll() is not None:
                raise RuntimeError(f"seqtrans train has ended with status {process.returncode}")
            time.sleep(0.002)
        seconds = time.perf_counter() - started
        process.send_signal(signal.SIGTERM)
        process.wait()
    return seconds
