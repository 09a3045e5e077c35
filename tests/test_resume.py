"""Nothing lost: a run that is stopped, killed or starved goes on to the very result it would have had."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from seqtrans import loop, runs
from seqtrans.config import Config
from seqtrans.decoding import load
from seqtrans.errors import Interrupted, SeqtransError
from seqtrans.events import Event, Progress, Validated
from seqtrans.training import resume, train
from tests.conftest import ignore, tiny_run_config

RESULT_FILES = ("model.safetensors", "test.hyp.en", "config.json", "tokenizer.model", "test.de", "test.en")
ONE_THREAD = os.environ | {"OMP_NUM_THREADS": "1"}  # as in this process: other threads, other roundings
NUM_KILLS = 50
IMPORT_SECONDS = 1.5
"""What a new process needs before it has anything to lose."""


def same_results(one: Path, other: Path) -> bool:
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in RESULT_FILES)


def config_of(folder: Path, backbone: str = "gru", **changes: object) -> Config:
    settings: dict[str, object] = {
        "steps": 30,
        "num_validations": 3,
        "dropout": 0.2,
        "learning_rate": 0.01,
        "warmup_steps": 4,
    }
    return tiny_run_config(backbone, folder, **settings | changes)


class StopAt:
    """A callback that sends this process a signal at the first event at or after a step."""

    def __init__(self, step: int, number: int = signal.SIGINT) -> None:
        self.step, self.number = step, number

    def __call__(self, event: Event) -> None:
        if isinstance(event, Progress | Validated) and event.step >= self.step:
            os.kill(os.getpid(), self.number)
            self.step = 10**9


@pytest.mark.parametrize("backbone", ["gru", "attention", "transformer"])
@pytest.mark.parametrize("step", [1, 10, 17, 30])
def test_a_stopped_run_ends_like_one_that_was_not(
    toy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backbone: str, step: int
) -> None:
    monkeypatch.setattr(loop, "LOG_STEPS", 1)
    train(config_of(toy_folder, backbone), tmp_path / "whole", ignore)
    with pytest.raises(Interrupted) as stop:
        train(config_of(toy_folder, backbone), tmp_path / "run", StopAt(step))
    assert stop.value.signal == signal.SIGINT
    assert f"stopped after step {step}; go on with: seqtrans train --resume --out" in str(stop.value)
    torch.manual_seed(123)  # a new process would not have the old one's random state
    results = resume(tmp_path / "run")
    assert results.steps == 30
    assert same_results(tmp_path / "run", tmp_path / "whole")
    assert not (tmp_path / "run" / "last.pt").exists()
    steps = [line.split(",")[1] for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    whole = (tmp_path / "whole" / "metrics.jsonl").read_text().splitlines()
    assert steps == [line.split(",")[1] for line in whole]


def test_teacher_forcing_resumes_too(toy_folder: Path, tmp_path: Path) -> None:
    config = config_of(toy_folder, teacher_forcing=0.5)
    train(config, tmp_path / "whole", ignore)
    with pytest.raises(Interrupted):
        train(config, tmp_path / "run", StopAt(10, signal.SIGTERM))
    resume(tmp_path / "run")
    assert same_results(tmp_path / "run", tmp_path / "whole")


COMMAND = [sys.executable, "-c", """
import sys
from pathlib import Path
from seqtrans import loop, runs, training
from seqtrans.config import Config
loop.LOG_STEPS = 1
if runs.unfinished(sys.argv[2]):
    training.resume(sys.argv[2])
elif not (Path(sys.argv[2]) / "results.json").exists():
    training.train(Config.from_json(sys.argv[1], "here"), sys.argv[2])
"""]  # fmt: skip


def test_a_run_killed_at_random_moments_loses_nothing(toy_folder: Path, tmp_path: Path) -> None:
    """SIGKILL while it prepares, trains, validates and writes (it writes a checkpoint at each step)."""
    config = config_of(toy_folder, steps=200, num_validations=20, checkpoint_minutes=0.0)
    train(config, tmp_path / "whole", ignore)
    draw = random.Random(1)
    command = [*COMMAND, config.to_json(), str(tmp_path / "run")]
    kills = finished = 0
    while kills < NUM_KILLS:
        process = subprocess.Popen(command, env=ONE_THREAD)
        try:
            process.wait(timeout=IMPORT_SECONDS + 2 * draw.random())
        except subprocess.TimeoutExpired:
            process.kill()
            kills += 1
        process.wait()
        if process.returncode == 0:
            finished += 1
            assert same_results(tmp_path / "run", tmp_path / "whole")
            for file in (tmp_path / "run").iterdir():
                file.unlink()
    subprocess.run(command, check=True, env=ONE_THREAD)
    assert same_results(tmp_path / "run", tmp_path / "whole")
    print(f"{kills} kills survived, {finished + 1} runs finished, all identical")


def test_a_changed_setting_or_corpus_is_refused_by_name(toy_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        train(config_of(toy_folder), tmp_path / "run", StopAt(10))
    with pytest.raises(SeqtransError, match=r"the run was started with dropout 0\.2, not 0\.3"):
        resume(tmp_path / "run", {"dropout": 0.3})
    with pytest.raises(SeqtransError, match="holds an unfinished run; go on with it: add --resume"):
        train(config_of(toy_folder), tmp_path / "run", ignore)
    lines = (toy_folder / "train.en").read_text().splitlines()
    (toy_folder / "train.en").write_text("\n".join([*lines[:-1], "Something else."]) + "\n")
    with pytest.raises(SeqtransError, match="the corpus has changed since this run began"):
        resume(tmp_path / "run")


def test_the_corpus_may_have_moved(toy_folder: Path, tmp_path: Path) -> None:
    train(config_of(toy_folder), tmp_path / "whole", ignore)
    with pytest.raises(Interrupted):
        train(config_of(toy_folder), tmp_path / "run", StopAt(10))
    toy_folder.rename(tmp_path / "moved")
    with pytest.raises(SeqtransError, match="no such folder"):
        resume(tmp_path / "run")
    resume(tmp_path / "run", {"data": str(tmp_path / "moved")})
    for name in ("model.safetensors", "test.hyp.en"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_there_must_be_something_to_resume(toy_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SeqtransError, match="not a run"):
        resume(tmp_path)
    train(config_of(toy_folder), tmp_path / "run", ignore)
    with pytest.raises(SeqtransError, match="this run is finished"):
        resume(tmp_path / "run")
    with pytest.raises(SeqtransError, match="no unfinished run in"):
        runs.last_unfinished(tmp_path)


def test_a_folder_deleted_while_running_gives_one_line(toy_folder: Path, tmp_path: Path) -> None:
    def delete(event: Event) -> None:
        if isinstance(event, Validated):
            for file in (tmp_path / "run").iterdir():
                file.unlink()
            (tmp_path / "run").rmdir()

    with pytest.raises(SeqtransError, match="run: cannot be written: No such file or directory"):
        train(config_of(toy_folder), tmp_path / "run", delete)


def test_a_quota_that_is_used_up_gives_one_line(toy_folder: Path, tmp_path: Path) -> None:
    """The system itself refuses to let a file grow over 60 kB, and the checkpoint is larger."""
    code = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n" + COMMAND[2]
    command = [sys.executable, "-c", code, config_of(toy_folder).to_json(), str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "SeqtransError" in done.stderr.splitlines()[-1]
    assert "run: cannot be written: File too large" in done.stderr
    assert not list((tmp_path / "run").glob("*.part"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_gives_one_line(toy_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    with pytest.raises(SeqtransError, match="run: cannot be made: Permission denied"):
        train(config_of(toy_folder), tmp_path / "locked" / "run", ignore)


def test_a_full_disk_keeps_the_last_checkpoint(
    toy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(config_of(toy_folder), tmp_path / "whole", ignore)
    fsync, num_calls = os.fsync, 0

    def fill_up(descriptor: int) -> None:
        nonlocal num_calls
        num_calls += 1
        if num_calls > 12:
            raise OSError(28, "No space left on device")
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fill_up)
        with pytest.raises(SeqtransError, match="run: cannot be written: No space left on device"):
            train(config_of(toy_folder), tmp_path / "run", ignore)
    assert load(tmp_path / "run").translate(["Der Hund schläft hier."]) != []
    resume(tmp_path / "run")
    assert same_results(tmp_path / "run", tmp_path / "whole")
