"""Export: a run's model as a folder that another program translates with, checked before it appears.

What is exported is CTranslate2's folder with the run's tokenizer in it, so that it can be used alone. It is
compared with the model itself on the run's test set, sentence by sentence.
"""

import os
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

import torch

from seqtrans.batches import source_tensors
from seqtrans.checkpoint import Run, load_run
from seqtrans.decoding import Translator
from seqtrans.engines import CTranslate2Translator, convert
from seqtrans.errors import SeqtransError
from seqtrans.runs import TOKENIZER
from seqtrans.storage import RunFolder
from seqtrans.text import clean
from seqtrans.tokenizer import BOS_ID, EOS_ID

Format = Literal["ctranslate2"]
CPU = torch.device("cpu")
NUM_CHECKED = 1000
"""Sentences of the test set that are translated by both, at most."""
SENTENCES_AT_ONCE = 50
TIE = 1e-3
"""Difference of two logits, in nats, that the order of a sum may turn round (it measures some 1e-5)."""


class Exported(NamedTuple):
    """How many sentences were compared, and how many of them differ, each from a tie on."""

    num_checked: int
    num_ties: int


def export(run: str | Path, out: str | Path) -> Exported:
    """Write a run as a CTranslate2 folder, which appears whole or not at all.

    Raises `SeqtransError` when the run is no whole run of a Transformer, when ctranslate2 is not installed,
    when `out` exists or cannot be written, and when the two programs translate a sentence differently.
    """
    out = Path(out)
    loaded = load_run(Path(run), CPU)
    texts = RunFolder(run).read(f"test.{loaded.config.source_language}").decode().split("\n")[:-1]
    if out.exists() or out.is_symlink():
        raise SeqtransError(f"{out} exists; name another folder with --out")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as beside:
            folder = Path(beside) / out.name
            folder.mkdir()
            convert(loaded, folder)
            (folder / TOKENIZER).write_bytes(loaded.tokenizer.model)
            exported = compare(loaded, CTranslate2Translator(loaded, folder), texts[:NUM_CHECKED])
            _flush(folder)
            folder.rename(out)
    except OSError as error:
        raise SeqtransError(f"{out}: cannot be written: {error.strerror}") from None
    return exported


def compare(run: Run, other: Translator, texts: list[str]) -> Exported:
    """Translate texts with the run's own model and with another engine, and compare them piece by piece.

    Where they part, the model itself must find both pieces equally likely, within `TIE`: sums in another
    order are the only difference that is allowed. Raises `SeqtransError` naming the first sentence
    for which that is not so.
    """
    own = Translator(run)
    sources = [ids[: run.config.max_pieces] for ids in run.tokenizer.encode([clean(text) for text in texts])]
    num_ties = 0
    for start in range(0, len(sources), SENTENCES_AT_ONCE):
        batch = sources[start : start + SENTENCES_AT_ONCE]
        pairs = zip(batch, own.decode_pieces(batch)[0], other.decode_pieces(batch)[0], strict=True)
        for number, (src, ours, theirs) in enumerate(pairs, start + 1):
            if ours == theirs:
                continue
            gap = _gap(run, src, ours, theirs)
            if not gap <= TIE:
                raise SeqtransError(
                    f"test sentence {number}: ctranslate2 translates it differently where the model prefers "
                    f"its own piece by {gap:.3g} nats, more than {TIE:g}; nothing was written"
                )
            num_ties += 1
    return Exported(len(sources), num_ties)


@torch.inference_mode()
def _gap(run: Run, src: list[int], ours: list[int], theirs: list[int]) -> float:
    """Return by how many nats the model prefers its own piece to the other's, where they first part."""
    ours, theirs = [*ours, EOS_ID], [*theirs, EOS_ID]
    at = next(i for i, (own, other) in enumerate(zip(ours, theirs, strict=False)) if own != other)
    tgt_in = torch.tensor([[BOS_ID, *ours[:at]]])
    logits = run.model(*source_tensors([src], CPU), tgt_in)[0, -1]  # (V,)
    return float(logits[ours[at]] - logits[theirs[at]])


def _flush(folder: Path) -> None:
    """Wait until the files of a folder are on the disk."""
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
