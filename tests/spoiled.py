"""Ways to spoil a run, for the tests that must see each refused."""

import io
import json
import os
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import safetensors.torch
import torch

from seqtrans.storage import RunFolder

Spoil = Callable[[Path], object]


class Code:
    """What a pickle carries to run a command when it is loaded."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("executed",)


def write(name: str, data: bytes | str) -> Spoil:
    """Replace a file of the run and its checksum."""
    data = data.encode() if isinstance(data, str) else data
    return lambda run: RunFolder(run).write({name: data})


def pickled(value: object) -> bytes:
    """Return a torch file, not read with care, that holds the value."""
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def weights(edit: Callable[[dict[str, torch.Tensor]], object]) -> Spoil:
    """Change the run's weights."""

    def spoil(run: Path) -> None:
        tensors = safetensors.torch.load((run / "model.safetensors").read_bytes())
        edit(tensors)
        RunFolder(run).write({"model.safetensors": safetensors.torch.save(tensors)})

    return spoil


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
