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
from pathlib import Path
from typing import Any

import pytest
import sentencepiece

from seqtrans.storage import RunFolder
from seqtrans.tokenizer import NUM_SPECIAL, Tokenizer, train_tokenizer
from tests.command import command, refused
from tests.conftest import make_run, toy_pairs
from tests.spoiled import DAMAGES, ODD, WEIGHTS, Code, Spoil, make_odd, pickled, write

TEXTS = [side for pair in toy_pairs() for side in pair]
FILES = ["config.json", "tokenizer.model", "model.safetensors"]
pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("whole") / "run")


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    """A copy of a whole run, to be spoilt."""
    return Path(shutil.copytree(whole, tmp_path / "run"))


def change(**settings: Any) -> Spoil:
    """Change settings in the run's config."""

    def spoil(run: Path) -> None:
        values = json.loads((run / "config.json").read_text()) | settings
        RunFolder(run).write({"config.json": json.dumps(values).encode()})

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
