"""Whole runs on a toy corpus: files, determinism, scores, stopping."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch

from seqtrans import gradients, loop, training
from seqtrans.batches import IdPair
from seqtrans.checkpoint import load_run
from seqtrans.config import Config
from seqtrans.corpus import Pair
from seqtrans.decoding import Translator, load
from seqtrans.errors import SeqtransError
from seqtrans.evaluation import Evaluation, evaluate
from seqtrans.events import Event, Progress, Started, Validated
from seqtrans.loss import Loss, batch_loss
from seqtrans.preparation import Prepared, prepare
from seqtrans.scoring import score
from seqtrans.training import train
from tests.conftest import CPU, ignore, tiny_run_config

BACKBONES = ("gru", "attention", "transformer")


def read(run: Path, name: str) -> Any:
    return json.loads((run / name).read_text())


@pytest.mark.parametrize("backbone", BACKBONES)
def test_the_same_seed_gives_the_same_bytes(toy_folder: Path, tmp_path: Path, backbone: str) -> None:
    config = tiny_run_config(backbone, toy_folder, dropout=0.3, seed=5)
    for name in ("a", "b"):
        train(config, tmp_path / name, ignore)
    train(config.with_changes(seed=6), tmp_path / "c", ignore)
    for file in ("model.safetensors", "test.hyp.en", "tokenizer.model", "config.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("a", "c")]
    assert weights[0] != weights[1]


def test_weight_decay_takes_its_share_off_at_each_update(toy_folder: Path, tmp_path: Path) -> None:
    """Loshchilov and Hutter 2019: rate times decay times the weight, beside what Adam does."""
    config = tiny_run_config("gru", toy_folder, steps=1, learning_rate=0.01, warmup_steps=0, weight_decay=0.0)
    runs = {"start": {"learning_rate": 0.0}, "plain": {}, "decayed": {"weight_decay": 0.5}}
    weights = {}
    for name, changes in runs.items():
        train(config.with_changes(**changes), tmp_path / name, ignore)
        weights[name] = load_run(tmp_path / name, CPU).model.output.weight
    taken = weights["plain"] - weights["decayed"]
    torch.testing.assert_close(taken, 0.01 * 0.5 * weights["start"], rtol=1e-3, atol=1e-6)


def test_copies_join_the_pairs_of_an_epoch_and_nothing_else(toy_folder: Path) -> None:
    config = tiny_run_config("gru", toy_folder)
    plain, doubled = (prepare(config.with_changes(copies=copies)) for copies in (0, 2))
    copies = [IdPair(pair.tgt, pair.tgt) for pair in plain.train]
    assert doubled.train == plain.train + copies + copies
    assert (doubled.facts, doubled.corpus) == (plain.facts, plain.corpus)
    assert doubled.tokenizer.model == plain.tokenizer.model


def test_freed_memory_is_released_now_and_then(
    toy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases: list[None] = []
    monkeypatch.setattr(loop, "RELEASE_STEPS", 3)
    monkeypatch.setattr(loop, "release_freed_memory", lambda: releases.append(None))
    train(tiny_run_config("gru", toy_folder, steps=7), tmp_path / "run")
    assert len(releases) == 3  # before the steps 1, 4 and 7


def test_training_remembers_its_products(
    toy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", raising=False)
    train(tiny_run_config("gru", toy_folder, steps=1), tmp_path / "run")
    assert int(os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"]) > 1024


def test_a_run_folder_holds_what_the_readme_says(toy_folder: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    results = train(tiny_run_config("gru", toy_folder), run, ignore)
    names = {"config.json", "tokenizer.model", "model.safetensors", "metrics.jsonl", "results.json"}
    names |= {"test.de", "test.en", "test.hyp.en", "manifest.json"}
    assert {path.name for path in run.iterdir() if path.name != ".lock"} == names
    values = read(run, "results.json")
    expected = "bleu chrf bleu_signature chrf_signature loss perplexity parameters seconds pieces_per_second"
    assert set(f"{expected} steps epochs seed versions data_hash".split()) <= set(values)
    assert values["bleu"] == results.bleu
    assert (values["steps"], values["seed"], len(values["data_hash"])) == (6, 1, 64)
    assert values["versions"]["torch"].split("+")[0] == torch.__version__.split("+")[0]
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["valid", "valid"]
    assert (run / "test.de").read_bytes() == (toy_folder / "test.de").read_bytes()
    assert len((run / "test.hyp.en").read_text().splitlines()) == 7


def test_bleu_is_what_the_sacrebleu_command_says_of_the_files(toy_folder: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    sizes = {"embed_size": 24, "hidden_size": 40, "learning_rate": 0.02, "warmup_steps": 5, "steps": 80}
    results = train(tiny_run_config("attention", toy_folder, **sizes), run, ignore)
    command = [sys.executable, "-m", "sacrebleu", str(run / "test.en"), "-i", str(run / "test.hyp.en")]
    output = subprocess.run([*command, "-m", "bleu", "chrf", "-w", "4"], capture_output=True, check=True)
    bleu, chrf = json.loads(output.stdout)
    assert results.bleu > 5
    assert (round(results.bleu, 4), round(results.chrf, 4)) == (bleu["score"], chrf["score"])
    assert results.bleu_signature == bleu["signature"]
    assert load(run).translate((run / "test.de").read_text().splitlines()) == (
        (run / "test.hyp.en").read_text().splitlines()
    )


def test_the_written_config_repeats_the_run(toy_folder: Path, tmp_path: Path) -> None:
    train(tiny_run_config("gru", toy_folder), tmp_path / "a", ignore)
    text = (tmp_path / "a" / "config.json").read_text()
    train(Config.from_json(text, "config.json"), tmp_path / "b", ignore)
    for file in ("model.safetensors", "config.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_events_tell_the_story(toy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "LOG_STEPS", 2)
    events: list[Event] = []
    train(tiny_run_config("transformer", toy_folder), tmp_path / "run", events.append)
    assert [type(event) for event in events] == [
        Started, Progress, Validated, Progress, Progress, Validated
    ]  # fmt: skip
    started, validated = events[0], events[-1]
    assert isinstance(started, Started)
    assert (started.facts.num_train, started.facts.overlap) == (126, 0)
    assert isinstance(validated, Validated)
    assert len(validated.samples) == 3
    assert [event.step for event in events if isinstance(event, Progress)] == [2, 4, 6]


@pytest.mark.parametrize(
    ("budget", "steps"), [({"steps": 7}, range(7, 8)), ({"epochs": 2, "steps": -1}, range(8, 40))]
)
def test_a_budget_is_kept(toy_folder: Path, tmp_path: Path, budget: dict[str, int], steps: range) -> None:
    results = train(tiny_run_config("gru", toy_folder, **budget), tmp_path / "run", ignore)
    assert results.steps in steps
    if "epochs" in budget:
        assert results.epochs == 2


def test_a_budget_in_minutes_stops_in_time(toy_folder: Path, tmp_path: Path) -> None:
    config = tiny_run_config("gru", toy_folder, steps=-1, minutes=0.05)
    results = train(config, tmp_path / "run", ignore)
    assert results.steps > 3
    assert 2 < results.seconds < 20  # three, and the machine may be slow


def test_training_stops_when_patience_is_out(toy_folder: Path, tmp_path: Path) -> None:
    config = tiny_run_config("gru", toy_folder, steps=200, num_validations=100, patience=3, learning_rate=0.0)
    results = train(config, tmp_path / "run", ignore)
    assert results.steps == 2 * 4
    assert results.best_step == 2


def test_the_best_weights_are_kept_not_the_last(toy_folder: Path, tmp_path: Path) -> None:
    validations: list[Validated] = []

    def note(event: Event) -> None:
        if isinstance(event, Validated):
            validations.append(event)

    config = tiny_run_config("gru", toy_folder, steps=60, num_validations=15, learning_rate=0.5, patience=99)
    results = train(config, tmp_path / "run", note)
    ranks = [(event.chrf, -event.loss) for event in validations]
    best = ranks.index(max(ranks))
    assert results.best_step == validations[best].step
    assert [event.is_best for event in validations] == [
        rank > max(ranks[:i], default=(-1.0, 0.0)) for i, rank in enumerate(ranks)
    ]


def test_the_test_set_is_scored_with_the_best_weights(
    toy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = iter((90.0, 80.0, 70.0, 60.0))

    def worse_each_time(translator: Translator, pairs: list[Pair]) -> Evaluation:
        result = evaluate(translator, pairs)
        return result._replace(scores=result.scores._replace(chrf=next(scores)))

    monkeypatch.setattr(loop, "evaluate", worse_each_time)
    config = tiny_run_config("gru", toy_folder, steps=9, num_validations=3, learning_rate=0.01)
    results = train(config, tmp_path / "run", ignore)
    assert (results.best_step, results.steps) == (3, 9)
    kept = evaluate(load(tmp_path / "run"), prepare(config).corpus.test)
    assert results.loss == pytest.approx(kept.loss, rel=1e-4)


def test_validations_are_spread_within_an_epoch(toy_folder: Path, tmp_path: Path) -> None:
    events: list[Event] = []
    config = tiny_run_config("gru", toy_folder, steps=-1, epochs=1, num_validations=2)
    train(config, tmp_path / "run", events.append)
    half, whole = (event.epoch for event in events if isinstance(event, Validated))
    assert 0.5 <= half < whole == 1


def test_an_existing_folder_is_left_alone(toy_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "precious").write_text("mine")
    with pytest.raises(SeqtransError, match="run exists and is not a run; name another folder with --out"):
        train(tiny_run_config("gru", toy_folder), tmp_path / "run", ignore)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["precious"]
    train(tiny_run_config("gru", toy_folder), tmp_path / "finished", ignore)
    with pytest.raises(SeqtransError, match="finished holds a finished run; name another folder"):
        train(tiny_run_config("gru", toy_folder), tmp_path / "finished", ignore)


def test_a_fault_in_the_input_makes_no_folder(toy_folder: Path, tmp_path: Path) -> None:
    (toy_folder / "valid.en").write_text("one line\n")
    with pytest.raises(SeqtransError, match=r"valid\.de has 7 lines"):
        train(tiny_run_config("gru", toy_folder), tmp_path / "run", ignore)
    with pytest.raises(SeqtransError, match="cuda is not available here"):
        train(tiny_run_config("gru", toy_folder, device="cuda"), tmp_path / "run", ignore)
    assert not (tmp_path / "run").exists()


def test_a_loss_that_is_not_finite_stops_the_run(
    toy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[None] = []

    def explode(*arguments: Any) -> Loss:
        calls.append(None)
        loss = batch_loss(*arguments)
        return loss._replace(smoothed=loss.smoothed * (float("nan") if len(calls) == 5 else 1.0))

    monkeypatch.setattr(gradients, "batch_loss", explode)
    with pytest.raises(SeqtransError, match=r"step 5 \(epoch 1, batch 5\): the loss is nan"):
        train(tiny_run_config("gru", toy_folder), tmp_path / "run", ignore)
    assert load(tmp_path / "run").translate(["Der Hund schläft hier."]) != [None]


def test_bfloat16_trains_too(toy_folder: Path, tmp_path: Path) -> None:
    for backbone in BACKBONES:
        config = tiny_run_config(backbone, toy_folder, precision="bfloat16")
        results = train(config, tmp_path / backbone, ignore)
        exact = train(config.with_changes(precision="float32"), tmp_path / f"{backbone} 32", ignore)
        assert results.loss == pytest.approx(exact.loss, rel=0.01)
        weights = [Path(folder) / "model.safetensors" for folder in (results.folder, exact.folder)]
        assert weights[0].read_bytes() != weights[1].read_bytes()


def test_a_budget_that_preparation_uses_up_is_refused(
    toy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*arguments: Any) -> Prepared:
        time.sleep(0.7)
        return prepare(*arguments)

    monkeypatch.setattr(training, "prepare", slow)
    with pytest.raises(SeqtransError, match=r"--minutes 0\.01: preparing the corpus took all of it"):
        train(tiny_run_config("gru", toy_folder, steps=-1, minutes=0.01), tmp_path / "run", ignore)
    assert not (tmp_path / "run").exists()


def test_the_parts_of_a_test_set_are_scored_apart(toy_folder: Path, tmp_path: Path) -> None:
    lines = (toy_folder / "test.de").read_text().splitlines()
    labels = ["odd" if number % 3 else "even" for number in range(len(lines))]
    (toy_folder / "test.parts").write_text("".join(f"{label}\n" for label in labels))
    results = train(tiny_run_config("gru", toy_folder), tmp_path / "run", ignore)
    written = read(tmp_path / "run", "results.json")["by_part"]
    assert {label: part["num_sentences"] for label, part in written.items()} == Counter(labels)
    hypotheses, references = (
        (tmp_path / "run" / name).read_text().splitlines() for name in ("test.hyp.en", "test.en")
    )
    odd = [i for i, label in enumerate(labels) if label == "odd"]
    expected = score([hypotheses[i] for i in odd], [references[i] for i in odd])
    assert (written["odd"]["bleu"], written["odd"]["chrf"]) == (expected.bleu, expected.chrf)
    assert sum(group.num_sentences for group in results.by_length.values()) == len(lines)
    (toy_folder / "test.parts").write_text("odd\n")
    with pytest.raises(SeqtransError, match=rf"test.parts has 1 lines, the test set {len(lines)}"):
        train(tiny_run_config("gru", toy_folder), tmp_path / "other", ignore)
