"""Damaged and malicious runs: each refused in one line, and nothing outside them touched.

Where it is not said otherwise the manifest of a malicious run agrees with its files: whoever makes one
computes the checksums too.
"""

import hashlib
import io
import json
import os
import pickle
import shutil
import signal
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import sentencepiece
import torch

from seqtrans.checkpoint import unpack_state
from seqtrans.errors import Interrupted
from seqtrans.events import Event, Validated
from seqtrans.storage import RunFolder
from seqtrans.tokenizer import NUM_SPECIAL, Tokenizer, train_tokenizer
from seqtrans.training import train
from tests.command import command, refused
from tests.conftest import make_run, tiny_run_config, toy_pairs, write_lines

TEXTS = [side for pair in toy_pairs() for side in pair]
FILES = ["config.json", "tokenizer.model", "model.safetensors"]
Spoil = Callable[[Path], object]


class Code:
    """What a pickle carries to run a command when it is loaded."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("executed",)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in, beside one with a file that no run may read, change or replace."""
    (tmp_path / "here").mkdir()
    secret = write_lines(tmp_path / "secret", ["mine"])
    monkeypatch.chdir(tmp_path / "here")
    yield tmp_path / "here"
    assert secret.read_bytes() == b"mine\n"
    assert not secret.is_symlink()
    assert {path.name for path in tmp_path.iterdir()} <= {"here", "secret", "run", "toy"}
    assert not list((tmp_path / "here").iterdir())  # nothing executed, no folder made


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("whole") / "run")


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


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    """A copy of a whole run, to be spoilt."""
    return Path(shutil.copytree(whole, tmp_path / "run"))


def write(name: str, data: bytes | str) -> Spoil:
    """Replace a file of the run and its checksum."""
    data = data.encode() if isinstance(data, str) else data
    return lambda run: RunFolder(run).write({name: data})


def pickled(value: object) -> bytes:
    """Return a torch file, not read with care, that holds the value."""
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def change(**settings: Any) -> Spoil:
    """Change settings in the run's config."""

    def spoil(run: Path) -> None:
        values = json.loads((run / "config.json").read_text()) | settings
        RunFolder(run).write({"config.json": json.dumps(values).encode()})

    return spoil


def weights(edit: Callable[[dict[str, torch.Tensor]], object]) -> Spoil:
    """Change the run's weights."""

    def spoil(run: Path) -> None:
        tensors = safetensors.torch.load((run / "model.safetensors").read_bytes())
        edit(tensors)
        RunFolder(run).write({"model.safetensors": safetensors.torch.save(tensors)})

    return spoil


def translated(run: Path) -> Any:
    return command("translate", "--run", run, "Der Hund schläft hier.")


def test_the_run_itself_is_taken(run: Path) -> None:
    assert translated(run).status == 0


WRONG_SETTINGS: list[tuple[str, Any]] = [
    ("d_model", 10**12), ("d_model", 8192), ("d_model", 0), ("d_model", -3), ("d_model", -1),
    ("d_model", 12.0),
    ("d_model", "12"), ("d_model", None), ("d_model", [12]), ("d_model", True), ("d_model", 10**400),
    ("d_ff", 32768), ("d_ff", 32769), ("num_heads", 0), ("num_heads", 5), ("num_heads", -1),
    ("num_encoder_layers", 64), ("num_encoder_layers", 65), ("num_decoder_layers", 0), ("vocab_size", 10**6),
    ("vocab_size", 4), ("vocab_size", 71), ("vocab_size", -1), ("max_pieces", 0), ("max_pieces", 10**9),
    ("dropout", float("nan")), ("dropout", float("inf")), ("dropout", 10**400), ("dropout", -1),
    ("learning_rate", "1"), ("minutes", float("-inf")), ("steps", 10**30), ("seed", -1), ("tied", 0),
    ("tied", False), ("backbone", "gru"), ("backbone", "os.system"), ("backbone", None), ("backbone", {}),
    ("backbone", ["transformer"]), ("cell", "lstm"), ("device", "cuda:0"), ("hidden_size", 10),
    ("target_language", "../../secret"), ("target_language", "/etc/passwd"), ("target_language", ""),
    ("target_language", "a\x00b"), ("target_language", "de"), ("target_language", "e\nn"),
    ("source_language", ".." + os.sep), ("source_language", "x" * 81), ("test", "../secret"),
    ("test", "\ud800"), ("data", "a\x00b"), ("data", "a\x1b]0;b"), ("data", ["a"]), ("data", {"a": 1}),
    ("__class__", "x"), ("x" * 10**6, 1), ("data", "x\n" * 10**6),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG_SETTINGS, ids=lambda value: repr(value)[:40])
def test_a_malicious_setting_is_refused(run: Path, name: str, value: Any) -> None:
    change(**{name: value})(run)
    refused(translated(run))


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "3", "null", '"x"', "{", "[" * 100_000, '{"a":' * 100_000, '{"seed": 1e999}',
     '{"seed": ' + "9" * 5000 + "}", "\ufeff{}", '{"seed": 01}', "{'seed': 1}", "\0", '{"seed": 1}x',
     "__import__('os').mkdir('executed')"],
    ids=lambda text: repr(text[:20]),
)  # fmt: skip
def test_a_config_that_is_none_is_refused(run: Path, text: str) -> None:
    write("config.json", text)(run)
    refused(translated(run), str(run))
    refused(command("train", "--config", run / "config.json"), "config.json: ")


def sentencepiece_model(**settings: Any) -> bytes:
    """Train a SentencePiece model, not in the way of `train_tokenizer`."""
    buffer = io.BytesIO()
    defaults = {"vocab_size": 70, "model_type": "bpe", "minloglevel": 2}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS), model_writer=buffer, **{**defaults, **settings}
    )
    return buffer.getvalue()


def with_bad_piece(run: Path) -> None:
    """Put a byte that is no text into a piece of the tokenizer."""
    data = (run / "tokenizer.model").read_bytes()
    assert "▁".encode() in data
    RunFolder(run).write({"tokenizer.model": data.replace("▁".encode(), b"\xff\x96\x81")})


TOKENIZERS: dict[str, Spoil] = {
    "empty": write("tokenizer.model", b""),
    "text": write("tokenizer.model", "Der Hund\n" * 100),
    "zeros": write("tokenizer.model", bytes(10_000)),
    "pickled code": write("tokenizer.model", pickle.dumps(Code())),
    "torch file": write("tokenizer.model", pickled(Code())),
    "other special ids": write("tokenizer.model", sentencepiece_model()),
    "a smaller vocabulary": write("tokenizer.model", train_tokenizer(TEXTS, "bpe", 66, exact=True).model),
    "a larger vocabulary": write("tokenizer.model", train_tokenizer(TEXTS, "bpe", 90, exact=True).model),
    "a piece that is no text": with_bad_piece,
    "half of it": lambda run: write("tokenizer.model", (run / "tokenizer.model").read_bytes()[:500])(run),
}  # fmt: skip


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_tokenizer_that_is_none_is_refused(run: Path, name: str) -> None:
    TOKENIZERS[name](run)
    refused(translated(run), str(run))


def test_a_piece_with_a_line_break_makes_no_second_line(run: Path) -> None:
    model = (run / "tokenizer.model").read_bytes().replace(b"im", b"i\n")
    tokenizer = Tokenizer(model)
    ids = range(NUM_SPECIAL, tokenizer.vocab_size)
    assert any("\n" in piece for piece in tokenizer.pieces(ids))
    assert not any("\n" in text for text in tokenizer.decode([ids]))
    RunFolder(run).write({"tokenizer.model": model})
    assert translated(run).out.count("\n") == 1


def header(dtype: str, shape: list[int], offsets: list[int], data: bytes = b"") -> bytes:
    """Return a safetensors file with a header of one's own making."""
    text = json.dumps({"output.bias": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}).encode()
    return struct.pack("<Q", len(text)) + text + data


def first(tensors: dict[str, torch.Tensor]) -> str:
    return next(iter(tensors))


WEIGHTS: dict[str, Spoil] = {
    "empty": write("model.safetensors", b""),
    "a length of 2^60": write("model.safetensors", struct.pack("<Q", 2**60) + b"{}"),
    "a length of 2^64 - 1": write("model.safetensors", b"\xff" * 8 + b"{}"),
    "no JSON": write("model.safetensors", struct.pack("<Q", 4) + b"nope"),
    "deep JSON": write("model.safetensors", struct.pack("<Q", 100_000) + b"[" * 100_000),
    "no tensors": write("model.safetensors", struct.pack("<Q", 2) + b"{}"),
    "10^24 numbers": write("model.safetensors", header("F32", [10**12, 10**12], [0, 4], b"1234")),
    "an overflowing shape": write("model.safetensors", header("F32", [2**63, 2], [0, 0])),
    "an offset outside": write("model.safetensors", header("F32", [10**6], [0, 4 * 10**6])),
    "offsets the wrong way": write("model.safetensors", header("F32", [1], [4, 0], b"1234")),
    "a negative shape": write("model.safetensors", header("F32", [-1], [0, 4], b"1234")),
    "a format of 4 bits": write("model.safetensors", header("F4", [2, 4], [0, 4], b"1234")),
    "an unknown format": write("model.safetensors", header("PY_OBJECT", [1], [0, 4], b"1234")),
    "pickled code": write("model.safetensors", pickle.dumps(Code())),
    "torch file": write("model.safetensors", pickled({"weight": Code()})),
    "one missing": weights(lambda tensors: tensors.pop(first(tensors))),
    "one more": weights(lambda tensors: tensors.update(more=torch.zeros(3))),
    "another name": weights(lambda tensors: tensors.update(__class__=tensors.pop(first(tensors)))),
    "another shape": weights(lambda tensors: tensors.update({first(tensors): torch.zeros(2, 3)})),
    "a scalar": weights(lambda tensors: tensors.update({first(tensors): torch.zeros(())})),
    "double": weights(lambda tensors: tensors.update({k: v.double() for k, v in tensors.items()})),
    "half": weights(lambda tensors: tensors.update({first(tensors): tensors[first(tensors)].half()})),
    "integers": weights(lambda tensors: tensors.update({first(tensors): tensors[first(tensors)].int()})),
    "complex": weights(lambda tensors: tensors.update({first(tensors): tensors[first(tensors)] * 1j})),
    "NaN": weights(lambda tensors: tensors[first(tensors)].view(-1)[-1:].fill_(float("nan"))),
    "infinity": weights(lambda tensors: tensors[first(tensors)].view(-1)[:1].fill_(float("inf"))),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_that_are_none_are_refused(run: Path, name: str) -> None:
    WEIGHTS[name](run)
    refused(translated(run), str(run / "model.safetensors"))


MANIFESTS = {
    "missing": None, "empty": "", "a list": "[]", "a number": "3", "null": "null", "no files": "{}",
    "deep": "[" * 100_000, "numbers": '{"config.json": 3}', "null sums": '{"config.json": null}',
    "no sums": '{"config.json": []}', "wrong sums": json.dumps({name: ["0" * 64] for name in FILES}),
    "a text": json.dumps(dict.fromkeys(FILES, "0" * 64)), "not UTF-8": "\udcff", "cut": '{"config.json": ["',
}  # fmt: skip


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_that_is_none_is_refused(run: Path, name: str) -> None:
    text = MANIFESTS[name]
    (run / "manifest.json").unlink()
    if text is not None:
        (run / "manifest.json").write_bytes(text.encode(errors="surrogateescape"))
    refused(translated(run), str(run))


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "missing": lambda data: None,
    "emptied": lambda data: b"",
    "first bit flipped": lambda data: bytes([data[0] ^ 1]) + data[1:],
    "middle bit flipped": lambda data: (
        data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 16]) + data[len(data) // 2 + 1 :]
    ),
    "last bit flipped": lambda data: data[:-1] + bytes([data[-1] ^ 128]),
    "last byte cut": lambda data: data[:-1],
    "half cut": lambda data: data[: len(data) // 2],
    "a byte more": lambda data: data + b" ",
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused(run: Path, name: str, damage: str) -> None:
    data = DAMAGES[damage]((run / name).read_bytes())
    (run / name).unlink()
    if data is not None:
        (run / name).write_bytes(data)
    refused(translated(run), str(run))


@pytest.mark.parametrize("name", ["test.de", "test.en"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_test_set_is_not_scored(run: Path, name: str, damage: str) -> None:
    """A changed test set would give a score that looks like the run's own."""
    src, tgt = (("".join(f"{text}\n" for text in side)).encode() for side in zip(*toy_pairs(), strict=True))
    RunFolder(run).write({"test.de": src, "test.en": tgt})
    data = DAMAGES[damage]((run / name).read_bytes())
    (run / name).unlink()
    if data is not None:
        (run / name).write_bytes(data)
    refused(command("evaluate", "--run", run), str(run / name))


def make_odd(kind: str, path: Path, target: Path) -> None:
    """Put something that is no ordinary file at a path."""
    path.unlink(missing_ok=True)
    if kind == "link":
        path.symlink_to(target)
    elif kind == "relative link":
        path.symlink_to(Path("..") / target.name)
    elif kind == "link to a device":
        path.symlink_to("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()


ODD = ["link", "relative link", "link to a device", "pipe", "folder"]


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", [*FILES, "manifest.json", "test.de"])
def test_only_ordinary_files_are_read(run: Path, tmp_path: Path, name: str, kind: str) -> None:
    """The manifest allows what the link leads to."""
    src, tgt = (f"{side}\n".encode() for side in toy_pairs()[0])
    RunFolder(run).write({"test.de": src, "test.en": tgt})
    secret = tmp_path / "secret"
    sums = json.loads((run / "manifest.json").read_text())
    sums[name] = [hashlib.sha256(secret.read_bytes()).hexdigest()]
    (run / "manifest.json").write_text(json.dumps(sums))
    make_odd(kind, run / name, secret)
    refused(command("evaluate", "--run", run), str(run))


# --- going on with a run ---


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
    found: dict[str, Any] = values["optimizer"]["state"][0]
    return found


def compressed(run: Path) -> None:
    """Replace the state by a small file that unfolds to a large one, all else being well."""
    values = unpack_state((run / "last.pt").read_bytes(), "here")
    for moments in values["optimizer"]["state"].values():
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
    "moments of strangers": state(lambda values: values["optimizer"]["state"].update({999: {}})),
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
        state(lambda values: values["position"].update(best_bleu=101.0))(run)
        WEIGHTS[name](run)

    refused(resumed(stopped, tmp_path / "run", spoil), str(tmp_path / "run" / "model.safetensors"))


def test_the_settings_of_the_optimizer_are_not_taken_from_a_file(stopped: Path, tmp_path: Path) -> None:
    spoil = state(lambda values: values["optimizer"].update(param_groups=[{"params": [], "betas": "x"}]))
    assert resumed(stopped, tmp_path / "run", spoil).status == 0


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
