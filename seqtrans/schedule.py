"""How far a run has come, and the learning rate that belongs there."""

from seqtrans.config import AUTO, Config


def progress(config: Config, step: int, epoch: float, seconds: float) -> float:
    """Return the share of the budget that is spent, from 0 to 1.

    `step` updates done; `epoch` passes done, with the fraction of the one under way; `seconds` since the
    start. Only one of the three counts: the one that the budget is given in.
    """
    if config.steps != AUTO:
        spent = step / config.steps
    elif config.epochs != AUTO:
        spent = epoch / config.epochs
    else:
        spent = seconds / (60 * config.minutes)
    return min(1.0, spent)


def learning_rate(config: Config, step: int, spent: float) -> float:
    """Return the rate for update `step` (from 0), when the share `spent` of the budget is used.

    It rises over `warmup_steps` in a line and falls in a line to zero at the budget's end (Defazio et al.
    2023 show why a line is hard to beat), whatever the budget is counted in.
    """
    rise = min(1.0, (step + 1) / (config.warmup_steps + 1))
    return config.learning_rate * rise * (1 - spent)
