"""Measure contenders in turn: a round of each, then the next round, so that all share the machine's mood.

The ratio of two contenders is the median of their ratios within a round, which a slow minute does not move.
"""

import dataclasses
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

REST = 0.5
"""Seconds before each turn: a program's idle threads may spin for a while after its own."""


@dataclass(frozen=True)
class Contender:
    """A name and what makes one round and returns its figure; or the reason why it is not there."""

    name: str
    measure: Callable[[], float]
    absent: str = ""


@dataclass(frozen=True)
class Row:
    """What all rounds of one contender have given."""

    name: str
    median: float
    low: float
    high: float
    ratio: float | None
    """To the table's base; None where the base is absent."""
    rounds: list[float]


@dataclass(frozen=True)
class Table:
    """One measurement: a row for each contender, a line for each that is not there."""

    title: str
    unit: str
    base: str
    rows: list[Row]
    absent: list[str]

    def __str__(self) -> str:
        width = max([len(row.name) for row in self.rows] + [len(self.unit)])
        lines = [f"### {self.title}", ""]
        lines.append(f"| {self.unit:{width}} | {'median':>9} | {'min - max':>19} | {'ratio':>6} |")
        lines.append(f"|{'-' * (width + 2)}|{'-' * 10}:|{'-' * 20}:|{'-' * 7}:|")
        for row in self.rows:
            span = f"{_short(row.low)} - {_short(row.high)}"
            ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
            lines.append(f"| {row.name:{width}} | {_short(row.median):>9} | {span:>19} | {ratio:>6} |")
        return "\n".join([*lines, *(f"\n{line}" for line in self.absent), ""])

    def as_dict(self) -> dict[str, object]:
        return dataclasses.asdict(self)


def side_by_side(title: str, unit: str, base: str, contenders: Sequence[Contender], num_rounds: int) -> Table:
    """Let the contenders take turns; `base` names the ratios' divisor.

    The first round of several does not count: it warms up.
    """
    present = [contender for contender in contenders if not contender.absent]
    rounds: list[list[float]] = [[] for _ in present]
    num_warm = int(num_rounds > 1)
    for number in range(num_warm + num_rounds):
        for contender, figures in zip(present, rounds, strict=True):
            time.sleep(REST)
            figure = contender.measure()
            if number >= num_warm:
                figures.append(figure)
    names = [contender.name for contender in present]
    divisors = rounds[names.index(base)] if base in names else None
    rows = [
        Row(name, statistics.median(figures), min(figures), max(figures), _ratio(figures, divisors), figures)
        for name, figures in zip(names, rounds, strict=True)
    ]
    absent = [
        f"{contender.name}: skipped, {contender.absent}" for contender in contenders if contender.absent
    ]
    return Table(title, unit, base, rows, absent)


def absent(name: str, reason: str) -> Contender:
    """Return a contender that leaves a line instead of a row."""
    return Contender(name, lambda: 0.0, reason)


def _ratio(figures: list[float], divisors: list[float] | None) -> float | None:
    if divisors is None:
        return None
    return statistics.median(figure / by for figure, by in zip(figures, divisors, strict=True))


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"
