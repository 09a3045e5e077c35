"""What training looks like in a terminal: a progress bar, validations, sample translations; on stderr.

Belongs to the command line, which alone prints.
"""

import shutil
import sys
from types import TracebackType
from typing import Never

from tqdm import tqdm

from seqtrans.events import Event, Progress, Started, Validated
from seqtrans.preparation import Lengths


class TrainingDisplay:
    """A callback for `train`. Draws a bar where stderr is a terminal; prints nothing when quiet."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.bar: tqdm[Never] | None = None

    def __enter__(self) -> "TrainingDisplay":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.close()

    def __call__(self, event: Event) -> None:
        if self.quiet:
            return
        match event:
            case Started():
                self.start(event)
            case Progress():
                self.progress(event)
            case Validated():
                self.validated(event)

    def start(self, event: Started) -> None:
        facts, config = event.facts, event.config
        counts = f"{facts.num_train:,} pairs to train on, {facts.num_valid:,} to validate"
        self.line(f"corpus     {counts}, {facts.num_test:,} to test")
        for reason, count in facts.dropped.items():
            self.line(f"dropped    {count:,} pairs: {reason}")
        if config.copies:
            self.line(f"copies     {config.copies} of each target sentence in an epoch, as its own source")
        if facts.overlap:
            self.line(f"warning    {facts.overlap:,} test pairs share a side with a training pair")
        self.line(f"{config.source_language:10} {_lengths(facts.src)}")
        self.line(f"{config.target_language:10} {_lengths(facts.tgt)}")
        self.line(f"tokenizer  {facts.vocab_size:,} pieces ({config.tokenizer}), both languages together")
        self.line(f"model      {config.backbone}, {event.num_parameters:,} parameters")
        self.line(f"computing  on {event.device} in {event.precision}")
        self.line(f"run        {event.folder}" + (f", from step {event.step} on" if event.step else ""))
        if sys.stderr.isatty():
            form = "{percentage:3.0f}% |{bar:12}| {elapsed} < {remaining} {postfix}"
            columns, rows = shutil.get_terminal_size()  # tqdm takes a size of 0 at its word
            self.bar = tqdm(total=1.0, bar_format=form, ncols=columns, nrows=rows, file=sys.stderr)

    def progress(self, event: Progress) -> None:
        if self.bar is None:
            return
        self.bar.set_postfix_str(
            f"loss {event.loss:.2f} perplexity {event.perplexity:.3g} "
            f"{event.pieces_per_second:,.0f} pieces/s",
            refresh=False,
        )
        self.bar.n = event.spent
        self.bar.refresh()

    def validated(self, event: Validated) -> None:
        best = "  best chrF so far" if event.is_best else ""
        self.line(
            f"step {event.step}  epoch {event.epoch:.1f}  {event.seconds:.0f} s  loss {event.loss:.3f}  "
            f"perplexity {event.perplexity:.2f}  BLEU {event.bleu:.2f}  chrF {event.chrf:.2f}{best}"
        )
        if event.num_truncated:
            self.line(f"    {event.num_truncated} sentences ran into the length limit")
        for sample in event.samples:
            self.line(f"    source     {sample.src}")
            self.line(f"    model      {sample.hypothesis}")
            self.line(f"    reference  {sample.reference}")

    def line(self, text: str) -> None:
        """Print a line above the bar."""
        tqdm.write(text, file=sys.stderr)


def _lengths(lengths: Lengths) -> str:
    return (
        f"{lengths.mean_words:.1f} words a sentence ({lengths.mean_pieces:.1f} pieces), "
        f"{lengths.longest_words} at most ({lengths.longest_pieces})"
    )
