"""What a run keeps: the best model, to translate with, and the whole state of training, to go on.

Weights are safetensors, settings JSON checked by type and range, the state a torch file read with
`weights_only=True`: nothing in a run can execute when it is loaded.
"""

import io
import pickle
from pathlib import Path
from typing import Any, NamedTuple

import safetensors.torch
import torch
from safetensors import SafetensorError

from seqtrans.config import Config
from seqtrans.errors import SeqtransError
from seqtrans.models.base import Seq2Seq
from seqtrans.models.build import build_model
from seqtrans.storage import MANIFEST, RunFolder
from seqtrans.tokenizer import Tokenizer

CONFIG, TOKENIZER, MODEL, RESULTS = "config.json", "tokenizer.model", "model.safetensors", "results.json"
STATE = "last.pt"


class Run(NamedTuple):
    """A trained model with all that it needs to translate."""

    config: Config
    tokenizer: Tokenizer
    model: Seq2Seq[Any]
    device: torch.device


def pack_weights(model: Seq2Seq[Any]) -> bytes:
    """Return the model's parameters as a safetensors file; a tied matrix stands in it once."""
    weights = {name: parameter.detach().cpu().contiguous() for name, parameter in model.named_parameters()}
    return safetensors.torch.save(weights)


def unpack_weights(data: bytes, where: str) -> dict[str, torch.Tensor]:
    """Return the tensors of a safetensors file. Raises `SeqtransError` when it is none."""
    try:
        return safetensors.torch.load(data)
    except SafetensorError:
        raise SeqtransError(f"{where}: not a safetensors file, or damaged") from None


def check_fit(model: Seq2Seq[Any], weights: dict[str, torch.Tensor], where: str) -> None:
    """Raise `SeqtransError` unless names and shapes are those of the model's parameters."""
    expected = {name: parameter.shape for name, parameter in model.named_parameters()}
    if {name: tensor.shape for name, tensor in weights.items()} != expected:
        raise SeqtransError(f"{where}: the weights do not fit the model that {CONFIG} describes")


@torch.no_grad()
def set_weights(model: Seq2Seq[Any], weights: dict[str, torch.Tensor]) -> None:
    """Copy weights that fit into the model."""
    for name, parameter in model.named_parameters():
        parameter.copy_(weights[name])


def pack_state(state: dict[str, Any]) -> bytes:
    """Return a dict of tensors and plain values as a torch file."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


def unpack_state(data: bytes, where: str) -> dict[str, Any]:
    """Return what `pack_state` was given. Raises `SeqtransError` for anything else."""
    try:
        state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError, ValueError):
        raise SeqtransError(f"{where}: not the state of a training") from None
    return dict(state)


def load_config(folder: RunFolder) -> Config:
    """Return a run's settings. Raises `SeqtransError` for a folder that is not a run."""
    for name in (MANIFEST, CONFIG):
        if not folder.has(name):
            raise SeqtransError(f"{folder.path}: not a run: it has no {name}; `seqtrans train` makes runs")
    text = folder.read(CONFIG).decode("utf-8", "replace")
    return Config.from_json(text, str(folder.path / CONFIG))


def load_run(path: Path, device: torch.device) -> Run:
    """Load a run's best model, ready to translate.

    Raises `SeqtransError` for a folder that is not a run, and when its files are damaged or do not belong
    together; memory is taken only after the weights are known to fit the settings.
    """
    folder = RunFolder(path)
    config = load_config(folder)
    tokenizer = Tokenizer(folder.read(TOKENIZER), str(path / TOKENIZER))
    if tokenizer.vocab_size != config.vocab_size:
        raise SeqtransError(
            f"{path}: {TOKENIZER} has {tokenizer.vocab_size} pieces, {CONFIG} says {config.vocab_size}"
        )
    if not folder.has(MODEL):
        raise SeqtransError(f"{path}: no model yet; it appears with the first validation")
    weights = unpack_weights(folder.read(MODEL), str(path / MODEL))
    with torch.device("meta"):
        check_fit(build_model(config), weights, str(path / MODEL))
    model = build_model(config)
    set_weights(model, weights)
    return Run(config, tokenizer, model.to(device).eval(), device)


def newest_run(folder: Path) -> Path:
    """Return the run in `folder` that finished last. Raises `SeqtransError` when there is none."""
    finished = sorted(folder.glob(f"*/{RESULTS}"), key=lambda path: path.stat().st_mtime)
    if not finished:
        raise SeqtransError(f"no finished run in {folder}/; train one first: seqtrans train")
    return finished[-1].parent
