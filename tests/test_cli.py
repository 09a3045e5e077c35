"""The commands as a user types them."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from seqtrans.config import Config
from seqtrans.errors import Interrupted
from seqtrans.events import Event, Validated
from seqtrans.storage import RunFolder
from seqtrans.training import train
from tests.conftest import make_run, tiny_run_config

SIZES = ["--embed-size", "6", "--hidden-size", "10", "--vocab-size", "60", "--batch-pieces", "512"]


def seqtrans(*arguments: str | Path, cwd: Path, stdin: bytes | None = None) -> tuple[int, str, str]:
    """Run the command; return its exit status, stdout and stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "seqtrans", *map(str, arguments)],
        cwd=cwd, input=stdin, capture_output=True, stdin=None if stdin is not None else subprocess.DEVNULL,
        env=os.environ | {"COLUMNS": "200"},
    )  # fmt: skip
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_train_translate_evaluate(toy_folder: Path, tmp_path: Path) -> None:
    train = "train --backbone gru --steps 4 --num-validations 2 --copies 1 --data".split()
    code, out, err = seqtrans(*train, toy_folder, *SIZES, cwd=tmp_path)
    assert code == 0, err
    assert "test       BLEU" in out
    assert "seqtrans translate --run runs/gru-1" in out
    assert "126 pairs to train on, 7 to validate, 7 to test" in err
    for said in ("copies     1 of each target sentence", "60 pieces", "reference  The dog"):
        assert said in err
    assert "%|" not in err  # no bar where nobody watches

    code, out, _ = seqtrans("translate", "Der Hund schläft hier.", "", cwd=tmp_path)
    assert (code, len(out.split("\n"))) == (0, 3)
    code, piped, _ = seqtrans("translate", "--run", "runs/gru-1", cwd=tmp_path,
                              stdin="Der Hund schläft hier.\n\n".encode())  # fmt: skip
    assert (code, piped) == (0, out)

    code, out, _ = seqtrans("evaluate", "--run", "runs/gru-1", "--json", cwd=tmp_path)
    values, results = json.loads(out), json.loads((tmp_path / "runs/gru-1/results.json").read_text())
    assert code == 0
    for key in ("bleu", "chrf", "bleu_signature", "chrf_signature", "loss", "perplexity"):
        assert values[key] == results[key]
    assert len(values["precisions"]) == 4
    files = ["--src", str(toy_folder / "valid.de"), "--ref", str(toy_folder / "valid.en")]
    code, out, _ = seqtrans("evaluate", "--run", "runs/gru-1", *files, cwd=tmp_path)
    assert code == 0
    assert re.search(r"BLEU +\d+\.\d\d .*\n  precisions( \d+\.\d){4} ", out)


def test_train_says_which_weights_it_kept(toy_folder: Path, tmp_path: Path) -> None:
    train = "train --backbone gru --steps 4 --num-validations 2 --learning-rate 0 --data".split()
    _, out, err = seqtrans(*train, toy_folder, *SIZES, cwd=tmp_path)
    assert re.findall(r"^step (\d) .*  best chrF so far$", err, re.MULTILINE) == ["2"]
    assert " seconds, 4 steps; the weights are those of step 2)" in out


def test_quiet_prints_only_the_result(toy_folder: Path, tmp_path: Path) -> None:
    train = ["train", "--data", str(toy_folder), "--backbone", "gru", "--steps", "2", "--quiet", "--out", "x"]
    code, out, err = seqtrans(*train, *SIZES, cwd=tmp_path)
    assert (code, err) == (0, "")
    assert out.startswith("test       BLEU")
    code, _, err = seqtrans(*train, *SIZES, cwd=tmp_path)
    assert (code, err) == (1, "seqtrans: x holds a finished run; name another folder with --out\n")


def test_a_config_file_sets_what_flags_do_not(toy_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(tiny_run_config("gru", toy_folder, minutes=3.0, steps=-1, seed=8).to_json())
    code, _, err = seqtrans("train", "--config", path, "--steps", "3", "--out", "x", cwd=tmp_path)
    assert code == 0, err
    config = Config.from_json((tmp_path / "x" / "config.json").read_text(), "x")
    assert (config.steps, config.minutes, config.seed, config.hidden_size) == (3, -1, 8, 10)


def test_train_has_a_flag_for_every_setting(tmp_path: Path) -> None:
    code, out, _ = seqtrans("train", "--help", cwd=tmp_path)
    assert code == 0
    for name in json.loads(Config().to_json()):
        flag = {"source_language": "--from", "target_language": "--to"}.get(name)
        assert (flag or "--" + name.replace("_", "-")) in out, name


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["train", "--data", "nowhere"], 1, "seqtrans: nowhere: no such folder"),
        (["train", "--src", "a"], 1, "seqtrans: src and tgt name the two sides"),
        (["train", "--config", "none.json"], 1, "seqtrans: none.json: cannot be read"),
        (["train", "--backbone", "lstm"], 2, "'--backbone': 'lstm' is not one of 'gru', 'attention'"),
        (["train", "--dropout", "2"], 2, "Invalid value for '--dropout'"),
        (["train", "--nonsense"], 2, "--nonsense"),
        (["translate", "x"], 1, "seqtrans: no finished run in runs/; train one first: seqtrans train"),
        (["translate", "x", "--run", "."], 1, "seqtrans: .: not a run: it has no manifest.json"),
        (["evaluate", "--run", "nowhere"], 1, "seqtrans: nowhere: not a run"),
        (["evaluate", "--run", ".", "--src", "a"], 2, "--src and --ref"),
        (["evaluate"], 2, "seqtrans: Missing option '--run' (see seqtrans evaluate --help)"),
        (["translat"], 2, "Did you mean 'translate', 'train'? (see seqtrans --help)"),
        (["translate", "x", "--device", "tpu"], 2, "tpu"),
    ],
)
def test_a_mistake_gets_one_clear_line(tmp_path: Path, arguments: list[str], code: int, message: str) -> None:
    actual, out, err = seqtrans(*arguments, cwd=tmp_path)
    assert (actual, out) == (code, "")
    assert message in err
    assert "Traceback" not in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_broken_stdin_is_named(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    code, out, err = seqtrans("translate", "--run", run, cwd=tmp_path, stdin=b"Hallo\nf\xfcnf\n")
    assert (code, out) == (1, "")
    assert err.startswith("seqtrans: stdin: line 2: found byte 0xfc, expected UTF-8")


def test_a_terminal_is_prompted_until_an_empty_line(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "seqtrans", "translate", "--run", str(run)],
        stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    os.write(ours, "Der Hund schläft hier.\nDie Frau lacht im Park.\n\n".encode())
    out, err = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0
    assert b"Type a sentence" in err
    assert len(out.decode().splitlines()) == 2


def test_a_terminal_sees_a_progress_bar(toy_folder: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = ["train", "--data", str(toy_folder), "--backbone", "gru", "--steps", "41", *SIZES]
    process = subprocess.Popen(
        [sys.executable, "-m", "seqtrans", *command],
        stdout=subprocess.PIPE, stderr=theirs, cwd=tmp_path, env=os.environ | {"COLUMNS": "160"},
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    while True:
        try:
            some = os.read(ours, 65536)
        except OSError:  # the other end has closed
            break
        if not some:
            break
        seen += some
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out
    assert re.search(rb"\d+%.*loss .*perplexity .*pieces/s", seen)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_at_a_checkpoint_and_resume_goes_on(
    toy_folder: Path, tmp_path: Path, number: int, code: int
) -> None:
    command = [
        "train",
        "--data",
        str(toy_folder),
        "--backbone",
        "gru",
        "--steps",
        "3000",
        "--out",
        "x",
        *SIZES,
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "seqtrans", *command, "--num-validations", "300"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
    )  # fmt: skip
    assert process.stderr is not None
    while b"BLEU" not in process.stderr.readline():
        pass
    process.send_signal(number)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == code
    last = rest.decode().splitlines()[-1]
    assert re.fullmatch(
        r"seqtrans: stopped after step \d+; go on with: seqtrans train --resume --out x", last
    )
    state = len((tmp_path / "x" / "metrics.jsonl").read_text().splitlines())
    status, _, err = seqtrans(*command, cwd=tmp_path)
    assert (status, err) == (1, "seqtrans: x holds an unfinished run; go on with it: add --resume\n")
    status, _, err = seqtrans("train", "--resume", "--out", "x", "--steps", "7", cwd=tmp_path)
    assert (status, err) == (1, "seqtrans: x: the run was started with steps 3000, not 7\n")
    (tmp_path / "runs").mkdir()
    (tmp_path / "x").rename(tmp_path / "runs" / "x")
    process = subprocess.Popen(
        [sys.executable, "-m", "seqtrans", "train", "--resume"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
    )  # fmt: skip
    assert process.stderr is not None
    said = b""
    while b"BLEU" not in said:
        said += process.stderr.readline()
    process.kill()
    process.communicate()
    assert re.search(rb"run +runs/x, from step \d+ on", said)
    assert len((tmp_path / "runs" / "x" / "metrics.jsonl").read_text().splitlines()) > state
    assert RunFolder(tmp_path / "runs" / "x").read("last.pt")


def test_an_unfinished_run_is_offered_at_a_terminal(toy_folder: Path, tmp_path: Path) -> None:
    config = tiny_run_config("gru", toy_folder, steps=9, num_validations=3)

    def stop(event: Event) -> None:
        if isinstance(event, Validated):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted):
        train(config, tmp_path / "x", stop)
    for answer, code in ((b"n\n", 1), (b"\n", 0)):
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "seqtrans", "train", "--out", "x"],
            stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
        )  # fmt: skip
        os.write(ours, answer)
        _, err = process.communicate(timeout=60)
        os.close(ours)
        os.close(theirs)
        assert b"x holds an unfinished run; go on with it? [Y/n]" in err
        assert process.returncode == code


def test_a_pipe_closed_early_is_no_matter(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    command = (
        f"yes 'Der Hund schläft hier.' | head -5000 | {sys.executable} -m seqtrans translate --run {run}"
    )
    done = subprocess.run(f"{command} | head -1", shell=True, capture_output=True, text=True, cwd=tmp_path)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_no_command_gets_the_help(tmp_path: Path) -> None:
    code, out, err = seqtrans(cwd=tmp_path)
    assert (code, err) == (0, "")
    assert "Train a model" in out
