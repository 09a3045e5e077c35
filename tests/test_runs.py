"""Folders of runs: which is next, which is newest."""

import os
from pathlib import Path

import pytest

from seqtrans import runs
from seqtrans.errors import SeqtransError


def test_runs_are_numbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert runs.next_folder("gru") == Path("runs/gru-1")
    (tmp_path / "runs" / "gru-1").mkdir(parents=True)
    assert runs.next_folder("gru") == Path("runs/gru-2")


def test_the_newest_run_is_the_one_finished_last(tmp_path: Path) -> None:
    with pytest.raises(SeqtransError, match="no finished run"):
        runs.newest_run(tmp_path / "runs")
    for number, name in enumerate(("b", "c", "a")):
        (tmp_path / name).mkdir()
        if name != "a":
            (tmp_path / name / "results.json").write_text("{}")
            os.utime(tmp_path / name / "results.json", (100 - number, 100 - number))
    assert runs.newest_run(tmp_path) == tmp_path / "b"
