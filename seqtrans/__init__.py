"""Train small translation models and see how they work.

>>> import seqtrans
>>> results = seqtrans.train(seqtrans.Config(backbone="gru", minutes=3), out="runs/first")
>>> seqtrans.load("runs/first").translate(["Guten Morgen."])

Torch is imported when `train` or `load` is first used.
"""

from typing import TYPE_CHECKING, Any

from seqtrans.config import Config
from seqtrans.errors import Interrupted, SeqtransError

if TYPE_CHECKING:
    from seqtrans.decoding import Translator, load
    from seqtrans.events import Results
    from seqtrans.training import resume, train

__all__ = ["Config", "Interrupted", "Results", "SeqtransError", "Translator", "load", "resume", "train"]

_LAZY = {
    "Results": "events",
    "resume": "training",
    "train": "training",
    "Translator": "decoding",
    "load": "decoding",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'seqtrans' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"seqtrans.{_LAZY[name]}"), name)
