"""Train: from a config to a run folder with the best model and its score.

Reads as the phases of a run: prepare, train, test.
"""

import importlib.metadata
import platform
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from seqtrans import schedule
from seqtrans.checkpoint import check_fit, load_config, set_weights, unpack_state, unpack_weights
from seqtrans.config import Config
from seqtrans.corpus import Corpus
from seqtrans.devices import choose_device, memory_bytes
from seqtrans.errors import SeqtransError
from seqtrans.evaluation import perplexity, score_by_length
from seqtrans.events import Results
from seqtrans.interruption import Interruption
from seqtrans.loop import Report, TrainingLoop
from seqtrans.models.build import build_model, count_parameters
from seqtrans.preparation import Prepared, prepare
from seqtrans.runs import (
    CONFIG,
    HYPOTHESES,
    MODEL,
    RESULTS,
    STATE,
    TOKENIZER,
    next_folder,
    refuse_existing,
    unfinished,
)
from seqtrans.scoring import GroupScore, score_groups
from seqtrans.storage import RunFolder
from seqtrans.tokenizer import Tokenizer

BYTES_PER_PARAMETER = 16
"""Weight, gradient and the optimizer's two moments, four bytes each."""


def train(config: Config, out: str | Path | None = None, report: Report = lambda event: None) -> Results:
    """Train a model and write a run folder; return its test score.

    `out` is the folder to make (by default the next free one in `runs/`); `report` is called with each event.
    Raises `SeqtransError` for faults in the input, before any training and without touching what exists, and
    `Interrupted` when Ctrl-C or SIGTERM has stopped the run at a checkpoint.
    """
    started = time.perf_counter()
    folder = RunFolder(out or next_folder(config.backbone))
    refuse_existing(folder)
    device = choose_device(config.device)
    with Interruption() as interruption:
        prepared = prepare(config)
        refuse_spent(prepared.config, time.perf_counter() - started)
        refuse_huge(prepared.config)
        folder.make()
        with folder.lock():
            refuse_existing(folder)
            loop = TrainingLoop(prepared, folder, device, report, interruption, started)
            loop.save(inputs(prepared))
            loop.run()
            return test(loop)


def resume(
    out: str | Path, given: Mapping[str, Any] | None = None, report: Report = lambda event: None
) -> Results:
    """Go on with a run that was stopped or killed; return its test score.

    Weights and translations become what they would have been without the stop (same machine, budget in
    steps or epochs). `given` are settings that the run must have been started with; only the place of
    the corpus may be another. Raises `SeqtransError` when a setting or the data has changed, or there
    is nothing to go on with.
    """
    started = time.perf_counter()
    folder = RunFolder(out)
    config = load_config(folder).with_same(given or {}, str(folder.path))
    with Interruption() as interruption, folder.lock():
        if not unfinished(folder.path):
            raise SeqtransError(f"{folder.path}: this run is finished; train another with --out")
        state = unpack_state(folder.read(STATE), str(folder.path / STATE))
        prepared = prepare(config, Tokenizer(folder.read(TOKENIZER), str(folder.path / TOKENIZER)))
        device = choose_device(config.device)
        loop = TrainingLoop(prepared, folder, device, report, interruption, started, is_new=False)
        loop.restore(state)
        loop.run()
        return test(loop)


def refuse_spent(config: Config, seconds: float) -> None:
    """Raise `SeqtransError` when the whole budget went by before the first step."""
    if schedule.progress(config, 0, 0, seconds) >= 1:
        raise SeqtransError(
            f"--minutes {config.minutes:g}: preparing the corpus took all of it ({seconds:.1f} seconds); "
            "give more minutes, or count in --steps"
        )


def refuse_huge(config: Config) -> None:
    """Raise `SeqtransError` when weights, gradient and both moments alone are more than the memory."""
    with torch.device("meta"):
        num_bytes = BYTES_PER_PARAMETER * count_parameters(build_model(config))
    if num_bytes > memory_bytes():
        raise SeqtransError(
            f"the model needs {num_bytes / 2**30:,.0f} GiB to be trained, more than there is; "
            "give a smaller width, or fewer layers or pieces"
        )


def inputs(prepared: Prepared) -> dict[str, bytes]:
    """Return the files of a run that are known before the first step."""
    config, corpus = prepared.config, prepared.corpus
    return {
        CONFIG: config.to_json().encode(),
        TOKENIZER: prepared.tokenizer.model,
        f"test.{config.source_language}": text_file([pair.src for pair in corpus.test]),
        f"test.{config.target_language}": text_file([pair.tgt for pair in corpus.test]),
    }


def test(loop: TrainingLoop) -> Results:
    """Score the test set with the best weights and write the results."""
    folder, config, corpus, position = loop.folder, loop.config, loop.corpus, loop.position
    weights = unpack_weights(folder.read(MODEL), str(folder.path / MODEL))
    check_fit(loop.model, weights, str(folder.path / MODEL))
    set_weights(loop.model, weights)
    result = loop.evaluate(corpus.test)
    scores = result.scores
    results = Results(
        folder=str(folder.path), backbone=config.backbone, bleu=scores.bleu, chrf=scores.chrf,
        bleu_signature=scores.bleu_signature, chrf_signature=scores.chrf_signature, loss=result.loss,
        perplexity=perplexity(result.loss), num_truncated=result.num_truncated,
        by_length=score_by_length(corpus.test, result.hypotheses),
        by_part=score_by_part(corpus, result.hypotheses),
        parameters=count_parameters(loop.model), seconds=loop.seconds(),
        pieces_per_second=position.num_pieces / position.training_seconds, steps=position.step,
        epochs=loop.epoch, best_step=position.best_step, seed=config.seed, versions=versions(),
        data_hash=loop.data_hash,
    )  # fmt: skip
    hypotheses = f"{HYPOTHESES}.{config.target_language}"
    folder.write({hypotheses: text_file(result.hypotheses), RESULTS: results.to_json().encode()})
    folder.remove(STATE)
    return results


def score_by_part(corpus: Corpus, hypotheses: Sequence[str]) -> dict[str, GroupScore]:
    """Score the parts of the test set apart, where they have labels."""
    if not corpus.parts:
        return {}
    labels = [corpus.parts[pair] for pair in corpus.test]
    return score_groups(labels, hypotheses, [pair.tgt for pair in corpus.test])


def versions() -> dict[str, str]:
    """Return the versions that a result depends on."""
    packages = ("seqtrans", "torch", "sentencepiece", "sacrebleu")
    return {"python": platform.python_version()} | {
        name: importlib.metadata.version(name) for name in packages
    }


def text_file(texts: Sequence[str]) -> bytes:
    """Return the texts as a file with one line for each."""
    return "".join(f"{text}\n" for text in texts).encode()
