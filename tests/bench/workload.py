"""What is measured with: the corpus, the models' sizes, the batches, a trained run.

The sizes are those for which other programs' speeds are known (a Transformer of d 256, a GRU of 512). The
GRU's embeddings are as wide as its state, since JoeyNMT can tie its output to them only then.
"""

import itertools
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

import seqtrans
from seqtrans.batches import IdPair, plan_batches
from seqtrans.checkpoint import Run, load_run
from seqtrans.config import Config
from seqtrans.corpus import Pair
from seqtrans.preparation import Prepared, prepare

CPU = torch.device("cpu")
SIZES: dict[str, dict[str, Any]] = {
    "transformer": {
        "d_model": 256, "d_ff": 1024, "num_heads": 4, "num_encoder_layers": 3, "num_decoder_layers": 3,
        "positions": "sinusoidal",  # as JoeyNMT has them
    },
    "attention": {"embed_size": 512, "hidden_size": 512, "num_encoder_layers": 1, "num_decoder_layers": 1},
}  # fmt: skip
TINY: dict[str, dict[str, Any]] = {
    "transformer": {
        "d_model": 8, "d_ff": 12, "num_heads": 2, "num_encoder_layers": 1, "num_decoder_layers": 1,
        "positions": "sinusoidal",
    },
    "attention": {"embed_size": 10, "hidden_size": 10, "num_encoder_layers": 1, "num_decoder_layers": 1},
}  # fmt: skip


@dataclass(frozen=True)
class Workload:
    """A corpus folder ("" is the one that ships), and whether to go through the motions only."""

    data: str
    quick: bool
    minutes: float = 2.0
    """Training time of the model that translates."""

    @property
    def num_rounds(self) -> int:
        return 1 if self.quick else 5

    @property
    def num_sentences(self) -> int:
        return 10 if self.quick else 1000

    def config(self, backbone: str, **changes: Any) -> Config:
        """Return the settings that a backbone's training speed is measured with, but for the vocabulary."""
        sizes = (TINY if self.quick else SIZES)[backbone]
        batch_pieces = 256 if self.quick else 4096
        settings: dict[str, Any] = {"data": self.data, "backbone": backbone, "batch_pieces": batch_pieces}
        return Config(**{**settings, "dropout": 0.1, "weight_decay": 0.01, **sizes, **changes})

    @cached_property
    def prepared(self) -> Prepared:
        """The corpus and its pieces, which are the same for all models."""
        return prepare(Config(data=self.data, steps=1))

    def complete(self, config: Config) -> Config:
        return config.with_changes(vocab_size=self.prepared.tokenizer.vocab_size)

    def batches(self, config: Config, number: int = 24) -> list[list[IdPair]]:
        """Return so many batches for a round: of all lengths, the same for all contenders."""
        pairs = self.prepared.train
        plan = plan_batches(pairs, config.batch_pieces, "bench")[: 2 if self.quick else number]
        return [[pairs[i] for i in members] for members in plan]

    def sentences(self) -> list[Pair]:
        """Return pairs of the test set, from the start again where it is too small."""
        return list(itertools.islice(itertools.cycle(self.prepared.corpus.test), self.num_sentences))

    def train(self, folder: Path) -> Run:
        """Train a Transformer with the program's own settings, but the width of ten minutes of Multi30k."""
        config = Config(data=self.data, minutes=self.minutes, d_model=192)
        if self.quick:
            config = self.config("transformer", steps=2, num_validations=1)
        seqtrans.train(config, folder)
        return load_run(folder, CPU)


def num_pieces(batches: list[list[IdPair]]) -> int:
    """Return the source and target pieces, each sentence's EOS included."""
    return sum(len(pair.src) + len(pair.tgt) + 2 for batch in batches for pair in batch)
