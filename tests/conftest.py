"""What several test files need: tiny configs of every kind of model, a toy corpus, a tiny run.

All sizes differ (and no two share a factor that matters), so that a swapped axis cannot pass.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from seqtrans.batches import Batch, IdPair, collate
from seqtrans.checkpoint import pack_weights
from seqtrans.config import Config
from seqtrans.models.base import Seq2Seq
from seqtrans.models.build import build_model
from seqtrans.storage import RunFolder
from seqtrans.tokenizer import EOS_ID, train_tokenizer

torch.set_num_threads(1)  # the models here are too small for two
CPU = torch.device("cpu")
RECURRENT_SIZES: dict[str, Any] = {
    "embed_size": 6,
    "hidden_size": 10,
    "num_encoder_layers": 2,
    "num_decoder_layers": 2,
}
TRANSFORMER_SIZES: dict[str, Any] = {
    "d_model": 12, "d_ff": 20, "num_heads": 3, "num_encoder_layers": 2, "num_decoder_layers": 2
}  # fmt: skip
KINDS: dict[str, dict[str, Any]] = {
    "gru": {"backbone": "gru", "cell": "gru"},
    "gru lstm": {"backbone": "gru", "cell": "lstm"},
    "gru rnn": {"backbone": "gru", "cell": "rnn"},
    "attention": {"backbone": "attention", "cell": "gru"},
    "attention lstm": {"backbone": "attention", "cell": "lstm"},
    "attention rnn": {"backbone": "attention", "cell": "rnn"},
    "attention dot": {"backbone": "attention", "score": "dot"},
    "attention additive": {"backbone": "attention", "score": "additive"},
    "transformer": {"backbone": "transformer"},
    "transformer post": {"backbone": "transformer", "norm": "post", "positions": "sinusoidal"},
    "transformer untied": {"backbone": "transformer", "tied": False},
    "gru untied": {"backbone": "gru", "tied": False},
    "gru of Cho": {"backbone": "gru", "num_cosines": 0},
}
VOCAB_SIZE = 17


def tiny_config(kind: str, **changes: Any) -> Config:
    """Return the complete config of a tiny model."""
    sizes = TRANSFORMER_SIZES if kind.startswith("transformer") else RECURRENT_SIZES
    return Config(**{"vocab_size": VOCAB_SIZE, "dropout": 0.0, **sizes, **KINDS[kind], **changes})


def tiny_model(kind: str, seed: int = 1, **changes: Any) -> Seq2Seq[Any]:
    """Return a tiny model with random weights, biases included, ready to evaluate."""
    torch.manual_seed(seed)
    model = build_model(tiny_config(kind, **changes)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


def random_batch(lengths: list[tuple[int, int]], seed: int = 2) -> Batch:
    """Return a batch of random ids with the given source and target lengths."""
    generator = torch.Generator().manual_seed(seed)

    def ids(length: int) -> list[int]:
        return torch.randint(EOS_ID + 1, VOCAB_SIZE, (length,), generator=generator).tolist()

    return collate([IdPair(ids(src), ids(tgt)) for src, tgt in lengths], CPU)


@pytest.fixture(params=KINDS)
def model(request: pytest.FixtureRequest) -> Seq2Seq[Any]:
    """Every kind of model in turn."""
    return tiny_model(request.param)


def encode_all(model: Seq2Seq[Any], batch: Batch) -> torch.Tensor:
    """Return the logits of `forward` without gradient."""
    with torch.no_grad():
        logits: torch.Tensor = model(batch.src, batch.src_mask, batch.tgt_in)
    return logits


WORDS = {
    "der Hund": "the dog", "die Katze": "the cat", "der Mann": "the man", "die Frau": "the woman",
    "das Kind": "the child", "der Lehrer": "the teacher", "das Pferd": "the horse",
}  # fmt: skip
VERBS = {"schläft": "sleeps", "läuft": "runs", "singt": "sings", "wartet": "waits", "lacht": "laughs"}
PLACES = {"im Haus": "in the house", "im Park": "in the park", "am See": "at the lake", "hier": "here"}


def toy_pairs() -> list[tuple[str, str]]:
    """Return 140 small sentences with their translations, in a fixed order."""
    return [
        (f"{de[0].upper()}{de[1:]} {verb} {place}.", f"{en[0].upper()}{en[1:]} {verbs} {places}.")
        for de, en in WORDS.items()
        for verb, verbs in VERBS.items()
        for place, places in PLACES.items()
    ]


def write_lines(path: Path, lines: list[str]) -> Path:
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())
    return path


@pytest.fixture
def toy_folder(tmp_path: Path) -> Path:
    """A folder with a small corpus in three splits."""
    folder = tmp_path / "toy"
    folder.mkdir()
    pairs = toy_pairs()
    for name, part in (("train", pairs[14:]), ("valid", pairs[:7]), ("test", pairs[7:14])):
        write_lines(folder / f"{name}.de", [de for de, _ in part])
        write_lines(folder / f"{name}.en", [en for _, en in part])
    return folder


TINY_RUN: dict[str, Any] = {"batch_pieces": 512, "num_validations": 2, "vocab_size": 60}


def tiny_run_config(backbone: str, data: Path, **changes: Any) -> Config:
    """Return the config of a run that takes a second."""
    sizes = TRANSFORMER_SIZES if backbone == "transformer" else RECURRENT_SIZES
    return Config(**{"data": str(data), "backbone": backbone, "steps": 6, **sizes, **TINY_RUN, **changes})


def ignore(event: object) -> None:
    """Take an event and do nothing."""


def make_run(path: Path, kind: str = "transformer", **changes: Any) -> Path:
    """Write a run folder with a tiny untrained model."""
    tokenizer = train_tokenizer([side for pair in toy_pairs() for side in pair], "bpe", 70, exact=True)
    folder = RunFolder(path)
    folder.make()
    config = tiny_config(kind, vocab_size=70, **changes)
    folder.write(
        {
            "config.json": config.to_json().encode(),
            "tokenizer.model": tokenizer.model,
            "model.safetensors": pack_weights(tiny_model(kind, vocab_size=70, **changes)),
        }
    )
    return path


@pytest.fixture
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
