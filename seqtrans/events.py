"""What training tells whoever watches: events for a callback, and the results of a finished run."""

import dataclasses
import json
from typing import NamedTuple

from seqtrans.config import Config
from seqtrans.preparation import Facts
from seqtrans.scoring import GroupScore


class Started(NamedTuple):
    """Everything is ready for the first step, or for the next one of a run that goes on."""

    config: Config
    facts: Facts
    folder: str
    num_parameters: int
    device: str
    precision: str
    step: int
    """Updates made before."""


class Progress(NamedTuple):
    """Means over the steps since the last report; `loss` in nats per target piece."""

    step: int
    epoch: float
    spent: float
    """Share of the budget, 0 to 1."""
    loss: float
    perplexity: float
    learning_rate: float
    pieces_per_second: float
    seconds: float


class Sample(NamedTuple):
    """A validation sentence, its translation by the model, and its reference."""

    src: str
    hypothesis: str
    reference: str


class Validated(NamedTuple):
    """A validation, and whether its chrF is the best so far."""

    step: int
    epoch: float
    loss: float
    perplexity: float
    bleu: float
    chrf: float
    num_truncated: int
    is_best: bool
    samples: list[Sample]
    seconds: float


Event = Started | Progress | Validated


@dataclasses.dataclass(frozen=True)
class Results:
    """What `results.json` says of a finished run; the scores are those of the best weights on the test
    set."""

    folder: str
    backbone: str
    bleu: float
    chrf: float
    bleu_signature: str
    chrf_signature: str
    loss: float
    perplexity: float
    by_length: dict[str, GroupScore]
    """The test set by the number of words in the source sentence."""
    by_part: dict[str, GroupScore]
    """The test set by the labels of its file `.parts`, where it has one."""
    num_truncated: int
    parameters: int
    seconds: float
    pieces_per_second: float
    steps: int
    epochs: float
    best_step: int
    seed: int
    versions: dict[str, str]
    data_hash: str

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), indent=2, ensure_ascii=False) + "\n"
