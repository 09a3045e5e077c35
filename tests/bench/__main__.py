"""`make bench`: the list of measurements, each against what it should be compared with."""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from seqtrans.checkpoint import Run, load_run
from seqtrans.devices import choose_precision, keep_freed_memory, remember_products
from seqtrans.errors import SeqtransError
from tests.bench import decoding, parts, products, training, waiting
from tests.bench.measure import Table
from tests.bench.workload import CPU, Workload


def measurements(workload: Workload, run: Run | None) -> Iterator[Table]:
    """Make all measurements one after the other; `run` is to translate with, else one is trained."""
    yield from training.tables(workload)
    yield from products.tables(workload)
    yield from parts.tables(workload)
    with tempfile.TemporaryDirectory() as temporary:
        run = run or workload.train(Path(temporary) / "run")
    yield from waiting.tables(workload, run)
    yield from decoding.tables(workload, run)


def main() -> None:
    """Print the machine, then each table as it is ready; write all of it as JSON where that is wanted."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--data", default="", help="corpus folder [default: the corpus that ships]")
    parser.add_argument("--run", type=Path, help="run to translate with [default: one is trained, 2 minutes]")
    parser.add_argument("--json", type=Path, help="file for the record, every round in it")
    parser.add_argument("--quick", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    started = time.perf_counter()
    keep_freed_memory()
    remember_products()
    workload = Workload(arguments.data, arguments.quick)
    try:
        run = load_run(arguments.run, CPU) if arguments.run else None
        corpus = {
            "data": arguments.data or "the corpus that ships",
            "pairs": workload.prepared.facts.num_train,
        }
        if arguments.json:
            arguments.json.open("a").close()  # now, not after half an hour
    except (SeqtransError, OSError) as error:
        parser.exit(1, f"error: {error}\n")
    record: dict[str, object] = {
        "date": datetime.date.today().isoformat(),
        **machine(),
        **versions(),
        **corpus,
    }
    for name, value in record.items():
        print(f"{name:12} {value}")
    print(flush=True)
    tables = []
    for table in measurements(workload, run):
        print(table, flush=True)
        tables.append(table.as_dict())
    seconds = time.perf_counter() - started
    print(f"{seconds:.0f} seconds")
    if arguments.json:
        record |= {"seconds": seconds, "tables": tables}
        arguments.json.write_text(json.dumps(record, indent=2) + "\n")


def machine() -> dict[str, object]:
    """Return what the figures depend on."""
    names = [line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "bfloat16": choose_precision("auto", CPU) == torch.bfloat16,
        "system": platform.platform(),
    }


def versions() -> dict[str, str]:
    """Return the versions of Python, this program and those it is compared with (JoeyNMT has its own)."""
    installed = {}
    for package in ("seqtrans", "torch", "sentencepiece", "ctranslate2"):
        try:
            installed[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            installed[package] = "not installed"
    return {"python": platform.python_version()} | installed


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


if __name__ == "__main__":
    main()
