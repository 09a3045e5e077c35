"""What the program chooses when the user leaves a setting to it: sizes, rates, the budget.

Every rule reads only the size of the corpus and the other settings, and stands here, so that a run's
choices can be looked up in one place. The completed config has no `AUTO` left that the run reads. The
rules were found on validation sets, by the trials that `recipe.md` lists.
"""

import math
from typing import Any

from seqtrans.config import AUTO, RECURRENT, Config
from seqtrans.corpus import Pair

DEFAULT_MINUTES = 5.0
PIECES_PER_MINUTE = 1_000_000
"""What two cores of a laptop train on, source and target together, roughly."""
PIECES_PER_WORD = 1.3


def complete(config: Config, train: list[Pair]) -> Config:
    """Return the config with all settings chosen but `vocab_size`, which the tokenizer's training sets."""
    if config.minutes == config.epochs == config.steps == AUTO:
        config = config.with_changes(minutes=DEFAULT_MINUTES)
    corpus = PIECES_PER_WORD * num_words(train)
    budget = budget_pieces(config, corpus)
    batch = config.batch_pieces if config.batch_pieces != AUTO else batch_pieces_for(budget, corpus)
    chosen: dict[str, Any] = {
        "batch_pieces": batch,
        "warmup_steps": 200,
        "patience": 5,
        "dropout": dropout_for(budget / corpus),
        "copies": copies_for(budget / corpus),
        "num_validations": 10 if config.minutes == AUTO else max(3, min(10, round(2 * config.minutes**0.5))),
    }
    if config.backbone in RECURRENT:
        chosen |= {"embed_size": 256, "hidden_size": 512, "num_encoder_layers": 1, "num_decoder_layers": 1}
        chosen |= {"learning_rate": recurrent_rate(budget), "weight_decay": 0.1}
    else:
        width = config.d_model if config.d_model != AUTO else width_for(budget, corpus)
        chosen |= {"d_model": width, "d_ff": 4 * width, "num_heads": num_heads_for(width)}
        chosen |= {"num_encoder_layers": 3, "num_decoder_layers": 3}
        chosen |= {"learning_rate": 5e-3, "weight_decay": 0.2}
    return config.with_changes(
        **{name: value for name, value in chosen.items() if getattr(config, name) == AUTO}
    )


def budget_pieces(config: Config, corpus: float) -> float:
    """Estimate how many pieces the budget will train on; `corpus` is the number of pieces in an epoch."""
    if config.minutes != AUTO:
        return PIECES_PER_MINUTE * config.minutes
    if config.epochs != AUTO:
        return corpus * config.epochs
    return config.steps * (config.batch_pieces if config.batch_pieces != AUTO else 2048.0)


def batch_pieces_for(budget: float, corpus: float) -> int:
    """Return the power of two that makes about 2,000 updates of the budget.

    Fewer updates than that leave a model half taught, more gain less than large batches save. An epoch
    has 30 batches at least, so that a small corpus is well mixed.
    """
    wanted = min(budget / 2000, corpus / 30)
    return int(2 ** max(9, min(13, round(math.log2(wanted)))))


def width_for(budget: float, corpus: float) -> int:
    """Return the width of a Transformer: a wider one learns more from each piece, and takes longer over it.

    With the cube root of the budget: 128 for three million pieces, 192 for ten; 96 at least, 256 at most.
    More than ten passes over the corpus do not count: they would teach a wider model the text by heart.
    """
    counted = min(budget, 10 * corpus)
    return 32 * max(3, min(8, round(4 * math.cbrt(counted / 3e6))))


def recurrent_rate(budget: float) -> float:
    """Return a recurrent backbone's peak rate: a high one teaches more in a short run, harms a long one."""
    return min(4e-3, 2e-3 * math.sqrt(1e7 / budget))


def num_heads_for(width: int) -> int:
    """Return the number of heads that are about 32 wide, and whose numbers are pairs, as rotations need."""
    return next((heads for heads in range(width // 32, 1, -1) if width % (2 * heads) == 0), 1)


def dropout_for(passes: float) -> float:
    """Return the dropout for so many passes over the corpus: what is seen rarely is not learned by heart.

    A tenth for nine passes, and in proportion; 0.3 at most.
    """
    return round(min(0.3, passes / 90), 3)


def copies_for(passes: float) -> int:
    """Return how often an epoch has each target sentence as its own source.

    A decoder that finds the source's pieces learns to copy, not to translate, from them, and loses by it.
    But a corpus so small that it is passed over forty times would be learned by heart: there they help.
    """
    return int(passes >= 40)


def vocab_size_for(train: list[Pair]) -> int:
    """Return the number of pieces for a corpus: it grows with the square root of the running words.

    Six times the root gives the 5,000 pieces that suit Multi30k's 29,000 pairs; larger vocabularies than
    8,000 cost more time in the output layer than they bring. A multiple of 8, which matrix products like.
    """
    return min(8000, max(200, 8 * round(6 / 8 * math.sqrt(num_words(train)))))


def num_words(train: list[Pair]) -> int:
    """Count the words of both sides, by white space."""
    return sum(len(side.split()) for pair in train for side in pair)
