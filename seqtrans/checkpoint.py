"""What a run keeps: the best model, to translate with, and the whole state of training, to go on.

Weights are safetensors, settings JSON checked by type and range, the state a torch file read with
`weights_only=True`: nothing in a run can execute when it is loaded.
"""

import io
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import safetensors.torch
import torch
from safetensors import SafetensorError

from seqtrans.config import AUTO, FOREIGN, Config
from seqtrans.errors import SeqtransError
from seqtrans.models.base import Seq2Seq
from seqtrans.models.build import build_model
from seqtrans.runs import CONFIG, MODEL, TOKENIZER
from seqtrans.storage import MANIFEST, RunFolder
from seqtrans.tokenizer import Tokenizer

SIZES = "embed_size hidden_size d_model d_ff num_heads num_encoder_layers num_decoder_layers dropout".split()


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
    except (SafetensorError, KeyError):  # the latter for number formats that torch does not know
        raise SeqtransError(f"{where}: not a safetensors file, or damaged") from None


def check_fit(model: Seq2Seq[Any], weights: dict[str, torch.Tensor], where: str) -> None:
    """Raise `SeqtransError` unless the weights have the model's names, shapes and formats, and are finite."""
    expected = {name: (parameter.shape, parameter.dtype) for name, parameter in model.named_parameters()}
    if {name: (tensor.shape, tensor.dtype) for name, tensor in weights.items()} != expected:
        raise SeqtransError(f"{where}: the weights do not fit the model that {CONFIG} describes")
    if not all(tensor.isfinite().all() for tensor in weights.values()):
        raise SeqtransError(f"{where}: weights are not finite; train the model again")


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
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            whole = sum(entry.file_size for entry in file.infolist()) <= len(data)  # else it unfolds
        state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True) if whole else {}
        whole = _is_state(state)
    except Exception:  # hostile bytes make the reader fail in any way it can
        whole = False
    if not whole:
        raise SeqtransError(f"{where}: not the state of a training; start anew with another --out")
    return dict(state)


def _is_state(state: Any) -> bool:
    """Say whether this is what training saves; may raise anything when it is not."""
    if not all(isinstance(part, dict) for part in (state, *map(state.get, ("model", "optimizer")))):
        return False
    weights, moments = state["model"], state["optimizer"]
    return (
        isinstance(state["data_hash"], str)
        and all(value >= -1 for value in state["position"].values())
        and all(_is_plain(weight, weight.shape) for weight in weights.values())
        and set(moments) in (set(), set(weights))
        and all(
            set(moment) == {"step", "exp_avg", "exp_avg_sq"}
            and _is_plain(moment["step"], torch.Size())
            and _is_plain(moment["exp_avg"], weights[name].shape)
            and _is_plain(moment["exp_avg_sq"], weights[name].shape)
            for name, moment in moments.items()
        )
    )


def _is_plain(tensor: torch.Tensor, shape: torch.Size) -> bool:
    """Say whether a tensor holds finite numbers in the format of weights, one in memory for each index."""
    return (
        tensor.shape == shape
        and tensor.dtype == torch.float32
        and tensor.is_contiguous()  # raises for sparse ones
        and bool(tensor.isfinite().all())
    )


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
    for name in SIZES:
        if name not in FOREIGN[config.backbone] and getattr(config, name) == AUTO:
            raise SeqtransError(f"{path / CONFIG}: {name} is not chosen; give a run that seqtrans wrote")
    if not folder.has(MODEL):
        raise SeqtransError(f"{path}: no model yet; it appears with the first validation")
    weights = unpack_weights(folder.read(MODEL), str(path / MODEL))
    with torch.device("meta"):
        check_fit(build_model(config), weights, str(path / MODEL))
    model = build_model(config)
    set_weights(model, weights)
    return Run(config, tokenizer, model.to(device).eval(), device)
