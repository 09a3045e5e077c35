"""Every option: out of range, at its limits, contradictory, unknown. One clear answer each."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_origin

import pytest

from seqtrans.cli import MAX_LINE
from seqtrans.config import FOREIGN, Config, field_types
from seqtrans.errors import SeqtransError
from seqtrans.training import train
from tests.command import command, refused
from tests.conftest import tiny_run_config, toy_pairs, write_lines

SETTINGS = {item.name: item for item in dataclasses.fields(Config)}
NUMBERS = [name for name in SETTINGS if field_types()[name] in (int, float)]
CHOICES = [name for name in SETTINGS if get_origin(field_types()[name]) is not None]
COUNTS = [name for name in NUMBERS if field_types()[name] is int]


def flag(name: str) -> str:
    return SETTINGS[name].metadata["flag"] or "--" + name.replace("_", "-")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr("seqtrans.corpus.shipped_folder", lambda: Path("not shipped"))
    yield
    assert not list((tmp_path / "here").iterdir())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for side, texts in zip(("de", "en"), zip(*toy_pairs(), strict=True), strict=True):
        write_lines(folder / f"train.{side}", list(texts[6:]))
        write_lines(folder / f"valid.{side}", list(texts[:3]))
        write_lines(folder / f"test.{side}", list(texts[3:6]))
    return folder


def beyond(name: str) -> list[str]:
    """Return values that a number must not have."""
    low, high = SETTINGS[name].metadata["low"], SETTINGS[name].metadata["high"]
    step = 1 if name in COUNTS else 1e-3
    return [str(low - step), str(high + step), "nan", "inf", "-inf", "", "x", "1" * 400, "0x5", "1,5", "½"]


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in NUMBERS for value in beyond(name)])
def test_a_number_out_of_range_is_refused(name: str, value: str) -> None:
    outcome = command("train", f"{flag(name)}={value}", "--data", "nowhere")
    refused(outcome, statuses=(1, 2))
    assert flag(name) in outcome.err or name in outcome.err
    assert "nowhere" not in outcome.err


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("value", ["", "nonsense", "GRU", "x" * 5000, "\udcff"])
def test_a_choice_that_is_none_is_refused(name: str, value: str) -> None:
    outcome = command("train", flag(name), value, "--data", "nowhere")
    refused(outcome, flag(name), statuses=(2,))


def at_limit(name: str, value: float, data: Path) -> Config:
    """Return the config of a tiny run in which one number is at a limit."""
    backbone = next(kind for kind in ("transformer", "attention", "gru") if name not in FOREIGN[kind])
    changes: dict[str, Any] = {"num_validations": 1, "steps": 1, name: value}
    if name in ("minutes", "epochs"):
        changes["steps"] = -1
    if name == "num_heads":
        changes["d_model"] = 2 * value
    if name == "d_model":
        changes["num_heads"] = 1
    return tiny_run_config(backbone, data, **changes)


TOO_LARGE = {"embed_size", "hidden_size", "d_model", "d_ff", "minutes", "epochs", "steps"}
"""At its upper limit each takes hours, or more memory than most machines have."""
IMPOSSIBLE = {("max_pieces", "low"), ("vocab_size", "low"), ("vocab_size", "high")}
"""No text of more than single characters fits these."""
LOWEST = [name for name in NUMBERS if name not in ("minutes", "hidden_size")]
HIGHEST = [name for name in NUMBERS if name not in TOO_LARGE]


@pytest.mark.parametrize(
    ("name", "end"), [(name, "low") for name in LOWEST] + [(name, "high") for name in HIGHEST]
)
def test_at_its_limit_a_number_trains_or_is_refused(data: Path, tmp_path: Path, name: str, end: str) -> None:
    value = SETTINGS[name].metadata[end]
    config = at_limit(name, int(value) if name in COUNTS else value, data)
    if (name, end) in IMPOSSIBLE:
        with pytest.raises(SeqtransError, match=f"^{name}: [^\n]*$"):
            train(config, tmp_path / "run")
    else:
        assert train(config, tmp_path / "run").steps >= 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--minutes 3 --steps 5", "minutes and steps both set a budget; give one of them"),
        ("--epochs 3 --steps 5", "epochs and steps both set a budget"),
        ("--minutes 3 --epochs 5", "minutes and epochs both set a budget"),
        ("--minutes 3 --epochs 5 --steps 2", "minutes and epochs both set a budget"),
        ("--src a", "src and tgt name the two sides of one corpus; give both"),
        ("--tgt a", "src and tgt name the two sides of one corpus; give both"),
        ("--src a --tsv b", "src and tsv both name a corpus"),
        ("--src a --tgt b --tsv c", "src and tsv both name a corpus; give one of them"),
        ("--data a --tsv b", "data and tsv both name a corpus; give one of them"),
        ("--data a --src b --tgt c", "data and src both name a corpus; give one of them"),
        ("--test x --tsv b", "test chooses a test set of a folder"),
        ("--test x --src a --tgt b", "test chooses a test set of a folder"),
        ("--from en", "source and target language are both 'en'"),
        ("--to de", "source and target language are both 'de'"),
        ("--from ../de", "source_language: found '../de', expected letters"),
        ("--to /etc/passwd", "target_language: found '/etc/passwd', expected letters"),
        ("--test ../../x", "test: found '../../x', expected letters"),
        ("--cell lstm", "cell has no meaning for the backbone transformer; leave it out"),
        ("--score dot", "score has no meaning for the backbone transformer; leave it out"),
        ("--embed-size 8", "embed_size has no meaning for the backbone transformer"),
        ("--hidden-size 8", "hidden_size has no meaning for the backbone transformer"),
        ("--teacher-forcing 0.5", "teacher_forcing has no meaning for the backbone transformer"),
        ("--backbone gru --score dot", "score has no meaning for the backbone gru; leave it out"),
        ("--backbone gru --norm post", "norm has no meaning for the backbone gru; leave it out"),
        ("--backbone attention --norm post", "norm has no meaning for the backbone attention"),
        ("--backbone attention --d-model 8", "d_model has no meaning for the backbone attention"),
        ("--backbone gru --d-ff 8", "d_ff has no meaning for the backbone gru"),
        ("--backbone gru --num-heads 8", "num_heads has no meaning for the backbone gru"),
        ("--backbone gru --hidden-size 9", "hidden_size 9 is odd"),
        ("--d-model 10 --num-heads 4", "d_model 10 is not a multiple of num_heads 4"),
        (
            "--d-model 12 --num-heads 4",
            "d_model 12 with num_heads 4: rotary positions need heads of even width",
        ),
        ("--backbone gru --positions sinusoidal", "positions has no meaning for the backbone gru"),
        ("--resume", "no unfinished run in runs/"),
        ("--resume --out nowhere", "nowhere: not a run"),
        ("--device cuda --data nowhere", ""),
    ],
)
def test_options_that_contradict_each_other_are_refused(arguments: str, message: str) -> None:
    refused(command("train", *arguments.split()), message)


@pytest.mark.parametrize("name", ["--data", "--src", "--tgt", "--tsv", "--from", "--to", "--test"])
def test_an_option_left_empty_is_refused(name: str) -> None:
    """An unset variable in a script must not train on the corpus that ships."""
    refused(command("train", name, ""), "found nothing, expected a name")


@pytest.mark.parametrize(
    "arguments",
    [
        "--nonsense", "nonsense", "train \udcff", "train --\udcff",
        "train --nonsense", "train x", "train --steps", "train --step 5x",
        "train --seed 1.5", "train --tied=3", "train --resume --config x", "train --quiet=3", "train -x",
        "translate --run", "translate --beam 5 x", "translate --device tpu x", "evaluate", "evaluate x",
        "evaluate --run x --src y", "evaluate --run x --ref y", "evaluate --run", "fetch", "fetch wmt",
        "fetch multi30k more", "--version=3", "train --config", "train --out", "--seed 3 train",
    ],
)  # fmt: skip
def test_a_command_line_that_is_none_is_a_usage_error(arguments: str) -> None:
    refused(command(*arguments.split()), " --help", statuses=(2,))


def test_a_run_folder_with_a_long_name_is_refused(data: Path) -> None:
    refused(command("train", "--data", data, "--out", "x" * 5000), "cannot be made: File name too long")


def test_the_longest_message_is_cut() -> None:
    outcome = command("train", "--data", "x" * MAX_LINE)
    refused(outcome, "no such folder")


def test_a_model_that_memory_cannot_hold_is_refused(data: Path, tmp_path: Path) -> None:
    sizes = "--d-model 8192 --d-ff 32768 --num-heads 64 --num-encoder-layers 64 --num-decoder-layers 64"
    outcome = command("train", "--data", data, "--steps", "1", "--out", tmp_path / "run", *sizes.split())
    refused(outcome, "GiB to be trained, more than there is")
    assert not (tmp_path / "run").exists()
