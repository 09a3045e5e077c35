"""Measure each backbone on the corpus that ships: pieces a second in training, sentences in translation."""

import statistics
import time

import torch

from seqtrans.batches import collate, plan_batches
from seqtrans.checkpoint import Run
from seqtrans.config import RECURRENT, Config
from seqtrans.decoding import Translator
from seqtrans.devices import keep_freed_memory
from seqtrans.loss import batch_loss
from seqtrans.models.build import build_model, count_parameters
from seqtrans.preparation import prepare

NUM_BATCHES, NUM_ROUNDS = 20, 3
CPU = torch.device("cpu")


def main() -> None:
    """Print one line for each backbone, the rounds of all three taken in turn."""
    keep_freed_memory()
    names = (*RECURRENT, "transformer")
    contenders = {name: Contender(name) for name in names}
    for _ in range(NUM_ROUNDS):
        for contender in contenders.values():
            contender.train()
            contender.translate()
    base = statistics.median(contenders["transformer"].training)
    print(f"{'backbone':12} {'parameters':>10} {'pieces/s':>9} {'ratio':>6} {'sentences/s':>12}")
    for name, contender in contenders.items():
        speed = statistics.median(contender.training)
        sentences = statistics.median(contender.translation)
        print(f"{name:12} {contender.parameters:10,} {speed:9,.0f} {speed / base:6.2f} {sentences:12,.0f}")


class Contender:
    """A backbone with its measurements so far."""

    def __init__(self, backbone: str) -> None:
        config = Config.from_json(f'{{"backbone": "{backbone}"}}', "bench")
        self.config, self.corpus, tokenizer, self.pairs, _ = prepare(config)
        torch.manual_seed(1)
        self.model = build_model(self.config)
        self.parameters = count_parameters(self.model)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3, fused=True)
        self.translator = Translator(Run(self.config, tokenizer, self.model, CPU))
        self.training: list[float] = []
        self.translation: list[float] = []

    def train(self) -> None:
        """Make a few updates, the first of them unmeasured."""
        self.model.train()
        plan = plan_batches(self.pairs, self.config.batch_pieces, "bench")[: NUM_BATCHES + 1]
        pieces, started = 0, 0.0
        for number, members in enumerate(plan):
            if number == 1:
                started = time.perf_counter()
            batch = collate([self.pairs[i] for i in members], CPU)
            loss = batch_loss(self.model, batch, 0.1)
            self.optimizer.zero_grad()
            (loss.smoothed / loss.num_pieces).backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            pieces += batch.num_pieces if number else 0
        self.training.append(pieces / (time.perf_counter() - started))

    def translate(self) -> None:
        """Translate the test set."""
        self.model.eval()
        texts = [pair.src for pair in self.corpus.test]
        started = time.perf_counter()
        self.translator.translate(texts)
        self.translation.append(len(texts) / (time.perf_counter() - started))


if __name__ == "__main__":
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    main()
