"""What a run keeps: the same weights back, strangers refused."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from seqtrans.checkpoint import check_fit, load_run, pack_weights, set_weights, unpack_weights
from seqtrans.errors import SeqtransError
from seqtrans.storage import RunFolder
from tests.conftest import CPU, KINDS, encode_all, make_run, random_batch, tiny_config, tiny_model


@pytest.mark.parametrize("kind", KINDS)
def test_weights_come_back_bit_by_bit(kind: str) -> None:
    model, other = tiny_model(kind, seed=1), tiny_model(kind, seed=2)
    batch = random_batch([(3, 4), (5, 2)])
    assert not torch.equal(encode_all(model, batch), encode_all(other, batch))
    weights = unpack_weights(pack_weights(model), "here")
    check_fit(other, weights, "here")
    set_weights(other, weights)
    assert torch.equal(encode_all(model, batch), encode_all(other, batch))


def test_a_tied_matrix_is_written_once() -> None:
    tied, untied = (
        pack_weights(tiny_model("transformer")),
        pack_weights(tiny_model("transformer", tied=False)),
    )
    assert len(untied) - len(tied) > 2 * 17 * 12 * 4


def test_a_run_is_ready_to_translate_after_loading(tmp_path: Path) -> None:
    run = load_run(make_run(tmp_path / "run"), CPU)
    assert not run.model.training
    assert run.config.vocab_size == run.tokenizer.vocab_size == 70


def rewrite(name: str, data: bytes) -> Callable[[Path], None]:
    """Return a function that replaces a file of a run, checksum and all."""
    return lambda run: RunFolder(run).write({name: data})


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda run: (run / "config.json").unlink(), "not a run: it has no config.json"),
        (lambda run: (run / "manifest.json").unlink(), "not a run: it has no manifest.json"),
        (rewrite("config.json", b"{}"), "tokenizer.model has 70 pieces, config.json says -1"),
        (rewrite("config.json", b"nonsense"), "config.json: not JSON"),
        (lambda run: (run / "tokenizer.model").unlink(), "tokenizer.model: cannot be read"),
        (rewrite("tokenizer.model", b"x" * 50), "not a SentencePiece model"),
        (lambda run: (run / "model.safetensors").unlink(), "no model yet"),
        (rewrite("model.safetensors", b"x" * 50), "not a safetensors file, or damaged"),
        (
            rewrite("model.safetensors", pack_weights(tiny_model("gru", vocab_size=70))),
            "the weights do not fit the model",
        ),
        (
            rewrite("config.json", tiny_config("transformer", vocab_size=70, d_ff=21).to_json().encode()),
            "the weights do not fit the model",
        ),
    ],
)
def test_a_folder_that_is_no_whole_run_is_refused(
    tmp_path: Path, spoil: Callable[[Path], None], message: str
) -> None:
    run = make_run(tmp_path / "run")
    spoil(run)
    with pytest.raises(SeqtransError, match=message) as error:
        load_run(run, CPU)
    assert "\n" not in str(error.value)
