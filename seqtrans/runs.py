"""Which folder holds which run, and how far it got: told by the files in it, without reading them."""

import itertools
import os
from pathlib import Path

from seqtrans.errors import SeqtransError
from seqtrans.storage import RunFolder

CONFIG, TOKENIZER, MODEL, RESULTS = "config.json", "tokenizer.model", "model.safetensors", "results.json"
STATE = "last.pt"
HYPOTHESES = "test.hyp"


def next_folder(name: str) -> Path:
    """Return the first of `runs/NAME-1`, `runs/NAME-2`, ... that does not exist."""
    numbered = (Path("runs") / f"{name}-{number}" for number in itertools.count(1))
    return next(folder for folder in numbered if not folder.exists())


def unfinished(path: str | Path) -> bool:
    """Say whether a folder holds a run that `resume` could go on with."""
    return RunFolder(path).has(STATE) and not RunFolder(path).has(RESULTS)


def last_unfinished(folder: Path) -> Path:
    """Return the run in `folder` that was last written and not finished. Raises `SeqtransError` for none."""
    found = [path.parent for path in folder.glob(f"*/{STATE}") if unfinished(path.parent)]
    if not found:
        raise SeqtransError(f"no unfinished run in {folder}/ to go on with")
    return max(found, key=lambda path: (path / STATE).stat().st_mtime)


def newest_run(folder: Path) -> Path:
    """Return the run in `folder` that finished last. Raises `SeqtransError` when there is none."""
    finished = sorted(folder.glob(f"*/{RESULTS}"), key=lambda path: path.stat().st_mtime)
    if not finished:
        raise SeqtransError(f"no finished run in {folder}/; train one first: seqtrans train")
    return finished[-1].parent


def refuse_existing(folder: RunFolder) -> None:
    """Raise `SeqtransError` when a new run would go where another file or run is."""
    if unfinished(folder.path):
        raise SeqtransError(f"{folder.path} holds an unfinished run; go on with it: add --resume")
    if folder.has(RESULTS):
        raise SeqtransError(f"{folder.path} holds a finished run; name another folder with --out")
    if os.path.exists(folder.path) and not os.path.isdir(folder.path):
        raise SeqtransError(f"{folder.path} is a file; name another folder with --out")
