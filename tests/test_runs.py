"""Folders of runs: which is next, which is newest, which can go on, which are in the way."""

import os
from pathlib import Path

import pytest

from seqtrans import runs
from seqtrans.errors import SeqtransError
from seqtrans.storage import RunFolder


def test_runs_are_numbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert runs.next_folder("gru") == Path("runs/gru-1")
    (tmp_path / "runs" / "gru-1").mkdir(parents=True)
    assert runs.next_folder("gru") == Path("runs/gru-2")


def test_the_run_to_go_on_with_is_the_unfinished_one_written_last(tmp_path: Path) -> None:
    files = {"old": ["last.pt"], "young": ["last.pt"], "finished": ["last.pt", "results.json"], "other": []}
    for number, (name, contents) in enumerate(files.items()):
        (tmp_path / name).mkdir()
        for file in contents:
            (tmp_path / name / file).touch()
            os.utime(tmp_path / name / file, (100 + number, 100 + number))
    assert runs.last_unfinished(tmp_path) == tmp_path / "young"
    assert [name for name in files if runs.unfinished(tmp_path / name)] == ["old", "young"]


def test_a_new_run_goes_where_nothing_is(tmp_path: Path) -> None:
    for name, file in (("unfinished", "last.pt"), ("finished", "results.json"), ("empty", None)):
        (tmp_path / name).mkdir()
        if file:
            (tmp_path / name / file).touch()
    (tmp_path / "text").touch()
    for name, message in (
        ("unfinished", "add --resume"), ("finished", "holds a finished run"), ("text", "is a file")
    ):  # fmt: skip
        with pytest.raises(SeqtransError, match=message):
            runs.refuse_existing(RunFolder(tmp_path / name))
    for name in ("empty", "new"):
        runs.refuse_existing(RunFolder(tmp_path / name))


def test_the_newest_run_is_the_one_finished_last(tmp_path: Path) -> None:
    with pytest.raises(SeqtransError, match="no finished run"):
        runs.newest_run(tmp_path / "runs")
    for number, name in enumerate(("b", "c", "a")):
        (tmp_path / name).mkdir()
        if name != "a":
            (tmp_path / name / "results.json").write_text("{}")
            os.utime(tmp_path / name / "results.json", (100 - number, 100 - number))
    assert runs.newest_run(tmp_path) == tmp_path / "b"
