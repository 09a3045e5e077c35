"""Damaged and malicious states of training: none is gone on with, each is refused in one line."""

import io
import os
import pickle
import shutil
import signal
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from seqtrans.checkpoint import unpack_state
from seqtrans.errors import Interrupted
from seqtrans.events import Event, Validated
from seqtrans.storage import RunFolder
from seqtrans.training import train
from tests.command import command, refused
from tests.conftest import tiny_run_config, toy_pairs, write_lines
from tests.spoiled import DAMAGES, ODD, WEIGHTS, Code, Spoil, first, make_odd, pickled, write

pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was stopped after its first validation."""
    folder = tmp_path_factory.mktemp("stopped")
    for side, texts in zip(("de", "en"), zip(*toy_pairs(), strict=True), strict=True):
        for name in ("train", "valid", "test"):
            write_lines(folder / f"{name}.{side}", list(texts[6:] if name == "train" else texts[:3]))

    def stop(event: Event) -> None:
        if isinstance(event, Validated):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted):
        train(tiny_run_config("transformer", folder, steps=4), folder / "run", stop)
    return folder / "run"


def resumed(stopped: Path, run: Path, spoil: Spoil) -> Any:
    """Spoil a copy of the stopped run and go on with it."""
    shutil.copytree(stopped, run)
    spoil(run)
    return command("train", "--resume", "--quiet", "--out", run)


def test_the_stopped_run_itself_is_taken_up(stopped: Path, tmp_path: Path) -> None:
    assert resumed(stopped, tmp_path / "run", lambda run: None).status == 0


def state(edit: Callable[[dict[str, Any]], object]) -> Spoil:
    """Change the state of training."""

    def spoil(run: Path) -> None:
        values = unpack_state((run / "last.pt").read_bytes(), "here")
        edit(values)
        RunFolder(run).write({"last.pt": pickled(values)})

    return spoil


def moment(values: dict[str, Any]) -> dict[str, Any]:
    """Return the optimizer's numbers for the first weight."""
    found: dict[str, Any] = values["optimizer"][first(values["model"])]
    return found


def compressed(run: Path) -> None:
    """Replace the state by a small file that unfolds to a large one, all else being well."""
    values = unpack_state((run / "last.pt").read_bytes(), "here")
    for moments in values["optimizer"].values():
        moments["exp_avg"].zero_()
        moments["exp_avg_sq"].zero_()
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(pickled(values))) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    RunFolder(run).write({"last.pt": buffer.getvalue()})


STATES: dict[str, Spoil] = {
    "empty": write("last.pt", b""),
    "text": write("last.pt", "nothing\n" * 99),
    "pickled code": write("last.pt", pickle.dumps(Code())),
    "pickled code, oldest protocol": write("last.pt", pickle.dumps(Code(), protocol=0)),
    "a torch file with code": write("last.pt", pickled(Code())),
    "code as a weight": state(lambda values: values["model"].update(code=Code())),
    "code as the position": state(lambda values: values.update(position=Code())),
    "a compressed file": compressed,
    "a list": write("last.pt", pickled([1, 2])),
    "a tensor": write("last.pt", pickled(torch.zeros(3))),
    "an empty dict": write("last.pt", pickled({})),
    "no position": state(lambda values: values.pop("position")),
    "no weights": state(lambda values: values.update(model={})),
    "no optimizer": state(lambda values: values.pop("optimizer")),
    "an optimizer of numbers": state(lambda values: values.update(optimizer=3)),
    "a hash that is none": state(lambda values: values.update(data_hash=3)),
    "another hash": state(lambda values: values.update(data_hash="0" * 64)),
    "a weight less": state(lambda values: values["model"].popitem()),
    "a weight that is text": state(lambda values: values["model"].update({first(values["model"]): "x"})),
    "another shape": state(lambda values: values["model"].update({first(values["model"]): torch.zeros(2)})),
    "NaN weights": state(lambda values: values["model"][first(values["model"])].fill_(float("nan"))),
    "sparse weights": state(
        lambda values: values["model"].update(
            {first(values["model"]): values["model"][first(values["model"])].to_sparse()}
        )
    ),
    "10^12 numbers out of one": state(
        lambda values: moment(values).update(exp_avg=torch.zeros(1).expand(10**6, 10**6))
    ),
    "moments of another shape": state(lambda values: moment(values).update(exp_avg=torch.zeros(3, 5))),
    "a moment less": state(lambda values: moment(values).pop("exp_avg_sq")),
    "NaN moments": state(lambda values: moment(values)["exp_avg"].fill_(float("nan"))),
    "a step that is text": state(lambda values: moment(values).update(step="1")),
    "moments of strangers": state(lambda values: values["optimizer"].update(stranger={})),
    "a position before the start": state(lambda values: values["position"].update(batch=-7)),
    "a position that is text": state(lambda values: values["position"].update(step="1")),
    "a position more": state(lambda values: values["position"].update(more=1)),
    "a position less": state(lambda values: values["position"].pop("batch")),
    "a step and a half": state(lambda values: values["position"].update(step=1.5)),
    "a position at NaN": state(lambda values: values["position"].update(seconds=float("nan"))),
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_that_is_none_is_refused(stopped: Path, tmp_path: Path, name: str) -> None:
    refused(resumed(stopped, tmp_path / "run", STATES[name]), str(tmp_path / "run"))


@pytest.mark.parametrize("name", ["half", "one missing", "another shape", "NaN", "pickled code"])
def test_weights_that_are_none_are_refused_at_the_end(stopped: Path, tmp_path: Path, name: str) -> None:
    def spoil(run: Path) -> None:
        state(lambda values: values["position"].update(best_chrf=101.0))(run)
        WEIGHTS[name](run)

    refused(resumed(stopped, tmp_path / "run", spoil), str(tmp_path / "run" / "model.safetensors"))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_state_is_refused(stopped: Path, tmp_path: Path, damage: str) -> None:
    def spoil(run: Path) -> None:
        data = DAMAGES[damage]((run / "last.pt").read_bytes())
        (run / "last.pt").unlink()
        if data is not None:
            (run / "last.pt").write_bytes(data)

    refused(resumed(stopped, tmp_path / "run", spoil), str(tmp_path / "run"))


@pytest.mark.parametrize("kind", ODD[:4])
@pytest.mark.parametrize(
    "name",
    ["metrics.jsonl", ".lock", ".last.pt.part", ".manifest.json.part", "test.hyp.en", "results.json.x"],
)
def test_training_does_not_write_through_links(stopped: Path, tmp_path: Path, name: str, kind: str) -> None:
    """The file outside would be cut, emptied or filled."""
    outcome = resumed(stopped, tmp_path / "run", lambda run: make_odd(kind, run / name, tmp_path / "secret"))
    refused(outcome, f"{tmp_path / 'run' / name}: a run holds no links or pipes")


@pytest.mark.parametrize("name", [".last.pt.part", ".manifest.json.part", "last.pt", "test.hyp.en"])
def test_a_folder_in_the_place_of_a_file_is_refused(stopped: Path, tmp_path: Path, name: str) -> None:
    outcome = resumed(stopped, tmp_path / "run", lambda run: make_odd("folder", run / name, run))
    refused(outcome, str(tmp_path / "run"))


def test_a_link_beside_a_file_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.make()
    for name in (".a.part", ".manifest.json.part", "a"):
        (folder.path / name).symlink_to(tmp_path / "secret")
    folder.write({"a": b"new"})
    assert folder.read("a") == b"new"
