"""The training loop: step after step until the budget is spent, with validations and checkpoints.

Reports through a callback; prints nothing. All that a run needs to go on is on disk at each checkpoint, so
one that was stopped, or killed at any moment, goes on to the very weights that it would have had.
"""

import dataclasses
import math
import time
from collections.abc import Callable
from typing import Any

import torch

from seqtrans import schedule
from seqtrans.batches import plan_batches
from seqtrans.checkpoint import Run, check_fit, pack_state, pack_weights, set_weights
from seqtrans.corpus import Pair
from seqtrans.decoding import Translator
from seqtrans.devices import keep_freed_memory, release_freed_memory, remember_products
from seqtrans.errors import Interrupted, SeqtransError
from seqtrans.evaluation import Evaluation, evaluate
from seqtrans.events import Event, Sample, Started, Validated
from seqtrans.gradients import Gradients
from seqtrans.initialization import start_embeddings
from seqtrans.interruption import Interruption
from seqtrans.models.base import Seq2Seq
from seqtrans.models.build import build_model, count_parameters
from seqtrans.optimizer import Optimizer
from seqtrans.preparation import Prepared
from seqtrans.runlog import RunLog
from seqtrans.runs import MODEL, STATE
from seqtrans.storage import RunFolder

LOG_STEPS = 20
RELEASE_STEPS = 20
"""Between two releases of freed memory: fewer cost time, more cost memory."""
NUM_SAMPLES = 3

Report = Callable[[Event], None]


@dataclasses.dataclass
class Position:
    """Where a run stands: what changes from step to step beside weights and optimizer."""

    step: int = 0
    epoch: int = 0
    batch: int = 0
    """Batches done of the epoch under way."""
    num_validations: int = 0
    best_chrf: float = -1.0
    best_loss: float = math.inf
    best_step: int = 0
    stale: int = 0
    """Validations since the best one."""
    num_pieces: int = 0
    training_seconds: float = 0.0
    seconds: float = 0.0
    """Since the start, at the last checkpoint."""
    log_bytes: int = 0


class TrainingLoop:
    """One run under way: the model, the optimizer, the position, the log."""

    def __init__(
        self, prepared: Prepared, folder: RunFolder, device: torch.device, report: Report,
        interruption: Interruption, started: float, is_new: bool = True,
    ) -> None:  # fmt: skip
        self.config, self.corpus, self.tokenizer, self.pairs, self.facts = prepared
        self.data_hash = self.corpus.digest()
        self.folder, self.interruption = folder, interruption
        self.started = self.saved = started
        keep_freed_memory()
        remember_products()
        torch.manual_seed(self.config.seed)
        model = build_model(self.config)
        if self.config.embeddings == "cooccurrence" and is_new:
            start_embeddings(*model.embedding_weights(), self.pairs, self.config.seed)
        self.model: Seq2Seq[Any] = model.to(device)
        self.gradients = Gradients(self.model, self.config, device)
        self.optimizer = Optimizer(self.model, self.config, device, self.gradients.num_workers)
        self.translator = Translator(Run(self.config, self.tokenizer, self.model, device))
        self.position = Position()
        self.plan: list[list[int]] = []
        """The batches of the epoch under way, as indices of pairs."""
        self.log = RunLog(folder, report)
        self.validation_seconds = 0.0

    def run(self) -> None:
        """Train until the budget is spent or patience is out, validating at even distances.

        Raises `Interrupted` when Ctrl-C or SIGTERM has stopped the run at a checkpoint.
        """
        self.log.start(
            Started(
                self.config, self.facts, str(self.folder.path), count_parameters(self.model),
                str(self.gradients.device), str(self.gradients.precision).removeprefix("torch."),
                self.position.step,
            )
        )  # fmt: skip
        position, config = self.position, self.config
        while True:
            self.plan = plan_batches(self.pairs, config.batch_pieces, seed=f"{config.seed} {position.epoch}")
            while position.batch < len(self.plan):
                spent = self.spent()
                if position.num_validations and (spent >= 1 or position.stale >= config.patience):
                    return
                self.step(self.plan[position.batch], spent)
                position.batch += 1
                spent = self.spent()
                if spent * config.num_validations >= position.num_validations + 1:
                    position.num_validations = math.floor(spent * config.num_validations)
                    self.validate()
                elif self.interruption.signal or self.seconds_since_save() > 60 * config.checkpoint_minutes:
                    self.save()
                if self.interruption.signal:
                    raise Interrupted(
                        f"stopped after step {position.step}; go on with: "
                        f"seqtrans train --resume --out {self.folder.path}",
                        self.interruption.signal,
                    )
            position.epoch, position.batch = position.epoch + 1, 0

    @property
    def epoch(self) -> float:
        """Passes over the corpus so far."""
        return self.position.epoch + self.position.batch / len(self.plan)

    def spent(self) -> float:
        """Return the share of the budget that is spent; a budget in minutes keeps time to validate in."""
        seconds = self.seconds() + self.validation_seconds
        return schedule.progress(self.config, self.position.step, self.epoch, seconds)

    def seconds(self) -> float:
        """Return the time since the run began, without the time in which it was stopped."""
        return time.perf_counter() - self.started

    def seconds_since_save(self) -> float:
        return time.perf_counter() - self.saved

    def step(self, members: list[int], spent: float) -> None:
        """Make one optimizer update on one batch."""
        if self.position.step % RELEASE_STEPS == 0:
            release_freed_memory()
        started = time.perf_counter()
        config, position = self.config, self.position
        rate = schedule.learning_rate(config, position.step, spent)
        pairs = [self.pairs[i] for i in members]
        loss = self.gradients.compute(pairs, position.step)
        if not math.isfinite(total := loss.smoothed.item()):
            raise SeqtransError(
                f"step {position.step + 1} (epoch {position.epoch + 1}, batch {position.batch + 1}): "
                f"the loss is {total}; the last checkpoint is kept. Try a smaller --learning-rate "
                "or --clip-norm, or --precision float32"
            )
        self.optimizer.update(rate)
        seconds = time.perf_counter() - started
        position.step += 1
        num_pieces = loss.num_pieces + sum(len(pair.src) + 1 for pair in pairs)
        position.num_pieces += num_pieces
        position.training_seconds += seconds
        self.log.add(loss.nats.item(), loss.num_pieces, num_pieces, seconds)
        if position.step % LOG_STEPS == 0:
            self.log.progress(position.step, self.epoch, spent, rate, self.seconds())

    def validate(self) -> None:
        """Score the validation set; keep the weights when they are the best so far: by chrF.

        From one validation to the next the models differ by less than the noise in BLEU, which counts
        matches of up to four words; chrF counts characters, of which there are more (Popović 2015).
        """
        started = time.perf_counter()
        position = self.position
        result = self.evaluate(self.corpus.valid)
        is_best = (result.scores.chrf, -result.loss) > (position.best_chrf, -position.best_loss)
        if is_best:
            position.best_chrf, position.best_loss = result.scores.chrf, result.loss
            position.best_step, position.stale = position.step, 0
        else:
            position.stale += 1
        self.log.validated(
            Validated(
                position.step, self.epoch, result.loss, result.perplexity, result.scores.bleu,
                result.scores.chrf, result.num_truncated, is_best, self.samples(result), self.seconds(),
            )
        )  # fmt: skip
        self.save({MODEL: pack_weights(self.model)} if is_best else {})
        self.validation_seconds = time.perf_counter() - started

    def evaluate(self, pairs: list[Pair]) -> Evaluation:
        self.model.eval()
        return evaluate(self.translator, pairs)

    def samples(self, result: Evaluation) -> list[Sample]:
        """Return the same few validation sentences each time, spread over the set."""
        valid = self.corpus.valid
        chosen = range(0, len(valid), max(1, len(valid) // NUM_SAMPLES))[:NUM_SAMPLES]
        return [Sample(valid[i].src, result.hypotheses[i], valid[i].tgt) for i in chosen]

    def save(self, files: dict[str, bytes] | None = None) -> None:
        """Write the state of training, together with other files of the run."""
        self.position.seconds = self.seconds()
        self.position.log_bytes = self.log.num_bytes()
        state = {
            "position": dataclasses.asdict(self.position),
            "data_hash": self.data_hash,
            "model": {name: parameter.detach() for name, parameter in self.model.named_parameters()},
            "optimizer": self.optimizer.state(),
        }
        self.folder.write({**(files or {}), STATE: pack_state(state)})
        self.saved = time.perf_counter()

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a state that `save` wrote. Raises `SeqtransError` when data or model are others now."""
        if state["data_hash"] != self.data_hash:
            raise SeqtransError(
                f"{self.folder.path}: the corpus has changed since this run began; start anew"
            )
        check_fit(self.model, state["model"], str(self.folder.path / STATE))
        set_weights(self.model, state["model"])
        self.optimizer.restore(state["optimizer"])
        kinds = [
            {name: type(value) for name, value in position.items()}
            for position in (state["position"], dataclasses.asdict(self.position))
        ]
        if kinds[0] != kinds[1]:
            raise SeqtransError(f"{self.folder.path / STATE}: not the state of a training; start anew")
        self.position = Position(**state["position"])
        self.started -= self.position.seconds
        self.log.cut(self.position.log_bytes)
