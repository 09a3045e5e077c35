"""The log of a run: means over recent steps, one JSON line per log point, and the callback."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from seqtrans.evaluation import perplexity
from seqtrans.events import Event, Progress, Started, Validated
from seqtrans.storage import RunFolder

METRICS = "metrics.jsonl"


@dataclasses.dataclass
class Recent:
    """Sums over the steps since the last report."""

    nats: float = 0.0
    num_tgt_pieces: int = 0
    num_pieces: int = 0
    seconds: float = 0.0


class RunLog:
    """Collects what happens, writes it to `metrics.jsonl` and reports it."""

    def __init__(self, folder: RunFolder, report: Callable[[Event], None]) -> None:
        self.folder, self.report = folder, report
        self.recent = Recent()

    def start(self, event: Started) -> None:
        self.report(event)

    def add(self, nats: float, num_tgt_pieces: int, num_pieces: int, seconds: float) -> None:
        """Count one step."""
        recent = self.recent
        recent.nats, recent.seconds = recent.nats + nats, recent.seconds + seconds
        recent.num_tgt_pieces, recent.num_pieces = (
            recent.num_tgt_pieces + num_tgt_pieces,
            recent.num_pieces + num_pieces,
        )

    def progress(self, step: int, epoch: float, spent: float, rate: float, seconds: float) -> None:
        """Log and report the means since the last time."""
        recent, self.recent = self.recent, Recent()
        loss, speed = recent.nats / recent.num_tgt_pieces, recent.num_pieces / recent.seconds
        event = Progress(step, epoch, spent, loss, perplexity(loss), rate, speed, seconds)
        self._write("train", event._asdict())
        self.report(event)

    def validated(self, event: Validated) -> None:
        """Log and report a validation."""
        self._write("valid", event._asdict() | {"samples": [sample._asdict() for sample in event.samples]})
        self.report(event)

    def num_bytes(self) -> int:
        """Return the length of the log file."""
        path = self.folder.path / METRICS
        return path.stat().st_size if path.exists() else 0

    def cut(self, num_bytes: int) -> None:
        """Drop what was logged after a checkpoint: it will happen again."""
        if self.num_bytes() > num_bytes:
            with (self.folder.path / METRICS).open("r+b") as file:
                file.truncate(num_bytes)

    def _write(self, kind: str, values: dict[str, Any]) -> None:
        self.folder.append(METRICS, json.dumps({"kind": kind, **values}, ensure_ascii=False))
