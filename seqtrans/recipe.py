"""What the program chooses when the user leaves a setting to it: sizes, rates, the budget.

Every rule reads only the corpus and the other settings, and stands here, so that a run's choices can be
looked up in one place. The completed config has no `AUTO` left that the run reads.
"""

import math
from typing import Any

from seqtrans.config import AUTO, RECURRENT, Config
from seqtrans.corpus import Pair

DEFAULT_MINUTES = 5.0


def complete(config: Config) -> Config:
    """Return the config with all settings chosen but `vocab_size`, which the tokenizer's training sets."""
    chosen: dict[str, Any] = {"dropout": 0.1, "patience": 5, "warmup_steps": 300, "batch_pieces": 2048}
    if config.backbone in RECURRENT:
        chosen |= {"embed_size": 256, "hidden_size": 512, "learning_rate": 2e-3}
        chosen |= {"num_encoder_layers": 1, "num_decoder_layers": 1, "dropout": 0.3}
    else:
        chosen |= {"d_model": 128, "d_ff": 512, "num_heads": 4, "learning_rate": 3e-3}
        chosen |= {"num_encoder_layers": 3, "num_decoder_layers": 3}
    if config.minutes == config.epochs == config.steps == AUTO:
        chosen["minutes"] = DEFAULT_MINUTES
    return config.with_changes(
        **{name: value for name, value in chosen.items() if getattr(config, name) == AUTO}
    )


def vocab_size_for(train: list[Pair]) -> int:
    """Return the number of pieces for a corpus: it grows with the square root of the running words.

    Six times the root gives the 5,000 pieces that suit Multi30k's 29,000 pairs; larger vocabularies than
    8,000 cost more time in the output layer than they bring. A multiple of 8, which matrix products like.
    """
    num_words = sum(len(side.split()) for pair in train for side in pair)
    return min(8000, max(200, 8 * round(6 / 8 * math.sqrt(num_words))))
