"""AdamW (Loshchilov and Hutter 2019), each worker updating a share of the parameters.

An update does little arithmetic on much memory: on one core, with the sum of the workers' gradients, it is a
twelfth of a step of two workers, and the more of a step the more there are (`make bench` shows what it buys).
"""

from functools import partial
from typing import Any

import torch
from torch import Tensor

from seqtrans.config import Config
from seqtrans.models.base import Seq2Seq
from seqtrans.sidebyside import deal, run_side_by_side


class Optimizer:
    """Updates a model from its gradient."""

    def __init__(self, model: Seq2Seq[Any], config: Config, device: torch.device, num_workers: int) -> None:
        self.clip_norm, self.num_workers = config.clip_norm, num_workers
        self.shares = deal(model, num_workers)
        self.parts = [
            torch.optim.AdamW(
                share.values(), lr=0.0, betas=(0.9, 0.98), weight_decay=config.weight_decay,
                fused=device.type != "mps",
            )
            for share in self.shares
        ]  # fmt: skip

    def update(self, learning_rate: float) -> None:
        """Take one step, after the norm of the whole gradient is bounded."""
        workers = range(len(self.shares))
        norms = run_side_by_side([partial(self.share_norm, worker) for worker in workers], self.num_workers)
        norm = torch.stack(norms).norm()
        tasks = [partial(self.update_share, worker, learning_rate, norm) for worker in workers]
        run_side_by_side(tasks, self.num_workers)

    def share_norm(self, worker: int) -> Tensor:
        """Return the Euclidean norm of a share's gradient: a scalar."""
        grads = [parameter.grad for parameter in self.shares[worker].values()]
        return torch.nn.utils.get_total_norm([grad for grad in grads if grad is not None])

    def update_share(self, worker: int, learning_rate: float, norm: Tensor) -> None:
        """Update one share, given the norm of the whole gradient."""
        if norm > self.clip_norm:
            torch.nn.utils.clip_grads_with_norm_(self.shares[worker].values(), self.clip_norm, norm)
        for group in self.parts[worker].param_groups:
            group["lr"] = learning_rate
        self.parts[worker].step()

    def state(self) -> dict[str, dict[str, Tensor]]:
        """Return the number of steps and the moments of each parameter, by its name."""
        return {
            name: part.state[parameter]
            for share, part in zip(self.shares, self.parts, strict=True)
            for name, parameter in share.items()
            if parameter in part.state
        }

    def restore(self, state: dict[str, dict[str, Tensor]]) -> None:
        """Take up what `state` returned, however the parameters were dealt then."""
        for share, part in zip(self.shares, self.parts, strict=True):
            numbered = {number: state[name] for number, name in enumerate(share) if name in state}
            part.load_state_dict(part.state_dict() | {"state": numbered})
