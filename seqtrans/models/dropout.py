"""Dropout whose random numbers are cheap on a CPU.

Torch's own draws one number per element. Here one 64-bit number serves eight elements, a byte each, so
a probability is rounded to a multiple of 1/256 (`make bench` shows what it buys). Elsewhere than on a CPU
it is torch's own.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

_thread = threading.local()


@contextmanager
def own_random_numbers(seed: int, device: torch.device) -> Iterator[None]:
    """Give the code within random numbers from a seed, apart from those of other threads on a CPU."""
    if device.type != "cpu":
        torch.manual_seed(seed)
    else:
        _thread.generator = torch.Generator().manual_seed(seed)
    try:
        yield
    finally:
        _thread.generator = None


def random_numbers() -> torch.Generator | None:
    """Return the thread's own random numbers; None means torch's."""
    return getattr(_thread, "generator", None)


class Dropout(nn.Dropout):
    """Zero each element with probability `p` in training and scale the others to keep the mean."""

    def forward(self, input: Tensor) -> Tensor:
        if not self.training or self.p == 0.0:
            return input
        if input.device.type != "cpu":
            return super().forward(input)
        return input * cheap_mask(input, self.p)


def cheap_mask(like: Tensor, p: float) -> Tensor:
    """Return a tensor of the shape and type of `like`: 0 with probability p (in 256ths), else 1 / (1 - p)."""
    dropped = round(256 * p)  # of the 256 values of a byte
    words = torch.empty((like.numel() + 7) // 8, dtype=torch.int64)
    words.random_(-(2**63), None, generator=random_numbers())
    keep = words.view(torch.uint8)[: like.numel()].view(like.shape) >= dropped
    return keep.to(like.dtype).mul_(256 / (256 - dropped))
